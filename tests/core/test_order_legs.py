"""Asking for the legs of orders: soon, then seldom, never no more; and an error is no answer."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from core import order_legs
from core.bybit.gateway import Gateway
from core.clock import ManualClock
from core.errors import Rejected, Unreachable
from core.model import Execution, Order
from core.order_legs import ASKED_SINGLY, FIRST_S, LONGEST_S, OLD_AT_ONCE, TRIES, OrderLegs
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


class Desk:
    """Who asks, what is answered, and the time."""

    def __init__(self) -> None:
        self.exchange = Exchange()
        self.clock = ManualClock()
        gateway: Any = self.exchange
        typed: Gateway = gateway
        self.legs = OrderLegs(lambda: typed, lambda _: None, self.clock)

    async def read(self, rows: list[Execution], seconds: float, every_s: float = 1.0) -> None:
        """One reading after another."""
        for _ in range(round(seconds / every_s)):
            await self.legs.told(rows)
            self.clock.advance(every_s)

    async def use_tries_up(self, rows: list[Execution]) -> None:
        """As a back-fill does."""
        await self.legs.told(rows)
        while self.legs.may_tell_more(rows):
            self.clock.advance(0.5)
            await self.legs.told(rows)
        self.exchange.named.clear()
        self.exchange.swept.clear()


def fills(count: int) -> list[Execution]:
    """As lists tell them: without a leg."""
    return [an_execution(number, "Buy", 1, position_idx=None) for number in range(count)]


async def test_an_order_that_is_not_found_is_asked_for_soon_then_seldom_and_for_ever() -> None:
    desk, (row,) = Desk(), fills(1)
    asked_s = []
    for second in range(7_200):
        await desk.legs.told([row])
        asked_s += [second] * len(desk.exchange.named)
        desk.exchange.named.clear()
        desk.clock.advance(1)
    gaps = [after - before for before, after in itertools.pairwise(asked_s)]
    assert gaps[:5] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S, 16 * FIRST_S]
    assert set(gaps[10:]) == {LONGEST_S}
    desk.exchange.legs[row.order_id] = 2
    await desk.read([row], LONGEST_S)
    assert (await desk.legs.told([row]))[0].position_idx == 2


async def test_what_is_known_is_not_asked_for() -> None:
    """By the row itself, whatever its order says; or by what was seen of the order. Of another ledger nothing is."""
    desk, (row,) = Desk(), fills(1)
    desk.exchange.legs[row.order_id] = 2
    assert (await desk.legs.told([row]))[0].position_idx == 2
    assert (await desk.legs.told([replace(row, position_idx=1)]))[0].position_idx == 1
    assert desk.exchange.named == [row.order_id]
    desk.legs.forget()
    desk.exchange.legs[row.order_id] = 1
    assert (await desk.legs.told([row]))[0].position_idx == 1
    seen = OrderLegs(lambda: pytest.fail("nobody is asked"), lambda _: 2, desk.clock)
    assert (await seen.told([row]))[0].position_idx == 2


async def test_a_fault_of_many_readings_costs_an_order_nothing() -> None:
    """Eight readings a second for two seconds, as after a reconnect: it is found two seconds later."""
    desk, rows = Desk(), fills(1)
    await desk.read(rows, 2, 0.125)
    desk.exchange.legs = {row.order_id: 1 for row in rows}
    await desk.read(rows, 2, 0.125)
    assert (await desk.legs.told(rows))[0].position_idx == 1


async def test_a_reading_that_has_an_execution_twice_asks_once() -> None:
    desk, rows = Desk(), fills(1)
    for _ in range(2):  # what waits, and the list
        await desk.legs.told(rows)
    assert len(desk.exchange.named) == 1


async def test_orders_that_nobody_remembers_do_not_eat_the_requests() -> None:
    desk, rows = Desk(), fills(120)
    await desk.use_tries_up(rows)
    desk.clock.advance(LONGEST_S)
    readings, every_s = 60, 20
    await desk.read(rows, readings * every_s, every_s)
    assert len(desk.exchange.named) == OLD_AT_ONCE * readings, "so many in each reading, never more"
    assert desk.exchange.swept == []
    await desk.read(rows, readings * every_s, every_s)
    assert set(desk.exchange.named) == {row.order_id for row in rows}, "each one has its turn"


async def test_a_new_order_does_not_wait_behind_those_that_nobody_remembers() -> None:
    desk, old = Desk(), fills(120)
    await desk.use_tries_up(old)
    desk.clock.advance(LONGEST_S)
    new = an_execution(999, "Buy", 1, position_idx=None)
    desk.exchange.legs[new.order_id] = 2
    assert (await desk.legs.told([*old, new]))[-1].position_idx == 2
    assert len(desk.exchange.named) == OLD_AT_ONCE + 1
    assert desk.exchange.swept == []


async def test_each_order_has_all_its_tries_by_name() -> None:
    desk, rows = Desk(), fills(2 * ASKED_SINGLY + 5)
    await desk.legs.told(rows)
    while desk.legs.may_tell_more(rows):
        desk.clock.advance(0.5)
        await desk.legs.told(rows)
    assert Counter(desk.exchange.named) == {row.order_id: TRIES for row in rows}
    assert 0 < len(desk.exchange.swept) <= TRIES


async def test_many_are_listed_once() -> None:
    desk, rows = Desk(), fills(ASKED_SINGLY + 1)
    desk.exchange.legs = {row.order_id: 1 for row in rows}
    assert {row.position_idx for row in await desk.legs.told(rows)} == {1}
    assert desk.exchange.swept == [(rows[0].ts_ms, rows[-1].ts_ms + 1)]
    assert desk.exchange.named == []
    await desk.legs.told(rows)
    assert len(desk.exchange.swept) == 1


@pytest.mark.parametrize("count", [1, ASKED_SINGLY + 1])
async def test_an_error_is_no_try(count: int) -> None:
    desk, rows = Desk(), fills(count)
    desk.exchange.trouble = Unreachable("timeout")
    for _ in range(2 * TRIES):
        with pytest.raises(Unreachable):
            await desk.legs.told(rows)
    desk.exchange.trouble = None
    desk.exchange.legs = {row.order_id: 1 for row in rows}
    assert {row.position_idx for row in await desk.legs.told(rows)} == {1}


async def test_a_refusal_is_an_answer() -> None:
    desk, rows = Desk(), fills(1)
    desk.exchange.trouble = Rejected(110001, "no such contract")
    await desk.use_tries_up(rows)
    assert not desk.legs.may_tell_more(rows)


@pytest.mark.parametrize("is_given_up", [False, True])
async def test_who_waits_for_an_order_asks_now_and_uses_nothing_up(*, is_given_up: bool) -> None:
    desk, rows = Desk(), fills(1)
    if is_given_up:
        await desk.use_tries_up(rows)
    for _ in range(2 * TRIES):
        await desk.legs.told(rows, is_urgent=True)
    assert len(desk.exchange.named) == 2 * TRIES
    assert desk.legs.may_tell_more(rows) is not is_given_up
    desk.exchange.legs = {row.order_id: 1 for row in rows}
    assert (await desk.legs.told(rows, is_urgent=True))[0].position_idx == 1
    assert not desk.legs.may_tell_more(rows)


async def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_legs, "REMEMBERED", 5)
    desk = Desk()
    for row in fills(50):
        await desk.legs.told([row])
    assert len(desk.legs._unfound) == 5
    rows = fills(10)
    await desk.use_tries_up(rows)
    assert not desk.legs.may_tell_more(rows), "what is asked about together is remembered together"
