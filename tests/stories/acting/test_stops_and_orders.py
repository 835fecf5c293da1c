"""F58-F66: stops and orders through real dialogs and sockets; and what only bots ask for, who have no dialog."""

import pytest

from core import actions
from core.errors import BadValue
from core.intents import OpenPosition
from core.manager import PositionManager
from core.model import Command
from tests.paper_fixture import PaperProcess
from tests.stories.acting.hands import (
    CANCEL,
    CREATE,
    ETH,
    RARELY,
    STOPS,
    D,
    carried_out,
    confirm,
    ended,
    fill_in_stop,
    in_turn,
    keep_silent,
    press_cancel,
    priced,
    said,
    settled,
)
from tests.stories.desk import managed
from tests.stories.window import Desk, click, desk_on, type_into

pytestmark = pytest.mark.usefixtures("dressed")
NOTHING_LEFT = (
    "The position is closed; there is nothing left to protect. "
    "It was closed by a stop, another program, or Bybit itself."
)


async def verdict(manager: PositionManager, command: Command) -> Command:
    """The command with its verdict, for what has no dialog."""
    found = await manager.verdict(command.command_id, 60)
    assert not found.is_open, found
    return found


def stop_orders(paper: PaperProcess, kind: str) -> list[dict]:
    rows = paper.rows("/v5/order/realtime", category="linear", symbol="ETHUSDT", limit=50)
    return [row for row in rows if row["stopOrderType"] == kind]


async def test_a_stop_for_a_position_that_is_gone_says_so(
    qt_loop: object, paper: PaperProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F59: it was closed between the last thing that the desk heard and the click. F58 is in test_acting_desk.py."""
    monkeypatch.setattr(actions, "FRESH_S", 3_600.0)
    async with desk_on(paper, intervals=RARELY) as desk:
        await settled(desk, paper)
        dialog = await fill_in_stop(desk, priced(desk, "0.95"))
        keep_silent(paper)
        paper.incident("trade", symbol="ETHUSDT", side="Sell", qty="1.50")
        refused = await ended(desk, await confirm(desk, dialog))
        assert (refused.state, refused.detail) == ("refused", "position_gone")
        await said(desk, dialog, NOTHING_LEFT)
        dialog.reject()
        await desk.shown(lambda: desk.row_text(ETH) == "")
        assert len(paper.requests(STOPS)) == 1


async def test_answers_to_stops_and_cancels_that_are_lost(qt_loop: object, paper: PaperProcess) -> None:
    """F60, F61, F63, and undo."""
    await in_turn(
        paper, a_stop_is_verified, a_stop_that_never_arrived_is_asked_for_again, a_partial_stop_is_never_added_twice,
        an_activation_price_is_read_off_its_order, somebody_else_edits_and_nothing_is_taken_back, a_cancel_is_verified,
    )  # fmt: skip


async def a_stop_is_verified(desk: Desk, paper: PaperProcess) -> None:
    """F60: unknown, then read off the position's row; sent once."""
    price = priced(desk, "0.95")
    dialog = await fill_in_stop(desk, price)
    keep_silent(paper)
    paper.arm("reset_after", STOPS, count=1)
    command = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.sending.phase == "unknown")
    await said(desk, dialog, "Bybit has carried it out.")
    dialog.reject()
    assert (await ended(desk, command)).evidence == "position row"
    await desk.shown(lambda: desk.seen(ETH).stop_loss == D(price))
    assert len(paper.requests(STOPS)) == 1


async def a_stop_that_never_arrived_is_asked_for_again(desk: Desk, paper: PaperProcess) -> None:
    """F60: the row shows that it is not there; nothing is sent again until somebody asks for it."""
    price = priced(desk, "0.94")
    dialog = await fill_in_stop(desk, price)
    paper.arm("reset_before", STOPS, count=1)
    command = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.frame.trouble.text.startswith("No trace of these stops after 3 checks."))
    assert (dialog.frame.action.text(), len(paper.requests(STOPS))) == ("Retry", 1)
    click(dialog.frame.action)
    await desk.gone()
    done = await ended(desk, command)
    assert (done.state, done.attempts, len(paper.requests(STOPS))) == ("done", 2, 2)
    await desk.shown(lambda: desk.seen(ETH).stop_loss == D(price))


async def a_partial_stop_is_never_added_twice(desk: Desk, paper: PaperProcess) -> None:
    """F61: Bybit only adds; so the desk looks for it, finds it, and offers no second one."""
    dialog = await desk.press("edit_stops", ETH)
    click(dialog.mode._segments["Partial"])
    type_into(dialog.partial.part.edit, "0.5")
    type_into(dialog.partial.stop_loss.edits["price"], priced(desk, "0.97"))
    await desk.shown(dialog.frame.action.isEnabled)
    keep_silent(paper)
    paper.arm("reset_after", STOPS, count=1)
    command = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.sending.phase == "unknown")
    await said(desk, dialog, "Bybit has carried it out.")
    assert dialog.frame.action.isHidden()
    dialog.reject()
    done = await ended(desk, command)
    assert (done.state, done.evidence) == ("done", "stop orders")
    assert len(stop_orders(paper, "PartialStopLoss")) == 1
    with pytest.raises(BadValue, match="not_retryable"):
        await desk.manager.retry(done.command_id)


async def an_activation_price_is_read_off_its_order(desk: Desk, paper: PaperProcess) -> None:
    """F60: the position's row shows the distance alone, which stays as it is."""
    for distance, ratio in (("50", "1.05"), (None, "1.06")):
        dialog = await desk.press("edit_stops", ETH)
        if distance:
            type_into(dialog.trailing.edits["distance"], distance)
        type_into(dialog.trailing.edits["active"], active := priced(desk, ratio))
        await desk.shown(dialog.frame.action.isEnabled)
        if not distance:
            keep_silent(paper)
            paper.arm("reset_after", STOPS, count=1)
        command = await confirm(desk, dialog)
        if not distance:
            await said(desk, dialog, "Bybit has carried it out.")
            dialog.reject()
        await desk.gone()
        assert (await ended(desk, command)).state == "done"
        assert [row["triggerPrice"] for row in stop_orders(paper, "TrailingStop")] == [active]
        armed = D(active)
        await desk.shown(lambda armed=armed: armed in {order.trigger_price for order in desk.snapshot.orders})
    dialog = await desk.press("edit_stops", ETH)
    type_into(dialog.trailing.edits["distance"], "60")
    await desk.shown(dialog.frame.action.isEnabled)
    assert (await ended(desk, await confirm(desk, dialog))).state == "done"
    await desk.gone()
    await desk.shown(lambda: desk.seen(ETH).trailing_stop == D(60))
    assert [row["triggerPrice"] for row in stop_orders(paper, "TrailingStop")] == [active], (
        "unchanged, as the field says"
    )
    dialog = await desk.press("edit_stops", ETH)
    await desk.shown(dialog.history.undo.isEnabled)
    click(dialog.history.undo)
    assert (await ended(desk, await confirm(desk, dialog))).state == "done"
    await desk.gone()
    assert [row["triggerPrice"] for row in stop_orders(paper, "TrailingStop")] == [active], "it waits again"


async def somebody_else_edits_and_nothing_is_taken_back(desk: Desk, paper: PaperProcess) -> None:
    """Undo is for the desk's own last edit, while nobody has changed the stops since."""
    dialog = await fill_in_stop(desk, priced(desk, "0.95"))
    ours = await confirm(desk, dialog)
    await desk.gone()
    assert (await ended(desk, ours)).state == "done"
    elsewhere = priced(desk, "0.96")
    paper.do(STOPS, category="linear", symbol="ETHUSDT", positionIdx=0, tpslMode="Full", stopLoss=elsewhere)
    await desk.shown(lambda: desk.seen(ETH).stop_loss == D(elsewhere))
    again = await desk.press("edit_stops", ETH)
    await desk.shown(lambda: again.history.last.text().endswith("elsewhere"))
    assert not again.history.undo.isEnabled()
    again.reject()
    await desk.gone()
    with pytest.raises(BadValue, match="nothing_to_undo"):
        await desk.manager.undo_stops(ETH)


def place_limit(paper: PaperProcess) -> str:
    """A resting order that somebody else made; its id."""
    last = D(paper.rows("/v5/market/tickers", category="linear", symbol="ETHUSDT")[0]["lastPrice"])
    return paper.do(
        CREATE, category="linear", symbol="ETHUSDT", side="Sell", orderType="Limit", qty="0.50",
        price=str((last * D("1.04")).quantize(D("0.01"))), reduceOnly=True, positionIdx=0,
    )["orderId"]  # fmt: skip


async def a_cancel_is_verified(desk: Desk, paper: PaperProcess) -> None:
    """F63: the answer is lost; what the list of orders says is what the dialog says."""
    order_id = place_limit(paper)
    question = await press_cancel(desk, order_id)
    paper.arm("reset_after", CANCEL, count=1)
    await carried_out(desk, question)
    await desk.shown(lambda: all(order.order_id != order_id for order in desk.snapshot.orders))
    assert len(paper.requests(CANCEL)) == 1


# ---- for bots: there is no dialog -----------------------------------------------------------------------------------


async def test_what_bots_ask_for_is_carried_out_and_proven(paper: PaperProcess) -> None:
    """An order amended, a position opened with mode, leverage and stop, a leverage set."""
    order_id = place_limit(paper)
    async with managed(paper) as manager:
        order = next(o for o in manager.snapshot.orders if o.order_id == order_id)
        amended = await verdict(manager, await manager.amend_order(order, price=order.price + D("0.10")))
        assert amended.state == "done"
        assert (await verdict(manager, await manager.set_leverage("ETHUSDT", D(4)))).state == "done"
        assert manager.get_position(ETH).leverage == 4
        manager.max_concurrent_positions = None
        last = D(paper.rows("/v5/market/tickers", category="linear", symbol="XRPUSDT")[0]["lastPrice"])
        intent = OpenPosition(
            symbol="XRP/USDT:USDT", side="Sell", position_idx=2, qty=D("100.0"), leverage=D(7),
            order_type="Limit", price=(last * D("0.99")).quantize(D("0.0001")),
            stop_loss=(last * D("1.1")).quantize(D("0.0001")),
        )  # fmt: skip
        done = await manager.open_position(intent)
        assert done.state == "done"
        row = (await manager.until(lambda s: s.position("XRPUSDT", 2) is not None, 60)).position("XRPUSDT", 2)
        assert (row.side, row.size, row.leverage) == ("Sell", D(100), D(7))


async def test_a_key_that_may_only_look_makes_a_monitor(paper_factory) -> None:
    """P39, F99: core refuses as well; what the window leaves out is in tests/stories/test_rights.py."""
    paper = paper_factory()
    paper.control("change_key", preset="read_only")
    async with managed(paper) as manager:
        assert manager.snapshot.is_read_only
        manager.set_armed(True)
        with pytest.raises(BadValue, match="read_only"):
            await manager.close_position(ETH)
        assert paper.requests(CREATE) == []
