"""How the stops of each open position changed, and by whose hand. Mutable bookkeeping beside core.book.

Only what position rows show counts: stops of the entire position. It remembers the present life and forgets it when the
position is flat, turns around or begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from core.model import Position, PositionKey, StopChange, StopLevels

KEPT = 50


class StopHistory:
    """Changes by position, oldest first; ``changes`` is a new frozen mapping after each change."""

    def __init__(self) -> None:
        self.changes: Mapping[PositionKey, tuple[StopChange, ...]] = MappingProxyType({})

    def see(
        self, held: Position | None, new: Position, life_id: str, ours: Sequence[tuple[str, str]], now_ms: int
    ) -> StopChange | None:
        """Compare a row with the one before it.

        Args:
            held: the last row of the key, None if it was flat.
            new: open or flat.
            ours: (command_id, reason) of this desk's commands that the new row proves done.
        Returns:
            What changed, None when nothing did.
        """
        key = new.key
        if held is None or not new.size or held.side != new.side:
            self._keep(key, ())
            return None
        before, after = levels_of(held), levels_of(new)
        if before == after:
            return None
        command_id, reason = ours[-1] if ours else ("", "")
        change = StopChange(
            ts_ms=now_ms, key=key, life_id=life_id, before=before, after=after, command_id=command_id, reason=reason
        )
        earlier = [entry for entry in self.changes.get(key, ()) if entry.life_id == life_id]
        self._keep(key, (*earlier, change)[-KEPT:])
        return change

    def _keep(self, key: PositionKey, changes: tuple[StopChange, ...]) -> None:
        if changes == self.changes.get(key, ()):
            return
        others = {other: kept for other, kept in self.changes.items() if other != key}
        self.changes = MappingProxyType(others | ({key: changes} if changes else {}))


def levels_of(position: Position) -> StopLevels:
    """The stops of the entire position, as its row shows them."""
    return StopLevels(position.take_profit, position.stop_loss, position.trailing_stop)
