"""Fetch the account's past from the exchange, a week at a time, newest first, as far back as Bybit keeps it.

Resumable: each week that was read in full is noted with its executions in one transaction and never asked for again.
It runs behind everything else and stops for nobody: a failure is tried again later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.errors import AppError
from core.evidence import checkpoint_of
from core.executions import in_order, signed_qty
from core.legs import Legs
from core.lives import Lives
from core.model import Backfill, ClosedTrade, Execution, Position, PositionKey
from core.money import ZERO
from core.order_legs import OrderLegs
from core.recorder import Recorder
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
        self._legs = OrderLegs(gateway, book.ledger.order_leg)

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
        end_ms = self._clock.now_ms()
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
        stretches = await self._missing(scope, start_ms, end_ms)
        if not any(until_ms - from_ms > DAY_MS for from_ms, until_ms in stretches):
            # What happened since the last start was folded as it came.
            return
        executions = await self._recorder.store.load_executions(stretches[0][0], category=category)
        for symbol in sorted({e.symbol for e in executions}):
            await self._rebuild(category, symbol)
        await self._recorder.store.note_window(scope, start_ms, end_ms)

    async def _missing(self, scope: str, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
        return missing(await self._recorder.store.windows(scope), start_ms, end_ms)

    async def _fetch(self, category: str, from_ms: int, until_ms: int) -> None:
        """One stretch, in full."""
        executions = await self._legs.told(await self._gateway().fetch_executions(category, from_ms, until_ms))
        await self._recorder.note_window(category, from_ms, until_ms, executions)

    async def _rebuild(self, category: str, symbol: str) -> None:
        """Fold all executions of a contract again: known lives are replaced, those no longer found are gone.

        A contract with fills whose leg nobody knows keeps what is known of it: a fold without them would invent lives.
        """
        found = await self._recorder.store.load_executions(category=category, symbol=symbol)
        executions = await self._legs.told(found)
        is_known = await self._is_explained_soon(category, symbol)
        # Nothing is waited for from here to the fold: what the book holds now belongs together.
        trades = self._folded(category, symbol, executions) if is_known else None
        if trades is None:
            log.warning("%s %s is not rebuilt: its executions do not explain its positions", category, symbol)
            return
        store, names = self._recorder.store, {trade.life_id for trade in trades}
        windows = await store.windows(category)
        kept = [t async for page in store.closed_trades(TradeFilter(symbol=symbol, category=category)) for t in page]
        # What a bot's file told stays where the exchange's own history was not read.
        told = {t.life_id for t in outside([t for t in kept if t.life_id.startswith(IMPORTED_PREFIX)], windows)}
        # What ended meanwhile the book has told the store itself.
        ended = {trade.life_id for trade in self._book.lives.closed()}
        gone = [t.life_id for t in kept if t.life_id not in names | told | ended]
        await store.save_lives(trades, gone)

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

    def _folded(self, category: str, symbol: str, kept: Iterable[Execution]) -> list[ClosedTrade] | None:
        """The contract's closed trades; what the store was not told yet is in the book."""
        contract = (category, symbol)
        recent = (one for one in self._book.lives.executions() if (one.category, one.symbol) == contract)
        known = {one.exec_id: one for one in (*kept, *recent)}
        positions = [one for one in self._book.open_positions if one.key[:2] == contract]
        as_of_ms, tell = self._clock.now_ms(), self._book.priced.told_of
        return rebuilt(known.values(), positions, self._book.settle_coin, as_of_ms, tell)


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


def rebuilt(
    executions: Iterable[Execution],
    positions: Iterable[Position],
    settle_coin: Callable[[PositionKey], str],
    as_of_ms: int,
    tell: Tell = lambda trade: trade,
) -> list[ClosedTrade] | None:
    """The closed trades of a contract from all its executions and its present positions.

    Args:
        tell: adds what is known of a life besides its executions.
    Returns:
        None when there are fills whose leg is not known.
    """
    reports = {p.key: checkpoint_of(p) for p in positions}
    lives, legs = Lives(max_closed=None, tell=tell), Legs(lambda _execution: None, reports.__contains__)

    def take(rows: Iterable[Execution], *, is_all_listed: bool) -> None:
        for execution in rows:
            key = legs.place(execution, is_listed=True, is_all_listed=is_all_listed)
            if key is not None:
                lives.add(execution, key, settle_coin(key))

    take(in_order(executions), is_all_listed=False)
    take(legs.waiting, is_all_listed=True)
    if any(signed_qty(execution) for execution in legs.waiting):
        return None
    lives.anchor(reports, as_of_ms)
    return list(lives.closed())
