"""Commands in words: what was asked, where it stands, what may be done about it. No widgets, no decisions.

Nothing here ever says "failed": what is not known is called unknown, and what was not found is called without a trace.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import text, words
from gui.models.commands import CANCEL, CLOSE, DONE, NO_TRACE, REFUSED, STOPS, UNKNOWN
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Command


class Said(NamedTuple):
    """A claim, what explains it, and the tone of both."""

    claim: str
    details: str
    tone: str


# The words for an order are those of RELIABILITY 1.4; a stop has no order id of its own.
_UNTRACED: Final = {
    CLOSE: QT_TRANSLATE_NOOP("Command", "No trace of the order after 3 checks. Retrying is safe (same order id)"),
    STOPS: QT_TRANSLATE_NOOP("Command", "No trace of these stops after 3 checks. Retrying is safe (looked for first)"),
    CANCEL: QT_TRANSLATE_NOOP("Command", "No trace of the cancelling after 3 checks. Retrying is safe (same order)"),
}
_ANY_UNTRACED: Final = QT_TRANSLATE_NOOP("Command", "No trace of it after 3 checks. Retrying is safe (same id)")

_STATES: Final = {
    "sending": QT_TRANSLATE_NOOP("Command", "sending…"),
    "accepted": QT_TRANSLATE_NOOP("Command", "accepted"),
    UNKNOWN: QT_TRANSLATE_NOOP("Command", "outcome unknown"),
    NO_TRACE: QT_TRANSLATE_NOOP("Command", "no trace"),
    DONE: QT_TRANSLATE_NOOP("Command", "done"),
    REFUSED: QT_TRANSLATE_NOOP("Command", "refused"),
}
_NEXT: Final = {
    "accepted": QT_TRANSLATE_NOOP("Command", "waiting for Bybit's evidence"),
    UNKNOWN: QT_TRANSLATE_NOOP("Command", "asking Bybit by its id"),
    NO_TRACE: QT_TRANSLATE_NOOP("Command", "retrying is safe"),
    REFUSED: QT_TRANSLATE_NOOP("Command", "nothing was changed"),
}
_TONES: Final = {UNKNOWN: "warning", NO_TRACE: "warning", DONE: "up", REFUSED: "down"}


def state(command: Command) -> Said:
    """Where it stands and what comes next, in a few words."""
    shown = translate("Command", _STATES[command.state]) if command.state in _STATES else command.state
    details = translate("Command", _NEXT[command.state]) if command.state in _NEXT else ""
    if command.is_resting:
        return Said(
            translate("Command", "resting"), translate("Command", "in the order book, listed under Orders"), "up"
        )
    if is_short(command):
        return Said(translate("Command", "done in part"), details, "warning")
    if command.is_short:
        return Said(translate("Command", "ended"), translate("Command", "nothing was filled"), "warning")
    return Said(shown, details, _TONES.get(command.state, "muted"))


def is_short(command: Command) -> bool:
    """A close that has ended and filled a part of what it asked for."""
    return command.is_short and command.kind == CLOSE and bool(command.filled_qty)


def title(command: Command, step: Decimal | None = None) -> str:
    """What was asked for: ``Close position 10.0``."""
    kind = words.command_kind(command.kind)
    return kind if command.qty is None else f"{kind} {text.quantity(command.qty, step)}"


def unsettled(command: Command) -> Said:
    """About a command of which nobody knows what became of it."""
    if command.state == NO_TRACE:
        details = translate("Command", "Should it turn up later after all, the desk shows it; it counts as this one.")
        return Said(translate("Command", _UNTRACED.get(command.kind, _ANY_UNTRACED)), details, "warning")
    return Said(
        translate("Command", "It is not known whether Bybit carried this out."),
        translate("Command", "The desk is finding out. Do not send it again: the row shows what became of it."),
        "warning",
    )


def left_open(command: Command, rest: Decimal, step: Decimal | None) -> str:
    """On the row of a position whose close filled only in part; its Close button begins with the rest."""
    return translate("Command", "Closed {filled} of {qty} · close remaining {rest}").format(
        filled=text.quantity(command.filled_qty, step),
        qty=text.quantity(command.qty, step),
        rest=text.quantity(rest, step),
    )
