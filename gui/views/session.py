"""The Session panel: statistics of the closed trades of a period as tiles, the equity curve, and the latest trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui import text, theme
from gui.text import translate
from gui.widgets.charts import BarChart, CurveChart
from gui.widgets.segmented import Segmented
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from core.model import SessionSummary, Snapshot

_LATEST: Final = 60
_ONE_ROW: Final = 1000


class SessionPanel(QWidget):
    """Shows one period of a snapshot. Updates only what changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("Session", "Session statistics"))
        self.periods = Segmented(
            translate("Session", "Period"),
            (
                ("start", translate("Session", "Since start")),
                ("today", translate("Session", "Today")),
                ("7d", translate("Session", "7 d")),
            ),
        )
        self.periods.chosen.connect(self._show_again)
        self.tiles = _tiles()
        self.equity = CurveChart(
            translate("Session", "Equity since start"), translate("Session", "The curve starts with the second figure")
        )
        self.trades = BarChart(
            translate("Session", "Net PnL of the latest trades"), translate("Session", "No closed trade yet")
        )
        self._snapshot: Snapshot | None = None
        self._shown: tuple[object, ...] = ()
        self._across = 0
        self._lay_out()

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(9)
        self._reflow()
        charts = QHBoxLayout()
        charts.setSpacing(30)
        charts.addWidget(self.equity, 9)
        charts.addWidget(self.trades, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(14)
        column.addLayout(self._grid)
        column.addLayout(charts, 1)

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
            self._grid.setColumnStretch(number, 1 if number < across else 0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring tiles and charts up to date."""
        before, self._snapshot = self._snapshot, snapshot
        summary = self._summary(snapshot)
        if self._shown != (summary, self.periods.choice):
            self._shown = (summary, self.periods.choice)
            show_tiles(self.tiles, summary)
        if before is None or before.equity_curve is not snapshot.equity_curve:
            self._show_curve(snapshot)
        if before is None or before.closed_trades is not snapshot.closed_trades:
            self._show_trades(snapshot)

    def _summary(self, snapshot: Snapshot) -> SessionSummary:
        period = self.periods.choice
        return snapshot.session if period == "start" else snapshot.sessions.get(period, snapshot.session)

    def _show_again(self) -> None:
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def _show_curve(self, snapshot: Snapshot) -> None:
        values = [point.equity for point in snapshot.equity_curve]
        points = [(float(point.ts_ms), float(point.equity)) for point in snapshot.equity_curve]
        high, low = (text.money(max(values)), text.money(min(values))) if values else ("", "")
        self.equity.set_points(points, high, low)
        self.equity.setAccessibleName(
            translate("Session", "Equity between {low} and {high}").format(low=low, high=high)
        )

    def _show_trades(self, snapshot: Snapshot) -> None:
        known = [trade.net_pnl for trade in snapshot.closed_trades[:_LATEST] if trade.net_pnl is not None]
        self.trades.set_values([float(net) for net in reversed(known)])


def _tiles() -> dict[str, Tile]:
    t = translate
    names = {
        "trades": t("Session", "Closed trades"),
        "win_rate": t("Session", "Win rate"),
        "net": t("Session", "Net PnL"),
        "profit_factor": t("Session", "Profit factor"),
        "expectancy": t("Session", "Expectancy"),
        "drawdown": t("Session", "Max drawdown"),
        "hold": t("Session", "Average hold"),
        "average": t("Session", "Average win / loss"),
        "costs": t("Session", "Fees / funding"),
    }
    made = {key: Tile(name, size=theme.BODY + 1, grows=False) for key, name in names.items()}
    for tile in made.values():
        tile.set(text.DASH, "muted")
        tile.setSizePolicy(tile.sizePolicy().Policy.Ignored, tile.sizePolicy().verticalPolicy())
    return made


def show_tiles(tiles: dict[str, Tile], summary: SessionSummary) -> None:
    """Write a summary into its tiles; what there is nothing to divide by is a dash."""
    pending = translate("Session", "{n} pending").format(n=summary.pending) if summary.pending else ""
    tiles["trades"].set(str(summary.closed_trades), "text", pending)
    won = f"{summary.wins}/{summary.losses}" if summary.wins or summary.losses else ""
    tiles["win_rate"].set(text.percent(summary.win_rate_pct, 1), "text", won)
    net = summary.total_realised_pnl
    tiles["net"].set(text.money(net, signed=True), text.tone_of(net))
    tiles["profit_factor"].set(text.number(summary.profit_factor, 2))
    tiles["expectancy"].set(text.money(summary.expectancy, signed=True), text.tone_of(summary.expectancy))
    drawdown = -summary.max_drawdown
    tiles["drawdown"].set(text.money(drawdown), text.tone_of(drawdown))
    tiles["hold"].set(text.duration(summary.average_hold_ms))
    averages = (
        f"{text.number(summary.average_win, 1, signed=True)} / {text.number(summary.average_loss, 1, signed=True)}"
    )
    tiles["average"].set(averages if summary.wins or summary.losses else text.DASH)
    fees = text.money(-summary.fees)
    tone = text.tone_of(summary.funding - summary.fees)
    tiles["costs"].set(f"{fees} / {text.money(summary.funding, signed=True)}", tone)


def title_row(panel: SessionPanel, title: QWidget) -> QWidget:
    """What stands above the panel: its tab at the left, the period at the right."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, theme.PAD, 0)
    layout.addWidget(title, 0, Qt.AlignmentFlag.AlignBottom)
    layout.addStretch(1)
    layout.addWidget(panel.periods, 0, Qt.AlignmentFlag.AlignVCenter)
    return row
