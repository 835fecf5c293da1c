"""Asking for the executions of closed lives: those that a list tells count before any record, also without a leg."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from core.book import PositionBook
from core.clock import ManualClock
from core.errors import Unreachable
from core.events import Event, InstrumentsReported, PositionReported
from core.missing import LONGEST_S, MissingExecutions
from core.model import ClosedPnl, ClosedTrade, Execution, Order, Position
from core.order_legs import TRIES, OrderLegs
from core.pricing import SOURCE
from tests.strategies import START_MS, a_baseline, a_position, an_execution, an_instrument, an_order

D = Decimal
OPENED, CLOSED = an_execution(1, "Buy", 1, 100), an_execution(2, "Sell", 1, 130, closed_size=D(1))


class Desk:
    """A book with a life whose closing fill the stream lost, and the exchange that lists it."""

    def __init__(self) -> None:
        self.clock = ManualClock(START_MS)
        self.book = PositionBook(self.clock, "paper", "Main", lambda _: None)
        self.book.apply(InstrumentsReported("linear", (an_instrument(),)))
        self.orders: dict[str, Order] = {}
        self.trouble: Exception | None = None
        gateway: Any = self
        legs = OrderLegs(lambda: gateway, self.book.ledger.order_leg, self.clock)
        self.missing = MissingExecutions(self.book, self.clock, lambda: gateway, self.apply, legs, lambda: None, 0.0)
        self.baseline((a_position(size=1, seq=1),), (OPENED,))
        self.clock.advance(3)
        flat = a_position(size=0, seq=2, updated_ms=CLOSED.ts_ms, received_mono=self.clock.monotonic())
        self.book.apply(PositionReported(flat, "stream"))
        self.clock.advance(60)
        self.baseline((), ())

    async def apply(self, *events: Event) -> None:
        """At once: nothing is ever queued here."""
        for event in events:
            self.book.apply(event)

    def baseline(self, positions: tuple[Position, ...], executions: tuple[Execution, ...]) -> None:
        """A full reading, as of now."""
        self.book.apply(a_baseline(self.clock.now_ms(), self.clock.monotonic(), positions, executions))

    async def look(self) -> None:
        """Ask once more, whenever that is due."""
        self.clock.advance(LONGEST_S)
        assert await self.missing.look() == ()

    @property
    def trade(self) -> ClosedTrade:
        """The life."""
        (trade,) = self.book.lives.closed()
        return trade

    # The gateway.

    async def fetch_executions(self, _category: str, since_ms: int, until_ms: int, _symbol: str) -> list[Execution]:
        """As lists tell them: without a leg."""
        return [replace(e, position_idx=None) for e in (OPENED, CLOSED) if since_ms <= e.ts_ms <= until_ms]

    async def fetch_closed_pnl(self, *_: object) -> list[ClosedPnl]:
        """The record of the closing order."""
        return [RECORD]

    async def fetch_order(self, _category: str, _symbol: str, *, order_id: str) -> Order | None:
        """By its name."""
        if self.trouble:
            raise self.trouble
        return self.orders.get(order_id)


RECORD = ClosedPnl(
    category="linear",
    symbol="SOLUSDT",
    order_id=CLOSED.order_id,
    side="Sell",
    closed_size=D(1),
    entry_price=D(100),
    exit_price=D(130),
    closed_pnl=D(30),
    created_ms=CLOSED.ts_ms,
    updated_ms=CLOSED.ts_ms,
    exec_type="Trade",
    open_fee=D(0),
    close_fee=D(0),
)


async def test_executions_at_hand_go_before_records() -> None:
    desk = Desk()
    assert desk.trade.gap is not None
    desk.orders = {e.order_id: an_order("Filled", order_id=e.order_id) for e in (OPENED, CLOSED)}
    await desk.look()
    assert (desk.trade.gap, desk.trade.net_pnl) == (None, D(30))
    assert desk.trade.pnl_source != SOURCE


async def test_records_stand_in_while_no_order_tells_and_give_way_when_one_does() -> None:
    desk = Desk()
    for _ in range(2 * TRIES):
        await desk.look()
    assert desk.trade.pnl_source == SOURCE
    desk.orders = {e.order_id: an_order("Filled", order_id=e.order_id) for e in (OPENED, CLOSED)}
    await desk.look()
    assert desk.trade.gap is None
    assert desk.trade.pnl_source != SOURCE


async def test_records_do_not_stand_in_for_an_answer_that_failed() -> None:
    desk = Desk()
    desk.trouble = Unreachable("timeout")
    with pytest.raises(Unreachable):
        await desk.look()
    assert desk.trade.net_pnl is None
