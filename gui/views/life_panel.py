"""One closed position in depth, beside the Closed table: times, prices, what it brought, every exit, every payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui import text, theme, words
from gui.models import closed
from gui.models.cell import Facts
from gui.models.positions import side_chip
from gui.text import translate
from gui.views.exit_lines import exit_lines
from gui.widgets.badge import Badge
from gui.widgets.exits import ExitLine, ExitList
from gui.widgets.labels import Label, caption
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model import ClosedTrade, Execution

_WIDTH = 352
# What explains a figure in the table explains it here as well.
_EXPLAINED = {
    "net": closed.net_tip,
    "gross": closed.net_tip,
    "move": closed.net_tip,
    "size": closed.size_tip,
    "entry": closed.price_tip,
    "exit": closed.price_tip,
    "fees": closed.cost_tip,
    "funding": closed.cost_tip,
    "best": closed.best_tip,
    "by": closed.reason_tip,
}


class LifePanel(QWidget):
    """Shows one closed trade.

    Signals:
        closed: it wants to go away (its button, or Esc).
    """

    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(translate("Life", "Closed position"))
        self.trade: ClosedTrade | None = None
        self.symbol = Label("", size=theme.BODY + 1, weight=theme.SEMIBOLD)
        self.badge = Badge()
        self.close_button = QPushButton("×")
        self.close_button.setProperty("kind", "flat")
        self.close_button.setAccessibleName(translate("Life", "Close the details"))
        self.close_button.setToolTip(translate("Life", "Close the details (Esc)"))
        self.close_button.clicked.connect(self.closed)
        self.times = Label("", tone="muted", size=theme.SMALL, wrap=True)
        self.note = Label("", tone="warning", size=theme.SMALL, wrap=True)
        self.tiles = _tiles()
        self.exits = ExitList(translate("Life", "No partial exit"))
        self.payments_title = caption(translate("Life", "ENTRIES, EXITS AND FUNDING"))
        self.payments = ExitList(translate("Life", "Not known"))
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.symbol)
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addWidget(self.close_button)
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        for number, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, number // 3, number % 3)
            grid.setColumnStretch(number % 3, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.PAD + 2, 8, theme.PAD, 8)
        column.setSpacing(9)
        column.addLayout(head)
        column.addWidget(self.times)
        column.addWidget(self.note)
        column.addLayout(grid)
        column.addWidget(caption(translate("Life", "PARTIAL EXITS")))
        column.addWidget(self.exits)
        column.addWidget(self.payments_title)
        column.addWidget(self.payments)
        column.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName(translate("Life", "Closed position"))
        area.setProperty("look", "reading")
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedWidth(1)
        whole.addWidget(rule)
        whole.addWidget(area, 1)

    def show_trade(self, trade: ClosedTrade, facts: Facts) -> None:
        """Fill in everything but the executions, which are fetched."""
        is_other = self.trade is None or self.trade.life_id != trade.life_id
        self.trade = trade
        chip = side_chip(trade.side)
        self.symbol.set_text(trade.symbol)
        self.badge.set_text(chip.text, chip.tone)
        held = text.duration(closed.held_ms(trade))
        self.times.set_text(
            translate("Life", "{opened} → {closed} · held {held}").format(
                opened=text.date_time(trade.opened_ms or None), closed=text.date_time(trade.closed_ms), held=held
            )
        )
        self._show_note(trade)
        self._show_tiles(trade, facts)
        self.exits.set_lines(exit_lines(trade.exits, closed.key_of(trade), trade.peak_size, facts))
        if is_other:
            self.payments.set_lines(())

    def _show_note(self, trade: ClosedTrade) -> None:
        notes = []
        if closed.is_priced(trade):
            notes.append(translate("Life", "The money is that of Bybit's own records: executions are missing."))
        elif not trade.is_complete:
            notes.append(closed.why_incomplete(trade))
        if trade.net_pnl is None and trade.is_complete:
            notes.append(translate("Life", "The result is pending: Bybit has not reported all of it yet."))
        self.note.set_text(" ".join(notes))
        self.note.setVisible(bool(notes))

    def _show_tiles(self, trade: ClosedTrade, facts: Facts) -> None:
        tick, step = facts.tick(closed.key_of(trade)), facts.step(closed.key_of(trade))
        coin = trade.settle_coin
        net = translate("Closed", "pending") if trade.net_pnl is None else text.money(trade.net_pnl, coin, signed=True)
        self.tiles["net"].set(net, text.tone_of(trade.net_pnl, coin))
        self.tiles["gross"].set(text.money(trade.gross_pnl, coin, signed=True))
        self.tiles["move"].set(text.percent(closed.move_pct(trade), signed=True))
        self.tiles["size"].set(text.quantity(trade.peak_size, step))
        self.tiles["entry"].set(text.price(trade.entry_price, tick))
        self.tiles["exit"].set(text.price(trade.exit_price, tick))
        self.tiles["fees"].set(text.money(-trade.fees, coin) if trade.fees is not None else text.DASH)
        self.tiles["funding"].set(text.money(trade.funding, coin, signed=True))
        known = trade.best_pnl is not None and trade.worst_pnl is not None
        best, worst = (text.money(value, coin, signed=True) for value in (trade.best_pnl, trade.worst_pnl))
        self.tiles["best"].set(f"{best} / {worst}" if known else text.DASH)
        self.tiles["by"].set(words.reason(trade.closed_by, trade.symbol) or text.DASH)
        for name, explain in _EXPLAINED.items():
            self.tiles[name].setToolTip(text.as_tooltip(explain(trade, facts)))

    def show_executions(self, trade: ClosedTrade, executions: Sequence[Execution], facts: Facts) -> None:
        """Every fill and payment of the trade, oldest first, unless another trade is shown by now."""
        if self.trade is None or self.trade.life_id != trade.life_id:
            return
        tick, step = facts.tick(closed.key_of(trade)), facts.step(closed.key_of(trade))
        lines, coin = [], trade.settle_coin
        for one in executions:
            is_funding = one.exec_type == "Funding"
            amount = -one.fee if is_funding else one.exec_pnl if one.closed_size else None
            what = "" if is_funding else f"{text.quantity(one.qty, step)} @ {text.price(one.price, tick)}"
            shown = text.money(amount, coin, signed=True) if amount is not None else ""
            lines.append(ExitLine(text.clock_time(one.ts_ms), what, shown, text.tone_of(amount, coin), _kind(one), 0.0))
        self.payments.set_lines(lines)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc goes back to the table."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)


def _kind(one: Execution) -> str:
    """Entry, exit, or whatever else Bybit calls it."""
    if one.exec_type != "Trade":
        return words.execution_kind(one.exec_type)
    return translate("Life", "exit") if one.closed_size else translate("Life", "entry")


def _tiles() -> dict[str, Tile]:
    t = translate
    names = {
        "net": t("Life", "Net PnL"),
        "gross": t("Life", "Gross"),
        "move": t("Life", "Move"),
        "size": t("Life", "Peak size"),
        "entry": t("Life", "Average entry"),
        "exit": t("Life", "Average exit"),
        "fees": t("Life", "Fees"),
        "funding": t("Life", "Funding"),
        "best": t("Life", "Best / worst seen"),
        "by": t("Life", "Closed by"),
    }
    return {key: Tile(name, size=theme.BODY, grows=False) for key, name in names.items()}
