"""What goes to disk behind the desk: in order, taken back when it never was, bounded while nothing can be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

import core.recorder
from core.book import PositionBook, Record
from core.clock import ManualClock, SystemClock
from core.events import ExecutionReported, PositionReported, WalletReported
from core.model import AuditEvent, Checkpoint, PositionKey, Seen, Wallet
from core.recorder import ExitLabel, Recorder
from core.store import Store
from core.store.worker import Lane
from core.tapes import TakenBack
from core.trades import fold
from tests.core.store import samples
from tests.recording import recording
from tests.strategies import START_MS, a_baseline, a_position, an_execution

D = Decimal
DAY_MS = 86_400_000
KEY = PositionKey("linear", "SOLUSDT", 0)


@asynccontextmanager
async def writing(folder: Path) -> AsyncIterator[Recorder]:
    """A recorder that writes behind."""
    async with recording(folder) as recorder:
        task = asyncio.create_task(recorder.run())
        try:
            yield recorder
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def kept(folder: Path) -> list[str]:
    async with writing(folder) as recorder:
        return [trade.life_id for trade in (await recorder.store.closed_trades_page()).trades]


async def test_a_life_that_was_taken_back_leaves_the_disk(tmp_path: Path):
    first, second, third = (samples.trade(number) for number in range(3))
    async with writing(tmp_path) as recorder:
        for record in (first, second, TakenBack(first.life_id), third):
            recorder.keep(record)
    assert await kept(tmp_path) == [third.life_id, second.life_id]
    async with writing(tmp_path) as recorder:
        for record in (TakenBack(second.life_id), first, TakenBack(third.life_id), second, TakenBack("never kept")):
            recorder.keep(record)
    assert await kept(tmp_path) == [second.life_id, first.life_id]


async def test_what_is_being_written_when_the_desk_ends_is_written_once(tmp_path: Path):
    """The store still looks at its file, or at something else, when the operator leaves."""
    async with writing(tmp_path) as recorder:
        await recorder.store.checked()
        worker = recorder.store._keeper._worker
        worker.hold()
        recorder.keep(AuditEvent(ts_ms=1, code="position_closed"))
        recorder.keep(samples.trade(1))
        while not worker._lanes[Lane.WRITE]:
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(worker.release)
    assert await kept(tmp_path) == [samples.trade(1).life_id]
    async with writing(tmp_path) as recorder:
        assert [line.code for line in (await recorder.store.audit_page())[0]] == ["position_closed"]


async def test_the_names_of_exits_are_written_behind(tmp_path: Path):
    async with writing(tmp_path) as recorder:
        for reason in ("ladder 1", "a half \ud800"):
            recorder.keep(ExitLabel("link-1", reason))
    async with writing(tmp_path) as recorder:
        assert await recorder.store.labels() == {"link-1": "a half \\ud800"}


async def test_what_only_this_desk_saw_is_there_for_its_next_run(tmp_path: Path):
    clock = ManualClock(40 * DAY_MS + 5_000)
    async with writing(tmp_path) as recorder:
        book = a_book(clock)
        await recorder.recall(book, ())
        assert book.seen() is None, "nothing is claimed before there is a picture"
        book.has_baseline = True
        book.apply(WalletReported(Wallet(equity=D(1_000), updated_ms=1), "rest"))
        assert book.snapshot().day_start == (clock.now_ms(), D(1_000))
        seen = book.seen()
        assert seen is not None
        seen = replace(seen, extremes=(("a", D("9.00"), D(-7)),))
        book.seen = lambda: seen
    clock.advance(3_600)
    async with writing(tmp_path) as recorder:
        book = a_book(clock)
        await recorder.recall(book, ())
        assert await recorder.store.seen() == seen
        assert book.holdings.excursions._earlier["a"].best == 9
        book.apply(WalletReported(Wallet(equity=D(1_100), updated_ms=2), "rest"))
        assert book.snapshot().day_start == (40 * DAY_MS + 5_000, D(1_000))
        clock.advance(86_400)
        assert book.snapshot().day_start == (clock.now_ms(), D(1_100)), "another day"
        await recorder.store._keeper.write(
            lambda c: c.exec_driver_sql("UPDATE meta SET value = '{' WHERE name = 'seen'")
        )
        assert await recorder.store.seen() == Seen()


async def test_a_life_priced_by_records_stays_priced_for_the_next_run(tmp_path: Path):
    """Its executions did not come; what was made of it is not made again, and no life is made up of its half."""
    bought = an_execution(1, "Buy", 5, 100, closed_size=D(0), position_idx=0)
    flat = Checkpoint(9, D(0), START_MS + 9_000)
    (pending,) = fold(KEY, "USDT", [bought], checkpoints=[flat]).closed
    priced = replace(pending, net_pnl=D("4.5"), pnl_source="closed_pnl")
    async with writing(tmp_path) as recorder:
        recorder.keep(bought)
        recorder.keep(priced)
    async with writing(tmp_path) as recorder:
        recorder._clock = clock = ManualClock(START_MS + 3_600_000)
        book = a_book(clock)
        await recorder.recall(book, ())
        book.apply(a_baseline(clock.now_ms(), clock.monotonic()))
        assert book.lives.closed() == (priced,)


async def test_a_life_whose_end_only_a_row_told_takes_no_later_one_along(tmp_path: Path):
    """V30: the next run, too, knows that it was flat in between; executions alone do not tell."""
    rows = [
        an_execution(1, "Buy", 1, 100, closed_size=D(0)),
        an_execution(3, "Buy", 2, 100, closed_size=D(0)),
        an_execution(4, "Sell", 2, 110, closed_size=D(2)),
    ]
    clock = ManualClock(START_MS + 60_000)
    async with recording(tmp_path, clock) as recorder:
        book = a_book(clock, recorder.keep)
        await recorder.recall(book, ())
        book.apply(a_baseline(clock.now_ms(), clock.monotonic()))
        book.apply(ExecutionReported(rows[0], "stream"))
        flat = a_position(size=0, seq=2, updated_ms=START_MS + 2_000, received_mono=clock.monotonic())
        book.apply(PositionReported(flat, "stream"))
        clock.advance(60)
        book.apply(a_baseline(clock.now_ms(), clock.monotonic()))
        for row in rows[1:]:
            book.apply(ExecutionReported(row, "stream"))
        before = book.snapshot().closed_trades
        assert [trade.net_pnl for trade in before] == [D(20), None]
    clock.advance(600)
    async with recording(tmp_path, clock) as recorder:
        book = a_book(clock, recorder.keep)
        await recorder.recall(book, ())
        book.apply(a_baseline(clock.now_ms(), clock.monotonic()))
        assert book.snapshot().closed_trades == before
    async with recording(tmp_path, clock) as recorder:
        kept = (await recorder.store.closed_trades_page()).trades
        assert [trade.life_id for trade in kept] == [trade.life_id for trade in before]


def a_book(clock: ManualClock, on_record: Callable[[Record], None] = lambda record: None) -> PositionBook:
    """An empty one that tells nobody."""
    return PositionBook(clock, "paper", "Main", lambda line: None, on_record)


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
