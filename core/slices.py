"""Long work in slices, so that a loop gets its turns in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

# Executions folded in one slice: one or two milliseconds.
AT_ONCE = 200
# Keys worked out in one slice, to sort by: about as long.
KEYS_AT_ONCE = 5_000

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


def sorting(items: Iterable[T], key: Callable[[T], Any]) -> Steps[list[T]]:
    """The items in the order of their keys, which are worked out in slices: they are most of the work."""
    given = list(items)
    keys: list[Any] = []
    for start in range(0, len(given), KEYS_AT_ONCE):
        keys += map(key, given[start : start + KEYS_AT_ONCE])
        yield
    return [given[at] for at in sorted(range(len(given)), key=keys.__getitem__)]


async def unhurried(steps: Steps[T]) -> T:
    """Do all of it; the loop gets its turns in between."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await asyncio.sleep(0)
