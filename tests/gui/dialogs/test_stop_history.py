"""What happened to a position's stops, and taking the desk's own last edit back while that still makes sense."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog

from core.model import StopLevels, StopTriggers
from gui.dialogs import window
from gui.dialogs.stop_leg import PRICE
from gui.dialogs.trading_stop import TradingStopDialog
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, click, sol_snapshot, type_into, until

D = Decimal
Opened = Callable[[QDialog], None]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)


async def dialog_on(opened: Opened, *changes: Any, **position: Any) -> tuple[Desk, TradingStopDialog]:
    desk = Desk(sol_snapshot(**position))
    desk.change(stop_changes={SOL: changes} if changes else {})
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    return desk, dialog


async def test_the_last_edit_is_taken_back_by_a_second_press(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened, samples.stop_change())
    assert dialog.history.last.text().endswith("SL 102.00 → 104.00 · by the desk")
    click(dialog.history.undo)
    assert desk.manager.submitted == []  # it fills the fields in; the button sends
    assert dialog.stop_loss.edits[PRICE].text() == "102.00"
    assert dialog.frame.action.text() == "Apply 1 change"
    click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    (intent,) = desk.manager.submitted
    assert (intent.stop_loss, intent.take_profit, intent.trailing_stop) == (D("102.00"), None, None)
    assert intent.reason == "undo"


@pytest.mark.parametrize("place", ["cancel", "field"])
async def test_ctrl_z_does_the_same(opened: Opened, place: str) -> None:
    desk, dialog = await dialog_on(opened, samples.stop_change())
    focused = dialog.frame.cancel if place == "cancel" else dialog.take_profit.edits[PRICE]
    focused.setFocus()
    QTest.keyClick(focused, Qt.Key.Key_Z, CTRL)
    assert dialog.stop_loss.edits[PRICE].text() == "102.00"
    assert desk.manager.submitted == []


async def test_in_a_field_ctrl_z_takes_typing_back_first(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, samples.stop_change())
    edit = dialog.take_profit.edits[PRICE]
    type_into(edit, "13")
    QTest.keyClick(edit, Qt.Key.Key_Z, CTRL)
    assert edit.text() != "13"
    assert dialog.stop_loss.edits[PRICE].text() == "104.00"


async def test_a_stop_that_was_not_there_before_is_removed_again(opened: Opened) -> None:
    added = samples.stop_change(before=StopLevels(D("130.00"), None, None))
    _, dialog = await dialog_on(opened, added)
    click(dialog.history.undo)
    intent = dialog.intent()
    assert (intent.stop_loss, intent.trailing_stop) == (D(0), D(0))
    assert dialog.stop_loss.message.text == "Will be removed: the position will have no stop loss."


async def test_the_former_stops_come_with_their_trigger_whatever_was_chosen_meanwhile(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, samples.stop_change())
    click(dialog.trigger._segments["LastPrice"])
    click(dialog.history.undo)
    assert (dialog.trigger.choice, dialog.intent().trigger_by) == ("MarkPrice", "MarkPrice")
    assert dialog.intent().stop_loss == D("102.00")
    assert dialog.frame.action.text() == "Apply 1 change"


async def test_an_edit_after_the_undo_is_an_edit(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, samples.stop_change())
    click(dialog.history.undo)
    type_into(dialog.stop_loss.edits[PRICE], "103")
    assert dialog.intent().reason == "manual"


async def test_what_no_longer_fits_is_refused_with_the_nearest_price(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, samples.stop_change(), mark_price=D("101.00"), last_price=D("101.00"))
    click(dialog.history.undo)
    assert dialog.stop_loss.message.text == (
        "A long position's stop loss must be below the mark price 101.00. Highest valid: 100.99."
    )
    assert not dialog.frame.action.isEnabled()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"command_id": ""}, "somebody else's edit"),
        ({"life_id": "SOLUSDT-0"}, "another position"),
        ({"after": StopLevels(D("130.00"), D("103.00"), D("2.90"))}, "changed since"),
    ],
)
async def test_nothing_else_can_be_taken_back(opened: Opened, fields: dict[str, Any], why: str) -> None:
    desk, dialog = await dialog_on(opened, samples.stop_change(**fields))
    assert not dialog.history.undo.isEnabled(), why
    assert "Only the desk's own last edit" in dialog.history.undo.toolTip()
    QTest.keyClick(dialog.frame.cancel, Qt.Key.Key_Z, CTRL)
    assert dialog.frame.status.text() == "Nothing to change yet"
    assert desk.manager.submitted == []


async def test_the_history_is_told_newest_first(opened: Opened) -> None:
    older = samples.stop_change(
        before=StopLevels(None, None, D("2.90")), after=StopLevels(D("130.00"), D("102.00"), D("2.90")),
        command_id="", reason="",
    )  # fmt: skip
    _, dialog = await dialog_on(opened, older, samples.stop_change())
    assert dialog.history.lines.isHidden()
    click(dialog.history.more)
    first, second = dialog.history.lines.text().split("\n")
    assert first.endswith("SL 102.00 → 104.00 · by the desk")
    assert second.endswith("TP none → 130.00, SL none → 102.00 · elsewhere")


async def test_another_trigger_alone_is_told_and_taken_back(opened: Opened) -> None:
    """Bybit takes a trigger only together with a price: the one that stands goes out once more."""
    levels = StopLevels(D("130.00"), D("104.00"), D("2.90"))
    retriggered = samples.stop_change(
        before=levels, after=levels, triggers_before=StopTriggers("LastPrice"), triggers_after=StopTriggers("MarkPrice")
    )
    desk, dialog = await dialog_on(opened, retriggered)
    assert dialog.history.last.text().endswith(" · TP trigger Last → Mark · by the desk")
    click(dialog.history.undo)
    assert dialog.trigger.choice == "LastPrice"
    assert dialog.frame.action.text() == "Apply 1 change"
    click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    (intent,) = desk.manager.submitted
    assert (intent.trigger_by, intent.take_profit, intent.reason) == ("LastPrice", D("130.00"), "undo")


async def test_without_a_change_there_is_no_history(opened: Opened) -> None:
    _, dialog = await dialog_on(opened)
    assert dialog.history.isHidden()
