"""Fetch the account's past from the exchange, a week at a time, newest first, as far back as Bybit keeps it.

Resumable: each week that was read in full is noted with its executions in one transaction and never asked for again.
It runs behind everything else and stops for nobody: a failure is tried again later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.errors import AppError
from core.evidence import checkpoint_of
from core.executions import order_of, signed_qty
from core.legs import Legs
from core.lives import Lives
from core.model import Backfill, Checkpoint, ClosedTrade, Execution, Position, PositionKey
from core.money import ZERO
from core.order_legs import OrderLegs, awaits_order
from core.pricing import key_of
from core.recorder import Recorder
from core.slices import AT_ONCE, Steps, sorting, unhurried
from core.store.history import TradeFilter
from core.store.positions_records import IMPORTED_PREFIX, outside
from core.tapes import Tell

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
# Two years are what Bybit keeps; a day less, so that the oldest window is not refused at its edge.
LONGEST_DAYS = 729
PAUSE_S = 0.5
# How often a contract is looked at whose executions are not there yet, before it is left as it is.
LOOKS = 60
RETRY_AFTER_S = 30.0


class BackFill:
    """The back-fill of one account; ``on_progress`` is told after each week."""

    def __init__(
        self,
        book: PositionBook,
        recorder: Recorder,
        gateway: Callable[[], Gateway],
        clock: Clock,
        on_progress: Callable[[Backfill], None],
        days: int = LONGEST_DAYS,
    ) -> None:
        self._book = book
        self._recorder = recorder
        self._gateway = gateway
        self._clock = clock
        self._on_progress = on_progress
        self._days = min(days, LONGEST_DAYS)
        self._legs = OrderLegs(gateway, book.ledger.order_leg, clock)
        self._not_rebuilt: set[PositionKey] = set()

    async def run(self, categories: Sequence[str]) -> None:
        """Fetch what is missing of every category, then rebuild the closed trades of what came in.

        A store or an exchange that fails is tried again later, from what is on disk by then; it ends nobody else.
        """
        while True:
            try:
                await self._run(categories)
            except AppError as error:
                log.warning("the back-fill waits: %s", error)
                await asyncio.sleep(RETRY_AFTER_S)
            else:
                return

    async def _run(self, categories: Sequence[str]) -> None:
        end_ms = self._now_ms()
        start_ms = end_ms - self._days * DAY_MS
        gaps = [
            (category, gap) for category in categories for gap in weeks(await self._missing(category, start_ms, end_ms))
        ]
        for done, (category, (from_ms, until_ms)) in enumerate(gaps):
            self._on_progress(Backfill(done=done, total=len(gaps)))
            await self._fetch(category, from_ms, until_ms)
            await asyncio.sleep(PAUSE_S)
        for category in categories:
            await self._rebuild_missing(category, start_ms, end_ms)
        self._on_progress(Backfill(done=len(gaps), total=len(gaps)))

    async def _rebuild_missing(self, category: str, start_ms: int, end_ms: int) -> None:
        """Rebuild the trades of stretches that were fetched and not folded yet, perhaps by an earlier run."""
        scope = f"{category}-lives"
        stretches = await self._unfolded(scope, start_ms, end_ms)
        if not stretches:
            return
        store, is_whole = self._recorder.store, True
        executions = await store.load_executions(stretches[0][0], category=category)
        for symbol in sorted({e.symbol for e in executions}):
            # Contracts have their own windows until all of them are done: one that cannot be must not take the others
            # along, nor they it.
            own = f"{scope}-{symbol}"
            if not await self._unfolded(own, start_ms, end_ms):
                continue
            if await self._rebuild(category, symbol):
                await store.note_window(own, start_ms, end_ms)
            else:
                is_whole = False
                self._tell_not_rebuilt(category, symbol)
        if is_whole:
            await store.note_window(scope, start_ms, end_ms)

    async def _unfolded(self, scope: str, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
        """The stretches that were not folded yet; none when that is only what was since the last start, as it came."""
        stretches = await self._missing(scope, start_ms, end_ms)
        return stretches if any(until_ms - from_ms > DAY_MS for from_ms, until_ms in stretches) else []

    def _tell_not_rebuilt(self, category: str, symbol: str) -> None:
        key = PositionKey(category, symbol, 0)
        if key not in self._not_rebuilt:
            self._not_rebuilt.add(key)
            self._book.note("history_not_rebuilt", "warning", key)

    def _now_ms(self) -> int:
        """The exchange's time: by a clock that is ahead of it, hours to come would be noted as read."""
        return self._book.links.exchange_ms(self._clock.now_ms())

    async def _missing(self, scope: str, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
        return missing(await self._recorder.store.windows(scope), start_ms, end_ms)

    async def _fetch(self, category: str, from_ms: int, until_ms: int) -> None:
        """One stretch, in full."""
        executions = await self._legs.told(await self._gateway().fetch_executions(category, from_ms, until_ms))
        await self._recorder.note_window(category, from_ms, until_ms, executions)

    async def _rebuild(self, category: str, symbol: str) -> bool:
        """Fold all executions of a contract again: known lives are replaced, those no longer found are gone.

        Returns:
            False for a contract with fills whose leg nobody knows, or whose executions do not arrive at its positions.
            It keeps what is known of it: a fold without them would invent lives.
        """
        executions = await self._executions(category, symbol)
        if not await self._is_explained_soon(category, symbol):
            return False
        # Nothing is waited for from here to the first slice: what the book holds now belongs together.
        held = self._held(category, symbol)
        past = await unhurried(self._folded(category, symbol, executions))
        if past is None:
            return False
        await self._tell_beginnings(past)
        trades = past.trades
        store, names = self._recorder.store, {trade.life_id for trade in trades}
        windows = await store.windows(category)
        kept = [t async for page in store.closed_trades(TradeFilter(symbol=symbol, category=category)) for t in page]
        # What a bot's file told stays where the exchange's own history was not read.
        told = {t.life_id for t in outside([t for t in kept if t.life_id.startswith(IMPORTED_PREFIX)], windows)}
        # What ended meanwhile the book has told the store itself.
        ended = self._held(category, symbol).keys()
        gone = [t.life_id for t in kept if t.life_id not in names | told | ended]
        saved = self._as_held(trades, held)
        await store.save_lives(saved.values(), gone)
        while moved := [t for name, t in self._as_held(trades, held).items() if saved.get(name) != t]:
            saved |= {trade.life_id: trade for trade in moved}
            await store.save_lives(moved)
        return True

    async def _tell_beginnings(self, past: Past) -> None:
        """Lives whose beginning the book did not know are pending, on disk as well, until it does."""
        lives = self._book.lives
        for key in [key for key in past.executions if lives.begins_unknown(key)]:
            known = [one for one in lives.executions() if (one.category, one.symbol, one.position_idx) == key]
            await unhurried(self._book.begin_earlier(key, past.before(key, known)))

    async def _executions(self, category: str, symbol: str) -> tuple[Execution, ...]:
        """All on disk, with the leg of each whose order is known, after every order had its tries."""
        store = self._recorder.store
        executions = await self._legs.told(await store.load_executions(category=category, symbol=symbol))
        if not self._legs.may_tell_more(executions):
            return executions
        while self._legs.may_tell_more(executions):
            await asyncio.sleep(PAUSE_S)
            executions = await self._legs.told(executions)
        # That may have taken a while: with what came meanwhile.
        return await self._legs.told(await store.load_executions(category=category, symbol=symbol))

    def _held(self, category: str, symbol: str) -> dict[str, ClosedTrade]:
        """The contract's closed lives that the book holds; it tells the store itself what becomes of them."""
        return {t.life_id: t for t in self._book.lives.closed() if (t.category, t.symbol) == (category, symbol)}

    def _as_held(self, trades: Iterable[ClosedTrade], before: Container[str]) -> dict[str, ClosedTrade]:
        """The trades of a fold as they are by now: completed, priced or taken back while it was made and written.

        Args:
            before: lives that the book held when the fold began; what it holds no longer is not written again.
        """
        held = {trade.life_id: trade for trade in self._book.lives.closed()}
        return {
            trade.life_id: _better(trade, held.get(trade.life_id, trade))
            for trade in trades
            if trade.life_id in held or trade.life_id not in before
        }

    async def _is_explained_soon(self, category: str, symbol: str) -> bool:
        """Wait until the executions that the book knows arrive at the rows that it holds; whether they do in the end.

        Rows and executions come by different ways. A fold that ends in a row whose executions are still under way would
        invent what was before the first of them.
        """
        for _ in range(LOOKS):
            if self._is_explained(category, symbol):
                return True
            await asyncio.sleep(PAUSE_S)
        return False

    def _is_explained(self, category: str, symbol: str) -> bool:
        ledger = self._book.ledger
        rows = {row.key: checkpoint_of(row).size for row in ledger.last_rows}
        keys = [PositionKey(category, symbol, idx) for idx in (0, 1, 2)]
        sizes = {key: life.size for key in keys if (life := ledger.lives.life(key))}
        return all(sizes.get(key, ZERO) == rows.get(key, ZERO) for key in keys)

    def _folded(self, category: str, symbol: str, kept: Iterable[Execution]) -> Steps[Past | None]:
        """The contract's past; what the store was not told yet is in the book."""
        contract = (category, symbol)
        recent = (one for one in self._book.lives.executions() if (one.category, one.symbol) == contract)
        known = {one.exec_id: one for one in (*kept, *recent)}
        positions = [one for one in self._book.open_positions if one.key[:2] == contract]
        told, seen = self._book.priced.told_of, self._book.lives.reports
        return rebuilding(known.values(), positions, self._book.settle_coin, self._now_ms(), told, seen)


class Past(NamedTuple):
    """A contract's closed trades, and its executions by position, oldest first."""

    trades: list[ClosedTrade]
    executions: dict[PositionKey, list[Execution]]

    def before(self, key: PositionKey, known: Iterable[Execution]) -> list[Execution]:
        """What happened to a position before all that is known, from a moment on at which it was flat."""
        rows = self.executions[key]
        end = min(map(order_of, known), default=None)
        earlier = [row for row in rows if end is None or order_of(row) < end]
        if any(key_of(t) == key and not t.opened_ms for t in self.trades):
            # Lives without a beginning bear one name for each key: the first one must not be taken back with the other.
            return earlier
        ends = sorted((t.closed_ms for t in self.trades if key_of(t) == key), reverse=True)
        is_flat = (ms for ms in ends if (end is None or ms < end[0]) and _left_nothing(rows, ms))
        since_ms = next(is_flat, 0)
        return [row for row in earlier if row.ts_ms > since_ms]


def _left_nothing(rows: Iterable[Execution], ms: int) -> bool:
    """Whether nothing began in the millisecond in which a life ended, as when a position turns round."""
    fills = (row for row in rows if row.ts_ms == ms and signed_qty(row))
    return all(row.closed_size is not None and row.closed_size >= row.qty for row in fills)


def missing(known: Iterable[tuple[int, int]], start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """The stretches of [start, end] that no known window covers, oldest first."""
    gaps, at = [], start_ms
    for from_ms, until_ms in sorted(known):
        if from_ms > at:
            gaps.append((at, min(from_ms, end_ms)))
        at = max(at, until_ms)
    if at < end_ms:
        gaps.append((at, end_ms))
    return [(a, b) for a, b in gaps if a < b]


def weeks(gaps: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The gaps cut into stretches of at most a week, newest first: what is asked about most comes first."""
    cut = [
        (start, min(start + WEEK_MS, until_ms))
        for from_ms, until_ms in gaps
        for start in range(from_ms, until_ms, WEEK_MS)
    ]
    return sorted(cut, reverse=True)


def rebuilding(
    executions: Iterable[Execution],
    positions: Iterable[Position],
    settle_coin: Callable[[PositionKey], str],
    as_of_ms: int,
    tell: Tell = lambda trade: trade,
    seen: Mapping[PositionKey, tuple[Checkpoint, ...]] = MappingProxyType({}),
) -> Steps[Past | None]:
    """The past of a contract from all its executions and its present positions, in slices.

    Args:
        tell: adds what is known of a life besides its executions.
        seen: what reports told of those that did not come, by position.
    Returns:
        None when there are fills whose leg is not known.
    """
    rows = yield from sorting(executions, order_of)
    if any(map(awaits_order, rows)):
        return None
    reports = {p.key: checkpoint_of(p) for p in positions}
    lives, legs = Lives(max_closed=None, tell=tell), Legs(lambda _execution: None, reports.__contains__)
    lives.recall(seen, 0)
    placed: dict[PositionKey, list[Execution]] = {}

    def take(rows: Iterable[Execution], *, is_all_listed: bool) -> Steps[None]:
        for number, execution in enumerate(rows):
            key = legs.place(execution, is_listed=True, is_all_listed=is_all_listed)
            if key is not None:
                placed.setdefault(key, []).append(replace(execution, position_idx=key.position_idx))
                lives.add(execution, key, settle_coin(key))
            if number % AT_ONCE == 0:
                yield

    yield from take(rows, is_all_listed=False)
    late = list(legs.waiting)
    yield from take(late, is_all_listed=True)
    if any(signed_qty(execution) for execution in legs.waiting):
        return None
    yield from lives.anchor_steps(reports, as_of_ms)
    trades = yield from lives.closed_steps()
    for key, listed in placed.items() if late else ():
        placed[key] = yield from sorting(listed, order_of)
    return Past(trades, placed)


def _better(folded: ClosedTrade, held: ClosedTrade) -> ClosedTrade:
    """A life as the book holds it, unless only the fold has all of its executions."""
    return folded if folded.is_complete and not held.is_complete else held
