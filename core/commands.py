"""What became of each command: one state machine per intent, moved only by answers and by the exchange's evidence."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from core.intents import CancelOrder, ClosePosition, Intent, SetTradingStop, kind_of
from core.model import CLOSED_ORDER_STATUSES, Command, Order, Position
from core.money import ZERO

KEPT = 200


class CommandLog:
    """Commands by id, newest last. ``done`` and ``refused`` never change; ``no_trace`` gives way to late evidence."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}
        self._intents: dict[str, Intent] = {}
        self.order_ids: dict[str, str] = {}
        self.resumed: set[str] = set()

    def start(self, command_id: str, intent: Intent, created_ms: int, order_link_id: str | None) -> Command:
        """Enter a new command in state ``sending``."""
        command = Command(
            command_id=command_id,
            kind=kind_of(intent),
            key=intent.key,
            state="sending",
            created_ms=created_ms,
            order_link_id=order_link_id,
            qty=intent.qty if isinstance(intent, ClosePosition) else None,
        )
        self._commands[command_id] = command
        self._intents[command_id] = intent
        self._forget_old()
        return command

    def restore(self, command: Command, intent: Intent | None) -> None:
        """Take over an open command of an earlier run, as unknown; without a readable intent its ids must do."""
        unknown = replace(command, state="unknown", detail="restarted")
        self._commands[command.command_id] = unknown
        if intent is not None:
            self._intents[command.command_id] = intent
        if isinstance(intent, CancelOrder):
            self.order_ids[command.command_id] = intent.order_id
        self.resumed.add(command.command_id)

    @property
    def is_resuming(self) -> bool:
        """Whether a command of an earlier run still has no verdict: until then nothing new may be sent."""
        return any(self._commands[name].is_open for name in self.resumed if name in self._commands)

    def move(self, command_id: str, state: str, ret_code: int | None = None, detail: str = "") -> Command | None:
        """Move an open command; None when it is unknown or already at its verdict."""
        command = self._commands.get(command_id)
        if command is None or command.state == state:
            return None
        is_late_evidence = command.state == "no_trace" and state in {"done", "refused"}
        if not command.is_open and not is_late_evidence:
            return None
        moved = replace(command, state=state, ret_code=ret_code, detail=detail)
        self._commands[command_id] = moved
        return moved

    def forget(self, command_id: str) -> None:
        """Take back a command that was never sent."""
        self._commands.pop(command_id, None)
        self._intents.pop(command_id, None)

    def intent(self, command_id: str) -> Intent | None:
        """What was asked; None for a command of an earlier run whose intent this version cannot read."""
        return self._intents.get(command_id)

    def get(self, command_id: str) -> Command:
        """The command as it stands."""
        return self._commands[command_id]

    def all(self) -> tuple[Command, ...]:
        """Every command kept, newest first."""
        return tuple(reversed(self._commands.values()))

    def open(self) -> list[Command]:
        """Commands without a verdict, oldest first."""
        return [c for c in self._commands.values() if c.is_open]

    def _watched(self) -> list[Command]:
        """Those that evidence may still move: an order without a trace may yet turn up."""
        return [c for c in self._commands.values() if c.is_open or c.state == "no_trace"]

    def on_order(self, order: Order) -> Iterator[Command]:
        """Evidence from an order: a closed status ends the close or cancel that belongs to it."""
        for command in self._watched():
            moved = None
            if command.kind == "close" and command.order_link_id == order.order_link_id:
                moved = self._end_close(command, order)
            elif command.kind == "cancel" and self.order_ids.get(command.command_id) == order.order_id:
                is_closed = order.status in CLOSED_ORDER_STATUSES
                moved = self.move(command.command_id, "done", detail=order.status) if is_closed else None
            if moved:
                yield moved

    def _end_close(self, command: Command, order: Order) -> Command | None:
        """A market close ends with its order; a limit close has done its part once the order rests in the book."""
        intent = self._intents.get(command.command_id)
        rests = isinstance(intent, ClosePosition) and intent.order_type == "Limit" and order.is_open
        if order.status not in CLOSED_ORDER_STATUSES and not rests:
            return None
        if rests or order.filled_qty > 0:
            return self.move(command.command_id, "done", detail=order.status)
        return self.move(command.command_id, "refused", detail=order.reject_reason or order.status)

    def on_position(self, position: Position) -> Iterator[Command]:
        """Evidence from a position row: its stops are as asked, or it is flat and there is nothing left to stop."""
        for command in self._watched():
            if command.kind != "stops" or command.key != position.key:
                continue
            intent = self._intents.get(command.command_id)
            if not isinstance(intent, SetTradingStop):
                continue
            if position.size == 0:
                moved = self.move(command.command_id, "refused", detail="position_gone")
            elif stops_match(intent, position):
                moved = self.move(command.command_id, "done")
            else:
                moved = None
            if moved:
                yield moved

    def _forget_old(self) -> None:
        ended = [c.command_id for c in self._commands.values() if not c.is_open]
        for command_id in ended[: max(0, len(self._commands) - KEPT)]:
            del self._commands[command_id]
            self._intents.pop(command_id, None)
            self.resumed.discard(command_id)
            self.order_ids.pop(command_id, None)


def stops_match(intent: SetTradingStop, position: Position) -> bool:
    """Whether the row shows every value that the intent gave; 0 asked means none held."""

    def as_asked(asked: Decimal | None, held: Decimal | None) -> bool:
        return asked is None or asked == (held or ZERO)

    return (
        as_asked(intent.take_profit, position.take_profit)
        and as_asked(intent.stop_loss, position.stop_loss)
        and as_asked(intent.trailing_stop, position.trailing_stop)
    )
