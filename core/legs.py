"""Which position an execution belongs to, in contracts that may be in one-way mode now and were in hedge mode then.

Execution rows do not say their position_idx; orders do, and theirs never changes. So a fill belongs where its order
says, and **waits** until that is known: from the stream, from the lists, or asked for by name (core.order_legs). The
mode that a contract is in now proves nothing about a fill of before: whoever holds the account may switch it, there
and back, whenever it is flat, and no stream tells of that.

What has no order that could be asked for (funding, and what the exchange closes by itself) pays for a position, or
ends one, that was open. A contract cannot change its mode before it is flat: so such a row is of the mode of the fill
before it, when all fills before it are known, as a list tells them. One that the stream tells must also find that
position open, or it waits for the list.

What cannot be known: a fill whose order nobody remembers (Bybit keeps two years of those that filled). It waits for
ever, no trade is made of it, and the money of a life whose size it would explain stays unknown.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator

from core.executions import HAS_ORDER, Moment, leg_of, order_of, signed_qty
from core.model import Execution, PositionKey
from core.symbols import may_be_hedged

# Fills of a contract that are remembered with their mode, and executions that wait at a time. What had to be let go
# is listed again with the next reading, or stays a size that nothing explains.
REMEMBERED = 600
MAX_WAITING = 10_000

Contract = tuple[str, str]


class Legs:
    """Places executions, and keeps those that wait.

    Args:
        order_leg: the position_idx of an execution's order, None when that was not seen.
        is_open: whether the exchange's last row of a key is an open one.
    """

    def __init__(self, order_leg: Callable[[Execution], int | None], is_open: Callable[[PositionKey], bool]) -> None:
        self._order_leg = order_leg
        self._is_open = is_open
        self._fills: dict[Contract, list[tuple[Moment, bool]]] = {}
        self._waiting: dict[str, Execution] = {}

    @property
    def waiting(self) -> tuple[Execution, ...]:
        """Executions whose leg is not known yet."""
        return tuple(self._waiting.values())

    def place(self, execution: Execution, *, is_listed: bool) -> PositionKey | None:
        """The position of an execution; None when it has to wait, and does from now on.

        Args:
            is_listed: it comes in a complete list, after everything that happened before it.
        """
        idx = self._leg(execution, is_listed=is_listed)
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

    def _leg(self, execution: Execution, *, is_listed: bool) -> int | None:
        if execution.position_idx is not None:
            return execution.position_idx
        if not may_be_hedged(execution.category, execution.symbol):
            return 0
        told = self._order_leg(execution)
        if told is not None or execution.exec_type in HAS_ORDER:
            return told
        return self._leg_by_fills(execution, is_listed=is_listed)

    def _leg_by_fills(self, execution: Execution, *, is_listed: bool) -> int | None:
        """By the mode of the fills around it; see the module."""
        if any(self._is_before(one, execution) for one in self._waiting.values()):
            return None
        mode = self._mode_about(execution)
        if mode is None:
            mode = any(self._is_open(key) for key in _keys(execution, (1, 2)))
        idx = leg_of(execution, is_hedge=mode)
        is_there = is_listed or any(self._is_open(key) for key in _keys(execution, (idx,)))
        return idx if is_there else None

    @staticmethod
    def _is_before(one: Execution, execution: Execution) -> bool:
        same = (one.category, one.symbol) == (execution.category, execution.symbol)
        return same and one.exec_type in HAS_ORDER and order_of(one) < order_of(execution)

    def _mode_about(self, execution: Execution) -> bool | None:
        """Whether the last fill before it was of hedge mode, or the first one after it; None without any."""
        fills = self._fills.get((execution.category, execution.symbol), [])
        at = bisect_left(fills, (order_of(execution), False))
        return fills[max(at - 1, 0)][1] if fills else None

    def _remember(self, execution: Execution, *, is_hedge: bool) -> None:
        fills = self._fills.setdefault((execution.category, execution.symbol), [])
        fill = (order_of(execution), is_hedge)
        if fill not in fills[-1:]:
            insort(fills, fill)
            del fills[:-REMEMBERED]


def _keys(execution: Execution, legs: tuple[int, ...]) -> Iterator[PositionKey]:
    return (PositionKey(execution.category, execution.symbol, idx) for idx in legs)
