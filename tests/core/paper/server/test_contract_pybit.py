"""Unmodified pybit does every call of CCXT_MAP section 9 against the paper exchange, sockets included."""

import time
from decimal import Decimal

import pybit.exceptions
import pytest

from tests.core.paper.server.clients import pybit_http, pybit_sockets
from tests.core.paper.server.rsa import PRIVATE, PUBLIC


def wait_for(condition, within_s=60.0):
    """Wait for something that happens on pybit's own threads."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.005)


def test_reads(shared_paper):
    session = pybit_http(shared_paper)
    assert int(session.get_server_time()["result"]["timeSecond"]) > 0
    everything = {"category": "linear", "symbol": "SOLUSDT"}
    for call in (
        session.get_instruments_info,
        session.get_tickers,
        session.get_orderbook,
        session.get_risk_limit,
        session.get_positions,
        session.get_open_orders,
        session.get_order_history,
        session.get_executions,
        session.get_closed_pnl,
        session.get_fee_rates,
    ):
        assert call(**everything)["retCode"] == 0
    assert len(session.get_kline(**everything, interval=60, limit=3)["result"]["list"]) == 3
    assert session.get_price_limit(**everything)["result"]["symbol"] == "SOLUSDT"
    assert len(session.get_positions(category="linear", settleCoin="USDT")["result"]["list"]) == 6
    assert session.get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]["accountType"] == "UNIFIED"
    assert session.get_account_info()["result"]["unifiedMarginStatus"] == 6
    assert session.get_transaction_log()["result"]["list"]
    assert session.get_api_key_information()["result"]["readOnly"] == 0
    assert session.get_coin_info()["result"]["rows"]


def test_closed_pnl_by_cursor(shared_paper):
    session = pybit_http(shared_paper)
    found, cursor = [], None
    while True:
        result = session.get_closed_pnl(category="linear", limit=7, cursor=cursor)["result"]
        found += [row["orderId"] for row in result["list"]]
        cursor = result["nextPageCursor"]
        if not result["list"]:
            break
    whole = session.get_closed_pnl(category="linear", limit=100)["result"]["list"]
    assert len(whole) > 20
    assert found == [row["orderId"] for row in whole]


def test_orders_and_stops(shared_paper):
    session = pybit_http(shared_paper)
    sol = {"category": "linear", "symbol": "SOLUSDT"}
    last = Decimal(session.get_tickers(**sol)["result"]["list"][0]["lastPrice"])
    sell = {**sol, "side": "Sell", "reduceOnly": True, "positionIdx": 0}
    made = session.place_order(**sell, orderType="Market", qty="0.5", orderLinkId="pybit-1")["result"]
    assert made["orderLinkId"] == "pybit-1"
    with pytest.raises(pybit.exceptions.InvalidRequestError, match="110072"):
        session.place_order(**sell, orderType="Market", qty="0.5", orderLinkId="pybit-1")
    resting = session.place_order(**sell, orderType="Limit", qty="0.5", price=str(last + 1))["result"]["orderId"]
    session.amend_order(**sol, orderId=resting, qty="0.6")
    assert session.get_open_orders(**sol, orderId=resting)["result"]["list"][0]["qty"] == "0.6"
    session.cancel_order(**sol, orderId=resting)
    session.set_trading_stop(**sol, tpslMode="Full", positionIdx=0, stopLoss=str(last - 5), takeProfit=str(last + 5))
    position = session.get_positions(**sol)["result"]["list"][0]
    assert Decimal(position["stopLoss"]) == last - 5
    session.set_leverage(category="linear", symbol="XRPUSDT", buyLeverage="4", sellLeverage="4")
    with pytest.raises(pybit.exceptions.InvalidRequestError, match="110043"):
        session.set_leverage(category="linear", symbol="XRPUSDT", buyLeverage="4", sellLeverage="4")
    session.switch_position_mode(category="linear", symbol="XRPUSDT", mode=3)
    session.cancel_all_orders(**sol)


def test_private_streams(shared_paper, monkeypatch):
    heard = []
    with pybit_sockets(shared_paper, monkeypatch) as make:
        socket = make("private")
        socket.position_stream(heard.append)
        socket.order_stream(heard.append)
        socket.execution_stream(heard.append)
        socket.fast_execution_stream(heard.append)
        socket.wallet_stream(heard.append)
        wait_for(lambda: len(shared_paper.control("state")["sockets"][-1]["topics"]) == 5)
        pybit_http(shared_paper).place_order(
            category="linear", symbol="SOLUSDT", side="Sell", orderType="Market", qty="0.5", reduceOnly=True
        )
        wait_for(lambda: {m["topic"] for m in heard} >= {"position", "order", "execution", "execution.fast", "wallet"})
    by_topic = {message["topic"]: message for message in heard}
    assert by_topic["execution"]["data"][0]["execQty"] == "0.5"
    assert "execFee" not in by_topic["execution.fast"]["data"][0]
    assert "entryPrice" in by_topic["position"]["data"][0]
    assert all({"id", "creationTime", "data"} <= set(message) for message in heard)


def test_public_streams(live_paper, monkeypatch):
    tickers, rest = [], []
    with pybit_sockets(live_paper, monkeypatch) as make:
        socket = make("linear")
        socket.ticker_stream(symbol=["BTCUSDT", "SOLUSDT"], callback=tickers.append)
        socket.kline_stream(interval=1, symbol="SOLUSDT", callback=rest.append)
        socket.orderbook_stream(depth=50, symbol="SOLUSDT", callback=rest.append)
        socket.trade_stream(symbol="SOLUSDT", callback=rest.append)
        wait_for(lambda: len(tickers) >= 6)
        wait_for(lambda: {one["topic"].partition(".")[0] for one in rest} == {"kline", "orderbook", "publicTrade"})
        wait_for(lambda: [one for one in rest if one["topic"].startswith("orderbook") and one["type"] == "snapshot"])
    assert {one["data"]["symbol"] for one in tickers} == {"BTCUSDT", "SOLUSDT"}
    # pybit merges deltas into the snapshot it got first
    assert all(one["data"]["openInterestValue"] for one in tickers)
    assert tickers[-1]["cs"] > tickers[0]["cs"]


def test_trade_socket(shared_paper, monkeypatch):
    answers, errors = [], []
    sol = {"category": "linear", "symbol": "SOLUSDT"}
    last = Decimal(pybit_http(shared_paper).get_tickers(**sol)["result"]["list"][0]["lastPrice"])
    with pybit_sockets(shared_paper, monkeypatch) as make:
        socket = make("trade")
        order = {**sol, "side": "Sell", "orderType": "Limit", "qty": "0.5", "price": str(last + 1), "reduceOnly": True}
        socket.place_order(answers.append, **order)
        wait_for(lambda: len(answers) == 1)
        order_id = answers[0]["data"]["orderId"]
        socket.amend_order(answers.append, **sol, orderId=order_id, qty="0.6")
        wait_for(lambda: len(answers) == 2)
        socket.cancel_order(answers.append, **sol, orderId=order_id)
        wait_for(lambda: len(answers) == 3)
        socket.cancel_order(answers.append, errors.append, **sol, orderId=order_id)
        wait_for(lambda: errors)
        market = {**order, "orderType": "Market"}
        socket.place_batch_order(answers.append, category="linear", request=[market, market])
        wait_for(lambda: len(answers) == 4)
    batch = answers.pop()
    assert [one["op"] for one in answers] == ["order.create", "order.amend", "order.cancel"]
    assert {one["data"]["orderId"] for one in answers} == {order_id}
    assert all(row["orderId"] for row in batch["data"]["list"])
    assert [one["code"] for one in batch["retExtInfo"]["list"]] == [0, 0]
    assert errors[0]["retCode"] == 110001
    assert answers[0]["header"]["X-Bapi-Limit"] == "10"


def test_rsa_key(shared_paper):
    made = shared_paper.control("key", preset="full", rsa_public_key=PUBLIC)
    session = pybit_http(shared_paper, api_key=made["api_key"], api_secret=PRIVATE, rsa_authentication=True)
    assert session.get_wallet_balance(accountType="UNIFIED")["retCode"] == 0


def test_pybit_waits_out_a_rate_limit(shared_paper):
    shared_paper.arm("rate_limited", "/v5/position/list", count=1, args={"reset_ms": 200})
    started = time.monotonic()
    session = pybit_http(shared_paper)
    assert session.get_positions(category="linear", symbol="SOLUSDT")["retCode"] == 0
    assert time.monotonic() - started >= 0.2
    shared_paper.control("clear")


def test_pybit_gives_up_on_other_statuses(shared_paper):
    shared_paper.arm("http_status", "/v5/position/list", count=1)
    session = pybit_http(shared_paper)
    with pytest.raises(pybit.exceptions.FailedRequestError):
        session.get_positions(category="linear", symbol="SOLUSDT")
    shared_paper.control("clear")
