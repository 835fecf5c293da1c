"""How long to wait before the next try: exponential, with full jitter, so that many who failed together part again."""

from __future__ import annotations

import random

from core.clock import Clock

# A stream that cannot be opened: with this cap 20 connects in 5 minutes on average, of the 500 that Bybit allows.
STREAM_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
# The exchange does not answer at all: only one public read is at stake, and the book has to be right 10 s after.
SILENT_S = (0.5, 1.0, 2.0, 4.0, 5.0)
LEAST_S = 0.1
STEADY_S = 60.0


class Backoff:
    """Counts the tries of one thing. ``start`` before each try, ``wait_s`` after it failed.

    ``steady_s``: who worked for this long begins with a short wait again.
    """

    def __init__(self, clock: Clock, steady_s: float = STEADY_S) -> None:
        self._clock = clock
        self._steady_s = steady_s
        self._tries = 0
        self._started = clock.monotonic()

    def start(self) -> None:
        """A try begins."""
        self._started = self._clock.monotonic()

    def wait_s(self, waits_s: tuple[float, ...] = STREAM_S) -> float:
        """Seconds to wait now that it failed."""
        if self._clock.monotonic() - self._started >= self._steady_s:
            self._tries = 0
        longest = waits_s[min(self._tries, len(waits_s) - 1)]
        self._tries += 1
        return random.uniform(LEAST_S, longest)  # noqa: S311 - jitter, not a secret
