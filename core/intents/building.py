"""Intents made for a position as it is now, bound to its life, side and sequence. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.intents.records import ClosePosition, SetTradingStop
from core.model import Position


def close_of(position: Position, reason: str, qty: Decimal | None = None) -> ClosePosition:
    """Close a position at market, all of it when no quantity is given."""
    return ClosePosition(**_bound_to(position), qty=position.size if qty is None else qty, reason=reason)


def stops_of(
    position: Position,
    reason: str,
    *,
    take_profit: Decimal | None = None,
    stop_loss: Decimal | None = None,
    trailing_stop: Decimal | None = None,
) -> SetTradingStop:
    """Move the stops of the entire position; None leaves one as it is, 0 removes it."""
    return SetTradingStop(
        **_bound_to(position),
        take_profit=take_profit,
        stop_loss=stop_loss,
        trailing_stop=trailing_stop,
        reason=reason,
    )


def _bound_to(position: Position) -> dict[str, Any]:
    return {
        "symbol": position.symbol,
        "position_idx": position.position_idx,
        "category": position.category,
        "side": position.side,
        "life_id": position.life_id,
        "seq_seen": position.seq,
    }
