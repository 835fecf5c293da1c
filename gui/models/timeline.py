"""The story of one command, read out of the audit trail: asked, written down, sent, answered, evidence, verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import event_words
from gui.text import translate

if TYPE_CHECKING:
    from core.model import AuditEvent, Command

ASKED, JOURNALLED, SENT, ANSWERED, EVIDENCE, VERDICT = range(6)
_NAMES: Final = (
    QT_TRANSLATE_NOOP("Timeline", "Asked"),
    QT_TRANSLATE_NOOP("Timeline", "Written down"),
    QT_TRANSLATE_NOOP("Timeline", "Sent"),
    QT_TRANSLATE_NOOP("Timeline", "Answered"),
    QT_TRANSLATE_NOOP("Timeline", "Evidence"),
    QT_TRANSLATE_NOOP("Timeline", "Verdict"),
)
_STAGES: Final = {
    "command_asked": ASKED,
    "command_resumed": ASKED,
    "command_journalled": JOURNALLED,
    "command_not_journalled": JOURNALLED,
    "command_sent": SENT,
    "command_retried": SENT,
    "command_answered": ANSWERED,
    "command_accepted": ANSWERED,
    "command_evidence": EVIDENCE,
    "command_hit_other_life": EVIDENCE,
    "command_unknown": ANSWERED,
    "command_no_trace": VERDICT,
    "command_done": VERDICT,
    "command_resting": VERDICT,
    "command_ended": VERDICT,
    "command_refused": VERDICT,
}
_TONES: Final = {
    "command_done": "up",
    "command_resting": "up",
    "command_ended": "warning",
    "command_refused": "down",
    "command_not_journalled": "down",
    "command_unknown": "warning",
    "command_answered/unknown": "warning",
    "command_no_trace": "warning",
    "command_hit_other_life": "warning",
}


_WORDS: Final = {
    "command_asked": QT_TRANSLATE_NOOP("Timeline", "{qty}, {reason}"),
    "command_resumed": QT_TRANSLATE_NOOP("Timeline", "left over from an earlier run"),
    "command_journalled": QT_TRANSLATE_NOOP("Timeline", "on this computer's disk, before anything was sent"),
    "command_not_journalled": QT_TRANSLATE_NOOP("Timeline", "could not be written down ({reason}): nothing was sent"),
    "command_sent": QT_TRANSLATE_NOOP("Timeline", "attempt {attempt}"),
    "command_retried": QT_TRANSLATE_NOOP("Timeline", "asked for once more, under the same id"),
    "command_answered": QT_TRANSLATE_NOOP("Timeline", "{answer}, after {ms} ms"),
    "command_answered/accepted": QT_TRANSLATE_NOOP("Timeline", "accepted after {ms} ms; that is not done yet"),
    "command_answered/unknown": QT_TRANSLATE_NOOP("Timeline", "no clear answer in {ms} ms; Bybit is asked by its id"),
    "command_answered/refused": QT_TRANSLATE_NOOP("Timeline", "refused after {ms} ms"),
    "command_accepted": QT_TRANSLATE_NOOP("Timeline", "accepted; that is not done yet"),
    "command_evidence": QT_TRANSLATE_NOOP("Timeline", "{evidence}, filled {filled}"),
    "command_hit_other_life": QT_TRANSLATE_NOOP("Timeline", "carried out late, on a position opened since: {filled}"),
    "command_unknown": QT_TRANSLATE_NOOP("Timeline", "unknown; Bybit is asked for it by its id"),
    "command_no_trace": QT_TRANSLATE_NOOP("Timeline", "no trace of it after 3 checks; retrying is safe"),
    "command_done": QT_TRANSLATE_NOOP("Timeline", "done"),
    "command_resting": QT_TRANSLATE_NOOP("Timeline", "in the order book; it is listed under Orders"),
    "command_ended": QT_TRANSLATE_NOOP("Timeline", "the order has ended; {filled} of {qty} filled"),
    "command_ended/closed_by_other": QT_TRANSLATE_NOOP(
        "Timeline", "the position was closed by another party; {filled} of {qty} filled"
    ),
    "command_refused": QT_TRANSLATE_NOOP("Timeline", "refused; nothing was changed"),
    "command_refused/closed_by_other": QT_TRANSLATE_NOOP(
        "Timeline", "the position was closed by another party; nothing of this was carried out"
    ),
    "command_refused/position_gone": QT_TRANSLATE_NOOP(
        "Timeline", "the position is closed; there is nothing left to protect"
    ),
}


# An answer says as much; without one (an earlier run) these speak for themselves.
_SAID_BY_ANSWER: Final = frozenset({"command_accepted", "command_unknown"})


class Step(NamedTuple):
    """One step. ``ts_ms`` is None while it has not happened; ``after_ms`` counts from the first step."""

    number: int
    name: str
    ts_ms: int | None
    after_ms: int | None
    words: str
    tone: str


def command_of(line: AuditEvent) -> str:
    """The command that a line of the trail is about; empty when it is about none."""
    return str(line.details.get("command_id", ""))


def story(events: Iterable[AuditEvent], command_id: str, command: Command | None) -> tuple[Step, ...]:
    """The steps in the order in which they happened, and those that are still to come.

    Args:
        events: newest first, as in a snapshot; a step that is no longer among them is missing.
        command: as it stands now; None when it is not kept any more.
    """
    lines = [line for line in events if line.code in _STAGES and command_of(line) == command_id]
    if any(line.code == "command_answered" for line in lines):
        lines = [line for line in lines if line.code not in _SAID_BY_ANSWER]
    lines.reverse()
    began = lines[0].ts_ms if lines else 0
    steps = [
        Step(
            number,
            translate("Timeline", _NAMES[_STAGES[line.code]]),
            line.ts_ms,
            line.ts_ms - began,
            event_words.filled(translate("Timeline", _sentence(line)), line),
            _TONES.get(_variant(line), _TONES.get(line.code, "text")),
        )
        for number, line in enumerate(lines)
    ]
    reached = max((_STAGES[line.code] for line in lines), default=-1)
    if command is not None and command.is_open:
        reached = min(reached, EVIDENCE - 1 if command.state != "sending" else SENT)
        steps += [_awaited(len(steps) + stage, stage) for stage in range(reached + 1, VERDICT + 1)]
    return tuple(steps)


def _variant(line: AuditEvent) -> str:
    return f"{line.code}/{line.details.get('answer') or line.details.get('detail', '')}"


def _sentence(line: AuditEvent) -> str:
    return _WORDS.get(_variant(line), _WORDS[line.code])


def _awaited(number: int, stage: int) -> Step:
    return Step(number, translate("Timeline", _NAMES[stage]), None, None, translate("Timeline", "not yet"), "muted")
