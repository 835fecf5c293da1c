"""TableView: a QTableView that paints its own cells.

Headers, selection, keyboard and accessibility stay Qt's; ``paintEvent`` draws plain strings from cached plans and only
the rows that are dirty. Buttons inside cells are drawn and hit-tested here; the keyboard reaches them with Left/Right
and presses them with Space or Enter. It knows columns and cells, not what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from PyQt6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
)
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from gui import theme
from gui.models.cell import Cell
from gui.models.cell_table import CellTable
from gui.models.history_table import HistoryTable
from gui.models.table import RecordTable
from gui.text import Tip
from gui.views import cell_tips, copying, folding
from gui.views.cell_painter import CellPainter
from gui.views.column_layout import ColumnLayout, Span
from gui.views.flashes import Flashes
from gui.views.header import TableHeader
from gui.views.placeholder import paint_placeholder
from gui.widgets.tips import show_tip

BUTTON_HEIGHT = 26
NOWHERE = (-1, -1)
# What so many rows said when they were painted last is remembered.
REMEMBERED = 1_000


class _Look(NamedTuple):
    """What is the same for all rows of one repaint. ``line`` is one pixel of the screen at any scale."""

    painter: QPainter
    colours: dict[str, QColor]
    line: QPen
    selected: set[int]
    current: int


class TableView(QTableView):
    """Shows a :class:`CellTable`.

    Signals:
        pressed_button(key, column name): a button in a cell was pressed, by mouse or keyboard.
        details_asked(key): Enter or a double click on a row.
        delete_asked(key): Del on a row.
        current_changed(key or None): another record has become the current one.
        menu_asked(column, QPoint): a menu for the current row, at a place on the screen; column -1 for the whole row.
        selection_changed: other rows are selected.
        rows_missing(first, last): rows that are to be copied are not here.
    """

    pressed_button = pyqtSignal(object, str)
    details_asked = pyqtSignal(object)
    delete_asked = pyqtSignal(object)
    current_changed = pyqtSignal(object)
    menu_asked = pyqtSignal(int, QPoint)
    rows_missing = pyqtSignal(int, int)
    selection_changed = pyqtSignal()

    def __init__(self, model: CellTable, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = model
        model.setParent(self)  # it must outlive the view, whatever order the interpreter lets go in
        self._painter = CellPainter(theme.ROW_HEIGHT)
        self._pinned = frozenset(number for number, column in enumerate(model.columns) if column.is_pinned)
        self.groups: tuple[str, ...] = ()
        self.grouping = ""
        self._placeholder = ""
        self._hover = NOWHERE
        self._down: tuple[Hashable, int] | None = None
        self._painted: dict[Hashable, list[Cell | None]] = {}
        self.header = TableHeader(model, self)
        self.setHorizontalHeader(self.header)
        self.layout_of_columns = ColumnLayout(model.columns, self.header, self._painter.faces)
        self.flashes = Flashes(self._repaint_cell, self)
        self.setAccessibleName(name)
        self.setModel(model)
        self._set_up()
        self.layout_of_columns.reset()
        self.layout_of_columns.changed.connect(self._repaint_all)
        model.rowsAboutToBeRemoved.connect(self._forget_rows)
        model.rowsInserted.connect(self._stay_in_place)
        model.modelReset.connect(self._painted.clear)

    def _set_up(self) -> None:
        rows = self.verticalHeader()
        if rows is not None:
            rows.hide()
            rows.setSectionResizeMode(rows.ResizeMode.Fixed)
            rows.setMinimumSectionSize(theme.COMPACT_ROW_HEIGHT)
            rows.setDefaultSectionSize(self._painter.row_height)
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
        viewport = self._canvas()
        viewport.setMouseTracking(True)
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def _canvas(self) -> QWidget:
        viewport = self.viewport()
        assert viewport is not None  # Qt makes one with every item view
        return viewport

    # Geometry

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Spread the spare room again."""
        super().resizeEvent(event)
        self.layout_of_columns.fit(self._canvas().width())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Columns move with the horizontal scroll bar."""
        if dx:
            self.layout_of_columns.forget()
        super().scrollContentsBy(dx, dy)

    def set_compact(self, is_compact: bool) -> None:
        """One-line rows, or two-line rows."""
        self._painter = CellPainter(theme.COMPACT_ROW_HEIGHT if is_compact else theme.ROW_HEIGHT)
        rows = self.verticalHeader()
        if rows is not None:
            rows.setDefaultSectionSize(self._painter.row_height)
        self._repaint_all()

    def changeEvent(self, event: QEvent | None) -> None:
        """Another font: lay every cell and column out again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange and hasattr(self, "layout_of_columns"):
            self.set_compact(self._painter.is_compact)
            self.layout_of_columns.use(self._painter.faces)
            self.header.updateGeometry()

    def _row_area(self, row: int, count: int = 1) -> QRect:
        height = self._painter.row_height
        return QRect(0, row * height - self.verticalOffset(), self._canvas().width(), count * height)

    def _row_at(self, y: int) -> int:
        row = (y + self.verticalOffset()) // self._painter.row_height
        return row if 0 <= row < self.table.rowCount() else -1

    # News

    def set_placeholder(self, words: str) -> None:
        """What an empty table says."""
        if words != self._placeholder:
            self._placeholder = words
            self.setAccessibleDescription(words.replace("\n", ": "))
            self._repaint_all()

    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: object = ()) -> None:
        """Mark what says something else now; rows out of sight are not even formatted."""
        canvas = self._canvas()
        if not canvas.isVisible():
            return
        first = max(top_left.row(), self.verticalOffset() // self._painter.row_height)
        last = (self.verticalOffset() + canvas.height() - 1) // self._painter.row_height
        for row in range(first, min(last, bottom_right.row()) + 1):
            self._mark_changed_cells(row)

    def _mark_changed_cells(self, row: int) -> None:
        """Compare what the row says with what was painted of it last; only the difference is painted again."""
        area = self._row_area(row)
        painted = self._painted.get(self.table.key(row))
        if painted is None:
            self._canvas().update(area)
            return
        spans = self.layout_of_columns.spans()
        cells = self.table.formatted(row, [span.column for span in spans])
        if painted == cells:
            return
        update, top, height = self._canvas().update, area.top(), area.height()
        for column, x, width in spans:
            if painted[column] != cells[column]:
                update(x, top, width, height)

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

    def is_aimed(self) -> bool:
        """The mouse is on a button or holds one down: rows must not change places under it."""
        return self._down is not None or self._hover[1] >= 0

    def repaint_key(self, key: Hashable) -> None:
        """Paint a record's row again, if it is shown."""
        row = self.table.row_of(key)
        if row is not None:
            self._repaint_rows(row)

    def _repaint_cell(self, key: Hashable, column: int) -> None:
        row = self.table.row_of(key)
        span = next((span for span in self.layout_of_columns.spans() if span.column == column), None)
        if row is not None and span is not None:
            area = self._row_area(row)
            self._canvas().update(span.x, area.top(), span.width, area.height())

    def _forget_rows(self, parent: QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            self.flashes.forget(self.table.key(row))
            self._painted.pop(self.table.key(row), None)

    def _stay_in_place(self, parent: QModelIndex, first: int, last: int) -> None:
        """Rows that come in above what is being looked at must not push it away. At the top, what is new is shown."""
        bar, height = self.verticalScrollBar(), self._painter.row_height
        if bar is not None and bar.value() > 0 and first * height <= bar.value():
            self.updateGeometries()
            bar.setValue(bar.value() + (last - first + 1) * height)

    def _repaint_all(self) -> None:
        self._canvas().update()

    def _repaint_rows(self, *rows: int) -> None:
        for row in set(rows):
            if row >= 0:
                self._canvas().update(self._row_area(row))

    # Tooltips

    def viewportEvent(self, event: QEvent | None) -> bool:
        """What a cell says about itself, after all of its words where they are cut short."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_tip(event.globalPos(), self.tooltip_of(self.indexAt(event.pos())), self._canvas())
            return True
        return super().viewportEvent(event)

    def tooltip_of(self, index: QModelIndex) -> Tip:
        """The words for a place of the table, "" for none."""
        room = folding.room_of(self.table, index.row(), index.column()) if index.isValid() else 0
        return cell_tips.tooltip(self.table, self._painter, index, self.columnWidth(index.column()) - room)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the dirty part of the visible rows."""
        if event is None:
            return
        canvas = self._canvas()
        painter, colours = QPainter(canvas), theme.current()
        region, height, count = event.region(), self._painter.row_height, self.table.rowCount()
        dirty, offset, width = region.boundingRect(), self.verticalOffset(), canvas.width()
        first = max(0, (dirty.top() + offset) // height)
        last = min(count - 1, (dirty.bottom() + offset) // height)
        # What is the same for every row is asked for once: rows of which one cell ticks are nearly all of the work.
        selected, current = self._selected(first, last), self.currentIndex().row()
        look = _Look(painter, colours.colours, QPen(colours.line, 0), selected, current)
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
        if count == 0 and self._placeholder:
            paint_placeholder(painter, canvas.rect(), self._placeholder)
        if count == 0:
            self._paint_focus(painter, canvas.rect())

    def _selected(self, first: int, last: int) -> set[int]:
        """The selected rows among these; asking Qt for each row makes it ask the model back several times."""
        model, rows = self.selectionModel(), set[int]()
        selection = QItemSelection() if model is None else model.selection()
        for number in range(selection.count()):
            part = selection[number]
            rows.update(range(max(first, part.top()), min(last, part.bottom()) + 1))
        return rows

    def _paint_row(self, look: _Look, row: int, area: QRect, bounds: QRect, part: QRegion | None) -> None:
        """What of a row lies within ``bounds``, and of that only ``part``; None is all of it."""
        plain = "ground" if self.table.parent_row(row) < 0 else "panel"
        ground = look.colours["selected" if row in look.selected else "hover" if row == self._hover[0] else plain]
        look.painter.fillRect(bounds, ground)
        cells, top, tall = self.table.cells(row), area.top(), area.height()
        left, right = bounds.left(), bounds.right()
        for span in self.layout_of_columns.spans():
            number, x, width = span
            cell = cells[number]
            is_out = x > right or x + width <= left
            is_clean = is_out or (part is not None and not part.intersects(QRect(x, top, width, tall)))
            if is_clean and (cell is None or not cell.spills):
                continue
            self._paint_cell(look, row, span, top, cell or self.table.cell(row, number), ground)
        if len(self._painted) >= REMEMBERED:
            self._painted.clear()
        self._painted[self.table.key(row)] = cells.copy()
        self._paint_frame(look, row, area)

    def _paint_cell(self, look: _Look, row: int, span: Span, top: int, cell: Cell, ground: QColor) -> None:
        number, x, width = span
        column, painter, height = self.table.columns[number], self._painter, self._painter.row_height
        if number in self._pinned:  # may lie above other columns
            look.painter.fillRect(x, top, width, height, ground)
        if cell.button:
            painter.draw_button(look.painter, cell, self._button_area(span, top), self._button_state(row, number))
            return
        if column.flashes and self.flashes.is_lit(self.table.key(row), number, cell, looks_below=column.flashes_below):
            look.painter.fillRect(x, top, width, height, look.colours["accent_soft"])
        room = 0 if number else folding.room_of(self.table, row, number)
        if room:
            middle = QPointF(x + folding.FOLD_ROOM / 2 + 3, top + height / 2)
            folding.paint_sign(look.painter, self.table, row, middle)
        painter.draw(look.painter, painter.plan(cell, width - room, column.is_right), x + room, top)

    def _paint_frame(self, look: _Look, row: int, area: QRect) -> None:
        """The lines about a row, and what shows that it is the current one."""
        painter, top, bottom = look.painter, area.top(), area.bottom()
        if self.layout_of_columns.is_overlapping:
            edge = self.layout_of_columns.pinned_edge - 1
            painter.fillRect(edge, top, 1, area.height(), look.colours["line"])
        if self.table.starts_group(row):
            painter.fillRect(0, top, area.width(), 2, look.colours["line_strong"])
        painter.setPen(look.line)
        painter.drawLine(0, bottom, area.width(), bottom)
        if row != look.current:
            return
        if row in look.selected:
            painter.fillRect(0, top, 3, area.height() - 1, look.colours["accent"])
        self._paint_focus(painter, area)

    # Folding

    def _fold_sign_at(self, point: QPoint) -> int:
        """The row whose sign is under a point of the viewport; -1 for none."""
        row = self._row_at(point.y()) if self.table.unfolds else -1
        first = next((span for span in self.layout_of_columns.spans() if span.column == 0), None)
        is_sign = row >= 0 and first is not None and first.x <= point.x() < first.x + folding.FOLD_ROOM + 4
        return row if is_sign and self.table.can_unfold(row) else -1

    def toggle_fold(self, row: int) -> None:
        """Unfold a row, or put its parts away."""
        self.table.set_unfolded(row, not self.table.is_unfolded(row))

    def _paint_focus(self, painter: QPainter, area: QRect) -> None:
        """A frame where the keyboard is: the current row, or all of a table without rows."""
        if self.hasFocus():
            painter.setPen(QPen(theme.current().accent, 0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0, 0, -1, -1))

    # Buttons inside cells

    def _button_area(self, span: Span, top: int) -> QRectF:
        """A button fills its column but for a gap, in the middle of the row."""
        height = min(BUTTON_HEIGHT, self._painter.row_height - 6)
        return QRectF(span.x + 2.5, top + (self._painter.row_height - 1 - height) // 2 + 0.5, span.width - 6, height)

    def _button_state(self, row: int, column: int) -> str:
        if self._down == (self.table.key(row), column):
            return "pressed"
        index = self.currentIndex()
        if self.hasFocus() and (index.row(), index.column()) == (row, column):
            return "focus"
        return "hover" if self._hover == (row, column) else "plain"

    def _button_at(self, point: QPoint) -> tuple[int, int]:
        """Row and column of the button under a point of the viewport."""
        row = self._row_at(point.y())
        for span in reversed(self.layout_of_columns.spans()) if row >= 0 else ():
            if span.x <= point.x() < span.x + span.width and self.table.cell(row, span.column).button:
                inside = self._button_area(span, self._row_area(row).top())
                return (row, span.column) if inside.contains(point.toPointF()) else NOWHERE
        return NOWHERE

    def button_rect(self, key: Hashable, column_name: str) -> QRect:
        """Where a button stands in the viewport; an empty rectangle when it is not shown."""
        row = self.table.row_of(key)
        for span in self.layout_of_columns.spans():
            if row is not None and self.table.columns[span.column].name == column_name:
                return self._button_area(span, self._row_area(row).top()).toAlignedRect()
        return QRect()

    def _press(self, key: Hashable, column: int) -> None:
        self.pressed_button.emit(key, self.table.columns[column].name)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the mouse with the row's and the button's hover."""
        if event is None:
            return
        point = event.position().toPoint()
        button = self._button_at(point)
        self._set_hover(button if button != NOWHERE else (self._row_at(point.y()), -1))
        is_plain = button == NOWHERE and self._fold_sign_at(point) < 0
        self.setCursor(Qt.CursorShape.ArrowCursor if is_plain else Qt.CursorShape.PointingHandCursor)
        if self._down is None:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A button takes the press and makes its row the current one; anything else selects."""
        if event is None:
            return
        folding = self._fold_sign_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and folding >= 0:
            self.select_key(self.table.key(folding))
            self.toggle_fold(folding)
            return
        row, column = self._button_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            super().mousePressEvent(event)
            return
        key = self.table.key(row)
        self._down = (key, column)
        self.select_key(key)
        self._repaint_rows(row)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Press the button if the mouse is still on the same record's button."""
        if event is None:
            return
        down, self._down = self._down, None
        if down is None:
            super().mouseReleaseEvent(event)
            return
        self.repaint_key(down[0])
        row, column = self._button_at(event.position().toPoint())
        if row >= 0 and (self.table.key(row), column) == down:
            self._press(*down)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Details of a row; on a button, a double click is just two clicks."""
        if event is None:
            return
        point = event.position().toPoint()
        if self._button_at(point) != NOWHERE or self._fold_sign_at(point) >= 0:
            self.mousePressEvent(event)
        elif self._row_at(point.y()) >= 0:
            self.details_asked.emit(self.table.key(self._row_at(point.y())))

    def leaveEvent(self, event: QEvent | None) -> None:
        """No hover without a mouse."""
        super().leaveEvent(event)
        self._set_hover(NOWHERE)

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
        elif not index.isValid() or not self._handle_key(event.key(), index):
            super().keyPressEvent(event)

    def _handle_key(self, pressed: int, index: QModelIndex) -> bool:
        """Act on a key for the current record; False when it means nothing here."""
        key = self.table.key(index.row())
        is_button = bool(self.table.cell(index.row(), index.column()).button)
        target = folding.row_after_key(self.table, pressed, index.row())
        if target is not None:
            if target != index.row():
                self.select_key(self.table.key(target))
            return True
        if pressed in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step_to_button(index, 1 if pressed == Qt.Key.Key_Right else -1)
        elif pressed in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and is_button:
            self._press(key, index.column())
        elif pressed in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.details_asked.emit(key)
        elif pressed == Qt.Key.Key_Delete:
            self.delete_asked.emit(key)
        else:
            return False
        return True

    def _step_to_button(self, index: QModelIndex, step: int) -> None:
        """The next button of the row in that direction; before the first one comes the row as a whole."""
        spans = self.layout_of_columns.spans()
        buttons = [span.column for span in spans if self.table.cell(index.row(), span.column).button]
        stops = [0, *buttons]
        at = stops.index(index.column()) if index.column() in stops else 0
        target = self.table.index(index.row(), stops[max(0, min(len(stops) - 1, at + step))])
        selection = self.selectionModel()
        if selection is not None:
            selection.setCurrentIndex(target, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._repaint_rows(index.row())

    # Menu and groups

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Ask for a menu: at the mouse, or below the current row when the keyboard wants it."""
        if event is None:
            return
        column, place = -1, event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self._select_for_menu(self._row_at(event.pos().y()))
            column = self.columnAt(event.pos().x())
        elif self.currentIndex().isValid():
            place = self._canvas().mapToGlobal(self._row_area(self.currentIndex().row()).bottomLeft() + QPoint(20, 0))
        self.menu_asked.emit(column, place)

    def _select_for_menu(self, row: int) -> None:
        """A row outside the selection becomes the selection; several selected rows stay so."""
        selection = self.selectionModel()
        if row >= 0 and selection is not None and not selection.isRowSelected(row, QModelIndex()):
            self.select_key(self.table.key(row))

    def group_by(self, name: str) -> None:
        """Keep rows of the same ``symbol`` or ``side`` together; "" for no groups."""
        if name not in ("", *self.groups):
            return
        self.grouping = name
        if isinstance(self.table, RecordTable):
            self.table.set_grouping(_group_of(name))
        elif isinstance(self.table, HistoryTable):
            self.table.ask_for_groups(name, _group_of(name))
        self._repaint_all()

    # Selection and copying

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other rows are selected."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def selected_rows(self, most: int) -> list[int]:
        """Selected rows from the top, so many at most; never an index per cell: a million of them takes seconds."""
        model, rows = self.selectionModel(), set[int]()
        selection = QItemSelection() if model is None else model.selection()
        for number in range(selection.count()):
            part = selection[number]
            rows.update(range(part.top(), min(part.bottom(), part.top() + most) + 1))
        return sorted(rows)[:most]

    def selected_keys(self) -> tuple[Hashable, ...]:
        """The keys of the selected records, from the top."""
        return tuple(self.table.key(row) for row in self.selected_rows(copying.MOST))

    def shown_columns(self) -> list[int]:
        """The visible columns from the left."""
        return [span.column for span in self.layout_of_columns.spans()]

    def copy_rows(self) -> None:
        """The selected rows, tab-separated, to the clipboard; rows that are not here are asked for instead."""
        rows = self.selected_rows(copying.MOST)
        if all(self.table.has_rows(row, row) for row in rows):
            copying.copy_rows(self.table, rows, self.shown_columns())
        else:
            self.rows_missing.emit(rows[0], rows[-1])


def _group_of(name: str) -> Callable[[Any], Any] | None:
    """What puts records together: their own ``symbol`` or ``side``, or that of their key."""
    if not name:
        return None
    return lambda record: str(getattr(record, name, None) or getattr(record.key, name, ""))
