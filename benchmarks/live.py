"""The whole desk under live prices: frame gaps, processor time and rest, sorted by live profit (G3, G8, G17).

Prices are posted as the stream posts them, through the real manager and book into the real window with every column of
200 positions (32 rows of two lines in sight) and with 500; what the feeder and the heartbeat cost by themselves is
measured in the same round without a desk that listens, and taken off. A gap is a heartbeat of 1 ms that comes more than
one frame late while this thread was at work for as long: what other programs take from it is not the desk's doing. The
control's gaps are taken off as well. At the end the last price of every position has to be in its row. Rest is measured
once all prices are stale: every row tells how old its own is in steps of five seconds, the top bar counts seconds.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import qasync
from PyQt6.QtCore import Qt

from benchmarks.paint import FRAME_MS, WatchedWindow, open_desk, ticks
from core.manager import PositionManager
from gui import app, theme
from gui.models.positions import STALE_S
from gui.models.table import RecordTable

ROUNDS = 7
ROUND_S = 1.5
IDLE_S = 5.0
RERANKS = 200
Row = dict[str, object]


async def used(work: Callable[[list[float]], Any], gaps: list[float]) -> float:
    """Share of a core that a stretch took, in percent."""
    wall, started = time.perf_counter(), time.process_time()
    await work(gaps)
    return (time.process_time() - started) / (time.perf_counter() - wall) * 100


async def heart(gaps: list[float], seconds: float) -> None:
    """How long work of this thread keeps a 1 ms timer waiting, in ms."""
    started = last = time.perf_counter()
    worked = time.thread_time()
    while last - started < seconds:
        await asyncio.sleep(0.001)
        now, done = time.perf_counter(), time.thread_time()
        gaps.append(min(now - last, done - worked) * 1000)
        last, worked = now, done


async def feed(manager: Any, window: WatchedWindow, per_s: int, gaps: list[float]) -> None:
    """Prices at a rate while the heart beats."""
    window.pending.clear()
    await asyncio.gather(ticks(manager, window, per_s, ROUND_S), heart(gaps, ROUND_S))


def sort_by_pnl(window: WatchedWindow) -> None:
    """The order that changes with every price."""
    view = window.tabs.positions.view
    names = [column.name for column in view.table.columns]
    view.sortByColumn(names.index("pnl"), Qt.SortOrder.DescendingOrder)


async def rounds(count: int, rates: tuple[int, ...]) -> dict[int, dict[str, list[float]]]:
    """Gaps beyond the control's and net processor time at each rate."""
    found: dict[int, dict[str, list[float]]] = {rate: {"gaps": [], "cpu": []} for rate in rates}
    async with open_desk(count) as (manager, window):
        sort_by_pnl(window)
        deaf = SimpleNamespace(snapshot=manager.snapshot, post=lambda event: None)
        for _ in range(ROUNDS):
            for rate in rates:
                quiet, busy = list[float](), list[float]()
                control = await used(lambda gaps, rate=rate: feed(deaf, window, rate, gaps), quiet)
                cpu = await used(lambda gaps, rate=rate: feed(manager, window, rate, gaps), busy)
                found[rate]["gaps"].append(_late(busy) - _late(quiet))
                found[rate]["cpu"].append(cpu - control)
        await all_shown(manager, window)
    return found


def _late(gaps: list[float]) -> int:
    return sum(gap > FRAME_MS for gap in gaps)


async def all_shown(manager: PositionManager, window: WatchedWindow) -> None:
    """Fails when a row does not hold what the book holds."""
    await asyncio.sleep(0.3)
    table = window.tabs.positions.table
    for position in manager.snapshot.positions:
        row = table.row_of(position.key)
        if row is None or table.record(row) is not position:
            raise RuntimeError(f"{position.symbol} does not show its last price")


async def rest() -> float:
    """What a desk with 50 positions, as it opens, takes without any news."""
    async with open_desk(50) as (_manager, window):
        window.session_dock.show()
        window.inspector_dock.show()
        window.resize(1600, 960)
        await asyncio.sleep(STALE_S + 1.5)
        return await used(lambda gaps: asyncio.sleep(IDLE_S), [])


async def rerank_us() -> float:
    """Microseconds to put 500 nearly sorted rows in order again, without telling Qt."""
    async with open_desk(500) as (_manager, window):
        sort_by_pnl(window)
        table = window.tabs.positions.table
        assert isinstance(table, RecordTable)
        records = list(table.records)
        taken = []
        for number in range(RERANKS):
            records[number], records[-number - 1] = records[-number - 1], records[number]
            started = time.thread_time()
            records = table._by_value(records)
            taken.append((time.thread_time() - started) * 1e6)
        return statistics.median(taken)


def run() -> list[Row]:
    """G3 (without its network part), G8, G17."""
    application = app.make_application()
    theme.apply(application, theme.tokens())
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        few = runner.run(rounds(200, (1_000, 5_000)))
        many = runner.run(rounds(500, (5_000,)))[5_000]
        idle, rerank = runner.run(rest()), runner.run(rerank_us())
    made = []
    for rate, measured in few.items():
        gaps, cpu = max(0.0, sum(measured["gaps"])), statistics.median(measured["cpu"])
        name = f"200 rows sorted live, {rate:,} ticks/s"
        made.append(row(f"G3 {name}: gaps over 16.7 ms beyond the control's", "0", gaps, gaps == 0, ""))
        made.append(row(f"   {name}", "-", cpu, True, "% of a core"))
    cpu = statistics.median(many["cpu"])
    made.append(row("G8 500 rows sorted live, 5,000 ticks/s, none lost", "≤ 35", cpu, cpu <= 35, "% of a core"))
    made.append(row("G8 live re-rank of 500 rows", "≤ 50", rerank, rerank <= 50, "µs"))
    made.append(row("G17 at rest, 50 positions, all prices stale", "≤ 0.5", idle, idle <= 0.5, "% of a core"))
    return made


def row(name: str, budget: str, measured: float | Decimal, ok: bool, unit: str) -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:.2f}", "ok": ok, "unit": unit}


if __name__ == "__main__":
    for line in run():
        print(line)
