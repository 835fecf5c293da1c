"""Contracts and their prices: what may be traded, and where the market is. Frozen; see the package for units."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

LONG, SHORT = "Buy", "Sell"


class PositionKey(NamedTuple):
    """What makes a position one: Bybit's (category, symbol, positionIdx). 0 one-way, 1 hedge long, 2 hedge short."""

    category: str
    symbol: str
    position_idx: int


class Instrument(Struct, frozen=True, kw_only=True):
    """A contract and its limits in force. ``tick`` and ``step`` are the smallest price and quantity increments.

    Quantities are in base coin (linear) or whole USD contracts (inverse). Source: instruments-info.
    """

    category: str
    symbol: str
    base_coin: str
    quote_coin: str
    settle_coin: str
    status: str
    tick: Decimal
    step: Decimal
    min_qty: Decimal
    max_qty: Decimal
    max_market_qty: Decimal
    min_notional: Decimal | None
    min_price: Decimal
    max_price: Decimal
    min_leverage: Decimal
    max_leverage: Decimal
    leverage_step: Decimal
    funding_interval_min: int


class Price(Struct, frozen=True, kw_only=True):
    """The latest prices of one contract, from the ticker stream or, before it speaks, from REST.

    ``source`` is ``stream`` or ``rest``. ``funding_rate`` is a ratio for the interval that ends at ``next_funding_ms``.
    """

    category: str
    symbol: str
    mark_price: Decimal | None = None
    last_price: Decimal | None = None
    index_price: Decimal | None = None
    bid_price: Decimal | None = None
    ask_price: Decimal | None = None
    funding_rate: Decimal | None = None
    next_funding_ms: int | None = None
    source: str = ""
    ts_ms: int = 0
    received_mono: float = 0.0


class BookLevel(NamedTuple):
    """One price level of the order book."""

    price: Decimal
    qty: Decimal


class OrderBook(Struct, frozen=True, kw_only=True):
    """A moment of the order book; bids from the highest, asks from the lowest."""

    category: str
    symbol: str
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    ts_ms: int
    received_mono: float = 0.0


class Candle(NamedTuple):
    """One bar: start in ms, prices, volume."""

    start_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
