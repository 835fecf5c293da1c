"""Pages of the Session panel: the closed trades of a period by symbol, by day in a calendar, by result and hour."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from core.clock import Clock
from gui import text, theme
from gui.models import session_bars, symbol_totals
from gui.models.cell import Facts
from gui.models.table import RecordTable
from gui.text import translate
from gui.views.row_menu import row_menu
from gui.views.table_view import TableView
from gui.views.totals_row import TotalsRow
from gui.widgets.calendar_grid import CalendarGrid, DayWords
from gui.widgets.charts import BarChart
from gui.widgets.labels import Label

if TYPE_CHECKING:
    from core.analytics.period_report import DayTotal, PeriodReport

_EPOCH = datetime.date(1970, 1, 1)


class SymbolPage(QWidget):
    """A sortable table with a row per symbol."""

    def __init__(self, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RecordTable(symbol_totals.columns(), lambda one: one.symbol, facts)
        self.view = TableView(self.table, translate("Session", "By symbol"), self)
        self.view.menu_asked.connect(lambda column, place: self.menu(column).popup(place))
        self.totals = TotalsRow(self.table, self.view, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view)
        column.addWidget(self.totals)

    def menu(self, column: int) -> QMenu:
        """The menu of a row: copying and columns; all rows are in the panel's own export."""
        return row_menu(self.view, (), None, column)

    def show_report(self, report: PeriodReport | None, reason: str) -> None:
        """Show a period, or why there is none."""
        self.table.forget_cells()
        self.table.set_records(report.symbols if report is not None else ())
        empty = translate("Session", "Nothing was closed in this period")
        self.view.set_placeholder(empty if report is not None else reason)
        sums = symbol_totals.totals(report, self.table.facts) if report is not None else {}
        self.totals.show_sums(sums, len(report.symbols) if report is not None else 0)


class CalendarPage(QWidget):
    """A month of days; the sum of the month beside its name."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._totals: dict[datetime.date, DayTotal] = {}
        self._reason = ""
        self.title = Label("", weight=theme.SEMIBOLD)
        self.sum = Label("", tone="muted")
        self.grid = CalendarGrid(translate("Session", "Calendar"), _weekdays())
        self.buttons = {-1: QPushButton("‹"), 1: QPushButton("›")}
        self._lay_out()
        self._show_title()

    def _lay_out(self) -> None:
        names = {-1: translate("Session", "Month before"), 1: translate("Session", "Month after")}
        row = QHBoxLayout()
        row.setSpacing(8)
        for step, button in self.buttons.items():
            button.setAccessibleName(names[step])
            button.setToolTip(names[step])
            button.setProperty("dense", "true")
            button.clicked.connect(lambda _on, step=step: self._turn(step))
            row.addWidget(button)
        row.addWidget(self.title)
        row.addWidget(self.sum)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 6, 14, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.grid, 1)

    def _turn(self, step: int) -> None:
        self.grid.turn(step)
        self._show_title()

    def show_report(self, report: PeriodReport | None, reason: str) -> None:
        """Show the days of a period, or why there are none."""
        days = report.days if report is not None else ()
        self._totals = {_EPOCH + datetime.timedelta(days=total.day): total for total in days}
        today = _EPOCH + datetime.timedelta(milliseconds=self._clock.now_ms())
        self.grid.set_days({day: _words(total) for day, total in self._totals.items()}, today)
        self._reason = "" if report is not None else reason
        self._show_title()

    def _show_title(self) -> None:
        month = self.grid.current
        self.title.set_text(f"{month.year}-{month.month:02}")
        ours = [total for day, total in self._totals.items() if (day.year, day.month) == (month.year, month.month)]
        net = sum((total.net_pnl for total in ours), start=Decimal(0))
        trades = sum(total.trades for total in ours)
        said = translate("Session", "{net} · {n} trades · days begin at midnight UTC")
        shown = said.format(net=text.money(net, signed=True), n=trades)
        self.sum.set_text(self._reason or shown)
        self.sum.setAlignment(Qt.AlignmentFlag.AlignVCenter)


class SpreadPage(QWidget):
    """How large results are, and at which hours they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = BarChart("", "", widest=44.0)
        self.hours = BarChart("", "", widest=44.0)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 8)
        row.setSpacing(30)
        row.addWidget(self.results, 1)
        row.addWidget(self.hours, 1)

    def show_report(self, report: PeriodReport | None, reason: str) -> None:
        """Show a period, or why there is nothing of it."""
        empty = translate("Session", "Nothing was closed in this period") if report is not None else reason
        self.results.set_words(translate("Session", "How many trades had which net result"), empty)
        self.hours.set_words(translate("Session", "Net PnL by hour of closing (UTC)"), empty)
        self.results.set_bars(session_bars.of_results(report.results) if report is not None else ())
        self.hours.set_bars(session_bars.of_hours(report.hours) if report is not None else ())
        if report is not None:
            self._explain(report)

    def _explain(self, report: PeriodReport) -> None:
        s = report.summary
        said = translate(
            "Session",
            "Closed positions by net result in steps, losses at the left; the outermost steps take all beyond. "
            "n = {n} in USDT and USDC; exactly zero: {zero}; pending: {pending}.",
        )
        counted = sum(step.trades for step in report.results)
        self.results.explain(said.format(n=f"{counted:,}", zero=s.break_even, pending=s.pending))
        said = translate(
            "Session",
            "Sum of the net results of positions by the UTC hour in which they closed, USDT and USDC. n = {n}.",
        )
        self.hours.explain(said.format(n=f"{s.closed_trades:,}"))


def _words(total: DayTotal) -> DayWords:
    trades = session_bars.trades_of(total.trades)
    return DayWords(text.money(total.net_pnl, signed=True), text.tone_of(total.net_pnl), trades)


def _weekdays() -> tuple[str, ...]:
    t = translate
    return (
        t("Session", "Mon"), t("Session", "Tue"), t("Session", "Wed"), t("Session", "Thu"), t("Session", "Fri"),
        t("Session", "Sat"), t("Session", "Sun"),
    )  # fmt: skip
