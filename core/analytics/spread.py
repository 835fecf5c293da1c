"""How net results spread: counts in steps on both sides of zero. Pure, from plain numbers; for charts, not for sums."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

# Steps on either side of zero; together they reach as far as 98 of 100 results do.
STEPS: Final = 12
_USUAL_RATIO: Final = 0.98


class ResultStep(NamedTuple):
    """How many trades had a net result between two amounts; None is without end.

    The edge nearer to zero is not within, the other one is: a result of exactly 0 is in no step.
    """

    low: float | None
    high: float | None
    trades: int


def spread(results: Iterable[float]) -> tuple[ResultStep, ...]:
    """Count results in steps of 1, 2 or 5 × 10ⁿ, from the worst; the outermost steps take all that lies beyond."""
    known = [result for result in results if result]
    sizes = sorted(map(abs, known))
    if not sizes:
        return ()
    width = _round_step(sizes[math.ceil(len(sizes) * _USUAL_RATIO) - 1] / STEPS)
    losses = _steps(sorted(-result for result in known if result < 0), width)
    wins = _steps(sorted(result for result in known if result > 0), width)
    mirrored = (ResultStep(None if step.high is None else -step.high, -(step.low or 0), step.trades) for step in losses)
    return (*reversed(list(mirrored)), *wins)


def _steps(sizes: Sequence[float], width: float) -> list[ResultStep]:
    """Steps away from zero over ascending sizes, as many as are needed."""
    steps: list[ResultStep] = []
    done = 0
    for number in range(STEPS):
        if done == len(sizes):
            break
        is_open = number == STEPS - 1 and sizes[-1] > (number + 1) * width
        upto = len(sizes) if is_open else bisect_right(sizes, (number + 1) * width)
        steps.append(ResultStep(number * width, None if is_open else (number + 1) * width, upto - done))
        done = upto
    return steps


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that is not below; a hair's breadth below counts as not."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
