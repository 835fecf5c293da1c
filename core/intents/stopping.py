"""Stops of a position: sides, liquidation, ticks, sizes, and what Bybit's two modes allow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from core.intents.issues import Issue, Span, check_price, price_span, trigger_base
from core.intents.quantities import check_closing_qty
from core.intents.records import LIMIT, MARKET, PARTIAL, SetTradingStop
from core.model import Instrument, Order, Position, Snapshot
from core.money import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ZERO, is_multiple

# Bybit refuses the 21st entry of the partial list; the two legs of a pair are one entry.
MOST_PARTIAL = 20
PROFIT_LEG, LOSS_LEG = "PartialTakeProfit", "PartialStopLoss"
TRAILING = "TrailingStop"


def check_stops(
    intent: SetTradingStop, position: Position, instrument: Instrument, snapshot: Snapshot
) -> tuple[Issue, ...]:
    """What is wrong with the fields of a trading stop."""
    if intent.tpsl_mode == PARTIAL:
        return tuple(_check_partial(intent, position, instrument, snapshot))
    return tuple(_check_full(intent, position, instrument, snapshot))


def _check_full(
    intent: SetTradingStop, position: Position, instrument: Instrument, snapshot: Snapshot
) -> Iterator[Issue]:
    for leg in ("tp", "sl"):
        if getattr(intent, f"{leg}_order_type") != MARKET:
            yield Issue(field=f"{leg}_order_type", code="limit_needs_partial")
        if getattr(intent, f"{leg}_size") is not None:
            yield Issue(field=f"{leg}_size", code="size_needs_partial")
    if not _changes_anything(intent, position) and not new_triggers(intent, snapshot.orders):
        yield Issue(field="", code="nothing_to_change")
        return
    yield from _check_prices(intent, position, instrument, snapshot)
    if intent.trailing_stop is not None or intent.active_price is not None:
        yield from _check_trailing(intent, position, instrument, snapshot)


def _changes_anything(intent: SetTradingStop, position: Position) -> bool:
    """Whether any given value differs from what the exchange holds; 0 asked where there is none is no change."""
    pairs = (
        (intent.take_profit, position.take_profit),
        (intent.stop_loss, position.stop_loss),
        (intent.trailing_stop, position.trailing_stop),
    )
    return any(asked is not None and asked != (held or ZERO) for asked, held in pairs) or bool(intent.active_price)


def new_triggers(intent: SetTradingStop, orders: Iterable[Order]) -> frozenset[str]:
    """The stop orders of the entire position of which the intent changes what no position row shows: their kinds.

    That is what a price is compared with, which is sent together with a price, perhaps the one that stands already; and
    the price that arms a trailing stop.
    """
    if intent.tpsl_mode == PARTIAL:
        return frozenset()
    given = {"TakeProfit": intent.take_profit, "StopLoss": intent.stop_loss}
    return frozenset(
        order.stop_order_type
        for order in orders
        if order.position_key == intent.key
        and (
            (given.get(order.stop_order_type) and order.trigger_by != intent.trigger_by)
            or (order.stop_order_type == TRAILING and intent.active_price not in {None, order.trigger_price})
        )
    )


def waits_for(position: Position, orders: Iterable[Order]) -> Decimal | None:
    """The activation price that a position's trailing stop waits for; None when there is none, or it is armed.

    The order of one that waits shows that price, ahead of the market; that of an armed one where it would fire, behind.
    """
    mark, shown = position.mark_price, None
    for order in orders:
        if (order.position_key, order.stop_order_type) == (position.key, TRAILING) and order.is_open:
            shown = order.trigger_price
    if shown is None or mark is None:
        return None
    return shown if (shown > mark if position.side == "Buy" else shown < mark) else None


def _check_prices(
    intent: SetTradingStop, position: Position, instrument: Instrument, snapshot: Snapshot
) -> Iterator[Issue]:
    if not intent.take_profit and not intent.stop_loss:
        return
    price = snapshot.prices.get((position.category, position.symbol))
    base = trigger_base(intent.trigger_by, position, price)
    if base is None:
        yield Issue(field="", code="stale")
        return
    if intent.take_profit:
        yield from check_take_profit(intent.take_profit, position.side, base, instrument, intent.trigger_by)
    if intent.stop_loss:
        liq = position.liq_price
        yield from check_stop_loss(intent.stop_loss, position.side, base, liq, instrument, intent.trigger_by)


# ---- the entire position --------------------------------------------------------------------------------------------


def check_take_profit(
    price: Decimal, side: str, base: Decimal, instrument: Instrument, trigger_by: str
) -> Iterator[Issue]:
    """Beyond the base price in the position's favour. Rounded to the nearest tick."""
    span = price_span(instrument)
    wanted = span.above(base) if side == "Buy" else span.below(base)
    wrong = [*check_price("take_profit", price, span, ROUND_HALF_EVEN, wanted)]
    yield from wrong
    if not wrong and not wanted.has(price):
        nearest = wanted.nearest(price, ROUND_HALF_EVEN)
        details = {"base": base, "side": side, "trigger_by": trigger_by}
        yield Issue(field="take_profit", code="tp_wrong_side", nearest=nearest, details=details)


def check_stop_loss(
    price: Decimal, side: str, base: Decimal, liq: Decimal | None, instrument: Instrument, trigger_by: str
) -> Iterator[Issue]:
    """Between liquidation, past which it would never fire, and the base price. Rounded towards the smaller loss."""
    span, is_long = price_span(instrument), side == "Buy"
    on_side = span.below(base) if is_long else span.above(base)
    wanted, rounding = on_side, ROUND_CEILING if is_long else ROUND_FLOOR
    if liq is not None:
        wanted = on_side.above(liq) if is_long else on_side.below(liq)
    wrong = [*check_price("stop_loss", price, span, rounding, wanted)]
    yield from wrong
    if wrong or wanted.has(price):
        return
    nearest = wanted.nearest(price, rounding)
    if on_side.has(price):
        yield Issue(field="stop_loss", code="sl_beyond_liq", nearest=nearest, details={"liq": liq})
    else:
        details = {"base": base, "side": side, "trigger_by": trigger_by}
        yield Issue(field="stop_loss", code="sl_wrong_side", nearest=nearest, details=details)


def loosened(intent: SetTradingStop, position: Position) -> Iterator[Issue]:
    """A stop loss that would let the position lose more than the present one; one that goes altogether as well."""
    held, asked = position.stop_loss, intent.stop_loss
    if intent.tpsl_mode == PARTIAL or held is None or asked is None:
        return
    if not asked or (asked < held if position.is_long else asked > held):
        yield Issue(field="stop_loss", code="sl_looser" if asked else "sl_removed", details={"held": held})


def _check_trailing(
    intent: SetTradingStop, position: Position, instrument: Instrument, snapshot: Snapshot
) -> Iterator[Issue]:
    """A distance in whole ticks below the last price, rounded down: the smaller distance loses less."""
    last = trigger_base("LastPrice", position, snapshot.prices.get((position.category, position.symbol)))
    if last is None:
        yield Issue(field="", code="stale")
        return
    distance, tick = intent.trailing_stop, instrument.tick
    span = Span(tick, last, tick).below(last)
    held = position.trailing_stop if distance is None else distance
    if distance:
        nearest = span.nearest(distance, ROUND_DOWN)
        if distance < tick:
            yield Issue(field="trailing_stop", code="trailing_too_small", nearest=nearest)
        elif distance >= last:
            yield Issue(field="trailing_stop", code="trailing_too_large", nearest=nearest)
        elif not is_multiple(distance, tick):
            yield Issue(field="trailing_stop", code="price_off_tick", nearest=nearest, details={"tick": tick})
    elif intent.active_price and not held:
        yield Issue(field="trailing_stop", code="trailing_too_small", nearest=span.nearest(tick, ROUND_DOWN))
    if intent.active_price is not None:
        yield from _check_active(intent.active_price, position.side, last, instrument)


def _check_active(price: Decimal, side: str, last: Decimal, instrument: Instrument) -> Iterator[Issue]:
    """A trailing stop is armed when the price moves in the position's favour up to the activation price."""
    span = price_span(instrument)
    wanted = span.above(last) if side == "Buy" else span.below(last)
    wrong = [*check_price("active_price", price, span, ROUND_HALF_EVEN, wanted)]
    yield from wrong
    if not wrong and not wanted.has(price):
        nearest, details = wanted.nearest(price, ROUND_HALF_EVEN), {"base": last, "trigger_by": "LastPrice"}
        yield Issue(field="active_price", code="active_price_wrong_side", nearest=nearest, details=details)


# ---- a part of the position -----------------------------------------------------------------------------------------


def _check_partial(
    intent: SetTradingStop, position: Position, instrument: Instrument, snapshot: Snapshot
) -> Iterator[Issue]:
    if intent.trailing_stop is not None or intent.active_price is not None:
        yield Issue(field="trailing_stop", code="trailing_needs_full")
    given = [leg for leg in ("tp", "sl") if _price_of(intent, leg) is not None or _size_of(intent, leg) is not None]
    if not given:
        yield Issue(field="", code="nothing_to_change")
        return
    if len(_legs(position, snapshot, PROFIT_LEG)) >= MOST_PARTIAL or (
        len(_legs(position, snapshot, LOSS_LEG)) >= MOST_PARTIAL
    ):
        yield Issue(field="", code="too_many_stops", details={"most": MOST_PARTIAL})
        return
    for leg in given:
        if not _price_of(intent, leg):
            yield Issue(field=_PRICES[leg], code="price_missing")
    yield from _check_prices(intent, position, instrument, snapshot)
    for leg in given:
        yield from _check_part(intent, leg, position, instrument, snapshot)
    sizes = intent.tp_size, intent.sl_size
    if len(given) == 2 and None not in sizes and sizes[0] != sizes[1]:
        yield Issue(field="sl_size", code="sizes_differ", nearest=intent.tp_size)


_PRICES = {"tp": "take_profit", "sl": "stop_loss"}
_KINDS = {"tp": PROFIT_LEG, "sl": LOSS_LEG}


def _price_of(intent: SetTradingStop, leg: str) -> Decimal | None:
    return intent.take_profit if leg == "tp" else intent.stop_loss


def _size_of(intent: SetTradingStop, leg: str) -> Decimal | None:
    return intent.tp_size if leg == "tp" else intent.sl_size


def _legs(position: Position, snapshot: Snapshot, kind: str) -> list[Decimal]:
    """The quantities of the partial legs of a kind that stand already."""
    return [o.qty for o in snapshot.orders if o.position_key == position.key and o.stop_order_type == kind]


def _check_part(
    intent: SetTradingStop, leg: str, position: Position, instrument: Instrument, snapshot: Snapshot
) -> Iterator[Issue]:
    """Size and order type of one partial leg. All legs of a kind together promise no more than the position holds."""
    field, size = f"{leg}_size", _size_of(intent, leg)
    held = sum(_legs(position, snapshot, _KINDS[leg]), ZERO)
    room = max(ZERO, position.size - held)
    if size is None:
        yield Issue(field=field, code="size_missing", nearest=room or None)
    else:
        for issue in check_closing_qty(field, size, room, instrument, is_whole_fine=False):
            details = {**issue.details, "size": room, "held": held}
            yield Issue(field=field, code=issue.code, nearest=issue.nearest, details=details)
    if getattr(intent, f"{leg}_order_type") == LIMIT:
        limit = getattr(intent, f"{leg}_limit_price")
        yield from check_price(f"{leg}_limit_price", limit, price_span(instrument), ROUND_HALF_EVEN)
