"""A row says what its last command needs: no trace of it, or a part that stayed open; with a look-only key, nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPixmap, QRegion
from PyQt6.QtTest import QTest

from core.model import Command, PositionKey, Snapshot
from gui import theme
from gui.bridge import Bridge
from gui.dialogs.close_position import ClosePositionDialog
from gui.main_window import MainWindow
from tests.gui import samples

SOL = PositionKey("linear", "SOLUSDT", 0)
NO_TRACE = "No trace of the order after 3 checks. Retrying is safe (same order id)"


def closing(**fields: Any) -> Command:
    """A close of 10.0 SOL of the sample's life."""
    base: dict[str, Any] = {
        "command_id": "c-1", "kind": "close", "key": SOL, "state": "no_trace", "created_ms": samples.NOW_MS - 1000,
        "order_link_id": "c-1", "qty": samples.D("10.0"), "life_id": "SOLUSDT-1",
    }  # fmt: skip
    return Command(**(base | fields))


@pytest.fixture
def desk(qtbot, window: MainWindow, bridge: Bridge) -> MainWindow:
    show(qtbot, window, bridge, samples.snapshot())
    return window


def show(qtbot, window: MainWindow, bridge: Bridge, snapshot: Snapshot) -> None:
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot)
    window.tick()


def cells(window: MainWindow, key: PositionKey = SOL) -> dict[str, Any]:
    table = window.tabs.positions.table
    row = table.row_of(key)
    assert row is not None
    return {column.name: table.cell(row, number) for number, column in enumerate(table.columns)}


def with_command(**fields: Any) -> Snapshot:
    base = samples.snapshot()
    return replace(base, commands=(closing(**fields), *base.commands))


def test_without_a_trace_the_row_says_so_in_full_and_offers_to_retry(qtbot, desk, bridge) -> None:
    show(qtbot, desk, bridge, with_command())
    now = cells(desk)
    assert (now["symbol"].below, now["symbol"].below_tone) == (NO_TRACE, "warning")
    assert now["close"].button == "Retry…"
    assert now["edit_stops"].button == "TP/SL"
    assert not any(cell.below.strip() for name, cell in now.items() if name != "symbol")  # room for the sentence
    assert now["pnl"].text == "+438.00"
    assert cells(desk, PositionKey("linear", "ETHUSDT", 0))["size"].below  # other rows as ever
    table = desk.tabs.positions.table
    assert NO_TRACE in table.index(table.row_of(SOL), 0).data(Qt.ItemDataRole.ToolTipRole)


def test_retry_opens_the_question_and_sends_nothing(qtbot, desk, bridge) -> None:
    show(qtbot, desk, bridge, with_command())
    view = desk.tabs.positions.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.button_rect(SOL, "close").center())
    dialog = desk.findChild(ClosePositionDialog)
    assert dialog is not None
    assert dialog.frame.trouble.text.startswith(NO_TRACE)
    assert dialog.frame.action.text() == "Retry"


def test_what_a_close_left_open_is_offered(qtbot, desk, bridge) -> None:
    show(qtbot, desk, bridge, with_command(state="done", filled_qty=samples.D("6.0")))
    assert cells(desk)["symbol"].below == "Closed 6.0 of 10.0 · close remaining 4.0"
    assert cells(desk)["close"].button == "Close"
    desk.open_close_dialog(SOL)
    dialog = desk.findChild(ClosePositionDialog)
    assert dialog is not None
    assert dialog.frame.action.text() == "Close 4.0 SOL"


@pytest.mark.parametrize(
    "fields",
    [
        {"life_id": "SOLUSDT-0"},
        {"state": "done", "filled_qty": samples.D("10.0")},
        {"state": "refused"},
        {"key": PositionKey("linear", "SOLUSDT", 1)},
    ],
)
def test_other_commands_leave_the_row_alone(qtbot, desk, bridge, fields) -> None:
    show(qtbot, desk, bridge, with_command(**fields))
    assert cells(desk)["symbol"].below == "Isolated · one-way"
    assert cells(desk)["close"].button == "Close"


def test_the_sentence_runs_on_over_the_row_and_survives_a_price_that_moves_alone(qtbot, desk, bridge) -> None:
    view = desk.tabs.positions.view
    canvas = view.viewport()
    show(qtbot, desk, bridge, with_command())
    area = view._row_area(view.table.row_of(SOL))
    seen = QPixmap(canvas.size())
    canvas.render(seen)
    assert warning_pixels(seen, area) > 20  # beyond the first column
    row = samples.derive(replace(bridge.snapshot.position("SOLUSDT"), mark_price=samples.D("122.50")))
    show(qtbot, desk, bridge, samples.tick(bridge.snapshot, row))
    for name in ("size", "price", "pnl"):  # only these cells are painted again, over what stood there
        column = next(n for n, column in enumerate(view.table.columns) if column.name == name)
        span = next(span for span in view.layout_of_columns.spans() if span.column == column)
        part = QRect(span.x, area.top(), span.width, area.height())
        canvas.render(seen, part.topLeft(), QRegion(part))
    whole = QPixmap(canvas.size())
    canvas.render(whole)
    assert seen.copy(area).toImage() == whole.copy(area).toImage()


def warning_pixels(picture: QPixmap, area: QRect) -> int:
    """Letters in the warning's colour on the row's second line, right of the first column."""
    image, warning = picture.copy(area).toImage(), theme.current().warning
    return sum(image.pixelColor(x, y) == warning for x in range(240, 420) for y in range(30, 44))


# A key that may only look


def test_with_a_look_only_key_there_is_nothing_to_press(qtbot, desk, bridge) -> None:
    show(qtbot, desk, bridge, replace(samples.snapshot(), is_read_only=True, is_armed=False))
    assert not {"TP/SL", "Close", "Retry…"} & {cell.button for cell in cells(desk).values()}
    assert desk.tabs.buttons.close_all.isHidden()
    desk.tabs.show_tab("orders")
    assert desk.tabs.buttons.cancel_selected.isHidden()
    table = desk.tabs.present.table
    assert not any(table.cell(row, n).button for row in range(table.rowCount()) for n in range(table.columnCount()))
    page = desk.inspector.page
    assert page.edit_button.isHidden()
    assert page.close_button.isHidden()
    assert desk.top_bar.armed.text() == "Read-only key"
    assert not desk.top_bar.armed.isEnabled()


def test_what_has_no_buttons_leaves_their_room_to_the_figures_and_takes_it_back(qtbot, desk, bridge) -> None:
    def has_room() -> bool:
        return not desk.tabs.positions.view.button_rect(SOL, "close").isEmpty()

    assert has_room()
    show(qtbot, desk, bridge, replace(samples.snapshot(), is_read_only=True, is_armed=False))
    assert not has_room()
    desk.tabs.reset_columns()
    assert not has_room()
    kept = desk.tabs.positions.view.layout_of_columns.state()
    show(qtbot, desk, bridge, replace(samples.snapshot(), version=9))
    assert has_room()
    desk.tabs.positions.view.layout_of_columns.restore(kept, True)
    assert has_room()


def test_with_a_look_only_key_no_key_opens_a_dialog(qtbot, desk, bridge) -> None:
    show(qtbot, desk, bridge, replace(samples.snapshot(), is_read_only=True, is_armed=False))
    view = desk.tabs.positions.view
    view.select_key(SOL)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    desk.undo_stops()
    assert desk.findChild(ClosePositionDialog) is None
