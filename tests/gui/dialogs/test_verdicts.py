"""A dialog follows its command until somebody knows what became of it, and offers only what is safe then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog, QLabel

from core.errors import BadValue
from core.model import Command, Link, Links
from gui import text
from gui.dialogs import verdict_words, window
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.stop_leg import PRICE
from gui.dialogs.trading_stop import TradingStopDialog
from gui.views.table_view import TableView
from gui.widgets.decimal_edit import DecimalEdit
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, click, sol_snapshot, type_into, until
from tests.gui.dialogs.states import STATES

D = Decimal
Opened = Callable[[QDialog], None]
NO_CLOCK = Links(rest=Link(name="rest", state="lost", detail="clock_unstable"))
NO_TRACE = "No trace of the order after 3 checks. Retrying is safe (same order id)"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)
    monkeypatch.setattr(window, "HOLD_MS", 60)


def closing(**fields: Any) -> Command:
    """A close of 10.0 SOL of the sample's life."""
    base = Command(
        command_id="c-1", kind="close", key=SOL, state="unknown", created_ms=samples.NOW_MS - 1000,
        order_link_id="c-1", qty=D("10.0"), life_id="SOLUSDT-1",
    )  # fmt: skip
    return msgspec.structs.replace(base, **fields)


async def unknown_close(opened: Opened, environment: str = "paper") -> tuple[Desk, ClosePositionDialog]:
    """A dialog whose answer was lost on the way."""
    desk = Desk(sol_snapshot())
    desk.change(environment=environment)
    desk.manager.answer = "unknown"
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    click(dialog.quantity.chips[50])
    if environment == "live":
        QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    else:
        click(dialog.frame.action)
    await until(lambda: dialog.frame.status.text() == "Outcome unknown")
    assert dialog.frame.cancel.text() == "Close window"
    return desk, dialog


async def test_an_unknown_close_that_was_carried_out_is_told(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="done", filled_qty=D("10.0")),))
    assert dialog.frame.trouble.text == "Bybit has carried it out. Closed 10.0 of 10.0."
    assert dialog.frame.action.isHidden()
    assert dialog.isVisible()


async def test_an_unknown_close_that_was_refused_can_be_asked_for_anew(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="refused", ret_code=110007, detail="no money"),))
    assert dialog.frame.trouble.text == "Bybit refused it. Nothing was changed. Code 110007: no money"
    assert dialog.frame.action.isEnabled()
    desk.manager.answer = "accepted"
    click(dialog.frame.action)
    await until(lambda: dialog.is_over)
    assert len(desk.manager.submitted) == 2  # the first has its verdict: a new command, a new id


async def test_without_a_trace_only_the_same_command_can_be_sent_again(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="no_trace"),))
    assert dialog.frame.trouble.text.startswith(NO_TRACE)
    assert "fail" not in dialog.frame.trouble.text
    assert dialog.frame.action.text() == "Retry"
    desk.manager.gate.clear()
    desk.manager.answer = "accepted"
    for _ in range(10):
        click(dialog.frame.action)
    desk.manager.gate.set()
    await until(lambda: dialog.is_over)
    assert (desk.manager.retried, len(desk.manager.submitted)) == (["c-1"], 1)


async def test_what_was_sent_stands_still_while_its_end_is_not_known(opened: Opened) -> None:
    """A share follows the position; what a retry would send does not."""
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(),))
    desk.move(size=D("14.0"))
    dialog.quantity.set_share(D("0.25"))  # as an Inspector's button does to a dialog that is open already
    assert dialog.quantity.edit.text() == "10.0"
    desk.change(commands=(closing(state="no_trace"),))
    await until(dialog.frame.action.isEnabled)
    assert (dialog.frame.action.text(), dialog.quantity.edit.text()) == ("Retry", "10.0")
    click(dialog.quantity.chips[50])  # whoever asks for something else is asked for by its share again
    assert dialog.quantity.edit.text() == "7.0"


async def test_nothing_else_can_be_asked_for_instead(opened: Opened) -> None:
    """V25: what left no trace may still be carried out; the field says so and offers the same again."""
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="no_trace"),))
    type_into(dialog.quantity.edit, "5")
    assert dialog.frame.action.text() == "Close 5.0 SOL"
    assert not dialog.frame.action.isEnabled()
    said = "What left no trace may still be carried out: only the same may be sent again{}, or all that is open "
    said += "closed at market."
    assert dialog.quantity.message.text == said.format(", 10.0")
    dialog.order_type.set_choice("Limit")
    dialog.limit.take(D("131"))
    assert dialog.frame.status.text() == said.format("")
    dialog.order_type.set_choice("Market")
    dialog.quantity.message.taken.emit(D("10"))
    desk.manager.answer = "accepted"
    click(dialog.frame.action)
    await until(lambda: dialog.is_over)
    assert (desk.manager.retried, desk.manager.submitted[-1].qty) == ([], D("10"))


async def test_a_refusal_that_another_copy_contradicts_is_told(opened: Opened) -> None:
    """The middle of the network may make a second copy of a request; what was refused once may be admitted then."""
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="refused", ret_code=10006),))
    assert dialog.frame.action.text() == "Close 10.0 SOL"
    desk.change(commands=(closing(state="done", filled_qty=D("10.0"), evidence="order Filled"),))
    assert dialog.frame.trouble.text.startswith("Bybit has carried it out.")
    assert dialog.frame.action.isHidden()


async def test_stops_without_a_trace_are_retried_or_replaced(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    desk.change(commands=(closing(kind="stops", state="no_trace", qty=None, order_link_id=None),))
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    assert dialog.frame.trouble.text.startswith("No trace of these stops after 3 checks. Retrying is safe")
    assert dialog.frame.action.text() == "Retry"
    assert dialog.frame.status.text() == "Retry sends what was asked for then; the fields show what Bybit holds now"
    type_into(dialog.stop_loss.edits[PRICE], "105")
    assert dialog.frame.action.text() == "Apply 1 change"
    click(dialog.frame.action)
    await until(lambda: desk.manager.submitted)
    assert desk.manager.retried == []


async def test_nothing_changes_the_fields_while_it_is_not_known_what_became_of_the_stops(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    desk.change(stop_changes={SOL: (samples.stop_change(),)})
    dialog = TradingStopDialog(desk.bridge, SOL)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    type_into(dialog.stop_loss.edits[PRICE], "105")
    dialog.sending.adopt(closing(kind="stops", qty=None, order_link_id=None))
    QTest.keyClick(dialog.frame.cancel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dialog.propose(take_profit=D("140"))
    assert dialog.intent().stop_loss == D("105")
    assert dialog.intent().take_profit is None


async def test_late_evidence_takes_the_retry_away(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="no_trace"),))
    assert dialog.frame.action.isEnabled()
    desk.change(commands=(closing(state="done", filled_qty=D("10.0")),))
    assert dialog.frame.action.isHidden()
    assert dialog.frame.trouble.text.startswith("Bybit has carried it out.")


async def test_a_retry_that_the_desk_refuses_says_why_and_stays(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="no_trace"),))
    desk.manager.answer = BadValue("not_armed")
    click(dialog.frame.action)
    await until(lambda: dialog.frame.trouble.text.startswith("It was not sent."))
    assert "Trading is locked" in dialog.frame.trouble.text
    assert dialog.frame.action.text() == "Retry"


async def test_a_locked_desk_offers_no_retry(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="no_trace"),))
    assert dialog.frame.action.isEnabled()
    desk.change(is_armed=False)
    assert not dialog.frame.action.isEnabled()
    assert dialog.frame.status.text() == "Trading is locked. Arm it in the top bar first."
    assert dialog.frame.trouble.text.startswith(NO_TRACE)
    desk.change(is_armed=True)
    assert (dialog.frame.action.text(), dialog.frame.action.isEnabled()) == ("Retry", True)


async def test_a_live_retry_is_held(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened, "live")
    desk.change(commands=(closing(state="no_trace"),))
    desk.manager.answer = "accepted"
    assert dialog.frame.action.text() == "Hold to retry"
    click(dialog.frame.action)
    assert desk.manager.retried == []
    QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
    await until(lambda: desk.manager.retried)


async def test_a_dialog_opened_on_a_close_without_a_trace_begins_with_it(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    desk.change(commands=(closing(state="no_trace"),))
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert dialog.frame.trouble.text.startswith(NO_TRACE)
    assert dialog.intent().qty == 10  # what was sent, not all of the position
    assert dialog.quantity.message.text == ""
    assert dialog.frame.action.isEnabled()
    click(dialog.frame.action)
    await until(lambda: desk.manager.retried == ["c-1"])
    assert desk.manager.submitted == []


async def test_a_close_of_an_earlier_life_says_nothing_about_this_one(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    desk.change(commands=(closing(state="no_trace", life_id="SOLUSDT-0"),))
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert dialog.frame.trouble.isHidden()
    assert dialog.frame.action.text() == "Close 20.0 SOL"


async def test_a_position_that_another_party_closed_is_explained_without_alarm(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="refused", detail="closed_by_other"),))
    assert dialog.frame.trouble.text == (
        "The position is closed; nothing of this was carried out. "
        "It was closed by another party: a stop, another program, or Bybit itself."
    )


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("not_sent", "No connection could be made: nothing was sent. Asking again is safe."),
        ("too_many_visits", "Bybit's rate limit: nothing was sent. Asking again is safe."),
        ("expired", "It waited too long to be sent and was let go. Nothing was sent."),
        ("order_gone", "This order is no longer open."),
    ],
)
async def test_what_did_not_get_through_is_told_apart_from_a_refusal(opened: Opened, detail: str, said: str) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="refused", detail=detail),))
    assert dialog.frame.trouble.text == f"It was not carried out. Nothing was changed. {said}"


async def test_foreign_words_are_never_taken_for_codes_of_ours(opened: Opened) -> None:
    desk, dialog = await unknown_close(opened)
    desk.change(commands=(closing(state="refused", ret_code=10001, detail="expired"),))
    assert dialog.frame.trouble.text == "Bybit refused it. Nothing was changed. Code 10001: expired"


@pytest.fixture
def hidden_money() -> Iterator[None]:
    """F8: the desk hides money and sizes."""
    text.set_private(True)
    yield
    text.set_private(False)


@pytest.mark.parametrize(
    "state", ["close-normal", "close-limit", "close-all-normal", "cancel-one", "stops-partial", "stops-live-changed"]
)
async def test_a_dialog_shows_what_it_is_about_while_the_desk_hides_it(
    opened: Opened, hidden_money: None, state: str
) -> None:
    _, dialog = STATES[state]()
    opened(dialog)
    said = [label.text() for label in dialog.findChildren(QLabel)]
    said += [edit.text() + edit._hint for edit in dialog.findChildren(DecimalEdit)]
    for view in dialog.findChildren(TableView):
        table = view.table
        said += [" ".join(table.words(row, n)) for row in range(table.rowCount()) for n in range(table.columnCount())]
    assert [words for words in said if text.HIDDEN in words] == []


# What a partial fill leaves


async def test_what_a_close_left_open_is_offered(opened: Opened) -> None:
    desk = Desk(sol_snapshot(size=D("14.0")))
    desk.change(commands=(closing(state="done", filled_qty=D("6.0")),))
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert dialog.frame.action.text() == "Close 4.0 SOL"
    assert dialog.quantity.message.text == "That is what the last close left open."
    click(dialog.quantity.chips[100])
    assert dialog.frame.action.text() == "Close 14.0 SOL"
    assert dialog.quantity.message.text == ""


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"filled_qty": D("10.0")}, "all of it was filled"),
        ({"filled_qty": D(0)}, "nothing was"),
        ({"filled_qty": None}, "nobody knows"),
        ({"filled_qty": D("6.0"), "created_ms": samples.NOW_MS - 3_600_000}, "an hour ago"),
        ({"filled_qty": D("6.0"), "life_id": "SOLUSDT-0"}, "another position"),
        ({"filled_qty": D("6.0"), "order_link_id": "waits"}, "the rest of it still waits in the book"),
    ],
)
async def test_nothing_is_offered_otherwise(opened: Opened, fields: dict[str, Any], why: str) -> None:
    desk = Desk(sol_snapshot())
    resting = samples.order(77, order_type="Limit", status="PartiallyFilled", order_link_id="waits")
    desk.change(commands=(closing(state="done", **fields),), orders=(resting, *desk.snapshot.orders))
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert dialog.frame.action.text() == "Close 20.0 SOL", why


# A close that waits in the order book


async def test_a_close_that_waits_already_is_named(opened: Opened) -> None:
    desk = Desk(sol_snapshot())
    resting = samples.order(
        77, order_type="Limit", status="PartiallyFilled", qty=D("6.0"), filled_qty=D("1.0"), trigger_price=None,
        stop_order_type="",
    )  # fmt: skip
    desk.change(orders=(resting, *desk.snapshot.orders))
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    assert dialog.frame.status.text() == "A close of 5.0 waits in the book; together never more than 20.0"
    assert dialog.frame.action.isEnabled()


@pytest.mark.parametrize(
    ("detail", "filled", "claim", "details"),
    [
        ("New", None, "The order waits in the order book.", "It is listed under Orders, where it can be cancelled."),
        (
            "PartiallyFilled", D(4), "The order waits in the order book.",
            "Closed 4.0 of 10.0. It is listed under Orders, where it can be cancelled.",
        ),
        ("Cancelled", D(0), "The order left the order book without a fill.", "It was cancelled."),
        ("Cancelled", D(4), "Bybit has carried out a part of it.", "Closed 4.0 of 10.0."),
        ("Filled", D(10), "Bybit has carried it out.", "Closed 10.0 of 10.0."),
    ],
)  # fmt: skip
def test_the_verdict_of_a_limit_close(detail: str, filled: Decimal | None, claim: str, details: str) -> None:
    said = verdict_words.about(closing(state="done", detail=detail, filled_qty=filled), samples.instrument("SOLUSDT"))
    assert (said.claim, said.details) == (claim, details)


# How much care


@pytest.mark.parametrize(
    ("environment", "above", "words"),
    [
        ("live", "0", "Hold to close 10.0 SOL"),
        ("live", "1224", "Hold to close 10.0 SOL"),
        ("live", "1225", "Close 10.0 SOL"),
        ("paper", "0", "Close 10.0 SOL"),
        ("demo", "0", "Close 10.0 SOL"),
    ],
)
async def test_only_real_money_above_the_set_value_is_held(
    opened: Opened, environment: str, above: str, words: str
) -> None:
    desk = Desk(sol_snapshot())
    desk.change(environment=environment)
    desk.bridge.hold_above = D(above)
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    click(dialog.quantity.chips[50])
    assert dialog.frame.action.text() == words


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_armed": False}, "Trading is locked. Arm it in the top bar first."),
        ({"is_read_only": True}, "This key may only look: the desk is a monitor."),
        ({"is_resuming": True}, "A command of the last run has no verdict yet: wait until it is found."),
        ({"links": NO_CLOCK}, "The exchange's time cannot be told now: nothing is sent until it can."),
    ],
)
@pytest.mark.parametrize("when", ["before it was opened", "while it is open"])
async def test_a_dead_button_says_why(opened: Opened, fields: dict[str, Any], reason: str, when: str) -> None:
    desk = Desk(sol_snapshot())
    if when == "before it was opened":
        desk.change(**fields)
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    desk.show(desk.snapshot)
    desk.change(**fields)
    assert not dialog.frame.action.isEnabled()
    assert dialog.frame.status.text() == dialog.frame.action.toolTip() == reason
    assert dialog.frame.action.accessibleDescription() == reason
    type_into(dialog.quantity.edit, "5")
    assert dialog.frame.status.text() == reason
