"""From when on executions are read: where the last reading ended, and never from a time that has not come."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import ManualClock
from core.model import Execution
from core.order_legs import OrderLegs
from core.reading import CATEGORIES, HISTORY_MS, LONGEST_MS, OVERLAP_MS, Reading

CLOCK = ManualClock()
NOW_MS = CLOCK.now_ms()


class Exchange:
    """One at which nothing happened, and a disk; ``asked`` are the beginnings of what was read."""

    def __init__(self, known_until_ms: int | None) -> None:
        self._known_until_ms = known_until_ms
        self.asked: list[int] = []
        itself: Any = self
        legs = OrderLegs(lambda: itself, lambda _: None, CLOCK)
        self.reading = Reading(lambda: itself, CLOCK, itself, legs, tuple)

    async def fetch_executions(self, _category: str, start_ms: int, end_ms: int) -> tuple[Execution, ...]:
        """None; Bybit refuses a stretch that ends before it begins."""
        assert start_ms < end_ms
        self.asked.append(start_ms)
        return ()

    async def known_until_ms(self, _category: str) -> int | None:
        """Up to when everything is on disk."""
        return self._known_until_ms

    async def note_window(self, *_: object) -> None:
        """Kept nowhere."""


@pytest.mark.parametrize(
    ("known_until_ms", "begins_ms"),
    [
        (None, NOW_MS - HISTORY_MS),
        (NOW_MS - 1, NOW_MS - 1 - OVERLAP_MS),
        (NOW_MS - 2 * LONGEST_MS, NOW_MS - LONGEST_MS),
        (NOW_MS + 7_200_000, NOW_MS - HISTORY_MS),
    ],
    ids=["nothing on disk", "all up to now", "more than Bybit keeps is missing", "noted by a clock that was ahead"],
)
async def test_the_first_reading_begins_where_the_disk_ends(known_until_ms: int | None, begins_ms: int) -> None:
    exchange = Exchange(known_until_ms)
    await exchange.reading.executions()
    assert exchange.asked == [begins_ms] * len(CATEGORIES)


async def test_the_next_one_begins_where_the_last_one_that_was_applied_ended() -> None:
    exchange = Exchange(None)
    for _ in range(2):
        await exchange.reading.executions()
    assert set(exchange.asked) == {NOW_MS - HISTORY_MS}, "nobody has applied it"
    exchange.reading.applied()
    await exchange.reading.executions()
    assert exchange.asked[-1] == NOW_MS - OVERLAP_MS
