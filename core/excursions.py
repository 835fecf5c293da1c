"""How far each position went for and against its owner: best and worst unrealised PnL over the marks seen.

It knows only what this desk saw, in this run or (``resume``) an earlier one: a life that began before is followed from
the first mark on. MAE and MFE in the field's words. Not part of any decision.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from core.model import ClosedTrade, Position, PositionKey

# Lives whose extremes are held: those followed last, the open ones among them.
MAX_LIVES = 2_000


class _Seen(NamedTuple):
    """The extremes of one life, in its settle coin."""

    side: str
    life_id: str
    best: Decimal
    worst: Decimal


Extremes = tuple[str, Decimal, Decimal]


class Excursions:
    """The extremes of every open position, and of lives that ended lately, for the trades that they become."""

    def __init__(self) -> None:
        self._seen: dict[PositionKey, _Seen] = {}
        self._earlier: dict[str, _Seen] = {}
        self._lives: OrderedDict[str, _Seen] = OrderedDict()

    def follow(self, row: Position) -> Position:
        """Enter a row's unrealised PnL and return the row with ``best_pnl`` and ``worst_pnl`` of its life.

        A row without a PnL (no mark) keeps the extremes seen before. Another side, or another life id than the one
        known, is another life.
        """
        key, pnl = row.key, row.unrealised_pnl
        seen = self._seen.get(key)
        if seen is not None and _is_other_life(seen, row):
            seen = None
        if row.life_id and (seen is None or not seen.life_id):
            seen = _together(self._earlier.pop(row.life_id, None), seen, row)
        if pnl is not None:
            best, worst = (max(seen.best, pnl), min(seen.worst, pnl)) if seen else (pnl, pnl)
            seen = _Seen(row.side, row.life_id or (seen.life_id if seen else ""), best, worst)
            self._seen[key] = seen
            self._remember(seen)
        return replace(row, best_pnl=seen.best, worst_pnl=seen.worst) if seen else row

    def _remember(self, seen: _Seen) -> None:
        if not seen.life_id:
            return
        self._lives[seen.life_id] = seen
        self._lives.move_to_end(seen.life_id)
        if len(self._lives) > MAX_LIVES:
            self._lives.popitem(last=False)

    def recall(self, known: Iterable[Extremes]) -> None:
        """What earlier runs saw of lives that have ended: (life_id, best, worst) each."""
        for life_id, best, worst in known:
            self._remember(_Seen("", life_id, best, worst))

    def resume(self, known: Sequence[Extremes]) -> None:
        """What earlier runs saw of lives that were open then; those that still are go on from there."""
        for life_id, best, worst in known:
            self._earlier[life_id] = _Seen("", life_id, best, worst)
        self.recall(known)

    def forget(self, key: PositionKey) -> None:
        """The position is flat: the next life begins anew."""
        self._seen.pop(key, None)

    def of_open(self) -> tuple[Extremes, ...]:
        """What was seen of the lives that are open and known by an id: (life_id, best, worst) each."""
        return tuple((seen.life_id, seen.best, seen.worst) for seen in self._seen.values() if seen.life_id)

    def told_of(self, trade: ClosedTrade) -> ClosedTrade:
        """The trade with the extremes of its life, if they were seen."""
        seen = self._lives.get(trade.life_id)
        return replace(trade, best_pnl=seen.best, worst_pnl=seen.worst) if seen else trade


def _together(earlier: _Seen | None, now: _Seen | None, row: Position) -> _Seen | None:
    """The extremes of one life that was followed in two parts."""
    if earlier is None:
        return now
    best, worst = (max(earlier.best, now.best), min(earlier.worst, now.worst)) if now else earlier[2:]
    return _Seen(row.side, row.life_id, best, worst)


def _is_other_life(seen: _Seen, row: Position) -> bool:
    return row.side != seen.side or bool(row.life_id and seen.life_id and row.life_id != seen.life_id)
