"""What stories ask for by name."""

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from gui import theme
from tests.paper_fixture import PaperProcess


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    qapp.setStyleSheet("")


@pytest.fixture(scope="module")
def exchange() -> Iterator[PaperProcess]:
    """One paper exchange for all stories of a file; a traceback in it fails the last one."""
    process = PaperProcess()
    yield process
    process.stop()
    assert "Traceback" not in process.complaints
