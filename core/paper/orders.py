"""Order records of the paper exchange and the shelves they stand on: open, lately closed, all of history.

An ``Order`` is plain state; who may change it and when is decided in ``matching`` and ``stops``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.paper.figures import ZERO
from core.paper.instruments import Instrument

OPEN = ("New", "PartiallyFilled", "Untriggered", "Triggered")
DAY_MS = 86_400_000


@dataclass(slots=True, eq=False)
class Order:
    """One order, the children of a trading stop included. Prices that are not set are zero."""

    order_id: str
    instrument: Instrument
    side: str
    order_type: str
    qty: Decimal
    created_ms: int
    link_id: str = ""
    price: Decimal = ZERO
    time_in_force: str = "GTC"
    position_idx: int = 0
    reduce_only: bool = False
    close_on_trigger: bool = False
    status: str = "New"
    create_type: str = "CreateByUser"
    cancel_type: str = "UNKNOWN"
    reject_reason: str = "EC_NoError"
    stop_order_type: str = ""
    trigger_price: Decimal = ZERO
    trigger_direction: int = 0
    trigger_by: str = ""
    take_profit: Decimal = ZERO
    stop_loss: Decimal = ZERO
    tp_trigger_by: str = ""
    sl_trigger_by: str = ""
    tpsl_mode: str = ""
    tp_limit_price: Decimal = ZERO
    sl_limit_price: Decimal = ZERO
    tp_order_type: str = ""
    sl_order_type: str = ""
    slippage_type: str = "UNKNOWN"
    slippage: str = ""
    parent_link_id: str = ""
    last_on_create: Decimal = ZERO
    updated_ms: int = 0
    leaves: Decimal = ZERO
    filled: Decimal = ZERO
    filled_value: Decimal = ZERO
    fees: Decimal = ZERO
    closed_pnl: Decimal = ZERO
    pair: Order | None = None  # the other leg of a bound partial TP/SL
    children: list[Order] = field(default_factory=list)  # partial TP/SL that this order's fills made
    trail_distance: Decimal = ZERO
    trail_best: Decimal = ZERO  # best price since the trailing stop was armed; zero while it waits for activation

    @property
    def symbol(self) -> str:
        """Of the contract that it is for."""
        return self.instrument.symbol

    @property
    def is_open(self) -> bool:
        """Whether it may still fill or be triggered."""
        return self.status in OPEN

    @property
    def is_conditional(self) -> bool:
        """Waiting for a trigger price."""
        return self.status == "Untriggered"

    @property
    def is_position_stop(self) -> bool:
        """A child of a trading stop: it follows the position."""
        return self.stop_order_type not in {"", "Stop"}

    @property
    def closes_only(self) -> bool:
        """May never enlarge a position: reduce-only, close-on-trigger, or the closing side of a hedge."""
        if self.reduce_only or self.close_on_trigger:
            return True
        return self.position_idx == (1 if self.side == "Sell" else 2)


class OrderShelf:
    """Every order of the account, found by id, by own id, by symbol; open ones in order of creation."""

    def __init__(self) -> None:
        self._by_id: dict[str, Order] = {}
        self._by_link: dict[str, Order] = {}
        self._open: dict[str, dict[str, Order]] = {}
        self._closed: list[Order] = []
        self.realtime_from = 0  # a restart of Bybit empties the recent part: number of closed orders it forgot

    def add(self, order: Order) -> None:
        """Put a new order on the shelf."""
        order.leaves = order.qty
        order.updated_ms = order.updated_ms or order.created_ms
        self._by_id[order.order_id] = order
        if order.link_id:
            self._by_link[order.link_id] = order
        self._open.setdefault(order.symbol, {})[order.order_id] = order

    def close(self, order: Order, status: str, now_ms: int) -> None:
        """Give an order its final status."""
        order.status = status
        order.updated_ms = now_ms
        del self._open[order.symbol][order.order_id]
        self._closed.append(order)

    def find(self, order_id: str, link_id: str) -> Order | None:
        """By ``orderId``, or by ``orderLinkId`` when no id is given."""
        return self._by_id.get(order_id) if order_id else self._by_link.get(link_id) if link_id else None

    def link_is_used(self, link_id: str) -> bool:
        """Whether an order, open or not, carries that orderLinkId."""
        return link_id in self._by_link

    def open_of(self, symbol: str) -> list[Order]:
        """Open orders of a symbol, oldest first; a copy, so that they may be closed while walking."""
        return list(self._open.get(symbol, {}).values())

    def open_symbols(self) -> list[str]:
        """Symbols with open orders."""
        return [symbol for symbol, orders in self._open.items() if orders]

    def all_open(self) -> Iterator[Order]:
        """Every open order by symbol; orders may be closed while walking."""
        for orders in list(self._open.values()):
            yield from list(orders.values())

    def everything(self) -> list[Order]:
        """Open and closed orders, oldest first."""
        return list(self._by_id.values())

    def stops_of(self, symbol: str, position_idx: int) -> list[Order]:
        """Children of the position's trading stop, oldest first."""
        return [o for o in self.open_of(symbol) if o.is_position_stop and o.position_idx == position_idx]

    def recent(self) -> list[Order]:
        """Up to 500 lately closed orders, the latest created first."""
        return _newest_first(self._closed[self.realtime_from :][-500:])

    def history(self, now_ms: int) -> list[Order]:
        """Closed orders, latest created first; those without a fill vanish after 24 hours."""
        edge = now_ms - DAY_MS
        kept = [o for o in self._closed if o.filled or o.updated_ms >= edge]
        return _newest_first(kept)

    def forget_recent(self) -> None:
        """What a restart of Bybit does: the closed part of the realtime query becomes empty."""
        self.realtime_from = len(self._closed)


def _newest_first(closed: list[Order]) -> list[Order]:
    """Latest created first; of the same moment, the one that ended last."""
    newest_end_first = closed[::-1]
    return sorted(newest_end_first, key=lambda order: -order.created_ms)
