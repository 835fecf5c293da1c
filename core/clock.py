"""Time. The wall clock in UTC milliseconds and a monotonic clock for ages; tests bring their own.

Only this module (and the paper exchange's process) reads the system's clocks.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the core needs of time."""

    def now_ms(self) -> int:
        """Wall clock, UTC, milliseconds."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back, may stand still while the computer sleeps."""


class SystemClock:
    """The computer's own clocks."""

    def now_ms(self) -> int:
        """Wall clock, UTC, milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()


class ManualClock:
    """A clock that a test moves by hand."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms
        self._monotonic = 1_000.0

    def now_ms(self) -> int:
        """Wall clock, UTC, milliseconds."""
        return self._now_ms

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self._now_ms += int(seconds * 1000)
        self._monotonic += seconds
