"""The settings dialog: what is wrong is said and not applied; what is right counts at once and after a restart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QLabel, QLineEdit, QPushButton

from core.errors import Unreachable
from core.guard_config import defaults, guards_of
from core.guards import GuardSettings
from core.manager import PositionManager
from core.settings import KNOWN
from gui import text, theme
from gui.bridge import Bridge
from gui.dialogs.cheat_sheet import CheatSheet
from gui.dialogs.settings import SettingsDialog
from gui.dialogs.settings_fields import AmountField, FlagField, GuardField, KeyField, LineField
from gui.dialogs.trading_stop import TradingStopDialog
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.shortcuts import KEYS, doubled, problem_of
from tests.gui import samples


@pytest.fixture
def settings(tmp_path: Path) -> WindowSettings:
    return WindowSettings(tmp_path)


@pytest.fixture
def desk(qtbot, bridge: Bridge, settings: WindowSettings) -> Iterator[MainWindow]:
    """A window over an empty settings file; what the test puts on is taken off again."""
    made = MainWindow(bridge, "paper", "Main", settings)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.comfort.presence is not None, timeout=30_000)
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: made.facts.snapshot is snapshot, timeout=30_000)
    yield made
    text.set_private(False)
    theme.wear_typeface(theme.Typeface())
    made.hide()


@pytest.fixture
def dialog(desk: MainWindow) -> SettingsDialog:
    desk.comfort.show_settings()
    made = desk.findChild(SettingsDialog)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    return made


def fill(qtbot, dialog: SettingsDialog, name: str, typed: str) -> None:
    """Type into a field."""
    field = dialog.fields[name]
    assert isinstance(field, LineField)
    dialog.show_page(name)
    if isinstance(field, GuardField):
        field.box.setChecked(bool(typed))
    field.edit.clear()
    qtbot.keyClicks(field.edit, typed)


def choose(dialog: SettingsDialog, name: str, value: str) -> None:
    """Take a choice out of its menu."""
    menu = dialog.fields[name].picker.menu_of_choices()
    choices = dialog.fields[name].picker.choices
    menu.actions()[choices.index(value)].trigger()


def apply(qtbot, dialog: SettingsDialog) -> None:
    assert dialog.message.text() == ""
    qtbot.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_without_a_file_the_defaults_are_the_guards_own() -> None:
    assert guards_of(lambda name: None) == GuardSettings()
    assert guards_of(defaults().get) == GuardSettings()
    assert guards_of({"guard_unprotected_s": ""}.get).unprotected_after_s is None


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("guard_max_positions", "2.5", "whole number"),
        ("guard_max_positions", " ", "needs an amount"),
        ("guard_daily_loss", "1e3", "is not an amount"),
        ("guard_near_liquidation_pct", "-1", "is not an amount"),
        ("hold_above", "", "needs an amount"),
        ("hold_above", "1,000", "is not an amount"),
        ("bot_file", "/nowhere/positions.json", "no such file"),
        ("bot_file", "~nobody-here/positions.json", "no such file"),
        ("idle_lock_min", "1441", "from 0 to 1440"),
        ("idle_lock_min", "1.5", "whole number"),
        ("every_positions_s", "1", "from 2 to 60"),
        ("every_reconcile_s", "", "from 15 to 600"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_can_be_applied(qtbot, dialog, name: str, typed: str, said: str) -> None:
    fill(qtbot, dialog, name, typed)
    assert said in dialog.message.text()
    assert dialog.message.text().startswith(dialog.fields[name].words)
    assert not dialog.apply_button.isEnabled()


def test_every_setting_of_the_dialog_is_known_to_the_file_and_fits_it(dialog: SettingsDialog) -> None:
    for name, field in dialog.fields.items():
        known = KNOWN.get(name) or KNOWN[name.split("/")[0] + "/"]
        assert known[1](field.value()), name


def test_what_nobody_changed_is_not_written_down(qtbot, dialog: SettingsDialog, tmp_path: Path) -> None:
    dialog.fields["swapped"].box.setChecked(True)
    apply(qtbot, dialog)
    assert json.loads((tmp_path / "settings.json").read_text()) == {"version": 1, "swapped": True}


async def test_guards_intervals_and_holding_count_at_once_and_after_a_restart(
    qt_loop, qtbot, dialog: SettingsDialog, bridge: Bridge, tmp_path: Path
) -> None:
    async def nowhere() -> object:
        raise Unreachable("unreachable")

    manager = PositionManager(nowhere, clock=samples.clock())
    bridge.manager = manager
    fill(qtbot, dialog, "guard_max_positions", "3")
    fill(qtbot, dialog, "guard_unprotected_s", "")
    fill(qtbot, dialog, "guard_daily_loss", "250.5")
    fill(qtbot, dialog, "hold_above", "1000")
    fill(qtbot, dialog, "every_positions_s", "9")
    apply(qtbot, dialog)
    wanted = GuardSettings(unprotected_after_s=None, max_positions=3, daily_loss=Decimal("250.5"))
    assert manager.guard_settings == wanted
    assert bridge.hold_above == 1000
    assert manager.engine.sync.rounds.positions._every_s == 9
    again = WindowSettings(tmp_path)
    assert guards_of(again.get) == wanted
    assert again.count("every_positions_s", 5) == 9
    bridge.manager = None  # a second that passes later finds no loop to ask on
    await manager.close()


def test_the_look_changes_at_once(qtbot, desk: MainWindow, dialog: SettingsDialog) -> None:
    light = theme.LIGHT._replace(up=theme.LIGHT.down, down=theme.LIGHT.up)
    choose(dialog, "theme", "light")
    choose(dialog, "font_size", "15")
    dialog.fields["swapped"].box.setChecked(True)
    dialog.fields["compact"].box.setChecked(True)
    dialog.fields["flash"].box.setChecked(False)
    apply(qtbot, dialog)
    assert theme.current().tokens == light
    assert theme.font().pixelSize() == 15
    view = desk.tabs.positions.view
    assert view._painter.row_height == theme.COMPACT_ROW_HEIGHT
    assert not view.flashes.is_on
    checks = {action.text(): action.isChecked() for action in desk.menu.actions() if action.isCheckable()}
    assert checks["Compact rows"]
    assert not checks["Flash changed cells"]


def test_money_alerts_and_lock_change_at_once(qtbot, desk: MainWindow, dialog: SettingsDialog) -> None:
    presence = desk.comfort.presence
    dialog.fields["private"].box.setChecked(True)
    dialog.fields["notify/opened"].box.setChecked(True)
    dialog.fields["sound/alert"].box.setChecked(False)
    fill(qtbot, dialog, "idle_lock_min", "0")
    apply(qtbot, dialog)
    assert text.is_private()
    assert desk.top_bar.equity.value == text.HIDDEN
    assert "opened" in presence._popups.wanted
    assert "alert" not in presence._rings.wanted
    assert presence.idle.minutes == 0


def test_notifications_can_be_tried(qtbot, desk: MainWindow, dialog: SettingsDialog) -> None:
    dialog.show_page("notify/opened")
    trial = next(button for button in dialog.findChildren(QPushButton) if button.text().startswith("Try"))
    qtbot.mouseClick(trial, Qt.MouseButton.LeftButton)
    assert "calls you" in desk.comfort.presence.notifier.last.body
    assert "takes no notifications" in dialog.message.text()  # offscreen there is nobody to take them
    assert dialog.apply_button.isEnabled()


def test_new_stops_begin_with_the_chosen_trigger(qtbot, desk: MainWindow, dialog: SettingsDialog, bridge) -> None:
    choose(dialog, "default_trigger", "LastPrice")
    apply(qtbot, dialog)
    bare = samples.position("ETHUSDT")
    bridge.publish(samples.snapshot(positions=(bare,), orders=()))
    stops = TradingStopDialog(bridge, bare.key, desk)
    qtbot.addWidget(stops)
    stops.open()
    assert stops.trigger.choice == "LastPrice"


def test_another_key_counts_at_once_everywhere(qtbot, desk: MainWindow, dialog: SettingsDialog) -> None:
    field = dialog.fields["key/private"]
    assert isinstance(field, KeyField)
    dialog.show_page("key/private")
    field.edit.setKeySequence(QKeySequence("Ctrl+H"))
    apply(qtbot, dialog)
    desk.activateWindow()
    qtbot.waitUntil(desk.isActiveWindow, timeout=30_000)
    qtbot.keyClick(desk, Qt.Key.Key_F8)
    assert not text.is_private()
    qtbot.keyClick(desk, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert text.is_private()
    assert any("Ctrl+H" in action.text() for action in desk.menu.actions())
    desk.comfort.show_keys()
    assert "Ctrl+H" in {label.text() for label in desk.findChild(CheatSheet).findChildren(QLabel)}


@pytest.mark.parametrize(
    ("keys", "problem"),
    [("Ctrl+H", ""), ("F9", ""), ("", ""), ("H", "bare"), ("Shift+H", "bare"), ("Del", "bare"), ("Ctrl+C", "taken"),
     ("Ctrl+K, Ctrl+H", "several"), ("nonsense", "unreadable")],
)  # fmt: skip
def test_keys_that_typing_needs_are_refused(keys: str, problem: str) -> None:
    assert problem_of(keys) == problem


def test_the_same_key_twice_is_said(dialog: SettingsDialog) -> None:
    assert doubled((key.name, key.keys) for key in KEYS) is None
    dialog.fields["key/reconcile"].edit.setKeySequence(QKeySequence("F1"))
    assert "The same key twice" in dialog.message.text()
    assert not dialog.apply_button.isEnabled()
    dialog.fields["key/keys"].edit.clear()
    assert dialog.apply_button.isEnabled()


def test_keys_out_of_the_file_that_cannot_be_used_are_the_usual_ones(qtbot, bridge: Bridge, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"key/private": "H", "key/lock": "", "key/keys": "F10"}')
    desk = MainWindow(bridge, "paper", "Main", WindowSettings(tmp_path))
    qtbot.addWidget(desk)
    assert [desk.comfort.shortcuts.shown(name) for name in ("private", "lock", "keys")] == ["F8", "", "F10"]


def test_esc_changes_nothing(qtbot, dialog: SettingsDialog, tmp_path: Path) -> None:
    fill(qtbot, dialog, "guard_max_positions", "3")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not (tmp_path / "settings.json").exists()


def test_everything_in_it_has_a_name(dialog: SettingsDialog) -> None:
    for field in dialog.fields.values():
        assert field.widget.accessibleName().startswith(field.words)
        assert field.words
    names = [field.words for field in dialog.fields.values()]
    assert len(set(names)) == len(names)
    for edit in dialog.findChildren(QLineEdit):
        assert edit.accessibleName()
    assert {type(field) for field in dialog.fields.values()} >= {FlagField, AmountField, GuardField, KeyField}


def test_the_palette_and_the_menu_lead_to_it_and_it_opens_once(qtbot, desk: MainWindow) -> None:
    act = next(act for act in desk.comfort.acts() if act.words == "Settings…")
    act.run()
    act.run()
    assert len(desk.findChildren(SettingsDialog)) == 1
