"""F37-F57: a close from the dialog to its verdict, whatever the network, the exchange or a bot does meanwhile."""

import asyncio
from functools import partial
from typing import Any

import pytest

from core import actions
from core.model import ClosedTrade, PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.acting.account import restore
from tests.stories.acting.hands import (
    CREATE,
    EXECUTIONS,
    HISTORY,
    RARELY,
    REALTIME,
    D,
    close,
    confirm,
    ended,
    in_turn,
    keep_silent,
    said,
    settled,
    steps_of,
    told,
)
from tests.stories.desk import until
from tests.stories.window import (
    Desk,
    click,
    desk_on,
    fill_in_close,
    size_of,
    type_into,
)

BTC_LONG, BTC_SHORT = PositionKey("linear", "BTCUSDT", 1), PositionKey("linear", "BTCUSDT", 2)
pytestmark = pytest.mark.usefixtures("dressed")
NO_TRACE = "No trace of the order after 3 checks. Retrying is safe (same order id)"


def ids_sent(paper: PaperProcess) -> list[str]:
    return [request["fields"]["orderLinkId"] for request in paper.requests(CREATE)]


async def row_is_free(desk: Desk, size: int) -> None:
    """The row shows what is left, and nothing under way."""
    await desk.shown(lambda: (row := desk.seen()) is not None and row.size == size and not row.is_closing)
    assert f"{size}.0" in desk.row_text()
    assert "closing" not in desk.row_text()


LOST_ANSWERS = (
    ("reset_after", {}),
    ("http_status", {"status": 502, "executed": True}),
    ("http_status", {"status": 500, "as_json": True, "executed": True}),
    ("html", {"executed": True}),
    ("ret_code", {"code": 10016, "executed": True}),
    ("empty_result", {}),
    ("wrong_link_id", {}),
    ("short_body", {}),
)


async def test_an_order_whose_answer_was_lost_is_found(qt_loop: object, paper: PaperProcess) -> None:
    """F3, F13-F15, F25, F27, F37."""
    await in_turn(paper, *(partial(an_answer_is_lost, *lost) for lost in LOST_ANSWERS))


async def an_answer_is_lost(fault: str, arguments: dict[str, Any], desk: Desk, paper: PaperProcess) -> None:
    """Unknown on the screen, then carried out; sent once."""
    dialog = await fill_in_close(desk, "10")
    keep_silent(paper)
    paper.arm(fault, CREATE, count=1, args=arguments)
    command = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.sending.phase == "unknown")
    await said(desk, dialog, "Bybit has carried it out. Closed 10.0 of 10.0.")
    assert dialog.frame.action.isHidden()
    dialog.reject()
    await row_is_free(desk, 10)
    assert told(desk, command).evidence
    assert len(paper.requests(CREATE)) == 1


async def test_a_close_whose_news_come_twice_late_or_not_at_all(qt_loop: object, paper: PaperProcess) -> None:
    """F4, F18, F38, F41, V25."""
    await in_turn(
        paper,
        a_copy_takes_no_effect,
        partial(realtime_was_emptied, HISTORY, "executions"),
        partial(realtime_was_emptied, EXECUTIONS, "order Filled"),
        what_never_arrived_is_sent_again_as_it_was,
    )


async def test_a_close_that_is_refused_or_too_small_or_of_one_leg(qt_loop: object, paper: PaperProcess) -> None:
    """F38, F42, F48, F53."""
    await in_turn(
        paper, a_rejection_allows_a_new_id, a_rejection_is_found_when_its_answer_was_lost,
        what_is_too_small_is_not_sent, one_leg_is_closed_alone,
    )  # fmt: skip


async def a_copy_takes_no_effect(desk: Desk, paper: PaperProcess) -> None:
    """F18."""
    paper.arm("duplicate_request", CREATE, count=1, args={"after_ms": 300})
    assert (await ended(desk, await close(desk, "10"))).state == "done"
    await until(lambda: paper.requests(CREATE)[0].get("late_ret_codes") == [110072])
    await row_is_free(desk, 10)
    assert size_of(paper) == 10


async def what_never_arrived_is_sent_again_as_it_was(desk: Desk, paper: PaperProcess) -> None:
    """F4, F38, V25: the same under the same id; for anything else the first copy would have to be gone for certain."""
    dialog = await fill_in_close(desk, "10")
    paper.arm("reset_before", CREATE, count=1)
    command = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.frame.trouble.text.startswith(NO_TRACE))
    type_into(dialog.quantity.edit, "5")
    message = dialog.quantity.message
    await desk.shown(lambda: "only the same may be sent again, 10.0, or" in message.text)
    click(dialog.frame.action)
    assert dialog.sending.phase == "editing"
    click(message.fixes()[0])
    await desk.shown(lambda: dialog.frame.action.isEnabled() and dialog.frame.action.text() == "Close 10.0 SOL")
    click(dialog.frame.action)
    await desk.gone()
    done = await ended(desk, command)
    assert (done.state, done.attempts, done.filled_qty) == ("done", 2, 10)
    await row_is_free(desk, 10)
    assert ids_sent(paper) == [command.order_link_id] * 2


async def test_no_trace_gives_way_to_late_evidence(qt_loop: object, paper_factory) -> None:
    """F43: executed long after. An exchange of its own, because its clock is moved."""
    paper = paper_factory()
    async with desk_on(paper) as desk:
        dialog = await fill_in_close(desk, "10")
        paper.incident("execute_late", after_ms=18_000, count=1)
        paper.arm("reset_after", CREATE, count=1)
        command = await confirm(desk, dialog)
        await desk.shown(lambda: dialog.frame.trouble.text.startswith(NO_TRACE))
        paper.advance(18_000)
        await said(desk, dialog, "Bybit has carried it out. Closed 10.0 of 10.0.")
        assert dialog.frame.action.isHidden()  # there is nothing to retry any more
        dialog.reject()
        await row_is_free(desk, 10)
        assert ids_sent(paper) == [command.order_link_id]


async def realtime_was_emptied(late: str, evidence: str, desk: Desk, paper: PaperProcess) -> None:
    """F41: history and executions are left, of which one may lag: the other proves it."""
    dialog = await fill_in_close(desk, "10")
    keep_silent(paper)
    paper.arm("hide_closed", REALTIME)
    paper.arm("hide_young", late, args={"ms": 3_600_000})
    command = await confirm(desk, dialog)
    await desk.gone()
    done = await ended(desk, command)
    assert (done.state, done.evidence) == ("done", evidence)
    await row_is_free(desk, 10)


async def a_rejection_allows_a_new_id(desk: Desk, paper: PaperProcess) -> None:
    """F42: the dialog is gone by then; the timeline tells why, and the row is free."""
    paper.incident("reject_next", reason="EC_NoEnoughQtyToFill", count=1)
    dialog = await fill_in_close(desk, "10")
    keep_silent(paper)  # the look-up tells it, after the answer
    command = await confirm(desk, dialog)
    await desk.gone()
    refused = await ended(desk, command)
    assert (refused.state, refused.detail) == ("refused", "EC_NoEnoughQtyToFill")
    steps = await steps_of(desk, refused)
    assert (steps[:3], steps[-2:]) == (["Asked", "Sent", "Answered"], ["Evidence", "Verdict"])
    await row_is_free(desk, 20)
    paper.disarm()
    done = await ended(desk, await close(desk, "10"))
    assert done.state == "done"
    assert ids_sent(paper) == [refused.order_link_id, done.order_link_id]
    assert done.order_link_id != refused.order_link_id


async def a_rejection_is_found_when_its_answer_was_lost(desk: Desk, paper: PaperProcess) -> None:
    """F38: unknown, then refused for certain: asking again is a new order."""
    dialog = await fill_in_close(desk, "10")
    keep_silent(paper)
    paper.incident("reject_next", reason="EC_NoEnoughQtyToFill", count=1)
    paper.arm("reset_after", CREATE, count=1)
    refused = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.sending.phase == "unknown")
    await said(desk, dialog, "Bybit refused it. Nothing was changed. EC_NoEnoughQtyToFill")
    paper.disarm()
    await desk.shown(dialog.frame.action.isEnabled)
    done = await ended(desk, await confirm(desk, dialog))
    await desk.gone()
    assert (done.state, done.filled_qty) == ("done", 10)
    await row_is_free(desk, 10)
    assert ids_sent(paper) == [refused.order_link_id, done.order_link_id]
    assert done.order_link_id != refused.order_link_id


def ended_by(desk: Desk, link: str) -> ClosedTrade | None:
    """The life that an order of ours helped to end, once the window has it."""
    trades = desk.snapshot.closed_trades
    return next((trade for trade in trades if link in {part.order_link_id for part in trade.exits}), None)


async def test_a_split_order_is_judged_by_the_position(qt_loop: object, paper: PaperProcess) -> None:
    """F46."""
    (contract,) = paper.rows("/v5/market/instruments-info", category="linear", symbol="SOLUSDT")
    paper.incident("filters", symbol="SOLUSDT", max_market_qty="7")
    try:
        async with desk_on(paper) as desk:
            done = await ended(desk, await close(desk))
            assert (done.state, done.filled_qty) == ("done", 20)
            await desk.shown(lambda: desk.row_text() == "")
            assert size_of(paper) == 0
            assert len(paper.requests(CREATE)) == 1
            link = done.order_link_id
            await desk.shown(lambda: ended_by(desk, link) is not None)
            trade = ended_by(desk, link)
            assert [part.qty for part in trade.exits[-3:]] == [7, 7, 6], "each order is an exit of the life"
            assert trade.net_pnl is not None
    finally:
        paper.incident("filters", symbol="SOLUSDT", max_market_qty=contract["lotSizeFilter"]["maxMktOrderQty"])


async def what_is_too_small_is_not_sent(desk: Desk, paper: PaperProcess) -> None:
    """F48: dust is explained, and the smallest quantity offered."""
    dialog = await desk.press("close")
    type_into(dialog.quantity.edit, "0.01")
    await desk.shown(lambda: "0.1" in dialog.quantity.message.text)
    assert not dialog.frame.action.isEnabled()
    assert [fix.value for fix in dialog.quantity.message.fixes()] == [D("0.1")]
    click(dialog.frame.action)
    dialog.reject()
    await desk.gone()
    assert paper.requests(CREATE) == []


async def test_what_was_never_sent_is_said_to_be(
    qt_loop: object, paper: PaperProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F49: no connection could be made; that is certain, so asking again needs no look-up."""
    monkeypatch.setattr(actions, "FRESH_S", 3_600.0)  # else it is the row that cannot be read
    async with desk_on(paper) as desk:
        dialog = await fill_in_close(desk, "10")
        paper.arm("refuse_connections")
        await desk.manager.until(lambda s: not s.links.is_live, 60)  # what was open is cut, and the desk knows
        command = await confirm(desk, dialog)
        await said(
            desk,
            dialog,
            "It was not carried out. Nothing was changed. "
            "No connection could be made: nothing was sent. Asking again is safe.",
        )
        refused = await ended(desk, command)
        assert (refused.state, refused.detail) == ("refused", "not_sent")
        paper.disarm()
        await desk.shown(dialog.frame.action.isEnabled)
        click(dialog.frame.action)
        await desk.gone()
        assert (await ended(desk, command)).state == "done"
        await row_is_free(desk, 10)
        assert ids_sent(paper) == [command.order_link_id]


async def one_leg_is_closed_alone(desk: Desk, paper: PaperProcess) -> None:
    """F53."""
    paper.incident("trade", symbol="BTCUSDT", side="Buy", qty="0.010", idx=1)
    await desk.shown(lambda: desk.seen(BTC_LONG) is not None and desk.seen(BTC_LONG).life_id)
    short = size_of(paper, "BTCUSDT", 2)
    assert (await ended(desk, await close(desk, key=BTC_LONG))).state == "done"
    await desk.shown(lambda: desk.row_text(BTC_LONG) == "")
    assert desk.seen(BTC_SHORT).size == short
    assert (size_of(paper, "BTCUSDT", 1), size_of(paper, "BTCUSDT", 2)) == (0, short)


ANOTHER = "A new one is open now: {size}. Open its own dialog to act on it."


async def test_a_position_that_turned_round_unseen_is_not_touched(
    qt_loop: object, paper: PaperProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F50, F51: between the last thing that the desk heard and the click; it looks once more before it sends."""
    monkeypatch.setattr(actions, "FRESH_S", 0.0)
    async with desk_on(paper, intervals=RARELY) as desk:
        for trades, size in (((("Sell", "40"),), "Short 20.0"), ((("Sell", "20"), ("Buy", "15")), "Long 15.0")):
            await asyncio.to_thread(restore, paper)
            await settled(desk, paper)
            dialog = await fill_in_close(desk, "10")
            keep_silent(paper)
            for side, qty in trades:
                paper.incident("trade", symbol="SOLUSDT", side=side, qty=qty)
            click(dialog.frame.action)
            await desk.shown(lambda d=dialog, s=size: d.frame.trouble.text.endswith(ANOTHER.format(size=s)))
            assert dialog.frame.trouble.text.startswith("This position is no longer open.")
            assert not dialog.frame.action.isEnabled()
            dialog.reject()
            await desk.gone()
            assert paper.requests(CREATE) == []


CLOSED_BY_OTHER = (
    "The position is closed; nothing of this was carried out. "
    "It was closed by another party: a stop, another program, or Bybit itself."
)


async def test_a_bot_is_faster_by_a_moment(
    qt_loop: object, paper: PaperProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F55-F57: the bot trades between the last thing that the desk heard and the click; the row is young enough."""
    monkeypatch.setattr(actions, "FRESH_S", 3_600.0)
    async with desk_on(paper, intervals=RARELY) as desk:
        for story in (the_bot_adds, the_bot_closes_half, the_bot_closes_all):
            restore(paper)
            await settled(desk, paper)
            await story(desk, paper)


async def the_bot_adds(desk: Desk, paper: PaperProcess) -> None:
    """F57: the close takes what the operator saw, and nobody chases the rest."""
    dialog = await fill_in_close(desk)
    keep_silent(paper)
    paper.incident("trade", symbol="SOLUSDT", side="Buy", qty="5")
    done = await ended(desk, await confirm(desk, dialog))
    await desk.gone()
    assert (done.state, done.qty, done.filled_qty, done.is_short) == ("done", 20, 20, False)
    await row_is_free(desk, 5)
    assert size_of(paper) == 5
    assert len(paper.requests(CREATE)) == 1


async def the_bot_closes_half(desk: Desk, paper: PaperProcess) -> None:
    """F56: the order is cut to what is left; it is not said to have closed the bot's half."""
    dialog = await fill_in_close(desk)
    keep_silent(paper)
    paper.incident("trade", symbol="SOLUSDT", side="Sell", qty="10")
    done = await ended(desk, await confirm(desk, dialog))
    await desk.gone()
    assert (done.state, done.qty, done.filled_qty, done.is_short) == ("done", 20, 10, True)
    await desk.shown(lambda: desk.row_text() == "")
    assert size_of(paper) == 0
    assert len(paper.requests(CREATE)) == 1


async def the_bot_closes_all(desk: Desk, paper: PaperProcess) -> None:
    """F55: our order finds nothing to close."""
    dialog = await fill_in_close(desk, "10")
    keep_silent(paper)
    paper.incident("trade", symbol="SOLUSDT", side="Sell", qty="20")
    refused = await ended(desk, await confirm(desk, dialog))
    assert (refused.state, refused.detail, refused.ret_code) == ("refused", "closed_by_other", 110017)
    await said(desk, dialog, CLOSED_BY_OTHER)
    dialog.reject()
    await desk.gone()
    await desk.shown(lambda: desk.row_text() == "")
    assert size_of(paper) == 0
    assert len(paper.requests(CREATE)) == 1
