"""Buttons inside the cells of a table: where they stand, and which of them the mouse is on or holds down.

A button is drawn by the table's painter and pressed by the view; here nothing is drawn and nothing happens.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from PyQt6.QtCore import QPoint, QRectF

from gui.models.cell_table import CellTable
from gui.views.column_layout import ColumnLayout, Span

HEIGHT: Final = 26
NOWHERE: Final = (-1, -1)


def button_area(span: Span, top: int, row_height: int) -> QRectF:
    """A button fills its column but for a gap, in the middle of the row that begins at ``top``."""
    height = min(HEIGHT, row_height - 6)
    return QRectF(span.x + 2.5, top + (row_height - 1 - height) // 2 + 0.5, span.width - 6, height)


class CellButtons:
    """The buttons of one table.

    ``hover``: row and column of the button that the mouse is on, column -1 where it is on none of the row's. ``down``:
    key and column of the button that it holds down, for rows may move under it.
    """

    def __init__(self, table: CellTable, layout: ColumnLayout) -> None:
        self._table, self._layout = table, layout
        self.hover: tuple[int, int] = NOWHERE
        self.down: tuple[Hashable, int] | None = None

    def is_aimed(self) -> bool:
        """The mouse is on a button or holds one down: rows must not change places under it."""
        return self.down is not None or self.hover[1] >= 0

    def at(self, point: QPoint, row: int, top: int, row_height: int) -> tuple[int, int]:
        """Row and column of the button of a row that is under a point of the viewport."""
        for span in reversed(self._layout.spans()) if row >= 0 else ():
            if span.x <= point.x() < span.x + span.width and self._table.cell(row, span.column).button:
                inside = button_area(span, top, row_height)
                return (row, span.column) if inside.contains(point.toPointF()) else NOWHERE
        return NOWHERE

    def state(self, row: int, column: int, focus: tuple[int, int] | None) -> str:
        """How a button is drawn: pressed, focus, hover or plain. ``focus``: the cell that the keyboard is on."""
        if self.down == (self._table.key(row), column):
            return "pressed"
        if focus == (row, column):
            return "focus"
        return "hover" if self.hover == (row, column) else "plain"

    def next_to(self, row: int, column: int, step: int) -> int:
        """The column of a row's next button in that direction; before the first one comes 0, the row as a whole."""
        spans = self._layout.spans()
        stops = [0, *(span.column for span in spans if self._table.cell(row, span.column).button)]
        at = stops.index(column) if column in stops else 0
        return stops[max(0, min(len(stops) - 1, at + step))]
