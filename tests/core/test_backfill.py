"""The back-fill: nothing is asked for twice, nothing is left out, and no older word is written over a newer one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core import backfill, order_legs
from core.backfill import WEEK_MS, BackFill, missing, weeks
from core.book import PositionBook
from core.clock import ManualClock
from core.events import ExecutionReported, InstrumentsReported, PositionReported
from core.lives import MAX_TAPE
from core.model import Checkpoint, ClosedTrade, Execution, Order, Position, PositionKey, Seen
from core.order_legs import ASKED_SINGLY
from core.recorder import Recorder
from core.tapes import TakenBack
from tests.recording import recording
from tests.strategies import START_MS, a_baseline, a_position, an_execution, an_instrument, an_order

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)
OPENED = an_execution(1, "Buy", 1, 100, closed_size=D(0))
CLOSED = an_execution(2, "Sell", 1, 130, closed_size=D(1))

TIMES = st.integers(0, 10 * WEEK_MS)
WINDOWS = st.lists(st.tuples(TIMES, TIMES).filter(lambda w: w[0] < w[1]), max_size=6)


def covers(windows: list[tuple[int, int]], at: int) -> bool:
    return any(start <= at < end for start, end in windows)


@given(known=WINDOWS, start=TIMES, length=st.integers(1, 6 * WEEK_MS), at=st.data())
def test_a_moment_is_missing_or_known_and_never_both(known, start, length, at) -> None:
    end = start + length
    gaps = missing(known, start, end)
    moment = at.draw(st.integers(start, end - 1))
    assert covers(gaps, moment) != covers(known, moment)
    assert gaps == sorted(gaps)
    assert all(start <= a < b <= end for a, b in gaps)


@given(known=WINDOWS, start=TIMES, length=st.integers(1, 6 * WEEK_MS))
def test_weeks_are_the_gaps_cut_newest_first(known, start, length) -> None:
    gaps = missing(known, start, start + length)
    cut = weeks(gaps)
    assert all(0 < b - a <= WEEK_MS for a, b in cut)
    assert cut == sorted(cut, reverse=True)
    assert sum(b - a for a, b in cut) == sum(b - a for a, b in gaps)
    assert missing(cut, start, start + length) == missing(gaps, start, start + length)


def test_nothing_is_missing_of_what_is_known() -> None:
    assert missing([(0, 10)], 2, 8) == []
    assert missing([], 2, 8) == [(2, 8)]
    assert missing([(4, 6), (5, 7)], 2, 8) == [(2, 4), (7, 8)]


# ---- rebuilding -----------------------------------------------------------------------------------------------------


class Desk:
    """A book, a real store and the exchange of one run. ``listed``: all that happened, as lists tell it."""

    def __init__(self, recorder: Recorder, listed: list[Execution], orders: dict[str, Order]) -> None:
        self.recorder, self.listed, self.orders = recorder, listed, orders
        self.clock = ManualClock(START_MS + 3_600_000)
        self.told: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.book = PositionBook(
            self.clock, "paper", "Main", lambda line: self.told.append((line.code, line.key.symbol if line.key else ""))
        )
        self.book.apply(InstrumentsReported("linear", (an_instrument(),)))

    async def run(self) -> None:
        """A start: what is missing is fetched, and trades are made of it."""
        gateway: Any = self
        await BackFill(self.book, self.recorder, lambda: gateway, self.clock, lambda _: None, days=2).run(["linear"])

    def baseline(self, positions: tuple[Position, ...] = (), executions: tuple[Execution, ...] = ()) -> None:
        """A full reading, as of now."""
        now_ms = self.book.links.exchange_ms(self.clock.now_ms())
        self.book.apply(a_baseline(now_ms, self.clock.monotonic(), positions, executions))

    async def trades(self, symbol: str = "SOLUSDT") -> list[ClosedTrade]:
        """Of a contract, on disk."""
        return [t for t in (await self.recorder.store.closed_trades_page()).trades if t.symbol == symbol]

    # The gateway.

    async def fetch_executions(self, _category: str, from_ms: int, until_ms: int) -> list[Execution]:
        """Of a stretch."""
        return [row for row in self.listed if from_ms <= row.ts_ms < until_ms]

    async def fetch_filled_orders(self, *_: object) -> tuple[Order, ...]:
        """None of these filled in full."""
        return ()

    async def fetch_order(self, _category: str, symbol: str, *, order_id: str) -> Order | None:
        """By its name."""
        self.asked.append(symbol)
        return self.orders.get(order_id)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "PAUSE_S", 0)
    monkeypatch.setattr(order_legs, "FIRST_S", 0)  # nobody moves the clock


def lives(count: int, symbol: str = "SOLUSDT") -> list[Execution]:
    """As lists tell them: an order in, an order out, and no legs."""
    return [
        an_execution(
            number,
            "Sell" if number % 2 else "Buy",
            1,
            symbol=symbol,
            exec_id=f"{symbol}{number}",
            order_id=f"{symbol}{number}",
            closed_size=D(number % 2),
            position_idx=None,
        )
        for number in range(2 * count)
    ]


def orders_of(rows: list[Execution]) -> dict[str, Order]:
    return {row.order_id: an_order("Filled", order_id=row.order_id, symbol=row.symbol) for row in rows}


async def test_every_order_has_its_turn_before_a_contract_is_given_up(tmp_path: Path) -> None:
    rows = lives(2 * ASKED_SINGLY)
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, rows, orders_of(rows))
        desk.baseline()
        await desk.run()
        assert len(await desk.trades()) == 2 * ASKED_SINGLY
        assert desk.told == []


async def test_a_contract_that_cannot_be_rebuilt_is_told_and_tried_at_the_next_start(tmp_path: Path) -> None:
    rows, others = lives(3), lives(2, "ETHUSDT")
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, rows + others, orders_of(others))
        desk.baseline()
        for _ in range(2):
            await desk.run()
        assert (len(await desk.trades()), len(await desk.trades("ETHUSDT"))) == (0, 2)
        assert desk.told == [("history_not_rebuilt", "SOLUSDT")] * 2, "once at each start"
        desk.asked.clear()
        desk.orders = orders_of(rows)
        await desk.run()
        assert len(await desk.trades()) == 3
        assert set(desk.asked) == {"SOLUSDT"}, "the other one was done"
        desk.asked.clear()
        desk.orders = {}
        await desk.run()
        assert (desk.asked, len(desk.told)) == ([], 2), "all done"


@pytest.mark.parametrize("ahead_s", [-7_200, 0, 7_200])
async def test_what_is_read_ends_at_the_exchanges_time_however_wrong_the_computers_clock(
    tmp_path: Path, ahead_s: int
) -> None:
    """What is noted as read for hours to come would never be asked for once they have come."""
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, [OPENED, CLOSED], {})
        now_ms = desk.clock.now_ms()
        desk.clock.advance(ahead_s)
        desk.book.set_links(clock_offset_ms=-1_000 * ahead_s)
        desk.baseline()
        await desk.run()
        for scope in ("linear", "linear-lives", "linear-lives-SOLUSDT"):
            ((_, until_ms),) = await recorder.store.windows(scope)
            assert until_ms == now_ms, scope


@asynccontextmanager
async def rebuilding_a_gap(
    folder: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Desk], None]
) -> AsyncIterator[tuple[Desk, ClosedTrade]]:
    """A desk that holds a closed life without its closing fill, rebuilt; and the life as it was before.

    Args:
        meanwhile: happens between the fold and its writing.
    """
    async with recording(folder) as recorder:
        desk = Desk(recorder, [OPENED], {})
        desk.baseline((a_position(size=1, seq=1),), (OPENED,))
        desk.book.apply(PositionReported(a_position(size=0, seq=2, updated_ms=CLOSED.ts_ms), "rest"))
        desk.clock.advance(60)
        desk.baseline()
        (held,) = desk.book.lives.closed()
        assert held.net_pnl is None
        happened, windows = [], recorder.store.windows

        async def interrupted(scope: str) -> list[tuple[int, int]]:
            # The category's own windows are asked for twice: for what to fetch, and after the fold.
            happened.extend([scope] if scope == "linear" else [])
            if happened == ["linear", "linear"]:
                happened.append("something")
                meanwhile(desk)
            return await windows(scope)

        monkeypatch.setattr(recorder.store, "windows", interrupted)
        await desk.run()
        assert "something" in happened
        yield desk, held


async def test_a_life_that_is_priced_while_it_is_rebuilt_stays_priced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def price(desk: Desk) -> None:
        (held,) = desk.book.lives.closed()
        desk.book.price_trade(replace(held, net_pnl=D(30), pnl_source="closed_pnl"))

    async with rebuilding_a_gap(tmp_path, monkeypatch, price) as (desk, held):
        assert [(t.life_id, t.net_pnl) for t in await desk.trades()] == [(held.life_id, D(30))]


async def test_a_life_that_is_completed_while_it_is_rebuilt_stays_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def complete(desk: Desk) -> None:
        desk.book.apply(ExecutionReported(CLOSED, "rest"))

    async with rebuilding_a_gap(tmp_path, monkeypatch, complete) as (desk, _):
        assert [(t.is_complete, t.net_pnl) for t in await desk.trades()] == [(True, D(30))]


async def test_a_life_that_is_taken_back_while_it_is_rebuilt_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin_earlier(desk: Desk) -> None:
        desk.book.apply(ExecutionReported(an_execution(0, "Buy", 1, 90, closed_size=D(0)), "rest"))

    async with rebuilding_a_gap(tmp_path, monkeypatch, begin_earlier) as (desk, held):
        assert TakenBack(held.life_id) in desk.book.lives.take_changes()
        assert held.life_id not in {trade.life_id for trade in await desk.trades()}


# ---- lives that began before all that was known ----------------------------------------------------------------------


def at(number: int, side: str, qty: int, price: int, closed: int) -> Execution:
    return an_execution(number, side, qty, price, closed_size=D(closed), position_idx=0)


async def test_a_closed_life_gets_its_beginning_and_is_there_once(tmp_path: Path) -> None:
    """The desk saw only its end: it is pending until the past is read, and must not be counted beside itself."""
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, [OPENED, CLOSED], {})
        desk.baseline((), (CLOSED,))
        (held,) = desk.book.lives.closed()
        assert (held.is_complete, held.net_pnl) == (False, None)
        await recorder.store.save_lives([held])
        await desk.run()
        (shown,) = desk.book.lives.closed()
        assert (shown.is_complete, shown.net_pnl, shown.opened_ms) == (True, D(30), OPENED.ts_ms)
        assert await desk.trades() == [shown]
        assert TakenBack(held.life_id) in desk.book.lives.take_changes()


async def test_the_life_that_began_before_all_history_stays(tmp_path: Path) -> None:
    """It bears the name that the later one had while its beginning was not known."""
    past = [at(0, "Sell", 2, 90, 2), at(1, "Buy", 1, 100, 0), at(2, "Sell", 1, 130, 1)]
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, past, {})
        desk.baseline((), (past[-1],))
        await desk.run()
        assert {trade.net_pnl for trade in desk.book.lives.closed()} == {None, D(30)}
        assert {trade.net_pnl for trade in await desk.trades()} == {None, D(30)}
        assert not any(isinstance(change, TakenBack) for change in desk.book.lives.take_changes())


@pytest.mark.parametrize("is_turned", [False, True])
async def test_an_open_position_gets_its_beginning_from_where_it_was_flat(tmp_path: Path, *, is_turned: bool) -> None:
    first = [at(0, "Sell", 1, 90, 0), at(1, "Buy", 3, 100, 1)] if is_turned else [at(1, "Buy", 2, 100, 0)]
    past = [*first, at(2, "Sell", 1, 130, 1)]
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, past, {})
        desk.baseline((a_position(size=1, seq=2, updated_ms=past[-1].ts_ms),))
        assert desk.book.snapshot().positions[0].realised_pnl is None
        await desk.run()
        position = desk.book.snapshot().positions[0]
        assert (position.realised_pnl, position.peak_size, position.fees) == (D(30), D(2), D(0))
        assert [trade.is_complete for trade in desk.book.lives.closed()] == [True] * is_turned
        assert len(await desk.trades()) == is_turned
        desk.book.apply(ExecutionReported(at(3, "Sell", 1, 140, 1), "stream"))
        assert desk.book.lives.closed()[0].net_pnl == D(70)


async def test_a_beginning_longer_than_a_tape_is_folded_at_once(tmp_path: Path) -> None:
    past = [at(number, "Buy", 1, 100, 0) for number in range(2 * MAX_TAPE)]
    last = at(len(past), "Sell", len(past), 101, len(past))
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, [*past, last], {})
        desk.baseline((), (last,))
        await desk.run()
        (shown,) = desk.book.lives.closed()
        assert (shown.is_complete, shown.net_pnl, shown.peak_size) == (True, D(len(past)), D(len(past)))


async def test_a_life_whose_end_only_a_row_told_takes_no_later_one_along(tmp_path: Path) -> None:
    """What is made of all executions knows of the row as well, however long ago it was."""
    past = [at(1, "Buy", 1, 100, 0), at(3, "Buy", 2, 100, 0), at(4, "Sell", 2, 110, 2)]
    async with recording(tmp_path) as recorder:
        desk = Desk(recorder, past, {})
        flat = (Checkpoint(0, D(0), past[0].ts_ms), Checkpoint(2, D(0), past[0].ts_ms + 1_000))
        desk.book.recall_seen(Seen(reports=((SOL, flat),)), 0)
        desk.baseline()
        await desk.run()
        assert [(trade.net_pnl, trade.closed_ms) for trade in await desk.trades()] == [
            (D(20), past[-1].ts_ms),
            (None, flat[-1].ts_ms),
        ]
