"""TableView: a QTableView that paints its own cells.

Headers, selection, keyboard and accessibility stay Qt's; ``paintEvent`` draws plain strings from cached plans and only
the rows that are dirty. Buttons inside cells are drawn and hit-tested here; the keyboard reaches them with Left/Right
and presses them with Space or Enter. It knows columns and cells, not what they mean.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import NamedTuple

from PyQt6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from gui import theme
from gui.models.table import RecordTable
from gui.views.cell_painter import MARGIN, REGULAR, SMALL, STRONG, CellPainter
from gui.views.header import TableHeader

FLASH_S = 0.45
BUTTON_HEIGHT = 26


class Span(NamedTuple):
    """A visible column: its number in the model, left edge in the viewport, and width."""

    column: int
    x: int
    width: int


class TableView(QTableView):
    """Shows a :class:`RecordTable`.

    Signals:
        pressed_button(key, column name): a button in a cell was pressed, by mouse or keyboard.
        details_asked(key): Enter or a double click on a row.
        delete_asked(key): Del on a row.
        current_changed(key or None): another record has become the current one.
    """

    pressed_button = pyqtSignal(object, str)
    details_asked = pyqtSignal(object)
    delete_asked = pyqtSignal(object)
    current_changed = pyqtSignal(object)

    def __init__(self, model: RecordTable, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = model
        self.flashes = True
        self._painter = CellPainter(theme.ROW_HEIGHT)
        self._spans: list[Span] | None = None
        self._placeholder = ""
        self._hover: tuple[int, int] = (-1, -1)
        self._down: tuple[int, int] = (-1, -1)
        self._seen: dict[Hashable, dict[int, tuple[str, str]]] = {}
        self._flashing: dict[tuple[Hashable, int], float] = {}
        self._is_spread = True
        self._is_spreading = False
        self._flash_timer = QTimer(self)
        self._flash_timer.setInterval(100)
        self._flash_timer.timeout.connect(self._end_flashes)
        self.setAccessibleName(name)
        self.setObjectName(name)
        self._set_up(model)

    def _set_up(self, model: RecordTable) -> None:
        header = TableHeader(model.columns, self)
        self.setHorizontalHeader(header)
        rows = self.verticalHeader()
        if rows is not None:
            rows.hide()
            rows.setSectionResizeMode(rows.ResizeMode.Fixed)
            rows.setMinimumSectionSize(theme.COMPACT_ROW_HEIGHT)
            rows.setDefaultSectionSize(self._painter.row_height)
        self.setModel(model)
        self.setSortingEnabled(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        viewport = self.viewport()
        if viewport is not None:
            viewport.setMouseTracking(True)
            viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.reset_columns()
        header.sectionResized.connect(self._section_resized)
        header.sectionMoved.connect(self._forget_spans)
        header.reset_asked.connect(self.reset_columns)
        header.geometriesChanged.connect(self._forget_spans)

    # Columns

    def reset_columns(self) -> None:
        """Every column where and as wide as it was at first; spare room is spread by ``Column.stretch``."""
        header = self.horizontalHeader()
        if header is None:
            return
        for number, column in enumerate(self.table.columns):
            header.moveSection(header.visualIndex(number), number)
            header.setSectionHidden(number, column.starts_hidden)
        self._is_spread = True
        self._spread()

    def base_width(self, number: int) -> int:
        """A column's width for its widest plausible text or title, whichever is longer."""
        column, faces = self.table.columns[number], self._painter.faces
        lines = column.widest.split("\n")
        fonts = (STRONG, REGULAR) if len(lines) > 1 else (STRONG,)
        needed = [faces.width(line, font) for line, font in zip(lines, fonts, strict=False)]
        needed += [faces.width(title, SMALL) + 2 for title in column.titles]
        return max(needed) + 2 * MARGIN

    def _spread(self) -> None:
        """Give spare room to the columns that may stretch, as long as nobody has set a width by hand."""
        header, viewport = self.horizontalHeader(), self.viewport()
        if header is None or viewport is None or not self._is_spread:
            return
        shown = [number for number in range(len(self.table.columns)) if not header.isSectionHidden(number)]
        widths = {number: self.base_width(number) for number in shown}
        shares = {number: self.table.columns[number].stretch for number in shown}
        spare = max(0, viewport.width() - sum(widths.values()))
        total = sum(shares.values()) or 1
        self._is_spreading = True
        for number in shown:
            self.setColumnWidth(number, widths[number] + spare * shares[number] // total)
        self._is_spreading = False
        self._forget_spans()

    def _section_resized(self) -> None:
        if not self._is_spreading:
            self._is_spread = False
        self._forget_spans()

    def _forget_spans(self) -> None:
        self._spans = None
        self._repaint_all()

    def spans(self) -> list[Span]:
        """The visible columns from the left."""
        header = self.horizontalHeader()
        if self._spans is None and header is not None:
            order = (header.logicalIndex(visual) for visual in range(header.count()))
            self._spans = [
                Span(number, header.sectionViewportPosition(number), header.sectionSize(number))
                for number in order
                if not header.isSectionHidden(number)
            ]
        return self._spans or []

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Spread the spare room again."""
        super().resizeEvent(event)
        self._spread()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Columns move with the horizontal scroll bar."""
        if dx:
            self._spans = None
        super().scrollContentsBy(dx, dy)

    def set_compact(self, is_compact: bool) -> None:
        """One-line rows, or two-line rows."""
        height = theme.COMPACT_ROW_HEIGHT if is_compact else theme.ROW_HEIGHT
        self._painter = CellPainter(height)
        rows = self.verticalHeader()
        if rows is not None:
            rows.setDefaultSectionSize(height)
        self._repaint_all()

    # News

    def set_placeholder(self, words: str) -> None:
        """What an empty table says."""
        if words != self._placeholder:
            self._placeholder = words
            self._repaint_all()

    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: object = ()) -> None:
        """Only mark the rows dirty; they are formatted when they are painted."""
        viewport = self.viewport()
        if viewport is not None and viewport.isVisible():
            height = self._painter.row_height
            top = top_left.row() * height - self.verticalOffset()
            tall = (bottom_right.row() - top_left.row() + 1) * height
            if top < viewport.height() and top + tall > 0:
                viewport.update(0, top, viewport.width(), tall)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell which record is the current one."""
        super().currentChanged(current, previous)
        self._repaint_rows(current.row(), previous.row())
        if current.row() != previous.row():
            self.current_changed.emit(self.table.key(current.row()) if current.isValid() else None)

    def current_key(self) -> Hashable | None:
        """The key of the current record."""
        index = self.currentIndex()
        return self.table.key(index.row()) if index.isValid() else None

    def select_key(self, key: Hashable) -> None:
        """Make a record the current and only selected one, if it is shown."""
        row = self.table.row_of(key)
        selection = self.selectionModel()
        if row is not None and selection is not None:
            flags = QItemSelectionModel.SelectionFlag
            selection.setCurrentIndex(self.table.index(row, 0), flags.ClearAndSelect | flags.Rows)

    def _repaint_all(self) -> None:
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def _repaint_rows(self, *rows: int) -> None:
        viewport = self.viewport()
        for row in set(rows):
            if row >= 0 and viewport is not None:
                height = self._painter.row_height
                viewport.update(0, row * height - self.verticalOffset(), viewport.width(), height)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the dirty part of the visible rows."""
        viewport = self.viewport()
        if event is None or viewport is None:
            return
        painter = QPainter(viewport)
        region, height, width = event.region(), self._painter.row_height, viewport.width()
        dirty, offset = region.boundingRect(), self.verticalOffset()
        first = max(0, (dirty.top() + offset) // height)
        last = min(self.table.rowCount() - 1, (dirty.bottom() + offset) // height)
        selection = self.selectionModel()
        for row in range(first, last + 1):
            area = QRect(0, row * height - offset, width, height)
            if region.intersects(area):
                is_selected = selection is not None and selection.isRowSelected(row, QModelIndex())
                self._paint_row(painter, row, area, is_selected)
        end = self.table.rowCount() * height - offset
        if end <= dirty.bottom():
            painter.fillRect(0, max(0, end), width, viewport.height(), theme.current().ground)
        if self.table.rowCount() == 0 and self._placeholder:
            self._paint_placeholder(painter, viewport.rect())
        del region

    def _paint_placeholder(self, painter: QPainter, area: QRect) -> None:
        painter.setPen(theme.current().muted)
        painter.setFont(theme.font(theme.BODY))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self._placeholder)

    def _paint_row(self, painter: QPainter, row: int, area: QRect, is_selected: bool) -> None:
        colours = theme.current()
        ground = "selected" if is_selected else "hover" if row == self._hover[0] else "ground"
        painter.fillRect(area, colours[ground])
        key = self.table.key(row)
        for span in self.spans():
            cell = self.table.cell(row, span.column)
            if cell.button:
                area_of_button = self._button_area(span, area.top())
                self._painter.draw_button(painter, cell, area_of_button, self._button_state(row, span.column))
                continue
            if self.flashes and self.table.columns[span.column].flashes and self._is_flashing(key, span.column, row):
                painter.fillRect(span.x, area.top(), span.width, area.height(), colours["accent_soft"])
            plan = self._painter.plan(cell, span.width, self.table.columns[span.column].is_right)
            self._painter.draw(painter, plan, span.x, area.top())
        painter.fillRect(0, area.bottom(), area.width(), 1, colours.line)
        if is_selected and row == self.currentIndex().row():
            painter.fillRect(0, area.top(), 3, area.height() - 1, colours.accent)

    def _is_flashing(self, key: Hashable, column: int, row: int) -> bool:
        """Whether the cell has changed a moment ago; finds out by what was painted last."""
        words = self.table.cell(row, column).words()
        seen = self._seen.setdefault(key, {})
        before, seen[column] = seen.get(column), words
        if before is not None and before != words:
            self._flashing[key, column] = time.perf_counter() + FLASH_S
            if not self._flash_timer.isActive():
                self._flash_timer.start()
        return (key, column) in self._flashing

    def _end_flashes(self) -> None:
        now = time.perf_counter()
        over = [where for where, until in self._flashing.items() if until <= now]
        for where in over:
            del self._flashing[where]
            row = self.table.row_of(where[0])
            if row is not None:
                self._repaint_rows(row)
        if not self._flashing:
            self._flash_timer.stop()
        for key in [key for key in self._seen if self.table.row_of(key) is None]:
            del self._seen[key]

    # Buttons inside cells

    def _button_area(self, span: Span, top: int) -> QRectF:
        """A button fills its column but for a gap, in the middle of the row."""
        height = min(BUTTON_HEIGHT, self._painter.row_height - 6)
        return QRectF(span.x + 2.5, top + (self._painter.row_height - 1 - height) // 2 + 0.5, span.width - 6, height)

    def _button_state(self, row: int, column: int) -> str:
        if self._down == (row, column):
            return "pressed"
        index = self.currentIndex()
        if self.hasFocus() and (index.row(), index.column()) == (row, column):
            return "focus"
        return "hover" if self._hover == (row, column) else "plain"

    def _button_at(self, point: QPoint) -> tuple[int, int]:
        """Row and column of the button under a point of the viewport, (-1, -1) where there is none."""
        row = self.rowAt(point.y())
        if row < 0:
            return -1, -1
        for span in self.spans():
            if span.x <= point.x() < span.x + span.width and self.table.cell(row, span.column).button:
                inside = self._button_area(span, row * self._painter.row_height - self.verticalOffset())
                return (row, span.column) if inside.contains(point.toPointF()) else (-1, -1)
        return -1, -1

    def button_rect(self, key: Hashable, column_name: str) -> QRect:
        """Where a button stands in the viewport; an empty rectangle when it is not shown."""
        row = self.table.row_of(key)
        for span in self.spans():
            if row is not None and self.table.columns[span.column].name == column_name:
                top = row * self._painter.row_height - self.verticalOffset()
                return self._button_area(span, top).toAlignedRect()
        return QRect()

    def _press(self, row: int, column: int) -> None:
        self.pressed_button.emit(self.table.key(row), self.table.columns[column].name)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the mouse with the row's and the button's hover."""
        if event is None:
            return
        point = event.position().toPoint()
        button = self._button_at(point)
        self._set_hover(button if button[0] >= 0 else (self.rowAt(point.y()), -1))
        self.setCursor(Qt.CursorShape.PointingHandCursor if button[0] >= 0 else Qt.CursorShape.ArrowCursor)
        if self._down[0] < 0:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A button takes the press and makes its row the current one; anything else selects."""
        if event is None:
            return
        button = self._button_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and button[0] >= 0:
            self._down = button
            self.select_key(self.table.key(button[0]))
            self._repaint_rows(button[0])
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Press the button if the mouse is still on it."""
        if event is None:
            return
        down, self._down = self._down, (-1, -1)
        if down[0] < 0:
            super().mouseReleaseEvent(event)
            return
        self._repaint_rows(down[0])
        if self._button_at(event.position().toPoint()) == down:
            self._press(*down)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Details of a row; on a button, a double click is just two clicks."""
        if event is None:
            return
        point = event.position().toPoint()
        if self._button_at(point)[0] >= 0:
            self.mousePressEvent(event)
        elif self.rowAt(point.y()) >= 0:
            self.details_asked.emit(self.table.key(self.rowAt(point.y())))

    def leaveEvent(self, event: QEvent | None) -> None:
        """No hover without a mouse."""
        super().leaveEvent(event)
        self._set_hover((-1, -1))

    def _set_hover(self, hover: tuple[int, int]) -> None:
        if hover != self._hover:
            before, self._hover = self._hover, hover
            self._repaint_rows(before[0], hover[0])

    # Keyboard

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """A table that is reached by keyboard has a current row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.table.rowCount():
            self.select_key(self.table.key(0))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter, Space, Del, Left, Right and copy; the rest is Qt's."""
        if event is None:
            return
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif not index.isValid():
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step_to_button(index, 1 if event.key() == Qt.Key.Key_Right else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            is_button = bool(self.table.cell(index.row(), index.column()).button)
            if is_button:
                self._press(index.row(), index.column())
            elif event.key() != Qt.Key.Key_Space:
                self.details_asked.emit(self.table.key(index.row()))
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit(self.table.key(index.row()))
        else:
            super().keyPressEvent(event)

    def _step_to_button(self, index: QModelIndex, step: int) -> None:
        """The next button of the row in that direction; past the first one, back to the row as a whole."""
        stops = [0] + [span.column for span in self.spans() if self.table.cell(index.row(), span.column).button]
        at = stops.index(index.column()) if index.column() in stops else 0
        column = stops[max(0, min(len(stops) - 1, at + step))]
        selection = self.selectionModel()
        if selection is not None:
            selection.setCurrentIndex(self.table.index(index.row(), column), QItemSelectionModel.SelectionFlag.NoUpdate)
            self._repaint_rows(index.row())

    # Copying

    def copy_rows(self) -> None:
        """The selected rows as tab-separated text with a header line, to the clipboard."""
        selection = self.selectionModel()
        clipboard = QGuiApplication.clipboard()
        if selection is not None and clipboard is not None and selection.hasSelection():
            rows = sorted({index.row() for index in selection.selectedRows()})
            clipboard.setText(self.as_tsv(rows))

    def as_tsv(self, rows: list[int]) -> str:
        """Rows as tab-separated lines, one field per line of a visible column's title."""
        columns = [span.column for span in self.spans() if any(self.table.columns[span.column].titles)]
        lines = ["\t".join(title for column in columns for title in self.table.columns[column].titles)]
        for row in rows:
            fields = []
            for column in columns:
                count = len(self.table.columns[column].titles)
                fields += [*self.table.words(row, column), ""][:count]
            lines.append("\t".join(field.replace("\t", " ") for field in fields))
        return "\n".join(lines)
