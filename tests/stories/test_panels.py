"""Executions, Events, By symbol, Calendar and the session's export with mouse and keyboard, on the paper exchange.

What is shown is compared with the rows that a client of its own reads from the exchange.
"""

from __future__ import annotations

import csv
import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu

from core.model import ClosedTrade, PositionKey
from gui.dialogs.timeline import TimelineDialog
from gui.views.panel import TablePanel
from gui.views.session_pages import CalendarPage, SymbolPage
from gui.views.table_view import TableView
from tests.paper_fixture import PaperProcess
from tests.recording import recorder_in
from tests.stories.panels import click_tab, closed, closed_life, saved, told
from tests.stories.window import LEFT, SOL, Desk, click, desk_on, type_into

LINK = PositionKey("linear", "LINKUSDT", 0)
CTRL = Qt.KeyboardModifier.ControlModifier
DAY_MS = 86_400_000

pytestmark = pytest.mark.usefixtures("dressed")


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


def empty(folder: Path, name: str) -> Path:
    """A new folder."""
    (folder / name).mkdir()
    return folder / name


def as_rows(content: bytes) -> list[dict[str, str]]:
    """A CSV file by its titles."""
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def choose_in_menu(view: TableView, words: str) -> None:
    """Right click on the first row, then a line of the menu."""
    place = view.visualRect(view.table.index(0, 0)).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, place, view.viewport().mapToGlobal(place)))
    menu = next(menu for menu in view.findChildren(QMenu) if menu.isVisible())
    action = next(action for action in menu.actions() if action.text().startswith(words))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def cash_of(rows: list[dict[str, str]]) -> Decimal:
    """What the fills of a whole life brought in, less fees and funding."""
    fills = [row for row in rows if row["execType"] != "Funding"]
    values = [Decimal(row["execValue"]) if row["side"] == "Sell" else -Decimal(row["execValue"]) for row in fills]
    return sum(values, Decimal(0)) - sum(Decimal(row["execFee"]) for row in rows)


async def test_executions_and_events_are_read_by_mouse_and_keyboard(
    exchange: PaperProcess, qt_loop: object, tmp_path: Path
) -> None:
    async with desk_on(exchange) as desk:
        command = await closed(desk, LINK)
        await desk.shown(lambda: desk.seen(LINK) is None)
        await the_executions(desk, exchange, empty(tmp_path, "out") / "executions.csv")
        await the_events(desk, exchange, command.command_id)


async def the_executions(desk: Desk, exchange: PaperProcess, file: Path) -> None:
    """Sorted, narrowed down, copied, written to a file; the last fills are those that the exchange has."""
    click_tab(desk.window.tabs.strip, 3)
    panel = await filtered(desk, "linkusdt")
    theirs = {row["execId"]: row for row in await told(exchange, "/v5/execution/list", "LINKUSDT")}
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
    assert as_rows(await saved(desk, panel.view, file)) == rows


async def the_events(desk: Desk, exchange: PaperProcess, command_id: str) -> None:
    """What was done stands there under the exchange's own id for it, and unfolds into its story."""
    click_tab(desk.window.tabs.strip, 4)
    panel = await filtered(desk, "linkusdt")
    orders = await told(exchange, "/v5/order/history", "LINKUSDT")
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


async def test_the_sessions_pages_are_read_and_written_down(
    exchange: PaperProcess, qt_loop: object, tmp_path: Path
) -> None:
    recorder = await recorder_in(tmp_path)
    async with desk_on(exchange, recorder=recorder, history_days=8) as desk:
        other = next(row for row in desk.snapshot.positions if row.symbol not in (SOL.symbol, LINK.symbol))
        await closed_life(desk, exchange, other.key)
        trade = await closed_life(desk, exchange, SOL)
        symbols = await the_symbols(desk, exchange, trade)
        await the_calendar(desk, trade)
        await the_export(desk, tmp_path, symbols)


async def the_symbols(desk: Desk, exchange: PaperProcess, trade: ClosedTrade) -> dict[str, Decimal]:
    """Sorted by net result; that of SOL is what the exchange's rows add up to."""
    session = desk.window.session
    click_tab(session.strip, 1)
    page = session._pages[1]
    assert isinstance(page, SymbolPage)
    await desk.shown(lambda: page.table.rowCount() == 2)
    for is_falling in (False, True):
        click_title(page.view, "net")
        nets = [one.summary.total_realised_pnl for one in records(page.view)]
        assert nets == sorted(nets, reverse=is_falling)
    assert trade.net_pnl == cash_of(await told(exchange, "/v5/execution/list", SOL.symbol, trade.opened_ms))
    row = next(row for row in copied(page.view) if row["Symbol"] == SOL.symbol)
    assert row["Trades"] == "1"
    assert Decimal(row["Net PnL"]) == round(trade.net_pnl, 2)
    return {one.symbol: one.summary.total_realised_pnl for one in records(page.view)}


async def the_calendar(desk: Desk, trade: ClosedTrade) -> None:
    """The day of the close is clicked and says its result; keys walk through days and months, buttons as well."""
    session = desk.window.session
    click_tab(session.strip, 2)
    page = session._pages[2]
    assert isinstance(page, CalendarPage)
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=trade.closed_ms // DAY_MS)
    await desk.shown(lambda: day in page._totals)
    grid = page.grid
    QTest.mouseClick(grid, LEFT, pos=grid.cell(day).center().toPoint())
    assert grid.current == day
    assert page._totals[day].trades >= 2
    assert grid._days[day].words in grid.accessibleName()
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.current == day - datetime.timedelta(days=1)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    month, total = page.title.text(), page.sum.text()
    click(page.buttons[-1])
    assert page.title.text() < month
    assert page.sum.text() != total
    click(page.buttons[1])
    assert page.title.text() == month == f"{day.year}-{day.month:02}"


async def the_export(desk: Desk, folder: Path, symbols: dict[str, Decimal]) -> None:
    """The same symbols with exact results; and, of the other kind in the dialog's list, what the panel shows."""
    session = desk.window.session
    click_tab(session.strip, 1)
    click(session.export_button)
    rows = as_rows(await saved(desk, session, empty(folder, "table") / "session.csv"))
    written = {row["name"]: Decimal(row["net_pnl"]) for row in rows if row["kind"] == "symbol"}
    assert written == symbols
    assert {row["kind"] for row in rows} >= {"figure", "day", "hour", "symbol"}
    click(session.export_button)
    picture = QImage.fromData(await saved(desk, session, empty(folder, "picture") / "session.png", "png"))
    assert picture.size() == session.size() * session.devicePixelRatio()
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(60)}) > 9  # it has words
