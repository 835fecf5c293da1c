"""A month of days with the net result of each: weeks from Monday, tinted by sign, walked with the arrow keys."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui import theme

_HEAD = 22
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -7,
    Qt.Key.Key_Down: 7,
}


class DayWords(NamedTuple):
    """What a day says: its result, its tone, and more of it below."""

    words: str
    tone: str
    below: str


class CalendarGrid(QWidget):
    """Days of one month (UTC). PgUp and PgDn turn the month."""

    def __init__(self, name: str, weekdays: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._weekdays = name, weekdays
        self._days: Mapping[datetime.date, DayWords] = {}
        self.current = datetime.date(1970, 1, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._say()

    def sizeHint(self) -> QSize:
        """Two lines per week."""
        return QSize(560, 240)

    def minimumSizeHint(self) -> QSize:
        """One line per week."""
        return QSize(280, 120)

    def set_days(self, days: Mapping[datetime.date, DayWords], today: datetime.date) -> None:
        """Show these days; the first time, the month of ``today``."""
        self._days = days
        if self.current.year == 1970:
            self.current = today
        self._say()
        self.update()

    def go_to(self, day: datetime.date) -> None:
        """Make a day the current one, and show its month."""
        self.current = day
        self._say()
        self.update()

    def turn(self, months: int) -> None:
        """The month before or after."""
        number = self.current.year * 12 + self.current.month - 1 + months
        year, month = divmod(number, 12)
        self.go_to(datetime.date(min(max(year, 1970), 9998), month + 1, 1))

    def _say(self) -> None:
        shown = self._days.get(self.current)
        words = f"{shown.words} {shown.below}" if shown else ""
        self.setAccessibleName(f"{self._name} {self.current.isoformat()} {words}".strip())
        self.setToolTip(f"{self.current.isoformat()} {words}".strip())

    def _first(self) -> datetime.date:
        first = self.current.replace(day=1)
        return first - datetime.timedelta(days=first.weekday())

    def cell(self, day: datetime.date) -> QRectF:
        """Where a day of the month in sight stands."""
        row, column = divmod((day - self._first()).days, 7)
        wide, tall = self.width() / 7, (self.height() - _HEAD) / 6
        return QRectF(column * wide + 2, _HEAD + row * tall + 2, wide - 4, tall - 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Weekdays, then six weeks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALL - 1))
        painter.setPen(theme.current().muted)
        for column, name in enumerate(self._weekdays):
            box = QRectF(column * self.width() / 7 + 8, 0, self.width() / 7, _HEAD)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        first = self._first()
        for number in range(42):
            day = first + datetime.timedelta(days=number)
            if day.month == self.current.month:
                self._paint_day(painter, day)

    def _paint_day(self, painter: QPainter, day: datetime.date) -> None:
        colours, box, shown = theme.current(), self.cell(day), self._days.get(day)
        is_current = day == self.current and self.hasFocus()
        painter.setPen(colours.accent if is_current else colours.line)
        tinted = shown is not None and shown.tone in {"up", "down"}
        painter.setBrush(colours[f"{shown.tone}_soft"] if shown and tinted else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        inner = box.adjusted(6, 1, -6, -1)
        painter.setFont(theme.font(theme.SMALL - 1))
        painter.setPen(colours.muted)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(day.day))
        if shown is None:
            return
        right = Qt.AlignmentFlag.AlignRight
        has_room = box.height() >= 34
        if has_room:
            painter.drawText(inner.adjusted(0, 0, 0, -3), right | Qt.AlignmentFlag.AlignBottom, shown.below)
        painter.setFont(theme.font(theme.SMALL, theme.SEMIBOLD))
        painter.setPen(colours[shown.tone])
        where = Qt.AlignmentFlag.AlignTop if has_room else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner.adjusted(0, 2 if has_room else 0, 0, 0), right | where, shown.words)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A click makes a day the current one."""
        if event is None:
            return
        first = self._first()
        for number in range(42):
            day = first + datetime.timedelta(days=number)
            if day.month == self.current.month and self.cell(day).contains(event.position()):
                self.go_to(day)
                return

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows walk, PgUp and PgDn turn the month."""
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.go_to(self.current + datetime.timedelta(days=_STEPS[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn(1 if key == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)
