"""What every table offers: comparisons in the filter, menus, groups, totals, copying and CSV; by mouse and keyboard."""

from __future__ import annotations

import asyncio
import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent, QGuiApplication
from PyQt6.QtWidgets import QApplication, QDialog, QMenu

from core.errors import StoreError
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.models import query
from gui.models.cell import Facts
from gui.models.position_columns import columns
from gui.models.tsv import as_csv, plain
from gui.views.table_export import export
from tests.gui import samples


@pytest.fixture
def desk(qtbot, window: MainWindow, bridge: Bridge) -> MainWindow:
    """The window with the sample snapshot on it."""
    bridge.publish(samples.snapshot())
    qtbot.waitUntil(lambda: window.facts.snapshot is not None)
    return window


def found(typed: str) -> set[str]:
    """Symbols of the sample's positions that pass what is typed."""
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    tests = query.parse(typed, columns())
    return {row.symbol for row in samples.positions() if all(test(row, facts) for test in tests)}


@pytest.mark.parametrize(
    ("typed", "symbols"),
    [
        ("roe>=100", {"SOLUSDT"}),
        ("pnl<-40 -pepe", {"BTCUSDT", "AVAXUSDT"}),
        ("stops:no", {"ETHUSDT"}),
        ("symbol:short unrealised<−45", {"BTCUSDT"}),
        ("size=20", {"SOLUSDT"}),
        ("value>5,000", {"BTCUSDT", "ETHUSDT"}),
        ("roe>=hundred", set()),
        ("no_such_column>1", set()),
        ("leverage>=8", {"BTCUSDT", "ETHUSDT"}),
        ("resultatstop>0", {"SOLUSDT"}),
        ("number>1 -btc", {"SOLUSDT"}),
    ],
)
def test_the_filter_compares_values_and_looks_into_one_column(typed: str, symbols: set[str]) -> None:
    assert found(typed) == symbols


def test_typing_a_comparison_narrows_the_table_and_its_totals(qtbot, desk: MainWindow) -> None:
    panel = desk.tabs.positions
    count = [column.name for column in panel.table.columns].index("symbol")
    assert panel.totals.isVisible()
    assert panel.totals.cells[count].text == "6 positions"
    panel.start_filter()
    qtbot.keyClicks(panel.filter_edit, "pnl<0")
    losing = [row for row in samples.positions() if row.unrealised_pnl < 0]
    assert panel.table.rowCount() == len(losing)
    assert panel.totals.cells[count].text == f"{len(losing)} positions"
    pnl = [column.name for column in panel.table.columns].index("pnl")
    shown = Decimal(plain(panel.totals.cells[pnl].text))
    assert shown == round(sum((row.unrealised_pnl for row in losing), Decimal(0)), 2)
    qtbot.keyClick(panel.filter_edit, Qt.Key.Key_Escape)
    assert panel.table.rowCount() == 6


def test_a_total_that_misses_something_is_a_dash(qtbot, desk: MainWindow) -> None:
    rows = samples.positions()
    desk.show_snapshot(samples.snapshot(positions=(replace(rows[0], unrealised_pnl=None), *rows[1:])))
    panel = desk.tabs.positions
    assert panel.totals.cells[[c.name for c in panel.table.columns].index("pnl")].text == "—"


def opened_menu(desk: MainWindow, event: QContextMenuEvent) -> QMenu:
    """Send the event to the table in front; the menu that it opens."""
    QApplication.sendEvent(desk.tabs.present.view.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def put_away(qtbot, menu: QMenu) -> None:
    """Close a menu and wait until it is gone: what stays open would take the next test's mouse."""
    with qtbot.waitSignal(menu.destroyed):
        menu.close()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_a_right_click_opens_the_menu_of_that_row(qtbot, desk: MainWindow) -> None:
    view = desk.tabs.positions.view
    row = next(row for row in range(6) if view.table.record(row).symbol == "ETHUSDT")
    point = QPoint(30, view.rowViewportPosition(row) + 10)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point))
    menu = opened_menu(desk, event)
    assert view.table.record(view.currentIndex().row()).symbol == "ETHUSDT"
    words = [action.text().split("\t")[0] for action in menu.actions() if not action.isSeparator()]
    assert words[:3] == ["Details", "TP/SL…", "Close…"]
    with qtbot.waitSignal(desk.tabs.stops_requested) as asked:
        next(action for action in menu.actions() if action.text().startswith("TP/SL")).trigger()
    assert asked.args[0].symbol == "ETHUSDT"
    put_away(qtbot, menu)


def test_the_keyboard_opens_the_same_menu_and_copies_the_cell(qtbot, desk: MainWindow) -> None:
    view = desk.tabs.positions.view
    view.select_key(view.table.key(0))
    menu = opened_menu(desk, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    names = [action.text() for action in menu.actions()]
    assert "Columns" in names
    assert "Group by" in names
    next(action for action in menu.actions() if action.text().startswith("Copy rows")).trigger()
    assert QGuiApplication.clipboard().text().count("\n") == 1
    put_away(qtbot, menu)
    pnl = [column.name for column in view.table.columns].index("pnl")
    cell_menu = desk.tabs.menu_of("positions", pnl)
    next(action for action in cell_menu.actions() if action.text() == "Copy cell").trigger()
    assert Decimal(QGuiApplication.clipboard().text().split("\n")[0]) == view.table.record(0).unrealised_pnl


@pytest.mark.parametrize("name", ["orders", "closed", "executions", "events"])
def test_every_table_has_a_menu_with_copy_export_and_columns(desk: MainWindow, name: str) -> None:
    desk.tabs.show_tab(name)
    view = desk.tabs.present.view
    view.select_key(view.table.key(0))
    words = [action.text().split("\t")[0] for action in desk.tabs.menu_of(name).actions()]
    assert {"Copy rows", "Export as CSV…", "Columns"} <= set(words)


def test_groups_keep_rows_together_while_the_order_goes_on_inside(desk: MainWindow) -> None:
    view = desk.tabs.positions.view
    view.sortByColumn([c.name for c in view.table.columns].index("pnl"), Qt.SortOrder.DescendingOrder)
    view.group_by("side")
    rows = [view.table.record(row) for row in range(6)]
    assert [row.side for row in rows] == sorted(row.side for row in rows)
    for side in ("Buy", "Sell"):
        nets = [row.unrealised_pnl for row in rows if row.side == side]
        assert nets == sorted(nets, reverse=True)
    assert [row for row in range(6) if view.table.starts_group(row)] == [sum(row.side == "Buy" for row in rows)]
    view.group_by("")
    nets = [view.table.record(row).unrealised_pnl for row in range(6)]
    assert nets == sorted(nets, reverse=True)


def test_no_text_of_the_network_becomes_a_formula(desk: MainWindow) -> None:
    evil = '=HYPERLINK("http://x","y")'
    hostile = replace(samples.execution(0), order_link_id=evil)
    desk.tabs.show_tab("executions")
    desk.show_snapshot(samples.snapshot(executions=(hostile,)))
    view = desk.tabs.present.view
    lines = list(csv.reader(io.StringIO(as_csv(view.table, [0], view.shown_columns()))))
    assert f"'{evil}" in lines[1]
    view.select_key(view.table.key(0))
    view.copy_rows()
    assert "\t" + evil not in QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("−1,234.50", "-1234.50"), ("+0.22", "0.22"), ("—", ""), ("108.96%", "108.96%"), ("-cmd", "'-cmd"),
        ("@x", "'@x"), ("TP 130.00", "TP 130.00"), ("−x", "'−x"), ("", ""),
    ],
)  # fmt: skip
def test_numbers_leave_as_plain_digits_and_formulas_as_text(shown: str, written: str) -> None:
    assert plain(shown) == written


def test_a_table_is_written_as_it_is_shown_or_not_at_all(desk: MainWindow, tmp_path: Path) -> None:
    view, file = desk.tabs.positions.view, tmp_path / "positions.csv"
    assert asyncio.run(export(view, file)) == 6
    lines = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert len(lines) == 7
    assert {len(line) for line in lines} == {len(lines[0])}
    with pytest.raises(StoreError, match="not_written"):
        asyncio.run(export(view, tmp_path / "no such folder" / "x.csv"))


def test_a_hidden_column_is_not_copied_and_comes_back(desk: MainWindow) -> None:
    view = desk.tabs.positions.view
    menu = view.header.column_menu()
    action = next(action for action in menu.actions() if action.text() == "Size / value")
    action.trigger()
    assert view.isColumnHidden(1)
    assert 1 not in view.shown_columns()
    next(action for action in menu.actions() if action.text() == "Reset columns").trigger()
    assert not view.isColumnHidden(1)
    menu.deleteLater()


def test_a_close_that_waits_for_all_of_it_is_taken_back_where_close_was(qtbot, desk: MainWindow) -> None:
    row = next(row for row in samples.positions() if row.symbol == "SOLUSDT")
    waiting = samples.order(
        91, side="Sell", order_type="Limit", status="New", qty=row.size, price=Decimal(125), trigger_price=None,
        stop_order_type="",
    )  # fmt: skip
    desk.show_snapshot(samples.snapshot(orders=(waiting,)))
    view, asked = desk.tabs.positions.view, []
    desk.tabs.close_requested.connect(asked.append)
    with qtbot.waitSignal(desk.tabs.cancel_requested) as cancelled:
        place = view.button_rect(row.key, "close").center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert cancelled.args == [(waiting.order_id,)]
    view.select_key(row.key)
    menu = desk.tabs.menu_of("positions")
    entry = next(action for action in menu.actions() if action.text() == "Cancel the close that waits")
    with qtbot.waitSignal(desk.tabs.cancel_requested):
        entry.trigger()
    menu.close()
    assert not asked
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert asked == [row.key], "closing at once stays possible"
    for dialog in desk.findChildren(QDialog):
        dialog.reject()
