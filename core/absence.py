"""A position of which the exchange has no row at all, in complete lists nor by name: what ends it.

Absence never does (P11). Several complete lists, well apart, must lack it, and money must say that it ended: its own
executions (E3), or Bybit's closed-PnL records over exactly what it held (E4). It happens to contracts that were settled
and delisted; until then the row stays, and is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.model import Position, PositionKey
from core.money import ZERO

LISTS, APART_S = 3, 10.0


class Absence:
    """Counts the lists that lacked a position, and looks for evidence of its end."""

    def __init__(self, book: PositionBook, gateway: Callable[[], Gateway], clock: Clock) -> None:
        self._book = book
        self._gateway = gateway
        self._clock = clock
        self._lacked: dict[PositionKey, list[float]] = {}

    def listed(self, positions: Iterable[Position]) -> None:
        """A complete list: what it has is not absent."""
        for position in positions:
            self._lacked.pop(position.key, None)

    async def evidence(self, row: Position) -> str:
        """The class of evidence that a position ended of which the exchange has just shown no row, ``""`` for none.

        Raises:
            ExchangeError: the records could not be read in full.
        """
        if not self._is_long_absent(row.key):
            return ""
        if self._ended_by_executions(row):
            return "E3"
        return "E4" if await self._ended_by_records(row) else ""

    def _is_long_absent(self, key: PositionKey) -> bool:
        now, lacked = self._clock.monotonic(), self._lacked.setdefault(key, [])
        if not lacked or now - lacked[-1] >= APART_S:
            lacked.append(now)
        return len(lacked) >= LISTS

    def _ended_by_executions(self, row: Position) -> bool:
        """Its life ended in executions after the row was reported, and no other has begun."""
        ended = (t for t in self._book.lives.closed() if (t.category, t.symbol, t.position_idx) == row.key)
        last = next(ended, None)
        is_after = last is not None and last.gap is None and last.closed_ms >= row.updated_ms
        return is_after and self._book.lives.life(row.key) is None

    async def _ended_by_records(self, row: Position) -> bool:
        """Orders on the other side closed exactly what the row still held."""
        now_ms = self._book.links.exchange_ms(self._clock.now_ms())
        records = await self._gateway().fetch_closed_pnl(row.category, row.updated_ms, now_ms, row.symbol)
        sizes = (r.closed_size for r in records if r.side != row.side and r.created_ms >= row.updated_ms)
        return sum(sizes, ZERO) == row.size
