"""The Session panel: periods, pages, definitions, what it says when nothing can be had, export, and hidden money."""

from __future__ import annotations

import asyncio
import csv
import datetime
from array import array
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication

from core.analytics.period_report import Curve, PeriodReport, ReportBuilder
from core.errors import StoreError
from core.model import ClosedTrade
from gui import text
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.models import day_totals, session_export
from gui.models.cell import Facts
from gui.views import session_export as export_view
from gui.views.session import SessionPanel
from gui.views.session_pages import CalendarPage, SpreadPage, SymbolPage
from gui.views.session_title import TitleRow
from tests.gui import samples

D = Decimal


@pytest.fixture
def panel(qtbot, window: MainWindow, bridge: Bridge) -> SessionPanel:
    """The panel of a window with the sample snapshot."""
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot)
    return window.session


@pytest.fixture
def private() -> Iterator[None]:
    """Money is hidden for one test."""
    text.set_private(True)
    yield
    text.set_private(False)


def report_of(period: str, trades: tuple[ClosedTrade, ...] = ()) -> PeriodReport:
    """What the manager would count."""
    builder = ReportBuilder(period, 0)
    builder.add(trades or samples.closed_trades())
    return builder.report()


def press(qtbot, panel: SessionPanel, number: int) -> None:
    """Press the tab of a page."""
    qtbot.mouseClick(panel.strip, Qt.MouseButton.LeftButton, pos=panel.strip.tabRect(number).center())


def test_short_periods_are_live_and_long_ones_wait_for_the_count(qtbot, panel: SessionPanel) -> None:
    assert panel.tiles["trades"].value == "25"
    qtbot.mouseClick(panel.periods._segments["30d"], Qt.MouseButton.LeftButton)
    assert panel.tiles["net"].value == "—"
    assert "Counting" in panel.tiles["net"].toolTip()
    report = report_of("30d")
    panel.show_report(report)
    assert panel.tiles["net"].value == text.money(report.summary.total_realised_pnl, signed=True)
    assert panel.equity.outline is not None
    assert len(panel.equity.outline) == len(report.curve) > 1


def test_a_report_of_another_period_is_not_shown(qtbot, panel: SessionPanel) -> None:
    panel.periods.set_choice("all")
    panel.show_report(report_of("30d"))
    assert panel.tiles["net"].value == "—"


def test_what_closed_just_before_the_panel_was_hidden_is_counted_when_it_is_seen_again(
    qtbot, window: MainWindow, panel: SessionPanel, bridge: Bridge
) -> None:
    panel.periods.set_choice("all")
    panel.show_report(report_of("all"))
    closed = samples.snapshot(closed_trades=samples.closed_trades(30))
    bridge.publish(closed)
    qtbot.waitUntil(panel._again.isActive)
    window.session_dock.hide()
    panel._again.stop()
    panel.load()  # as when its time has come: nobody would see it
    window.session_dock.show()
    qtbot.waitUntil(panel._again.isActive)


def test_what_cannot_be_had_is_a_dash_with_the_reason(qtbot, panel: SessionPanel) -> None:
    panel.periods.set_choice("all")
    press(qtbot, panel, 1)
    panel.show_trouble(StoreError("store_closed"))
    assert panel.tiles["win_rate"].value == "—"
    reason = panel.tiles["win_rate"].toolTip()
    assert reason
    assert "Counting" not in reason
    page = panel._pages[1]
    assert isinstance(page, SymbolPage)
    assert page.view._placeholder != "Counting…"


def test_every_figure_says_how_it_is_made_and_from_how_many(panel: SessionPanel) -> None:
    for name, tile in panel.tiles.items():
        assert len(tile.toolTip()) > 40, name
    assert panel.tiles["expectancy"]._note == "+0.83 R"
    assert "average loss −17.39" in panel.tiles["expectancy"].toolTip()
    assert (panel.tiles["streaks"].value, panel.tiles["streaks"]._note) == ("4 / 1", "now −1")
    assert "17 of 25" in panel.tiles["win_rate"].toolTip()


def test_by_symbol_sorts_by_value(qtbot, panel: SessionPanel) -> None:
    press(qtbot, panel, 1)
    trades = (
        *(samples.closed_trade(n, symbol="AAUSDT", net_pnl=D("-10")) for n in range(3)),
        samples.closed_trade(5, symbol="BBUSDT", net_pnl=D("9")),
        samples.closed_trade(6, symbol="CCUSDT", net_pnl=D("100")),
    )
    panel.show_report(report_of("start", trades))
    page = panel._pages[1]
    assert isinstance(page, SymbolPage)
    assert [page.table.record(row).symbol for row in range(3)] == ["CCUSDT", "BBUSDT", "AAUSDT"]
    page.table.sort(3, Qt.SortOrder.AscendingOrder)
    assert [page.table.record(row).symbol for row in range(3)] == ["AAUSDT", "BBUSDT", "CCUSDT"]
    assert page.table.words(0, 3)[0] == "−30.00"
    said = {page.table.columns[number].name: cell.words() for number, cell in page.totals.cells.items()}
    assert (said["symbol"], said["trades"], said["net"]) == (("3 symbols", ""), ("5", "2/3"), ("+79.00", ""))
    page.view.select_key("CCUSDT")
    said = [action.text().partition("\t")[0] for action in page.menu(3).actions() if action.text()]
    assert said == ["Copy rows", "Copy cell", "Sort by", "Columns"]


def test_the_calendar_walks_by_keys_and_sums_its_month(qtbot, panel: SessionPanel) -> None:
    press(qtbot, panel, 2)
    assert panel.period == "30d"
    trade = samples.closed_trade(1, net_pnl=D("12.5"))
    panel.show_report(report_of("30d", (trade,)))
    page = panel._pages[2]
    assert isinstance(page, CalendarPage)
    day = datetime.date(1970, 1, 1) + datetime.timedelta(milliseconds=trade.closed_ms)
    page.grid.go_to(day)
    assert "+12.50" in page.grid.accessibleName()
    assert page.sum.text().startswith("+12.50 · 1 trades") or page.sum.text().startswith("+12.50")
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    assert page.grid.current == day + datetime.timedelta(days=1)
    qtbot.mouseClick(page.grid, Qt.MouseButton.LeftButton, pos=page.grid.cell(day).center().toPoint())
    assert page.grid.current == day
    month = page.title.text()
    qtbot.mouseClick(page.buttons[-1], Qt.MouseButton.LeftButton)
    assert page.title.text() < month
    assert page.sum.text().startswith("0.00")


def test_days_without_trades_are_there_with_nothing(panel: SessionPanel) -> None:
    one = samples.closed_trade(1)
    trades = [
        samples.closed_trade(1, net_pnl=D(3)),
        samples.closed_trade(2, net_pnl=None, closed_ms=one.closed_ms - 86_400_000),
        samples.closed_trade(3, net_pnl=D(-2), closed_ms=one.closed_ms - 2 * 86_400_000),
        samples.closed_trade(4, net_pnl=D(99), closed_ms=one.closed_ms - 40 * 86_400_000),
    ]
    assert [day.net_pnl for day in day_totals.of_trades(trades)] == [-2, 0, 3]
    assert day_totals.of_trades([]) == []
    assert [d.net_pnl for d in day_totals.of_days(report_of("all", tuple(trades)).days)][-3:] == [-2, 0, 3]
    assert len(day_totals.of_days(report_of("all", tuple(trades)).days)) == 41


async def test_a_curve_of_a_million_trades_is_looked_through_off_the_loop(qt_loop) -> None:
    bridge = Bridge(clock=samples.clock())
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    panel = SessionPanel(bridge, facts)
    panel.resize(900, 300)
    panel.show_snapshot(facts.snapshot)
    panel.periods.set_choice("all")
    count = 1_000_000
    totals = array("d", (number % 1000 for number in range(count)))
    totals[654_321] = -77.0
    curve = Curve(array("d", (number * 1000.0 for number in range(count))), totals)
    panel.show_report(PeriodReport(period="all", since_ms=0, summary=report_of("all").summary, curve=curve))
    assert panel.equity.outline is None
    async with asyncio.timeout(60):
        while panel.equity.outline is None:
            await asyncio.sleep(0.01)
    assert panel.equity.labels == ("999.00", "−77.00")
    panel.equity.zoom(0.5)
    panel.equity.grab()
    assert len(panel.equity._laid_out()) <= 2 * panel.equity.width() + 2
    assert "n = 1,000,000" in panel.equity.toolTip()
    panel.deleteLater()


def test_a_curve_is_zoomed_and_moved_by_wheel_mouse_and_keyboard(qtbot, panel: SessionPanel) -> None:
    chart = panel.equity
    first, last = chart.shown_range
    middle = chart.canvas().center().toPoint()
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    closer = chart.shown_range
    assert first < closer[0] < closer[1] < last
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.shown_range[0] < closer[0]
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert (chart.shown_range, chart.is_zoomed) == ((first, last), False)
    wheel = QWheelEvent(
        middle.toPointF(), chart.mapToGlobal(middle).toPointF(), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, wheel)
    assert chart.shown_range[1] - chart.shown_range[0] == pytest.approx((last - first) / 1.25**2)
    before = chart.shown_range
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(chart, middle + QPoint(40, 0))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    assert chart.shown_range[0] < before[0]
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=middle)
    assert not chart.is_zoomed
    chart.grab()


def test_results_and_hours_say_what_each_bar_is(qtbot, panel: SessionPanel) -> None:
    press(qtbot, panel, 3)
    trades = tuple(samples.closed_trade(n, net_pnl=D(net), life_id=str(n)) for n, net in enumerate([-30, -4, 0, 7, 95]))
    panel.show_report(report_of("start", trades))
    page = panel._pages[3]
    assert isinstance(page, SpreadPage)
    assert sum(bar.value for bar in page.results.bars) == 4
    assert [bar.side for bar in page.results.bars] == sorted(bar.side for bar in page.results.bars)
    assert "n = 4" in page.results.toolTip()
    assert "exactly zero: 1" in page.results.toolTip()
    assert len(page.hours.bars) == 24
    qtbot.keyClick(page.hours, Qt.Key.Key_Left)
    aimed = page.hours.aimed_at
    assert aimed is not None
    assert aimed.words.startswith("23:00 to 23:59 UTC")
    assert page.hours.accessibleDescription() == aimed.words
    bars = page.results
    qtbot.mouseMove(bars, bars.canvas().center().toPoint())
    qtbot.mouseMove(bars, bars.canvas().topLeft().toPoint() + QPoint(5, 20))
    assert bars.aimed_at is bars.bars[0]
    page.grab()


def test_a_narrow_row_offers_the_periods_in_a_picker(qtbot, bridge: Bridge) -> None:
    panel = SessionPanel(bridge, Facts(samples.clock()))
    row = TitleRow(panel)
    qtbot.addWidget(row)
    qtbot.addWidget(panel)
    row.resize(1200, 40)
    row.show()
    assert panel.periods.isVisible()
    row.resize(row.minimumSizeHint())
    assert (panel.periods.isVisible(), row.picker.isVisible()) == (False, True)
    next(action for action in row.picker.menu_of_choices().actions() if action.text() == "7 d").trigger()
    assert panel.periods.choice == panel.period == "7d"
    row.resize(1200, 40)
    assert panel.periods.isVisible()


def test_every_chart_says_what_it_shows_and_from_how_many(panel: SessionPanel) -> None:
    assert "n = 161 points" in panel.equity.toolTip()
    assert panel.equity.accessibleName() == "Equity since start between 11,340.56 and 12,480.32"
    assert "n = 42" in panel.days.toolTip()


async def test_export_is_exact_and_no_formula(panel: SessionPanel, tmp_path: Path) -> None:
    trade = samples.closed_trade(1, symbol="=HYPERLINK()", net_pnl=D("0.1000"))
    report = report_of("all", (trade,))
    rows = list(csv.reader(session_export.as_csv(report).splitlines()))
    assert ["symbol", "'=HYPERLINK()", "1", "1", "0", "0.1000", ""] in rows
    assert any(row[:2] == ["figure", "max_drawdown"] for row in rows)
    kinds = [row[0] for row in rows]
    assert (kinds.count("day"), kinds.count("hour"), kinds.count("result")) == (1, 24, len(report.results))
    await export_view.write(tmp_path / "a.csv", panel, report)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"kind,name")
    await export_view.write(tmp_path / "a.png", panel, report)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(StoreError):
        await export_view.write(tmp_path / "no" / "a.csv", panel, report)


def test_an_export_that_still_counts_can_be_left_off(panel: SessionPanel, monkeypatch) -> None:
    asked: list[str] = []
    panel._bridge.manager = object()  # counting is asked of it, and takes its time
    monkeypatch.setattr(panel, "load", lambda: asked.append(panel.period))
    panel.export_button.click()
    assert (asked, panel.export_button.text()) == (["start"], "Cancel")
    panel.export_button.click()
    assert panel.export_button.text() == "Export"
    panel.show_report(report_of("start"))
    assert not panel.findChildren(export_view.ExportDialog), "nobody asks for a file any more"
    panel._bridge.manager = None


def test_hidden_money_keeps_percentages(panel: SessionPanel, private: None) -> None:
    panel.refresh()
    assert panel.tiles["net"].value == text.HIDDEN
    assert panel.tiles["win_rate"].value == "68.0%"
    assert panel.equity.labels == (text.HIDDEN, text.HIDDEN)
