"""What stories ask for by name."""

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from core import actions
from gui import theme
from gui.widgets import hold_button
from tests.paper_fixture import PaperProcess


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a loaded machine nothing is given up that a person at a quiet one would have got."""
    monkeypatch.setattr(actions, "UNSENT_S", 60.0)
    monkeypatch.setattr(actions, "REFRESH_WITHIN_S", 60.0)
    monkeypatch.setattr(actions, "WHY_WITHIN_S", 60.0)


@pytest.fixture(autouse=True)
def quick_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories press what they have just opened; a person cannot have read it by then."""
    monkeypatch.setattr(hold_button, "FRESH_MS", 0)


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    theme.undress(qapp)


@pytest.fixture(scope="module")
def exchange() -> Iterator[PaperProcess]:
    """One paper exchange for all stories of a file; a traceback in it fails the last one."""
    process = PaperProcess()
    yield process
    process.stop()
    assert "Traceback" not in process.complaints
