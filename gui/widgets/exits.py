"""The partial exits of a position: a bar of what is out and what is left, and a line for each exit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.text import literal

_BAR_HEIGHT = 8
_LINE_HEIGHT = 26


class ExitLine(NamedTuple):
    """One exit as text; ``share`` is its part of the peak size (0–1)."""

    time: str
    what: str
    net: str
    tone: str
    reason: str
    share: float


class ExitList(QWidget):
    """A bar split by exits, then one line per exit, oldest first. Nothing but a quiet word when there are none."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._lines: tuple[ExitLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(empty)

    def set_lines(self, lines: Sequence[ExitLine]) -> None:
        """Show these exits."""
        if tuple(lines) == self._lines:
            return
        is_taller = len(lines) != len(self._lines)
        self._lines = tuple(lines)
        spoken = (" ".join((line.time, line.what, line.net, line.reason)) for line in self._lines)
        self.setAccessibleName(", ".join(spoken) or self._empty)
        if is_taller:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The bar and every line."""
        lines = max(1, len(self._lines))
        return QSize(200, (_BAR_HEIGHT + 8 if self._lines else 0) + lines * _LINE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Exits are never cut off."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Bar, then lines."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL))
        colours = theme.current()
        if not self._lines:
            painter.setPen(colours.muted)
            area = QRect(0, 0, self.width(), _LINE_HEIGHT)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self._empty)
            return
        self._paint_bar(painter)
        top = _BAR_HEIGHT + 8
        for number, line in enumerate(self._lines):
            self._paint_line(painter, line, top + number * _LINE_HEIGHT)

    def _paint_bar(self, painter: QPainter) -> None:
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.line)
        painter.drawRoundedRect(QRectF(0, 1, self.width(), _BAR_HEIGHT), 3, 3)
        left = 0.0
        for number, line in enumerate(self._lines):
            width = self.width() * min(1.0, line.share)
            # neighbours differ in shade, so that exits can be counted
            shade = colours.up if number % 2 else QColor(theme.mixed(colours.tokens.up, colours.tokens.ground, 0.66))
            painter.setBrush(shade)
            painter.drawRoundedRect(QRectF(left, 1, max(2.0, width - 2), _BAR_HEIGHT), 3, 3)
            left += width
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_line(self, painter: QPainter, line: ExitLine, top: int) -> None:
        colours, width = theme.current(), self.width()
        metrics = theme.metrics(theme.SMALL)
        left = int(Qt.AlignmentFlag.AlignVCenter)
        right = left | int(Qt.AlignmentFlag.AlignRight)
        painter.setPen(colours.muted)
        painter.drawText(QRect(0, top, width, _LINE_HEIGHT), left, line.time)
        painter.setPen(colours.text)
        painter.drawText(QRect(0, top, int(width * 0.49), _LINE_HEIGHT), right, line.what)
        painter.setPen(colours[line.tone])
        painter.drawText(QRect(0, top, int(width * 0.69), _LINE_HEIGHT), right, line.net)
        painter.setPen(colours.muted)
        reason = metrics.elidedText(literal(line.reason, 200), Qt.TextElideMode.ElideRight, int(width * 0.28))
        painter.drawText(QRect(0, top, width, _LINE_HEIGHT), right, reason)
        painter.fillRect(0, top + _LINE_HEIGHT - 1, width, 1, colours.line)
