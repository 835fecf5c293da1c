"""The journal of intents: one row per intent, its states as rows of their own. Written before a byte is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from core.errors import BadValue
from core.intents import Intent
from core.model import Command
from core.store.prepared import Prepared
from core.store.records import JournalledIntent, intent_row, journalled, legal_text
from core.store.tables import INTENT_STATES, intent_states, intents, open_intents

OPEN_STATES = frozenset({"sending", "accepted", "unknown"})
# What ``no_trace`` says may be contradicted by a late execution, or retried under the same id; the others are final.
TERMINAL_STATES = frozenset({"done", "refused"})

_INTENT = intents.c.intent_id == bindparam("intent_id")
_STATE = select(intent_states.c.state, intent_states.c.ret_code, intent_states.c.detail)

_INSERT = Prepared(insert(intents))
_INSERT_STATE = Prepared(insert(intent_states))
_INSERT_OPEN = Prepared(insert(open_intents))
_DELETE_OPEN = Prepared(delete(open_intents).where(open_intents.c.intent_id == bindparam("intent_id")))
_TAKEN = Prepared(select(intents.c.row_id).where(_INTENT | (intents.c.order_link_id == bindparam("order_link_id"))))
_ONE = Prepared(select(intents).where(_INTENT))
_OPEN = Prepared(
    select(intents).where(intents.c.intent_id.in_(select(open_intents.c.intent_id))).order_by(intents.c.row_id)
)
_LAST_STATE = Prepared(
    _STATE.where(intent_states.c.intent_id == bindparam("intent_id")).order_by(intent_states.c.row_id.desc())
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
    _add_state(connection, command, command.created_ms)


def note(connection: Connection, command: Command, at_ms: int) -> bool:
    """Note a command's present state. The same again changes nothing.

    Returns:
        Whether a row was added.
    Raises:
        BadValue: the intent was never journalled, or it has its final state and this is another one.
    """
    last = _LAST_STATE.first(connection, {"intent_id": command.command_id})
    if last is None:
        raise BadValue("intent_unknown", field="intent_id", value=command.command_id)
    if last == _state_of(command):
        return False
    if last["state"] in TERMINAL_STATES or command.state not in INTENT_STATES:
        raise BadValue("intent_transition", field="state", value=command.state, before=last["state"])
    _add_state(connection, command, at_ms)
    was_open, is_open = last["state"] in OPEN_STATES, command.state in OPEN_STATES
    if was_open != is_open:
        (_INSERT_OPEN if is_open else _DELETE_OPEN).run(connection, {"intent_id": command.command_id})
    return True


def open_ones(connection: Connection) -> list[JournalledIntent]:
    """Every intent without a verdict, oldest first, each with its latest state."""
    return [_with_state(connection, row) for row in _OPEN.all(connection, {})]


def one(connection: Connection, intent_id: str) -> JournalledIntent | None:
    """An intent with its latest state, open or not."""
    row = _ONE.first(connection, {"intent_id": intent_id})
    return _with_state(connection, row) if row else None


def _state_of(command: Command) -> dict[str, Any]:
    return {"state": command.state, "ret_code": command.ret_code, "detail": legal_text(command.detail)}


def _add_state(connection: Connection, command: Command, at_ms: int) -> None:
    _INSERT_STATE.run(connection, {"intent_id": command.command_id, "at_ms": at_ms, **_state_of(command)})


def _with_state(connection: Connection, row: dict[str, Any]) -> JournalledIntent:
    """An intent of its row. One carried over from a damaged file may have lost its states."""
    lost = {"state": "unknown", "ret_code": None, "detail": "states_lost"}
    return journalled(row, _LAST_STATE.first(connection, row) or lost)
