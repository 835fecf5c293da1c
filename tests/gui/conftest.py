"""The app's look for every test of its windows, and one main window made as the app makes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.clock import ManualClock
from gui import theme
from gui.bridge import Bridge
from gui.dialogs import book_feed
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.widgets import hold_button
from tests.gui import samples


class HoldingBot(QtBot):
    """Holds on to the widgets that it closes after a test. A window that only the test's own names hold is garbage as
    soon as the test returns; collected in the middle of its last paint, it takes the process with it.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        super().__init__(request)
        self.held: list[QWidget] = []

    def addWidget(self, widget: QWidget, **more: Any) -> None:
        """As before, and hold it."""
        self.held.append(widget)
        super().addWidget(widget, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's bot, but for what is said above."""
    return HoldingBot(request)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme, as the app wears them."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    theme.undress(qapp)


@pytest.fixture(autouse=True)
def quick_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests press what they have just opened; a person cannot have read it by then."""
    monkeypatch.setattr(hold_button, "FRESH_MS", 0)


@pytest.fixture(autouse=True)
def one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order book that nobody waits for could be asked for again when the test's loop has ended."""
    monkeypatch.setattr(book_feed, "PERIOD_MS", 3_600_000)


@pytest.fixture
def clock() -> ManualClock:
    """Stands where the samples' times count from."""
    return samples.clock()


@pytest.fixture
def bridge(qapp: QApplication, clock: ManualClock) -> Bridge:
    """A bridge without a manager: snapshots are published by hand."""
    return Bridge(clock=clock)


@pytest.fixture
def window(qtbot, bridge: Bridge) -> Iterator[MainWindow]:
    """The main window, shown, before its first snapshot."""
    made = MainWindow(bridge, "paper", "Main", WindowSettings(None))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    # A window with a command in flight refuses to close; left open it would take the next test's mouse.
    made.hide()
