"""Candles of one contract with the lines of a position, and where it was entered and left.

Stop lines can be dragged (or moved with the keyboard) to propose a price; nothing is sent from here. Only what is
visible is drawn, bars that do not move are drawn once, and a tick costs well under a millisecond.

Why not pyqtgraph: with the same bars and lines its tick costs three times as much (benchmarks/charts.py), it brings
numpy and 30 MiB, and dragging by keyboard, tags that keep apart and words for screen readers would be ours anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QEvent, QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.models import stop_drag
from gui.models.stop_drag import DragFacts
from gui.text import translate
from gui.views import chart_painter as paint
from gui.views import chart_scale, chart_words
from gui.views.chart_bars import Bars
from gui.views.chart_scale import Bar, Level, Mark, Scale

if TYPE_CHECKING:
    from core.model import Candle

_PITCH: Final = 6.0
_PITCHES: Final = (0.05, 24.0)
_STEP: Final = 0.15  # of what is visible, for a key
_REACH: Final = 5.0
_KEYS: Final = {Qt.Key.Key_S: "stop_loss", Qt.Key.Key_T: "take_profit"}


class CandleChart(QWidget):
    """Candles at the left, tags of the levels at the right.

    Signals:
        stop_dropped(name, Decimal): a line was let go at another price on its tick; ``name`` as in Level.
        moved(): other bars may be visible now.
    """

    stop_dropped = pyqtSignal(str, object)
    moved = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = Bars()
        self._levels: tuple[Level, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._words = ""
        self._pitch, self._back = _PITCH, 0
        self._cached: tuple[object, QPixmap] | None = None
        self._extremes: tuple[object, tuple[float, float]] | None = None
        self._drag_facts: DragFacts | None = None
        self._dragged, self._proposed = "", Decimal(0)
        self._pan: tuple[float, int] | None = None
        self._hover: QPointF | None = None
        self._frozen: Scale | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(translate("Chart", "Price chart"))

    def sizeHint(self) -> QSize:
        """Room for a shape to be seen."""
        return QSize(300, 280)

    def minimumSizeHint(self) -> QSize:
        """The least at which tags do not cover everything."""
        return QSize(220, 140)

    # What is shown

    def set_candles(self, candles: Sequence[Candle], words: str = "") -> None:
        """Show bars, oldest first; ``words`` stand in their place when there are none."""
        self._words = words
        self.bars.set(candles)
        self.update()

    def add_earlier(self, candles: Sequence[Candle]) -> None:
        """Put older bars before those that are there; what is looked at stays where it is."""
        self.bars.add_earlier(candles)
        self.update()

    def renew(self, candles: Sequence[Candle]) -> bool:
        """Replace the newest bars; False, and nothing done, when they do not reach back to those that are there."""
        count, is_done = len(self.bars), self.bars.renew(candles)
        self._stay(count)
        return is_done

    def follow(self, price: Decimal, now_ms: int) -> None:
        """Let the running bar follow a price that is newer than the candles."""
        count = len(self.bars)
        if count:
            self.bars.follow(price, now_ms)
            self._stay(count)

    def _stay(self, count: int) -> None:
        """New bars have come at the end: who looks at the past goes on looking at it."""
        self._back += len(self.bars) - count if self._back else 0
        self.update()

    @property
    def bars_before(self) -> int:
        """Bars that are here, older than the visible ones; below zero when there is room for more of them."""
        return len(self.bars) - self._back - self._room

    @property
    def has_candles(self) -> bool:
        """There are bars to be seen."""
        return len(self.bars) > 0

    @property
    def levels(self) -> tuple[Level, ...]:
        """The lines; the one that is being dragged where it is now."""
        if not self._dragged or self._drag_facts is None:
            return self._levels
        said = stop_drag.words(self._dragged, self._proposed, self._drag_facts)
        price = float(self._proposed)
        return tuple(lv._replace(price=price, words=said) if lv.name == self._dragged else lv for lv in self._levels)

    def set_levels(self, levels: tuple[Level, ...], marks: tuple[Mark, ...]) -> None:
        """Show the lines, entries and exits of a position."""
        if (levels, marks) != (self._levels, self._marks):
            self._levels, self._marks = levels, marks
            if self._dragged and not self._level(self._dragged):
                self.cancel_drag()
            self.setAccessibleDescription(", ".join(level.words for level in levels))
            self.update()

    def set_drag(self, facts: DragFacts | None) -> None:
        """What stop lines mean while they are dragged; None: they stay where they are."""
        self._drag_facts = facts
        if facts is None:
            self.cancel_drag()

    def _level(self, name: str) -> Level | None:
        return next((level for level in self._levels if level.name == name), None) if name else None

    # Where everything is

    @property
    def _room(self) -> int:
        """How many bars there is room for."""
        return max(2, int((self.width() - paint.TAG_ROOM) / self._pitch))

    def _visible(self) -> list[Bar]:
        return self.bars.visible(self._room, self._back)

    def scale(self) -> Scale:
        """Prices to pixels now; it stands still while a line is dragged."""
        return self._frozen or Scale(*chart_scale.price_range(self._seen(), self._levels), self.height())

    def _seen(self) -> tuple[float, float] | None:
        """The extremes of the visible bars; those that do not move are only looked at once."""
        key = self._view_key()
        bars = self._visible()
        if not bars:
            return None
        if self._extremes is None or self._extremes[0] != key:
            self._extremes = (key, chart_scale.extremes(bars[:-1] or bars))
        low, high = self._extremes[1]
        return min(low, bars[-1].low), max(high, bars[-1].high)

    def _view_key(self) -> tuple[object, ...]:
        return self.bars.version, self._pitch, self._back, self.width(), len(self.bars)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Lines, candles, signs, tags, crosshair."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL - 1))
        bars = self._visible()
        if not bars and not self._levels:
            painter.setPen(theme.current().muted)
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._words)
            return
        scale, levels = self.scale(), self.levels
        paint.lines(painter, levels, scale, self.width())
        self._paint_candles(painter, bars, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.marks(painter, self._marks, bars, scale, self._pitch)
        if self._hover is not None and not self._dragged:
            self._paint_crosshair(painter, bars, scale)
        hot = self._dragged or self._line_at(self._hover)
        paint.tags(painter, paint.tags_of(levels, scale, self.width()), scale, hot)
        if self.hasFocus():
            painter.setPen(theme.current().accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_candles(self, painter: QPainter, bars: list[Bar], scale: Scale) -> None:
        """All but the last from a picture that is made once per view; the last one follows the price."""
        if not bars:
            return
        key = (*self._view_key(), scale, theme.current().tokens, self.devicePixelRatioF())
        if self._cached is None or self._cached[0] != key:
            self._cached = (key, self._drawn(bars[:-1], scale))
        painter.drawPixmap(0, 0, self._cached[1])
        last = paint.LEFT + (len(bars) - 1) * self._pitch
        paint.candles(painter, bars[-1:], scale, last, self._pitch)

    def _drawn(self, bars: list[Bar], scale: Scale) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme.CLEAR)
        painter = QPainter(picture)
        paint.candles(painter, *_reduced(bars, scale, self._pitch))
        painter.end()
        return picture

    def _paint_crosshair(self, painter: QPainter, bars: list[Bar], scale: Scale) -> None:
        at = self._hover
        assert at is not None
        tick = self._drag_facts.tick if self._drag_facts else None
        number = round((at.x() - paint.LEFT) / self._pitch)
        below = chart_words.bar(bars[number], tick) if 0 <= number < len(bars) else ""
        size = float(self.width()), float(self.height())
        paint.crosshair(painter, at, size, chart_words.price(scale.price(at.y()), tick), below)

    # Mouse

    def _line_at(self, at: QPointF | None) -> str:
        """The name of the line that can be dragged under a point; its tag counts too."""
        if at is None or self._drag_facts is None:
            return ""
        scale = self.scale()
        for tag in paint.tags_of(self._levels, scale, self.width()):
            if tag.level.name and tag.contains(at):
                return tag.level.name
        movable = (lv for lv in self._levels if lv.name and scale.holds(lv.price))
        near = min(movable, key=lambda lv: abs(scale.y(lv.price) - at.y()), default=None)
        return near.name if near and abs(scale.y(near.price) - at.y()) <= _REACH else ""

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of a stop line, or of the candles."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        name = self._line_at(event.position())
        if name:
            self._take(name)
        else:
            self._pan = (event.position().x(), self._back)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move what is held, or show the crosshair."""
        if event is None:
            return
        at = event.position()
        self._hover = at
        if self._dragged and event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(at.y())
        elif self._pan is not None:
            self._scroll(self._pan[1] + round((at.x() - self._pan[0]) / self._pitch))
        shape = Qt.CursorShape.SplitVCursor if self._dragged or self._line_at(at) else Qt.CursorShape.CrossCursor
        self.setCursor(shape)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go: another price is proposed, the same one forgotten."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pan = None
            self._drop()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Back to the newest bars at their first width."""
        self._look_at_newest()

    def _look_at_newest(self) -> None:
        self._pitch, self._back = _PITCH, 0
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """A stop at the price under the pointer (the keyboard's menu means the middle), and the way back."""
        if event is None or self._dragged:
            return
        from gui.views.chart_menu import chart_menu

        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        exact = self.scale().price(event.pos().y() if by_mouse else self.height() / 2)
        price = stop_drag.to_tick(exact, self._drag_facts.tick if self._drag_facts else Decimal(1))
        propose = self.stop_dropped.emit
        chart_menu(self, price, self._drag_facts, propose, self._look_at_newest).popup(event.globalPos())

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Wider or narrower bars; with Shift, or sideways, into the past."""
        if event is None:
            return
        turned = event.angleDelta()
        if turned.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._scroll(self._back + round((turned.x() or turned.y()) / 20))
        else:
            self._zoom(1.15 ** (turned.y() / 120))
        event.accept()

    def leaveEvent(self, event: QEvent | None) -> None:
        """No pointer, no crosshair."""
        self._hover = None
        self.update()

    def _zoom(self, factor: float) -> None:
        self._pitch = min(_PITCHES[1], max(_PITCHES[0], self._pitch * factor))
        self._scroll(self._back)

    def _scroll(self, back: int) -> None:
        self._back = max(0, min(back, len(self.bars) - 2))
        self.update()
        self.moved.emit()

    # Dragging

    def _take(self, name: str) -> None:
        level = self._level(name)
        if level is None or self._drag_facts is None:
            return
        self._frozen = self.scale()
        self._dragged, self._proposed = name, stop_drag.to_tick(level.price, self._drag_facts.tick)
        self.setFocus()
        self.update()

    def _move_to(self, y: float) -> None:
        assert self._drag_facts is not None
        scale = self.scale()
        inside = min(max(y, 0.0), scale.height)
        reach = _REACH * (scale.high - scale.low) / scale.height
        self._propose(stop_drag.snapped(scale.price(inside), reach, self._drag_facts))

    def _propose(self, price: Decimal) -> None:
        assert self._drag_facts is not None
        self._proposed = price
        self.setAccessibleDescription(stop_drag.words(self._dragged, price, self._drag_facts))
        self.update()

    def _drop(self) -> None:
        name, level = self._dragged, self._level(self._dragged)
        price = self._proposed
        self.cancel_drag()
        if name and level is not None and float(price) != level.price:
            self.stop_dropped.emit(name, price)

    def cancel_drag(self) -> None:
        """Put a dragged line back."""
        if self._dragged:
            self._dragged = ""
            self.setAccessibleDescription(", ".join(level.words for level in self._levels))
            self.update()
        self._frozen = None

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """S or T takes the stop or the target, ↑ ↓ move it by ticks, Enter proposes, Esc puts it back.

        ← → walk through time, + and − zoom, Home comes back to the newest bars.
        """
        if event is None or self._look_elsewhere(event.key()):
            return
        if self._drag_facts is None:
            super().keyPressEvent(event)
            return
        key, step = event.key(), self._drag_facts.tick
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step *= 10
        if key in _KEYS and self._level(_KEYS[Qt.Key(key)]):
            self._take(_KEYS[Qt.Key(key)])
        elif not self._dragged:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            moved = self._proposed + (step if key == Qt.Key.Key_Up else -step)
            self._propose(max(self._drag_facts.tick, moved))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._drop()
        elif key == Qt.Key.Key_Escape:
            self.cancel_drag()
        else:
            super().keyPressEvent(event)

    def _look_elsewhere(self, key: int) -> bool:
        """Keys that change what is looked at; whether this was one of them."""
        walk = max(1, round(self._room * _STEP))
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._scroll(self._back + (walk if key == Qt.Key.Key_Left else -walk))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(1.3 if key != Qt.Key.Key_Minus else 1 / 1.3)
        elif key == Qt.Key.Key_Home:
            self._look_at_newest()
        else:
            return False
        return True


def _reduced(bars: list[Bar], scale: Scale, pitch: float) -> tuple[Sequence[Bar], Scale, float, float]:
    fewer, wider = chart_scale.reduced(bars, pitch)
    return fewer, scale, paint.LEFT, wider
