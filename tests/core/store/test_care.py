"""Daily copies, the worker's lanes, and an end in good order."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import StoreError
from core.store import Store
from core.store import worker as worker_module
from core.store.backups import DAILY_KEPT, back_up_before, back_up_daily, backups, is_daily_due
from core.store.files import make_private
from core.store.lock import InstanceLock
from core.store.sqlite import connect, quick_check
from core.store.worker import Lane, Worker
from tests.core.store import samples
from tests.core.store.conftest import OpenStore
from tests.core.store.test_opening import back_up

DAY_S = 86_400


# ---- copies ---------------------------------------------------------------------------------------------------------


async def test_seven_daily_copies_and_every_copy_before_a_migration_are_kept(open_store: OpenStore, tmp_path: Path):
    clock, place = ManualClock(), samples.place(tmp_path)
    async with open_store(clock=clock) as store:
        for day in range(DAILY_KEPT + 3):
            assert is_daily_due(place, clock.now_ms())
            await store.append_executions([samples.execution(day)])
            back_up_daily(place, clock.now_ms())
            assert not is_daily_due(place, clock.now_ms())
            if day < 2:
                back_up_before(place, 2 + day, clock.now_ms())
            clock.advance(DAY_S)
    kept = backups(place)
    assert [b.why for b in kept if b.why != "daily"] == ["before-v3", "before-v2"]
    daily = [b for b in kept if b.why == "daily"]
    assert len(daily) == DAILY_KEPT
    assert [b.stamp for b in daily] == sorted((b.stamp for b in daily), reverse=True)
    for copy, count in zip(daily, range(DAILY_KEPT + 3, 3, -1), strict=True):
        assert quick_check(copy.file) == ""
        with closing(connect(copy.file, read_only=True)) as connection:
            assert connection.execute("SELECT count(*) FROM executions").fetchone() == (count,)


async def test_a_copy_holds_what_was_committed_last(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    async with open_store() as store:
        await store.append_executions([samples.execution(1)])
        await back_up(store, place)
        (copy,) = backups(place)
        with closing(connect(copy.file, read_only=True)) as connection:
            assert connection.execute("SELECT count(*) FROM executions").fetchone() == (1,)


async def test_a_copy_that_fails_is_told_and_not_tried_for_an_hour(open_store: OpenStore, tmp_path: Path):
    clock, place, told = ManualClock(), samples.place(tmp_path), []
    failed = asyncio.Event()

    def tell(event):
        told.append(event.code)
        failed.set()

    async with open_store(clock=clock, tell=tell) as store:
        place.backups.write_text("in the way")
        for hours in (0, 0.5, 1):
            clock.advance(hours * 3_600)
            failed.clear()
            task = asyncio.create_task(store.tend())
            if hours == 0.5:
                await asyncio.to_thread(store._keeper._tend_once)
            else:
                async with asyncio.timeout(60):
                    await failed.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert told == ["store_copy_failed", "store_copy_failed"]


async def test_the_journal_does_not_wait_for_a_copy(open_store: OpenStore, tmp_path: Path):
    """The copy runs beside the writer: an intent journalled while it is being made is committed before it is done."""
    place = samples.place(tmp_path)
    async with open_store() as store:
        await store.append_executions([samples.execution(n) for n in range(20_000)])
        copying, gate = threading.Event(), threading.Event()

        def held(connection) -> None:
            connection.set_trace_callback(lambda _sql: (copying.set(), gate.wait(10)))

        copy = asyncio.create_task(asyncio.to_thread(back_up_daily, place, 0, held))
        await asyncio.to_thread(copying.wait, 10)
        await store.journal_intent(samples.command(1), samples.close_intent())
        assert not copy.done()
        gate.set()
        assert quick_check(await copy) == ""


async def test_a_copy_that_is_interrupted_leaves_nothing(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    async with open_store() as store:
        await store.append_executions([samples.execution(n) for n in range(5_000)])
        with pytest.raises(sqlite3.OperationalError):
            back_up_daily(place, 0, lambda copying: copying.set_progress_handler(lambda: 1, 100))
        assert backups(place) == []
        assert list(place.backups.iterdir()) == []


async def test_closing_interrupts_a_copy_and_leaves_no_part_of_it(tmp_path: Path):
    place = samples.place(tmp_path)
    store = await Store.open(place, ballast_bytes=0)
    await store.append_executions([samples.execution(n) for n in range(5_000)])
    task = asyncio.create_task(store.tend())
    await asyncio.sleep(0)
    await store.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not list(place.folder.rglob("*.part"))
    assert all(quick_check(copy.file) == "" for copy in backups(place))


# ---- the end --------------------------------------------------------------------------------------------------------


async def test_closing_carries_out_what_waits_and_then_takes_nothing_more(open_store: OpenStore, tmp_path: Path):
    store = await Store.open(samples.place(tmp_path), ballast_bytes=0)
    waiting = [asyncio.create_task(store.append_executions([samples.execution(n)])) for n in range(200)]
    await asyncio.sleep(0)
    await asyncio.gather(store.close(), store.close())
    await store.close()
    assert await asyncio.gather(*waiting) == [1] * 200
    with pytest.raises(StoreError, match="store_closed"):
        await store.load_executions()
    assert {file.name for file in samples.place(tmp_path).folder.iterdir()} == {"desk.db", "desk.lock"}
    async with open_store() as store:
        assert len(await store.load_executions()) == 200


async def test_an_opening_that_is_given_up_leaves_no_lock_behind(open_store: OpenStore, tmp_path: Path):
    make_private(samples.place(tmp_path).folder)
    for _ in range(10):
        task = asyncio.create_task(Store.open(samples.place(tmp_path), ballast_bytes=0))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        lock = None
        async with asyncio.timeout(60):
            while lock is None:
                try:
                    lock = InstanceLock(samples.place(tmp_path).lock)
                except StoreError:
                    await asyncio.sleep(0.001)
        lock.release()
    async with open_store() as store:
        await store.append_executions([samples.execution(1)])


async def test_a_caller_that_gives_up_leaves_the_store_working(open_store: OpenStore):
    async with open_store() as store:
        for number in range(50):
            task = asyncio.create_task(store.append_executions([samples.execution(number)]))
            await asyncio.sleep(0)
            task.cancel()
        await store.append_executions([samples.execution(1_000)])
        assert samples.execution(1_000) in await store.load_executions()


async def test_the_store_works_on_the_desks_own_loop(open_store: OpenStore, qt_loop: asyncio.Runner, tmp_path: Path):
    told = []
    async with open_store(tell=told.append) as store:
        await store.journal_intent(samples.command(1), samples.close_intent())
        await asyncio.gather(*(store.append_executions([samples.execution(n)]) for n in range(100)))
        assert len(await store.load_executions()) == 100
        await back_up(store, samples.place(tmp_path))
    samples.place(tmp_path).database.write_bytes(b"ruined")
    async with open_store(tell=told.append) as store:
        assert len(await store.load_executions()) == 100
    assert [event.code for event in told] == ["store_damaged", "store_restored"]


# ---- lanes ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def worker():
    made = Worker("test")
    yield made
    made.close()
    made.join(10)


def test_the_journal_overtakes_everything_that_waits(worker: Worker):
    gate, order = threading.Event(), []
    worker.submit(Lane.READ, gate.wait)
    futures = [
        worker.submit(lane, lambda name=f"{lane.name}{number}": order.append(name))
        for number in range(2)
        for lane in (Lane.READ, Lane.WRITE, Lane.JOURNAL, Lane.CONTROL)
    ]
    gate.set()
    for future in futures:
        future.result(10)
    assert order == ["CONTROL0", "CONTROL1", "JOURNAL0", "JOURNAL1", "WRITE0", "WRITE1", "READ0", "READ1"]


def test_held_writes_wait_while_reads_go_on(worker: Worker):
    worker.hold()
    order = []
    write = worker.submit(Lane.WRITE, lambda: order.append("write"))
    journal = worker.submit(Lane.JOURNAL, lambda: order.append("journal"))
    worker.submit(Lane.READ, lambda: order.append("read")).result(10)
    worker.submit(Lane.CONTROL, lambda: order.append("control")).result(10)
    assert order == ["read", "control"]
    assert not write.done()
    worker.release()
    write.result(10)
    journal.result(10)
    assert order == ["read", "control", "journal", "write"]


def test_what_waits_is_bounded(worker: Worker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker_module, "MAX_WAITING", 5)
    gate, started = threading.Event(), threading.Event()
    worker.submit(Lane.READ, lambda: (started.set(), gate.wait(10)))
    started.wait(10)
    futures = [worker.submit(Lane.WRITE, time.monotonic) for _ in range(5)]
    with pytest.raises(StoreError, match="store_overloaded"):
        worker.submit(Lane.WRITE, time.monotonic)
    control = worker.submit(Lane.CONTROL, time.monotonic)
    gate.set()
    assert control.result(10) <= min(future.result(10) for future in futures)


def test_an_error_reaches_the_caller_and_nobody_else(worker: Worker):
    with pytest.raises(ZeroDivisionError):
        worker.submit(Lane.WRITE, lambda: 1 // 0).result(10)
    assert worker.submit(Lane.WRITE, lambda: 1).result(10) == 1


def test_a_job_cancelled_while_it_waits_is_never_run(worker: Worker):
    worker.hold()
    ran = []
    future = worker.submit(Lane.WRITE, lambda: ran.append(1))
    assert future.cancel()
    worker.release()
    worker.submit(Lane.WRITE, lambda: None).result(10)
    assert ran == []
