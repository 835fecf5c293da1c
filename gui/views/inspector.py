"""The Inspector: one position in depth. Price chart with its lines, partial exits, risk in money, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.errors import AppError
from gui import text, theme, words
from gui.models.cell import Facts
from gui.models.positions import is_stale, side_chip
from gui.text import translate
from gui.views.candle_chart import CandleChart, Level, Mark
from gui.widgets.badge import Badge
from gui.widgets.exits import ExitLine, ExitList
from gui.widgets.labels import Label
from gui.widgets.segmented import Segmented
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from core.model import Position, PositionKey, Snapshot
    from gui.bridge import Bridge

_INTERVALS: Final = (("1", "1m"), ("15", "15m"), ("60", "1h"), ("240", "4h"), ("D", "1D"))
_REFRESH_S: Final = 10


class Inspector(QWidget):
    """Shows the position under ``key``; asks the manager for its candles while it is visible.

    Signals:
        close_requested(PositionKey), stops_requested(PositionKey): a button was pressed.
    """

    close_requested = pyqtSignal(object)
    stops_requested = pyqtSignal(object)

    def __init__(self, bridge: Bridge, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("Inspector", "Selected position"))
        self._bridge, self._facts = bridge, facts
        self._key: PositionKey | None = None
        self._shown: tuple[Position, bool] | None = None
        self._is_loading = False
        self._ticks = 0
        self.symbol = Label("", size=theme.TITLE, weight=theme.SEMIBOLD)
        self.badge = Badge()
        self.intervals = Segmented(translate("Inspector", "Candle length"), _INTERVALS)
        self.intervals.set_choice("15")
        self.intervals.chosen.connect(self._restart_candles)
        self.chart = CandleChart()
        self.exits_title = Label("", tone="muted", size=theme.SMALL)
        self.exits = ExitList(translate("Inspector", "No partial exit yet"))
        self.tiles = _tiles()
        self.edit_button = QPushButton(translate("Inspector", "Edit TP/SL"))
        self.close_button = QPushButton(translate("Inspector", "Close…"))
        self._lay_out()

    # Layout

    def _lay_out(self) -> None:
        self.close_button.setProperty("kind", "danger-outline")
        self.edit_button.clicked.connect(lambda: self.stops_requested.emit(self._key))
        self.close_button.clicked.connect(lambda: self.close_requested.emit(self._key))
        nothing = Label(translate("Inspector", "Select a position to see it in depth"), tone="muted", wrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setMargin(20)
        self._pages = QStackedWidget()
        self._pages.addWidget(nothing)
        self._pages.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(theme.PAD, 6, theme.PAD, 6)
        head.addWidget(self.symbol)
        head.addSpacing(4)
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addWidget(self.intervals)
        column.addLayout(head)
        column.addWidget(_rule())
        column.addWidget(self.chart, 1)
        column.addWidget(_rule())
        column.addLayout(_block(self.exits_title, self.exits))
        column.addWidget(_rule())
        column.addLayout(_block(Label(translate("Inspector", "RISK"), tone="muted", size=theme.SMALL), self._grid()))
        column.addWidget(_rule())
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.PAD, 9, theme.PAD, 9)
        buttons.addWidget(self.edit_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column.addLayout(buttons)
        return page

    def _grid(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 2, 0, 4)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(11)
        for number, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, number // 3, number % 3)
        for number in range(3):
            grid.setColumnStretch(number, 1)
        return holder

    def sizeHint(self) -> QSize:
        """About as wide as in the design."""
        return QSize(420, 640)

    # Content

    def show_key(self, key: PositionKey | None) -> None:
        """Show another position, or none."""
        if key != self._key:
            self._key, self._shown = key, None
            self._restart_candles()
        self.show_snapshot(self._facts.snapshot)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Bring the figures up to date; a position that is gone leaves the page."""
        key = self._key
        position = next((p for p in snapshot.positions if p.key == key), None) if snapshot and key else None
        self._pages.setCurrentIndex(1 if position is not None else 0)
        if position is None or snapshot is None:
            return
        shown = (position, is_stale(position, self._facts))
        if shown != self._shown:
            self._shown = shown
            self._show(position, snapshot)

    def _show(self, position: Position, snapshot: Snapshot) -> None:
        chip = side_chip(position.side, position.leverage)
        self.symbol.set_text(position.symbol)
        self.badge.set_text(chip.text, chip.tone)
        self.edit_button.setEnabled(not position.is_closing)
        self.close_button.setEnabled(not position.is_closing)
        self._show_exits(position)
        self._show_risk(position, snapshot)
        self.chart.set_levels(*_lines(position, self._facts))

    def _show_exits(self, position: Position) -> None:
        step = self._facts.step(position.key)
        peak, left = text.quantity(position.peak_size, step), text.quantity(position.size, step)
        title = translate("Inspector", "PARTIAL EXITS · {peak} → {left} left").format(peak=peak, left=left)
        self.exits_title.set_text(title if position.partial_exits else translate("Inspector", "PARTIAL EXITS"))
        tick = self._facts.tick(position.key)
        self.exits.set_lines(
            [
                ExitLine(
                    text.clock_time(part.ts_ms),
                    f"{text.quantity(part.qty, step)} @ {text.price(part.price, tick)}",
                    text.money(part.net_pnl, signed=True),
                    text.tone_of(part.net_pnl),
                    words.reason(part.reason),
                    float(part.qty / position.peak_size) if position.peak_size else 0.0,
                )
                for part in position.partial_exits
            ]
        )

    def _show_risk(self, position: Position, snapshot: Snapshot) -> None:
        from gui.models import figures  # msgspec comes with it: not before the first paint

        tick = self._facts.tick(position.key)
        at_stop, at_target = (
            figures.pnl_at(position, position.stop_loss),
            figures.pnl_at(position, position.take_profit),
        )
        tiles = self.tiles
        tiles["stop"].set(text.money(at_stop, signed=True), text.tone_of(at_stop))
        tiles["target"].set(text.money(at_target, signed=True), text.tone_of(at_target))
        tiles["reward"].set(text.number(figures.reward_to_risk(position), 1))
        even = figures.break_even(position, snapshot.taker_fee(position.key))
        tiles["even"].set(text.price(even, tick))
        tiles["nearest"].set(text.percent(figures.nearest_exit(position), 1))
        tiles["margin"].set(text.money(position.initial_margin))
        equity = snapshot.equity
        at_liq = figures.pnl_at(position, position.liq_price)
        tiles["worst"].set(text.money(at_liq, signed=True), text.tone_of(at_liq))
        tiles["share"].set(text.percent(figures.share_of(at_stop, equity)) if at_stop and at_stop < 0 else text.DASH)
        tiles["funding"].set(text.money(figures.next_funding(position), signed=True))

    # Candles

    def tick(self) -> None:
        """Once a second: has the price become stale? Ask for candles again now and then."""
        self.show_snapshot(self._facts.snapshot)
        self._ticks += 1
        if self._ticks % _REFRESH_S == 0:
            self._load_candles()

    def _restart_candles(self) -> None:
        self.chart.set_candles((), translate("Inspector", "Loading candles…"))
        self._ticks = 0
        self._load_candles()

    def _load_candles(self) -> None:
        if self._key is not None and self._bridge.manager is not None and self.isVisible() and not self._is_loading:
            self._is_loading = True
            self._bridge.start(self._fetch(self._key, self.intervals.choice))

    async def _fetch(self, key: PositionKey, interval: str) -> None:
        """Ask for candles; what comes for another position or length than is now shown is dropped."""
        assert self._bridge.manager is not None
        try:
            candles = await self._bridge.manager.fetch_candles(key, interval)
        except AppError as trouble:
            if (key, interval) == (self._key, self.intervals.choice) and not self.chart.has_candles:
                self.chart.set_candles((), words.error(trouble))
            return
        finally:
            self._is_loading = False
        if (key, interval) == (self._key, self.intervals.choice):
            self.chart.set_candles(candles)
        else:
            self._load_candles()


def _tiles() -> dict[str, Tile]:
    t = translate
    names = {
        "stop": t("Inspector", "At stop loss"),
        "target": t("Inspector", "At take profit"),
        "reward": t("Inspector", "Reward : risk"),
        "even": t("Inspector", "Break-even incl. fees"),
        "nearest": t("Inspector", "Nearest exit"),
        "margin": t("Inspector", "Margin · ROE basis"),
        "worst": t("Inspector", "At liquidation"),
        "share": t("Inspector", "Risk of equity"),
        "funding": t("Inspector", "Next funding"),
    }
    return {key: Tile(name, size=theme.BODY, grows=False) for key, name in names.items()}


def _rule() -> QFrame:
    """A line of one pixel."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def _block(title: QWidget, body: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(theme.PAD + 2, 11, theme.PAD + 2, 9)
    column.setSpacing(8)
    column.addWidget(title)
    column.addWidget(body)
    return column


def _lines(position: Position, facts: Facts) -> tuple[tuple[Level, ...], tuple[Mark, ...]]:
    """The chart's lines and rings of a position."""
    from gui.models import figures  # msgspec comes with it: not before the first paint

    tick = facts.tick(position.key)
    stale = is_stale(position, facts)
    mark = translate("Chart", "Mark {price} STALE") if stale else translate("Chart", "Mark {price}")
    candidates = (
        (position.take_profit, translate("Chart", "TP {price} {pnl}"), "up", "solid"),
        (position.mark_price, mark, "muted" if stale else "accent", "dot"),
        (position.stop_loss, translate("Chart", "SL {price} {pnl}"), "warning", "solid"),
        (position.entry_price, translate("Chart", "Entry {price}"), "muted", "dash"),
        (position.liq_price, translate("Chart", "Liq {price}"), "down", "dot"),
    )
    levels = tuple(
        Level(
            float(price),
            shown.format(price=text.price(price, tick), pnl=text.money(figures.pnl_at(position, price), signed=True)),
            tone,
            style,
        )
        for price, shown, tone, style in candidates
        if price is not None
    )
    return levels, tuple(Mark(part.ts_ms, float(part.price)) for part in position.partial_exits)
