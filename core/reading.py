"""Complete readings of an account by REST: every scope, every page, or an error. It applies nothing.

Positions come first: executions that happen after a position's ``seq`` are told apart by it, the reverse is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.bybit.gateway import Gateway
from core.clock import Clock
from core.events import Baseline
from core.executions import in_order
from core.model import ClosedPnl, Execution, Order, Position
from core.order_legs import OrderLegs
from core.recorder import Recorder
from core.tasks import together

# Every list of positions and orders is asked for in these scopes: one settle coin at a time, as Bybit requires.
SCOPES: tuple[tuple[str, str], ...] = (("linear", "USDT"), ("linear", "USDC"), ("inverse", ""))
CATEGORIES = ("linear", "inverse")

DAY_MS = 86_400_000
HISTORY_MS = 7 * DAY_MS
# Bybit keeps two years.
LONGEST_MS = 729 * DAY_MS
OVERLAP_MS = 300_000


class Reading:
    """Reads one account. ``offset_ms`` is the exchange's clock minus ours, set by whoever measured it.

    Every method raises ExchangeError when the answer was not complete.

    Args:
        legs: tells which leg an execution's order was for.
        waiting: executions of before that still lack that; they are read again with the next ones.
    """

    def __init__(
        self,
        gateway: Callable[[], Gateway],
        clock: Clock,
        recorder: Recorder | None,
        legs: OrderLegs,
        waiting: Callable[[], tuple[Execution, ...]],
    ) -> None:
        self._gateway = gateway
        self._legs = legs
        self._waiting = waiting
        self._clock = clock
        self._recorder = recorder
        self._last_execution_ms: dict[str, int] = {}
        self._read_execution_ms: dict[str, int] = {}
        self.offset_ms = 0

    def forget(self) -> None:
        """The next reading is of another ledger: what was read so far says nothing about it."""
        self._last_execution_ms.clear()
        self._read_execution_ms.clear()
        self._legs.forget()

    def applied(self) -> None:
        """The last baseline is in the book: the next one may begin where its executions ended.

        Until then it may not: a baseline that failed half-way would leave a hole.
        """
        self._last_execution_ms |= self._read_execution_ms

    def now_ms(self) -> int:
        """The exchange's time."""
        return self._clock.now_ms() + self.offset_ms

    async def baseline(self) -> Baseline:
        """The account's full state."""
        gateway = self._gateway()
        started_ms, started_mono = self.now_ms(), self._clock.monotonic()
        positions = await self.positions()
        orders = asyncio.ensure_future(self.orders())
        executions = asyncio.ensure_future(self.executions())
        closed_pnl = asyncio.ensure_future(self.closed_pnl())
        wallet = asyncio.ensure_future(gateway.fetch_wallet())
        account = asyncio.ensure_future(gateway.fetch_account())
        await together(orders, executions, closed_pnl, wallet, account)
        return Baseline(
            started_ms=started_ms,
            started_mono=started_mono,
            positions=positions,
            orders=orders.result(),
            executions=executions.result(),
            closed_pnl=closed_pnl.result(),
            wallet=wallet.result(),
            account=account.result(),
            scopes=SCOPES,
        )

    async def positions(self) -> tuple[Position, ...]:
        """Open positions of all scopes."""
        gateway = self._gateway()
        lists = [asyncio.ensure_future(gateway.fetch_positions(category, coin or None)) for category, coin in SCOPES]
        await together(*lists)
        return tuple(row for rows in lists for row in rows.result())

    async def orders(self) -> tuple[Order, ...]:
        """Open orders of all scopes."""
        gateway = self._gateway()
        lists = [asyncio.ensure_future(gateway.fetch_open_orders(category, coin or None)) for category, coin in SCOPES]
        await together(*lists)
        return tuple(row for rows in lists for row in rows.result())

    async def closed_pnl(self) -> tuple[ClosedPnl, ...]:
        """Bybit's own records of the last day, to hold against what executions say."""
        now_ms = self.now_ms()
        lists = [
            await self._gateway().fetch_closed_pnl(category, now_ms - DAY_MS, now_ms + 1_000) for category in CATEGORIES
        ]
        return tuple(record for records in lists for record in records)

    async def executions(self) -> tuple[Execution, ...]:
        """Executions since the last reading, with an overlap; those of the last seven days when there was none.

        As they happened, oldest first, and with the leg of each that its order told.
        """
        lists = [await self._executions_of(category) for category in CATEGORIES]
        waiting = await self._legs.told(self._waiting())
        return tuple(in_order((*waiting, *(execution for rows in lists for execution in rows))))

    async def _executions_of(self, category: str) -> tuple[Execution, ...]:
        now_ms = self.now_ms()
        start_ms = await self._begin_ms(category, now_ms)
        rows = await self._legs.told(await self._gateway().fetch_executions(category, start_ms, now_ms + 1_000))
        self._read_execution_ms[category] = now_ms
        if self._recorder:
            # Lists lag behind the exchange: the newest minutes are asked for again next time.
            await self._recorder.note_window(category, start_ms, max(start_ms + 1, now_ms - OVERLAP_MS), rows)
        return rows

    async def _begin_ms(self, category: str, now_ms: int) -> int:
        last = self._last_execution_ms.get(category)
        if last is None and self._recorder:
            last = await self._recorder.known_until_ms(category)
        if last is None or last > now_ms:  # read until a time that has not come: by a wrong clock, so who knows
            return now_ms - HISTORY_MS
        return max(last - OVERLAP_MS, now_ms - LONGEST_MS)
