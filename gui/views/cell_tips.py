"""What a cell says when the mouse rests on it: all of its words where they are cut, then its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt

from gui.text import Tip, as_tooltip

if TYPE_CHECKING:
    from gui.models.cell_table import CellTable
    from gui.views.cell_painter import CellPainter


def tooltip(table: CellTable, painter: CellPainter, index: QModelIndex, width: int) -> Tip:
    """The words for a cell that is ``width`` wide, "" for none."""
    if not index.isValid():
        return Tip("")
    told = Tip(table.data(index, Qt.ItemDataRole.ToolTipRole) or "")
    if not _is_cut(table, painter, index, width):
        return told
    return Tip(as_tooltip("\n".join(table.words(index.row(), index.column()))) + told)


def _is_cut(table: CellTable, painter: CellPainter, index: QModelIndex, width: int) -> bool:
    """Whether there was no room for all that the cell says."""
    cell = table.cell(index.row(), index.column())
    if cell.button:
        return False
    plan = painter.plan(cell, width, table.columns[index.column()].is_right)
    shown = {part.laid_out.text() for part in plan.texts}
    below = cell.below if cell.keeps_below or not painter.is_compact else ""
    return any(words not in shown for words in (cell.text, *(chip.text for chip in cell.chips), below) if words)
