"""A row of two or three choices of which one is always taken, drawn as one box."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPoint, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from gui import theme
from gui.text import literal

_HEIGHT = 30
_SIDE = 12
_LONGEST = 40  # letters


class _Segment(QRadioButton):
    """One choice: a radio button for keyboard and screen readers, painted as a flat field."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setFont(theme.font())
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def hitButton(self, pos: QPoint) -> bool:
        """All of it takes clicks, not only where the round indicator would be."""
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2 * _SIDE, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Ground, focus frame, words."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(colours.raised if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.setPen(colours.accent if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, theme.RADIUS - 1, theme.RADIUS - 1)
        tone = "text" if self.isChecked() or self.underMouse() else "muted"
        painter.setPen(colours[tone if self.isEnabled() else "disabled"])
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Segmented(QWidget):
    """Choices side by side; arrow keys move between them.

    Signals:
        chosen(str): a person took another choice; its key.
    """

    chosen = pyqtSignal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``choices`` are (key, words); the first is taken at the start."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._segments: dict[str, _Segment] = {}
        self._told = choices[0][0]
        for key, words in choices:
            segment = _Segment(literal(words, _LONGEST), self)
            segment.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            segment.toggled.connect(self._on_toggled)
            row.addWidget(segment)
            self._segments[key] = segment
        self.set_choice(self._told)

    @property
    def choice(self) -> str:
        """The key of the choice taken."""
        return next(key for key, segment in self._segments.items() if segment.isChecked())

    def set_choice(self, key: str) -> None:
        """Take a choice without telling anybody."""
        self._told = key
        self._segments[key].setChecked(True)

    def set_words(self, key: str, words: str) -> None:
        """Name a choice anew."""
        segment, words = self._segments[key], literal(words, _LONGEST)
        if segment.text() != words:
            segment.setText(words)
            segment.setAccessibleName(words)
            segment.updateGeometry()

    def _on_toggled(self, checked: bool) -> None:
        """The Tab key leads to the choice that is taken; Qt arranges that only after the first visit."""
        segment = self.sender()
        if isinstance(segment, _Segment):
            segment.setFocusPolicy(Qt.FocusPolicy.StrongFocus if checked else Qt.FocusPolicy.ClickFocus)
        if checked and self.choice != self._told:
            self._told = self.choice
            self.chosen.emit(self._told)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The common frame and the lines between the choices."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.line)
        painter.setBrush(colours.ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
