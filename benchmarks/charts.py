"""What a tick of the candle chart costs with 5,000 bars in sight and lines that can be dragged (G16).

The unit of the first ratio is the same candles from ready-made geometry by bare QPainter, of the second a QPicture that
is made anew, as the common candlestick example does. Everything is painted into an image of the same size, in turns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPen, QPicture

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


class Plotted:
    """The same in pyqtgraph, done well: one item that draws lines in two batches, and three InfiniteLines."""

    def __init__(self, bars: list[Bar]) -> None:
        import pyqtgraph as plot

        self.bars, self.ticks = bars, 0
        self.item = _plot_item(plot)(bars)
        self.widget = plot.PlotWidget()
        self.widget.resize(*SIZE)
        self.widget.addItem(self.item)
        self.lines = [plot.InfiniteLine(angle=0, movable=True, label="{value:.2f}") for _ in range(3)]
        for line in self.lines:
            self.widget.addItem(line)
        self.low, self.high = chart_scale.extremes(bars)
        self.widget.setXRange(0, len(bars))
        self.widget.setYRange(self.low, self.high)
        self.image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)

    def tick(self) -> None:
        """A price, its lines, and the repaint that shows it."""
        self.ticks += 1
        mark = (self.low + self.high) / 2 + (self.ticks % 7) / 100
        self.bars[-1] = self.bars[-1]._replace(close=mark)
        self.item.follow(self.bars[-1])
        for line, price in zip(self.lines, (mark * 1.02, mark * 0.98, mark), strict=True):
            line.setValue(price)
        painter = QPainter(self.image)
        self.widget.render(painter)
        painter.end()


def _plot_item(plot: ModuleType) -> type:
    """A candle item; its base class is only there once pyqtgraph is imported."""

    class Candles(plot.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
        def __init__(self, bars: list[Bar]) -> None:
            super().__init__()
            self.batches: dict[bool, list[QLineF]] = {True: [], False: []}
            for number, bar in enumerate(bars[:-1]):
                self.batches[bar.close >= bar.open].append(QLineF(number, bar.high, number, bar.low))
            low, high = chart_scale.extremes(bars)
            self.box, self.count, self.last = QRectF(0, low, len(bars), high - low), len(bars), bars[-1]

        def follow(self, bar: Bar) -> None:
            self.last = bar
            self.update()

        def boundingRect(self) -> QRectF:
            return self.box

        def paint(self, painter: QPainter, *_: object) -> None:
            colours = theme.current()
            for is_up, lines in self.batches.items():
                painter.setPen(QPen(colours.up if is_up else colours.down, 0))
                painter.drawLines(*lines)
            painter.drawLine(QLineF(self.count - 1, self.last.high, self.count - 1, self.last.low))

    return Candles


def seconds(act: Callable[[], None], times: int) -> float:
    """Processor time, the middle of several runs."""
    taken = []
    for _ in range(times):
        started = time.thread_time()
        act()
        taken.append(time.thread_time() - started)
    return statistics.median(taken)


def run() -> list[Row]:
    """G16, the candle chart."""
    application = app.make_application()
    theme.apply(application, theme.tokens())
    chart = Chart()
    bars = list(chart.widget.bars.all)
    bare, rebuilt, plotted = Bare(bars), Rebuilt(bars), Plotted(list(bars))
    plotted.tick()
    chart.tick()
    rounds = [
        (
            seconds(chart.tick, TICKS),
            seconds(bare.paint, TICKS),
            seconds(rebuilt.paint, REBUILDS),
            seconds(plotted.tick, TICKS),
        )
        for _ in range(ROUNDS)
    ]
    over_bare = statistics.median(ours / plain for ours, plain, _, _ in rounds)
    under_rebuilt = statistics.median(other / ours for ours, _, other, _ in rounds)
    over_ours = statistics.median(other / ours for ours, _, _, other in rounds)
    tick_ms = statistics.median(ours for ours, *_ in rounds) * 1_000
    return [
        row_of("G16 chart tick with 5,000 bars ÷ bare QPainter", "≤ 3", over_bare, over_bare <= 3),
        row_of("G16 QPicture rebuilt ÷ chart tick", "≥ 40", under_rebuilt, under_rebuilt >= 40),
        row_of("   pyqtgraph, one batched item and three lines ÷ chart tick", "-", over_ours, True),
        row_of("   chart tick", "-", tick_ms, True, "ms"),
    ]


def row_of(name: str, budget: str, measured: float, ok: bool, unit: str = "×") -> Row:
    """One line of the report."""
    return {"name": name, "budget": budget, "measured": f"{measured:.2f}", "ok": ok, "unit": unit}


if __name__ == "__main__":
    for line in run():
        print(line)
