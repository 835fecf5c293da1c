"""Trading stops: full, partial, trailing; triggers by price, unbinding, clearing (V5_FACTS 6.15)."""

import pytest

from core.paper.engine import Exchange
from tests.core.paper.engine.kit import dec, find, move_to, order, position, still, stop, stops

LINEAR = {"category": "linear", "symbol": "SOLUSDT"}
PRICES = {"LastPrice": "last", "MarkPrice": "mark", "IndexPrice": "index"}


def long(qty: str = "10") -> Exchange:
    exchange = still()
    order(exchange, "Buy", qty)
    exchange.take_events()
    return exchange


def short(qty: str = "10") -> Exchange:
    exchange = still()
    order(exchange, "Sell", qty)
    exchange.take_events()
    return exchange


def pair(exchange: Exchange, profit: str, loss: str, size: str, **more: object) -> None:
    stop(exchange, tpslMode="Partial", takeProfit=profit, stopLoss=loss, tpSize=size, slSize=size, **more)


def test_full_stops_are_child_orders_and_show_in_the_position():
    exchange = long()
    stop(exchange, takeProfit="110", stopLoss="95", tpTriggerBy="MarkPrice")
    row = position(exchange)
    assert (row["takeProfit"], row["stopLoss"], row["trailingStop"]) == ("110.000", "95.000", "")
    children = stops(exchange)
    assert children.keys() == {"TakeProfit", "StopLoss"}
    profit, loss = children["TakeProfit"], children["StopLoss"]
    assert (profit["triggerDirection"], loss["triggerDirection"]) == (1, 2)
    assert (profit["triggerBy"], loss["triggerBy"]) == ("MarkPrice", "LastPrice")
    for child in (profit, loss):
        assert (child["side"], child["qty"], child["orderStatus"]) == ("Sell", "10.0", "Untriggered")
        assert (child["reduceOnly"], child["closeOnTrigger"], child["tpslMode"]) == (True, True, "Full")
    assert profit["createType"] == "CreateByTakeProfit"


def test_full_stops_are_modified_in_place_and_removed_by_zero():
    exchange = long()
    stop(exchange, takeProfit="110", stopLoss="95")
    before = stops(exchange)
    stop(exchange, stopLoss="96")
    after = stops(exchange)
    assert after["StopLoss"]["orderId"] == before["StopLoss"]["orderId"]
    assert (after["StopLoss"]["triggerPrice"], after["TakeProfit"]) == ("96.000", before["TakeProfit"])
    stop(exchange, takeProfit="0")
    assert stops(exchange).keys() == {"StopLoss"}
    assert find(exchange, str(before["TakeProfit"]["orderId"]))["orderStatus"] == "Deactivated"


@pytest.mark.parametrize(
    "changes", [{"takeProfit": "110"}, {"stopLoss": "96"}, {"trailingStop": "2"}, {"stopLoss": "0"}]
)
def test_a_change_of_stops_is_a_newer_row_of_the_same_sequence(changes: dict[str, str]):
    """Who orders rows by (seq, updatedTime) would drop it otherwise (V5_FACTS 6.11: settings repeat the last seq)."""
    exchange = long()
    stop(exchange, stopLoss="95")
    before = position(exchange)
    exchange.advance(exchange.now_ms + 250)
    exchange.take_events()
    stop(exchange, **changes)
    after = position(exchange)
    assert (after["seq"], int(after["updatedTime"])) == (before["seq"], exchange.now_ms)
    (told,) = [row for event in exchange.take_events() if event.topic == "position" for row in event.data]
    assert told["updatedTime"] == after["updatedTime"]


def test_full_stops_grow_and_shrink_with_the_position():
    exchange = long()
    stop(exchange, takeProfit="110", stopLoss="95")
    order(exchange, "Buy", "5")
    assert {child["qty"] for child in stops(exchange).values()} == {"15.0"}
    order(exchange, "Sell", "12")
    assert {child["qty"] for child in stops(exchange).values()} == {"3.0"}


def test_closing_clears_the_stops():
    exchange = long()
    stop(exchange, takeProfit="110", stopLoss="95", trailingStop="3")
    ids = [str(child["orderId"]) for child in stops(exchange).values()]
    order(exchange, "Sell", "10", reduceOnly=True)
    for order_id in ids:
        row = find(exchange, order_id)
        assert (row["orderStatus"], row["cancelType"]) == ("Deactivated", "CancelByTpSlTsClear")


def test_a_flip_clears_the_stops_of_the_old_side():
    exchange = long()
    stop(exchange, takeProfit="110", stopLoss="95")
    order(exchange, "Sell", "15")
    assert position(exchange)["side"] == "Sell"
    assert not stops(exchange)


@pytest.mark.parametrize("side", ["Buy", "Sell"])
@pytest.mark.parametrize("kind", ["TakeProfit", "StopLoss"])
@pytest.mark.parametrize("by", ["LastPrice", "MarkPrice", "IndexPrice"])
def test_trigger_table(side: str, kind: str, by: str):
    """Each leg fires when its own price reaches its trigger, not one tick before, and not by the other prices."""
    exchange = long() if side == "Buy" else short()
    rising = (side == "Buy") == (kind == "TakeProfit")
    trigger, before, tick_before = ("104", "103.99", "104.5") if rising else ("96", "96.01", "95.5")
    key = kind[0].lower() + kind[1:]
    stop(exchange, **{key: trigger, "tpTriggerBy" if kind == "TakeProfit" else "slTriggerBy": by})
    child = str(stops(exchange)[kind]["orderId"])
    for other in PRICES.values():
        if other != PRICES[by]:
            exchange.stage("price", symbol="SOLUSDT", **{other: tick_before})
    exchange.stage("price", symbol="SOLUSDT", **{PRICES[by]: before})
    assert find(exchange, child)["orderStatus"] == "Untriggered"
    exchange.stage("price", symbol="SOLUSDT", **{PRICES[by]: trigger})
    assert find(exchange, child)["orderStatus"] == "Filled"
    assert position(exchange)["size"] == "0"
    assert exchange.executions("linear", order_id=child)[0]["stopOrderType"] == kind


def test_twenty_partial_pairs_and_not_one_more():
    exchange = long("30")
    for number in range(20):
        pair(exchange, str(110 + number), str(80 - number), "1")
    assert len(exchange.open_orders("linear", symbol="SOLUSDT")) == 40
    with pytest.raises(Exception, match="110061"):
        pair(exchange, "150", "50", "1")


def test_a_partial_pair_cancels_its_other_leg_when_one_fires():
    exchange = long()
    pair(exchange, "105", "95", "4")
    legs = stops(exchange)
    move_to(exchange, "SOLUSDT", "105")
    assert find(exchange, str(legs["PartialTakeProfit"]["orderId"]))["orderStatus"] == "Filled"
    assert find(exchange, str(legs["PartialStopLoss"]["orderId"]))["orderStatus"] == "Deactivated"
    assert position(exchange)["size"] == "6.0"
    assert position(exchange)["takeProfit"] == ""


def test_cancelling_one_leg_of_a_bound_pair_takes_the_other():
    """Observed on demo trading: cancelling one child deactivates both, at the same moment."""
    exchange = long()
    pair(exchange, "105", "95", "4")
    legs = stops(exchange)
    exchange.cancel_order({**LINEAR, "orderId": legs["PartialTakeProfit"]["orderId"]})
    ended = [find(exchange, str(leg["orderId"])) for leg in legs.values()]
    assert {row["orderStatus"] for row in ended} == {"Deactivated"}
    assert len({row["updatedTime"] for row in ended}) == 1


def test_changing_one_leg_unbinds_the_pair():
    exchange = long()
    pair(exchange, "105", "95", "4")
    legs = stops(exchange)
    exchange.amend_order({**LINEAR, "orderId": legs["PartialTakeProfit"]["orderId"], "triggerPrice": "106"})
    exchange.cancel_order({**LINEAR, "orderId": legs["PartialTakeProfit"]["orderId"]})
    assert stops(exchange).keys() == {"PartialStopLoss"}


def test_amending_a_child_with_a_zero_take_profit_does_nothing():
    """Observed on demo trading: acknowledged, and both legs stay as they were."""
    exchange = long()
    pair(exchange, "105", "95", "4")
    legs = stops(exchange)
    exchange.amend_order({**LINEAR, "orderId": legs["PartialTakeProfit"]["orderId"], "takeProfit": "0"})
    assert stops(exchange) == legs
    exchange.cancel_order({**LINEAR, "orderId": legs["PartialTakeProfit"]["orderId"]})
    assert not stops(exchange)  # still bound


def test_a_zero_leg_of_a_partial_request_is_left_out():
    """Observed on demo trading: takeProfit "0" with sizes on both legs makes one stop loss only."""
    exchange = long()
    pair(exchange, "0", "95", "4")
    assert stops(exchange).keys() == {"PartialStopLoss"}


def test_a_partial_limit_leg_rests_at_its_price_after_the_trigger():
    exchange = long()
    pair(exchange, "105", "0", "4", tpOrderType="Limit", tpLimitPrice="106")
    child = str(stops(exchange)["PartialTakeProfit"]["orderId"])
    move_to(exchange, "SOLUSDT", "105")
    assert (find(exchange, child)["orderStatus"], find(exchange, child)["orderType"]) == ("New", "Limit")
    move_to(exchange, "SOLUSDT", "106.01")
    assert exchange.executions("linear", order_id=child)[0]["execPrice"] == "106.000"


def test_partial_legs_never_exceed_the_position():
    exchange = long()
    pair(exchange, "105", "95", "8")
    order(exchange, "Sell", "7")
    assert {leg["qty"] for leg in stops(exchange).values()} == {"3.0"}


def test_trailing_follows_highs_and_fires_on_the_way_down():
    exchange = long()
    stop(exchange, trailingStop="2")
    assert (position(exchange)["trailingStop"], stops(exchange)["TrailingStop"]["triggerPrice"]) == ("2.000", "98.000")
    move_to(exchange, "SOLUSDT", "105")
    assert stops(exchange)["TrailingStop"]["triggerPrice"] == "103.000"
    move_to(exchange, "SOLUSDT", "103.01")
    assert position(exchange)["size"] == "10.0"
    move_to(exchange, "SOLUSDT", "103")
    assert position(exchange)["size"] == "0"
    assert exchange.executions("linear")[0]["createType"] == "CreateByTrailingStop"


def test_trailing_of_a_short_follows_lows():
    exchange = short()
    stop(exchange, trailingStop="2")
    move_to(exchange, "SOLUSDT", "95")
    assert stops(exchange)["TrailingStop"]["triggerPrice"] == "97.000"
    move_to(exchange, "SOLUSDT", "97")
    assert position(exchange)["size"] == "0"


def test_trailing_waits_for_its_activation_price():
    exchange = long()
    stop(exchange, trailingStop="2", activePrice="104")
    move_to(exchange, "SOLUSDT", "97")  # would have fired, had it been armed
    assert stops(exchange)["TrailingStop"]["triggerPrice"] == "104.000"
    move_to(exchange, "SOLUSDT", "104")
    assert stops(exchange)["TrailingStop"]["triggerPrice"] == "102.000"
    move_to(exchange, "SOLUSDT", "102")
    assert position(exchange)["size"] == "0"


def test_trailing_without_mode_and_index_as_ccxt_sends_it():
    exchange = long()
    exchange.set_trading_stop(
        {"symbol": "SOLUSDT", "category": "linear", "activePrice": "104", "trailingStop": "2.004"}
    )
    assert position(exchange)["trailingStop"] == "2.000"  # rounded to the tick
    exchange.set_trading_stop({"symbol": "SOLUSDT", "category": "linear", "trailingStop": "0"})
    assert position(exchange)["trailingStop"] == ""


def test_stops_given_with_an_order_are_set_by_its_fill():
    exchange = still()
    order(exchange, "Buy", "3", price="99", takeProfit="110", stopLoss="95", slTriggerBy="MarkPrice")
    assert position(exchange)["takeProfit"] == ""
    move_to(exchange, "SOLUSDT", "98.5")
    assert (position(exchange)["takeProfit"], position(exchange)["stopLoss"]) == ("110.000", "95.000")
    assert stops(exchange)["StopLoss"]["triggerBy"] == "MarkPrice"


def test_partial_stops_given_with_an_order_grow_with_its_fills():
    exchange = still(money="90000000")
    more = {"takeProfit": "110", "stopLoss": "95", "tpslMode": "Partial", "orderLinkId": "parent-1"}
    order_id = order(exchange, "Buy", "3000", price="98", **more)
    seen = []
    for price in ("97.98", "97.97"):
        move_to(exchange, "SOLUSDT", price)
        filled = find(exchange, order_id)["cumExecQty"]
        assert {leg["qty"] for leg in stops(exchange).values()} == {filled}
        seen.append(filled)
    assert len(set(seen)) == 2
    assert {leg["parentOrderLinkId"] for leg in stops(exchange).values()} == {"parent-1"}


def test_stops_of_one_hedge_side_leave_the_other_alone():
    exchange = still()
    exchange.switch_mode({**LINEAR, "mode": 3})
    order(exchange, "Buy", "4", positionIdx=1)
    order(exchange, "Sell", "3", positionIdx=2)
    stop(exchange, positionIdx=1, stopLoss="97")
    stop(exchange, positionIdx=2, stopLoss="103")
    move_to(exchange, "SOLUSDT", "97")
    assert (position(exchange, idx=1)["size"], position(exchange, idx=2)["size"]) == ("0", "3.0")
    assert position(exchange, idx=2)["stopLoss"] == "103.000"


def test_the_position_stream_writes_zero_for_no_stop():
    exchange = long()
    order(exchange, "Sell", "10", reduceOnly=True)
    closed = [event for event in exchange.take_events() if event.topic == "position"][-1].data[0]
    for name in ("size", "takeProfit", "stopLoss", "trailingStop", "liqPrice", "entryPrice", "positionValue"):
        assert closed[name] == "0"
    assert (closed["side"], closed["leverage"]) == ("", "10")
    assert dec(closed, "curRealisedPnl") < 0
