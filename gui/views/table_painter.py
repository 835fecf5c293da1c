"""Paints the rows of a TableView: only what is dirty, from plans that the cell painter has laid out.

It remembers what it painted of each row last, so that of a changed record only the cells that say something else are
painted again. Where rows and columns stand is for the view and its ColumnLayout; it decides nothing about them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QRegion
from PyQt6.QtWidgets import QTableView, QWidget

from gui import theme
from gui.models.cell import Cell
from gui.models.cell_table import CellTable
from gui.views import folding
from gui.views.cell_buttons import CellButtons, button_area
from gui.views.cell_painter import CellPainter
from gui.views.column_layout import ColumnLayout, Span
from gui.views.flashes import Flashes
from gui.views.placeholder import paint_placeholder
from gui.views.selection import rows_within

# What so many rows said when they were painted last is remembered.
REMEMBERED: Final = 1_000


class _Look(NamedTuple):
    """What is the same for all rows of one repaint. ``line`` is one pixel of the screen at any scale; ``focus`` is the
    cell that the keyboard is on, if it is in this table.
    """

    painter: QPainter
    cells: CellPainter
    colours: dict[str, QColor]
    line: QPen
    selected: set[int]
    current: int
    hover: int
    focus: tuple[int, int] | None


class TablePainter:
    """Draws what a table says where its columns stand, with what ``flashes`` and what the mouse is on."""

    def __init__(self, table: CellTable, layout: ColumnLayout, flashes: Flashes, buttons: CellButtons) -> None:
        self._table, self._layout, self._flashes, self._buttons = table, layout, flashes, buttons
        self._pinned = frozenset(number for number, column in enumerate(table.columns) if column.is_pinned)
        self._painted: dict[Hashable, list[Cell | None]] = {}

    # What was painted last

    def forget(self, key: Hashable) -> None:
        """The row is gone."""
        self._painted.pop(key, None)

    def forget_all(self) -> None:
        """All rows are others."""
        self._painted.clear()

    def mark_changed(self, row: int, area: QRect, update: Callable[..., object]) -> None:
        """Compare what the row says with what was painted of it last; only the difference is painted again.

        Args:
            area: where the row stands in the viewport.
            update: takes what is to be painted again, a rectangle or its four numbers.
        """
        painted = self._painted.get(self._table.key(row))
        if painted is None:
            update(area)
            return
        spans = self._layout.spans()
        cells = self._table.formatted(row, [span.column for span in spans])
        if painted == cells:
            return
        top, height = area.top(), area.height()
        for column, x, width in spans:
            if painted[column] != cells[column]:
                update(x, top, width, height)

    # Painting

    def paint(self, view: QTableView, canvas: QWidget, region: QRegion, cells: CellPainter, placeholder: str) -> None:
        """Draw the dirty part of the visible rows; ``placeholder`` where there are none."""
        painter, colours = QPainter(canvas), theme.current()
        height, count = cells.row_height, self._table.rowCount()
        dirty, offset, width = region.boundingRect(), view.verticalOffset(), canvas.width()
        first = max(0, (dirty.top() + offset) // height)
        last = min(count - 1, (dirty.bottom() + offset) // height)
        # What is the same for every row is asked for once: rows of which one cell ticks are nearly all of the work.
        current, selected = view.currentIndex(), rows_within(view.selectionModel(), first, last)
        focus = (current.row(), current.column()) if view.hasFocus() else None
        line, hover = QPen(colours.line, 0), self._buttons.hover[0]
        look = _Look(painter, cells, colours.colours, line, selected, current.row(), hover, focus)
        is_simple = region.rectCount() == 1
        for row in range(first, last + 1):
            area = QRect(0, row * height - offset, width, height)
            # Cells that tick are many small parts: each cell looks at those of its row only.
            part = None if is_simple else region.intersected(area)
            bounds = dirty.intersected(area) if part is None else part.boundingRect()
            if not bounds.isEmpty():
                self._paint_row(look, row, area, bounds, part)
        end = count * height - offset
        if end <= dirty.bottom():
            painter.fillRect(0, max(0, end), width, canvas.height(), colours.ground)
        if count == 0 and placeholder:
            paint_placeholder(painter, canvas.rect(), placeholder)
        if count == 0 and focus is not None:
            _paint_focus(look, canvas.rect())

    def _paint_row(self, look: _Look, row: int, area: QRect, bounds: QRect, part: QRegion | None) -> None:
        """What of a row lies within ``bounds``, and of that only ``part``; None is all of it."""
        plain = "ground" if self._table.parent_row(row) < 0 else "panel"
        ground = look.colours["selected" if row in look.selected else "hover" if row == look.hover else plain]
        look.painter.fillRect(bounds, ground)
        cells, top, tall = self._table.cells(row), area.top(), area.height()
        left, right = bounds.left(), bounds.right()
        for span in self._layout.spans():
            number, x, width = span
            cell = cells[number]
            is_out = x > right or x + width <= left
            is_clean = is_out or (part is not None and not part.intersects(QRect(x, top, width, tall)))
            if is_clean and (cell is None or not cell.spills):
                continue
            self._paint_cell(look, row, span, top, cell or self._table.cell(row, number), ground)
        if len(self._painted) >= REMEMBERED:
            self._painted.clear()
        self._painted[self._table.key(row)] = cells.copy()
        self._paint_frame(look, row, area)

    def _paint_cell(self, look: _Look, row: int, span: Span, top: int, cell: Cell, ground: QColor) -> None:
        number, x, width = span
        table, painter, height = self._table, look.cells, look.cells.row_height
        column = table.columns[number]
        if number in self._pinned:  # may lie above other columns
            look.painter.fillRect(x, top, width, height, ground)
        if cell.button:
            state = self._buttons.state(row, number, look.focus)
            painter.draw_button(look.painter, cell, button_area(span, top, height), state)
            return
        if column.flashes and self._flashes.is_lit(table.key(row), number, cell, looks_below=column.flashes_below):
            look.painter.fillRect(x, top, width, height, look.colours["accent_soft"])
        room = 0 if number else folding.room_of(table, row, number)
        if room:
            middle = QPointF(x + folding.FOLD_ROOM / 2 + 3, top + height / 2)
            folding.paint_sign(look.painter, table, row, middle)
        painter.draw(look.painter, painter.plan(cell, width - room, column.is_right), x + room, top)

    def _paint_frame(self, look: _Look, row: int, area: QRect) -> None:
        """The lines about a row, and what shows that it is the current one."""
        painter, top, bottom = look.painter, area.top(), area.bottom()
        if self._layout.is_overlapping:
            painter.fillRect(self._layout.pinned_edge - 1, top, 1, area.height(), look.colours["line"])
        if self._table.starts_group(row):
            painter.fillRect(0, top, area.width(), 2, look.colours["line_strong"])
        painter.setPen(look.line)
        painter.drawLine(0, bottom, area.width(), bottom)
        if row != look.current:
            return
        if row in look.selected:
            painter.fillRect(0, top, 3, area.height() - 1, look.colours["accent"])
        if look.focus is not None:
            _paint_focus(look, area)


def _paint_focus(look: _Look, area: QRect) -> None:
    """A frame where the keyboard is: the current row, or all of a table without rows."""
    look.painter.setPen(QPen(look.colours["accent"], 0))
    look.painter.setBrush(Qt.BrushStyle.NoBrush)
    look.painter.drawRect(area.adjusted(0, 0, -1, -1))
