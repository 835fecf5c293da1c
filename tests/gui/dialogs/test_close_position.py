"""The close dialog by mouse and keyboard: what it asks for, what it refuses, and what it says while it is open."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from PyQt6 import sip
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from core.intents import ClosePosition
from core.model import Position, Snapshot
from gui.dialogs import window
from gui.dialogs.close_position import ClosePositionDialog
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, clear, click, deep_book, sol_snapshot, type_into, until

D = Decimal
Opened = Callable[[ClosePositionDialog], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)


def dialog_on(opened: Opened, snapshot: Snapshot | None = None, **position: Any) -> tuple[Desk, ClosePositionDialog]:
    desk = Desk(snapshot or sol_snapshot(**position), deep_book())
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    return desk, dialog


def asked(dialog: ClosePositionDialog) -> ClosePosition:
    intent = dialog.intent()
    assert isinstance(intent, ClosePosition)
    return intent


def row(dialog: ClosePositionDialog, number: int) -> tuple[str, ...]:
    return dialog.figures.texts()[number]


async def test_it_opens_on_all_of_the_position_with_the_focus_on_cancel(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    await until(dialog.frame.cancel.hasFocus)
    intent = asked(dialog)
    assert (intent.qty, intent.order_type, intent.price) == (D("20.0"), "Market", None)
    assert (intent.side, intent.life_id, intent.seq_seen) == ("Buy", "SOLUSDT-1", 7_001)
    assert dialog.frame.action.text() == "Close 20.0 SOL"
    assert dialog.frame.action.isEnabled()
    assert desk.manager.submitted == []


@pytest.mark.parametrize(("share", "qty"), [(25, "5.0"), (50, "10.0"), (75, "15.0"), (100, "20.0")])
async def test_a_chip_asks_for_its_share(opened: Opened, share: int, qty: str) -> None:
    _, dialog = dialog_on(opened)
    click(dialog.quantity.chips[share])
    assert asked(dialog).qty == D(qty)
    assert dialog.quantity.edit.text() == qty
    assert dialog.frame.action.text() == f"Close {qty} SOL"
    assert [chip.isChecked() for chip in dialog.quantity.chips.values()].count(True) == 1
    assert dialog.quantity.slider.value() == dialog.quantity.slider.maximum() * share // 100


async def test_a_share_is_floored_to_the_step(opened: Opened) -> None:
    _, dialog = dialog_on(opened, size=D("0.7"))
    click(dialog.quantity.chips[50])
    assert asked(dialog).qty == D("0.3")


async def test_the_slider_by_keyboard_and_the_field_move_together(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    dialog.quantity.slider.setFocus()
    QTest.keyClick(dialog.quantity.slider, Qt.Key.Key_Left)
    assert asked(dialog).qty == D("19.8")
    type_into(dialog.quantity.edit, "10")
    assert dialog.quantity.slider.value() * 2 == dialog.quantity.slider.maximum()
    assert dialog.quantity.chips[50].isChecked()


async def test_the_slider_reaches_every_quantity_of_a_small_position(opened: Opened) -> None:
    """A hundredth of three steps is no step: the keys must not stand still, in neither direction."""
    _, dialog = dialog_on(opened, size=D("0.3"))
    slider = dialog.quantity.slider
    slider.setFocus()
    for qty in ("0.2", "0.1", "0.0"):
        QTest.keyClick(slider, Qt.Key.Key_Left)
        assert asked(dialog).qty == D(qty)
    for qty in ("0.1", "0.2", "0.3"):
        QTest.keyClick(slider, Qt.Key.Key_Right)
        assert asked(dialog).qty == D(qty)


async def test_a_wheel_over_the_slider_changes_nothing(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    middle = QPointF(dialog.quantity.slider.rect().center())
    turned = QWheelEvent(
        middle, middle, QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(dialog.quantity.slider, turned)
    assert asked(dialog).qty == D("20.0")


async def test_arrow_keys_in_the_field_step_by_the_step(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.quantity.edit, "10")
    QTest.keyClick(dialog.quantity.edit, Qt.Key.Key_Down)
    assert asked(dialog).qty == D("9.9")


@pytest.mark.parametrize(
    ("typed", "words", "nearest"),
    [
        ("0", "Enter a quantity above zero. Lowest valid: 0.1.", "0.1"),
        ("0.05", "The smallest order is 0.1. Lowest valid: 0.1.", "0.1"),
        ("20.1", "The position holds 20.0. Highest valid: 20.0.", "20.0"),
        ("10.05", "Quantities go in steps of 0.1. Nearest valid: 10.0.", "10.0"),
        ("99999", "The position holds 20.0. Highest valid: 20.0.", "20.0"),
    ],
)
async def test_a_refused_quantity_names_the_nearest_valid_one(
    opened: Opened, typed: str, words: str, nearest: str
) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.quantity.edit, typed)
    assert dialog.quantity.message.text == words
    assert dialog.frame.status.text() == "1 problem to fix"
    assert not dialog.frame.action.isEnabled()
    (fix,) = dialog.quantity.message.fixes()
    assert fix.text() == f"Use {nearest}"
    click(fix)
    assert asked(dialog).qty == D(nearest)
    assert dialog.quantity.edit.text() == nearest
    assert dialog.frame.action.isEnabled()


@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
async def test_after_an_offer_was_taken_enter_leads_to_the_button(opened: Opened, hand: str) -> None:
    """The offer goes when it is taken; the next thing that Enter could press is a share."""
    _, dialog = dialog_on(opened)
    await until(dialog.frame.cancel.hasFocus)
    type_into(dialog.quantity.edit, "20.1")
    (fix,) = dialog.quantity.message.fixes()
    if hand == "mouse":
        click(fix)
    else:
        fix.setFocus()
        QTest.keyClick(fix, Qt.Key.Key_Space)
    assert dialog.quantity.edit.hasFocus()
    QTest.keyClick(dialog.quantity.edit, Qt.Key.Key_Return)
    assert dialog.frame.action.hasFocus()
    assert dialog.frame.action.text() == "Close 20.0 SOL"


async def test_more_than_one_order_may_carry_can_be_closed(opened: Opened) -> None:
    """Bybit splits a closing quantity above the contract's maximum of 15,954.0."""
    _, dialog = dialog_on(opened, size=D("30000.0"))
    assert dialog.quantity.message.text == ""
    assert dialog.frame.action.isEnabled()
    assert asked(dialog).qty == D("30000.0")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter how much to close."),
        ("abc", "Not a number: use the digits 0–9 and one point."),
        ("-5", "Enter an amount without a sign."),
        ("1" * 19, "Too many digits."),
    ],
)
async def test_what_is_no_amount_is_refused_in_words(opened: Opened, typed: str, words: str) -> None:
    _, dialog = dialog_on(opened)
    clear(dialog.quantity.edit)
    type_into(dialog.quantity.edit, typed)
    assert dialog.quantity.message.text == words
    assert dialog.intent() is None
    assert dialog.frame.status.text() == "1 problem to fix"
    assert not dialog.frame.action.isEnabled()


async def test_a_thousand_or_one_is_asked(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.quantity.edit, "1,000")
    assert dialog.quantity.message.text == "1,000 can be read two ways. Which one is meant?"
    assert [fix.text() for fix in dialog.quantity.message.fixes()] == ["1000", "1.000"]
    click(dialog.quantity.message.fixes()[1])
    assert asked(dialog).qty == D("1.000")
    assert dialog.frame.action.text() == "Close 1.0 SOL"


async def test_money_is_floored_to_the_step(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    await until(dialog.isActiveWindow)
    QTest.mouseClick(dialog.quantity.unit._segments["value"], Qt.MouseButton.LeftButton)
    assert dialog.quantity.edit.text() == "2448.00"
    type_into(dialog.quantity.edit, "1000")
    assert asked(dialog).qty == D("8.1")  # 8.169… at 122.40
    assert "= 8.1 of 20.0" in dialog.quantity.edit.accessibleDescription()
    QTest.keyClick(dialog.quantity.edit, Qt.Key.Key_Tab)
    dialog.update_form()
    assert dialog.quantity.edit.text() == "991.44"


async def test_a_quantity_offered_below_money_names_its_unit(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    click(dialog.quantity.unit._segments["value"])
    type_into(dialog.quantity.edit, "3000")
    (fix,) = dialog.quantity.message.fixes()
    assert fix.text() == "Use 20.0 SOL"
    click(fix)
    assert (asked(dialog).qty, dialog.quantity.edit.text()) == (D("20.0"), "2448.00")
    type_into(dialog.quantity.edit, "1,000")  # of USDT: both readings are money
    assert [fix.text() for fix in dialog.quantity.message.fixes()] == ["1000", "1.000"]


async def test_the_money_on_show_typed_again_is_the_same_quantity(opened: Opened) -> None:
    _, dialog = dialog_on(opened, mark_price=D("122.40321"))
    click(dialog.quantity.unit._segments["value"])
    assert dialog.quantity.edit.text() == "2448.07"  # 2,448.0642, up: a cent less would not pay for all of it
    type_into(dialog.quantity.edit, "2448.07")
    assert asked(dialog).qty == D("20.0")


async def test_dust_that_would_stay_is_explained(opened: Opened) -> None:
    _, dialog = dialog_on(opened, size=D("20.05"))
    type_into(dialog.quantity.edit, "20")
    assert dialog.quantity.message.text == "What stays open is below the smallest order, 0.1."
    assert dialog.frame.action.isEnabled()  # a warning, not a refusal
    click(dialog.quantity.chips[100])
    assert asked(dialog).qty == D("20.05")  # dust may leave with the whole
    assert dialog.frame.action.text() == "Close 20.05 SOL"


async def test_the_preview_walks_the_order_book(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    click(dialog.quantity.chips[50])
    assert row(dialog, 0) == ("Expected fill (mark price; no order book yet)", "122.40")
    await until(lambda: "on book" in row(dialog, 0)[0])
    assert dialog.figures.texts() == [
        ("Expected fill (bid 122.39, 1.2k SOL on book)", "122.383 · slippage 0.006%"),
        ("Value", "1,223.83 USDT"),
        ("Realised PnL", "+218.83"),
        ("Taker fee 0.055%", "−0.67"),
        ("Net", "+218.16 USDT"),
        ("Margin released", "201.00"),
        ("Left open", "10.0 SOL · TP 130.00 · SL 104.00 · trailing 2.90 stay"),
    ]
    assert desk.manager.books_asked == 1


async def test_a_lost_order_book_is_not_promised_from(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    await until(lambda: "on book" in row(dialog, 0)[0])
    desk.manager.book = None
    dialog._feed._ask()
    await until(lambda: "no order book" in row(dialog, 0)[0])
    assert desk.failures == []  # the link's state tells; one failed preview is no event


async def test_an_old_order_book_is_forgotten(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    await until(lambda: "on book" in row(dialog, 0)[0])
    desk.clock.advance(6)
    desk.move(mark_price=D("122.50"))
    assert row(dialog, 0) == ("Expected fill (mark price; no order book yet)", "122.50")


async def test_an_order_book_that_comes_after_the_window_is_gone_troubles_nobody(opened: Opened) -> None:
    desk = Desk(sol_snapshot(), deep_book())
    sip.delete(ClosePositionDialog(desk.bridge, SOL))
    await until(lambda: desk.manager.books_asked and not desk.bridge._tasks)
    assert desk.failures == []


STOPS = ("take_profit", "stop_loss", "trailing_stop")


@pytest.mark.parametrize(
    ("held", "half", "whole"),
    [
        ((), "10.0 SOL · no stop loss", "nothing"),
        (("take_profit",), "10.0 SOL · TP 130.00 stay · no stop loss", "nothing · its stops go with it"),
        (("stop_loss",), "10.0 SOL · SL 104.00 stay", "nothing · its stops go with it"),
        (("trailing_stop",), "10.0 SOL · trailing 2.90 stay", "nothing · its stops go with it"),
    ],
)
async def test_what_becomes_of_the_stops_is_said(opened: Opened, held: tuple[str, ...], half: str, whole: str) -> None:
    _, dialog = dialog_on(opened, **{stop: None for stop in STOPS if stop not in held})
    assert row(dialog, 6) == ("Left open", whole)
    click(dialog.quantity.chips[50])
    assert row(dialog, 6) == ("Left open", half)


async def test_a_book_without_anybody_on_the_other_side_is_named(opened: Opened) -> None:
    dialog = ClosePositionDialog(Desk(sol_snapshot(), replace(deep_book(), bids=())).bridge, SOL)
    opened(dialog)
    await until(lambda: row(dialog, 0)[0] == "Expected fill (the visible book takes only 0.0 SOL)")
    assert row(dialog, 0)[1] == "122.40"
    assert dialog.figures._rows[0][1][0].tone == "warning"


async def test_a_book_that_cannot_take_it_all_is_no_small_print(opened: Opened) -> None:
    _, dialog = dialog_on(opened, size=D("2000.0"))
    await until(lambda: "takes only 1200.0 SOL" in row(dialog, 0)[0].replace(",", ""))
    assert dialog.figures._rows[0][1][0].tone == "warning"
    click(dialog.quantity.chips[50])
    assert dialog.figures._rows[0][1][0].tone == "text"


# Limit orders


async def test_a_limit_begins_where_it_waits(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    QTest.mouseClick(dialog.order_type._segments["Limit"], Qt.MouseButton.LeftButton)
    intent = asked(dialog)
    assert (intent.order_type, intent.price) == ("Limit", D("122.41"))
    assert dialog.limit.isVisible()
    assert row(dialog, 0) == ("Limit price, waits in the order book", "122.41")
    assert row(dialog, 3)[0] == "Maker fee 0.02%"
    click(dialog.limit.bid)
    assert asked(dialog).price == D("122.39")
    assert row(dialog, 0)[0] == "Limit price, meets the order book at once"
    assert row(dialog, 3)[0] == "Taker fee 0.055%"
    QTest.mouseClick(dialog.order_type._segments["Market"], Qt.MouseButton.LeftButton)
    assert asked(dialog).price is None


@pytest.mark.parametrize(
    ("typed", "words", "fixes"),
    [
        ("122.405", "Prices go in ticks of 0.01. Nearest valid: 122.40.", ["Use 122.40"]),
        ("3000000", "The contract allows no such price. Nearest valid: 1,999,999.80.", ["Use 1,999,999.80"]),
        ("", "Enter a price above zero.", []),
        ("0", "Enter a price above zero.", []),
        ("12,405", "12,405 can be read two ways. Which one is meant?", ["12405", "12.405"]),
        ("x", "Not a number: use the digits 0–9 and one point.", []),
    ],
)
async def test_a_refused_limit_price_says_why(opened: Opened, typed: str, words: str, fixes: list[str]) -> None:
    _, dialog = dialog_on(opened)
    QTest.mouseClick(dialog.order_type._segments["Limit"], Qt.MouseButton.LeftButton)
    clear(dialog.limit.edit)
    type_into(dialog.limit.edit, typed)
    assert dialog.limit.message.text == words
    assert [fix.text() for fix in dialog.limit.message.fixes()] == fixes
    assert dialog.frame.status.text() == "1 problem to fix"
    assert not dialog.frame.action.isEnabled()


# What happens while it is open


async def test_a_share_follows_the_position_and_says_why(opened: Opened) -> None:
    desk, dialog = dialog_on(opened, size=D("25.0"))
    click(dialog.quantity.chips[50])
    fill = samples.execution(900, qty=D("5.0"), price=D("122.41"))
    desk.change(executions=(fill, *desk.snapshot.executions))
    desk.move(size=D("20.0"))
    assert asked(dialog).qty == D("10.0")
    assert dialog.frame.changes.text == (
        "The position changed while this was open "
        "Now size 20.0, was 25.0 (an exit filled 5.0 @ 122.41). Figures above are updated."
    )
    assert not dialog.frame.action.isEnabled()  # a click on its way must not land on new figures
    assert dialog.frame.status.text() == "Figures changed just now: look again"
    await until(dialog.frame.action.isEnabled)
    assert dialog.frame.action.text() == "Close 10.0 SOL"


async def test_a_fill_that_is_heard_of_late_explains_the_change_after_all(opened: Opened) -> None:
    desk, dialog = dialog_on(opened, size=D("25.0"))
    desk.move(size=D("20.0"))
    assert "Now size 20.0, was 25.0. Figures" in dialog.frame.changes.text
    fill = samples.execution(900, qty=D("5.0"), price=D("122.41"))
    desk.change(executions=(fill, *desk.snapshot.executions))
    assert "(an exit filled 5.0 @ 122.41)" in dialog.frame.changes.text


async def test_a_typed_quantity_stays_and_is_checked_again(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    type_into(dialog.quantity.edit, "15")
    desk.move(size=D("12.0"))
    assert asked(dialog).qty == D("15")
    assert dialog.quantity.message.text == "The position holds 12.0. Highest valid: 12.0."
    assert dialog.frame.status.text() == "1 problem to fix"


async def test_moving_prices_update_the_figures_without_a_notice(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    before = row(dialog, 2)
    desk.move(mark_price=D("121.00"))
    assert row(dialog, 2) != before
    assert dialog.frame.changes.isHidden()
    assert dialog.frame.action.isEnabled()
    assert "mark 121.00" in dialog.frame.summary.text()


async def test_news_about_others_cost_nothing(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    desk.show(desk.snapshot)
    calls: list[int] = []
    dialog.update_form = lambda: calls.append(1)  # type: ignore[method-assign]  # counts only
    other = samples.position("ETHUSDT", mark_price=D("3600"))
    desk.change(positions=tuple(other if p.symbol == "ETHUSDT" else p for p in desk.snapshot.positions))
    assert calls == []
    desk.move(mark_price=D("121.00"))
    assert calls == [1]


async def test_a_vanished_position_disables_everything_but_cancel(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    desk.remove()
    assert not dialog.frame.action.isEnabled()
    assert not dialog.frame.body.isEnabled()
    assert dialog.frame.cancel.isEnabled()
    assert dialog.frame.trouble.text == "This position is no longer open."
    assert dialog.frame.status.text() == "Nothing was sent"
    desk.show(sol_snapshot())  # never comes back to life
    assert not dialog.frame.action.isEnabled()


async def test_a_flip_disables_and_names_the_new_position(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    desk.move(side="Sell", size=D("5.0"))
    assert not dialog.frame.action.isEnabled()
    assert "A new one is open now: Short 5.0. Open its own dialog to act on it." in dialog.frame.trouble.text


async def test_it_may_be_opened_when_the_position_has_just_gone(opened: Opened) -> None:
    desk = Desk(samples.snapshot(positions=()))
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert not dialog.frame.action.isEnabled()
    assert dialog.frame.action.text() == "Close position"  # dead, but not blank
    assert dialog.frame.trouble.text == "This position is no longer open."


async def test_whole_issues_are_said_in_the_status_line(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    desk.change(is_armed=False)
    assert dialog.frame.status.text() == "Trading is locked. Arm it in the top bar first."
    assert not dialog.frame.action.isEnabled()
    desk.change(is_armed=True)
    assert dialog.frame.action.isEnabled()
    desk.change(is_resuming=True)
    assert dialog.frame.status.text() == "A command of the last run has no verdict yet: wait until it is found."
    assert not dialog.frame.action.isEnabled()
    desk.change(is_resuming=False)
    held = desk.snapshot.position("SOLUSDT")
    assert isinstance(held, Position)
    desk.change(commands=(samples.closing_command(held),))
    assert dialog.frame.status.text() == "An earlier command for this position is still on its way."
    assert not dialog.frame.action.isEnabled()


async def test_unknown_limits_disable_until_they_are_known(opened: Opened) -> None:
    base = sol_snapshot()
    desk, dialog = dialog_on(opened)
    desk.change(instruments={})
    assert dialog.frame.status.text() == "The limits of this contract are not known yet."
    assert not dialog.frame.action.isEnabled()
    desk.change(instruments=base.instruments)
    assert dialog.frame.action.isEnabled()


async def test_new_limits_apply_at_once(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    type_into(dialog.quantity.edit, "10.5")
    assert dialog.frame.action.isEnabled()
    coarser = samples.instrument(step=D(1), min_qty=D(1))
    desk.change(instruments={**desk.snapshot.instruments, ("linear", "SOLUSDT"): coarser})
    assert dialog.quantity.message.text == "Quantities go in steps of 1. Nearest valid: 10."


async def test_the_age_of_the_price_is_shown_and_grows_by_itself(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    assert "mark 122.40 (0.3 s)" in dialog.frame.summary.text()
    desk.clock.advance(4)
    dialog.on_second()
    assert (dialog.frame.summary.tone, "(4.3 s)" in dialog.frame.summary.text()) == ("warning", True)
    desk.clock.advance(10)
    dialog.on_second()
    assert dialog.frame.summary.text().startswith("STALE · ")
    assert dialog.frame.summary.tone == "down"


@pytest.mark.parametrize(("environment", "word"), [("paper", "PAPER"), ("demo", "DEMO"), ("live", "LIVE")])
async def test_the_environment_and_the_position_are_named(opened: Opened, environment: str, word: str) -> None:
    desk, dialog = dialog_on(opened)
    desk.change(environment=environment)
    assert dialog.frame.environment.text == word
    assert dialog.frame.name.text == "SOLUSDT Long 5×"
    assert dialog.windowTitle() == "Close position · SOLUSDT"


async def test_a_hedge_leg_closes_itself_and_not_the_other(opened: Opened) -> None:
    desk = Desk()
    key = next(p.key for p in desk.snapshot.positions if p.symbol == "BTCUSDT")
    dialog = ClosePositionDialog(desk.bridge, key)
    opened(dialog)
    intent = asked(dialog)
    assert (intent.position_idx, intent.side, intent.qty) == (2, "Sell", D("0.120"))
    assert dialog.frame.name.text == "BTCUSDT Short 10×"


async def test_inverse_is_counted_in_dollars_and_paid_in_coin(opened: Opened) -> None:
    base = sol_snapshot()
    held = samples.position(
        "BTCUSD", category="inverse", size=D(300), entry_price=D("27000"), mark_price=D("30000"), settle_coin="BTC",
        take_profit=None, stop_loss=None,
    )  # fmt: skip
    contract = samples.instrument(
        "BTCUSD", category="inverse", base_coin="BTC", quote_coin="USD", settle_coin="BTC",
        tick=D("0.5"), step=D(1), min_qty=D(1), max_market_qty=D(100_000),
    )  # fmt: skip
    desk = Desk(base)
    desk.change(
        positions=(held,),
        instruments={("inverse", "BTCUSD"): contract},
        fee_rates={("inverse", "BTCUSD"): samples.FEE_RATES},
        prices={("inverse", "BTCUSD"): samples.price_of(held)},
    )
    dialog = ClosePositionDialog(desk.bridge, held.key)
    opened(dialog)
    assert dialog.frame.action.text() == "Close 300 USD"
    assert row(dialog, 1) == ("Value", "0.010000 BTC")
    assert row(dialog, 4) == ("Net", "+0.001106 BTC")  # 300/27000 − 300/30000 − 0.01 × 0.055 %
    QTest.mouseClick(dialog.quantity.unit._segments["value"], Qt.MouseButton.LeftButton)
    type_into(dialog.quantity.edit, "0.005")
    assert asked(dialog).qty == D(150)
