"""What a row or a dialog needs to know about commands: the newest of a kind, what it left open, who must act.

Pure look-ups in a snapshot; the states themselves are core's. A command belongs to one position life: what happened to
an earlier position under the same symbol says nothing about this one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.model import Command, Position, PositionKey, Snapshot

# How long a row goes on offering to close what a close left open.
OFFERED_MS: Final = 600_000
CLOSE, STOPS, CANCEL = "close", "stops", "cancel"
UNKNOWN, NO_TRACE, DONE, REFUSED = "unknown", "no_trace", "done", "refused"
UNSETTLED: Final = frozenset({UNKNOWN, NO_TRACE})


def by_id(snapshot: Snapshot, command_id: str) -> Command | None:
    """The command as it stands; None when it is not kept any more."""
    return next((command for command in snapshot.commands if command.command_id == command_id), None)


def newest(snapshot: Snapshot, position: Position, kind: str) -> Command | None:
    """The newest command of a kind on this life of the position."""
    lives = {position.life_id, ""} if position.life_id else None
    return next(
        (
            command
            for command in snapshot.commands
            if command.kind == kind and command.key == position.key and (lives is None or command.life_id in lives)
        ),
        None,
    )


def unsettled(snapshot: Snapshot, position: Position, kind: str) -> Command | None:
    """The newest command of the kind if nobody knows what became of it: unknown, or without a trace."""
    command = newest(snapshot, position, kind)
    return command if command is not None and command.state in UNSETTLED else None


def remainder(snapshot: Snapshot, position: Position) -> Decimal | None:
    """What the newest close of this life was asked to close and did not, as far as it is still open.

    A limit order that still waits in the book leaves nothing behind; neither does a close that filled nothing.
    """
    command = newest(snapshot, position, CLOSE)
    if command is None or command.state != DONE or not command.qty or not command.filled_qty:
        return None
    is_old = snapshot.as_of_ms - command.created_ms > OFFERED_MS
    if command.filled_qty >= command.qty or is_old or _still_waits(snapshot, command):
        return None
    return min(command.qty - command.filled_qty, position.size)


def _still_waits(snapshot: Snapshot, command: Command) -> bool:
    return any(order.order_link_id == command.order_link_id for order in snapshot.orders)


def in_flight(snapshot: Snapshot) -> tuple[Command, ...]:
    """Commands without a verdict, newest first."""
    return tuple(command for command in snapshot.commands if command.is_open)


def position_of(snapshot: Snapshot, key: PositionKey) -> Position | None:
    """The open position under a key."""
    return next((position for position in snapshot.positions if position.key == key), None)
