"""What became of each command: one state machine per intent, moved only by answers and by the exchange's evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from core.intents import (
    LIMIT,
    PARTIAL,
    AmendOrder,
    CancelOrder,
    ClosePosition,
    Intent,
    OpenPosition,
    SetTradingStop,
    asks_the_same,
    is_repeated,
    kind_of,
    may_leave,
    may_turn_up,
)
from core.model import CLOSED_ORDER_STATUSES, Command, Execution, Order, Position, PositionKey
from core.money import ZERO
from core.verdicts import (
    Verdict,
    full_legs,
    is_reduced,
    leg_shown,
    legs_of,
    of_executions,
    of_named_order,
    of_placed_order,
    of_position,
    trigger_shown,
)

KEPT = 200
# Bybit's clock and ours may differ by this much after correction: what is older was not made by the command.
CLOCK_TOLERANCE_MS = 5_000

_MAKES_ORDER = frozenset({"close", "open"})
_NAMES_ORDER = frozenset({"cancel", "amend"})
_VERDICTS = frozenset({"done", "refused"})


class _Proof:
    """What is known of one command besides its state."""

    def __init__(self, since_ms: int, known_orders: frozenset[str]) -> None:
        self.since_ms = since_ms
        self.known_orders = known_orders
        self.executions: dict[str, Decimal] = {}
        self.legs: set[str] = set()
        # Stop orders that must be seen as asked: position rows show neither triggers nor what arms a trailing stop.
        self.triggers: set[str] = set()
        self.ended_order: Order | None = None
        # Only a quantity above the contract's largest order is split: then no one order tells how much was closed.
        self.may_split = True
        # What the trailing stop waited for that the command was to change.
        self.waited_for: Decimal | None = None
        # A copy of the request went out and nobody knows for certain that it was refused.
        self.was_lost = False


class CommandLog:
    """Commands by id, newest last. What is final never changes; ``no_trace``, and the refusal of one copy of a request,
    give way to late evidence.

    ``begun``: how often a command was begun or begun again.
    """

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}
        self._intents: dict[str, Intent] = {}
        self._proofs: dict[str, _Proof] = {}
        self._resumed: set[str] = set()
        self._begun: dict[str, int] = {}
        self.begun = 0
        self.revision = 0

    # ---- their life -------------------------------------------------------------------------------------------------

    def start(
        self,
        command_id: str,
        intent: Intent,
        created_ms: int,
        order_link_id: str | None,
        *,
        life_id: str = "",
        side: str = "",
        size_before: Decimal | None = None,
        offset_ms: int = 0,
        known_orders: frozenset[str] = frozenset(),
        new_triggers: frozenset[str] = frozenset(),
        may_split: bool = True,
        waited_for: Decimal | None = None,
    ) -> Command:
        """Enter a new command in state ``sending``.

        Args:
            life_id: the position life that it acts on; ``side`` and ``size_before`` are that position's.
            offset_ms: the exchange's clock minus ours.
            known_orders: ids of the orders that were there before it: none of them can be its doing.
            new_triggers: kinds of the position's stop orders of which it changes what only they show.
            may_split: Bybit may make several orders of it, because it asks for more than one may carry.
            waited_for: the activation price of the trailing stop as it stood, if that was not armed yet.
        """
        command = Command(
            command_id=command_id,
            kind=kind_of(intent),
            key=intent.key,
            state="sending",
            created_ms=created_ms,
            order_link_id=order_link_id,
            qty=_qty_of(intent),
            price=_price_of(intent),
            life_id=life_id,
            order_id=_order_id_of(intent),
            size_before=size_before,
            side=side,
            sent_ms=created_ms,
            clock_offset_ms=offset_ms,
        )
        self._put(command)
        self._begin(command_id)
        self._intents[command_id] = intent
        proof = _Proof(created_ms + offset_ms - CLOCK_TOLERANCE_MS, known_orders)
        proof.triggers |= new_triggers
        proof.may_split, proof.waited_for = may_split, waited_for
        self._proofs[command_id] = proof
        self._forget_old(created_ms)
        return command

    def restore(self, command: Command, intent: Intent | None) -> None:
        """Take over a command of an earlier run: an open one as unknown, any other as it is.

        Without a readable intent its ids must do.
        """
        command_id, is_open = command.command_id, command.is_open
        restored = replace(command, state="unknown", detail="restarted") if is_open else command
        if intent is not None:
            self._intents[command_id] = _bound_to(intent, command.life_id)
            restored = replace(
                restored, order_id=command.order_id or _order_id_of(intent), price=command.price or _price_of(intent)
            )
        self._put(restored)
        proof = _Proof(command.created_ms + command.clock_offset_ms - 2 * CLOCK_TOLERANCE_MS, frozenset())
        if isinstance(intent, SetTradingStop) and intent.tpsl_mode != PARTIAL:
            # What the triggers were before is not known any more: each has to be seen.
            proof.triggers |= full_legs(intent).keys()
        proof.was_lost = is_open or command.state == "no_trace"
        self._proofs[command_id] = proof
        if is_open:
            self._resumed.add(command_id)

    @property
    def is_resuming(self) -> bool:
        """Whether a command of an earlier run still has no verdict: until then nothing new may be sent."""
        return any(self._commands[name].is_open for name in self._resumed if name in self._commands)

    def move(self, command_id: str, state: str, ret_code: int | None = None, detail: str = "") -> Command | None:
        """Move an open command by an answer; None when it is unknown or already at its verdict."""
        return self._move(command_id, state, ret_code=ret_code, detail=detail, evidence="")

    def _move(self, command_id: str, state: str, **changes: Any) -> Command | None:
        command = self._commands.get(command_id)
        if command is None or not _may_become(command, state, changes["evidence"]):
            return None
        self._proofs[command_id].was_lost |= state not in _VERDICTS
        return self._put(replace(command, state=state, **changes))

    def _put(self, command: Command) -> Command:
        self._commands[command.command_id] = command
        self.revision += 1
        return command

    def retry(self, command_id: str, now_ms: int, intent: Intent | None = None) -> Command | None:
        """Send one without a trace, or of which a copy was refused, again: the same under its own id.

        Args:
            intent: the author's wish of now; it must ask for the same.
        Returns:
            The command in state ``sending``; None when it is on its way or final.
        """
        command = self._commands.get(command_id)
        if command is None or command.is_open or command.is_final:
            return None
        if intent is not None:
            self._intents[command_id] = intent
        # It had its verdict: from here on it is a command of this run.
        self._resumed.discard(command_id)
        self._begin(command_id)
        # The oldest are forgotten first, and this one is among the newest again.
        del self._commands[command_id]
        verdict = {"ret_code": None, "detail": "", "evidence": ""}
        return self._put(replace(command, state="sending", attempts=command.attempts + 1, sent_ms=now_ms, **verdict))

    def _begin(self, command_id: str) -> None:
        self.begun += 1
        self._begun[command_id] = self.begun

    def note_order_id(self, command_id: str, order_id: str) -> None:
        """Bybit's id of the order that the command made."""
        command = self._commands.get(command_id)
        if command is not None and not command.order_id:
            self._put(replace(command, order_id=order_id))

    def rename_life(self, key: PositionKey, before: str, after: str) -> list[Command]:
        """A life has another name, because it began earlier than was known: what was meant for it still is."""
        meant = [c for c in self._commands.values() if (c.key, c.life_id) == (key, before)]
        for command in meant:
            intent = self._intents.get(command.command_id)
            if intent is not None:
                self._intents[command.command_id] = _bound_to(intent, after)
        return [self._put(replace(command, life_id=after)) for command in meant]

    def forget(self, command_id: str) -> None:
        """Take back a command that was never sent."""
        for held in (self._commands, self._intents, self._proofs, self._begun):
            held.pop(command_id, None)
        self.revision += 1

    # ---- looking up -------------------------------------------------------------------------------------------------

    def intent(self, command_id: str) -> Intent | None:
        """What was asked; None for a command of an earlier run whose intent this version cannot read."""
        return self._intents.get(command_id)

    def reason(self, command_id: str) -> str:
        """Why it was asked for, as its author said."""
        intent = self._intents.get(command_id)
        return intent.reason if intent else ""

    def waited_for(self, command_id: str) -> Decimal | None:
        """The activation price that the trailing stop waited for when the command was asked for."""
        proof = self._proofs.get(command_id)
        return proof.waited_for if proof else None

    def get(self, command_id: str) -> Command:
        """The command as it stands."""
        return self._commands[command_id]

    def find(self, command_id: str) -> Command | None:
        """The command as it stands; None when it is not kept any more."""
        return self._commands.get(command_id)

    def of_link(self, order_link_id: str) -> Command | None:
        """The command that made an order, by our id on it."""
        if not order_link_id:
            return None
        return next((c for c in self._commands.values() if c.order_link_id == order_link_id), None)

    def all(self) -> tuple[Command, ...]:
        """Every command kept, newest first."""
        return tuple(reversed(self._commands.values()))

    def open(self) -> list[Command]:
        """Commands without a verdict, oldest first."""
        return [c for c in self._commands.values() if c.is_open]

    def begun_since(self, begun: int) -> list[Command]:
        """Commands begun, or begun again, since ``begun`` had a value; also those that have their verdict by now."""
        return [self._commands[name] for name, number in self._begun.items() if number > begun]

    def repeated(self, intent: Intent, position: Position | None, now_ms: int) -> Command | None:
        """The command whose id an intent must use, because its order may still be carried out.

        One without a trace that asked for the same on the same position. Else, unless the intent is a way out, any
        without a trace: ``is_the_same`` will refuse it. Else one that asked for the same and was refused just now.
        """
        found = [
            command
            for command in self._commands.values()
            if is_repeated(command, intent, position) and may_turn_up(command, now_ms)
        ]
        untraced = [command for command in found if command.state == "no_trace"]
        same = [command for command in found if self.is_the_same(command.command_id, intent)]
        first = [command for command in same if command in untraced]
        bars = [] if may_leave(intent, position, untraced, now_ms) else untraced
        return next(iter(first + bars + same), None)

    def is_the_same(self, command_id: str, intent: Intent) -> bool:
        """Whether an intent makes the very request of a command; of an unreadable one the quantity must do."""
        former = self._intents.get(command_id)
        if former is None:
            return self._commands[command_id].qty == _qty_of(intent)
        return asks_the_same(former, intent)

    def was_lost(self, command_id: str) -> bool:
        """Whether a copy of the command's request went out that nobody is known to have refused."""
        proof = self._proofs.get(command_id)
        return proof is None or proof.was_lost

    # ---- evidence ---------------------------------------------------------------------------------------------------

    def _watched(self, is_meant: Callable[[Command], bool]) -> list[Command]:
        """Those that evidence may still move: what has no final verdict, and what fills in the order book."""
        return [c for c in self._commands.values() if (not c.is_final or c.is_resting) and is_meant(c)]

    def on_order(self, order: Order, position: Position | None = None) -> Iterator[Command]:
        """Evidence from an order. ``position``: the one under the order's key as held now."""
        for command in self._watched(lambda c: _concerns(c, order)):
            intent = self._intents.get(command.command_id)
            if command.kind in _MAKES_ORDER:
                yield from self._on_placed(command, intent, order, position)
            elif command.kind in _NAMES_ORDER:
                yield from self._settle(command, of_named_order(command, intent, order))
            elif isinstance(intent, SetTradingStop) and intent.tpsl_mode == PARTIAL:
                yield from self._on_leg(command, intent, order)
            elif isinstance(intent, SetTradingStop) and trigger_shown(intent, order):
                yield from self._on_trigger(command, intent, order, position)

    def _on_placed(
        self, command: Command, intent: Intent | None, order: Order, position: Position | None
    ) -> Iterator[Command]:
        self.note_order_id(command.command_id, order.order_id)
        command = self._count_filled(command.command_id, order.filled_qty)
        verdict = of_placed_order(command, intent, order, position)
        if verdict is None and order.status in CLOSED_ORDER_STATUSES:
            self._proofs[command.command_id].ended_order = order
        yield from self._settle(command, verdict, position)

    def _on_leg(self, command: Command, intent: SetTradingStop, order: Order) -> Iterator[Command]:
        """A leg is the command's if it was not there before and looks as asked; all of them must be there."""
        proof = self._proofs[command.command_id]
        kind = leg_shown(intent, order)
        if not kind or order.order_id in proof.known_orders or order.created_ms < proof.since_ms:
            return
        proof.legs.add(kind)
        if proof.legs >= legs_of(intent).keys():
            yield from self._settle(command, Verdict("done", "", "stop orders"))

    def _on_trigger(
        self, command: Command, intent: SetTradingStop, order: Order, position: Position | None
    ) -> Iterator[Command]:
        due = self._proofs[command.command_id].triggers
        if order.stop_order_type not in due:
            return
        due.discard(order.stop_order_type)
        if not due and position is not None:
            yield from self._settle(command, of_position(command, intent, position))

    def on_execution(self, execution: Execution) -> Iterator[Command]:
        """Evidence from an execution under our own id; each is counted once."""
        link_id = execution.order_link_id
        for command in self._watched(lambda c: c.kind in _MAKES_ORDER and bool(link_id) and c.order_link_id == link_id):
            proof = self._proofs[command.command_id]
            proof.executions[execution.exec_id] = execution.qty
            counted = self._count_filled(command.command_id, sum(proof.executions.values(), ZERO))
            intent = self._intents.get(command.command_id)
            yield from self._settle(counted, of_executions(counted, intent, counted.filled_qty or ZERO))

    def on_position(self, position: Position) -> Iterator[Command]:
        """Evidence from a position row, open or flat."""
        for command in self._watched(lambda c: c.key[:2] == position.key[:2]):
            if command.kind != "leverage" and command.key != position.key:
                continue
            order = self._proofs[command.command_id].ended_order
            if order is not None and is_reduced(command, position):
                yield from self._settle(
                    command, Verdict("done", order.status, "order, position", by_position=True), position
                )
            else:
                verdict = of_position(command, self._intents.get(command.command_id), position)
                if verdict is None or verdict.state != "done" or not self.waits_for_orders(command.command_id):
                    yield from self._settle(command, verdict)

    def settle_split(self, command_id: str) -> Command | None:
        """A close whose order ended short of its quantity, its rest waited for long enough: it has done its part."""
        proof, command = self._proofs.get(command_id), self._commands.get(command_id)
        if command is None or proof is None or proof.ended_order is None:
            return None
        return next(self._settle(command, Verdict("done", proof.ended_order.status, "order")), None)

    def has_ended_order(self, command_id: str) -> bool:
        """Whether the order under the command's id ended short of its quantity, so that the position must tell."""
        proof = self._proofs.get(command_id)
        return proof is not None and proof.ended_order is not None

    def setting(self, key: PositionKey, shows: Callable[[SetTradingStop], bool]) -> list[str]:
        """Commands without a final verdict that ask for the stops that the exchange shows now: it is their doing."""
        unsettled = (c.command_id for c in self._commands.values() if c.key == key and not c.is_final)
        asked = ((command_id, self._intents.get(command_id)) for command_id in unsettled)
        return [name for name, intent in asked if isinstance(intent, SetTradingStop) and shows(intent)]

    def waits_for_orders(self, command_id: str) -> bool:
        """Whether stops are set of which only the stop orders can show that they are as asked."""
        proof = self._proofs.get(command_id)
        return proof is not None and bool(proof.triggers)

    def _settle(self, command: Command, verdict: Verdict | None, position: Position | None = None) -> Iterator[Command]:
        if verdict is None:
            return
        if command.is_resting:
            # It has its verdict: it was placed. What becomes of the order is told, and changes nothing about that.
            if verdict.detail != command.detail:
                changes = {"detail": verdict.detail, "evidence": verdict.evidence}
                yield self._put(replace(command, filled_qty=command.filled_qty or ZERO, **changes))
            return
        filled = command.filled_qty
        may_split = self._proofs[command.command_id].may_split
        if verdict.by_position and may_split and command.size_before is not None and command.qty is not None:
            left = position.size if position is not None else ZERO
            filled = max(filled or ZERO, min(command.qty, command.size_before - left))
        moved = self._move(
            command.command_id,
            verdict.state,
            ret_code=None,
            detail=verdict.detail,
            evidence=verdict.evidence,
            filled_qty=filled,
        )
        if moved:
            yield moved

    def _count_filled(self, command_id: str, filled: Decimal) -> Command:
        command = self._commands[command_id]
        if filled > (command.filled_qty or ZERO):
            return self._put(replace(command, filled_qty=filled))
        return command

    def _forget_old(self, now_ms: int) -> None:
        settled = [c.command_id for c in self._commands.values() if not c.is_open and not may_turn_up(c, now_ms)]
        for command_id in settled[: max(0, len(self._commands) - KEPT)]:
            self.forget(command_id)
            self._resumed.discard(command_id)


def _qty_of(intent: Intent) -> Decimal | None:
    return intent.qty if isinstance(intent, ClosePosition | OpenPosition) else None


def _price_of(intent: Intent) -> Decimal | None:
    if isinstance(intent, ClosePosition | OpenPosition) and intent.order_type == LIMIT:
        return intent.price
    return None


def _may_become(command: Command, state: str, evidence: str) -> bool:
    """What is open moves to anything else; one without a trace to a verdict; a refused copy gives way to evidence."""
    if command.is_open:
        return command.state != state
    is_late = command.state == "no_trace" or bool(evidence)
    return not command.is_final and is_late and state in _VERDICTS


def _bound_to(intent: Intent, life_id: str) -> Intent:
    """An intent for a life, by the name that this has now; one that was bound to none stays so."""
    is_bound = isinstance(intent, ClosePosition | SetTradingStop) and bool(intent.life_id and life_id)
    return replace(intent, life_id=life_id) if is_bound else intent


def _order_id_of(intent: Intent) -> str:
    return intent.order_id if isinstance(intent, CancelOrder | AmendOrder) else ""


def _concerns(command: Command, order: Order) -> bool:
    """Whether an order can say anything about a command."""
    if command.kind in _MAKES_ORDER:
        return bool(order.order_link_id) and command.order_link_id == order.order_link_id
    if command.kind in _NAMES_ORDER:
        return command.order_id == order.order_id
    return command.kind == "stops" and command.key == order.position_key
