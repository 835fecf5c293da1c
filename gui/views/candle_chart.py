"""Candles of one contract with the lines of a position: entry, mark, liquidation, stops, and where it exited.

Only what is visible is drawn; a tick costs well under a millisecond. Prices are floats here: these are pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Candle

_TAG_HEIGHT = 20
_TAG_ROOM = 118
_PITCH = 6.0


class Level(NamedTuple):
    """A horizontal line at a price, with words in a tag. ``style``: solid, dash or dot."""

    price: float
    words: str
    tone: str
    style: str


class Mark(NamedTuple):
    """A small ring where the position exited."""

    ts_ms: int
    price: float


_STYLES = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


class CandleChart(QWidget):
    """Candles at the left, tags of the levels at the right; the levels always fit in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candles: Sequence[Candle] = ()
        self._levels: tuple[Level, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._words = ""
        self._font = theme.font(theme.SMALL - 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(translate("Chart", "Price chart"))

    def sizeHint(self) -> QSize:
        """Room for a shape to be seen."""
        return QSize(300, 280)

    def minimumSizeHint(self) -> QSize:
        """The least at which tags do not cover everything."""
        return QSize(220, 140)

    def set_candles(self, candles: Sequence[Candle], words: str = "") -> None:
        """Show bars, oldest first; ``words`` stand in their place when there are none."""
        self._candles, self._words = candles, words
        self.update()

    @property
    def has_candles(self) -> bool:
        """There are bars to be seen."""
        return bool(self._candles)

    def set_levels(self, levels: tuple[Level, ...], marks: tuple[Mark, ...]) -> None:
        """Show the lines and exits of a position."""
        if (levels, marks) != (self._levels, self._marks):
            self._levels, self._marks = levels, marks
            self.setAccessibleDescription(", ".join(level.words for level in levels))
            self.update()

    def _visible(self) -> Sequence[Candle]:
        count = max(2, int((self.width() - _TAG_ROOM) / _PITCH))
        return self._candles[-count:]

    def _range(self, candles: Sequence[Candle]) -> tuple[float, float]:
        """Lowest and highest price to be seen; a level far away is left out rather than flattening the candles."""
        lows = [float(bar.low) for bar in candles]
        highs = [float(bar.high) for bar in candles]
        prices = [level.price for level in self._levels]
        low, high = min(lows + prices), max(highs + prices)
        if candles and high - low > 12 * (max(highs) - min(lows) or high):
            low, high = min(lows), max(highs)
        pad = (high - low) * 0.06 or high * 0.01
        return low - pad, high + pad

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Levels, candles, exits, tags."""
        painter = QPainter(self)
        colours = theme.current()
        painter.setFont(self._font)
        candles = self._visible()
        if not candles and not self._levels:
            painter.setPen(colours.muted)
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._words)
            return
        low, high = self._range(candles)
        scale = self.height() / (high - low)
        self._paint_lines(painter, low, scale)
        self._paint_candles(painter, candles, low, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_marks(painter, candles, low, scale)
        self._paint_tags(painter, low, scale)

    def _y(self, price: float, low: float, scale: float) -> float:
        return self.height() - (price - low) * scale

    def _paint_lines(self, painter: QPainter, low: float, scale: float) -> None:
        for level in self._levels:
            y = round(self._y(level.price, low, scale)) + 0.5
            if 0 <= y < self.height():
                pen = QPen(theme.current()[level.tone], 1, _STYLES[level.style])
                painter.setPen(pen)
                painter.drawLine(QLineF(0, y, self.width(), y))

    def _paint_candles(self, painter: QPainter, candles: Sequence[Candle], low: float, scale: float) -> None:
        """Wicks and bodies in two batches, one per direction."""
        batches: dict[bool, tuple[list[QLineF], list[QRectF]]] = {True: ([], []), False: ([], [])}
        for number, bar in enumerate(candles):
            x = 8 + number * _PITCH
            start, end = self._y(float(bar.open), low, scale), self._y(float(bar.close), low, scale)
            wicks, bodies = batches[bar.close >= bar.open]
            wicks.append(QLineF(x, self._y(float(bar.high), low, scale), x, self._y(float(bar.low), low, scale)))
            bodies.append(QRectF(x - 1.5, min(start, end), 4, max(1.0, abs(end - start))))
        for is_up, (wicks, bodies) in batches.items():
            if not wicks:
                continue
            colour = theme.current().up if is_up else theme.current().down
            painter.setPen(colour)
            painter.drawLines(*wicks)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRects(*bodies)

    def _paint_marks(self, painter: QPainter, candles: Sequence[Candle], low: float, scale: float) -> None:
        if len(candles) < 2:
            return
        span = candles[1].start_ms - candles[0].start_ms or 1
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.current().text)
        for mark in self._marks:
            number = (mark.ts_ms - candles[0].start_ms) / span
            if 0 <= number <= len(candles):
                painter.drawEllipse(QPointF(8 + number * _PITCH, self._y(mark.price, low, scale)), 4.5, 4.5)

    def _paint_tags(self, painter: QPainter, low: float, scale: float) -> None:
        """Words of the levels at the right edge, pushed apart where they would cover each other."""
        colours, metrics = theme.current(), theme.metrics(theme.SMALL - 1)
        wanted = sorted((self._y(level.price, low, scale), level) for level in self._levels)
        for top, level in zip(_spread([y for y, _ in wanted], self.height()), [lv for _, lv in wanted], strict=True):
            width = max(_TAG_ROOM - 12, metrics.horizontalAdvance(level.words) + 16)
            box = QRectF(self.width() - width - 5.5, top + 0.5, width, _TAG_HEIGHT - 2)
            painter.setPen(colours[level.tone])
            painter.setBrush(QColor(colours.ground))
            painter.drawRoundedRect(box, 3, 3)
            painter.drawText(box.adjusted(8, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), level.words)


def _spread(centres: list[float], height: int) -> list[float]:
    """Tops of tags that want to be centred at these heights (ascending) but may not overlap nor leave the chart."""
    tops: list[float] = []
    for centre in centres:
        top = centre - _TAG_HEIGHT / 2
        tops.append(max(top, tops[-1] + _TAG_HEIGHT if tops else 0.0))
    limit = float(height)
    for number in range(len(tops) - 1, -1, -1):
        tops[number] = min(tops[number], limit - _TAG_HEIGHT)
        limit = tops[number]
    return tops
