"""The back-fill's arithmetic of time: nothing is asked for twice, nothing is left out."""

from hypothesis import given
from hypothesis import strategies as st

from core.backfill import WEEK_MS, missing, weeks

TIMES = st.integers(0, 10 * WEEK_MS)
WINDOWS = st.lists(st.tuples(TIMES, TIMES).filter(lambda w: w[0] < w[1]), max_size=6)


def covers(windows: list[tuple[int, int]], at: int) -> bool:
    return any(start <= at < end for start, end in windows)


@given(known=WINDOWS, start=TIMES, length=st.integers(1, 6 * WEEK_MS), at=st.data())
def test_a_moment_is_missing_or_known_and_never_both(known, start, length, at) -> None:
    end = start + length
    gaps = missing(known, start, end)
    moment = at.draw(st.integers(start, end - 1))
    assert covers(gaps, moment) != covers(known, moment)
    assert gaps == sorted(gaps)
    assert all(start <= a < b <= end for a, b in gaps)


@given(known=WINDOWS, start=TIMES, length=st.integers(1, 6 * WEEK_MS))
def test_weeks_are_the_gaps_cut_newest_first(known, start, length) -> None:
    gaps = missing(known, start, start + length)
    cut = weeks(gaps)
    assert all(0 < b - a <= WEEK_MS for a, b in cut)
    assert cut == sorted(cut, reverse=True)
    assert sum(b - a for a, b in cut) == sum(b - a for a, b in gaps)
    assert missing(cut, start, start + length) == missing(gaps, start, start + length)


def test_nothing_is_missing_of_what_is_known() -> None:
    assert missing([(0, 10)], 2, 8) == []
    assert missing([], 2, 8) == [(2, 8)]
    assert missing([(4, 6), (5, 7)], 2, 8) == [(2, 4), (7, 8)]
