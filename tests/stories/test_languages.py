"""Another language while the desk runs: a new window before the same manager, nothing interrupted."""

import asyncio
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialogButtonBox

from gui import language, theme
from gui.desk import Desk
from gui.dialogs.settings import SettingsDialog
from gui.dialogs.settings_fields import ChoiceField
from gui.seat import Present, Seat
from gui.settings import WindowSettings
from gui.sign_in import sign_in
from main import Exchange, arguments
from tests.paper_fixture import PaperProcess
from tests.stories.window import LEFT, SOL


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme; English again afterwards."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    language.speak(qapp, "en")
    theme.undress(qapp)


@pytest.fixture(scope="module")
def practice() -> Iterator[PaperProcess]:
    """Where the desk works."""
    one = PaperProcess()
    one.control("settings", limits=False)
    yield one
    one.stop()


async def until(holds: object, timeout_s: float = 60.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.01)


def choose_italian(window) -> None:
    """In the settings dialog, with the mouse."""
    window.comfort.show_settings()
    dialog = window.findChild(SettingsDialog)
    field = dialog.fields["language"]
    assert isinstance(field, ChoiceField)
    entry = next(one for one in field.picker.menu_of_choices().actions() if one.text() == "Italiano")
    entry.trigger()
    QTest.mouseClick(dialog.apply_button, LEFT)


async def test_the_desk_speaks_another_language_at_once(
    qt_loop: object, practice: PaperProcess, tmp_path: Path
) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps(practice.ready))
    options = arguments(["paper", "--connect", str(ready), "--data-dir", str(tmp_path)])
    settings = WindowSettings(tmp_path)
    present = Present(Seat("paper", "Main", settings))
    present.seat.window.show()
    exchange = Exchange(options)
    desk = Desk(present, options, settings, lambda w, b: exchange.make_manager(partial(sign_in, w, b)))
    running = asyncio.ensure_future(desk.run())
    try:
        first = present.seat.window
        await until(lambda: first.tabs.positions.table.rowCount())
        manager = present.seat.bridge.manager
        practice.hold_fills()
        manager.set_armed(True)
        command = await manager.close_position(SOL)
        assert command.is_open
        choose_italian(first)
        await asyncio.sleep(0)
        assert present.seat.window is first, "a command is under way: its dialog tells what becomes of it"
        practice.release_fills()
        await until(lambda: present.seat.window is not first)
        window = present.seat.window
        assert window.isVisible()
        assert window.tabs.strip.tabText(0) == "Posizioni"
        assert present.seat.bridge.manager is manager, "nothing was read anew"
        await until(lambda: window.tabs.positions.table.rowCount())
        before = manager.snapshot.version
        await until(lambda: window.facts.snapshot is not None and window.facts.snapshot.version > before)
        assert window.top_bar.armed.text() == "Trading abilitato"
        window.comfort.show_settings()
        dialog = window.findChild(SettingsDialog)
        cancel = dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert cancel.text() == "Annulla"
        dialog.reject()
        assert json.loads((tmp_path / "settings.json").read_text())["language"] == "it"
    finally:
        practice.release_fills()
        present.seat.window.quit_asked.emit()
        assert await asyncio.wait_for(running, 30) == 0
        present.seat.leave()
