"""The app's look for every test of its windows, and one main window made as the app makes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from core.clock import ManualClock
from gui import theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from tests.gui import samples


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme, as the app wears them."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    theme.undress(qapp)


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
