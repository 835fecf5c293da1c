"""The app's client of one account over the simulated network: the real one, but for the last step to the wire."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.bybit.client import Client
from core.bybit.connection import Connection
from core.bybit.exchange import RawBybit, RawClient, Reply
from core.clock import Clock
from core.paper.messages import Call
from tests.simulation.network import Network


class SimBybit(RawBybit):
    """ccxt's Bybit as the app uses it, addresses and signatures included; its bytes go into the network."""

    network: Network

    def open(self, lazy: bool = False) -> None:
        """No HTTP session is needed."""

    async def fetch(
        self, url: str, method: str = "GET", headers: dict[str, str] | None = None, body: str | None = None
    ) -> Reply:
        """ccxt's hook for the HTTP exchange itself."""
        parts = urlsplit(url)
        named = {name.lower(): value for name, value in (headers or {}).items()}
        call = Call(method, parts.path, parts.query, (body or "").encode(), named, "127.0.0.1")
        return await self.network.call(call)

    async def dial(self, url: str) -> RawClient:
        """A line of the network, which is all that a socket uses of ccxt's client."""
        return await self.network.dial(url)  # type: ignore[return-value]

    async def close(self) -> None:
        """Nothing is open but lines, which their streams close."""


class SimClient(Client):
    """The app's own client, whose two exchanges send into the network."""

    def __init__(self, connection: Connection, clock: Clock, network: Network) -> None:
        super().__init__(connection, clock)
        for exchange in self.exchanges:
            # Changed where they stand, so that everything that was built on them stays the app's own.
            exchange.__class__ = SimBybit
            exchange.network = network  # type: ignore[attr-defined]
