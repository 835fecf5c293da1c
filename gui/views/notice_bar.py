"""One line above the tables for what needs to be read: it stays until dismissed or for a while, and takes no focus."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui import theme
from gui.text import translate
from gui.widgets.labels import Label

_SHOWN_MS = 12_000


class NoticeBar(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Label("", tone="warning", wrap=True)
        self.dismiss = QPushButton(translate("Notice", "Dismiss"))
        self.dismiss.setProperty("kind", "flat")
        self.dismiss.clicked.connect(self.hide)
        self.action = QPushButton()
        self.action.clicked.connect(self._on_action)
        self.action.hide()
        self._act: Callable[[], object] = self.hide
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PAD, 4, theme.PAD, 4)
        row.addWidget(self.label, 1)
        row.addWidget(self.action)
        row.addWidget(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, words: str, tone: str = "warning") -> None:
        """Show one sentence; a newer one takes its place."""
        self.action.hide()
        self._show(words, tone)
        self._timer.start()

    def offer(self, words: str, action: str, act: Callable[[], object]) -> None:
        """Show a sentence with something that can be done about it; it stays until one of both buttons is pressed."""
        self._act = act
        self.action.setText(action)
        self.action.show()
        self._show(words, "accent")
        self._timer.stop()

    def _show(self, words: str, tone: str) -> None:
        self.label.set_text(words, tone)
        self.setAccessibleName(words)
        self.show()

    def _on_action(self) -> None:
        self.hide()
        self._act()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A tinted ground."""
        QPainter(self).fillRect(self.rect(), theme.current()[f"{self.label.tone}_soft"])
