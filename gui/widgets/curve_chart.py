"""A curve over time that can be zoomed and moved; at most two points per pixel column of what is in sight are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from gui import theme
from gui.widgets.charts import TIME_ROOM, Chart

if TYPE_CHECKING:
    from gui.models.outline import Floats, Outline

_WIDEST_LABEL = "123,456.78"
_LABEL_GAP = 8
_ZOOM = 1.25
_STEP = 0.1  # of what is in sight, per key press
_FEWEST_MS = 1_000.0
_DENSE = 16  # points per pixel column
_POINT_BYTES = 16  # two doubles


class CurveChart(Chart):
    """A curve over time with its area. The wheel zooms about the pointer, dragging moves, a double click shows all.

    By keyboard: + and −, ← and →, Home. The highest and lowest value in sight stand at the right, times below.

    Args:
        value_words, time_words: how a value and a time (milliseconds) are written.
    """

    def __init__(
        self,
        title: str,
        empty: str,
        value_words: Callable[[float], str],
        time_words: Callable[[float], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, empty, parent)
        self._value_words, self._time_words = value_words, time_words
        self._outline: Outline | None = None
        self._range: tuple[float, float] | None = None
        self._curve: QPolygonF | None = None
        self._area = QPolygonF()
        self._values = (0.0, 0.0)
        self._aim: float | None = None
        self._grip: tuple[float, tuple[float, float]] | None = None

    # What is shown

    def set_outline(self, outline: Outline | None, *, is_same: bool = True) -> None:
        """Show a curve; what was zoomed into stays in sight if it is a newer version of the same one."""
        self._outline = outline if outline is not None and len(outline) > 1 else None
        if not is_same or self._outline is None:
            self._range = None
        self._aim = None if self._outline is None else self._aim
        self._forget()

    @property
    def outline(self) -> Outline | None:
        """What is shown; None when there is nothing to draw."""
        return self._outline

    @property
    def is_zoomed(self) -> bool:
        """Only a part is in sight."""
        return self._range is not None

    @property
    def shown_range(self) -> tuple[float, float]:
        """Times at the left and right edge."""
        whole = self._outline.span if self._outline is not None else (0.0, 0.0)
        return self._range or whole

    @property
    def labels(self) -> tuple[str, str]:
        """Highest and lowest value in sight, as written."""
        self._laid_out()
        return self._value_words(self._values[1]), self._value_words(self._values[0])

    def refresh(self) -> None:
        """Write the figures again: how they are written has changed."""
        self._forget()

    def _forget(self) -> None:
        self._curve = None
        self.update()

    def show_range(self, since: float, until: float) -> None:
        """Show a stretch of time, kept inside the curve; all of it when it is as wide."""
        if self._outline is None:
            return
        first, last = self._outline.span
        width = max(min(_FEWEST_MS, last - first), until - since)
        since = min(max(since, first), last - width)
        self._range = None if width >= last - first else (since, since + width)
        self._forget()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The curve is laid out anew."""
        super().resizeEvent(event)
        self._curve = None

    def changeEvent(self, event: QEvent | None) -> None:
        """Another font: the axis needs another room."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._curve = None

    def canvas(self) -> QRectF:
        """Room at the right for the extremes."""
        area = super().canvas()
        area.setWidth(max(1.0, area.width() - _axis_room()))
        return area

    # Pixels

    def _laid_out(self) -> QPolygonF:
        """At most two points per pixel column, the extremes of what falls into it."""
        if self._curve is None:
            self._curve, self._area = QPolygonF(), QPolygonF()
            if self._outline is not None:
                times, values = self._outline.points(*self.shown_range, max(1, int(self.canvas().width())))
                self._values = float(values.min()), float(values.max())
                self._curve = _polygon(*self._placed(times, values))
                self._area = self._below(times, values)
        return self._curve

    def _below(self, times: Floats, values: Floats) -> QPolygonF:
        """The area under the curve; under its highest points where there are two at a time: Qt fills a zigzag in a
        second."""
        import numpy as np  # the outline has brought it in

        is_last = np.append(times[1:] != times[:-1], True)  # of two at one time the second is the higher
        xs, ys = self._placed(times[is_last], values[is_last])
        bottom = self.canvas().bottom()
        return _polygon(np.concatenate((xs, [xs[-1], xs[0]])), np.concatenate((ys, [bottom, bottom])))

    def _placed(self, times: Floats, values: Floats) -> tuple[Floats, Floats]:
        """Times and values as pixels; the neighbours of what is in sight stay near its edges."""
        area, (first, last), (low, high) = self.canvas(), self.shown_range, self._values
        # A flat line runs through the middle; otherwise a tenth of the height stays free below.
        up = area.height() * 0.9 / (high - low) if high > low else 0.0
        base = area.bottom() - (area.height() * 0.1 if up else area.height() / 2)
        xs = area.left() + (times - first) * (area.width() / ((last - first) or 1.0))
        return xs.clip(area.left() - 1, area.right() + 1), base - (values - low) * up

    def _place(self, time: float, value: float) -> QPointF:
        import numpy as np  # as above

        xs, ys = self._placed(np.array([time]), np.array([value]))
        return QPointF(float(xs[0]), float(ys[0]))

    def _time_at(self, x: float) -> float:
        (first, last), area = self.shown_range, self.canvas()
        return first + (min(max(x, area.left()), area.right()) - area.left()) * (last - first) / area.width()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Area, curve, extremes, times, and the point that is aimed at."""
        painter = self.begin()
        if self._outline is None:
            self.say_nothing(painter)
            return
        curve, area = self._laid_out(), self.canvas()
        self._paint_curve(painter, curve, area)
        self._paint_axes(painter, area)
        if self._aim is not None:
            self._paint_aim(painter, area)

    def _paint_curve(self, painter: QPainter, curve: QPolygonF, area: QRectF) -> None:
        colours = theme.current()
        painter.setClipRect(area)
        # Upright strokes side by side look the same without, and cost half.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._points_in_sight() < _DENSE * area.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours["selected"])
        painter.drawPolygon(self._area)
        painter.setPen(QPen(colours.accent, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipping(False)

    def _points_in_sight(self) -> int:
        first, behind = self._outline.between(*self.shown_range) if self._outline is not None else (0, 0)
        return behind - first

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(theme.current().muted)
        highest, lowest = self.labels
        ascent = theme.metrics(theme.SMALL - 1).ascent()
        painter.drawText(QPointF(area.right() + _LABEL_GAP, area.top() + ascent), highest)
        painter.drawText(QPointF(area.right() + _LABEL_GAP, area.bottom()), lowest)
        below = QRectF(area.left(), area.bottom() + 2, area.width(), TIME_ROOM)
        first, last = map(self._time_words, self.shown_range)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), first)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), last)

    def _paint_aim(self, painter: QPainter, area: QRectF) -> None:
        assert self._outline is not None
        time, value = self._outline.nearest(self._time_at(self._aim or 0.0))
        place, colours = self._place(time, value), theme.current()
        painter.setPen(QPen(colours["line_strong"], 1))
        painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent)
        painter.drawEllipse(place, 3, 3)
        self.say_what_is_aimed_at(painter, f"{self._time_words(time)}   {self._value_words(value)}")

    # Mouse and keyboard

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Show a stretch so many times as long, about a place of the canvas or its middle."""
        first, last = self.shown_range
        centre = (first + last) / 2 if x is None else self._time_at(x)
        self.show_range(centre - (centre - first) * factor, centre + (last - centre) * factor)

    def move_by(self, share: float) -> None:
        """Show what lies further right (or left), by a share of what is in sight."""
        first, last = self.shown_range
        self.show_range(first + (last - first) * share, last + (last - first) * share)

    def show_all(self) -> None:
        """The whole curve."""
        self._range = None
        self._forget()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom about the pointer."""
        if event is not None and event.angleDelta().y():
            self.zoom(_ZOOM ** (-event.angleDelta().y() / 120), event.position().x())
            event.accept()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the curve."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = (event.position().x(), self.shown_range)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move the curve, or aim at a point of it."""
        if event is None or self._outline is None:
            return
        self._aim = event.position().x()
        if self._grip is not None:
            x, (first, last) = self._grip
            by = (x - event.position().x()) * (last - first) / self.canvas().width()
            self.show_range(first + by, last + by)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Show all."""
        self.show_all()

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is aimed at."""
        super().leaveEvent(event)
        self._aim = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The same by keyboard."""
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self.move_by(-_STEP),
            Qt.Key.Key_Right: lambda: self.move_by(_STEP),
            Qt.Key.Key_Plus: lambda: self.zoom(1 / _ZOOM),
            Qt.Key.Key_Minus: lambda: self.zoom(_ZOOM),
            Qt.Key.Key_Home: self.show_all,
        }
        if event is not None and event.key() in acts:
            acts[event.key()]()
        else:
            super().keyPressEvent(event)


def _axis_room() -> int:
    return theme.metrics(theme.SMALL - 1).horizontalAdvance(_WIDEST_LABEL) + _LABEL_GAP


def _polygon(xs: Floats, ys: Floats) -> QPolygonF:
    """Points as Qt draws them, written into its own memory: an object for each would take longer than the painting."""
    import numpy as np  # as above

    made = QPolygonF()
    made.fill(QPointF(), len(xs))
    memory: Any = made.data()  # numpy's types do not know that it is a buffer
    memory.setsize(len(xs) * _POINT_BYTES)
    numbers = np.frombuffer(memory, dtype=np.float64)
    numbers[0::2], numbers[1::2] = xs, ys
    return made
