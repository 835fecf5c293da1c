"""Text on the screen. Always plain text: what comes from a network must never be taken for markup."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QFont, QPalette
from PyQt6.QtWidgets import QLabel, QWidget

from gui import theme
from gui.text import literal


class Label(QLabel):
    """A plain-text label in one of the theme's tones; setting what it already shows costs nothing.

    ``tone`` is a colour name of the theme: text, muted, up, down, warning, accent.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        tone: str = "text",
        size: int = theme.BODY,
        weight: QFont.Weight = theme.REGULAR,
        wrap: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFont(theme.font(size, weight))
        self.setWordWrap(wrap)
        self._tone = tone
        self._dress()
        self.setText(text)

    @property
    def tone(self) -> str:
        """The name of its colour."""
        return self._tone

    def setText(self, text: str | None) -> None:
        """Show words from anybody as letters."""
        super().setText(literal(text or ""))

    def set_text(self, text: str, tone: str | None = None) -> None:
        """Show ``text``, in another tone if one is given."""
        if text != self.text():
            self.setText(text)
        if tone is not None:
            self.set_tone(tone)

    def set_tone(self, tone: str) -> None:
        """Change the colour."""
        if tone != self._tone:
            self._tone = tone
            self._dress()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._dress()

    def _dress(self) -> None:
        palette, colour = self.palette(), theme.current()[self._tone]
        if palette.color(QPalette.ColorRole.WindowText) != colour:
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)


def caption(text: str, parent: QWidget | None = None) -> Label:
    """Small muted words above or beside a figure."""
    return Label(text, parent, tone="muted", size=theme.SMALL)


def heading(text: str, parent: QWidget | None = None) -> Label:
    """The title of a panel or dialog."""
    return Label(text, parent, size=theme.TITLE, weight=theme.SEMIBOLD)
