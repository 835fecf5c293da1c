"""The period of the Closed tab: one of the usual ones, or from one day to another, both of them within (UTC)."""

from __future__ import annotations

import datetime
from typing import Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from core.clock import Clock
from gui.text import translate
from gui.widgets.day_edit import DayEdit
from gui.widgets.labels import Label
from gui.widgets.picker import Picker

OWN: Final = "own"
_EPOCH: Final = datetime.date(1970, 1, 1)
_EARLIEST: Final = datetime.date(2018, 1, 1)  # before there was a Bybit
_DAY_MS: Final = 86_400_000


class PeriodPicker(QWidget):
    """A picker, and two days beside it when the operator wants to name them.

    Signals:
        chosen(str): another period, as gui.models.closed_source understands it.
    """

    chosen = pyqtSignal(str)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.usual = Picker(translate("Closed", "Period (UTC days)"), _periods())
        self.since = DayEdit(translate("Closed", "First day (UTC)"))
        self.until = DayEdit(translate("Closed", "Last day (UTC)"))
        self._dash = Label("–", tone="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for part in (self.usual, self.since, self._dash, self.until):
            row.addWidget(part)
        self._days = (self.since, self._dash, self.until)
        for part in self._days:
            part.hide()
        self.usual.chosen.connect(self._on_usual)
        for edit in (self.since, self.until):
            edit.chosen.connect(self._on_day)

    @property
    def choice(self) -> str:
        """What is taken: a usual period, or ``2026-11-01..2026-11-20``."""
        if self.usual.choice != OWN:
            return self.usual.choice
        return f"{self.since.day.isoformat()}..{self.until.day.isoformat()}"

    def _on_usual(self, key: str) -> None:
        if key == OWN and self.since.isHidden():
            self._offer_days()
        for part in self._days:
            part.setVisible(key == OWN)
        if key == OWN:
            self.since.setFocus()
        self.chosen.emit(self.choice)

    def _offer_days(self) -> None:
        """The last seven days, until somebody names others."""
        today = _EPOCH + datetime.timedelta(milliseconds=self._clock.now_ms() // _DAY_MS * _DAY_MS)
        for edit in (self.since, self.until):
            edit.set_limits(_EARLIEST, today)
        if self.until.day <= _EARLIEST:
            self.until.set_day(today)
            self.since.set_day(today - datetime.timedelta(days=6))

    def _on_day(self) -> None:
        """The other day follows one that has been moved past it."""
        if self.since.day > self.until.day:
            other, moved = (self.until, self.since) if self.sender() is self.since else (self.since, self.until)
            other.set_day(moved.day)
        self.chosen.emit(self.choice)


def _periods() -> list[tuple[str, str]]:
    t = translate
    return [
        ("all", t("Closed", "All time")),
        ("today", t("Closed", "Today")),
        ("yesterday", t("Closed", "Yesterday")),
        ("7", t("Closed", "7 days")),
        ("30", t("Closed", "30 days")),
        ("90", t("Closed", "90 days")),
        ("365", t("Closed", "365 days")),
        (OWN, t("Closed", "From … to …")),
    ]
