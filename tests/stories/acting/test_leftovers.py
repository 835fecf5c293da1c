"""F62-F66, P9: what outlives its position is found and cancelled, or stays in sight until somebody has seen to it."""

from functools import partial
from typing import Any

import pytest

from core.model import Order, PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.acting.hands import (
    AMEND,
    CANCEL,
    ETH,
    STOPS,
    carried_out,
    close,
    confirm,
    ended,
    fill_in_stop,
    in_turn,
    keep_silent,
    press_cancel,
    priced,
)
from tests.stories.acting.leftovers import a_stop_of_its_own, badge, is_gone, is_listed, orders_of
from tests.stories.desk import until
from tests.stories.window import Desk, click, type_into

pytestmark = pytest.mark.usefixtures("dressed")
BTC_LONG, BTC_SHORT = PositionKey("linear", "BTCUSDT", 1), PositionKey("linear", "BTCUSDT", 2)


async def close_all_of_it(desk: Desk, order_id: str) -> None:
    """Close the position by hand once the desk knows its stop."""
    await desk.shown(lambda: order_id in orders_of(desk))
    assert (await ended(desk, await close(desk, key=ETH))).state == "done"
    await desk.shown(lambda: desk.row_text(ETH) == "")


CANCELS = (
    ("reset_after", {}, 1),  # it was cancelled, and nobody said so
    ("ret_code", {"code": 110001, "executed": True}, 1),  # gone already: the list agrees
    ("ret_code", {"code": 110001, "executed": False}, 2),  # said to be gone, and it is not
    ("ret_code", {"code": 110010, "executed": False}, 2),
    ("http_status", {"status": 502, "executed": False}, 2),
)


async def test_a_stop_of_ours_that_outlives_its_position_is_cancelled(qt_loop: object, paper: PaperProcess) -> None:
    """F62, F63, F64."""
    stories = (partial(a_cancel_goes_wrong, *cancel) for cancel in CANCELS)
    await in_turn(paper, nothing_goes_wrong, *stories, an_edit_unbinds_a_leg)


async def nothing_goes_wrong(desk: Desk, paper: PaperProcess) -> None:
    """F62."""
    order_id = a_stop_of_its_own(paper)
    await close_all_of_it(desk, order_id)
    await is_gone(desk, paper, order_id)


async def a_cancel_goes_wrong(
    fault: str, arguments: dict[str, Any], cancels: int, desk: Desk, paper: PaperProcess
) -> None:
    """F63: a cancel is believed by the list of orders only."""
    order_id = a_stop_of_its_own(paper)
    paper.arm(fault, CANCEL, count=1, args=arguments)
    await close_all_of_it(desk, order_id)
    await is_gone(desk, paper, order_id)
    assert len(paper.requests(CANCEL)) == cancels


async def an_edit_unbinds_a_leg(desk: Desk, paper: PaperProcess) -> None:
    """F64: an edit of the take profit alone, elsewhere, unbinds the pair; its cancel leaves the stop loss standing."""
    profit, loss = await a_pair_for_a_part(desk)
    moved = profit.trigger_price + 1
    paper.do(AMEND, category="linear", symbol="ETHUSDT", orderId=profit.order_id, triggerPrice=str(moved))
    await desk.shown(lambda: moved in {order.trigger_price for order in desk.snapshot.orders})
    await carried_out(desk, await press_cancel(desk, profit.order_id))
    await desk.shown(lambda: list(legs(desk).values()) == [loss])
    await close_all_of_it(desk, loss.order_id)
    await is_gone(desk, paper, loss.order_id)


def legs(desk: Desk) -> dict[str, Order]:
    """The stops of parts that the window has, by their kind."""
    return {o.stop_order_type: o for o in desk.snapshot.orders if o.stop_order_type.startswith("Partial")}


async def a_pair_for_a_part(desk: Desk) -> tuple[Order, Order]:
    """Add a take profit and a stop loss for a third of the position, in its dialog."""
    dialog = await desk.press("edit_stops", ETH)
    click(dialog.mode._segments["Partial"])
    type_into(dialog.partial.part.edit, "0.5")
    type_into(dialog.partial.take_profit.edits["price"], priced(desk, "1.05"))
    type_into(dialog.partial.stop_loss.edits["price"], priced(desk, "0.95"))
    await desk.shown(lambda: dialog.frame.action.isEnabled() and dialog.frame.action.text() == "Add TP + SL for 0.50")
    assert (await ended(desk, await confirm(desk, dialog))).state == "done"
    await desk.gone()
    await desk.shown(lambda: len(legs(desk)) == 2)
    return legs(desk)["PartialTakeProfit"], legs(desk)["PartialStopLoss"]


async def test_what_is_not_ours_or_will_not_go_stays_in_sight(qt_loop: object, paper: PaperProcess) -> None:
    """F65, F66."""
    await in_turn(paper, a_stop_of_the_other_leg_is_left_alone, a_stop_will_not_go, somebody_elses_stop_is_not_touched)


async def a_stop_of_the_other_leg_is_left_alone(desk: Desk, paper: PaperProcess) -> None:
    """F65."""
    paper.incident("trade", symbol="BTCUSDT", side="Buy", qty="0.010", idx=1)
    await desk.shown(lambda: desk.seen(BTC_LONG) is not None and desk.seen(BTC_LONG).life_id)
    kept = {o.order_id for o in desk.snapshot.orders if o.position_key == BTC_SHORT}
    assert kept
    assert (await ended(desk, await close(desk, key=BTC_LONG))).state == "done"
    await desk.shown(lambda: desk.row_text(BTC_LONG) == "")
    await desk.manager.sync_with_bybit()
    assert kept <= orders_of(desk)
    assert badge(desk) == ""
    assert paper.requests(CANCEL) == []


async def a_stop_will_not_go(desk: Desk, paper: PaperProcess) -> None:
    """F66: three tries, then a badge; asking again by hand takes it away."""
    order_id = a_stop_of_its_own(paper)
    paper.arm("ret_code", CANCEL, args={"code": 10016, "executed": False})
    await close_all_of_it(desk, order_id)
    await until(lambda: len(paper.requests(CANCEL)) == 3)
    await desk.shown(lambda: badge(desk) == "Cancel 1 that protect nothing…")
    await desk.manager.sync_with_bybit()
    assert desk.manager.snapshot.leftovers == {order_id}
    paper.disarm()
    click(desk.window.tabs.buttons.cancel_orphans)
    await carried_out(desk, await desk.opened())
    await is_gone(desk, paper, order_id)


async def somebody_elses_stop_is_not_touched(desk: Desk, paper: PaperProcess) -> None:
    """It is shown; whoever made it may need it."""
    order_id = a_stop_of_its_own(paper, prefix="bot")
    await close_all_of_it(desk, order_id)
    await desk.shown(lambda: badge(desk) == "Cancel 1 that protect nothing…")
    assert desk.manager.snapshot.leftovers == {order_id}
    assert paper.requests(CANCEL) == []
    assert is_listed(paper, order_id)


async def test_another_trigger_at_the_same_price_is_proven_remembered_and_taken_back(
    qt_loop: object, paper: PaperProcess
) -> None:
    """The look-up has to find it; the history tells it; the dialog's Undo sends the price that stands once more."""
    await in_turn(paper, another_trigger)


def triggers(paper: PaperProcess) -> list[str]:
    rows = paper.rows("/v5/order/realtime", category="linear", symbol="ETHUSDT", limit=50)
    return [row["triggerBy"] for row in rows if row["stopOrderType"] == "StopLoss"]


async def another_trigger(desk: Desk, paper: PaperProcess) -> None:
    set_ = await confirm(desk, await fill_in_stop(desk, priced(desk, "0.95")))
    await desk.gone()
    assert (await ended(desk, set_)).state == "done"
    await desk.shown(
        lambda: any(o.stop_order_type == "StopLoss" and o.symbol == "ETHUSDT" for o in desk.snapshot.orders)
    )
    dialog = await desk.press("edit_stops", ETH)
    click(dialog.trigger._segments["LastPrice"])
    await desk.shown(lambda: dialog.frame.action.isEnabled() and dialog.frame.action.text() == "Apply 1 change")
    keep_silent(paper)
    paper.arm("reset_after", STOPS, count=1)
    done = await ended(desk, await confirm(desk, dialog))
    assert (done.state, len(paper.requests(STOPS))) == ("done", 2)
    assert triggers(paper) == ["LastPrice"]
    dialog.reject()
    await desk.gone()
    paper.disarm()
    assert desk.snapshot.stop_changes[ETH][-1].command_id == done.command_id
    again = await desk.press("edit_stops", ETH)
    await desk.shown(lambda: again.history.last.text().endswith("SL trigger Mark → Last · by the desk"))
    click(again.history.undo)
    await desk.shown(again.frame.action.isEnabled)
    undone = await ended(desk, await confirm(desk, again))
    await desk.gone()
    assert (undone.state, triggers(paper)) == ("done", ["MarkPrice"])
