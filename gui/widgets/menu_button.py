"""The button that opens a menu: three lines, drawn, because not every system has a letter for them."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QWidget

from gui import theme

_SIZE = QSize(30, 28)
_LINE = QSize(14, 4)  # length of a line, and from one to the next


class MenuButton(QPushButton):
    """``name``: for screen readers and the tooltip."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "flat")
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        """As wide as high."""
        return _SIZE

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Qt's frame, then the lines."""
        super().paintEvent(event)
        colours, painter = theme.current(), QPainter(self)
        middle = QRectF(self.rect()).center()
        colour = colours.text if self.underMouse() or self.hasFocus() else colours.muted
        for step in (-1, 0, 1):
            line = QRectF(0, 0, _LINE.width(), 1.5)
            line.moveCenter(middle)
            painter.fillRect(line.translated(0, step * _LINE.height()), colour)
