"""The row below a table that adds up what is shown, each figure under its column; how to add up is for the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PyQt6.QtCore import QEvent, QSize, QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.models.cell import Cell
from gui.models.cell_table import CellTable
from gui.models.table import RecordTable
from gui.text import as_tooltip, translate
from gui.views.cell_painter import CellPainter
from gui.views.table_view import TableView

_PAUSE_MS: Final = 250


class TotalsRow(QWidget):
    """Sums of a :class:`RecordTable`'s records, for columns that have a ``total``; or those it is given."""

    def __init__(self, table: CellTable, view: TableView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table, self._view = table, view
        self._painter = CellPainter(theme.ROW_HEIGHT)
        self._cells: dict[int, Cell] = {}
        self._seen: list[Any] = []
        self._is_pale = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Table", "Totals"))
        said = translate("Table", "Sums of the rows shown, in USDT and USDC; a dash where a part is not known")
        self.setToolTip(as_tooltip(said))
        view.layout_of_columns.changed.connect(self.update)
        self.hide()

    @property
    def cells(self) -> dict[int, Cell]:
        """What is shown, by column."""
        return self._cells

    def set_compact(self, is_compact: bool) -> None:
        """One line, or two."""
        self._painter = CellPainter(theme.COMPACT_ROW_HEIGHT if is_compact else theme.ROW_HEIGHT)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent | None) -> None:
        """Another font: lay the sums out again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self.set_compact(self._painter.is_compact)

    def set_pale(self, is_pale: bool) -> None:
        """Take the colour out of sums of figures that are not live."""
        if is_pale != self._is_pale:
            self._is_pale = is_pale
            self.update()

    def forget(self) -> None:
        """Write the sums anew, though the records are the same: what may be seen has changed."""
        self._seen = []
        self.refresh()

    def refresh(self) -> None:
        """Add up again if a record is another one; a sum of fewer than two rows would say nothing new.

        Rows that come or go count at once, prices four times a second: adding rows up costs as much as showing them.
        """
        if not isinstance(self._table, RecordTable):
            return
        records = list(self._table.records)
        if len(records) == len(self._seen):
            if self._pause.isActive() or all(a is b for a, b in zip(records, self._seen, strict=True)):
                return
            self._pause.start()
        self._seen = records
        columns = enumerate(self._table.columns)
        cells = {number: column.total(records) for number, column in columns if column.total is not None}
        self._show(cells, is_worth_it=len(records) > 1)

    def show_sums(self, cells: Mapping[str, Cell], rows: int) -> None:
        """Show sums of so many rows, by column name."""
        numbered = {
            number: cells[column.name] for number, column in enumerate(self._table.columns) if column.name in cells
        }
        self._show(numbered, is_worth_it=rows > 1)

    def _show(self, cells: dict[int, Cell], *, is_worth_it: bool) -> None:
        if self.isHidden() == (is_worth_it and bool(cells)):
            self.setVisible(self.isHidden())
        if cells != self._cells:
            self._cells = cells
            spoken = (" ".join(part for part in cell.words() if part) for cell in cells.values())
            self.setAccessibleDescription(", ".join(spoken))
            self.update()

    def sizeHint(self) -> QSize:
        """As high as a row."""
        return QSize(100, self._painter.row_height)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A line, then the sums."""
        colours, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), colours.panel)
        painter.fillRect(0, 0, self.width(), 1, colours["line_strong"])
        for cell, is_right, x, width in self._placed():
            shown = cell._replace(tone="muted", below_tone="muted") if self._is_pale else cell
            self._painter.draw(painter, self._painter.plan(shown, width, is_right), x, 0)

    def _placed(self) -> list[tuple[Cell, bool, int, int]]:
        """Each sum, whether it ends at the right, its left edge and its width. Figures have the room of columns without
        a sum at their left as well: a sum is wider than what it adds up.
        """
        free, placed = 0, list[tuple[Cell, bool, int, int]]()
        for number, x, width in sorted(self._view.layout_of_columns.spans(), key=lambda span: span.x):
            cell, is_right = self._cells.get(number), self._table.columns[number].is_right
            if cell is not None:
                left = min(free, x) if is_right else x
                placed.append((cell, is_right, left, x + width - left))
                free = x + width
        return placed
