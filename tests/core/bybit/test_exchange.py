"""ccxt as we use it: signing, secrets, and nothing of its own habits."""

import asyncio
import gc
import logging
import subprocess
import sys

import aiohttp
import pytest

from core.bybit import Connection
from core.bybit.exchange import RawBybit, RawClient, make_exchange
from core.clock import ManualClock, SystemClock
from core.errors import AppError
from core.secrets import Secret
from tests.core.bybit import rows
from tests.core.bybit.servers import KEY, SECRET, new_client, page, rest_client, ws_server


def exchange(key: str = KEY, secret: str = SECRET, clock: ManualClock | None = None) -> RawBybit:
    connection = Connection(
        environment="paper", rest="http://127.0.0.1:1", ws="ws://127.0.0.1:2", api_key=key, api_secret=Secret(secret)
    )
    return make_exchange(connection, clock or ManualClock())


def test_signs_as_documented():
    """The worked example of V5_FACTS section 3, computed there with another implementation."""
    signer = exchange("XXXXXXXXXX", "secret", ManualClock(now_ms=1658384314791))
    request = signer.sign("v5/position/list", ["private"], "GET", {"category": "linear", "symbol": "BTCUSDT"})
    assert request["url"] == "http://127.0.0.1:1/v5/position/list?category=linear&symbol=BTCUSDT"
    assert request["headers"]["X-BAPI-SIGN"] == "17855f76e1c9a5cf9283f9c2e341f86c947d2ee29bf89b1a300637f76c372539"
    assert request["headers"]["X-BAPI-TIMESTAMP"] == "1658384314791"


def test_a_wrong_clock_is_put_right_for_rest_and_stream():
    signer = exchange(clock=ManualClock(now_ms=1_000_000))
    signer.time_offset_ms = 3_000
    assert signer.nonce() == 1_003_000
    assert signer.auth_message()["args"][1] == "1013000"


def test_an_rsa_key_signs_too():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    signer = exchange(secret=pem)
    request = signer.sign("v5/position/list", ["private"], "GET", {"category": "linear"})
    assert len(request["headers"]["X-BAPI-SIGN"]) == 344
    assert len(signer.auth_message()["args"][2]) == 344


def test_every_address_is_the_connections():
    raw = exchange()
    assert {url for name, url in raw.urls["api"].items() if name != "ws"} == {"http://127.0.0.1:1"}
    assert raw.private_stream_url == "ws://127.0.0.1:2/v5/private"
    assert raw.public_stream_url("inverse") == "ws://127.0.0.1:2/v5/public/inverse"
    assert "bybit.com" not in str(raw.urls["api"])


def test_ccxts_own_limits_and_noise_are_off():
    raw = exchange()
    assert (raw.enableRateLimit, raw.verbose, raw.aiohttp_trust_env) == (False, False, False)


def test_ccxt_spells_nothing_twice():
    """Twins in camel case of all that it can do took most of the time in which an instance was made, on the loop."""
    assert not {"safeString", "deepExtend", "timeOffsetMs"} & vars(exchange()).keys()


def test_a_live_exchange_verifies_certificates():
    connection = Connection(environment="live", rest="https://api.bybit.com", ws="wss://stream.bybit.com")
    context = make_exchange(connection, ManualClock()).ssl_context
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.check_hostname
    assert context.minimum_version.name == "TLSv1_2"


async def test_the_secret_is_nowhere_to_be_seen(caplog):
    """In logs at DEBUG, errors, reprs and the instances' own state; the key is not logged either."""
    caplog.set_level(logging.DEBUG)
    async with rest_client() as (client, server), ws_server() as streams:
        server.answer(page(rows.POSITION))
        await client.gateway.fetch_positions("linear", "USDT")
        server.answer(page({}))
        with pytest.raises(AppError) as caught:
            await client.gateway.fetch_positions("linear", "USDT")
        streaming = new_client("http://127.0.0.1:1", streams.url)
        stream = streaming.private(lambda event: None)
        await stream.open()
        await stream.close()
        await streaming.close()
        for raw in (*client.exchanges, *streaming.exchanges):
            assert SECRET not in repr(vars(raw))
            assert SECRET not in repr(raw)
        assert SECRET not in repr(vars(client)) + repr(client.connection) + str(caught.value) + repr(caught.value)
    assert SECRET not in caplog.text
    assert KEY not in caplog.text


async def test_signed_headers_are_not_kept():
    async with rest_client() as (client, server):
        server.answer(page())
        await client.gateway.fetch_positions("linear", "USDT")
        signature = server.asked[0].headers["x-bapi-sign"]
        assert signature not in repr(vars(client.exchanges[0]))


async def test_no_cookie_is_kept():
    async with rest_client() as (client, server):
        server.answer(page())
        await client.gateway.fetch_positions("linear", "USDT")
        session = client.exchanges[0].session
        assert session is not None
        assert isinstance(session.cookie_jar, aiohttp.DummyCookieJar)


async def test_closing_leaves_nothing_open(recwarn):
    async with rest_client() as (client, server):
        server.answer(page())
        await client.gateway.fetch_positions("linear", "USDT")
    await client.close()
    del client
    gc.collect()
    assert not [warning for warning in recwarn if issubclass(warning.category, ResourceWarning)]


def test_naming_a_connection_does_not_load_ccxt():
    """The window is painted before ccxt is imported (budget G2)."""
    code = "import sys, core.bybit; sys.exit(any(name in sys.modules for name in ('ccxt', 'aiohttp')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_system_clock_is_what_signs_by_default():
    clock = SystemClock()
    assert abs(exchange(clock=clock).nonce() - clock.now_ms()) < 1_000


async def test_a_cancellation_that_comes_with_the_connection_is_not_lost(monkeypatch):
    """Python 3.11's wait_for, which ccxt dials with, returns the connection and forgets that it was cancelled."""
    dial = RawClient.create_connection

    async def cancelled_at_the_end(client, session):
        connection = await dial(client, session)
        opening.cancel()
        return connection

    monkeypatch.setattr(RawClient, "create_connection", cancelled_at_the_end)
    async with ws_server() as server:
        desk = new_client("http://127.0.0.1:9", server.url)
        opening = asyncio.create_task(desk.private(lambda event: None).open())
        await asyncio.wait({opening}, timeout=60)
        assert opening.cancelled()
        assert [peer.socket.closed for peer in server.peers] == [True]
        await desk.close()
