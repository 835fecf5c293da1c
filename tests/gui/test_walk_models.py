"""Qt's own tester watches every model of the desk while rows come, go, change, are sorted, filtered and grouped."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from msgspec import structs
from PyQt6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QWidget

import gui
from gui.main_window import MainWindow
from gui.models.cell_table import CellTable
from gui.models.history_table import HistoryTable
from gui.models.table import RecordTable
from gui.views.table_view import TableView
from tests.gui import samples, scenes

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
ROLES = tuple(Qt.ItemDataRole)
DIALOGS = ("close-all-progress", "cancel-orphans", "timeline-done", "stops-partial")


def models(window: QWidget) -> list[CellTable]:
    """Every model of ours that a window shows, or keeps."""
    found = [view.table for view in window.findChildren(TableView)]
    return list(dict.fromkeys([*found, *window.findChildren(CellTable)]))


def watched(window: QWidget, seen: set[type]) -> list[QAbstractItemModelTester]:
    """A tester on each of them; the first complaint ends the run."""
    seen |= {type(model) for model in models(window)}
    return [QAbstractItemModelTester(model, FATAL, model) for model in models(window)]


def read_through(window: QWidget) -> None:
    """Ask every model for all it can say, as views and screen readers do."""
    for model in models(window):
        for row in range(min(model.rowCount(QModelIndex()), 20)):
            for column in range(model.columnCount(QModelIndex())):
                for role in ROLES:
                    model.index(row, column).data(role)
        for column in range(model.columnCount(QModelIndex())):
            for role in ROLES:
                model.headerData(column, Qt.Orientation.Horizontal, role)


def changes() -> Iterator[dict[str, object]]:
    """Less, more, other rows, and back."""
    plain = scenes.desk_snapshot()
    yield {"positions": plain.positions[:2], "orders": plain.orders[3:], "executions": plain.executions[5:]}
    yield {"positions": (), "orders": (), "executions": (), "events": (), "closed_trades": ()}
    yield {"positions": samples.many_positions(40), "closed_trades": samples.closed_trades(60)}
    yield {"positions": tuple(reversed(plain.positions)), "events": plain.events * 3}
    yield {}


def exercise(view: TableView) -> None:
    """Sort every column both ways, group, and copy."""
    for column in range(view.table.columnCount(QModelIndex())):
        for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
            view.sortByColumn(column, order)
    for group in (*view.groups, ""):
        view.group_by(group)
    view.selectAll()
    view.copy_rows()


@pytest.mark.parametrize("tab", ["positions", "orders", "closed", "executions", "events"])
async def test_the_tables_of_the_window(qt_loop: object, tab: str) -> None:
    seen: set[type] = set()
    async with scenes.main_window() as window:
        await scenes.show_scene(window, tab)
        testers = watched(window, seen)
        for change in changes():
            scenes._show(window, structs.replace(scenes.desk_snapshot(), **change))
            await scenes.settled()
            exercise(window.tabs.present.view)
            window.tabs.present.filter_edit.setText("sol")
            await scenes.settled()
            window.tabs.present.filter_edit.clear()
            window.tick()
            read_through(window)
        assert testers
    assert seen & {RecordTable, HistoryTable}


async def test_the_tables_of_session_and_details(qt_loop: object) -> None:
    async with scenes.main_window() as window:
        for name in ("by-symbol", "closed-life"):
            await scenes.show_scene(window, name)
            testers = watched(window, set())
            for view in window.findChildren(TableView):
                exercise(view)
            read_through(window)
            assert testers


@pytest.mark.parametrize("name", DIALOGS)
async def test_the_tables_of_dialogs(qt_loop: object, name: str) -> None:
    async with scenes.dialog(name) as shown:
        testers = watched(shown, set())
        for view in shown.findChildren(TableView):
            exercise(view)
        read_through(shown)
        assert testers


async def test_no_kind_of_model_is_left_out(qt_loop: object) -> None:
    """Every class of a model, and every place that makes one, is met above."""
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        importlib.import_module(module.name)
    seen: set[type] = set()
    async with scenes.main_window() as window:
        for name in ("positions", "closed", "by-symbol"):
            await scenes.show_scene(window, name)
            watched(window, seen)
    assert {kind for kind in subclasses(QAbstractItemModel) if kind.__module__.startswith("gui.")} - seen == {CellTable}


def subclasses(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


async def test_a_window_without_rows_has_models_without_faults(qt_loop: object) -> None:
    window: MainWindow
    async with scenes.main_window() as window:
        await scenes.show_scene(window, "empty")
        assert watched(window, set())
        read_through(window)
