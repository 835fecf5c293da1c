"""What a tick of the candle chart costs with 5,000 bars in sight and lines that can be dragged (G16).

The unit of the first ratio is the same candles from ready-made geometry by bare QPainter, of the second a QPicture that
is made anew, as the common candlestick example does. Everything is painted into an image of the same size, in turns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from PyQt6.QtCore import QLineF, QPointF, Qt
from PyQt6.QtGui import QImage, QPainter, QPicture

from gui import app, theme
from gui.views import chart_scale
from gui.views.candle_chart import CandleChart
from gui.views.chart_scale import Bar, Level
from tests.gui import samples

BARS = 5_000
SIZE = (1_600, 700)
ROUNDS = 5
TICKS = 60
REBUILDS = 3
Row = dict[str, object]


class Chart:
    """The desk's chart zoomed out to all bars, with a price that never stands still."""

    def __init__(self) -> None:
        self.widget = CandleChart()
        self.widget.resize(*SIZE)
        self.widget.set_candles(samples.candles(BARS))
        self.widget._pitch = (SIZE[0] - 120) / BARS
        low, high = chart_scale.extremes(self.widget.bars.all)
        self.middle, self.ticks = (low + high) / 2, 0
        self.now_ms = self.widget.bars.all[-1].start_ms + 1_000
        self.image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)

    def tick(self) -> None:
        """A price, its lines, and the repaint that shows it."""
        self.ticks += 1
        mark = self.middle + (self.ticks % 7) / 100
        levels = tuple(
            Level(price, f"{name} {price:.2f}", tone, "solid", name)
            for name, price, tone in (
                ("take_profit", self.middle * 1.02, "up"),
                ("stop_loss", self.middle * 0.98, "warning"),
                ("", mark, "accent"),
            )
        )
        self.widget.follow(Decimal(repr(mark)), self.now_ms)
        self.widget.set_levels(levels, ())
        self.widget.render(self.image)


class Bare:
    """The same candles from geometry made beforehand: what painting alone costs."""

    def __init__(self, bars: list[Bar]) -> None:
        low, high = chart_scale.extremes(bars)
        scale, pitch = chart_scale.Scale(low, high, SIZE[1]), (SIZE[0] - 120) / len(bars)
        self.lines: dict[bool, list[QLineF]] = {True: [], False: []}
        for number, bar in enumerate(bars):
            x = number * pitch
            self.lines[bar.close >= bar.open].append(QLineF(x, scale.y(bar.high), x, scale.y(bar.low)))
        self.image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(self) -> None:
        """Both directions and three lines."""
        painter = QPainter(self.image)
        painter.fillRect(0, 0, *SIZE, theme.current().ground)
        for is_up, lines in self.lines.items():
            painter.setPen(theme.current().up if is_up else theme.current().down)
            painter.drawLines(*lines)
        for y in (100, 300, 500):
            painter.drawLine(0, y, SIZE[0], y)
        painter.end()


class Rebuilt:
    """A QPicture with every bar, made anew at each tick and played."""

    def __init__(self, bars: list[Bar]) -> None:
        self.bars = bars
        low, high = chart_scale.extremes(bars)
        self.scale, self.pitch = chart_scale.Scale(low, high, SIZE[1]), (SIZE[0] - 120) / len(bars)
        self.image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(self) -> None:
        """Record all bars, then play them."""
        picture = QPicture()
        recorder = QPainter(picture)
        for number, bar in enumerate(self.bars):
            x, colour = number * self.pitch, theme.current().up if bar.close >= bar.open else theme.current().down
            recorder.setPen(colour)
            recorder.setBrush(colour)
            recorder.drawLine(QPointF(x, self.scale.y(bar.high)), QPointF(x, self.scale.y(bar.low)))
            top = self.scale.y(max(bar.open, bar.close))
            recorder.drawRect(int(x), int(top), 1, int(self.scale.y(min(bar.open, bar.close)) - top))
        recorder.end()
        painter = QPainter(self.image)
        painter.fillRect(0, 0, *SIZE, Qt.GlobalColor.black)
        painter.drawPicture(0, 0, picture)
        painter.end()


def seconds(act: Callable[[], None], times: int) -> float:
    """The middle of several runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def run() -> list[Row]:
    """G16, the candle chart."""
    application = app.make_application()
    theme.apply(application, theme.tokens())
    chart = Chart()
    bars = list(chart.widget.bars.all)
    bare, rebuilt = Bare(bars), Rebuilt(bars)
    chart.tick()
    rounds = [
        (seconds(chart.tick, TICKS), seconds(bare.paint, TICKS), seconds(rebuilt.paint, REBUILDS))
        for _ in range(ROUNDS)
    ]
    over_bare = statistics.median(ours / plain for ours, plain, _ in rounds)
    under_rebuilt = statistics.median(other / ours for ours, _, other in rounds)
    tick_ms = statistics.median(ours for ours, _, _ in rounds) * 1_000
    return [
        row_of("G16 chart tick with 5,000 bars ÷ bare QPainter", "≤ 3", over_bare, over_bare <= 3),
        row_of("G16 QPicture rebuilt ÷ chart tick", "≥ 40", under_rebuilt, under_rebuilt >= 40),
        row_of("   chart tick", "-", tick_ms, True, "ms"),
    ]


def row_of(name: str, budget: str, measured: float, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:.2f}", "ok": ok, "unit": unit}


if __name__ == "__main__":
    for line in run():
        print(line)
