"""Cells that changed a moment ago are tinted for a moment. Found out by comparing with what was painted last.

Where the second line moves with every tick only the first one counts: a cell that is always tinted says nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PyQt6.QtCore import QObject, QTimer

from gui.models.cell import Cell

FLASH_S = 0.45


class Flashes(QObject):
    """Remembers what cells said when they were painted.

    Args:
        repaint: called with the key of a row and the column whose flash is over.
    """

    def __init__(self, repaint: Callable[[Hashable, int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = True
        self._repaint = repaint
        self._seen: dict[Hashable, dict[int, Cell]] = {}
        self._until: dict[tuple[Hashable, int], float] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._end)

    def is_lit(self, key: Hashable, column: int, cell: Cell, *, looks_below: bool = True) -> bool:
        """Whether what a cell says has changed a moment ago; its second line counts if ``looks_below``."""
        if not self.is_on:
            return False
        seen = self._seen.setdefault(key, {})
        before, seen[column] = seen.get(column), cell
        if before is not None and before != cell and _said(before, looks_below) != _said(cell, looks_below):
            self._until[key, column] = time.perf_counter() + FLASH_S
            if not self._timer.isActive():
                self._timer.start()
        return (key, column) in self._until

    def forget(self, key: Hashable) -> None:
        """The row is gone."""
        self._seen.pop(key, None)

    def _end(self) -> None:
        now = time.perf_counter()
        over = [where for where, until in self._until.items() if until <= now]
        for where in over:
            del self._until[where]
            self._repaint(*where)
        if not self._until:
            self._timer.stop()


def _said(cell: Cell, looks_below: bool) -> tuple[str, ...]:
    words = cell.words()
    return words if looks_below else words[:1]
