"""Cancelling orders: each is named first, lost protection is said, and gone is not the same as cancelled."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog

from core.intents import CancelOrder
from core.model import Command, Order
from gui.dialogs import batch, window
from gui.dialogs.cancel_orders import CancelOrdersDialog
from tests.gui import samples
from tests.gui.dialogs.desk import Desk, click, until

D = Decimal
Opened = Callable[[QDialog], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)
    monkeypatch.setattr(window, "HOLD_MS", 60)
    monkeypatch.setattr(batch, "REPLAN_MS", 1)


def stops_of(symbol: str) -> tuple[Order, ...]:
    """Take profit and stop loss of a sample position."""
    return tuple(order for order in samples.orders() if order.symbol == symbol)


async def dialog_on(
    opened: Opened, chosen: tuple[Order, ...], environment: str = "paper", **changes: Any
) -> tuple[Desk, CancelOrdersDialog]:
    desk = Desk(samples.snapshot(environment=environment))
    desk.change(**changes)
    dialog = CancelOrdersDialog(desk.bridge, tuple(order.order_id for order in chosen))
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    return desk, dialog


async def test_one_order_is_named_and_cancelled_once(opened: Opened) -> None:
    entry = samples.orders()[0]
    desk, dialog = await dialog_on(opened, (entry,))
    assert dialog.table.words(0, 0)[0] == "XRPUSDT Buy"
    assert dialog.table.words(0, 1)[0] == "Limit"
    assert (dialog.frame.action.text(), dialog.frame.cancel.text()) == ("Cancel the order", "Keep it")
    desk.manager.gate.clear()
    for _ in range(20):
        click(dialog.frame.action)
    desk.manager.gate.set()
    await until(lambda: dialog.table.words(0, 5)[0] == "accepted")
    (intent,) = desk.manager.submitted
    assert intent == CancelOrder(symbol="XRPUSDT", order_id=entry.order_id)


async def test_keeping_is_the_default_and_sends_nothing(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened, stops_of("AVAXUSDT"))
    assert dialog.frame.cancel.text() == "Keep them"
    QTest.keyClick(dialog.frame.cancel, Qt.Key.Key_Return)
    await until(lambda: dialog.is_closed)
    assert desk.manager.submitted == []


async def test_the_last_stop_loss_is_not_cancelled_without_a_word(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, stops_of("AVAXUSDT"))
    assert dialog.frame.trouble.text == (
        "This removes the last stop loss of AVAXUSDT Short. What is open stays open, without protection."
    )


async def test_a_take_profit_or_a_second_stop_raises_no_alarm(opened: Opened) -> None:
    target, stop = stops_of("AVAXUSDT")
    _, dialog = await dialog_on(opened, (target,))
    assert dialog.frame.trouble.isHidden()
    dialog.reject()
    second = samples.order(80, symbol="AVAXUSDT", side="Buy", stop_order_type="PartialStopLoss", qty=D("10.0"))
    _, dialog = await dialog_on(opened, (stop,), orders=(second, *samples.orders()))
    assert dialog.frame.trouble.isHidden()


async def test_several_are_cancelled_and_each_row_tells(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened, stops_of("AVAXUSDT"))
    assert dialog.frame.action.text() == "Cancel 2 orders"
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 2)
    keys = [intent.key for intent in desk.manager.submitted]
    done = Command(command_id="c-1", kind="cancel", key=keys[0], state="done", created_ms=0)
    there = Command(command_id="c-2", kind="cancel", key=keys[1], state="no_trace", created_ms=0)
    desk.change(commands=(there, done), orders=stops_of("AVAXUSDT")[1:])
    await until(lambda: dialog.table.words(0, 5)[0] == "done")
    assert dialog.table.words(1, 5)[0] == "no trace"
    assert "No trace of the cancelling after 3 checks. Retrying is safe" in dialog.frame.trouble.text
    assert dialog.table.rowCount() == 2  # what was asked for stays on show
    assert dialog.table.words(1, 6)[0] == "Retry"


async def test_orphans_of_the_moment(opened: Opened) -> None:
    lost = samples.order(60, symbol="XRPUSDT", trigger_price=D("0.4800"))
    desk = Desk(samples.snapshot())
    desk.change(orders=(lost, *samples.orders()), leftovers=frozenset({lost.order_id}))
    dialog = CancelOrdersDialog(desk.bridge)
    opened(dialog)
    assert dialog.table.rowCount() == 1
    assert dialog.frame.trouble.isHidden()
    click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    assert desk.manager.submitted[0].order_id == lost.order_id


async def test_without_orphans_it_says_so(opened: Opened) -> None:
    desk = Desk(samples.snapshot())
    dialog = CancelOrdersDialog(desk.bridge)
    opened(dialog)
    assert dialog.frame.status.text() == "Every stop order protects a position"
    assert not dialog.frame.action.isEnabled()


async def test_an_order_that_triggers_while_the_dialog_is_open_can_no_longer_be_cancelled(opened: Opened) -> None:
    (stop,) = stops_of("LINKUSDT")[:1]
    desk, dialog = await dialog_on(opened, (stop,))
    desk.change(orders=tuple(order for order in samples.orders() if order.order_id != stop.order_id))
    await until(lambda: not dialog.frame.action.isEnabled())
    assert dialog.frame.status.text() == "This is no longer open: filled, triggered or cancelled"
    click(dialog.frame.action)
    assert desk.manager.submitted == []


async def test_an_order_that_moves_while_the_dialog_is_open_is_named(opened: Opened) -> None:
    (stop,) = stops_of("LINKUSDT")[:1]
    desk, dialog = await dialog_on(opened, (stop,))
    moved = msgspec.structs.replace(stop, trigger_price=D("13.500"))
    desk.change(orders=(moved, *(order for order in samples.orders() if order.order_id != stop.order_id)))
    await until(lambda: not dialog.frame.changes.isHidden())
    assert "is now 13.500, was 13.800" in dialog.frame.changes.text


@pytest.mark.parametrize(("above", "words"), [("0", "Hold to cancel the order"), ("3000", "Cancel the order")])
async def test_live_cancels_are_held_by_what_they_protect(opened: Opened, above: str, words: str) -> None:
    desk, dialog = await dialog_on(opened, stops_of("AVAXUSDT")[1:], "live")
    desk.bridge.hold_above = D(above)
    dialog.update_form()
    assert dialog.frame.action.text() == words


async def test_contracts_of_an_inverse_order_are_dollars(opened: Opened) -> None:
    order = samples.order(
        81, symbol="BTCUSD", category="inverse", qty=D(300), price=D(60_000), reduce_only=False, stop_order_type="",
        trigger_price=None,
    )  # fmt: skip
    desk, dialog = await dialog_on(opened, (order,), "live", orders=(order,))
    desk.bridge.hold_above = D(3_000)
    dialog.update_form()
    assert dialog.frame.action.text() == "Cancel the order"


async def test_what_cannot_be_cancelled_now_is_not_counted_to_nothing(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, stops_of("AVAXUSDT")[:1], is_armed=False)
    assert dialog.frame.status.text() == "Trading is locked. Arm it in the top bar first."
    assert (dialog.frame.action.text(), dialog.frame.action.isEnabled()) == ("Cancel order", False)
