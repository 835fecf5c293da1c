"""A small tinted box around one word: PAPER, Long 5×, LIVE."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.text import literal

_LONGEST = 60  # letters


class Badge(QWidget):
    """One word in a tinted box. ``framed`` draws a border in the tone's colour; the word itself always says it all."""

    def __init__(self, text: str = "", tone: str = "accent", *, framed: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self._text, self._tone, self._framed = literal(text, _LONGEST), tone, framed
        self._font = theme.font(theme.SMALL, theme.SEMIBOLD) if framed else theme.font(theme.SMALL - 1, theme.MEDIUM)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """The word."""
        return self._text

    def set_text(self, text: str, tone: str | None = None) -> None:
        """Show another word, in another tone if one is given."""
        text = literal(text, _LONGEST)
        if (text, tone or self._tone) == (self._text, self._tone):
            return
        self._text, self._tone = text, tone or self._tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the word, with room around it."""
        metrics = QFontMetrics(self._font)
        extra = (18, 10) if self._framed else (12, 5)
        return QSize(metrics.horizontalAdvance(self._text) + extra[0], metrics.height() + extra[1])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Box, then word."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours[self._tone] if self._framed else Qt.PenStyle.NoPen)
        painter.setBrush(colours[f"{self._tone}_soft"])
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.setPen(colours[self._tone])
        painter.setFont(self._font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
