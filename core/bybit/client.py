"""One account's way to the exchange: two ccxt instances, one limiter, the REST gateway and the streams.

It neither reconnects nor polls: the manager owns when things happen.
"""

from __future__ import annotations

from msgspec import Struct

from core.bybit.breaker import Breakers
from core.bybit.connection import Connection
from core.bybit.exchange import TIMEOUT_S, make_exchange
from core.bybit.gateway import Gateway
from core.bybit.limits import Limiter
from core.bybit.retries import BUDGET, RetryBudget
from core.bybit.socket import ACK_S, PING_S, PONG_S
from core.bybit.stream import Post, PrivateStream, TickerStream
from core.clock import Clock


class Patience(Struct, frozen=True, kw_only=True):
    """How long to wait for what, in seconds; ``probes_s`` None leaves each breaker its own waits.

    ``answer_s`` of live accounts must stay 8: recv_window 5 s, clock tolerance 1 s and 2 s (RELIABILITY 3.1).
    ``retries`` is the share of a minute's reads that may be repeated.
    """

    answer_s: float = TIMEOUT_S
    ping_s: float = PING_S
    pong_s: float = PONG_S
    ack_s: float = ACK_S
    probes_s: tuple[float, ...] | None = None
    retries: float = BUDGET


class Client:
    """See :func:`core.bybit.connect`."""

    def __init__(self, connection: Connection, clock: Clock, patience: Patience | None = None) -> None:
        self.connection = connection
        self.limiter = Limiter(clock)
        self._clock = clock
        self._patience = patience or Patience()
        self.breakers = Breakers(clock, self._patience.probes_s)
        self._reader = make_exchange(connection, clock)
        # A second instance, so that a close never queues behind a poll in ccxt's session.
        self._writer = make_exchange(connection, clock)
        self.exchanges = (self._reader, self._writer)
        for exchange in self.exchanges:
            exchange.timeout_s = self._patience.answer_s
        retries = RetryBudget(clock, self._patience.retries)
        self.gateway = Gateway(self._reader, self._writer, self.limiter, clock, self.breakers, retries)

    def private(self, post: Post) -> PrivateStream:
        """The account's stream: position, order, execution, wallet. A new one for every connect."""
        wait = self._patience
        return PrivateStream(self._reader, post, self._clock, ping_s=wait.ping_s, pong_s=wait.pong_s, ack_s=wait.ack_s)

    def tickers(self, category: str, post: Post) -> TickerStream:
        """The price stream of one category. A new one for every connect."""
        wait = self._patience
        return TickerStream(
            self._reader, category, post, self._clock, ping_s=wait.ping_s, pong_s=wait.pong_s, ack_s=wait.ack_s
        )

    def set_time_offset(self, offset_ms: int) -> None:
        """Sign with the exchange's time from now on: local clock + ``offset_ms`` (see ``fetch_time_offset_ms``)."""
        for exchange in self.exchanges:
            exchange.time_offset_ms = offset_ms

    async def close(self) -> None:
        """Close sockets and sessions. Streams should be closed first; those left open die here."""
        for exchange in self.exchanges:
            await exchange.close()
