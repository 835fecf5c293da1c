"""What was sent and has no verdict: what counts as found, how long nothing may be concluded, what goes out again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from core.actions import FRESH_S, RECENT_MS
from core.errors import OutcomeUnknown, Rejected
from core.events import ExecutionReported, InstrumentsReported, OrderReported
from core.intents import ADMITTED_MS, SetTradingStop, close_of, is_repeated
from core.model import Execution
from core.resolver import NO_TRACE_AFTER_S, UNNAMED_AFTER_S
from tests.core.test_actions import HALF, Desk, refused, run
from tests.strategies import START_MS, a_position, an_execution, an_instrument, an_order

D = Decimal
LIMIT = replace(HALF, order_type="Limit", price=D(101))
LOSS = SetTradingStop(symbol="SOLUSDT", tpsl_mode="Partial", stop_loss=D(90), sl_size=D(2))


async def looked_up(desk: Desk, at: Iterable[float]) -> list[str]:
    """The newest command's state after a look-up at each of these seconds from now."""
    began, states = desk.loop.now, []
    for second in at:
        await asyncio.sleep(began + second - desk.loop.now)
        await desk.actions.resolve()
        states.append(desk.book.commands.all()[0].state)
    return states


# ---- no trace -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "concluded_at"),
    [
        ((0.1, 14, 15), 15),  # three times
        ((12, 12.5, 13.5, 21.9, 22.1), 22.1),  # over ten seconds
        ((0.1, 5, 10.2, 12.8, 13.1), 13.1),  # thirteen after it was sent
    ],
)
def test_nothing_is_concluded_too_early(seconds: tuple[float, ...], concluded_at: float) -> None:
    """RELIABILITY 3.1, step 5; and another copy is searched for as long as the first."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout"), OutcomeUnknown("timeout")]
        await desk.actions.submit(HALF)
        for attempt in (1, 2):
            states = await looked_up(desk, seconds)
            assert dict(zip(seconds, states, strict=True)) == {
                second: "no_trace" if second == concluded_at else "unknown" for second in seconds
            }
            if attempt == 1:
                await desk.actions.retry("qd0")

    run(story)


def test_a_stop_without_an_id_is_searched_for_longer() -> None:
    """F61: no second copy of it would collide with the first."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(LOSS)
        last = UNNAMED_AFTER_S + 0.1
        assert NO_TRACE_AFTER_S < UNNAMED_AFTER_S
        assert await looked_up(desk, [0.1, 12, 29.9, last]) == ["unknown"] * 3 + ["no_trace"]

    run(story)


def test_another_command_does_not_begin_a_search_anew() -> None:
    """P2: however much is asked for meanwhile."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(HALF)
        for _ in range(14):
            await asyncio.sleep(1.0)
            await desk.actions.resolve()
            stop = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90))
            desk.exchange.answers = [Rejected(10001, "no")]
            await desk.actions.submit(stop)
        assert desk.book.commands.get("qd0").state == "no_trace"

    run(story)


# ---- found ----------------------------------------------------------------------------------------------------------


def test_an_order_that_is_there_and_not_filled_leaves_a_trace() -> None:
    async def story(desk: Desk) -> None:
        command = await desk.actions.submit(HALF)
        assert command.order_id == "id-qd0"
        desk.exchange.orders["qd0"] = an_order(
            "New", order_id="id-qd0", order_link_id="qd0", order_type="Market", qty=D(5)
        )
        assert set(await looked_up(desk, range(3, 40))) == {"accepted"}

    run(story)


@pytest.mark.parametrize(("largest", "left", "filled"), [(1_000, 8, 2), (5, 8, 2), (5, 0, 2), (4, 8, 2), (4, 0, 5)])
def test_an_order_that_carried_less_than_was_asked(largest: int, left: int, filled: int) -> None:
    """F46, F56: cut to what was left, or one of several; and when the rest does not come, it has done its part."""

    async def story(desk: Desk) -> None:
        desk.hear(InstrumentsReported("linear", (an_instrument(max_market_qty=D(largest)),)))
        await desk.actions.submit(HALF)
        desk.exchange.orders["qd0"] = an_order(
            "Filled", order_id="id-qd0", order_link_id="qd0", order_type="Market", qty=D(2), filled_qty=D(2)
        )
        desk.exchange.row = a_position("Buy", left, mark_price=D(100), seq=9, updated_ms=START_MS + 1)
        seconds = list(range(3, 30))
        states = await looked_up(desk, seconds)
        assert states[0] == ("accepted" if left else "done")
        assert states[seconds.index(12)] == states[0], "too early to give the rest up"
        command = desk.book.commands.get("qd0")
        assert (command.state, command.filled_qty) == ("done", filled)

    run(story)


def test_a_leg_of_before_is_not_the_one_that_was_asked_for() -> None:
    """F61: one just like it stands already; and times are the exchange's."""

    async def story(desk: Desk) -> None:
        desk.book.set_links(clock_offset_ms=60_000)
        leg = an_order("Untriggered", stop_order_type="PartialStopLoss", trigger_price=D(90), qty=D(2))
        first = replace(leg, created_ms=desk.clock.now_ms() + 60_000)
        desk.hear(OrderReported(first, "stream"))
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(LOSS)
        old = replace(leg, order_id="o2", created_ms=desk.clock.now_ms() + 50_000)
        desk.exchange.orders = {"o1": first, "o2": old}
        assert await looked_up(desk, [1]) == ["unknown"]
        desk.exchange.orders["o3"] = replace(first, order_id="o3")
        assert await looked_up(desk, [1]) == ["done"]

    run(story)


def test_what_a_trailing_stop_waited_for_is_kept_with_the_command() -> None:
    async def story(desk: Desk) -> None:
        desk.show(desk.position, trailing_stop=D(5), seq=2, updated_ms=START_MS + 1)
        waiting = an_order("Untriggered", stop_order_type="TrailingStop", trigger_price=D(110), trigger_by="LastPrice")
        desk.hear(OrderReported(waiting, "stream"))
        command = await desk.actions.submit(SetTradingStop(symbol="SOLUSDT", trailing_stop=D(6)))
        assert desk.book.commands.waited_for(command.command_id) == D(110)

    run(story)


# ---- what goes out again --------------------------------------------------------------------------------------------


def test_what_is_sent_again_is_held_against_the_row_of_now() -> None:
    """It turned round, and no frame said so; nothing is said to have been tried."""

    async def story(desk: Desk) -> None:
        lost = await desk.lose(HALF)
        await asyncio.sleep(FRESH_S + 0.1)
        desk.exchange.row = a_position("Sell", 10, mark_price=D(100), seq=9, updated_ms=START_MS + 9)
        assert await refused(desk.actions.retry(lost.command_id)) == "position_changed"
        assert desk.book.commands.get("qd0").attempts == 1
        assert desk.exchange.sent == ["qd0"]

    run(story)


def test_whoever_leaves_while_it_is_being_sent_leaves_it_unknown() -> None:
    """A bot's time-out: the request is on its way."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [5.0]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(desk.actions.submit(HALF), 1.0)
        assert desk.commands == [("qd0", "unknown")]

    run(story)


def test_a_price_of_its_own_makes_a_limit_order_another_one() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [Rejected(110007, "no"), Rejected(110007, "no")]
        await desk.actions.submit(LIMIT)
        await desk.actions.submit(replace(LIMIT, price=D(102)))
        assert desk.exchange.sent == ["qd0", "qd1"]
        await desk.lose(replace(LIMIT, side=""))  # whoever does not name the side asks for the same
        assert desk.exchange.sent == ["qd0", "qd1", "qd0"]
        assert await refused(desk.actions.submit(replace(LIMIT, price=D(102)))) == "repeat_differs"

    run(story)


def test_what_its_order_refused_is_over_and_done_with() -> None:
    """F42: no copy of it can be admitted any more, so that asking again is another order."""

    async def story(desk: Desk) -> None:
        await desk.actions.submit(HALF)
        order = an_order("Rejected", order_id="id-qd0", order_link_id="qd0", reject_reason="EC_Test", qty=D(5))
        desk.hear(OrderReported(order, "stream"))
        assert (await desk.actions.submit(HALF)).command_id == "qd1"

    run(story)


def test_the_way_out_is_barred_by_every_copy_that_may_be_admitted() -> None:
    async def story(desk: Desk) -> None:
        half, whole = (close_of(desk.begin_life(), "manual", qty) for qty in (D(5), None))
        await desk.lose(half)
        await asyncio.sleep(ADMITTED_MS / 1000)
        await desk.lose(whole)
        assert (await desk.lose(whole)).command_id == "qd1", "the same goes out again at once, under its own id"
        desk.exchange.row = replace(desk.position, size=D(12), seq=2, updated_ms=START_MS + 1)
        desk.show(desk.exchange.row)
        grown = close_of(desk.position, "manual")
        assert await refused(desk.actions.submit(grown)) == "repeat_differs"
        await asyncio.sleep(ADMITTED_MS / 1000)
        assert (await desk.actions.submit(grown)).command_id == "qd2"

    run(story)


def test_there_is_no_way_out_of_a_position_whose_life_has_no_name() -> None:
    """Nobody could tell whether it is the one that the lost close was for."""

    async def story(desk: Desk) -> None:
        await desk.lose(HALF)
        await asyncio.sleep(ADMITTED_MS / 1000)
        whole = close_of(desk.position, "manual")
        assert (whole.life_id, whole.qty) == ("", desk.position.size)
        assert await refused(desk.actions.submit(whole)) == "repeat_differs"

    run(story)


def test_what_is_lost_bars_nothing_but_its_own_leg_and_kind() -> None:
    async def story(desk: Desk) -> None:
        lost = await desk.lose(HALF)
        others: list[dict[str, Any]] = [{"symbol": "ETHUSDT"}, {"position_idx": 1}, {"category": "inverse"}]
        assert is_repeated(lost, HALF, None)
        assert not any(is_repeated(lost, replace(HALF, **other), None) for other in others)
        assert not is_repeated(lost, SetTradingStop(symbol="SOLUSDT", stop_loss=D(90)), None)

    run(story)


# ---- what is asked on the way ---------------------------------------------------------------------------------------


def test_what_refused_a_close_is_told_when_another_life_is_open_by_now() -> None:
    """F55: closed by another party, and opened anew, before the order arrived."""

    async def story(desk: Desk) -> None:
        close = close_of(desk.begin_life(), "manual")

        async def too_late(**_: Any) -> str:
            desk.turn(is_reopened=True)
            raise Rejected(110017, "current position is zero")

        desk.exchange.create_order = too_late  # type: ignore[method-assign]
        desk.exchange.row = desk.position
        command = await desk.actions.submit(close)
        assert (command.state, command.detail) == ("refused", "closed_by_other")

    run(story)


def test_a_close_that_hits_a_later_life_is_told_of() -> None:
    """F52."""

    async def story(desk: Desk) -> None:
        await desk.actions.submit(close_of(desk.begin_life(), "manual", D(5)))
        fill = an_execution(10, "Sell", D(5), seq=10, order_link_id="qd0", ts_ms=START_MS + 20)
        desk.turn(is_reopened=True)
        assert "command_hit_other_life" not in desk.lines
        desk.hear(ExecutionReported(fill, "stream"))
        assert desk.lines.count("command_hit_other_life") == 1
        assert desk.book.commands.get("qd0").state == "done"

    run(story)


def test_what_an_earlier_run_left_open_is_told_of() -> None:
    async def story(desk: Desk) -> None:
        done = replace(await desk.actions.submit(HALF), command_id="qd8", order_link_id="qd8", state="done")
        next_run = Desk(desk.loop)
        for command in (done, desk.book.commands.get("qd0")):
            next_run.book.restore_command(command, HALF)
        assert next_run.lines == ["command_resumed"]

    run(story)


def test_executions_are_asked_for_around_the_exchanges_now() -> None:
    async def story(desk: Desk) -> None:
        desk.book.set_links(clock_offset_ms=300_000)
        close, _ = await desk.grow_unseen()
        windows = []

        async def fetched(category: str, since_ms: int, until_ms: int, symbol: str) -> tuple[Execution, ...]:
            windows.append((since_ms, until_ms))
            return ()

        desk.exchange.fetch_executions = fetched  # type: ignore[assignment,method-assign]
        assert await refused(desk.actions.submit(close)) == "position_unproven"
        ((since_ms, until_ms),) = windows
        assert since_ms <= desk.clock.now_ms() + 300_000 - RECENT_MS + 1_000
        assert until_ms >= desk.clock.now_ms() + 300_000

    run(story)


def test_two_presses_on_an_old_row_read_it_once() -> None:
    """The second one waits for its turn, and finds the row fresh."""

    async def story(desk: Desk) -> None:
        await asyncio.sleep(FRESH_S + 0.1)
        stop = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90))
        await asyncio.gather(desk.actions.submit(HALF), desk.actions.submit(stop))
        assert desk.exchange.rows_read == 1

    run(story)


def test_a_press_that_waits_for_executions_is_refused_when_another_one_is_done_meanwhile() -> None:
    """F54: the row that it was checked on first did not show that one any more."""

    async def story(desk: Desk) -> None:
        bound, added = await desk.grow_unseen()
        desk.exchange.orders[added.order_id] = an_order("Filled", order_id=added.order_id)
        fetched = desk.exchange.fetch_executions

        async def slowly(*arguments: Any) -> tuple[Execution, ...]:
            await asyncio.sleep(1.0)
            return await fetched(*arguments)

        desk.exchange.fetch_executions = slowly  # type: ignore[assignment,method-assign]
        first, second = (asyncio.create_task(desk.actions.submit(one)) for one in (HALF, bound))
        desk.fill((await first).command_id)
        assert await refused(second) == "command_open"
        assert desk.exchange.sent == ["qd0"]

    run(story)
