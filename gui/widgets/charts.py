"""Two light charts: a curve with its area, and bars around zero. They draw what is visible, from plain numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme

_TITLE_ROOM = 24
_AXIS_ROOM = 64


class Chart(QWidget):
    """What both charts have in common: a title, a place to draw, and words for when there is nothing to draw."""

    def __init__(self, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._empty = title, empty
        self._font = theme.font(theme.SMALL - 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        """Room for a shape to be seen."""
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        """The least at which it still says something."""
        return QSize(120, 70)

    def canvas(self) -> QRectF:
        """Where the shape goes, in widget coordinates."""
        return QRectF(0, _TITLE_ROOM, self.width(), max(1, self.height() - _TITLE_ROOM - 4))

    def set_words(self, title: str, empty: str) -> None:
        """Another title, other words for when there is nothing to draw."""
        if (title, empty) != (self._title, self._empty):
            self._title, self._empty = title, empty
            self.setAccessibleName(title)
            self.update()

    def begin(self) -> QPainter:
        """A painter that has written the title."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        painter.setPen(theme.current().muted)
        painter.drawText(0, theme.metrics(theme.SMALL - 1).ascent() + 2, self._title)
        return painter

    def say_nothing(self, painter: QPainter) -> None:
        """Words in place of a shape."""
        painter.drawText(self.canvas(), int(Qt.AlignmentFlag.AlignCenter), self._empty)


class CurveChart(Chart):
    """A curve over time with its area; the highest and lowest value stand at the right."""

    def __init__(self, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty, parent)
        self._points: Sequence[tuple[float, float]] = ()
        self._labels = ("", "")
        self._curve: QPolygonF | None = None

    def set_points(self, points: Sequence[tuple[float, float]], highest: str, lowest: str) -> None:
        """Show (time, value) points, in order of time; ``highest`` and ``lowest`` are the words of the extremes."""
        self._points, self._labels, self._curve = points, (highest, lowest), None
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The curve is laid out anew."""
        super().resizeEvent(event)
        self._curve = None

    def canvas(self) -> QRectF:
        """Room at the right for the extremes."""
        area = super().canvas()
        area.setWidth(max(1.0, area.width() - _AXIS_ROOM))
        return area

    def _laid_out(self) -> QPolygonF:
        """At most two points per pixel column, the extremes of what falls into it."""
        if self._curve is None:
            self._curve = QPolygonF(_scaled(_reduced(self._points, int(self.canvas().width())), self.canvas()))
        return self._curve

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Area, curve, extremes."""
        painter = self.begin()
        if len(self._points) < 2:
            self.say_nothing(painter)
            return
        colours, area, curve = theme.current(), self.canvas(), self._laid_out()
        closed = QPolygonF(curve)
        closed.append(area.bottomRight())
        closed.append(area.bottomLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours["selected"])
        painter.drawPolygon(closed)
        painter.setPen(QPen(colours.accent, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        painter.setPen(colours.muted)
        ascent = theme.metrics(theme.SMALL - 1).ascent()
        painter.drawText(QPointF(area.right() + 8, area.top() + ascent), self._labels[0])
        painter.drawText(QPointF(area.right() + 8, area.bottom()), self._labels[1])


def _reduced(points: Sequence[tuple[float, float]], columns: int) -> Sequence[tuple[float, float]]:
    """The same outline with at most two points per column."""
    if len(points) <= 2 * columns or columns < 1:
        return points
    step = len(points) / columns
    kept = []
    for column in range(columns):
        part = points[int(column * step) : max(int(column * step) + 1, int((column + 1) * step))]
        low, high = min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])
        kept += sorted((low, high))
    return kept


def _scaled(points: Sequence[tuple[float, float]], area: QRectF) -> list[QPointF]:
    first, last = points[0][0], points[-1][0]
    values = [value for _, value in points]
    low, high = min(values), max(values)
    across = area.width() / ((last - first) or 1)
    # A flat line runs through the middle; otherwise a tenth of the height stays free below.
    up = area.height() * 0.9 / (high - low) if high > low else 0.0
    base = area.bottom() - (area.height() * 0.1 if up else area.height() / 2)
    return [QPointF(area.left() + (at - first) * across, base - (value - low) * up) for at, value in points]


class BarChart(Chart):
    """Bars above and below a line: gains up, losses down, so that the shape says what the colour says."""

    def __init__(self, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(title, empty, parent)
        self._values: Sequence[float] = ()

    def set_values(self, values: Sequence[float]) -> None:
        """Show values from the oldest to the newest; as many of the newest as there is room for are drawn."""
        if values != self._values:
            self._values = values
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Bars and the line of zero."""
        painter = self.begin()
        if not self._values:
            self.say_nothing(painter)
            return
        colours, area = theme.current(), self.canvas()
        room = max(1, int(area.width() // 6))
        values = self._values[-room:]
        pitch = min(15.0, area.width() / len(values))
        high, low = max(0.0, *values), min(0.0, *values)
        scale = area.height() * 0.94 / ((high - low) or 1)
        zero = area.top() + area.height() * 0.03 + high * scale
        painter.setPen(Qt.PenStyle.NoPen)
        for number, value in enumerate(values):
            painter.setBrush(colours.up if value >= 0 else colours.down)
            tall = max(1.0, abs(value) * scale)
            top = zero - tall if value >= 0 else zero
            painter.drawRect(QRectF(area.left() + number * pitch, top, pitch * 0.68, tall))
        painter.fillRect(QRectF(area.left(), zero, area.width(), 1), colours.line)
