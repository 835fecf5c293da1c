"""Orders, executions and Bybit's own record of a closing order. Frozen; see the package for units."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from core.model.markets import PositionKey


class Order(Struct, frozen=True, kw_only=True):
    """An order as Bybit last reported it. ``stop_order_type`` is ``""`` for a plain order.

    ``status`` keeps Bybit's text; an unknown one is never guessed. Source: order/realtime, order topic.
    """

    category: str
    symbol: str
    position_idx: int
    order_id: str
    order_link_id: str
    side: str
    order_type: str
    status: str
    qty: Decimal
    leaves_qty: Decimal | None
    filled_qty: Decimal
    price: Decimal | None
    average_price: Decimal | None
    trigger_price: Decimal | None
    trigger_by: str
    trigger_direction: int
    take_profit: Decimal | None
    stop_loss: Decimal | None
    stop_order_type: str
    time_in_force: str
    reduce_only: bool
    create_type: str
    cancel_type: str
    reject_reason: str
    created_ms: int
    updated_ms: int

    @property
    def position_key(self) -> PositionKey:
        """The position that the order would change."""
        return PositionKey(self.category, self.symbol, self.position_idx)

    @property
    def is_open(self) -> bool:
        """Still able to fill or to trigger."""
        return self.status in OPEN_ORDER_STATUSES


OPEN_ORDER_STATUSES = frozenset({"New", "PartiallyFilled", "Untriggered", "Triggered"})


CLOSED_ORDER_STATUSES = frozenset({"Filled", "Cancelled", "Rejected", "Deactivated", "PartiallyFilledCanceled"})


class Execution(Struct, frozen=True, kw_only=True):
    """One fill, funding payment, ADL, settlement …; unique by (category, symbol, exec_id).

    ``fee`` paid is positive, a rebate negative. For ``exec_type`` Funding: ``qty`` is the position's size, nothing
    traded, and ``fee`` paid is positive (Bybit's sign; our ``funding`` figures have the opposite one).
    ``position_idx`` is None when the source does not say (REST executions do not).
    """

    category: str
    symbol: str
    exec_id: str
    order_id: str
    order_link_id: str
    side: str
    exec_type: str
    qty: Decimal
    price: Decimal
    value: Decimal
    fee: Decimal
    closed_size: Decimal | None
    is_maker: bool
    create_type: str
    stop_order_type: str
    order_type: str
    ts_ms: int
    seq: int
    fee_currency: str = ""
    exec_pnl: Decimal | None = None
    position_idx: int | None = None


class ClosedPnl(Struct, frozen=True, kw_only=True):
    """Bybit's own record of one closing order; it grows while the order fills. ``side`` is the closing order's."""

    category: str
    symbol: str
    order_id: str
    side: str
    closed_size: Decimal
    entry_price: Decimal
    exit_price: Decimal
    closed_pnl: Decimal
    open_fee: Decimal | None
    close_fee: Decimal | None
    exec_type: str
    created_ms: int
    updated_ms: int
