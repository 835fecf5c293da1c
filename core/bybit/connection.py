"""Which exchange to talk to, with which key; and the hosts that may be talked to at all. Opens nothing.

Light on purpose: settings and ``main`` may import it without loading ccxt.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from core.errors import BadValue
from core.secrets import Secret

PAPER, DEMO, TESTNET, LIVE = "paper", "demo", "testnet", "live"

_LOOPBACK = frozenset({"127.0.0.1", "::1"})

# Bybit's own list: V5 documentation, "Integration guidance" and "WebSocket connect", regional sites included.
_REST_HOSTS = {
    LIVE: frozenset(
        {"api.bybit.com", "api.bytick.com", "api.bybitgeorgia.ge", "api.manepa.jp"}
        | {f"api.bybit.{site}" for site in ("nl", "kz", "eu", "ae", "id")}
        | {"api.bybit-tr.com", "api.bybit.tr"}
    ),
    TESTNET: frozenset({"api-testnet.bybit.com"}),
    DEMO: frozenset({"api-demo.bybit.com"}),
}
_STREAM_HOSTS = {
    LIVE: frozenset(
        {"stream.bybit.com", "stream.bybitgeorgia.ge", "stream.manepa.jp"}
        | {f"stream.bybit.{site}" for site in ("nl", "kz", "eu", "ae", "id")}
        | {"stream.bybit-tr.com", "stream.bybit.tr"}
    ),
    TESTNET: frozenset({"stream-testnet.bybit.com"}),
    DEMO: frozenset({"stream-demo.bybit.com"}),
}
_DEFAULTS = {
    LIVE: ("https://api.bybit.com", "wss://stream.bybit.com"),
    TESTNET: ("https://api-testnet.bybit.com", "wss://stream-testnet.bybit.com"),
    DEMO: ("https://api-demo.bybit.com", "wss://stream-demo.bybit.com"),
}
# Demo trading has private streams of its own and the real public ones.
_DEMO_PUBLIC = "wss://stream.bybit.com"


class Connection(Struct, frozen=True, kw_only=True):
    """An environment, its two base addresses (no path, no slash at the end), and a key.

    Raises:
        BadValue: unknown environment, a host that is not on the environment's list, plain http beyond loopback or
            outside paper.
    """

    environment: str
    rest: str
    ws: str
    api_key: str = ""
    api_secret: Secret = Secret("")

    def __post_init__(self) -> None:
        check_address(self.environment, "rest", self.rest)
        check_address(self.environment, "ws", self.ws)

    @property
    def public_ws(self) -> str:
        """Base address of the public streams."""
        return _DEMO_PUBLIC if self.environment == DEMO else self.ws


def bybit(environment: str, api_key: str, api_secret: Secret) -> Connection:
    """A connection to Bybit itself at its standard addresses: ``demo``, ``testnet`` or ``live``."""
    if environment not in _DEFAULTS:
        raise BadValue("unknown_environment", field="environment", value=environment[:40])
    rest, ws = _DEFAULTS[environment]
    return Connection(environment=environment, rest=rest, ws=ws, api_key=api_key, api_secret=api_secret)


def check_address(environment: str, field: str, address: str) -> None:
    """Refuse an address that this environment must never talk to; nothing is resolved or opened.

    Args:
        environment: paper, demo, testnet or live.
        field: ``rest`` or ``ws``.
        address: scheme, host and port only.
    Raises:
        BadValue: code ``unknown_environment`` or ``host_not_allowed``.
    """
    if environment not in {PAPER, *_REST_HOSTS}:
        raise BadValue("unknown_environment", field="environment", value=environment[:40])
    if not _is_allowed(environment, field, address):
        raise BadValue("host_not_allowed", field=field, environment=environment, value=address[:100])


def _is_allowed(environment: str, field: str, address: str) -> bool:
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        return False
    if url.path or url.query or url.fragment or url.username is not None or url.password is not None:
        return False
    if environment == PAPER:
        return _is_loopback(url, port, "http" if field == "rest" else "ws")
    hosts = _REST_HOSTS if field == "rest" else _STREAM_HOSTS
    scheme = "https" if field == "rest" else "wss"
    return url.scheme == scheme and port in {None, 443} and url.hostname in hosts[environment]


def _is_loopback(url: SplitResult, port: int | None, scheme: str) -> bool:
    return url.scheme == scheme and port is not None and url.hostname in _LOOPBACK
