"""Which position_idx an order was for, asked of the exchange: executions do not say (core.legs).

It reads and applies nothing. What the exchange does not remember stays unsaid.
"""

from __future__ import annotations

import contextlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from core.bybit.gateway import Gateway
from core.errors import Rejected
from core.executions import HAS_ORDER
from core.model import Execution
from core.symbols import may_be_hedged

# So many orders are asked for one by one in a reading; more of them are listed first.
ASKED_SINGLY = 20
REMEMBERED = 10_000
# Lists of orders lag; an order that is in none of them after so many readings will not be found.
TRIES = 5


def awaits_order(row: Execution) -> bool:
    """Whether it is a fill that does not say its leg, in a contract that may have two: only its order tells."""
    return row.position_idx is None and row.exec_type in HAS_ORDER and may_be_hedged(row.category, row.symbol)


class OrderLegs:
    """The legs of orders of one ledger; each is asked for once.

    Args:
        seen: the leg of an execution's order that is known without asking.
    """

    def __init__(self, gateway: Callable[[], Gateway], seen: Callable[[Execution], int | None]) -> None:
        self._gateway = gateway
        self._seen = seen
        self._answers: OrderedDict[str, int] = OrderedDict()
        # How often an order was in no list, and was not found by its name.
        self._unlisted: Counter[str] = Counter()
        self._unfound: Counter[str] = Counter()

    def forget(self) -> None:
        """The next questions are about another ledger."""
        self._answers.clear()
        self._unlisted.clear()
        self._unfound.clear()

    async def told(self, executions: Iterable[Execution], *, is_reading: bool = True) -> tuple[Execution, ...]:
        """The same executions, with the leg of each whose order is known; raises ExchangeError.

        Args:
            is_reading: whether it counts as one of an order's tries; not where presses follow each other faster than
                lists catch up. What waits is in the next reading.
        """
        rows = tuple(executions)
        await self._list(rows, is_reading)
        await self._ask(rows, is_reading)
        answered = tuple(self._with_leg(row) for row in rows)
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return answered

    def may_tell_more(self, executions: Iterable[Execution]) -> bool:
        """Whether there are orders that were not found yet and will be asked for again."""
        return bool(self._askable(executions))

    def _leg(self, row: Execution) -> int | None:
        leg = self._answers.get(row.order_id)
        return self._seen(row) if leg is None else leg

    def _with_leg(self, row: Execution) -> Execution:
        if row.position_idx is not None or not may_be_hedged(row.category, row.symbol):
            return row
        leg = self._leg(row)
        return row if leg is None else replace(row, position_idx=leg)

    def _unknown(self, rows: Iterable[Execution]) -> dict[str, Execution]:
        """By order: one fill whose leg only its order tells, newest last."""
        return {row.order_id: row for row in rows if awaits_order(row) and row.order_id and self._leg(row) is None}

    def _askable(self, rows: Iterable[Execution]) -> list[Execution]:
        return [row for row in self._unknown(rows).values() if self._unfound[row.order_id] < TRIES]

    async def _list(self, rows: tuple[Execution, ...], is_reading: bool) -> None:
        """Many at once: those made in the time of the executions and filled in full, which is nearly all of them."""
        askable = [row for row in self._askable(rows) if self._unlisted[row.order_id] < TRIES]
        if len(askable) <= ASKED_SINGLY:
            return
        times = [row.ts_ms for row in askable]
        for order in await self._gateway().fetch_filled_orders("linear", min(times), max(times) + 1):
            self._answers[order.order_id] = order.position_idx
        for row in askable:
            self._count(self._unlisted, row, is_reading)

    async def _ask(self, rows: tuple[Execution, ...], is_reading: bool) -> None:
        """The rest by name; when there are many, the newest, and the others with the next reading."""
        for row in self._askable(rows)[-ASKED_SINGLY:]:
            with contextlib.suppress(Rejected):  # a contract that is not listed any more
                order = await self._gateway().fetch_order(row.category, row.symbol, order_id=row.order_id)
                if order is not None:
                    self._answers[row.order_id] = order.position_idx
            self._count(self._unfound, row, is_reading)

    def _count(self, tries: Counter[str], row: Execution, is_reading: bool) -> None:
        """An answer without the order is a try; an error is none."""
        if row.order_id in self._answers:
            del self._unlisted[row.order_id], self._unfound[row.order_id]
        elif is_reading:
            tries[row.order_id] += 1
