"""The way out beside orders without a trace (core.intents.repeating.may_leave), on a position that closes take away.

Whoever found no trace of a close may close the whole position under another id. The bot opens the next position as soon
as this one is flat: a close that is carried out too late hits one that nobody wished to close.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec.structs import replace

from core.errors import Unreachable
from core.events import Event, ExecutionReported, OrderReported, PositionReported
from core.intents import ClosePosition
from core.model import Command, Execution, Position
from tests.simulation_close.desk import CLOSE, LESS, Desk
from tests.simulation_close.exchange import SIZE, Exchange, Scenario, order_of
from tests.simulation_close.run import Run
from tests.strategies import START_MS, a_baseline, a_position, an_execution
from tests.virtual import VirtualLoop

WAY_OUT = Scenario("way_out", is_double_clicked=True, is_killed=True)


class _Fill(NamedTuple):
    """An execution, and when it became one, in the loop's seconds."""

    at: float
    row: Execution


class Market(Exchange):
    """A position of which closes take what is there, and a bot that opens the next when it is flat.

    ``strays``: ids of closes that took from another position than the one that was there when they were asked for.
    """

    def __init__(self, loop: VirtualLoop, rng: random.Random, scenario: Scenario) -> None:
        super().__init__(loop, rng, scenario)
        self.strays: list[str] = []
        self.lives = 0
        self._meant: dict[str, int] = {}
        self._tape: list[_Fill] = []
        self._open()

    def turn_s(self, link_id: str) -> float:
        """Whose first copy is to be sent now is meant for the position that is there now, whenever it leaves."""
        self._meant.setdefault(link_id, self.lives)
        return self.rng.uniform(0.0, 6.0) if self.rng.random() < 0.2 else 0.0

    def _open(self) -> None:
        self.lives += 1
        self._left = SIZE
        self._trade("Buy", SIZE, exec_id=f"bot-{self.lives}", order_id=f"bot-{self.lives}")

    def _execute(self, link_id: str, qty: Decimal) -> None:
        if self._meant[link_id] != self.lives:
            self.strays.append(link_id)
        taken = min(qty, self._left)
        self._left -= taken
        ids = {"exec_id": f"x-{link_id}", "order_id": f"id-{link_id}", "order_link_id": link_id}
        self._trade("Sell", taken, closed_size=taken, **ids)
        if not self._left:
            self._open()
        super()._execute(link_id, taken)

    def _trade(self, side: str, qty: Decimal, **details: object) -> None:
        row = an_execution(len(self._tape) + 1, side, qty, ts_ms=self._now_ms(), **details)
        self._tape.append(_Fill(self.loop.now, row))

    def _now_ms(self) -> int:
        return START_MS + int(self.loop.now * 1000)

    def _stream(self, link_id: str, qty: Decimal) -> None:
        order = OrderReported(order_of(link_id, qty), "stream")
        self.tell([PositionReported(self.row(), "stream"), order, *self.fills("stream")])

    # ---- what can be read -------------------------------------------------------------------------------------------

    def shown(self) -> list[Event]:
        """A full reading: without one no position's life has a name."""
        executions = (fill.row for fill in self._tape)
        return [a_baseline(self._now_ms(), self.loop.now, [self.row()], executions)]

    def fills(self, source: str = "rest") -> list[Event]:
        """The bot's as well."""
        return [ExecutionReported(fill.row, source) for fill in self._tape]

    def fill(self, link_id: str, qty: Decimal) -> Execution:
        """As it is on the tape."""
        return next(fill.row for fill in self._tape if fill.row.order_link_id == link_id)

    def row(self) -> Position:
        """The position after the last execution."""
        last = self._tape[-1].row
        seen = {"mark_price": Decimal(100), "received_mono": self.loop.now}
        return a_position("Buy", self._left, seq=last.seq, updated_ms=last.ts_ms, **seen)

    async def recent(self) -> tuple[Execution, ...]:
        """Executions lag up to 3 s, and one read in ten fails."""
        await asyncio.sleep(self.rng.uniform(0.02, 0.1))
        if self.rng.random() < 0.10:
            raise Unreachable("timeout")
        horizon = self.loop.now - self.rng.uniform(0.0, 3.0)
        return tuple(fill.row for fill in self._tape if fill.at <= horizon)


class WayOut(Run):
    """An operator who asks for a part or the whole of a position, and for the whole once what he asked for is lost."""

    exchange_type = Market
    exchange: Market

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._asked: ClosePosition | None = None

    async def _click(self, desk: Desk) -> None:
        position = desk.book.snapshot().position("SOLUSDT")
        if desk.is_dead or position is None or (self._asked and position.life_id != self._asked.life_id):
            return
        whole = replace(CLOSE, qty=position.size, life_id=position.life_id, seq_seen=position.seq)
        is_lost = any(command.state == "no_trace" for command in desk.book.commands.all())
        if self._asked is None:
            self._asked = self.rng.choice([whole, replace(whole, qty=LESS.qty)])
        elif is_lost and self.rng.random() < 0.75:
            self._asked = whole
        # Else what was refused, or lost, is asked for once more.
        await desk.click(self._asked)

    def _harm(self) -> int:
        return len(self.exchange.strays)

    def _is_lie(self, command: Command, executed: Mapping[str, Decimal]) -> bool:
        """A close that finds less than it was made for takes that."""
        return super()._is_lie(replace(command, qty=None), executed)
