"""Frozen records: what the desk knows, as of one moment. No behaviour beyond naming; arithmetic lives in formulas.

Amounts are Decimal; None means that it is not known or does not apply, never 0. Times are UTC milliseconds unless
the name says ``_mono`` (seconds of the monotonic clock, for ages). ``category`` is Bybit's: ``linear`` or ``inverse``.
"""

from __future__ import annotations

from core.model.account import EquityPoint, Seen, SessionSummary, Wallet
from core.model.events import Alert, AuditEvent, Backfill, Command
from core.model.links import REQUESTS_MOST_PER_S, Halt, Hold, Link, Links
from core.model.markets import LONG, SHORT, BookLevel, Candle, Instrument, OrderBook, PositionKey, Price
from core.model.orders import CLOSED_ORDER_STATUSES, OPEN_ORDER_STATUSES, ClosedPnl, Execution, Order
from core.model.positions import (
    BotNote,
    Checkpoint,
    ClosedTrade,
    CoinAmount,
    Gap,
    PartialExit,
    Position,
    StopChange,
    StopLevels,
    StopTriggers,
)
from core.model.snapshot import Snapshot

__all__ = [
    "CLOSED_ORDER_STATUSES",
    "LONG",
    "OPEN_ORDER_STATUSES",
    "REQUESTS_MOST_PER_S",
    "SHORT",
    "Alert",
    "AuditEvent",
    "Backfill",
    "BookLevel",
    "BotNote",
    "Candle",
    "Checkpoint",
    "ClosedPnl",
    "ClosedTrade",
    "CoinAmount",
    "Command",
    "EquityPoint",
    "Execution",
    "Gap",
    "Halt",
    "Hold",
    "Instrument",
    "Link",
    "Links",
    "Order",
    "OrderBook",
    "PartialExit",
    "Position",
    "PositionKey",
    "Price",
    "Seen",
    "SessionSummary",
    "Snapshot",
    "StopChange",
    "StopLevels",
    "StopTriggers",
    "Wallet",
]
