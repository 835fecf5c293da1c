"""The positions table against vn.py's position monitor at equal load: 200 positions, one of them new per update (G7).

Both get the same ready records in the same order and stand in equally large windows; each shows its own columns (nine
there, fifteen of one or two lines here), sorted by live profit or not at all. ``Flood`` feeds as fast as the side can
take it and lets Qt work 60 times a second: updates per second of processor time, repaints included. At 200 and 1,000
updates a second it is the processor time that counts, that of the feeder alone taken off. vn.py's side is its mechanism
written anew, see _item_monitor.py; its last value has to be on the screen at the end, and so has ours.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count

from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from benchmarks._item_monitor import ItemMonitor
from core.model import Position, Snapshot
from gui import app, theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from tests.gui import samples

POSITIONS = 200
UPDATES = 4_000
PAIRS = 7
FLOOD_S = 0.4
PACED_S = 1.0
FRAME_S = 1 / 60
Row = dict[str, object]


class Load:
    """The same updates for both sides: each is a whole snapshot in which one position has moved."""

    def __init__(self) -> None:
        rng = random.Random(7)
        rows = samples.many_positions(POSITIONS)
        instruments = {("linear", row.symbol): samples.instrument(row.symbol) for row in rows}
        present = samples.snapshot(positions=rows, orders=(), commands=(), instruments=instruments)
        self.first, self.updates = present, list[tuple[Snapshot, Position]]()
        for _ in range(UPDATES):
            row = present.positions[rng.randrange(POSITIONS)]
            moved = samples.derive(replace(row, mark_price=Decimal(rng.randrange(2000, 8000)) / 100))
            present = samples.tick(present, moved)
            self.updates.append((present, moved))

    def endless(self) -> Iterator[tuple[Snapshot, Position]]:
        """From the start again and again."""
        return (self.updates[number % UPDATES] for number in count())


class Theirs:
    """vn.py's mechanism."""

    def __init__(self, load: Load) -> None:
        self.table = ItemMonitor()
        for row in load.first.positions:
            self.table.on_position(row)
        self.table.resize(1700, 1000)
        self.table.show()

    def sort(self, *, is_on: bool) -> None:
        """By profit or not at all."""
        self.table.sort_by_pnl(is_on=is_on)

    def take(self, update: tuple[Snapshot, Position]) -> None:
        """One event."""
        self.table.on_position(update[1])

    def shows(self, row: Position) -> bool:
        """The profit of this record."""
        return self.table.pnl_of(row) == str(row.unrealised_pnl)


class Ours:
    """The main window with the positions table alone."""

    def __init__(self, load: Load) -> None:
        self.bridge = Bridge(clock=samples.clock())
        self.window = MainWindow(self.bridge, "paper", "Bench", WindowSettings(None))
        self.window.session_dock.hide()
        self.window.inspector_dock.hide()
        self.window.resize(1700, 1000)
        self.window.show()
        self.bridge.publish(load.first)

    def sort(self, *, is_on: bool) -> None:
        """By profit or not at all."""
        view = self.window.tabs.positions.view
        names = [column.name for column in view.table.columns]
        view.sortByColumn(names.index("pnl") if is_on else -1, Qt.SortOrder.DescendingOrder)

    def take(self, update: tuple[Snapshot, Position]) -> None:
        """One snapshot."""
        self.bridge.publish(update[0])

    def shows(self, row: Position) -> bool:
        """This record."""
        table = self.window.tabs.positions.table
        number = table.row_of(row.key)
        return number is not None and table.record(number).unrealised_pnl == row.unrealised_pnl


Side = Theirs | Ours


def settle(seconds: float = 0.1) -> None:
    """Let Qt finish what is due."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        QApplication.processEvents()
        time.sleep(0.002)


def flood(side: Side, load: Load) -> float:
    """Updates per second of processor time; fails when the last one is not shown."""
    updates = load.endless()
    started, taken, frame = time.process_time(), 0, time.perf_counter()
    update = next(updates)
    while time.process_time() - started < FLOOD_S:
        for _ in range(20):
            side.take(update)
            taken += 1
            update = next(updates)
        if time.perf_counter() - frame >= FRAME_S:
            QApplication.processEvents()
            frame = time.perf_counter()
    QApplication.processEvents()
    used = time.process_time() - started
    settle()
    last = load.updates[(taken - 1) % UPDATES][1]
    if not side.shows(last):
        raise RuntimeError("the last value is not shown")
    return taken / used


def paced(take: Callable[[tuple[Snapshot, Position]], None], load: Load, per_s: int) -> float:
    """Processor time per second at a steady rate."""
    updates, sent = load.endless(), 0
    wall, used = time.perf_counter(), time.process_time()
    while (passed := time.perf_counter() - wall) < PACED_S:
        for _ in range(int(passed * per_s) - sent):
            take(next(updates))
            sent += 1
        QApplication.processEvents()
        time.sleep(0.001)
    return (time.process_time() - used) / (time.perf_counter() - wall)


def measure() -> dict[str, float]:
    """Medians of the pairs' ratios, and of our own figures."""
    load = Load()
    theirs, ours = Theirs(load), Ours(load)
    settle(0.3)
    found: dict[str, list[float]] = {}
    for _ in range(PAIRS):
        for is_sorted, name in ((True, "sorted"), (False, "unsorted")):
            for side in (theirs, ours):
                side.sort(is_on=is_sorted)
            slow, fast = flood(theirs, load), flood(ours, load)
            found.setdefault(f"flood {name}", []).append(fast / slow)
            found.setdefault(f"theirs {name}", []).append(slow)
        for side in (theirs, ours):
            side.sort(is_on=True)
        for rate in (200, 1_000):
            idle = paced(lambda update: None, load, rate)
            slow, fast = (max(1e-4, paced(side.take, load, rate) - idle) for side in (theirs, ours))
            found.setdefault(f"cpu {rate}", []).append(fast / slow)
            found.setdefault(f"ours {rate}", []).append(fast * 100)
    return {name: statistics.median(values) for name, values in found.items()}


def run() -> list[Row]:
    """G7."""
    application = app.make_application()
    theme.apply(application, theme.tokens())
    middle = measure()
    fast, plain = middle["flood sorted"], middle["flood unsorted"]
    return [
        row("G7 updates/s, 200 rows sorted by live PnL ÷ vn.py's monitor", "≥ 500", fast, fast >= 500),
        row("G7 updates/s unsorted ÷ vn.py's monitor", "≥ 50", plain, plain >= 50),
        row("G7 CPU at 200 updates/s, sorted ÷ vn.py's monitor", "≤ 0.2", middle["cpu 200"], middle["cpu 200"] <= 0.2),
        row("   CPU at 1,000 updates/s, sorted ÷ vn.py's monitor", "-", middle["cpu 1000"], True),
        row("   ours at 1,000 updates/s, sorted", "-", middle["ours 1000"], True, "% of a core"),
        row("   vn.py's monitor (PyQt6), sorted", "-", middle["theirs sorted"], True, "updates/s"),
        row("   vn.py's monitor (PyQt6), unsorted", "-", middle["theirs unsorted"], True, "updates/s"),
    ]


def row(name: str, budget: str, measured: float, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:,.3g}" if measured < 100 else f"{measured:,.0f}",
            "ok": ok, "unit": unit}  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(line)
