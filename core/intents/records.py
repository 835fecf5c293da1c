"""What a person or a bot may ask for: frozen records, nothing more. Amounts are Decimal; None leaves a value as it is.

An ``Intent`` becomes one command and at most one effect. A ``Batch`` names what a filter selects and is expanded into
intents before anything is sent. ``RegisterPartialExit`` stays inside the desk.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from msgspec import Struct

from core.model import LONG, PositionKey

FULL, PARTIAL = "Full", "Partial"
MARKET, LIMIT = "Market", "Limit"


class _OfPosition(Struct, frozen=True, kw_only=True):
    """Names one position: Bybit's category, symbol and positionIdx (0 one-way, 1 hedge long, 2 hedge short)."""

    symbol: str
    position_idx: int = 0
    category: str = "linear"

    @property
    def key(self) -> PositionKey:
        """The position meant."""
        return PositionKey(self.category, self.symbol, self.position_idx)


class ClosePosition(_OfPosition, frozen=True, kw_only=True):
    """Close all or part of one position; always reduce-only.

    ``qty`` in base coin (linear) or USD contracts (inverse); ``price`` only for ``order_type`` Limit. ``life_id`` binds
    the intent to the life that the operator saw ("" binds to none), ``side`` to that position's side; ``seq_seen`` is
    that row's cross sequence (-1 for none).
    """

    qty: Decimal
    order_type: str = MARKET
    price: Decimal | None = None
    side: str = ""
    life_id: str = ""
    seq_seen: int = -1
    reason: str = "manual"


class SetTradingStop(_OfPosition, frozen=True, kw_only=True):
    """Set, move or remove the stops of a position; see ClosePosition for ``side``, ``life_id`` and ``seq_seen``.

    ``tpsl_mode`` Full: for the entire position; None leaves a value as it is, 0 removes it. ``trailing_stop`` is a
    distance in price units; ``active_price`` arms it. Only market orders.
    Partial: **adds** one take profit, one stop loss, or a pair whose legs cancel each other, of ``tp_size``/``sl_size``
    (base coin or USD contracts, equal in a pair); neither trailing nor removal. A leg whose ``…_order_type`` is Limit
    rests at ``…_limit_price`` once triggered. Change or remove such a leg with AmendOrder or CancelOrder.
    ``trigger_by``: LastPrice, MarkPrice, IndexPrice, for both legs; trailing stops always follow the last price.
    """

    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    trailing_stop: Decimal | None = None
    active_price: Decimal | None = None
    trigger_by: str = "MarkPrice"
    tpsl_mode: str = FULL
    tp_size: Decimal | None = None
    sl_size: Decimal | None = None
    tp_order_type: str = MARKET
    sl_order_type: str = MARKET
    tp_limit_price: Decimal | None = None
    sl_limit_price: Decimal | None = None
    side: str = ""
    life_id: str = ""
    seq_seen: int = -1
    reason: str = "manual"


class CancelOrder(_OfPosition, frozen=True, kw_only=True):
    """Cancel one open order by Bybit's id."""

    order_id: str
    reason: str = "manual"


class AmendOrder(_OfPosition, frozen=True, kw_only=True):
    """Change an open order: its whole quantity (filled part included), limit price or trigger price."""

    order_id: str
    qty: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    reason: str = "manual"


class OpenPosition(_OfPosition, frozen=True, kw_only=True):
    """Open a position; for bots. ``position_idx`` says the position mode too, which the desk sets first when it must.

    ``leverage`` (None leaves it) is set before the order is sent. ``take_profit`` and ``stop_loss`` come with the order
    and protect the entire position from its first fill.
    """

    side: str
    qty: Decimal
    order_type: str = MARKET
    price: Decimal | None = None
    time_in_force: str = ""
    leverage: Decimal | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    trigger_by: str = "MarkPrice"
    reason: str = "bot"

    @property
    def is_long(self) -> bool:
        """A Buy."""
        return self.side == LONG


class SetLeverage(_OfPosition, frozen=True, kw_only=True):
    """Set the leverage of a contract, the same for both sides. ``position_idx`` plays no part."""

    leverage: Decimal
    reason: str = "manual"


class CloseAll(Struct, frozen=True, kw_only=True):
    """Close every position that all given filters select, each in full at market; "" selects any.

    ``side`` is the position's. With ``cancel_orders`` the open orders of the selected positions' symbols follow.
    """

    category: str = ""
    symbol: str = ""
    side: str = ""
    settle_coin: str = ""
    cancel_orders: bool = False
    reason: str = "close_all"


class CancelOrders(Struct, frozen=True, kw_only=True):
    """Cancel every open order that all given filters select; "", () and None select any.

    ``kind``: ``any``; ``plain`` (resting in the book); ``conditional`` (waiting for a trigger, set by hand or by
    a bot); ``stops`` (TP, SL and trailing of a position); ``orphans`` (stop orders that protect nothing).
    """

    order_ids: tuple[str, ...] = ()
    category: str = ""
    symbol: str = ""
    position_idx: int | None = None
    kind: str = "any"
    reason: str = "manual"


class RegisterPartialExit(_OfPosition, frozen=True, kw_only=True):
    """Name the reason of the exit that an order makes; the exit itself comes from executions only."""

    order_link_id: str
    reason: str


Intent = ClosePosition | SetTradingStop | CancelOrder | AmendOrder | OpenPosition | SetLeverage
Batch = CloseAll | CancelOrders
AnyIntent = Intent | Batch | RegisterPartialExit


def kind_of(intent: Intent) -> str:
    """The command's kind, as Command.kind names it."""
    match intent:
        case ClosePosition():
            return "close"
        case SetTradingStop():
            return "stops"
        case CancelOrder():
            return "cancel"
        case AmendOrder():
            return "amend"
        case OpenPosition():
            return "open"
        case SetLeverage():
            return "leverage"
        case _:
            assert_never(intent)
