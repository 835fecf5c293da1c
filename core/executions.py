"""What one execution says by itself: how it changed a position, which leg it belongs to, why it happened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.model import LONG, CoinAmount, Execution, PositionKey
from core.money import ZERO

# What an execution row may be, by execType (V5_FACTS 6.23). Only fills change a size; payments share the endpoint and
# trade nothing. A kind that is in neither set is a question: it changes nothing, and the book says that it came.
FILLS = frozenset(
    {"Trade", "AdlTrade", "BustTrade", "Delivery", "Settle", "BlockTrade", "MovePosition", "FutureSpread"}
)
PAYMENTS = frozenset({"Funding", "SessionSettlePnL"})

# Fills of an order that was sent, by somebody, and can be asked for; the others the exchange brings about by itself.
HAS_ORDER = FILLS - {"AdlTrade", "BustTrade", "Delivery", "Settle"}

# See order_of.
Moment = tuple[int, int, int, str]

# How every order_link_id of this desk begins.
OUR_ORDER_PREFIX = "qd"

_REASON_BY_EXEC_TYPE = {
    "AdlTrade": "adl",
    "BustTrade": "liquidation",
    "Settle": "settlement",
    "Delivery": "settlement",
}
_REASON_BY_CREATE_TYPE = {
    "CreateByTakeProfit": "take_profit",
    "CreateByPartialTakeProfit": "take_profit",
    "CreateByStopLoss": "stop_loss",
    "CreateByPartialStopLoss": "stop_loss",
    "CreateByTrailingStop": "trailing_stop",
    "CreateByTrailingProfit": "trailing_stop",
    "CreateByLiq": "liquidation",
    "CreateByTakeOver_PassThrough": "liquidation",
    "CreateByAdl_PassThrough": "adl",
    "CreateBySettle": "settlement",
    "CreateByAdminClosing": "admin",
}


def is_known_kind(execution: Execution) -> bool:
    """Whether we know what the row means; CorporateAction, UNKNOWN and whatever comes later are not guessed at."""
    return execution.exec_type in FILLS or execution.exec_type in PAYMENTS


def signed_qty(execution: Execution) -> Decimal:
    """How the execution changed the position: Buy above zero, Sell below, 0 for rows that are no fills."""
    if execution.exec_type not in FILLS:
        return ZERO
    return execution.qty if execution.side == LONG else -execution.qty


def traded_since(executions: Iterable[Execution], key: PositionKey, seq: int) -> Decimal:
    """By how much fills of a position later than a sequence changed its signed size."""
    later = (e for e in executions if e.seq > seq and (e.category, e.symbol, e.position_idx) == key)
    return sum((signed_qty(e) for e in later), ZERO)


def other_fee(execution: Execution, settle_coin: str) -> CoinAmount | None:
    """A fee paid in another coin than the profit, so that the two cannot be summed; None for all others.

    Bybit names the coin only when it is another one, as with discounts paid in MNT (V5_FACTS 6.23).
    """
    coin = execution.fee_currency
    is_other = bool(coin and settle_coin and coin != settle_coin and execution.fee)
    return CoinAmount(coin, execution.fee) if is_other else None


def leg_of(execution: Execution, *, is_hedge: bool) -> int:
    """The position_idx that an execution belongs to when Bybit does not say.

    In hedge mode a Buy that closes nothing opens the long (1) and a Sell that closes something reduces it. Source: V5
    execution rows, ``side`` and ``closedSize``. That funding carries the side of the position it was paid for is an
    assumption: no document says it. It moves an amount between the legs of one symbol, never a size or their sum.
    """
    if execution.position_idx is not None:
        return execution.position_idx
    if not is_hedge:
        return 0
    closes = execution.exec_type in FILLS and bool(execution.closed_size)
    return 1 if (execution.side == LONG) != closes else 2


def reason_of_kind(exec_type: str) -> str:
    """Why a position was reduced, where the kind of the row alone says it, else ``""``."""
    return _REASON_BY_EXEC_TYPE.get(exec_type, "")


def exit_reason(execution: Execution, labels: Mapping[str, str] | None = None) -> str:
    """Why the position was reduced.

    The exchange's own reason first, then a label that a bot registered for the order, then ``manual`` for orders of
    this desk and of Bybit's own site (which carry no id), else ``id:`` and the foreign order_link_id.
    """
    known = _REASON_BY_EXEC_TYPE.get(execution.exec_type) or _REASON_BY_CREATE_TYPE.get(execution.create_type)
    link_id = execution.order_link_id
    label = known or (labels or {}).get(link_id)
    return label or ("manual" if not link_id or link_id.startswith(OUR_ORDER_PREFIX) else f"id:{link_id}")


def opening_size(present: Decimal, executions: Iterable[Execution]) -> Decimal:
    """The signed size before the first of ``executions``, given the signed size after the last."""
    return present - sum((signed_qty(e) for e in executions), ZERO)


def order_of(execution: Execution) -> Moment:
    """What sorts executions as they happened, the same in any order of arrival: time, cross sequence, share, id.

    Fills of one match carry the same time and sequence. Those that only close came before the one that turned the
    position round, and that one before those that only open.
    """
    closed = execution.closed_size
    share = 1 if closed is None else 2 if not closed else 0 if closed >= execution.qty else 1
    return execution.ts_ms, execution.seq, share, execution.exec_id


def in_order(executions: Iterable[Execution]) -> list[Execution]:
    """Sorted as they happened."""
    return sorted(executions, key=order_of)
