"""Acting by hand on the paper exchange: each press at most once, each end visible, whatever happens meanwhile.

The exchange is one process for the whole module; each story uses positions of its own.
"""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core import resolver
from core.model import PositionKey
from gui.dialogs import window as form_window
from gui.dialogs.cancel_orders import CancelOrdersDialog
from gui.dialogs.close_all import CloseAllDialog
from gui.dialogs.leaving import LeavingDialog
from gui.dialogs.timeline import TimelineDialog
from gui.leaving import see_off
from gui.words import order_kind
from tests.paper_fixture import PaperProcess
from tests.stories.window import (
    SOL,
    Desk,
    acting,
    click,
    fill_in_close,
    held,
    size_of,
    type_into,
)

D = Decimal
ETH = PositionKey("linear", "ETHUSDT", 0)
LINK = PositionKey("linear", "LINKUSDT", 0)
AVAX = PositionKey("linear", "AVAXUSDT", 0)
PEPE = PositionKey("linear", "1000PEPEUSDT", 0)
CREATE, STOPS, CANCEL = "/v5/order/create", "/v5/position/trading-stop", "/v5/order/cancel"
pytestmark = pytest.mark.usefixtures("dressed")
NO_TRACE = "No trace of the order after 3 checks. Retrying is safe (same order id)"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real waits are 13 s until "no trace" and 0.8 s of shield: the order of events is the same in less."""
    monkeypatch.setattr(resolver, "NO_TRACE_AFTER_S", 2.5)
    monkeypatch.setattr(resolver, "SWEEPS_OVER_S", 1.5)
    monkeypatch.setattr(form_window, "SHIELD_MS", 50)


def newest_command(desk: Desk) -> Any:
    return desk.manager.snapshot.commands[0]


async def test_a_hundred_clicks_in_a_tenth_of_a_second_are_one_order(qt_loop: object, exchange: PaperProcess) -> None:
    """F54, P6."""
    before = size_of(exchange, "SOLUSDT")
    async with acting(exchange) as desk:
        dialog = await fill_in_close(desk, "1", SOL)
        for number in range(100):
            click(dialog.frame.action)
            if number % 10 == 0:
                await asyncio.sleep(0.01)
        await desk.gone()
        await desk.shown(lambda: desk.held().size == before - 1)
        await desk.shown(lambda: "closing" not in desk.row_text())
        assert len(exchange.requests(CREATE)) == 1
    assert size_of(exchange, "SOLUSDT") == before - 1


async def test_two_presses_on_one_position_are_one_order(qt_loop: object, exchange: PaperProcess) -> None:
    """A second dialog while the first command is on its way is refused in words, and sends nothing."""
    exchange.incident("hold_fills")
    try:
        async with acting(exchange) as desk:
            first = await fill_in_close(desk, "1", SOL)
            click(first.frame.action)
            await desk.gone()
            await desk.shown(lambda: "closing" in desk.row_text())
            desk.window.open_close_dialog(SOL)  # the row offers no second close; the keyboard of a program might
            second = await desk.opened()
            assert not second.frame.action.isEnabled()
            assert second.frame.status.text() == "An earlier command for this position is still on its way."
            click(second.frame.action)
            second.reject()
            exchange.incident("release_fills")
            await desk.shown(lambda: newest_command(desk).state == "done")
            assert len(exchange.requests(CREATE)) == 1
    finally:
        exchange.incident("release_fills")


async def test_the_stop_fires_while_its_dialog_is_open(qt_loop: object, exchange: PaperProcess) -> None:
    """F58, P8: the dialog says so and can send nothing."""
    mark = D(held(exchange, "ETHUSDT")["markPrice"])
    side = held(exchange, "ETHUSDT")["side"]
    sign = -1 if side == "Buy" else 1
    stop = str((mark * (1 + sign * D("0.02"))).quantize(D("0.1")))
    exchange.do(
        STOPS, category="linear", symbol="ETHUSDT", positionIdx=0, tpslMode="Full", stopLoss=stop,
        slTriggerBy="MarkPrice",
    )  # fmt: skip
    async with acting(exchange) as desk:
        await desk.shown(lambda: desk.held(ETH).stop_loss == D(stop))
        dialog = await desk.press("edit_stops", ETH)
        type_into(dialog.stop_loss.edits["price"], str((mark * (1 + sign * D("0.01"))).quantize(D("0.1"))))
        await desk.shown(dialog.frame.action.isEnabled)
        beyond = str((mark * (1 + sign * D("0.03"))).quantize(D("0.1")))
        exchange.incident("price", symbol="ETHUSDT", last=beyond, mark=beyond, index=beyond)
        await desk.shown(lambda: "no longer open" in dialog.frame.trouble.text)
        assert not dialog.frame.action.isEnabled()
        assert "an exit filled" in dialog.frame.trouble.text
        click(dialog.frame.action)
        QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
        assert dialog.frame.cancel.text() == "Close window"
        click(dialog.frame.cancel)
        await desk.gone()
        await desk.shown(lambda: desk.row_text(ETH) == "")
        assert exchange.requests(STOPS) == []
    assert size_of(exchange, "ETHUSDT") == 0


async def test_another_client_closes_while_the_dialog_is_open(qt_loop: object, exchange: PaperProcess) -> None:
    """F55, P7: harmless, and explained."""
    other = exchange.new_client()
    row = held(exchange, "LINKUSDT")
    async with acting(exchange) as desk:
        dialog = await desk.press("close", LINK)
        await desk.shown(dialog.frame.action.isEnabled)
        exit_side = "Sell" if row["side"] == "Buy" else "Buy"
        half = str((D(row["size"]) / 2).quantize(D("0.1")))
        order = {"category": "linear", "symbol": "LINKUSDT", "side": exit_side, "orderType": "Market",
                 "reduceOnly": True, "positionIdx": 0}  # fmt: skip
        await asyncio.to_thread(other.do, CREATE, **order, qty=half)
        await desk.shown(lambda: not dialog.frame.changes.isHidden())
        assert "The position changed while this was open" in dialog.frame.changes.text
        await desk.shown(lambda: dialog.frame.action.text() == f"Close {D(row['size']) - D(half)} LINK")
        await asyncio.to_thread(other.do, CREATE, **order, qty=row["size"])
        await desk.shown(lambda: "This position is no longer open." in dialog.frame.trouble.text)
        assert not dialog.frame.action.isEnabled()
        dialog.reject()
        await desk.shown(lambda: desk.row_text(LINK) == "")
        assert len(exchange.requests(CREATE)) == 2  # both of the other client
        assert desk.manager.snapshot.commands == ()


async def test_a_lost_answer_is_unknown_and_then_resolved_on_the_row(qt_loop: object, exchange: PaperProcess) -> None:
    """F3, F37: executed, but nobody said so."""
    before = size_of(exchange, "SOLUSDT")
    async with acting(exchange) as desk:
        dialog = await fill_in_close(desk, "1", SOL)
        exchange.arm("reset_after", CREATE, count=1)
        exchange.arm("drop", {"topic": "order"})  # the private stream is silent about it as well
        exchange.arm("drop", {"topic": "execution"})
        exchange.arm("drop", {"topic": "position"})
        for path in ("/v5/order/realtime", "/v5/order/history", "/v5/execution/list"):
            exchange.arm("hide_young", path, args={"ms": 60_000})
        click(dialog.frame.action)
        await desk.shown(lambda: dialog.frame.status.text() == "Outcome unknown")
        assert "not known whether Bybit carried this out" in dialog.frame.trouble.text
        assert "fail" not in dialog.frame.trouble.text.lower()
        await desk.shown(lambda: "asking Bybit" in desk.row_text())
        exchange.disarm()
        await desk.shown(lambda: dialog.frame.trouble.text.startswith("Bybit has carried it out."), 20)
        assert dialog.frame.action.isHidden()
        await desk.shown(lambda: "closing" not in desk.row_text())
        await desk.shown(lambda: desk.held().size == before - 1)
        dialog.reject()
        await desk.gone()
        assert len(exchange.requests(CREATE)) == 1
    assert size_of(exchange, "SOLUSDT") == before - 1


async def test_without_a_trace_the_same_order_is_sent_again_from_the_row(
    qt_loop: object, exchange: PaperProcess
) -> None:
    """F4, F38: it never arrived; the row says so in the words of RELIABILITY 1.4, and Retry carries the same id."""
    before = size_of(exchange, "SOLUSDT")
    async with acting(exchange) as desk:
        dialog = await fill_in_close(desk, "1", SOL)
        exchange.arm("reset_before", CREATE, count=1)
        click(dialog.frame.action)
        await desk.shown(lambda: dialog.frame.trouble.text.startswith(NO_TRACE), 20)
        assert dialog.frame.action.text() == "Retry"
        dialog.reject()
        await desk.gone()
        await desk.shown(lambda: NO_TRACE in desk.row_text())
        assert "Retry…" in desk.row_text()
        again = await desk.press("close")
        assert again.frame.trouble.text.startswith(NO_TRACE)
        for _ in range(10):
            click(again.frame.action)
        await desk.gone()
        await desk.shown(lambda: desk.held().size == before - 1)
        await desk.shown(lambda: NO_TRACE not in desk.row_text())
        asked = exchange.requests(CREATE)
        assert len(asked) == 2
        assert len({request["fields"]["orderLinkId"] for request in asked}) == 1
        desk.window.opener.timeline(newest_command(desk).command_id)
        story = await desk.opened()
        assert isinstance(story, TimelineDialog)
        steps = [story.table.words(row, 0)[0] for row in range(story.table.rowCount())]
        assert steps[:2] == ["Asked", "Sent"]  # this desk keeps no journal
        assert steps.count("Sent") == 3  # sent, asked for once more, sent
        assert steps[-2:] == ["Evidence", "Verdict"]
        story.reject()
        await desk.gone()
    assert size_of(exchange, "SOLUSDT") == before - 1


async def test_stops_of_parts_are_added_and_cancelled(qt_loop: object, exchange: PaperProcess) -> None:
    """F61: each is added once, and each is an order that can be cancelled by its own question."""
    row = held(exchange, "AVAXUSDT")
    mark, sign = D(row["markPrice"]), 1 if row["side"] == "Buy" else -1
    target = str((mark * (1 + sign * D("0.05"))).quantize(D("0.001")))
    async with acting(exchange) as desk:
        dialog = await desk.press("edit_stops", AVAX)
        click(dialog.mode._segments["Partial"])
        type_into(dialog.partial.part.edit, "5")
        type_into(dialog.partial.take_profit.edits["price"], target)
        await desk.shown(dialog.frame.action.isEnabled)
        assert dialog.frame.action.text() == "Add TP for 5.0"
        for _ in range(5):
            click(dialog.frame.action)
        await desk.gone()
        await desk.shown(lambda: newest_command(desk).state == "done")
        assert len(exchange.requests(STOPS)) == 1
        again = await desk.press("edit_stops", AVAX)
        click(again.mode._segments["Partial"])
        page = again.partial
        await desk.shown(lambda: page.standing.rowCount() == 1)
        order = page.standing.record(0)
        assert (order.trigger_price, order.qty) == (D(target), D(5))
        QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton,
                         pos=page.view.button_rect(order.order_id, "cancel").center())  # fmt: skip
        await desk.shown(lambda: again.findChild(CancelOrdersDialog) is not None)
        question = again.findChild(CancelOrdersDialog)
        await desk.shown(question.frame.action.isEnabled)
        click(question.frame.action)
        await desk.shown(lambda: question.run.is_over)
        assert question.frame.status.text() == "1 of 1 done"
        await desk.shown(lambda: page.standing.rowCount() == 0)
        question.reject()
        again.reject()
        await desk.gone()
        rows = exchange.rows("/v5/order/realtime", category="linear", symbol="AVAXUSDT")
        assert order.order_id not in {row["orderId"] for row in rows if row["orderStatus"] == "Untriggered"}


async def test_an_edit_of_stops_is_taken_back_with_the_keyboard(qt_loop: object, exchange: PaperProcess) -> None:
    row = held(exchange, "AVAXUSDT")
    mark, sign = D(row["markPrice"]), 1 if row["side"] == "Buy" else -1
    former = D(row["stopLoss"] or "0")
    moved = (mark * (1 - sign * D("0.04"))).quantize(D("0.001"))
    async with acting(exchange) as desk:
        dialog = await desk.press("edit_stops", AVAX)
        type_into(dialog.stop_loss.edits["price"], str(moved))
        await desk.shown(dialog.frame.action.isEnabled)
        QTest.keyClick(dialog.stop_loss.edits["price"], Qt.Key.Key_Return)
        assert dialog.focusWidget() is dialog.frame.action
        QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
        await desk.gone()
        await desk.shown(lambda: desk.held(AVAX).stop_loss == moved)
        # What the window has shown is what its keys act on.
        await desk.shown(lambda: (shown := desk.window.facts.snapshot) and shown.stop_changes.get(AVAX))
        view = desk.window.tabs.positions.view
        view.select_key(AVAX)
        desk.window.activateWindow()
        view.setFocus()
        await desk.shown(view.hasFocus)
        QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        undo = await desk.opened()
        assert len(exchange.requests(STOPS)) == 1  # opening sends nothing
        await desk.shown(undo.frame.action.isEnabled)
        undo.frame.action.setFocus()
        QTest.keyClick(undo.frame.action, Qt.Key.Key_Return)
        await desk.gone()
        await desk.shown(lambda: (desk.held(AVAX).stop_loss or D(0)) == former)
        assert desk.manager.snapshot.stop_changes[AVAX][-1].reason == "undo"
    assert D(held(exchange, "AVAXUSDT")["stopLoss"] or "0") == former


async def test_selected_orders_are_cancelled_after_a_question(qt_loop: object, exchange: PaperProcess) -> None:
    mark = D(held(exchange, "SOLUSDT")["markPrice"])
    away = [str((mark * share).quantize(D("0.01"))) for share in (D("0.7"), D("0.72"))]
    made = [
        exchange.do(
            CREATE, category="linear", symbol="SOLUSDT", side="Buy", orderType="Limit", qty="1", price=price,
            timeInForce="GTC", positionIdx=0,
        )["orderId"]
        for price in away
    ]  # fmt: skip
    async with acting(exchange) as desk:
        desk.window.tabs.show_tab("orders")
        view = desk.window.tabs.present.view
        await desk.shown(lambda: all(view.table.row_of(("linear", order)) is not None for order in made))
        view.clearSelection()
        for order in made:
            view.selectionModel().select(
                view.table.index(view.table.row_of(("linear", order)), 0),
                view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
            )
        await desk.shown(desk.window.tabs.buttons.cancel_selected.isEnabled)
        click(desk.window.tabs.buttons.cancel_selected)
        dialog = await desk.opened()
        assert dialog.frame.action.text() == "Cancel 2 orders"
        assert order_kind("Limit", "") == dialog.table.words(0, 1)[0]
        assert exchange.requests(CANCEL) == []
        click(dialog.frame.action)
        await desk.shown(lambda: dialog.run.is_over)
        assert dialog.frame.status.text() == "2 of 2 done"
        assert {request["fields"]["orderId"] for request in exchange.requests(CANCEL)} == set(made)
        dialog.reject()
        await desk.gone()


async def test_leaving_waits_for_the_word_of_the_exchange(qt_loop: object, exchange: PaperProcess) -> None:
    """F106, P10: stay, or leave when the verdict is there, or when the time is over."""
    exchange.incident("hold_fills")
    try:
        async with acting(exchange) as desk:
            dialog = await fill_in_close(desk, "1", SOL)
            click(dialog.frame.action)
            await desk.shown(lambda: desk.manager.snapshot.commands and newest_command(desk).state == "accepted")
            await desk.gone()
            desk.window.close()
            assert desk.window.isVisible()  # what is waited for is said in it

            leaving = asyncio.ensure_future(see_off(desk.window, desk.bridge, desk.manager, 10))
            question = await desk.opened()
            assert isinstance(question, LeavingDialog)
            assert question.table.texts() == [("SOLUSDT · Close position 1.0", "accepted")]
            click(question.frame.cancel)
            assert await leaving is False  # the operator stays

            leaving = asyncio.ensure_future(see_off(desk.window, desk.bridge, desk.manager, 10))
            await desk.opened()
            exchange.incident("release_fills")
            assert await leaving is True
            assert newest_command(desk).state == "done"
            await desk.gone()
    finally:
        exchange.incident("release_fills")


async def test_leaving_does_not_wait_for_ever(qt_loop: object, exchange: PaperProcess) -> None:
    exchange.incident("hold_fills")
    try:
        async with acting(exchange) as desk:
            dialog = await fill_in_close(desk, "1", SOL)
            click(dialog.frame.action)
            await desk.shown(lambda: desk.manager.snapshot.commands and newest_command(desk).state == "accepted")
            await desk.gone()
            assert await see_off(desk.window, desk.bridge, desk.manager, 0.5) is True
            assert newest_command(desk).is_open  # the next start will ask for it
            await desk.gone()
    finally:
        exchange.incident("release_fills")


async def test_close_all_tells_each_end_and_leaves_nothing_open(qt_loop: object, exchange: PaperProcess) -> None:
    """The last story of this module: it empties the account."""
    async with acting(exchange) as desk:
        count = len(desk.manager.snapshot.positions)
        assert count >= 3
        click(desk.window.tabs.buttons.close_all)
        dialog = await desk.opened()
        assert isinstance(dialog, CloseAllDialog)
        assert dialog.table.rowCount() == count
        await desk.shown(lambda: all(row.outcome and row.outcome.source == "book" for row in dialog.rows), 15)
        assert dialog.frame.action.text() == f"Close {count} positions"
        assert exchange.requests(CREATE) == []
        for _ in range(20):
            click(dialog.frame.action)
        await desk.shown(lambda: dialog.run.is_over, 20)
        assert dialog.frame.status.text() == f"{count} of {count} done"
        assert len(exchange.requests(CREATE)) == count
        dialog.reject()
        await desk.gone()
        await desk.shown(lambda: desk.window.tabs.positions.table.rowCount() == 0)
        assert not desk.window.tabs.buttons.close_all.isEnabled()
    rows = exchange.rows("/v5/position/list", category="linear", settleCoin="USDT")
    assert [row for row in rows if row["size"] != "0"] == []
