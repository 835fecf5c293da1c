"""What a book that starts anew needs of the past on disk: the executions of lives from their beginnings on.

It reads and applies nothing. A stretch of executions that begins in the middle of a life would make another life of its
rest; so each contract's stretch begins where the contract is known to have been flat.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.executions import FILLS, leg_of
from core.model import ClosedTrade, Execution, Position
from core.store.history import TradeFilter, TradeKey
from core.store.store import Store

# So many closed lives are looked at together, and so many times, for a moment at which a contract was flat.
PAGE, MOST_PAGES = 32, 16


async def executions(store: Store, since_ms: int, positions: Iterable[Position]) -> list[Execution]:
    """All executions since a time, and those before it of lives that were open then; oldest first by contract.

    Args:
        positions: what is open now, for which more may be needed than what traded since.
    """
    recent = await store.load_executions(since_ms)
    begun = await store.lives_begun_before(since_ms)
    for position in positions:
        if position.opened_ms is not None and position.opened_ms < since_ms:
            begun[position.key] = min(position.opened_ms, begun.get(position.key, since_ms))
    earlier: list[Execution] = []
    for category, symbol in dict.fromkeys((*(key[:2] for key in begun), *((e.category, e.symbol) for e in recent))):
        starts = await _flat_moments(store, category, symbol, since_ms)
        for key in begun:
            if key[:2] == (category, symbol):
                starts[key.position_idx] = min(begun[key], starts.get(key.position_idx, since_ms))
        earlier += await _since(store, category, symbol, starts, since_ms)
    return earlier + recent


async def _since(store: Store, category: str, symbol: str, starts: dict[int, int], until_ms: int) -> list[Execution]:
    """A contract's executions up to a time, each leg's from where it began."""
    rows = await store.load_executions(min(starts.values(), default=0), until_ms, category=category, symbol=symbol)
    is_hedge = any(starts)
    return [row for row in rows if row.ts_ms >= starts.get(leg_of(row, is_hedge=is_hedge), 0)]


async def _flat_moments(store: Store, category: str, symbol: str, before_ms: int) -> dict[int, int]:
    """By position_idx, a moment before another from which on executions begin with nothing open; as far as known."""
    wanted = TradeFilter(category=category, symbol=symbol)
    ends: dict[int, int] = {}
    key: TradeKey | None = (before_ms, "")
    for _ in range(MOST_PAGES):
        page = await store.closed_trades_page(key, PAGE, wanted)
        for trade in page.trades:
            if trade.position_idx not in ends and await _left_nothing(store, trade):
                ends[trade.position_idx] = trade.closed_ms + 1
        key = page.next
        if ends or key is None:
            break
    return ends


async def _left_nothing(store: Store, trade: ClosedTrade) -> bool:
    """Whether nothing began in the same millisecond in which the life ended, as when a position turns round."""
    at_ms = trade.closed_ms
    rows = await store.load_executions(at_ms, at_ms + 1, category=trade.category, symbol=trade.symbol)
    fills = [row for row in rows if row.exec_type in FILLS]
    return bool(fills) and all(row.closed_size is not None and row.closed_size >= row.qty for row in fills)
