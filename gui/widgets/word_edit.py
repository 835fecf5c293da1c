"""A field that asks for one word as a sign that the operator means it."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QLineEdit, QWidget

from gui import theme


class WordEdit(QLineEdit):
    """Takes a word; ``is_given`` once it stands there, in capital or small letters."""

    def __init__(self, word: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = word
        self.setAccessibleName(name)
        self.setPlaceholderText(word)
        self.setMaxLength(len(word) + 8)
        self.setFont(theme.font())

    @property
    def is_given(self) -> bool:
        """The word has been typed."""
        return self.text().strip().casefold() == self._word.casefold()

    def sizeHint(self) -> QSize:
        """Room for the word."""
        return super().sizeHint().expandedTo(QSize(160, 34))
