"""What the exchange does by itself: funding, liquidation in steps, takeover, ADL, settlement, changed filters."""

from decimal import Decimal

import pytest

from core.paper.engine import Exchange
from tests.core.paper.engine.kit import dec, find, move_to, order, position, refusal, still, stop, stops

LINEAR = {"category": "linear", "symbol": "SOLUSDT"}
EIGHT_HOURS = 28_800_000


def walking(side: str = "Buy", qty: str = "10") -> Exchange:
    """A moving market (calm), with one position."""
    exchange = Exchange("quiet", seed=5)
    order(exchange, side, qty)
    exchange.take_events()
    return exchange


def test_funding_is_settled_at_every_interval_and_is_no_fill():
    exchange = walking()
    before = position(exchange)
    due = exchange.venue.market.next_funding_ms("SOLUSDT", exchange.now_ms)
    exchange.stage("price", symbol="SOLUSDT", mark="120")
    exchange.advance(due + EIGHT_HOURS)
    rows = exchange.executions("linear", exec_type="Funding")
    assert [row["execTime"] for row in rows] == [str(due + EIGHT_HOURS), str(due)]
    row, after = rows[-1], position(exchange)
    assert (row["orderType"], row["orderQty"], row["createType"], row["execQty"]) == ("UNKNOWN", "0", "", "10.0")
    assert row["execValue"] == "1200"
    rate = exchange.venue.market.funding_rate("SOLUSDT", due)
    assert dec(row, "execFee") == 1200 * rate
    assert (after["size"], after["avgPrice"]) == (before["size"], before["avgPrice"])
    paid = sum(dec(row, "execFee") for row in rows)
    assert dec(after, "curRealisedPnl") == dec(before, "curRealisedPnl") - paid


def test_the_short_gets_what_the_long_pays_and_the_log_has_the_opposite_sign():
    exchange = still()
    exchange.switch_mode({**LINEAR, "mode": 3})
    order(exchange, "Buy", "4", positionIdx=1)
    order(exchange, "Sell", "4", positionIdx=2)
    exchange.stage("fund", symbol="SOLUSDT", idx=1)
    exchange.stage("fund", symbol="SOLUSDT", idx=2)
    short, long = exchange.executions("linear", exec_type="Funding")
    assert dec(long, "execFee") == -dec(short, "execFee") != 0
    entries = exchange.transaction_log("linear")[:2]
    assert [dec(entry, "funding") for entry in entries] == [-dec(short, "execFee"), -dec(long, "execFee")]
    assert all(dec(entry, "change") == dec(entry, "funding") for entry in entries)


def test_the_next_funding_is_announced_by_the_ticker():
    exchange = walking()
    row = exchange.tickers("linear", "SOLUSDT")[0]
    due = int(str(row["nextFundingTime"]))
    assert exchange.now_ms < due <= exchange.now_ms + EIGHT_HOURS
    exchange.advance(due)
    funding = exchange.executions("linear", exec_type="Funding")[0]
    assert abs(dec(funding, "feeRate") - dec(row, "fundingRate")) < Decimal("0.000001")
    assert int(str(exchange.tickers("linear", "SOLUSDT")[0]["nextFundingTime"])) == due + EIGHT_HOURS


@pytest.mark.parametrize(
    ("side", "safe", "bust", "taken"), [("Buy", "90.51", "90.5", "90"), ("Sell", "109.47", "109.48", "109.99")]
)
def test_isolated_takeover_at_the_bust_price(side: str, safe: str, bust: str, taken: str):
    exchange = still()
    order(exchange, side, "10")
    waiting = order(exchange, side, "1", price="95" if side == "Buy" else "104")
    stop(exchange, stopLoss="80" if side == "Buy" else "120")
    exchange.stage("price", symbol="SOLUSDT", mark=safe)
    assert position(exchange)["positionStatus"] == "Normal"
    exchange.take_events()
    exchange.stage("price", symbol="SOLUSDT", mark=bust)
    assert position(exchange)["size"] == "0"
    execution = exchange.executions("linear")[0]
    assert (execution["execType"], execution["createType"]) == ("BustTrade", "CreateByTakeOver_PassThrough")
    assert dec(execution, "execPrice") == Decimal(taken)
    closed = exchange.closed_pnl("linear")[0]
    assert closed["execType"] == "BustTrade"
    assert find(exchange, waiting)["cancelType"] == "CancelAllBeforeLiq"
    assert not stops(exchange)
    spent = Decimal("1012480") - dec(exchange.wallet()["coin"][0], "walletBalance")
    assert Decimal(100) < spent < Decimal(102)  # all the margin of the position, and no more than its fees


def test_a_large_position_is_liquidated_in_two_steps():
    exchange = still(money="90000000")
    order(exchange, "Buy", "7000")
    price = str(position(exchange)["liqPrice"])
    exchange.stage("price", symbol="SOLUSDT", mark=price)
    row = position(exchange)
    assert (row["positionStatus"], dec(row, "size")) == ("Liq", 3500)
    exchange.stage("price", symbol="SOLUSDT", mark="85")
    types = [row["createType"] for row in exchange.executions("linear") if row["execType"] == "BustTrade"]
    assert types == ["CreateByTakeOver_PassThrough", "CreateByLiq"]
    assert position(exchange)["size"] == "0"


def test_a_reduced_position_may_recover():
    exchange = still(money="90000000")
    order(exchange, "Buy", "7000")
    exchange.stage("price", symbol="SOLUSDT", mark=str(position(exchange)["liqPrice"]))
    exchange.stage("price", symbol="SOLUSDT", mark="99")
    assert (position(exchange)["positionStatus"], position(exchange)["size"]) == ("Normal", "3500.0")


def test_cross_margin_liquidates_the_largest_loser_first():
    exchange = still(money="-10480")
    exchange.stage("margin_mode", mode="REGULAR_MARGIN")
    move_to(exchange, "ETHUSDT", "1000")
    order(exchange, "Buy", "100")
    order(exchange, "Buy", "1", "ETHUSDT")
    exchange.stage("price", symbol="ETHUSDT", mark="990")
    assert {row["positionStatus"] for row in exchange.positions("linear", None, "USDT")} == {"Normal"}
    exchange.stage("price", symbol="SOLUSDT", mark="80.20")
    assert position(exchange)["size"] == "0"
    assert position(exchange, "ETHUSDT")["size"] == "1.00"


def test_deleveraging_takes_a_part_without_a_fee():
    exchange = still()
    order(exchange, "Buy", "10")
    move_to(exchange, "SOLUSDT", "110")
    exchange.stage("adl", symbol="SOLUSDT", percent="30")
    execution = exchange.executions("linear")[0]
    assert (execution["execType"], execution["execQty"], execution["execFee"]) == ("AdlTrade", "3.0", "0")
    assert execution["createType"] == "CreateByAdl_PassThrough"
    assert (position(exchange)["size"], position(exchange)["avgPrice"]) == ("7.0", "100")


def test_settlement_closes_without_an_order_and_delists():
    exchange = still()
    order(exchange, "Buy", "10")
    resting = order(exchange, "Buy", "1", price="99")
    stop(exchange, stopLoss="90")
    exchange.stage("settle", symbol="SOLUSDT", price="104")
    execution = exchange.executions("linear")[0]
    assert (execution["execType"], execution["execPrice"], execution["execQty"]) == ("Settle", "104.000", "10.0")
    assert not exchange.order_history("linear", order_id=execution["orderId"])
    assert find(exchange, resting)["cancelType"] == "CancelBySettle"
    assert not exchange.instruments("linear", "SOLUSDT")
    assert exchange.instruments("linear", "SOLUSDT", "Closed")[0]["deliveryTime"] == str(exchange.now_ms)
    assert "SOLUSDT" not in {row["symbol"] for row in exchange.tickers("linear")}
    with refusal(110074, "This contract is not live"):
        order(exchange, "Buy", "1")


def test_changed_filters_are_in_force_at_once():
    exchange = still()
    order(exchange, "Buy", "10.3")
    exchange.stage("filters", symbol="SOLUSDT", tick="0.05", step="0.5", min_qty="1")
    row = exchange.instruments("linear", "SOLUSDT")[0]
    assert row["priceFilter"]["tickSize"] == "0.05"
    assert (row["lotSizeFilter"]["qtyStep"], row["lotSizeFilter"]["minOrderQty"]) == ("0.5", "1")
    with refusal(10001, "Qty invalid"):
        order(exchange, "Buy", "1.2")
    with refusal(10001, "params error: price does not match tick size 0.05"):
        order(exchange, "Buy", "1", price="99.01")
    order(exchange, "Sell", "10.3", reduceOnly=True)  # all of it can go, off the new step
    assert position(exchange)["size"] == "0"


def test_a_fee_in_another_direction():
    exchange = still()
    exchange.stage("filters", symbol="SOLUSDT", maker_fee="-0.0001")
    order_id = order(exchange, "Buy", "10", price="99")
    move_to(exchange, "SOLUSDT", "98")
    assert exchange.executions("linear", order_id=order_id)[0]["execFee"] == "-0.099"
    assert exchange.wallet()["coin"][0]["walletBalance"] == "1012480.099"


def test_another_program_trades_the_same_account():
    exchange = still()
    exchange.stage("trade", symbol="SOLUSDT", side="Buy", qty="3", link="elsewhere-1")
    assert position(exchange)["size"] == "3.0"
    assert exchange.executions("linear")[0]["orderLinkId"] == "elsewhere-1"
    exchange.stage("trade", symbol="SOLUSDT", side="Sell", qty="9", reduce_only=True)
    assert position(exchange)["size"] == "0"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("nonsense", {}), ("price", {}), ("price", {"symbol": "NOSUCH"}), ("price", {"symbol": "SOLUSDT", "last": "x"}),
        ("adl", {"symbol": "SOLUSDT"}), ("filters", {"symbol": "SOLUSDT", "colour": "1"}),
        ("margin_mode", {"mode": "?"}), ("move", {"symbol": "SOLUSDT", "percent": "-100"}), ("price", {"bogus": 1}),
    ],
)  # fmt: skip
def test_deeds_that_cannot_be_done_are_refused(name: str, arguments: dict[str, object]):
    exchange = still()
    with pytest.raises(Exception, match=r"^10001 ") as caught:
        exchange.stage(name, **arguments)
    assert type(caught.value).__name__ == "Refused"


def test_wallet_of_an_isolated_and_of_a_cross_account():
    exchange = still()
    order(exchange, "Buy", "10")
    order(exchange, "Buy", "1", price="99")
    isolated = exchange.wallet()
    assert {isolated[name] for name in ("totalMarginBalance", "totalAvailableBalance", "accountIMRate")} == {""}
    coin = isolated["coin"][0]
    assert dec(coin, "totalOrderIM") == Decimal("9.9") + 99 * Decimal("0.00055")
    exchange.stage("margin_mode", mode="REGULAR_MARGIN")
    cross = exchange.wallet()
    balance = dec(cross, "totalMarginBalance")
    assert balance == dec(cross, "totalWalletBalance") + dec(cross, "totalPerpUPL")
    assert dec(cross, "totalAvailableBalance") == balance - dec(cross, "totalInitialMargin")
    rate = dec(cross, "totalInitialMargin") / balance
    assert rate - dec(cross, "accountIMRate") < Decimal("0.0001")
    assert dec(cross, "accountIMRate") <= rate
