"""Unmodified ccxt and pybit, pointed at a paper exchange the way docs/paper-exchange.md tells users to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import ccxt.pro
import pybit._websocket_trading
import pybit.unified_trading
import pytest

from tests.paper_fixture import PaperProcess


def point_ccxt_at(exchange: Any, rest: str, ws: str) -> Any:
    """Replace the hosts and nothing else."""
    for name in list(exchange.urls["api"]):
        if name != "ws":
            exchange.urls["api"][name] = rest
    private = f"{ws}/v5/private"
    exchange.urls["api"]["ws"] = {
        "public": {name: f"{ws}/v5/public/{name}" for name in ("spot", "linear", "inverse", "option")},
        "private": {
            "spot": {"unified": private, "nonUnified": private},
            "contract": private,
            "usdc": private,
            "trade": f"{ws}/v5/trade",
        },
    }
    return exchange


@asynccontextmanager
async def ccxt_client(paper: PaperProcess, **config: Any) -> AsyncIterator[Any]:
    """ccxt.pro, whose REST part is ``ccxt.async_support``; its throttle is off to save time."""
    keys = {"apiKey": paper.api_key, "secret": paper.api_secret, "enableRateLimit": False}
    exchange = point_ccxt_at(ccxt.pro.bybit({**keys, **config}), paper.rest, paper.ws)
    try:
        yield exchange
    finally:
        await exchange.close()


def pybit_http(paper: PaperProcess, **config: Any) -> Any:
    """pybit's REST session."""
    keys = {"api_key": paper.api_key, "api_secret": paper.api_secret}
    session = pybit.unified_trading.HTTP(**{**keys, **config})
    session.endpoint = paper.rest
    return session


@contextmanager
def pybit_sockets(paper: PaperProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Makes pybit sockets by channel type (``private``, ``linear``, ``trade`` …) and closes them."""
    monkeypatch.setattr(pybit.unified_trading, "PRIVATE_WSS", f"{paper.ws}/v5/private")
    monkeypatch.setattr(pybit.unified_trading, "PUBLIC_WSS", f"{paper.ws}/v5/public/{{CHANNEL_TYPE}}")
    monkeypatch.setattr(pybit._websocket_trading, "TRADE_WSS", f"{paper.ws}/v5/trade")
    made: list[Any] = []

    def make(channel: str, **config: Any) -> Any:
        keys = {"testnet": False, "api_key": paper.api_key, "api_secret": paper.api_secret, **config}
        if channel == "trade":
            made.append(pybit.unified_trading.WebSocketTrading(**keys))
        elif channel == "private":
            made.append(pybit.unified_trading.WebSocket(channel_type="private", **keys))
        else:
            made.append(pybit.unified_trading.WebSocket(testnet=False, channel_type=channel))
        return made[-1]

    yield make
    for one in made:
        one.exit()  # its thread may linger for a ping timeout; it is a daemon and does nothing any more


async def until(condition: Callable[[], Any], within_s: float = 5.0) -> Any:
    """Wait for a condition; its value. Fails loudly when time is up."""
    async with asyncio.timeout(within_s):
        while not (value := condition()):
            await asyncio.sleep(0.005)
    return value


async def soon(awaitable: Awaitable[Any], within_s: float = 5.0) -> Any:
    """Await with a limit."""
    return await asyncio.wait_for(awaitable, within_s)
