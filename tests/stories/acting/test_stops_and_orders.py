"""F58-F66: stops and orders through real sockets; undo, leverage, opening, rights."""

from decimal import Decimal

import pytest

from core.errors import BadValue
from core.intents import CancelOrders, OpenPosition, SetTradingStop, stops_of
from core.manager import PositionManager
from core.model import Command, PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed

D = Decimal
ETH = PositionKey("linear", "ETHUSDT", 0)
STOP = "/v5/position/trading-stop"


async def ended(manager: PositionManager, command: Command, timeout_s: float = 60.0) -> Command:
    found = await manager.verdict(command.command_id, timeout_s)
    assert not found.is_open, found
    return found


def priced(manager: PositionManager, ratio: str) -> Decimal:
    """A price on the tick, beside the mark."""
    position = manager.get_position(ETH)
    return (position.mark_price * D(ratio)).quantize(D("0.01"))


def stop_orders(paper: PaperProcess, kind: str) -> list[dict]:
    rows = paper.rows("/v5/order/realtime", category="linear", symbol="ETHUSDT", limit=50)
    return [row for row in rows if row["stopOrderType"] == kind]


def partial(manager: PositionManager) -> SetTradingStop:
    position = manager.get_position(ETH)
    return SetTradingStop(
        symbol="ETHUSDT", tpsl_mode="Partial", stop_loss=priced(manager, "0.97"), sl_size=D("0.50"),
        side=position.side, life_id=position.life_id, seq_seen=position.seq,
    )  # fmt: skip


async def test_a_stop_that_fires_first_is_the_reason(paper: PaperProcess) -> None:
    """F58, F59."""
    async with managed(paper) as manager:
        position = manager.get_position(ETH)
        intent = stops_of(position, "manual", stop_loss=priced(manager, "0.95"))
        paper.arm("drop", {"topic": "*"})
        paper.incident("trade", symbol="ETHUSDT", side="Sell", qty=str(position.size))
        try:
            said = (await ended(manager, await manager.submit(intent))).detail
        except BadValue as error:
            said = error.code
        assert said == "position_gone"


async def test_a_lost_answer_in_full_mode_is_verified(paper: PaperProcess) -> None:
    """F60."""
    async with managed(paper) as manager:
        paper.arm("reset_after", STOP, count=1)
        done = await ended(manager, await manager.update_targets(ETH, stop_loss=priced(manager, "0.95")))
        assert done.state == "done"
        assert len(paper.requests(STOP)) == 1


async def test_a_lost_answer_in_partial_mode_never_makes_a_second_stop(paper: PaperProcess) -> None:
    """F61."""
    async with managed(paper) as manager:
        paper.arm("drop", {"topic": "*"})
        paper.arm("reset_after", STOP, count=1)
        done = await ended(manager, await manager.submit(partial(manager)))
        assert (done.state, done.evidence) == ("done", "stop orders")
        assert len(stop_orders(paper, "PartialStopLoss")) == 1
        with pytest.raises(BadValue, match="not_retryable"):
            await manager.retry(done.command_id)


async def test_the_last_edit_can_be_taken_back_while_nobody_else_edits(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        first, second = priced(manager, "0.95"), priced(manager, "0.96")
        for price in (first, second):
            assert (await ended(manager, await manager.update_targets(ETH, stop_loss=price))).state == "done"
        assert (await ended(manager, await manager.undo_stops(ETH))).state == "done"
        assert manager.get_position(ETH).stop_loss == first
        paper.do(STOP, category="linear", symbol="ETHUSDT", positionIdx=0, tpslMode="Full", stopLoss=str(second))
        await manager.until(lambda s: s.position("ETHUSDT").stop_loss == second)
        with pytest.raises(BadValue, match="nothing_to_undo"):
            await manager.undo_stops(ETH)


async def test_orders_are_cancelled_and_amended(paper: PaperProcess) -> None:
    """F63: also when the answer to the cancel is lost."""
    last = D(paper.rows("/v5/market/tickers", category="linear", symbol="ETHUSDT")[0]["lastPrice"])
    paper.do(
        "/v5/order/create", category="linear", symbol="ETHUSDT", side="Sell", orderType="Limit", qty="0.50",
        price=str((last * D("1.04")).quantize(D("0.01"))), reduceOnly=True, positionIdx=0,
    )  # fmt: skip
    async with managed(paper) as manager:
        order = next(o for o in manager.snapshot.orders if o.symbol == "ETHUSDT" and o.trigger_price is None)
        amended = await ended(manager, await manager.amend_order(order, price=order.price + D("0.10")))
        assert amended.state == "done"
        paper.arm("reset_after", "/v5/order/cancel", count=1)
        (outcome,) = await manager.cancel_orders(CancelOrders(order_ids=(order.order_id,)))
        assert (await ended(manager, outcome.command)).state == "done"
        assert all(o.order_id != order.order_id for o in manager.snapshot.orders)


async def test_a_bot_opens_with_mode_leverage_and_stop(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        manager.max_concurrent_positions = None
        last = D(paper.rows("/v5/market/tickers", category="linear", symbol="XRPUSDT")[0]["lastPrice"])
        intent = OpenPosition(
            symbol="XRP/USDT:USDT", side="Sell", position_idx=2, qty=D("100.0"), leverage=D(7),
            order_type="Limit", price=(last * D("0.99")).quantize(D("0.0001")),
            stop_loss=(last * D("1.1")).quantize(D("0.0001")),
        )  # fmt: skip
        done = await manager.open_position(intent)
        assert done.state == "done"
        row = (await manager.until(lambda s: s.position("XRPUSDT", 2) is not None)).position("XRPUSDT", 2)
        assert (row.side, row.size, row.leverage) == ("Sell", D(100), D(7))


async def test_leverage_is_set_and_proven(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        done = await ended(manager, await manager.set_leverage("ETHUSDT", D(4)))
        assert done.state == "done"
        assert manager.get_position(ETH).leverage == 4


async def test_live_starts_locked(paper: PaperProcess) -> None:
    async with managed(paper, environment="live") as manager:
        with pytest.raises(BadValue, match="not_armed"):
            await manager.close_position(ETH)
        manager.set_armed(True)
        assert (await ended(manager, await manager.close_position(ETH))).state == "done"


async def test_a_key_that_may_only_look_makes_a_monitor(paper_factory) -> None:
    """P39, F99."""
    paper = paper_factory()
    paper.control("change_key", preset="read_only")
    async with managed(paper) as manager:
        assert manager.snapshot.is_read_only
        manager.set_armed(True)
        with pytest.raises(BadValue, match="read_only"):
            await manager.close_position(ETH)
        assert paper.requests("/v5/order/create") == []
