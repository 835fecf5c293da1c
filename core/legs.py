"""Which position an execution belongs to: one-way or hedge mode, learned from what the exchange shows.

Executions by REST do not say their position_idx. Positions and orders do; where there is neither, the executions
themselves can only have come from hedge mode, or are taken for one-way.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.executions import leg_of, shows_hedge_mode
from core.model import Execution, Position, PositionKey

Contract = tuple[str, str]


class Legs:
    """The (category, symbol) pairs known to be in hedge mode."""

    def __init__(self) -> None:
        self._hedged: set[Contract] = set()

    def see(self, category: str, symbol: str, position_idx: int) -> bool:
        """An order or a position carries this index; True when that makes hedge mode known."""
        contract = (category, symbol)
        is_news = position_idx != 0 and contract not in self._hedged
        if is_news:
            self._hedged.add(contract)
        return is_news

    def see_position(self, position: Position) -> bool:
        """As ``see``; a position with index 0 also proves one-way mode."""
        if not position.position_idx:
            self._hedged.discard((position.category, position.symbol))
        return self.see(position.category, position.symbol, position.position_idx)

    def see_history(self, executions: Iterable[Execution], listed: Iterable[Position]) -> None:
        """Learn the mode of symbols that are flat now from a complete list of their executions."""
        told = {(p.category, p.symbol) for p in listed} | self._hedged
        rows: dict[Contract, list[Execution]] = {}
        for execution in executions:
            contract = (execution.category, execution.symbol)
            if contract not in told:
                rows.setdefault(contract, []).append(execution)
        self._hedged |= {contract for contract, fills in rows.items() if shows_hedge_mode(fills)}

    def key_of(self, execution: Execution, order_leg: int | None) -> PositionKey:
        """The position of an execution. ``order_leg``: the index of its order, if that was seen."""
        idx = order_leg
        if idx is None or execution.position_idx is not None:
            idx = leg_of(execution, is_hedge=(execution.category, execution.symbol) in self._hedged)
        return PositionKey(execution.category, execution.symbol, idx)
