"""What the Inspector shows of one position: chart with its lines, partial exits, risk, the bot's note, what to do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import halt_words, text, theme
from gui.models import figures, inspection
from gui.models.cell import Facts
from gui.models.positions import side_chip
from gui.text import translate
from gui.views.candle_chart import CandleChart
from gui.views.exit_lines import exit_lines
from gui.widgets.badge import Badge
from gui.widgets.exits import ExitList
from gui.widgets.labels import Label, caption
from gui.widgets.segmented import Segmented
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from core.model import Execution, Position, Snapshot
    from gui.views.chart_scale import Mark

_INTERVALS: Final = (("1", "1m"), ("15", "15m"), ("60", "1h"), ("240", "4h"), ("D", "1D"))


class PositionPage(QWidget):
    """Widgets for one position; the Inspector decides which.

    Signals:
        break_even_asked(Decimal): a stop loss at this price.
        share_asked(Decimal): close this share (0–1) of what is open.
    """

    break_even_asked = pyqtSignal(object)
    share_asked = pyqtSignal(object)

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
        self.even_button = QPushButton(translate("Inspector", "Stop to break-even"))
        self.share_buttons = {
            Decimal("0.25"): QPushButton(translate("Inspector", "Close 25%")),
            Decimal("0.5"): QPushButton(translate("Inspector", "50%")),
        }
        self.close_button = QPushButton(translate("Inspector", "Close…"))
        self.why = Label("", wrap=True)
        self.indicators = Label("", tone="muted", size=theme.SMALL, wrap=True)
        self._even: Decimal | None = None
        self._marks: tuple[object, tuple[Mark, ...]] = (None, ())
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self.even_button.clicked.connect(self._ask_for_break_even)
        for share, button in self.share_buttons.items():
            button.clicked.connect(lambda _on, share=share: self.share_asked.emit(share))
            percent = text.percent(share * 100, 0)
            button.setAccessibleName(translate("Inspector", "Close {percent}").format(percent=percent))
        for button in (*self.share_buttons.values(), self.close_button):
            button.setProperty("kind", "danger-outline")
        for button in (self.edit_button, self.even_button, *self.share_buttons.values(), self.close_button):
            button.setProperty("dense", "true")
            button.setFont(theme.font(theme.SMALL))

    def _ask_for_break_even(self) -> None:
        if self._even is not None:
            self.break_even_asked.emit(self._even)

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
        self.note = _note(self.why, self.indicators)
        column.addWidget(self.note)
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
        buttons.setContentsMargins(theme.PAD, 9, theme.PAD - 2, 9)
        buttons.setSpacing(5)
        buttons.addWidget(self.edit_button)
        buttons.addWidget(self.even_button)
        buttons.addStretch(1)
        for button in (*self.share_buttons.values(), self.close_button):
            buttons.addWidget(button)
        return buttons

    def show_position(self, position: Position, snapshot: Snapshot, facts: Facts) -> None:
        """Bring everything but the candles up to date."""
        chip = side_chip(position.side, position.leverage)
        self.symbol.set_text(position.symbol)
        self.badge.set_text(chip.text, chip.tone)
        halted = halt_words.halted(snapshot, position.key, facts.clock.monotonic())
        self._show_buttons(position, snapshot, halted)
        self._show_exits(position, facts)
        self._show_risk(position, snapshot)
        self._show_break_even(position, snapshot, facts, halted)
        self._show_note(position, snapshot)
        self.chart.set_drag(inspection.drag_facts(position, snapshot, facts))
        self.chart.set_levels(inspection.levels(position, facts), self._marks_of(position, snapshot.executions))
        # Candles are made of trades: the mark would draw wicks that nobody traded.
        if position.last_price is not None:
            self.chart.follow(position.last_price, snapshot.as_of_ms)

    def _show_buttons(self, position: Position, snapshot: Snapshot, halted: str) -> None:
        """Dead while a close is on its way, and then they say so; absent with a key that may only look.

        Args:
            halted: why the exchange took no command on the contract just now; that disables nothing.
        """
        why = translate("Inspector", "A close of this position is on its way") if position.is_closing else ""
        leads_to = translate("Inspector", "Opens the close dialog with {percent}")
        tips = {button: leads_to.format(percent=text.percent(s * 100, 0)) for s, button in self.share_buttons.items()}
        for button in (self.edit_button, self.close_button, *self.share_buttons.values()):
            button.setEnabled(not why)
            _say(button, why or halted, "" if why else tips.get(button, ""))
        for button in (self.edit_button, self.even_button, self.close_button, *self.share_buttons.values()):
            button.setVisible(not snapshot.is_read_only)

    def _marks_of(self, position: Position, executions: tuple[Execution, ...]) -> tuple[Mark, ...]:
        """Entries and exits; looked for again only when there are new executions."""
        key = (position.key, position.opened_ms, position.partial_exits, id(executions))
        if self._marks[0] != key:
            self._marks = (key, inspection.marks(position, executions))
        return self._marks[1]

    def _show_break_even(self, position: Position, snapshot: Snapshot, facts: Facts, halted: str) -> None:
        """The same meaning as the stop dialog's button; the whole life's stands in the tooltip."""
        tick, rate = facts.tick(position.key), snapshot.taker_fee(position.key)
        even = inspection.rest_break_even(position, rate, tick)
        is_possible = inspection.can_lock(position, even) and not position.is_closing
        self._even = even if is_possible else None
        self.even_button.setEnabled(is_possible)
        whole = text.price(figures.break_even(position, rate), tick)
        self.tiles["even"].set(text.price(even, tick))
        _explain(
            self.tiles["even"],
            translate(
                "Inspector",
                "Closing what is open here gives back its entry and both fees at the taker rate.\n"
                "The whole life, with earlier exits and funding, ends at zero at {whole}.",
            ).format(whole=whole),
        )
        if is_possible:
            tip = translate("Inspector", "Opens the stop dialog with {price}").format(price=text.price(even, tick))
        elif even is None:
            tip = translate("Inspector", "The fee rate is not known yet")
        else:
            tip = translate("Inspector", "The price has not passed break-even yet")
        _say(self.even_button, halted, tip)

    def _show_note(self, position: Position, snapshot: Snapshot) -> None:
        note = snapshot.notes.get(position.key)
        why, indicators = inspection.note_words(note) if note is not None else ("", "")
        self.why.set_text(why)
        self.indicators.set_text(indicators)
        for part, shown in ((self.note, why or indicators), (self.why, why), (self.indicators, indicators)):
            if part.isVisibleTo(self) != bool(shown):
                part.setVisible(bool(shown))

    def _show_exits(self, position: Position, facts: Facts) -> None:
        step = facts.step(position.key)
        peak, left = text.quantity(position.peak_size, step), text.quantity(position.size, step)
        title = translate("Inspector", "PARTIAL EXITS · {peak} → {left} left").format(peak=peak, left=left)
        self.exits_title.set_text(title if position.partial_exits else translate("Inspector", "PARTIAL EXITS"))
        self.exits.set_lines(exit_lines(position.partial_exits, position.key, position.peak_size, facts))

    def _show_risk(self, position: Position, snapshot: Snapshot) -> None:
        at_stop = figures.pnl_at(position, position.stop_loss)
        at_target = figures.pnl_at(position, position.take_profit)
        at_liq = figures.pnl_at(position, position.liq_price)
        tiles, coin = self.tiles, position.settle_coin
        tiles["stop"].set(text.money(at_stop, coin, signed=True), text.tone_of(at_stop, coin))
        tiles["target"].set(text.money(at_target, coin, signed=True), text.tone_of(at_target, coin))
        tiles["reward"].set(text.number(figures.reward_to_risk(position), 1))
        tiles["best"].set(*_excursions(position))
        tiles["margin"].set(text.money(position.initial_margin, coin))
        tiles["worst"].set(text.money(at_liq, coin, signed=True), text.tone_of(at_liq, coin))
        loses = at_stop is not None and at_stop < 0
        in_dollars = figures.in_dollars(position, at_stop, position.stop_loss)
        tiles["share"].set(text.percent(figures.share_of(in_dollars, snapshot.equity)) if loses else text.DASH)
        tiles["funding"].set(text.money(figures.next_funding(position), coin, signed=True))


def _tiles() -> dict[str, Tile]:
    t = translate
    names = {
        "stop": t("Inspector", "At stop loss"),
        "target": t("Inspector", "At take profit"),
        "reward": t("Inspector", "Reward : risk"),
        "even": t("Inspector", "Break-even incl. fees"),
        "best": t("Inspector", "Best / worst seen"),
        "margin": t("Inspector", "Margin · ROE basis"),
        "worst": t("Inspector", "At liquidation"),
        "share": t("Inspector", "Risk of equity"),
        "funding": t("Inspector", "Next funding"),
    }
    tips = {
        "stop": t("Inspector", "What closing all of it at the stop loss would realise, without fees"),
        "target": t("Inspector", "What closing all of it at the take profit would realise, without fees"),
        "reward": t("Inspector", "What the take profit would still add ÷ what the stop loss would take from here"),
        "best": t(
            "Inspector",
            "Highest and lowest unrealised PnL of this position (MFE and MAE), over the marks that this desk has seen, "
            "in this run and in earlier ones; what happened while it was not running is not in it",
        ),
        "margin": t("Inspector", "Size × entry ÷ leverage: what ROE is a percentage of"),
        "worst": t("Inspector", "What closing all of it at the liquidation price would realise, without fees"),
        "share": t("Inspector", "The loss at the stop loss in percent of the account's equity"),
        "funding": t("Inspector", "The next funding payment at the present mark and rate; plus is received"),
    }
    made = {key: Tile(name, size=theme.BODY, grows=False) for key, name in names.items()}
    for key, tip in tips.items():
        _explain(made[key], tip)
    return made


def _excursions(position: Position) -> tuple[str, str]:
    """Best and worst unrealised PnL of this life, as words and tone."""
    if position.best_pnl is None or position.worst_pnl is None:
        return text.DASH, "text"
    best, worst = (_short(amount, position.settle_coin) for amount in (position.best_pnl, position.worst_pnl))
    return f"{best} / {worst}", "text"


def _short(amount: Decimal, coin: str) -> str:
    """Two of them have to fit into one tile: without cents from a hundred on."""
    if text.is_private() or abs(amount) < 100:
        return text.money(amount, coin, signed=True)
    return text.number(amount, 0, signed=True)


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


def _note(why: Label, indicators: Label) -> QWidget:
    """Why a bot opened the position; hidden when no bot says so."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(_rule())
    body = QWidget()
    lines = QVBoxLayout(body)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(2)
    lines.addWidget(why)
    lines.addWidget(indicators)
    column.addLayout(_block(caption(translate("Inspector", "WHY IT WAS OPENED")), body))
    holder.hide()
    return holder


def _say(button: QPushButton, first: str, tip: str) -> None:
    """What stands in a button's way, also for who does not see, and where it leads; the same again costs nothing."""
    shown = "\n".join(part for part in (first, tip) if part)
    if (button.accessibleDescription(), button.toolTip()) != (first, shown):
        button.setAccessibleDescription(first)
        button.setToolTip(shown)


def _explain(widget: QWidget, words: str) -> None:
    """A tooltip; setting the same again costs nothing."""
    shown = text.as_tooltip(words)
    if shown != widget.toolTip():
        widget.setToolTip(shown)
