"""TableView: what is painted, what the mouse and keyboard do, and that nothing slips under the pointer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PyQt6.QtGui import QGuiApplication, QHelpEvent, QPaintEvent, QRegion
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QApplication, QToolTip

from core.model import Position, PositionKey
from gui import theme
from gui.models import position_columns, positions
from gui.models.cell import Facts
from gui.models.table import RecordTable
from gui.views.table_view import TableView
from tests.gui import samples

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)
ETH = PositionKey("linear", "ETHUSDT", 0)


def make_view(qtbot, *, is_tested: bool) -> TableView:
    """Positions of the sample in a view wide enough for every column."""
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    table = RecordTable(position_columns.columns(), lambda p: p.key, facts, positions.phase)
    if is_tested:
        QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    made = TableView(table, "Positions")
    qtbot.addWidget(made)
    made.resize(1200, 400)
    table.set_records(facts.snapshot.positions)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def view(qtbot) -> TableView:
    """The view with Qt's model tester on its model."""
    return make_view(qtbot, is_tested=True)


class PaintWatch(QObject):
    """Notes the region of each paint of what it is installed on."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[QRegion] = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Look, and let pass."""
        if isinstance(event, QPaintEvent):
            self.painted.append(event.region())
        return False


def point_of(view: TableView, key: PositionKey, column: str) -> QPoint:
    """The middle of a button."""
    return view.button_rect(key, column).center()


def reordered(view: TableView, **changes: object) -> tuple[Position, ...]:
    """The shown records with SOLUSDT changed."""
    rows = view.table.facts.snapshot.positions
    return tuple(replace(row, **changes) if row.key == SOL else row for row in rows)


def test_a_click_on_a_button_names_the_record_and_selects_its_row(qtbot, view: TableView) -> None:
    with qtbot.waitSignal(view.pressed_button) as heard:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, ETH, "close"))
    assert heard.args == [ETH, "close"]
    assert view.current_key() == ETH


def test_a_press_that_leaves_the_button_does_nothing(qtbot, view: TableView) -> None:
    with qtbot.assertNotEmitted(view.pressed_button):
        qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, ETH, "close"))
        qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, SOL, "close"))


def test_a_row_that_moves_away_under_a_held_button_is_not_pressed_and_neither_is_its_successor(
    qtbot, view: TableView
) -> None:
    where = point_of(view, ETH, "close")
    with qtbot.assertNotEmitted(view.pressed_button):
        qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
        rows = view.table.facts.snapshot.positions
        view.table.set_records(tuple(row for row in rows if row.symbol != "AVAXUSDT"))
        qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_rows_may_not_change_places_while_the_mouse_is_on_a_button(qtbot, view: TableView) -> None:
    assert not view.is_aimed()
    qtbot.mouseMove(view.viewport(), point_of(view, ETH, "close"))
    qtbot.waitUntil(view.is_aimed)
    qtbot.mouseMove(view.viewport(), QPoint(20, 20))
    qtbot.waitUntil(lambda: not view.is_aimed())


def test_the_keyboard_reaches_and_presses_both_buttons(qtbot, view: TableView) -> None:
    view.setFocus()
    view.select_key(SOL)
    for key, column in ((Qt.Key.Key_Space, "edit_stops"), (Qt.Key.Key_Return, "close")):
        qtbot.keyClick(view, Qt.Key.Key_Right)
        with qtbot.waitSignal(view.pressed_button) as heard:
            qtbot.keyClick(view, key)
        assert heard.args == [SOL, column]
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Left)
    with qtbot.waitSignal(view.details_asked) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == [SOL]


def test_delete_asks_to_close_and_escape_does_nothing(qtbot, view: TableView) -> None:
    view.setFocus()
    view.select_key(SOL)
    with qtbot.waitSignal(view.delete_asked) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert heard.args == [SOL]
    with qtbot.assertNotEmitted(view.delete_asked), qtbot.assertNotEmitted(view.pressed_button):
        qtbot.keyClick(view, Qt.Key.Key_Escape)


def test_a_double_click_on_a_button_is_two_clicks_and_not_details(qtbot, view: TableView) -> None:
    with qtbot.assertNotEmitted(view.details_asked):
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, SOL, "close"))


def test_selection_current_row_and_scroll_survive_a_thousand_updates_and_a_new_order(qtbot) -> None:
    view = make_view(qtbot, is_tested=False)  # the tester would take half a minute
    view.table.set_records(samples.many_positions(60))
    column = [c.name for c in view.table.columns].index("pnl")
    view.header.setSortIndicator(column, Qt.SortOrder.DescendingOrder)
    key = view.table.key(30)
    view.select_key(key)
    view.verticalScrollBar().setValue(700)
    rows = list(view.table._given)
    for step in range(1000):
        number = (step * 7) % len(rows)
        rows[number] = samples.derive(replace(rows[number], mark_price=rows[number].mark_price + D(step % 5 - 2) / 10))
        view.table.set_records(tuple(rows))
        if step % 50 == 0:
            view.table.rerank()
    assert view.current_key() == key
    assert [view.table.key(index.row()) for index in view.selectionModel().selectedRows()] == [key]
    assert view.verticalScrollBar().value() == 700
    view.table.rerank()
    values = [view.table.record(row).unrealised_pnl for row in range(60)]
    assert values == sorted(values, reverse=True)


def test_only_the_cells_that_say_something_else_are_painted_again(qtbot, view: TableView) -> None:
    view.grab()
    watcher = PaintWatch()
    view.viewport().installEventFilter(watcher)
    view.table.set_records(reordered(view, mark_price=D("123.00")))
    qtbot.waitUntil(lambda: bool(watcher.painted))
    top = view.table.row_of(SOL) * theme.ROW_HEIGHT
    painted = [
        view.table.columns[column].name
        for column, x, width in view.layout_of_columns.spans()
        if watcher.painted[-1].intersects(QRect(x, top, width, theme.ROW_HEIGHT))
    ]
    assert painted == ["price", "liquidation", "time"]  # the sample's PnL stays as it is
    assert watcher.painted[-1].boundingRect().height() == theme.ROW_HEIGHT


def test_a_row_outside_the_window_is_neither_formatted_nor_painted(qtbot, view: TableView) -> None:
    rows = samples.many_positions(200)
    view.table.set_records(rows)
    view.grab()
    last = rows[-1]
    view.table.set_records((*rows[:-1], samples.derive(replace(last, mark_price=D(33)))))
    view.grab()
    assert last.key not in view.table._cells


def test_copied_rows_are_tab_separated_with_one_field_per_line_of_the_title(qtbot, view: TableView) -> None:
    view.setFocus()
    view.select_key(SOL)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, line = QGuiApplication.clipboard().text().split("\n")
    assert head.split("\t")[:5] == ["Symbol", "Size", "value", "Entry", "mark"]
    assert len(head.split("\t")) == len(line.split("\t"))
    fields = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    assert (fields["Symbol"], fields["Unrealised PnL"], fields["ROE"]) == ("SOLUSDT Long 5×", "438.00", "108.96%")


def test_a_changed_size_flashes_and_an_unchanged_one_does_not(qtbot, view: TableView) -> None:
    view.grab()
    view.table.set_records(reordered(view, size=D("10.0")))
    view.grab()
    flashing = {number for number, c in enumerate(view.table.columns) if c.name in {"size", "exits"}}
    assert set(view.flashes._until) == {(SOL, number) for number in flashing}
    qtbot.waitUntil(lambda: not view.flashes._until)


def test_what_only_follows_the_mark_does_not_flash(view: TableView) -> None:
    view.grab()
    view.table.set_records(reordered(view, position_value=D("3000.00"), mark_price=D("150.00")))
    view.grab()
    assert not view.flashes._until


def test_buttons_stay_within_reach_where_there_is_no_room_for_every_column(qtbot, view: TableView) -> None:
    view.resize(600, 400)
    button = view.button_rect(SOL, "close")
    assert view.viewport().rect().contains(button)
    with qtbot.waitSignal(view.pressed_button) as heard:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    assert heard.args == [SOL, "close"]


def test_hiding_a_column_gives_its_room_to_the_others_and_reset_brings_it_back(qtbot, view: TableView) -> None:
    before = [(span.column, span.width) for span in view.layout_of_columns.spans()]
    view.header.setSectionHidden(1, True)
    qtbot.waitUntil(lambda: sum(span.width for span in view.layout_of_columns.spans()) >= view.viewport().width() - 16)
    assert 1 not in {span.column for span in view.layout_of_columns.spans()}
    view.layout_of_columns.reset()
    assert [(span.column, span.width) for span in view.layout_of_columns.spans()] == before


def test_a_width_set_by_hand_is_kept_when_the_window_grows(qtbot, view: TableView) -> None:
    view.header.resizeSection(1, 222)
    view.resize(1500, 400)
    assert view.columnWidth(1) == 222


def test_a_click_on_the_header_sorts_by_value_and_a_third_one_lets_go(qtbot, view: TableView) -> None:
    number = [c.name for c in view.table.columns].index("pnl")
    given = [view.table.key(row) for row in range(view.table.rowCount())]
    where = QPoint(view.header.sectionViewportPosition(number) + 20, 10)
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    values = [view.table.record(row).unrealised_pnl for row in range(6)]
    assert values == sorted(values)
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert [view.table.record(row).unrealised_pnl for row in range(6)] == sorted(values, reverse=True)
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert [view.table.key(row) for row in range(6)] == given


def test_a_click_on_the_second_line_of_a_title_sorts_by_that_line(qtbot, view: TableView) -> None:
    number = [c.name for c in view.table.columns].index("pnl")
    x, height = view.header.sectionViewportPosition(number) + 20, view.header.height()

    def click(y: int) -> None:
        qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def order() -> list[str]:
        return [view.table.record(row).symbol for row in range(6)]

    by_roe = [row.symbol for row in sorted(samples.positions(), key=lambda row: row.roe_pct)]
    by_pnl = [row.symbol for row in sorted(samples.positions(), key=lambda row: row.unrealised_pnl)]
    assert by_roe != by_pnl
    click(height - 8)
    assert order() == by_roe
    click(height - 8)
    assert order() == by_roe[::-1]
    click(8)
    assert order() == by_pnl, "another line begins upwards"
    click(height - 8)
    assert order() == by_roe
    assert view.header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder


def test_the_menu_sorts_by_what_has_no_line_of_its_own_and_the_header_says_so(view: TableView) -> None:
    menu = view.header.column_menu()
    inner = next(action.menu() for action in menu.actions() if action.text() == "Sort by")
    entries = {action.text(): action for action in inner.actions()}
    assert entries["Nothing"].isChecked()
    assert not entries["Descending"].isEnabled()
    entries["Leverage"].trigger()
    assert [view.table.record(row).leverage for row in range(6)] == sorted(row.leverage for row in samples.positions())
    assert view.header._titles(0) == (("Symbol", "Leverage"), 1)
    menu.close()
    again = view.header.sort_menu(menu)
    entries = {action.text(): action for action in again.actions()}
    assert entries["Leverage"].isChecked()
    entries["Descending"].trigger()
    assert view.table.record(0).leverage == max(row.leverage for row in samples.positions())
    entries["Nothing"].trigger()
    assert [view.table.record(row).key for row in range(6)] == [row.key for row in samples.positions()]


def test_compact_rows_show_one_line_and_still_say_what_must_be_seen(view: TableView) -> None:
    view.set_compact(True)
    assert view.rowHeight(0) == theme.COMPACT_ROW_HEIGHT
    column = view.table.columns[0]
    said = {}
    for row in range(view.table.rowCount()):
        plan = view._painter.plan(view.table.cell(row, 0), 400, column.is_right)
        said[view.table.record(row).symbol] = [text.laid_out.text() for text in plan.texts]
    assert said["SOLUSDT"] == ["SOLUSDT", "Long 5×"]
    assert said["LINKUSDT"] == ["LINKUSDT", "Long 5×", "closing… waiting for fill"]
    view.table.facts.clock.advance(11)
    view.table.refresh_timed()
    plan = view._painter.plan(view.table.cell(view.table.row_of(SOL), 0), 400, column.is_right)
    assert any("STALE" in text.laid_out.text() for text in plan.texts)


def test_the_column_menu_names_every_titled_column(view: TableView) -> None:
    menu = view.header.column_menu()
    checked = {action.text(): action.isChecked() for action in menu.actions() if action.isCheckable()}
    assert checked["Size / value"] is True
    assert checked["Nearest exit"] is False
    assert "" not in checked
    menu.close()


@pytest.mark.parametrize("width", [1179, 1240])
def test_a_vertical_scroll_bar_brings_no_horizontal_one(qtbot, view: TableView, width: int) -> None:
    view.resize(width, 400)
    for count in (30, 6, 30):
        view.table.set_records(samples.many_positions(count))
        is_tall = count == 30
        qtbot.waitUntil(lambda is_tall=is_tall: view.verticalScrollBar().isVisible() == is_tall)
        qtbot.waitUntil(lambda: view.header.length() == view.viewport().width())
        assert not view.horizontalScrollBar().isVisible()


@pytest.mark.parametrize(
    ("words", "shown"), [("bot-SOL-0001-exit1-roe50", "bo…50"), ("12,345,678.90", "12,3…"), ("Vendi", "Ve…")]
)
def test_a_long_word_is_cut_in_its_middle_and_a_figure_at_its_end(view: TableView, words: str, shown: str) -> None:
    faces = view._painter.faces
    cut = faces.fitted(words, 0, faces.width(shown, 0) + 1)[0].text()
    assert (cut[0], cut[-1], "…" in cut) == (shown[0], shown[-1], True)


def test_a_cut_cell_says_all_of_it_when_it_is_pointed_at(view: TableView) -> None:
    symbol = view.table.index(0, 0)
    whole = "<br>".join(view.table.words(0, 0))
    explained = view.tooltip_of(symbol)
    assert whole not in explained
    view.header.resizeSection(0, 60)
    assert view.tooltip_of(symbol) == f"<qt>{whole}</qt>{explained}"
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(20, 10), view.viewport().mapToGlobal(QPoint(20, 10)))
    QApplication.sendEvent(view.viewport(), event)
    assert QToolTip.text() == view.tooltip_of(symbol)
    QToolTip.hideText()
    title = view.table.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert view.table.columns[0].titles[0] in title
