"""Whether an intent still means what its author saw: the same position life, and nothing else acting on it. Pure."""

from __future__ import annotations

from core.executions import leg_of, signed_qty
from core.intents.issues import Issue
from core.intents.records import AmendOrder, CancelOrder, ClosePosition, Intent, SetTradingStop, kind_of
from core.model import Command, Execution, Instrument, Order, Position, PositionKey, Snapshot

# A close that was sent and left no trace may still be carried out: until that is settled, only its own id may be used.
_PENDING = frozenset({"sending", "accepted", "unknown"})


def check_binding(
    intent: ClosePosition | SetTradingStop,
    position: Position | None,
    instrument: Instrument | None,
    snapshot: Snapshot,
) -> tuple[Issue, ...]:
    """Whether the position is still the one that the operator saw, and no other command of the kind is on its way."""
    if position is None:
        return (Issue(field="", code="position_gone"),)
    if (intent.side and intent.side != position.side) or (intent.life_id and intent.life_id != position.life_id):
        return (Issue(field="", code="position_changed", details={"side": position.side, "size": position.size}),)
    if not is_proven(intent, position, snapshot):
        return (Issue(field="", code="position_unproven", details={"side": position.side, "size": position.size}),)
    return (*check_instrument(instrument), *check_free(intent, snapshot))


def is_proven(intent: ClosePosition | SetTradingStop, position: Position, snapshot: Snapshot) -> bool:
    """Whether the life is known up to the row that would be acted on.

    A row whose sequence is newer than what the operator saw may belong to a position that was closed and reopened in
    between; its life is only known once the execution of that sequence has arrived.
    """
    if not intent.life_id or intent.seq_seen < 0 or position.seq <= intent.seq_seen:
        return True
    return any(e.seq >= position.seq and _changed(e, position) for e in snapshot.executions)


def _changed(execution: Execution, position: Position) -> bool:
    """Whether it is a fill of the position's own leg: payments and the other leg say nothing about its life."""
    if (execution.category, execution.symbol) != (position.category, position.symbol) or not signed_qty(execution):
        return False
    return leg_of(execution, is_hedge=position.position_idx != 0) == position.position_idx


def check_instrument(instrument: Instrument | None) -> tuple[Issue, ...]:
    """Whether the contract's limits are known and it trades."""
    if instrument is None:
        return (Issue(field="", code="no_instrument"),)
    if instrument.status != "Trading":
        return (Issue(field="", code="not_trading", details={"status": instrument.status}),)
    return ()


def check_free(intent: Intent, snapshot: Snapshot) -> tuple[Issue, ...]:
    """Whether no command of the same kind on the same thing is without its verdict."""
    is_open = any(c.state in _PENDING and is_same(c, intent) for c in snapshot.commands)
    return (Issue(field="", code="command_open"),) if is_open else ()


def is_same(command: Command, intent: Intent) -> bool:
    """Whether a command is of the intent's kind and acts on the same thing."""
    if command.kind != kind_of(intent) or command.key[:2] != intent.key[:2]:
        return False
    if isinstance(intent, CancelOrder | AmendOrder):
        return command.order_id == intent.order_id
    return command.kind == "leverage" or command.key == intent.key


def find_order(key: PositionKey, order_id: str, snapshot: Snapshot) -> Order | None:
    """The open order meant, whichever leg it belongs to."""
    wanted = (key.category, key.symbol, order_id)
    return next((o for o in snapshot.orders if (o.category, o.symbol, o.order_id) == wanted), None)
