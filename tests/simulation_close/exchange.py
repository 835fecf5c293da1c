"""An exchange behind a harsh network, as RELIABILITY 1.4 describes it: what it executes, and what it shows of that.

The rates are harsh on purpose: they tell protocols apart, they predict nothing. Streams bring only some of the news.
A bot reopens the position at once, so that every second close that is executed is harm, reduce-only or not: the rows
show the position open all the time.
"""

import asyncio
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from core.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from core.events import Event, ExecutionReported, OrderReported, PositionReported
from core.model import Execution, Order, Position
from tests.strategies import a_position, an_execution, an_order
from tests.virtual import VirtualLoop

TIMEOUT_S = 8.0
RECV_WINDOW_S = 5.0
SIZE = Decimal(10)


class Scenario(NamedTuple):
    """What goes wrong in a run. ``late_s``: how late an admitted order may be executed."""

    name: str
    has_faults: bool = True
    is_double_clicked: bool = False
    is_killed: bool = False
    late_s: float = 6.0


SCENARIOS = {
    s.name: s
    for s in (
        Scenario("network"),
        Scenario("double_clicked", is_double_clicked=True),
        Scenario("killed", is_killed=True),
        Scenario("mixed", is_double_clicked=True, is_killed=True),
        Scenario("late", is_double_clicked=True, is_killed=True, late_s=25.0),
    )
}

Answer = Callable[[], str]


class Exchange:
    """What is true: orders admitted under an id, and closes executed. Times are the loop's seconds."""

    def __init__(self, loop: VirtualLoop, rng: random.Random, scenario: Scenario) -> None:
        self.loop = loop
        self.rng = rng
        self.scenario = scenario
        self.admitted: set[str] = set()
        self.executed: list[tuple[str, Decimal, float]] = []
        self.ids_sent: list[str] = []
        self.unjournalled = 0
        self.listeners: list[Callable[[Event], None]] = []

    # ---- the way there ----------------------------------------------------------------------------------------------

    def turn_s(self, link_id: str) -> float:
        """How long a request waits for its turn before it leaves."""
        return 0.0

    def deliver(self, link_id: str, qty: Decimal, answered: asyncio.Future[Answer]) -> None:
        """Bring one request to the door: lost, delayed, duplicated, or simply there."""
        rng, sent = self.rng, self.loop.now
        self.ids_sent.append(link_id)
        way = rng.uniform(1.0, 9.0) if rng.random() < 0.10 else rng.uniform(0.01, 0.1)
        if rng.random() >= 0.08:
            self.loop.call_later(way, self._arrive, link_id, qty, sent, answered)
        elif rng.random() < 0.5:
            self.loop.call_later(way, _answer, answered, _raise(OutcomeUnknown("connection_lost")))
        if rng.random() < 0.03:
            self.loop.call_later(way + rng.uniform(0.0, 6.0), self._arrive, link_id, qty, sent, None)

    def _arrive(self, link_id: str, qty: Decimal, sent: float, answered: asyncio.Future[Answer] | None) -> None:
        answer = self._judge(link_id, qty, sent)
        if answered is not None and self.rng.random() >= 0.10:
            self.loop.call_later(self.rng.uniform(0.01, 0.1), _answer, answered, answer)

    def _judge(self, link_id: str, qty: Decimal, sent: float) -> Answer:
        """What the exchange answers, and does."""
        rng = self.rng
        if self.loop.now - sent > RECV_WINDOW_S:
            return _raise(Rejected(10002, "invalid request"))
        if link_id in self.admitted:
            return _raise(OutcomeUnknown("exists", ret_code=110072))
        # Bybit does not promise that it refuses another copy of a request as well.
        if rng.random() < 0.03:
            return _raise(Rejected(110007, "ab not enough for new order"))
        if rng.random() < 0.15:
            if rng.random() < 0.60:
                self._admit(link_id, qty, rng.uniform(0.2, self.scenario.late_s))
            return _raise(OutcomeUnknown("unclear_code", ret_code=10016))
        is_late = self.scenario.late_s > 6.0 and rng.random() < 0.3
        self._admit(link_id, qty, rng.uniform(0.2, self.scenario.late_s) if is_late else rng.uniform(0.01, 0.2))
        return lambda: f"id-{link_id}"

    def _admit(self, link_id: str, qty: Decimal, after_s: float) -> None:
        self.admitted.add(link_id)
        self.loop.call_later(after_s, self._execute, link_id, qty)

    def _execute(self, link_id: str, qty: Decimal) -> None:
        self.executed.append((link_id, qty, self.loop.now))
        if self.rng.random() < 0.3:
            self.loop.call_later(self.rng.uniform(0.02, 1.0), self._stream, link_id, qty)

    def _stream(self, link_id: str, qty: Decimal) -> None:
        self.tell(
            [OrderReported(order_of(link_id, qty), "stream"), ExecutionReported(self.fill(link_id, qty), "stream")]
        )

    def tell(self, kinds: list[Event]) -> None:
        """The stream brings what belongs together in any order."""
        self.rng.shuffle(kinds)
        for listener in self.listeners:
            for event in kinds:
                listener(event)

    # ---- what can be read -------------------------------------------------------------------------------------------

    def shown(self) -> list[Event]:
        """What a desk reads at its start."""
        return [PositionReported(self.row(), "stream")]

    def fills(self, source: str = "rest") -> list[Event]:
        """Every execution."""
        return [ExecutionReported(self.fill(link_id, qty), source) for link_id, qty, _ in self.executed]

    def fill(self, link_id: str, qty: Decimal) -> Execution:
        """The execution under an id."""
        return an_execution(
            1, "Sell", qty, exec_id=f"x-{link_id}", order_id=f"id-{link_id}", order_link_id=link_id, closed_size=qty
        )

    def row(self) -> Position:
        """The position as every list shows it all the time."""
        return a_position("Buy", SIZE, mark_price=Decimal(100), received_mono=self.loop.now)

    async def look(self, link_id: str) -> Decimal | None:
        """What a list shows now that the order has filled: lists lag up to 3 s, and one read in ten fails."""
        rng = self.rng
        await asyncio.sleep(rng.uniform(0.02, 0.1))
        if rng.random() < 0.10:
            raise Unreachable("timeout")
        horizon = self.loop.now - rng.uniform(0.0, 3.0)
        return next((qty for known, qty, at in self.executed if known == link_id and at <= horizon), None)

    async def rows(self) -> tuple[Position, ...]:
        """The position's rows by name."""
        await asyncio.sleep(self.rng.uniform(0.02, 0.4))
        if self.rng.random() < 0.10:
            raise Unreachable("timeout")
        return (self.row(),)

    async def recent(self) -> tuple[Execution, ...]:
        """Everybody's executions of late; here none tells more than those under our ids."""
        return ()


def _raise(error: Exception) -> Answer:
    def answer() -> str:
        raise error

    return answer


def _answer(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():
        future.set_result(answer)


class Door:
    """The gateway of one process: what core.bybit.gateway offers, as far as a close needs it. Dead after a kill."""

    def __init__(self, exchange: Exchange, loop: VirtualLoop, is_journalled: Callable[[str], bool]) -> None:
        self._exchange = exchange
        self._loop = loop
        self._is_journalled = is_journalled
        self.is_dead = False

    async def create_order(
        self, *, order_link_id: str, reduce_only: bool, qty: Decimal, unsent_s: float, leaving: Callable[[], None],
        **rest: Any,
    ) -> str:  # fmt: skip
        """Send once, when its turn has come; the answer comes within 8 s or never."""
        assert reduce_only
        self._alive()
        turn_s = self._exchange.turn_s(order_link_id)
        if turn_s:
            await asyncio.sleep(min(turn_s, unsent_s))
            if self.is_dead:
                raise asyncio.CancelledError
        if turn_s > unsent_s:
            raise RateLimited("expired", 0)
        leaving()
        self._exchange.unjournalled += not self._is_journalled(order_link_id)
        answered: asyncio.Future[Answer] = self._loop.create_future()
        self._exchange.deliver(order_link_id, qty, answered)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await answered
        except TimeoutError as error:
            raise OutcomeUnknown("timeout") from error
        return answer()

    async def fetch_order(self, category: str, symbol: str, order_link_id: str) -> Order | None:
        """Realtime and history in one."""
        self._alive()
        filled = await self._exchange.look(order_link_id)
        return order_of(order_link_id, filled) if filled else None

    async def fetch_executions_of(self, category: str, order_link_id: str) -> tuple[Execution, ...]:
        """Executions lag on their own."""
        self._alive()
        filled = await self._exchange.look(order_link_id)
        return (self._exchange.fill(order_link_id, filled),) if filled else ()

    async def fetch_executions(
        self, category: str, start_ms: int, end_ms: int, symbol: str | None = None
    ) -> tuple[Execution, ...]:
        """Of the one contract there is."""
        self._alive()
        return await self._exchange.recent()

    async def fetch_position(self, category: str, symbol: str, *, is_urgent: bool = False) -> tuple[Position, ...]:
        """The bot has reopened it already, whatever happened."""
        self._alive()
        return await self._exchange.rows()

    def _alive(self) -> None:
        assert not self.is_dead, "a killed process does nothing"


def order_of(link_id: str, qty: Decimal) -> Order:
    """The executed close."""
    return an_order(
        "Filled", order_id=f"id-{link_id}", order_link_id=link_id, order_type="Market", qty=qty, filled_qty=qty
    )
