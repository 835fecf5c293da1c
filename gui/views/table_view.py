"""TableView: a QTableView whose cells are painted by a TablePainter and may hold buttons.

Headers, selection, keyboard and accessibility stay Qt's; here is what rows and buttons do under mouse and keyboard,
which reaches buttons with Left/Right and presses them with Space or Enter. It knows columns and cells, not what they
mean.
"""

from __future__ import annotations

from collections.abc import Hashable

from PyQt6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from gui import theme
from gui.models.cell_table import CellTable
from gui.text import Tip
from gui.views import cell_tips, copying, folding, row_keys
from gui.views.cell_buttons import NOWHERE, CellButtons, button_area
from gui.views.cell_painter import CellPainter
from gui.views.column_layout import ColumnLayout
from gui.views.flashes import Flashes
from gui.views.header import TableHeader
from gui.views.selection import first_rows
from gui.views.table_painter import TablePainter
from gui.widgets.tips import show_tip


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
        self.groups: tuple[str, ...] = ()
        self.grouping = ""
        self._placeholder = ""
        self.header = TableHeader(model, self)
        self.setHorizontalHeader(self.header)
        self.layout_of_columns = ColumnLayout(model.columns, self.header, self._painter.faces)
        self.flashes = Flashes(self._repaint_cell, self)
        self.buttons = CellButtons(model, self.layout_of_columns)
        self._rows = TablePainter(model, self.layout_of_columns, self.flashes, self.buttons)
        self.setAccessibleName(name)
        self.setModel(model)
        self._set_up()
        self.layout_of_columns.reset()
        self.layout_of_columns.changed.connect(self._repaint_all)
        model.rowsAboutToBeRemoved.connect(self._forget_rows)
        model.rowsInserted.connect(self._stay_in_place)
        model.modelReset.connect(self._rows.forget_all)

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
            self._rows.mark_changed(row, self._row_area(row), canvas.update)

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
        return self.buttons.is_aimed()

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
            self._rows.forget(self.table.key(row))

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

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the dirty part of the visible rows."""
        if event is not None:
            self._rows.paint(self, self._canvas(), event.region(), self._painter, self._placeholder)

    # Folding

    def _fold_sign_at(self, point: QPoint) -> int:
        """The row whose sign is under a point of the viewport; -1 for none."""
        row = self._row_at(point.y())
        return row if folding.has_sign_at(self.table, self.layout_of_columns.spans(), row, point.x()) else -1

    def toggle_fold(self, row: int) -> None:
        """Unfold a row, or put its parts away."""
        self.table.set_unfolded(row, not self.table.is_unfolded(row))

    # Buttons inside cells

    def _button_at(self, point: QPoint) -> tuple[int, int]:
        """Row and column of the button under a point of the viewport."""
        row = self._row_at(point.y())
        return self.buttons.at(point, row, self._row_area(row).top(), self._painter.row_height)

    def button_rect(self, key: Hashable, column_name: str) -> QRect:
        """Where a button stands in the viewport; an empty rectangle when it is not shown."""
        row = self.table.row_of(key)
        for span in self.layout_of_columns.spans():
            if row is not None and self.table.columns[span.column].name == column_name:
                return button_area(span, self._row_area(row).top(), self._painter.row_height).toAlignedRect()
        return QRect()

    def press(self, key: Hashable, column: int) -> None:
        """Tell that the button of a record in a column was pressed."""
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
        if self.buttons.down is None:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A button takes the press and makes its row the current one; anything else selects."""
        if event is None:
            return
        folds = self._fold_sign_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and folds >= 0:
            self.select_key(self.table.key(folds))
            self.toggle_fold(folds)
            return
        row, column = self._button_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            super().mousePressEvent(event)
            return
        key = self.table.key(row)
        self.buttons.down = (key, column)
        self.select_key(key)
        self._repaint_rows(row)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Press the button if the mouse is still on the same record's button."""
        if event is None:
            return
        down, self.buttons.down = self.buttons.down, None
        if down is None:
            super().mouseReleaseEvent(event)
            return
        self.repaint_key(down[0])
        row, column = self._button_at(event.position().toPoint())
        if row >= 0 and (self.table.key(row), column) == down:
            self.press(*down)

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
        if hover != self.buttons.hover:
            before, self.buttons.hover = self.buttons.hover, hover
            self._repaint_rows(before[0], hover[0])

    # Keyboard

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """A table that is reached by keyboard has a current row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.table.rowCount():
            self.select_key(self.table.key(0))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter, Space, Del, Left, Right and copy; the rest is Qt's."""
        if event is not None and not row_keys.act_on(self, event):
            super().keyPressEvent(event)

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
        self.table.group_by(name)
        self._repaint_all()

    # Selection and copying

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other rows are selected."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def selected_rows(self, most: int) -> list[int]:
        """Selected rows from the top, so many at most."""
        return first_rows(self.selectionModel(), most)

    def selected_keys(self) -> tuple[Hashable, ...]:
        """The keys of the selected records, from the top."""
        return tuple(self.table.key(row) for row in self.selected_rows(copying.MOST))

    def shown_columns(self) -> list[int]:
        """The columns from the left, those that only lack room included: a copy does not depend on the window."""
        return self.layout_of_columns.wanted()

    def copy_rows(self) -> None:
        """The selected rows, tab-separated, to the clipboard; rows that are not here are asked for instead."""
        rows = self.selected_rows(copying.MOST)
        if all(self.table.has_rows(row, row) for row in rows):
            copying.copy_rows(self.table, rows, self.shown_columns())
        else:
            self.rows_missing.emit(rows[0], rows[-1])
