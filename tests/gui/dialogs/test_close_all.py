"""Closing everything: the plan is what stands there, one press sends each once, and each row tells its own end."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog

from core.errors import BadValue
from core.intents import CancelOrder, ClosePosition
from core.model import Command, Halt, PositionKey
from gui.dialogs import batch, books_round, window
from gui.dialogs.close_all import WORD, CloseAllDialog
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, click, until
from tests.gui.dialogs.states import wide_book

D = Decimal
Opened = Callable[[QDialog], None]
ETH = PositionKey("linear", "ETHUSDT", 0)
LINK = PositionKey("linear", "LINKUSDT", 0)
ENTER = Qt.Key.Key_Return


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHIELD_MS", 30)
    monkeypatch.setattr(window, "HOLD_MS", 60)
    monkeypatch.setattr(batch, "REPLAN_MS", 1)
    # A question of which nobody waits for the answer could come when the test's loop has ended.
    monkeypatch.setattr(books_round, "PERIOD_MS", 3_600_000)


async def dialog_on(opened: Opened, environment: str = "paper", **changes: Any) -> tuple[Desk, CloseAllDialog]:
    desk = Desk(samples.snapshot(environment=environment))
    desk.change(**({"commands": ()} | changes))
    desk.manager.books = {row.symbol: wide_book(row.symbol, str(row.mark_price)) for row in desk.snapshot.positions}
    dialog = CloseAllDialog(desk.bridge)
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    return desk, dialog


def said(dialog: CloseAllDialog, symbol: str, column: str) -> tuple[str, ...]:
    """What a cell of the plan says."""
    row = next(number for number, row in enumerate(dialog.rows) if row.intent.symbol == symbol)
    return dialog.table.words(row, next(n for n, c in enumerate(dialog.table.columns) if c.name == column))


def told(desk: Desk, number: int, **fields: Any) -> Command:
    """What became of the command of a submitted intent, counted from 0."""
    intent = desk.manager.submitted[number]
    base: dict[str, Any] = {"command_id": f"c-{number + 1}", "kind": "close", "key": intent.key, "created_ms": 0}
    return Command(**(base | {"state": "done", "qty": getattr(intent, "qty", None)} | fields))


# The plan


async def test_a_side_without_positions_is_not_said_to_be_all_there_is(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    desk.change(positions=tuple(row for row in desk.snapshot.positions if not row.is_long))
    click(dialog.side._segments["Buy"])
    assert dialog.frame.status.text() == "There is no open position on this side"
    desk.change(positions=())
    click(dialog.side._segments[""])
    assert dialog.frame.status.text() == "There is no open position"


async def test_every_position_is_listed_with_its_cost(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books_round, "PERIOD_MS", 10)
    desk, dialog = await dialog_on(opened)
    await until(lambda: desk.manager.books_asked >= 6)
    await until(lambda: "slippage" in said(dialog, "SOLUSDT", "fill")[1])
    assert [row.intent.symbol for row in dialog.rows] == [row.symbol for row in desk.snapshot.positions]
    assert said(dialog, "SOLUSDT", "what") == ("SOLUSDT Long 5×", "Isolated · one-way")
    assert said(dialog, "SOLUSDT", "qty") == ("20.0 SOL", "2,447.80")
    assert said(dialog, "SOLUSDT", "fill") == ("122.39", "slippage 0.000%")
    assert said(dialog, "SOLUSDT", "gross") == ("+437.80", "fees −1.35")
    assert said(dialog, "SOLUSDT", "net") == ("+436.45", "USDT")
    assert dialog.frame.action.text() == "Close 6 positions"
    gross = sum((row.outcome.gross for row in dialog.rows), D(0))
    fee = sum((row.outcome.fee for row in dialog.rows), D(0))
    assert dialog.figures.texts()[1:] == [
        ("Realised PnL", f"+{gross:.2f} USDT"), ("Taker fees", f"−{fee:.2f} USDT"), ("Net", f"+{gross - fee:.2f} USDT"),
    ]  # fmt: skip
    dialog.reject()


async def test_without_order_books_the_mark_is_taken_and_its_age_told(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    assert said(dialog, "SOLUSDT", "fill") == ("122.40", "mark, 0.3 s old")
    assert dialog.frame.summary.text() == "oldest price 0.3 s"
    desk.clock.advance(4)
    dialog.on_second()
    assert (dialog.frame.summary.text(), dialog.frame.summary.tone) == ("oldest price 4.3 s", "warning")


async def test_only_longs_or_shorts_can_be_chosen(opened: Opened) -> None:
    _, dialog = await dialog_on(opened)
    QTest.mouseClick(dialog.side._segments["Sell"], Qt.MouseButton.LeftButton)
    assert [row.intent.symbol for row in dialog.rows] == ["AVAXUSDT", "BTCUSDT"]
    assert dialog.frame.action.text() == "Close 2 positions"
    assert dialog.frame.changes.isHidden()  # the operator's own choice is no change from outside
    assert dialog.frame.action.isEnabled()


async def test_orders_of_the_contracts_go_too_when_asked(opened: Opened) -> None:
    entry = samples.order(
        70, order_type="Limit", status="New", qty=D("5.0"), price=D("110.00"), trigger_price=None, side="Buy",
        stop_order_type="", reduce_only=False,
    )  # fmt: skip
    desk, dialog = await dialog_on(opened, orders=(entry, *samples.orders()))
    click(dialog.cancel_orders)
    assert isinstance(dialog.rows[-1].intent, CancelOrder)
    row = dialog.table.rowCount() - 1
    assert dialog.table.words(row, 0) == ("SOLUSDT cancel order", "Limit 110.00")
    assert dialog.frame.action.text() == "Close 6 positions, cancel orders: 1"
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 7)
    assert desk.manager.submitted[-1].order_id == entry.order_id  # after the closes
    stops = {order.order_id for order in samples.orders() if order.stop_order_type}
    assert not stops & {getattr(intent, "order_id", "") for intent in desk.manager.submitted}


async def test_a_position_that_is_closing_already_is_left_out_and_says_why(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened, commands=samples.snapshot().commands)
    assert said(dialog, "LINKUSDT", "progress") == (
        "left out", "An earlier command for this position is still on its way."
    )  # fmt: skip
    assert dialog.frame.action.text() == "Close 5 positions"
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 5)
    assert "LINKUSDT" not in {intent.symbol for intent in desk.manager.submitted}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_armed": False}, "Trading is locked. Arm it in the top bar first."),
        ({"is_read_only": True}, "This key may only look: the desk is a monitor."),
        ({"positions": ()}, "There is no open position"),
    ],
)
async def test_a_dead_button_says_why(opened: Opened, changes: dict[str, Any], why: str) -> None:
    desk, dialog = await dialog_on(opened, **changes)
    assert not dialog.frame.action.isEnabled()
    assert dialog.frame.status.text() == dialog.frame.action.toolTip() == why
    click(dialog.frame.action)
    QTest.keyClick(dialog.frame.action, ENTER)
    assert desk.manager.submitted == []
    assert {row.progress.words for row in dialog.rows} <= {""}  # said once, not of every row


async def test_f28_a_contract_that_took_no_command_says_so_and_is_closed_all_the_same(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    halt = Halt(ret_code=110066, since_ms=0, last_mono=desk.clock.monotonic())
    desk.change(links=msgspec.structs.replace(desk.snapshot.links, halts={("linear", "LINKUSDT"): halt}))
    await until(lambda: said(dialog, "LINKUSDT", "progress") != ("",))
    desk.clock.advance(4)
    dialog.on_second()
    why = "Bybit refused here 4.0 s ago: trading is switched off for now (110066). You may try again."
    assert said(dialog, "LINKUSDT", "progress") == (why,)
    assert said(dialog, "ETHUSDT", "progress") == ("",)
    assert (dialog.frame.status.text(), dialog.frame.status.tone) == (f"LINKUSDT: {why}", "warning")
    assert dialog.frame.action.isEnabled()
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 6)
    desk.change(links=msgspec.structs.replace(desk.snapshot.links, halts={}))
    await until(lambda: "110066" not in dialog.frame.status.text())


# The press


async def test_each_is_sent_once_bound_to_what_stood_there(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    desk.manager.gate.clear()
    for _ in range(50):
        click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 4)  # a few at a time
    desk.manager.gate.set()
    await until(lambda: len(desk.manager.submitted) == 6)
    for intent, row in zip(desk.manager.submitted, samples.positions(), strict=True):
        assert isinstance(intent, ClosePosition)
        assert (intent.key, intent.qty, intent.side, intent.life_id) == (row.key, row.size, row.side, row.life_id)
        assert (intent.order_type, intent.reason) == ("Market", "close_all")
    assert dialog.isVisible()


async def test_by_keyboard_in_live_it_takes_the_word_and_the_button(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened, "live")
    assert dialog.frame.status.text() == "Type CLOSE ALL to confirm"
    dialog.word.setFocus()
    QTest.keyClicks(dialog.word, "close al")
    QTest.keyClick(dialog.word, ENTER)
    assert not dialog.frame.action.isEnabled()
    QTest.keyClicks(dialog.word, "l")
    QTest.keyClick(dialog.word, ENTER)
    assert QApplication.focusWidget() is dialog.frame.action
    assert desk.manager.submitted == []
    QTest.keyClick(dialog.frame.action, ENTER)
    await until(lambda: len(desk.manager.submitted) == 6)
    assert dialog.word.isHidden() or not dialog.word.isVisible()


async def test_a_stray_enter_only_cancels(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    QTest.keyClick(QApplication.focusWidget(), ENTER)
    await until(lambda: dialog.is_closed)
    assert desk.manager.submitted == []


async def test_a_list_that_changed_is_named_and_shields_the_button(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    desk.remove(LINK)
    desk.move(size=D("15.0"))
    await until(lambda: not dialog.frame.changes.isHidden())
    assert dialog.frame.changes.text == (
        "The list changed while this was open LINKUSDT Long is gone, SOLUSDT Long is now 15.0, was 20.0."
    )
    await until(dialog.frame.action.isEnabled)
    assert dialog.frame.action.text() == "Close 5 positions"


async def test_a_press_on_an_old_list_sends_nothing(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    newer = msgspec.structs.replace(desk.snapshot, version=99, positions=desk.snapshot.positions[1:])
    desk.bridge._newest = newer  # known, not painted
    click(dialog.frame.action)
    assert desk.manager.submitted == []
    assert not dialog.frame.action.isEnabled()
    await until(dialog.frame.action.isEnabled)
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 5)


async def test_moving_prices_are_no_change(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    desk.move(mark_price=D("125.00"))
    await until(lambda: said(dialog, "SOLUSDT", "fill")[0] == "125.00")
    assert dialog.frame.changes.isHidden()
    assert dialog.frame.action.isEnabled()


# Until each verdict


async def sent(opened: Opened, environment: str = "paper") -> tuple[Desk, CloseAllDialog]:
    desk, dialog = await dialog_on(opened, environment)
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 6)
    await until(lambda: said(dialog, "SOLUSDT", "progress")[0] == "accepted")
    return desk, dialog


async def test_each_row_tells_its_own_end(opened: Opened) -> None:
    desk, dialog = await sent(opened)
    assert dialog.frame.action.isHidden()
    assert dialog.frame.cancel.text() == "Close window"
    order = [intent.symbol for intent in desk.manager.submitted]
    ends: dict[str, dict[str, Any]] = {
        "SOLUSDT": {"filled_qty": D("20.0")}, "ETHUSDT": {"filled_qty": D("0.60")}, "BTCUSDT": {"state": "unknown"},
        "AVAXUSDT": {"state": "no_trace"}, "LINKUSDT": {"state": "refused", "ret_code": 110017, "detail": "zero"},
        "1000PEPEUSDT": {"state": "accepted"},
    }  # fmt: skip
    desk.change(commands=tuple(told(desk, order.index(symbol), **end) for symbol, end in ends.items()))
    await until(lambda: said(dialog, "SOLUSDT", "progress")[0] == "done")
    assert said(dialog, "SOLUSDT", "progress") == ("done", "Closed 20.0 of 20.0.")
    assert said(dialog, "ETHUSDT", "progress") == ("done in part", "Closed 0.60 of 1.50.")
    assert said(dialog, "BTCUSDT", "progress")[0] == "outcome unknown"
    assert said(dialog, "AVAXUSDT", "progress") == ("no trace", "retrying is safe")
    assert said(dialog, "LINKUSDT", "progress") == ("refused", "Code 110017: zero")
    assert dialog.frame.status.text() == "2 of 6 done · 1 on the way · 2 unknown · 1 refused"
    assert "AVAXUSDT Short: No trace of the order after 3 checks. Retrying is safe (same order id)" in (
        dialog.frame.trouble.text
    )


async def test_rows_stay_when_their_positions_are_gone(opened: Opened) -> None:
    desk, dialog = await sent(opened)
    desk.change(positions=(), commands=tuple(told(desk, n, filled_qty=D(1)) for n in range(6)))
    await until(lambda: dialog.run.is_over)
    assert dialog.table.rowCount() == 6
    assert dialog.frame.status.text() == "6 of 6 done"
    assert dialog.frame.changes.isHidden()


async def test_what_left_no_trace_is_retried_from_its_row(opened: Opened) -> None:
    desk, dialog = await sent(opened)
    number = [intent.symbol for intent in desk.manager.submitted].index("ETHUSDT")
    desk.change(commands=(told(desk, number, state="no_trace"),))
    await until(lambda: said(dialog, "ETHUSDT", "retry")[0] == "Retry")
    place = dialog.view.button_rect(ETH, "retry").center()
    desk.manager.gate.clear()
    for _ in range(5):
        QTest.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.manager.gate.set()
    await until(lambda: said(dialog, "ETHUSDT", "progress")[0] == "accepted")
    assert desk.manager.retried == [f"c-{number + 1}"]
    assert len(desk.manager.submitted) == 6


async def test_what_the_desk_refuses_is_told_on_its_row(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    desk.manager.answer = BadValue("not_armed")
    click(dialog.frame.action)
    await until(lambda: dialog.run.is_over)
    assert said(dialog, "SOLUSDT", "progress") == ("not sent", "Trading is locked. Arm it in the top bar first.")
    assert dialog.frame.status.text() == "0 of 6 done · 6 refused"
    assert desk.failures == []


async def test_escape_stops_what_waits_and_only_then_closes(opened: Opened) -> None:
    desk, dialog = await dialog_on(opened)
    desk.manager.gate.clear()
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 4)
    assert dialog.frame.cancel.text() == "Stop"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    desk.manager.gate.set()
    await until(lambda: said(dialog, "BTCUSDT", "progress")[0] == "accepted")
    assert said(dialog, "SOLUSDT", "progress")[0] == "not sent: stopped"
    assert len(desk.manager.submitted) == 4
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: dialog.is_closed)


async def test_an_answer_after_the_window_is_gone_troubles_nobody(qt_loop: object) -> None:
    desk = Desk(samples.snapshot(commands=()))
    dialog = CloseAllDialog(desk.bridge)
    desk.manager.gate.clear()
    click(dialog.frame.action)
    await until(lambda: len(desk.manager.submitted) == 4)
    sip.delete(dialog)  # as its window does on the way out
    desk.manager.gate.set()
    desk.move(mark_price=D("125"))
    await until(lambda: not desk.bridge._tasks)
    assert len(desk.manager.submitted) == 4  # nothing more is sent for a dialog that nobody sees
    assert desk.failures == []


async def test_the_words_to_type_are_shown(opened: Opened) -> None:
    _, dialog = await dialog_on(opened, "live")
    assert WORD in dialog.word.placeholderText()
    assert WORD in dialog.word.accessibleName()


async def test_sol_is_named_by_symbol_side_size_value_and_environment(opened: Opened) -> None:
    """RELIABILITY S47."""
    _, dialog = await dialog_on(opened, "live")
    assert dialog.frame.environment.text == "LIVE"
    row = next(row for row in dialog.rows if row.key == SOL)
    words = " ".join(" ".join(dialog.table.words(dialog.rows.index(row), n)) for n in range(6))
    for part in ("SOLUSDT", "Long", "20.0 SOL", "2,448.00", "+438.00", "0.3 s"):
        assert part in words
