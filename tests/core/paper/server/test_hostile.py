"""Bad input gets the proper error and never a traceback, over REST, sockets and the raw port."""

import contextlib
import json
import random
import socket
import string

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.paper.endpoints import ROUTES
from tests.core.paper.server import raw

PATHS = sorted({path for _, path in ROUTES})
READS = sorted(path for method, path in ROUTES if method == "GET")
COMMANDS = sorted(path for method, path in ROUTES if method == "POST")
# no refusal may read like a crash of ours
SERVER_ERROR = 10016
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_proper(answer):
    """An HTTP answer that a server means to give, and if it is JSON, one without our own failure code."""
    assert answer.status < 500, answer
    if answer.headers.get("content-type", "").startswith("application/json"):
        assert answer.json["retCode"] != SERVER_ERROR, answer.body
    return True


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "//",
        "/v5/../../etc/passwd",
        "/v5/position/list%2f",
        "/" + "a" * 5000,
        "/v5/market/time/",
        "/?;=&&&%%%",
    ],
)
def test_garbage_paths(shared_paper, path):
    answer = raw.send(shared_paper, "GET", path.encode().decode("latin-1"))
    assert answer.status in (400, 404)


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PUT", "DELETE", "TRACE", "PATCH", "BREW"])
def test_other_methods(shared_paper, method):
    answer = raw.send(shared_paper, method, "/v5/position/list")
    assert answer.status in (400, 403, 404)
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"1e999",
        b"\xff\xfe",
        b'{"a":' * 50_000,
        b'{"category":"linear","symbol":"SOLUSDT","qty":NaN}',
        b'{"category":["linear"],"symbol":{"a":1}}',
        b'{"category":"linear","symbol":"SOLUSDT","side":1,"orderType":true,"qty":1}',
        b'{"category":"option","symbol":"BTCUSDT"}',
        b'{"category":"linear","symbol":"SOLUSDT\\u0000","side":"Sell","orderType":"Market","qty":"1"}',
        b'{"category":"linear","symbol":"SOLUSDT","side":"Sell","orderType":"Market","qty":"1e5"}',
        b'{"category":"linear","symbol":"SOLUSDT","side":"Sell","orderType":"Market","qty":"' + b"9" * 5000 + b'"}',
        b'{"category":"linear","symbol":"SOLUSDT","side":"Sell","orderType":"Market","qty":"-1"}',
        b'{"category":"linear","symbol":"SOLUSDT","side":"Sell","orderType":"Market","qty":"1","positionIdx":99}',
        '{"category":"linear","symbol":"SOLUSDT","side":"Sell","orderType":"Market","qty":"١"}'.encode(),
    ],
)
def test_garbage_bodies(shared_paper, body):
    for path in COMMANDS:
        answer = raw.post(shared_paper, path, body)
        assert answer.status == 200
        assert is_proper(answer)
    assert raw.post(shared_paper, "/v5/order/create", body).json["retCode"] == 10001


def test_ten_megabytes(shared_paper):
    body = b'{"category":"' + b"x" * 10_000_000 + b'"}'
    try:
        answer = raw.post(shared_paper, "/v5/order/create", body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server need not read it all before it hangs up
    else:
        assert answer.status == 413
    assert raw.get(shared_paper, "/v5/account/info").status == 200


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("X-BAPI-SIGN", "", 10001),
        ("X-BAPI-SIGN", "f" * 64, 10004),
        ("X-BAPI-SIGN", "\xff\xfe", 10004),
        ("X-BAPI-SIGN", "a" * 6000, 10004),
        ("X-BAPI-TIMESTAMP", "now", 10002),
        ("X-BAPI-TIMESTAMP", "9" * 1000, 10002),
        ("X-BAPI-TIMESTAMP", "-1", 10002),
        ("X-BAPI-RECV-WINDOW", "1e9", 10002),
        ("X-BAPI-API-KEY", "../../x", 10003),
        ("X-BAPI-API-KEY", "\xe9", 10003),
    ],
)
def test_garbage_signatures(shared_paper, name, value, code):
    headers = {**raw.signed(shared_paper, b""), name: value}
    answer = raw.send(shared_paper, "GET", "/v5/account/info", headers=headers)
    assert (answer.status, answer.json["retCode"]) == (200, code)


@pytest.mark.parametrize("path", READS)
def test_garbage_parameters(shared_paper, path):
    for name in ("category", "symbol", "settleCoin", "baseCoin", "limit", "cursor", "startTime", "interval", "orderId"):
        for value in ("%00", "%ff%fe", "x" * 3000, "%7B%7D", "-1", "1e9", "%D9%A1", "linear,inverse", "%2525252C"):
            base = "category=linear&symbol=SOLUSDT&interval=1&accountType=UNIFIED"
            assert is_proper(raw.get(shared_paper, path, f"{base}&{name}={value}"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def words(text):
    """Sample from words."""
    return st.sampled_from(text.split())


FIELDS = words(
    "category symbol side orderType qty price timeInForce positionIdx orderLinkId orderId reduceOnly closeOnTrigger "
    "triggerPrice triggerDirection triggerBy takeProfit stopLoss tpslMode tpSize slSize trailingStop activePrice "
    "buyLeverage sellLeverage mode setMarginMode coin settleCoin baseCoin orderFilter stopOrderType tpOrderType "
    "slOrderType tpLimitPrice slLimitPrice tpTriggerBy slTriggerBy slippageToleranceType slippageTolerance"
)
WORDS = words(
    "linear inverse SOLUSDT BTCUSDT BTCUSD ADAUSDT Buy Sell Market Limit GTC IOC FOK PostOnly Full Partial LastPrice "
    "MarkPrice IndexPrice 0 1 2 3 0.1 1.5 100 99999 -1 0.00000001 USDT Stop StopOrder ISOLATED_MARGIN true"
)


@QUICK
@given(st.sampled_from(COMMANDS), st.dictionaries(FIELDS, WORDS | st.booleans() | st.integers(-3, 5) | JSON))
def test_any_command_gets_an_answer(shared_paper, path, body):
    """Whatever the fields hold, the exchange answers 0 or a code of its own choosing."""
    answer = raw.post(shared_paper, path, json.dumps(body).encode())
    assert answer.status == 200
    assert is_proper(answer)


@QUICK
@given(st.dictionaries(FIELDS, WORDS, min_size=3))
def test_any_well_formed_order_gets_an_answer(shared_paper, body):
    answer = raw.post(shared_paper, "/v5/order/create", json.dumps({"category": "linear", **body}).encode())
    assert is_proper(answer)


FRAMES = [
    "",
    "{",
    "null",
    "[]",
    "x" * 1000,
    '{"op":null}',
    '{"op":["subscribe"]}',
    '{"op":"subscribe"}',
    '{"op":"subscribe","args":null}',
    '{"op":"subscribe","args":[1,{}]}',
    '{"op":"subscribe","args":["tickers.\\u0000","' + "y" * 30_000 + '"]}',
    '{"op":"auth","args":[[],{},null]}',
    '{"op":"auth","args":["k",1e400,"s"]}',
    '{"op":"' + "z" * 9000 + '"}',
    '{"op":"subscribe","req_id":{"a":[]},"args":["x"]}',
    '{"op":"order.create","args":[{}],"header":{"X-BAPI-TIMESTAMP":[]}}',
    "[" * 100_000,
    b"\x00\xff\xfe",
]


@pytest.mark.parametrize("path", ["/v5/public/linear", "/v5/private", "/v5/trade"])
async def test_garbage_frames(shared_paper, path):
    async with raw.socket(shared_paper, path) as client:
        for frame in FRAMES:
            answer = await client.ask(frame)
            assert answer.get("success") is False or answer.get("retCode") not in (0, None), (frame, answer)
            assert answer.get("retCode") != SERVER_ERROR
        assert (await client.ask({"op": "ping"}))["op"] in ("ping", "pong")


async def test_a_frame_of_ten_megabytes_ends_the_socket(shared_paper):
    async with raw.socket(shared_paper, "/v5/private") as client:
        with contextlib.suppress(ConnectionError):
            await client.send("x" * 10_000_000)
        assert await client.ended() in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert raw.get(shared_paper, "/v5/account/info").status == 200


@pytest.mark.parametrize(
    "text",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS hello
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v5/order/create HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v5/order/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET /v5/private HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"A" * 100_000,
        "GET /é HTTP/1.1\r\nHost: ü".encode(),
        b"GET /\xff HTTP/1.1\r\nHost: \xff",
        bytes(random.Random(7).randrange(256) for _ in range(3000)),
    ],
)
def test_garbage_on_the_wire(shared_paper, text):
    with socket.create_connection(("127.0.0.1", int(shared_paper.rest.rpartition(":")[2])), timeout=30) as peer:
        peer.sendall(text + b"\r\n\r\n")
        try:
            answer = peer.recv(65536)
        except (ConnectionResetError, TimeoutError):
            answer = b""
    assert b"500 Internal" not in answer
    assert b"Traceback" not in answer
    assert raw.get(shared_paper, "/v5/account/info").status == 200


def test_a_client_that_does_not_read_is_cut_off_and_hurts_nobody(live_paper):
    """Its messages pile up in its own queue only."""
    live_paper.arm("flood", args={"per_second": 20_000})
    port = int(live_paper.rest.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        key = "".join(random.Random(1).choices(string.ascii_letters, k=16))
        lazy.sendall(
            f"GET /v5/public/linear HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\nX-Unused: {key}\r\n\r\n".encode()
        )
        assert lazy.recv(4096).startswith(b"HTTP/1.1 101")
        frame = b'{"op":"subscribe","args":["tickers.SOLUSDT"]}'
        lazy.sendall(bytes([0x81, 0x80 | len(frame), 0, 0, 0, 0]) + frame)
        assert raw.get(live_paper, "/v5/account/info").json["retCode"] == 0
        started = raw.get(live_paper, "/v5/account/info").json["time"]
        assert raw.get(live_paper, "/v5/account/info").json["time"] - started < 500
    live_paper.disarm()
