"""Room for columns: what gives way where there is too little, how that is said, and that nothing else forgets it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QHelpEvent, QRegion
from PyQt6.QtWidgets import QApplication, QMenu, QToolTip

from gui import language, theme
from gui.main_window import MainWindow
from gui.models import closed, executions, orders
from gui.models.cell import Facts
from gui.models.table import RecordTable
from gui.views import folding
from gui.views.table_view import TableView
from tests.gui import samples
from tests.gui.test_table_view import PaintWatch, make_view

FIRST_TO_GO = ["exits", "time", "realised"]
NARROW, WIDE = 850, 1200


@pytest.fixture
def view(qtbot) -> TableView:
    """The Positions table in as little room as a window of 1280 leaves it beside the Inspector."""
    made = make_view(qtbot, is_tested=False)
    made.resize(NARROW, 400)
    return made


def names(view: TableView, numbers) -> list[str]:
    """Columns by name."""
    return [view.table.columns[number].name for number in numbers]


def number_of(view: TableView, name: str) -> int:
    return names(view, range(len(view.table.columns))).index(name)


def shown(view: TableView) -> list[str]:
    """What is in sight, from the left."""
    return names(view, (span.column for span in view.layout_of_columns.spans()))


def chips_end(view: TableView) -> int:
    """How far the chips of any row reach into the viewport."""
    column = number_of(view, "stops")
    span = next(span for span in view.layout_of_columns.spans() if span.column == column)
    cells = [view.table.cell(row, column) for row in range(view.table.rowCount())]
    plans = [view._painter.plan(cell, span.width, False) for cell in cells]
    for cell, plan in zip(cells, plans, strict=True):
        assert {chip.text for chip in cell.chips} <= {part.laid_out.text() for part in plan.texts}, "a price is cut"
    return span.x + round(max(box.x + box.width for plan in plans for box in plan.boxes))


@pytest.mark.parametrize("is_dark", [True, False])
def test_at_1280_with_the_inspector_open_every_stop_can_be_read(
    qtbot, window: MainWindow, bridge, qapp: QApplication, is_dark: bool
) -> None:
    theme.apply(qapp, theme.tokens(dark=is_dark))
    bridge.publish(samples.snapshot())
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.tabs.positions.table.rowCount() == 6)
    view = window.tabs.positions.view
    qtbot.waitUntil(lambda: names(view, view.header.away) == FIRST_TO_GO)
    assert window.inspector_dock.isVisible()
    assert not view.layout_of_columns.is_overlapping
    assert chips_end(view) <= view.layout_of_columns.pinned_edge
    assert not view.horizontalScrollBar().isVisible()


def test_what_gave_way_comes_back_with_the_room_and_the_last_to_go_is_the_first_to_come(view: TableView) -> None:
    assert names(view, view.header.away) == FIRST_TO_GO
    assert "stops" in shown(view)
    view.resize(960, 400)
    assert names(view, view.header.away) == FIRST_TO_GO[:2]
    view.resize(WIDE, 400)
    assert view.header.away == ()
    assert set(FIRST_TO_GO) <= set(shown(view))


def test_what_is_copied_and_exported_does_not_depend_on_the_room(view: TableView) -> None:
    narrow = view.shown_columns()
    view.resize(WIDE, 400)
    assert view.shown_columns() == narrow
    assert set(FIRST_TO_GO) <= set(names(view, narrow))


def test_a_layout_kept_in_a_narrow_window_hides_nothing_in_a_wide_one(qtbot, view: TableView) -> None:
    view.header.want(number_of(view, "price"), False)
    qtbot.waitUntil(lambda: names(view, view.header.away) == FIRST_TO_GO[:2])  # the room of a hidden column is free
    kept = view.layout_of_columns.state()
    assert names(view, view.header.away) == FIRST_TO_GO[:2]
    other = make_view(qtbot, is_tested=False)
    other.layout_of_columns.restore(kept, True)
    assert other.header.away == ()
    assert set(FIRST_TO_GO) <= set(shown(other))
    assert "price" not in shown(other)


def test_the_menu_names_what_has_no_room_and_can_hide_it_for_good(view: TableView) -> None:
    menu = view.header.column_menu()
    said = {action.text(): action.isChecked() for action in menu.actions() if action.isCheckable()}
    assert said["Exits (no room)"]
    assert said["Size / value"]
    assert not said["Nearest exit"]
    sorts = next(action.menu() for action in menu.actions() if action.text() == "Sort by")
    assert "Number of exits" in {action.text() for action in sorts.actions()}
    next(action for action in menu.actions() if action.text() == "Exits (no room)").trigger()
    menu.close()
    assert names(view, view.header.away) == FIRST_TO_GO[1:]
    view.resize(WIDE, 400)
    assert "exits" not in shown(view)


def test_above_the_buttons_stands_how_many_have_no_room_and_a_click_lists_them(qtbot, view: TableView) -> None:
    corner = view.header.corner()
    assert corner.left() == view.layout_of_columns.pinned_edge
    at = corner.center()
    QApplication.sendEvent(
        view.header.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, view.header.viewport().mapToGlobal(at))
    )
    assert "No room for: Realised / net of fees, Exits, Open for / funding" in QToolTip.text()
    QToolTip.hideText()
    assert view.header.accessibleDescription().startswith("No room for: Realised")
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    menu = next(menu for menu in view.header.findChildren(QMenu) if menu.isVisible())
    assert "Exits (no room)" in [action.text() for action in menu.actions()]
    menu.close()


def test_without_buttons_there_is_more_room_and_what_has_none_is_still_said(qtbot, view: TableView) -> None:
    view.layout_of_columns.show_buttons(False)
    qtbot.waitUntil(lambda: names(view, view.header.away) == FIRST_TO_GO[:2])
    corner = view.header.corner()
    assert view.header.viewport().rect().contains(corner)
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=corner.center())
    menu = next(menu for menu in view.header.findChildren(QMenu) if menu.isVisible())
    menu.close()
    view.resize(WIDE, 400)
    assert view.header.corner().isEmpty()


def test_with_a_width_set_by_hand_nothing_is_left_out_and_no_title_is_clicked_under_the_buttons(
    qtbot, view: TableView
) -> None:
    view.header.resizeSection(0, 200)
    qtbot.waitUntil(lambda: view.header.away == ())
    assert set(FIRST_TO_GO) <= set(shown(view))
    assert view.layout_of_columns.is_overlapping
    at = view.header.corner().center()
    assert view.header.logicalIndexAt(at) >= 0, "a title lies there"
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    assert view.header.sortIndicatorSection() == -1


def test_what_is_above_the_buttons_is_not_dragged_along_when_the_table_scrolls_sideways(qtbot, view: TableView) -> None:
    view.header.resizeSection(0, 200)
    qtbot.waitUntil(lambda: view.header.away == ())
    watcher = PaintWatch()
    view.header.viewport().installEventFilter(watcher)
    QApplication.processEvents()
    watcher.painted.clear()
    view.horizontalScrollBar().setValue(100)
    whole = QRegion(view.header.viewport().rect())
    qtbot.waitUntil(lambda: any(whole.subtracted(painted).isEmpty() for painted in watcher.painted))


@pytest.mark.parametrize("tongue", ["en", "it"])
def test_the_side_of_the_longest_usual_symbol_is_never_cut(qapp: QApplication, bridge, tongue: str) -> None:
    language.speak(qapp, tongue)
    try:
        facts = Facts(bridge.clock)
        for columns, records in (
            (orders.columns(), samples.orders()),
            (executions.columns(), samples.executions(8)),
            (closed.columns(), samples.closed_trades(8)),
        ):
            view = TableView(RecordTable(columns, id, facts), "Symbols")
            number = number_of(view, "symbol")
            sign = folding.FOLD_ROOM if columns[number].detail is not None else 0
            room = view.layout_of_columns.base_width(number) - sign
            for record in records:
                cell = columns[number].cell(replace(record, symbol="1000PEPEUSDT"), facts)
                said = [part.laid_out.text() for part in view._painter.plan(cell, room, False).texts]
                assert {cell.text, *(chip.text for chip in cell.chips)} <= set(said)
    finally:
        language.speak(qapp, "en")
