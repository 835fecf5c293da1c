"""Bybit v5: schemas, translation, streams and REST. The only place that knows ccxt.

``connect`` is the front door. ccxt is loaded only when it is called, or when somebody imports ``core.bybit.client``
beforehand on a thread: the window is painted first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.bybit.connection import DEMO, LIVE, PAPER, TESTNET, Connection, bybit

if TYPE_CHECKING:
    from core.bybit.client import Client
    from core.clock import Clock

__all__ = ["DEMO", "LIVE", "PAPER", "TESTNET", "Connection", "bybit", "connect"]


def connect(connection: Connection, clock: Clock) -> Client:
    """Everything that talks to one account: ``gateway`` (REST), ``private(post)``, ``tickers(category, post)``.

    Nothing is opened before the first call on it. Must be called on the loop; ``await client.close()`` in the end.
    """
    from core.bybit.client import Client

    return Client(connection, clock)
