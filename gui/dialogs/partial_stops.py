"""The page of the TP/SL dialog for parts of the position: add one leg or a pair, see and cancel those that stand.

Bybit only adds such stops, up to 20; each is an order of its own that is cancelled like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import replace
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from core.intents import PARTIAL, Issue, SetTradingStop, stops_of
from core.model import Order
from core.money import ZERO
from gui import text, theme
from gui import words as gui_words
from gui.dialogs import words
from gui.dialogs.linked import NET_PNL
from gui.dialogs.part_size import PartSize
from gui.dialogs.stop_facts import LOSS_PART, PROFIT_PART, StopFacts
from gui.dialogs.stop_leg import StopLeg
from gui.dialogs.stop_words import leg_place
from gui.models.cell import Cell, Column, Facts
from gui.models.table import RecordTable
from gui.text import translate
from gui.views.table_view import TableView
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.figures import Figure, FigureTable
from gui.widgets.labels import caption

MOST: Final = 20
_MOST_ROWS_SHOWN: Final = 4


class PartialStops(QWidget):
    """What to add, and what stands.

    Signals:
        changed(): a person asked for something else.
        cancel_asked(str): cancel the stop with this order id.
    """

    changed = pyqtSignal()
    cancel_asked = pyqtSignal(str)

    def __init__(self, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.take_profit = StopLeg(translate("TradingStop", "Take profit of a part"))
        self.stop_loss = StopLeg(translate("TradingStop", "Stop loss of a part"))
        self.part = PartSize()
        self.standing_title = caption("")
        self._stop_facts: StopFacts | None = None
        self.standing = RecordTable(self._columns(), lambda order: order.order_id, facts)
        self.view = TableView(self.standing, translate("TradingStop", "Stops of parts that stand"))
        self.table = FigureTable(translate("TradingStop", "Before and after"), columns=2, words_tone="text")
        self._build()
        for part in (self.take_profit, self.stop_loss, self.part):
            part.changed.connect(self.changed)
        self.view.pressed_button.connect(lambda key, _name: self.cancel_asked.emit(key))
        self.view.delete_asked.connect(lambda key: self.cancel_asked.emit(key))

    @property
    def edits(self) -> tuple[DecimalEdit, ...]:
        """Every field."""
        return (*self.take_profit.edits.values(), *self.stop_loss.edits.values(), self.part.edit)

    # What is asked for

    def intent(self, facts: StopFacts) -> SetTradingStop:
        """The legs that have a price, both of the same size."""
        position = facts.position
        self.part.follow(position, facts.instrument)
        profit, loss = self.take_profit.price, self.stop_loss.price
        return replace(
            stops_of(position, "manual", take_profit=profit, stop_loss=loss),
            tpsl_mode=PARTIAL,
            tp_size=self.part.qty if profit is not None else None,
            sl_size=self.part.qty if loss is not None else None,
            trigger_by=facts.trigger_by,
        )

    @property
    def unusable(self) -> int:
        """Fields whose text leads to no price or size."""
        return int(self.take_profit.is_unusable) + int(self.stop_loss.is_unusable) + int(self.part.is_unusable)

    def action_words(self, facts: StopFacts, *, hold: bool) -> str:
        """``Add TP and SL for 5.0``."""
        legs = [name for name, leg in (("TP", self.take_profit), ("SL", self.stop_loss)) if leg.price is not None]
        if not legs or self.part.qty is None:
            return translate("TradingStop", "Add")
        shown = (
            translate("TradingStop", "Hold to add {legs} for {size}")
            if hold
            else translate("TradingStop", "Add {legs} for {size}")
        )
        return shown.format(legs=" + ".join(legs), size=words.exact(self.part.qty, facts.instrument.step))

    # Showing

    def refresh(self, facts: StopFacts, issues: Sequence[Issue]) -> None:
        """Fields, messages, and what stands."""
        self._stop_facts = facts
        by_field = {issue.field: issue for issue in reversed(issues)}
        math, coin = facts.math(self.part.qty or facts.position.size), facts.instrument.settle_coin
        for name, leg in (("take_profit", self.take_profit), ("stop_loss", self.stop_loss)):
            leg.refresh(math, coin)
            self._say(leg, facts, by_field.get(name))
        size_issue = by_field.get("tp_size") or by_field.get("sl_size")
        self.part.refresh(facts.position, facts.instrument, size_issue)
        self._show_standing(facts)
        self._show_table(facts)

    def _say(self, leg: StopLeg, facts: StopFacts, issue: Issue | None) -> None:
        if issue is not None:
            said = words.issue_words(issue, facts.position, facts.instrument, facts.trigger_by)
            leg.say(said, "down", words.nearest_choice(issue, facts.instrument))
        elif leg.price is None or self.part.qty is None:
            leg.say("", "muted", [])
        else:
            leg.say(leg_place(leg.price, facts.trigger, self.part.qty, facts.instrument), "muted", [])

    def _show_standing(self, facts: StopFacts) -> None:
        parts = facts.parts
        self.standing.set_records(parts)
        self.view.setVisible(bool(parts))
        shown = (
            translate("TradingStop", "Stops of parts that stand: {n}")
            if parts
            else translate("TradingStop", "No stops of parts yet")
        )
        self.standing_title.set_text(shown.format(n=len(parts)))
        rows = min(len(parts), _MOST_ROWS_SHOWN)
        self.view.setFixedHeight(self.view.header.sizeHint().height() + rows * theme.COMPACT_ROW_HEIGHT + 2)

    def _show_table(self, facts: StopFacts) -> None:
        step = facts.instrument.step
        held: dict[str, list[Decimal]] = {PROFIT_PART: [], LOSS_PART: []}
        for order in facts.parts:
            held[order.stop_order_type].append(order.qty)
        wanted = {PROFIT_PART: self.take_profit.price, LOSS_PART: self.stop_loss.price}
        names = {
            PROFIT_PART: translate("TradingStop", "Take profits of parts"),
            LOSS_PART: translate("TradingStop", "Stop losses of parts"),
        }
        for number, (kind, name) in enumerate(names.items()):
            sizes, added = held[kind], wanted[kind] is not None and self.part.qty is not None
            after = [*sizes, self.part.qty or ZERO] if added else sizes
            tone = "text" if added else "muted"
            figures = [Figure(_parts(sizes, step)), Figure(_parts(after, step), tone, bold=added)]
            self.table.set_row(number, name, figures)
        used = max(map(len, held.values()))
        grown = used + int(any(price is not None for price in wanted.values()))
        places = translate("TradingStop", "Places taken, of {most}").format(most=MOST)
        self.table.set_row(2, places, [Figure(str(used)), Figure(str(grown), "text" if grown > used else "muted")])

    # Building

    def _columns(self) -> tuple[Column, ...]:
        t = translate
        return (
            Column("kind", (t("TradingStop", "Order"),), self._kind_cell, is_right=False, widest="Partial take profit",
                   stretch=1),
            Column("trigger", (t("TradingStop", "Trigger"),), self._trigger_cell, widest="mark 67,605.00"),
            Column("size", (t("TradingStop", "Size"),), self._size_cell, widest="210,000.0"),
            Column("net", (t("TradingStop", "PnL net of fee"),), self._net_cell, widest="+12,438.00"),
            Column("cancel", ("",), lambda order, facts: Cell(button=t("TradingStop", "Cancel…")), widest="Cancel…"),
        )  # fmt: skip

    def _kind_cell(self, order: Order, facts: Facts) -> Cell:
        return Cell(text=gui_words.order_kind(order.order_type, order.stop_order_type))

    def _trigger_cell(self, order: Order, facts: Facts) -> Cell:
        tick = facts.tick(order.position_key)
        return Cell(text=f"{gui_words.trigger(order.trigger_by)} {text.price(order.trigger_price, tick)}")

    def _size_cell(self, order: Order, facts: Facts) -> Cell:
        instrument = facts.snapshot.instrument(order.position_key) if facts.snapshot else None
        return Cell(text=words.counted(order.qty, instrument))

    def _net_cell(self, order: Order, facts: Facts) -> Cell:
        """What the part would bring at its trigger; its size may be larger than what is still open."""
        known = self._stop_facts
        if known is None or not order.trigger_price:
            return Cell(text=text.DASH, tone="muted")
        net = known.math(min(order.qty, known.position.size)).view(NET_PNL, order.trigger_price)
        coin = known.instrument.settle_coin
        return Cell(text=text.number(net, text.coin_decimals(coin), signed=True), tone=text.tone_of(net, coin))

    def _build(self) -> None:
        self.view.set_compact(True)
        self.view.setMinimumWidth(400)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.part, self.take_profit, self.stop_loss, self.table, self.standing_title, self.view):
            column.addWidget(part)
        self.table.set_head(
            [
                translate("TradingStop", "Change"),
                translate("TradingStop", "on Bybit"),
                translate("TradingStop", "after"),
            ]
        )


def _parts(sizes: Sequence[Decimal], step: Decimal) -> str:
    """How many, and how much they are for together: ``2 · 10.0``."""
    if not sizes:
        return text.DASH
    return f"{len(sizes)} · {words.exact(sum(sizes, ZERO), step)}"
