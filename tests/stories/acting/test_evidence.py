"""F39-F47, F52 and a limit close: how the evidence of a close may arrive, and what is made of it."""

import asyncio
from decimal import Decimal

import pytest

from core.intents import ClosePosition, close_of
from core.manager import PositionManager
from core.model import Command, PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed, until

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)
LINK = PositionKey("linear", "LINKUSDT", 0)
CREATE, REALTIME = "/v5/order/create", "/v5/order/realtime"


def held(paper: PaperProcess, symbol: str = "SOLUSDT") -> Decimal:
    """The size that an independent client sees."""
    return D(paper.rows("/v5/position/list", category="linear", symbol=symbol)[0]["size"])


def executions(paper: PaperProcess, command: Command) -> list[dict]:
    """The exchange's own list of what the command's order did."""
    return paper.rows("/v5/execution/list", category="linear", orderLinkId=command.order_link_id, limit=100)


async def ended(manager: PositionManager, command: Command) -> Command:
    """The command with its verdict."""
    found = await manager.verdict(command.command_id, 20)
    assert not found.is_open, found
    return found


def exits_of(manager: PositionManager, key: PositionKey, command: Command) -> list[Decimal]:
    """Quantities of the partial exits that the command made, as the position's row shows them."""
    exits = manager.get_position(key).partial_exits
    return [one.qty for one in exits if one.order_link_id == command.order_link_id]


async def test_an_execution_that_comes_before_the_answer_is_counted_once(paper: PaperProcess) -> None:
    """F39."""
    async with managed(paper) as manager:
        paper.arm("delay", CREATE, count=1, args={"ms": 1_000})
        sending = asyncio.create_task(manager.close_position(SOL, D(8)))
        shown = await manager.until(lambda s: any(c.state == "done" for c in s.commands))
        assert not sending.done()  # the evidence is there, the answer is not
        assert shown.commands[0].filled_qty == 8
        answered = await sending
        assert (answered.state, answered.filled_qty, answered.evidence) == ("done", D(8), shown.commands[0].evidence)
        await manager.until(lambda s: s.position("SOLUSDT").size == 12)
        assert exits_of(manager, SOL, answered) == [8]


async def test_what_the_lists_show_late_stays_unknown_and_is_found(
    paper_factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F40: no list shows it for 10 s; that is within the time in which nothing may be concluded."""
    monkeypatch.setattr("core.resolver.NO_TRACE_AFTER_S", 13.0)
    paper = paper_factory()
    async with managed(paper) as manager:
        paper.arm("reset_after", CREATE, count=1)
        paper.arm("drop", {"topic": "*"})
        for path in (REALTIME, "/v5/order/history", "/v5/execution/list"):
            paper.arm("hide_young", path, args={"ms": 10_000})
        command = await manager.close_position(SOL, D(10))
        sweeps = len(paper.requests(REALTIME))
        await until(lambda: len(paper.requests(REALTIME)) >= sweeps + 2)
        assert manager.snapshot.commands[0].state == "unknown"
        paper.advance(10_000)
        assert (await ended(manager, command)).state == "done"
        assert len(paper.requests(CREATE)) == 1


async def test_a_close_that_fills_in_part_is_a_reduction(paper: PaperProcess) -> None:
    """F44, P5: a thin book; the rest of the order is cancelled, the rest of the position stays open and is offered."""
    thin(paper)
    try:
        async with managed(paper) as manager:
            size = manager.get_position(LINK).size
            done = await ended(manager, await manager.close_position(LINK))
            assert done.state == "done"
            assert done.is_short
            assert 0 < done.filled_qty < size
            await manager.until(lambda s: s.position("LINKUSDT").size == size - done.filled_qty)
            assert exits_of(manager, LINK, done) == [done.filled_qty]
            assert held(paper, "LINKUSDT") == size - done.filled_qty
            assert len(paper.requests(CREATE)) == 1  # nobody chases the rest
            codes = [line.code for line in manager.snapshot.events if line.details.get("command_id") == done.command_id]
            assert "command_ended" in codes
    finally:
        paper.incident("filters", symbol="LINKUSDT", tick="0.001")


def thin(paper: PaperProcess) -> None:
    """A position of more LINK than the levels of a coarse book hold within a market order's protection."""
    paper.incident("transfer", amount="1000000")
    missing = D(6000) - held(paper, "LINKUSDT")
    paper.incident("trade", symbol="LINKUSDT", side="Buy", qty=str(missing))
    paper.incident("filters", symbol="LINKUSDT", tick="0.1")


async def test_forty_executions_in_any_order_are_one_exit(paper: PaperProcess) -> None:
    """F45."""
    paper.incident("transfer", amount="5000000")
    paper.incident("filters", symbol="DOGEUSDT", max_market_qty="100000000", max_qty="100000000")
    paper.do("/v5/position/set-leverage", category="linear", symbol="DOGEUSDT", buyLeverage="2", sellLeverage="2")
    before = held(paper, "DOGEUSDT")
    paper.incident("trade", symbol="DOGEUSDT", side="Buy", qty="19000000")
    doge = PositionKey("linear", "DOGEUSDT", 0)
    async with managed(paper) as manager:
        size = manager.get_position(doge).size
        assert size == before + 19_000_000
        paper.arm("reorder", {"topic": "execution*"}, args={"window_ms": 300})
        paper.arm("duplicate", {"topic": "execution*"})
        done = await ended(manager, await manager.close_position(doge, size - 100))
        await manager.until(lambda s: s.position("DOGEUSDT").size == 100)
        rows = executions(paper, done)
        assert len(rows) >= 40
        assert done.filled_qty == sum(D(row["execQty"]) for row in rows) == size - 100
        link = done.order_link_id
        await manager.until(lambda s: sum(e.order_link_id == link for e in s.executions) == len(rows))
        assert exits_of(manager, doge, done) == [size - 100]
        (one,) = [e for e in manager.get_position(doge).partial_exits if e.order_link_id == link]
        assert one.fee == sum(D(row["execFee"]) for row in rows)


async def test_a_rebate_and_the_coin_of_a_fee_are_kept_as_given(paper: PaperProcess) -> None:
    """F47: a negative fee adds to the result; the fee's coin is the exchange's word."""
    async with managed(paper) as manager:
        where = {"topic": "execution*"}
        paper.arm("set_field", where, args={"field": "execFee", "value": "-0.25", "rows": "all"})
        paper.arm("set_field", where, args={"field": "feeCurrency", "value": "USDT", "rows": "all"})
        done = await ended(manager, await manager.close_position(SOL, D(5)))
        link = done.order_link_id
        await manager.until(lambda s: any(e.order_link_id == link for e in s.executions))
        found = [e for e in manager.snapshot.executions if e.order_link_id == link]
        assert {(e.fee, e.fee_currency) for e in found} == {(D("-0.25"), "USDT")}
        await manager.until(lambda s: s.position("SOLUSDT").size == 15)
        (one,) = [e for e in manager.get_position(SOL).partial_exits if e.order_link_id == link]
        assert one.fee == D("-0.25") * len(found)
        assert one.net_pnl == one.gross_pnl - one.fee


async def test_an_order_that_meets_a_later_life_is_flagged(paper_factory) -> None:
    """F52: closed and reopened while our order was on its way. An exchange of its own, because its clock is moved."""
    paper = paper_factory()
    async with managed(paper) as manager:
        seen = manager.get_position(SOL).life_id
        paper.incident("execute_late", after_ms=4_000, count=1)
        command = await manager.submit(close_of(manager.get_position(SOL), "manual", D(10)))
        for side, qty in (("Sell", "20"), ("Buy", "15")):
            paper.incident("trade", symbol="SOLUSDT", side=side, qty=qty)
        await manager.until(lambda s: s.position("SOLUSDT") is not None and s.position("SOLUSDT").life_id != seen)
        paper.advance(4_000)
        done = await ended(manager, command)
        assert (done.state, done.filled_qty) == ("done", 10)
        await manager.until(lambda s: s.position("SOLUSDT").size == 5)
        await manager.until(lambda s: any(line.code == "command_hit_other_life" for line in s.events))
        assert held(paper) == 5
        assert len(paper.requests(CREATE)) == 1


async def test_a_limit_close_rests_is_listed_and_is_followed_to_its_end(paper: PaperProcess) -> None:
    """It has its verdict once it is in the book; the row is free, and what it fills is told."""
    async with managed(paper) as manager:
        position = manager.get_position(SOL)
        price = (position.mark_price * D("1.01")).quantize(D("0.01"))
        bound = {"side": position.side, "life_id": position.life_id, "seq_seen": position.seq}
        limit = ClosePosition(symbol="SOLUSDT", qty=D(5), order_type="Limit", price=price, **bound)
        resting = await ended(manager, await manager.submit(limit))
        assert resting.is_resting
        shown = await manager.until(lambda s: any(o.order_link_id == resting.order_link_id for o in s.orders))
        assert not shown.position("SOLUSDT").is_closing
        second = await ended(manager, await manager.close_position(SOL, D(1)))
        assert second.state == "done"
        above = str(price + 1)
        paper.incident("price", symbol="SOLUSDT", last=above, mark=above, index=above)
        ended_ = await manager.until(lambda s: s.commands[-1].filled_qty == 5)
        assert (ended_.commands[-1].state, ended_.commands[-1].is_resting) == ("done", False)
        await manager.until(lambda s: s.position("SOLUSDT").size == 14)
        told = [e.code for e in manager.snapshot.events if e.details.get("command_id") == resting.command_id]
        assert "command_resting" in told
        assert told[0] == "command_done"


async def test_a_limit_close_that_is_cancelled_says_that_nothing_was_filled(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        position = manager.get_position(SOL)
        price = (position.mark_price * D("1.03")).quantize(D("0.01"))
        bound = {"side": position.side, "life_id": position.life_id, "seq_seen": position.seq}
        limit = ClosePosition(symbol="SOLUSDT", qty=D(5), order_type="Limit", price=price, **bound)
        resting = await ended(manager, await manager.submit(limit))
        order_id = resting.order_id
        paper.do("/v5/order/cancel", category="linear", symbol="SOLUSDT", orderId=order_id)
        shown = await manager.until(lambda s: not s.commands[0].is_resting)
        assert (shown.commands[0].state, shown.commands[0].is_short, shown.commands[0].filled_qty) == ("done", True, 0)
        assert manager.get_position(SOL).size == 20
