"""A check box that is drawn like the rest of the forms: the tick is a sign, not only a colour."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QCheckBox, QWidget

from gui import theme

_BOX, _GAP, _HEIGHT = 16, 8, 30


class CheckBox(QCheckBox):
    """A choice of its own, on or off."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setFont(theme.font())
        self.setAccessibleName(words)

    def set_words(self, words: str) -> None:
        """Say something else."""
        if words != self.text():
            self.setText(words)
            self.setAccessibleName(words)
            self.updateGeometry()

    def hitButton(self, pos: object) -> bool:
        """Words and box take clicks alike."""
        return True

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return QSize(_BOX + _GAP + QFontMetrics(self.font()).horizontalAdvance(self.text()) + 4, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Box, tick, words."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - _BOX) // 2 + 0.5, _BOX - 1, _BOX - 1)
        is_on, is_live = self.isChecked(), self.isEnabled()
        painter.setPen(colours["accent" if self.hasFocus() else "line_strong"])
        painter.setBrush(colours["accent_fill" if is_on and is_live else "ground"])
        painter.drawRoundedRect(box, theme.RADIUS - 1, theme.RADIUS - 1)
        if is_on:
            painter.setPen(QPen(colours["on_fill" if is_live else "disabled"], 2))
            tick = ((3.5, 8.0), (6.5, 11.0), (12.0, 4.5))
            painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x, y) for x, y in tick]))
        painter.setPen(colours["text" if is_live else "disabled"])
        words = QRectF(self.rect()).adjusted(_BOX + _GAP, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
