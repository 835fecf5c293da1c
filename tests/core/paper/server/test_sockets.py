"""The three WebSocket dialects: pings, auth order, topics, acknowledgements, streams, idle cut."""

import asyncio
import hashlib
import hmac
import time

import aiohttp
import pytest

from tests.core.paper.server import raw

SELL = {
    "category": "linear",
    "symbol": "SOLUSDT",
    "side": "Sell",
    "orderType": "Market",
    "qty": "0.5",
    "reduceOnly": True,
}


async def test_ping_dialects(shared_paper):
    async with raw.socket(shared_paper, "/v5/public/linear") as public:
        answer = await public.ask({"op": "ping", "req_id": "1"})
        assert answer.pop("conn_id")
        assert answer == {"success": True, "ret_msg": "pong", "req_id": "1", "op": "ping"}
    async with raw.socket(shared_paper, "/v5/private") as private:
        answer = await private.ask({"op": "ping", "req_id": "1"})
        assert (answer["req_id"], answer["op"], len(answer["args"][0])) == ("1", "pong", 13)
        assert "success" not in answer
    async with raw.socket(shared_paper, "/v5/trade") as trade:
        answer = await trade.ask({"op": "ping"})
        assert (answer["retCode"], answer["retMsg"], answer["op"]) == (0, "OK", "pong")
        assert answer["connId"]
        assert len(answer["data"][0]) == 13


async def test_protocol_pings_are_answered(shared_paper):
    async with raw.socket(shared_paper, "/v5/private") as private:
        await private.ws.ping(b"are you there")
        message = await private.ws.receive(2)
        assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"are you there")


@pytest.mark.parametrize("request_id", ["abc", 7])
async def test_request_ids_are_echoed_with_their_type(shared_paper, request_id):
    async with raw.socket(shared_paper, "/v5/public/linear") as public:
        frame = {"op": "subscribe", "req_id": request_id, "args": ["tickers.BTCUSDT"]}
        assert (await public.ask(frame))["req_id"] == request_id
    async with raw.private(shared_paper) as private:
        assert (await private.ask({"op": "subscribe", "req_id": request_id, "args": ["order"]}))["req_id"] == request_id
        assert "req_id" not in await private.ask({"op": "subscribe", "args": ["wallet"]})


async def test_acknowledgement_comes_first_and_after_a_pause(shared_paper):
    async with raw.socket(shared_paper, "/v5/public/linear") as public:
        started = time.monotonic()
        ack = await public.ask({"op": "subscribe", "args": ["tickers.BTCUSDT"]})
        assert time.monotonic() - started >= 0.015
        assert ack["success"]
        assert ack["op"] == "subscribe"
        first = await public.next()
        assert (first["topic"], first["type"]) == ("tickers.BTCUSDT", "snapshot")
        assert first["data"]["openInterestValue"]


async def test_auth_before_anything_private(shared_paper):
    async with raw.socket(shared_paper, "/v5/private") as private:
        refused = await private.ask({"op": "subscribe", "args": ["position"]})
        assert (refused["success"], refused["ret_msg"]) == (False, "Request not authorized")
        assert (await private.ask(raw.auth_frame(shared_paper, as_text=True)))["success"]
        assert (await private.ask({"op": "subscribe", "args": ["position"]}))["success"]


async def test_refused_auth(shared_paper):
    now = time.time_ns() // 1_000_000
    past = raw.auth_frame(shared_paper, expires=now - 1)
    forged = raw.auth_frame(shared_paper)
    forged["args"][2] = "0" * 64
    for frame in (past, forged, {"op": "auth"}, {"op": "auth", "args": ["x", 1, {}]}):
        async with raw.socket(shared_paper, "/v5/private") as private:
            answer = await private.ask(frame)
            assert (answer["success"], answer["ret_msg"], answer["op"]) == (False, "Params Error", "auth")


async def test_topic_errors(shared_paper):
    async with raw.socket(shared_paper, "/v5/public/linear") as public:
        for topic in (
            "xyz",
            "tickers.NOPEUSDT",
            "tickers.BTCUSD",
            "kline.7.BTCUSDT",
            "orderbook.3.BTCUSDT",
            "position",
        ):
            answer = await public.ask({"op": "subscribe", "args": [topic]})
            assert not answer["success"]
            assert answer["ret_msg"] == f"error:handler not found,topic:{topic}"
        too_long = await public.ask({"op": "subscribe", "args": ["tickers.BTCUSDT"] * 1401})
        assert not too_long["success"]
    async with raw.private(shared_paper) as private:
        for topics in (
            ["position", "position.linear"],
            ["order.spot"],
            ["wallet.linear"],
            ["tickers.BTCUSDT"],
            [],
            "order",
        ):
            assert not (await private.ask({"op": "subscribe", "args": topics}))["success"]


async def test_spot_and_option_channels_have_no_topics(shared_paper):
    for channel in ("spot", "option"):
        async with raw.socket(shared_paper, f"/v5/public/{channel}") as public:
            assert not (await public.ask({"op": "subscribe", "args": ["tickers.BTCUSDT"]}))["success"]


async def test_system_status_is_there_and_silent(shared_paper):
    async with raw.socket(shared_paper, "/v5/public/misc/status") as status:
        assert (await status.ask({"op": "subscribe", "args": ["system.status"]}))["success"]
        assert not (await status.ask({"op": "subscribe", "args": ["tickers.BTCUSDT"]}))["success"]


async def test_private_topics_start_with_nothing_and_tell_a_trade_in_order(shared_paper):
    async with raw.private(shared_paper, "position", "order", "execution", "wallet") as private:
        assert await private.silent_for(0.15)
    async with raw.private(shared_paper, "position", "order", "execution", "wallet") as private:
        shared_paper.do("/v5/order/create", **SELL)
        while not private.heard or private.heard[-1]["topic"] != "wallet":
            await private.next()
        told = [message["topic"] for message in private.heard]
        assert told.index("order") < told.index("execution") < told.index("position") < told.index("wallet")
        position = next(m for m in private.heard if m["topic"] == "position")["data"][0]
        execution = next(m for m in private.heard if m["topic"] == "execution")["data"][0]
        assert position["seq"] == execution["seq"]
        assert "entryPrice" in position
        assert "avgPrice" not in position
        row = shared_paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]
        assert position["size"] == row["size"]


async def test_category_topics_and_fast_executions(shared_paper):
    async with raw.private(shared_paper, "position.linear", "execution.fast.linear", "order.inverse") as private:
        shared_paper.do("/v5/order/create", **SELL)
        fast = await private.next_of("execution.fast.linear")
        assert set(fast["data"][0]) <= {
            "category", "symbol", "execId", "execPrice", "execQty", "orderId", "isMaker", "orderLinkId", "side",
            "execTime", "seq",
        }  # fmt: skip
        assert (await private.next_of("position.linear"))["data"][0]["symbol"] == "SOLUSDT"
        assert "order.inverse" not in {message["topic"] for message in private.heard}


async def test_funding_is_no_fast_execution(shared_paper):
    async with raw.private(shared_paper, "execution", "execution.fast") as private:
        shared_paper.incident("fund", symbol="LINKUSDT")
        assert (await private.next_of("execution"))["data"][0]["execType"] == "Funding"
        shared_paper.do("/v5/order/create", **SELL)
        fast = await private.next_of("execution.fast")
        assert fast["data"][0]["symbol"] == "SOLUSDT"
        assert [message["topic"] for message in private.heard].count("execution.fast") == 1


async def test_all_in_one_and_category_topic_double_the_messages(shared_paper):
    async with raw.private(shared_paper, "wallet") as private:
        await private.ask({"op": "subscribe", "args": ["position"]})
        await private.ask({"op": "subscribe", "args": ["position.linear"]})
        shared_paper.do("/v5/order/create", **SELL)
        await private.next_of("wallet")
        topics = [message.get("topic") for message in private.heard]
        assert topics.count("position") == topics.count("position.linear") >= 1


async def test_unsubscribe_stops_a_topic(live_paper):
    async with raw.socket(live_paper, "/v5/public/linear") as public:
        await public.ask({"op": "subscribe", "args": ["tickers.BTCUSDT"]})
        await public.next_of("tickers.BTCUSDT")
        await public.send({"op": "unsubscribe", "args": ["tickers.BTCUSDT"]})
        while (await public.next()).get("op") != "unsubscribe":
            continue
        assert await public.silent_for(0.6)


async def test_ticker_deltas_carry_changed_fields_only(live_paper):
    async with raw.socket(live_paper, "/v5/public/linear") as public:
        await public.ask({"op": "subscribe", "args": ["tickers.BTCUSDT"]})
        whole = (await public.next_of("tickers.BTCUSDT"))["data"]
        for _ in range(5):
            delta = await public.next_of("tickers.BTCUSDT")
            assert delta["type"] == "delta"
            changed = {name: value for name, value in delta["data"].items() if name != "symbol"}
            assert changed
            assert all(whole[name] != value for name, value in changed.items())
            whole |= changed


async def test_order_book_deltas_rebuild_the_book(live_paper):
    async with raw.socket(live_paper, "/v5/public/linear") as public:
        await public.ask({"op": "subscribe", "args": ["orderbook.50.ETHUSDT"]})
        first = await public.next_of("orderbook.50.ETHUSDT")
        bids, asks = (dict(first["data"][side]) for side in ("b", "a"))
        for _ in range(5):
            delta = (await public.next_of("orderbook.50.ETHUSDT"))["data"]
            for side, levels in (("b", bids), ("a", asks)):
                for price, size in delta[side]:
                    levels.pop(price, None) if size == "0" else levels.__setitem__(price, size)
        assert max(map(float, bids)) < min(map(float, asks))
        assert len(bids) == len(asks) == 50


async def test_kline_topic(live_paper):
    async with raw.socket(live_paper, "/v5/public/inverse") as public:
        await public.ask({"op": "subscribe", "args": ["kline.1.BTCUSD"]})
        for _ in range(2):
            candle = (await public.next_of("kline.1.BTCUSD"))["data"][0]
            assert float(candle["low"]) <= float(candle["close"]) <= float(candle["high"])
            assert isinstance(candle["start"], int)
            assert isinstance(candle["confirm"], bool)


async def test_idle_sockets_are_cut(paper_factory):
    paper = paper_factory()
    paper.control("settings", idle_s=0.3, sweep_s=0.05)
    async with raw.socket(paper, "/v5/private") as idle, raw.socket(paper, "/v5/private?max_active_time=1m") as patient:
        assert await idle.ended() is aiohttp.WSMsgType.CLOSE
        assert (await patient.ask({"op": "ping"}))["op"] == "pong"


async def test_traffic_keeps_a_socket_alive(paper_factory):
    paper = paper_factory()
    paper.control("settings", idle_s=0.8, sweep_s=0.05)
    async with raw.socket(paper, "/v5/private") as private:
        for _ in range(12):
            assert (await private.ask({"op": "ping"}))["op"] == "pong"
            await asyncio.sleep(0.1)


# ---- the trade socket ----


def order_frame(number, body, op="order.create", **header):
    stamp = {"X-BAPI-TIMESTAMP": str(time.time_ns() // 1_000_000), **header}
    return {"reqId": f"r-{number}", "header": stamp, "op": op, "args": [body]}


async def test_trade_socket_answers(shared_paper):
    async with raw.socket(shared_paper, "/v5/trade") as trade:
        refused = await trade.ask(order_frame(0, SELL))
        assert refused["retCode"] == 10003
        authed = await trade.ask({"reqId": "a", **raw.auth_frame(shared_paper)})
        assert (authed["retCode"], authed["op"], authed["reqId"]) == (0, "auth", "a")
        assert (await trade.ask(raw.auth_frame(shared_paper)))["retCode"] == 20001
        made = await trade.ask(order_frame(1, {**SELL, "orderLinkId": "trade-1"}))
        assert (made["retCode"], made["retMsg"], made["op"], made["reqId"]) == (0, "OK", "order.create", "r-1")
        assert made["data"]["orderLinkId"] == "trade-1"
        assert {"X-Bapi-Limit", "X-Bapi-Limit-Status", "X-Bapi-Limit-Reset-Timestamp", "Traceid", "Timenow"} <= set(
            made["header"]
        )
        order = shared_paper.rows("/v5/order/realtime", category="linear", orderId=made["data"]["orderId"])[0]
        assert order["orderStatus"] == "Filled"


async def test_trade_socket_refusals(shared_paper):
    async with raw.socket(shared_paper, "/v5/trade") as trade:
        await trade.ask(raw.auth_frame(shared_paper))
        late = order_frame(1, SELL, **{"X-BAPI-TIMESTAMP": str(time.time_ns() // 1_000_000 - 9_000)})
        assert (await trade.ask(late))["retCode"] == 10002
        assert (await trade.ask(order_frame(2, SELL, op="order.explode")))["retCode"] == 10404
        assert (await trade.ask({**order_frame(3, SELL), "args": []}))["retCode"] == 10001
        assert (await trade.ask({**order_frame(4, SELL), "header": None}))["retCode"] == 10001
        assert (await trade.ask(order_frame("x" * 40, SELL)))["retCode"] == 10001
        assert (await trade.ask(order_frame(5, {**SELL, "qty": 1})))["retCode"] == 10001
        assert (await trade.ask(order_frame(5, SELL)))["retCode"] == 20006
        assert (await trade.ask(order_frame(6, {**SELL, "symbol": "ADAUSDT"})))["retCode"] == 110017


async def test_trade_socket_auth_codes(shared_paper):
    frame = raw.auth_frame(shared_paper)
    frame["args"][2] = hmac.new(b"wrong", b"x", hashlib.sha256).hexdigest()
    async with raw.socket(shared_paper, "/v5/trade") as trade:
        assert (await trade.ask(frame))["retCode"] == 10004
        assert (await trade.ask({"op": "auth"}))["retCode"] == 10001


async def test_read_only_key_cannot_trade_over_the_socket(shared_paper):
    client = shared_paper.new_client("read_only")
    moment = time.time_ns() // 1_000_000 + 9_000
    sign = hmac.new(client.api_secret.encode(), f"GET/realtime{moment}".encode(), hashlib.sha256).hexdigest()
    async with raw.socket(shared_paper, "/v5/trade") as trade:
        assert (await trade.ask({"op": "auth", "args": [client.api_key, moment, sign]}))["retCode"] == 0
        assert (await trade.ask(order_frame(1, SELL)))["retCode"] == 10005


async def test_rest_and_trade_socket_share_the_limit(paper_factory):
    paper = paper_factory()
    body = {"category": "linear", "symbol": "SOLUSDT", "orderId": "x"}
    async with raw.socket(paper, "/v5/trade") as trade:
        await trade.ask(raw.auth_frame(paper))
        for number in range(5):
            paper.post("/v5/order/cancel", body)
            await trade.send(order_frame(number, body, op="order.cancel"))
        await trade.send(order_frame(9, body, op="order.cancel"))
        codes = [(await trade.next())["retCode"] for _ in range(6)]
    assert codes == [110001] * 5 + [10006]
