"""The two kinds of stream (skeleton; signatures are final)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.bybit.exchange import RawBybit
from core.clock import Clock
from core.events import Event

Post = Callable[[Event], None]


class PrivateStream:
    """position, order, execution and wallet of one account; one connection, then thrown away."""

    last_mono: float  # monotonic time of the last frame of any kind
    latency_ms: int | None  # last ping → pong

    def __init__(
        self, exchange: RawBybit, post: Post, clock: Clock, *, ping_s: float = 10.0, pong_s: float = 5.0
    ) -> None:
        self.last_mono = clock.monotonic()
        self.latency_ms = None

    async def open(self) -> None:
        """Connect, sign in, subscribe, wait for every ack. Raises AuthFailed, Unreachable or Rejected."""
        raise NotImplementedError

    async def closed(self) -> None:
        """Wait until the socket is dead. Raises Unreachable(code) with the cause; returns after ``close()``."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close; safe at any time and twice."""
        raise NotImplementedError


class TickerStream:
    """tickers of one category; one connection, then thrown away."""

    last_mono: float
    latency_ms: int | None

    def __init__(
        self,
        exchange: RawBybit,
        category: str,
        post: Post,
        clock: Clock,
        *,
        ping_s: float = 10.0,
        pong_s: float = 5.0,
    ) -> None:
        self.category = category
        self.last_mono = clock.monotonic()
        self.latency_ms = None

    async def open(self) -> None:
        """Connect. Raises Unreachable."""
        raise NotImplementedError

    async def set_symbols(self, symbols: Iterable[str]) -> None:
        """Subscribe and unsubscribe so that exactly these are streamed; waits for the acks.

        Raises:
            Rejected: the exchange refused a topic. Unreachable: no ack within 5 s, or the socket died.
        """
        raise NotImplementedError

    async def closed(self) -> None:
        """As PrivateStream.closed."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close; safe at any time and twice."""
        raise NotImplementedError
