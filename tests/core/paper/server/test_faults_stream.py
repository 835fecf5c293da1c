"""Every fault of streams and sockets."""

import asyncio
import json
import time

import aiohttp
import pytest

from tests.core.paper.server import raw

SELL = {
    "category": "linear",
    "symbol": "SOLUSDT",
    "side": "Sell",
    "orderType": "Market",
    "qty": "0.1",
    "reduceOnly": True,
}
ENDED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


@pytest.fixture
def faulty(shared_paper):
    """The shared exchange; nothing stays armed."""
    yield shared_paper
    shared_paper.disarm()


async def trade(paper):
    """One fill, without stopping this loop."""
    return await asyncio.to_thread(paper.do, "/v5/order/create", **SELL)


async def test_drop(faulty):
    faulty.arm("drop", "execution")
    async with raw.private(faulty, "execution", "wallet") as private:
        await trade(faulty)
        await private.next_of("wallet")
        assert {message["topic"] for message in private.heard} == {"wallet"}


async def test_drop_some(faulty):
    faulty.arm("drop", "execution", probability=0.5, seed=3)
    async with raw.private(faulty, "execution", "wallet") as private:
        for _ in range(9):
            await trade(faulty)
            await private.next_of("wallet")
        executions = [message for message in private.heard if message["topic"] == "execution"]
        assert 1 <= len(executions) <= 8


async def test_duplicate(faulty):
    faulty.arm("duplicate", "execution", args={"times": 2})
    async with raw.private(faulty, "execution", "wallet") as private:
        await trade(faulty)
        await private.next_of("wallet")
        ids = [message["data"][0]["execId"] for message in private.heard if message["topic"] == "execution"]
        assert len(ids) == 3
        assert len(set(ids)) == 1


async def test_delay_message(faulty):
    faulty.arm("delay_message", "execution", count=1, args={"ms": 150})
    async with raw.private(faulty, "execution", "wallet") as private:
        await trade(faulty)
        await private.next_of("wallet")
        await private.next_of("execution")
        assert [message["topic"] for message in private.heard] == ["wallet", "execution"]


async def test_reorder(faulty):
    topics = ("position", "order", "execution", "wallet")

    async def told(count, seed=None):
        """Topics of the messages of one trade: up to the wallet, or so many of them when they come shuffled."""
        faulty.disarm()
        if seed is not None:
            faulty.arm("reorder", {"socket": "private"}, seed=seed, args={"window_ms": 60})
        async with raw.private(faulty, *topics) as private:
            await trade(faulty)
            while len(private.heard) < count or (seed is None and private.heard[-1]["topic"] != "wallet"):
                await private.next()
            return [message["topic"] for message in private.heard]

    straight = await told(4)
    shuffled = [await told(len(straight), seed) for seed in (1, 2, 1)]
    assert all(sorted(one) == sorted(straight) for one in shuffled)
    assert any(one != straight for one in shuffled)
    assert shuffled[0] == shuffled[2]


async def test_replay(faulty):
    faulty.arm("replay", "execution", count=1, args={"after_ms": 120})
    async with raw.private(faulty, "execution") as private:
        await trade(faulty)
        first, again = await private.next(), await private.next()
        assert first["data"] == again["data"]


async def test_seq_reset(faulty):
    async with raw.private(faulty, "position") as private:
        await trade(faulty)
        before = (await private.next())["data"][0]["seq"]
        faulty.arm("seq_reset", "position", args={"subtract": 10**10})
        await trade(faulty)
        assert (await private.next())["data"][0]["seq"] < before


async def test_spoilt_rows(faulty):
    faulty.arm("bad_number", "position", count=1, args={"field": "size", "json": "NaN"})
    async with raw.private(faulty, "position") as private:
        await trade(faulty)
        message = await private.ws.receive(2)
        assert '"size":NaN' in message.data
        for fault, args, seen in (
            ("set_field", {"field": "size", "value": None}, '"size":null'),
            ("unknown_enum", {"field": "positionStatus"}, '"positionStatus":"Frozen"'),
            ("unknown_field", {}, '"newField2031":"1"'),
            ("duplicate_key", {"field": "side", "value": "Both"}, '"side":"Both"'),
            ("shape", {"json": "null"}, '"data":null'),
            ("deep_json", {"depth": 5000}, "[" * 5000),
        ):
            faulty.disarm()
            faulty.arm(fault, "position", count=1, args=args)
            await trade(faulty)
            while seen not in (message := await private.ws.receive(2)).data:
                continue


async def test_the_next_message_is_whole_again(faulty):
    """A spoilt message does not spoil what the engine holds."""
    faulty.arm("set_field", "position", count=1, args={"field": "size", "value": "x", "rows": "all"})
    async with raw.private(faulty, "position") as private:
        await trade(faulty)
        assert (await private.next())["data"][0]["size"] == "x"
    assert float(faulty.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]["size"]) > 0


async def test_cut_and_huge_frames(faulty):
    async with raw.private(faulty, "wallet") as private:
        faulty.arm("cut_json", "wallet", count=1)
        await trade(faulty)
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            json.loads((await private.ws.receive(2)).data)
        faulty.arm("huge", "wallet", count=1, args={"megabytes": 2})
        await trade(faulty)
        assert len((await private.ws.receive(2)).data) > 2_000_000


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_hang_up_between_two_messages(faulty, how, when):
    faulty.arm("hang_up", "execution", count=1, args={"how": how, "when": when})
    async with raw.private(faulty, "order", "execution", "wallet") as private:
        await trade(faulty)
        topics = []
        while (message := await private.ws.receive(2)).type is aiohttp.WSMsgType.TEXT:
            topics.append(json.loads(message.data)["topic"])
        assert message.type in ENDED
        assert "wallet" not in topics
        assert ("execution" in topics) is (when == "after")


async def test_freeze_keeps_the_socket_but_says_nothing(faulty):
    async with raw.private(faulty, "wallet") as private, raw.socket(faulty, "/v5/public/linear") as public:
        faulty.arm("freeze", {"socket": "private"})
        await trade(faulty)
        await private.send({"op": "ping"})
        await private.ws.ping()
        assert await private.silent_for(0.2)
        assert not private.ws.closed
        assert (await public.ask({"op": "ping"}))["ret_msg"] == "pong"
        faulty.disarm()
        assert (await private.ask({"op": "ping"}))["op"] == "pong"


async def test_no_pong(faulty):
    faulty.arm("no_pong", {"socket": "private"})
    async with raw.private(faulty, "wallet") as private:
        await private.send({"op": "ping"})
        await private.ws.ping()
        assert await private.silent_for(0.1)
        await trade(faulty)
        assert (await private.next())["topic"] == "wallet"


async def test_refuse_upgrade(faulty):
    faulty.arm("refuse_upgrade", {"socket": "private"}, count=1)
    with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
        async with raw.socket(faulty, "/v5/private"):
            pass
    async with raw.private(faulty):
        pass


async def test_refuse_auth_and_topic(faulty):
    faulty.arm("refuse_auth", count=1, args={"msg": "error:USVC1111"})
    faulty.arm("refuse_topic", "wallet", count=1)
    async with raw.socket(faulty, "/v5/private") as private:
        assert (await private.ask(raw.auth_frame(faulty)))["ret_msg"] == "error:USVC1111"
        assert (await private.ask(raw.auth_frame(faulty)))["success"]
        assert not (await private.ask({"op": "subscribe", "args": ["order", "wallet"]}))["success"]
        assert (await private.ask({"op": "subscribe", "args": ["order", "wallet"]}))["success"]


async def test_lose_ack_and_deaf(faulty):
    faulty.arm("lose_ack", "wallet", count=1)
    faulty.arm("deaf", "position", count=1)
    async with raw.private(faulty) as private:
        await private.send({"op": "subscribe", "args": ["wallet"]})
        assert (await private.ask({"op": "subscribe", "args": ["position"]}))["success"]
        await trade(faulty)
        await private.next_of("wallet")
        assert "position" not in {message.get("topic") for message in private.heard}


async def test_drop_on_subscribe(faulty):
    faulty.arm("drop_on_subscribe", "order", count=1)
    async with raw.socket(faulty, "/v5/private") as private:
        await private.ask(raw.auth_frame(faulty))
        await private.send({"op": "subscribe", "args": ["order"]})
        assert await private.ended() in ENDED


async def test_flood(faulty):
    async with raw.socket(faulty, "/v5/public/linear") as public:
        await public.ask({"op": "subscribe", "args": ["tickers.SOLUSDT", "tickers.BTCUSDT"]})
        faulty.arm("flood", args={"per_second": 2000})
        started = time.monotonic()
        for _ in range(1000):
            await public.next()
        assert time.monotonic() - started > 0.3  # 1,000 at 2,000 per second


async def test_drop_sockets(faulty):
    async with raw.private(faulty) as private, raw.socket(faulty, "/v5/public/linear") as public:
        assert faulty.control("drop_sockets", socket="private")["dropped"] >= 1
        assert await private.ended() is aiohttp.WSMsgType.CLOSE
        assert faulty.control("drop_sockets", socket="public", how="reset")["dropped"] >= 1
        assert await public.ended() in ENDED


# ---- the trade socket meets the faults of requests ----


async def open_trade(paper, socket):
    await socket.ask(raw.auth_frame(paper))
    stamp = str(time.time_ns() // 1_000_000)
    return {"reqId": stamp, "header": {"X-BAPI-TIMESTAMP": stamp}, "op": "order.create", "args": [SELL]}


async def test_trade_socket_faults(faulty):
    def sold():
        return len(faulty.rows("/v5/execution/list", category="linear", symbol="SOLUSDT", execType="Trade", limit=100))

    before = sold()
    async with raw.socket(faulty, "/v5/trade") as trade_socket:
        frame = await open_trade(faulty, trade_socket)
        faulty.arm("ret_code", {"op": "order.create"}, count=1, args={"code": 10016, "executed": True})
        assert (await trade_socket.ask(frame))["retCode"] == 10016
        assert sold() == before + 1
        faulty.arm("hang", {"socket": "trade"}, count=1, args={"executed": False})
        await trade_socket.send({**frame, "reqId": "2"})
        assert await trade_socket.silent_for(0.15)
        assert sold() == before + 1
    async with raw.socket(faulty, "/v5/trade") as trade_socket:
        frame = await open_trade(faulty, trade_socket)
        faulty.arm("reset_after", {"socket": "trade"}, count=1)
        await trade_socket.send(frame)
        assert await trade_socket.ended() in ENDED
        assert sold() == before + 2


# ---- incidents through the control port ----


async def test_held_fills(paper):
    paper.hold_fills()
    async with raw.private(paper, "position", "order") as private:
        size = paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]["size"]
        made = await trade(paper)
        assert paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]["size"] == size
        paper.release_fills()
        while (await private.next_of("position"))["data"][0]["size"] == size:
            continue
    order = paper.rows("/v5/order/realtime", category="linear", orderId=made["orderId"])[0]
    assert order["orderStatus"] == "Filled"


async def test_a_price_incident_triggers_a_stop_and_is_streamed(paper):
    position = paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]
    async with raw.private(paper, "position") as private, raw.socket(paper, "/v5/public/linear") as public:
        await public.ask({"op": "subscribe", "args": ["tickers.SOLUSDT"]})
        await public.next()
        below = str(float(position["stopLoss"]) - 1)
        paper.incident("price", symbol="SOLUSDT", last=below, mark=below, index=below)
        assert float((await public.next())["data"]["markPrice"]) == float(below)
        while (await private.next())["data"][0]["size"] != "0":
            continue
    assert paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]["size"] == "0"


async def test_what_the_exchange_does_by_itself(paper):
    async with raw.private(paper, "execution") as private:
        for incident, arguments, exec_type in (
            ("fund", {"symbol": "LINKUSDT"}, "Funding"),
            ("adl", {"symbol": "LINKUSDT", "percent": "30"}, "AdlTrade"),
            ("liquidate", {"symbol": "LINKUSDT"}, "BustTrade"),
            ("settle", {"symbol": "SOLUSDT"}, "Settle"),
        ):
            paper.incident(incident, **arguments)
            message = await private.next()
            assert message["data"][0]["execType"] == exec_type
