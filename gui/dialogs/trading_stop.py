"""The dialog that sets, moves and removes the stops of an entire position: take profit, stop loss, trailing stop."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtWidgets import QHBoxLayout, QWidget

from core import formulas
from core.intents import Intent, Issue, SetTradingStop
from core.model import Instrument, Position, PositionKey
from core.money import ZERO
from gui import text, theme
from gui.bridge import Bridge
from gui.dialogs import words
from gui.dialogs.form import IntentForm
from gui.dialogs.linked import ExitMath, TrailingMath
from gui.dialogs.stop_leg import StopLeg
from gui.dialogs.stop_words import (
    STOP_LOSS,
    TAKE_PROFIT,
    LegState,
    Trigger,
    action_words,
    leg_words,
    price_pair,
    worst_case,
)
from gui.dialogs.trailing_row import ACTIVE, DISTANCE, TrailingRow
from gui.text import translate
from gui.widgets.figures import Figure, FigureTable
from gui.widgets.labels import Label
from gui.widgets.segmented import Segmented

LAST, MARK, INDEX = "LastPrice", "MarkPrice", "IndexPrice"
_STOP_ORDERS: Final = ("StopLoss", "TakeProfit")


class TradingStopDialog(IntentForm):
    """Stops of the entire position, each leg said as price, % from mark, ROE or PnL.

    Open it with ``open()``; it deletes itself when it is closed.

    Args:
        stop_loss: a price to begin with, such as where a line was dropped.
        take_profit: likewise.
    """

    def __init__(
        self,
        bridge: Bridge,
        key: PositionKey,
        parent: QWidget | None = None,
        *,
        stop_loss: Decimal | None = None,
        take_profit: Decimal | None = None,
    ) -> None:
        super().__init__(bridge, key, translate("TradingStop", "Take profit / Stop loss"), parent)
        self.take_profit = StopLeg(translate("TradingStop", "Take profit"))
        self.stop_loss = StopLeg(translate("TradingStop", "Stop loss"))
        self.trailing = TrailingRow()
        self.trigger = Segmented(
            translate("TradingStop", "Trigger by"), [(by, words.trigger_name(by)) for by in (LAST, MARK, INDEX)]
        )
        self.trigger.set_choice(MARK)
        self._is_trigger_touched = False
        self.table = FigureTable(translate("TradingStop", "Before and after"), columns=2, words_tone="text")
        for leg, price in ((self.take_profit, take_profit), (self.stop_loss, stop_loss)):
            if price is not None:
                leg.ask(price)
        self._build()
        self._connect()
        self.begin()

    # What the form asks

    def intent(self) -> Intent | None:
        """The stops that the fields ask for; what is unchanged or unusable is left as it is."""
        position, instrument = self.position, self.instrument
        if position is None or instrument is None:
            return None
        resend = self._is_trigger_changed(position)  # Bybit changes the trigger only together with a price
        return SetTradingStop(
            symbol=self.key.symbol,
            position_idx=self.key.position_idx,
            category=self.key.category,
            take_profit=_asked(self._leg_state(TAKE_PROFIT, position), resend=resend),
            stop_loss=_asked(self._leg_state(STOP_LOSS, position), resend=resend),
            trailing_stop=_asked(self._trailing_state(position), resend=self.trailing.active_price is not None),
            active_price=self.trailing.active_price,
            trigger_by=self.trigger.choice,
            side=position.side,
            life_id=position.life_id,
            seq_seen=position.seq,
        )

    def unusable(self) -> int:
        """Fields whose text leads to no price."""
        return int(self.take_profit.is_unusable) + int(self.stop_loss.is_unusable) + self.trailing.unusable

    def refresh(self, position: Position, instrument: Instrument, issues: tuple[Issue, ...]) -> None:
        """Fields, messages and the table."""
        by_field = {issue.field: issue for issue in issues}
        math = self._math(position, instrument)
        self._follow(position)
        for name, leg in self._legs.items():
            leg.refresh(math, instrument.settle_coin)
            self._say(name, leg, position, instrument, by_field.get(name))
        self._show_trailing(position, instrument, by_field)
        self._show_break_even(position, math)
        self._show_table(position, instrument, math, by_field)

    def action_words(self, position: Position, instrument: Instrument, *, hold: bool) -> str:
        """``Apply 3 changes``."""
        legs = (self._leg_state(TAKE_PROFIT, position), self._leg_state(STOP_LOSS, position))
        trailing = self._trailing_state(position).is_changed or self.trailing.active_price is not None
        changes = sum(leg.is_changed for leg in legs) + int(trailing)
        if changes:
            changes += int(self._is_trigger_changed(position))
        return action_words(changes, hold=hold)

    def whole_words(self, issue: Issue, position: Position) -> str:
        """The trigger alone cannot be changed: no evidence would ever show whether Bybit has."""
        if issue.code == "nothing_to_change" and self._is_trigger_changed(position):
            return translate("TradingStop", "The trigger changes together with a price: change one of them")
        return super().whole_words(issue, position)

    def ready_words(self) -> str:
        """What happens after the button."""
        return translate("TradingStop", "Sent once; the table shows it when Bybit confirms")

    # Inputs

    @property
    def _legs(self) -> dict[str, StopLeg]:
        return {TAKE_PROFIT: self.take_profit, STOP_LOSS: self.stop_loss}

    def _connect(self) -> None:
        for edit in (*self.take_profit.edits.values(), *self.stop_loss.edits.values(), *self.trailing.edits.values()):
            self.adopt(edit)
        for part in (self.take_profit, self.stop_loss, self.trailing):
            part.changed.connect(self.on_edited)
        self.trigger.chosen.connect(self._on_trigger)
        self.trailing.break_even_pressed.connect(self._on_break_even)

    def _follow(self, position: Position) -> None:
        """Fields that nobody has touched show what the exchange holds."""
        self.take_profit.hold(position.take_profit)
        self.stop_loss.hold(position.stop_loss)
        self.trailing.hold(position.trailing_stop)
        if not self._is_trigger_touched:
            self.trigger.set_choice(self._held_trigger() or MARK)

    def _leg_state(self, name: str, position: Position) -> LegState:
        leg, held = self._legs[name], getattr(position, name)
        wanted = leg.price if leg.is_touched else held
        return LegState(held=held, wanted=wanted, is_wrong=leg.is_unusable)

    def _trailing_state(self, position: Position) -> LegState:
        row = self.trailing
        wanted = row.distance if row.is_touched else position.trailing_stop
        return LegState(held=position.trailing_stop, wanted=wanted, is_wrong=bool(row.unusable))

    def _held_trigger(self) -> str | None:
        """What the position's stops are compared with now, as their orders say; None without such an order."""
        return next(
            (
                order.trigger_by
                for kind in _STOP_ORDERS
                for order in self.snapshot.orders
                if order.stop_order_type == kind and order.position_key == self.key and order.is_open
            ),
            None,
        )

    def _is_trigger_changed(self, position: Position) -> bool:
        held = self._held_trigger()
        has_stop = position.take_profit is not None or position.stop_loss is not None
        return self._is_trigger_touched and has_stop and held is not None and held != self.trigger.choice

    def _trigger(self, position: Position) -> Trigger:
        by = self.trigger.choice
        price = self.snapshot.prices.get((self.key.category, self.key.symbol))
        now = {
            LAST: (price and price.last_price) or position.last_price,
            MARK: position.mark_price,
            INDEX: price.index_price if price else None,
        }
        return Trigger(by, now[by])

    def _math(self, position: Position, instrument: Instrument) -> ExitMath:
        return ExitMath(
            category=position.category,
            side=position.side,
            qty=position.size,
            entry=position.entry_price,
            tick=instrument.tick,
            mark=position.mark_price,
            margin=position.initial_margin,
            fee_rate=self.snapshot.taker_fee(self.key),
        )

    def _on_trigger(self) -> None:
        self._is_trigger_touched = True
        self.on_edited()

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
        position, instrument = self.position, self.instrument
        if position is not None and instrument is not None:
            self.stop_loss.ask(self._break_even(position, self._math(position, instrument)))

    def _show_break_even(self, position: Position, math: ExitMath) -> None:
        price, now = self._break_even(position, math), self._trigger(position).price
        if price is None or now is None:
            why_not = translate("TradingStop", "The fee rate or the price is not known yet")
        elif (price >= now) if position.is_long else (price <= now):
            why_not = translate("TradingStop", "The price has not passed break-even yet")
        else:
            why_not = ""
        self.trailing.show_break_even(text.price(price, math.tick), why_not)

    # Showing

    def _say(self, name: str, leg: StopLeg, position: Position, instrument: Instrument, issue: Issue | None) -> None:
        if issue is not None:
            said = words.issue_words(issue, position, instrument, self.trigger.choice)
            leg.say(said, "down", words.nearest_choice(issue, instrument))
        else:
            state = self._leg_state(name, position)
            leg.say(*leg_words(name, state, position, instrument, self._trigger(position)), [])

    def _show_trailing(self, position: Position, instrument: Instrument, by_field: dict[str, Issue]) -> None:
        self.trailing.refresh(TrailingMath(tick=instrument.tick, mark=position.mark_price), position.trailing_stop)
        for field, place in (("trailing_stop", DISTANCE), ("active_price", ACTIVE)):
            if field in by_field:
                issue = by_field[field]
                said = words.issue_words(issue, position, instrument, self.trigger.choice)
                self.trailing.say(said, place, words.nearest_choice(issue, instrument))
                return
        self.trailing.say("", DISTANCE, [])

    def _show_table(
        self, position: Position, instrument: Instrument, math: ExitMath, by_field: dict[str, Issue]
    ) -> None:
        equity = self.snapshot.wallet.equity if self.snapshot.wallet else None
        legs = {name: self._leg_state(name, position) for name in self._legs}
        for name, state in legs.items():
            legs[name] = LegState(held=state.held, wanted=state.wanted, is_wrong=state.is_wrong or name in by_field)
        trailing = self._trailing_state(position)
        active = self.trailing.active_price
        note = translate("TradingStop", " from {price}").format(price=words.exact(active, math.tick)) if active else ""
        is_wrong = trailing.is_wrong or bool({"trailing_stop", "active_price"} & by_field.keys())
        trailing = LegState(held=trailing.held, wanted=trailing.wanted, is_wrong=is_wrong)
        stop = legs[STOP_LOSS]
        rows = (
            (translate("TradingStop", "Take profit"), price_pair(legs[TAKE_PROFIT], instrument)),
            (translate("TradingStop", "Stop loss"), price_pair(stop, instrument)),
            (translate("TradingStop", "Trailing stop"), price_pair(trailing, instrument, note)),
            (translate("TradingStop", "Trigger by"), self._trigger_pair()),
            (
                translate("TradingStop", "Worst case at stop, % of equity"),
                [
                    worst_case(stop.held, math, equity),
                    worst_case(stop.wanted, math, equity, is_wrong=stop.is_wrong),
                ],
            ),
        )
        for number, (name, figures) in enumerate(rows):
            self.table.set_row(number, name, figures)

    def _trigger_pair(self) -> list[Figure]:
        held, chosen = self._held_trigger(), self.trigger.choice
        before = Figure(words.trigger_name(held) if held else text.DASH)
        is_changed = held is not None and held != chosen
        return [before, Figure(words.trigger_name(chosen), "text" if is_changed else "muted", bold=is_changed)]

    # The window

    def _build(self) -> None:
        fields = self.frame.fields
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Label(translate("TradingStop", "Entire position"), weight=theme.MEDIUM))
        row.addStretch(1)
        row.addWidget(Label(translate("TradingStop", "Trigger by"), tone="muted"))
        row.addWidget(self.trigger)
        fields.addLayout(row)
        fields.addSpacing(14)
        for part in (self.take_profit, self.stop_loss, self.trailing):
            fields.addWidget(part)
            fields.addSpacing(8)
        self.table.set_head(
            [
                translate("TradingStop", "Change"),
                translate("TradingStop", "on Bybit"),
                translate("TradingStop", "after"),
            ]
        )
        fields.addWidget(self.table)


def _asked(state: LegState, *, resend: bool) -> Decimal | None:
    """What the intent says about a leg: None leaves it, 0 removes it."""
    if state.is_wrong:
        return None
    if state.is_changed:
        return state.wanted if state.wanted is not None else ZERO
    return state.held if resend else None
