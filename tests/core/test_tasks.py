"""Work beside other work ends when it is cancelled, also at the very moment at which a part of it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from core.errors import AppError, Unreachable
from core.tasks import alone, together


async def fail() -> None:
    """Fail a moment from now."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    raise Unreachable("no_connection")


async def wait() -> None:
    """Take long."""
    await asyncio.sleep(60)


async def beside() -> None:
    """Two reads, one of which fails."""
    await together(asyncio.ensure_future(fail()), asyncio.ensure_future(wait()))


async def in_a_group() -> None:
    """The same as a task group that is run alone."""

    async def group() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail())
            tasks.create_task(wait())

    await alone(group())


async def forever(work: Callable[[], Awaitable[None]]) -> None:
    """What a poll does: expected trouble is waited out."""
    while True:
        try:
            await work()
        except* AppError:
            pass
        await asyncio.sleep(60)


@pytest.mark.parametrize("work", [beside, in_a_group])
@pytest.mark.parametrize("moment", range(10))
async def test_a_cancellation_is_never_forgotten(work: Callable[[], Awaitable[None]], moment: int) -> None:
    task = asyncio.ensure_future(forever(work))
    for _ in range(moment):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=60)
    assert done
    assert task.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_others_are_given_up_when_one_fails() -> None:
    waiting = asyncio.ensure_future(wait())
    with pytest.raises(Unreachable):
        await together(asyncio.ensure_future(fail()), waiting)
    assert waiting.cancelled()


async def test_what_is_done_together_is_done() -> None:
    results = [asyncio.ensure_future(asyncio.sleep(0, number)) for number in range(3)]
    await together(*results)
    assert [result.result() for result in results] == [0, 1, 2]
    await alone(asyncio.sleep(0))
