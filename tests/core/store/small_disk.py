"""A program for a disk that it can fill: what the store does when there is no space left. Run by test_disk_full."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from core.errors import StoreError
from core.store import Store
from tests.core.store import samples

BALLAST = 2 * 1024 * 1024


async def until_full(write: Callable[[int], Awaitable[object]]) -> int:
    """Write 0, 1, 2 … until the disk is full. Returns how many were committed."""
    for number in itertools.count():
        try:
            await write(number)
        except StoreError as error:
            if error.code != "disk_full":
                raise
            return number
    raise AssertionError


async def main(folder: Path) -> None:
    told: list[str] = []
    place = samples.place(folder)
    store = await Store.open(place, ballast_bytes=BALLAST, tell=lambda event: told.append(event.code))
    await store.checked()
    tending = asyncio.create_task(store.tend())
    while not (place.ballast.exists() and place.ballast.stat().st_size == BALLAST):
        await asyncio.sleep(0.01)
    tending.cancel()
    await asyncio.gather(tending, return_exceptions=True)
    filler = folder / "filler"
    filler.write_bytes(b"\0" * (shutil.disk_usage(folder).free - 300_000))

    def append(number: int) -> Awaitable[int]:
        return store.append_executions([samples.execution(20 * number + n) for n in range(20)])

    count = 20 * await until_full(append)
    assert told == ["store_disk_full"], told
    assert len(await store.load_executions()) == count, "reading goes on, nothing half written"
    assert place.ballast.exists(), "history does not use up the ballast"

    await store.journal_intent(samples.command(1), samples.close_intent())
    await store.note_intent_state(samples.command(1, "done"))
    assert told[1:] == ["store_ballast_used"], told
    assert not place.ballast.exists()

    await until_full(append)
    await until_full(lambda n: store.journal_intent(samples.command(10 + n), samples.close_intent()))
    filler.unlink()
    await store.journal_intent(samples.command(9_999), samples.close_intent())
    await store.append_executions([samples.execution(99_999)])
    assert told[-1] == "store_space_back", told
    await store.close()

    store = await Store.open(place, ballast_bytes=0)
    await store.checked()
    intents = [found.command for found in await store.open_intents()]
    assert intents[-1] == samples.command(9_999)
    assert len(await store.load_executions()) > count
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
