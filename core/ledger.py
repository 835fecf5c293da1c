"""What one exchange's books told this desk: positions, orders, executions and their lives, the wallet.

Kept together because another exchange's books replace all of it at once. What is believed, and what is told of it, is
core.book's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from core.equity import Equity
from core.events import Baseline
from core.evidence import REST_LAG_S, checkpoint_of
from core.executions import order_of
from core.holdings import Holdings
from core.legs import Legs
from core.lives import Lives
from core.model import Checkpoint, ClosedTrade, Command, Execution, Position, PositionKey, Seen
from core.orders import Orders
from core.pricing import PricedLives

# Executions that are shown, the newest.
SHOWN = 1_000


class Ledger:
    """One account at one exchange. ``executions``: the newest, oldest first.

    Args:
        command_of: the command of ours that made an order, by its order_link_id.
    """

    def __init__(self, command_of: Callable[[str], Command | None]) -> None:
        self._command_of = command_of
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another exchange's books: nothing that was told before holds."""
        self.holdings = Holdings()
        self.orders = Orders()
        self.equity = Equity()
        self.priced = PricedLives()
        self.lives = Lives(tell=self._tell_trade)
        self.legs = Legs(self.order_leg, lambda key: self.holdings.get(key) is not None)
        self.executions: list[Execution] = []

    def _tell_trade(self, trade: ClosedTrade) -> ClosedTrade:
        """What is known of a closed life besides its executions."""
        return self.priced.told_of(self.holdings.excursions.told_of(trade))

    def order_leg(self, execution: Execution) -> int | None:
        """The position_idx of an execution's order, if that was seen lately or is ours, or None."""
        leg = self.orders.leg(execution.order_id)
        ours = self._command_of(execution.order_link_id) if leg is None else None
        return ours.key.position_idx if ours else leg

    def show(self, execution: Execution) -> None:
        """Among the newest, in order; one that was read otherwise before stands in its own place."""
        place = bisect_left(self.executions, order_of(execution), key=order_of)
        is_again = place < len(self.executions) and self.executions[place].exec_id == execution.exec_id
        self.executions[place : place + is_again] = [execution]
        del self.executions[:-SHOWN]

    def life_id(self, key: PositionKey) -> str:
        """The life in progress under a key, ``""`` when none is known."""
        life = self.lives.life(key)
        return life.life_id if life else ""

    @property
    def last_rows(self) -> tuple[Position, ...]:
        """The exchange's last row of every key, open or flat."""
        return (*self.holdings.open, *self.holdings.flat)

    def reports(self, baseline: Baseline) -> dict[PositionKey, Checkpoint]:
        """What lives must arrive at: listed positions, and flat rows old enough for all executions to be listed."""
        settled_mono = baseline.started_mono - REST_LAG_S
        flat = {row.key: checkpoint_of(row) for row in self.holdings.flat if row.received_mono < settled_mono}
        return flat | {position.key: checkpoint_of(position) for position in baseline.positions}

    def unexplained(self, before_mono: float) -> Iterator[tuple[PositionKey, int]]:
        """Rows received before a moment whose size the executions do not arrive at: key and sequence."""
        for row in self.last_rows:
            if row.received_mono < before_mono:
                life = self.lives.life(row.key)
                if checkpoint_of(row).size != (life.size if life else 0):
                    yield row.key, row.seq

    def seen(self) -> Seen:
        """What the next run cannot know otherwise."""
        return Seen(
            day_start=self.equity.day_start,
            extremes=self.holdings.excursions.of_open(),
            reports=tuple(sorted(self.lives.reports.items())),
        )

    def recall_seen(self, seen: Seen, since_ms: int) -> None:
        """Take what an earlier run saw, before the first baseline; executions since a time are brought back as well."""
        self.holdings.excursions.resume(seen.extremes)
        self.lives.recall(dict(seen.reports), since_ms)
        if seen.day_start is not None:
            self.equity.recall(seen.day_start)
