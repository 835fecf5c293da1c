"""The Inspector's chart: what is in the picture, and how a stop line is dragged, snapped, cancelled and proposed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QMenu

from core.model import Candle, Halt, PositionKey, StopChange, StopLevels
from gui.bridge import Bridge
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.trading_stop import TradingStopDialog
from gui.main_window import MainWindow
from gui.models import inspection, stop_drag
from gui.models.cell import Facts
from gui.models.stop_drag import DragFacts
from gui.views import chart_painter, chart_scale
from gui.views.candle_chart import CandleChart
from gui.views.chart_bars import Bars
from gui.views.chart_scale import Bar, Level, Scale
from tests.gui import samples

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(qtbot, window: MainWindow, bridge: Bridge) -> MainWindow:
    """The window with SOLUSDT in the Inspector and candles in its chart."""
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot)
    window.tabs.positions.view.select_key(SOL)
    window.inspector.page.chart.set_candles(samples.candles())
    return window


@pytest.fixture
def chart(desk: MainWindow) -> CandleChart:
    """That chart."""
    return desk.inspector.page.chart


def height_of(chart: CandleChart, price: str) -> QPoint:
    """A point of the chart, left of the tags, at a price."""
    return QPoint(60, round(chart.scale().y(float(price))))


def level(price: float) -> Level:
    """A line without words."""
    return Level(price, "", "text", "solid")


# Pure


def test_near_lines_are_in_the_picture_and_a_far_one_does_not_flatten_the_candles() -> None:
    low, high = chart_scale.price_range((100.0, 110.0), [level(95.0), level(118.0), level(20.0)])
    assert low < 95.0 < 118.0 < high
    assert low > 90.0
    assert (110.0 - 100.0) / (high - low) > 1 / 4


def test_without_candles_every_line_is_in_the_picture() -> None:
    low, high = chart_scale.price_range(None, [level(95.0), level(20.0)])
    assert low < 20.0 < 95.0 < high


def test_a_line_outside_stands_at_the_edge_with_an_arrow() -> None:
    scale = Scale(90.0, 120.0, 300.0)
    above, below = Level(500.0, "TP 500", "up", "solid"), Level(20.0, "Liq 20", "down", "dot")
    placed = chart_painter.tags_of([below, above], scale, 400.0)
    assert [chart_painter.tag_words(tag.level, scale) for tag in placed] == ["▲ TP 500", "▼ Liq 20"]
    assert placed[0].top() < 2
    assert placed[1].bottom() > 297


def test_the_running_bar_follows_the_mark_and_a_new_one_begins_in_time() -> None:
    bars = [Bar(0, 1, 2, 0.5, 1), Bar(60_000, 1, 1.2, 0.9, 1.1)]
    chart_scale.follow(bars, 1.5, 90_000)
    assert bars[-1] == Bar(60_000, 1, 1.5, 0.9, 1.5)
    chart_scale.follow(bars, 1.4, 121_000)
    assert bars[-1] == Bar(120_000, 1.4, 1.4, 1.4, 1.4)
    chart_scale.follow(bars, 9.0, 30_000)  # older than the running bar
    assert bars[-1].close == 1.4


def test_bars_that_share_a_pixel_keep_their_extremes() -> None:
    bars = [Bar(n, n, n + 2.0, n - 2.0, n + 1.0) for n in range(100)]
    fewer, pitch = chart_scale.reduced(bars, 0.25)
    assert (len(fewer), pitch) == (25, 1.0)
    assert fewer[0] == Bar(0, 0, 5.0, -2.0, 4.0)


def candle(start_ms: int, close: str = "1") -> Candle:
    """A bar that stands still."""
    return Candle(start_ms, D(close), D(close), D(close), D(close), D(1))


def test_bars_grow_at_both_ends_and_what_overlaps_is_taken_once() -> None:
    bars = Bars()
    bars.set([candle(n * 60_000) for n in range(10, 13)])
    bars.add_earlier([candle(n * 60_000, "7") for n in range(8, 12)])
    assert [bar.start_ms // 60_000 for bar in bars.all] == [8, 9, 10, 11, 12]
    assert [bar.close for bar in bars.all] == [7, 7, 1, 1, 1]
    assert bars.renew([candle(720_000, "3"), candle(780_000, "4")])
    assert [bar.close for bar in bars.all] == [7, 7, 1, 1, 3, 4]


def test_a_hole_in_the_bars_is_noticed_although_the_trades_go_on_behind_it() -> None:
    bars = Bars()
    bars.set([candle(n * 60_000) for n in range(10)])
    assert bars.unconfirmed(9 * 60_000 + 59_999) == 0
    bars.follow(D("5"), 20 * 60_000 + 1)  # the stream was silent for ten minutes
    assert len(bars) == 11
    assert bars.unconfirmed(20 * 60_000 + 1) == 11
    assert not bars.renew([candle(20 * 60_000)])
    assert bars.renew([candle(n * 60_000) for n in range(9, 21)])
    assert len(bars) == 21


def facts(**changes: object) -> DragFacts:
    """Long 20 SOL from 100.50 whose first stop was at 95.50."""
    base = DragFacts(samples.position(), D("0.01"), D("100.62"), D("95.50"))
    return base._replace(**changes)


def test_a_dragged_line_snaps_to_the_tick_and_to_break_even() -> None:
    assert stop_drag.snapped(104.0149, 0.05, facts()) == D("104.01")
    assert stop_drag.snapped(100.60, 0.05, facts()) == D("100.62")
    assert stop_drag.snapped(100.60, 0.05, facts(even=None)) == D("100.60")
    assert stop_drag.to_tick(-3.0, D("0.5")) == D("0.5")


def test_dragging_says_money_percent_and_r() -> None:
    assert stop_drag.words("stop_loss", D("110.50"), facts()) == "SL 110.50 · +200.00 · −9.7% · +2.0R"
    assert stop_drag.words("take_profit", D("100.62"), facts()).startswith("TP = break-even 100.62")
    assert "R" not in stop_drag.words("stop_loss", D("110.50"), facts(initial_stop=None))


def test_r_is_measured_by_the_first_losing_stop_of_the_life() -> None:
    row = samples.position(stop_loss=D("104"))
    assert stop_drag.initial_stop(row, ()) is None
    moved = StopChange(
        ts_ms=1, key=SOL, life_id="a", before=StopLevels(None, D("96"), None), after=StopLevels(None, D("104"), None)
    )
    assert stop_drag.initial_stop(row, (moved,)) == D("96")
    assert stop_drag.initial_stop(samples.position(stop_loss=D("99")), ()) == D("99")


def test_break_even_of_the_rest_is_what_the_stop_dialog_means(qtbot, desk: MainWindow) -> None:
    desk.open_stops_dialog(SOL)
    dialog = desk.findChild(TradingStopDialog)
    dialog.full._on_break_even()
    snapshot = desk.facts.snapshot
    even = inspection.rest_break_even(snapshot.position("SOLUSDT"), snapshot.taker_fee(SOL), D("0.01"))
    assert dialog.stop_loss.price == even
    short = samples.position(side="Sell", stop_loss=None, take_profit=None)
    assert inspection.rest_break_even(short, D("0.00055"), D("0.01")) < short.entry_price
    assert inspection.rest_break_even(short, None, D("0.01")) is None


def test_entries_are_the_fills_on_the_own_side_since_it_was_opened() -> None:
    row = samples.position(opened_ms=1_000)
    fills = [
        samples.execution(symbol="SOLUSDT", side="Buy", exec_type="Trade", ts_ms=1_500, price=D("99")),
        samples.execution(symbol="SOLUSDT", side="Buy", exec_type="Trade", ts_ms=500),
        samples.execution(symbol="SOLUSDT", side="Sell", exec_type="Trade", ts_ms=1_600),
        samples.execution(symbol="SOLUSDT", side="Buy", exec_type="Funding", ts_ms=1_700),
        samples.execution(symbol="SOLUSDT", side="Buy", exec_type="Trade", ts_ms=1_700, position_idx=1),
        samples.execution(symbol="BTCUSDT", side="Buy", exec_type="Trade", ts_ms=1_700),
    ]
    entries = [mark for mark in inspection.marks(row, tuple(fills)) if mark.is_entry]
    assert [(mark.ts_ms, mark.price) for mark in entries] == [(1_500, 99.0)]


# Mouse


def test_a_dragged_stop_opens_the_dialog_with_its_price(qtbot, desk: MainWindow, chart: CandleChart) -> None:
    scale = chart.scale()
    qtbot.mousePress(chart, LEFT, pos=height_of(chart, "104.00"))
    target = height_of(chart, "108.00")
    qtbot.mouseMove(chart, target)
    drag_to(chart, target)
    shown = next(lv for lv in chart.levels if lv.name == "stop_loss")
    assert shown.words.startswith("SL 10")
    assert "%" in shown.words
    assert chart.scale() == scale
    qtbot.mouseRelease(chart, LEFT, pos=target)
    dialog = desk.findChild(TradingStopDialog)
    assert dialog is not None
    assert abs(dialog.stop_loss.price - D("108")) < D("0.3")
    assert not dialog.take_profit.is_touched
    # nothing has moved on the chart: the exchange has not said so
    assert next(lv for lv in chart.levels if lv.name == "stop_loss").price == 104.0


def drag_to(chart: CandleChart, at: QPoint) -> None:
    """Move the pointer with the left button down; QTest moves it without."""
    from PyQt6.QtCore import QEvent
    from PyQt6.QtGui import QMouseEvent

    place = QPointF(at)
    moved = QMouseEvent(
        QEvent.Type.MouseMove, place, chart.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(chart, moved)


def test_esc_puts_a_dragged_line_back(qtbot, desk: MainWindow, chart: CandleChart) -> None:
    qtbot.mousePress(chart, LEFT, pos=height_of(chart, "104.00"))
    drag_to(chart, height_of(chart, "110.00"))
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    qtbot.mouseRelease(chart, LEFT, pos=height_of(chart, "110.00"))
    assert desk.findChild(TradingStopDialog) is None
    assert next(lv for lv in chart.levels if lv.name == "stop_loss").price == 104.0


def test_a_click_on_a_line_asks_for_nothing(qtbot, desk: MainWindow, chart: CandleChart) -> None:
    qtbot.mouseClick(chart, LEFT, pos=height_of(chart, "104.00"))
    assert desk.findChild(TradingStopDialog) is None


def test_the_keyboard_moves_a_stop_by_ticks(qtbot, desk: MainWindow, chart: CandleChart) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_T)
    qtbot.keyClick(chart, Qt.Key.Key_Up)
    qtbot.keyClick(chart, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert chart.accessibleDescription().startswith("TP 130.11 · ")
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert desk.findChild(TradingStopDialog).take_profit.price == D("130.11")


def test_a_stop_that_vanishes_while_it_is_dragged_is_let_go(qtbot, desk, chart: CandleChart, bridge: Bridge) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_S)
    row = samples.derive(replace(bridge.snapshot.position("SOLUSDT"), stop_loss=None))
    after = samples.tick(bridge.snapshot, row)
    bridge.publish(after)
    qtbot.waitUntil(lambda: desk.facts.snapshot is after)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert desk.findChild(TradingStopDialog) is None


def test_the_wheel_zooms_and_a_double_click_goes_back(qtbot, chart: CandleChart) -> None:
    before = len(chart._visible())
    middle = QPointF(chart.rect().center())
    turn = QWheelEvent(
        middle, chart.mapToGlobal(middle), QPoint(), QPoint(0, -360), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, turn)
    assert len(chart._visible()) > before
    qtbot.mouseDClick(chart, LEFT, pos=QPoint(40, 40))
    assert len(chart._visible()) == before


def test_the_crosshair_is_drawn_where_the_pointer_is(qtbot, chart: CandleChart) -> None:
    before = chart.grab().toImage()
    chart.mouseMoveEvent(None)
    drag_to(chart, QPoint(100, 60))
    assert chart.grab().toImage() != before


def test_the_keyboard_walks_and_zooms(qtbot, chart: CandleChart) -> None:
    newest, count = chart._visible()[-1], len(chart._visible())
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart._visible()[-1].start_ms < newest.start_ms
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart._visible()[-1] == newest
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert len(chart._visible()) < count
    qtbot.keyClick(chart, Qt.Key.Key_Minus)
    qtbot.keyClick(chart, Qt.Key.Key_Minus)
    assert len(chart._visible()) > count
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert len(chart._visible()) == count


def test_who_looks_at_the_past_is_not_moved_by_new_bars(qtbot, chart: CandleChart) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    seen = chart._visible()
    later = chart.bars.all[-1].start_ms + 15 * 60_000
    chart.follow(D("123"), later)
    assert chart._visible() == seen
    assert chart.renew([*samples.candles()[-2:], candle(later, "124")])
    assert chart._visible() == seen


def menu_at(chart: CandleChart, price: str) -> QMenu:
    """The menu at a price, as a right click opens it."""
    place = height_of(chart, price)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, chart.mapToGlobal(place))
    QApplication.sendEvent(chart, asked)
    return chart.findChild(QMenu)


@pytest.mark.parametrize(
    ("price", "words", "leg"), [("110", "Stop loss at 1", "stop_loss"), ("126", "Take profit at 1", "take_profit")]
)
def test_the_menu_offers_the_stop_that_a_price_could_be(
    qtbot, desk: MainWindow, chart: CandleChart, price: str, words: str, leg: str
) -> None:
    menu = menu_at(chart, price)
    first = menu.actions()[0]
    assert first.text().startswith(words)
    first.trigger()
    menu.close()
    dialog = desk.findChild(TradingStopDialog)
    assert abs(getattr(dialog, leg).price - D(price)) < D("0.3")
    assert getattr(dialog, leg).price % D("0.01") == 0


def test_with_a_key_that_may_only_look_no_line_moves(qtbot, desk: MainWindow, chart, bridge: Bridge) -> None:
    after = replace(bridge.snapshot, is_read_only=True, version=99)
    bridge.publish(after)
    qtbot.waitUntil(lambda: desk.facts.snapshot is after)
    qtbot.keyClick(chart, Qt.Key.Key_S)
    qtbot.keyClick(chart, Qt.Key.Key_Up)
    assert next(lv for lv in chart.levels if lv.name == "stop_loss").price == 104.0
    menu = menu_at(chart, "110")
    assert [action.text() for action in menu.actions()] == ["Back to the newest bars"]
    menu.close()


def test_what_a_price_could_be_follows_the_side_and_the_mark() -> None:
    short = facts(position=samples.position(side="Sell"))
    assert stop_drag.fitting(D("122.41"), facts()) == "take_profit"
    assert stop_drag.fitting(D("122.41"), short) == "stop_loss"
    assert stop_drag.fitting(D("122.39"), short) == "take_profit"
    assert stop_drag.fitting(D("122.40"), facts()) == ""


# Quick actions


def test_quick_closes_open_the_dialog_with_their_share(qtbot, desk: MainWindow) -> None:
    for share, qty in ((D("0.25"), D("5.0")), (D("0.5"), D("10.0"))):
        qtbot.mouseClick(desk.inspector.page.share_buttons[share], LEFT)
        dialog = desk.findChild(ClosePositionDialog)
        assert dialog.intent().qty == qty
        dialog.reject()
        qtbot.waitUntil(lambda: desk.findChild(ClosePositionDialog) is None)


def test_stop_to_break_even_opens_the_dialog_filled_in(qtbot, desk: MainWindow) -> None:
    qtbot.mouseClick(desk.inspector.page.even_button, LEFT)
    assert desk.findChild(TradingStopDialog).stop_loss.price == D("100.62")


def test_break_even_that_the_price_has_not_passed_is_not_offered(qtbot, desk, bridge: Bridge) -> None:
    row = samples.derive(replace(bridge.snapshot.position("SOLUSDT"), mark_price=D("99")))
    after = samples.tick(bridge.snapshot, row)
    bridge.publish(after)
    qtbot.waitUntil(lambda: desk.facts.snapshot is after)
    button = desk.inspector.page.even_button
    assert not button.isEnabled()
    assert "not passed break-even" in button.toolTip()


def test_f28_quick_actions_say_that_the_contract_took_no_command_and_stay_usable(qtbot, desk, bridge: Bridge) -> None:
    page, before = desk.inspector.page, bridge.snapshot
    plain = page.share_buttons[D("0.25")].toolTip()
    assert plain == "Opens the close dialog with 25%"
    halt = Halt(ret_code=110066, since_ms=0, last_mono=desk.facts.clock.monotonic())
    buttons = (page.edit_button, page.even_button, page.close_button, *page.share_buttons.values())
    bridge.publish(replace(before, links=replace(before.links, halts={("linear", "SOLUSDT"): halt})))
    for button in buttons:
        qtbot.waitUntil(lambda button=button: "switched off for now (110066). You may try again." in button.toolTip())
        assert "110066" in button.accessibleDescription()
        assert button.isEnabled()
    assert page.share_buttons[D("0.25")].toolTip().endswith(plain)
    desk.facts.clock.advance(30)
    desk.inspector.tick()
    assert "30 s ago" in page.close_button.toolTip()
    bridge.publish(before)
    qtbot.waitUntil(lambda: page.share_buttons[D("0.25")].toolTip() == plain)
    assert not any("110066" in button.toolTip() + button.accessibleDescription() for button in buttons)


def test_the_bots_note_is_shown_as_plain_text(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    from core.model import BotNote

    page = desk.inspector.page
    assert not page.note.isVisible()
    note = BotNote(reason="<b>ML BUY</b>\n77%", confidence=D("0.77"), atr=D("2.3"), adx=D("28.5"), volatility=D("2.80"))
    after = replace(bridge.snapshot, notes={SOL: note}, version=99)
    bridge.publish(after)
    qtbot.waitUntil(lambda: desk.facts.snapshot is after)
    assert page.why.text() == "<b>ML BUY</b> 77% · confidence 0.77"
    assert page.indicators.text() == "ATR 2.3 · ADX 28.5 · volatility 2.80"
    assert page.note.isVisible()


def test_levels_name_the_lines_that_can_be_dragged(desk: MainWindow) -> None:
    names = {lv.name for lv in inspection.levels(samples.position(), Facts(samples.clock()))}
    assert names == {"", "stop_loss", "take_profit"}


def test_break_even_partial_and_trailing_stops_have_lines(desk: MainWindow) -> None:
    trailing = samples.order(300, stop_order_type="TrailingStop", trigger_price=D("119.50"))
    foreign = samples.part(4, symbol="BTCUSDT")
    known = Facts(samples.clock())
    known.snapshot = samples.snapshot(
        orders=(samples.part(1), samples.part(2, "PartialStopLoss"), trailing, foreign, *samples.orders())
    )
    shown = {lv.words: (lv.price, lv.name, lv.style) for lv in inspection.levels(samples.position(), known)}
    assert shown["Break-even 100.62"] == (100.62, "", "dot")
    assert shown["TP 5.0 @ 136.00 +177.50"] == (136.0, "", "dash")
    assert shown["SL 5.0 @ 108.00 +37.50"] == (108.0, "", "dash")
    assert shown["Trailing 119.50 +380.00"] == (119.5, "", "dash")
    assert len(shown) == 9


def test_a_part_that_is_larger_than_the_rest_counts_as_the_rest(desk: MainWindow) -> None:
    known = Facts(samples.clock())
    known.snapshot = samples.snapshot(orders=(samples.part(1, qty=D("500")),))
    assert "TP 20.0 @ 136.00 +710.00" in {lv.words for lv in inspection.levels(samples.position(), known)}


def test_best_and_worst_of_the_life_are_shown(qtbot, desk: MainWindow, bridge: Bridge) -> None:
    tile = desk.inspector.page.tiles["best"]
    assert tile.value == "—"
    row = replace(bridge.snapshot.position("SOLUSDT"), best_pnl=D("512.4"), worst_pnl=D("-31"))
    after = samples.tick(bridge.snapshot, row)
    bridge.publish(after)
    qtbot.waitUntil(lambda: desk.facts.snapshot is after)
    assert tile.value == "+512 / −31.00"
    assert "MFE" in tile.toolTip()
