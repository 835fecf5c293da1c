"""What the Inspector shows of one position: chart with its lines, partial exits, risk in money, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import text, theme, words
from gui.models import figures
from gui.models.cell import Facts
from gui.models.positions import is_stale, side_chip
from gui.text import translate
from gui.views.candle_chart import CandleChart, Level, Mark
from gui.widgets.badge import Badge
from gui.widgets.exits import ExitLine, ExitList
from gui.widgets.labels import Label, caption
from gui.widgets.segmented import Segmented
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from core.model import Position, Snapshot

_INTERVALS: Final = (("1", "1m"), ("15", "15m"), ("60", "1h"), ("240", "4h"), ("D", "1D"))


class PositionPage(QWidget):
    """Widgets for one position; the Inspector decides which."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.symbol = Label("", size=theme.BODY + 1, weight=theme.SEMIBOLD)
        self.badge = Badge()
        self.intervals = Segmented(translate("Inspector", "Candle length"), _INTERVALS)
        self.intervals.set_choice("15")
        self.chart = CandleChart()
        self.exits_title = caption("")
        self.exits = ExitList(translate("Inspector", "No partial exit yet"))
        self.tiles = _tiles()
        self.edit_button = QPushButton(translate("Inspector", "Edit TP/SL"))
        self.close_button = QPushButton(translate("Inspector", "Close…"))
        self.close_button.setProperty("kind", "danger-outline")
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(_rule())
        column.addWidget(self.chart, 1)
        column.addWidget(_rule())
        column.addLayout(_block(self.exits_title, self.exits))
        column.addWidget(_rule())
        column.addLayout(_block(caption(translate("Inspector", "RISK")), self._grid()))
        column.addWidget(_rule())
        column.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(theme.PAD + 2, 6, theme.PAD, 6)
        head.addWidget(self.symbol)
        head.addSpacing(4)
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addWidget(self.intervals)
        return head

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

    def _foot(self) -> QHBoxLayout:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.PAD, 9, theme.PAD, 9)
        buttons.addWidget(self.edit_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        return buttons

    def show_position(self, position: Position, snapshot: Snapshot, facts: Facts) -> None:
        """Bring everything but the candles up to date."""
        chip = side_chip(position.side, position.leverage)
        self.symbol.set_text(position.symbol)
        self.badge.set_text(chip.text, chip.tone)
        self.edit_button.setEnabled(not position.is_closing)
        self.close_button.setEnabled(not position.is_closing)
        self._show_exits(position, facts)
        self._show_risk(position, snapshot, facts)
        self.chart.set_levels(*_lines(position, facts))

    def _show_exits(self, position: Position, facts: Facts) -> None:
        step, tick = facts.step(position.key), facts.tick(position.key)
        peak, left = text.quantity(position.peak_size, step), text.quantity(position.size, step)
        title = translate("Inspector", "PARTIAL EXITS · {peak} → {left} left").format(peak=peak, left=left)
        self.exits_title.set_text(title if position.partial_exits else translate("Inspector", "PARTIAL EXITS"))
        lines = [
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
        self.exits.set_lines(lines)

    def _show_risk(self, position: Position, snapshot: Snapshot, facts: Facts) -> None:
        tick = facts.tick(position.key)
        at_stop = figures.pnl_at(position, position.stop_loss)
        at_target = figures.pnl_at(position, position.take_profit)
        at_liq = figures.pnl_at(position, position.liq_price)
        tiles = self.tiles
        tiles["stop"].set(text.money(at_stop, signed=True), text.tone_of(at_stop))
        tiles["target"].set(text.money(at_target, signed=True), text.tone_of(at_target))
        tiles["reward"].set(text.number(figures.reward_to_risk(position), 1))
        tiles["even"].set(text.price(figures.break_even(position, snapshot.taker_fee(position.key)), tick))
        tiles["nearest"].set(text.percent(figures.nearest_exit(position), 1))
        tiles["margin"].set(text.money(position.initial_margin))
        tiles["worst"].set(text.money(at_liq, signed=True), text.tone_of(at_liq))
        loses = at_stop is not None and at_stop < 0
        tiles["share"].set(text.percent(figures.share_of(at_stop, snapshot.equity)) if loses else text.DASH)
        tiles["funding"].set(text.money(figures.next_funding(position), signed=True))


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
    column.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
    column.addWidget(body)
    return column


def _lines(position: Position, facts: Facts) -> tuple[tuple[Level, ...], tuple[Mark, ...]]:
    """The chart's lines and rings of a position."""
    tick, stale = facts.tick(position.key), is_stale(position, facts)
    mark = translate("Chart", "Mark {price} STALE") if stale else translate("Chart", "Mark {price}")
    candidates = (
        (position.take_profit, translate("Chart", "TP {price} {pnl}"), "up", "solid"),
        (position.mark_price, mark, "muted" if stale else "accent", "dot"),
        (position.stop_loss, translate("Chart", "SL {price} {pnl}"), "warning", "solid"),
        (position.entry_price, translate("Chart", "Entry {price}"), "muted", "dash"),
        (position.liq_price, translate("Chart", "Liq {price}"), "down", "dot"),
    )
    levels = []
    for price, shown, tone, style in candidates:
        if price is not None:
            pnl = text.money(figures.pnl_at(position, price), signed=True)
            levels.append(Level(float(price), shown.format(price=text.price(price, tick), pnl=pnl), tone, style))
    return tuple(levels), tuple(Mark(part.ts_ms, float(part.price)) for part in position.partial_exits)
