"""The executions of each position, and the lives that they make. Mutable bookkeeping around core.trades' pure fold.

A tape is anchored on a position that the exchange reported: the size before the tape's first execution follows from
the size after its last. It says nothing about positions being open or flat: that needs the evidence of core.book.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.model import LONG, ClosedTrade, Execution, Position, PositionKey
from core.money import ZERO
from core.trades import Life, fold, in_order, opening_size, step

MAX_TAPE = 5_000


class _Tape:
    """All executions known of one key, in order, and what they fold into."""

    def __init__(self, key: PositionKey, settle_coin: str) -> None:
        self.key = key
        self.settle_coin = settle_coin
        self.executions: list[Execution] = []
        self.start_size = ZERO
        self.is_anchored = False
        self.life: Life | None = None
        self.closed: dict[str, ClosedTrade] = {}

    def refold(self, labels: dict[str, str]) -> None:
        self.executions = in_order(self.executions)
        result = fold(self.key, self.settle_coin, self.executions, self.start_size, labels)
        self.life = result.life
        self.closed |= {trade.life_id: trade for trade in result.closed}

    def append(self, execution: Execution, labels: dict[str, str]) -> None:
        """Add the newest execution; anything older than the last one needs the whole fold again."""
        last = self.executions[-1] if self.executions else None
        self.executions.append(execution)
        if last and in_order((last, execution))[-1] is not execution:
            self.refold(labels)
            return
        self.life, trade = step(self.life, self.key, self.settle_coin, execution, labels)
        if trade:
            self.closed[trade.life_id] = trade

    def size_at(self, seq: int) -> Decimal:
        """Signed size after all executions up to a cross sequence."""
        return self.start_size - opening_size(ZERO, (e for e in self.executions if e.seq <= seq))

    def shorten(self) -> None:
        """Forget executions of closed lives once the tape is long; their trades are kept."""
        if len(self.executions) <= MAX_TAPE:
            return
        opened_ms = self.life.opened_ms if self.life else self.executions[-1].ts_ms + 1
        dropped = [e for e in self.executions if e.ts_ms < opened_ms]
        self.start_size -= opening_size(ZERO, dropped)
        self.executions = self.executions[len(dropped) :]


class Lives:
    """Lives by position key. ``add`` keeps each execution once; ``anchor`` fits a tape to a reported position."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self._tapes: dict[PositionKey, _Tape] = {}
        self._seen: set[tuple[str, str, str]] = set()

    def add(self, execution: Execution, key: PositionKey, settle_coin: str) -> bool:
        """Record an execution; False when it was known already."""
        exec_key = (execution.category, execution.symbol, execution.exec_id)
        if exec_key in self._seen:
            return False
        self._seen.add(exec_key)
        tape = self._tapes.setdefault(key, _Tape(key, settle_coin))
        tape.append(execution, self.labels)
        tape.shorten()
        return True

    def anchor(self, positions: Iterable[Position]) -> list[PositionKey]:
        """Fit all tapes to a complete set of reported positions.

        Executions newer than a position's ``seq`` happened after it was reported and are left out of the sum. A key
        without a position counts as flat for as long as its tape has not been anchored.
        Returns:
            The keys whose tape contradicted the report and was fitted anew: a discrepancy to show.
        """
        reported = {position.key: position for position in positions}
        return [key for key, tape in self._tapes.items() if self._fit(tape, reported.get(key))]

    def _fit(self, tape: _Tape, position: Position | None) -> bool:
        if position is None:
            was_wrong = False
            if not tape.is_anchored:
                tape.start_size = opening_size(ZERO, tape.executions)
        else:
            size = position.size if position.side == LONG else -position.size
            difference = size - tape.size_at(position.seq)
            was_wrong = tape.is_anchored and difference != 0
            tape.start_size += difference
        if was_wrong or not tape.is_anchored:
            tape.refold(self.labels)
        tape.is_anchored = True
        return was_wrong

    def life(self, key: PositionKey) -> Life | None:
        """The life in progress under a key, or None when no execution proves one."""
        tape = self._tapes.get(key)
        return tape.life if tape else None

    def closed_trade(self, life_id: str, key: PositionKey) -> ClosedTrade | None:
        """The closed trade of that id under a key."""
        tape = self._tapes.get(key)
        return tape.closed.get(life_id) if tape else None

    def closed(self) -> list[ClosedTrade]:
        """All closed trades known, newest first."""
        trades = [trade for tape in self._tapes.values() for trade in tape.closed.values()]
        return sorted(trades, key=lambda t: (t.closed_ms, t.life_id), reverse=True)

    def label(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit by its order; figures stay what executions prove."""
        self.labels[order_link_id] = reason
        for tape in self._tapes.values():
            if any(e.order_link_id == order_link_id for e in tape.executions):
                tape.refold(self.labels)
