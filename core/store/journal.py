"""The journal of intents: one row per intent, its states as rows of their own. Written before a byte is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from core.errors import BadValue
from core.intents import Intent, may_turn_up
from core.model import Command
from core.store.prepared import Prepared
from core.store.records import JournalledIntent, attempts_of, intent_row, is_final, journalled, state_row
from core.store.tables import INTENT_STATES, intent_states, intents, open_intents

# What these states end is looked up no more. ``no_trace`` is no end: a late execution may contradict it, and the
# operator may send the same id again; so it stays at hand as well.
TERMINAL_STATES = frozenset({"done", "refused"})
# Among so many of the newest intents are all that were refused in the last minute.
NEWEST = 50

_INTENT = intents.c.intent_id == bindparam("intent_id")
_INSERT = Prepared(insert(intents))
_INSERT_STATE = Prepared(insert(intent_states))
_INSERT_OPEN = Prepared(insert(open_intents))
_DELETE_OPEN = Prepared(delete(open_intents).where(open_intents.c.intent_id == bindparam("intent_id")))
_TAKEN = Prepared(select(intents.c.row_id).where(_INTENT | (intents.c.order_link_id == bindparam("order_link_id"))))
_ONE = Prepared(select(intents).where(_INTENT))
_OPEN = Prepared(
    select(intents).where(intents.c.intent_id.in_(select(open_intents.c.intent_id))).order_by(intents.c.row_id)
)
_NEWEST = Prepared(
    select(intents).where(intents.c.row_id > select(func.max(intents.c.row_id)).scalar_subquery() - bindparam("most"))
)
_LAST_STATE = Prepared(
    select(intent_states)
    .where(intent_states.c.intent_id == bindparam("intent_id"))
    .order_by(intent_states.c.row_id.desc())
)


def add(connection: Connection, command: Command, intent: Intent) -> None:
    """Enter an intent, in state ``sending`` unless its command says otherwise.

    Raises:
        BadValue: an intent with that id, or that order_link_id, is in the journal already.
    """
    row = intent_row(command, intent)
    if _TAKEN.first(connection, row):
        raise BadValue("intent_known", field="intent_id", value=command.command_id)
    _INSERT.run(connection, row)
    _INSERT_OPEN.run(connection, row)
    _INSERT_STATE.run(connection, {**state_row(command), "at_ms": command.created_ms})


def note(connection: Connection, command: Command, at_ms: int) -> bool:
    """Note a command as it is now. The same again changes nothing, nor does a state of before it was sent again.

    Returns:
        Whether a row was added.
    Raises:
        BadValue: the intent was never journalled, or it is final and this is another state.
    """
    last = _LAST_STATE.first(connection, {"intent_id": command.command_id})
    if last is None:
        raise BadValue("intent_unknown", field="intent_id", value=command.command_id)
    row = state_row(command)
    if row["command"] == last["command"] or command.attempts < attempts_of(last):
        return False
    before, now = last["state"], command.state
    if now not in INTENT_STATES or (now != before and is_final(last)):
        raise BadValue("intent_transition", field="state", value=now, before=before)
    _INSERT_STATE.run(connection, {**row, "at_ms": at_ms})
    if now in TERMINAL_STATES:
        _DELETE_OPEN.run(connection, row)
    elif before in TERMINAL_STATES:
        _INSERT_OPEN.run(connection, row)
    return True


def open_ones(connection: Connection, now_ms: int | None = None) -> list[JournalledIntent]:
    """Every intent without a verdict, oldest first, each with its latest state.

    Args:
        now_ms: also those that may still turn up at that time, without a trace or refused as they are.
    """
    rows = {row["row_id"]: row for row in _OPEN.all(connection, {})}
    if now_ms is not None:
        rows |= {row["row_id"]: row for row in _NEWEST.all(connection, {"most": NEWEST})}
    found = [_with_state(connection, row) for _, row in sorted(rows.items())]
    return [
        known for known in found if known.command.is_open or (now_ms is not None and may_turn_up(known.command, now_ms))
    ]


def one(connection: Connection, intent_id: str) -> JournalledIntent | None:
    """An intent with its latest state, open or not."""
    row = _ONE.first(connection, {"intent_id": intent_id})
    return _with_state(connection, row) if row else None


def _with_state(connection: Connection, row: dict[str, Any]) -> JournalledIntent:
    """An intent of its row. One carried over from a damaged file may have lost its states."""
    lost = {"state": "unknown", "ret_code": None, "detail": "states_lost", "command": None}
    return journalled(row, _LAST_STATE.first(connection, row) or lost)
