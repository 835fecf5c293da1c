"""Which position_idx an order was for, asked of the exchange: executions do not say (core.legs).

It reads and applies nothing. What the exchange does not remember stays unsaid and is asked for again: soon at first,
because lists lag, then seldom and for ever, a few at a time, so that what nobody remembers costs next to nothing.
"""

from __future__ import annotations

import contextlib
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from core.bybit.gateway import Gateway
from core.clock import Clock
from core.errors import Rejected
from core.executions import HAS_ORDER
from core.model import Execution
from core.symbols import may_be_hedged

# So many orders are asked for one by one in a reading; more of them are listed first.
ASKED_SINGLY = 20
REMEMBERED = 10_000
# An order that was not found is asked for again after this, each time after twice as long, up to the longest.
FIRST_S, LONGEST_S = 1.0, 300.0
# No list lags for as long as so many tries take (15 s). An order that has had them is one of the old: a reading asks
# for so many of these, and who can go on without them does.
TRIES = 5
OLD_AT_ONCE = 2


class _Tried(Struct):
    """How often an order was asked for in vain, and when it may be again; seconds of the monotonic clock."""

    times: int = 0
    wait_s: float = 0.0
    next_mono: float = -math.inf

    def again(self, now: float) -> None:
        """Once more in vain."""
        self.times += 1
        self.wait_s = min(max(FIRST_S, 2 * self.wait_s), LONGEST_S)
        self.next_mono = now + self.wait_s


_Tries = OrderedDict[str, _Tried]
_UNTRIED = _Tried()


def awaits_order(row: Execution) -> bool:
    """Whether it is a fill that does not say its leg, in a contract that may have two: only its order tells."""
    return row.position_idx is None and row.exec_type in HAS_ORDER and may_be_hedged(row.category, row.symbol)


class OrderLegs:
    """The legs of orders of one ledger; each is asked for until it is known.

    Args:
        seen: the leg of an execution's order that is known without asking.
    """

    def __init__(self, gateway: Callable[[], Gateway], seen: Callable[[Execution], int | None], clock: Clock) -> None:
        self._gateway = gateway
        self._seen = seen
        self._clock = clock
        self._answers: OrderedDict[str, int] = OrderedDict()
        # Orders that were in no list, and those that were not found by their name.
        self._unlisted: _Tries = OrderedDict()
        self._unfound: _Tries = OrderedDict()

    def forget(self) -> None:
        """The next questions are about another ledger."""
        for memory in (self._answers, self._unlisted, self._unfound):
            memory.clear()

    async def told(self, executions: Iterable[Execution], *, is_urgent: bool = False) -> tuple[Execution, ...]:
        """The same executions, with the leg of each whose order is known; raises ExchangeError.

        Args:
            is_urgent: somebody waits for the answer: ask now, however lately that was done, and use no tries up.
        """
        rows = tuple(executions)
        await self._list(rows, is_urgent)
        await self._ask(rows, is_urgent)
        answered = tuple(self._with_leg(row) for row in rows)
        # What is asked about together is remembered together, or some of it would always be new.
        most = max(REMEMBERED, len(rows))
        for memory in (self._answers, self._unlisted, self._unfound):
            while len(memory) > most:
                memory.popitem(last=False)
        return answered

    def may_tell_more(self, executions: Iterable[Execution]) -> bool:
        """Whether there are orders that may only be listed late; those that had their tries keep nobody waiting."""
        return any(self._is_new(row) for row in self._unknown(executions))

    def _leg(self, row: Execution) -> int | None:
        leg = self._answers.get(row.order_id)
        return self._seen(row) if leg is None else leg

    def _with_leg(self, row: Execution) -> Execution:
        if row.position_idx is not None or not may_be_hedged(row.category, row.symbol):
            return row
        leg = self._leg(row)
        return row if leg is None else replace(row, position_idx=leg)

    def _unknown(self, rows: Iterable[Execution]) -> list[Execution]:
        """Of each order one fill whose leg only its order tells, newest last."""
        by_order = {row.order_id: row for row in rows if awaits_order(row) and row.order_id and self._leg(row) is None}
        return list(by_order.values())

    def _is_new(self, row: Execution) -> bool:
        return self._unfound.get(row.order_id, _UNTRIED).times < TRIES

    def _is_due(self, tries: _Tries, row: Execution) -> bool:
        return tries.get(row.order_id, _UNTRIED).next_mono <= self._clock.monotonic()

    async def _list(self, rows: tuple[Execution, ...], is_urgent: bool) -> None:
        """Many at once: those made in the time of the executions and filled in full, which is nearly all of them."""
        wanted = [
            row
            for row in self._unknown(rows)
            if self._is_new(row)
            and self._unlisted.get(row.order_id, _UNTRIED).times < TRIES
            and (is_urgent or self._is_due(self._unlisted, row))
        ]
        if len(wanted) <= ASKED_SINGLY:
            return
        times = [row.ts_ms for row in wanted]
        for order in await self._gateway().fetch_filled_orders("linear", min(times), max(times) + 1):
            self._answers[order.order_id] = order.position_idx
        for row in wanted:
            self._count(self._unlisted, row, is_urgent)

    async def _ask(self, rows: tuple[Execution, ...], is_urgent: bool) -> None:
        """The rest by name."""
        unknown = self._unknown(rows)
        for row in unknown[-ASKED_SINGLY:] if is_urgent else self._due(unknown):
            with contextlib.suppress(Rejected):  # a contract that is not listed any more
                order = await self._gateway().fetch_order(row.category, row.symbol, order_id=row.order_id)
                if order is not None:
                    self._answers[row.order_id] = order.position_idx
            self._count(self._unfound, row, is_urgent)

    def _due(self, unknown: list[Execution]) -> list[Execution]:
        """The newest of the new, and those of the old that wait longest; the others come with the next reading."""
        due = [row for row in unknown if self._is_due(self._unfound, row)]
        new = [row for row in due if self._is_new(row)]
        old = [row for row in due if not self._is_new(row)]
        old.sort(key=lambda row: self._unfound[row.order_id].next_mono)
        return new[-ASKED_SINGLY:] + old[:OLD_AT_ONCE]

    def _count(self, tries: _Tries, row: Execution, is_urgent: bool) -> None:
        """An answer without the order is a try; an error is none."""
        if row.order_id in self._answers:
            self._unlisted.pop(row.order_id, None)
            self._unfound.pop(row.order_id, None)
        elif not is_urgent:
            tries.setdefault(row.order_id, _Tried()).again(self._clock.monotonic())
            tries.move_to_end(row.order_id)
