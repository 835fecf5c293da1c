"""Executions and Events with mouse and keyboard, on the paper exchange.

What is shown is compared with the rows that a client of its own reads from the exchange.
"""

from __future__ import annotations

import asyncio
import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent, QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QMenu

from core.errors import Unreachable
from core.model import Command, PositionKey
from gui.dialogs.timeline import TimelineDialog
from gui.views.panel import TablePanel
from gui.views.table_view import TableView
from gui.widgets.tab_strip import TabStrip
from tests.paper_fixture import PaperProcess
from tests.stories.window import LEFT, Desk, click, desk_on, type_into

LINK = PositionKey("linear", "LINKUSDT", 0)
CTRL = Qt.KeyboardModifier.ControlModifier
TOO_LATE = 10002  # a request that took seconds on a machine with other work; it did nothing

pytestmark = pytest.mark.usefixtures("dressed")


def click_tab(strip: TabStrip, number: int) -> None:
    """Bring a tab to the front with the mouse."""
    QTest.mouseClick(strip, LEFT, pos=strip.tabRect(number).center())


def click_title(view: TableView, column: str) -> None:
    """Press a title on its first line."""
    header = view.header
    number = next(n for n, one in enumerate(view.table.columns) if one.name == column)
    place = header.sectionViewportPosition(number) + header.sectionSize(number) // 2
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(place, header.height() // 4))


def records(view: TableView) -> list[Any]:
    """What the rows show, from the top."""
    return [view.table.record(row) for row in range(view.table.rowCount())]


def copied(view: TableView) -> list[dict[str, str]]:
    """All rows as the keyboard puts them on the clipboard."""
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(view, Qt.Key.Key_C, CTRL)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return list(csv.DictReader(clipboard.text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


async def filtered(desk: Desk, typed: str) -> TablePanel:
    """The panel in front, narrowed down."""
    click(desk.window.tabs.filter_button)
    panel = desk.window.tabs.present
    assert isinstance(panel, TablePanel)
    type_into(panel.filter_edit, typed)
    return panel


async def saved(desk: Desk, parent: Any, file: Path) -> list[dict[str, str]]:
    """Answer the question for a file by typing, and read what is written."""
    await desk.shown(lambda: parent.findChild(QFileDialog) is not None)
    dialog = parent.findChild(QFileDialog)
    save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    await desk.shown(lambda: save.mapTo(dialog, QPoint()).y() > 0)  # it is laid out by and by
    edit = dialog.findChild(QLineEdit)
    edit.setCompleter(None)  # its proposals come when the disk has answered, and would take the click
    dialog.setDirectory(str(file.parent))  # Qt selects what it finds on the way while a path is typed
    type_into(edit, file.name)
    click(save)
    await desk.shown(file.exists)  # every file appears whole
    text = await asyncio.to_thread(file.read_text, "utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def choose_in_menu(view: TableView, words: str) -> None:
    """Right click on the first row, then a line of the menu."""
    place = view.visualRect(view.table.index(0, 0)).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, place, view.viewport().mapToGlobal(place)))
    menu = next(menu for menu in view.findChildren(QMenu) if menu.isVisible())
    action = next(action for action in menu.actions() if action.text().startswith(words))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def told(exchange: PaperProcess, path: str, symbol: str, since_ms: int = 0) -> list[dict[str, str]]:
    """The exchange's own rows of a contract."""
    rows = None
    while rows is None:
        answer = exchange.get(path, category="linear", symbol=symbol, limit=100)
        assert answer["retCode"] in (0, TOO_LATE), answer
        rows = answer["result"].get("list")
    return [row for row in rows if int(row.get("execTime", row.get("createdTime", "0"))) >= since_ms]


async def closed(desk: Desk, key: PositionKey) -> Command:
    """Close at market, once the quote is fresh: nothing is sent on a stale one."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await desk.manager.close_position(key)
            except Unreachable as trouble:
                if trouble.code != "stale":
                    raise
                await asyncio.sleep(0.05)


async def test_executions_and_events_are_read_by_mouse_and_keyboard(
    exchange: PaperProcess, qt_loop: object, tmp_path: Path
) -> None:
    async with desk_on(exchange) as desk:
        command = await closed(desk, LINK)
        await desk.shown(lambda: desk.seen(LINK) is None)
        await the_executions(desk, exchange, tmp_path / "executions.csv")
        await the_events(desk, exchange, command.command_id)


async def the_executions(desk: Desk, exchange: PaperProcess, file: Path) -> None:
    """Sorted, narrowed down, copied, written to a file; the last fills are those that the exchange has."""
    click_tab(desk.window.tabs.strip, 3)
    panel = await filtered(desk, "linkusdt")
    theirs = {row["execId"]: row for row in told(exchange, "/v5/execution/list", "LINKUSDT")}
    closing = {exec_id for exec_id, row in theirs.items() if Decimal(row["closedSize"])}
    await desk.shown(lambda: closing <= {one.exec_id for one in records(panel.view)})
    assert closing
    assert {one.exec_id for one in records(panel.view)} <= set(theirs)
    QTest.keyClick(panel.filter_edit, Qt.Key.Key_Escape)
    assert panel.table.rowCount() == panel.table.total > len(theirs)
    for is_falling in (False, True):
        click_title(panel.view, "qty")
        sizes = [one.qty for one in records(panel.view)]
        assert len(set(sizes)) > 1
        assert sizes == sorted(sizes, reverse=is_falling)
    await filtered(desk, "linkusdt kind:fill")
    shown = records(panel.view)
    rows = copied(panel.view)
    assert rows
    ours = [(Decimal(row["Quantity"]), Decimal(row["Price"])) for row in rows]
    assert ours == [
        (Decimal(theirs[one.exec_id]["execQty"]), Decimal(theirs[one.exec_id]["execPrice"])) for one in shown
    ]
    choose_in_menu(panel.view, "Export as CSV")
    assert await saved(desk, panel.view, file) == rows


async def the_events(desk: Desk, exchange: PaperProcess, command_id: str) -> None:
    """What was done stands there under the exchange's own id for it, and unfolds into its story."""
    click_tab(desk.window.tabs.strip, 4)
    panel = await filtered(desk, "linkusdt")
    orders = told(exchange, "/v5/order/history", "LINKUSDT")
    assert command_id in {row["orderLinkId"] for row in orders}
    steps = {"command_asked", "command_sent", "command_done"}
    await desk.shown(lambda: steps <= {one.code for one in records(panel.view) if one.key == LINK})
    assert {one.key for one in records(panel.view)} == {LINK}
    assert {one.details["command_id"] for one in records(panel.view) if one.code in steps} == {command_id}
    click_title(panel.view, "time")
    times = [one.ts_ms for one in records(panel.view)]
    assert times == sorted(times)
    assert [row["Symbol"] for row in copied(panel.view)] == ["LINKUSDT"] * len(times)
    row = next(number for number, one in enumerate(records(panel.view)) if one.code == "command_done")
    index = panel.view.table.index(row, 0)
    panel.view.scrollTo(index)
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=panel.view.visualRect(index).center())
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    await desk.shown(lambda: isinstance(desk.dialog(), TimelineDialog))
    QTest.keyClick(desk.dialog(), Qt.Key.Key_Escape)
    await desk.gone()
