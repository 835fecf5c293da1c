"""Which position an execution belongs to, in contracts that may be in one-way mode now and were in hedge mode then.

Execution rows do not say their position_idx; orders do, and theirs never changes. So a fill belongs where its order
says, and **waits** until that is known: from the stream, from the lists, or asked for by name (core.order_legs). The
mode that a contract is in now proves nothing about a fill of before: whoever holds the account may switch it, there
and back, whenever it is flat, and no stream tells of that.

What has no order that could be asked for (funding, and what the exchange closes by itself) pays for a position, or
ends one, that was open. A contract cannot change its mode before it is flat: so such a row is of the mode of the fill
before it, when all fills before it are known, as a list tells them; and where none is known, of the one after it, if
that met the same position, or of what is open now. One that the stream tells must also find that position open, or it
waits for the list.

What cannot be known: a fill whose order nobody remembers (Bybit keeps two years of those that filled), and what ended
a position of which no other fill is known. It waits for ever, no trade is made of it, and the money of a life whose
size it would explain stays unknown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from core.executions import HAS_ORDER, Moment, leg_of, order_of, signed_qty
from core.model import Execution, PositionKey
from core.symbols import may_be_hedged

# Fills of a contract that are remembered with their mode, and executions that wait at a time. What had to be let go
# is listed again with the next reading, or stays a size that nothing explains.
REMEMBERED = 600
MAX_WAITING = 10_000

Contract = tuple[str, str]


class _Fill(NamedTuple):
    """When it happened; its mode, None while that is not known; whether it met a position, on its own leg if any."""

    at: Moment
    is_hedge: bool | None
    has_closed: bool


class Legs:
    """Places executions, and keeps those that wait.

    Args:
        order_leg: the position_idx of an execution's order, None when that was not seen.
        is_open: whether the exchange's last row of a key is an open one.
    """

    def __init__(self, order_leg: Callable[[Execution], int | None], is_open: Callable[[PositionKey], bool]) -> None:
        self._order_leg = order_leg
        self._is_open = is_open
        self._fills: dict[Contract, list[_Fill]] = {}
        self._waiting: dict[str, Execution] = {}

    @property
    def waiting(self) -> tuple[Execution, ...]:
        """Executions whose leg is not known yet."""
        return tuple(self._waiting.values())

    def place(
        self, execution: Execution, *, is_listed: bool = False, is_all_listed: bool = False
    ) -> PositionKey | None:
        """The position of an execution; None when it has to wait, and does from now on.

        Args:
            is_listed: everything that happened before it was placed, or waits; else the stream tells of it.
            is_all_listed: and so was everything that happened after it.
        """
        idx = self._leg(execution, is_listed=is_listed, is_all_listed=is_all_listed)
        if idx is None:
            if len(self._waiting) < MAX_WAITING:
                self._waiting[execution.exec_id] = execution
            return None
        self._waiting.pop(execution.exec_id, None)
        if signed_qty(execution) and may_be_hedged(execution.category, execution.symbol):
            self._remember(execution, is_hedge=idx != 0)
        return PositionKey(execution.category, execution.symbol, idx)

    def waiting_for(self, order_id: str) -> list[Execution]:
        """What waits for the leg of this order."""
        return [one for one in self._waiting.values() if one.order_id == order_id]

    def _leg(self, execution: Execution, *, is_listed: bool, is_all_listed: bool) -> int | None:
        if execution.position_idx is not None:
            return execution.position_idx
        if not may_be_hedged(execution.category, execution.symbol):
            return 0
        told = self._order_leg(execution)
        if told is not None or execution.exec_type in HAS_ORDER:
            return told
        mode = self._mode_of_last(execution)
        if mode is None and (is_all_listed or not is_listed):
            mode = self._mode_of_next(execution)
        if mode is None:
            return None
        idx = leg_of(execution, is_hedge=mode)
        return idx if is_listed or self._is_open(PositionKey(execution.category, execution.symbol, idx)) else None

    def _mode_of_last(self, execution: Execution) -> bool | None:
        """Whether the last fill before it was of hedge mode; None when that is not known."""
        at = order_of(execution)
        known = self._known(execution)
        place = bisect_left(known, at, key=_when)
        before = [*known[max(0, place - 1) : place], *(fill for fill in self._unknown(execution) if fill.at < at)]
        return max(before, key=_when).is_hedge if before else None

    def _mode_of_next(self, execution: Execution) -> bool | None:
        """For what has no fill before it: the mode of the next one if that met its position, or of what is open now."""
        fills = [*self._known(execution)[:1], *self._unknown(execution)]
        if fills:
            first = min(fills, key=_when)
            is_same = not signed_qty(execution) or first.has_closed
            return first.is_hedge if is_same and first.at > order_of(execution) else None
        modes = {idx != 0 for idx in (0, 1, 2) if self._is_open(PositionKey(execution.category, execution.symbol, idx))}
        return modes.pop() if len(modes) == 1 else None

    def _known(self, execution: Execution) -> list[_Fill]:
        """The contract's fills whose mode is known, in order."""
        return self._fills.get((execution.category, execution.symbol), [])

    def _unknown(self, execution: Execution) -> list[_Fill]:
        """The contract's other fills, in any order: those that wait. One that is known may wait again: it is known."""
        contract = (execution.category, execution.symbol)
        return [
            _fill_of(one, None)
            for one in self._waiting.values()
            if (one.category, one.symbol) == contract and signed_qty(one) and one.exec_id != execution.exec_id
        ]

    def _remember(self, execution: Execution, *, is_hedge: bool) -> None:
        """Each fill once, however often it is listed."""
        fills = self._fills.setdefault((execution.category, execution.symbol), [])
        fill = _fill_of(execution, is_hedge)
        place = bisect_left(fills, fill.at, key=_when)
        is_again = place < len(fills) and fills[place].at == fill.at
        fills[place : place + is_again] = [fill]
        del fills[:-REMEMBERED]


def _when(fill: _Fill) -> Moment:
    return fill.at


def _fill_of(execution: Execution, is_hedge: bool | None) -> _Fill:
    return _Fill(order_of(execution), is_hedge, bool(execution.closed_size))
