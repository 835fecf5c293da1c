"""Market, limit, conditional and closing orders: what fills, what rests, what ends and why (V5_FACTS 6.17 to 6.22)."""

from decimal import Decimal

import pytest

from tests.core.paper.engine.kit import dec, find, move_to, order, position, refusal, still, stop

DAY_MS = 86_400_000
LINEAR = {"category": "linear", "symbol": "SOLUSDT"}


def test_a_market_order_says_order_execution_position_wallet():
    exchange = still()
    order_id = order(exchange, "Buy", "2", orderLinkId="one-1")
    events = exchange.take_events()
    assert [event.topic for event in events] == ["order", "execution", "position", "wallet"]
    said, execution, held, wallet = (event.data[0] for event in events)
    assert (said["orderId"], said["orderStatus"], said["avgPrice"], said["leavesQty"]) == (
        order_id,
        "Filled",
        "100",
        "0",
    )
    assert (execution["execPrice"], execution["execQty"], execution["execFee"]) == ("100.000", "2.0", "0.11")
    assert (held["entryPrice"], held["size"], held["side"], held["category"]) == ("100", "2.0", "Buy", "linear")
    assert "avgPrice" not in held
    assert wallet["coin"][0]["walletBalance"] == "1012479.89"
    assert held["seq"] == execution["seq"]


def test_a_market_order_shows_its_protection_price():
    exchange = still()
    assert find(exchange, order(exchange, "Buy", "1"))["price"] == "102.000"
    assert find(exchange, order(exchange, "Sell", "1"))["price"] == "98.000"


@pytest.mark.parametrize(
    ("kind", "amount", "bound"),
    [("TickSize", "5", "100.050"), ("Percent", "0.5", "100.500"), ("UNKNOWN", "", "102.000")],
)
def test_slippage_tolerance_moves_the_protection_price(kind: str, amount: str, bound: str):
    exchange = still()
    order_id = order(exchange, "Buy", "1", slippageToleranceType=kind, slippageTolerance=amount)
    assert find(exchange, order_id)["price"] == bound


def test_a_market_order_takes_what_the_protection_allows_and_cancels_the_rest():
    exchange = still(money="90000000")
    order_id = order(exchange, "Buy", "5000", slippageToleranceType="TickSize", slippageTolerance="3")
    row = find(exchange, order_id)
    filled = dec(row, "cumExecQty")
    assert (row["orderStatus"], row["rejectReason"], row["timeInForce"]) == (
        "Cancelled",
        "EC_NoImmediateQtyToFill",
        "IOC",
    )
    assert 0 < filled < 5000
    assert position(exchange)["size"] == row["cumExecQty"]
    executions = exchange.executions("linear", order_id=order_id)
    assert [execution["execPrice"] for execution in executions] == ["100.030", "100.020", "100.010", "100.000"]
    assert sum(dec(execution, "execQty") for execution in executions) == filled
    assert len({execution["seq"] for execution in executions}) == 1


def test_a_resting_order_fills_as_maker_at_its_own_price_when_the_market_comes():
    exchange = still()
    order_id = order(exchange, "Buy", "3", price="98")
    assert find(exchange, order_id)["orderStatus"] == "New"
    move_to(exchange, "SOLUSDT", "97")
    execution = exchange.executions("linear", order_id=order_id)[0]
    assert (execution["execPrice"], execution["isMaker"], execution["feeRate"]) == ("98.000", True, "0.0002")
    assert find(exchange, order_id)["orderStatus"] == "Filled"


def test_a_large_resting_order_fills_in_parts():
    exchange = still(money="90000000")
    order_id = order(exchange, "Buy", "9000", price="98")
    move_to(exchange, "SOLUSDT", "97.96")
    first = find(exchange, order_id)
    assert first["orderStatus"] == "PartiallyFilled"
    assert dec(first, "leavesQty") == 9000 - dec(first, "cumExecQty")
    move_to(exchange, "SOLUSDT", "97.95")
    assert dec(find(exchange, order_id), "cumExecQty") > dec(first, "cumExecQty")


@pytest.mark.parametrize(
    ("force", "qty", "price", "status", "reason", "filled"),
    [
        ("GTC", "1", "100", "Filled", "EC_NoError", "1.0"),
        ("GTC", "1", "99", "New", "EC_NoError", "0"),
        ("IOC", "1", "99", "Cancelled", "EC_NoImmediateQtyToFill", "0"),
        ("FOK", "1", "100", "Filled", "EC_NoError", "1.0"),
        ("FOK", "90000", "100", "Cancelled", "EC_CancelForNoFullFill", "0"),
        ("PostOnly", "1", "100", "Cancelled", "EC_PostOnlyWillTakeLiquidity", "0"),
        ("PostOnly", "1", "99.99", "New", "EC_NoError", "0"),
    ],
)
def test_time_in_force(force: str, qty: str, price: str, status: str, reason: str, filled: str):
    exchange = still(money="90000000")
    if Decimal(qty) > 79_770:
        exchange.stage("filters", symbol="SOLUSDT", max_qty="100000")
    exchange.set_leverage({**LINEAR, "buyLeverage": "5", "sellLeverage": "5"})
    row = find(exchange, order(exchange, "Buy", qty, price=price, timeInForce=force))
    assert (row["orderStatus"], row["rejectReason"], row["cumExecQty"]) == (status, reason, filled)


def test_an_order_through_zero_closes_and_opens_the_other_side():
    exchange = still()
    order(exchange, "Buy", "2")
    order_id = order(exchange, "Sell", "5")
    row = position(exchange)
    assert (row["side"], row["size"], row["avgPrice"]) == ("Sell", "3.0", "99.99")
    execution = exchange.executions("linear", order_id=order_id)[0]
    assert (execution["execQty"], execution["closedSize"]) == ("5.0", "2.0")
    closed = exchange.closed_pnl("linear")[0]
    assert (closed["qty"], closed["closedSize"]) == ("5.0", "2.0")
    assert dec(closed, "closeFee") == dec(execution, "execFee") * 2 / 5


def test_a_reduce_only_order_is_cut_to_the_position():
    exchange = still()
    order(exchange, "Buy", "2")
    row = find(exchange, order(exchange, "Sell", "5", reduceOnly=True))
    assert (row["qty"], row["cumExecQty"], row["orderStatus"]) == ("2.0", "2.0", "Filled")
    assert (position(exchange)["size"], position(exchange)["side"]) == ("0", "")


def test_resting_reduce_only_orders_shrink_and_end_with_the_position():
    exchange = still()
    order(exchange, "Buy", "5")
    resting = order(exchange, "Sell", "4", price="103", reduceOnly=True)
    order(exchange, "Sell", "3")
    assert find(exchange, resting)["qty"] == "2.0"
    order(exchange, "Sell", "2")
    row = find(exchange, resting)
    assert (row["orderStatus"], row["cancelType"]) == ("Cancelled", "CancelByReduceOnly")


def test_qty_zero_closes_everything():
    exchange = still()
    order(exchange, "Sell", "7.3")
    order_id = order(exchange, "Buy", "0", reduceOnly=True, closeOnTrigger=True)
    assert find(exchange, order_id)["cumExecQty"] == "7.3"
    assert position(exchange)["size"] == "0"


def test_a_closing_quantity_over_the_maximum_is_split():
    exchange = still(money="90000000")
    order(exchange, "Buy", "500")
    exchange.stage("filters", symbol="SOLUSDT", max_market_qty="200")
    exchange.take_events()
    first = order(exchange, "Sell", "500", reduceOnly=True, orderLinkId="big")
    parts = exchange.order_history("linear", symbol="SOLUSDT")[:3]
    assert [part["qty"] for part in parts] == ["100.0", "200.0", "200.0"]
    assert find(exchange, first)["orderLinkId"] == "big"
    assert [part["parentOrderLinkId"] for part in parts if part["orderId"] != first] == ["big", "big"]
    assert position(exchange)["size"] == "0"


def test_hedge_sides_are_independent():
    exchange = still()
    exchange.switch_mode({**LINEAR, "mode": 3})
    order(exchange, "Buy", "4", positionIdx=1)
    order(exchange, "Sell", "3", positionIdx=2)
    before = position(exchange, idx=2)
    order(exchange, "Sell", "9", positionIdx=1, reduceOnly=True)
    assert position(exchange, idx=1)["size"] == "0"
    assert position(exchange, idx=2) == before
    order(exchange, "Buy", "1", positionIdx=2)  # without the flag too: the closing side never opens
    assert position(exchange, idx=2)["size"] == "2.0"


def test_a_resting_close_of_one_hedge_side_stays_when_the_other_side_changes():
    exchange = still()
    exchange.switch_mode({**LINEAR, "mode": 3})
    order(exchange, "Buy", "4", positionIdx=1)
    order(exchange, "Sell", "3", positionIdx=2)
    resting = order(exchange, "Buy", "3", price="97", positionIdx=2, reduceOnly=True)
    order(exchange, "Sell", "4", positionIdx=1, reduceOnly=True)
    assert (find(exchange, resting)["orderStatus"], find(exchange, resting)["qty"]) == ("New", "3.0")


def test_turning_round_needs_margin_only_for_the_part_that_opens():
    exchange = still(money="-11480")  # 1,000 left
    order(exchange, "Buy", "98")
    with refusal(110007, "ab not enough for new order"):
        order(exchange, "Buy", "5")
    order(exchange, "Sell", "99")
    assert (position(exchange)["side"], position(exchange)["size"]) == ("Sell", "1.0")


def test_orders_that_end_together_share_a_message_but_no_order_is_in_it_twice():
    """Recorded live: the stop that a close clears travels with the closing order's moment in one order message."""
    exchange = still()
    order(exchange, "Buy", "4")
    stop(exchange, takeProfit="110", stopLoss="95", trailingStop="4")
    exchange.take_events()
    exchange.stage("price", symbol="SOLUSDT", last="95")
    said = [event.data for event in exchange.take_events() if event.topic == "order"]
    assert max(len(rows) for rows in said) == 2
    for rows in said:
        assert len({row["orderId"] for row in rows}) == len(rows)
    fired = [row["orderStatus"] for rows in said for row in rows if row["stopOrderType"] == "StopLoss"]
    assert fired == ["Triggered", "Filled"]


def test_a_conditional_order_waits_is_triggered_and_fills():
    exchange = still()
    order_id = order(exchange, "Buy", "1", triggerPrice="105", triggerDirection=1)
    row = find(exchange, order_id)
    assert (row["orderStatus"], row["stopOrderType"], row["triggerBy"]) == ("Untriggered", "Stop", "LastPrice")
    exchange.stage("price", symbol="SOLUSDT", last="104.99")
    assert find(exchange, order_id)["orderStatus"] == "Untriggered"
    exchange.take_events()
    exchange.stage("price", symbol="SOLUSDT", last="105")
    states = [row["orderStatus"] for event in exchange.take_events() if event.topic == "order" for row in event.data]
    assert states == ["Triggered", "Filled"]
    assert exchange.executions("linear", order_id=order_id)[0]["createType"] == "CreateByStopOrder"


def test_a_conditional_limit_order_rests_after_its_trigger():
    exchange = still()
    order_id = order(exchange, "Buy", "1", price="99", triggerPrice="105", triggerDirection="1")
    move_to(exchange, "SOLUSDT", "105")
    assert find(exchange, order_id)["orderStatus"] == "New"
    move_to(exchange, "SOLUSDT", "99")
    assert find(exchange, order_id)["orderStatus"] == "Filled"


@pytest.mark.parametrize("by", ["LastPrice", "MarkPrice", "IndexPrice"])
def test_a_trigger_watches_the_price_it_names(by: str):
    exchange = still()
    order_id = order(exchange, "Sell", "1", triggerPrice="95", triggerDirection=2, triggerBy=by)
    names = {"LastPrice": "last", "MarkPrice": "mark", "IndexPrice": "index"}
    for other in names.values():
        if other != names[by]:
            exchange.stage("price", symbol="SOLUSDT", **{other: "94"})
    assert find(exchange, order_id)["orderStatus"] == "Untriggered"
    exchange.stage("price", symbol="SOLUSDT", **{names[by]: "95"})
    assert find(exchange, order_id)["orderStatus"] == "Filled"


def test_a_cancelled_conditional_order_is_deactivated():
    exchange = still()
    order_id = order(exchange, "Buy", "1", triggerPrice="105", triggerDirection=1)
    exchange.cancel_order({**LINEAR, "orderId": order_id})
    assert (find(exchange, order_id)["orderStatus"], find(exchange, order_id)["cancelType"]) == (
        "Deactivated",
        "CancelByUser",
    )


def test_amending_keeps_the_id_and_takes_when_it_crosses():
    exchange = still()
    order_id = order(exchange, "Buy", "1", price="98", orderLinkId="am-1")
    assert exchange.amend_order({**LINEAR, "orderLinkId": "am-1", "qty": "2", "price": "100"})["orderId"] == order_id
    row = find(exchange, order_id)
    assert (row["orderStatus"], row["cumExecQty"], row["avgPrice"]) == ("Filled", "2.0", "100")


def test_cancel_all_with_and_without_filter():
    exchange = still()
    order(exchange, "Buy", "5")
    plain = order(exchange, "Buy", "1", price="98")
    waiting = order(exchange, "Buy", "1", triggerPrice="105", triggerDirection=1)
    stop(exchange, stopLoss="90")

    def cancelled(**body: object) -> list[str]:
        answer = exchange.cancel_all({"category": "linear", "symbol": "SOLUSDT", **body})
        assert answer["success"] == "1"
        return [row["orderId"] for row in answer["list"]]

    assert cancelled(orderFilter="Order") == [plain]
    assert cancelled(orderFilter="StopOrder", stopOrderType="Stop") == [waiting]
    assert position(exchange)["stopLoss"] == "90.000"
    assert len(cancelled()) == 1
    assert position(exchange)["stopLoss"] == ""


def test_cancelled_orders_without_a_fill_vanish_after_a_day():
    exchange = still()
    gone = order(exchange, "Buy", "1", price="98")
    exchange.cancel_order({**LINEAR, "orderId": gone})
    kept = order(exchange, "Buy", "1")
    exchange.advance(exchange.now_ms + DAY_MS)
    assert {row["orderId"] for row in exchange.order_history("linear")} == {gone, kept}
    exchange.advance(exchange.now_ms + 1)
    assert [row["orderId"] for row in exchange.order_history("linear")] == [kept]


def test_a_closed_pnl_row_grows_while_its_order_fills():
    exchange = still(money="90000000")
    order(exchange, "Buy", "3000")
    resting = order(exchange, "Sell", "3000", price="103", reduceOnly=True)
    grown = []
    for price in ("103.03", "103.04", "103.05"):
        exchange.advance(exchange.now_ms + 1_000)
        move_to(exchange, "SOLUSDT", price)
        rows = exchange.closed_pnl("linear", symbol="SOLUSDT")
        assert [row["orderId"] for row in rows] == [resting]
        grown.append((dec(rows[0], "closedSize"), int(rows[0]["fillCount"]), int(rows[0]["updatedTime"])))
    assert grown == sorted(grown)
    assert len(set(grown)) == 3
    assert len({row["createdTime"] for row in exchange.closed_pnl("linear")}) == 1


def test_times_of_a_position():
    exchange = still()
    assert (position(exchange)["createdTime"], position(exchange)["openTime"], position(exchange)["seq"]) == ("", 0, -1)
    order(exchange, "Buy", "2")
    first = exchange.now_ms
    exchange.advance(first + 5_000)
    order(exchange, "Sell", "2")
    flat = position(exchange)
    assert (flat["openTime"], flat["createdTime"]) == (0, str(first))
    exchange.advance(first + 9_000)
    order(exchange, "Buy", "1")
    again = position(exchange)
    assert (again["createdTime"], again["openTime"], again["updatedTime"]) == (
        str(first),
        first + 9_000,
        str(first + 9_000),
    )
    assert dec(again, "cumRealisedPnl") < dec(again, "curRealisedPnl") < 0
    exchange.advance(first + 10_000)
    exchange.set_leverage({**LINEAR, "buyLeverage": "5", "sellLeverage": "5"})
    changed = position(exchange)
    assert (changed["seq"], changed["updatedTime"], changed["leverage"]) == (again["seq"], str(first + 10_000), "5")


def test_held_fills_wait_for_their_release():
    exchange = still()
    exchange.stage("hold_fills")
    order_id = order(exchange, "Buy", "1")
    assert find(exchange, order_id)["orderStatus"] == "New"
    assert position(exchange)["size"] == "0"
    exchange.stage("release_fills")
    assert find(exchange, order_id)["orderStatus"] == "Filled"


def test_a_late_order_is_nowhere_until_it_arrives():
    exchange = still()
    exchange.stage("execute_late", after_ms=25_000)
    order_id = order(exchange, "Buy", "1", orderLinkId="late-1")
    assert not exchange.open_orders("linear", order_link_id="late-1")
    assert not exchange.order_history("linear", order_link_id="late-1")
    with refusal(110072, "OrderLinkedID is duplicate"):  # a second try must not become a second order
        order(exchange, "Buy", "1", orderLinkId="late-1")
    exchange.advance(exchange.now_ms + 24_999)
    assert position(exchange)["size"] == "0"
    exchange.advance(exchange.now_ms + 1)
    assert find(exchange, order_id)["orderStatus"] == "Filled"
    assert "execution" in [event.topic for event in exchange.take_events()]


def test_an_accepted_order_can_be_rejected_afterwards():
    exchange = still()
    exchange.stage("reject_next", reason="EC_NoEnoughQtyToFill")
    row = find(exchange, order(exchange, "Buy", "1"))
    assert (row["orderStatus"], row["rejectReason"]) == ("Rejected", "EC_NoEnoughQtyToFill")
    assert find(exchange, order(exchange, "Buy", "1"))["orderStatus"] == "Filled"


def test_recent_orders_can_be_forgotten_but_not_the_history():
    exchange = still()
    order_id = order(exchange, "Buy", "1")
    assert exchange.closed_orders_recent("linear", order_id=order_id)
    exchange.stage("forget_recent")
    assert not exchange.closed_orders_recent("linear", order_id=order_id)
    assert exchange.order_history("linear", order_id=order_id)
