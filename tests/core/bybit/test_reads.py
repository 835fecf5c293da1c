"""Every read against every broken answer of RELIABILITY 1.1 (real sockets, real ccxt): an error, never a part."""

import asyncio
import gzip
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from core.bybit.gateway import Gateway
from core.errors import AuthFailed, BadFrame, ExchangeError, RateLimited, Rejected, Unreachable
from tests.core.bybit import rows
from tests.core.bybit.servers import KEY, Asked, Raw, envelope, http, page, rest_client

Read = Callable[[Gateway], Coroutine[Any, Any, Any]]

LISTS: dict[str, tuple[Read, Any]] = {
    "positions": (lambda g: g.fetch_positions("linear", "USDT"), rows.POSITION),
    "position": (lambda g: g.fetch_position("linear", "SOLUSDT"), rows.POSITION),
    "orders": (lambda g: g.fetch_open_orders("linear", "USDT"), rows.ORDER),
    "order": (lambda g: g.fetch_order("linear", "SOLUSDT", "pmAAAA01"), rows.ORDER),
    "executions": (lambda g: g.fetch_executions("linear", 0, 1000), rows.EXECUTION),
    "executions_of": (lambda g: g.fetch_executions_of("linear", "pmAAAA01"), rows.EXECUTION),
    "closed_pnl": (lambda g: g.fetch_closed_pnl("linear", 0, 1000), rows.CLOSED_PNL),
    "wallet": (lambda g: g.fetch_wallet(), rows.WALLET),
    "fee_rates": (lambda g: g.fetch_fee_rates("linear"), rows.FEE_RATE),
    "candles": (lambda g: g.fetch_candles("linear", "SOLUSDT", "5", 200), rows.CANDLE),
    "instruments": (lambda g: g.fetch_instruments("linear"), rows.INSTRUMENT),
    "prices": (lambda g: g.fetch_prices("linear"), rows.TICKER),
}
OTHERS: dict[str, Read] = {
    "time": lambda g: g.fetch_time_offset_ms(),
    "account": lambda g: g.fetch_account(),
    "order_book": lambda g: g.fetch_order_book("linear", "SOLUSDT", 50),
}
READS = {**{name: read for name, (read, _row) in LISTS.items()}, **OTHERS}

GOOD_PAGE = json.dumps({"retCode": 0, "result": {"list": [{}], "nextPageCursor": ""}})
BROKEN: dict[str, Raw] = {
    "html": http("<html><body>Sign in to the airport network</body></html>", kind="text/html"),
    "empty": http(""),
    "null": http("null"),
    "text": http('"OK"'),
    "array": http("[]"),
    "object": http("{}"),
    "result missing": http('{"retCode":0}'),
    "result empty": envelope({}),
    "result null": envelope(None),
    "result array": envelope([]),
    "result text": envelope("list"),
    "list null": envelope({"list": None}),
    "list object": envelope({"list": {"a": 1}}),
    "list text": envelope({"list": "[]"}),
    "cut in the middle": http(GOOD_PAGE[: len(GOOD_PAGE) // 2]),
    "nan": http('{"retCode":0,"result":{"list":[],"nextPageCursor":"","x":NaN}}'),
    "deep": http('{"retCode":0,"result":{"list":' + "[" * 100_000 + "]" * 100_000 + "}}"),
    "not utf-8": http(b'{"retCode":0,"retMsg":"\xff\xfe","result":{"list":[]}}'),
    "lone surrogate": http('{"retCode":0,"retMsg":"\\ud800","result":{"list":[]}}'),
    "retCode missing": http('{"result":{"list":[]}}'),
    "retCode text": http('{"retCode":"0","result":{"list":[]}}'),
    "retCode float": http('{"retCode":0.0,"result":{"list":[]}}'),
    "retCode true": http('{"retCode":true,"result":{"list":[]}}'),
    "retCode null": http('{"retCode":null,"result":{"list":[]}}'),
    "two documents": http('{"retCode":0,"result":{"list":[]}}{}'),
}  # fmt: skip
BAD_STATUS = [201, 204, 301, 302, 400, 404, 407, 500, 502, 503, 504, 520, 524]


@pytest.mark.parametrize("name", READS)
async def test_a_broken_answer_is_an_error_and_asked_once(name):
    async with rest_client() as (client, server):
        for asked, (broken, answer) in enumerate(BROKEN.items(), start=1):
            server.answer(answer)
            with pytest.raises(Unreachable) as caught:
                await READS[name](client.gateway)
            assert (broken, caught.value.code, len(server.asked)) == (broken, "bad_envelope", asked)


@pytest.mark.parametrize("name", ["positions", "account"])
async def test_a_status_other_than_200_is_an_error_whatever_the_body(name):
    async with rest_client() as (client, server):
        for asked, status in enumerate(BAD_STATUS, start=1):
            server.answer(http(GOOD_PAGE, status=status, Location="http://127.0.0.1:9/elsewhere"))
            with pytest.raises(Unreachable) as caught:
                await READS[name](client.gateway)
            # A 204 with a body is not HTTP: the connection is given up.
            code = {204: "connection_lost", 301: "redirected", 302: "redirected"}.get(status, "http_status")
            assert (status, caught.value.code, len(server.asked)) == (status, code, asked)


@pytest.mark.parametrize("name", LISTS)
async def test_a_proper_row_is_read(name):
    read, row = LISTS[name]
    async with rest_client() as (client, server):
        server.answer(page(row))
        assert await read(client.gateway)


@pytest.mark.parametrize("name", ["positions", "position", "orders", "executions", "closed_pnl"])
async def test_one_bad_row_refuses_the_list(name):
    read, row = LISTS[name]
    field = {"positions": "size", "position": "size", "orders": "qty", "executions": "execQty"}.get(name, "closedSize")
    async with rest_client() as (client, server):
        for value in ("NaN", "1e400", "-1", "", None, True, [1], "1_000", "١٢", 5, 0.5):
            server.answer(page(row, {**row, field: value}, row))
            with pytest.raises(BadFrame):
                await read(client.gateway)


@pytest.mark.parametrize(("name", "field"), [("instruments", "priceFilter"), ("prices", "markPrice")])
async def test_one_odd_contract_does_not_hide_the_others(name, field):
    read, row = LISTS[name]
    async with rest_client() as (client, server):
        server.answer(page(row, {**row, field: "1e5"}, "row", row))
        assert len(await read(client.gateway)) == 2
        assert client.gateway.rows_refused == 2


@pytest.mark.parametrize(
    ("ret_code", "error", "code"),
    [
        (10001, Rejected, "rejected"),
        (10002, Unreachable, "clock_skew"),
        (10003, AuthFailed, "auth_failed"),
        (10004, AuthFailed, "auth_failed"),
        (10005, AuthFailed, "auth_failed"),
        (10006, RateLimited, "too_many_visits"),
        (10010, AuthFailed, "auth_failed"),
        (10016, Unreachable, "exchange_busy"),
        (10018, RateLimited, "ip_banned"),
        (10032, Rejected, "rejected"),
        (33004, AuthFailed, "auth_failed"),
        (-1, Unreachable, "exchange_busy"),
        (999999, Rejected, "rejected"),
    ],
)
async def test_what_a_ret_code_means_to_a_read(ret_code, error, code):
    for result in ({}, None, {"list": []}):
        async with rest_client() as (client, server):
            server.answer(envelope(result, ret_code, "said <b>the</b> exchange\u202e"))
            with pytest.raises(ExchangeError) as caught:
                await client.gateway.fetch_positions("linear", "USDT")
            assert type(caught.value) is error
            assert caught.value.code == code
            assert "\u202e" not in str(caught.value)


async def test_http_401_and_429():
    async with rest_client() as (client, server):
        server.answer(http("", status=401), http("", status=429))
        with pytest.raises(AuthFailed):
            await client.gateway.fetch_wallet()
        with pytest.raises(RateLimited):
            await client.gateway.fetch_wallet()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (Raw((), then="reset"), "connection_lost"),
        (Raw((), then="close"), "connection_lost"),
        (Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",), then="close"), "connection_lost"),
        (Raw((b"not http at all\r\n\r\n",), then="close"), "connection_lost"),
        (Raw((), then="hold"), "timeout"),
        (Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",), then="hold"), "timeout"),
        (Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 40), pause_s=0.05), "timeout"),
    ],
    ids=["reset", "closed", "short", "not http", "silent", "no body", "dripping"],
)
async def test_an_answer_that_does_not_arrive(raw, code):
    async with rest_client(timeout_s=0.4) as (client, server):
        server.answer(raw)
        with pytest.raises(Unreachable) as caught:
            await client.gateway.fetch_account()
        assert caught.value.code == code


async def test_nobody_there():
    async with rest_client() as (client, server):
        url = server.url
        server.answer(page())
    async with rest_client() as (client, _other):
        for exchange in client.exchanges:
            exchange.urls["api"]["public"] = exchange.urls["api"]["private"] = url
        with pytest.raises(Unreachable, match="no_connection"):
            await client.gateway.fetch_wallet()


@pytest.mark.parametrize("encoded", [False, True], ids=["plain", "gzip bomb"])
async def test_a_body_over_the_limit_is_cut(encoded):
    big = b'{"retCode":0,"result":{"list":[' + b" " * 50_000_000 + b"]}}"
    raw = http(gzip.compress(big), Content_Encoding="gzip") if encoded else http(big)
    async with rest_client(timeout_s=5) as (client, server):
        server.answer(raw)
        with pytest.raises(Unreachable):
            await client.gateway.fetch_positions("linear", "USDT")


async def test_no_key_means_no_private_request():
    async with rest_client() as (client, server):
        server.answer(page(rows.TICKER))
        object.__setattr__(client.exchanges[0], "apiKey", "")
        client.exchanges[0]._connection = client.connection.__class__(
            environment="paper", rest=client.connection.rest, ws=client.connection.ws
        )
        with pytest.raises(AuthFailed, match="no_key"):
            await client.gateway.fetch_wallet()
        assert server.asked == []
        assert await client.gateway.fetch_prices("linear")


async def test_a_redirect_is_not_followed_and_no_proxy_of_the_environment_is_used(monkeypatch):
    async with rest_client() as (client, server), rest_client() as (_other, trap):
        monkeypatch.setenv("HTTP_PROXY", trap.url)
        monkeypatch.setenv("http_proxy", trap.url)
        trap.answer(page(rows.POSITION))
        server.answer(http("", status=302, Location=f"{trap.url}/v5/position/list", Set_Cookie="a=b"))
        with pytest.raises(Unreachable, match="redirected"):
            await client.gateway.fetch_positions("linear", "USDT")
        with pytest.raises(Unreachable, match="redirected"):
            await client.gateway.fetch_positions("linear", "USDT")
        assert trap.asked == []
        assert "cookie" not in server.asked[1].headers


class TestRequests:
    """What leaves, to the letter."""

    async def asked(self, read: Read, *script: Raw) -> list[Asked]:
        async with rest_client() as (client, server):
            server.answer(*script)
            await read(client.gateway)
            return server.asked

    async def test_every_private_request_is_signed_and_only_those(self):
        private = (await self.asked(LISTS["positions"][0], page()))[0]
        public = (await self.asked(LISTS["prices"][0], page()))[0]
        assert private.headers["x-bapi-api-key"] == KEY
        assert len(private.headers["x-bapi-sign"]) == 64
        assert private.headers["x-bapi-recv-window"] == "5000"
        assert not [name for name in public.headers if name.startswith("x-bapi")]

    @pytest.mark.parametrize(
        ("name", "path", "query"),
        [
            ("positions", "/v5/position/list", "category=linear&settleCoin=USDT&limit=200"),
            ("position", "/v5/position/list", "category=linear&symbol=SOLUSDT"),
            ("orders", "/v5/order/realtime", "category=linear&settleCoin=USDT&limit=50"),
            ("executions", "/v5/execution/list", "category=linear&startTime=0&endTime=1000&limit=100"),
            ("executions_of", "/v5/execution/list", "category=linear&orderLinkId=pmAAAA01&limit=100"),
            ("closed_pnl", "/v5/position/closed-pnl", "category=linear&startTime=0&endTime=1000&limit=100"),
            ("fee_rates", "/v5/account/fee-rate", "category=linear"),
            ("candles", "/v5/market/kline", "category=linear&symbol=SOLUSDT&interval=5&limit=200"),
            ("instruments", "/v5/market/instruments-info", "category=linear&limit=1000"),
            ("prices", "/v5/market/tickers", "category=linear"),
        ],
    )
    async def test_queries(self, name, path, query):
        asked = await self.asked(LISTS[name][0], page())
        assert [(one.method, one.path, one.raw_query, one.body) for one in asked] == [("GET", path, query, b"")]

    async def test_inverse_positions_have_no_settle_coin(self):
        asked = await self.asked(lambda gateway: gateway.fetch_positions("inverse", None), page())
        assert asked[0].raw_query == "category=inverse&limit=200"


class TestOrderLookup:
    """An order is looked for in three places; absence needs all three."""

    async def test_absent_everywhere(self):
        async with rest_client() as (client, server):
            server.answer(page())
            assert await client.gateway.fetch_order("linear", "SOLUSDT", "pmAAAA01") is None
            places = [(one.path, one.query.get("openOnly")) for one in server.asked]
            assert places == [("/v5/order/realtime", "0"), ("/v5/order/realtime", "1"), ("/v5/order/history", None)]

    @pytest.mark.parametrize("place", [0, 1, 2])
    async def test_found_in_any_place(self, place):
        async with rest_client() as (client, server):
            server.answer(*[page()] * place, page(rows.ORDER))
            found = await client.gateway.fetch_order("linear", "SOLUSDT", "pmAAAA01")
            assert found is not None
            assert found.order_link_id == "pmAAAA01"

    @pytest.mark.parametrize("place", [0, 1, 2])
    async def test_a_place_that_fails_is_not_absence(self, place):
        async with rest_client() as (client, server):
            server.answer(*[page()] * place, http("<html>", kind="text/html"))
            with pytest.raises(Unreachable):
                await client.gateway.fetch_order("linear", "SOLUSDT", "pmAAAA01")

    async def test_another_order_is_not_ours(self):
        async with rest_client() as (client, server):
            server.answer(page({**rows.ORDER, "orderLinkId": "other"}))
            assert await client.gateway.fetch_order("linear", "SOLUSDT", "pmAAAA01") is None

    async def test_the_newest_state_of_two(self):
        async with rest_client() as (client, server):
            newer = {**rows.ORDER, "orderStatus": "Filled", "cumExecQty": "20", "updatedTime": "1697673600099"}
            server.answer(page(newer, rows.ORDER))
            found = await client.gateway.fetch_order("linear", "SOLUSDT", "pmAAAA01")
            assert found is not None
            assert found.status == "Filled"


def test_the_order_of_positions_by_symbol_is_the_exchanges():
    """Sorting is the book's; here rows keep the order in which they came."""

    async def read() -> list[str]:
        async with rest_client() as (client, server):
            server.answer(page({**rows.POSITION, "symbol": "XRPUSDT"}, {**rows.POSITION, "symbol": "ADAUSDT"}))
            return [position.symbol for position in await client.gateway.fetch_positions("linear", "USDT")]

    assert asyncio.run(read()) == ["XRPUSDT", "ADAUSDT"]


async def test_another_symbol_than_asked_for_is_refused():
    async with rest_client() as (client, server):
        server.answer(page({**rows.POSITION, "symbol": "XRPUSDT"}))
        with pytest.raises(BadFrame):
            await client.gateway.fetch_position("linear", "SOLUSDT")


async def test_both_legs_of_a_hedge_are_there():
    long = {**rows.POSITION, "positionIdx": 1, "size": "0", "side": ""}
    short = {**rows.POSITION, "positionIdx": 2, "side": "Sell"}
    async with rest_client() as (client, server):
        server.answer(page(long, short))
        legs = await client.gateway.fetch_position("linear", "SOLUSDT")
        assert [(leg.position_idx, leg.side, leg.size) for leg in legs] == [(1, "", 0), (2, "Sell", 20)]
        server.answer(page(long, short))
        assert [leg.position_idx for leg in await client.gateway.fetch_positions("linear", "USDT")] == [2]


@pytest.mark.parametrize("offsets_ms", [(0, 3000, 10), (-20_000, -20_050, 5), (0, 0, 0)])
async def test_the_clock_offset_is_one_that_two_measurements_agree_on(offsets_ms):
    async with rest_client() as (client, server):
        clock = client._clock

        def at(offset_ms: int) -> Callable[[Asked], Raw]:
            return lambda _asked: envelope({"timeSecond": "0", "timeNano": f"{(clock.now_ms() + offset_ms)}000000"})

        server.answer(*[at(offset) for offset in offsets_ms])
        agreed = sorted(offsets_ms)[1]
        assert abs(await client.gateway.fetch_time_offset_ms() - agreed) < 60


async def test_half_of_the_way_is_taken_off():
    """The exchange looks at its clock, then the answer takes 100 ms: it is 50 ms behind ours, not 100."""
    async with rest_client() as (client, server):
        clock = client._clock

        def late(_asked: Asked) -> Raw:
            answer = envelope({"timeSecond": "0", "timeNano": f"{clock.now_ms()}000000"})
            return Raw((b"", *answer.chunks), pause_s=0.1)

        server.answer(late)
        assert -75 < await client.gateway.fetch_time_offset_ms() < -30


async def test_a_clock_that_jumps_about_is_not_believed():
    async with rest_client() as (client, server):
        nanos = iter(range(1_700_000_000, 1_700_009_000, 1_000))
        server.answer(lambda _asked: envelope({"timeSecond": "0", "timeNano": f"{next(nanos)}000000000"}))
        with pytest.raises(Unreachable, match="clock_unsteady"):
            await client.gateway.fetch_time_offset_ms()


async def test_requests_are_signed_with_the_exchanges_time():
    async with rest_client() as (client, server):
        server.answer(page())
        client.set_time_offset(-20_000)
        await client.gateway.fetch_positions("linear", "USDT")
        stamp = int(server.asked[0].headers["x-bapi-timestamp"])
        assert abs(stamp - (client._clock.now_ms() - 20_000)) < 1_000
