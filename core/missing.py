"""Lives whose executions do not come: ask for them by name again and again, and price what stays unexplained.

The stream may lose executions, and a list that lagged once is not asked for the same hours again. So each closed life
with a gap is asked about on its own, sooner at first and seldom later. When its executions stay missing, Bybit's
closed-PnL records price it (core.pricing); when they come after all they win, and a difference is a discrepancy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

from msgspec import Struct

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.events import Apply, ExecutionReported
from core.evidence import REST_LAG_S
from core.model import ClosedTrade, PositionKey
from core.order_legs import OrderLegs
from core.pricing import SOURCE, key_of, price
from core.reconcile import PNL_TOLERANCE, Discrepancy

# A life is asked about every so often, and from when records may price it after twice as long each time, up to the
# longest; so many lives at one time.
FIRST_S, LONGEST_S = 5.0, 3_600.0
AT_ONCE = 5
# The question ends this much after the life: rows are written after the fact.
AFTER_MS = 60_000


class _Asking(Struct):
    """When a life was first seen with a gap, and when it is asked about next; seconds of the monotonic clock."""

    first_mono: float
    next_mono: float
    wait_s: float


class MissingExecutions:
    """Asks about one account's lives.

    Args:
        legs: tells which leg an execution's order was for.
        reconcile: asks for a full reconciliation: a flat row that executions do not arrive at ends its life there.
        priced_after_s: how long executions may stay missing before records stand in for them.
    """

    def __init__(
        self,
        book: PositionBook,
        clock: Clock,
        gateway: Callable[[], Gateway],
        apply: Apply,
        legs: OrderLegs,
        reconcile: Callable[[], None],
        priced_after_s: float,
    ) -> None:
        self._book = book
        self._clock = clock
        self._gateway = gateway
        self._apply = apply
        self._legs = legs
        self._reconcile = reconcile
        self._priced_after_s = priced_after_s
        self._asking: dict[str, _Asking] = {}
        self._doubted: dict[PositionKey, int] = {}

    async def look(self) -> tuple[Discrepancy, ...]:
        """Ask about the lives that are due; returns results that turned out otherwise than records had said.

        Raises:
            ExchangeError: an answer was not whole; it will be asked again.
        """
        self._end_doubted()
        now = self._clock.monotonic()
        for trade in self._due(now)[:AT_ONCE]:
            asking = self._asking[trade.life_id]
            is_late = now - asking.first_mono >= self._priced_after_s
            asking.next_mono = now + asking.wait_s
            asking.wait_s = min(2 * asking.wait_s, LONGEST_S) if is_late else FIRST_S
            await self._ask(trade, may_price=is_late)
        return tuple(self._contradicted())

    def _end_doubted(self) -> None:
        """A flat row that is older than any lag of the executions that should explain it ends its life pending."""
        flat = {row.key for row in self._book.holdings.flat}
        doubts = dict(self._book.ledger.unexplained(self._clock.monotonic() - REST_LAG_S))
        doubts = {key: seq for key, seq in doubts.items() if key in flat}
        if any(self._doubted.get(key) != seq for key, seq in doubts.items()):
            self._reconcile()
        self._doubted = doubts

    def _due(self, now: float) -> list[ClosedTrade]:
        """Closed lives with a gap whose turn it is, the one that waits longest first."""
        open_questions = {trade.life_id: trade for trade in self._book.lives.closed() if trade.gap is not None}
        self._asking = {life_id: self._asking.get(life_id) or _Asking(now, now, FIRST_S) for life_id in open_questions}
        due = [life_id for life_id, asking in self._asking.items() if asking.next_mono <= now]
        return [open_questions[life_id] for life_id in sorted(due, key=lambda name: self._asking[name].next_mono)]

    async def _ask(self, trade: ClosedTrade, *, may_price: bool) -> None:
        since_ms, next_ms = self._bounds(trade)
        # Nothing from before the life: what else of then is known may begin only here.
        end_ms = trade.closed_ms + AFTER_MS
        rows = await self._gateway().fetch_executions(trade.category, since_ms, end_ms, trade.symbol)
        await self._apply(*(ExecutionReported(execution, "rest") for execution in await self._legs.told(rows)))
        after = self._book.lives.closed_trade(trade.life_id, key_of(trade))
        if after is None or after.gap is None or after.pnl_source == SOURCE or not may_price:
            return
        records = await self._gateway().fetch_closed_pnl(trade.category, since_ms, end_ms, trade.symbol)
        priced = price(after, records, since_ms, next_ms)
        if priced is not None:
            self._book.price_trade(priced)

    def _bounds(self, trade: ClosedTrade) -> tuple[int, int | None]:
        """No exit of a life is older than the first; the second is when the next one of its key began, if one did."""
        others = [other for other in self._book.lives.closed() if key_of(other) == key_of(trade)]
        before = max((o.closed_ms for o in others if o.closed_ms < trade.closed_ms), default=0)
        present = self._book.lives.life(key_of(trade))
        begun = [o.opened_ms for o in (*others, *([present] if present else ())) if o.opened_ms >= trade.closed_ms]
        since_ms = trade.opened_ms or max(before, self._book.lives.anchored_ms or 0)
        return since_ms, min(begun, default=None)

    def _contradicted(self) -> Iterator[Discrepancy]:
        """Executions win over records; where they say something else, that is told."""
        held = self._book.priced.all()
        by_key: dict[PositionKey, list[ClosedTrade]] = {}
        for trade in self._book.lives.closed() if held else ():
            by_key.setdefault(key_of(trade), []).append(trade)
        for said in held:
            now = _explained(said, by_key.get(key_of(said), []))
            if now is None:
                continue
            self._book.priced.drop(said.life_id)
            if now.net_pnl is not None and said.net_pnl is not None and _differ(said, now):
                details = {"ours": now.net_pnl, "theirs": said.net_pnl, "life_id": now.life_id}
                yield Discrepancy(
                    kind="pnl_differs",
                    key=key_of(now),
                    done="adopted",
                    evidence="execution/list",
                    details=MappingProxyType(details),
                )


def _explained(said: ClosedTrade, closed: list[ClosedTrade]) -> ClosedTrade | None:
    """The life as executions tell it by now, among the closed ones of its key; its beginning may give it another id."""
    same = next((trade for trade in closed if trade.life_id == said.life_id), None)
    if same is not None:
        return same if same.gap is None else None
    found = (trade for trade in closed if trade.gap is None)
    return next((t for t in found if t.opened_ms < said.closed_ms <= t.closed_ms + AFTER_MS), None)


def _differ(said: ClosedTrade, now: ClosedTrade) -> bool:
    assert said.net_pnl is not None
    assert now.net_pnl is not None
    return abs(said.net_pnl - now.net_pnl) > PNL_TOLERANCE * max(1, len(now.exits))
