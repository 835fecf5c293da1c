"""What a reading of all positions changed: two lists of positions, compared by key. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core.model import Position, PositionKey

# What the exchange says of a position, prices aside.
_TOLD = ("side", "size", "entry_price", "leverage", "take_profit", "stop_loss", "trailing_stop")


class SyncResult(NamedTuple):
    """New rows, keys proven flat, rows that differ in size, side, entry, leverage or stops."""

    opened: tuple[Position, ...]
    closed: tuple[PositionKey, ...]
    changed: tuple[Position, ...]


def changes(before: Iterable[Position], after: Iterable[Position]) -> SyncResult:
    """Compare the open positions of two moments."""
    was, now = {p.key: p for p in before}, {p.key: p for p in after}
    return SyncResult(
        opened=tuple(p for key, p in now.items() if key not in was),
        closed=tuple(key for key in was if key not in now),
        changed=tuple(p for key, p in now.items() if key in was and _differs(was[key], p)),
    )


def _differs(before: Position, after: Position) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in _TOLD)
