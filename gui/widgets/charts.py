"""Light charts: what all of them have in common, and bars around zero. They draw what is visible, no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.text import as_tooltip

_TITLE_ROOM = 24
TIME_ROOM = 16


class Chart(QWidget):
    """What both charts have in common: a title, a place to draw, and words for when there is nothing to draw."""

    def __init__(self, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._empty, self._explanation = title, empty, ""
        self._font = theme.font(theme.SMALL - 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(title)

    @property
    def title(self) -> str:
        """The words above it."""
        return self._title

    def sizeHint(self) -> QSize:
        """Room for a shape to be seen."""
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        """The least at which it still says something."""
        return QSize(120, 70)

    def canvas(self) -> QRectF:
        """Where the shape goes, in widget coordinates."""
        return QRectF(0, _TITLE_ROOM, self.width(), max(1, self.height() - _TITLE_ROOM - TIME_ROOM))

    def set_words(self, title: str, empty: str) -> None:
        """Another title, other words for when there is nothing to draw."""
        if (title, empty) != (self._title, self._empty):
            self._title, self._empty = title, empty
            self.setAccessibleName(title)
            self.update()

    def explain(self, words: str) -> None:
        """What the chart shows and from how many trades: its tooltip."""
        self._explanation = words
        self.setToolTip(as_tooltip(words))
        self.setAccessibleDescription(words)

    def begin(self) -> QPainter:
        """A painter that has written the title."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        painter.setPen(theme.current()["accent" if self.hasFocus() else "muted"])
        painter.drawText(0, theme.metrics(theme.SMALL - 1).ascent() + 2, self._title)
        painter.setPen(theme.current().muted)
        return painter

    def say_nothing(self, painter: QPainter) -> None:
        """Words in place of a shape."""
        painter.drawText(self.canvas(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)

    def say_what_is_aimed_at(self, painter: QPainter, words: str) -> None:
        """The figure under the pointer."""
        self.write_at_the_right(painter, words, "text")

    def write_at_the_right(self, painter: QPainter, words: str, tone: str) -> None:
        """Words that end where the line of the title does."""
        painter.setPen(theme.current()[tone])
        room = QRectF(0, 2, self.canvas().right(), _TITLE_ROOM)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), words)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """The title shows where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """No longer here."""
        super().focusOutEvent(event)
        self.update()


class Bar(NamedTuple):
    """One bar: its height and sign, what it says when it is aimed at, and its name on the axis ("" for none).

    ``side`` decides the colour where the height is no result: 1 a gain, -1 a loss, 0 by the sign of the value.
    """

    value: float
    words: str
    name: str = ""
    side: int = 0


class BarChart(Chart):
    """Bars above and below a line: gains up, losses down, so that the shape says what the colour says.

    The pointer, or ← and → with the keyboard, aims at a bar; what it stands for is written above.
    """

    def __init__(self, title: str, empty: str, parent: QWidget | None = None, *, widest: float = 15.0) -> None:
        super().__init__(title, empty, parent)
        self._widest = widest
        self._bars: Sequence[Bar] = ()
        self._aim = -1

    @property
    def bars(self) -> Sequence[Bar]:
        """What is shown, the oldest first; as many of the newest as there is room for are drawn."""
        return self._bars

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these."""
        if bars != self._bars:
            self._bars, self._aim = bars, -1
            self.update()

    def _drawn(self) -> Sequence[Bar]:
        return self._bars[-max(1, int(self.canvas().width() // 6)) :]

    def _pitch(self, count: int) -> float:
        return min(self._widest, self.canvas().width() / count)

    @property
    def aimed_at(self) -> Bar | None:
        """The bar under the pointer."""
        drawn = self._drawn()
        return drawn[self._aim] if 0 <= self._aim < len(drawn) else None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Bars and the line of zero."""
        painter = self.begin()
        if not self._bars:
            self.say_nothing(painter)
            return
        colours, area, bars = theme.current(), self.canvas(), self._drawn()
        pitch = self._pitch(len(bars))
        high, low = max(0.0, *(bar.value for bar in bars)), min(0.0, *(bar.value for bar in bars))
        scale = area.height() * 0.94 / ((high - low) or 1)
        zero = area.top() + area.height() * 0.03 + high * scale
        painter.setPen(Qt.PenStyle.NoPen)
        for number, bar in enumerate(bars):
            if number == self._aim:
                painter.fillRect(
                    QRectF(area.left() + number * pitch, area.top(), pitch, area.height()), colours["hover"]
                )
            painter.setBrush(colours.up if (bar.side or bar.value) >= 0 else colours.down)
            tall = max(1.0, abs(bar.value) * scale) if bar.value else 0.0
            top = zero - tall if bar.value >= 0 else zero
            painter.drawRect(QRectF(area.left() + number * pitch, top, pitch * 0.68, tall))
        painter.fillRect(QRectF(area.left(), zero, area.width(), 1), colours.line)
        self._paint_names(painter, area, bars, pitch)
        if self.aimed_at is not None:
            self.say_what_is_aimed_at(painter, self.aimed_at.words)
        else:
            self._say_the_tallest(painter, area, bars)

    def _say_the_tallest(self, painter: QPainter, area: QRectF, bars: Sequence[Bar]) -> None:
        """What the tallest bar stands for, if there is room: without a figure, heights say nothing."""
        metrics = theme.metrics(theme.SMALL - 1)
        words = max(bars, key=lambda bar: abs(bar.value)).words
        if metrics.horizontalAdvance(self._title + words) + 2 * _TITLE_ROOM <= area.width():
            self.write_at_the_right(painter, words, "muted")

    def _paint_names(self, painter: QPainter, area: QRectF, bars: Sequence[Bar], pitch: float) -> None:
        """The names that have room, from the left."""
        painter.setPen(theme.current().muted)
        metrics, free = theme.metrics(theme.SMALL - 1), area.left()
        for number, bar in enumerate(bars):
            width = metrics.horizontalAdvance(bar.name)
            left = min(area.left() + number * pitch, area.right() - width)
            if bar.name and left >= free:
                painter.drawText(QPointF(left, area.bottom() + 2 + metrics.ascent()), bar.name)
                free = left + width + 10

    def _aim_at(self, number: int) -> None:
        if number != self._aim:
            self._aim = number
            bar = self.aimed_at
            self.setAccessibleDescription(bar.words if bar is not None else self._explanation)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Aim at a bar."""
        drawn = self._drawn()
        if event is not None and drawn:
            number = int((event.position().x() - self.canvas().left()) / self._pitch(len(drawn)))
            self._aim_at(number if 0 <= number < len(drawn) and event.position().y() >= _TITLE_ROOM else -1)

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is aimed at."""
        super().leaveEvent(event)
        self._aim_at(-1)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The next bar, or the one before."""
        drawn = self._drawn()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key())) if event is not None else None
        if step is None or not drawn:
            super().keyPressEvent(event)
        else:
            self._aim_at(min(max(0, (len(drawn) if self._aim < 0 else self._aim) + step), len(drawn) - 1))
