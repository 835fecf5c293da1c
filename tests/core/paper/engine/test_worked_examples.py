"""Arithmetic against examples that Bybit published.

Sources: [U] help centre, "P&L calculations (USDT contract)"; [I] help centre, "P&L calculations (inverse contracts)";
[L] help centre, "Liquidation price calculation under isolated mode (unified trading account)", inverse formula of 2024;
[D] API documentation v5, sample answer of position/list; [B] help centre, "Bankruptcy price (USDT contract)".
The margin and liquidation figures are models of the paper exchange (V5_FACTS sections 7 and 12).
"""

from decimal import Decimal

import pytest

from core.paper import margin
from core.paper.engine import Exchange
from core.paper.instruments import listed
from core.paper.ledger import Position
from tests.core.paper.engine.kit import dec, find, move_to, order, position, still

INSTRUMENTS = {instrument.symbol: instrument for instrument in listed()}


def trade_at(exchange: Exchange, symbol: str, side: str, qty: str, price: str) -> str:
    """Fill a limit order as taker at exactly one price: the market is put so that its best price is that price."""
    tick = INSTRUMENTS[symbol].tick
    last = Decimal(price) if side == "Buy" else Decimal(price) + tick
    move_to(exchange, symbol, format(last, "f"))
    return order(exchange, side, qty, symbol, price=price, timeInForce="FOK")


def test_adding_averages_the_entry_of_a_linear_position():
    """[U] 0.5 BTC at 5,000 and 0.3 BTC at 6,000: 4,300 ÷ 0.8 = 5,375."""
    exchange = still("BTCUSDT", "5000")
    trade_at(exchange, "BTCUSDT", "Buy", "0.5", "5000")
    trade_at(exchange, "BTCUSDT", "Buy", "0.3", "6000")
    row = position(exchange, "BTCUSDT")
    assert (row["avgPrice"], row["positionValue"], row["size"]) == ("5375", "4300", "0.800")


def test_adding_averages_the_entry_of_an_inverse_position():
    """[I] 1,000 USD at 5,000 and 2,000 USD at 6,000: 3,000 ÷ 0.53333333 = 5,625."""
    exchange = still("BTCUSD", "5000", money="10")
    trade_at(exchange, "BTCUSD", "Buy", "1000", "5000")
    trade_at(exchange, "BTCUSD", "Buy", "2000", "6000")
    row = position(exchange, "BTCUSD")
    assert row["positionValue"] == "0.53333333"
    assert dec(row, "avgPrice").quantize(Decimal("0.01")) == Decimal("5625.00")


@pytest.mark.parametrize(
    ("symbol", "side", "qty", "entry", "mark", "pnl"),
    [
        ("BTCUSDT", "Buy", "0.2", "7000", "7500", "100"),  # [U]
        ("BTCUSDT", "Sell", "0.4", "6000", "5000", "400"),  # [U]
        ("BTCUSD", "Buy", "1000", "5000", "5500", "0.01818182"),  # [I], shown there as 0.01819
        ("BTCUSD", "Sell", "1000", "5000", "4500", "0.02222222"),  # [I]
    ],
)
def test_unrealised_pnl(symbol: str, side: str, qty: str, entry: str, mark: str, pnl: str):
    exchange = still(symbol, entry, money="10000")
    trade_at(exchange, symbol, side, qty, entry)
    move_to(exchange, symbol, mark)
    assert position(exchange, symbol)["unrealisedPnl"] == pnl


def test_the_documented_inverse_position():
    """[D] Sell 300 BTCUSD at 27464.50441675: value 0.01092319, at mark 28224.50 the loss is 0.00029413 BTC."""
    instrument = INSTRUMENTS["BTCUSD"]
    value = instrument.value(Decimal(300), Decimal("27464.50441675"))
    short = Position(instrument, 0, Decimal(10), side="Sell", size=Decimal(300), entry_value=value)
    assert value == Decimal("0.01092319")
    assert short.unrealised(Decimal("28224.50")) == Decimal("-0.00029413")


def test_closed_pnl_takes_both_fees_but_not_the_funding():
    """[U] Short 0.4 BTC from 6,000 to 5,000: 400 − 1.32 − 1.10 = 397.58; less funding the account gains."""
    exchange = still("BTCUSDT", "6000")
    opened = trade_at(exchange, "BTCUSDT", "Sell", "0.4", "6000")
    exchange.stage("fund", symbol="BTCUSDT")
    closed = trade_at(exchange, "BTCUSDT", "Buy", "0.4", "5000")
    row = exchange.closed_pnl("linear", symbol="BTCUSDT")[0]
    assert (row["openFee"], row["closeFee"], row["closedPnl"]) == ("1.32", "1.1", "397.58")
    assert (row["side"], row["orderId"]) == ("Buy", closed)
    assert find(exchange, opened)["cumExecFee"] == "1.32"
    funding = exchange.executions("linear", symbol="BTCUSDT", exec_type="Funding")[0]
    assert dec(funding, "execFee") != 0
    assert dec(position(exchange, "BTCUSDT"), "curRealisedPnl") == Decimal("397.58") - dec(funding, "execFee")


def test_closed_pnl_of_the_facts():
    """V5_FACTS 6.16: entry value 100, exit value 101, taker 0.00055 on both: 0.88945."""
    exchange = still("SOLUSDT", "100")
    trade_at(exchange, "SOLUSDT", "Buy", "1", "100")
    trade_at(exchange, "SOLUSDT", "Sell", "1", "101")
    assert exchange.closed_pnl("linear", symbol="SOLUSDT")[0]["closedPnl"] == "0.88945"


def test_initial_margin_holds_back_the_closing_fee():
    """[U] 0.2 BTC at 7,000, 10×: 140 + 0.2 · 6,300 · 0.055 % = 140.693."""
    exchange = still("BTCUSDT", "7000")
    trade_at(exchange, "BTCUSDT", "Buy", "0.2", "7000")
    assert position(exchange, "BTCUSDT")["positionIM"] == "140.693"


def test_bankruptcy_price():
    """[B] Long 1 BTC at 10,000, 50×: 9,800."""
    assert margin.bust_price(INSTRUMENTS["BTCUSDT"], "Buy", Decimal(10_000), Decimal(50)) == 9_800


@pytest.mark.parametrize(("side", "expected"), [("Buy", "45662.20"), ("Sell", "55248.60")])
def test_isolated_liquidation_price_of_an_inverse_position(side: str, expected: str):
    """[L] 60,000 USD at 50,000, 10×, rate 0.5 %: 60,000 ÷ (1.2 ± (0.12 − 0.006)), rounded to a tick towards entry."""
    instrument = INSTRUMENTS["BTCUSD"]
    position = Position(
        instrument, 0, Decimal(10), side=side, size=Decimal(60_000), entry_value=Decimal("1.2"),
        entry_price=Decimal(50_000),
    )  # fmt: skip
    assert instrument.tiers[0].maintenance_rate == Decimal("0.005")
    assert margin.liquidation_price(position, Decimal(50_000), None) == Decimal(expected)


@pytest.mark.parametrize(("side", "expected"), [("Buy", "90.500"), ("Sell", "109.500")])
def test_isolated_liquidation_price_of_a_linear_position(side: str, expected: str):
    """V5_FACTS 7, model: E − s · (IM − MM) ÷ q with 100 at 10× and 0.5 %: 100 ∓ (10 − 0.5)."""
    exchange = still("SOLUSDT", "100")
    trade_at(exchange, "SOLUSDT", side, "1", "100")
    assert position(exchange)["liqPrice"] == expected


def test_liquidation_price_beyond_the_filter_is_empty():
    exchange = still("SOLUSDT", "100")
    exchange.set_leverage({"category": "linear", "symbol": "SOLUSDT", "buyLeverage": "1", "sellLeverage": "1"})
    trade_at(exchange, "SOLUSDT", "Buy", "1", "100")
    assert position(exchange)["liqPrice"] == "0.500"
    exchange.stage("margin_mode", mode="REGULAR_MARGIN")
    assert position(exchange)["liqPrice"] == ""


@pytest.mark.parametrize("side", ["Buy", "Sell"])
@pytest.mark.parametrize(("symbol", "qty"), [("BTCUSDT", "0.3"), ("BTCUSD", "3000")])
def test_closing_at_break_even_gives_back_what_the_life_has_cost(symbol: str, qty: str, side: str):
    """V5_FACTS 6.11: leaving at the break-even price, opening and closing fee included, nets zero within a tick."""
    exchange = still(symbol, "20000")
    trade_at(exchange, symbol, side, qty, "20000")
    target = format(dec(position(exchange, symbol), "breakEvenPrice"), "f")
    trade_at(exchange, symbol, "Sell" if side == "Buy" else "Buy", qty, target)
    net = dec(position(exchange, symbol), "curRealisedPnl")
    instrument = INSTRUMENTS[symbol]
    one_tick = abs(
        instrument.value(Decimal(qty), Decimal(20_000)) - instrument.value(Decimal(qty), 20_000 + instrument.tick)
    )
    assert abs(net) <= one_tick + Decimal("1E-8")
