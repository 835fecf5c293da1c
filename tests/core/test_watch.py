"""What the stream told, against what a reading found: also where the exchange counts anew."""

from __future__ import annotations

from msgspec.structs import replace

from core.book import PositionBook
from core.clock import ManualClock
from core.events import PositionReported
from core.reconcile import Discrepancy
from core.watch import Watch
from tests.strategies import START_MS, a_position

BEFORE = a_position(size=1, seq=900, updated_ms=START_MS)
# The exchange was restored, or is another one: its sequence is low, its time has gone on.
AFTER = replace(BEFORE, seq=5, updated_ms=START_MS + 60_000)
FOUND = Discrepancy(kind="size_differs", key=AFTER.key, done="adopted", evidence="position/list")


async def test_a_sequence_that_begins_anew_hides_no_difference() -> None:
    clock = ManualClock(START_MS)
    book = PositionBook(clock, "paper", "Main", lambda _: None)
    watch = Watch(book, clock, lambda: None, lambda: None)
    watch.told(BEFORE)
    book.apply(PositionReported(AFTER, "rest", clock.monotonic()))
    assert await watch.confirmed([FOUND], is_live=False) == (FOUND,)
    watch.told(AFTER)
    assert await watch.confirmed([FOUND], is_live=False) == ()


async def test_what_ended_without_a_row_and_what_happened_before_the_desk_ran_is_always_told() -> None:
    clock = ManualClock(START_MS)
    book = PositionBook(clock, "paper", "Main", lambda _: None)
    watch = Watch(book, clock, lambda: None, lambda: None)
    book.apply(PositionReported(BEFORE, "rest", clock.monotonic()))
    watch.told(BEFORE)
    found = (
        Discrepancy(kind="phantom", key=BEFORE.key, done="removed", evidence="closed-pnl"),
        Discrepancy(kind="phantom", key=BEFORE.key, done="asked", evidence="position/list?symbol"),
        replace(FOUND, details={"meanwhile": True}),
    )
    assert await watch.confirmed(found, is_live=False) == found
