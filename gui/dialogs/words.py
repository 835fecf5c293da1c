"""What dialogs say about typed text, issues and changes, in the user's language. No widgets, no decisions."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from core.errors import AppError, BadValue
from core.formulas import INVERSE
from core.intents import Issue
from core.model import Execution, Instrument, Position
from core.money import to_increment
from gui import error_words, text
from gui.dialogs.life import GONE, Change, LifeWatch
from gui.text import translate
from gui.widgets.number_entry import AMBIGUOUS, NEGATIVE, NOT_A_NUMBER, TOO_LONG, Entry

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_QUANTITIES: Final = frozenset({"qty", "tp_size", "sl_size"})  # fields that are counted in steps
_TENTH: Final = Decimal("0.1")
_LONGEST_UNIT: Final = 20  # letters
ZERO, OUT_OF_REACH, UNDER_A_TICK = "zero", "out_of_reach", "under_a_tick"

_ENTRY: Final = {
    NOT_A_NUMBER: QT_TRANSLATE_NOOP("Entry", "Not a number: use the digits 0–9 and one point."),
    NEGATIVE: QT_TRANSLATE_NOOP("Entry", "Enter an amount without a sign."),
    TOO_LONG: QT_TRANSLATE_NOOP("Entry", "Too many digits."),
    AMBIGUOUS: QT_TRANSLATE_NOOP("Entry", "{typed} can be read two ways. Which one is meant?"),
    ZERO: QT_TRANSLATE_NOOP("Entry", "Enter a price above zero, or clear the field to remove it."),
    UNDER_A_TICK: QT_TRANSLATE_NOOP("Entry", "That is less than one tick."),
    OUT_OF_REACH: QT_TRANSLATE_NOOP("Entry", "No price above zero gives that."),
}

_ISSUES: Final = {
    "not_armed": QT_TRANSLATE_NOOP("Issue", "Trading is locked. Arm it in the top bar first."),
    "resuming": QT_TRANSLATE_NOOP("Issue", "A command of the last run has no verdict yet: wait until it is found."),
    "clock_unstable": QT_TRANSLATE_NOOP(
        "Issue", "The exchange's time cannot be told now: nothing is sent until it can."
    ),
    "read_only": QT_TRANSLATE_NOOP("Issue", "This key may only look: the desk is a monitor."),
    "position_gone": QT_TRANSLATE_NOOP("Issue", "This position is no longer open."),
    "position_unproven": QT_TRANSLATE_NOOP("Issue", "The position has just traded: its executions are not here yet."),
    "not_trading": QT_TRANSLATE_NOOP("Issue", "This contract does not trade now."),
    "nothing_selected": QT_TRANSLATE_NOOP("Issue", "There is nothing that this would apply to."),
    "position_changed": QT_TRANSLATE_NOOP("Issue", "This is another position than the one that was opened here."),
    "order_gone": QT_TRANSLATE_NOOP("Issue", "This order is no longer open."),
    "no_instrument": QT_TRANSLATE_NOOP("Issue", "The limits of this contract are not known yet."),
    "expired": QT_TRANSLATE_NOOP("Issue", "It waited too long to be sent and was let go. Nothing was sent."),
    "leaving": QT_TRANSLATE_NOOP("Issue", "The desk is closing: it takes no more commands."),
    "not_retryable": QT_TRANSLATE_NOOP("Issue", "This has its verdict by now: there is nothing to retry."),
    "command_open": QT_TRANSLATE_NOOP("Issue", "An earlier command for this position is still on its way."),
    "stale": QT_TRANSLATE_NOOP("Issue", "There is no fresh price to check this against."),
    "nothing_to_change": QT_TRANSLATE_NOOP("Issue", "Nothing to change yet"),
    "qty_not_positive": QT_TRANSLATE_NOOP("Issue", "Enter a quantity above zero. Lowest valid: {nearest}."),
    "qty_below_min": QT_TRANSLATE_NOOP("Issue", "The smallest order is {min}. Lowest valid: {nearest}."),
    "qty_above_size": QT_TRANSLATE_NOOP("Issue", "The position holds {size}. Highest valid: {nearest}."),
    "qty_above_max": QT_TRANSLATE_NOOP("Issue", "One order may have at most {max}. Highest valid: {nearest}."),
    "qty_off_step": QT_TRANSLATE_NOOP("Issue", "Quantities go in steps of {step}. Nearest valid: {nearest}."),
    "repeat_differs": QT_TRANSLATE_NOOP(
        "Issue",
        "What left no trace may still be carried out: only the same may be sent again, {nearest}, or all that is open "
        "closed at market.",
    ),
    "repeat_is_another": QT_TRANSLATE_NOOP(
        "Issue",
        "What left no trace may still be carried out: only the same may be sent again, or all that is open closed at "
        "market.",
    ),
    "notional_below_min": QT_TRANSLATE_NOOP("Issue", "The order is worth too little. Lowest valid: {nearest}."),
    "qty_below_filled": QT_TRANSLATE_NOOP("Issue", "More than that is filled already: {filled}."),
    "qty_follows_position": QT_TRANSLATE_NOOP("Issue", "This order is always as big as its position."),
    "size_missing": QT_TRANSLATE_NOOP("Issue", "Enter the part that this is for. Highest valid: {nearest}."),
    "size_needs_partial": QT_TRANSLATE_NOOP("Issue", "A size belongs to a stop of a part of the position."),
    "sizes_differ": QT_TRANSLATE_NOOP("Issue", "Both legs of a pair have the same size. Nearest valid: {nearest}."),
    "limit_needs_partial": QT_TRANSLATE_NOOP("Issue", "Stops of the entire position are market orders."),
    "trailing_needs_full": QT_TRANSLATE_NOOP("Issue", "A trailing stop is for the entire position."),
    "too_many_stops": QT_TRANSLATE_NOOP("Issue", "A position may have at most {most} partial stops."),
    "price_not_used": QT_TRANSLATE_NOOP("Issue", "This order has no limit price."),
    "trigger_not_used": QT_TRANSLATE_NOOP("Issue", "This order has no trigger price that could be moved."),
    "trigger_wrong_side": QT_TRANSLATE_NOOP(
        "Issue", "The {basis} {base} has passed this trigger already. Nearest valid: {nearest}."
    ),
    "position_exists": QT_TRANSLATE_NOOP("Issue", "There is a position of {size} already."),
    "too_many_positions": QT_TRANSLATE_NOOP("Issue", "{count} positions are open; the limit is {most}."),
    "stop_loss_out_of_range": QT_TRANSLATE_NOOP(
        "Issue", "Liquidation would come before a stop so far away. Nearest valid: {nearest}."
    ),
    "side_contradicts_idx": QT_TRANSLATE_NOOP("Issue", "That side does not fit the leg of a hedged position."),
    "mode_in_use": QT_TRANSLATE_NOOP("Issue", "Something open keeps this contract in the other position mode."),
    "mode_not_supported": QT_TRANSLATE_NOOP("Issue", "This contract has no hedge mode."),
    "unknown_word": QT_TRANSLATE_NOOP("Issue", "Bybit knows no such choice."),
    "leverage_out_of_range": QT_TRANSLATE_NOOP(
        "Issue", "The contract allows no such leverage. Nearest valid: {nearest}."
    ),
    "leverage_off_step": QT_TRANSLATE_NOOP("Issue", "Leverage goes in steps. Nearest valid: {nearest}."),
    "bad_link_id": QT_TRANSLATE_NOOP("Issue", "That is no order id of ours."),
    "reason_missing": QT_TRANSLATE_NOOP("Issue", "Enter a reason."),
    "reason_too_long": QT_TRANSLATE_NOOP("Issue", "A reason has at most {most} letters."),
    "price_missing": QT_TRANSLATE_NOOP("Issue", "Enter a price above zero."),
    "price_off_tick": QT_TRANSLATE_NOOP("Issue", "Prices go in ticks of {tick}. Nearest valid: {nearest}."),
    "price_out_of_range": QT_TRANSLATE_NOOP("Issue", "The contract allows no such price. Nearest valid: {nearest}."),
    "trailing_too_small": QT_TRANSLATE_NOOP("Issue", "The smallest distance is one tick. Lowest valid: {nearest}."),
    "trailing_too_large": QT_TRANSLATE_NOOP(
        "Issue", "The distance must be smaller than the price. Highest valid: {nearest}."
    ),
}

_PARTS: Final = frozenset({"tp_size", "sl_size"})
_PART_ABOVE_REST: Final = QT_TRANSLATE_NOOP(
    "Issue", "{held} of the position has such a stop already. Highest valid: {nearest}."
)

# Code: for a long, for a short.
_SIDED_ISSUES: Final = {
    "tp_wrong_side": (
        QT_TRANSLATE_NOOP(
            "Issue", "A long position's take profit must be above the {basis} {base}. Lowest valid: {nearest}."
        ),
        QT_TRANSLATE_NOOP(
            "Issue", "A short position's take profit must be below the {basis} {base}. Highest valid: {nearest}."
        ),
    ),
    "sl_wrong_side": (
        QT_TRANSLATE_NOOP(
            "Issue", "A long position's stop loss must be below the {basis} {base}. Highest valid: {nearest}."
        ),
        QT_TRANSLATE_NOOP(
            "Issue", "A short position's stop loss must be above the {basis} {base}. Lowest valid: {nearest}."
        ),
    ),
    "sl_beyond_liq": (
        QT_TRANSLATE_NOOP("Issue", "Liquidation at {liq} would come first. Lowest valid: {nearest}."),
        QT_TRANSLATE_NOOP("Issue", "Liquidation at {liq} would come first. Highest valid: {nearest}."),
    ),
    "active_price_wrong_side": (
        QT_TRANSLATE_NOOP("Issue", "A long's trailing stop starts above the {basis} {base}. Lowest valid: {nearest}."),
        QT_TRANSLATE_NOOP(
            "Issue", "A short's trailing stop starts below the {basis} {base}. Highest valid: {nearest}."
        ),
    ),
}

_TRIGGERS: Final = {
    "LastPrice": QT_TRANSLATE_NOOP("Trigger", "Last"),
    "MarkPrice": QT_TRANSLATE_NOOP("Trigger", "Mark"),
    "IndexPrice": QT_TRANSLATE_NOOP("Trigger", "Index"),
}
_BASES: Final = {
    "LastPrice": QT_TRANSLATE_NOOP("Trigger", "last price"),
    "MarkPrice": QT_TRANSLATE_NOOP("Trigger", "mark price"),
    "IndexPrice": QT_TRANSLATE_NOOP("Trigger", "index price"),
}

_CHANGES: Final = {
    "size": QT_TRANSLATE_NOOP("Change", "size {after}, was {before}"),
    "entry_price": QT_TRANSLATE_NOOP("Change", "entry {after}, was {before}"),
    "leverage": QT_TRANSLATE_NOOP("Change", "leverage {after}, was {before}"),
    "take_profit": QT_TRANSLATE_NOOP("Change", "take profit {after}, was {before}"),
    "stop_loss": QT_TRANSLATE_NOOP("Change", "stop loss {after}, was {before}"),
    "trailing_stop": QT_TRANSLATE_NOOP("Change", "trailing stop {after}, was {before}"),
}


def entry_words(problem: str, typed: str) -> str:
    """Why typed text is no amount."""
    return translate("Entry", _ENTRY[problem]).format(typed=typed.strip()[:24])


def entry_choices(entry: Entry) -> list[tuple[str, object]]:
    """The readings of an ambiguous entry, as buttons."""
    return [(f"{value:f}", value) for value in entry.choices]


def problem_words(count: int) -> str:
    """How many fields have to be seen to."""
    if count == 1:
        return translate("Form", "1 problem to fix")
    return translate("Form", "{n} problems to fix").format(n=count)


def trigger_name(trigger_by: str) -> str:
    """Last, Mark or Index; an unknown one stays as it is."""
    return translate("Trigger", _TRIGGERS[trigger_by]) if trigger_by in _TRIGGERS else trigger_by


def trigger_basis(trigger_by: str) -> str:
    """The price that stops are compared with, as it stands in a sentence: ``mark price``."""
    return translate("Trigger", _BASES[trigger_by]) if trigger_by in _BASES else trigger_by


def issue_words(
    issue: Issue, position: Position | None, instrument: Instrument | None, trigger_by: str = "MarkPrice"
) -> str:
    """An issue of core.intents as a sentence with the nearest valid value in it.

    A code that this version does not know is named, so that it can be reported; it never looks like an approval.
    """
    if issue.code == "qty_above_size" and issue.field in _PARTS and issue.details.get("held"):
        words = _PART_ABOVE_REST
    elif issue.code in _SIDED_ISSUES:
        words = _SIDED_ISSUES[issue.code][0 if position is None or position.is_long else 1]
    elif issue.code in _ISSUES:
        words = _ISSUES[issue.code]
    else:
        return translate("Issue", "This cannot be sent now ({code}).").format(code=issue.code)
    amounts = {name: value for name, value in issue.details.items() if isinstance(value, Decimal)}
    counts = {name: str(value) for name, value in issue.details.items() if isinstance(value, int)}
    amounts["nearest"] = issue.nearest  # type: ignore[assignment]  # None becomes a dash
    shown = counts | {name: _amount(issue.field, name, value, instrument) for name, value in amounts.items()}
    # Trailing stops follow the last price, whatever the other legs are compared with.
    shown["basis"] = trigger_basis(str(issue.details.get("trigger_by", trigger_by)))
    return translate("Issue", words).format_map(_Dashes(shown))


def code_words(code: str) -> str:
    """The sentence of an issue of which only the code is left; empty when it would need amounts, or is not known."""
    sentence = _ISSUES.get(code, "")
    return "" if "{" in sentence else translate("Issue", sentence)


class _Dashes(dict[str, str]):
    """An amount that an issue does not carry is a dash in its sentence."""

    def __missing__(self, key: str) -> str:
        return text.DASH


def _amount(field: str, name: str, value: Decimal | None, instrument: Instrument | None) -> str:
    if field.endswith("_pct"):
        return text.percent(value)
    if instrument is None or name in {"tick", "step"}:
        return text.number(value)
    if value is None:
        return text.DASH
    return exact(value, instrument.step if field in _QUANTITIES else instrument.tick)


def change_words(watch: LifeWatch, instrument: Instrument | None) -> tuple[str, str]:
    """What changed since a dialog was opened: a claim and its details; empty when nothing did."""
    if not watch.changes:
        return "", ""
    parts = [_one_change(change, instrument) for change in watch.changes]
    is_fill = any(change.field == "size" for change in watch.changes)
    cause = _cause_words(watch.cause, watch.position, instrument) if is_fill else ""
    details = ", ".join(parts) + (f" ({cause})" if cause else "")
    return (
        translate("Change", "The position changed while this was open"),
        translate("Change", "Now {details}. Figures above are updated.").format(details=details),
    )


def _one_change(change: Change, instrument: Instrument | None) -> str:
    def shown(value: Decimal | None) -> str:
        if value is None:
            return translate("Change", "none")
        if change.field == "leverage":
            return text.leverage(value)
        if change.field == "size":
            return counted(value, instrument)
        if change.field == "entry_price":  # an average has more digits than the tick
            return text.number(value)
        return text.price(value, instrument.tick if instrument else None)

    words = translate("Change", _CHANGES[change.field])
    return words.format(before=shown(change.before), after=shown(change.after))


def _cause_words(cause: Execution | None, position: Position | None, instrument: Instrument | None) -> str:
    if cause is None or position is None:
        return ""
    words = (
        translate("Change", "an entry filled {qty} @ {price}")
        if cause.side == position.side
        else translate("Change", "an exit filled {qty} @ {price}")
    )
    return words.format(
        qty=counted(cause.qty, instrument),
        price=text.price(cause.price, instrument.tick if instrument else None),
    )


def gone_words(watch: LifeWatch, instrument: Instrument | None) -> tuple[str, str]:
    """Why a dialog can do nothing any more: a claim and its details."""
    cause = _cause_words(watch.cause, watch.position, instrument)
    happened = translate("Change", "The last thing seen: {cause}.").format(cause=cause) if cause else ""
    if watch.state == GONE or watch.successor is None:
        return translate("Change", "This position is no longer open."), happened
    other = watch.successor
    details = translate("Change", "A new one is open now: {side} {size}. Open its own dialog to act on it.").format(
        side=text.side_name(other.side), size=counted(other.size, instrument)
    )
    return translate("Change", "This position is no longer open."), f"{happened} {details}".strip()


def refusal_words(error: AppError, position: Position | None, instrument: Instrument | None) -> tuple[str, str]:
    """Why nothing was sent: a claim of ours, and the reason."""
    return translate("Refusal", "It was not sent."), trouble_words(error, position, instrument)


def trouble_words(error: AppError, position: Position | None, instrument: Instrument | None) -> str:
    """The reason: what the check found, or what stood in the way."""
    if isinstance(error, BadValue):
        field, nearest = str(error.details.get("field", "")), error.details.get("nearest")
        issue = Issue(
            field=field,
            code=error.code,
            nearest=nearest if isinstance(nearest, Decimal) else None,
            details=error.details,
        )
        return issue_words(issue, position, instrument)
    return error_words.error(error)


def visible(foreign: str, most: int = 500) -> str:
    """Text from a network, cut and without characters that hide, reorder or break a line."""
    kept = "".join(" " if unicodedata.category(char) in _HIDDEN else char for char in foreign[:most])
    return " ".join(kept.split())


def nearest_choice(issue: Issue, instrument: Instrument) -> list[tuple[str, object]]:
    """The nearest valid value of an issue, as a button."""
    if issue.nearest is None or issue.nearest <= 0:
        return []
    shown = _amount(issue.field, "nearest", issue.nearest, instrument)
    return [(translate("Issue", "Use {value}").format(value=shown), issue.nearest)]


def qty_unit(instrument: Instrument) -> str:
    """What quantities are counted in: coins (linear) or dollars' worth of contracts (inverse)."""
    coin = instrument.quote_coin if instrument.category == INVERSE else instrument.base_coin
    return text.literal(coin, _LONGEST_UNIT)


def exact(value: Decimal, increment: Decimal) -> str:
    """All digits of an amount, at least as many decimals as its increment has: a claim about what will be sent."""
    return text.number(value, decimals_for(value, increment))


def counted(value: Decimal | None, instrument: Instrument | None) -> str:
    """A quantity in full, also while the desk hides sizes: a dialog says what it is about."""
    return text.DASH if value is None else text.number(value) if instrument is None else exact(value, instrument.step)


def decimals_for(value: Decimal | None, increment: Decimal) -> int:
    """The increment's decimals, or more where the value needs them: a mistake must not be rounded out of sight."""
    return max(text.decimals_of(increment), text.decimals_of(value) if value is not None else 0)


def compact(value: Decimal) -> str:
    """A rough quantity in few letters: 950, 1.2k, 3.4M. Cut, never rounded up."""
    for size, suffix in ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k")):
        if value >= size:
            return f"{to_increment(value / size, _TENTH):f}{suffix}"
    return text.number(to_increment(value, _TENTH))
