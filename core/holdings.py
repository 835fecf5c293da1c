"""Positions as the exchange last reported them, open or flat, and the rows shown of the open ones. Mutable bookkeeping.

Which report is believed is decided before, in core.book; how a row is derived is told from outside. A row that comes
out the same stays the same object.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_

from core.excursions import Excursions
from core.model import Position, PositionKey


class Holdings:
    """One account's positions by key. ``excursions`` follows how far the shown rows go."""

    def __init__(self) -> None:
        self.excursions = Excursions()
        self._open: dict[PositionKey, Position] = {}
        self._flat: dict[PositionKey, Position] = {}
        self._rows: dict[PositionKey, Position] = {}
        self._sorted_keys: list[PositionKey] | None = None
        self._stale: set[PositionKey] = set()

    # ---- as reported ----------------------------------------------------------------------------------------------

    @property
    def open(self) -> tuple[Position, ...]:
        """The open positions, as reported."""
        return tuple(self._open.values())

    @property
    def flat(self) -> tuple[Position, ...]:
        """The last rows of keys that are flat."""
        return tuple(self._flat.values())

    def get(self, key: PositionKey) -> Position | None:
        """The open position under a key, as reported."""
        return self._open.get(key)

    def known(self, key: PositionKey) -> Position | None:
        """The last row of a key, open or flat."""
        return self._open.get(key) or self._flat.get(key)

    def hold(self, position: Position) -> None:
        """Take over an open row."""
        key = position.key
        if key not in self._open:
            self._sorted_keys = None
            self._flat.pop(key, None)
        self._open[key] = position
        self._stale.add(key)

    def flatten(self, flat: Position) -> bool:
        """Take over a flat row; whether the key was open."""
        key = flat.key
        self._flat[key] = flat
        return self.forget(key)

    def forget(self, key: PositionKey) -> bool:
        """A key is open no more, without a row that would say so; whether it was."""
        if self._open.pop(key, None) is None:
            return False
        self._rows.pop(key, None)
        self.excursions.forget(key)
        self._sorted_keys = None
        return True

    # ---- as shown -------------------------------------------------------------------------------------------------

    def touch(self, key: PositionKey) -> None:
        """Something that a row is derived from has changed."""
        self._stale.add(key)

    def touch_all(self) -> None:
        """The same for every open position."""
        self._stale |= self._open.keys()

    def refresh(self, derive: Callable[[PositionKey, Position], Position]) -> None:
        """Derive what was touched anew."""
        for key in self._stale & self._open.keys():
            row = self.excursions.follow(derive(key, self._open[key]))
            if row != self._rows.get(key):
                self._rows[key] = row
        self._stale.clear()

    def shown(self, old: tuple[Position, ...]) -> tuple[Position, ...]:
        """The rows by symbol and index; the same tuple as before when nothing has changed."""
        if self._sorted_keys is None:
            self._sorted_keys = sorted(self._open, key=lambda k: (k.symbol, k.position_idx, k.category))
        new = tuple(self._rows[key] for key in self._sorted_keys)
        return old if len(old) == len(new) and all(map(is_, old, new)) else new
