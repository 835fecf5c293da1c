"""The exchange's time: the machine's clock plus what tests have added.

The only module of the paper exchange's server that reads a clock.
"""

import time
from collections.abc import Callable


def wall_ms() -> int:
    """The machine's UTC clock in ms."""
    return time.time_ns() // 1_000_000


class Clock:
    """Exchange time in ms; never runs backwards, only forwards by ``advance``.

    ``skew_ms`` falsifies what the exchange *tells* (answers, time endpoint, time-stamp window) without moving what it
    *does*, as a server whose clock is wrong.
    """

    def __init__(self, source: Callable[[], int] = wall_ms) -> None:
        self._source = source
        self._ahead_ms = 0
        self._latest_ms = 0
        self.skew_ms = 0

    def now_ms(self) -> int:
        """The time by which the exchange acts."""
        self._latest_ms = max(self._latest_ms, self._source() + self._ahead_ms)
        return self._latest_ms

    def told_ms(self) -> int:
        """The time that the exchange tells its clients."""
        return self.now_ms() + self.skew_ms

    def accepted_ms(self) -> tuple[int, ...]:
        """The times that clients may sign with, the told one first.

        After ``advance`` the machine's own clock stays valid: clients that never ask for the server's time (ccxt's
        sockets) would be locked out otherwise. A skew is meant to lock them out.
        """
        if self._ahead_ms and not self.skew_ms:
            return (self.told_ms(), self._source())
        return (self.told_ms(),)

    def advance(self, by_ms: int) -> int:
        """Jump ahead and return the new time."""
        self._ahead_ms += by_ms
        return self.now_ms()
