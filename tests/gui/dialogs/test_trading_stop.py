"""The TP/SL dialog by mouse and keyboard: linked fields, refusals with the nearest price, before and after."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.intents import SetTradingStop, cautions
from core.model import Snapshot
from gui import text
from gui.dialogs import window
from gui.dialogs.linked import MARK_PCT, NET_PNL, ROE
from gui.dialogs.stop_leg import PRICE, StopLeg
from gui.dialogs.trading_stop import TradingStopDialog
from gui.dialogs.trailing_row import ACTIVE, DISTANCE, PCT
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, clear, click, sol_snapshot, type_into, until

D = Decimal
Opened = Callable[[TradingStopDialog], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)


def dialog_on(
    opened: Opened, snapshot: Snapshot | None = None, *, at: dict[str, Decimal] | None = None, **position: Any
) -> tuple[Desk, TradingStopDialog]:
    """A dialog on the long SOL position of the design picture: TP 128, SL 102, no trailing stop."""
    held = {"take_profit": D("128.00"), "stop_loss": D("102.00"), "trailing_stop": None}
    desk = Desk(snapshot or sol_snapshot(**(held | position)))
    dialog = TradingStopDialog(desk.bridge, SOL, **(at or {}))
    opened(dialog)
    return desk, dialog


def asked(dialog: TradingStopDialog) -> SetTradingStop:
    intent = dialog.intent()
    assert isinstance(intent, SetTradingStop)
    return intent


def shown(leg: StopLeg) -> dict[str, str]:
    return {name: edit.text() for name, edit in leg.edits.items()}


async def test_it_opens_on_what_bybit_holds_and_has_nothing_to_do(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    await until(dialog.frame.cancel.hasFocus)
    assert shown(dialog.take_profit) == {PRICE: "128.00", MARK_PCT: "+4.575", ROE: "+136.81", NET_PNL: "+548.59"}
    assert shown(dialog.stop_loss)[PRICE] == "102.00"
    assert dialog.frame.status.text() == "Nothing to change yet"
    assert (dialog.frame.action.text(), dialog.frame.action.isEnabled()) == ("Apply", False)


async def test_the_design_pictures_change(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.take_profit.edits[PRICE], "130.00")
    type_into(dialog.stop_loss.edits[PRICE], "123.50")
    type_into(dialog.trailing.edits[DISTANCE], "2.90")
    assert dialog.take_profit.message.text == "Above the mark price. Will trigger a market close of 20.0."
    assert dialog.stop_loss.message.text == (
        "A long position's stop loss must be below the mark price 122.40. Highest valid: 122.39."
    )
    assert dialog.trailing.edits[PCT].text() == "2.370"
    assert dialog.table.texts() == [
        ("Take profit", "128.00", "130.00"),
        ("Stop loss", "102.00", "123.50"),
        ("Trailing stop", "—", "2.90"),
        ("Trigger by", "Mark", "Mark"),
        ("Worst case at stop, % of equity", "+0.23%", "—"),
    ]
    assert dialog.frame.status.text() == "1 problem to fix"
    assert (dialog.frame.action.text(), dialog.frame.action.isEnabled()) == ("Apply 3 changes", False)
    click(dialog.stop_loss.message.fixes()[0])
    intent = asked(dialog)
    assert (intent.take_profit, intent.stop_loss, intent.trailing_stop) == (D("130.00"), D("122.39"), D("2.90"))
    assert (intent.trigger_by, intent.side, intent.life_id) == ("MarkPrice", "Buy", "SOLUSDT-1")
    assert dialog.frame.action.isEnabled()


async def test_what_is_unchanged_is_left_alone(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.stop_loss.edits[PRICE], "104")
    intent = asked(dialog)
    assert (intent.take_profit, intent.stop_loss, intent.trailing_stop, intent.active_price) == (
        None, D("104"), None, None,
    )  # fmt: skip
    assert dialog.frame.action.text() == "Apply 1 change"
    type_into(dialog.stop_loss.edits[PRICE], "102.0")  # back as it was
    assert asked(dialog).stop_loss is None
    assert dialog.frame.status.text() == "Nothing to change yet"


async def test_clearing_a_field_removes_the_stop_and_says_so(opened: Opened) -> None:
    _, dialog = dialog_on(opened, trailing_stop=D("2.90"))
    for edit in (dialog.take_profit.edits[PRICE], dialog.stop_loss.edits[ROE], dialog.trailing.edits[DISTANCE]):
        clear(edit)
    intent = asked(dialog)
    assert (intent.take_profit, intent.stop_loss, intent.trailing_stop) == (D(0), D(0), D(0))
    assert dialog.take_profit.message.text == "Will be removed."
    assert dialog.stop_loss.message.text == "Will be removed: the position will have no stop loss."
    assert dialog.stop_loss.message.tone == "warning"
    assert [row[2] for row in dialog.table.texts()[:3]] == ["removed"] * 3
    assert dialog.table.texts()[4][2] == "no stop loss"
    assert dialog.frame.action.text() == "Apply 3 changes"


# A looser stop loss is the operator's business, but not unnoticed


@pytest.mark.parametrize("way", ["price", "roe", "break-even", "drag"])
async def test_a_looser_stop_loss_is_said_in_words_whichever_way_it_came(opened: Opened, way: str) -> None:
    desk, dialog = dialog_on(opened, stop_loss=D("104.00"))
    if way == "break-even":
        click(dialog.trailing.break_even)
    elif way == "drag":
        dialog.propose(stop_loss=D("100.62"))
    else:
        typed = {"price": (PRICE, "100.62"), "roe": (ROE, "0.1")}[way]
        type_into(dialog.stop_loss.edits[typed[0]], typed[1])
    message = dialog.stop_loss.message
    assert message.text.startswith("Looser than the present stop loss 104.00: "), message.text
    assert message.text.endswith(" USDT more can be lost.")
    assert message.tone == "warning"
    assert [issue.code for issue in cautions(asked(dialog), desk.snapshot)] == ["sl_looser"]
    await until(dialog.frame.action.isEnabled)  # it may be sent all the same


async def test_how_much_more_a_looser_stop_loss_costs(opened: Opened) -> None:
    """20 SOL, one dollar lower, and the closing fee of 0.055 % on that dollar less."""
    _, dialog = dialog_on(opened, stop_loss=D("104.00"))
    type_into(dialog.stop_loss.edits[PRICE], "103")
    assert dialog.stop_loss.message.text == ("Looser than the present stop loss 104.00: 19.99 USDT more can be lost.")


@pytest.mark.parametrize(("held", "wanted"), [("104.00", "105"), (None, "103"), ("104.00", "104")])
async def test_a_stop_loss_that_is_no_looser_gives_no_warning(opened: Opened, held: str | None, wanted: str) -> None:
    _, dialog = dialog_on(opened, stop_loss=None if held is None else D(held))
    type_into(dialog.stop_loss.edits[PRICE], wanted)
    assert "Looser" not in dialog.stop_loss.message.text


async def test_above_is_looser_for_a_short(opened: Opened) -> None:
    _, dialog = dialog_on(opened, **SHORT)
    type_into(dialog.stop_loss.edits[PRICE], "151")
    assert dialog.stop_loss.message.text.startswith("Looser than the present stop loss 150.00: ")
    type_into(dialog.stop_loss.edits[PRICE], "149")
    assert "Looser" not in dialog.stop_loss.message.text


# Linked fields


@pytest.mark.parametrize(
    ("view", "typed", "price"),
    [(MARK_PCT, "-5", "116.28"), (MARK_PCT, "−15,033", ""), (ROE, "50", "110.55"), (ROE, "+17.41", "104.00"),
     (NET_PNL, "0", "100.56"), (NET_PNL, "100", "105.56"), (MARK_PCT, "-10%", "110.16")],
)  # fmt: skip
async def test_each_view_sets_the_price_on_the_tick(opened: Opened, view: str, typed: str, price: str) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.stop_loss.edits[view], typed)
    assert dialog.stop_loss.edits[view].text() == typed  # as it was typed
    if price:
        assert dialog.stop_loss.edits[PRICE].text() == price
        assert asked(dialog).stop_loss == D(price)
    else:
        assert "can be read two ways" in dialog.stop_loss.message.text


async def test_a_field_that_is_left_shows_what_the_ticked_price_amounts_to(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    await until(dialog.isActiveWindow)
    roe = dialog.stop_loss.edits[ROE]
    type_into(roe, "33")
    QTest.keyClick(roe, Qt.Key.Key_Tab)
    dialog.update_form()
    assert dialog.stop_loss.edits[PRICE].text() == "107.14"  # 107.133, up
    assert roe.text() == "+33.03"
    type_into(roe, roe.text())  # what is shown leads back to the same tick
    assert dialog.stop_loss.edits[PRICE].text() == "107.14"


async def test_the_price_stays_while_the_mark_moves_and_the_views_follow(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    type_into(dialog.stop_loss.edits[MARK_PCT], "-5")
    desk.move(mark_price=D("120.00"))
    assert dialog.stop_loss.edits[PRICE].text() == "116.28"
    assert dialog.stop_loss.edits[MARK_PCT].text() == "-5"  # still being typed in
    assert dialog.take_profit.edits[MARK_PCT].text() == "+6.666"
    assert asked(dialog).stop_loss == D("116.28")


async def test_views_without_their_input_are_closed_not_zero(opened: Opened) -> None:
    _, dialog = dialog_on(opened, leverage=None)
    roe = dialog.stop_loss.edits[ROE]
    assert (roe.text(), roe.placeholderText(), roe.isEnabled()) == ("", "—", False)
    assert dialog.stop_loss.edits[NET_PNL].isEnabled()


# Refusals

SHORT = {
    "side": "Sell", "entry_price": D("140.00"), "liq_price": D("165.00"), "take_profit": D("110.00"),
    "stop_loss": D("150.00"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("position", "leg", "typed", "words"),
    [
        ({}, "take_profit", "122.40",
         "A long position's take profit must be above the mark price 122.40. Lowest valid: 122.41."),
        ({}, "stop_loss", "122.40",
         "A long position's stop loss must be below the mark price 122.40. Highest valid: 122.39."),
        ({}, "stop_loss", "81.86", "Liquidation at 81.86 would come first. Lowest valid: 81.87."),
        ({}, "stop_loss", "104.005", "Prices go in ticks of 0.01. Nearest valid: 104.01."),
        ({}, "take_profit", "2000000", "The contract allows no such price. Nearest valid: 1,999,999.80."),
        (SHORT, "take_profit", "130",
         "A short position's take profit must be below the mark price 122.40. Highest valid: 122.39."),
        (SHORT, "stop_loss", "120",
         "A short position's stop loss must be above the mark price 122.40. Lowest valid: 122.41."),
        (SHORT, "stop_loss", "165.00", "Liquidation at 165.00 would come first. Highest valid: 164.99."),
    ],
)  # fmt: skip
async def test_a_refused_price_names_the_nearest_valid_one(
    opened: Opened, position: dict[str, Any], leg: str, typed: str, words: str
) -> None:
    _, dialog = dialog_on(opened, **position)
    part = getattr(dialog, leg)
    type_into(part.edits[PRICE], typed)
    assert (part.message.text, part.message.tone) == (words, "down")
    assert part.edits[PRICE].property("wrong") == "true"
    assert not dialog.frame.action.isEnabled()
    click(part.message.fixes()[0])
    assert part.message.tone != "down"
    assert dialog.frame.action.isEnabled()


@pytest.mark.parametrize(
    ("view", "typed", "words"),
    [
        (PRICE, "0", "Enter a price above zero, or clear the field to remove it."),
        (PRICE, "abc", "Not a number: use the digits 0–9 and one point."),
        (PRICE, "-5", "Enter an amount without a sign."),
        (PRICE, "1,234", "1,234 can be read two ways. Which one is meant?"),
        (MARK_PCT, "-100", "No price above zero gives that."),
        (ROE, "-600", "No price above zero gives that."),
        (NET_PNL, "1.2.3", "Not a number: use the digits 0–9 and one point."),
    ],
)
async def test_text_that_leads_to_no_price_is_refused_where_it_stands(
    opened: Opened, view: str, typed: str, words: str
) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.stop_loss.edits[view], typed)
    assert dialog.stop_loss.message.text == words
    assert dialog.stop_loss.edits[view].property("wrong") == "true"
    assert dialog.stop_loss.edits[view].text() == typed
    assert asked(dialog).stop_loss is None  # never 0, which would remove it
    assert dialog.frame.status.text() == "1 problem to fix"
    assert not dialog.frame.action.isEnabled()


async def test_a_mistake_in_one_leg_stops_the_other_too(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.take_profit.edits[PRICE], "130")
    type_into(dialog.stop_loss.edits[PRICE], "x")
    type_into(dialog.trailing.edits[DISTANCE], "y")
    assert dialog.frame.status.text() == "2 problems to fix"
    assert not dialog.frame.action.isEnabled()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (DISTANCE, "2.905", "Prices go in ticks of 0.01. Nearest valid: 2.90."),
        (DISTANCE, "200", "The distance must be smaller than the price. Highest valid: 122.38."),
        (DISTANCE, "0.001", "The smallest distance is one tick. Lowest valid: 0.01."),
        (DISTANCE, "0", "Enter a price above zero, or clear the field to remove it."),
        (PCT, "0.0001", "That is less than one tick."),
        (PCT, "x", "Not a number: use the digits 0–9 and one point."),
    ],
)
async def test_a_refused_trailing_distance_says_why(opened: Opened, field: str, typed: str, words: str) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.trailing.edits[field], typed)
    assert dialog.trailing.message.text == words
    assert dialog.trailing.edits[field].property("wrong") == "true"
    assert asked(dialog).trailing_stop != D(0)
    assert not dialog.frame.action.isEnabled()


async def test_a_trailing_percent_becomes_a_tighter_distance(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.trailing.edits[PCT], "2.5")
    assert dialog.trailing.edits[DISTANCE].text() == "3.06"
    assert asked(dialog).trailing_stop == D("3.06")


async def test_an_activation_price_must_lie_ahead(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    type_into(dialog.trailing.edits[DISTANCE], "2.90")
    type_into(dialog.trailing.edits[ACTIVE], "120")
    assert dialog.trailing.message.text == (
        "A long's trailing stop starts above the last price 122.39. Lowest valid: 122.40."
    )
    assert dialog.trailing.edits[ACTIVE].property("wrong") == "true"
    click(dialog.trailing.message.fixes()[0])
    intent = asked(dialog)
    assert (intent.trailing_stop, intent.active_price) == (D("2.90"), D("122.40"))
    assert dialog.table.texts()[2] == ("Trailing stop", "—", "2.90 from 122.40")
    assert dialog.frame.action.text() == "Apply 1 change"


async def test_what_a_trailing_stop_goes_on_waiting_for_is_said(opened: Opened) -> None:
    """Another distance goes out with the price that arms it, although nobody typed that one."""
    desk, dialog = dialog_on(opened, trailing_stop=D("2.90"))
    desk.change(orders=(samples.order(5, stop_order_type="TrailingStop", trigger_price=D("126.00")),))
    assert dialog.table.texts()[2] == ("Trailing stop", "2.90", "2.90")
    type_into(dialog.trailing.edits[DISTANCE], "3.00")
    assert (asked(dialog).trailing_stop, asked(dialog).active_price) == (D("3.00"), D("126.00"))
    assert dialog.table.texts()[2] == ("Trailing stop", "2.90", "3.00 from 126.00")


async def test_an_offer_that_was_taken_leaves_the_keyboard_in_its_field(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    await until(dialog.frame.cancel.hasFocus)
    type_into(dialog.stop_loss.edits[ROE], "130")
    click(dialog.stop_loss.message.fixes()[0])
    assert dialog.stop_loss.edits[PRICE].hasFocus()
    type_into(dialog.stop_loss.edits[NET_PNL], "1,000")
    click(dialog.stop_loss.message.fixes()[1])
    assert dialog.stop_loss.edits[NET_PNL].hasFocus()
    type_into(dialog.trailing.edits[DISTANCE], "2.905")
    click(dialog.trailing.message.fixes()[0])
    assert dialog.trailing.edits[DISTANCE].hasFocus()


# Trigger, break-even, drag


async def test_the_trigger_follows_the_orders_and_decides_the_side_check(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    assert dialog.trigger.choice == "MarkPrice"
    QTest.mouseClick(dialog.trigger._segments["IndexPrice"], Qt.MouseButton.LeftButton)
    type_into(dialog.stop_loss.edits[PRICE], "122.37")
    assert dialog.stop_loss.message.text == (
        "A long position's stop loss must be below the index price 122.35. Highest valid: 122.34."
    )
    assert asked(dialog).trigger_by == "IndexPrice"
    assert dialog.table.texts()[3] == ("Trigger by", "Mark", "Index")


async def test_another_trigger_is_sent_with_every_price_that_stays(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    QTest.mouseClick(dialog.trigger._segments["LastPrice"], Qt.MouseButton.LeftButton)
    assert (dialog.frame.action.text(), dialog.frame.action.isEnabled()) == ("Apply 1 change", True)
    intent = asked(dialog)
    assert (intent.take_profit, intent.stop_loss, intent.trigger_by) == (D("128.00"), D("102.00"), "LastPrice")
    QTest.mouseClick(dialog.trigger._segments["MarkPrice"], Qt.MouseButton.LeftButton)
    assert (dialog.frame.action.text(), dialog.frame.action.isEnabled()) == ("Apply", False)
    QTest.mouseClick(dialog.trigger._segments["LastPrice"], Qt.MouseButton.LeftButton)
    type_into(dialog.stop_loss.edits[PRICE], "104")
    intent = asked(dialog)
    assert (intent.take_profit, intent.stop_loss, intent.trigger_by) == (D("128.00"), D("104"), "LastPrice")
    assert dialog.frame.action.text() == "Apply 2 changes"
    assert dialog.frame.action.isEnabled()


async def test_the_trigger_of_one_of_two_stops_is_a_change(opened: Opened) -> None:
    """The stop loss is compared with the mark, the take profit with the last price."""
    desk, dialog = dialog_on(opened)
    target = samples.order(2, stop_order_type="TakeProfit", trigger_price=D("128"), trigger_by="LastPrice")
    desk.change(orders=(target, samples.order(1)))
    assert dialog.trigger.choice == "MarkPrice"
    assert dialog.frame.action.text() == "Apply"
    assert dialog.table.texts()[3] == ("Trigger by", "TP Last · SL Mark", "TP Last · SL Mark")
    for by, after in (("LastPrice", "Last"), ("MarkPrice", "Mark")):
        QTest.mouseClick(dialog.trigger._segments[by], Qt.MouseButton.LeftButton)
        assert dialog.frame.action.text() == "Apply 1 change"
        assert dialog.table.texts()[3] == ("Trigger by", "TP Last · SL Mark", after)


async def test_a_price_takes_the_trigger_of_the_switch_and_the_table_says_so(opened: Opened) -> None:
    """Bybit compares a leg that is sent with what is sent beside it: the take profit's own trigger goes."""
    desk, dialog = dialog_on(opened)
    target = samples.order(2, stop_order_type="TakeProfit", trigger_price=D("128"), trigger_by="LastPrice")
    desk.change(orders=(target, samples.order(1)))
    type_into(dialog.stop_loss.edits[PRICE], "103")
    assert dialog.frame.action.text() == "Apply 1 change"
    assert dialog.table.texts()[3][2] == "TP Last · SL Mark"
    type_into(dialog.take_profit.edits[PRICE], "129")
    assert dialog.frame.action.text() == "Apply 3 changes"
    assert dialog.table.texts()[3][2] == "Mark"
    assert dialog.table._rows[3][1][1].tone == "text"
    clear(dialog.stop_loss.edits[PRICE])
    assert dialog.table.texts()[3][2] == "Mark"


async def test_without_a_stop_order_the_mark_triggers(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    desk.change(orders=())
    assert dialog.trigger.choice == "MarkPrice"
    assert dialog.table.texts()[3] == ("Trigger by", "—", "Mark")


async def test_break_even_moves_the_stop_to_entry_and_both_fees(opened: Opened) -> None:
    _, dialog = dialog_on(opened)
    assert dialog.trailing.break_even.text() == "Break-even\n100.62"
    click(dialog.trailing.break_even)
    assert asked(dialog).stop_loss == D("100.62")  # 100.50 × 1.00055 ÷ 0.99945 = 100.6106…, up


@pytest.mark.parametrize("position", [{"mark_price": D("100.60")}, {"side": "Sell"}])
async def test_break_even_waits_until_the_price_has_passed_it(opened: Opened, position: dict[str, Any]) -> None:
    _, dialog = dialog_on(opened, **position)
    assert not dialog.trailing.break_even.isEnabled()
    assert "has not passed break-even yet" in dialog.trailing.break_even.toolTip()


async def test_unknown_fees_leave_break_even_and_net_pnl_unknown(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    desk.change(fee_rates={})
    assert dialog.trailing.break_even.text() == "Break-even\n—"
    assert not dialog.trailing.break_even.isEnabled()
    assert dialog.stop_loss.edits[NET_PNL].text() == ""
    assert dialog.table.texts()[4] == ("Worst case at stop, % of equity", "—", "—")


async def test_a_dropped_line_fills_the_dialog_in(opened: Opened) -> None:
    _, dialog = dialog_on(opened, at={"stop_loss": D("110.25"), "take_profit": D("131.5")})
    intent = asked(dialog)
    assert (intent.stop_loss, intent.take_profit) == (D("110.25"), D("131.5"))
    assert dialog.frame.action.text() == "Apply 2 changes"
    assert dialog.stop_loss.edits[PRICE].text() == "110.25"


# What happens while it is open


async def test_untouched_fields_follow_the_exchange_and_touched_ones_stay(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    type_into(dialog.take_profit.edits[PRICE], "130")
    desk.move(stop_loss=D("104.00"), take_profit=D("129.00"))
    assert dialog.stop_loss.edits[PRICE].text() == "104.00"
    assert dialog.take_profit.edits[PRICE].text() == "130"
    assert dialog.table.texts()[0] == ("Take profit", "129.00", "130.00")
    assert "Now take profit 129.00, was 128.00, stop loss 104.00, was 102.00." in dialog.frame.changes.text
    assert not dialog.frame.action.isEnabled()
    await until(dialog.frame.action.isEnabled)


async def test_a_stop_that_fires_closes_the_dialogs_business(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    type_into(dialog.stop_loss.edits[PRICE], "104")
    fired = samples.execution(900, qty=D("20.0"), price=D("102.00"), stop_order_type="StopLoss")
    desk.change(executions=(fired, *desk.snapshot.executions))
    desk.remove()
    assert not dialog.frame.action.isEnabled()
    assert dialog.frame.trouble.text == (
        "This position is no longer open. The last thing seen: an exit filled 20.0 @ 102.00."
    )


async def test_a_mark_that_passes_the_wish_makes_it_invalid(opened: Opened) -> None:
    desk, dialog = dialog_on(opened)
    type_into(dialog.stop_loss.edits[PRICE], "120")
    assert dialog.frame.action.isEnabled()
    desk.move(mark_price=D("119.50"))
    assert "Highest valid: 119.49." in dialog.stop_loss.message.text
    assert not dialog.frame.action.isEnabled()


async def test_a_position_without_a_stop_wears_a_warning(opened: Opened) -> None:
    _, dialog = dialog_on(opened, stop_loss=None)
    assert (dialog.stop_loss.message.text, dialog.stop_loss.message.tone) == (
        "The position has no stop loss.",
        "warning",
    )
    assert dialog.table.texts()[4][1] == "no stop loss"


async def test_inverse_views_are_linked_as_well(opened: Opened) -> None:
    held = samples.position(
        "BTCUSD", category="inverse", size=D(300), entry_price=D("27000"), mark_price=D("30000.0"), settle_coin="BTC",
        liq_price=D("22000"), take_profit=None, stop_loss=None, trailing_stop=None,
    )  # fmt: skip
    contract = samples.instrument(
        "BTCUSD", category="inverse", base_coin="BTC", quote_coin="USD", settle_coin="BTC", tick=D("0.5"), step=D(1),
        min_qty=D(1),
    )  # fmt: skip
    desk = Desk(sol_snapshot())
    desk.change(
        positions=(held,),
        instruments={("inverse", "BTCUSD"): contract},
        fee_rates={("inverse", "BTCUSD"): samples.FEE_RATES},
        prices={("inverse", "BTCUSD"): samples.price_of(held)},
    )
    dialog = TradingStopDialog(desk.bridge, held.key)
    opened(dialog)
    type_into(dialog.stop_loss.edits[PRICE], "28500")
    pnl = dialog.stop_loss.edits[NET_PNL]
    assert D(pnl.text()) == pytest.approx(D(300) / 27000 - D(300) / 28500 * D("1.00055"), abs=D("0.0000001"))
    assert desk.snapshot.wallet is not None
    assert desk.snapshot.wallet.equity is not None
    share = D(pnl.text()) * 28_500 / desk.snapshot.wallet.equity * 100
    assert dialog.table.texts()[4][2] == text.percent(share, signed=True) != "0.00%", "coin is no dollars"
    typed = pnl.text()
    clear(pnl)
    type_into(pnl, typed)
    assert asked(dialog).stop_loss == D("28500")
