"""After a position is flat: look for stop orders that outlived it, cancel ours, and show what stays.

An order counts as gone only when a complete list of open orders lacks it; an error while cancelling proves nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.errors import AppError
from core.events import Apply, OrderReported
from core.executions import OUR_ORDER_PREFIX
from core.model import Order, PositionKey
from core.reconcile import Discrepancy, orphan_stops

log = logging.getLogger(__name__)

TRIES = 3
BACKOFF_S = (0.5, 1.0, 2.0)


class StopSweep:
    """Finds and removes orphan stops of one account; ``leftovers`` are those that could not be removed."""

    def __init__(self, book: PositionBook, gateway: Callable[[], Gateway], apply: Apply) -> None:
        self._book = book
        self._gateway = gateway
        self._apply = apply

    async def sweep(self, key: PositionKey | None = None) -> tuple[Discrepancy, ...]:
        """Look at the stops of one flat key, or of all keys; returns what was found and done.

        Raises:
            ExchangeError: the open orders could not be read; nothing was concluded.
        """
        if key is not None:
            await self._read_orders(key)
        orphans = [o for o in self._orphans() if key is None or o.position_key == key]
        found = [await self._treat(order) for order in orphans]
        self._book.set_leftovers(frozenset(o.order_id for o in self._orphans()))
        return tuple(found)

    def _orphans(self) -> tuple[Order, ...]:
        return orphan_stops(self._book.open_orders, self._book.open_positions)

    async def _read_orders(self, key: PositionKey) -> tuple[Order, ...]:
        """The open orders of a key's scope, complete, brought into the book."""
        coin = None if key.category == "inverse" else self._book.settle_coin(key) or "USDT"
        orders = await self._gateway().fetch_open_orders(key.category, coin)
        await self._apply(*(OrderReported(order, "rest") for order in orders))
        return orders

    async def _treat(self, order: Order) -> Discrepancy:
        """Cancel an orphan of ours; one of somebody else is only shown."""
        key = order.position_key
        is_ours = order.order_link_id.startswith(OUR_ORDER_PREFIX)
        done = "shown"
        if is_ours:
            done = "cancelled" if await self._cancel(order) else "cancel_failed"
        details = {"order_id": order.order_id, "ours": is_ours, "trigger_price": order.trigger_price}
        return Discrepancy(kind="orphan_stop", key=key, done=done, evidence="order/realtime", details=details)

    async def _cancel(self, order: Order) -> bool:
        """Ask to cancel, then look whether it is gone; at most TRIES times."""
        for wait_s in BACKOFF_S[:TRIES]:
            if not orphan_stops((order,), self._book.open_positions):
                return False  # what it may protect was opened meanwhile
            try:
                await self._gateway().cancel_order(
                    category=order.category, symbol=order.symbol, order_id=order.order_id
                )
            except AppError as error:
                # Refused as "already gone", refused otherwise, or unknown: the list tells.
                log.info("cancelling orphan stop %s: %s", order.order_id, error.code)
            try:
                open_ids = {o.order_id for o in await self._read_orders(order.position_key)}
            except AppError:
                open_ids = {order.order_id}
            if order.order_id not in open_ids:
                self._book.forget_order(order)
                return True
            await asyncio.sleep(wait_s)
        return False
