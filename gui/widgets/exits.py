"""The partial exits of a position: a bar of what is out and what is left, and a line for each exit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PyQt6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.text import as_tooltip, literal
from gui.widgets.tips import show_tip

_BAR_HEIGHT = 8
_BAR_ROOM = _BAR_HEIGHT + 8
_LINE_HEIGHT = 26
_GAP = 10
_LONGEST = 200  # letters of a reason
_SLACK = 2  # measures are whole pixels, letters are not


class ExitLine(NamedTuple):
    """One exit as text; ``share`` is its part of the peak size (0–1)."""

    time: str
    what: str
    net: str
    tone: str
    reason: str
    share: float


class ExitList(QWidget):
    """A bar split by exits, then one line per exit, oldest first. Nothing but a quiet word when there are none.

    Lines that are no share of anything have no bar. What is cut short is told by the line's tooltip.
    """

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
        before = self.sizeHint()
        self._lines = tuple(lines)
        spoken = (" ".join((line.time, line.what, line.net, line.reason)) for line in self._lines)
        self.setAccessibleName(", ".join(spoken) or self._empty)
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    @property
    def _top(self) -> int:
        """Where the lines begin."""
        return _BAR_ROOM if any(line.share for line in self._lines) else 0

    def sizeHint(self) -> QSize:
        """The bar and every line."""
        return QSize(200, self._top + max(1, len(self._lines)) * _LINE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Exits are never cut off."""
        return self.sizeHint()

    def event(self, event: QEvent | None) -> bool:
        """All of a line where the mouse rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_tip(event.globalPos(), as_tooltip(self.tip_at(event.pos().y())), self)
            return True
        return super().event(event)

    def tip_at(self, y: int) -> str:
        """The words of the line at a height, "" where there is none."""
        number = (y - self._top) // _LINE_HEIGHT
        if y < self._top or number >= len(self._lines):
            return ""
        line = self._lines[number]
        return "\n".join(part for part in (f"{line.time}  {line.what}  {line.net}".strip(), line.reason) if part)

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
        if self._top:
            self._paint_bar(painter)
        edges = self._edges()
        for number, line in enumerate(self._lines):
            self._paint_line(painter, line, self._top + number * _LINE_HEIGHT, edges)

    def _edges(self) -> tuple[int, int]:
        """Where quantities and results end: at half and at two thirds, or nearer where a reason needs the room."""
        width_of, width = theme.metrics(theme.SMALL).horizontalAdvance, self.width()
        time, what, net, reason = (
            max(width_of(words) for words in column)
            for column in zip(
                *((one.time, one.what, one.net, one.reason[:_LONGEST]) for one in self._lines), strict=True
            )
        )
        least = time + what + (_GAP if what else 0)
        after_net = max(least + net + _GAP, min(width * 69 // 100, width - reason - _GAP - _SLACK))
        return max(least, min(width * 49 // 100, after_net - net - _GAP)), after_net

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

    def _paint_line(self, painter: QPainter, line: ExitLine, top: int, edges: tuple[int, int]) -> None:
        colours, width = theme.current(), self.width()
        metrics = theme.metrics(theme.SMALL)
        left = int(Qt.AlignmentFlag.AlignVCenter)
        right = left | int(Qt.AlignmentFlag.AlignRight)
        painter.setPen(colours.muted)
        painter.drawText(QRect(0, top, width, _LINE_HEIGHT), left, line.time)
        painter.setPen(colours.text)
        painter.drawText(QRect(0, top, edges[0], _LINE_HEIGHT), right, line.what)
        painter.setPen(colours[line.tone])
        painter.drawText(QRect(0, top, edges[1], _LINE_HEIGHT), right, line.net)
        painter.setPen(colours.muted)
        room = max(0, width - edges[1] - _GAP)
        reason = theme.shortened(literal(line.reason, _LONGEST), metrics, room)
        painter.drawText(QRect(0, top, width, _LINE_HEIGHT), right, reason)
        painter.fillRect(0, top + _LINE_HEIGHT - 1, width, 1, colours.line)
