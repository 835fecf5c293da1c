"""What somebody who sees the desk for the first time needs to know: a line above the tables until it is dismissed."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui import theme
from gui.shortcuts import Shortcuts
from gui.text import translate
from gui.widgets.labels import Label


class Hint(QWidget):
    """Says where help is. ``dismissed`` is called once, when somebody has read it."""

    def __init__(
        self, environment: str, shortcuts: Shortcuts, dismissed: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._dismissed = dismissed
        self.label = Label(words_of(environment, shortcuts), wrap=True)
        self.setAccessibleName(self.label.text())
        self.button = QPushButton(translate("Hint", "Got it"))
        self.button.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PAD, 6, theme.PAD, 6)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)

    def _dismiss(self) -> None:
        self.hide()
        self._dismissed()
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A tinted ground."""
        QPainter(self).fillRect(self.rect(), theme.current()["accent_soft"])


def words_of(environment: str, shortcuts: Shortcuts) -> str:
    """The environment's own sentence, then the keys as they are set."""
    if environment == "paper":
        first = translate("Hint", "This is the paper exchange: made-up prices and money, to practise with.")
    else:
        first = translate("Hint", "What you see is what Bybit reports; a dash means not known.")
    keys = translate("Hint", "{palette} finds every command, {keys} shows all keys, {private} hides money.")
    shown = {name: shortcuts.shown(name) or translate("Hint", "the menu") for name in ("palette", "keys", "private")}
    rest = translate("Hint", "Rest the mouse on a figure: it explains itself. All else is in the menu, top right.")
    return f"{first} {keys.format(**shown)} {rest}"
