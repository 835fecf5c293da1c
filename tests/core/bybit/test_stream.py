"""The streams over real sockets: every frame once and in order, every death noticed, nothing green but deaf."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from core.bybit.client import Client
from core.bybit.stream import PrivateStream, TickerStream
from core.errors import AuthFailed, Unreachable
from core.events import (
    ExecutionReported,
    FrameRefused,
    OrderReported,
    PositionReported,
    PriceReported,
    WalletReported,
)
from tests.core.bybit import rows
from tests.core.bybit.servers import (
    KEY,
    Peer,
    WsServer,
    deaf_ws_server,
    http,
    http_server,
    new_client,
    until,
    ws_server,
)

DEAD = "ws://127.0.0.1:9"


class Heard(list[Any]):
    """What a stream posted."""

    def of(self, kind: type) -> list[Any]:
        return [event for event in self if isinstance(event, kind)]


@asynccontextmanager
async def server_and_client() -> AsyncIterator[tuple[WsServer, Client]]:
    async with ws_server() as server:
        client = new_client("http://127.0.0.1:9", server.url)
        try:
            yield server, client
        finally:
            await client.close()


@asynccontextmanager
async def private(server: WsServer, client: Client, **times: float) -> AsyncIterator[tuple[PrivateStream, Heard, Peer]]:
    heard = Heard()
    stream = PrivateStream(client.exchanges[0], heard.append, client._clock, **times)
    try:
        await stream.open()
        yield stream, heard, server.peers[-1]
    finally:
        await stream.close()


@asynccontextmanager
async def tickers(server: WsServer, client: Client, **times: float) -> AsyncIterator[tuple[TickerStream, Heard, Peer]]:
    heard = Heard()
    stream = TickerStream(client.exchanges[0], "linear", heard.append, client._clock, **times)
    try:
        await stream.open()
        await until(lambda: server.peers)
        yield stream, heard, server.peers[-1]
    finally:
        await stream.close()


def frame(topic: str, *data: Any) -> dict[str, Any]:
    return {"id": "x", "topic": topic, "creationTime": 1_700_000_000_000, "data": list(data)}


def execution(number: int) -> dict[str, Any]:
    return {**rows.EXECUTION, "category": "linear", "execId": f"e-{number}", "execPnl": "1.5"}


def ticker(kind: str = "snapshot", symbol: str = "SOLUSDT", **data: Any) -> dict[str, Any]:
    full = rows.TICKER if kind == "snapshot" else {}
    row = {**full, "symbol": symbol, **data}
    return {"topic": f"tickers.{symbol}", "type": kind, "data": row, "cs": 1, "ts": 1_700_000_000_000}


class TestOpening:
    """Connect, sign in, subscribe, and wait for every answer."""

    async def test_signs_in_before_it_subscribes_to_all_four(self):
        async with server_and_client() as (server, client), private(server, client) as (_stream, heard, peer):
            assert peer.path == "/v5/private"
            assert [message["op"] for message in peer.heard] == ["auth", "subscribe"]
            assert peer.heard[0]["args"][0] == KEY
            assert peer.heard[1]["args"] == ["position", "order", "execution", "wallet"]
            assert heard == []

    @pytest.mark.parametrize("text", ["Params Error", "error:USVC1111", ""])
    async def test_a_refused_signature(self, text):
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.refused_ops.update(auth=text or "x")
            with pytest.raises(AuthFailed, match="stream_auth_failed"):
                async with private(server, client):
                    pass
            await until(lambda: server.peers[0].socket.closed)

    async def test_a_refused_topic_is_not_an_open_stream(self):
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.bad_topics.add("order")
            with pytest.raises(Unreachable, match="topic_refused"):
                async with private(server, client):
                    pass
            await until(lambda: server.peers[0].socket.closed)

    @pytest.mark.parametrize("op", ["auth", "subscribe"])
    async def test_a_lost_answer(self, op):
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.silent_ops.add(op)
            with pytest.raises(Unreachable, match="no_ack"):
                async with private(server, client, ack_s=0.1):
                    pass
            await until(lambda: server.peers[0].socket.closed)

    async def test_a_failed_opening_hangs_up_by_itself(self):
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.bad_topics.add("order")
            stream = client.private(lambda event: None)
            with pytest.raises(Unreachable):
                await stream.open()
            await until(lambda: server.peers[0].socket.closed)
            assert not [task for task in asyncio.all_tasks() if task.get_name().startswith(("read ws", "ping ws"))]

    async def test_a_socket_that_dies_while_it_is_asked(self):
        async with server_and_client() as (server, client):

            async def hang_up(peer: Peer) -> None:
                await peer.socket.close()

            server.greet = hang_up
            with pytest.raises(Unreachable) as caught:
                async with private(server, client):
                    pass
            assert caught.value.code in {"stream_closed", "stream_lost"}

    async def test_nobody_there(self):
        client = new_client("http://127.0.0.1:9", DEAD)
        with pytest.raises(Unreachable, match="no_stream"):
            await client.private(lambda event: None).open()
        await client.close()

    async def test_a_page_instead_of_a_socket(self):
        async with http_server() as server:
            server.answer(http("<html>", kind="text/html"))
            client = new_client("http://127.0.0.1:9", server.url.replace("http", "ws"))
            with pytest.raises(Unreachable, match="no_stream"):
                await client.private(lambda event: None).open()
            await client.close()

    async def test_a_redirected_handshake_is_refused(self):
        async def redirect(_request: web.Request) -> web.Response:
            raise web.HTTPFound(DEAD.replace("ws", "http"))

        app = web.Application()
        app.router.add_get("/{path:.*}", redirect)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        client = new_client("http://127.0.0.1:9", f"ws://127.0.0.1:{site._server.sockets[0].getsockname()[1]}")
        with pytest.raises(Unreachable) as caught:
            await client.private(lambda event: None).open()
        assert "refused" in str(caught.value)
        await client.close()
        await runner.cleanup()

    async def test_an_answer_without_our_id_is_taken_by_its_kind(self):
        async with server_and_client() as (server, client):
            answer = Peer._answer
            server.prepare = lambda peer: setattr(
                peer, "_answer", lambda message: {k: v for k, v in answer(peer, message).items() if k != "req_id"}
            )
            async with private(server, client) as (_stream, heard, peer):
                await peer.say(frame("order", {**rows.ORDER, "category": "linear"}))
                await until(lambda: heard)


class TestPrivateFrames:
    """Frames become facts."""

    async def test_each_topic(self):
        async with server_and_client() as (server, client), private(server, client) as (stream, heard, peer):
            position = {**rows.POSITION, "category": "linear", "entryPrice": "98.22"}
            del position["avgPrice"]
            before = stream.last_mono
            await peer.say(frame("position", position))
            await peer.say(frame("order.linear", {**rows.ORDER, "category": "linear"}))
            await peer.say(frame("execution", execution(1), execution(2)))
            await peer.say(frame("wallet", rows.WALLET, {**rows.WALLET, "accountType": "CONTRACT"}))
            await until(lambda: len(heard) == 5)
            kinds = [PositionReported, OrderReported, ExecutionReported, ExecutionReported, WalletReported]
            assert [type(event) for event in heard] == kinds
            assert {event.source for event in heard} == {"stream"}
            assert heard[0].position.received_mono >= before
            assert heard[2].execution.exec_pnl is not None
            assert heard[4].wallet.updated_ms == 1_700_000_000_000
            assert stream.last_mono >= before

    async def test_a_thousand_frames_in_one_burst_arrive_all_and_in_order(self):
        async with server_and_client() as (server, client), private(server, client) as (_stream, heard, peer):
            for number in range(1_000):
                await peer.say(frame("execution", execution(number)))
            await until(lambda: len(heard) == 1_000)
            assert [event.execution.exec_id for event in heard] == [f"e-{number}" for number in range(1_000)]

    async def test_a_bad_row_is_reported_and_its_neighbours_are_read(self):
        async with server_and_client() as (server, client), private(server, client) as (_stream, heard, peer):
            bad = {**execution(2), "execQty": "1e5"}
            await peer.say(
                frame("execution", execution(1), bad, execution(3), "row", {**execution(4), "isMaker": "no"})
            )
            await until(lambda: len(heard) == 5)
            kinds = [type(event).__name__ for event in heard]
            refused = "FrameRefused"
            assert kinds == ["ExecutionReported", refused, "ExecutionReported", refused, refused]
            assert (heard[1].topic, heard[1].code) == ("execution", "bad_row")
            assert "execQty" in heard[1].excerpt

    @pytest.mark.parametrize(
        "text",
        ["", "null", "[]", '"x"', "{", '{"topic":5}', '{"topic":"position","data":{}}', '{"topic":"position"}',
         '{"topic":"greeks","data":[]}', '{"op":"hello"}', "{}", "[" * 100_000 + "]" * 100_000,
         '{"topic":"position","data":NaN}',
         '{"topic":"order","data":null}', '{"topic":"position","data":[1]}', '{"topic":"\\ud800","data":[]}'],
    )  # fmt: skip
    async def test_a_frame_that_does_not_fit_is_reported_and_the_stream_goes_on(self, text):
        async with server_and_client() as (server, client), private(server, client) as (_stream, heard, peer):
            await peer.say(text)
            await peer.say(frame("execution", execution(1)))
            await until(lambda: heard.of(ExecutionReported))
            assert len(heard.of(FrameRefused)) == 1
            assert len(heard[0].excerpt) <= 500
            assert heard[0].excerpt.isprintable()

    async def test_binary_frames_end_the_stream(self):
        async with server_and_client() as (server, client), private(server, client) as (stream, _heard, peer):
            await peer.socket.send_bytes(b"\x00")
            with pytest.raises(Unreachable, match="BINARY"):
                await stream.closed()

    async def test_spot_and_options_share_the_topics_and_are_left_out(self):
        async with server_and_client() as (server, client), private(server, client) as (_stream, heard, peer):
            for category in ("spot", "option", "martian"):
                await peer.say(frame("order", {**rows.ORDER, "category": category}))
            await peer.say(frame("execution", execution(1)))
            await until(lambda: heard.of(ExecutionReported))
            assert [type(event) for event in heard] == [FrameRefused, ExecutionReported]

    async def test_a_frame_over_the_limit_ends_the_stream(self):
        async with server_and_client() as (server, client), private(server, client) as (stream, heard, peer):
            await peer.say("x" * 1_100_000)
            with pytest.raises(Unreachable, match="1009"):
                await stream.closed()
            assert heard == []

    async def test_a_receiver_that_raises_ends_the_stream_with_its_error(self):
        def broken(_event: object) -> None:
            raise ZeroDivisionError("a bug of ours")

        async with server_and_client() as (server, client):
            stream = PrivateStream(client.exchanges[0], broken, client._clock)
            await stream.open()
            await server.peers[0].say(frame("execution", execution(1)))
            with pytest.raises(ZeroDivisionError):
                await stream.closed()
            await stream.close()


class TestDying:
    """Dead within 15 s, whatever kills it."""

    async def test_an_answered_ping_keeps_it_alive_and_tells_the_latency(self):
        async with server_and_client() as (server, client):
            async with private(server, client, ping_s=0.02, pong_s=1.0) as (stream, heard, peer):
                await until(lambda: [message["op"] for message in peer.heard].count("ping") >= 3)
                assert stream.latency_ms is not None
                assert heard == []
            async with tickers(server, client, ping_s=0.02, pong_s=1.0) as (stream, heard, peer):
                await until(lambda: [message["op"] for message in peer.heard].count("ping") >= 3)
                assert stream.latency_ms is not None
                assert heard == []

    async def test_data_without_pongs_is_a_dead_peer_too(self):
        """A lossy "alive" stream: frames go on while pings stay unanswered."""
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.silent_ops.add("ping")
            async with private(server, client, ping_s=0.05, pong_s=0.15) as (stream, _heard, peer):
                talking = asyncio.create_task(self.talk(peer))
                with pytest.raises(Unreachable, match="no_pong"):
                    await asyncio.wait_for(stream.closed(), 60.0)
                talking.cancel()
                await asyncio.gather(talking, return_exceptions=True)

    async def talk(self, peer: Peer) -> None:
        number = 0
        while True:
            number += 1
            await peer.say(frame("execution", execution(number)))
            await asyncio.sleep(0.01)

    async def test_an_old_pong_does_not_count_for_a_new_ping(self):
        async with (
            server_and_client() as (server, client),
            private(server, client, ping_s=0.05, pong_s=0.1) as (stream, _heard, peer),
        ):
            await until(lambda: stream.latency_ms is not None)
            peer.silent_ops.add("ping")
            with pytest.raises(Unreachable, match="no_pong"):
                await asyncio.wait_for(stream.closed(), 60.0)

    async def test_half_open(self):
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.silent_ops.add("ping")
            async with private(server, client, ping_s=0.05, pong_s=0.05) as (stream, _heard, _peer):
                with pytest.raises(Unreachable, match="no_pong"):
                    await asyncio.wait_for(stream.closed(), 60.0)

    @pytest.mark.parametrize("how", ["close", "abort"])
    async def test_hung_up_by_the_peer(self, how):
        async with server_and_client() as (server, client), private(server, client) as (stream, _heard, peer):
            if how == "close":
                await peer.socket.close(code=1001, message=b"maintenance")
            else:
                transport = peer.socket._req.transport  # type: ignore[union-attr]  # a TCP reset needs the transport
                transport.abort()
            with pytest.raises(Unreachable) as caught:
                await asyncio.wait_for(stream.closed(), 60.0)
            assert caught.value.code == ("stream_closed" if how == "close" else "stream_lost")

    async def test_after_its_death_nothing_can_be_asked(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, _heard, peer):
            await peer.socket.close()
            with pytest.raises(Unreachable):
                await stream.closed()
            with pytest.raises(Unreachable):
                await stream.set_symbols(["SOLUSDT"])

    async def test_closing_is_quiet_and_can_be_done_twice(self, caplog):
        caplog.set_level(logging.WARNING)
        async with server_and_client() as (server, client):
            async with private(server, client) as (stream, _heard, peer):
                waiting = asyncio.create_task(stream.closed())
                await asyncio.sleep(0)
                await stream.close()
                await asyncio.wait_for(waiting, 60.0)
                await stream.close()
                await until(lambda: peer.socket.closed)
            leftovers = [task for task in asyncio.all_tasks() if task.get_name().startswith(("read ws", "ping ws"))]
            assert leftovers == []
        assert caplog.text == ""

    async def test_closing_a_stream_that_never_opened(self):
        client = new_client("http://127.0.0.1:9", DEAD)
        stream = client.private(lambda event: None)
        await stream.close()
        await stream.closed()
        await client.close()

    async def test_a_peer_that_ignores_the_close_costs_little(self):
        async with deaf_ws_server() as url:
            client = new_client("http://127.0.0.1:9", url)
            stream = client.tickers("linear", lambda event: None)
            await stream.open()
            async with asyncio.timeout(3.0):
                await stream.close()
            await client.close()


class TestTickers:
    """Snapshots, deltas, and symbols that come and go."""

    async def test_deltas_are_merged(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, heard, peer):
            assert peer.path == "/v5/public/linear"
            assert await stream.set_symbols(["SOLUSDT"]) == frozenset()
            assert peer.subscribed == ["tickers.SOLUSDT"]
            await peer.say(ticker())
            await peer.say(ticker("delta", markPrice="123.00"))
            await peer.say(ticker("delta", bid1Price="122.90", ask1Price="123.10"))
            await until(lambda: len(heard) == 3)
            assert [type(event) for event in heard] == [PriceReported] * 3
            price = heard[-1].price
            assert [str(value) for value in (price.mark_price, price.bid_price, price.ask_price, price.last_price)] == [
                "123.00", "122.90", "123.10", "122.45",
            ]  # fmt: skip
            assert (price.source, price.ts_ms, price.category) == ("stream", 1_700_000_000_000, "linear")

    async def test_a_delta_before_its_snapshot_makes_no_symbol(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, heard, peer):
            await stream.set_symbols(["SOLUSDT"])
            await peer.say(ticker("delta", markPrice="123.00"))
            await peer.say(ticker())
            await until(lambda: heard)
            assert [str(event.price.mark_price) for event in heard] == ["122.43"]

    async def test_a_bad_delta_changes_nothing_and_the_next_one_counts(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, heard, peer):
            await stream.set_symbols(["SOLUSDT"])
            await peer.say(ticker())
            await peer.say(ticker("delta", markPrice="0", lastPrice="1"))
            await peer.say(ticker("delta", lastPrice="NaN"))
            await peer.say(ticker("delta", lastPrice=5))
            await peer.say({**ticker("delta", lastPrice="5"), "topic": "tickers.BTCUSDT"})
            await peer.say({**ticker("delta", "BTCUSDT", lastPrice="6"), "topic": "tickers.SOLUSDT"})
            await peer.say({**ticker("delta", lastPrice="7"), "type": "martian"})
            await peer.say(ticker("delta", lastPrice="124"))
            await until(lambda: len(heard) == 8)
            refused = heard.of(FrameRefused)
            assert {event.topic for event in refused} == {"tickers.SOLUSDT", "tickers.BTCUSDT"}
            assert [event.code for event in refused] == ["bad_row", "bad_row", "bad_shape", *["bad_row"] * 3]
            price = heard[-1].price
            assert (str(price.mark_price), str(price.last_price)) == ("122.43", "124")

    async def test_symbols_come_and_go_and_come_back_without_old_prices(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, heard, peer):
            await stream.set_symbols(["SOLUSDT", "BTCUSDT"])
            await peer.say(ticker())
            await until(lambda: heard)
            await stream.set_symbols(["BTCUSDT"])
            assert peer.heard[-1]["op"] == "unsubscribe"
            assert peer.heard[-1]["args"] == ["tickers.SOLUSDT"]
            await peer.say(ticker("delta", markPrice="1"))
            await stream.set_symbols(["BTCUSDT", "SOLUSDT"])
            assert (peer.heard[-1]["op"], peer.heard[-1]["args"]) == ("subscribe", ["tickers.SOLUSDT"])
            await peer.say(ticker("delta", markPrice="2"))
            await peer.say(ticker(markPrice="3"))
            await until(lambda: len(heard) == 2)
            assert str(heard[-1].price.mark_price) == "3"

    async def test_the_same_symbols_again_ask_nothing(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, _heard, peer):
            await stream.set_symbols(["SOLUSDT"])
            asked = len(peer.heard)
            await stream.set_symbols(["SOLUSDT"])
            assert len(peer.heard) == asked

    async def test_a_new_stream_knows_nothing_of_the_old_one(self):
        async with server_and_client() as (server, client):
            async with tickers(server, client) as (stream, heard, peer):
                await stream.set_symbols(["SOLUSDT"])
                await peer.say(ticker())
                await until(lambda: heard)
            async with tickers(server, client) as (stream, heard, peer):
                await stream.set_symbols(["SOLUSDT"])
                await peer.say(ticker("delta", markPrice="1"))
                await peer.say(ticker("delta", symbol="BTCUSDT", markPrice="1"))
                await peer.say("{}")
                await until(lambda: heard.of(FrameRefused))
                assert heard.of(PriceReported) == []

    async def test_one_refused_symbol_does_not_silence_the_others(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, heard, peer):
            peer.bad_topics.add("tickers.GONEUSDT")
            assert await stream.set_symbols(["GONEUSDT", "SOLUSDT"]) == {"GONEUSDT"}
            assert peer.subscribed == ["tickers.SOLUSDT"]
            assert [(event.topic, event.code) for event in heard] == [("tickers.GONEUSDT", "topic_refused")]
            asked = len(peer.heard)
            assert await stream.set_symbols(["GONEUSDT", "SOLUSDT"]) == {"GONEUSDT"}
            assert len(peer.heard) == asked
            await peer.say(ticker())
            await until(lambda: heard.of(PriceReported))

    async def test_many_symbols_are_asked_for_in_batches(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, _heard, peer):
            names = [f"COIN{number}USDT" for number in range(250)]
            await stream.set_symbols(names)
            assert sorted(peer.subscribed) == sorted(f"tickers.{name}" for name in names)
            assert max(len(message["args"]) for message in peer.heard) <= 100

    async def test_two_changes_at_once_end_in_the_last(self):
        async with server_and_client() as (server, client), tickers(server, client) as (stream, _heard, peer):
            await asyncio.gather(stream.set_symbols(["SOLUSDT", "BTCUSDT"]), stream.set_symbols(["BTCUSDT"]))
            assert [message["op"] for message in peer.heard] == ["subscribe", "unsubscribe"]

    async def test_a_lost_answer(self):
        async with server_and_client() as (server, client):
            server.prepare = lambda peer: peer.silent_ops.add("subscribe")
            async with tickers(server, client, ack_s=0.1) as (stream, _heard, _peer):
                with pytest.raises(Unreachable, match="no_ack"):
                    await stream.set_symbols(["SOLUSDT"])


async def test_on_qts_loop(qt_loop, qapp):
    """The same socket code on qasync's loop, as in the app: a burst, pings, a clean end."""
    async with (
        server_and_client() as (server, client),
        private(server, client, ping_s=0.05, pong_s=1.0) as (stream, heard, peer),
    ):
        for number in range(200):
            await peer.say(frame("execution", execution(number)))
        await until(lambda: len(heard) == 200 and stream.latency_ms is not None)
        assert [event.execution.exec_id for event in heard] == [f"e-{number}" for number in range(200)]
