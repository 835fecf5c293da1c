"""The outline of a curve: every stretch keeps its extremes, in few points, whatever the number of points."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.models.outline import Outline


@given(st.randoms(use_true_random=False), st.integers(2, 6_000), st.integers(1, 40), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_what_is_drawn_has_the_extremes_of_what_is_in_sight(
    dice: Any, count: int, columns: int, one: float, other: float
) -> None:
    times = list(accumulate(float(dice.choice((0, 1, 5, 900))) for _ in range(count)))
    values = [float(dice.randint(-1000, 1000)) for _ in range(count)]
    at = times[-1]
    outline = Outline(array("d", times), array("d", values))
    since, until = sorted((one * at, other * at))
    xs, ys = (found.tolist() for found in outline.points(since, until, columns))
    inside = [v for t, v in zip(times, values, strict=True) if since <= t <= until]
    first, last = outline.between(since, until)
    assert len(xs) == len(ys) <= 2 * columns + 2
    assert xs == sorted(xs)
    assert set(ys) <= set(values)
    assert last - first >= len(inside)
    if inside:
        assert max(ys) >= max(inside)
        assert min(ys) <= min(inside)


def test_a_spike_among_a_million_is_seen_from_afar_and_from_near() -> None:
    count = 1_000_000
    values = array("d", bytes(8 * count))
    values[777_777] = 5.0
    outline = Outline(array("d", range(count)), values)
    for since, until in ((0, count), (700_000, 800_000), (777_000, 778_000), (777_777, 777_778)):
        _, ys = outline.points(since, until, 1_000)
        assert max(ys) == 5.0
        assert len(ys) <= 2_002
    assert outline.nearest(777_777.4) == (777_777, 5.0)
    assert outline.extremes(0, count) == (0.0, 5.0)


def test_nothing_and_one_point() -> None:
    assert Outline([], []).span == (0.0, 0.0)
    assert [found.tolist() for found in Outline([5.0], [1.0]).points(0, 9, 3)] == [[5.0], [1.0]]
    assert pytest.approx((5.0, 1.0)) == Outline([5.0], [1.0]).nearest(99)
