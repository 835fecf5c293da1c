"""What dialogs about several positions or orders say, in the user's language. No widgets, no decisions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from core.model import Instrument, Order, Position
from gui import command_words, text
from gui import words as gui_words
from gui.dialogs import verdict_words, words
from gui.dialogs.batch_run import NOT_SENT, QUEUED, SENDING, STOPPED, BatchRun, Job
from gui.dialogs.plan import PlanRow, Progress
from gui.models import commands
from gui.text import translate

_PHASES: Final = {
    QUEUED: QT_TRANSLATE_NOOP("Batch", "waits its turn"),
    SENDING: QT_TRANSLATE_NOOP("Batch", "sending…"),
    NOT_SENT: QT_TRANSLATE_NOOP("Batch", "not sent"),
    STOPPED: QT_TRANSLATE_NOOP("Batch", "not sent: stopped"),
}
_MOST_NAMED: Final = 4


def progress(job: Job, row: PlanRow) -> Progress:
    """How far a job has come."""
    if job.command is None or job.phase == SENDING:
        tone = {NOT_SENT: "down", STOPPED: "warning"}.get(job.phase, "muted")
        why = words.trouble_words(job.trouble, row.position, row.instrument) if job.trouble else ""
        return Progress(translate("Batch", _PHASES[job.phase]), tone, why)
    shown, details, tone = command_words.state(job.command)
    if job.trouble is not None:
        details = words.trouble_words(job.trouble, row.position, row.instrument)
    elif job.is_over:
        details = verdict_words.about(job.command, row.instrument).details
    return Progress(shown, tone, details, job.may_retry)


def troubles(jobs: Sequence[Job], names: Mapping[Hashable, str]) -> tuple[str, str]:
    """A sentence for each row that did not simply go its way, as there is no room for one in the row."""
    lines = []
    for job in jobs:
        command = job.command
        if command is None or command.state not in {commands.NO_TRACE, commands.UNKNOWN, commands.REFUSED}:
            continue
        said = verdict_words.about(command)
        name, details = names[PlanRow(intent=job.intent).key], said.details if job.is_over else ""
        lines.append(f"{name}: {said.claim} {details}".rstrip())
    more = [translate("Batch", "and {n} more").format(n=len(lines) - _MOST_NAMED)] if len(lines) > _MOST_NAMED else []
    return "\n".join([*lines[:_MOST_NAMED], *more]), ""


def before(row: PlanRow, halted: str) -> Progress:
    """Why a row will not be sent; or, of one that will be, why the exchange took nothing on its contract just now."""
    if row.issue is None:
        return Progress(halted, "warning") if halted else Progress()
    why = words.issue_words(row.issue, row.position, row.instrument)
    return Progress(translate("Batch", "left out"), "warning", why)


def status(run: BatchRun) -> tuple[str, str]:
    """``4 of 6 done · 1 waiting · 1 refused``, and its tone."""
    done, refused = run.count(commands.DONE), run.count(commands.REFUSED, NOT_SENT)
    unknown, stopped = run.count(*commands.UNSETTLED), run.count(STOPPED)
    waiting = len(run.jobs) - done - refused - unknown - stopped
    parts = [translate("Batch", "{done} of {all} done").format(done=done, all=len(run.jobs))]
    for count, shown in (
        (waiting, translate("Batch", "{n} on the way")),
        (unknown, translate("Batch", "{n} unknown")),
        (refused, translate("Batch", "{n} refused")),
        (stopped, translate("Batch", "{n} stopped")),
    ):
        if count:
            parts.append(shown.format(n=count))
    tone = "warning" if refused or unknown or stopped else "up" if done == len(run.jobs) else "text"
    return " · ".join(parts), tone


def changes(
    before: Mapping[Hashable, tuple[object, ...]],
    after: Mapping[Hashable, tuple[object, ...]],
    names: Mapping[Hashable, str],
) -> str:
    """What a list says now that it did not say when the dialog was opened; empty when nothing changed."""
    new = [translate("Batch", "{name} is new").format(name=names[key]) for key in after if key not in before]
    gone = [translate("Batch", "{name} is gone").format(name=names[key]) for key in before if key not in after]
    both = [key for key in after if key in before and before[key] != after[key]]
    parts = new + gone + [_change(names[key], before[key], after[key]) for key in both]
    if len(parts) > _MOST_NAMED:
        more = translate("Batch", "and {n} more").format(n=len(parts) - _MOST_NAMED)
        parts = [*parts[:_MOST_NAMED], more]
    return ", ".join(parts)


def _change(name: str, before: tuple[object, ...], after: tuple[object, ...]) -> str:
    """The first amount that differs, or only that something does."""
    for old, now in zip(before, after, strict=True):
        if old != now and isinstance(old, Decimal) and isinstance(now, Decimal):
            shown = translate("Batch", "{name} is now {now}, was {before}")
            return shown.format(name=name, now=text.number(now), before=text.number(old))
    return translate("Batch", "{name} changed").format(name=name)


def position_name(position: Position) -> str:
    """``SOLUSDT Long``."""
    return f"{position.symbol} {text.side_name(position.side)}"


def order_name(order: Order, instrument: Instrument | None) -> str:
    """``SOLUSDT Stop loss 104.00``."""
    return f"{order.symbol} {order_words(order, instrument)}"


def order_words(order: Order, instrument: Instrument | None) -> str:
    """``Stop loss 104.00``."""
    price = order.trigger_price if order.trigger_price is not None else order.price
    kind = gui_words.order_kind(order.order_type, order.stop_order_type)
    return f"{kind} {text.price(price, instrument.tick if instrument else None)}"


def unprotected(names: Sequence[str]) -> tuple[str, str]:
    """A warning that positions would lose their last stop loss."""
    if not names:
        return "", ""
    shown = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
    return (
        translate("Batch", "This removes the last stop loss of {names}.").format(names=shown),
        translate("Batch", "What is open stays open, without protection."),
    )
