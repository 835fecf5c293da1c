"""F62-F66: stop orders after a close. Ours are cancelled and looked for again; what stays is shown until it is gone."""

from decimal import Decimal
from uuid import uuid4

import pytest

from core.executions import OUR_ORDER_PREFIX
from core.guards import GuardSettings
from core.intents import PARTIAL, CancelOrders, SetTradingStop, stops_of
from core.manager import PositionManager
from core.model import Command, PositionKey
from core.sync import Intervals
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed, until

D = Decimal
ETH = PositionKey("linear", "ETHUSDT", 0)
BTC_LONG, BTC_SHORT = PositionKey("linear", "BTCUSDT", 1), PositionKey("linear", "BTCUSDT", 2)
CREATE, CANCEL, AMEND, STOP = "/v5/order/create", "/v5/order/cancel", "/v5/order/amend", "/v5/position/trading-stop"


async def ended(manager: PositionManager, command: Command) -> Command:
    """The command with its verdict."""
    found = await manager.verdict(command.command_id, 20)
    assert not found.is_open, found
    return found


def a_stop_of_its_own(paper: PaperProcess, prefix: str = OUR_ORDER_PREFIX) -> str:
    """A conditional order beside the position: Bybit does not cancel such a one when the position closes."""
    last = D(paper.rows("/v5/market/tickers", category="linear", symbol="ETHUSDT")[0]["lastPrice"])
    made = paper.do(
        CREATE, category="linear", symbol="ETHUSDT", side="Sell", orderType="Market", qty="1.50", reduceOnly=True,
        triggerPrice=str((last * D("0.9")).quantize(D("0.01"))), triggerDirection=2, positionIdx=0,
        orderLinkId=f"{prefix}-{uuid4().hex[:24]}",
    )  # fmt: skip
    paper.control("forget_requests")
    return made["orderId"]


def is_listed(paper: PaperProcess, order_id: str) -> bool:
    """Whether an independent client sees it open."""
    rows = paper.rows("/v5/order/realtime", category="linear", symbol="ETHUSDT", limit=50)
    return order_id in {row["orderId"] for row in rows}


async def close_all_of_it(manager: PositionManager, order_id: str) -> None:
    """Close the position once the desk knows its stop."""
    await manager.until(lambda s: any(o.order_id == order_id for o in s.orders))
    assert (await ended(manager, await manager.close_position(ETH))).state == "done"
    await manager.until(lambda s: s.position("ETHUSDT") is None)


async def test_a_stop_of_ours_that_outlives_its_position_is_cancelled(paper: PaperProcess) -> None:
    """F62."""
    async with managed(paper) as manager:
        order_id = a_stop_of_its_own(paper)
        await close_all_of_it(manager, order_id)
        await until(lambda: not is_listed(paper, order_id))
        await manager.until(lambda s: all(o.order_id != order_id for o in s.orders))
        assert manager.snapshot.leftovers == frozenset()


@pytest.mark.parametrize(
    ("fault", "arguments", "cancels"),
    [
        ("reset_after", {}, 1),  # it was cancelled, and nobody said so
        ("ret_code", {"code": 110001, "executed": True}, 1),  # gone already: the list agrees
        ("ret_code", {"code": 110001, "executed": False}, 2),  # said to be gone, and it is not
        ("ret_code", {"code": 110010, "executed": False}, 2),
        ("http_status", {"status": 502, "executed": False}, 2),
    ],
)
async def test_a_cancel_is_believed_by_the_list_of_orders_only(
    paper: PaperProcess, fault: str, arguments: dict, cancels: int
) -> None:
    """F63."""
    async with managed(paper) as manager:
        order_id = a_stop_of_its_own(paper)
        paper.arm(fault, CANCEL, count=1, args=arguments)
        await close_all_of_it(manager, order_id)
        await until(lambda: not is_listed(paper, order_id))
        await manager.until(lambda s: all(o.order_id != order_id for o in s.orders))
        assert manager.snapshot.leftovers == frozenset()
        assert len(paper.requests(CANCEL)) == cancels


async def test_the_leg_that_an_edit_unbound_is_shown_and_goes_with_the_position(paper: PaperProcess) -> None:
    """F64: an edit of the take profit alone unbinds the pair; its cancel then leaves the stop loss standing."""
    async with managed(paper) as manager:
        position = manager.get_position(ETH)
        pair = SetTradingStop(
            symbol="ETHUSDT", tpsl_mode=PARTIAL, tp_size=D("0.50"), sl_size=D("0.50"), side=position.side,
            take_profit=(position.mark_price * D("1.05")).quantize(D("0.01")), life_id=position.life_id,
            stop_loss=(position.mark_price * D("0.95")).quantize(D("0.01")), seq_seen=position.seq,
        )  # fmt: skip
        assert (await ended(manager, await manager.submit(pair))).state == "done"
        legs = {o.stop_order_type: o for o in manager.snapshot.orders if o.stop_order_type.startswith("Partial")}
        profit, loss = legs["PartialTakeProfit"], legs["PartialStopLoss"]
        moved = await manager.amend_order(profit, trigger_price=profit.trigger_price + 1)
        assert (await ended(manager, moved)).state == "done"
        (outcome,) = await manager.cancel_orders(CancelOrders(order_ids=(profit.order_id,)))
        assert (await ended(manager, outcome.command)).state == "done"
        assert [o.order_id for o in manager.snapshot.orders if o.stop_order_type.startswith("Partial")] == [
            loss.order_id
        ]
        await close_all_of_it(manager, loss.order_id)
        await until(lambda: not is_listed(paper, loss.order_id))
        assert manager.snapshot.leftovers == frozenset()


async def test_a_stop_of_the_other_leg_is_left_alone(paper: PaperProcess) -> None:
    """F65."""
    paper.incident("trade", symbol="BTCUSDT", side="Buy", qty="0.010", idx=1)
    async with managed(paper) as manager:
        kept = {o.order_id for o in manager.snapshot.orders if o.position_key == BTC_SHORT}
        assert kept
        assert (await ended(manager, await manager.close_position(BTC_LONG))).state == "done"
        await manager.until(lambda s: s.position("BTCUSDT", 1) is None)
        await manager.sync_with_bybit()
        assert kept <= {o.order_id for o in manager.snapshot.orders}
        assert paper.requests(CANCEL) == []


async def test_a_stop_that_cannot_be_cancelled_stays_in_sight_until_it_is_gone(paper: PaperProcess) -> None:
    """F66: three tries, then a badge; asking again by hand takes it away."""
    async with managed(paper) as manager:
        order_id = a_stop_of_its_own(paper)
        paper.arm("ret_code", CANCEL, args={"code": 10016, "executed": False})
        await close_all_of_it(manager, order_id)
        await manager.until(lambda s: s.leftovers == {order_id})
        assert len(paper.requests(CANCEL)) == 3
        await manager.sync_with_bybit()
        assert manager.snapshot.leftovers == {order_id}
        paper.disarm()
        (outcome,) = await manager.cancel_orders(CancelOrders(kind="orphans"))
        assert (await ended(manager, outcome.command)).state == "done"
        await manager.until(lambda s: not s.leftovers)
        assert not is_listed(paper, order_id)


async def test_a_pass_over_the_positions_cleans_up_before_the_guards_judge(paper: PaperProcess) -> None:
    """Nothing but the pass itself asks: the stream loses the close, and no poll is due."""
    slow = Intervals(positions_s=3_600, orders_s=3_600, executions_s=3_600, wallet_s=3_600, reconcile_s=3_600)
    order_id = a_stop_of_its_own(paper)
    async with managed(paper, intervals=slow) as manager:
        manager.guard_settings = GuardSettings(
            unprotected_after_s=0, near_liquidation_pct=None, max_positions=manager.get_open_positions_count() - 1
        )
        paper.arm("drop", "position")
        paper.incident("trade", symbol="ETHUSDT", side="Sell", qty="1.50", reduce_only=True)
        before = await manager.until(lambda s: any(a.kind == "too_many_positions" for a in s.alerts), 60)
        assert before.position("ETHUSDT") is not None, "the alert is about a position that is gone"
        alerts = await manager.update_positions()
        assert manager.get_position(ETH) is None
        assert not [a for a in alerts if a.kind == "too_many_positions" or a.key == ETH]
        assert not is_listed(paper, order_id)
        assert not manager.snapshot.leftovers
        paper.arm("http_status", "/v5/position/list", args={"status": 502})
        assert await manager.update_positions() == alerts, "what cannot be read stays, and is judged as it is known"


async def test_somebody_elses_stop_is_shown_and_not_touched(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        order_id = a_stop_of_its_own(paper, prefix="bot")
        await close_all_of_it(manager, order_id)
        await manager.until(lambda s: s.leftovers == {order_id})
        assert paper.requests(CANCEL) == []
        assert is_listed(paper, order_id)


async def test_another_trigger_at_the_same_price_is_proven_remembered_and_taken_back(paper: PaperProcess) -> None:
    def triggers() -> list[str]:
        rows = paper.rows("/v5/order/realtime", category="linear", symbol="ETHUSDT", limit=50)
        return [row["triggerBy"] for row in rows if row["stopOrderType"] == "StopLoss"]

    async with managed(paper) as manager:
        position = manager.get_position(ETH)
        price = (position.mark_price * D("0.95")).quantize(D("0.01"))
        set_ = await manager.submit(stops_of(position, "manual", stop_loss=price))
        assert (await ended(manager, set_)).state == "done"
        await manager.until(lambda s: any(o.stop_order_type == "StopLoss" and o.symbol == "ETHUSDT" for o in s.orders))
        by_last = SetTradingStop(symbol="ETHUSDT", stop_loss=price, trigger_by="LastPrice", side=position.side)
        paper.arm("drop", {"topic": "*"})  # the look-up has to find it
        paper.arm("reset_after", STOP, count=1)
        done = await ended(manager, await manager.submit(by_last))
        assert (done.state, len(paper.requests(STOP))) == ("done", 2)
        assert triggers() == ["LastPrice"]
        paper.disarm()
        change = manager.snapshot.stop_changes[ETH][-1]
        assert (change.retriggered, change.command_id) == (("stop_loss",), done.command_id)
        assert (await ended(manager, await manager.undo_stops(ETH))).state == "done"
        assert triggers() == ["MarkPrice"]
