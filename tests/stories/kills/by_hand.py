"""Closes a position by keyboard in a window, in a process that is to be killed while it does.

The window, the dialog, the loop and the ledger are the program's own; who kills it, and when, is in desks.py.
"""

import asyncio
from pathlib import Path
from typing import Any

import qasync
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui import theme
from gui.dialogs import window as form_window
from gui.dialogs.close_position import ClosePositionDialog
from tests import processes
from tests.stories.kills.desks import PATIENCE_S, Door, recorder_at
from tests.stories.window import SOL, Desk, desk_on, type_into

processes.preload(__name__)


def close_by_hand(door: Door, folder: Path, qty: str) -> None:
    """Close so much of SOLUSDT."""
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    theme.load_fonts()
    theme.apply(app, theme.tokens())
    form_window.SHIELD_MS = 50
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(_close(door, folder, qty))


async def _close(door: Door, folder: Path, qty: str) -> None:
    recorder = await recorder_at(folder)
    await recorder.store.checked()
    paper: Any = door
    async with desk_on(paper, recorder=recorder, history_days=8) as desk:
        await _press_keys(desk, qty)
        await desk.manager.until(lambda s: False, PATIENCE_S)


async def _press_keys(desk: Desk, qty: str) -> None:
    """Delete on the row, the quantity, Enter to the button, Enter."""
    view = desk.window.tabs.positions.view
    view.select_key(SOL)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    dialog = await desk.opened()
    assert isinstance(dialog, ClosePositionDialog)
    type_into(dialog.quantity.edit, qty)
    await desk.shown(lambda: dialog.frame.action.isEnabled())
    QTest.keyClick(dialog.quantity.edit, Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.frame.action
    QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
