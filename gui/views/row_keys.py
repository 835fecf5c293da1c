"""What keys do in a table: copy, unfold, reach and press the buttons of a row, ask for its details or its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence

from gui.views import folding

if TYPE_CHECKING:
    from gui.views.table_view import TableView

_STEPS: Final[dict[int, int]] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def act_on(view: TableView, event: QKeyEvent) -> bool:
    """Do what a key asks for on the current row; False when it means nothing here: the rest is Qt's."""
    if event.matches(QKeySequence.StandardKey.Copy):
        view.copy_rows()
        return True
    index = view.currentIndex()
    return index.isValid() and (_fold(view, event.key(), index.row()) or _act(view, event.key(), index))


def _fold(view: TableView, pressed: int, row: int) -> bool:
    target = folding.row_after_key(view.table, pressed, row)
    if target is not None and target != row:
        view.select_key(view.table.key(target))
    return target is not None


def _act(view: TableView, pressed: int, index: QModelIndex) -> bool:
    table, row, column = view.table, index.row(), index.column()
    is_button = bool(table.cell(row, column).button)
    step = _STEPS.get(pressed)
    if step is not None:
        _go_to(view, row, view.buttons.next_to(row, column, step))
    elif is_button and (pressed in _ENTER or pressed == Qt.Key.Key_Space):
        view.press(table.key(row), column)
    elif pressed in _ENTER:
        view.details_asked.emit(table.key(row))
    elif pressed == Qt.Key.Key_Delete:
        view.delete_asked.emit(table.key(row))
    else:
        return False
    return True


def _go_to(view: TableView, row: int, column: int) -> None:
    """Put the keyboard on another cell of the row; what is selected stays."""
    selection = view.selectionModel()
    if selection is not None:
        selection.setCurrentIndex(view.table.index(row, column), QItemSelectionModel.SelectionFlag.NoUpdate)
        view.repaint_key(view.table.key(row))
