"""Long work in slices, so that a loop gets its turns in between."""

from __future__ import annotations

import asyncio
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


async def unhurried(steps: Steps[T]) -> T:
    """Do all of it; the loop gets its turns in between."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await asyncio.sleep(0)
