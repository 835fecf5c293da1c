"""One complete reading by REST after another, brought into the book, and every difference settled on evidence.

A row that the exchange lists is a fact. A row that a complete list lacks is a question, put by name; nothing that is
incomplete changes anything. When to read is core.rounds'.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from core.absence import Absence
from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.errors import AppError, Rejected, Unreachable
from core.events import (
    AccountReported,
    Apply,
    BaselineTaken,
    ExecutionReported,
    FeeRatesReported,
    InstrumentsReported,
    OrdersListed,
    PositionReported,
    WalletReported,
)
from core.evidence import REST_LAG_S
from core.executions import signed_qty
from core.links import KEY, REST, LinkBoard
from core.model import Execution, Position, PositionKey
from core.money import ZERO
from core.order_legs import OrderLegs
from core.reading import CATEGORIES, SCOPES, Reading
from core.reconcile import Discrepancy, compare, margin_mode_differs, moved_meanwhile, pnl_differs, unprotected
from core.recorder import Recorder
from core.sweep import StopSweep

T = TypeVar("T")

CLOCK_AGREES_MS = 100
# Where the evidence of an end without a row is found.
_LISTS_OF = {"": "", "E3": "execution/list", "E4": "closed-pnl"}
# Parts that need no key: their success says nothing about it.
_PUBLIC = frozenset({"clock", "markets"})


class _OnDisk(NamedTuple):
    """What was on disk before the exchange was first asked: all until a time by category, and single rows since."""

    until_ms: dict[str, int]
    newest: frozenset[str]

    def has(self, execution: Execution) -> bool:
        """Whether an execution was there."""
        return execution.ts_ms < self.until_ms.get(execution.category, 0) or execution.exec_id in self.newest


class Refresh:
    """Reads one account and applies what it read. Every method raises ExchangeError when the answer was not whole.

    Each kind of reading is a part of the REST link on the ``board``.
    """

    def __init__(
        self,
        book: PositionBook,
        clock: Clock,
        gateway: Callable[[], Gateway],
        apply: Apply,
        board: LinkBoard,
        recorder: Recorder | None = None,
    ) -> None:
        self._book = book
        self._clock = clock
        self._gateway = gateway
        self._apply = apply
        self._board = board
        self._recorder = recorder
        self._baseline_lock = asyncio.Lock()
        self.legs = OrderLegs(gateway, book.ledger.order_leg, clock)
        self.reading = Reading(gateway, clock, recorder, self.legs, lambda: book.ledger.legs.waiting)
        self._absence = Absence(book, gateway, clock)
        self.sweep = StopSweep(book, gateway, apply)

    async def _part(self, name: str, call: Awaitable[T]) -> T:
        """Note on the REST link how a reading went."""
        try:
            result = await call
        except AppError as error:
            self._board.failed(REST, name, error)
            raise
        self._board.live(REST, name, last_mono=self._clock.monotonic())
        if name not in _PUBLIC:
            self._board.forget(REST, KEY)
        return result

    async def time(self, *, is_urgent: bool = False) -> int:
        """The exchange's clock minus ours in ms, measured twice (each a median of three to five requests).

        Raises:
            Unreachable: ``clock_unstable``, the two do not agree within CLOCK_AGREES_MS: signing with a wrong time
                would be refused, and a wrong correction is worse than none.
        """
        return await self._part("clock", self._time(is_urgent=is_urgent))

    async def _time(self, *, is_urgent: bool) -> int:
        gateway = self._gateway()
        first, second = [await gateway.fetch_time_offset_ms(is_urgent=is_urgent) for _ in range(2)]
        if abs(first - second) > CLOCK_AGREES_MS:
            raise Unreachable("clock_unstable", offsets=(first, second))
        self.reading.offset_ms = second
        return second

    async def markets(self) -> None:
        """Contracts and fee rates in force."""
        await self._part("markets", self._markets())

    async def _markets(self) -> None:
        gateway = self._gateway()
        for category in CATEGORIES:
            refused = gateway.rows_refused
            instruments = await gateway.fetch_instruments(category)
            await self._apply(InstrumentsReported(category, instruments, is_whole=gateway.rows_refused == refused))
            try:
                await self._apply(FeeRatesReported(category, await gateway.fetch_fee_rates(category)))
            except AppError as error:
                # Demo has no fee rates; previews then show a dash for the fee.
                self._book.note("fees_unknown", reason=error.code, category=category)

    async def wallet(self) -> None:
        """The account's figures."""
        await self._apply(WalletReported(await self._part("wallet", self._gateway().fetch_wallet()), "rest"))

    async def account(self) -> None:
        """What account and key may do now."""
        await self._apply(AccountReported(await self._part("account", self._gateway().fetch_account())))

    async def orders(self) -> None:
        """Open orders: a complete list, so that what it lacks is no longer shown as open."""
        started = self._clock.monotonic()
        await self._apply(OrdersListed(await self._part("orders", self.reading.orders()), started))

    async def executions(self) -> None:
        """What was executed since the last reading: the stream may lose a whole life between two polls of positions."""
        async with self._baseline_lock:
            executions = await self._part("executions", self.reading.executions())
            await self._apply(*(ExecutionReported(execution, "rest") for execution in executions))
            self.reading.applied()

    async def positions(self) -> tuple[Discrepancy, ...]:
        """Open positions; returns what the book did not know, adopted or asked for by name."""
        return await self._part("positions", self._positions())

    async def _positions(self) -> tuple[Discrepancy, ...]:
        started = self._clock.monotonic()
        rows = await self.reading.positions()
        await self._apply()
        differing = compare(self._book.open_positions, rows, SCOPES)
        await self._apply(*(PositionReported(row, "rest", started) for row in rows))
        return (*(d for d in differing if d.kind != "phantom"), *await self._ask_absent(rows, started))

    async def _ask_absent(self, rows: tuple[Position, ...], started: float) -> tuple[Discrepancy, ...]:
        """A position that a complete list lacks is asked for by name: only evidence removes it."""
        settled = []
        self._absence.listed(rows)
        for found in compare(self._book.open_positions, rows, SCOPES):
            if found.kind != "phantom" or self._is_newer(found.key, started):
                continue
            asked = self._clock.monotonic()
            named: tuple[Position, ...] = ()
            with contextlib.suppress(Rejected):  # the exchange knows no such contract any more
                named = await self._gateway().fetch_position(found.key.category, found.key.symbol)
            await self._apply(*(PositionReported(row, "rest", asked) for row in named))
            if named and all(bool(row.position_idx) != bool(found.key.position_idx) for row in named):
                self._forget_leg(found.key, asked)
            evidence = "" if named else await self._end_without_row(found.key)
            held = self._book.row(found.key)
            if held is None:
                settled.append(replace(found, done="removed", evidence=evidence or "position/list?symbol"))
            elif not self._may_be_unlisted(held):
                settled.append(replace(found, evidence="position/list?symbol"))
        return tuple(settled)

    def _may_be_unlisted(self, row: Position) -> bool:
        """Whether it changed so lately at the exchange that a list may show the time before: no difference yet."""
        return row.updated_ms > self.reading.now_ms() - REST_LAG_S * 1000

    async def _end_without_row(self, key: PositionKey) -> str:
        """No list has it and no row is shown by name: only money that moved can tell that it ended; where it did."""
        held = self._book.row(key)
        evidence = await self._absence.evidence(held) if held is not None else ""
        if held is not None and evidence:
            self._book.end_position(held, evidence)
        return _LISTS_OF[evidence]

    def _forget_leg(self, key: PositionKey, asked: float) -> None:
        """The rows of a symbol are of the other position mode, and what we heard of the key is older than any lag."""
        held = self._book.row(key)
        if held is not None and held.received_mono + REST_LAG_S < asked:
            self._book.forget_leg(key)

    def _is_newer(self, key: PositionKey, started: float) -> bool:
        """Whether the book heard of a key after a request started: that answer says nothing about it then."""
        return any(p.key == key and p.received_mono > started for p in self._book.open_positions)

    async def baseline(self) -> tuple[Discrepancy, ...]:
        """Take the account's full state and settle every difference found; the book then equals the exchange.

        Returns:
            What differed, what was done about it and on what evidence. The first one is held against what was on
            disk: positions that came, went or changed while no desk ran. Where nothing was on disk, or the exchange is
            another one, there is nothing to differ from, and only what stands by itself is told: stops without a
            position, positions without a stop.
        """
        async with self._baseline_lock:
            return await self._part("baseline", self._baseline())

    async def _baseline(self) -> tuple[Discrepancy, ...]:
        is_new, on_disk = self._book.awaits_baseline, await self._on_disk()
        baseline = await self.reading.baseline()
        await self._apply()
        await self._recall(baseline.positions)
        remembered = [e for e in self._book.lives.executions() if on_disk and on_disk.has(e)]
        differing = () if is_new else compare(self._book.last_rows, baseline.positions, SCOPES)
        modes = "" if is_new else self._book.account.margin_mode, baseline.account.margin_mode
        await self._apply(BaselineTaken(baseline))
        self.reading.applied()
        return (
            *(d for d in differing if d.kind != "phantom"),
            *await self._ask_absent(baseline.positions, baseline.started_mono),
            *moved_meanwhile(self._sizes(remembered), self._book.last_rows, on_disk.until_ms if on_disk else {}),
            *margin_mode_differs(self._book.open_positions, *modes),
            *await self.sweep.sweep(),
            *unprotected(self._book.open_positions, self._book.open_orders),
            *pnl_differs(self._book.lives.closed(), baseline.closed_pnl),
        )

    async def _on_disk(self) -> _OnDisk | None:
        """What was on disk when this desk began; None later, and where nothing is kept."""
        if self._recorder is None or self._book.has_baseline:
            return None
        ends = {category: await self._recorder.known_until_ms(category) for category in CATEGORIES}
        until_ms = {category: end for category, end in ends.items() if end is not None}
        if not until_ms:
            return None
        newest = await self._recorder.store.load_executions(min(until_ms.values()))
        return _OnDisk(until_ms, frozenset(execution.exec_id for execution in newest))

    async def _recall(self, positions: tuple[Position, ...]) -> None:
        """Bring the past back from disk before the first baseline is applied."""
        if self._recorder is not None and not self._book.has_baseline:
            await self._recorder.recall(self._book, positions)

    def _sizes(self, executions: Iterable[Execution]) -> dict[PositionKey, Decimal]:
        """Signed sizes that executions add up to, of keys whose beginning they tell."""
        sizes: dict[PositionKey, Decimal] = {}
        for execution in executions:
            key = PositionKey(execution.category, execution.symbol, execution.position_idx or 0)
            sizes[key] = sizes.get(key, ZERO) + signed_qty(execution)
        return {key: size for key, size in sizes.items() if not self._book.lives.begins_unknown(key)}

    def forget(self) -> None:
        """The next reading is of another ledger."""
        self.reading.forget()
