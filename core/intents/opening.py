"""Opening a position, for bots, and setting leverage. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.formulas import INVERSE, position_value
from core.intents.issues import Issue, Span, check_price, price_span, trigger_base
from core.intents.quantities import check_order_qty, largest_order
from core.intents.records import LIMIT, OpenPosition, SetLeverage
from core.intents.repeating import check_repeat, untraced_of
from core.intents.stopping import check_stop_loss, check_take_profit
from core.model import LONG, SHORT, Instrument, Position, Price, Snapshot
from core.money import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, is_multiple, to_increment

_TIMES_IN_FORCE = frozenset({"", "GTC", "IOC", "FOK", "PostOnly"})
_SIDE_OF_LEG = {1: LONG, 2: SHORT}


def check_open(intent: OpenPosition, instrument: Instrument, snapshot: Snapshot) -> tuple[Issue, ...]:
    """What is wrong with a position that is to be opened; money and risk limits are the exchange's to judge."""
    untraced = untraced_of(intent, snapshot)
    repeats = tuple(check_repeat(intent, untraced)) if untraced is not None else ()
    if repeats:
        return repeats
    price = snapshot.prices.get((intent.category, intent.symbol))
    issues = [
        *_check_leg(intent, instrument, snapshot),
        *check_order_qty("qty", intent.qty, largest_order(intent.order_type, instrument), instrument),
        *_check_order(intent, instrument),
    ]
    if intent.leverage is not None:
        issues += check_leverage(instrument, intent.leverage)
    if not any(issue.field in {"qty", "price"} for issue in issues):
        issues += _check_notional(intent, instrument, price)
        issues += _check_stops(intent, instrument, price)
    return tuple(issues)


def _check_leg(intent: OpenPosition, instrument: Instrument, snapshot: Snapshot) -> Iterator[Issue]:
    """The side must be known and fit the leg; the leg must be free, and the symbol in, or ready for, its mode."""
    if intent.side not in {LONG, SHORT} or intent.side != _SIDE_OF_LEG.get(intent.position_idx, intent.side):
        yield Issue(field="side", code="side_contradicts_idx")
    held = [p for p in snapshot.positions if (p.category, p.symbol) == (intent.category, intent.symbol)]
    ordered = [o.position_idx for o in snapshot.orders if (o.category, o.symbol) == (intent.category, intent.symbol)]
    same = next((p for p in held if p.position_idx == intent.position_idx), None)
    if same is not None:
        yield Issue(field="symbol", code="position_exists", details={"side": same.side, "size": same.size})
    elif any((leg == 0) != (intent.position_idx == 0) for leg in (*(p.position_idx for p in held), *ordered)):
        yield Issue(field="position_idx", code="mode_in_use")
    elif intent.position_idx and instrument.settle_coin != "USDT":
        yield Issue(field="position_idx", code="mode_not_supported")


def _check_order(intent: OpenPosition, instrument: Instrument) -> Iterator[Issue]:
    if intent.time_in_force not in _TIMES_IN_FORCE:
        yield Issue(field="time_in_force", code="unknown_word")
    if intent.order_type == LIMIT:
        yield from check_price("price", intent.price, price_span(instrument), ROUND_HALF_EVEN)


def _check_notional(intent: OpenPosition, instrument: Instrument, price: Price | None) -> Iterator[Issue]:
    """The order's worth, at its limit or at the last price. Inverse quantities are dollars already."""
    least, last = instrument.min_notional, price.last_price if price else None
    at = intent.price if intent.order_type == LIMIT else last
    if least is None:
        return
    if at is None:
        yield Issue(field="", code="stale")
        return
    is_inverse = instrument.category == INVERSE
    notional = intent.qty if is_inverse else position_value(instrument.category, intent.qty, at)
    if notional < least:
        nearest = to_increment(least if is_inverse else least / at, instrument.step, ROUND_CEILING)
        details = {"min": least, "notional": notional}
        yield Issue(field="qty", code="notional_below_min", nearest=nearest, details=details)


def _check_stops(intent: OpenPosition, instrument: Instrument, price: Price | None) -> Iterator[Issue]:
    """Stops that come with an order are compared with its limit, or with the market for a market order."""
    if not intent.take_profit and not intent.stop_loss:
        return
    base = intent.price if intent.order_type == LIMIT else trigger_base(intent.trigger_by, None, price)
    if base is None:
        yield Issue(field="", code="stale")
        return
    if intent.take_profit:
        yield from check_take_profit(intent.take_profit, intent.side, base, instrument, intent.trigger_by)
    if intent.stop_loss:
        yield from check_stop_loss(intent.stop_loss, intent.side, base, None, instrument, intent.trigger_by)


def check_leverage(instrument: Instrument, leverage: Decimal) -> Iterator[Issue]:
    """Within the contract's range and on its step."""
    least, most, step = instrument.min_leverage, instrument.max_leverage, instrument.leverage_step
    nearest = Span(least, most, step).nearest(leverage, ROUND_DOWN)
    if not least <= leverage <= most:
        yield Issue(field="leverage", code="leverage_out_of_range", nearest=nearest)
    elif not is_multiple(leverage, step):
        yield Issue(field="leverage", code="leverage_off_step", nearest=nearest)


def check_set_leverage(intent: SetLeverage, instrument: Instrument, snapshot: Snapshot) -> tuple[Issue, ...]:
    """As :func:`check_leverage`; what every open position of the contract has already is nothing to change."""
    issues = tuple(check_leverage(instrument, intent.leverage))
    held = [p for p in snapshot.positions if (p.category, p.symbol) == (intent.category, intent.symbol)]
    if not issues and held and all(position_has(p, intent.leverage) for p in held):
        return (Issue(field="", code="nothing_to_change"),)
    return issues


def position_has(position: Position, leverage: Decimal) -> bool:
    """Whether a position's row shows that leverage."""
    return position.leverage == leverage
