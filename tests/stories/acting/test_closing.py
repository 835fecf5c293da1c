"""F37-F54: a close through real sockets, whatever the network, the exchange, a bot or the operator does meanwhile."""

import asyncio
from decimal import Decimal

import pytest

from core.errors import BadValue
from core.intents import ClosePosition, close_of
from core.manager import PositionManager
from core.model import Command, PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed, until

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)
CREATE = "/v5/order/create"


def held(paper: PaperProcess, symbol: str = "SOLUSDT", idx: int = 0) -> Decimal:
    """The size that an independent client sees."""
    rows = paper.rows("/v5/position/list", category="linear", symbol=symbol)
    return next(D(row["size"]) for row in rows if row["positionIdx"] == idx)


def half(manager: PositionManager) -> ClosePosition:
    """Half of the SOL position, bound to what is shown now."""
    position = manager.get_position(SOL)
    return close_of(position, "manual", position.size / 2)


async def ended(manager: PositionManager, command: Command, timeout_s: float = 60.0) -> Command:
    """The command with its verdict."""
    found = await manager.verdict(command.command_id, timeout_s)
    assert not found.is_open, found
    return found


async def test_a_hundred_clicks_are_one_order(paper: PaperProcess) -> None:
    """F54, V22."""
    async with managed(paper) as manager:
        intent = half(manager)
        outcomes = await asyncio.gather(*(manager.submit(intent) for _ in range(100)), return_exceptions=True)
        taken = [one for one in outcomes if isinstance(one, Command)]
        refused = {one.code for one in outcomes if isinstance(one, BadValue)}
        assert (len(taken), refused) == (1, {"command_open"})
        assert (await ended(manager, taken[0])).state == "done"
        assert len(paper.requests(CREATE)) == 1
        await until(lambda: held(paper) == 10)


@pytest.mark.parametrize(
    ("fault", "arguments"),
    [
        ("reset_after", {}),
        ("http_status", {"status": 502, "executed": True}),
        ("http_status", {"status": 500, "as_json": True, "executed": True}),
        ("html", {"executed": True}),
        ("ret_code", {"code": 10016, "executed": True}),
        ("empty_result", {}),
        ("wrong_link_id", {}),
        ("short_body", {}),
    ],
)
async def test_an_order_whose_answer_was_lost_is_found(paper: PaperProcess, fault: str, arguments: dict) -> None:
    """F3, F13-F15, F25, F27, F37."""
    async with managed(paper) as manager:
        paper.arm(fault, CREATE, count=1, args=arguments)
        done = await ended(manager, await manager.submit(half(manager)))
        assert (done.state, done.filled_qty) == ("done", 10)
        assert len(paper.requests(CREATE)) == 1


async def test_a_copy_of_the_request_takes_no_effect(paper: PaperProcess) -> None:
    """F18."""
    async with managed(paper) as manager:
        paper.arm("duplicate_request", CREATE, count=1, args={"after_ms": 300})
        assert (await ended(manager, await manager.submit(half(manager)))).state == "done"
        await until(lambda: paper.requests(CREATE)[0].get("late_ret_codes") == [110072])
        assert held(paper) == 10


async def test_what_never_arrived_is_sent_again_under_its_id(paper: PaperProcess) -> None:
    """F4, F38."""
    async with managed(paper) as manager:
        paper.arm("reset_before", CREATE, count=1)
        lost = await ended(manager, await manager.submit(half(manager)))
        assert lost.state == "no_trace"
        done = await ended(manager, await manager.retry(lost.command_id))
        assert (done.state, done.attempts, done.order_link_id) == ("done", 2, lost.order_link_id)
        assert held(paper) == 10


async def test_a_new_click_on_what_left_no_trace_uses_its_id(paper: PaperProcess) -> None:
    """F4."""
    async with managed(paper) as manager:
        paper.arm("reset_before", CREATE, count=1)
        lost = await ended(manager, await manager.submit(half(manager)))
        again = await manager.submit(half(manager))
        assert again.order_link_id == lost.order_link_id
        assert (await ended(manager, again)).state == "done"
        assert held(paper) == 10


async def test_no_trace_gives_way_to_late_evidence(paper_factory) -> None:
    """F43: executed long after. An exchange of its own, because its clock is moved."""
    paper = paper_factory()
    async with managed(paper) as manager:
        paper.incident("execute_late", after_ms=18_000, count=1)
        lost = await ended(manager, await manager.submit(half(manager)))
        assert lost.state == "no_trace"
        paper.advance(18_000)
        snapshot = await manager.until(lambda s: s.commands[0].state == "done", 15)
        assert len(snapshot.commands) == 1
        assert held(paper) == 10


async def test_an_order_is_found_when_realtime_was_emptied(paper: PaperProcess) -> None:
    """F41."""
    async with managed(paper) as manager:
        paper.arm("drop", {"topic": "*"})
        paper.arm("hide_closed", "/v5/order/realtime")
        assert (await ended(manager, await manager.submit(half(manager)))).state == "done"


async def test_a_rejection_after_the_acknowledgement_allows_a_new_id(paper: PaperProcess) -> None:
    """F42."""
    async with managed(paper) as manager:
        paper.incident("reject_next", reason="EC_NoEnoughQtyToFill", count=1)
        refused = await ended(manager, await manager.submit(half(manager)))
        assert (refused.state, refused.detail) == ("refused", "EC_NoEnoughQtyToFill")
        done = await ended(manager, await manager.submit(half(manager)))
        assert done.state == "done"
        assert done.order_link_id != refused.order_link_id


async def test_a_split_order_is_judged_by_the_position(paper: PaperProcess) -> None:
    """F46."""
    (contract,) = paper.rows("/v5/market/instruments-info", category="linear", symbol="SOLUSDT")
    paper.incident("filters", symbol="SOLUSDT", max_market_qty="7")
    try:
        async with managed(paper) as manager:
            done = await ended(manager, await manager.close_position(SOL))
            assert (done.state, done.filled_qty) == ("done", 20)
            assert held(paper) == 0
            assert len(paper.requests(CREATE)) == 1
    finally:
        paper.incident("filters", symbol="SOLUSDT", max_market_qty=contract["lotSizeFilter"]["maxMktOrderQty"])


async def test_what_is_too_small_is_not_sent(paper: PaperProcess) -> None:
    """F48."""
    async with managed(paper) as manager:
        with pytest.raises(BadValue) as trouble:
            await manager.close_position(SOL, D("0.01"))
        assert (trouble.value.code, trouble.value.details["nearest"]) == ("qty_below_min", D("0.1"))
        assert paper.requests(CREATE) == []


async def test_a_position_that_turned_round_is_not_closed(paper: PaperProcess) -> None:
    """F50, F51."""
    async with managed(paper) as manager:
        seen = half(manager)
        paper.incident("trade", symbol="SOLUSDT", side="Sell", qty="30")
        await manager.until(lambda s: s.position("SOLUSDT").side == "Sell")
        with pytest.raises(BadValue, match="position_changed"):
            await manager.submit(seen)
        paper.incident("trade", symbol="SOLUSDT", side="Buy", qty="40")
        await manager.until(lambda s: s.position("SOLUSDT").side == "Buy")
        with pytest.raises(BadValue, match=r"position_changed|position_unproven"):
            await manager.submit(seen)
        assert paper.requests(CREATE) == []


async def test_one_leg_of_a_hedge_is_closed_alone(paper: PaperProcess) -> None:
    """F53."""
    paper.incident("trade", symbol="BTCUSDT", side="Buy", qty="0.010", idx=1)
    async with managed(paper) as manager:
        short = held(paper, "BTCUSDT", 2)
        done = await ended(manager, await manager.close_position(PositionKey("linear", "BTCUSDT", 1)))
        assert done.state == "done"
        assert (held(paper, "BTCUSDT", 1), held(paper, "BTCUSDT", 2)) == (0, short)


async def test_each_step_of_a_command_is_told(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        command = await ended(manager, await manager.submit(half(manager)))
        told = {line.code for line in manager.snapshot.events if line.details.get("command_id") == command.command_id}
        assert told >= {"command_asked", "command_sent", "command_answered", "command_evidence", "command_done"}


async def test_close_all_is_one_order_per_position(paper_factory) -> None:
    paper = paper_factory()
    async with managed(paper) as manager:
        count = manager.get_open_positions_count()
        outcomes = await manager.close_all()
        assert [o.error for o in outcomes] == [None] * count
        await manager.until(lambda s: not s.positions, 15)
        assert len(paper.requests(CREATE)) == count
