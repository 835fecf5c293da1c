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


class OrderLegs:
    """The legs of orders of one ledger; each is asked for once.

    Args:
        seen: the leg of an execution's order that is known without asking.
    """

    def __init__(self, gateway: Callable[[], Gateway], seen: Callable[[Execution], int | None]) -> None:
        self._gateway = gateway
        self._seen = seen
        self._answers: OrderedDict[str, int] = OrderedDict()
        self._tries: Counter[str] = Counter()

    def forget(self) -> None:
        """The next questions are about another ledger."""
        self._answers.clear()
        self._tries.clear()

    async def told(self, executions: Iterable[Execution]) -> tuple[Execution, ...]:
        """The same executions, with the leg of each whose order is known; raises ExchangeError."""
        rows = tuple(executions)
        await self._list(rows)
        await self._ask(rows)
        answered = tuple(self._with_leg(row) for row in rows)
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return answered

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
        return {
            row.order_id: row
            for row in rows
            if row.position_idx is None
            and row.order_id
            and row.exec_type in HAS_ORDER
            and may_be_hedged(row.category, row.symbol)
            and self._leg(row) is None
        }

    async def _list(self, rows: tuple[Execution, ...]) -> None:
        """Many at once: those made in the time of the executions and filled in full, which is nearly all of them."""
        unknown = self._unknown(rows).values()
        if len(unknown) > ASKED_SINGLY:
            times = [row.ts_ms for row in unknown]
            for order in await self._gateway().fetch_filled_orders("linear", min(times), max(times) + 1):
                self._answers[order.order_id] = order.position_idx

    async def _ask(self, rows: tuple[Execution, ...]) -> None:
        """The rest by name; when there are many, the newest, and the others with the next reading."""
        askable = [row for row in self._unknown(rows).values() if self._tries[row.order_id] < TRIES]
        for row in askable[-ASKED_SINGLY:]:
            self._tries[row.order_id] += 1
            with contextlib.suppress(Rejected):  # a contract that is not listed any more
                order = await self._gateway().fetch_order(row.category, row.symbol, order_id=row.order_id)
                if order is not None:
                    self._answers[row.order_id] = order.position_idx
                    del self._tries[row.order_id]
