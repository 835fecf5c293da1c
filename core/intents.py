"""What a person may ask for, and whether it makes sense now. Pure: no network, no clock, no words.

``check`` runs on each keystroke, on each new snapshot while a dialog is open, and once more inside ``submit``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from core.model import PositionKey


class ClosePosition(Struct, frozen=True, kw_only=True):
    """Close all or part of one position; always reduce-only.

    ``qty`` in base coin (linear) or USD contracts (inverse); ``price`` only for ``order_type`` Limit. ``life_id`` binds
    the intent to the life that the operator saw ("" binds to none), ``side`` to that position's side; ``seq_seen`` is
    that row's cross sequence.
    """

    symbol: str
    position_idx: int = 0
    qty: Decimal
    order_type: str = "Market"
    price: Decimal | None = None
    category: str = "linear"
    side: str = ""
    life_id: str = ""
    seq_seen: int = -1
    reason: str = "manual"

    @property
    def key(self) -> PositionKey:
        """The position meant."""
        return PositionKey(self.category, self.symbol, self.position_idx)


class SetTradingStop(Struct, frozen=True, kw_only=True):
    """Set, move or remove the stops of the entire position. None leaves a value as it is; 0 removes it.

    ``trailing_stop`` is a distance in price units; ``active_price`` arms it. ``trigger_by``: LastPrice, MarkPrice,
    IndexPrice, for both legs.
    """

    symbol: str
    position_idx: int = 0
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    trailing_stop: Decimal | None = None
    active_price: Decimal | None = None
    trigger_by: str = "MarkPrice"
    category: str = "linear"
    side: str = ""
    life_id: str = ""
    seq_seen: int = -1
    reason: str = "manual"

    @property
    def key(self) -> PositionKey:
        """The position meant."""
        return PositionKey(self.category, self.symbol, self.position_idx)


class CancelOrder(Struct, frozen=True, kw_only=True):
    """Cancel one open order by Bybit's id."""

    symbol: str
    order_id: str
    position_idx: int = 0
    category: str = "linear"
    reason: str = "manual"

    @property
    def key(self) -> PositionKey:
        """The position that the order belongs to."""
        return PositionKey(self.category, self.symbol, self.position_idx)


Intent = ClosePosition | SetTradingStop | CancelOrder


class Issue(Struct, frozen=True, kw_only=True):
    """Why an intent cannot be sent. ``code`` is known to gui/text.py; ``nearest`` is the nearest valid value.

    ``field`` is the intent's field at fault, or ``""`` when the intent as a whole is (position gone, locked …).
    """

    field: str
    code: str
    nearest: Decimal | None = None
    details: Mapping[str, Any] = MappingProxyType({})
