"""Long work in slices, so that a loop gets its turns in between. Pure."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

# Executions folded in one slice: one or two milliseconds.
AT_ONCE = 200

T = TypeVar("T")
# Each ``next`` does one slice, the end brings the result.
Steps = Generator[None, None, T]


def drain(steps: Steps[T]) -> T:
    """Do all of it now."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
