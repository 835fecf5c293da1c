"""What the machine found, each in its shortest form: stays here so that it is never found again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.errors import Unreachable
from core.intents import close_of
from core.model import PositionKey
from core.rounds import Intervals
from tests.simulation.network import Line
from tests.simulation.world import World


def only(world: World, topic: str) -> None:
    """Of all frames those of one topic arrive."""
    carry = world.network.carry

    def lossy(line: Line, text: str, *, is_data: bool) -> None:
        if not is_data or f'"topic":"{topic}' in text[:120]:
            carry(line, text, is_data=is_data)

    world.network.carry = lossy  # type: ignore[method-assign]


@pytest.fixture
def world() -> Iterator[World]:
    """A desk on an empty account, one contract of it in hedge mode."""
    made = World()
    made.act("transfer", amount="1000000")
    made.act("hedge", symbol="BTCUSDT")
    made.start()
    made.converge()
    yield made
    made.close()


def lives(world: World) -> set[tuple[str, str, int]]:
    return {(t.life_id, t.symbol, t.position_idx) for t in world.snapshot.closed_trades}


def test_a_new_desk_gives_a_flat_leg_the_same_life(world: World) -> None:
    """Executions of a lone leg look like one-way mode; the contract's rows tell, flat as they are (V10)."""
    world.act("trade", symbol="BTCUSDT", side="Sell", qty="0.01", idx=2)
    world.act("trade", symbol="BTCUSDT", side="Buy", qty="0.01", idx=2)
    world.act("trade", symbol="SOLUSDT", side="Buy", qty="1")
    world.act("trade", symbol="SOLUSDT", side="Sell", qty="1")
    world.converge()
    before = lives(world)
    assert {(symbol, idx) for _, symbol, idx in before} == {("BTCUSDT", 2), ("SOLUSDT", 0)}
    world.restart()
    world.converge()
    assert lives(world) == before


def test_tickers_are_not_missing_while_nothing_is_open(world: World) -> None:
    """After a broken link the price stream of an empty account stayed lost for ever."""
    world.network.reset_lines()
    world.run(5)
    assert world.snapshot.links.tickers.state == "idle"
    assert world.snapshot.links.is_live


def test_lost_executions_are_asked_for_before_the_next_baseline(world: World) -> None:
    """A size that executions do not explain is a reason to ask; a whole life between two polls shows in none (P12)."""
    world.network.drop = 1.0
    world.act("trade", symbol="SOLUSDT", side="Buy", qty="1")
    world.act("trade", symbol="SOLUSDT", side="Sell", qty="1")
    world.act("trade", symbol="ETHPERP", side="Sell", qty="0.1")
    world.heal()
    assert world.converge(30) <= 25


def test_a_leg_that_was_there_is_not_the_other(world: World) -> None:
    world.act("trade", symbol="BTCUSDT", side="Buy", qty="0.01", idx=1)
    world.act("trade", symbol="BTCUSDT", side="Sell", qty="0.02", idx=2)
    world.converge()
    assert {p.key for p in world.snapshot.positions} == {PositionKey("linear", "BTCUSDT", idx) for idx in (1, 2)}


def test_a_reconciliation_that_failed_is_tried_again_soon(world: World) -> None:
    """One F5 on a bad moment left the REST link lost for a minute, beside reads that all worked."""
    world.network.failure, world.network.failing = "html", 1.0
    with pytest.raises(Unreachable):
        world.do(world.manager.reconcile_positions())
    world.heal()
    assert world.converge(30) <= 10


def test_a_leg_of_a_mode_that_is_no_more_is_flat(world: World) -> None:
    """Asked by name, a symbol back in one-way mode has one row, and none that says that its legs are flat."""
    world.act("trade", symbol="BTCUSDT", side="Sell", qty="0.01", idx=2)
    world.run(6)
    world.network.is_deaf = True
    world.act("trade", symbol="BTCUSDT", side="Buy", qty="0.01", idx=2)
    assert world.command("switch_mode", {"category": "linear", "symbol": "BTCUSDT", "mode": "0"}) is not None
    world.run(10)
    world.heal()
    world.converge(30)
    assert not world.snapshot.positions


def test_the_other_mode_is_no_evidence_while_lists_may_lag(world: World) -> None:
    """A list of four seconds ago shows the mode of then; the position that the stream told of stays."""
    world.do(world.manager.sync_with_bybit())
    world.do(world.manager.engine.sync.gateway.fetch_position("linear", "BTCUSDT"))
    world.network.past.begin()
    world.network.lag_s = 4.0
    assert world.command("switch_mode", {"category": "linear", "symbol": "BTCUSDT", "mode": "0"}) is not None
    world.act("trade", symbol="BTCUSDT", side="Buy", qty="0.01")
    world.run(0.1)
    for _ in range(8):
        assert world.snapshot.position("BTCUSDT") is not None
        world.do(world.manager.sync_with_bybit())
        world.run(0.5)
    assert world.snapshot.position("BTCUSDT") is not None


def test_the_past_is_not_rebuilt_before_its_executions_are_there(tmp_path: Path) -> None:
    """V30: the back-fill folded what was on disk up to a newer row, and invented a life before the first of it."""
    world = World(folder=tmp_path)
    world.act("transfer", amount="1000000", coin="USDC")
    world.start(remembers=True)
    world.run(0.6)
    world.act("trade", symbol="ETHPERP", side="Sell", qty="0.3")
    world.run(0.1)
    only(world, "position")
    world.act("trade", symbol="ETHPERP", side="Buy", qty="0.1")
    world.run_until(lambda: 0 < world.snapshot.backfill.total == world.snapshot.backfill.done, 60)
    world.converge(30)
    world.run(2)
    assert not world.do(world.manager.get_closed_page(limit=10)).trades
    world.close()


# ---- a position mode that was switched while nobody looked -----------------------------------------------------------


def switch(world: World, mode: str) -> None:
    """Somebody switches BTCUSDT to ``hedge`` or ``one-way`` mode; it is flat."""
    body = {"category": "linear", "symbol": "BTCUSDT", "mode": "3" if mode == "hedge" else "0"}
    assert world.command("switch_mode", body) is not None


def round_trip(world: World, idx: int, side: str = "Buy") -> None:
    """A whole life on BTCUSDT."""
    for way in (side, "Sell" if side == "Buy" else "Buy"):
        assert world.act("trade", symbol="BTCUSDT", side=way, qty="0.01", idx=idx) is not None


def agree_and_again(world: World) -> None:
    """The desk tells what happened, and so does another one that starts now."""
    world.heal()
    world.converge(30)
    before = lives(world)
    world.restart()
    world.converge(30)
    assert lives(world) == before


def test_a_leg_that_lived_in_an_outage_stays_a_leg_after_the_switch(world: World) -> None:
    """Its executions come by REST without a leg, when all that is left to see is one-way mode."""
    world.network.cut()
    round_trip(world, 1)
    switch(world, "one-way")
    world.run(2)
    agree_and_again(world)
    assert {idx for _, _, idx in lives(world)} == {1}


def test_a_one_way_life_in_an_outage_is_no_leg_after_the_switch(world: World) -> None:
    switch(world, "one-way")
    world.run(6)
    world.network.cut()
    round_trip(world, 0)
    switch(world, "hedge")
    world.run(2)
    agree_and_again(world)
    assert {idx for _, _, idx in lives(world)} == {0}


def test_a_mode_may_be_switched_there_and_back_in_one_outage(world: World) -> None:
    """Nothing that is known before or after tells what was in between; the orders do."""
    round_trip(world, 1)
    world.run(2)
    world.network.cut()
    round_trip(world, 2, "Sell")
    switch(world, "one-way")
    round_trip(world, 0, "Sell")
    world.act("trade", symbol="BTCUSDT", side="Buy", qty="0.03")
    world.act("fund", symbol="BTCUSDT")
    world.act("trade", symbol="BTCUSDT", side="Sell", qty="0.03")
    switch(world, "hedge")
    round_trip(world, 1)
    world.act("trade", symbol="BTCUSDT", side="Sell", qty="0.02", idx=2)
    world.act("fund", symbol="BTCUSDT", idx=2)
    world.run(2)
    agree_and_again(world)
    assert sorted(idx for _, _, idx in lives(world)) == [0, 0, 1, 1, 2]


def test_a_first_fill_of_a_new_mode_whose_order_was_lost_is_asked_for(world: World) -> None:
    """Of all frames only the execution's arrives; what it would close in the old mode is not what it did."""
    switch(world, "one-way")
    only(world, "execution")
    round_trip(world, 0)
    world.run(1)
    assert not world.snapshot.closed_trades, "it waits for what is known for certain"
    assert world.manager.engine.book.ledger.legs.waiting
    world.converge(30)
    agree_and_again(world)


def test_many_orders_are_listed_and_the_rest_asked_for_by_name(world: World) -> None:
    """An order that rested for longer than the list goes back, among dozens of others."""
    order = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01"}
    mark = world.exchange.venue.mark("BTCUSDT")
    price = format(mark * 99 // 100, "f")
    world.order({**order, "price": price, "positionIdx": 1})
    world.run(60)
    world.network.cut()
    for _ in range(15):
        round_trip(world, 2, "Sell")
    world.act("price", symbol="BTCUSDT", last=format(mark * 98 // 100, "f"))
    world.network.forget_requests()
    world.run(2)
    world.heal()
    world.converge(30)
    assert {path for _, _, path in world.network.requests} >= {"/v5/order/history", "/v5/order/realtime"}
    agree_and_again(world)
    assert {p.key.position_idx for p in world.snapshot.positions} == {1}


def test_executions_lost_beside_rows_that_arrived_are_asked_for_by_the_next_poll() -> None:
    """Each poll brings every row anew, so that none ever looked old enough to be doubted (F78: 7 s)."""
    world = World(intervals=Intervals(executions_s=3_600, reconcile_s=3_600))
    carry, numbers = world.network.carry, itertools.count()

    def lossy(line: Line, text: str, *, is_data: bool) -> None:
        if '"topic":"execution' not in text[:80] or next(numbers) % 3:
            carry(line, text, is_data=is_data)

    try:
        world.act("transfer", amount="1000000")
        world.start()
        world.converge()
        world.network.carry = lossy  # type: ignore[method-assign]
        for _ in range(12):
            world.act("trade", symbol="SOLUSDT", side="Buy", qty="1")
            world.run(0.3)
        world.run(7)
        made = {execution.exec_id for execution in world.exchange.venue.ledger.executions}
        assert made == {execution.exec_id for execution in world.snapshot.executions}
        assert [line.code for line in world.notices].count("discrepancy_executions_missing") == 1
    finally:
        world.close()


def test_a_command_that_was_refused_for_its_time_has_the_clock_measured_at_once() -> None:
    """P28: whoever presses again must not wait for a poll that finds the same."""
    seldom = Intervals(positions_s=3_600, orders_s=3_600, executions_s=3_600, missing_s=3_600, wallet_s=3_600)
    world = World(intervals=replace(seldom, reconcile_s=3_600))
    try:
        world.act("transfer", amount="1000000")
        world.act("trade", symbol="SOLUSDT", side="Buy", qty="10")
        world.start()
        world.converge()
        world.clock.error_ms = 3_000  # type: ignore[attr-defined]
        (position,) = world.snapshot.positions
        part = close_of(position, "manual", Decimal(1))
        assert world.do(world.manager.submit(part)).ret_code == 10002
        world.run(0.5)
        assert world.do(world.manager.submit(part)).ret_code is None
    finally:
        world.close()
