"""Keys that make the desk pleasant: hidden money, the sheet of keys, the palette, About."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel

import main
from core.model import AuditEvent, PositionKey
from gui import clothes, text, theme
from gui.bridge import Bridge
from gui.comfort.hint import Hint, words_of
from gui.dialogs.about import AboutDialog
from gui.dialogs.cheat_sheet import CheatSheet, lines
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.palette import Palette, sorted_by_fit
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.views.totals_row import TotalsRow
from gui.widgets.tile import Tile
from tests.gui import samples

SOL = PositionKey("linear", "SOLUSDT", 0)
K = Qt.Key


@pytest.fixture
def desk(qtbot, window: MainWindow, bridge: Bridge) -> Iterator[MainWindow]:
    """The window with the sample snapshot; what it hides is shown again afterwards."""
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot, timeout=30_000)
    window.activateWindow()
    yield window
    text.set_private(False)


def everything_said(desk: MainWindow) -> str:
    """All that is written in the window, with tooltips and what a screen reader says."""
    said = [desk.windowTitle()]
    for tile in desk.findChildren(Tile):
        said += [tile.value, tile.accessibleName(), tile.toolTip()]
    for label in desk.findChildren(QLabel):
        said.append(label.text())
    table = desk.tabs.positions.table
    for row in range(table.rowCount()):
        for column in range(len(table.columns)):
            index = table.index(row, column)
            said += [*table.words(row, column), str(table.data(index, Qt.ItemDataRole.ToolTipRole) or "")]
    said.append(desk.inspector.page.chart.accessibleDescription())
    said += [line.what + line.net for line in desk.inspector.page.exits._lines]
    for totals in desk.findChildren(TotalsRow):
        said += [word for cell in totals.cells.values() for word in cell.words()] + [totals.accessibleDescription()]
    said += [desk.status.last_event]
    said += [*desk.session.equity.labels, desk.session.equity.accessibleName()]
    return "\n".join(said)


def test_one_key_hides_money_and_sizes_everywhere_and_keeps_percentages(qtbot, desk: MainWindow) -> None:
    desk.tabs.positions.view.select_key(SOL)
    before = everything_said(desk)
    for amount in ("12,480.32", "+438.00", "2,448.00", "20.0", "+142.50", "+590.00", "21,295.35", "+440.70"):
        assert amount in before
    qtbot.keyClick(desk, K.Key_F8)
    hidden = everything_said(desk)
    for amount in ("12,480", "438.00", "2,448", "142.50", "590.00", "9,102", "402.00", "210,000", "21,295", "440.70"):
        assert amount not in hidden, amount
    assert not re.search(r"\b20\.0\b", hidden)
    assert "+108.96%" in hidden
    assert "122.40" in hidden
    qtbot.keyClick(desk, K.Key_F8)
    assert everything_said(desk) == before


def test_hidden_money_is_hidden_in_the_other_tables_and_their_details(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    details = {
        "qty": Decimal("7.125"),
        "net": Decimal("987.65"),
        "filled": "987.65",
        "price": Decimal("122.5"),
        "reason": "manual",
    }
    exit_line = AuditEvent(ts_ms=samples.NOW_MS, code="partial_exit", key=SOL, details=details)
    snapshot = samples.snapshot(events=(exit_line,))
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: desk.facts.snapshot is snapshot, timeout=30_000)
    desk.tabs.show_tab("events")
    desk.tabs.show_tab("closed")
    closed = desk.tabs.panel("closed")
    qtbot.waitUntil(lambda: closed.table.rowCount() > 0, timeout=30_000)
    closed.show_life(closed.table.key(0))
    shown = [tile.value for tile in closed.life.findChildren(Tile)]
    desk.comfort.toggle_private()
    qtbot.waitUntil(lambda: closed.life.findChildren(Tile)[0].value == text.HIDDEN, timeout=30_000)
    assert text.HIDDEN in closed.sums.text()
    table = desk.tabs.panel("events").table
    said = table.words(0, 3)[0] + str(table.data(table.index(0, 3), Qt.ItemDataRole.ToolTipRole))
    assert "122.5" in said
    assert "7.125" not in said
    assert "987.65" not in said
    desk.comfort.toggle_private()
    assert [tile.value for tile in closed.life.findChildren(Tile)] == shown


def test_hidden_money_stays_hidden_after_a_restart(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path)
    first = MainWindow(bridge, "paper", "Main", settings)
    qtbot.addWidget(first)
    first.comfort.toggle_private()
    settings.flush()
    text.set_private(False)
    second = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(second)
    assert text.is_private()
    text.set_private(False)


def test_f1_shows_every_key(qtbot, desk: MainWindow) -> None:
    qtbot.keyClick(desk, K.Key_F1)
    sheet = desk.findChild(CheatSheet)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {keys for keys, _ in lines(desk.comfort.shortcuts)} <= shown
    qtbot.keyClick(sheet, K.Key_Escape)
    qtbot.waitUntil(lambda: desk.findChild(CheatSheet) is None, timeout=30_000)


def test_the_palette_opens_a_close_dialog_but_closes_nothing(qtbot, desk: MainWindow) -> None:
    qtbot.keyClick(desk, K.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = desk.findChild(Palette)
    qtbot.keyClicks(palette.field, "close sol")
    assert palette.list.count() == 1
    qtbot.keyClick(palette.field, K.Key_Return)
    qtbot.waitUntil(lambda: desk.findChild(ClosePositionDialog) is not None, timeout=30_000)
    assert desk.findChild(ClosePositionDialog).key == SOL


def test_the_palette_walks_and_goes_to_tables(qtbot, desk: MainWindow) -> None:
    qtbot.keyClick(desk, K.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = desk.findChild(Palette)
    qtbot.keyClicks(palette.field, "go to")
    qtbot.keyClick(palette.field, K.Key_Down)
    qtbot.keyClick(palette.field, K.Key_Return)
    qtbot.waitUntil(lambda: desk.findChild(Palette) is None, timeout=30_000)
    assert desk.tabs.present is desk.tabs.panel("orders")


def test_nothing_found_does_nothing(qtbot, desk: MainWindow) -> None:
    desk.comfort.open_palette()
    palette = desk.findChild(Palette)
    qtbot.keyClicks(palette.field, "zzzz")
    qtbot.keyClick(palette.field, K.Key_Return)
    assert palette.isVisible()


def test_acts_that_begin_with_what_was_typed_come_first() -> None:
    @dataclass
    class Named:
        words: str

    acts = [Named("Reset layout"), Named("Layout of tables"), Named("Quit")]
    assert [act.words for act in sorted_by_fit(acts, "layout")] == ["Layout of tables", "Reset layout"]
    assert sorted_by_fit(acts, "") == acts


def test_about_names_parts_and_licences(qtbot, desk: MainWindow) -> None:
    desk.comfort.show_about()
    said = desk.findChild(AboutDialog).parts.toPlainText()
    assert "ccxt" in said
    assert "Inter · OFL-1.1" in said
    assert "GPL-3.0" in said
    assert all(line.partition(" · ")[2] for line in said.splitlines()), said
    about = desk.findChild(AboutDialog)
    about.paper.set_choice("gpl")
    about.paper.chosen.emit("gpl")
    assert "GNU GENERAL PUBLIC LICENSE" in about.parts.toPlainText()
    about.paper.chosen.emit("ofl")
    assert "SIL OPEN FONT LICENSE" in about.parts.toPlainText()
    about.paper.chosen.emit("parts")
    assert about.parts.toPlainText() == said


def test_somebody_new_is_greeted_until_it_is_read(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    desk = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(desk)
    desk.show()
    desk.comfort.greet()
    hint = desk.findChild(Hint)
    qtbot.waitUntil(hint.isVisible, timeout=30_000)
    assert "paper exchange" in hint.label.text()
    assert "Ctrl+K" in hint.label.text()
    qtbot.mouseClick(hint.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.findChild(Hint) is None, timeout=30_000)
    again = MainWindow(bridge, "live", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(again)
    again.comfort.greet()
    assert again.findChild(Hint) is None
    assert "paper" not in words_of("live", again.comfort.shortcuts)


def test_the_desk_follows_the_systems_colours_only_when_asked_to(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path)
    desk = MainWindow(bridge, "paper", "Main", settings)
    qtbot.addWidget(desk)
    worn = theme.current()
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is worn
    settings.keep("theme", "system")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is not worn


def test_another_scale_offers_a_restart_that_comes_back_to_the_same_place(
    qtbot, bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QT_SCALE_FACTOR", raising=False)
    monkeypatch.setattr(clothes._Scale, "told", None)
    settings = WindowSettings(tmp_path)
    clothes.set_scale(settings)
    window = MainWindow(bridge, "live", "Main", settings)
    qtbot.addWidget(window)
    window.show()
    window.comfort.apply()
    assert window.tabs.notice.isHidden(), "nothing has changed"
    settings.keep("scale_pct", 150)
    window.comfort.apply()
    notice = window.tabs.notice
    assert notice.action.text() == "Restart now"
    assert not notice._timer.isActive(), "it waits for an answer"
    window.tabs.show_tab("closed")
    window.session.periods.set_choice("7d")
    with qtbot.waitSignal(window.restart_asked):
        notice.action.click()
    again = MainWindow(bridge, "live", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(again)
    assert (again.tabs.name, again.session.periods.choice) == ("closed", "7d")
    once = MainWindow(bridge, "live", "Main", again._settings)
    qtbot.addWidget(once)
    assert once.tabs.name == "positions", "an ordinary start begins there"
    clothes.set_scale(settings)
    assert os.environ["QT_SCALE_FACTOR"] == "1.5"
    clothes.forget_scale()
    assert "QT_SCALE_FACTOR" not in os.environ
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    monkeypatch.setattr(clothes._Scale, "told", None)
    clothes.set_scale(settings)
    assert not clothes.needs_restart(settings), "the environment decides"


def test_starting_again_asks_for_the_same_account_as_it_is_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    become: list[list[str]] = []
    monkeypatch.setattr(main.os, "execv", lambda _file, command: become.append(command))
    monkeypatch.setattr("logging.shutdown", lambda: None)
    options = main.arguments(["demo", "--data-dir", str(tmp_path), "--seed", "3", "--log-level", "DEBUG"])
    options.environment, options.account = "live", "Second"  # chosen meanwhile
    main.start_again(options)
    assert become[0][:3] == [sys.executable, str(Path(main.__file__).resolve()), "live"]
    assert main.arguments(become[0][2:]) == options
