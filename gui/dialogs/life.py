"""Follows one position life from snapshot to snapshot: is it still the one that was looked at, and what changed?

Pure. A dialog is bound to the life that it was opened on; another life under the same key is another position.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from core.executions import FILLS
from core.model import Execution, Position, PositionKey, Snapshot

OPEN, GONE, REPLACED = "open", "gone", "replaced"

# What an operator decides by. The mark, PnL and margins move all the time and are not changes.
_WATCHED = ("size", "entry_price", "leverage", "take_profit", "stop_loss", "trailing_stop")


class Change(Struct, frozen=True):
    """One watched field, then and now. None: there was or is no such value."""

    field: str
    before: Decimal | None
    after: Decimal | None


class LifeWatch:
    """The position as last known, its state, and all that changed since the watch began.

    ``state``: ``open``; ``gone`` (no open position under the key); ``replaced`` (another side or another life). A watch
    that has left ``open`` never returns to it.
    """

    def __init__(self, key: PositionKey, snapshot: Snapshot) -> None:
        self.key = key
        self.state = GONE
        self.cause: Execution | None = None
        self.successor: Position | None = None
        found = snapshot.position(key.symbol, key.position_idx, key.category)
        self.first: Position | None = found
        self.position: Position | None = found
        self._newest_execution = _newest(snapshot, key)
        if found is not None:
            self.state = OPEN

    @property
    def is_open(self) -> bool:
        """Still the life that the watch began with."""
        return self.state == OPEN

    def update(self, snapshot: Snapshot) -> bool:
        """Take the next snapshot.

        Returns:
            Whether something that an operator decides by is different from the snapshot before.
        """
        before = self.position
        if self.state != OPEN or before is None:
            return False
        found = snapshot.position(self.key.symbol, self.key.position_idx, self.key.category)
        self._note_cause(snapshot)
        self.state = _state(before, found)
        if self.state == OPEN and found is not None:
            self.position = found
            return any(getattr(before, name) != getattr(found, name) for name in _WATCHED)
        self.successor = found if self.state == REPLACED else None
        return True

    def _note_cause(self, snapshot: Snapshot) -> None:
        newest = _newest(snapshot, self.key)
        if newest is not None and newest != self._newest_execution:
            self._newest_execution = self.cause = newest

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs from the moment when the watch began."""
        if self.first is None or self.position is None:
            return ()
        pairs = ((name, getattr(self.first, name), getattr(self.position, name)) for name in _WATCHED)
        return tuple(Change(name, before, after) for name, before, after in pairs if before != after)


def _state(before: Position, found: Position | None) -> str:
    """A life may get its id once its first executions arrive; after that neither id nor side ever changes."""
    if found is None:
        return GONE
    if found.side != before.side:
        return REPLACED
    if before.life_id in ("", found.life_id):
        return OPEN
    # Executions that closed the life come before the row that says so: no id, and nothing new yet.
    return REPLACED if found.life_id else GONE


def _newest(snapshot: Snapshot, key: PositionKey) -> Execution | None:
    """The newest trade of the position; REST rows do not say which hedge leg they belong to and are left out there."""
    legs = {key.position_idx} if key.position_idx else {0, None}
    return next(
        (
            row
            for row in snapshot.executions
            if (row.category, row.symbol) == (key.category, key.symbol)
            and row.position_idx in legs
            and row.exec_type in FILLS
        ),
        None,
    )
