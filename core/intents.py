"""What a person may ask for, and whether it makes sense now. Pure: no network, no clock, no words.

``check`` runs on each keystroke, on each new snapshot while a dialog is open, and once more inside ``submit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct

from core.model import Instrument, Position, PositionKey, Snapshot
from core.money import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ZERO, is_multiple, to_increment


class ClosePosition(Struct, frozen=True, kw_only=True):
    """Close all or part of one position; always reduce-only.

    ``qty`` in base coin (linear) or USD contracts (inverse); ``price`` only for ``order_type`` Limit. ``life_id`` binds
    the intent to the life that the operator saw ("" binds to none), ``side`` to that position's side; ``seq_seen`` is
    that row's cross sequence.
    """

    symbol: str
    position_idx: int = 0
    qty: Decimal
    order_type: str = "Market"
    price: Decimal | None = None
    category: str = "linear"
    side: str = ""
    life_id: str = ""
    seq_seen: int = -1
    reason: str = "manual"

    @property
    def key(self) -> PositionKey:
        """The position meant."""
        return PositionKey(self.category, self.symbol, self.position_idx)


class SetTradingStop(Struct, frozen=True, kw_only=True):
    """Set, move or remove the stops of the entire position. None leaves a value as it is; 0 removes it.

    ``trailing_stop`` is a distance in price units; ``active_price`` arms it. ``trigger_by``: LastPrice, MarkPrice,
    IndexPrice, for both legs.
    """

    symbol: str
    position_idx: int = 0
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    trailing_stop: Decimal | None = None
    active_price: Decimal | None = None
    trigger_by: str = "MarkPrice"
    category: str = "linear"
    side: str = ""
    life_id: str = ""
    seq_seen: int = -1
    reason: str = "manual"

    @property
    def key(self) -> PositionKey:
        """The position meant."""
        return PositionKey(self.category, self.symbol, self.position_idx)


class CancelOrder(Struct, frozen=True, kw_only=True):
    """Cancel one open order by Bybit's id."""

    symbol: str
    order_id: str
    position_idx: int = 0
    category: str = "linear"
    reason: str = "manual"

    @property
    def key(self) -> PositionKey:
        """The position that the order belongs to."""
        return PositionKey(self.category, self.symbol, self.position_idx)


Intent = ClosePosition | SetTradingStop | CancelOrder


class Issue(Struct, frozen=True, kw_only=True):
    """Why an intent cannot be sent. ``code`` is known to gui/text.py; ``nearest`` is the nearest valid value.

    ``field`` is the intent's field at fault, or ``""`` when the intent as a whole is (position gone, locked …).
    """

    field: str
    code: str
    nearest: Decimal | None = None
    details: Mapping[str, Any] = MappingProxyType({})


def check(intent: Intent, snapshot: Snapshot) -> tuple[Issue, ...]:
    """Every reason why the intent must not be sent now; empty when it may be.

    The first issue is the gravest. Issues about the position as a whole come alone: field checks would mislead.
    """
    if not snapshot.is_armed:
        return (Issue(field="", code="not_armed"),)
    if snapshot.is_resuming:
        return (Issue(field="", code="resuming"),)
    if isinstance(intent, CancelOrder):
        return _check_cancel(intent, snapshot)
    position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
    instrument = snapshot.instruments.get((intent.category, intent.symbol))
    whole = _check_binding(intent, position, instrument, snapshot)
    if whole or position is None or instrument is None:
        return whole
    if isinstance(intent, ClosePosition):
        return _check_close(intent, position, instrument)
    return _check_stops(intent, position, instrument, snapshot)


def _check_cancel(intent: CancelOrder, snapshot: Snapshot) -> tuple[Issue, ...]:
    wanted = (intent.category, intent.symbol, intent.order_id)
    found = any((o.category, o.symbol, o.order_id) == wanted for o in snapshot.orders)
    return () if found else (Issue(field="", code="order_gone"),)


def _check_binding(
    intent: ClosePosition | SetTradingStop,
    position: Position | None,
    instrument: Instrument | None,
    snapshot: Snapshot,
) -> tuple[Issue, ...]:
    """Whether the position is still the one that the operator saw, and nothing else acts on it."""
    if position is None:
        return (Issue(field="", code="position_gone"),)
    if (intent.side and intent.side != position.side) or (intent.life_id and intent.life_id != position.life_id):
        return (Issue(field="", code="position_changed", details={"side": position.side, "size": position.size}),)
    if instrument is None:
        return (Issue(field="", code="no_instrument"),)
    kind = kind_of(intent)
    if any(c.is_open and c.key == intent.key and c.kind == kind for c in snapshot.commands):
        return (Issue(field="", code="command_open"),)
    return ()


class _Span(NamedTuple):
    """The valid values of a field: the multiples of ``increment`` from ``low`` to ``high``; none when low > high."""

    low: Decimal
    high: Decimal
    increment: Decimal

    def nearest(self, value: Decimal, rounding: str) -> Decimal | None:
        """The valid value nearest to another one; ``rounding`` names the safe direction inside the span."""
        if self.low > self.high:
            return None
        return min(max(to_increment(value, self.increment, rounding), self.low), self.high)


def _check_close(intent: ClosePosition, position: Position, instrument: Instrument) -> tuple[Issue, ...]:
    issues = [*_check_qty(intent, position, instrument)]
    if intent.order_type == "Limit":
        issues += _check_price("price", intent.price, _price_span(instrument), ROUND_HALF_EVEN)
    return tuple(issues)


def _check_qty(intent: ClosePosition, position: Position, instrument: Instrument) -> Iterator[Issue]:
    """Whole steps from the minimum to the maximum, or all of the position: dust must be able to leave."""
    qty, size, step = intent.qty, position.size, instrument.step
    most = instrument.max_market_qty if intent.order_type == "Market" else instrument.max_qty
    least = min(to_increment(instrument.min_qty, step, ROUND_CEILING), size)
    span = _Span(least, size if size <= most else to_increment(most, step), step)
    nearest = span.nearest(qty, ROUND_DOWN)
    if qty <= 0:
        yield Issue(field="qty", code="qty_not_positive", nearest=nearest)
    elif qty > size:
        yield Issue(field="qty", code="qty_above_size", nearest=nearest, details={"size": size})
    elif qty > most:
        yield Issue(field="qty", code="qty_above_max", nearest=nearest, details={"max": most})
    elif qty < least:
        yield Issue(field="qty", code="qty_below_min", nearest=nearest, details={"min": least})
    elif not is_multiple(qty, step) and qty != size:
        yield Issue(field="qty", code="qty_off_step", nearest=nearest, details={"step": step})


def _price_span(instrument: Instrument) -> _Span:
    tick = instrument.tick
    low = max(to_increment(instrument.min_price, tick, ROUND_CEILING), tick)
    return _Span(low, to_increment(instrument.max_price, tick, ROUND_FLOOR), tick)


def _above(span: _Span, price: Decimal) -> _Span:
    """What of a span lies above a price, without it."""
    return span._replace(low=max(span.low, to_increment(price, span.increment, ROUND_FLOOR) + span.increment))


def _below(span: _Span, price: Decimal) -> _Span:
    """What of a span lies below a price, without it."""
    return span._replace(high=min(span.high, to_increment(price, span.increment, ROUND_CEILING) - span.increment))


def _check_price(
    field: str, price: Decimal | None, span: _Span, rounding: str, wanted: _Span | None = None
) -> Iterator[Issue]:
    """On the grid and within the contract's limits; ``wanted`` is the part of them from which to offer a price."""
    if price is None or price <= 0:
        yield Issue(field=field, code="price_missing")
        return
    nearest = (wanted or span).nearest(price, rounding)
    if not is_multiple(price, span.increment):
        yield Issue(field=field, code="price_off_tick", nearest=nearest, details={"tick": span.increment})
    elif not span.low <= price <= span.high:
        yield Issue(field=field, code="price_out_of_range", nearest=nearest)


def _check_stops(
    intent: SetTradingStop, position: Position, instrument: Instrument, snapshot: Snapshot
) -> tuple[Issue, ...]:
    if not _changes_anything(intent, position):
        return (Issue(field="", code="nothing_to_change"),)
    base = _trigger_base(intent, position, snapshot)
    if base is None:
        return (Issue(field="", code="stale"),)
    issues: list[Issue] = []
    if intent.take_profit:
        issues += _check_take_profit(intent.take_profit, position, base, instrument)
    if intent.stop_loss:
        issues += _check_stop_loss(intent.stop_loss, position, base, instrument)
    issues += _check_trailing(intent, position, base, instrument)
    return tuple(issues)


def _changes_anything(intent: SetTradingStop, position: Position) -> bool:
    """Whether any given value differs from what the exchange holds; 0 asked where there is none is no change."""
    pairs = (
        (intent.take_profit, position.take_profit),
        (intent.stop_loss, position.stop_loss),
        (intent.trailing_stop, position.trailing_stop),
    )
    return any(asked is not None and asked != (held or ZERO) for asked, held in pairs) or bool(intent.active_price)


def _trigger_base(intent: SetTradingStop, position: Position, snapshot: Snapshot) -> Decimal | None:
    """The price that Bybit compares a stop with, according to ``trigger_by``."""
    price = snapshot.prices.get((intent.category, intent.symbol))
    if intent.trigger_by == "LastPrice":
        return (price and price.last_price) or position.last_price
    if intent.trigger_by == "IndexPrice":
        return price.index_price if price else None
    return position.mark_price


def _check_take_profit(price: Decimal, position: Position, base: Decimal, instrument: Instrument) -> Iterator[Issue]:
    """Beyond the base price in the position's favour. Rounded to the nearest tick."""
    span = _price_span(instrument)
    wanted = _above(span, base) if position.is_long else _below(span, base)
    wrong = [*_check_price("take_profit", price, span, ROUND_HALF_EVEN, wanted)]
    yield from wrong
    if not wrong and not wanted.low <= price <= wanted.high:
        nearest, details = wanted.nearest(price, ROUND_HALF_EVEN), {"base": base, "side": position.side}
        yield Issue(field="take_profit", code="tp_wrong_side", nearest=nearest, details=details)


def _check_stop_loss(price: Decimal, position: Position, base: Decimal, instrument: Instrument) -> Iterator[Issue]:
    """Between liquidation, past which it would never fire, and the base price. Rounded towards the smaller loss."""
    span, liq = _price_span(instrument), position.liq_price
    on_side = _below(span, base) if position.is_long else _above(span, base)
    wanted, rounding = on_side, ROUND_CEILING if position.is_long else ROUND_FLOOR
    if liq is not None:
        wanted = _above(on_side, liq) if position.is_long else _below(on_side, liq)
    wrong = [*_check_price("stop_loss", price, span, rounding, wanted)]
    yield from wrong
    if wrong or wanted.low <= price <= wanted.high:
        return
    nearest = wanted.nearest(price, rounding)
    if on_side.low <= price <= on_side.high:
        yield Issue(field="stop_loss", code="sl_beyond_liq", nearest=nearest, details={"liq": liq})
    else:
        details = {"base": base, "side": position.side}
        yield Issue(field="stop_loss", code="sl_wrong_side", nearest=nearest, details=details)


def _check_trailing(
    intent: SetTradingStop, position: Position, base: Decimal, instrument: Instrument
) -> Iterator[Issue]:
    """A distance in whole ticks below the base price, rounded down: the smaller distance loses less."""
    distance, tick = intent.trailing_stop, instrument.tick
    span = _below(_Span(tick, base, tick), base)
    held = position.trailing_stop if distance is None else distance
    if distance:
        nearest = span.nearest(distance, ROUND_DOWN)
        if distance < tick:
            yield Issue(field="trailing_stop", code="trailing_too_small", nearest=nearest)
        elif distance >= base:
            yield Issue(field="trailing_stop", code="trailing_too_large", nearest=nearest)
        elif not is_multiple(distance, tick):
            yield Issue(field="trailing_stop", code="price_off_tick", nearest=nearest, details={"tick": tick})
    elif intent.active_price and not held:
        yield Issue(field="trailing_stop", code="trailing_too_small", nearest=span.nearest(tick, ROUND_DOWN))
    if intent.active_price:
        yield from _check_active(intent.active_price, position, base, instrument)


def _check_active(price: Decimal, position: Position, base: Decimal, instrument: Instrument) -> Iterator[Issue]:
    """A trailing stop is armed when the price moves in the position's favour up to the activation price."""
    span = _price_span(instrument)
    wanted = _above(span, base) if position.is_long else _below(span, base)
    wrong = [*_check_price("active_price", price, span, ROUND_HALF_EVEN, wanted)]
    yield from wrong
    if not wrong and not wanted.low <= price <= wanted.high:
        nearest = wanted.nearest(price, ROUND_HALF_EVEN)
        yield Issue(field="active_price", code="active_price_wrong_side", nearest=nearest, details={"base": base})


def kind_of(intent: Intent) -> str:
    """The command's kind, as Command.kind names it."""
    match intent:
        case ClosePosition():
            return "close"
        case SetTradingStop():
            return "stops"
        case CancelOrder():
            return "cancel"
