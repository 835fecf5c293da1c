"""Executions → lives of a position, flat to flat, with their partial exits. Pure.

One fold serves the running session and any rebuild from history: the same executions give the same lives with the
same ids, in whatever order they arrived. Sizes are signed here: long above zero, short below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from core.formulas import HUNDRED, INVERSE, position_value
from core.model import LONG, SHORT, ClosedTrade, Execution, PartialExit, PositionKey
from core.money import ZERO

# Rows of these kinds share the executions endpoint but trade nothing: they must never change a size.
NOT_FILLS = frozenset({"Funding", "SessionSettlePnL"})

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


class Life(Struct, frozen=True, kw_only=True):
    """A position life in progress. ``size`` is signed; ``cost`` is the entry value of what is still held.

    ``cost`` is None when the life began before the executions that we know: its money figures are then unknown.
    Values are in quote (linear) or coin (inverse); ``entered_qty``/``entered_value`` run over all entries.
    """

    life_id: str
    key: PositionKey
    opened_ms: int
    size: Decimal
    cost: Decimal | None
    peak_size: Decimal
    entered_qty: Decimal = ZERO
    entered_value: Decimal = ZERO
    exited_qty: Decimal = ZERO
    exited_value: Decimal = ZERO
    gross_pnl: Decimal | None = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    exits: tuple[PartialExit, ...] = ()
    closed_by: str = ""

    @property
    def side(self) -> str:
        """The position's side."""
        return LONG if self.size > 0 else SHORT

    @property
    def realised_pnl(self) -> Decimal | None:
        """Net of fees and funding so far; None when the beginning is not known."""
        return None if self.gross_pnl is None else self.gross_pnl - self.fees + self.funding


class Fold(NamedTuple):
    """What a fold of executions ends in: the lives that closed (oldest first) and the one still open."""

    closed: tuple[ClosedTrade, ...]
    life: Life | None


def signed_qty(execution: Execution) -> Decimal:
    """How the execution changed the position: Buy above zero, Sell below, 0 for rows that trade nothing."""
    if execution.exec_type in NOT_FILLS:
        return ZERO
    return execution.qty if execution.side == LONG else -execution.qty


def leg_of(execution: Execution, *, is_hedge: bool) -> int:
    """The position_idx that an execution belongs to when Bybit does not say.

    In hedge mode a Buy that closes nothing opens the long (1) and a Sell that closes something reduces it; funding
    carries the side of the position it was paid for. Source: V5 execution rows, ``side`` and ``closedSize``.
    """
    if execution.position_idx is not None:
        return execution.position_idx
    if not is_hedge:
        return 0
    closes = execution.exec_type not in NOT_FILLS and bool(execution.closed_size)
    return 1 if (execution.side == LONG) != closes else 2


def exit_reason(execution: Execution, labels: dict[str, str] | None = None) -> str:
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


def in_order(executions: Iterable[Execution]) -> list[Execution]:
    """Sorted as they happened: by time, then cross sequence, then id, which makes any order of arrival the same."""
    return sorted(executions, key=lambda e: (e.ts_ms, e.seq, e.exec_id))


def fold(
    key: PositionKey,
    settle_coin: str,
    executions: Iterable[Execution],
    start_size: Decimal = ZERO,
    labels: dict[str, str] | None = None,
) -> Fold:
    """Fold the executions of one key into lives.

    Args:
        executions: of this key only, each exec_id once, any order.
        start_size: signed size before the first of them; not zero means that the first life is incomplete.
        labels: order_link_id → reason, from bots that register their exits.
    """
    life = _unknown_life(key, start_size) if start_size else None
    closed: list[ClosedTrade] = []
    for execution in in_order(executions):
        life, trade = step(life, key, settle_coin, execution, labels)
        if trade:
            closed.append(trade)
    return Fold(tuple(closed), life)


def step(
    life: Life | None,
    key: PositionKey,
    settle_coin: str,
    execution: Execution,
    labels: dict[str, str] | None = None,
) -> tuple[Life | None, ClosedTrade | None]:
    """Apply the next execution: returns the life after it and the trade that it closed, if any.

    A flip is split: the part that closes ends the old life, the rest opens the next one, and the fee is shared by
    quantity so that both parts sum to the execution.
    """
    change = signed_qty(execution)
    if change == 0:
        return (_fund(life, execution) if life else None), None
    if life is None:
        return _open(key, execution, change, execution.fee), None
    if (life.size > 0) == (change > 0):
        return _add(life, execution, change, execution.fee), None
    closing = min(abs(change), abs(life.size))
    fee = execution.fee if closing == abs(change) else execution.fee * closing / abs(change)
    reduced = _reduce(life, execution, closing, fee, exit_reason(execution, labels))
    if reduced.size != 0:
        return reduced, None
    trade = _close(reduced, life.side, settle_coin, execution.ts_ms)
    rest = change + closing if change < 0 else change - closing
    return (_open(key, execution, rest, execution.fee - fee) if rest else None), trade


def life_id(key: PositionKey, first_exec_id: str) -> str:
    """A deterministic id: the same first execution always names the same life."""
    digest = hashlib.sha256("|".join((*map(str, key), first_exec_id)).encode()).hexdigest()
    return f"L{digest[:20]}"


def _unknown_life(key: PositionKey, size: Decimal) -> Life:
    return Life(
        life_id=life_id(key, "before"),
        key=key,
        opened_ms=0,
        size=size,
        cost=None,
        gross_pnl=None,
        peak_size=abs(size),
    )


def _open(key: PositionKey, execution: Execution, change: Decimal, fee: Decimal) -> Life:
    value = position_value(key.category, abs(change), execution.price)
    return Life(
        life_id=life_id(key, execution.exec_id),
        key=key,
        opened_ms=execution.ts_ms,
        size=change,
        cost=value,
        peak_size=abs(change),
        entered_qty=abs(change),
        entered_value=value,
        fees=fee,
    )


def _fund(life: Life, execution: Execution) -> Life:
    return replace(life, funding=life.funding - execution.fee)


def _add(life: Life, execution: Execution, change: Decimal, fee: Decimal) -> Life:
    value = position_value(life.key.category, abs(change), execution.price)
    size = life.size + change
    return replace(
        life,
        size=size,
        cost=None if life.cost is None else life.cost + value,
        peak_size=max(life.peak_size, abs(size)),
        entered_qty=life.entered_qty + abs(change),
        entered_value=life.entered_value + value,
        fees=life.fees + fee,
    )


def _reduce(life: Life, execution: Execution, qty: Decimal, fee: Decimal, reason: str) -> Life:
    category, held = life.key.category, abs(life.size)
    left = life.size - qty if life.size > 0 else life.size + qty
    gross, cost = _realise(life, execution, qty, held)
    return replace(
        life,
        size=left,
        cost=cost,
        exited_qty=life.exited_qty + qty,
        exited_value=life.exited_value + position_value(category, qty, execution.price),
        gross_pnl=None if life.gross_pnl is None or gross is None else life.gross_pnl + gross,
        fees=life.fees + fee,
        exits=_with_exit(life, execution, qty, gross, fee, reason),
        closed_by=reason,
    )


def _realise(life: Life, execution: Execution, qty: Decimal, held: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Gross profit of an exit, and the entry value left. The last exit takes all that is left, so sums are exact."""
    if life.cost is None:
        return execution.exec_pnl, None
    out = life.cost if qty == held else life.cost * qty / held
    proceeds = position_value(life.key.category, qty, execution.price)
    sign = 1 if (life.size > 0) != (life.key.category == INVERSE) else -1
    return sign * (proceeds - out), life.cost - out


def _with_exit(
    life: Life, execution: Execution, qty: Decimal, gross: Decimal | None, fee: Decimal, reason: str
) -> tuple[PartialExit, ...]:
    """Add a fill to the exits. Fills of one order are one exit, wherever other orders' fills stand between them."""
    exit_id = execution.order_id or execution.exec_id
    category, exits = life.key.category, life.exits
    previous = next((e for e in exits if e.order_id == exit_id), None)
    total, value = qty, position_value(category, qty, execution.price)
    if previous:
        total += previous.qty
        value += position_value(category, previous.qty, previous.price)
        gross = None if gross is None or previous.gross_pnl is None else gross + previous.gross_pnl
        fee += previous.fee
    merged = PartialExit(
        order_id=exit_id,
        order_link_id=execution.order_link_id,
        ts_ms=execution.ts_ms,
        qty=total,
        price=total / value if category == INVERSE else value / total,
        share_pct=total / life.peak_size * HUNDRED,
        gross_pnl=gross,
        fee=fee,
        net_pnl=None if gross is None else gross - fee,
        reason=reason,
    )
    return tuple(merged if e is previous else e for e in exits) if previous else (*exits, merged)


def _close(life: Life, side: str, settle_coin: str, ts_ms: int) -> ClosedTrade:
    is_complete = life.gross_pnl is not None and life.cost is not None
    return ClosedTrade(
        life_id=life.life_id,
        category=life.key.category,
        symbol=life.key.symbol,
        position_idx=life.key.position_idx,
        side=side,
        settle_coin=settle_coin,
        opened_ms=life.opened_ms,
        closed_ms=ts_ms,
        peak_size=life.peak_size,
        entry_price=_mean(life.key.category, life.entered_qty, life.entered_value),
        exit_price=_mean(life.key.category, life.exited_qty, life.exited_value),
        gross_pnl=life.gross_pnl,
        fees=life.fees if is_complete else None,
        funding=life.funding if is_complete else None,
        net_pnl=life.realised_pnl if is_complete else None,
        exits=life.exits,
        closed_by=life.closed_by,
        is_complete=is_complete,
    )


def _mean(category: str, qty: Decimal, value: Decimal) -> Decimal | None:
    if qty == 0 or value == 0:
        return None
    return qty / value if category == INVERSE else value / qty
