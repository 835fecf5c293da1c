"""The control port: who may use it, and what it refuses."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest

from tests.core.paper.server import raw
from tests.paper_fixture import ControlRefused


def ask(paper, *, token=None, headers=None, method="POST", body=b"{}"):
    """Status of a control request with chosen credentials."""
    target = f"{paper.ready['control']}/state"
    token = paper.ready["control_token"] if token is None else token
    request = urllib.request.Request(target, body if method == "POST" else None, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, dict(answer.headers.items())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers.items())


def test_only_with_the_token(shared_paper):
    assert ask(shared_paper)[0] == 200
    assert ask(shared_paper, token="")[0] == 403
    assert ask(shared_paper, token="x" * 43)[0] == 403
    assert ask(shared_paper, token=shared_paper.api_key)[0] == 403
    assert ask(shared_paper, method="GET")[0] == 403


def test_not_from_a_web_page(shared_paper):
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": shared_paper.ready["control"]}):
        assert ask(shared_paper, headers=headers)[0] == 403
    for headers in ({"Host": "evil.example"}, {"Host": "localhost"}):
        assert ask(shared_paper, headers=headers)[0] == 403


def test_no_cross_origin_headers(shared_paper):
    for status, headers in (ask(shared_paper), ask(shared_paper, method="OPTIONS"), ask(shared_paper, token="")):
        assert status in (200, 403)
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_the_exchange_port_has_no_control(shared_paper):
    headers = {"Authorization": f"Bearer {shared_paper.ready['control_token']}"}
    assert raw.send(shared_paper, "POST", "/state", b"{}", headers).status == 404


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("arm", {"fault": "nonsense"}),
        ("arm", {"fault": "html", "match": 5}),
        ("arm", {"fault": "html", "match": {"colour": "x"}}),
        ("arm", {"fault": "html", "probability": 2}),
        ("arm", {"fault": "html", "probability": True}),
        ("arm", {"fault": "html", "count": -1}),
        ("arm", {"fault": "html", "count": "1"}),
        ("arm", {"fault": "html", "seed": 1.5}),
        ("arm", {"fault": "html", "until": "soon"}),
        ("arm", {"fault": "html", "args": []}),
        ("arm", {"fault": "html", "args": {"nonsense": 1}}),
        ("arm", {"fault": "delay", "args": {"ms": "long"}}),
        ("arm", {"fault": "html", "extra": 1}),
        ("disarm", {}),
        ("advance", {"ms": -1}),
        ("advance", {"ms": 10**15}),
        ("settings", {"idle_s": "long"}),
        ("settings", {"nonsense": 1}),
        ("drop_sockets", {"how": "gently"}),
        ("key", {"preset": "god"}),
        ("key", {"rsa_public_key": "x"}),
        ("change_key", {"preset": "god"}),
        ("incident", {"incident": "nonsense"}),
        ("incident", {"incident": "price"}),
        ("incident", {"incident": "price", "symbol": "NOPEUSDT", "last": "1"}),
        ("incident", {"incident": "price", "symbol": "SOLUSDT", "last": "NaN"}),
        ("incident", {"incident": "adl", "symbol": "ADAUSDT"}),
    ],
)
def test_orders_that_make_no_sense(shared_paper, operation, body):
    with pytest.raises(ControlRefused, match="400") as caught:
        shared_paper.control(operation, **{name.replace("from", "from_"): value for name, value in body.items()})
    assert json.loads(caught.value.args[1])["error"]


def test_unknown_operations(shared_paper):
    with pytest.raises(ControlRefused, match="404"):
        shared_paper.control("explode")


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b"\xff"])
def test_garbage_bodies(shared_paper, body):
    assert ask(shared_paper, body=body)[0] == 400


def test_faults_are_listed(shared_paper):
    listed = shared_paper.control("faults")
    assert {"fault", "does", "args", "covers"} == set(listed[0])
    assert len(listed) == len({one["fault"] for one in listed}) > 50


def test_smaller_pages_make_clients_page(paper_factory):
    paper = paper_factory(scenario="busy")
    asked = {"category": "linear", "settleCoin": "USDT", "limit": 200}
    assert len(paper.rows("/v5/position/list", **asked)) == 200
    paper.control("settings", largest_page=150)
    first = paper.result("/v5/position/list", **asked)
    second = paper.result("/v5/position/list", **asked, cursor=first["nextPageCursor"])
    assert [len(page["list"]) for page in (first, second)] == [150, 50]


def test_advance_moves_time_but_not_frozen_prices(paper):
    before = paper.rows("/v5/market/tickers", category="linear", symbol="SOLUSDT")[0]
    told = int(paper.result("/v5/market/time")["timeSecond"])
    paper.advance(3_600_000)
    after = paper.rows("/v5/market/tickers", category="linear", symbol="SOLUSDT")[0]
    assert int(paper.result("/v5/market/time")["timeSecond"]) >= told + 3600
    assert (after["lastPrice"], after["markPrice"]) == (before["lastPrice"], before["markPrice"])


async def test_a_leap_of_time_streams_where_prices_ended(paper_factory):
    """A client that listened sees one fresh snapshot instead of thousands of deltas."""
    paper = paper_factory(clock="real")
    async with raw.socket(paper, "/v5/public/linear") as public:
        await public.ask({"op": "subscribe", "args": ["tickers.SOLUSDT"]})
        before = await public.next()
        await asyncio.to_thread(paper.advance, 1_800_000)
        while (after := await public.next())["ts"] < before["ts"] + 1_800_000:
            continue
        assert after["type"] == "snapshot"
        assert after["data"]["lastPrice"] != before["data"]["lastPrice"]
        assert len(public.heard) < 20
    candles = paper.rows("/v5/market/kline", category="linear", symbol="SOLUSDT", interval=1, limit=40)
    assert int(candles[0][0]) - int(candles[-1][0]) == 39 * 60_000
