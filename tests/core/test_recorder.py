"""What goes to disk behind the desk: in order, taken back when it never was, bounded while nothing can be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import core.recorder
from core.clock import SystemClock
from core.lives import TakenBack
from core.model import AuditEvent
from core.recorder import Recorder
from core.store import Store
from tests.core.store import samples


@asynccontextmanager
async def recording(folder: Path) -> AsyncIterator[Recorder]:
    """A recorder that writes behind into a real store."""

    async def open_store(ledger: str) -> Store:
        return await Store.open(samples.place(folder), ballast_bytes=0)

    recorder = Recorder(open_store, SystemClock())
    await recorder.use("")
    writing = asyncio.create_task(recorder.run())
    try:
        yield recorder
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await recorder.close()


async def kept(folder: Path) -> list[str]:
    async with recording(folder) as recorder:
        return [trade.life_id for trade in (await recorder.store.closed_trades_page()).trades]


async def test_a_life_that_was_taken_back_leaves_the_disk(tmp_path: Path):
    first, second, third = (samples.trade(number) for number in range(3))
    async with recording(tmp_path) as recorder:
        for record in (first, second, TakenBack(first.life_id), third):
            recorder.keep(record)
    assert await kept(tmp_path) == [third.life_id, second.life_id]
    async with recording(tmp_path) as recorder:
        for record in (TakenBack(second.life_id), first, TakenBack(third.life_id), second, TakenBack("never kept")):
            recorder.keep(record)
    assert await kept(tmp_path) == [second.life_id, first.life_id]


async def test_what_waits_is_bounded_and_commands_are_never_let_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(core.recorder, "MAX_WAITING", 50)
    monkeypatch.setattr(core.recorder, "MAX_WITH_LINES", 60)

    async def nothing(ledger: str) -> Store:
        raise AssertionError

    recorder = Recorder(nothing, SystemClock())
    for number in range(100):
        recorder.keep(samples.execution(number))
        recorder.keep(samples.order(number))
        recorder.keep(samples.trade(number))
    assert (len(recorder._waiting), recorder.let_go) == (50, 250)
    for number in range(20):
        recorder.keep(AuditEvent(ts_ms=number, code="reconciled"))
    assert (len(recorder._waiting), recorder.let_go) == (60, 260)
    for number in range(20):
        recorder.keep(samples.command(number))
    assert (len(recorder._waiting), recorder.let_go) == (80, 260)
