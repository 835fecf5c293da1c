"""F39-F47, F52 and a limit close: how the evidence of a close may arrive, and what the screen makes of it."""

from functools import partial

import pytest

from core.model import Command, PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.acting.hands import (
    CREATE,
    EXECUTIONS,
    HISTORY,
    REALTIME,
    D,
    close,
    confirm,
    ended,
    in_turn,
    said,
    steps_of,
    told,
)
from tests.stories.desk import until
from tests.stories.window import (
    SOL,
    Desk,
    click,
    desk_on,
    fill_in_close,
    size_of,
    type_into,
)

pytestmark = pytest.mark.usefixtures("dressed")
DOGE = PositionKey("linear", "DOGEUSDT", 0)


def exits_of(desk: Desk, key: PositionKey, command: Command) -> list:
    """The partial exits that the command made, as the position's row shows them."""
    held = desk.seen(key)
    return [one for one in held.partial_exits if one.order_link_id == command.order_link_id] if held else []


async def exited(desk: Desk, key: PositionKey, command: Command, qty: object) -> None:
    """One partial exit of that quantity is on the row."""
    await desk.shown(lambda: [one.qty for one in exits_of(desk, key, command)] == [qty])


async def test_evidence_that_comes_early_strangely_or_little_by_little(qt_loop: object, paper: PaperProcess) -> None:
    """F39, F47, and a limit order's way through the book."""
    await in_turn(
        paper, the_fill_comes_before_the_answer, partial(a_fee_is_kept_as_given, "-0.25", "USDT"),
        partial(a_fee_is_kept_as_given, "0.4", "MNT"), a_limit_close_rests_and_fills, a_limit_close_is_cancelled,
    )  # fmt: skip


async def the_fill_comes_before_the_answer(desk: Desk, paper: PaperProcess) -> None:
    """F39: counted once; the dialog waits for the answer, the row does not."""
    dialog = await fill_in_close(desk, "8")
    paper.arm("delay", CREATE, count=1, args={"ms": 1_000})
    command = await confirm(desk, dialog)
    await desk.shown(lambda: told(desk, command) is not None and told(desk, command).state == "done")
    assert dialog.frame.status.text() == "Sending…"
    seen = told(desk, command)
    await desk.gone()
    answered = await ended(desk, command)
    assert (answered.state, answered.filled_qty, answered.evidence) == ("done", 8, seen.evidence)
    await desk.shown(lambda: desk.seen().size == 12)
    await exited(desk, SOL, command, 8)


async def a_fee_is_kept_as_given(fee: str, coin: str, desk: Desk, paper: PaperProcess) -> None:
    """F47: a rebate adds to the result, a fee in another coin is told apart; the coin is the exchange's word."""
    where = {"topic": "execution*"}
    paper.arm("set_field", where, args={"field": "execFee", "value": fee, "rows": "all"})
    paper.arm("set_field", where, args={"field": "feeCurrency", "value": coin, "rows": "all"})
    done = await ended(desk, await close(desk, "5"))
    await exited(desk, SOL, done, 5)
    found = [e for e in desk.snapshot.executions if e.order_link_id == done.order_link_id]
    assert {(e.fee, e.fee_currency) for e in found} == {(D(fee), coin)}
    (one,) = exits_of(desk, SOL, done)
    paid = D(fee) * len(found)
    assert (one.fee, dict(desk.seen().other_fees).get(coin)) == ((paid, None) if coin == "USDT" else (0, paid))
    assert one.net_pnl == one.gross_pnl - one.fee


async def place_limit(desk: Desk, share: str) -> tuple[Command, object]:
    """A limit close of 5 SOL away from the mark, resting, and its price."""
    dialog = await fill_in_close(desk, "5")
    click(dialog.order_type._segments["Limit"])
    price = (desk.seen().mark_price * D(share)).quantize(D("0.01"))
    type_into(dialog.limit.edit, str(price))
    await desk.shown(lambda: dialog.frame.action.isEnabled() and dialog.intent().price == price)
    command = await confirm(desk, dialog)
    await desk.gone()
    resting = await ended(desk, command)
    assert resting.is_resting
    await desk.shown(lambda: "Close 5.0 @" in desk.row_text() and "waits" in desk.row_text())
    assert any(order.order_link_id == resting.order_link_id for order in desk.snapshot.orders)
    assert not desk.seen().is_closing
    return resting, price


async def a_limit_close_rests_and_fills(desk: Desk, paper: PaperProcess) -> None:
    """It has its verdict once it is in the book; the row is free, and what it fills is told."""
    resting, price = await place_limit(desk, "1.01")
    assert (await ended(desk, await close(desk, "1"))).state == "done"
    above = str(price + 1)
    paper.incident("price", symbol="SOLUSDT", last=above, mark=above, index=above)
    await desk.shown(lambda: told(desk, resting).filled_qty == 5)
    assert (told(desk, resting).state, told(desk, resting).is_resting) == ("done", False)
    await desk.shown(lambda: desk.seen().size == 14 and "waits" not in desk.row_text())
    assert (await steps_of(desk, resting))[-1] == "Verdict"


async def a_limit_close_is_cancelled(desk: Desk, paper: PaperProcess) -> None:
    """Nothing was filled, and the row says nothing is left to close."""
    resting, _ = await place_limit(desk, "1.03")
    paper.do("/v5/order/cancel", category="linear", symbol="SOLUSDT", orderId=resting.order_id)
    await desk.shown(lambda: not told(desk, resting).is_resting)
    gone = told(desk, resting)
    assert (gone.state, gone.is_short, gone.filled_qty) == ("done", True, 0)
    await desk.shown(lambda: "waits" not in desk.row_text())
    assert "close remaining" not in desk.row_text()
    assert desk.seen().size == 20


async def test_what_the_lists_show_late_stays_unknown_and_is_found(
    qt_loop: object, paper_factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F40: no list shows it for 10 s; that is within the time in which nothing may be concluded."""
    monkeypatch.setattr("core.resolver.NO_TRACE_AFTER_S", 13.0)
    paper = paper_factory()
    async with desk_on(paper) as desk:
        dialog = await fill_in_close(desk, "10")
        paper.arm("reset_after", CREATE, count=1)
        for topic in ("order", "execution", "position"):
            paper.arm("drop", {"topic": topic})
        for path in (REALTIME, HISTORY, EXECUTIONS):
            paper.arm("hide_young", path, args={"ms": 10_000})
        command = await confirm(desk, dialog)
        await desk.shown(lambda: dialog.frame.status.text() == "Outcome unknown")
        sweeps = len(paper.requests(REALTIME))
        await until(lambda: len(paper.requests(REALTIME)) >= sweeps + 2)
        assert dialog.frame.status.text() == "Outcome unknown"
        assert not dialog.frame.action.isEnabled()
        paper.advance(10_000)
        await said(desk, dialog, "Bybit has carried it out. Closed 10.0 of 10.0.")
        dialog.reject()
        assert (await ended(desk, command)).state == "done"
        assert len(paper.requests(CREATE)) == 1


async def test_forty_executions_in_any_order_are_one_exit(qt_loop: object, paper: PaperProcess) -> None:
    """F45."""
    paper.incident("transfer", amount="5000000")
    paper.incident("filters", symbol="DOGEUSDT", max_market_qty="100000000", max_qty="100000000")
    paper.do("/v5/position/set-leverage", category="linear", symbol="DOGEUSDT", buyLeverage="2", sellLeverage="2")
    size = size_of(paper, "DOGEUSDT") + 19_000_000
    paper.incident("trade", symbol="DOGEUSDT", side="Buy", qty="19000000")
    async with desk_on(paper) as desk:
        await desk.shown(lambda: desk.seen(DOGE).size == size)
        paper.arm("reorder", {"topic": "execution*"}, args={"window_ms": 300})
        paper.arm("duplicate", {"topic": "execution*"})
        done = await ended(desk, await close(desk, str(size - 100), DOGE))
        await desk.shown(lambda: desk.seen(DOGE).size == 100)
        rows = paper.rows(EXECUTIONS, category="linear", orderLinkId=done.order_link_id, limit=100)
        assert len(rows) >= 40
        assert done.filled_qty == sum(D(row["execQty"]) for row in rows) == size - 100
        link = done.order_link_id
        await desk.shown(lambda: sum(e.order_link_id == link for e in desk.snapshot.executions) == len(rows))
        await exited(desk, DOGE, done, size - 100)
        (one,) = exits_of(desk, DOGE, done)
        assert one.fee == sum(D(row["execFee"]) for row in rows)


async def test_an_order_that_meets_a_later_life_is_flagged(qt_loop: object, paper_factory) -> None:
    """F52: closed and reopened while our order was on its way. An exchange of its own, because its clock is moved."""
    paper = paper_factory()
    async with desk_on(paper) as desk:
        life_id = desk.seen().life_id
        paper.incident("execute_late", after_ms=4_000, count=1)
        command = await close(desk, "10")
        for side, qty in (("Sell", "20"), ("Buy", "15")):
            paper.incident("trade", symbol="SOLUSDT", side=side, qty=qty)
        await desk.shown(lambda: desk.seen() is not None and desk.seen().life_id not in {life_id, ""})
        paper.advance(4_000)
        done = await ended(desk, command)
        assert (done.state, done.filled_qty) == ("done", 10)
        await desk.shown(lambda: desk.seen().size == 5)
        await exited(desk, SOL, done, 10)  # of the life that it hit
        await desk.shown(lambda: any(line.code == "command_hit_other_life" for line in desk.snapshot.events))
        assert (await steps_of(desk, done)).count("Evidence") >= 2  # that it filled, and that it met another life
        assert size_of(paper) == 5
        assert len(paper.requests(CREATE)) == 1
