"""ccxt's Bybit, reduced to what we want of it: addresses, signing, the HTTP session and dialling sockets.

An answer leaves here as status, rate headers and raw bytes: ccxt's own parsing turns ten kinds of broken answers into
"no positions", so it never sees one. Nothing is retried, throttled, logged or followed elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from functools import cache
from typing import Any

import aiohttp
import certifi
import yarl
from msgspec import Struct

from core.bybit.connection import PAPER, Connection
from core.bybit.fields import clean
from core.bybit.lean import load
from core.bybit.wire import MAX_BODY, MAX_FRAME
from core.clock import Clock
from core.errors import Unreachable

TIMEOUT_S = 8.0  # = recv_window 5 s + clock tolerance 1 s + 2 s: afterwards no copy of a request can be admitted
RECV_WINDOW_MS = 5_000
_CHUNK = 65_536

CONNECT_MS = 10_000
CLOSE_S = 1.0

CcxtBybit, CcxtClient = load()


class Reply(Struct, frozen=True):
    """One HTTP answer as received. ``body`` may be anything."""

    status: int
    body: bytes
    content_type: str
    limit: str  # X-Bapi-Limit: requests per second allowed
    limit_left: str  # X-Bapi-Limit-Status
    limit_reset: str  # X-Bapi-Limit-Reset-Timestamp, ms
    now: str = ""  # Timenow, ms: the exchange's clock, whatever ours says


class NoReply(Exception):
    """No complete HTTP answer arrived. ``was_sent`` is False only when no connection was ever made."""

    def __init__(self, code: str, detail: str, *, was_sent: bool) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.was_sent = was_sent


class RedirectRefused(aiohttp.ClientError):
    """Somebody between us and the exchange points elsewhere."""


class RawClient(CcxtClient):  # type: ignore[misc, valid-type]  # ccxt is not typed
    """ccxt's client dials and sends. Reading, pinging and dying are core.bybit.socket's."""

    def create_connection(self, session: aiohttp.ClientSession) -> Any:
        """Dial; frames arrive as bytes, at most 1 MB, uncompressed (nothing to inflate)."""
        context = session.ws_connect(
            self.url,
            max_msg_size=MAX_FRAME,
            compress=0,
            decode_text=False,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
        )
        return context.__aenter__()

    def receive_loop(self) -> None:
        """Left out: ccxt's loop parses every frame and coalesces what it parsed."""

    async def ping_loop(self) -> None:
        """Left out: ccxt notices a dead peer after 36 to 54 s."""


class RawBybit(CcxtBybit):  # type: ignore[misc, valid-type]  # ccxt is not typed
    """One ccxt instance; ``call`` is the only way to use it for REST."""

    session: aiohttp.ClientSession | None
    closed_by_user: bool

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.time_offset_ms = 0
        self.timeout_s = TIMEOUT_S
        super().__init__(
            {
                "apiKey": connection.api_key,
                "enableRateLimit": False,
                "verbose": False,
                "userAgent": "quarterdeck",
                "options": {
                    "recvWindow": RECV_WINDOW_MS,
                    "enableUnifiedMargin": False,
                    "enableUnifiedAccount": True,
                    "unifiedMarginStatus": 6,
                    "fetchMarkets": {"types": ["linear", "inverse"]},
                },
            }
        )
        self._set_addresses()
        self.ssl_context = True if connection.environment == PAPER else _tls()
        # Closing transports need a moment only when TLS has to say goodbye.
        self.timeout_on_exit = 0 if connection.environment == PAPER else 250

    def __dir__(self) -> list[str]:
        """No names: ccxt gives each one that it finds here a twin in camel case, most of what a start would cost."""
        return []

    @property
    def secret(self) -> str:
        """The API secret, out of ``vars()`` and ``repr`` of this object; ccxt's signing reads it here."""
        return self._connection.api_secret.reveal()

    @secret.setter
    def secret(self, value: object) -> None:
        """ccxt resets its credentials while it is constructed; ours come from the connection only."""

    @property
    def has_key(self) -> bool:
        """Whether private calls can be signed."""
        return bool(self._connection.api_key) and bool(self._connection.api_secret)

    @property
    def environment(self) -> str:
        """paper, demo, testnet or live."""
        return self._connection.environment

    def nonce(self) -> int:
        """The exchange's time as far as we know it, in ms: what requests are signed with."""
        return self._clock.now_ms() + self.time_offset_ms

    def set_last_request(self, request: object) -> None:
        """Keep nothing: ccxt would store the signed headers on the instance."""

    def _set_addresses(self) -> None:
        rest, private, public = self._connection.rest, self._connection.ws, self._connection.public_ws
        for name in self.urls["api"]:
            if name != "ws":
                self.urls["api"][name] = rest
        account = f"{private}/v5/private"
        self.urls["api"]["ws"] = {
            "public": {name: f"{public}/v5/public/{name}" for name in ("spot", "linear", "inverse", "option")},
            "private": {
                "spot": {"unified": account, "nonUnified": account},
                "contract": account,
                "usdc": account,
                "trade": f"{private}/v5/trade",
            },
        }

    @property
    def private_stream_url(self) -> str:
        """Where position, order, execution and wallet are streamed."""
        return str(self.urls["api"]["ws"]["private"]["contract"])

    def public_stream_url(self, category: str) -> str:
        """Where the tickers of ``linear`` or ``inverse`` are streamed."""
        return str(self.urls["api"]["ws"]["public"][category])

    def open(self, lazy: bool = False) -> None:
        """Make the session when it is first needed: no proxy from the environment, no cookies, no redirects."""
        if self.session is None and not (lazy and self.closed_by_user):
            trace = aiohttp.TraceConfig()
            trace.on_request_redirect.append(_refuse_redirect)
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self.ssl_context),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                trace_configs=[trace],
            )
        super().open(lazy)

    async def call(self, method: str, path: str, params: dict[str, Any], *, is_private: bool) -> Reply:
        """One request, signed if private, sent once.

        Args:
            method: GET or POST.
            path: ``v5/position/list``.
            params: query (text values that need no escaping) or JSON body.
            is_private: sign it; needs ``has_key``.
        Raises:
            NoReply: no complete answer of acceptable size within 8 s.
        """
        reply = await self.request(path, ["private" if is_private else "public"], method, params)
        assert isinstance(reply, Reply)
        return reply

    async def fetch(
        self, url: str, method: str = "GET", headers: dict[str, str] | None = None, body: str | None = None
    ) -> Reply:
        """ccxt's hook for the HTTP exchange itself; see ``call``."""
        if self.closed_by_user:
            # Whoever waited for a turn, or to ask again, did not see that another client took this one's place.
            raise NoReply("not_connected", "the client was closed", was_sent=False)
        self.open(True)
        assert self.session is not None
        try:
            async with self.session.request(
                method,
                yarl.URL(url, encoded=True),
                data=body.encode() if body else None,
                headers=self.prepare_request_headers(headers),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.timeout_s),
            ) as response:
                return await _read(response)
        except (aiohttp.ClientError, OSError) as error:
            raise _no_reply(error) from error

    async def dial(self, url: str) -> RawClient:
        """Open a socket; whoever asked reads from its ``connection`` and closes it.

        Raises:
            Unreachable: ``no_stream`` with the reason.
        """
        self.open()
        settings = {"asyncio_loop": asyncio.get_running_loop(), "connectionTimeout": CONNECT_MS, "verbose": False}
        client = RawClient(url, _ignore, _ignore, _ignore, _ignore, settings)
        await client.open(self.session)
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # Python 3.11's wait_for, which ccxt dials with, loses a cancellation that comes with the connection.
            await client.close()
            raise asyncio.CancelledError
        if client.connection is None:
            raise Unreachable("no_stream", url=url, detail=clean(str(client.error)))
        return client

    def auth_message(self) -> dict[str, Any]:
        """The frame that signs in on a private socket; built at send time because it expires in 10 s."""
        expires = str(self.nonce() + 10_000)
        text = f"GET/realtime{expires}"
        if "PRIVATE KEY" in self.secret:
            signature = self.rsa(text, self.secret, "sha256")
        else:
            signature = self.hmac(self.encode(text), self.encode(self.secret), hashlib.sha256, "hex")
        return {"op": "auth", "args": [self.apiKey, expires, signature]}


def _ignore(*_args: object) -> None:
    """ccxt's client calls back; we ask it instead."""


async def _refuse_redirect(_session: object, _context: object, params: aiohttp.TraceRequestRedirectParams) -> None:
    raise RedirectRefused(f"redirect from {params.url.host} refused")


async def _read(response: aiohttp.ClientResponse) -> Reply:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > MAX_BODY:
            raise NoReply("body_too_big", f"over {MAX_BODY} bytes", was_sent=True)
    headers = response.headers
    return Reply(
        status=response.status,
        body=bytes(body),
        content_type=response.content_type,
        limit=headers.get("X-Bapi-Limit", ""),
        limit_left=headers.get("X-Bapi-Limit-Status", ""),
        limit_reset=headers.get("X-Bapi-Limit-Reset-Timestamp", ""),
        now=headers.get("Timenow", ""),
    )


def _no_reply(error: Exception) -> NoReply:
    """Only a connection that was never made proves that nothing was sent."""
    detail = f"{type(error).__name__}: {error}"[:200]
    if isinstance(error, aiohttp.ClientSSLError):
        return NoReply("tls_refused", detail, was_sent=False)
    if isinstance(error, aiohttp.ClientConnectorError):
        return NoReply("no_connection", detail, was_sent=False)
    if isinstance(error, TimeoutError):
        return NoReply("timeout", detail, was_sent=True)
    return NoReply("connection_lost", detail, was_sent=True)


@cache
def _tls() -> ssl.SSLContext:
    """Bundled roots plus the system's, TLS 1.2 or newer, always verified."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def make_exchange(connection: Connection, clock: Clock) -> RawBybit:
    """A ccxt instance for one connection. Must be closed with ``await exchange.close()``."""
    return RawBybit(connection, clock)
