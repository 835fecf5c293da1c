"""How stories with windows answer Qt's question for a file: the kind and the name by keystrokes, Save by the mouse."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog, QLineEdit

from tests.stories.window import Desk, click, type_into


async def saved(desk: Desk, parent: Any, file: Path, kind: str = "") -> bytes:
    """Save as ``file``, in a folder without other files; returns what is written.

    With a kind, it is chosen in the dialog's list, and only the name's stem is typed.
    """
    assert not any(path.is_file() for path in file.parent.iterdir())  # or Qt would ask about overwriting, and wait
    await desk.shown(lambda: parent.findChild(QFileDialog) is not None)
    dialog = parent.findChild(QFileDialog)
    await desk.shown(dialog.isVisible)
    dialog.setDirectory(str(file.parent))  # Qt selects what it finds on the way while a path is typed
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    while kind not in kinds.currentText():
        QTest.keyClick(kinds, Qt.Key.Key_Down)
    typed = file.stem if kind else file.name
    await desk.shown(lambda: _is_answered(dialog, typed))
    await desk.shown(file.exists)  # every file appears whole
    return await asyncio.to_thread(file.read_bytes)


def _is_answered(dialog: QFileDialog, name: str) -> bool:
    """Type the name and click Save; again where Qt, which reads the folder meanwhile, has changed the field."""
    if sip.isdeleted(dialog) or not dialog.isVisible():
        return True
    edit = dialog.findChild(QLineEdit)
    edit.setCompleter(None)  # its proposals come when the disk has answered, and would take the click
    if edit.text() != name:
        type_into(edit, name)
    save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    if edit.text() == name and save.isEnabled() and save.mapTo(dialog, QPoint()).y() > 0:  # it is laid out by and by
        click(save)
    return sip.isdeleted(dialog) or not dialog.isVisible()
