"""Whether a read that failed may be asked again at once: seldom, so that retries never make an outage worse.

One more try per read, and no more tries in a minute than a tenth of the reads in it (RELIABILITY P35). Writes have no
business here: they are never repeated.
"""

from __future__ import annotations

import random
from collections import deque

from core.clock import Clock
from core.errors import Unreachable

BUDGET = 0.1
WINDOW_S = 60.0
# Jitter is full: whoever failed together must not come back together.
FIRST_S, SPREAD_S = 0.1, 0.4


def is_passing(error: Unreachable) -> bool:
    """Whether a moment may cure it: a reset connection, a gateway's 5xx. A timeout has cost 8 s already."""
    if error.code == "http_status":
        status = error.details.get("status")
        return isinstance(status, int) and status >= 500
    return error.code in {"connection_lost", "no_connection"}


class RetryBudget:
    """Counts the reads and the retries of the last minute. ``share`` of the reads may be repeated."""

    def __init__(self, clock: Clock, share: float = BUDGET) -> None:
        self._clock = clock
        self._share = share
        self._reads: deque[float] = deque(maxlen=10_000)
        self._retries: deque[float] = deque(maxlen=1_000)

    @property
    def used(self) -> tuple[int, int]:
        """(retries, reads) of the last minute."""
        horizon = self._clock.monotonic() - WINDOW_S
        for counted in (self._reads, self._retries):
            while counted and counted[0] <= horizon:
                counted.popleft()
        return len(self._retries), len(self._reads)

    def count_read(self) -> None:
        """A read that is not a retry leaves."""
        self._reads.append(self._clock.monotonic())

    def take(self, error: Unreachable) -> float | None:
        """Seconds to wait before asking again, or None: the failure stands."""
        retries, reads = self.used
        if not is_passing(error) or retries + 1 > self._share * reads:
            return None
        self._retries.append(self._clock.monotonic())
        return FIRST_S + random.uniform(0.0, SPREAD_S)  # noqa: S311 - jitter, not a secret
