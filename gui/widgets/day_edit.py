"""A field for a day (UTC), typed as 2026-11-20 or picked from a month that it opens. A mouse wheel changes nothing."""

from __future__ import annotations

import datetime

from PyQt6.QtCore import QDate, Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent, QTextCharFormat, QWheelEvent
from PyQt6.QtWidgets import QCalendarWidget, QDateEdit, QWidget

from gui import theme


class DayEdit(QDateEdit):
    """One day.

    Signals:
        chosen: a person has taken another day; typing counts when it is finished.
    """

    chosen = pyqtSignal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setCalendarPopup(True)
        self.setKeyboardTracking(False)
        self.setFont(theme.font(theme.SMALL))
        self._told = self.date()
        self.dateChanged.connect(self._tell)

    @property
    def day(self) -> datetime.date:
        """The day taken."""
        date = self.date()
        return datetime.date(date.year(), date.month(), date.day())

    def set_day(self, day: datetime.date) -> None:
        """Take a day without telling anybody."""
        self._told = _qt(day)
        self.setDate(self._told)

    def set_limits(self, earliest: datetime.date, latest: datetime.date) -> None:
        """No day outside of these can be taken."""
        self.setDateRange(
            QDate(earliest.year, earliest.month, earliest.day), QDate(latest.year, latest.month, latest.day)
        )

    def showEvent(self, event: QShowEvent | None) -> None:
        """Dress the month that it opens; Qt makes it when it is asked for, which takes as long as a small panel."""
        super().showEvent(event)
        month = self.calendarWidget()
        if month is not None and not month.accessibleName():
            month.setAccessibleName(self.accessibleName())
            month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
            for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):  # red is a loss here, not a Sunday
                month.setWeekdayTextFormat(weekday, QTextCharFormat())

    def _tell(self, date: QDate) -> None:
        if date != self._told:
            self._told = date
            self.chosen.emit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leave it to what scrolls."""
        if event is not None:
            event.ignore()


def _qt(day: datetime.date) -> QDate:
    return QDate(day.year, day.month, day.day)
