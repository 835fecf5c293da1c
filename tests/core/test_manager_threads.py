"""The manager under many threads: nothing torn, nothing lost, versions only grow, and the twins do what they say.

The exchange is a closed port here: what is proven is the front door, not the way to the exchange.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import random
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from core.bybit import Connection
from core.errors import BadValue, ExchangeError, Unreachable
from core.events import (
    Account,
    Baseline,
    BaselineTaken,
    Event,
    ExecutionReported,
    InstrumentsReported,
    PositionReported,
    PriceReported,
)
from core.manager import PositionManager
from core.model import AuditEvent, PositionKey, Price, Snapshot, Wallet
from core.secrets import Secret
from core.subscribers import Subscribers
from tests.strategies import START_MS, a_position, an_execution, an_instrument

D = Decimal
SYMBOLS = [f"T{number:02d}USDT" for number in range(40)]
KEYS = [PositionKey("linear", symbol, 0) for symbol in SYMBOLS]
CLOSED_PORT = Connection(
    environment="paper", rest="http://127.0.0.1:9", ws="ws://127.0.0.1:9", api_key="key", api_secret=Secret("secret")
)


async def nowhere() -> Connection:
    """Where the exchange is not."""
    return CLOSED_PORT


@asynccontextmanager
async def running() -> AsyncIterator[PositionManager]:
    """A manager with 40 open positions of size 1, whose loop is this one and whose exchange does not answer."""
    manager = PositionManager(nowhere)
    task = asyncio.create_task(manager.run())
    manager.post(InstrumentsReported("linear", tuple(an_instrument(symbol=symbol) for symbol in SYMBOLS)))
    manager.post(BaselineTaken(baseline()))
    await manager.until(lambda s: len(s.positions) == len(SYMBOLS))
    try:
        yield manager
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def row(symbol: str, seq: int, size: int) -> Event:
    """The exchange says how large a position is; its mark is its size, so that a torn row shows."""
    position = a_position(
        size=size, symbol=symbol, seq=seq, updated_ms=START_MS + seq, mark_price=D(size), mark_source="stream"
    )
    return PositionReported(position, "stream")


def baseline() -> Baseline:
    """Everything open at size 1, explained by one execution each."""
    rows = [row(symbol, 1, 1) for symbol in SYMBOLS]
    return Baseline(
        started_ms=START_MS + 1_000,
        started_mono=0.0,
        positions=tuple(event.position for event in rows if isinstance(event, PositionReported)),
        orders=(),
        executions=tuple(
            an_execution(number, "Buy", 1, 100, symbol=symbol, seq=1, ts_ms=START_MS)
            for number, symbol in enumerate(SYMBOLS)
        ),
        closed_pnl=(),
        wallet=Wallet(equity=D(1_000), unrealised_pnl=D(0)),
        account=Account(margin_mode="isolated"),
    )


def torn(snapshot: Snapshot) -> str:
    """What does not fit together in one snapshot; "" when all does (V34)."""
    known = [p.unrealised_pnl for p in snapshot.positions]
    if any(pnl is None for pnl in known):
        return "a position without a figure"
    if snapshot.unrealised_pnl != sum(known, D(0)):
        return "the total is not the sum of its rows"
    if snapshot.session.active_positions != len(snapshot.positions):
        return "the count is not that of the rows"
    if len({p.key for p in snapshot.positions}) != len(snapshot.positions):
        return "a row twice"
    if any(p.mark_source == "stream" and p.mark_price != p.size for p in snapshot.positions):
        return "a row of two reports"
    return ""


class Readers:
    """Threads that read as fast as they can, for at least ``seconds``, and check what they read."""

    def __init__(self, manager: PositionManager, threads: int, reads: int, seconds: float) -> None:
        self._manager = manager
        self._reads = reads
        self._until = time.monotonic() + seconds
        self.wrong: list[str] = []
        self.versions: list[set[int]] = [set() for _ in range(threads)]
        self._threads = [threading.Thread(target=self._read, args=(mine,)) for mine in self.versions]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def are_done(self) -> bool:
        """Whether all have read their number."""
        return not any(thread.is_alive() for thread in self._threads)

    def _read(self, mine: set[int]) -> None:
        last, number, manager = -1, 0, self._manager
        while number < self._reads or time.monotonic() < self._until:
            number += 1
            snapshot = manager.snapshot
            version = snapshot.version
            if version < last:
                self.wrong.append(f"version {version} after {last}")
            if version != last:
                last = version
                mine.add(version)
                if found := torn(snapshot):
                    self.wrong.append(found)
            elif number % 50 == 0 and manager.get_open_positions_count() < 1:
                self.wrong.append("no positions")


def post_prices(manager: PositionManager, per_second: int, stop: threading.Event) -> tuple[int, float]:
    """Post ticker events from this thread until told to stop; returns how many, and in how many seconds."""
    posted, dice, started = 0, random.Random(1), time.monotonic()
    while not stop.wait(0.005):
        due = int((time.monotonic() - started) * per_second)
        for number in range(posted, due):
            price = Price(
                category="linear", symbol=dice.choice(SYMBOLS), last_price=D(number % 999 + 1), source="stream",
                ts_ms=number,
            )  # fmt: skip
            manager.post(PriceReported(price))
        posted = due
    return posted, time.monotonic() - started


def operate(manager: PositionManager, number: int, operations: int, done: list[str]) -> None:
    """Mixed operations of one thread: reports, fills, readings, subscriptions, locks, guards, commands that fail."""
    dice = random.Random(number)
    mine = SYMBOLS[number::5]
    kinds: list[Callable[[int], None]] = [
        lambda i: _grow(manager, mine[i % len(mine)], i, done),
        lambda i: _read_everything(manager, dice.choice(KEYS), done),
        lambda i: _listen(manager, done),
        lambda i: _arm(manager, done),
        lambda i: _guard(manager, done),
        lambda i: _close_nothing(manager, done),
    ]
    for i in range(operations):
        dice.choice(kinds)(i)


def _grow(manager: PositionManager, symbol: str, i: int, done: list[str]) -> None:
    seq = 10 + i
    held = manager.snapshot.position(symbol)
    assert held is not None
    size = int(held.size) + 1
    manager.post(ExecutionReported(an_execution(1_000 + seq, "Buy", 1, 100, symbol=symbol, seq=seq), "stream"))
    manager.post(row(symbol, seq, size))
    manager.until_threadsafe(lambda s: (p := s.position(symbol)) is not None and p.size >= size).result(30)
    done.append(f"grew {symbol}")


def _read_everything(manager: PositionManager, key: PositionKey, done: list[str]) -> None:
    assert manager.get_position(key) is not None
    assert manager.has_position(key.symbol)
    assert len(manager.get_all_positions()) == len(SYMBOLS)
    assert manager.get_session_summary().active_positions == len(SYMBOLS)
    assert manager.get_market_limits(key.symbol).symbol == key.symbol
    done.append("read")


def _listen(manager: PositionManager, done: list[str]) -> None:
    heard = threading.Event()
    end = manager.subscribe("snapshot", lambda _snapshot: heard.set())
    assert heard.wait(30)
    end()
    end()
    done.append("listened")


def _arm(manager: PositionManager, done: list[str]) -> None:
    manager.set_armed_threadsafe(True).result(30)
    done.append("armed")


def _guard(manager: PositionManager, done: list[str]) -> None:
    alerts = manager.update_positions_threadsafe().result(30)
    assert {alert.kind for alert in alerts} <= {"unprotected", "near_liquidation", "too_many_positions"}
    done.append("guarded")


def _close_nothing(manager: PositionManager, done: list[str]) -> None:
    with pytest.raises(BadValue, match="position_gone"):
        manager.close_position_threadsafe(PositionKey("linear", "NOSUCHUSDT", 0)).result(30)
    done.append("refused")


async def until_taken(manager: PositionManager) -> None:
    """Everything posted is applied."""
    while manager.engine.inbox._posted:
        await asyncio.sleep(0)
    await manager.engine.inbox.apply()


async def prove(
    *, threads: int, reads: int, operations: int, per_second: int, seconds: float, switch_s: float
) -> float:
    """Readers, five operating threads and a flood of events at once; returns how many of these came in a second."""
    asked, stop = 5 * operations, threading.Event()
    done: list[str] = []
    loop = asyncio.get_running_loop()
    interval, published = sys.getswitchinterval(), []
    sys.setswitchinterval(switch_s)  # the shorter, the more switches: what can tear, tears
    try:
        async with running() as manager:
            end = manager.subscribe("snapshot", lambda snapshot: published.append(snapshot.version))
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                flood = loop.run_in_executor(pool, post_prices, manager, per_second, stop)
                with Readers(manager, threads, reads, seconds) as readers:
                    work = [loop.run_in_executor(pool, operate, manager, n, operations, done) for n in range(5)]
                    await asyncio.gather(*work)
                    while not readers.are_done:
                        await asyncio.sleep(0.01)
                stop.set()
                posted, took_s = await flood
            await until_taken(manager)
            end()
            final = manager.engine.book.snapshot()
            grown = {symbol: sum(line == f"grew {symbol}" for line in done) for symbol in SYMBOLS}
            assert len(done) == asked
            assert readers.wrong == []
            assert published == sorted(set(published)), "versions do not strictly increase"
            for mine in readers.versions:
                assert mine <= {*published, *range(published[0])}, "a version that was never published"
            assert {p.symbol: int(p.size) - 1 for p in final.positions} == grown, "a report was lost"
            lives = {p.symbol: manager.engine.book.lives.life(p.key) for p in final.positions}
            assert {symbol: int(life.size) - 1 for symbol, life in lives.items() if life} == grown, "a fill was lost"
            assert len(published) > 50
            return posted / took_s
    finally:
        sys.setswitchinterval(interval)


async def test_500_operations_and_8_readers_beside_a_flood_of_events() -> None:
    rate = await prove(threads=8, reads=50_000, operations=100, per_second=5_000, seconds=1.0, switch_s=0.0005)
    assert rate > 4_000


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_500_operations_and_32_readers_of_a_million_reads() -> None:
    rate = await prove(threads=32, reads=1_000_000, operations=100, per_second=5_000, seconds=30.0, switch_s=0.005)
    assert rate > 4_000


# ---- the twins ------------------------------------------------------------------------------------------------------


async def from_a_thread(call: Callable[[], concurrent.futures.Future[Any]]) -> Any:
    """Call a twin from another thread and wait for its future there."""
    return await asyncio.to_thread(lambda: call().result(10))


async def test_every_coroutine_that_a_bot_needs_has_a_twin() -> None:
    names = (
        "submit", "submit_all", "retry", "close_position", "close_all", "cancel_orders", "update_targets",
        "open_position", "register_partial_exit", "sync_with_bybit", "reconcile_positions", "update_positions",
        "set_armed", "until", "get_closed_page", "undo_stops", "amend_order", "set_leverage",
    )  # fmt: skip
    for name in names:
        assert getattr(PositionManager, f"{name}_threadsafe").__name__ == name


async def test_a_twin_returns_and_raises_what_the_method_does() -> None:
    async with running() as manager:
        snapshot = await from_a_thread(lambda: manager.until_threadsafe(lambda s: bool(s.positions)))
        assert len(snapshot.positions) == len(SYMBOLS)
        with pytest.raises(BadValue, match="position_gone"):
            await from_a_thread(lambda: manager.close_position_threadsafe(PositionKey("linear", "NONEUSDT", 0)))
        for asks in (manager.reconcile_positions_threadsafe, manager.sync_with_bybit_threadsafe):
            with pytest.raises(ExchangeError):
                await from_a_thread(asks)
        await from_a_thread(lambda: manager.set_armed_threadsafe(False))
        assert not manager.snapshot.is_armed
        alerts = await from_a_thread(manager.update_positions_threadsafe)
        assert alerts == manager.snapshot.alerts


def test_a_twin_after_the_end_says_so_and_leaves_nothing_behind() -> None:
    runner = asyncio.Runner()

    async def make() -> PositionManager:
        return PositionManager(nowhere)

    manager = runner.run(make())
    runner.close()
    with pytest.raises(Unreachable, match="desk_closed"):
        manager.close_position_threadsafe(KEYS[0])


# ---- subscriptions --------------------------------------------------------------------------------------------------


def test_ending_one_subscription_twice_leaves_another_of_the_same_callback() -> None:
    heard: list[object] = []
    subscribers = Subscribers(lambda kind, name: None)
    ends = [subscribers.add("snapshot", heard.append) for _ in range(2)]
    ends[0]()
    ends[0]()
    subscribers.tell_snapshot(a_snapshot := Snapshot(environment="paper", account="Main"))
    assert heard == [a_snapshot]
    ends[1]()
    assert not subscribers.tell_snapshot(a_snapshot)
    assert heard == [a_snapshot]


async def test_a_failing_subscriber_is_counted_shown_once_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as manager:
        heard: list[AuditEvent] = []

        def fails(_line: AuditEvent) -> None:
            raise RuntimeError("a subscriber's own mistake")

        manager.subscribe("notice", fails)
        manager.subscribe("notice", heard.append)
        manager.subscribe("changed", heard.append)
        for seq in (20, 21, 22):
            manager.post(row("T00USDT", seq, seq))
        await manager.until(lambda s: s.position("T00USDT").size == 22)
        shown = await manager.until(lambda s: any(line.code == "subscriber_failed" for line in s.events))
        assert [line.code for line in heard if line.code == "position_changed"] == ["position_changed"] * 6
        failed = [line for line in shown.events if line.code == "subscriber_failed"]
        assert len(failed) == 1
        assert failed[0].details["listens_to"] == "notice"
        assert manager.subscriber_failures >= 3
        assert "a notice subscriber failed" in caplog.text


async def test_lines_of_a_position_come_in_the_order_in_which_things_happened() -> None:
    async with running() as manager:
        told: list[str] = []
        for kind in ("opened", "changed", "partial_exit", "closed"):
            manager.subscribe(kind, lambda line, kind=kind: told.append(f"{kind} {line.key.symbol}"))
        manager.post(row("NEWUSDT", 1, 3))
        manager.post(ExecutionReported(an_execution(1, "Buy", 3, 100, symbol="NEWUSDT", seq=1), "stream"))
        manager.post(ExecutionReported(an_execution(2, "Sell", 1, 110, symbol="NEWUSDT", seq=2), "stream"))
        manager.post(row("NEWUSDT", 2, 2))
        manager.post(row("NEWUSDT", 3, 0))
        await manager.until(lambda s: s.position("NEWUSDT") is None and len(told) >= 4)
        assert told == ["opened NEWUSDT", "partial_exit NEWUSDT", "changed NEWUSDT", "closed NEWUSDT"]


async def test_order_and_number_of_subscribers_change_nothing() -> None:
    """V40."""
    ends = []
    for order in (1, -1):
        async with running() as manager:
            for name in ["snapshot", "notice", "changed"][::order]:
                manager.subscribe(name, [].append)
            for seq in range(2, 40):
                manager.post(row(SYMBOLS[seq % 7], seq, seq))
            await manager.engine.inbox.apply()
            ends.append({p.key: (p.size, p.seq) for p in manager.engine.book.snapshot().positions})
    assert ends[0] == ends[1]


async def test_an_unknown_kind_is_refused() -> None:
    async with running() as manager:
        with pytest.raises(BadValue, match="unknown_kind"):
            manager.subscribe("everything", print)
