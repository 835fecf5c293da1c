"""Batches: what a filter selects now, as one intent per position or order, each bound to what is there. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from core.intents.building import close_of
from core.intents.records import Batch, CancelOrder, CancelOrders, CloseAll, Intent
from core.model import Order, Position, Snapshot

_POSITION_STOPS = frozenset(
    {"TakeProfit", "StopLoss", "TrailingStop", "PartialTakeProfit", "PartialStopLoss", "TrailingProfit"}
)


def expand(batch: Batch, snapshot: Snapshot) -> tuple[Intent, ...]:
    """One intent for each position or order that the batch selects in this snapshot; closes come before cancels."""
    match batch:
        case CloseAll():
            return _closes(batch, snapshot)
        case CancelOrders():
            chosen = (order for order in snapshot.orders if _is_selected(batch, order, snapshot))
            return tuple(_cancel(order, batch.reason) for order in chosen)
        case _:
            assert_never(batch)


def _closes(batch: CloseAll, snapshot: Snapshot) -> tuple[Intent, ...]:
    chosen = [position for position in snapshot.positions if _is_meant(batch, position)]
    closes = [close_of(position, batch.reason) for position in chosen]
    if not batch.cancel_orders:
        return tuple(closes)
    contracts = {(position.category, position.symbol) for position in chosen}
    orders = [
        order
        for order in snapshot.orders
        # Bybit itself clears the stops of a position that closes.
        if (order.category, order.symbol) in contracts and order.stop_order_type not in _POSITION_STOPS
    ]
    return (*closes, *(_cancel(order, batch.reason) for order in orders))


def _is_meant(batch: CloseAll, position: Position) -> bool:
    wanted = (batch.category, batch.symbol, batch.side, batch.settle_coin)
    held = (position.category, position.symbol, position.side, position.settle_coin)
    return all(asked in {"", value} for asked, value in zip(wanted, held, strict=True))


def _cancel(order: Order, reason: str) -> CancelOrder:
    return CancelOrder(
        symbol=order.symbol,
        position_idx=order.position_idx,
        category=order.category,
        order_id=order.order_id,
        reason=reason,
    )


_KINDS: dict[str, Callable[[Order, Snapshot], bool]] = {
    "any": lambda order, snapshot: True,
    "plain": lambda order, snapshot: order.trigger_price is None,
    "conditional": lambda order, snapshot: (
        order.trigger_price is not None and order.stop_order_type not in _POSITION_STOPS
    ),
    "stops": lambda order, snapshot: order.stop_order_type in _POSITION_STOPS,
    "orphans": lambda order, snapshot: order.order_id in snapshot.leftovers,
}


def _is_selected(batch: CancelOrders, order: Order, snapshot: Snapshot) -> bool:
    is_kind = _KINDS.get(batch.kind)
    return (
        is_kind is not None
        and is_kind(order, snapshot)
        and order.order_id in (batch.order_ids or {order.order_id})
        and batch.category in {"", order.category}
        and batch.symbol in {"", order.symbol}
        and batch.position_idx in {None, order.position_idx}
    )
