"""Closed trades that the memory let go of, as far as summaries need them: the newest one by one, older ones added up.

So a summary that has to be counted anew loses none, however long a desk runs and however much it trades. The sums are
counted before all that is known one by one: where a seldom traded contract's older trades are among these, the deepest
fall and the streaks may come out otherwise than in the order of closing. Nothing else depends on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from core.analytics.metrics import Tally
from core.model import ClosedTrade

MAX_FORGOTTEN: Final = 8_000
HOUR_MS: Final = 3_600_000


class Forgotten:
    """``trades``: the newest, without their exits. ``sums``: the older ones, by when their hour began.

    ``begins_ms``: when the session began; what closed after it, in the hour that it began in, bears this time.
    """

    def __init__(self) -> None:
        self.begins_ms = 0
        self.trades: deque[ClosedTrade] = deque()
        self.sums: dict[int, Tally] = {}

    def add(self, trades: Iterable[ClosedTrade]) -> None:
        """Take what is let go of now, oldest first."""
        for trade in trades:
            self.trades.append(replace(trade, exits=()))
            if len(self.trades) > MAX_FORGOTTEN:
                self._sum_up(self.trades.popleft())

    def _sum_up(self, trade: ClosedTrade) -> None:
        hour_ms = trade.closed_ms - trade.closed_ms % HOUR_MS
        since_ms = max(hour_ms, self.begins_ms) if trade.closed_ms >= self.begins_ms else hour_ms
        self.sums.setdefault(since_ms, Tally()).add(trade)
