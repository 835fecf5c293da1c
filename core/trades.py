"""Executions → lives of a position, flat to flat, with their partial exits. Pure.

One fold serves the running session and any rebuild from history: the same executions give the same lives with the
same ids, in whatever order they arrived. Sizes are signed here: long above zero, short below.

Sums are exact: products are kept whole, and what a division yields (an entry's share, coin at a price) is cut to 18
decimals once, the rest staying with what is left, so that the parts always add up to the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from core.executions import exit_reason, in_order, is_known_kind, other_fee, signed_qty
from core.formulas import HUNDRED, INVERSE, position_value
from core.model import LONG, SHORT, Checkpoint, ClosedTrade, CoinAmount, Execution, Gap, PartialExit, PositionKey
from core.money import EXACT, ZERO, fixed

# Marks a life that was open before the first execution that we know.
BEFORE = "before"


class Life(Struct, frozen=True, kw_only=True):
    """A position life in progress. ``size`` is signed; ``cost`` is the entry value of what is still held.

    ``cost`` is None when executions of the life are missing, mostly those before the first that we know: its money
    figures are then unknown. Values are in quote (linear) or coin (inverse); ``entered_qty``/``entered_value`` run over
    all entries, ``exit_values`` holds the executed value of each exit by its order. ``missing``: the quantity of exits
    that no execution shows; None when exits may lie before the first execution that we know.
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
    other_fees: tuple[CoinAmount, ...] = ()
    funding: Decimal = ZERO
    exits: tuple[PartialExit, ...] = ()
    exit_values: Mapping[str, Decimal] = MappingProxyType({})
    closed_by: str = ""
    missing: Decimal | None = ZERO

    @property
    def side(self) -> str:
        """The position's side."""
        return LONG if self.size > 0 else SHORT

    @property
    def realised_pnl(self) -> Decimal | None:
        """Net of fees and funding so far; None when the beginning is not known."""
        if self.gross_pnl is None:
            return None
        return EXACT.add(EXACT.subtract(self.gross_pnl, self.fees), self.funding)


class Fold(NamedTuple):
    """What a fold of executions ends in: the lives that closed (oldest first) and the one still open."""

    closed: tuple[ClosedTrade, ...]
    life: Life | None


def timeline(executions: Iterable[Execution], checkpoints: Sequence[Checkpoint]) -> Iterator[Execution | Checkpoint]:
    """Executions in order, each checkpoint before the first one that is newer than it."""
    ahead = sorted(checkpoints, reverse=True)
    for execution in in_order(executions):
        while ahead and _is_before(ahead[-1], execution):
            yield ahead.pop()
        yield execution
    yield from reversed(ahead)


def _is_before(report: Checkpoint, execution: Execution) -> bool:
    """By the cross sequence for what changes a size, by time for a payment, whose sequence need not be the book's."""
    if signed_qty(execution):
        return report.seq < execution.seq
    return (report.ts_ms, report.seq) < (execution.ts_ms, execution.seq)


def fold(
    key: PositionKey,
    settle_coin: str,
    executions: Iterable[Execution],
    start: Life | None = None,
    *,
    checkpoints: Sequence[Checkpoint] = (),
    labels: Mapping[str, str] | None = None,
) -> Fold:
    """Fold the executions of one key into lives.

    Args:
        executions: of this key only, each exec_id once, any order.
        start: the life before the first of them; see :func:`unknown_life`.
        checkpoints: sizes that the executions have to arrive at; see :func:`mend`.
        labels: order_link_id → reason, from bots that register their exits.
    """
    life, closed = start, []
    for entry in timeline(executions, checkpoints):
        if isinstance(entry, Checkpoint):
            life, trade = mend(life, key, settle_coin, entry)
        else:
            life, trade = step(life, key, settle_coin, entry, labels)
        if trade:
            closed.append(trade)
    return Fold(tuple(closed), life)


def step(
    life: Life | None,
    key: PositionKey,
    settle_coin: str,
    execution: Execution,
    labels: Mapping[str, str] | None = None,
) -> tuple[Life | None, ClosedTrade | None]:
    """Apply the next execution: returns the life after it and the trade that it closed, if any.

    A flip is split: the part that closes ends the old life, the rest opens the next one, and the fee is shared by
    quantity so that both parts sum to the execution. A fee in another coin is kept apart from the sums. A row of a kind
    that we do not know changes no size, and leaves nothing certain about the life's money.
    """
    elsewhere = other_fee(execution, settle_coin)
    if elsewhere is not None:
        after = step(life, key, settle_coin, replace(execution, fee=ZERO), labels)
        return _paid_elsewhere(life, execution, elsewhere, *after)
    if not is_known_kind(execution):
        return (replace(life, cost=None, gross_pnl=None) if life else None), None
    change = signed_qty(execution)
    if change == 0:
        return (_fund(life, execution) if life else None), None
    with localcontext(EXACT):
        if life is None:
            return _open(key, execution, change, execution.fee), None
        if (life.size > 0) == (change > 0):
            return _add(life, execution, change), None
        return _reduce_or_flip(life, settle_coin, execution, change, exit_reason(execution, labels))


def _reduce_or_flip(
    life: Life, settle_coin: str, execution: Execution, change: Decimal, reason: str
) -> tuple[Life | None, ClosedTrade | None]:
    closing = min(abs(change), abs(life.size))
    fee = execution.fee if closing == abs(change) else fixed(execution.fee * closing / abs(change))
    reduced = _reduce(life, execution, closing, fee, reason)
    if reduced.size != 0:
        return reduced, None
    trade = _close(reduced, life.side, settle_coin, execution.ts_ms)
    rest = change + closing if change < 0 else change - closing
    return (_open(life.key, execution, rest, execution.fee - fee) if rest else None), trade


def _paid_elsewhere(
    before: Life | None, execution: Execution, fee: CoinAmount, life: Life | None, trade: ClosedTrade | None
) -> tuple[Life | None, ClosedTrade | None]:
    """Note a fee in another coin where it belongs; that of a flip is shared by quantity."""
    rest = fee.amount
    if trade is not None and before is not None:
        share = fixed(EXACT.divide(EXACT.multiply(rest, abs(before.size)), execution.qty)) if life else rest
        trade = replace(trade, other_fees=_with_amount(trade.other_fees, fee.coin, share))
        rest = EXACT.subtract(rest, share)
    if life is not None:
        life = replace(life, other_fees=_with_amount(life.other_fees, fee.coin, rest))
    return life, trade


def _with_amount(amounts: tuple[CoinAmount, ...], coin: str, amount: Decimal) -> tuple[CoinAmount, ...]:
    """Add an amount to those of its coin; sorted by coin."""
    known = dict(amounts)
    known[coin] = EXACT.add(known.get(coin, ZERO), amount)
    return tuple(CoinAmount(*entry) for entry in sorted(known.items()))


def mend(
    life: Life | None, key: PositionKey, settle_coin: str, report: Checkpoint
) -> tuple[Life | None, ClosedTrade | None]:
    """Fit a life to a reported size that the executions do not arrive at: some of them are missing.

    The life goes on with that size, or ends, or another one has begun; in each case its money is not known any more.
    Lives before it stay as they are, and all of it is undone when the missing executions turn up.
    """
    if report.size == (life.size if life else ZERO):
        return life, None
    begun = unknown_life(key, report.size, f"gap:{report.seq}") if report.size else None
    if life is None:
        return begun, None
    unknown = replace(life, cost=None, gross_pnl=None)
    if begun and (begun.size > 0) == (life.size > 0):
        missing = _more_missing(life, abs(life.size) - abs(begun.size))
        return replace(unknown, size=begun.size, peak_size=max(life.peak_size, begun.peak_size), missing=missing), None
    ended = replace(unknown, closed_by="", missing=_more_missing(life, abs(life.size)))
    return begun, _close(ended, life.side, settle_coin, report.ts_ms)


def _more_missing(life: Life, qty: Decimal) -> Decimal | None:
    return None if life.missing is None else life.missing + max(qty, ZERO)


def life_id(key: PositionKey, first_exec_id: str) -> str:
    """A deterministic id: the same first execution always names the same life."""
    digest = hashlib.sha256("|".join((*map(str, key), first_exec_id)).encode()).hexdigest()
    return f"L{digest[:20]}"


def unknown_life(key: PositionKey, size: Decimal, mark: str = BEFORE) -> Life:
    """A life whose beginning no execution shows. ``size`` is signed; ``mark`` tells it from others of the key."""
    return Life(
        life_id=life_id(key, mark),
        key=key,
        opened_ms=0,
        size=size,
        cost=None,
        gross_pnl=None,
        peak_size=abs(size),
        missing=None if mark == BEFORE else ZERO,
    )


def value_of(category: str, qty: Decimal, price: Decimal) -> Decimal:
    """Executed value as an amount: whole in quote (linear), cut to 18 decimals in coin (inverse)."""
    return fixed(position_value(category, qty, price)) if category == INVERSE else qty * price


def _open(key: PositionKey, execution: Execution, change: Decimal, fee: Decimal) -> Life:
    value = value_of(key.category, abs(change), execution.price)
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
    return replace(life, funding=EXACT.subtract(life.funding, execution.fee))


def _add(life: Life, execution: Execution, change: Decimal) -> Life:
    value = value_of(life.key.category, abs(change), execution.price)
    size = life.size + change
    return replace(
        life,
        size=size,
        cost=None if life.cost is None else life.cost + value,
        peak_size=max(life.peak_size, abs(size)),
        entered_qty=life.entered_qty + abs(change),
        entered_value=life.entered_value + value,
        fees=life.fees + execution.fee,
    )


def _reduce(life: Life, execution: Execution, qty: Decimal, fee: Decimal, reason: str) -> Life:
    value = value_of(life.key.category, qty, execution.price)
    gross, cost = _realise(life, execution, qty, value)
    exits, exit_values = _with_exit(life, execution, qty, value, gross, fee, reason)
    return replace(
        life,
        size=life.size - qty if life.size > 0 else life.size + qty,
        cost=cost,
        exited_qty=life.exited_qty + qty,
        exited_value=life.exited_value + value,
        gross_pnl=None if life.gross_pnl is None or gross is None else life.gross_pnl + gross,
        fees=life.fees + fee,
        exits=exits,
        exit_values=exit_values,
        closed_by=reason,
    )


def _realise(
    life: Life, execution: Execution, qty: Decimal, proceeds: Decimal
) -> tuple[Decimal | None, Decimal | None]:
    """Gross profit of an exit, and the entry value left. The last exit takes all that is left, so sums are exact."""
    if life.cost is None:
        return execution.exec_pnl, None
    held = abs(life.size)
    out = life.cost if qty == held else fixed(life.cost * qty / held)
    sign = 1 if (life.size > 0) != (life.key.category == INVERSE) else -1
    return sign * (proceeds - out), life.cost - out


def _with_exit(
    life: Life, execution: Execution, qty: Decimal, value: Decimal, gross: Decimal | None, fee: Decimal, reason: str
) -> tuple[tuple[PartialExit, ...], Mapping[str, Decimal]]:
    """Add a fill to the exits. Fills of one order are one exit, wherever other orders' fills stand between them."""
    exit_id = execution.order_id or execution.exec_id
    at = _find(exit_id, life.exits) if exit_id in life.exit_values else len(life.exits)
    for before in life.exits[at : at + 1]:
        qty, value, fee = qty + before.qty, value + life.exit_values[exit_id], fee + before.fee
        gross = None if gross is None or before.gross_pnl is None else gross + before.gross_pnl
    exit_ = PartialExit(
        order_id=exit_id,
        order_link_id=execution.order_link_id,
        ts_ms=execution.ts_ms,
        qty=qty,
        price=mean_price(life.key.category, qty, value) or execution.price,
        share_pct=fixed(qty / life.peak_size * HUNDRED),
        gross_pnl=gross,
        fee=fee,
        net_pnl=None if gross is None else gross - fee,
        reason=reason,
    )
    return (*life.exits[:at], exit_, *life.exits[at + 1 :]), {**life.exit_values, exit_id: value}


def _find(order_id: str, exits: tuple[PartialExit, ...]) -> int:
    """Where the order's exit stands. The newest are looked at first: fills of an order come together."""
    return next(i for i in range(len(exits) - 1, -1, -1) if exits[i].order_id == order_id)


def _close(life: Life, side: str, settle_coin: str, ts_ms: int) -> ClosedTrade:
    """The life as a trade. Averages and money are given only when every execution of it is known."""
    is_complete, category = life.gross_pnl is not None, life.key.category
    return ClosedTrade(
        life_id=life.life_id,
        category=category,
        symbol=life.key.symbol,
        position_idx=life.key.position_idx,
        side=side,
        settle_coin=settle_coin,
        opened_ms=life.opened_ms,
        closed_ms=ts_ms,
        peak_size=life.peak_size,
        entry_price=mean_price(category, life.entered_qty, life.entered_value) if is_complete else None,
        exit_price=mean_price(category, life.exited_qty, life.exited_value) if is_complete else None,
        gross_pnl=life.gross_pnl,
        fees=life.fees if is_complete else None,
        funding=life.funding if is_complete else None,
        net_pnl=life.realised_pnl,
        exits=life.exits,
        closed_by=life.closed_by,
        is_complete=is_complete,
        other_fees=life.other_fees,
        gap=None if is_complete or life.missing is None else Gap(life.missing, life.funding),
    )


def mean_price(category: str, qty: Decimal, value: Decimal) -> Decimal | None:
    """The average price of a quantity whose value is known; None when there is neither."""
    if qty == 0 or value == 0:
        return None
    return fixed(EXACT.divide(qty, value) if category == INVERSE else EXACT.divide(value, qty))
