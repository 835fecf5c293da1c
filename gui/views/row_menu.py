"""The menu of a row: what can be done with it, copying, the file with all rows, groups, columns.

The keyboard opens it as well (the menu key, Shift+F10), so that everything in it is reached without a mouse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu

from gui.text import translate
from gui.views import copying
from gui.views.table_view import TableView


class Entry(NamedTuple):
    """One line of a menu. ``shortcut`` is only shown; the table itself answers the key."""

    words: str
    act: Callable[[], object]
    shortcut: str = ""
    is_enabled: bool = True


def row_menu(view: TableView, first: Sequence[Entry], export: Callable[[], object] | None, column: int) -> QMenu:
    """A menu for the current row of ``view``; it deletes itself when it closes.

    Args:
        first: what this kind of row can do.
        export: writes all rows to a file; None where there is no such thing.
        column: the one that was pointed at.
    """
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for entry in first:
        _add(menu, entry)
    menu.addSeparator()
    row = view.currentIndex().row()
    has_row = row >= 0
    _add(menu, Entry(translate("Table", "Copy rows"), view.copy_rows, "Ctrl+C", has_row))
    _add(
        menu,
        Entry(
            translate("Table", "Copy cell"),
            lambda: copying.copy_cell(view.table, row, column),
            "",
            has_row and column >= 0,
        ),
    )
    if export is not None:
        _add(menu, Entry(translate("Table", "Export as CSV…"), export))
    menu.addSeparator()
    if view.groups:
        _add_groups(menu, view)
    if view.header.can_sort:
        menu.addMenu(view.header.sort_menu(menu))
    columns = QMenu(translate("Table", "Columns"), menu)
    view.header.fill(columns)
    menu.addMenu(columns)
    return menu


def _add(menu: QMenu, entry: Entry) -> None:
    action = QAction(f"{entry.words}\t{entry.shortcut}" if entry.shortcut else entry.words, menu)
    action.setEnabled(entry.is_enabled)
    action.triggered.connect(lambda: entry.act())
    menu.addAction(action)


def _add_groups(menu: QMenu, view: TableView) -> None:
    inner = QMenu(translate("Table", "Group by"), menu)
    group = QActionGroup(inner)
    titles = {"symbol": translate("Table", "Symbol"), "side": translate("Table", "Side")}
    for key in ("", *view.groups):
        action = QAction(titles.get(key, translate("Table", "Nothing")), inner)
        action.setCheckable(True)
        action.setChecked(view.grouping == key)
        action.triggered.connect(lambda _on, key=key: view.group_by(key))
        group.addAction(action)
        inner.addAction(action)
    menu.addMenu(inner)
