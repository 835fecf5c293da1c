"""The look of the app for every dialog test, and dialogs that are gone when the test is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QDialog

from gui import theme


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme, as the app wears them."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    theme.undress(qapp)


@pytest.fixture
def opened(qt_loop: object) -> Iterator[Callable[[QDialog], None]]:
    """Open a dialog as the window does; it is closed and deleted after the test.

    No event is processed here: stepping the loop inside a coroutine would enter other tasks and kill them.
    """
    dialogs: list[QDialog] = []

    def open_dialog(dialog: QDialog) -> None:
        dialogs.append(dialog)
        dialog.finished.connect(lambda: dialogs.remove(dialog))
        dialog.open()
        dialog.activateWindow()

    yield open_dialog
    for dialog in tuple(dialogs):  # reject() takes it out of the list
        dialog.reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
