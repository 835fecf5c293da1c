"""A figure with its name above it: painted, so that a changing number never moves its neighbours."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.text import literal

_GAP = 3
_LONGEST = 200  # letters
_NOTE_GAP = 5


class Tile(QWidget):
    """A name in small letters, a value below, perhaps a note beside the value.

    It only ever grows: room once taken by a longer number is kept.
    """

    def __init__(
        self, name: str, widest: str = "", parent: QWidget | None = None, *, size: int = theme.TITLE, grows: bool = True
    ) -> None:
        super().__init__(parent)
        self._name, self._value, self._tone = name, "", "text"
        self._note, self._note_tone = "", "muted"
        self._small = theme.font(theme.SMALL - 1)
        self._large = theme.font(size, theme.SEMIBOLD)
        self._small_metrics = theme.metrics(theme.SMALL - 1)
        self._large_metrics = theme.metrics(size, theme.SEMIBOLD)
        self._grows, self._is_pale = grows, False
        self._fitted = (("", 0), "")
        self._sample = widest
        self._widest = self._needed(widest)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def value(self) -> str:
        """The figure as shown."""
        return self._value

    @property
    def name(self) -> str:
        """The words above it."""
        return self._name

    def set_name(self, name: str) -> None:
        """Other words above it."""
        if name != self._name:
            self._name = name
            self._changed()

    def set(self, value: str, tone: str = "text", note: str = "", note_tone: str = "muted") -> None:
        """Show a figure; showing the same again costs nothing."""
        value = literal(value, _LONGEST)
        if (value, tone, note, note_tone) != (self._value, self._tone, self._note, self._note_tone):
            self._value, self._tone, self._note, self._note_tone = value, tone, note, note_tone
            self._changed()

    def give_back(self) -> None:
        """Give back the room that longer values took: how long they were is nobody's business while they are hidden."""
        self._widest = self._needed(self._sample)
        self.updateGeometry()

    def set_pale(self, is_pale: bool) -> None:
        """Take the colour out of a figure that is not live."""
        if is_pale != self._is_pale:
            self._is_pale = is_pale
            self.update()

    def _needed(self, sample: str) -> int:
        words, figure = self._small_metrics.horizontalAdvance(self._name), self._large_metrics.horizontalAdvance(sample)
        return max(words, figure)

    def changeEvent(self, event: QEvent | None) -> None:
        """Another font: measure again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._widest = max(self._needed(self._sample), self._value_width())
            self._fitted = (("", 0), "")
            self.updateGeometry()

    def _changed(self) -> None:
        needed = max(self._value_width(), self._small_metrics.horizontalAdvance(self._name))
        if needed > self._widest and self._grows:
            self._widest = needed
            self.updateGeometry()
        self._say()
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(f"{self._name} {self._value} {self._note}".strip())

    def _value_width(self) -> int:
        width = self._large_metrics.horizontalAdvance(self._value)
        return width + (_NOTE_GAP + self._small_metrics.horizontalAdvance(self._note) if self._note else 0)

    def sizeHint(self) -> QSize:
        """Room for the widest value so far."""
        height = self._small_metrics.height() + _GAP + self._large_metrics.height()
        return QSize(self._widest + 2, height)

    def minimumSizeHint(self) -> QSize:
        """Figures are never cut, unless their panel is."""
        return self.sizeHint() if self._grows else QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Name, value, note."""
        colours = theme.current()
        painter = QPainter(self)
        small, large = self._small_metrics, self._large_metrics
        painter.setFont(self._small)
        painter.setPen(colours.muted)
        painter.drawText(0, small.ascent(), self._fitted_name())
        baseline = small.height() + _GAP + large.ascent()
        painter.setFont(self._large)
        painter.setPen(colours["muted" if self._is_pale else self._tone])
        width = large.horizontalAdvance(self._value)
        fits = width <= self.width()
        shown = self._value if fits else theme.shortened(self._value, large, self.width())
        painter.drawText(0, baseline, shown)
        if self._note and self._value_width() <= self.width() + 2:  # half a note says nothing
            painter.setFont(self._small)
            painter.setPen(colours["muted" if self._is_pale else self._note_tone])
            painter.drawText(width + _NOTE_GAP, baseline, self._note)

    def _fitted_name(self) -> str:
        """The words above, cut where there is no room; measured once per width."""
        if self._fitted[0] != (self._name, self.width()):
            shown = self._small_metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, self.width())
            self._fitted = ((self._name, self.width()), shown)
        return self._fitted[1]


class Gauge(QWidget):
    """Words above a bar that is filled to a share; amber from 60 %, red from 85 %."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._share = name, 0.0
        self._font = theme.font(theme.SMALL - 1)
        self._widest = name + " · IM 127.1% MM 104.1%"
        self._measure()
        self.setAccessibleName(name)

    def _measure(self) -> None:
        self.setFixedWidth(theme.metrics(theme.SMALL - 1).horizontalAdvance(self._widest))

    def changeEvent(self, event: QEvent | None) -> None:
        """Another font: measure again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._measure()

    def set(self, words: str, share: float) -> None:
        """What stands above, and how full the bar is (0–1)."""
        if (words, share) != (self._words, self._share):
            self._words, self._share = words, share
            self.setAccessibleName(words)
            self.update()

    def sizeHint(self) -> QSize:
        """One line of small words and the bar."""
        return QSize(self.width(), theme.metrics(theme.SMALL - 1).height() + 18)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Words, then the bar."""
        colours = theme.current()
        painter = QPainter(self)
        metrics = theme.metrics(theme.SMALL - 1)
        top = (self.height() - self.sizeHint().height()) // 2
        painter.setFont(self._font)
        painter.setPen(colours.muted)
        painter.drawText(0, top + metrics.ascent(), self._words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(0, top + metrics.height() + 7, self.width(), 6)
        painter.setBrush(colours.line)
        painter.drawRoundedRect(bar, 3, 3)
        if self._share > 0:
            tone = "down" if self._share >= 0.85 else "warning" if self._share >= 0.6 else "accent"
            painter.setBrush(colours[tone])
            painter.drawRoundedRect(
                QRectF(bar.left(), bar.top(), max(6.0, bar.width() * min(1.0, self._share)), 6), 3, 3
            )


class Beacon(QWidget):
    """A dot and words, with smaller words below, set against the right edge: the state of the link."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone, self._words, self._below = "muted", "", ""
        self._fonts = (theme.font(theme.BODY), theme.font(theme.SMALL - 1))
        self._measure()

    def _measure(self) -> None:
        self.setMinimumWidth(theme.metrics(theme.BODY).horizontalAdvance("Connection lost · 1,000 ms"))

    def changeEvent(self, event: QEvent | None) -> None:
        """Another font: measure again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._measure()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def set(self, tone: str, words: str, below: str) -> None:
        """Show a judgement."""
        if (tone, words, below) != (self._tone, self._words, self._below):
            self._tone, self._words, self._below = tone, words, below
            self.setAccessibleName(f"{words}, {below}" if below else words)
            self.update()

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(
            self.minimumWidth(), theme.metrics(theme.BODY).height() + theme.metrics(theme.SMALL - 1).height() + 3
        )

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Dot and words, smaller words below."""
        colours = theme.current()
        painter = QPainter(self)
        first, second = theme.metrics(theme.BODY), theme.metrics(theme.SMALL - 1)
        top = (self.height() - self.sizeHint().height()) // 2
        width = first.horizontalAdvance(self._words)
        right = self.width()
        painter.setFont(self._fonts[0])
        painter.setPen(colours.text if self._tone in {"up", "muted"} else colours[self._tone])
        painter.drawText(right - width, top + first.ascent(), self._words)
        painter.setFont(self._fonts[1])
        painter.setPen(colours.muted)
        area = QRect(0, top + first.height() + 3, right, second.height())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight), self._below)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours[self._tone])
        painter.drawEllipse(QRectF(right - width - 15, top + first.height() / 2 - 4.5, 9, 9))
