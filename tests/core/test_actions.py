"""Acting on the real book under a virtual clock: what is refused before anything is sent, and what waiting may change.

The exchange here does what a test says, and counts what arrives. What networks do to it is tests/simulation_close.
"""

from __future__ import annotations

import asyncio
import json
import os
import pwd
from collections.abc import Callable, Coroutine
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from core import trading
from core.actions import FRESH_S, UNSENT_S, Actions
from core.book import PositionBook
from core.bybit.calls import Caller
from core.bybit.exchange import NoReply, Reply
from core.bybit.limits import Limiter
from core.bybit.writes import Writes
from core.commands import KEPT, CommandLog
from core.errors import AuthFailed, BadValue, OutcomeUnknown, RateLimited, Rejected, StoreError, Unreachable
from core.events import (
    Event,
    ExecutionReported,
    InstrumentsReported,
    OrderReported,
    PositionReported,
    PriceReported,
)
from core.intents import (
    ADMITTED_MS,
    REFUSED_MS,
    UNTRACED_MS,
    AmendOrder,
    CancelOrder,
    CloseAll,
    ClosePosition,
    Intent,
    OpenPosition,
    SetTradingStop,
    close_of,
    expand,
)
from core.model import Command, Execution, Order, Position, Price
from core.order_legs import TRIES, OrderLegs
from core.provenance import request_hash
from core.recorder import ExitLabel
from core.slices import drain
from tests.strategies import a_baseline, a_position, an_execution, an_instrument, an_order
from tests.virtual import START_MS, VirtualClock, VirtualLoop

D = Decimal
HALF = ClosePosition(symbol="SOLUSDT", qty=D(5), side="Buy")
LEG = an_order(
    "Untriggered",
    order_id="leg",
    stop_order_type="PartialStopLoss",
    trigger_price=D(90),
    trigger_by="LastPrice",
    qty=D(10),
)


class Exchange:
    """The gateway. ``answers``: what the next writes do, one after another; nothing means accepted."""

    def __init__(self) -> None:
        self.answers: list[Exception | float] = []
        self.sent: list[str] = []
        self.read_s = 0.01
        self.row: Position | Exception = a_position("Buy", 10, mark_price=D(100))
        self.rows_read = 0
        self.orders: dict[str, Order] = {}
        self.orders_trouble: Exception | None = None
        self.executions: tuple[Execution, ...] = ()
        self.executions_of: tuple[Execution, ...] = ()
        self.looked_up = 0

    async def create_order(self, *, order_link_id: str, **_: Any) -> str:
        """Answer as told."""
        self.sent.append(order_link_id)
        return await self._answer(f"id-{order_link_id}")

    async def set_trading_stop(self, **_: Any) -> None:
        """Answer as told."""
        self.sent.append("stops")
        await self._answer("")

    async def cancel_order(self, *, order_id: str, **_: Any) -> None:
        """Answer as told."""
        self.sent.append(f"cancel {order_id}")
        await self._answer("")

    async def amend_order(self, *, order_id: str, **_: Any) -> None:
        """Answer as told."""
        self.sent.append(f"amend {order_id}")
        await self._answer("")

    async def _answer(self, good: str) -> str:
        answer = self.answers.pop(0) if self.answers else 0.01
        if isinstance(answer, Exception):
            raise answer
        await asyncio.sleep(answer)
        return good

    async def fetch_position(self, category: str, symbol: str, *, is_urgent: bool = False) -> tuple[Position, ...]:
        """The row by name, as of now."""
        self.rows_read += 1
        await asyncio.sleep(self.read_s)
        if isinstance(self.row, Exception):
            raise self.row
        return (replace(self.row, received_mono=asyncio.get_running_loop().time()),)

    async def fetch_executions(
        self, category: str, since_ms: int, until_ms: int, symbol: str | None = None
    ) -> tuple[Execution, ...]:
        """The last two minutes, as lists tell them: without a leg."""
        return tuple(replace(row, position_idx=None) for row in self.executions)

    async def fetch_order(self, category: str, symbol: str, link_id: str = "", order_id: str = "") -> Order | None:
        """By either id."""
        self.looked_up += 1
        if self.orders_trouble:
            raise self.orders_trouble
        return self.orders.get(link_id or order_id)

    async def fetch_executions_of(self, category: str, link_id: str) -> tuple[Execution, ...]:
        """None, as a rule: orders tell."""
        return self.executions_of

    async def fetch_orders_of(self, category: str, symbol: str) -> tuple[Order, ...]:
        """Open ones."""
        return tuple(self.orders.values())


class Wire:
    """The HTTP session below the real writes: takes every request, and acknowledges it unless it ``is_cut``."""

    has_key = True

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.is_cut = False

    async def call(self, method: str, path: str, params: dict[str, Any], *, is_private: bool) -> Reply:
        """One request."""
        self.taken.append(params)
        if self.is_cut:
            raise NoReply("connection_lost", "", was_sent=True)
        result = {"orderId": "o", "orderLinkId": params.get("orderLinkId", "")}
        return Reply(200, json.dumps({"retCode": 0, "result": result}).encode(), "application/json", "", "", "")


class Desk:
    """Book, actions and exchange on one virtual loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop, self.clock, self.exchange = loop, VirtualClock(loop), Exchange()
        self.lines: list[str] = []
        self.journalled: list[str] = []
        self.journal_error: StoreError | None = None
        self.book = PositionBook(self.clock, "paper", "Main", lambda line: self.lines.append(line.code))
        self.book.apply(InstrumentsReported("linear", (an_instrument(),)))
        price = Price(category="linear", symbol="SOLUSDT", last_price=D(100), mark_price=D(100), index_price=D(100))
        self.book.apply(PriceReported(replace(price, source="stream", ts_ms=START_MS, received_mono=loop.now)))
        self.show(self.exchange.row)
        gateway: Any = self.exchange
        numbers = iter(range(1000))
        self.actions = Actions(
            self.book,
            lambda: gateway,
            self.clock,
            lambda: f"qd{next(numbers)}",
            self.hear,
            lambda: None,
            OrderLegs(lambda: gateway, self.book.ledger.order_leg, self.clock),
            self._journal,
        )

    def hold_orders(self, seconds: float) -> Wire:
        """Orders go through the real writes from now on, and wait: Bybit has said 10006."""
        wire: Any = Wire()
        limiter = Limiter(self.clock)
        limiter.back_off("v5/order/create", seconds)
        writes = Writes(Caller(wire, wire, limiter, self.clock))
        self.exchange.create_order = writes.create_order  # type: ignore[method-assign]
        held: Wire = wire
        return held

    async def _journal(self, command: Command, intent: Intent) -> None:
        if self.journal_error:
            raise self.journal_error
        self.journalled.append(command.command_id)

    def hear(self, event: Event) -> None:
        """The stream says."""
        self.book.apply(event)

    def show(self, row: Position | Exception, **changes: Any) -> None:
        """A position row comes from the stream now."""
        assert isinstance(row, Position)
        self.hear(PositionReported(replace(row, received_mono=self.loop.now, **changes), "stream"))

    async def grow_unseen(self) -> tuple[ClosePosition, Execution]:
        """Half of the position as it was seen, which then grew without a frame; and the fill that lists tell."""
        opened, added = (an_execution(seq, "Buy", D(size), seq=seq) for seq, size in ((1, 10), (5, 5)))
        self.hear(ExecutionReported(opened, "stream"))
        self.hear(a_baseline(self.clock.now_ms(), self.loop.now, [self.exchange.row]))
        seen = self.book.snapshot().position("SOLUSDT")
        assert seen.life_id
        self.exchange.executions = (opened, added)
        self.exchange.row = replace(self.exchange.row, size=D(15), seq=5, updated_ms=START_MS + 2_000)
        await asyncio.sleep(FRESH_S + 0.1)
        return replace(HALF, life_id=seen.life_id, seq_seen=seen.seq), added

    def fill(self, link_id: str, qty: int = 5) -> None:
        """The exchange's word that an order is filled."""
        order = an_order("Filled", order_id=f"id-{link_id}", order_link_id=link_id, qty=D(qty), filled_qty=D(qty))
        self.hear(OrderReported(replace(order, order_type="Market"), "stream"))

    def begin_life(self) -> Position:
        """The first full reading, so that the position's life has a name."""
        fills = (an_execution(0, "Buy", D(10), ts_ms=START_MS - 1_000, seq=1),)
        self.hear(a_baseline(START_MS, self.loop.now, [self.position], fills))
        assert self.position.life_id
        return self.position

    def turn(self, *, is_reopened: bool = False) -> None:
        """Closed by another party, and opened on the other side, or on the same."""
        for number, side in enumerate(("Sell", "Buy" if is_reopened else "Sell"), 5):
            self.hear(ExecutionReported(an_execution(number, side, D(10), ts_ms=START_MS + number, seq=number), "rest"))
        self.show(a_position("Buy" if is_reopened else "Sell", 10, mark_price=D(100), seq=9, updated_ms=START_MS + 9))

    @property
    def position(self) -> Position:
        """As the screen shows it."""
        position = self.book.snapshot().position("SOLUSDT")
        assert position is not None
        return position

    async def lose(self, intent: Intent) -> Command:
        """Send what nobody answers and nobody finds."""
        self.exchange.answers = [OutcomeUnknown("timeout")]
        lost = await self.actions.submit(intent)
        self.book.commands.move(lost.command_id, "no_trace")
        return self.book.commands.get(lost.command_id)

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command's id and state, newest first."""
        return [(c.command_id, c.state) for c in self.book.commands.all()]


Story = Callable[[Desk], Coroutine[Any, Any, None]]


def run(story: Story) -> None:
    """Tell a story in virtual time."""

    async def told() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        await story(Desk(loop))

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(told())


async def refused(work: Coroutine[Any, Any, Command]) -> str:
    """The code with which nothing was sent."""
    with pytest.raises((BadValue, Unreachable, StoreError)) as trouble:
        await work
    return trouble.value.code


def ask_something(desk: Desk, times: int) -> None:
    """Commands of a bot, carried out at once."""
    for _ in range(times):
        name = f"c{desk.book.commands.begun}"
        desk.book.commands.start(name, CancelOrder(symbol="SOLUSDT", order_id=name), desk.clock.now_ms(), None)
        desk.book.commands.move(name, "done")


# ---- who asked for what ---------------------------------------------------------------------------------------------


def test_a_command_is_held_against_a_person_a_picture_and_a_request() -> None:
    """S50: the line says who, seeing which snapshot at which mark, and the digest of exactly what was asked for."""

    async def story(desk: Desk) -> None:
        seen = desk.book.snapshot()
        await desk.actions.submit(HALF)
        (told,) = [line.details for line in desk.book.snapshot().events if line.code == "command_asked"]
        assert told["user"] == pwd.getpwuid(os.getuid()).pw_name
        assert told["seen"] >= seen.version
        assert (told["mark"], told["qty"]) == (D(100), D(5))
        assert told["request"] == request_hash(HALF) != request_hash(replace(HALF, qty=D(4)))

    run(story)


# ---- one press, one command -----------------------------------------------------------------------------------------


def test_many_presses_at_once_are_one_command() -> None:
    """F54."""

    async def story(desk: Desk) -> None:
        outcomes = await asyncio.gather(*(desk.actions.submit(HALF) for _ in range(50)), return_exceptions=True)
        assert sum(isinstance(one, Command) for one in outcomes) == 1
        assert {one.code for one in outcomes if isinstance(one, BadValue)} == {"command_open"}
        assert desk.exchange.sent == ["qd0"]

    run(story)


def test_a_second_press_is_refused_even_if_the_first_is_over_when_its_turn_comes() -> None:
    """The row is old, so the second press reads it first; meanwhile the first one's close is done."""

    async def story(desk: Desk) -> None:
        first = await desk.actions.submit(HALF)
        await asyncio.sleep(FRESH_S + 0.1)
        desk.exchange.read_s = 1.0
        second = asyncio.create_task(desk.actions.submit(HALF))
        await asyncio.sleep(0.5)
        desk.fill(first.command_id)
        assert await refused(second) == "command_open"
        assert desk.exchange.sent == ["qd0"]

    run(story)


def test_a_press_that_waits_behind_another_one_is_refused_whatever_became_of_that() -> None:
    async def story(desk: Desk) -> None:
        await asyncio.sleep(FRESH_S + 0.1)
        desk.exchange.read_s = 0.5
        first, second = (asyncio.create_task(desk.actions.submit(HALF)) for _ in range(2))
        done = await first
        desk.fill(done.command_id)
        assert await refused(second) == "command_open"
        assert desk.commands == [("qd0", "done")]

    run(story)


def test_a_new_press_on_what_left_no_trace_takes_the_evidence_that_came_meanwhile() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        lost = await desk.actions.submit(HALF)
        desk.book.commands.move(lost.command_id, "no_trace")
        await asyncio.sleep(FRESH_S + 0.1)
        desk.exchange.read_s = 1.0
        again = asyncio.create_task(desk.actions.submit(HALF))
        await asyncio.sleep(0.5)
        desk.fill(lost.command_id)
        assert ((await again).command_id, (await again).state) == ("qd0", "done")
        assert desk.exchange.sent == ["qd0"]

    run(story)


def test_a_new_press_on_what_left_no_trace_goes_out_under_its_id() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        lost = await desk.actions.submit(HALF)
        desk.book.commands.move(lost.command_id, "no_trace")
        again = await desk.actions.submit(replace(HALF, reason="again"))
        assert (again.command_id, again.attempts, again.qty) == ("qd0", 2, D(5))
        assert desk.exchange.sent == ["qd0", "qd0"]
        assert desk.journalled == ["qd0", "qd0"]  # that it goes out again is on the disk before it does

    run(story)


@pytest.mark.parametrize(
    ("changes", "field", "code", "nearest"),
    [
        ({"qty": D(3)}, "qty", "repeat_differs", D(5)),
        ({"qty": D(10)}, "qty", "repeat_differs", D(5)),
        ({"order_type": "Limit", "price": D(101)}, "", "repeat_is_another", None),
    ],
)
def test_nothing_else_goes_out_under_the_id_of_what_left_no_trace(
    changes: dict[str, Any], field: str, code: str, nearest: Decimal | None
) -> None:
    """V25: the first copy may still arrive; then more would be closed than the command says."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        lost = await desk.actions.submit(HALF)
        desk.book.commands.move(lost.command_id, "no_trace")
        with pytest.raises(BadValue) as trouble:
            await desk.actions.submit(replace(HALF, **changes))
        assert (trouble.value.code, trouble.value.details["field"], trouble.value.details["nearest"]) == (
            code, field, nearest,
        )  # fmt: skip
        desk.fill(lost.command_id)
        (command,) = desk.book.commands.all()
        assert (command.state, command.filled_qty, command.qty) == ("done", 5, 5)
        assert desk.exchange.sent == ["qd0"]

    run(story)


@pytest.mark.parametrize("is_retried", [True, False])
def test_what_left_no_trace_goes_out_again_when_less_is_open_by_now(*, is_retried: bool) -> None:
    """Being reduce-only it closes what is left; nothing else could settle it."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        lost = await desk.actions.submit(HALF)
        desk.book.commands.move(lost.command_id, "no_trace")
        desk.show(a_position("Buy", 3, mark_price=D(100), seq=2, updated_ms=START_MS + 1))
        with pytest.raises(BadValue, match="repeat_differs"):
            await desk.actions.submit(replace(HALF, qty=D(3)))
        again = await (desk.actions.retry(lost.command_id) if is_retried else desk.actions.submit(HALF))
        assert (again.command_id, again.state, again.attempts) == ("qd0", "accepted", 2)

    run(story)


@pytest.mark.parametrize("found", ["in the list", "while it was read"])
def test_what_is_found_when_it_is_retried_is_done(found: str) -> None:
    """F61: there is no room for a second stop of the whole, which is no reason to say that the first is too big."""

    async def story(desk: Desk) -> None:
        lost = await desk.lose(
            SetTradingStop(
                symbol="SOLUSDT", tpsl_mode="Partial", stop_loss=D(90), sl_size=D(10), trigger_by="LastPrice"
            )
        )
        leg = replace(LEG, created_ms=desk.clock.now_ms())
        if found == "in the list":
            desk.exchange.orders["leg"] = leg
        else:
            await asyncio.sleep(FRESH_S + 0.1)
            desk.loop.call_later(desk.exchange.read_s / 2, desk.hear, OrderReported(leg, "stream"))
        again = await desk.actions.retry(lost.command_id)
        assert (again.state, again.attempts, desk.exchange.sent) == ("done", 1, ["stops"])

    run(story)


def test_an_old_command_that_is_retried_is_seen_to_its_verdict() -> None:
    """Beside a bot that never rests it was the oldest of all, and the first to be forgotten, verdict or not."""

    async def story(desk: Desk) -> None:
        lost = await desk.lose(HALF)
        ask_something(desk, KEPT)
        desk.exchange.answers = [0.5]
        retried = asyncio.create_task(desk.actions.retry(lost.command_id))
        await asyncio.sleep(0.1)
        desk.fill(lost.command_id)
        ask_something(desk, 1)
        assert ((await retried).state, desk.book.commands.get("qd0").state) == ("done", "done")

    run(story)


def test_what_is_forgotten_while_it_is_asked_for_again_is_no_bug() -> None:
    """A minute after its refusal it may be, and a bot asks again every minute."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [Rejected(110007, "ab not enough")]
        await desk.actions.submit(HALF)
        await asyncio.sleep(REFUSED_MS / 1000 - 0.5)
        desk.exchange.read_s = 1.0
        again = asyncio.create_task(desk.actions.submit(HALF))
        await asyncio.sleep(0.9)
        ask_something(desk, KEPT + 1)
        assert (await again).command_id == "qd1"

    run(story)


def test_what_was_refused_goes_out_again_under_its_id() -> None:
    """A copy of the request that was made on the way may yet be admitted: a second id could take effect beside it."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [RateLimited("too_many_visits", 500), Rejected(110007, "ab not enough")]
        for _ in range(3):
            await desk.actions.submit(HALF)
        (command,) = desk.book.commands.all()
        # Each copy was refused, so nothing was lost: the second refusal is one as well.
        assert (command.state, command.attempts) == ("accepted", 3)
        assert desk.exchange.sent == ["qd0", "qd0", "qd0"]

    run(story)


def test_what_was_refused_and_another_copy_of_it_filled_is_done() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [RateLimited("too_many_visits", 500)]
        refused_ = await desk.actions.submit(HALF)
        desk.fill(refused_.command_id)
        assert desk.commands == [("qd0", "done")]

    run(story)


def test_what_was_refused_stands_beside_something_else_and_after_a_minute() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [Rejected(110007, "ab not enough"), Rejected(110007, "ab not enough")]
        await desk.actions.submit(HALF)
        other = await desk.actions.submit(replace(HALF, qty=D(3)))
        assert (other.command_id, other.state) == ("qd1", "refused")
        await asyncio.sleep(REFUSED_MS / 1000)
        assert (await desk.actions.submit(HALF)).command_id == "qd2"

    run(story)


# ---- the way out ----------------------------------------------------------------------------------------------------

LOST = [
    {"qty": D(5)},
    {"qty": D(5), "order_type": "Limit", "price": D(101)},
    {"qty": D(10), "order_type": "Limit", "price": D(101)},
]


@pytest.mark.parametrize("changes", LOST)
@pytest.mark.parametrize("is_all", [True, False])
def test_the_whole_may_be_closed_at_market_whatever_left_no_trace(changes: dict[str, Any], *, is_all: bool) -> None:
    """Reduce-only both: at worst the position is flat, as is asked for. To wait for an hour could cost more."""

    async def story(desk: Desk) -> None:
        lost = await desk.lose(replace(close_of(desk.begin_life(), "manual"), **changes))
        await asyncio.sleep(ADMITTED_MS / 1000)
        desk.exchange.answers = [Rejected(110007, "ab not enough")]
        await desk.actions.retry(lost.command_id)
        desk.book.commands.move(lost.command_id, "no_trace")
        whole = close_of(desk.position, "manual")
        assert await refused(desk.actions.submit(whole)) in {"repeat_is_another", "repeat_differs"}  # another copy
        await asyncio.sleep(ADMITTED_MS / 1000)
        (way_out,) = expand(CloseAll(), desk.book.snapshot()) if is_all else (whole,)
        command = await desk.actions.submit(way_out)
        assert (command.command_id, command.state, command.qty) == ("qd1", "accepted", D(10))
        assert desk.commands == [("qd1", "accepted"), ("qd0", "no_trace")]
        desk.fill("qd0", int(changes["qty"]))
        assert desk.book.commands.get("qd0").state == "done"  # evidence still settles it

    run(story)


@pytest.mark.parametrize(
    "changes",
    [{"qty": D(6)}, {"order_type": "Limit", "price": D(99)}, {"life_id": ""}, {"life_id": "", "side": ""}],
)
def test_nothing_else_is_a_way_out(changes: dict[str, Any]) -> None:
    async def story(desk: Desk) -> None:
        await desk.lose(close_of(desk.begin_life(), "manual", D(5)))
        await asyncio.sleep(ADMITTED_MS / 1000)
        other = replace(close_of(desk.position, "manual"), **changes)
        assert await refused(desk.actions.submit(other)) in {"repeat_is_another", "repeat_differs"}
        assert desk.exchange.sent == ["qd0"]

    run(story)


def test_the_way_out_waits_for_a_verdict_and_goes_out_again_under_its_own_id() -> None:
    async def story(desk: Desk) -> None:
        half, whole = (close_of(desk.begin_life(), "manual", qty) for qty in (D(5), None))
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(half)
        await asyncio.sleep(ADMITTED_MS / 1000)
        assert await refused(desk.actions.submit(whole)) == "command_open"
        desk.book.commands.move("qd0", "no_trace")
        await desk.lose(whole)
        for again, name in ((whole, "qd1"), (half, "qd0")):
            await asyncio.sleep(ADMITTED_MS / 1000)
            assert (await desk.lose(again)).command_id == name
        assert await refused(desk.actions.submit(close_of(desk.position, "manual", D(3)))) == "repeat_differs"
        assert desk.exchange.sent == ["qd0", "qd1", "qd1", "qd0"]

    run(story)


def test_a_clock_that_is_set_back_does_not_bar_the_way_out() -> None:
    """F94: by the monotonic clock, what has no trace is old enough already; the wall clock would take an hour."""

    async def story(desk: Desk) -> None:
        await desk.lose(close_of(desk.begin_life(), "manual", D(5)))
        await asyncio.sleep(ADMITTED_MS / 1000)
        desk.clock.set_back(3_600)
        assert await refused(desk.actions.submit(close_of(desk.position, "manual", D(3)))) == "repeat_differs"
        assert (await desk.actions.submit(close_of(desk.position, "manual"))).command_id == "qd1"

    run(story)


def test_an_hour_without_a_trace_begins_with_the_last_copy() -> None:
    """Sent again after 59.5 minutes and lost again, it may turn up for another hour."""

    async def story(desk: Desk) -> None:
        await desk.lose(HALF)
        await asyncio.sleep(UNTRACED_MS / 1000 - 30)
        assert (await desk.lose(HALF)).attempts == 2
        await asyncio.sleep(31)
        assert await refused(desk.actions.submit(replace(HALF, qty=D(3)))) == "repeat_differs"
        assert (await desk.lose(HALF)).command_id == "qd0"
        await asyncio.sleep(UNTRACED_MS / 1000)
        assert (await desk.actions.submit(replace(HALF, qty=D(3)))).command_id == "qd1"

    run(story)


def test_the_minute_after_a_refusal_begins_with_the_last_copy() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [Rejected(110007, "ab not enough") for _ in range(3)]
        for _ in range(3):
            await desk.actions.submit(HALF)
            await asyncio.sleep(REFUSED_MS / 1000 - 1)
        assert desk.exchange.sent == ["qd0", "qd0", "qd0"]

    run(story)


@pytest.mark.parametrize(("has_life", "is_reopened"), [(True, True), (True, False), (False, False)])
@pytest.mark.parametrize("is_retried", [True, False])
def test_what_left_no_trace_never_goes_out_against_another_position(
    *, has_life: bool, is_reopened: bool, is_retried: bool
) -> None:
    """Of an unbound close only its command knows what it was for: the row of now would turn its side round."""

    async def story(desk: Desk) -> None:
        if has_life:
            desk.begin_life()
        lost = await desk.lose(ClosePosition(symbol="SOLUSDT", qty=D(5)))
        desk.turn(is_reopened=is_reopened)
        if is_retried:
            assert await refused(desk.actions.retry(lost.command_id)) == "position_changed"
            assert desk.commands == [("qd0", "no_trace")]
        else:
            assert (await desk.actions.submit(ClosePosition(symbol="SOLUSDT", qty=D(5)))).command_id == "qd1"

    run(story)


@pytest.mark.parametrize("is_retried", [True, False])
@pytest.mark.parametrize("is_late", [True, False])
def test_a_life_whose_beginning_comes_later_is_still_the_same(*, is_retried: bool, is_late: bool) -> None:
    """F74, F78: it is named by its first execution; another id beside what left no trace could take effect as well."""

    async def story(desk: Desk) -> None:
        first, second = (an_execution(n, "Buy", D(5), ts_ms=START_MS - 3_000 + n, seq=n - 2) for n in (1, 2))
        if is_late:
            desk.hear(a_baseline(START_MS - 5_000, desk.loop.now, []))
            desk.hear(ExecutionReported(second, "stream"))
        else:
            desk.hear(a_baseline(START_MS, desk.loop.now, [desk.position], (second,)))
        close = close_of(desk.position, "manual", D(5))
        await desk.lose(close)
        kept: list[Any] = []
        desk.book._proofs._on_record = kept.append
        if is_late:
            desk.hear(ExecutionReported(first, "rest"))
        else:
            drain(desk.book.begin_earlier(close.key, [first]))
        assert desk.position.life_id != close.life_id
        again = replace(close, life_id=desk.position.life_id)
        (command,) = kept
        next_run = CommandLog()
        next_run.restore(command, close)
        assert (next_run.get("qd0").life_id, next_run.intent("qd0")) == (again.life_id, again)
        work = desk.actions.retry("qd0") if is_retried else desk.actions.submit(again)
        assert ((await work).command_id, desk.exchange.sent) == ("qd0", ["qd0", "qd0"])

    run(story)


def test_what_turned_round_while_it_was_written_down_is_seen() -> None:
    async def story(desk: Desk) -> None:
        async def slow(command: Command, intent: Intent) -> None:
            desk.turn()

        desk.actions._journal = slow
        assert await refused(desk.actions.submit(ClosePosition(symbol="SOLUSDT", qty=D(5)))) == "position_changed"
        assert desk.exchange.sent == []

    run(story)


def test_what_cannot_be_journalled_does_not_go_out_again() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        lost = await desk.actions.submit(HALF)
        desk.book.commands.move(lost.command_id, "no_trace")
        desk.journal_error = StoreError("disk_full")
        for going_out_again in (desk.actions.submit(HALF), desk.actions.retry(lost.command_id)):
            with pytest.raises(StoreError):
                await going_out_again
            assert desk.book.commands.get(lost.command_id).state == "no_trace"
        assert desk.exchange.sent == ["qd0"]

    run(story)


def test_other_things_may_be_done_beside_a_close() -> None:
    async def story(desk: Desk) -> None:
        stop = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), side="Buy")
        outcomes = await asyncio.gather(desk.actions.submit(HALF), desk.actions.submit(stop))
        assert [one.state for one in outcomes] == ["accepted", "accepted"]

    run(story)


# ---- what is acted on -----------------------------------------------------------------------------------------------


def test_a_fresh_row_is_not_read_again_and_an_old_one_is() -> None:
    """P4: what is acted on is at most 2 s old."""

    async def story(desk: Desk) -> None:
        await desk.actions.submit(HALF)
        assert desk.exchange.rows_read == 0
        await asyncio.sleep(FRESH_S + 0.1)
        desk.fill("qd0")
        await desk.actions.submit(HALF)
        assert desk.exchange.rows_read == 1

    run(story)


def test_nothing_is_sent_on_an_old_row_that_cannot_be_read_again() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.row = Unreachable("timeout")
        await asyncio.sleep(FRESH_S + 0.1)
        assert await refused(desk.actions.submit(HALF)) == "stale"
        assert (desk.exchange.sent, desk.commands) == ([], [])

    run(story)


def test_what_the_fresh_row_says_decides() -> None:
    """F50: it turned round between the last frame and the press."""

    async def story(desk: Desk) -> None:
        await asyncio.sleep(FRESH_S + 0.1)
        desk.exchange.row = a_position("Sell", 10, mark_price=D(100), seq=9, updated_ms=START_MS + 1)
        assert await refused(desk.actions.submit(HALF)) == "position_changed"
        assert desk.exchange.sent == []

    run(story)


def test_a_position_that_traded_since_it_was_seen_needs_its_executions() -> None:
    """F51: closed and reopened on the same side; only the executions can tell."""

    async def story(desk: Desk) -> None:
        bound = close_of(desk.begin_life(), "manual", D(5))
        desk.show(desk.position, size=D(15), seq=5, updated_ms=START_MS + 1)
        fill = an_execution(5, "Buy", D(5), seq=5)
        # A payment, or a fill of the other leg, says nothing about this one.
        for other in ({"exec_id": "f", "exec_type": "Funding"}, {"exec_id": "o", "position_idx": 2}):
            desk.hear(ExecutionReported(replace(fill, **other), "rest"))
            assert await refused(desk.actions.submit(bound)) == "position_unproven"
        desk.hear(ExecutionReported(fill, "rest"))
        assert (await desk.actions.submit(bound)).state == "accepted"

    run(story)


@pytest.mark.parametrize(("is_listed", "code"), [(True, "position_changed"), (False, "position_unproven")])
def test_a_life_that_does_not_arrive_at_the_size_proves_nothing(*, is_listed: bool, code: str) -> None:
    """F51, F78: closed and reopened, and of the two executions the stream lost the first: it looks like one life."""

    async def story(desk: Desk) -> None:
        bound = close_of(desk.begin_life(), "manual")
        at_ms = desk.clock.now_ms()
        closed, opened = (an_execution(n, side, D(10), ts_ms=at_ms + n, seq=n) for n, side in ((5, "Sell"), (6, "Buy")))
        desk.hear(ExecutionReported(opened, "stream"))
        desk.show(a_position("Buy", 10, mark_price=D(100), seq=6, updated_ms=at_ms + 6))
        assert desk.position.life_id == bound.life_id
        if is_listed:
            desk.exchange.executions = (closed, opened)
            for row in (closed, opened):
                desk.exchange.orders[row.order_id] = an_order("Filled", order_id=row.order_id)
        assert await refused(desk.actions.submit(bound)) == code
        assert desk.exchange.sent == []

    run(story)


def test_executions_that_only_a_list_tells_prove_a_position_by_their_order() -> None:
    """A bot adds to the position while the private stream loses frames: nothing of that order was ever seen here."""

    async def story(desk: Desk) -> None:
        bound, added = await desk.grow_unseen()
        for _ in range(2 * TRIES):
            assert await refused(desk.actions.submit(bound)) == "position_unproven"
        desk.exchange.orders[added.order_id] = an_order("Filled", order_id=added.order_id)
        assert (await desk.actions.submit(bound)).state == "accepted", "pressing gave the order up"

    run(story)


def test_a_position_whose_orders_cannot_be_asked_for_is_not_acted_on() -> None:
    async def story(desk: Desk) -> None:
        bound, _ = await desk.grow_unseen()
        desk.exchange.orders_trouble = Unreachable("timeout")
        assert await refused(desk.actions.submit(bound)) == "timeout"
        assert desk.exchange.sent == []

    run(story)


# ---- before anything is sent ----------------------------------------------------------------------------------------


def test_executions_that_do_not_come_keep_nobody_waiting() -> None:
    """P2: who pressed is told within seconds, and who waits behind is not expired by it."""

    async def story(desk: Desk) -> None:
        close, _ = await desk.grow_unseen()

        async def never(*_: Any) -> tuple[Execution, ...]:
            return await asyncio.get_running_loop().create_future()

        desk.exchange.fetch_executions = never  # type: ignore[assignment,method-assign]
        asked = desk.loop.now
        assert await refused(desk.actions.submit(close)) == "position_unproven"
        assert desk.loop.now - asked < UNSENT_S
        assert desk.exchange.sent == []

    run(story)


def test_an_opening_whose_symbol_takes_long_to_prepare_is_let_go() -> None:
    """Its order would meet another market than its author saw."""

    async def story(desk: Desk) -> None:
        desk.exchange.row = a_position("", 0, seq=9)
        desk.show(desk.exchange.row)
        opening = OpenPosition(symbol="SOLUSDT", side="Buy", qty=D(5))
        desk.exchange.read_s = UNSENT_S + 0.1
        late = await desk.actions.submit(opening)
        assert (late.state, late.detail, desk.exchange.sent) == ("refused", "expired", [])
        desk.exchange.read_s = UNSENT_S - 0.1
        assert (await desk.actions.submit(opening)).state == "accepted"

    run(story)


def test_what_was_looked_for_is_not_remembered_for_ever() -> None:
    """P29: most verdicts come from the stream, which no search hears of."""

    async def story(desk: Desk) -> None:
        for number in range(5):
            desk.show(desk.exchange.row, seq=number)
            desk.fill((await desk.actions.submit(HALF)).command_id)
        assert len(desk.actions._resolver._searches) == 1

    run(story)


def test_what_cannot_be_written_down_is_not_sent() -> None:
    """F109."""

    async def story(desk: Desk) -> None:
        desk.journal_error = StoreError("disk_full")
        assert await refused(desk.actions.submit(HALF)) == "disk_full"
        assert (desk.exchange.sent, desk.commands) == ([], [])
        assert desk.lines[-1] == "command_not_journalled"

    run(story)


@pytest.mark.parametrize("is_second", [False, True])
@pytest.mark.parametrize("breaks", [False, True])
def test_nobody_waits_for_ever_when_its_author_leaves_while_it_is_written_down(
    *, is_second: bool, breaks: bool
) -> None:
    """A bot's time-out beside a stalled disk, or a bug: nothing was sent, and the position can be closed."""

    async def story(desk: Desk) -> None:
        before, kept = [], list[tuple[str, str]]()
        if is_second:
            before = [((await desk.lose(HALF)).command_id, "no_trace")]

        async def stalled(command: Command, intent: Intent) -> None:
            if breaks:
                raise RuntimeError
            await asyncio.sleep(60)

        journal, desk.actions._journal = desk.actions._journal, stalled
        desk.book._proofs._on_record = lambda command: kept.append((command.command_id, command.state))
        desk.exchange.sent.clear()
        desk.lines.clear()
        with pytest.raises(RuntimeError if breaks else TimeoutError):
            await asyncio.wait_for(desk.actions.submit(HALF), 1.0)
        # What the disk may still write down ends there as well.
        assert (desk.exchange.sent, desk.commands, kept) == ([], before, [("qd0", "no_trace" if before else "refused")])
        # No verdict is told: Bybit refused nothing, and nobody looked for it again.
        assert desk.lines == ["command_retried" if is_second else "command_asked", "command_not_journalled"]
        desk.actions._journal = journal
        assert (await desk.actions.submit(HALF)).state == "accepted"

    run(story)


def test_an_exit_whose_name_cannot_be_kept_was_sent_all_the_same() -> None:
    """What ``submit`` raises means that nothing was sent: the bot would close once more."""

    async def story(desk: Desk) -> None:
        class Disk:
            kept: list[object] = []  # noqa: RUF012

            @property
            def store(self) -> Any:
                raise StoreError("store_closed")

            def keep(self, record: object) -> None:
                self.kept.append(record)

        publisher = SimpleNamespace(soon=lambda: None)
        engine = SimpleNamespace(actions=desk.actions, book=desk.book, recorder=Disk(), publisher=publisher)
        manager: Any = SimpleNamespace(engine=engine)
        command = await trading.submit(manager, replace(HALF, reason="ladder 1"))
        assert (command.state, Disk.kept) == ("accepted", [ExitLabel("qd0", "ladder 1")])

    run(story)


def test_an_intent_that_waited_too_long_is_let_go() -> None:
    """P4: 5 s."""

    async def story(desk: Desk) -> None:
        async def slow(command: Command, intent: Intent) -> None:
            await asyncio.sleep(UNSENT_S + 0.1)

        desk.actions._journal = slow
        assert await refused(desk.actions.submit(HALF)) == "expired"
        assert (desk.exchange.sent, desk.commands) == ([], [("qd0", "refused")])

    run(story)


@pytest.mark.parametrize("is_writing", [True, False])
def test_an_intent_does_not_outlive_the_night(*, is_writing: bool) -> None:
    """Pressed, and the lid shut: the monotonic clock stands still meanwhile, and has seconds left in the morning."""

    async def story(desk: Desk) -> None:
        wire = desk.hold_orders(0.0 if is_writing else 2.0)

        async def slow(command: Command, intent: Intent) -> None:
            await asyncio.sleep(2.0)

        if is_writing:
            desk.actions._journal = slow
        desk.loop.call_later(1.0, desk.clock.set_back, -10 * 3_600)
        assert await refused(desk.actions.submit(HALF)) == "expired"
        assert (wire.taken, desk.commands) == ([], [("qd0", "refused")])

    run(story)


def test_what_changed_while_it_was_written_down_is_seen() -> None:
    async def story(desk: Desk) -> None:
        async def slow(command: Command, intent: Intent) -> None:
            desk.show(a_position(size=0, seq=9, updated_ms=START_MS + 1))

        desk.actions._journal = slow
        assert await refused(desk.actions.submit(HALF)) == "position_gone"
        assert (desk.exchange.sent, desk.commands) == ([], [("qd0", "refused")])

    run(story)


@pytest.mark.parametrize("is_reopened", [True, False])
@pytest.mark.parametrize("is_second", [True, False])
def test_what_turned_round_while_it_waited_for_its_turn_never_leaves(*, is_reopened: bool, is_second: bool) -> None:
    """P4: for seconds after 10006, or behind other orders, the market and the bots go on."""

    async def story(desk: Desk) -> None:
        close = close_of(desk.begin_life(), "manual")
        if is_second:
            await desk.lose(close)
        wire = desk.hold_orders(2.0)
        asked = asyncio.create_task(desk.actions.submit(close))
        await asyncio.sleep(1.0)
        desk.turn(is_reopened=is_reopened)
        assert await refused(asked) == "position_changed"
        # An earlier copy may still turn up: that this one did not leave proves nothing about it.
        assert (wire.taken, desk.commands) == ([], [("qd0", "no_trace" if is_second else "refused")])

    run(story)


def test_what_waits_for_its_turn_does_not_leave_a_desk_that_was_locked() -> None:
    async def story(desk: Desk) -> None:
        wire = desk.hold_orders(2.0)
        asked = asyncio.create_task(desk.actions.submit(HALF))
        await asyncio.sleep(1.0)
        desk.book.set_armed(False)
        assert await refused(asked) == "not_armed"
        assert wire.taken == []

    run(story)


@pytest.mark.parametrize("is_waiting", [True, False])
def test_what_is_held_of_another_account_is_not_acted_on(*, is_waiting: bool) -> None:
    """P4: the key is another one by now; what it opens is not read yet, and the old picture is still shown."""

    async def story(desk: Desk) -> None:
        close = close_of(desk.begin_life(), "manual")
        lost = await desk.lose(replace(close, qty=D(3)))
        await asyncio.sleep(ADMITTED_MS / 1000)
        desk.show(desk.exchange.row)
        wire = desk.hold_orders(2.0)
        if is_waiting:
            desk.loop.call_later(1.0, desk.book.expect_new_ledger)
        else:
            desk.book.expect_new_ledger()
            assert await refused(desk.actions.retry(lost.command_id)) == "not_connected"
        assert await refused(desk.actions.submit(close)) == "not_connected"
        assert wire.taken == []
        assert desk.commands == [*([("qd1", "refused")] if is_waiting else []), ("qd0", "no_trace")]

    run(story)


def test_what_finds_no_connection_when_it_is_sent_was_not_sent() -> None:
    """The client is just being replaced: there is nothing to look for."""

    async def story(desk: Desk) -> None:
        def nobody() -> Any:
            raise Unreachable("not_connected")

        desk.actions._sender._gateway = nobody
        assert await refused(desk.actions.submit(HALF)) == "not_connected"
        assert desk.commands == [("qd0", "refused")]

    run(story)


def test_a_bot_does_not_open_what_is_found_open_while_the_symbol_is_prepared() -> None:
    """Opened elsewhere a moment ago, and no frame told: the row that is read on the way does."""

    async def story(desk: Desk) -> None:
        desk.show(a_position("", 0, seq=9))
        wire = desk.hold_orders(0.0)
        desk.exchange.row = a_position("Buy", 10, mark_price=D(100), seq=12, updated_ms=START_MS + 1)
        assert await refused(desk.actions.submit(OpenPosition(symbol="SOLUSDT", side="Buy", qty=D(5)))) == (
            "position_exists"
        )
        assert (wire.taken, desk.commands) == ([], [("qd0", "refused")])

    run(story)


def test_a_desk_that_leaves_takes_nothing_and_counts_what_is_being_sent_as_unknown() -> None:
    """P10."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [3.0]
        sending = asyncio.create_task(desk.actions.submit(HALF))
        await asyncio.sleep(0.5)
        (left,) = desk.actions.leave()
        assert (left.state, left.detail) == ("unknown", "exit")
        assert await refused(desk.actions.submit(CancelOrder(symbol="SOLUSDT", order_id="o1"))) == "leaving"
        desk.book.commands.move(left.command_id, "no_trace")
        assert await refused(desk.actions.retry(left.command_id)) == "leaving"
        sending.cancel()

    run(story)


# ---- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state", "detail"),
    [
        (Rejected(110007, "ab not enough"), "refused", "ab not enough"),
        (RateLimited("too_many_visits", 500), "refused", "too_many_visits"),
        (AuthFailed("auth_failed"), "refused", "auth_failed"),
        (OutcomeUnknown("not_sent"), "refused", "not_sent"),
        (OutcomeUnknown("timeout"), "unknown", "timeout"),
        (OutcomeUnknown("unclear_code", ret_code=10016), "unknown", "unclear_code"),
        (OutcomeUnknown("exists", ret_code=110072), "unknown", "exists"),
    ],
)
def test_what_an_answer_proves(answer: Exception, state: str, detail: str) -> None:
    """P3: only what is on the allow-list is a refusal, and only of the first copy."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [answer, answer]
        command = await desk.actions.submit(HALF)
        assert (command.state, command.detail) == (state, detail)
        if command.is_open:
            desk.book.commands.move(command.command_id, "no_trace")
            again = await desk.actions.retry(command.command_id)
            assert (again.state, again.attempts) == ("unknown", 2)

    run(story)


def test_a_refusal_because_the_position_is_gone_says_so() -> None:
    """F55, F59: whatever words the exchange has for it."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [Rejected(110017, "current position is zero"), Rejected(10001, "zero position")]
        desk.exchange.row = a_position(size=0, seq=9, updated_ms=START_MS + 1)
        stop = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), side="Buy")
        outcomes = await asyncio.gather(desk.actions.submit(HALF), desk.actions.submit(stop))
        assert {(one.state, one.detail) for one in outcomes} <= {
            ("refused", "closed_by_other"), ("refused", "position_gone"),
        }  # fmt: skip

    run(story)


def test_only_what_left_no_trace_can_be_retried() -> None:
    async def story(desk: Desk) -> None:
        assert await refused(desk.actions.retry("nobody")) == "not_retryable"
        command = await desk.actions.submit(HALF)
        assert await refused(desk.actions.retry(command.command_id)) == "not_retryable"
        desk.fill(command.command_id)
        assert await refused(desk.actions.retry(command.command_id)) == "not_retryable"

    run(story)


# ---- finding out ----------------------------------------------------------------------------------------------------


def test_no_trace_takes_three_clean_look_ups_over_ten_seconds_after_the_deadline() -> None:
    """RELIABILITY 3.1, step 5."""

    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(HALF)
        began, seen = desk.loop.now, []
        while desk.commands == [("qd0", "unknown")]:
            await desk.actions.resolve()
            seen.append(desk.loop.now - began)
            await asyncio.sleep(1.0)
        assert desk.commands == [("qd0", "no_trace")]
        assert 13.0 <= seen[-1] <= 14.5
        assert desk.exchange.looked_up >= 3

    run(story)


def test_look_ups_count_from_when_it_left_not_from_when_it_began_to_wait() -> None:
    """RELIABILITY 3.1, step 5: a copy may be admitted for 8 s after that, and lists lag by 5 s."""

    async def story(desk: Desk) -> None:
        wire = desk.hold_orders(4.5)
        wire.is_cut = True
        assert (await desk.actions.submit(HALF)).state == "unknown"
        left = desk.loop.now
        while desk.commands == [("qd0", "unknown")]:
            await desk.actions.resolve()
            await asyncio.sleep(1.0)
        assert desk.commands == [("qd0", "no_trace")]
        assert desk.loop.now - 1.0 - left >= 13.0

    run(story)


def test_an_error_is_not_an_absence() -> None:
    async def story(desk: Desk) -> None:
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(HALF)

        async def broken(*_: Any, **__: Any) -> Order | None:
            raise Unreachable("timeout")

        desk.exchange.fetch_order = broken  # type: ignore[method-assign]
        for _ in range(60):
            await desk.actions.resolve()
            await asyncio.sleep(1.0)
        assert desk.commands == [("qd0", "unknown")]

    run(story)


@pytest.mark.parametrize("kind", [ClosePosition, SetTradingStop])
@pytest.mark.parametrize(("is_listed", "is_filled"), [(False, False), (False, True), (True, False)])
def test_a_contract_that_is_listed_no_more_locks_the_desk_for_ever_in_no_case(
    kind: type[ClosePosition | SetTradingStop], *, is_listed: bool, is_filled: bool
) -> None:
    """F90, P10: a command of the last run whose contract the exchange does not even know by name any more."""

    async def story(desk: Desk) -> None:
        symbol = "SOLUSDT" if is_listed else "OLDUSDT"
        intent = kind(symbol=symbol, **({"qty": D(5)} if kind is ClosePosition else {"stop_loss": D(90)}))  # type: ignore[arg-type]
        former = CommandLog()
        link_id = "qdold" if kind is ClosePosition else None
        desk.book.restore_command(former.start("qdold", intent, START_MS, link_id), intent)
        desk.hear(a_baseline(START_MS, desk.loop.now, []))
        desk.exchange.orders_trouble = desk.exchange.row = Rejected(10001, "params error: symbol invalid")
        if is_filled:
            fill = an_execution(1, "Sell", D(5), symbol=symbol, order_link_id="qdold")
            desk.exchange.executions_of = (replace(fill, position_idx=0),)
        for _ in range(20):
            await desk.actions.resolve()
            await asyncio.sleep(1.0)
        is_done = is_filled and kind is ClosePosition
        assert desk.commands == [("qdold", "unknown" if is_listed else "done" if is_done else "no_trace")]
        assert desk.book.snapshot().is_resuming == is_listed

    run(story)


def test_an_accepted_command_is_looked_up_when_the_stream_is_silent() -> None:
    async def story(desk: Desk) -> None:
        await desk.actions.submit(HALF)
        await desk.actions.resolve()
        assert desk.exchange.looked_up == 0  # the stream usually answers first
        await asyncio.sleep(2.1)
        order = an_order("Filled", order_id="id-qd0", order_link_id="qd0", qty=D(5), filled_qty=D(5))
        desk.exchange.orders["qd0"] = order
        await desk.actions.resolve()
        assert desk.commands == [("qd0", "done")]

    run(story)


def test_an_accepted_command_is_looked_up_though_the_clock_was_set_back() -> None:
    """F94: by an hour, say, while the stream lost its evidence."""

    async def story(desk: Desk) -> None:
        await desk.actions.submit(HALF)
        desk.clock.set_back(3_600)
        await asyncio.sleep(2.1)
        await desk.actions.resolve()
        assert desk.exchange.looked_up == 1

    run(story)


def test_a_leg_is_known_after_a_restart_on_a_computer_whose_clock_is_wrong() -> None:
    """F61, F93: by the exchange's time, measured only after the journal was read. Unknown, it would be made again."""

    async def story(desk: Desk) -> None:
        desk.book.set_links(clock_offset_ms=-30_000)
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        stop = SetTradingStop(
            symbol="SOLUSDT", tpsl_mode="Partial", stop_loss=D(90), sl_size=D(10), trigger_by="LastPrice"
        )
        lost = await desk.actions.submit(stop)
        next_run = Desk(desk.loop)
        next_run.book.restore_command(lost, stop)
        next_run.book.set_links(clock_offset_ms=-30_000)
        next_run.hear(OrderReported(replace(LEG, created_ms=desk.clock.now_ms() - 30_000), "rest"))
        assert next_run.commands == [("qd0", "done")]

    run(story)


@pytest.mark.parametrize("asks", [{}, {"price": D(91)}])
def test_an_order_that_is_nowhere_is_neither_cancelled_nor_left_as_it_was(asks: dict[str, Any]) -> None:
    """F41: the short list is empty and the history lags; the order may have filled, at the price asked for."""

    async def story(desk: Desk) -> None:
        order = replace(an_order("New", order_id="o1", qty=D(5)), order_type="Limit", price=D(90))
        desk.hear(OrderReported(order, "stream"))
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        intent = AmendOrder if asks else CancelOrder
        command = await desk.actions.submit(intent(symbol="SOLUSDT", order_id="o1", **asks))
        assert command.state == "unknown"
        seen = []
        for _ in range(20):
            await desk.actions.resolve()
            seen.append(desk.book.commands.get("qd0").state)
            await asyncio.sleep(1.0)
        assert seen[:13] == ["unknown"] * 13
        assert seen[-1] == "no_trace"
        filled = replace(order, status="Filled", filled_qty=D(5), updated_ms=order.updated_ms + 1, **asks)
        desk.hear(OrderReported(filled, "stream"))
        assert desk.commands == [("qd0", "done")]

    run(story)


def test_a_list_that_lags_proves_nothing() -> None:
    """The price of before the last amend is not the doing of the next one, which asks for it again."""

    async def story(desk: Desk) -> None:
        first = replace(an_order("New", order_id="o1", qty=D(5)), order_type="Limit", price=D(90))
        amended = replace(first, price=D(91), updated_ms=first.updated_ms + 1)
        for row in (first, amended):
            desk.hear(OrderReported(row, "stream"))
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(AmendOrder(symbol="SOLUSDT", order_id="o1", price=D(90)))
        for listed, state in ((first, "unknown"), (replace(first, updated_ms=amended.updated_ms + 1), "done")):
            desk.exchange.orders["o1"] = listed
            await desk.actions.resolve()
            assert desk.commands == [("qd0", state)]

    run(story)


def test_another_activation_price_is_proven_by_the_stop_order() -> None:
    """A position row shows the distance alone, which stays: it would prove what never arrived."""

    async def story(desk: Desk) -> None:
        desk.exchange.row = replace(desk.exchange.row, trailing_stop=D(5), seq=2)
        desk.show(desk.exchange.row)
        waiting = an_order("Untriggered", stop_order_type="TrailingStop", trigger_price=D(110), trigger_by="LastPrice")
        desk.hear(OrderReported(waiting, "stream"))
        desk.exchange.orders["t"] = waiting
        desk.exchange.answers = [OutcomeUnknown("timeout")]
        await desk.actions.submit(SetTradingStop(symbol="SOLUSDT", trailing_stop=D(5), active_price=D(120)))
        await desk.actions.resolve()
        assert desk.commands == [("qd0", "unknown")]
        desk.exchange.orders["t"] = replace(waiting, trigger_price=D(120), updated_ms=waiting.updated_ms + 1)
        await desk.actions.resolve()
        assert desk.commands == [("qd0", "done")]

    run(story)
