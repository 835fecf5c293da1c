"""Work beside other work that can be ended at any moment.

On Python 3.11 and 3.12 a task group whose parts fail while it is being cancelled raises the failures and forgets the
cancellation. Whoever expects failures then goes on, and whoever waits for its end waits for ever. These do not forget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def alone(work: Coroutine[Any, Any, None]) -> None:
    """Do it in a task of its own, for who loops around a task group: a cancellation reaches the caller first."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    finally:
        await _give_up(task)
    task.result()


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Do what must not be left half done: a caller that is cancelled waits for its end first."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    finally:
        await asyncio.wait({task})


async def together(*tasks: asyncio.Future[Any]) -> None:
    """Wait for all of them. When one fails, or the caller is cancelled, the others are given up.

    Raises:
        Exception: what the first one failed with.
    """
    try:
        # Not gather: the failure of a part would hide a cancellation of the same moment.
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await _give_up(*tasks)
    for task in sorted(tasks, key=asyncio.Future.cancelled):
        task.result()


async def _give_up(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
