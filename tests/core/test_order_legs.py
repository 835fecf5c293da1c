"""Asking for the legs of orders: seldom, never for ever, and an error is no answer."""

from __future__ import annotations

from typing import Any

import pytest

from core.bybit.gateway import Gateway
from core.errors import Rejected, Unreachable
from core.model import Execution, Order
from core.order_legs import ASKED_SINGLY, TRIES, OrderLegs
from tests.strategies import an_execution, an_order


class Exchange:
    """The order end of a gateway: which orders it remembers, and what it was asked."""

    def __init__(self) -> None:
        self.legs: dict[str, int] = {}
        self.is_listing = True
        self.trouble: Exception | None = None
        self.swept: list[tuple[int, int]] = []
        self.named: list[str] = []

    async def fetch_filled_orders(self, _category: str, start_ms: int, end_ms: int) -> tuple[Order, ...]:
        """All that it remembers."""
        self._fail()
        self.swept.append((start_ms, end_ms))
        return tuple(map(self._order, self.legs)) if self.is_listing else ()

    async def fetch_order(self, _category: str, _symbol: str, *, order_id: str) -> Order | None:
        """One of them."""
        self._fail()
        self.named.append(order_id)
        return self._order(order_id) if order_id in self.legs else None

    def _order(self, order_id: str) -> Order:
        return an_order("Filled", order_id=order_id, position_idx=self.legs[order_id])

    def _fail(self) -> None:
        if self.trouble:
            raise self.trouble


def asking() -> tuple[OrderLegs, Exchange]:
    exchange = Exchange()
    gateway: Any = exchange
    typed: Gateway = gateway
    return OrderLegs(lambda: typed, lambda _: None), exchange


def fills(count: int) -> list[Execution]:
    """As lists tell them: without a leg."""
    return [an_execution(number, "Buy", 1, position_idx=None) for number in range(count)]


async def test_orders_that_nobody_remembers_are_not_listed_for_ever() -> None:
    legs, exchange = asking()
    rows = fills(2 * ASKED_SINGLY + 5)
    for _ in range(10 * TRIES):
        assert await legs.told(rows) == tuple(rows)
    assert len(exchange.swept) == TRIES
    assert len(exchange.named) == len(rows) * TRIES, "each one has all its tries by name"
    assert not legs.may_tell_more(rows)


async def test_only_what_can_still_be_asked_for_is_listed() -> None:
    legs, exchange = asking()
    old = fills(ASKED_SINGLY)
    for _ in range(TRIES):
        await legs.told(old)
    new = an_execution(99, "Buy", 1, position_idx=None)
    exchange.legs[new.order_id] = 2
    assert (await legs.told([*old, new]))[-1].position_idx == 2
    assert exchange.swept == []


async def test_many_are_listed_once() -> None:
    legs, exchange = asking()
    rows = fills(ASKED_SINGLY + 1)
    exchange.legs = {row.order_id: 1 for row in rows}
    assert {row.position_idx for row in await legs.told(rows)} == {1}
    assert exchange.swept == [(rows[0].ts_ms, rows[-1].ts_ms + 1)]
    assert exchange.named == []
    await legs.told(rows)
    assert len(exchange.swept) == 1


@pytest.mark.parametrize("count", [1, ASKED_SINGLY + 1])
async def test_an_error_is_no_try(count: int) -> None:
    legs, exchange = asking()
    rows = fills(count)
    exchange.trouble = Unreachable("timeout")
    for _ in range(2 * TRIES):
        with pytest.raises(Unreachable):
            await legs.told(rows)
    exchange.trouble = None
    exchange.legs = {row.order_id: 1 for row in rows}
    assert {row.position_idx for row in await legs.told(rows)} == {1}


async def test_a_refusal_is_an_answer() -> None:
    legs, exchange = asking()
    exchange.trouble = Rejected(110001, "no such contract")
    for _ in range(TRIES):
        await legs.told(fills(1))
    assert not legs.may_tell_more(fills(1))


async def test_presses_do_not_use_the_tries_up() -> None:
    legs, exchange = asking()
    rows = fills(1)
    for _ in range(2 * TRIES):
        await legs.told(rows, is_reading=False)
    assert legs.may_tell_more(rows)
    exchange.legs = {row.order_id: 1 for row in rows}
    assert (await legs.told(rows))[0].position_idx == 1
    assert not legs.may_tell_more(rows)
