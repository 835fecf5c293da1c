"""Rows that unfold: how far in their words begin, the sign in front of them, and the keys for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPolygonF

from gui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.models.cell_table import CellTable
    from gui.views.column_layout import Span

# The sign in front of the first column; parts stand further in.
FOLD_ROOM: Final = 16
PART_ROOM: Final = 30
_RIGHT: Final = ((-2, -4), (-2, 4), (3, 0))
_DOWN: Final = ((-4, -2), (4, -2), (0, 3))


def room_of(table: CellTable, row: int, column: int) -> int:
    """Pixels that a cell's words are further in than those of a table that does not unfold."""
    if column != 0 or not table.unfolds:
        return 0
    return FOLD_ROOM if table.parent_row(row) < 0 else PART_ROOM


def has_sign_at(table: CellTable, spans: Sequence[Span], row: int, x: int) -> bool:
    """Whether the sign of a row, -1 for none, is at ``x`` of the viewport."""
    if row < 0 or not table.can_unfold(row):
        return False
    return any(span.column == 0 and span.x <= x < span.x + FOLD_ROOM + 4 for span in spans)


def paint_sign(painter: QPainter, table: CellTable, row: int, middle: QPointF) -> None:
    """A triangle about a point: to the right for a folded row, down for an unfolded one."""
    if not table.can_unfold(row):
        return
    ends = _DOWN if table.is_unfolded(row) else _RIGHT
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().muted)
    painter.drawPolygon(QPolygonF([middle + QPointF(*end) for end in ends]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def row_after_key(table: CellTable, pressed: int, row: int) -> int | None:
    """Right and + unfold, Left and − fold; Left on a part goes to its row.

    Returns:
        The row to stand on then; None where the key means nothing.
    """
    if not table.unfolds:
        return None
    if pressed in (Qt.Key.Key_Right, Qt.Key.Key_Plus):
        table.set_unfolded(row, True)
        return row
    if pressed not in (Qt.Key.Key_Left, Qt.Key.Key_Minus):
        return None
    parent = table.parent_row(row)
    if parent < 0:
        table.set_unfolded(row, False)
    return row if parent < 0 else parent
