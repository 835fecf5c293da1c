"""From process start to first paint, and the memory then: the whole shell against a bare PyQt6 window (G1, G2).

Each variant starts in a fresh interpreter, the variants take turns, and each round's shell is compared with the same
round's bare window; the medians of these ratios are what counts. ``eager`` imports everything first, as one would.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 9
HEAVY = ("ccxt", "aiohttp", "sqlalchemy", "polars", "pyqtgraph", "numpy")
Row = dict[str, object]

_REPORT = """
import json, os, sys, time
at = time.time_ns()
def rss():
    try:
        pages = int(open("/proc/self/statm").read().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
print(json.dumps({"at": at, "rss": rss(), "modules": [n for n in %r if n in sys.modules], "count": len(sys.modules)}))
sys.stdout.flush()
os._exit(0)
"""

_BARE = """
import sys
from PyQt6.QtWidgets import QApplication, QWidget
class Bare(QWidget):
    def paintEvent(self, event):
        global painted
        painted = True
painted = False
app = QApplication(sys.argv)
window = Bare()
window.resize(1600, 960)
window.show()
while not painted:
    app.processEvents()
"""

# As main.py and gui.app.run begin.
_SHELL = """
import gc
gc.disable()
from gui import app
from gui.clothes import dress
from gui.seat import Seat
from gui.settings import WindowSettings
settings = WindowSettings(None)
application = app.make_application()
dress(application, settings)
seat = Seat("paper", "Main", settings)
seat.window.show()
app.wait_for_first_paint(seat.window)
"""

_EAGER = "import qasync, ccxt.pro, aiohttp, msgspec, pyqtgraph\n" + _SHELL
VARIANTS = {"bare": _BARE, "shell": _SHELL, "eager": _EAGER}


def start(code: str, cache: str) -> dict[str, float]:
    """Milliseconds from spawning to first paint, MiB then, and which heavy modules were loaded.

    Compiled modules are kept in ``cache``, as they would be in any installation.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spawned = time.time_ns()
    done = subprocess.run(
        [sys.executable, "-c", code + _REPORT % (HEAVY,)],
        cwd=ROOT, env=environment | {"PYTHONPYCACHEPREFIX": cache}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return said | {"ms": (said["at"] - spawned) / 1e6}


def rounds() -> list[dict[str, dict[str, float]]]:
    """The variants in turn; the first round only fills the caches and is thrown away."""
    with tempfile.TemporaryDirectory() as cache:
        return [{name: start(code, cache) for name, code in VARIANTS.items()} for _ in range(ROUNDS + 1)][1:]


def ratio(measured: list[dict[str, dict[str, float]]], over: str, under: str, figure: str) -> float:
    """The median over the rounds of one variant's figure against another's in the same round."""
    return statistics.median(one[over][figure] / one[under][figure] for one in measured)


def run() -> list[Row]:
    """G1 and G2."""
    measured = rounds()
    shell = ratio(measured, "shell", "bare", "ms")
    eager = ratio(measured, "eager", "shell", "ms")
    memory = ratio(measured, "shell", "bare", "rss")
    loaded = sorted({name for one in measured for name in one["shell"]["modules"]})  # type: ignore[attr-defined]
    absolute = {name: statistics.median(one[name]["ms"] for one in measured) for name in VARIANTS}
    return [
        row("G1 first paint of the shell ÷ bare PyQt6 window", "≤ 1.6", shell, shell <= 1.6),
        row("G1 everything imported first ÷ shell", "≥ 10", eager, eager >= 10),
        row("G2 memory at first paint ÷ bare PyQt6 window", "≤ 1.35", memory, memory <= 1.35),
        row("G2 heavy modules at first paint", "none", ", ".join(loaded) or "none", not loaded, ""),
        *(row(f"   {name}, spawn to first paint", "-", ms, True, "ms") for name, ms in absolute.items()),
    ]


def row(name: str, budget: str, measured: float | str, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    shown = f"{measured:.2f}" if isinstance(measured, float) else measured
    return {"name": name, "budget": budget, "measured": shown, "ok": ok, "unit": unit}


if __name__ == "__main__":
    for line in run():
        print(line)
