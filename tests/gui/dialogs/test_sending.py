"""One intent per press, whatever the fingers do, and an honest word about what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog

from core.errors import BadValue, OutcomeUnknown, Unreachable
from core.intents import ClosePosition, SetTradingStop
from gui.dialogs import window
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.stop_leg import PRICE
from gui.dialogs.trading_stop import TradingStopDialog
from tests.gui.dialogs.desk import SOL, Desk, click, sol_snapshot, type_into, until

D = Decimal
Opened = Callable[[QDialog], None]
HOLD_MS = 100
ENTER = Qt.Key.Key_Return


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)
    monkeypatch.setattr(window, "HOLD_MS", HOLD_MS)


async def close_dialog(opened: Opened, environment: str = "paper") -> tuple[Desk, ClosePositionDialog]:
    desk = Desk(sol_snapshot())
    desk.change(environment=environment)
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    return desk, dialog


def key(widget: object, kind: QEvent.Type, code: Qt.Key, *, repeat: bool = False) -> None:
    assert widget is not None
    QApplication.sendEvent(widget, QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, "", repeat))  # type: ignore[arg-type]


def hold_enter(repeats: int = 60) -> None:
    """Enter held down: every repeat goes to whatever has the focus by then."""
    focused = QApplication.focusWidget
    key(focused(), QEvent.Type.KeyPress, ENTER)
    for _ in range(repeats):
        key(focused(), QEvent.Type.KeyRelease, ENTER, repeat=True)
        key(focused(), QEvent.Type.KeyPress, ENTER, repeat=True)
    key(focused(), QEvent.Type.KeyRelease, ENTER)


async def nothing_sent(desk: Desk) -> None:
    """Several turns of the loop, in which a started task would have run."""
    for _ in range(8):
        await asyncio.sleep(0)
    assert desk.manager.submitted == []


async def test_a_click_sends_what_the_button_says_and_closes(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    click(dialog.quantity.chips[50])
    assert dialog.frame.action.text() == "Close 10.0 SOL"
    results: list[int] = []
    dialog.finished.connect(results.append)
    click(dialog.frame.action)
    await until(lambda: results)
    (intent,) = desk.manager.submitted
    assert isinstance(intent, ClosePosition)
    assert (intent.qty, intent.order_type, intent.side, intent.life_id) == (D("10.0"), "Market", "Buy", "SOLUSDT-1")
    assert results == [QDialog.DialogCode.Accepted.value]


async def test_the_button_is_dead_before_the_click_returns(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.gate.clear()
    click(dialog.frame.action)
    assert not dialog.frame.action.isEnabled()  # same turn of the loop: nothing has run yet
    assert desk.manager.submitted == []
    assert dialog.frame.status.text() == "Sending…"
    await until(lambda: desk.manager.submitted)
    desk.manager.gate.set()


async def test_a_hundred_clicks_are_one(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.gate.clear()
    QTest.mouseDClick(dialog.frame.action, Qt.MouseButton.LeftButton)
    for _ in range(100):
        click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    for _ in range(100):
        click(dialog.frame.action)
        desk.move(mark_price=desk.snapshot.positions[3].mark_price)  # frames go on meanwhile
    desk.manager.gate.set()
    await until(lambda: dialog.is_over)
    assert len(desk.manager.submitted) == 1


async def test_enter_held_in_a_field_sends_nothing(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    type_into(dialog.quantity.edit, "10")
    hold_enter()
    assert dialog.frame.action.hasFocus()  # it led to the button and stopped there
    await nothing_sent(desk)
    assert dialog.isVisible()


async def test_enter_held_on_the_button_is_one(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.gate.clear()
    dialog.frame.action.setFocus()
    hold_enter()
    await until(lambda: desk.manager.submitted)
    hold_enter()
    desk.manager.gate.set()
    await until(lambda: dialog.is_over)
    assert len(desk.manager.submitted) == 1


async def test_a_stray_enter_after_opening_only_cancels(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    hold_enter()
    await until(lambda: dialog.is_over)
    await nothing_sent(desk)


async def test_all_by_keyboard(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    for _ in range(30):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if dialog.quantity.edit.hasFocus():
            break
    type_into(dialog.quantity.edit, "7,5")
    QTest.keyClick(dialog.quantity.edit, ENTER)
    assert dialog.quantity.edit.text() == "7.5"
    QTest.keyClick(QApplication.focusWidget(), ENTER)
    await until(lambda: dialog.is_over)
    (intent,) = desk.manager.submitted
    assert isinstance(intent, ClosePosition)
    assert intent.qty == D("7.5")


async def test_escape_never_trades(opened: Opened) -> None:
    for focus in ("cancel", "action", "field"):
        desk, dialog = await close_dialog(opened)
        target = {"cancel": dialog.frame.cancel, "action": dialog.frame.action, "field": dialog.quantity.edit}[focus]
        target.setFocus()
        QTest.keyClick(target, Qt.Key.Key_Escape)
        assert dialog.is_over
        await nothing_sent(desk)


# LIVE


async def test_live_needs_a_hold(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened, "live")
    assert dialog.frame.action.text() == "Hold to close 20.0 SOL"
    click(dialog.frame.action)
    QTest.mouseDClick(dialog.frame.action, Qt.MouseButton.LeftButton)
    dialog.frame.action.setFocus()
    QTest.keyClick(dialog.frame.action, ENTER)
    await nothing_sent(desk)
    QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    await until(lambda: desk.manager.submitted)
    await until(lambda: dialog.is_over)
    assert len(desk.manager.submitted) == 1


@pytest.mark.parametrize("environment", ["paper", "demo", "testnet"])
async def test_rehearsals_need_none(opened: Opened, environment: str) -> None:
    desk, dialog = await close_dialog(opened, environment)
    click(dialog.frame.action)
    await until(lambda: dialog.is_over)
    assert len(desk.manager.submitted) == 1


async def test_escape_during_a_hold_sends_nothing(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened, "live")
    QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    button = dialog.frame.action
    assert button.is_holding
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: dialog.is_over)
    assert not button.is_holding
    await nothing_sent(desk)


async def test_a_change_during_a_hold_ends_it(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened, "live")
    QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    desk.move(size=D("12.0"))
    assert not dialog.frame.action.is_holding
    QTest.mouseRelease(dialog.frame.action, Qt.MouseButton.LeftButton)
    await until(dialog.frame.action.isEnabled)
    assert dialog.frame.action.text() == "Hold to close 12.0 SOL"
    await nothing_sent(desk)


async def test_moving_prices_do_not_end_a_hold(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened, "live")
    QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    desk.move(mark_price=D("122.41"))
    desk.move(mark_price=D("122.42"))
    await until(lambda: desk.manager.submitted)


# Between the screen and the newest snapshot


async def test_a_click_is_checked_against_a_size_that_is_not_painted_yet(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    type_into(dialog.quantity.edit, "15")
    desk.bridge._newest = sol_snapshot(size=D("12.0"))
    click(dialog.frame.action)
    await nothing_sent(desk)
    assert dialog.quantity.message.text == "The position holds 12.0. Highest valid: 12.0."


async def test_a_click_is_checked_against_news_that_are_not_painted_yet(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    gone = sol_snapshot()
    desk.bridge._newest = type(gone)(version=9, instruments=gone.instruments)  # no positions any more
    click(dialog.frame.action)
    await nothing_sent(desk)
    assert dialog.frame.trouble.text.startswith("This position is no longer open.")


async def test_without_a_manager_nothing_can_be_sent(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    desk.bridge.manager = None
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert not dialog.frame.action.isEnabled()


# What became of it


async def test_a_refusal_is_told_with_the_exchanges_own_text_as_a_detail(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.answer = "refused"
    desk.manager.command = {"ret_code": 110017, "detail": "current position is zero\x00\u202e<b>x</b>"}
    click(dialog.frame.action)
    await until(dialog.frame.action.isEnabled)
    assert dialog.frame.trouble.text == (
        "Bybit refused it. Nothing was changed. Code 110017: current position is zero <b>x</b>"
    )
    assert dialog.isVisible()
    type_into(dialog.quantity.edit, "5")
    assert dialog.frame.trouble.isHidden()  # an edit begins anew


async def test_the_desks_own_refusal_names_the_reason(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.answer = BadValue("qty_above_size", field="qty", nearest=D("12.0"), size=D("12.0"))
    click(dialog.frame.action)
    await until(dialog.frame.action.isEnabled)
    assert dialog.frame.trouble.text == "It was not sent. The position holds 12.0. Highest valid: 12.0."


async def test_an_unreachable_exchange_is_told(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.answer = Unreachable("unreachable")
    click(dialog.frame.action)
    await until(dialog.frame.action.isEnabled)
    assert dialog.frame.trouble.text == "It was not sent. Bybit does not answer; what is shown stays"
    assert desk.failures == []


@pytest.mark.parametrize("answer", ["unknown", OutcomeUnknown("timeout")])
async def test_an_unknown_outcome_can_never_be_sent_again_from_here(
    opened: Opened, answer: str | OutcomeUnknown
) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.answer = answer
    click(dialog.frame.action)
    await until(lambda: dialog.frame.status.text() == "Outcome unknown")
    assert "Do not send it again" in dialog.frame.trouble.text
    desk.move(mark_price=D("125"))
    desk.move(size=D("12.0"))
    for _ in range(10):
        click(dialog.frame.action)
    assert not dialog.frame.action.isEnabled()
    assert not dialog.frame.body.isEnabled()
    assert len(desk.manager.submitted) == 1
    click(dialog.frame.cancel)
    await until(lambda: dialog.is_over)


async def test_closing_the_dialog_does_not_lose_the_command_nor_its_trouble(opened: Opened) -> None:
    desk, dialog = await close_dialog(opened)
    desk.manager.gate.clear()
    desk.manager.answer = error = Unreachable("unreachable")
    click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    dialog.reject()
    desk.manager.gate.set()
    await until(lambda: desk.failures)
    assert desk.failures == [error]  # the bridge tells, because nobody looks at the dialog any more


@pytest.mark.parametrize("answer", ["accepted", "refused", "unknown", OutcomeUnknown("timeout")])
async def test_an_answer_after_the_window_is_gone_troubles_nobody(opened: Opened, answer: str | OutcomeUnknown) -> None:
    desk = Desk(sol_snapshot())
    dialog = ClosePositionDialog(desk.bridge, SOL)
    desk.manager.gate.clear()
    desk.manager.answer = answer
    click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    sip.delete(dialog)  # as its window does on the way out
    desk.manager.gate.set()
    desk.move(mark_price=D("125"))
    await until(lambda: not desk.bridge._tasks)
    assert desk.failures == []


async def test_stops_are_sent_once_as_well(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    type_into(dialog.stop_loss.edits[PRICE], "105")
    QTest.keyClick(dialog.stop_loss.edits[PRICE], ENTER)
    assert dialog.frame.action.hasFocus()
    hold_enter()
    await until(lambda: dialog.is_over)
    (intent,) = desk.manager.submitted
    assert isinstance(intent, SetTradingStop)
    assert (intent.stop_loss, intent.take_profit) == (D("105"), None)


async def test_live_stops_need_a_hold(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    desk.change(environment="live")
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    type_into(dialog.stop_loss.edits[PRICE], "105")
    assert dialog.frame.action.text() == "Hold to apply 1 change"
    click(dialog.frame.action)
    await nothing_sent(desk)
    QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    await until(lambda: desk.manager.submitted)
