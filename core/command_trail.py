"""A command's story as lines of the audit trail: what is said of it when it moves. Pure.

asked → journalled → sent → answered → evidence → verdict. The first four are told by core.actions as they happen; each
line carries ``command_id``, so that they can be read together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from core.model import Command

_WARNINGS = frozenset({"command_refused", "command_unknown", "command_no_trace", "command_ended"})


# Why a command ended that was never begun, or begun again: whoever asked for it left while it was written down.
LEFT = "cancelled"


class Line(NamedTuple):
    """One line to be: its code, how grave it is, and what fills its words."""

    code: str
    severity: str
    details: Mapping[str, Any]


def identity_of(command: Command) -> dict[str, Any]:
    """What tells a command from others, in every line about it."""
    return {"command_id": command.command_id, "kind": command.kind, "qty": command.qty}


def lines_of(command: Command) -> Iterator[Line]:
    """What is to be said of a command's present state; nothing while it is sent, or if it did not come to that."""
    if command.state == "sending" or command.detail == LEFT:
        return
    identity = identity_of(command)
    if command.evidence:
        yield Line("command_evidence", "info", {**identity, "evidence": command.evidence, "filled": command.filled_qty})
    details = {
        **identity, "ret_code": command.ret_code, "detail": command.detail, "evidence": command.evidence,
        "filled": command.filled_qty,
    }  # fmt: skip
    code = _code_of(command)
    yield Line(code, "warning" if code in _WARNINGS else "info", details)


def _code_of(command: Command) -> str:
    """A limit order that is placed waits in the book, and may end there; everything else is named by its state."""
    if command.is_resting:
        return "command_resting"
    return "command_ended" if command.is_short else f"command_{command.state}"
