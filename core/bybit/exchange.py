"""ccxt's Bybit, reduced to what we want of it: addresses, signing, session."""

from __future__ import annotations

from core.bybit.connection import Connection
from core.clock import Clock


class RawBybit:
    """Skeleton."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.time_offset_ms = 0

    async def close(self) -> None:
        """Close."""


def make_exchange(connection: Connection, clock: Clock) -> RawBybit:
    """A ccxt instance for one connection."""
    return RawBybit(connection, clock)
