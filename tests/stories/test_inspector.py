"""The Inspector on the paper exchange, by mouse and by keyboard: candles, lines, dragged stops, quick actions.

The exchange is one process for the whole module; each story uses a position of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import pairwise

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from core.intents import PARTIAL, SetTradingStop
from core.model import PositionKey
from gui.dialogs import window as form_window
from gui.views import candle_feed
from gui.views.candle_chart import CandleChart
from tests.paper_fixture import PaperProcess
from tests.stories.window import LEFT, SOL, Desk, click, desk_on, held

D = Decimal
AVAX = PositionKey("linear", "AVAXUSDT", 0)
BTC = PositionKey("linear", "BTCUSDT", 2)
PEPE = PositionKey("linear", "1000PEPEUSDT", 0)
STOPS, CREATE = "/v5/position/trading-stop", "/v5/order/create"
PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def at_once(dressed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog's button takes clicks at once."""
    monkeypatch.setattr(form_window, "SHIELD_MS", 50)


@asynccontextmanager
async def inspecting(exchange: PaperProcess, key: PositionKey) -> AsyncIterator[tuple[Desk, CandleChart]]:
    """A desk that shows a position in depth, its candles included."""
    exchange.control("forget_requests")
    async with desk_on(exchange) as desk:
        desk.window.tabs.positions.view.select_key(key)
        chart = desk.window.inspector.page.chart
        await desk.shown(lambda: chart.has_candles and words_of(chart), PATIENCE_S)
        yield desk, chart


def words_of(chart: CandleChart) -> list[str]:
    return [level.words for level in chart.levels]


def price_of(chart: CandleChart, name: str) -> float:
    return next(level.price for level in chart.levels if level.name == name)


def move(chart: CandleChart, at: QPoint) -> None:
    """Move the pointer with the left button down; QTest moves it without."""
    place = QPointF(at)
    moved = QMouseEvent(
        QEvent.Type.MouseMove, place, chart.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(chart, moved)


def wheel(chart: CandleChart, turned: int) -> None:
    """Turn the wheel over the middle of the chart."""
    middle = QPointF(chart.rect().center())
    event = QWheelEvent(
        middle, chart.mapToGlobal(middle), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)


async def test_a_stop_is_dragged_into_the_dialog_and_moves_when_bybit_says_so(
    qt_loop: object, exchange: PaperProcess
) -> None:
    async with inspecting(exchange, AVAX) as (desk, chart):
        # only lines in the picture can be taken by mouse: zoomed out, the candles reach further
        wheel(chart, -2_000)
        before = price_of(chart, "stop_loss")
        mark = float(desk.held(AVAX).mark_price)
        grip = QPoint(40, round(min(max(chart.scale().y(before), 1.0), chart.height() - 2)))
        if not chart.scale().holds(before):
            grip = chart_tag(chart, "SL")
        goal = QPoint(40, round(chart.scale().y(mark + (before - mark) * 0.6)))
        QTest.mousePress(chart, LEFT, pos=grip)
        move(chart, goal)
        said = next(words for words in words_of(chart) if words.startswith("SL "))
        assert "%" in said
        assert said.endswith("R")
        QTest.mouseRelease(chart, LEFT, pos=goal)
        dialog = await desk.opened()
        wanted = dialog.stop_loss.price
        assert wanted != D(str(before))
        assert wanted % desk.manager.snapshot.instrument(AVAX).tick == 0
        assert exchange.requests(STOPS) == []
        assert price_of(chart, "stop_loss") == before
        await desk.shown(dialog.frame.action.isEnabled, PATIENCE_S)
        click(dialog.frame.action)
        await desk.gone()
        await desk.shown(lambda: price_of(chart, "stop_loss") == float(wanted), PATIENCE_S)
    assert D(held(exchange, "AVAXUSDT")["stopLoss"]) == wanted


def chart_tag(chart: CandleChart, start: str) -> QPoint:
    """The middle of a line's tag."""
    from gui.views import chart_painter

    tags = chart_painter.tags_of(chart.levels, chart.scale(), chart.width())
    return next(tag for tag in tags if tag.level.words.startswith(start)).center().toPoint()


async def test_the_keyboard_takes_a_target_and_sends_it(qt_loop: object, exchange: PaperProcess) -> None:
    async with inspecting(exchange, PEPE) as (desk, chart):
        before, tick = desk.held(PEPE).take_profit, desk.manager.snapshot.instrument(PEPE).tick
        for key in (Qt.Key.Key_T, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Return):
            QTest.keyClick(chart, key)
        dialog = await desk.opened()
        assert dialog.take_profit.price == before + 2 * tick
        await desk.shown(dialog.frame.action.isEnabled, PATIENCE_S)
        dialog.frame.action.setFocus()
        QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
        await desk.gone()
        await desk.shown(lambda: desk.held(PEPE).take_profit == before + 2 * tick, PATIENCE_S)


async def test_stop_to_break_even_by_keyboard(qt_loop: object, exchange: PaperProcess) -> None:
    async with inspecting(exchange, SOL) as (desk, chart):
        page = desk.window.inspector.page
        even = next(words for words in words_of(chart) if words.startswith("Break-even ")).split()[-1]
        await desk.shown(page.even_button.isEnabled, PATIENCE_S)
        page.even_button.setFocus()
        QTest.keyClick(page.even_button, Qt.Key.Key_Space)
        dialog = await desk.opened()
        assert dialog.stop_loss.price == D(even)
        await desk.shown(dialog.frame.action.isEnabled, PATIENCE_S)
        click(dialog.frame.action)
        await desk.gone()
        await desk.shown(lambda: price_of(chart, "stop_loss") == float(even), PATIENCE_S)


async def test_a_stop_of_a_part_gets_a_line_of_its_own(qt_loop: object, exchange: PaperProcess) -> None:
    async with inspecting(exchange, BTC) as (desk, chart):
        position = desk.held(BTC)
        away = D("0.97") if not position.is_long else D("1.03")
        price = (position.mark_price * away).quantize(D(1))
        intent = SetTradingStop(
            symbol=BTC.symbol, position_idx=BTC.position_idx, tpsl_mode=PARTIAL, take_profit=price, tp_size=D("0.050"),
            side=position.side, life_id=position.life_id, seq_seen=position.seq,
        )  # fmt: skip
        await desk.manager.submit(intent)
        await desk.shown(lambda: any(words.startswith("TP 0.050 @ ") for words in words_of(chart)), PATIENCE_S)
        line = next(level for level in chart.levels if level.words.startswith("TP 0.050 @ "))
        assert (line.price, line.name) == (float(price), "")


async def test_a_quick_close_fills_and_marks_the_chart(qt_loop: object, exchange: PaperProcess) -> None:
    async with inspecting(exchange, SOL) as (desk, chart):
        page = desk.window.inspector.page
        before, rings = desk.held(SOL).size, [mark for mark in chart._marks if not mark.is_entry]
        click(page.share_buttons[D("0.25")])
        dialog = await desk.opened()
        await desk.shown(dialog.frame.action.isEnabled, PATIENCE_S)
        click(dialog.frame.action)
        await desk.gone()
        await desk.shown(lambda: desk.held(SOL).size < before, PATIENCE_S)
        await desk.shown(lambda: len([m for m in chart._marks if not m.is_entry]) == len(rings) + 1, PATIENCE_S)
        assert "manual" in page.exits.accessibleName().lower()
        assert len(exchange.requests(CREATE)) == 1


async def test_candles_come_as_far_back_as_the_view_goes_but_for_a_limit(
    qt_loop: object, exchange: PaperProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real limits are 1,000 bars at once and 5,000 in all, which the paper exchange takes seconds to compute."""
    monkeypatch.setattr(candle_feed, "PAGE", 300)
    monkeypatch.setattr(candle_feed, "MOST", 800)
    async with inspecting(exchange, SOL) as (desk, chart):
        assert len(chart.bars) == 300
        QTest.keyClick(chart, Qt.Key.Key_Plus)
        assert not desk.window.inspector._feed._is_loading  # enough of them lie beyond the edge
        wheel(chart, -10_000)
        await desk.shown(lambda: len(chart.bars) >= 600, PATIENCE_S)
        desk.window.inspector.tick()
        await desk.shown(lambda: len(chart.bars) >= 800, PATIENCE_S)
        starts = [bar.start_ms for bar in chart.bars.all]
        assert {later - earlier for earlier, later in pairwise(starts)} == {15 * 60_000}
        wheel(chart, -10_000)
        assert not desk.window.inspector._feed._is_loading
        click(desk.window.inspector.page.intervals._segments["1"])
        await desk.shown(lambda: chart.has_candles and steps(chart) == 60_000, PATIENCE_S)


def steps(chart: CandleChart) -> int:
    return chart.bars.all[1].start_ms - chart.bars.all[0].start_ms


async def test_the_running_bar_follows_the_trades_and_not_the_mark(qt_loop: object, exchange: PaperProcess) -> None:
    async with inspecting(exchange, SOL) as (desk, chart):
        mark = desk.held(SOL).mark_price
        exchange.incident("price", symbol=SOL.symbol, last=str(mark + 1), mark=str(mark))
        await desk.shown(lambda: chart.bars.all[-1].close == float(mark + 1), PATIENCE_S)
        assert chart.bars.all[-1].high >= float(mark + 1)
        exchange.incident("price", symbol=SOL.symbol, last=str(mark), mark=str(mark + 2))
        await desk.shown(lambda: desk.held(SOL).mark_price == mark + 2, PATIENCE_S)
        await desk.shown(lambda: chart.bars.all[-1].close == float(mark), PATIENCE_S)
        assert chart.bars.all[-1].high < float(mark + 2)
