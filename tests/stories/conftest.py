"""What stories ask for by name."""

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from gui import theme


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    qapp.setStyleSheet("")
