"""What moving a curve of 1,000,000 points costs (G16): a pan and its paint, against drawing all points in sight.

Both paint into an image of the same size, in turns. Looking through the points, once per curve and off the loop, is
told.
"""

from __future__ import annotations

import statistics
import time
from array import array
from collections.abc import Callable
from itertools import accumulate

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QImage, QPainter, QPolygonF

from gui import app, theme
from gui.models.outline import Outline
from gui.widgets.curve_chart import CurveChart

Row = dict[str, object]
POINTS = 1_000_000
IN_SIGHT = 900_000
SIZE = (1_000, 300)
ROUNDS = 7
PANS = 10


def seconds(act: Callable[[], None], times: int) -> float:
    """The middle of several runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


class Ours:
    """The session's chart, nine tenths of the curve in sight, moved by a twentieth to and fro."""

    def __init__(self, outline: Outline) -> None:
        self.chart = CurveChart("Equity", "", lambda value: f"{value:.2f}", lambda ms: f"{ms:.0f}")
        self.chart.resize(*SIZE)
        self.chart.set_outline(outline)
        self.chart.zoom(IN_SIGHT / POINTS)
        self._image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
        self._step = 0.05

    def pan(self) -> None:
        """One step and its paint."""
        self._step = -self._step
        self.chart.move_by(self._step)
        self.chart.render(self._image)


class Plain:
    """The same points, ready-made, as one line."""

    def __init__(self, values: array[float]) -> None:
        area, part = QRectF(0, 0, *SIZE), values[(POINTS - IN_SIGHT) // 2 :][:IN_SIGHT]
        low, high = min(part), max(part)
        across, up = area.width() / len(part), area.height() / ((high - low) or 1)
        self._line = QPolygonF(QPointF(n * across, (high - value) * up) for n, value in enumerate(part))
        self._image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(self) -> None:
        """All of it."""
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current().accent)
        painter.drawPolyline(self._line)
        painter.end()


def run() -> list[Row]:
    """G16, the equity curve."""
    application = app.make_application()
    theme.load_fonts()
    theme.apply(application, theme.tokens())
    times = array("d", (n * 1_000.0 for n in range(POINTS)))
    values = array("d", accumulate(((n * 7919) % 2_001 - 1_000) / 100 for n in range(POINTS)))
    started = time.perf_counter()
    outline = Outline(times, values)
    made_ms = (time.perf_counter() - started) * 1_000
    ours, plain = Ours(outline), Plain(values)
    ours.pan()
    rounds = [(seconds(ours.pan, PANS), seconds(plain.paint, 1)) for _ in range(ROUNDS)]
    ratio = statistics.median(all_of_it / pan for pan, all_of_it in rounds)
    pan_ms = statistics.median(pan for pan, _ in rounds) * 1_000
    return [
        row_of(f"G16 drawing the {IN_SIGHT:,} points in sight ÷ a pan and its paint", "≥ 30", ratio, ratio >= 30),
        row_of("   a pan and its paint", "-", pan_ms, True, "ms"),
        row_of(f"   looking through {POINTS:,} points, off the loop", "-", made_ms, True, "ms"),
    ]


def row_of(name: str, budget: str, measured: float, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:.2f}", "ok": ok, "unit": unit}
