"""From a tick to its pixels, and what painting costs, against stock Qt in the same run (G5, G6).

The desk's own window with the 200 positions of the load test, on the real manager and qasync: prices are posted as the
stream posts them, and the clock of a tick stops when the repaint that shows it has ended. The unit is one full repaint
of the same cells in the same viewport by QTableView, QStandardItemModel and the default delegate, timed in turns.
The frame gap is what a 1 ms heartbeat on the same loop feels, against a control without ticks.
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import qasync
from msgspec.structs import replace
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QApplication, QHeaderView, QTableView

from core.events import Account, Baseline, BaselineTaken, InstrumentsReported, PriceReported
from core.manager import PositionManager
from core.model import PositionKey, Price, Snapshot
from gui import app, theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.views.table_view import TableView
from tests.gui import samples

POSITIONS = 200
VISIBLE_ROWS = 32
ROUNDS = 7
ROUND_S = 1.5
FRAME_MS = 16.7
Row = dict[str, object]


class WatchedWindow(MainWindow):
    """Notes which ticks each repaint has brought to the screen."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.pending: dict[PositionKey, list[float]] = {}
        self.latencies: list[float] = []
        self.paint_ms: list[float] = []
        self._shown: Snapshot | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """As the desk does, noting what the next repaint will show."""
        super().show_snapshot(snapshot)
        self._shown = snapshot

    def event(self, event: QEvent | None) -> bool:
        """As the desk does, then settle the ticks that are on the screen now."""
        is_paint = event is not None and event.type() == QEvent.Type.UpdateRequest
        started = time.monotonic()
        handled = super().event(event)
        if is_paint and self._shown is not None:
            self.paint_ms.append((time.monotonic() - started) * 1000)
            self._settle(self._shown, time.monotonic())
            self._shown = None
        return handled

    def _settle(self, shown: Snapshot, now: float) -> None:
        for position in shown.positions[:VISIBLE_ROWS]:
            ticks = self.pending.get(position.key)
            if ticks and ticks[0] <= position.mark_mono:
                self.latencies.append((now - ticks[0]) * 1000)
                self.pending[position.key] = [tick for tick in ticks if tick > position.mark_mono]


async def nowhere() -> Any:
    """The book is fed by hand: no connection is ever found."""
    await asyncio.Event().wait()


def baseline(count: int) -> Baseline:
    """So many open positions."""
    return Baseline(
        started_ms=samples.NOW_MS,
        started_mono=time.monotonic(),
        positions=tuple(
            replace(row, mark_price=None, mark_mono=0.0, life_id="", partial_exits=())
            for row in samples.many_positions(count)
        ),
        orders=(),
        executions=(),
        closed_pnl=(),
        wallet=samples.wallet(),
        account=Account(margin_mode="isolated"),
    )


def price(symbol: str, value: Decimal) -> Price:
    """A tick, now."""
    now = time.monotonic()
    return Price(
        category="linear", symbol=symbol, mark_price=value, last_price=value, source="stream",
        ts_ms=int(now * 1000), received_mono=now,
    )  # fmt: skip


async def ticks(manager: PositionManager, window: WatchedWindow, per_s: int, seconds: float) -> None:
    """Post ``per_s`` prices a second, a random position each, as evenly as the loop allows."""
    rng = random.Random(7)
    symbols = [position.symbol for position in manager.snapshot.positions]
    visible = set(symbols[:VISIBLE_ROWS])
    started, sent = time.monotonic(), 0
    while (now := time.monotonic()) - started < seconds:
        due = int((now - started) * per_s)
        for _ in range(due - sent):
            symbol = rng.choice(symbols)
            tick = price(symbol, Decimal(rng.randrange(2000, 8000)) / 100)
            if symbol in visible:
                key = PositionKey("linear", symbol, 0)
                window.pending.setdefault(key, []).append(tick.received_mono)
            manager.post(PriceReported(tick))
        sent = due
        await asyncio.sleep(0.001)


async def heartbeat(gaps: list[float], seconds: float) -> None:
    """How long the loop keeps a 1 ms timer waiting."""
    started = last = time.perf_counter()
    while last - started < seconds:
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now


def stock_copy(view: TableView) -> QTableView:
    """The same cells, as text, in stock Qt: same rows, columns, widths, font and viewport."""
    table = view.table
    model = QStandardItemModel(table.rowCount(), table.columnCount())
    for row in range(table.rowCount()):
        for column in range(table.columnCount()):
            item = QStandardItem("\n".join(table.words(row, column)))
            side = Qt.AlignmentFlag.AlignRight if table.columns[column].is_right else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            model.setItem(row, column, item)
    stock = QTableView()
    stock.setModel(model)
    stock.setFont(theme.font())
    stock.setShowGrid(False)
    rows = stock.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(theme.ROW_HEIGHT)
    for column in range(table.columnCount()):
        stock.setColumnWidth(column, view.columnWidth(column))
        stock.setColumnHidden(column, view.isColumnHidden(column))
    stock.resize(view.size())
    model.setParent(stock)
    stock.show()
    return stock


def repaint_ms(view: QTableView, times: int) -> float:
    """Milliseconds of this thread for one synchronous repaint of the viewport: others' work does not count."""
    viewport = view.viewport()
    started = time.thread_time()
    for _ in range(times):
        viewport.repaint(viewport.rect())
    return (time.thread_time() - started) * 1000 / times


def dirty_row_ms(view: TableView) -> float:
    """Milliseconds of this thread to take one changed record, format it and repaint its row."""
    records = [view.table.record(row) for row in range(view.table.rowCount())]
    changed = samples.derive(replace(records[3], mark_price=Decimal(random.randrange(2000, 8000)) / 100))
    records[3] = changed
    started = time.thread_time()
    view.table.set_records(tuple(records))
    QApplication.sendPostedEvents(view.window(), QEvent.Type.UpdateRequest.value)
    return (time.thread_time() - started) * 1000


def show_everything(window: MainWindow) -> TableView:
    """A tall window, wide enough for every column: 32 two-line rows are in sight, as on a large screen."""
    view = window.tabs.positions.view
    window.session_dock.hide()
    window.inspector_dock.hide()
    for number in range(view.table.columnCount()):
        view.header.setSectionHidden(number, False)
    window.resize(1920, VISIBLE_ROWS * theme.ROW_HEIGHT + 240)
    return view


@asynccontextmanager
async def open_desk(count: int = POSITIONS) -> AsyncIterator[tuple[PositionManager, WatchedWindow]]:
    """The desk's window on a manager that holds so many open positions, each with a price."""
    bridge = Bridge()
    window = WatchedWindow(bridge, "paper", "Bench", WindowSettings(None))
    window.show()
    manager = PositionManager(nowhere)
    running = asyncio.create_task(manager.run())
    bridge.attach(manager)
    rows = samples.many_positions(count)
    manager.post(InstrumentsReported("linear", tuple(samples.instrument(row.symbol) for row in rows)))
    manager.post(BaselineTaken(baseline(count)))
    for row in rows:
        manager.post(PriceReported(price(row.symbol, row.mark_price)))
    await manager.until(lambda s: len(s.positions) == count and all(p.mark_price for p in s.positions))
    view = show_everything(window)
    await asyncio.sleep(0.3)
    # A row of which only the upper edge is in sight has nothing there to repaint: no paint would show its ticks.
    assert view.viewport().height() >= VISIBLE_ROWS * theme.ROW_HEIGHT
    gc.collect()
    gc.freeze()  # as the app does once everything is loaded
    try:
        yield manager, window
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        bridge.detach()
        window.close()


async def measure() -> dict[str, list[float]]:
    """Rounds in which every variant has its turn."""
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    async with open_desk() as (manager, window):
        stock = stock_copy(window.tabs.positions.view)
        await asyncio.sleep(0.3)
        for _ in range(ROUNDS):
            await one_round(manager, window, stock, found)
        stock.close()
    return found


NAMES = ("p50", "p99", "p99_slow", "full", "row", "late", "late_control", "paint", "cpu", "stock")


async def one_round(
    manager: PositionManager, window: WatchedWindow, stock: QTableView, found: dict[str, list[float]]
) -> None:
    """The unit, then each variant, once."""
    view = window.tabs.positions.view
    unit, full = repaint_ms(stock, times=5), repaint_ms(view, times=5)
    row = statistics.median(dirty_row_ms(view) for _ in range(21))
    window.tabs.positions.table.set_records(manager.snapshot.positions)
    control: list[float] = []
    await heartbeat(control, ROUND_S)
    gaps: list[float] = []
    latencies, cpu = await stream(manager, window, 1_000, gaps)
    slow, _ = await stream(manager, window, 100, [])
    found["stock"].append(unit)
    found["full"].append(full / unit)
    found["row"].append(row / unit)
    found["p50"].append(statistics.median(latencies) / unit)
    found["p99"].append(percentile(latencies, 99) / unit)
    found["p99_slow"].append(percentile(slow, 99) / unit)
    found["late"].append(sum(gap > FRAME_MS for gap in gaps))
    found["late_control"].append(sum(gap > FRAME_MS for gap in control))
    found["paint"].append(statistics.median(window.paint_ms))
    found["cpu"].append(cpu)


async def stream(
    manager: PositionManager, window: WatchedWindow, per_s: int, gaps: list[float]
) -> tuple[list[float], float]:
    """Tick-to-paint times in ms of one stretch, and the share of a core that it took."""
    window.pending.clear()
    window.latencies, window.paint_ms = [], []
    started, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(ticks(manager, window, per_s, ROUND_S), heartbeat(gaps, ROUND_S))
    share = (time.process_time() - started) / (time.perf_counter() - wall) * 100
    await asyncio.sleep(0.05)
    return list(window.latencies), share


def percentile(values: list[float], percent: int) -> float:
    """The value below which so many percent lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def run() -> list[Row]:
    """G5 and G6."""
    application = app.make_application()
    theme.apply(application, theme.tokens())
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        found = runner.run(measure())
    return list(report({name: statistics.median(values) for name, values in found.items()}, found))


def report(middle: dict[str, float], found: dict[str, list[float]]) -> Iterator[Row]:
    """Medians of the rounds against their budgets."""
    late, control = sum(found["late"]), sum(found["late_control"])
    fast, slow, beyond = middle["p99"], middle["p99_slow"], max(0.0, late - control)
    yield row_of("G5 tick to paint, p99 at 1,000/s ÷ stock full repaint", "≤ 1.0", fast, fast <= 1)
    yield row_of("G5 tick to paint, p99 at 100/s ÷ stock full repaint", "≤ 0.3", slow, slow <= 0.3)
    yield row_of("G5 gaps over 16.7 ms beyond the control's", "0", beyond, beyond == 0, "")
    yield row_of("G6 full repaint ÷ stock", "≤ 0.7", middle["full"], middle["full"] <= 0.7)
    yield row_of("G6 one dirty row ÷ stock full repaint", "≤ 0.02", middle["row"], middle["row"] <= 0.02)
    yield row_of("   tick to paint, p50 at 1,000/s ÷ stock full repaint", "-", middle["p50"], True)
    yield row_of("   stock full repaint", "-", middle["stock"], True, "ms")
    yield row_of("   repaint at 1,000 ticks/s", "-", middle["paint"], True, "ms")
    yield row_of("   process at 1,000 ticks/s, feeder and heartbeat included", "-", middle["cpu"], True, "% of a core")


def row_of(name: str, budget: str, measured: float, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:.3f}", "ok": ok, "unit": unit}


if __name__ == "__main__":
    for line in run():
        print(line)
