"""The page of the TP/SL dialog for the entire position: both legs, the trailing stop, before and after."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from core import formulas
from core.intents import Issue, SetTradingStop, cautions, stops_of, waits_for
from core.model import Position
from core.money import ZERO
from gui import text
from gui.dialogs import words
from gui.dialogs.linked import ExitMath, TrailingMath
from gui.dialogs.stop_facts import StopFacts
from gui.dialogs.stop_leg import StopLeg
from gui.dialogs.stop_words import (
    STOP_LOSS,
    TAKE_PROFIT,
    LegState,
    action_words,
    leg_words,
    looser_words,
    price_pair,
    trigger_words,
    worst_case,
)
from gui.dialogs.trailing_row import ACTIVE, DISTANCE, TrailingRow
from gui.text import translate
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.figures import Figure, FigureTable


class FullStops(QWidget):
    """Wishes for the stops of the entire position; what nobody touches follows the exchange.

    Signals:
        changed(): a person asked for something else.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.take_profit = StopLeg(translate("TradingStop", "Take profit"))
        self.stop_loss = StopLeg(translate("TradingStop", "Stop loss"))
        self.trailing = TrailingRow()
        self.table = FigureTable(translate("TradingStop", "Before and after"), columns=2, words_tone="text")
        self._facts: StopFacts | None = None
        self._build()
        for part in (self.take_profit, self.stop_loss, self.trailing):
            part.changed.connect(self.changed)
        self.trailing.break_even_pressed.connect(self._on_break_even)

    @property
    def edits(self) -> tuple[DecimalEdit, ...]:
        """Every field."""
        parts = (self.take_profit, self.stop_loss, self.trailing)
        return tuple(edit for part in parts for edit in part.edits.values())

    # What is asked for

    def intent(self, facts: StopFacts, reason: str) -> SetTradingStop:
        """The stops that the fields ask for; what is unchanged or unusable is left as it is."""
        position, resend = facts.position, facts.is_trigger_changed  # Bybit changes the trigger only with a price
        asked = stops_of(
            position,
            reason,
            take_profit=_asked(self._leg_state(TAKE_PROFIT, position), resend=resend),
            stop_loss=_asked(self._leg_state(STOP_LOSS, position), resend=resend),
            trailing_stop=_asked(self._trailing_state(position), resend=self.trailing.active_price is not None),
        )
        return replace(asked, active_price=self._active_price(facts), trigger_by=facts.trigger_by)

    @property
    def unusable(self) -> int:
        """Fields whose text leads to no price."""
        return int(self.take_profit.is_unusable) + int(self.stop_loss.is_unusable) + self.trailing.unusable

    def take(self, intent: SetTradingStop) -> None:
        """Ask for what an intent asks for, as typing it does; what it leaves is left."""
        for leg, price in ((self.take_profit, intent.take_profit), (self.stop_loss, intent.stop_loss)):
            if price is not None:
                leg.ask(price or None)
        if intent.trailing_stop is not None:
            self.trailing.ask(intent.trailing_stop or None, intent.active_price)

    def action_words(self, facts: StopFacts, *, hold: bool) -> str:
        """``Apply 3 changes``."""
        legs = (self._leg_state(TAKE_PROFIT, facts.position), self._leg_state(STOP_LOSS, facts.position))
        trailing = self._trailing_state(facts.position).is_changed or self.trailing.active_price is not None
        changes = sum(leg.is_changed for leg in legs) + int(trailing) + int(self._is_retriggered(facts))
        return action_words(changes, hold=hold)

    @property
    def _legs(self) -> dict[str, StopLeg]:
        return {TAKE_PROFIT: self.take_profit, STOP_LOSS: self.stop_loss}

    def _leg_state(self, name: str, position: Position) -> LegState:
        leg, held = self._legs[name], getattr(position, name)
        wanted = leg.price if leg.is_touched else held
        return LegState(held=held, wanted=wanted, is_wrong=leg.is_unusable)

    def _trailing_state(self, position: Position) -> LegState:
        row = self.trailing
        wanted = row.distance if row.is_touched else position.trailing_stop
        return LegState(held=position.trailing_stop, wanted=wanted, is_wrong=bool(row.unusable))

    def _triggers(self, facts: StopFacts) -> dict[str, str]:
        """What each stop will be compared with: one that is sent, with the switch's price; one that stays, as it is."""
        intent, held = self.intent(facts, ""), facts.held_triggers
        after = {}
        for kind, asked in (("TakeProfit", intent.take_profit), ("StopLoss", intent.stop_loss)):
            by = held.get(kind) if asked is None else facts.trigger_by if asked else None
            if by is not None:
                after[kind] = by
        return after

    def _is_retriggered(self, facts: StopFacts) -> bool:
        return any(facts.held_triggers.get(kind, by) != by for kind, by in self._triggers(facts).items())

    def _active_price(self, facts: StopFacts) -> Decimal | None:
        """What was typed; else, beside another distance, what the stop waits for: Bybit does not promise to keep it."""
        trailing = self._trailing_state(facts.position)
        if self.trailing.active_price is not None or not (trailing.is_changed and trailing.wanted):
            return self.trailing.active_price
        return waits_for(facts.position, facts.snapshot.orders)

    # Break-even

    def _break_even(self, position: Position, math: ExitMath) -> Decimal | None:
        """Where closing the open size gives back its entry and both fees; earlier exits of the life are not counted."""
        if math.fee_rate is None:
            return None
        paid = formulas.fee(position.category, position.size, position.entry_price, math.fee_rate)
        exact = formulas.break_even_price(
            position.category, position.side, position.size, position.entry_price, -paid, math.fee_rate
        )
        return math.to_tick(exact) if exact is not None else None

    def _on_break_even(self) -> None:
        if self._facts is not None:
            self.stop_loss.ask(self._break_even(self._facts.position, self._facts.math()))

    def _show_break_even(self, facts: StopFacts, math: ExitMath) -> None:
        price, now = self._break_even(facts.position, math), facts.trigger.price
        if price is None or now is None:
            why_not = translate("TradingStop", "The fee rate or the price is not known yet")
        elif (price >= now) if facts.position.is_long else (price <= now):
            why_not = translate("TradingStop", "The price has not passed break-even yet")
        else:
            why_not = ""
        self.trailing.show_break_even(text.price(price, math.tick), why_not)

    # Showing

    def refresh(self, facts: StopFacts, issues: tuple[Issue, ...]) -> None:
        """Fields, messages and the table."""
        self._facts = facts
        by_field = {issue.field: issue for issue in issues}
        math, position = facts.math(), facts.position
        self.take_profit.hold(position.take_profit)
        self.stop_loss.hold(position.stop_loss)
        self.trailing.hold(position.trailing_stop)
        for name, leg in self._legs.items():
            leg.refresh(math, facts.instrument.settle_coin)
            self._say(name, leg, facts, by_field.get(name))
        self._show_trailing(facts, by_field)
        self._show_break_even(facts, math)
        self._show_table(facts, math, by_field)

    def _say(self, name: str, leg: StopLeg, facts: StopFacts, issue: Issue | None) -> None:
        position, instrument = facts.position, facts.instrument
        if issue is not None:
            said = words.issue_words(issue, position, instrument, facts.trigger_by)
            leg.say(said, "down", words.nearest_choice(issue, instrument))
            return
        state = self._leg_state(name, position)
        asked = cautions(self.intent(facts, ""), facts.snapshot)
        looser = next((one for one in asked if one.field == name and one.code == "sl_looser"), None)
        if looser is not None:
            leg.say(*looser_words(looser, state.wanted, facts.math(), instrument.settle_coin), [])
        else:
            leg.say(*leg_words(name, state, position, instrument, facts.trigger), [])

    def _show_trailing(self, facts: StopFacts, by_field: dict[str, Issue]) -> None:
        position, instrument = facts.position, facts.instrument
        self.trailing.refresh(TrailingMath(tick=instrument.tick, mark=position.mark_price), position.trailing_stop)
        for field, place in (("trailing_stop", DISTANCE), ("active_price", ACTIVE)):
            if field in by_field:
                said = words.issue_words(by_field[field], position, instrument, facts.trigger_by)
                self.trailing.say(said, place, words.nearest_choice(by_field[field], instrument))
                return
        self.trailing.say("", DISTANCE, [])

    def _show_table(self, facts: StopFacts, math: ExitMath, by_field: dict[str, Issue]) -> None:
        position, instrument = facts.position, facts.instrument
        legs = {name: self._leg_state(name, position) for name in self._legs}
        for name, state in legs.items():
            legs[name] = LegState(held=state.held, wanted=state.wanted, is_wrong=state.is_wrong or name in by_field)
        trailing = self._trailing_state(position)
        active = self._active_price(facts)
        note = translate("TradingStop", " from {price}").format(price=words.exact(active, math.tick)) if active else ""
        is_wrong = trailing.is_wrong or bool({"trailing_stop", "active_price"} & by_field.keys())
        trailing = LegState(held=trailing.held, wanted=trailing.wanted, is_wrong=is_wrong)
        stop = legs[STOP_LOSS]
        worst = worst_case(stop.wanted, math, facts.equity, is_wrong=stop.is_wrong)
        rows = (
            (translate("TradingStop", "Take profit"), price_pair(legs[TAKE_PROFIT], instrument)),
            (translate("TradingStop", "Stop loss"), price_pair(stop, instrument)),
            (translate("TradingStop", "Trailing stop"), price_pair(trailing, instrument, note)),
            (translate("TradingStop", "Trigger by"), self._trigger_pair(facts)),
            (
                translate("TradingStop", "Worst case at stop, % of equity"),
                [worst_case(stop.held, math, facts.equity), worst],
            ),
        )
        for number, (name, figures) in enumerate(rows):
            self.table.set_row(number, name, figures)

    def _trigger_pair(self, facts: StopFacts) -> list[Figure]:
        held, after = facts.held_triggers, self._triggers(facts)
        is_changed = self._is_retriggered(facts)
        shown = trigger_words(after if held or after else {"": facts.trigger_by})
        return [Figure(trigger_words(held)), Figure(shown, "text" if is_changed else "muted", bold=is_changed)]

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.take_profit, self.stop_loss, self.trailing, self.table):
            column.addWidget(part)
        self.table.set_head(
            [
                translate("TradingStop", "Change"),
                translate("TradingStop", "on Bybit"),
                translate("TradingStop", "after"),
            ]
        )


def _asked(state: LegState, *, resend: bool) -> Decimal | None:
    """What the intent says about a leg: None leaves it, 0 removes it."""
    if state.is_wrong:
        return None
    if state.is_changed:
        return state.wanted if state.wanted is not None else ZERO
    return state.held if resend else None
