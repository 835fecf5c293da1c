"""Unmodified ccxt does every call of CCXT_MAP sections 2, 3 and 7 against the paper exchange."""

import asyncio
from decimal import Decimal

import ccxt
import pytest

from tests.core.paper.server.clients import ccxt_client, soon

BTC, SOL, LINK, ADA = "BTC/USDT:USDT", "SOL/USDT:USDT", "LINK/USDT:USDT", "ADA/USDT:USDT"
INVERSE = "BTC/USD:BTC"


async def test_load_markets_with_default_options(shared_paper):
    shared_paper.control("forget_requests")
    async with ccxt_client(shared_paper) as ex:
        markets = await ex.load_markets()
        currencies = ex.currencies
    assert {BTC, SOL, "1000PEPE/USDT:USDT", "BTC/USDC:USDC", INVERSE} <= set(markets)
    assert all(market["contract"] for market in markets.values())
    assert "USDT" in currencies
    asked = [(one["path"], one["fields"]) for one in shared_paper.requests()]
    info = "/v5/market/instruments-info"
    assert ("/v5/asset/coin/query-info", {}) in asked
    assert (info, {"category": "spot"}) in asked
    assert (info, {"category": "option", "baseCoin": "BTC"}) in asked
    assert (info, {"category": "linear", "limit": "1000", "status": "PreLaunch"}) in asked
    assert (info, {"category": "inverse", "limit": "1000"}) in asked
    assert all(one["ret_code"] == 0 for one in shared_paper.requests())


READS = [
    (
        lambda ex: ex.fetch_positions(),
        "/v5/position/list",
        {"settleCoin": "USDT", "limit": "200"},
        lambda r: len(r) == 6,
    ),
    (lambda ex: ex.fetch_positions(None, {"settleCoin": "USDC"}), "/v5/position/list", {"settleCoin": "USDC"}, list),
    (lambda ex: ex.fetch_positions(None, {"subType": "inverse"}), "/v5/position/list", {"category": "inverse"}, list),
    (
        lambda ex: ex.fetch_positions([SOL]),
        "/v5/position/list",
        {"symbol": "SOLUSDT"},
        lambda r: r[0]["side"] == "long",
    ),
    (lambda ex: ex.fetch_position(SOL), "/v5/position/list", {"symbol": "SOLUSDT"}, lambda r: r["contracts"] > 0),
    (
        lambda ex: ex.fetch_balance(),
        "/v5/account/wallet-balance",
        {"accountType": "UNIFIED"},
        lambda r: r["USDT"]["total"] > 0,
    ),
    (lambda ex: ex.fetch_positions_history(), "/v5/position/closed-pnl", {"category": "linear"}, lambda r: len(r) > 10),
    (
        lambda ex: ex.fetch_my_trades(),
        "/v5/execution/list",
        {"execType": "Trade"},
        lambda r: {t["type"] for t in r} == {"market"},
    ),
    (
        lambda ex: ex.fetch_my_trades(SOL, ex.milliseconds() - 86_400_000, 100, {"until": ex.milliseconds()}),
        "/v5/execution/list",
        {"symbol": "SOLUSDT", "limit": "100"},
        lambda r: all(t["symbol"] == SOL for t in r),
    ),
    (
        lambda ex: ex.fetch_funding_history(SOL),
        "/v5/execution/list",
        {"execType": "Funding", "size": "100"},
        lambda r: r,
    ),
    (
        lambda ex: ex.fetch_open_orders(),
        "/v5/order/realtime",
        {"settleCoin": "USDT"},
        lambda r: {o["status"] for o in r} == {"open"},
    ),
    (
        lambda ex: ex.fetch_open_orders(None, None, 50, {"trigger": True}),
        "/v5/order/realtime",
        {"orderFilter": "StopOrder"},
        lambda r: all(o["triggerPrice"] for o in r),
    ),
    (
        lambda ex: ex.fetch_closed_orders(),
        "/v5/order/history",
        {"orderStatus": "Filled"},
        lambda r: {o["status"] for o in r} == {"closed"},
    ),
    (lambda ex: ex.fetch_canceled_and_closed_orders(), "/v5/order/history", {"category": "linear"}, lambda r: r),
    (lambda ex: ex.fetch_leverage(SOL), "/v5/position/list", {"symbol": "SOLUSDT"}, lambda r: r["longLeverage"] >= 1),
    (lambda ex: ex.fetch_margin_mode(SOL), "/v5/account/info", {}, lambda r: r["marginMode"] in ("cross", "isolated")),
    (
        lambda ex: ex.fetch_trading_fee(SOL),
        "/v5/account/fee-rate",
        {"symbol": "SOLUSDT"},
        lambda r: r["taker"] == 0.00055,
    ),
    (
        lambda ex: ex.fetch_tickers([BTC, SOL]),
        "/v5/market/tickers",
        {"category": "linear"},
        lambda r: set(r) == {BTC, SOL},
    ),
    (lambda ex: ex.fetch_ticker(SOL), "/v5/market/tickers", {"symbol": "SOLUSDT"}, lambda r: r["last"] > 0),
    (
        lambda ex: ex.fetch_ohlcv(SOL),
        "/v5/market/kline",
        {"interval": "1", "limit": "200"},
        lambda r: len(r) == 200 and r[0][0] < r[1][0],
    ),
    (
        lambda ex: ex.fetch_leverage_tiers(),
        "/v5/market/risk-limit",
        {"category": "linear"},
        lambda r: BTC in r and len(r[BTC]) > 1,
    ),
    (lambda ex: ex.fetch_time(), "/v5/market/time", {}, lambda r: r > 1_600_000_000_000),
    (
        lambda ex: ex.fetch_order_book(SOL),
        "/v5/market/orderbook",
        {"symbol": "SOLUSDT"},
        lambda r: r["bids"][0][0] < r["asks"][0][0],
    ),
    (lambda ex: ex.fetch_ledger(), "/v5/account/transaction-log", {}, lambda r: r),
    (lambda ex: ex.fetch_ticker(INVERSE), "/v5/market/tickers", {"category": "inverse"}, lambda r: r["last"] > 0),
]


async def test_reads(shared_paper):
    """Each call sends what CCXT_MAP section 3 records, and makes sense of the answer."""
    async with ccxt_client(shared_paper) as ex:
        await ex.load_markets()
        for call, path, fields, holds in READS:
            shared_paper.control("forget_requests")
            result = await call(ex)
            sent = [one["fields"] for one in shared_paper.requests(path)]
            assert any(fields.items() <= one.items() for one in sent), (path, sent)
            assert holds(result) or holds is list, (path, result)


async def test_positions_are_read_in_full(shared_paper):
    rows = {
        (r["symbol"], r["positionIdx"]): r
        for r in shared_paper.rows("/v5/position/list", category="linear", settleCoin="USDT")
    }
    async with ccxt_client(shared_paper) as ex:
        positions = await ex.fetch_positions()
    assert len(positions) == len(rows) == 6
    for one in positions:
        row = rows[one["info"]["symbol"], one["info"]["positionIdx"]]
        assert Decimal(str(one["contracts"])) == Decimal(row["size"])
        assert Decimal(str(one["entryPrice"])) == Decimal(row["avgPrice"])
        assert one["side"] == {"Buy": "long", "Sell": "short"}[row["side"]]
        assert one["hedged"] == (row["positionIdx"] != 0)


async def test_orders_by_rest(shared_paper):
    async with ccxt_client(shared_paper) as ex:
        last = (await ex.fetch_ticker(SOL))["last"]
        sold = await ex.create_order(SOL, "market", "sell", 0.5, None, {"reduceOnly": True})
        filled = await ex.fetch_closed_order(sold["id"], SOL)
        assert (filled["status"], filled["filled"]) == ("closed", 0.5)

        extra = {"reduceOnly": True, "positionIdx": 0, "timeInForce": "GTC", "clientOrderId": "contract-1"}
        resting = await ex.create_order(SOL, "limit", "sell", 0.5, last * 1.02, extra)
        assert resting["clientOrderId"] == "contract-1"
        await ex.edit_order(resting["id"], SOL, "limit", "sell", 0.6, last * 1.03)
        again = await ex.fetch_order(resting["id"], SOL, {"acknowledged": True})
        assert (again["amount"], again["status"], again["reduceOnly"]) == (0.6, "open", True)
        assert (await ex.fetch_open_order(resting["id"], SOL))["id"] == resting["id"]
        await ex.cancel_order(resting["id"], SOL)
        gone = await ex.fetch_canceled_orders(SOL, None, None, {"orderId": resting["id"]})
        assert [one["status"] for one in gone] == ["canceled"]
        with pytest.raises(ccxt.OrderNotFound, match="110001"):
            await ex.cancel_order(resting["id"], SOL)
        with pytest.raises(ccxt.InvalidOrder, match="110017"):
            await ex.create_order(ADA, "market", "sell", 100, None, {"reduceOnly": True})


async def test_batches_by_rest(shared_paper):
    async with ccxt_client(shared_paper) as ex:
        last = (await ex.fetch_ticker(SOL))["last"]
        one = {"symbol": SOL, "type": "limit", "side": "sell", "amount": 0.1, "price": last * 1.03}
        made = await ex.create_orders([one, {**one, "price": last * 1.04}])
        assert len({order["id"] for order in made}) == 2
        await ex.cancel_orders([order["id"] for order in made], SOL)
        assert {order["status"] for order in await ex.fetch_canceled_orders(SOL)} == {"canceled"}


async def test_stops_by_rest(shared_paper):
    def row():
        return shared_paper.rows("/v5/position/list", category="linear", symbol="LINKUSDT")[0]

    async with ccxt_client(shared_paper) as ex:
        last = (await ex.fetch_ticker(LINK))["last"]
        low, high = last * 0.9, last * 1.1
        await ex.create_order(LINK, "market", "sell", 0, None, {"stopLossPrice": low, "takeProfitPrice": high})
        assert Decimal(row()["stopLoss"]) == Decimal(ex.price_to_precision(LINK, low))
        assert Decimal(row()["takeProfit"]) == Decimal(ex.price_to_precision(LINK, high))
        with pytest.raises(ccxt.ExchangeError, match="34040"):
            await ex.create_order(LINK, "market", "sell", 0, None, {"stopLossPrice": low, "takeProfitPrice": high})

        await ex.create_order(LINK, "market", "sell", 1, None, {"stopLossPrice": low * 0.99, "takeProfitPrice": high})
        await ex.create_order(LINK, "market", "sell", 1, None, {"stopLossPrice": low, "tradingStopEndpoint": True})
        await ex.create_order(
            LINK, "market", "sell", 1, None, {"trailingAmount": 0.5, "trailingTriggerPrice": last * 1.02}
        )
        assert Decimal(row()["trailingStop"]) == Decimal("0.5")
        conditional = await ex.create_order(LINK, "market", "sell", 1, None, {"stopLossPrice": low})
        kinds = {order["info"]["stopOrderType"] for order in await ex.fetch_open_orders(LINK, None, 50)}
        assert {"TakeProfit", "StopLoss", "PartialTakeProfit", "PartialStopLoss", "TrailingStop", "Stop"} <= kinds
        assert (await ex.fetch_open_order(conditional["id"], LINK))["triggerPrice"] > 0

        await ex.cancel_all_orders(LINK, {"trigger": True})
        assert all(order["info"]["stopOrderType"] == "" for order in await ex.fetch_open_orders(LINK))
        await ex.cancel_all_orders(LINK)
        assert await ex.fetch_open_orders(LINK) == []


async def test_account_settings(shared_paper):
    async with ccxt_client(shared_paper) as ex:
        await ex.set_leverage(7, ADA)
        with pytest.raises(ccxt.BadRequest, match="110043"):
            await ex.set_leverage(7, ADA)
        await ex.set_position_mode(True, ADA)
        with pytest.raises(ccxt.ExchangeError, match="110025"):
            await ex.set_position_mode(True, ADA)
        rows = await ex.fetch_positions([ADA])
        assert [one["info"]["positionIdx"] for one in rows] == [1, 2]
        await ex.set_position_mode(False, ADA)
        with pytest.raises(ccxt.MarginModeAlreadySet):
            await ex.set_margin_mode((await ex.fetch_margin_mode(ADA))["marginMode"])
        await ex.cancel_all_orders()


async def test_public_streams(live_paper):
    async with ccxt_client(live_paper) as ex:
        assert (await soon(ex.watch_ticker(SOL)))["last"] > 0
        book = await soon(ex.watch_order_book(SOL))
        assert book["bids"][0][0] < book["asks"][0][0]
        assert (await soon(ex.watch_ohlcv(SOL, "1m")))[0][4] > 0
        assert (await soon(ex.watch_trades(SOL)))[0]["symbol"] == SOL
        first = (await soon(ex.watch_ticker(SOL)))["timestamp"]
        later = (await soon(ex.watch_ticker(SOL)))["timestamp"]
        assert later > first
        assert (await soon(ex.watch_ticker(INVERSE)))["symbol"] == INVERSE


async def test_private_streams_and_trade_socket(shared_paper):
    async with ccxt_client(shared_paper) as ex:
        await ex.load_markets()
        await soon(ex.watch_positions())  # a snapshot by REST; the second call subscribes
        watching = {
            name: asyncio.create_task(getattr(ex, name)())
            for name in ("watch_positions", "watch_orders", "watch_my_trades", "watch_balance")
        }
        async with asyncio.timeout(60):
            while len(shared_paper.control("state")["sockets"][0]["topics"]) < 4:
                await asyncio.sleep(0.01)
        made = await soon(ex.create_order_ws(SOL, "market", "sell", 0.5, None, {"reduceOnly": True}))
        results = {name: await soon(task) for name, task in watching.items()}
        assert results["watch_orders"][0]["id"] == made["id"]
        assert results["watch_my_trades"][0]["order"] == made["id"]
        assert results["watch_positions"][0]["symbol"] == SOL
        assert results["watch_balance"]["USDT"]["total"] > 0

        last = (await ex.fetch_ticker(SOL))["last"]
        resting = await soon(ex.create_order_ws(SOL, "limit", "sell", 0.5, last * 1.02, {"reduceOnly": True}))
        await soon(ex.edit_order_ws(resting["id"], SOL, "limit", "sell", 0.6, last * 1.03))
        await soon(ex.cancel_order_ws(resting["id"], SOL))
        with pytest.raises(ccxt.OrderNotFound, match="110001"):
            await soon(ex.cancel_order_ws(resting["id"], SOL))


async def test_rsa_key(shared_paper):
    from tests.core.paper.server.rsa import PRIVATE, PUBLIC

    made = shared_paper.control("key", preset="full", rsa_public_key=PUBLIC)
    assert made["api_secret"] == ""
    async with ccxt_client(shared_paper, apiKey=made["api_key"], secret=PRIVATE) as ex:
        assert len(await ex.fetch_positions()) == 6
    async with ccxt_client(shared_paper, apiKey=made["api_key"], secret="wrong") as ex:
        with pytest.raises(ccxt.AuthenticationError, match="10004"):
            await ex.fetch_positions()


async def test_errors_as_ccxt_sorts_them(shared_paper):
    wrong = {"secret": "x" * 36}
    async with ccxt_client(shared_paper, **wrong) as ex:
        with pytest.raises(ccxt.AuthenticationError, match="10004"):
            await ex.fetch_positions()
        with pytest.raises(ccxt.ExchangeError, match="Params Error"):
            await soon(ex.authenticate(f"{shared_paper.ws}/v5/private"))
    async with ccxt_client(shared_paper, apiKey="unknown") as ex:
        with pytest.raises(ccxt.AuthenticationError, match="10003"):
            await ex.fetch_positions()
    limited = shared_paper.control("key", preset="read_only")
    async with ccxt_client(shared_paper, apiKey=limited["api_key"], secret=limited["api_secret"]) as ex:
        assert await ex.fetch_positions()
        with pytest.raises(ccxt.PermissionDenied, match="10005"):
            await ex.create_order(SOL, "market", "sell", 1, None, {"reduceOnly": True})
    async with ccxt_client(shared_paper) as ex:
        await ex.load_markets()
        with pytest.raises(ccxt.ExchangeError, match="handler not found"):
            await soon(ex.watch_topics(f"{shared_paper.ws}/v5/public/linear", ["x"], ["tickers.NOPEUSDT"]))
