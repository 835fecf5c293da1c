"""P9: which stops the sweep cancels, when it believes that one is gone, and what it leaves in sight."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from core.errors import AppError, OutcomeUnknown, Rejected, Unreachable
from core.events import Event, InstrumentsReported, OrderReported
from core.model import Order, PositionKey
from core.sweep import TRIES, StopSweep
from tests.core.test_actions import Desk, run
from tests.strategies import START_MS, a_position, an_instrument, an_order

SOL = PositionKey("linear", "SOLUSDT", 0)
OURS = an_order(
    "Untriggered", order_link_id="qd1", stop_order_type="Stop", trigger_price=an_instrument().tick, order_type="Market"
)
GONE = Rejected(110001, "order not exists or too late to cancel")


class Orders:
    """The gateway: lists of open orders, and cancels that do what a test says; nothing means cancelled."""

    def __init__(self, desk: Desk, *listed: Order) -> None:
        self.listed = list(listed)
        self.answers: list[AppError] = []
        self.cancelled: list[str] = []
        self.read: list[tuple[str, str | None]] = []
        self.trouble: AppError | None = None
        gateway: Any = self

        async def apply(*events: Event) -> None:
            for event in events:
                desk.hear(event)

        self.sweep = StopSweep(desk.book, lambda: gateway, apply).sweep

    async def fetch_open_orders(self, category: str, coin: str | None) -> tuple[Order, ...]:
        """All of them."""
        self.read.append((category, coin))
        if self.trouble and self.cancelled:
            raise self.trouble
        return tuple(self.listed)

    async def cancel_order(self, *, category: str, symbol: str, order_id: str) -> None:
        """Answer as told."""
        self.cancelled.append(order_id)
        if self.answers:
            raise self.answers.pop(0)
        self.listed = [order for order in self.listed if order.order_id != order_id]


async def swept(orders: Orders, key: PositionKey | None = SOL) -> dict[str, str]:
    """What was done about each orphan."""
    return {str(found.details["order_id"]): found.done for found in await orders.sweep(key)}


def flat(desk: Desk) -> None:
    desk.show(a_position(size=0, seq=9, updated_ms=START_MS + 9))


def test_ours_is_cancelled_and_somebody_elses_only_shown() -> None:
    """F62: also what protects another leg, or would open something, is left alone (F65)."""

    async def story(desk: Desk) -> None:
        flat(desk)
        others = ({"order_link_id": "bot"}, {"position_idx": 1}, {"reduce_only": False}, {"trigger_price": None})
        orders = Orders(desk, OURS, *(replace(OURS, order_id=f"x{n}", **one) for n, one in enumerate(others)))
        assert await swept(orders) == {"o1": "cancelled", "x0": "shown"}
        assert orders.cancelled == ["o1"]
        assert desk.book.snapshot().leftovers == {"x0", "x1"}

    run(story)


def test_a_stop_that_still_protects_is_left_alone() -> None:
    async def story(desk: Desk) -> None:
        orders = Orders(desk, OURS, replace(OURS, order_id="o2", side="Buy"))
        assert await swept(orders) == {"o2": "cancelled"}, "it would enlarge the long"

    run(story)


@pytest.mark.parametrize("answer", [GONE, OutcomeUnknown("timeout"), Rejected(110010, "already cancelled")])
@pytest.mark.parametrize("refusals", range(TRIES + 1))
def test_what_the_list_says_is_believed_and_nothing_else(answer: AppError, refusals: int) -> None:
    """F63, F66: three tries, whatever the answers are; then it stays in sight."""

    async def story(desk: Desk) -> None:
        flat(desk)
        orders = Orders(desk, OURS)
        orders.answers = [answer] * refusals
        is_gone = refusals < TRIES
        assert await swept(orders) == {"o1": "cancelled" if is_gone else "cancel_failed"}
        assert len(orders.cancelled) == min(refusals + 1, TRIES)
        assert desk.book.snapshot().leftovers == (frozenset() if is_gone else {"o1"})

    run(story)


def test_a_list_that_cannot_be_read_proves_nothing() -> None:
    async def story(desk: Desk) -> None:
        flat(desk)
        orders = Orders(desk, OURS)
        orders.trouble = Unreachable("timeout")
        assert await swept(orders) == {"o1": "cancel_failed"}
        assert desk.book.snapshot().leftovers == {"o1"}

    run(story)


def test_nothing_is_cancelled_that_may_protect_what_was_opened_meanwhile() -> None:
    async def story(desk: Desk) -> None:
        flat(desk)
        orders = Orders(desk, OURS)
        orders.answers = [OutcomeUnknown("timeout")] * TRIES
        sweeping = asyncio.create_task(swept(orders))
        await asyncio.sleep(0.1)
        desk.show(a_position("Buy", 10, seq=10, updated_ms=START_MS + 10))
        assert await sweeping == {"o1": "cancel_failed"}
        assert orders.cancelled == ["o1"]
        assert desk.book.snapshot().leftovers == frozenset()

    run(story)


def test_one_key_is_swept_at_a_time_or_all_of_them() -> None:
    """The orders of the others were not read just now."""

    async def story(desk: Desk) -> None:
        flat(desk)
        other = replace(OURS, symbol="XRPUSDT", order_id="o2")
        desk.hear(OrderReported(other, "stream"))
        orders = Orders(desk, OURS, other)
        assert await swept(orders) == {"o1": "cancelled"}
        assert await swept(orders, None) == {"o2": "cancelled"}

    run(story)


@pytest.mark.parametrize(("category", "symbol", "settles_in", "coin"), [
    ("linear", "SOLUSDT", "USDT", "USDT"), ("linear", "SOLPERP", "USDC", "USDC"), ("inverse", "BTCUSD", "BTC", None),
])  # fmt: skip
def test_the_orders_of_the_keys_own_coin_are_read(
    category: str, symbol: str, settles_in: str, coin: str | None
) -> None:
    async def story(desk: Desk) -> None:
        contract = an_instrument(category, symbol=symbol, settle_coin=settles_in)
        desk.hear(InstrumentsReported(category, (contract,)))
        orders = Orders(desk)
        assert await swept(orders, PositionKey(category, symbol, 0)) == {}
        assert orders.read == [(category, coin)]

    run(story)
