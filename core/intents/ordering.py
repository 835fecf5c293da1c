"""Cancelling and amending open orders. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.intents.binding import check_free, find_order
from core.intents.issues import Issue, check_price, price_span, trigger_base
from core.intents.quantities import check_order_qty
from core.intents.records import LIMIT, AmendOrder, CancelOrder
from core.intents.stopping import check_stop_loss
from core.model import Instrument, Order, Position, Snapshot
from core.money import ROUND_HALF_EVEN, ZERO, to_increment

# Children of a trading stop: as big as the position, or a part of it.
_FULL_STOPS = frozenset({"TakeProfit", "StopLoss", "TrailingStop"})
_LOSS_STOPS = frozenset({"StopLoss", "PartialStopLoss"})
RISING = 1


def check_cancel(intent: CancelOrder, snapshot: Snapshot) -> tuple[Issue, ...]:
    """Only an order that is listed as open can be cancelled, and only once at a time."""
    if find_order(intent.key, intent.order_id, snapshot) is None:
        return (Issue(field="", code="order_gone"),)
    return check_free(intent, snapshot)


def check_amend(
    intent: AmendOrder, order: Order, position: Position | None, instrument: Instrument, snapshot: Snapshot
) -> tuple[Issue, ...]:
    """What is wrong with the changes of an open order."""
    asked = ((intent.qty, order.qty), (intent.price, order.price), (intent.trigger_price, order.trigger_price))
    if all(value is None or value == held for value, held in asked):
        return (Issue(field="", code="nothing_to_change"),)
    # The quantity is judged anew by the limits in force, also where it stays.
    issues = [*_check_qty(order.qty if intent.qty is None else intent.qty, order, position, instrument)]
    if intent.price is not None:
        issues += _check_limit(intent.price, order, instrument)
    if intent.trigger_price is not None:
        issues += _check_trigger(intent.trigger_price, order, position, instrument, snapshot)
    return tuple(issues)


def _check_qty(qty: Decimal, order: Order, position: Position | None, instrument: Instrument) -> Iterator[Issue]:
    """Above what is filled, up to the largest order, or to the position for an order that only reduces it."""
    if order.stop_order_type in _FULL_STOPS and qty != order.qty:
        yield Issue(field="qty", code="qty_follows_position")
        return
    wrong = [*check_order_qty("qty", qty, instrument.max_qty, instrument)]
    yield from wrong
    if wrong:
        return
    if qty <= order.filled_qty:
        yield Issue(field="qty", code="qty_below_filled", details={"filled": order.filled_qty})
    elif order.reduce_only:
        room = order.filled_qty + (position.size if position else ZERO)
        nearest = to_increment(room, instrument.step) or None
        if qty > room:
            yield Issue(field="qty", code="qty_above_size", nearest=nearest, details={"size": room})


def _check_limit(price: Decimal, order: Order, instrument: Instrument) -> Iterator[Issue]:
    if order.order_type != LIMIT:
        yield Issue(field="price", code="price_not_used")
        return
    yield from check_price("price", price, price_span(instrument), ROUND_HALF_EVEN)


def _check_trigger(
    price: Decimal, order: Order, position: Position | None, instrument: Instrument, snapshot: Snapshot
) -> Iterator[Issue]:
    """On the side of the market from which the trigger is reached, and before liquidation for a stop loss."""
    if order.trigger_price is None or order.stop_order_type == "TrailingStop":
        yield Issue(field="trigger_price", code="trigger_not_used")
        return
    base = trigger_base(order.trigger_by, position, snapshot.prices.get((order.category, order.symbol)))
    if base is None:
        yield Issue(field="", code="stale")
        return
    span = price_span(instrument)
    wanted = span.above(base) if order.trigger_direction == RISING else span.below(base)
    wrong = [*check_price("trigger_price", price, span, ROUND_HALF_EVEN, wanted)]
    if not wrong and not wanted.has(price):
        nearest, details = wanted.nearest(price, ROUND_HALF_EVEN), {"base": base, "trigger_by": order.trigger_by}
        wrong = [Issue(field="trigger_price", code="trigger_wrong_side", nearest=nearest, details=details)]
    yield from wrong
    if not wrong and position is not None and order.stop_order_type in _LOSS_STOPS:
        liq, by = position.liq_price, order.trigger_by
        for issue in check_stop_loss(price, position.side, base, liq, instrument, by):
            yield Issue(field="trigger_price", code=issue.code, nearest=issue.nearest, details=issue.details)
