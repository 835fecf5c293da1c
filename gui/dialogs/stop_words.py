"""What the TP/SL dialog says about its legs and about before → after, in the user's language. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct

from core import formulas
from core.intents import Issue
from core.model import Instrument, Position
from gui import text
from gui.dialogs import words
from gui.dialogs.linked import NET_PNL, ExitMath
from gui.text import translate
from gui.widgets.figures import Figure

TAKE_PROFIT, STOP_LOSS = "take_profit", "stop_loss"
_LEGS: Final = {"TakeProfit": "TP", "StopLoss": "SL"}


class LegState(Struct, frozen=True, kw_only=True):
    """One leg: ``held`` on the exchange, ``wanted`` by the operator; ``is_wrong`` when it cannot be sent as it is."""

    held: Decimal | None
    wanted: Decimal | None
    is_wrong: bool = False

    @property
    def is_changed(self) -> bool:
        """The wish differs from what the exchange holds."""
        return self.is_wrong or self.held != self.wanted


def leg_words(
    leg: str, state: LegState, position: Position, instrument: Instrument, trigger: Trigger
) -> tuple[str, str]:
    """What the leg will do when nothing is wrong with it, and the tone of that."""
    is_stop = leg == STOP_LOSS
    if state.wanted is None:
        return _absent_words(is_stop=is_stop, was_held=state.held is not None)
    return leg_place(state.wanted, trigger, position.size, instrument), "muted"


def looser_words(caution: Issue, wanted: Decimal | None, math: ExitMath, coin: str) -> tuple[str, str]:
    """That a stop loss would let more be lost than the present one, and how much; nothing stands in the way of that."""
    held = caution.details["held"]
    before, after = math.view(NET_PNL, held), math.view(NET_PNL, wanted) if wanted else None
    more = before - after if before is not None and after is not None else None
    shown = translate("TradingStop", "Looser than the present stop loss {held}: {more} {coin} more can be lost.")
    amount = text.number(more, text.coin_decimals(coin))
    return shown.format(held=words.exact(held, math.tick), more=amount, coin=coin), "warning"


def leg_place(price: Decimal, trigger: Trigger, size: Decimal, instrument: Instrument) -> str:
    """On which side of the trigger price a stop lies, and what it will do there."""
    if trigger.price is None:
        return ""
    template = (
        translate("TradingStop", "Above the {basis}. Will trigger a market close of {size}.")
        if price > trigger.price
        else translate("TradingStop", "Below the {basis}. Will trigger a market close of {size}.")
    )
    return template.format(basis=words.trigger_basis(trigger.by), size=words.exact(size, instrument.step))


class Trigger(Struct, frozen=True):
    """What the stops are compared with: Bybit's name of the price, and the price now."""

    by: str
    price: Decimal | None


def _absent_words(*, is_stop: bool, was_held: bool) -> tuple[str, str]:
    if is_stop and was_held:
        return translate("TradingStop", "Will be removed: the position will have no stop loss."), "warning"
    if is_stop:
        return translate("TradingStop", "The position has no stop loss."), "warning"
    return (translate("TradingStop", "Will be removed.") if was_held else ""), "muted"


def price_pair(state: LegState, instrument: Instrument, note: str = "") -> list[Figure]:
    """On Bybit, and after. ``note`` follows the price after."""
    before = text.price(state.held, instrument.tick)
    if state.is_wrong:
        after = text.DASH if state.wanted is None else words.exact(state.wanted, instrument.tick)
        return [Figure(before), Figure(after, "down")]
    if not state.is_changed and not note:
        return [Figure(before), Figure(before, "muted")]
    if state.wanted is None:
        return [Figure(before), Figure(translate("TradingStop", "removed"), "warning", bold=True)]
    after = words.exact(state.wanted, instrument.tick) + note
    return [Figure(before), Figure(after, "text", bold=True)]


def trigger_words(triggers: Mapping[str, str]) -> str:
    """What stops are compared with, by their kind of order: ``Mark``, or ``TP Last · SL Mark`` where they differ."""
    names = {kind: words.trigger_name(by) for kind, by in triggers.items()}
    if len(set(names.values())) < 2:
        return next(iter(names.values()), text.DASH)
    return " · ".join(f"{_LEGS[kind]} {name}" for kind, name in names.items())


def worst_case(price: Decimal | None, math: ExitMath, equity: Decimal | None, *, is_wrong: bool = False) -> Figure:
    """What the stop leaves, net of the closing fee, in percent of equity. A coin counts at the price of the stop."""
    if is_wrong:
        return Figure(text.DASH)
    if price is None:
        return Figure(translate("TradingStop", "no stop loss"), "warning")
    net = math.view(NET_PNL, price)
    if net is None or not equity or equity <= 0:
        return Figure(text.DASH)
    in_dollars = net * price if math.category == formulas.INVERSE else net
    share = in_dollars / equity * formulas.HUNDRED
    return Figure(text.percent(share, signed=True), text.tone_of(share))


def action_words(changes: int, *, hold: bool) -> str:
    """``Apply 3 changes``."""
    if changes == 1:
        return (
            translate("TradingStop", "Hold to apply 1 change") if hold else translate("TradingStop", "Apply 1 change")
        )
    template = (
        translate("TradingStop", "Hold to apply {n} changes") if hold else translate("TradingStop", "Apply {n} changes")
    )
    return template.format(n=changes) if changes else translate("TradingStop", "Apply")
