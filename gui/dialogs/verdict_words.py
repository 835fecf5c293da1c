"""What a dialog says once the verdict of its command is there, in the user's language. No widgets, no decisions."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from core.model import Command, Instrument
from gui import text
from gui.command_words import Said, is_short, unsettled
from gui.dialogs import words
from gui.dialogs.sending import NO_TRACE, OVER, SENDING
from gui.models.commands import CLOSE, DONE, UNSETTLED
from gui.text import translate

_UNSENT: Final = {
    "not_sent": QT_TRANSLATE_NOOP("Verdict", "No connection could be made: nothing was sent. Asking again is safe."),
    "breaker_open": QT_TRANSLATE_NOOP("Verdict", "Bybit does not answer just now: nothing was sent."),
    "too_many_requests": QT_TRANSLATE_NOOP("Verdict", "Bybit's rate limit: nothing was sent. Asking again is safe."),
    "too_many_visits": QT_TRANSLATE_NOOP("Verdict", "Bybit's rate limit: nothing was sent. Asking again is safe."),
    "rate_limited": QT_TRANSLATE_NOOP("Verdict", "Bybit's rate limit: nothing was sent. Asking again is safe."),
    "ip_banned": QT_TRANSLATE_NOOP("Verdict", "Bybit has closed its door for a while: nothing was sent."),
    "region_blocked": QT_TRANSLATE_NOOP("Verdict", "Bybit does not serve this place: nothing was sent."),
    "auth_failed": QT_TRANSLATE_NOOP("Verdict", "Bybit does not accept this key."),
    "no_key": QT_TRANSLATE_NOOP("Verdict", "There is no key to sign with: nothing was sent."),
}

# Core's own words in ``Command.detail`` for a position that was closed by somebody else.
GONE = frozenset({"position_gone", "closed_by_other"})


def about(command: Command, instrument: Instrument | None = None) -> Said:
    """Where a command stands that was not simply accepted."""
    if command.state in UNSETTLED:
        return unsettled(command)
    if command.state == DONE:
        return _done(command, instrument)
    if command.detail == "position_gone":
        # Of stops: a flat row does not tell whether they were set, and fired, before.
        return Said(
            translate("Verdict", "The position is closed; there is nothing left to protect."),
            translate("Verdict", "It was closed by a stop, another program, or Bybit itself."),
            "warning",
        )
    if command.detail in GONE:
        return Said(
            translate("Verdict", "The position is closed; nothing of this was carried out."),
            translate("Verdict", "It was closed by another party: a stop, another program, or Bybit itself."),
            "warning",
        )
    if command.ret_code is None and (reason := unsent(command.detail)):
        return Said(translate("Verdict", "It was not carried out. Nothing was changed."), reason, "down")
    return Said(translate("Verdict", "Bybit refused it. Nothing was changed."), refusal(command), "down")


def _done(command: Command, instrument: Instrument | None) -> Said:
    filled = _filled(command, instrument)
    if command.is_resting:
        where = translate("Verdict", "It is listed under Orders, where it can be cancelled.")
        return Said(translate("Verdict", "The order waits in the order book."), f"{filled} {where}".strip(), "up")
    if is_short(command):
        return Said(translate("Verdict", "Bybit has carried out a part of it."), filled, "warning")
    if command.is_short:
        why = (
            translate("Verdict", "It was closed by another party: a stop, another program, or Bybit itself.")
            if command.detail in GONE
            else translate("Verdict", "It was cancelled.")
        )
        return Said(translate("Verdict", "The order left the order book without a fill."), why, "warning")
    return Said(translate("Verdict", "Bybit has carried it out."), filled, "up")


def unsent(code: str) -> str:
    """Why something did not even reach Bybit's engine; empty when the code is none of ours."""
    if code in _UNSENT:
        return translate("Verdict", _UNSENT[code])
    return words.code_words(code)


def nobody_knows() -> Said:
    """About something that was sent and of which not even the command came back."""
    return Said(
        translate("Verdict", "It is not known whether Bybit carried this out."),
        translate("Verdict", "The desk is finding out. Do not send it again: the row shows what became of it."),
        "warning",
    )


def refusal(command: Command) -> str:
    """Bybit's code and its own words, as a quotation."""
    if command.ret_code is None:
        return words.visible(command.detail)
    shown = translate("Verdict", "Code {code}: {detail}")
    return shown.format(code=command.ret_code, detail=words.visible(command.detail) or text.DASH)


def phase(name: str, *, is_shown: bool = True) -> tuple[str, str]:
    """The status line of a form that is not being edited, and its tone.

    Args:
        is_shown: the fields say what was sent.
    """
    if name == SENDING:
        return translate("Form", "Sending…"), "text"
    if name == NO_TRACE and not is_shown:
        return translate("Form", "Retry sends what was asked for then; the fields show what Bybit holds now"), "warning"
    if name == NO_TRACE:
        return translate("Form", "Retrying sends the same command, never a second one"), "muted"
    if name == OVER:
        return translate("Form", "The verdict is here"), "muted"
    return translate("Form", "Outcome unknown"), "warning"


def _filled(command: Command, instrument: Instrument | None) -> str:
    if command.kind != CLOSE or command.filled_qty is None or command.qty is None:
        return ""
    shown = translate("Verdict", "Closed {filled} of {qty}.")
    filled, qty = words.counted(command.filled_qty, instrument), words.counted(command.qty, instrument)
    return shown.format(filled=filled, qty=qty)


def retry_words(*, hold: bool) -> str:
    """On the button that sends the same command once more."""
    return translate("Verdict", "Hold to retry") if hold else translate("Verdict", "Retry")
