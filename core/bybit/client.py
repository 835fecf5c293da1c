"""One account's way to the exchange: two ccxt instances, one limiter, the REST gateway and the streams.

It neither reconnects nor polls: the manager owns when things happen.
"""

from __future__ import annotations

from core.bybit.connection import Connection
from core.bybit.exchange import make_exchange
from core.bybit.gateway import Gateway
from core.bybit.limits import Limiter
from core.bybit.stream import Post, PrivateStream, TickerStream
from core.clock import Clock


class Client:
    """See :func:`core.bybit.connect`."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.limiter = Limiter(clock)
        self._clock = clock
        self._reader = make_exchange(connection, clock)
        # A second instance, so that a close never queues behind a poll in ccxt's session.
        self._writer = make_exchange(connection, clock)
        self.exchanges = (self._reader, self._writer)
        self.gateway = Gateway(self._reader, self._writer, self.limiter, clock)

    def private(self, post: Post) -> PrivateStream:
        """The account's stream: position, order, execution, wallet. A new one for every connect."""
        return PrivateStream(self._reader, post, self._clock)

    def tickers(self, category: str, post: Post) -> TickerStream:
        """The price stream of one category. A new one for every connect."""
        return TickerStream(self._reader, category, post, self._clock)

    def set_time_offset(self, offset_ms: int) -> None:
        """Sign with the exchange's time from now on: local clock + ``offset_ms`` (see ``fetch_time_offset_ms``)."""
        for exchange in self.exchanges:
            exchange.time_offset_ms = offset_ms

    async def close(self) -> None:
        """Close sockets and sessions. Streams should be closed first; those left open die here."""
        for exchange in self.exchanges:
            await exchange.close()
