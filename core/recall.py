"""What a book that starts anew needs of the past on disk: the executions of lives from their beginnings on.

It reads and applies nothing. A stretch of executions that begins in the middle of a life would make another life of its
rest; so each contract's stretch begins where the contract is known to have been flat.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.executions import FILLS
from core.model import ClosedTrade, Execution
from core.store.history import TradeFilter, TradeKey
from core.store.store import Store

Contract = tuple[str, str]

# So many closed lives are looked at together, and so many times, for a moment at which a contract was flat.
PAGE, MOST_PAGES = 32, 16


async def executions(store: Store, since_ms: int, contracts: Iterable[Contract]) -> list[Execution]:
    """All executions since a time, and those before it of lives that were open then; oldest first by contract.

    Args:
        contracts: those that have something open now, for which more may be needed than what traded since.
    """
    recent = await store.load_executions(since_ms)
    earlier: list[Execution] = []
    for category, symbol in dict.fromkeys((*contracts, *((row.category, row.symbol) for row in recent))):
        flat_ms = await flat_since_ms(store, category, symbol, since_ms)
        earlier += await store.load_executions(flat_ms, since_ms, category=category, symbol=symbol)
    return earlier + recent


async def flat_since_ms(store: Store, category: str, symbol: str, before_ms: int) -> int:
    """A moment before another from which on a contract's executions begin with nothing open; 0 when none is known."""
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
    return min(ends.values(), default=0)


async def _left_nothing(store: Store, trade: ClosedTrade) -> bool:
    """Whether nothing began in the same millisecond in which the life ended, as when a position turns round."""
    at_ms = trade.closed_ms
    rows = await store.load_executions(at_ms, at_ms + 1, category=trade.category, symbol=trade.symbol)
    fills = [row for row in rows if row.exec_type in FILLS]
    return bool(fills) and all(row.closed_size is not None and row.closed_size >= row.qty for row in fills)
