"""The shape of every row: Bybit's field names and JSON types (V5_FACTS sections 2 and 6)."""

import json
import re
from decimal import Decimal

import pytest

from core.paper.engine import Exchange
from tests.core.paper.engine.kit import dec, order, position, still, stop, stops

LINEAR = {"category": "linear", "symbol": "SOLUSDT"}

POSITION = """positionIdx riskId riskLimitValue symbol side size avgPrice positionValue tradeMode autoAddMargin
positionStatus leverage markPrice liqPrice bustPrice positionIM positionMM positionIMByMp positionMMByMp positionBalance
tpslMode takeProfit stopLoss trailingStop unrealisedPnl curRealisedPnl cumRealisedPnl sessionAvgPrice breakEvenPrice
adlRankIndicator isReduceOnly createdTime openTime updatedTime seq mmrSysUpdatedTime leverageSysUpdatedTime"""
ORDER = """orderId orderLinkId parentOrderLinkId blockTradeId symbol price qty side isLeverage positionIdx orderStatus
createType cancelType rejectReason avgPrice leavesQty leavesValue cumExecQty cumExecValue cumExecFee cumFeeDetail
timeInForce orderType stopOrderType orderIv marketUnit triggerPrice takeProfit stopLoss tpslMode tpLimitPrice
slLimitPrice tpTriggerBy slTriggerBy triggerDirection triggerBy lastPriceOnCreated reduceOnly closeOnTrigger placeType
smpType smpGroup smpOrderId slippageToleranceType slippageTolerance createdTime updatedTime extraFees rpiTakerAccess
rpiMatchedQty"""
EXECUTION = """symbol orderId orderLinkId side orderPrice orderQty leavesQty createType orderType stopOrderType execFee
execId execPrice execQty execType execValue execTime feeCurrency isMaker feeRate tradeIv markIv markPrice indexPrice
underlyingPrice blockTradeId closedSize seq extraFees"""
CLOSED = """symbol orderId side qty orderPrice orderType execType closedSize cumEntryValue avgEntryPrice cumExitValue
avgExitPrice closedPnl fillCount leverage openFee closeFee createdTime updatedTime"""
COIN = """coin equity usdValue walletBalance locked spotHedgingQty borrowAmount spotBorrow accruedInterest totalOrderIM
totalPositionIM totalPositionMM unrealisedPnl cumRealisedPnl bonus marginCollateral collateralSwitch colRes free
availableToWithdraw availableToBorrow"""
INTEGERS = {
    "positionIdx", "riskId", "tradeMode", "autoAddMargin", "adlRankIndicator", "triggerDirection", "smpGroup",
    "fundingInterval", "symbolId", "seq", "openTime", "isLowestRisk", "id",
}  # fmt: skip
BOOLEANS = {
    "isReduceOnly", "reduceOnly", "closeOnTrigger", "isMaker", "unifiedMarginTrade", "isPreListing",
    "marginCollateral", "collateralSwitch", "rpiTakerAccess", "forbidUplWithdrawal",
}  # fmt: skip


@pytest.fixture
def lived() -> Exchange:
    """A position with stops, a partial exit, funding, and an order that waits."""
    exchange = still()
    order(exchange, "Buy", "10")
    stop(exchange, takeProfit="110", stopLoss="95", trailingStop="3")
    order(exchange, "Sell", "4", reduceOnly=True)
    exchange.stage("fund", symbol="SOLUSDT")
    order(exchange, "Buy", "1", price="98", takeProfit="120")
    return exchange


def check_types(row: dict[str, object]) -> None:
    for name, value in row.items():
        if name in INTEGERS:
            assert type(value) is int, name
        elif name in BOOLEANS:
            assert type(value) is bool, name
        elif name in {"cumFeeDetail", "leverageFilter", "priceFilter", "lotSizeFilter", "riskParameters"}:
            assert isinstance(value, dict), name
        elif name != "preListingInfo":
            assert isinstance(value, str), name
            assert not re.fullmatch(r"-?[\d.]+E[-+]?\d+", value), (name, value)


@pytest.mark.parametrize(
    ("fields", "ask"),
    [
        (POSITION, lambda x: x.positions("linear", "SOLUSDT") + x.positions("linear", "ETHUSDT")),
        (ORDER, lambda x: x.open_orders("linear") + x.order_history("linear") + x.closed_orders_recent("linear")),
        (EXECUTION, lambda x: x.executions("linear")),
        (CLOSED, lambda x: x.closed_pnl("linear")),
        (COIN, lambda x: x.wallet()["coin"]),
    ],
)
def test_fields_and_types(lived: Exchange, fields: str, ask):
    rows = ask(lived)
    assert rows
    for row in rows:
        assert set(row) == set(fields.split())
        check_types(row)
        json.dumps(row)


def test_stream_rows_have_the_fields_that_rest_lacks(lived: Exchange):
    order(lived, "Sell", "1")
    rows = {event.topic: event.data[0] for event in lived.take_events()}
    assert set(rows["position"]) == (set(POSITION.split()) - {"avgPrice"}) | {"entryPrice", "category"}
    assert set(rows["order"]) == set(ORDER.split()) | {"category", "closedPnl", "brokerOrderPrice"}
    assert set(rows["execution"]) == set(EXECUTION.split()) | {"category", "isLeverage", "execPnl", "marketUnit"}
    assert dec(rows["execution"], "execPnl") == Decimal("-0.01")  # bought at 100, sold at 99.99
    for row in rows.values():
        assert set(row) >= {"accountType", "coin"} or row["category"] == "linear"


@pytest.mark.parametrize("category", ["linear", "inverse"])
def test_contract_rows(category: str):
    exchange = Exchange("quiet")
    for row in exchange.instruments(category):
        check_types(row)
        for filters in ("leverageFilter", "priceFilter", "lotSizeFilter"):
            assert all(isinstance(value, str) and Decimal(value) > 0 for value in row[filters].values())
    for row in exchange.risk_limits(category):
        check_types(row)
    for row in exchange.fee_rates(category):
        assert row.keys() == {"symbol", "takerFeeRate", "makerFeeRate"}


def test_contracts_by_status_and_symbol():
    exchange = Exchange("quiet")
    names = [row["symbol"] for row in exchange.instruments("linear")]
    assert {"BTCUSDT", "1000PEPEUSDT", "BTCPERP"} <= set(names)
    assert {row["symbol"] for row in exchange.instruments("inverse")} == {"BTCUSD", "ETHUSD"}
    assert exchange.instruments("linear", None, "PreLaunch") == []
    assert exchange.instruments("spot") == []
    assert [row["settleCoin"] for row in exchange.instruments("linear", "BTCPERP")] == ["USDC"]
    exchange.stage("status", symbol="ADAUSDT", status="Delivering")
    assert [row["symbol"] for row in exchange.instruments("linear", None, "Delivering")] == ["ADAUSDT"]


def test_a_symbol_never_traded_is_empty_almost_everywhere():
    row = position(Exchange("quiet"), "ETHPERP")
    empty = """avgPrice positionValue markPrice unrealisedPnl cumRealisedPnl positionMM positionIM createdTime
    updatedTime side stopLoss takeProfit trailingStop tpslMode positionStatus"""
    assert {row[name] for name in empty.split()} == {""}
    assert (row["seq"], row["size"], row["leverage"]) == (-1, "0", "10")


def test_filters_of_lists(lived: Exchange):
    assert len(lived.open_orders("linear", symbol="SOLUSDT", order_filter="Order")) == 1
    assert {row["stopOrderType"] for row in lived.open_orders("linear", order_filter="StopOrder")} == set(stops(lived))
    assert lived.open_orders("linear", base_coin="SOL") == lived.open_orders("linear", settle_coin="USDT")
    assert lived.open_orders("linear", settle_coin="USDC") == lived.open_orders("inverse") == []
    executions = list(lived.executions("linear"))
    assert [*lived.executions("linear", exec_type="Funding")] == executions[:1]
    assert [*lived.executions("linear", order_id=executions[1]["orderId"], symbol="ETHUSDT")] == executions[1:2]
    now = lived.now_ms
    assert not lived.executions("linear", start_ms=now + 1)
    assert not lived.executions("linear", end_ms=now - 1)
    assert [*lived.executions("linear", start_ms=now, end_ms=now)] == executions
    assert [row["type"] for row in lived.transaction_log()] == [
        "SETTLEMENT",
        "TRADE",
        "TRADE",
        "TRANSFER_IN",
        "TRANSFER_IN",
    ]
    assert [row["type"] for row in lived.transaction_log("linear")] == ["SETTLEMENT", "TRADE", "TRADE"]
    with pytest.raises(TypeError):
        lived.executions("linear", nonsense="1")


def test_price_limits_are_what_orders_obey():
    exchange = still()
    limits = exchange.price_limit("linear", "SOLUSDT")
    assert (limits["buyLmt"], limits["sellLmt"]) == ("105.000", "95.000")
    order(exchange, "Buy", "1", price="105", timeInForce="IOC")
    order(exchange, "Sell", "1", price="95", timeInForce="IOC")


def test_cancel_all_by_coin():
    exchange = still()
    exchange.stage("transfer", coin="USDC", amount="10000")
    sol, eth = order(exchange, "Buy", "1", price="98"), order(exchange, "Buy", "0.1", "ETHUSDT", price="3500")
    usdc = order(exchange, "Buy", "0.1", "ETHPERP", price="3500")
    by_base = exchange.cancel_all({"category": "linear", "baseCoin": "SOL", "settleCoin": "USDC"})
    assert [row["orderId"] for row in by_base["list"]] == [sol]
    by_settle = exchange.cancel_all({"category": "linear", "settleCoin": "USDT"})
    assert [row["orderId"] for row in by_settle["list"]] == [eth]
    assert [row["orderId"] for row in exchange.open_orders("linear")] == [usdc]
    with pytest.raises(Exception, match=r"^10001 "):
        exchange.cancel_all({"category": "linear"})


def test_amending_attached_stops():
    exchange = still()
    order_id = order(exchange, "Buy", "1", price="98", takeProfit="120")
    exchange.amend_order(
        {**LINEAR, "orderId": order_id, "takeProfit": "0", "stopLoss": "90", "slTriggerBy": "MarkPrice"}
    )
    (row,) = exchange.open_orders("linear")
    assert (row["takeProfit"], row["stopLoss"], row["slTriggerBy"], row["tpTriggerBy"]) == (
        "",
        "90.000",
        "MarkPrice",
        "",
    )
    with pytest.raises(Exception, match="StopLoss:990000 set for Buy position should lower"):
        exchange.amend_order({**LINEAR, "orderId": order_id, "stopLoss": "99"})
    assert exchange.open_orders("linear") == [row]


def test_the_trigger_of_a_stop_can_change_alone():
    exchange = still()
    order(exchange, "Buy", "1")
    stop(exchange, stopLoss="95")
    stop(exchange, slTriggerBy="IndexPrice")
    assert stops(exchange)["StopLoss"]["triggerBy"] == "IndexPrice"


def test_unpinned_prices_go_their_own_way_again():
    exchange = Exchange("quiet")
    before = exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"]
    exchange.stage("price", symbol="SOLUSDT", last="55")
    assert exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"] == "55.000"
    exchange.stage("unpin", symbol="SOLUSDT")
    assert exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"] == before


def test_every_deed_is_named():
    assert {"price", "move", "adl", "liquidate", "settle", "filters", "trade", "execute_late"} <= set(
        Exchange("quiet").stages
    )
