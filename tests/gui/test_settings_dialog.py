"""The settings dialog: what is wrong is said and not applied; what is right counts at once and after a restart."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from core.errors import Unreachable
from core.guard_config import defaults, guards_of
from core.guards import GuardSettings
from core.manager import PositionManager
from gui.bridge import Bridge
from gui.dialogs.settings import SettingsDialog
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from tests.gui import samples


@pytest.fixture
def dialog(qtbot, bridge: Bridge, tmp_path: Path) -> SettingsDialog:
    """The dialog over an empty settings file."""
    made = SettingsDialog(bridge, WindowSettings(tmp_path))
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.open()
    return made


def fill(qtbot, dialog: SettingsDialog, name: str, typed: str) -> None:
    """Type into a field."""
    field = dialog.fields[name]
    field.clear()
    qtbot.keyClicks(field, typed)


def test_without_a_file_the_defaults_are_the_guards_own() -> None:
    assert guards_of(lambda name: None) == GuardSettings()
    assert guards_of(defaults().get) == GuardSettings()
    assert guards_of({"guard_unprotected_s": ""}.get).unprotected_after_s is None


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("guard_max_positions", "2.5", "whole number"),
        ("guard_daily_loss", "1e3", "is not an amount"),
        ("guard_near_liquidation_pct", "-1", "is not an amount"),
        ("hold_above", "", "needs an amount"),
        ("bot_file", "/nowhere/positions.json", "no such file"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_can_be_applied(qtbot, dialog, name: str, typed: str, said: str) -> None:
    fill(qtbot, dialog, name, typed)
    assert said in dialog.message.text()
    assert not dialog.apply_button.isEnabled()


async def test_what_is_applied_counts_at_once_and_after_a_restart(
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
    qtbot.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    wanted = GuardSettings(unprotected_after_s=None, max_positions=3, daily_loss=Decimal("250.5"))
    assert manager.guard_settings == wanted
    assert bridge.hold_above == 1000
    again = WindowSettings(tmp_path)
    assert guards_of(lambda name: again.word(name, "") if name in defaults() else None) == wanted
    await manager.close()


def test_esc_changes_nothing(qtbot, dialog: SettingsDialog, tmp_path: Path) -> None:
    fill(qtbot, dialog, "guard_max_positions", "3")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not (tmp_path / "settings.json").exists()


def test_the_palette_and_the_menu_lead_to_it(qtbot, window: MainWindow) -> None:
    act = next(act for act in window.comfort.acts() if act.words == "Settings…")
    act.run()
    assert window.findChild(SettingsDialog) is not None
