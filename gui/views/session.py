"""The Session panel: what closed in a period as tiles, curve and days; by symbol; as a calendar; and how it spreads.

Figures of the running session come with each snapshot. Everything else is asked of the manager, which counts it off the
loop; while that is not here, or cannot be had, there is a dash and the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.errors import AppError
from gui import error_words, text
from gui.models.cell import Facts
from gui.text import translate
from gui.views.session_tiles import make_tiles, show_nothing, show_tiles
from gui.views.session_title import TitleRow
from gui.widgets.charts import BarChart
from gui.widgets.curve_chart import CurveChart
from gui.widgets.segmented import Segmented
from gui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.analytics.period_report import PeriodReport
    from core.model import SessionSummary, Snapshot
    from gui.bridge import Bridge
    from gui.models.outline import Outline
    from gui.views.session_pages import CalendarPage, SpreadPage, SymbolPage

    Page = SymbolPage | CalendarPage | SpreadPage

_ONE_ROW: Final = 1000
_AGAIN_MS: Final = 1_500
_LIVE: Final = frozenset({"start", "today", "7d"})
_CALENDAR: Final = 2
_SPREAD: Final = 3
# More points than this are looked through off the loop.
_AT_ONCE: Final = 20_000


class SessionPanel(QWidget):
    """Four pages over one period. Updates only what changed."""

    def __init__(self, bridge: Bridge, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("Session", "Session statistics"))
        self._bridge, self._facts = bridge, facts
        self.strip = TabStrip(translate("Session", "Session"))
        for name in (
            translate("Session", "Session"),
            translate("Session", "By symbol"),
            translate("Session", "Calendar"),
            translate("Session", "Distribution"),
        ):
            self.strip.add(name)
        self.choices = _periods()
        self.periods = Segmented(translate("Session", "Period"), self.choices)
        self.export_button = QPushButton(translate("Session", "Export"))
        self.export_button.setProperty("kind", "flat")
        self.tiles = make_tiles()
        self.equity = CurveChart("", "", amount, moment)
        self.days = BarChart(translate("Session", "Net PnL per day (UTC)"), translate("Session", "No closed trade yet"))
        self.report: PeriodReport | None = None
        self._trouble = ""
        self._snapshot: Snapshot | None = None
        self._shown: tuple[object, ...] = ()
        self._is_loading = self._is_outdated = self._is_exporting = False
        self._across = 0
        self._pages: dict[int, Page] = {}
        self._drawn: object = None
        self._curve_period = ""
        self._lay_out()
        self._set_exporting(False)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.load)
        self.periods.chosen.connect(self._on_choice)
        self.strip.currentChanged.connect(self._on_choice)
        self.export_button.clicked.connect(self._on_export_button)
        self._show_curve()

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(9)
        self._reflow()
        charts = QHBoxLayout()
        charts.setSpacing(30)
        charts.addWidget(self.equity, 9)
        charts.addWidget(self.days, 4)
        overview = QWidget()
        inner = QVBoxLayout(overview)
        inner.setContentsMargins(14, 10, 14, 8)
        inner.setSpacing(14)
        inner.addLayout(self._grid)
        inner.addLayout(charts, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(overview)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """One row of tiles, or two where one is too narrow for its figures."""
        super().resizeEvent(event)
        self._reflow()

    def _reflow(self) -> None:
        across = len(self.tiles) if self.width() >= _ONE_ROW else (len(self.tiles) + 1) // 2
        if across == self._across:
            return
        self._across = across
        for number, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, number // across, number % across)
        for number in range(len(self.tiles)):
            is_wide = number >= across - 2  # two figures side by side
            self._grid.setColumnStretch(number, (5 if is_wide else 4) if number < across else 0)

    # What is shown

    @property
    def period(self) -> str:
        """The period that is looked at; a calendar of less than a month says nothing, so it shows 30 days."""
        choice = self.periods.choice
        return "30d" if self.strip.currentIndex() == _CALENDAR and choice in _LIVE else choice

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring what is live up to date; new closed trades make what was counted outdated."""
        before, self._snapshot = self._snapshot, snapshot
        self._show_tiles()
        if before is None or before.equity_curve is not snapshot.equity_curve:
            self._show_curve()
        if before is None or before.closed_trades is not snapshot.closed_trades:
            self._show_days()
            self._is_outdated = True
        # Also what became so a moment before the panel was hidden: nothing was counted then.
        if self._is_outdated and self._needs_report and not self._again.isActive():
            self._again.start(0 if before is None else _AGAIN_MS)

    def _show_tiles(self) -> None:
        summary = self._summary()
        shown = (summary, self.periods.choice, self._trouble, text.is_private())
        if shown == self._shown:
            return
        self._shown = shown
        if summary is not None:
            show_tiles(self.tiles, summary)
        else:
            show_nothing(self.tiles, self._trouble or translate("Session", "Counting…"))

    def _summary(self) -> SessionSummary | None:
        """The period's summary: live for the short ones, counted for the long ones."""
        period = self.periods.choice
        if self._snapshot is None:
            return None
        if period == "start":
            return self._snapshot.session
        if period in self._snapshot.sessions:
            return self._snapshot.sessions[period]
        return self.report.summary if self.report is not None and self.report.period == period else None

    def _show_curve(self) -> None:
        """The account's equity since the start; for other periods the running sum of what closed in them."""
        is_equity = self.periods.choice == "start"
        if is_equity:
            title, empty = translate("Session", "Equity since start"), translate("Session", "Not two figures yet")
        else:
            title = translate("Session", "Running sum of net results")
            empty = self._trouble or translate("Session", "No two trades closed in this period")
        self.equity.set_words(title, empty)
        if is_equity:
            points = self._snapshot.equity_curve if self._snapshot is not None else ()
            self._draw(points, [p.ts_ms for p in points], [float(p.equity) for p in points])
        elif self.report is not None and self.report.period == self.period:
            self._draw(self.report.curve, self.report.curve.times, self.report.curve.totals)
        else:
            self._take_outline(None, None)

    def _draw(self, source: object, times: Sequence[float], values: Sequence[float]) -> None:
        """Draw a curve, unless it is there already; a long one once it has been looked through."""
        if source is self._drawn:
            return
        if len(times) > _AT_ONCE:
            self._drawn = source
            if self._curve_period != self.period:  # another curve must not stand under this title meanwhile
                self._take_outline(source, None)
            self._bridge.start(self._outline_later(source, times, values))
        elif not times:
            self._take_outline(source, None)
        else:
            from gui.models.outline import Outline  # not before the first paint

            self._take_outline(source, Outline(times, values))

    async def _outline_later(self, source: object, times: Sequence[float], values: Sequence[float]) -> None:
        import asyncio  # not before the first paint

        from gui.models.outline import Outline

        made = await asyncio.to_thread(Outline, times, values)
        if self._drawn is source:
            self._take_outline(source, made)

    def _take_outline(self, source: object, outline: Outline | None) -> None:
        is_same = self._curve_period == self.period
        self._drawn, self._curve_period = source, self.period
        self.equity.set_outline(outline, is_same=is_same)
        self.equity.explain(self._curve_explanation(0 if outline is None else len(outline)))
        self._name_curve()

    def _name_curve(self) -> None:
        """What the curve says to a screen reader."""
        if self.equity.outline is not None:
            high, low = self.equity.labels
            said = translate("Session", "{title} between {low} and {high}")
            self.equity.setAccessibleName(said.format(title=self.equity.title, low=low, high=high))

    def _curve_explanation(self, count: int) -> str:
        if self.periods.choice == "start":
            said = translate(
                "Session",
                "Equity of the account in dollars at the newest marks, since the desk began to watch. n = {n} points.",
            )
        else:
            said = translate(
                "Session",
                "Sum of the net results (gross − fees + funding, USDT and USDC) of positions in the order of closing. "
                "Open positions do not count. n = {n}.",
            )
        how = translate(
            "Session", "The wheel zooms, dragging moves, a double click shows all; by keyboard + − ← → Home."
        )
        return said.format(n=f"{count:,}") + "\n" + how

    def _show_days(self) -> None:
        """Net results of the days of the last month, or of every day there is."""
        from gui.models import day_totals, session_bars  # not before the first paint

        if self.report is not None and self.report.period == self.period not in _LIVE:
            days = day_totals.of_days(self.report.days)
        elif self._snapshot is not None:
            days = day_totals.of_trades(self._snapshot.closed_trades)
        else:
            return
        self.days.set_bars(session_bars.of_days(days))
        said = translate("Session", "Net results of the positions closed on each UTC day, in USDT and USDC. n = {n}.")
        self.days.explain(said.format(n=f"{sum(day.trades for day in days):,}"))

    # Asking

    def _on_choice(self) -> None:
        """Another period or page: show what is there, ask for what is not."""
        number = self.strip.currentIndex()
        if number and number not in self._pages:
            self._pages[number] = self._make_page(number)
            self._stack.addWidget(self._pages[number])
        self._stack.setCurrentWidget(self._pages[number] if number else self._stack.widget(0))
        self._show_all()
        self.load()

    def _make_page(self, number: int) -> Page:
        from gui.views.session_pages import CalendarPage, SpreadPage, SymbolPage  # when they are looked at

        if number == _SPREAD:
            return SpreadPage()
        return CalendarPage(self._bridge.clock) if number == _CALENDAR else SymbolPage(self._facts)

    def load(self) -> None:
        """Have the period counted; one at a time, and again if it changed meanwhile."""
        if self._bridge.manager is None or not self.isVisible() or not self._needs_report:
            return
        is_known = self.report is not None and self.report.period == self.period and not self._trouble
        if self._is_loading or (is_known and not self._is_outdated):
            return
        self._is_loading, self._is_outdated = True, False
        self._bridge.start(self._fetch(self.period))

    @property
    def _needs_report(self) -> bool:
        """The overview of the running session is live in every snapshot; nothing has to be counted for it."""
        return self.periods.choice != "start" or self.strip.currentIndex() != 0 or self._is_exporting

    async def _fetch(self, period: str) -> None:
        assert self._bridge.manager is not None
        try:
            report = await self._bridge.manager.get_period_report(period)
        except AppError as trouble:
            self.show_trouble(trouble)
            return
        finally:
            self._is_loading = False
        if period == self.period:
            self.show_report(report)
        else:
            self.load()

    def show_report(self, report: PeriodReport) -> None:
        """Show what was counted."""
        self.report, self._trouble = report, ""
        self._show_all()
        if self._is_exporting:
            self._ask_for_file()

    def show_trouble(self, trouble: AppError) -> None:
        """Say why there is nothing to show."""
        self.report, self._trouble = None, error_words.error(trouble)
        self._show_all()
        if self._is_exporting:
            self._ask_for_file()

    def _show_all(self) -> None:
        self._show_tiles()
        self._show_curve()
        self._show_days()
        report = self.report if self.report is not None and self.report.period == self.period else None
        for page in self._pages.values():
            page.show_report(report, self._trouble or translate("Session", "Counting…"))

    def refresh(self) -> None:
        """Write every figure again: what may be seen has changed."""
        self._shown = ()
        self.equity.refresh()
        self._name_curve()
        if self._snapshot is not None:
            self._show_all()

    # Export

    def _on_export_button(self) -> None:
        """Have the period counted first, so that there is something to write down; a second press leaves off."""
        if self._is_exporting:
            self._set_exporting(False)
            return
        self._set_exporting(True)
        self._is_outdated = True
        if self._bridge.manager is None:
            self._ask_for_file()
        else:
            self.load()

    def _set_exporting(self, is_exporting: bool) -> None:
        t = translate
        self._is_exporting = is_exporting
        self.export_button.setText(t("Session", "Cancel") if is_exporting else t("Session", "Export"))
        tip = t("Session", "Save this period as CSV, or the panel as PNG")
        waiting = t("Session", "The period is being counted; press to leave off, no file is written")
        self.export_button.setToolTip(waiting if is_exporting else tip)

    def _ask_for_file(self) -> None:
        self._set_exporting(False)
        from gui.views.session_export import ExportDialog  # when it is asked for

        ExportDialog(self, self.report, self._bridge).open()


def _periods() -> tuple[tuple[str, str], ...]:
    t = translate
    return (
        ("start", t("Session", "Since start")),
        ("today", t("Session", "Today")),
        ("7d", t("Session", "7 d")),
        ("30d", t("Session", "30 d")),
        ("all", t("Session", "All")),
    )


def amount(value: float) -> str:
    """A value of the curve as money."""
    from decimal import Decimal

    return text.money(Decimal(repr(value)))


def moment(time_ms: float) -> str:
    """A time of the curve."""
    return text.date_time(int(time_ms))


def title_row(panel: SessionPanel) -> QWidget:
    """What stands above the panel."""
    return TitleRow(panel)
