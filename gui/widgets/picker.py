"""A button that says which of several choices is taken and opens a menu with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QPushButton, QWidget

from gui import text, theme

_LONGEST: Final = 60


class Picker(QPushButton):
    """One choice of several; Space or a click opens the menu, its first letters lead to a choice.

    Signals:
        chosen(str): a person took another choice; its key.
    """

    chosen = pyqtSignal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``choices`` are (key, words); the first is taken at the start."""
        super().__init__(parent)
        self._name = name
        self.setFont(theme.font(theme.SMALL))
        self._choices: dict[str, str] = {}
        self._choice = choices[0][0]
        self.set_choices(choices)
        self.clicked.connect(self.open)

    @property
    def choice(self) -> str:
        """The key of the choice taken."""
        return self._choice

    @property
    def choices(self) -> tuple[str, ...]:
        """The keys of all choices."""
        return tuple(self._choices)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer others; the one taken stays, even if it is no longer offered."""
        kept = self._choices.get(self._choice, self._choice)
        self._choices = dict(choices)
        self._choices.setdefault(self._choice, kept)
        self._say()

    def set_choice(self, key: str) -> None:
        """Take a choice without telling anybody."""
        self._choice = key
        self._say()

    def open(self) -> QMenu:
        """Show the menu; it deletes itself when it closes."""
        menu = self.menu_of_choices()
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        return menu

    def menu_of_choices(self) -> QMenu:
        """Every choice, the one taken with a check."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for key, words in self._choices.items():
            action = QAction(_shown(words).replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(key == self._choice)
            action.triggered.connect(lambda _on, key=key: self._take(key))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _take(self, key: str) -> None:
        if key != self._choice:
            self.set_choice(key)
            self.chosen.emit(key)

    def _say(self) -> None:
        words = _shown(self._choices[self._choice])
        self.setText(f"{words} ▼".replace("&", "&&"))
        self.setAccessibleName(f"{self._name}: {words}")
        self.setToolTip(self._name)


def _shown(words: str) -> str:
    """A choice out of a file may be called anything."""
    return text.literal(words, _LONGEST)
