"""A poll follows another pace at once, and the settings' intervals reach every poll that they are meant for."""

import asyncio

from core.polls import Poll
from core.settings import paces_of


async def test_another_pace_counts_at_once_and_the_same_one_changes_nothing() -> None:
    reads, wanted = 0, asyncio.Event()

    async def read() -> None:
        nonlocal reads
        reads += 1
        if reads == 3:
            wanted.set()

    poll = Poll(read, 3600.0, 3600.0)
    running = asyncio.create_task(poll.run())
    poll.set_pace(3600.0, 3600.0)
    assert not poll._wanted.is_set()
    poll.set_pace(0.001, 0.001)
    await asyncio.wait_for(wanted.wait(), 30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_intervals_that_nobody_set_are_the_designs() -> None:
    assert paces_of(lambda name: None) == {"positions_s": 5, "wallet_s": 15, "reconcile_s": 60}
    assert paces_of({"every_wallet_s": 7}.get) == {"positions_s": 5, "wallet_s": 7, "reconcile_s": 60}
