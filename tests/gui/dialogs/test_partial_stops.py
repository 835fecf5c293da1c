"""Stops of parts of a position: added one by one, never more than is open, and cancelled like any order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog

from core.intents import CancelOrder, SetTradingStop
from core.model import Order
from gui.dialogs import batch, window
from gui.dialogs.cancel_orders import CancelOrdersDialog
from gui.dialogs.linked import NET_PNL, ROE
from gui.dialogs.stop_leg import PRICE
from gui.dialogs.trading_stop import TradingStopDialog
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, clear, click, sol_snapshot, type_into, until

D = Decimal
Opened = Callable[[QDialog], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)
    monkeypatch.setattr(batch, "REPLAN_MS", 1)


def dialog_on(opened: Opened, *parts: Order, **changes: Any) -> tuple[Desk, TradingStopDialog]:
    """A dialog on its page for parts, by mouse."""
    desk = Desk(sol_snapshot())
    desk.change(orders=(*parts, *desk.snapshot.orders), **changes)
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    click(dialog.mode._segments["Partial"])
    return desk, dialog


async def test_a_pair_is_added_once(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    assert dialog.frame.status.text() == "Enter a price for the part"
    page = dialog.partial
    click(page.part.chips[25])
    type_into(page.take_profit.edits[PRICE], "140")
    type_into(page.stop_loss.edits[PRICE], "110")
    assert page.take_profit.message.text == "Above the mark price. Will trigger a market close of 5.0."
    assert dialog.frame.action.text() == "Add TP + SL for 5.0"
    desk.manager.gate.clear()
    for _ in range(20):
        click(dialog.frame.action)
    desk.manager.gate.set()
    await until(lambda: dialog.is_over)
    (intent,) = desk.manager.submitted
    assert isinstance(intent, SetTradingStop)
    assert intent.tpsl_mode == "Partial"
    assert (intent.take_profit, intent.tp_size, intent.stop_loss, intent.sl_size) == (D(140), D(5), D(110), D(5))
    assert (intent.trailing_stop, intent.side, intent.life_id) == (None, "Buy", "SOLUSDT-1")


async def test_all_by_keyboard(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    dialog.mode._segments["Full"].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert dialog.partial.isVisible()
    type_into(dialog.partial.part.edit, "4")
    type_into(dialog.partial.take_profit.edits[PRICE], "140")
    QTest.keyClick(dialog.partial.take_profit.edits[PRICE], Qt.Key.Key_Return)
    assert QApplication.focusWidget() is dialog.frame.action
    QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
    await until(lambda: desk.manager.submitted)
    (intent,) = desk.manager.submitted
    assert (intent.take_profit, intent.tp_size, intent.stop_loss, intent.sl_size) == (D(140), D(4), None, None)


async def test_the_views_are_of_the_part(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    page = dialog.partial
    click(page.part.chips[50])
    type_into(page.take_profit.edits[PRICE], "130.00")
    half = page.take_profit.edits[NET_PNL].text(), page.take_profit.edits[ROE].text()
    click(page.part.chips[100])
    whole = page.take_profit.edits[NET_PNL].text(), page.take_profit.edits[ROE].text()
    assert abs(D(whole[0]) - 2 * D(half[0])) <= D("0.05")
    assert half[1] == whole[1]  # the same share of the margin


async def test_a_share_follows_the_position(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    click(dialog.partial.part.chips[50])
    type_into(dialog.partial.take_profit.edits[PRICE], "140")
    desk.move(size=D("12.0"))
    assert dialog.intent().tp_size == D("6.0")
    type_into(dialog.partial.part.edit, "5")
    desk.move(size=D("10.0"))
    assert dialog.intent().tp_size == D(5)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("25", "The position holds 20.0. Highest valid: 20.0."),
        ("0.05", "The smallest order is 0.1. Lowest valid: 0.1."),
        ("5.05", "Quantities go in steps of 0.1. Nearest valid: 5.0."),
        ("", "Enter the part that this is for. Highest valid: 20.0."),
        ("1,000", "1,000 can be read two ways. Which one is meant?"),
    ],
)
async def test_a_wrong_size_names_the_nearest_right_one(opened: Opened, size: str, said: str) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.partial.take_profit.edits[PRICE], "140")
    type_into(dialog.partial.part.edit, size)
    assert dialog.partial.part.message.text == said
    assert not dialog.frame.action.isEnabled()
    click(dialog.partial.part.message.fixes()[0])
    if size != "1,000":
        assert dialog.frame.action.isEnabled()


async def test_parts_together_promise_no_more_than_is_open(opened: Opened) -> None:
    _, dialog = dialog_on(opened, *(samples.part(n) for n in range(3)))
    page = dialog.partial
    assert page.standing_title.text() == "Stops of parts that stand: 3"
    assert page.table.texts() == [
        ("Take profits of parts", "3 · 15.0", "3 · 15.0"), ("Stop losses of parts", "—", "—"),
        ("Places taken, of 20", "3", "3"),
    ]  # fmt: skip
    type_into(page.part.edit, "8")
    type_into(page.take_profit.edits[PRICE], "140")
    assert page.part.message.text == "15.0 of the position has such a stop already. Highest valid: 5.0."
    clear(page.take_profit.edits[PRICE])
    type_into(page.stop_loss.edits[PRICE], "110")  # stop losses are counted for themselves
    assert dialog.frame.action.isEnabled()
    assert page.table.texts()[1:] == [("Stop losses of parts", "—", "1 · 8.0"), ("Places taken, of 20", "3", "4")]


async def test_the_twenty_first_is_refused_before_it_is_sent(opened: Opened) -> None:
    _, dialog = dialog_on(opened, *(samples.part(n, qty=D("0.1")) for n in range(20)))
    type_into(dialog.partial.part.edit, "1")
    type_into(dialog.partial.stop_loss.edits[PRICE], "110")
    assert dialog.frame.status.text() == "A position may have at most 20 partial stops."
    assert not dialog.frame.action.isEnabled()


async def test_a_leg_on_the_wrong_side_is_refused(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    click(dialog.partial.part.chips[25])
    type_into(dialog.partial.stop_loss.edits[PRICE], "123.50")
    assert dialog.partial.stop_loss.message.text == (
        "A long position's stop loss must be below the mark price 122.40. Highest valid: 122.39."
    )


async def test_a_standing_part_is_cancelled_through_its_own_question(opened: Opened) -> None:
    standing = samples.part(0)
    desk, dialog = dialog_on(opened, standing)
    page = dialog.partial
    assert page.standing.words(0, 1) == ("mark 135.00",)
    assert page.standing.words(0, 3) == ("+172.13",)
    place = page.view.button_rect(standing.order_id, "cancel").center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    question = dialog.findChild(CancelOrdersDialog)
    assert question is not None
    assert question.table.words(0, 1)[0] == "Partial take profit"
    assert desk.manager.submitted == []
    click(question.frame.action)
    await until(lambda: desk.manager.submitted)
    assert desk.manager.submitted == [CancelOrder(symbol="SOLUSDT", order_id=standing.order_id)]
    desk.change(orders=tuple(o for o in desk.snapshot.orders if o.order_id != standing.order_id))
    assert page.standing.rowCount() == 0
    question.reject()


async def test_both_pages_keep_what_was_typed(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.partial.part.edit, "5")
    click(dialog.mode._segments["Full"])
    type_into(dialog.stop_loss.edits[PRICE], "105")
    assert dialog.frame.action.text() == "Apply 1 change"
    click(dialog.mode._segments["Partial"])
    assert dialog.partial.part.edit.text().startswith("5")
    assert dialog.intent().tpsl_mode == "Partial"
    assert dialog.intent().stop_loss is None


async def test_live_parts_are_held_by_what_they_are_worth(opened: Opened) -> None:
    desk, dialog = dialog_on(opened, environment="live")
    desk.bridge.hold_above = D(1000)
    type_into(dialog.partial.take_profit.edits[PRICE], "140")
    type_into(dialog.partial.part.edit, "5")
    assert dialog.frame.action.text() == "Add TP for 5.0"  # 612 dollars
    type_into(dialog.partial.part.edit, "10")
    assert dialog.frame.action.text() == "Hold to add TP for 10.0"
