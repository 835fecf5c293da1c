"""How the stops of each open position changed, and by whose hand. Mutable bookkeeping beside core.book.

Only stops of the entire position count: their levels as position rows show them, and, as stop orders show, the price
that they are compared with. It remembers the present life and forgets it when the position is flat, turns around or
begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from core.model import Order, Position, PositionKey, StopChange, StopLevels, StopTriggers

KEPT = 50
# The legs of one edit by somebody else come as orders of their own, one after the other.
ONE_EDIT_MS = 2_000
_LEGS = {"TakeProfit": "take_profit", "StopLoss": "stop_loss"}


class Author(NamedTuple):
    """A command of this desk that asks for what the exchange shows now; ``waited_for`` as in StopChange."""

    command_id: str
    reason: str
    waited_for: Decimal | None = None


Authors = Callable[[], Sequence[Author]]
_NOBODY = Author("", "")


class StopHistory:
    """Changes by position, oldest first; ``changes`` is a new frozen mapping after each change."""

    def __init__(self) -> None:
        self.changes: Mapping[PositionKey, tuple[StopChange, ...]] = MappingProxyType({})
        self._triggers: dict[PositionKey, StopTriggers] = {}

    def see(
        self, held: Position | None, new: Position, life_id: str, authors: Authors, now_ms: int
    ) -> StopChange | None:
        """Compare a row with the one before it.

        Args:
            held: the last row of the key, None if it was flat.
            new: open or flat.
            authors: asked when something changed, before the commands hear of it.
        Returns:
            What changed, None when nothing did.
        """
        if held is not None and new.size and held.side == new.side and levels_of(held) == levels_of(new):
            return None
        key = new.key
        if held is None or not new.size or held.side != new.side:
            self._keep(key, ())
            if not new.size or held is not None:
                self._triggers.pop(key, None)
            return None
        before, after = levels_of(held), levels_of(new)
        standing = self._triggers.get(key, StopTriggers())
        self._triggers[key] = StopTriggers(
            standing.take_profit if after.take_profit else "", standing.stop_loss if after.stop_loss else ""
        )
        change = StopChange(
            ts_ms=now_ms,
            key=key,
            life_id=life_id,
            before=before,
            after=after,
            triggers_before=standing,
            triggers_after=self._triggers[key],
        )
        return self._enter(change, authors)

    def see_order(
        self, order: Order, held: Position | None, life_id: str, authors: Authors, now_ms: int
    ) -> StopChange | None:
        """Compare the trigger of a stop order with the one that its leg had before; for the rest see :meth:`see`.

        Args:
            held: the position that it belongs to as held now.
        """
        leg, key = _LEGS.get(order.stop_order_type), order.position_key
        if leg is None or not order.is_open:
            return None
        before = self._triggers.get(key, StopTriggers())
        after = before._replace(**{leg: order.trigger_by})
        self._triggers[key] = after
        if held is None or not getattr(before, leg) or before == after:
            return None
        levels = levels_of(held)
        change = StopChange(
            ts_ms=now_ms,
            key=key,
            life_id=life_id,
            before=levels,
            after=levels,
            triggers_before=before,
            triggers_after=after,
        )
        return self._enter(change, authors)

    def _enter(self, change: StopChange, authors: Authors) -> StopChange:
        """Levels and triggers of one edit are told by rows of their own: they are one change."""
        command_id, reason, waited_for = next(iter(reversed(authors())), _NOBODY)
        change = replace(change, command_id=command_id, reason=reason, waited_before=waited_for)
        earlier = [entry for entry in self.changes.get(change.key, ()) if entry.life_id == change.life_id]
        if earlier and _is_one_edit(earlier[-1], change):
            begun = earlier.pop()
            change = replace(change, before=begun.before, triggers_before=begun.triggers_before)
        self._keep(change.key, (*earlier, change)[-KEPT:])
        return change

    def _keep(self, key: PositionKey, changes: tuple[StopChange, ...]) -> None:
        if changes == self.changes.get(key, ()):
            return
        others = {other: kept for other, kept in self.changes.items() if other != key}
        self.changes = MappingProxyType(others | ({key: changes} if changes else {}))


def _is_one_edit(earlier: StopChange, later: StopChange) -> bool:
    if later.command_id or earlier.command_id:
        return earlier.command_id == later.command_id
    are_triggers = earlier.before == earlier.after and later.before == later.after
    return are_triggers and later.ts_ms - earlier.ts_ms <= ONE_EDIT_MS


def levels_of(position: Position) -> StopLevels:
    """The stops of the entire position, as its row shows them."""
    return StopLevels(position.take_profit, position.stop_loss, position.trailing_stop)
