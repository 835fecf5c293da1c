"""The main window around sample snapshots: what it shows, when it says stale, what it opens, what it remembers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QByteArray, QPoint, Qt
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

import gui
from core.errors import AppError, Unreachable
from core.manager import PositionManager
from core.model import Alert, AuditEvent, PositionKey, Snapshot
from gui import theme
from gui.bridge import Bridge
from gui.crash import CrashDialog, CrashReporter
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.trading_stop import TradingStopDialog
from gui.main_window import MainWindow
from gui.models import position_columns
from gui.models.cell import Facts
from gui.models.table import RecordTable
from gui.settings import WindowSettings
from gui.widgets.day_edit import DayEdit
from tests.gui import samples

SOL = PositionKey("linear", "SOLUSDT", 0)
LINK = PositionKey("linear", "LINKUSDT", 0)


@pytest.fixture
def desk(qtbot, window: MainWindow, bridge: Bridge) -> MainWindow:
    """The window with the sample snapshot on it."""
    show(qtbot, window, bridge, samples.snapshot())
    return window


def show(qtbot, window: MainWindow, bridge: Bridge, snapshot: Snapshot) -> None:
    """Publish a snapshot and wait until the window has it."""
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot)


def button(window: MainWindow, key: PositionKey, name: str) -> QPoint:
    """The middle of a button in the positions table."""
    return window.tabs.positions.view.button_rect(key, name).center()


# States


def test_before_the_first_snapshot_it_says_connecting_and_locks_arming(window: MainWindow) -> None:
    assert window.tabs.positions.view._placeholder.startswith("Connecting…\n")
    assert window.top_bar.link.words == "Connecting…"
    assert window.top_bar.equity.value == "—"
    assert not window.top_bar.armed.isEnabled()


def test_a_snapshot_fills_every_figure(desk: MainWindow) -> None:
    bar = desk.top_bar
    assert [tile.value for tile in (bar.equity, bar.available, bar.unrealised, bar.realised)] == [
        "12,480.32", "9,102.11", "+339.86", "+359.20",
    ]  # fmt: skip
    assert bar.link.words == "Live · 38 ms"
    assert [desk.tabs.strip.tabData(tab) for tab in range(5)] == ["6", "9", "42", "40", "1"]
    assert [item.words for item in desk.status.items][:3] == ["REST", "Private stream", "Tickers"]
    assert desk.status.last_event.endswith("SOLUSDT Stop loss moved 102.00 → 104.00")
    assert desk.session.tiles["win_rate"].value == "68.0%"
    assert desk.tabs.positions.table.rowCount() == 6


def test_an_empty_account_says_so(qtbot, window: MainWindow, bridge: Bridge) -> None:
    show(qtbot, window, bridge, samples.snapshot(positions=(), orders=()))
    assert window.tabs.positions.view._placeholder.startswith("No open positions\n")
    window.tabs.show_tab("orders")
    assert window.tabs.present.view._placeholder.startswith("No open orders\n")
    assert "No position is open" in window.inspector.nothing.text()


@pytest.mark.parametrize(("state", "said"), [("refused", "does not accept"), ("lost", "No connection yet")])
def test_before_the_first_picture_it_says_why_there_is_none(
    qtbot, window: MainWindow, bridge: Bridge, state: str, said: str
) -> None:
    links = samples.links()
    links = replace(links, rest=replace(links.rest, state=state), reconciled_ms=None, reconciled_mono=None)
    show(qtbot, window, bridge, samples.snapshot(positions=(), orders=(), links=links))
    view = window.tabs.positions.view
    assert said in view._placeholder
    assert said in view.accessibleDescription()
    assert "stands here" not in window.inspector.nothing.text()


def test_when_nothing_arrives_any_more_every_figure_is_marked_old(desk: MainWindow, clock) -> None:
    clock.advance(11)
    desk.tick()
    table = desk.tabs.positions.table
    said = [table.cell(row, 0).below for row in range(6) if not table.record(row).is_closing]
    assert all(words.startswith("STALE") for words in said)
    assert desk.top_bar.link.words == "Stale"
    assert desk.top_bar.equity._is_pale
    assert desk.tabs.positions.totals._is_pale
    assert any("silent" in item.words for item in desk.status.items)
    assert desk.tabs.positions.table.rowCount() == 6


def test_a_lost_connection_keeps_the_last_numbers_under_a_banner(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    before = desk.tabs.positions.table.words(0, 3)
    lost = replace(bridge.snapshot, links=samples.lost_links())
    show(qtbot, desk, bridge, lost)
    assert "No connection to Bybit for 14s" in desk.tabs.positions.banner.text()
    assert desk.tabs.positions.banner.isVisible()
    assert desk.tabs.positions.table.words(0, 3) == before
    show(qtbot, desk, bridge, replace(lost, links=samples.links()))
    assert not desk.tabs.positions.banner.isVisible()


def test_many_alerts_neither_widen_the_window_nor_hide_the_table(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    alerts = tuple(
        Alert(kind="unprotected", key=PositionKey("linear", f"COIN{number:03d}USDT", 0), details={"after_s": 60})
        for number in range(200)
    )
    before = desk.minimumSizeHint().width()
    show(qtbot, desk, bridge, replace(bridge.snapshot, alerts=alerts))
    banner = desk.tabs.positions.banner
    assert banner.text().endswith("and 197 more alerts")
    assert desk.minimumSizeHint().width() == before <= 1180
    assert desk.width() == 1600
    assert banner.height() < 60
    assert not desk.tabs.positions.totals._is_pale  # the numbers are as live as before


def test_the_badge_says_where_we_are(qtbot, bridge: Bridge) -> None:
    for environment, word in (("live", "LIVE"), ("paper", "PAPER"), ("testnet", "TESTNET")):
        window = MainWindow(bridge, environment, "Main", WindowSettings(None))
        qtbot.addWidget(window)
        assert window.top_bar.badge.text == word
        assert word in window.windowTitle()


# Frames


def test_a_frame_only_touches_the_rows_that_changed(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    heard: list[tuple[int, int]] = []
    table = desk.tabs.positions.table
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, desk)
    table.dataChanged.connect(lambda first, last: heard.append((first.row(), last.row())))
    moved = samples.derive(replace(bridge.snapshot.position("SOLUSDT"), mark_price=samples.D("123.00")))
    show(qtbot, desk, bridge, samples.tick(bridge.snapshot, moved))
    row = table.row_of(SOL)
    assert heard == [(row, row)]
    assert table.words(row, 3)[0] == "+450.00"


def test_hidden_tabs_cost_nothing_and_catch_up_when_they_are_shown(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    orders = desk.tabs.panel("orders").table
    assert orders.rowCount() == 0
    desk.tabs.show_tab("orders")
    assert orders.rowCount() == 9


def test_a_position_that_closes_leaves_and_the_inspector_with_it(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    desk.tabs.positions.view.select_key(SOL)
    assert desk.inspector.page.symbol.text() == "SOLUSDT"
    rest = tuple(row for row in bridge.snapshot.positions if row.key != SOL)
    show(qtbot, desk, bridge, replace(bridge.snapshot, positions=rest))
    assert desk.tabs.positions.table.row_of(SOL) is None
    assert desk.inspector.page.symbol.text() != "SOLUSDT"


def test_the_inspector_shows_exits_and_risk_of_the_selected_position(desk: MainWindow) -> None:
    desk.tabs.positions.view.select_key(SOL)
    values = {name: tile.value for name, tile in desk.inspector.page.tiles.items()}
    assert (values["stop"], values["target"], values["reward"]) == ("+70.00", "+590.00", "0.4")
    assert values["margin"] == "402.00"
    assert [line.net for line in desk.inspector.page.exits._lines] == ["+142.50", "+292.50"]
    assert "TP 130.00 +590.00" in desk.inspector.page.chart.accessibleDescription()


# Keyboard and mouse


def test_the_buttons_of_a_row_open_its_dialogs_once(qtbot, desk: MainWindow) -> None:
    view = desk.tabs.positions.view
    for name, kind in (("close", ClosePositionDialog), ("edit_stops", TradingStopDialog)):
        for _ in range(2):
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=button(desk, SOL, name))
        dialogs = desk.findChildren(kind)
        assert len(dialogs) == 1
        dialogs[0].reject()
        qtbot.waitUntil(lambda kind=kind: not desk.findChildren(kind))


def test_a_row_that_is_being_closed_opens_nothing(qtbot, desk: MainWindow) -> None:
    view = desk.tabs.positions.view
    view.setFocus()
    view.select_key(LINK)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert not desk.findChildren(ClosePositionDialog)


def test_tabs_and_filter_by_keyboard(qtbot, desk: MainWindow) -> None:
    desk.activateWindow()
    qtbot.keyClick(desk, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert desk.tabs.present is desk.tabs.panel("orders")
    qtbot.keyClick(desk, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert desk.tabs.present is desk.tabs.positions
    qtbot.keyClick(desk, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = desk.tabs.positions.filter_edit
    assert field.isVisible()
    qtbot.keyClicks(field, "sol")
    assert desk.tabs.positions.table.rowCount() == 1
    qtbot.keyClicks(field, "xyz")
    assert desk.tabs.positions.view._placeholder.startswith("Nothing matches the filter\n")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert desk.tabs.positions.table.rowCount() == 6
    assert not field.isVisible()


def test_ctrl_q_asks_to_quit_and_escape_does_nothing(qtbot, desk: MainWindow) -> None:
    with qtbot.assertNotEmitted(desk.quit_asked):
        qtbot.keyClick(desk, Qt.Key.Key_Escape)
    with qtbot.waitSignal(desk.quit_asked):
        qtbot.keyClick(desk, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


async def test_arming_is_locked_and_armed_with_one_button(qt_loop, qtbot, window: MainWindow, bridge: Bridge) -> None:
    async def nowhere() -> object:
        raise Unreachable("unreachable")

    manager = PositionManager(nowhere, clock=samples.clock())
    bridge.attach(manager)
    armed = window.top_bar.armed
    qtbot.waitUntil(armed.isEnabled)
    for said, is_armed in (("Trading locked", False), ("Trading armed", True)):
        armed.click()
        assert manager.snapshot.is_armed is is_armed
        qtbot.waitUntil(lambda said=said: armed.text() == said)
    bridge.detach()
    await manager.close()


# Troubles


def test_expected_trouble_is_one_sentence_above_the_tables(desk: MainWindow, bridge: Bridge) -> None:
    bridge.failed.emit(AppError("unreachable"))
    assert desk.tabs.notice.isVisible()
    assert desk.tabs.notice.label.text() == "Bybit does not answer; what is shown stays"
    desk.tabs.notice.dismiss.click()
    assert not desk.tabs.notice.isVisible()


def test_warnings_speak_up_and_ordinary_events_do_not(desk: MainWindow, bridge: Bridge) -> None:
    bridge.notice.emit(AuditEvent(ts_ms=0, code="link_back", details={"link": "private"}))
    assert not desk.tabs.notice.isVisible()
    bridge.notice.emit(AuditEvent(ts_ms=0, code="executions_differ", severity="warning", key=SOL))
    assert desk.tabs.notice.label.text().startswith("SOLUSDT: Executions do not add up")


def test_a_bug_is_shown_once_with_its_report(qtbot, desk: MainWindow, caplog) -> None:
    reporter = CrashReporter(desk)
    for _ in range(3):
        try:
            raise ZeroDivisionError("made up")
        except ZeroDivisionError as bug:
            reporter.report(bug)
    dialogs = desk.findChildren(CrashDialog)
    assert len(dialogs) == 1
    assert "ZeroDivisionError: made up" in dialogs[0].report.toPlainText()
    assert len(caplog.records) == 3
    dialogs[0].accept()


# Memory


def test_layout_columns_and_clothes_are_kept_in_the_data_folder(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    first = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(first)
    first.show()
    qtbot.waitExposed(first)
    first.inspector_dock.hide()
    first.tabs.positions.view.header.setSectionHidden(1, True)
    first.tabs.positions.view.header.resizeSection(0, 321)
    first.tabs.positions.view.header.rank_by(0, "leverage", Qt.SortOrder.DescendingOrder)
    next(action for action in first.menu.actions() if action.text() == "Compact rows").trigger()
    first.close()
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]

    second = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(second)
    second.show()
    qtbot.waitExposed(second)
    view = second.tabs.positions.view
    assert second.inspector_dock.isHidden()
    assert view.header.isSectionHidden(1)
    assert view.columnWidth(0) == 321
    assert view._painter.is_compact
    assert (view.header.sortIndicatorSection(), view.header.sortIndicatorOrder()) == (0, Qt.SortOrder.DescendingOrder)
    assert view.table.rank(0).name == "leverage"
    second.reset_layout()
    assert not second.inspector_dock.isHidden()
    assert not view.header.isSectionHidden(1)
    assert view.columnWidth(0) < 321


def test_a_layout_of_other_columns_is_not_laid_over_these(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    table = positions_table(bridge)
    table.choose_rank(0, "leverage")
    kept = table.choices()
    assert kept.startswith("symbol=leverage size price ")
    again = positions_table(bridge)
    assert again.restore_choices(kept)
    assert again.rank(0).name == "leverage"
    for other in ("", "symbol size", kept + " more", kept.replace("size", "weight")):
        assert not positions_table(bridge).restore_choices(other)
    assert positions_table(bridge).restore_choices(kept.replace("leverage", "no_such")), "an unknown rank is the usual"


def positions_table(bridge: Bridge) -> RecordTable:
    """An empty table of positions."""
    return RecordTable(position_columns.columns(), lambda p: p.key, Facts(bridge.clock))


def test_a_kept_layout_that_qt_refuses_means_defaults(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path)
    for name in ("geometry", "docks", "columns/positions"):
        settings.keep(name, QByteArray(b"nonsense"))
    settings.flush()
    window = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(window)
    assert window.width() == 1600


def test_what_was_on_a_screen_that_is_gone_comes_back_into_sight(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path)
    before = MainWindow(bridge, "paper", "Main", settings)
    qtbot.addWidget(before)
    before.show()
    before.move(9_000, 7_000)
    for dock, x in ((before.session_dock, 9_500), (before.inspector_dock, -9_500)):
        dock.setFloating(True)
        dock.setGeometry(x, 7_200, 500, 300)
    assert not [part for part in (before, before.session_dock, before.inspector_dock) if in_sight(part)]
    before.keep_layout()
    before.hide()
    after = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(after)
    after.show()
    qtbot.waitExposed(after)
    for dock in (after.session_dock, after.inspector_dock):
        assert dock.isFloating()
        assert dock.isVisible()
        assert in_sight(dock)
    assert in_sight(after)


def in_sight(window: QWidget) -> bool:
    """Whether enough of its top is on a screen to see it and take hold of it."""
    top = window.frameGeometry()
    top.setHeight(30)
    seen = [top.intersected(screen.availableGeometry()) for screen in QApplication.screens()]
    return any(part.width() >= 200 and part.height() == 30 for part in seen)


def test_every_theme_can_be_worn_while_it_runs(qtbot, desk: MainWindow, qapp: QApplication) -> None:
    pictures = []
    for dark in (True, False):
        for blind in (False, True):
            theme.apply(qapp, theme.tokens(dark=dark, colour_blind=blind))
            pictures.append(desk.grab().toImage())
    assert len({image.pixelColor(700, 400).name() for image in pictures}) == 2
    assert desk.top_bar._brand.palette().windowText().color() == theme.current().text


# Words


def all_widgets(window: QWidget) -> list[QWidget]:
    """Every visible widget of the window, all tabs opened once."""
    return [widget for widget in window.findChildren(QWidget) if widget.isVisibleTo(window)]


def test_everything_that_takes_the_keyboard_has_a_name(desk: MainWindow) -> None:
    nameless = []
    for name in desk.tabs.names:
        desk.tabs.show_tab(name)
        for widget in all_widgets(desk):
            takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if takes_keys and not said and not widget.objectName().startswith("qt_"):
                nameless.append(f"{type(widget).__name__} in {name}")
    assert nameless == []


def test_markup_from_the_network_stays_text(qtbot, window: MainWindow, bridge: Bridge) -> None:
    evil = '<img src="http://127.0.0.1:9/x"><b>x</b>'
    position = samples.position(margin_mode=evil, symbol=evil)
    snapshot = samples.snapshot(
        positions=(position,),
        orders=(samples.order(symbol=evil, order_link_id=evil, status=evil, stop_order_type=evil),),
        executions=(samples.execution(symbol=evil, order_link_id=evil, exec_type=evil),),
        closed_trades=(samples.closed_trade(symbol=evil, closed_by=evil),),
        events=(AuditEvent(ts_ms=0, code=evil, severity="warning", details={"reason": evil}),),
    )
    show(qtbot, window, bridge, snapshot)
    bridge.notice.emit(snapshot.events[0])
    window.tabs.positions.view.select_key(position.key)
    for name in window.tabs.names:
        window.tabs.show_tab(name)
        table = window.tabs.present.table
        for column in range(table.columnCount()):
            tip = table.data(table.index(0, column), Qt.ItemDataRole.ToolTipRole)
            assert not tip or "<img" not in tip
    labels = [widget for widget in window.findChildren(QLabel) if widget.metaObject().className() == "Label"]
    assert labels
    assert any(evil in label.text() for label in labels)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert not window.grab().isNull()


def test_only_plain_text_classes_are_used() -> None:
    forbidden = {"QLabel", "QMessageBox", "QTextEdit", "QTextBrowser", "setHtml"}
    allowed = {("labels.py", "QLabel")}
    found = set()
    for file in Path(gui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if name in forbidden and (file.name, name) not in allowed:
                found.add((file.name, name))
    assert found == set()


def test_line_edits_are_the_only_places_to_type(desk: MainWindow) -> None:
    for name in desk.tabs.names:
        desk.tabs.show_tab(name)
    of_days = {edit for day in desk.findChildren(DayEdit) for edit in day.findChildren(QLineEdit)}
    assert [type(edit).__name__ for edit in desk.findChildren(QLineEdit) if edit not in of_days] == ["FilterEdit"] * 5
