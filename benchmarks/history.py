"""A million closed positions in the Closed tab: opening, sorting, filtering, jumping, and any stall (G10, G11).

The panel of the app over a real store in a temporary folder, on qasync. Times end when the rows in sight have been
painted. References in the same run: the same panel over an empty model of a million rows; the same lives as
objects in memory; a QSortFilterProxyModel over a hundred thousand rows. The gap is what a 1 ms heartbeat feels.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qasync
from PyQt6.QtCore import QEvent, QModelIndex, QObject, QSortFilterProxyModel, Qt
from PyQt6.QtWidgets import QApplication, QTableView

from benchmarks.store import _make
from core.manager import PositionManager
from core.recorder import Recorder
from core.store import Store
from gui import app, theme
from gui.bridge import Bridge
from gui.models import closed, life_lines
from gui.models.cell import Facts
from gui.models.closed_source import Wish
from gui.models.history_table import HistoryTable
from gui.views.closed_panel import ClosedPanel
from gui.views.table_view import TableView
from tests.core.store import samples as store_samples
from tests.gui import samples

MILLION = 1_000_000
PROXY_ROWS = 100_000
FEW = 1_000
IN_SIGHT = 40
FOLDS = 31
OBJECTS = 50_000
TURNS = 7
FRAME_MS = 16.7
SIZE = (1200, 800)
Row = dict[str, object]


class Silent(QSortFilterProxyModel):
    """Sorts by the record's own value, as one would with stock Qt."""

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        """Compare net results."""
        model: Any = self.sourceModel()
        return bool(model.record(left.row()).net_pnl < model.record(right.row()).net_pnl)


async def nowhere() -> Any:
    """No connection is ever found."""
    await asyncio.Event().wait()


async def until(holds: Callable[[], bool]) -> None:
    """Look every millisecond: a loop that spins would keep the interpreter from the store's worker."""
    while not holds():  # noqa: ASYNC110 - what is painted announces nothing
        await asyncio.sleep(0.001)


def painted(panel: ClosedPanel, wish: Wish) -> bool:
    """The rows in sight of this selection are on the screen."""
    view, table = panel.view, panel.table
    first = view.rowAt(1)
    last = min(table.rowCount() - 1, first + view.viewport().height() // theme.ROW_HEIGHT)
    if panel.feed._shown_wish != wish or first < 0 or not table.has_rows(first, last):
        return False
    view.viewport().repaint()
    return True


async def take(panel: ClosedPanel, wish: Wish) -> float:
    """Milliseconds from a wish to its rows on the screen."""
    started = time.perf_counter()
    panel.feed.show(wish)
    await until(lambda: painted(panel, wish))
    return (time.perf_counter() - started) * 1000


async def jump(panel: ClosedPanel, share: float) -> float:
    """Milliseconds from a move of the scroll bar to painted rows there."""
    bar = panel.view.verticalScrollBar()
    started = time.perf_counter()
    bar.setValue(int(bar.maximum() * share))
    await until(lambda: painted(panel, panel.feed.wish))
    return (time.perf_counter() - started) * 1000


async def heartbeat(gaps: list[float], stop: asyncio.Event) -> None:
    """How long the loop keeps a 1 ms timer waiting."""
    last = time.perf_counter()
    while not stop.is_set():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now


def rss_mib() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


class Painted(QObject):
    """Whether a view has been painted: showing and repainting do nothing before the window is on the screen."""

    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self.is_seen = False
        viewport = view.viewport()
        assert viewport is not None
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The paint itself follows at once."""
        self.is_seen = self.is_seen or (event is not None and event.type() == QEvent.Type.Paint)
        return False


async def empty_ms() -> float:
    """The limit: the same panel with a million rows that nobody fetches."""
    started = time.perf_counter()
    panel = ClosedPanel(Facts(samples.clock()), Bridge(clock=samples.clock()))
    panel.resize(*SIZE)
    panel.table.show_selection(MILLION, [])
    paint = Painted(panel.view)
    panel.show()
    await until(lambda: paint.is_seen)
    took = (time.perf_counter() - started) * 1000
    panel.close()
    panel.deleteLater()
    return took


async def bare_ms() -> float:
    """The limit without a panel around it: a view of a million rows that nobody fetches."""
    started = time.perf_counter()
    table = HistoryTable(closed.columns(), lambda trade: trade.life_id, Facts(samples.clock()))
    view = TableView(table, "Empty")
    view.resize(*SIZE)
    table.show_selection(MILLION, [])
    paint = Painted(view)
    view.show()
    await until(lambda: paint.is_seen)
    took = (time.perf_counter() - started) * 1000
    view.close()
    view.deleteLater()
    return took


async def open_panel(bridge: Bridge) -> tuple[ClosedPanel, float]:
    """A new panel from nothing to its first rows on the screen."""
    facts = Facts(bridge.clock)
    facts.snapshot = samples.snapshot(closed_trades=())
    started = time.perf_counter()
    panel = ClosedPanel(facts, bridge)
    panel.resize(*SIZE)
    panel.show()
    panel.show_snapshot(facts.snapshot)
    await until(lambda: panel.table.rowCount() == MILLION and panel.table.has_rows(0, 15))
    panel.view.viewport().repaint()
    return panel, (time.perf_counter() - started) * 1000


async def objects_ms(store: Store) -> float:
    """What loading every life as an object would take, by a part of them."""
    started, count = time.perf_counter(), 0
    async for page in store.closed_trades():
        count += len(page)
        if count >= OBJECTS:
            break
    return (time.perf_counter() - started) * 1000 * MILLION / count


def proxy_ms() -> float:
    """Stock Qt sorts a hundred thousand rows."""
    table = HistoryTable(closed.columns(), lambda trade: trade.life_id, Facts(samples.clock()))
    table.show_selection(PROXY_ROWS, [])
    table.put(0, [samples.closed_trade(number * 7919 % 1000) for number in range(PROXY_ROWS)], keeps=PROXY_ROWS)
    proxy, view = Silent(), QTableView()
    proxy.setSourceModel(table)
    view.setModel(proxy)
    view.resize(*SIZE)
    view.show()
    started = time.perf_counter()
    proxy.sort(4, Qt.SortOrder.AscendingOrder)
    view.viewport().repaint()
    took = (time.perf_counter() - started) * 1000
    view.close()
    return took


class Unfolding:
    """A life in sight of a table of so many rows, unfolded and put away again."""

    def __init__(self, size: int) -> None:
        trades = [samples.closed_trade(number) for number in range(IN_SIGHT)]
        self.table = HistoryTable(closed.columns(), lambda trade: trade.life_id, Facts(samples.clock()))
        self.view = TableView(self.table, "Folds")
        self.view.resize(*SIZE)
        self.table.show_selection(size, trades)
        self._paint = Painted(self.view)
        self.view.show()
        self._life_id, self._lines = trades[2].life_id, life_lines.lines_of(trades[2], [])

    async def shown(self) -> None:
        """On the screen."""
        await until(lambda: self._paint.is_seen)

    def turn_ms(self) -> float:
        """Both ways, each painted: processor time of the window's thread."""
        started = time.thread_time()
        self.table.unfold(self._life_id, self._lines)
        self.view.viewport().repaint()
        row = self.table.row_of(self._life_id)
        assert row is not None
        assert self.table.is_unfolded(row)
        self.table.set_unfolded(row, False)
        self.view.viewport().repaint()
        return (time.thread_time() - started) * 1000

    def close(self) -> None:
        """Gone from the screen."""
        self.view.close()
        self.view.deleteLater()


async def unfolding(size: int) -> tuple[float, float]:
    """Milliseconds to unfold a life among so many and to put it away, and how many times that among a thousand."""
    many, few = Unfolding(size), Unfolding(FEW)
    await many.shown()
    await few.shown()
    pairs = [(many.turn_ms(), few.turn_ms()) for _ in range(FOLDS)][1:]
    many.close()
    few.close()
    return statistics.median(ms for ms, _ in pairs), statistics.median(a / b for a, b in pairs)


async def measure(folder: Path) -> list[Row]:
    """Everything, in one process."""
    place = store_samples.place(folder)
    await _make(place, MILLION)
    clock = samples.clock()

    async def open_store(ledger: str) -> Store:
        return await Store.open(place, ballast_bytes=0)

    recorder = Recorder(open_store, clock)
    await recorder.use("")
    await recorder.store.checked()
    manager = PositionManager(nowhere, clock=clock, recorder=recorder)
    bridge = Bridge(clock=clock)
    bridge.manager = manager
    try:
        return await _measure(bridge, recorder)
    finally:
        await asyncio.gather(*bridge._tasks, return_exceptions=True)
        await manager.close()


async def _measure(bridge: Bridge, recorder: Recorder) -> list[Row]:
    await empty_ms()
    before = rss_mib()
    panel, first_ms = await open_panel(bridge)
    first_mib = rss_mib() - before
    started = time.perf_counter()
    await until(lambda: panel.feed.selection.view is not None)
    index_s, index_mib = time.perf_counter() - started, rss_mib() - before
    await until(lambda: not bridge._tasks)
    warm_s, warm_mib = time.perf_counter() - started - index_s, rss_mib() - before
    opens, empties, bares = [], [], []
    for _ in range(TURNS):
        empties.append(await empty_ms())
        bares.append(await bare_ms())
        again, took = await open_panel(bridge)
        opens.append(took)
        await until(lambda again=again: not again.feed._is_opening and not again.feed._is_fetching)
        again.close()
        again.deleteLater()
    whole_ms = await objects_ms(recorder.store)
    gc.collect()
    gc.freeze()
    times, gaps, control = await _turns(panel)
    proxy = proxy_ms()
    unfold, unfold_ratio = await unfolding(MILLION)
    late, late_control = (sum(gap > FRAME_MS for gap in some) for some in (gaps, control))
    ratio = statistics.median(a / b for a, b in zip(opens, empties, strict=True))
    bare = statistics.median(a / b for a, b in zip(opens, bares, strict=True))
    cold = times["first"][0]
    sort = max(statistics.median(times[name]) for name in ("net", "closed"))
    find = max(statistics.median(times[name]) for name in ("symbol", "words"))
    return [
        row_of("G10 open to first paint ÷ an empty million-row panel", "≤ 2.5", ratio, ratio <= 2.5),
        row_of("G10 the same ÷ an empty million-row view alone", "≤ 2.5", bare, bare <= 2.5),
        row_of("G10 loading objects ÷ open to first paint", "≥ 100", whole_ms / first_ms, whole_ms / first_ms >= 100),
        row_of("G10 memory of the first paint", "≤ 40", first_mib, first_mib <= 40, "MiB"),
        row_of("G10 memory with the index of all", "≤ 40", index_mib, index_mib <= 40, "MiB"),
        row_of("G10 memory with every column to sort by", "≤ 40", warm_mib, warm_mib <= 40, "MiB"),
        row_of("G11 sort a million by result or time to painted", "≤ 60", sort, sort <= 60, "ms"),
        row_of("G11 sort by any other column, the first time", "≤ 60", cold, cold <= 60, "ms"),
        row_of("G11 filter a million to painted", "≤ 25", find, find <= 25, "ms"),
        row_of("G11 proxy at 100,000 ÷ sort a million", "≥ 300", proxy / sort, proxy / sort >= 300),
        row_of(
            "G11 gaps over 16.7 ms beyond the control's", "0", max(0, late - late_control), late <= late_control, ""
        ),
        row_of("G11 longest gap", "-", max(gaps), True, "ms"),
        row_of("unfold and fold a life of a million ÷ of a thousand", "≤ 1.2", unfold_ratio, unfold_ratio <= 1.2),
        row_of("   the same of a million, painted twice", "-", unfold, True, "ms"),
        row_of("   jump anywhere to painted", "-", statistics.median(times["jump"]), True, "ms"),
        row_of("   index of a million, off the loop", "-", index_s, True, "s"),
        row_of("   the other columns, meanwhile", "-", warm_s, True, "s"),
    ]


async def _turns(panel: ClosedPanel) -> tuple[dict[str, list[float]], list[float], list[float]]:
    """Each way of looking at the history in its turn, with the heartbeat beside it; then the heartbeat alone."""
    times: dict[str, list[float]] = {name: [] for name in ("net", "closed", "symbol", "words", "jump", "first")}
    gaps: list[float] = []
    control: list[float] = []
    times["first"].append(await take(panel, Wish(order=("costs.line0", True))))
    stop = asyncio.Event()
    beating = asyncio.create_task(heartbeat(gaps, stop))
    began = time.perf_counter()
    for turn in range(TURNS):
        times["net"].append(await take(panel, Wish(order=("net.line0", turn % 2 == 0))))
        times["symbol"].append(await take(panel, Wish(symbol="S7USDT")))
        times["words"].append(await take(panel, Wish(words=("s11", "long"))))
        times["closed"].append(await take(panel, Wish(order=("closed.line0", turn % 2 == 0))))
        times["jump"].append(await jump(panel, (turn * 0.37 + 0.2) % 1))
    stop.set()
    await beating
    stop = asyncio.Event()
    beating = asyncio.create_task(heartbeat(control, stop))
    await asyncio.sleep(time.perf_counter() - began)
    stop.set()
    await beating
    return times, gaps, control


def row_of(name: str, budget: str, measured: float, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:.2f}", "ok": ok, "unit": unit}


def run() -> list[Row]:
    """G10 and G11."""
    application: QApplication = app.make_application()
    theme.load_fonts()
    theme.apply(application, theme.tokens())
    application.setQuitOnLastWindowClosed(False)
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner,
    ):
        return runner.run(measure(Path(folder)))


if __name__ == "__main__":
    for line in run():
        print(line)
