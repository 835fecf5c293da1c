"""Recorders that keep the past of one ledger in a test's folder, in a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.clock import Clock, SystemClock
from core.recorder import Recorder
from core.store import Store
from tests.core.store import samples


async def recorder_in(folder: Path, clock: Clock | None = None) -> Recorder:
    """An open one, for who closes it. What it is given to keep waits until it runs, or is closed."""
    clock = clock or SystemClock()

    async def open_store(ledger: str) -> Store:
        return await Store.open(samples.place(folder, ledger=ledger), clock=clock, ballast_bytes=0)

    recorder = Recorder(open_store, clock)
    await recorder.use("one ledger")
    return recorder


@asynccontextmanager
async def recording(folder: Path, clock: Clock | None = None) -> AsyncIterator[Recorder]:
    """The same, closed in the end."""
    recorder = await recorder_in(folder, clock)
    try:
        yield recorder
    finally:
        await recorder.close()
