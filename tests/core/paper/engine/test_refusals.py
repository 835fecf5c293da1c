"""Return codes and texts, word for word as seen live (V5_FACTS 6.13 to 6.19 and 8)."""

import pytest

from core.paper.engine import Exchange, Refused
from tests.core.paper.engine.kit import order, refusal, still, stop

LINEAR = {"category": "linear", "symbol": "SOLUSDT"}
SIZES_MISSING = (
    '"tpSize" and "takeProfit" or "slSize" and "stopLoss" need to input in pairs and must set at least one pair when '
    "tpslMode is Partial."
)
EQUAL_SIZES = "slSize and tpSize must be equal if both values are set when tpslMode is Full"


@pytest.fixture
def flat() -> Exchange:
    return still()


@pytest.fixture
def long(flat: Exchange) -> Exchange:
    order(flat, "Buy", "10")
    return flat


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        ({}, 34040, "not modified"),
        ({"stopLoss": "0"}, 34040, "not modified"),
        ({"positionIdx": 1, "stopLoss": "90"}, 10001, "position idx not match position mode"),
        (
            {"stopLoss": "101"}, 10001,
            "StopLoss:1010000 set for Buy position should lower than base_price:1000000??LastPrice",
        ),
        (
            {"stopLoss": "100", "slTriggerBy": "MarkPrice"}, 10001,
            "StopLoss:1000000 set for Buy position should lower than base_price:1000000??MarkPrice",
        ),
        (
            {"takeProfit": "99"}, 10001,
            "TakeProfit:990000 set for Buy position should higher than base_price:1000000??LastPrice",
        ),
        ({"tpslMode": "Partial", "takeProfit": "110"}, 10001, SIZES_MISSING),
        ({"tpslMode": "Partial", "tpSize": "1", "slSize": "1"}, 10001, SIZES_MISSING),
        ({"takeProfit": "110", "stopLoss": "90", "tpSize": "1", "slSize": "2"}, 10001, EQUAL_SIZES),
        (
            {"tpslMode": None, "stopLoss": "90", "slOrderType": "Market"}, 10001,
            "slOrderType can not have a value when tpSlMode is empty",
        ),
        (
            {"stopLoss": "90", "slOrderType": "Limit", "slLimitPrice": "89"}, 10001,
            "slOrderType only support Market when tpSlMode is Full",
        ),
    ],
)  # fmt: skip
def test_trading_stop(long: Exchange, more: dict[str, object], code: int, text: str):
    with refusal(code, text):
        stop(long, **more)


def test_trading_stop_of_a_short_and_of_nothing(flat: Exchange):
    with refusal(10001, "can not set tp/sl/ts for zero position"):
        stop(flat, stopLoss="90")
    order(flat, "Sell", "10")
    text = "StopLoss:990000 set for Sell position should higher than base_price:1000000??LastPrice"
    with refusal(10001, text):
        stop(flat, stopLoss="99")


def test_prices_of_small_ticks_are_scaled_by_ten_to_the_eight():
    exchange = still("1000PEPEUSDT", "0.01")
    order(exchange, "Buy", "1000", "1000PEPEUSDT")
    text = "StopLoss:1100000 set for Buy position should lower than base_price:1000000??LastPrice"
    with refusal(10001, text):
        stop(exchange, "1000PEPEUSDT", stopLoss="0.011")


def test_setting_the_same_stop_again_is_not_modified(long: Exchange):
    stop(long, stopLoss="90")
    with refusal(34040, "not modified"):
        stop(long, stopLoss="90")


@pytest.mark.parametrize(
    ("side", "qty", "more", "code", "text"),
    [
        ("Buy", "1", {"symbol": "NOSUCH"}, 10001, "Not supported symbols"),
        ("Buy", "1", {"category": "inverse"}, 10001, "Not supported symbols"),
        ("Buy", "1", {"category": "spot"}, 10001, "Illegal category"),
        ("buy", "1", {}, 10001, "Side invalid"),
        ("Buy", "1", {"orderType": "Stop"}, 10001, "OrderType invalid"),
        ("Buy", "abc", {}, 10001, "Qty invalid"),
        ("Buy", "NaN", {}, 10001, "Qty invalid"),
        ("Buy", "1e3", {}, 10001, "Qty invalid"),
        ("Buy", "-1", {}, 10001, "Qty invalid"),
        ("Buy", "0.15", {}, 10001, "Qty invalid"),
        ("Buy", "0", {}, 10001, "The number of contracts exceeds minimum limit allowed"),
        ("Buy", "90000", {}, 10001, "The number of contracts exceeds maximum limit allowed: too large"),
        ("Buy", "1", {"positionIdx": 1}, 10001, "position idx not match position mode"),
        ("Buy", "1", {"positionIdx": "x"}, 10001, "position idx not match position mode"),
        ("Buy", "1", {"orderLinkId": "a" * 37}, 10001, "OrderLinkId invalid"),
        ("Buy", "1", {"orderLinkId": "a b"}, 10001, "OrderLinkId invalid"),
        ("Buy", "1", {"price": "99.995"}, 10001, "params error: price does not match tick size 0.010"),
        ("Buy", "1", {"price": "0"}, 10001, "Price invalid"),
        ("Buy", "1", {"price": "99999"}, 110003, "Order price exceeds the allowable range."),
        ("Buy", "1", {"price": "106"}, 30208, "The order price is higher than the maximum buying price."),
        ("Sell", "1", {"price": "94"}, 30209, "The order price is lower than the minimum selling price."),
        ("Buy", "1", {"price": "99", "timeInForce": "DAY"}, 10001, "TimeInForce invalid"),
        ("Buy", "200000", {"price": "100"}, 10001, "The number of contracts exceeds maximum limit allowed: too large"),
        ("Buy", "0.1", {"price": "49"}, 110094, "Order does not meet minimum order value 5USDT"),
        (
            "Sell", "1", {"reduceOnly": True}, 110017,
            "current position is zero, cannot fix reduce-only order qty",
        ),
        (
            "Buy", "1", {"triggerPrice": "99", "triggerDirection": 1}, 110092,
            "expect Rising, but trigger_price[990000] <= current[1000000]??laste",
        ),
        (
            "Buy", "1", {"triggerPrice": "101", "triggerDirection": 2}, 110093,
            "expect Falling, but trigger_price[1010000] >= current[1000000]??last",
        ),
        ("Buy", "1", {"triggerPrice": "101"}, 10001, "TriggerDirection invalid"),
        (
            "Buy", "1", {"stopLoss": "101"}, 10001,
            "StopLoss:1010000 set for Buy position should lower than base_price:1000000??LastPrice",
        ),
        (
            "Buy", "1", {"slippageToleranceType": "Percent", "slippageTolerance": "50"}, 10001,
            "slippageTolerance invalid",
        ),
    ],
)  # fmt: skip
def test_create(flat: Exchange, side: str, qty: str, more: dict[str, object], code: int, text: str):
    before = flat.ledger_digest()
    body = {**LINEAR, "side": side, "qty": qty, "orderType": "Limit" if "price" in more else "Market", **more}
    with refusal(code, text):
        flat.create_order(body)
    assert flat.ledger_digest() == before
    assert flat.take_events() == []


def test_money(flat: Exchange):
    flat.stage("transfer", amount="-1012000")
    with refusal(110007, "ab not enough for new order"):
        order(flat, "Buy", "50", price="100")


def test_the_risk_tier_of_the_leverage_in_force(flat: Exchange):
    flat.set_leverage({**LINEAR, "buyLeverage": "60", "sellLeverage": "60"})
    text = (
        "Order placement failed as your position may exceed the max limit. Please adjust your leverage to 50.00 "
        "or below to increase the max. position limit"
    )
    with refusal(110090, text):
        order(flat, "Buy", "6000", price="100")


def test_a_link_id_is_never_taken_twice(flat: Exchange):
    order(flat, "Buy", "1", orderLinkId="once")
    with refusal(110072, "OrderLinkedID is duplicate"):
        order(flat, "Buy", "1", orderLinkId="once")


def test_closing_orders(long: Exchange):
    with refusal(110017, "orderQty will be truncated to zero."):
        order(long, "Buy", "1", reduceOnly=True)
    with refusal(10001, "reduce-only order can not set tp/sl"):
        order(long, "Sell", "1", reduceOnly=True, takeProfit="90")


def test_the_counts_of_open_orders(flat: Exchange):
    for number in range(10):
        order(flat, "Buy", "0.1", triggerPrice=str(110 + number), triggerDirection=1)
    with refusal(110009, "The number of stop orders exceeds the maximum allowable limit."):
        order(flat, "Buy", "0.1", triggerPrice="150", triggerDirection=1)
    for _ in range(500):
        order(flat, "Buy", "0.1", price="99")
    with refusal(110020, "You can't have more than 500 active orders."):
        order(flat, "Buy", "0.1", price="99")


def test_orders_that_are_gone(flat: Exchange):
    text = "order not exists or too late to cancel"
    order_id = order(flat, "Buy", "1")
    for call in (flat.cancel_order, flat.amend_order):
        for body in ({"orderId": order_id}, {"orderId": "nobody"}, {"orderLinkId": "nobody"}):
            with refusal(110001, text):
                call({**LINEAR, **body, "qty": "2"})


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        ({}, 10001, "order not modified"),
        ({"qty": "2.0", "price": "99.00"}, 10001, "order not modified"),
        ({"qty": "2.05"}, 10001, "Qty invalid"),
        ({"price": "120"}, 30208, "The order price is higher than the maximum buying price."),
        ({"triggerPrice": "99"}, 10001, "triggerPrice invalid"),
        ({"qty": "79000"}, 110007, "ab not enough for new order"),
    ],
)
def test_amend(more: dict[str, object], code: int, text: str):
    exchange = still(money="1")
    order_id = order(exchange, "Buy", "2", price="99")
    before = exchange.open_orders("linear")
    with refusal(code, text):
        exchange.amend_order({**LINEAR, "orderId": order_id, **more})
    assert exchange.open_orders("linear") == before


def test_amend_below_the_filled_quantity():
    exchange = still(money="90000000")
    order_id = order(exchange, "Buy", "5000", price="100")
    assert exchange.open_orders("linear")[0]["orderStatus"] == "PartiallyFilled"
    with refusal(110064, "The new order quantity is below the filled quantity."):
        exchange.amend_order({**LINEAR, "orderId": order_id, "qty": "1"})


@pytest.mark.parametrize(
    ("buy", "sell", "code", "text"),
    [
        ("10", "10", 110043, "leverage not modified"),
        ("101", "101", 110013, "cannot set leverage [10100] gt maxLeverage [10000] by risk limit"),
        ("0.5", "0.5", 10001, "buy leverage invalid"),
        ("5", "0", 10001, "buy leverage must equal sell leverage"),
        ("5", "6", 10001, "buy leverage must equal sell leverage"),
    ],
)
def test_leverage(flat: Exchange, buy: str, sell: str, code: int, text: str):
    with refusal(code, text):
        flat.set_leverage({**LINEAR, "buyLeverage": buy, "sellLeverage": sell})


def test_leverage_may_differ_on_a_hedged_symbol_in_isolated_margin(flat: Exchange):
    flat.switch_mode({**LINEAR, "mode": 3})
    flat.set_leverage({**LINEAR, "buyLeverage": "5", "sellLeverage": "7"})
    assert [row["leverage"] for row in flat.positions("linear", "SOLUSDT")] == ["5", "7"]


def test_lower_leverage_needs_the_money(flat: Exchange):
    flat.stage("transfer", amount="-1011480")
    order(flat, "Buy", "50")
    with refusal(110007, "ab not enough for new order"):
        flat.set_leverage({**LINEAR, "buyLeverage": "2", "sellLeverage": "2"})
    assert flat.positions("linear", "SOLUSDT")[0]["leverage"] == "10"


def test_position_mode(flat: Exchange):
    with refusal(110025, "Position mode is not modified"):
        flat.switch_mode({**LINEAR, "mode": 0})
    with refusal(110029, "Position mode does not support for the symbol"):
        flat.switch_mode({"category": "linear", "symbol": "BTCPERP", "mode": 3})
    order_id = order(flat, "Buy", "1", price="99")
    with refusal(110028, "Existing open orders, so position mode cannot be modified"):
        flat.switch_mode({**LINEAR, "mode": 3})
    flat.cancel_order({**LINEAR, "orderId": order_id})
    order(flat, "Buy", "1")
    with refusal(110024, "Existing positions, so position mode cannot be modified"):
        flat.switch_mode({**LINEAR, "mode": 3})
    flat.switch_mode({"category": "linear", "coin": "USDT", "mode": 3})
    modes = {name: len(flat.positions("linear", name)) for name in ("SOLUSDT", "ETHUSDT", "BTCPERP")}
    assert modes == {"SOLUSDT": 1, "ETHUSDT": 2, "BTCPERP": 1}  # busy symbols and USDC keep their mode


def test_margin_mode(flat: Exchange):
    with refusal(110026, "Cross/isolated margin mode is not modified"):
        flat.set_margin_mode({"setMarginMode": "ISOLATED_MARGIN"})
    flat.set_margin_mode({"setMarginMode": "REGULAR_MARGIN"})
    assert flat.account_info()["marginMode"] == "REGULAR_MARGIN"


def test_list_queries(flat: Exchange):
    with pytest.raises(Refused, match="10001"):
        flat.positions("linear")
    with refusal(10001, "Not supported symbols"):
        flat.positions("linear", "NOSUCH")
    with refusal(10001, "Invalid period!"):
        flat.klines("linear", "SOLUSDT", "7", None, None, 10)
