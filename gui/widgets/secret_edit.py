"""A field for a secret: dots instead of letters, no history to undo into, no predictions, nothing to copy."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLineEdit, QWidget

from core.secrets import Secret
from gui import theme


class SecretEdit(QLineEdit):
    """Takes a secret of one line or, pasted, of several (an RSA key)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        self.setMaxLength(16_000)
        self.setFont(theme.font())
        self.textEdited.connect(self._forget_history)

    def secret(self) -> Secret:
        """What was typed, without the space that pasting brings along."""
        return Secret(self.text().strip())

    def wipe(self) -> None:
        """Empty the field and its history."""
        self.setText("")

    def _forget_history(self) -> None:
        """Qt keeps each step of typing; setting the text anew drops them."""
        place = self.cursorPosition()
        self.blockSignals(True)
        self.setText(self.text())
        self.setCursorPosition(place)
        self.blockSignals(False)

    def sizeHint(self) -> QSize:
        """As high as other fields."""
        return super().sizeHint().expandedTo(QSize(280, 34))


def is_on_clipboard(secret: Secret) -> bool:
    """The clipboard still holds it."""
    clipboard = QGuiApplication.clipboard()
    return clipboard is not None and bool(secret) and Secret(clipboard.text().strip()) == secret


def clear_clipboard() -> None:
    """Nobody can paste it any more; a clipboard manager may have a copy of its own."""
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.clear()
