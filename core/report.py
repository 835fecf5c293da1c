"""One snapshot as a JSON document: what ``main.py --print`` writes. Amounts are strings, absent ones null."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from core.model import Order, Position, Snapshot
from core.money import text

_POSITION_FIELDS = (
    "symbol",
    "side",
    "position_idx",
    "size",
    "entry_price",
    "mark_price",
    "liq_price",
    "leverage",
    "initial_margin",
    "unrealised_pnl",
    "roe_pct",
    "take_profit",
    "stop_loss",
    "trailing_stop",
    "realised_pnl",
)
_ORDER_FIELDS = (
    "symbol",
    "order_id",
    "order_link_id",
    "side",
    "position_idx",
    "order_type",
    "stop_order_type",
    "status",
    "qty",
    "filled_qty",
    "price",
    "trigger_price",
    "trigger_by",
    "reduce_only",
    "created_ms",
)


def document(snapshot: Snapshot) -> dict[str, Any]:
    """The document described in the README: environment, as_of_ms, link, wallet, positions, orders, session."""
    return {
        "environment": snapshot.environment,
        "as_of_ms": snapshot.as_of_ms,
        "link": {
            link.name: link.state for link in (snapshot.links.rest, snapshot.links.private, snapshot.links.tickers)
        },
        "wallet": _plain(snapshot.wallet, leave_out=("received_mono",)) if snapshot.wallet else None,
        "positions": [_position(p) for p in snapshot.positions],
        "orders": [_fields(o, _ORDER_FIELDS) for o in snapshot.orders],
        "session": _plain(snapshot.session),
    }


def _position(position: Position) -> dict[str, Any]:
    row = _fields(position, _POSITION_FIELDS)
    row["partial_exits"] = [_plain(part) for part in position.partial_exits]
    return row


def _fields(record: Position | Order, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _value(getattr(record, name)) for name in names}


def _plain(record: msgspec.Struct, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    return {name: _value(getattr(record, name)) for name in record.__struct_fields__ if name not in leave_out}


def _value(value: object) -> object:
    return text(value) if isinstance(value, Decimal) else value
