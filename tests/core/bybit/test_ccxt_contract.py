"""S44: what the desk relies on in ccxt, one test each. An upgrade that changes one of these turns red here first.

What is relied on is little: addresses, signing, the hooks around one HTTP exchange, and a client that dials. That ccxt
reads broken answers as "no positions" is why it never sees one (core/bybit/exchange.py).
"""

import hashlib
import hmac
import inspect
import json
from typing import Any

import pytest

from core.bybit.connection import Connection
from core.bybit.exchange import CcxtBybit, CcxtClient, NoReply, RawBybit, RawClient, Reply, make_exchange
from core.clock import ManualClock
from core.secrets import Secret

NOW_MS = 1_700_000_000_000
SECRET = "s" * 36


def exchange() -> RawBybit:
    """One that never dials."""
    return make_exchange(
        Connection(
            environment="paper",
            rest="http://127.0.0.1:1",
            ws="ws://127.0.0.1:1",
            api_key="k" * 18,
            api_secret=Secret(SECRET),
        ),
        ManualClock(now_ms=NOW_MS),
    )


class Recorded:
    """Stands where bytes would leave, and answers with what it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
        self.asked: list[tuple[str, str, dict[str, str], str | None]] = []

        async def fetch(_self: Any, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
            self.asked.append((url, method, headers, body))
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(RawBybit, "fetch", fetch)


def reply(status: int = 200, body: bytes = b"{}") -> Reply:
    return Reply(status=status, body=body, content_type="text/html", limit="", limit_left="", limit_reset="")


def signature(text: str) -> str:
    """V5, "Integration guidance": HMAC-SHA256 over timestamp, key, recv_window and query or body."""
    return hmac.new(SECRET.encode(), f"{NOW_MS}{'k' * 18}5000{text}".encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "answer",
    [
        reply(),
        reply(body=b"<html>captive portal</html>"),
        reply(403, b"access too frequent"),
        reply(500, b'{"retCode":10016}'),
        reply(body=b'{"retCode":10003,"retMsg":"API key is invalid."}'),
        reply(body=b""),
    ],
    ids=["ok", "html", "403", "500", "refused key", "empty"],
)
async def test_an_answer_comes_back_unread(monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    """ccxt neither parses it nor raises for it: the very object of the hook is returned."""
    recorded = Recorded(monkeypatch, answer)
    one = exchange()
    assert await one.call("GET", "v5/position/list", {"category": "linear"}, is_private=True) is answer
    assert len(recorded.asked) == 1
    await one.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_is_sent_twice(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """No retries of ccxt's own, and our error passes through it as it is."""
    lost = NoReply("connection_lost", "x", was_sent=True)
    recorded = Recorded(monkeypatch, lost)
    one = exchange()
    with pytest.raises(NoReply) as trouble:
        await one.call(method, "v5/order/create", {"symbol": "BTCUSDT"}, is_private=True)
    assert trouble.value is lost
    assert len(recorded.asked) == 1
    await one.close()


async def test_a_query_keeps_its_order_and_is_signed_as_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(monkeypatch, reply())
    one = exchange()
    params = {"category": "linear", "symbol": "BTCUSDT", "limit": "200", "cursor": "a%3A1"}
    await one.call("GET", "v5/position/list", params, is_private=True)
    ((url, method, headers, body),) = recorded.asked
    query = "category=linear&symbol=BTCUSDT&limit=200&cursor=a%3A1"
    assert (url, method, body) == (f"http://127.0.0.1:1/v5/position/list?{query}", "GET", None)
    signed = {
        "X-BAPI-API-KEY": "k" * 18,
        "X-BAPI-TIMESTAMP": str(NOW_MS),
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": signature(query),
    }
    assert {name: headers[name] for name in signed} == signed
    await one.close()


async def test_a_body_is_the_text_that_was_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts are text, fields stay in their order, nothing is added."""
    recorded = Recorded(monkeypatch, reply())
    one = exchange()
    order = {"category": "linear", "symbol": "BTCUSDT", "qty": "0.100", "reduceOnly": True, "positionIdx": 0}
    await one.call("POST", "v5/order/create", order, is_private=True)
    ((url, method, headers, body),) = recorded.asked
    assert (url, method) == ("http://127.0.0.1:1/v5/order/create", "POST")
    assert body is not None
    assert list(json.loads(body).items()) == list(order.items())
    assert headers["X-BAPI-SIGN"] == signature(body)
    assert headers["Content-Type"] == "application/json"
    await one.close()


async def test_a_public_call_carries_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(monkeypatch, reply())
    one = exchange()
    await one.call("GET", "v5/market/time", {}, is_private=False)
    ((_url, _method, headers, _body),) = recorded.asked
    assert not any(name.upper().startswith("X-BAPI") for name in headers or {})
    await one.close()


async def test_ccxts_throttle_is_out_of_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def throttle(_self: Any, cost: Any = None) -> None:
        raise AssertionError("ccxt's queue would hold a close behind a poll")

    monkeypatch.setattr(CcxtBybit, "throttle", throttle)
    Recorded(monkeypatch, reply())
    one = exchange()
    await one.call("POST", "v5/order/cancel-all", {"category": "linear"}, is_private=True)
    await one.close()


async def test_the_hook_that_forgets_signed_headers_is_still_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    Recorded(monkeypatch, reply())
    asked = []
    monkeypatch.setattr(RawBybit, "set_last_request", lambda _self, request: asked.append(request))
    one = exchange()
    await one.call("GET", "v5/account/info", {}, is_private=True)
    assert len(asked) == 1
    await one.close()


@pytest.mark.parametrize(
    ("ours", "theirs", "names"),
    [
        (RawBybit, CcxtBybit, ("open", "fetch", "nonce", "set_last_request")),
        (RawClient, CcxtClient, ("create_connection", "receive_loop", "ping_loop")),
    ],
)
def test_what_is_overridden_is_still_there_to_be_overridden(ours: type, theirs: type, names: tuple[str, ...]) -> None:
    """Under another name, or with other parameters, ccxt would go on with its own."""
    for name in names:
        assert name in vars(ours)
        before, after = (inspect.signature(getattr(kind, name)) for kind in (theirs, ours))
        assert [p.kind for p in before.parameters.values()] == [p.kind for p in after.parameters.values()], name
        assert len(before.parameters) == len(after.parameters), name


@pytest.mark.parametrize("name", ["request", "sign", "prepare_request_headers", "hmac", "rsa", "encode", "close"])
def test_what_is_used_is_there(name: str) -> None:
    assert callable(getattr(CcxtBybit, name))
