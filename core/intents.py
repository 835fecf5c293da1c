"""What a person may ask for, and whether it makes sense now. Pure: no network, no clock, no words.

``check`` runs on each keystroke, on each new snapshot while a dialog is open, and once more inside ``submit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from core.model import Instrument, Position, PositionKey, Snapshot
from core.money import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ZERO, is_multiple, to_increment


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
    found = any(o.order_id == intent.order_id and o.symbol == intent.symbol for o in snapshot.orders)
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


def _check_close(intent: ClosePosition, position: Position, instrument: Instrument) -> tuple[Issue, ...]:
    issues = [*_check_qty(intent, position, instrument)]
    if intent.order_type == "Limit":
        issues += _check_price("price", intent.price, instrument)
    return tuple(issues)


def _check_qty(intent: ClosePosition, position: Position, instrument: Instrument) -> Iterator[Issue]:
    qty, size, step = intent.qty, position.size, instrument.step
    market = intent.order_type == "Market"
    most = min(size, instrument.max_market_qty if market else instrument.max_qty)
    # Closing all of a position is allowed below the minimum: dust must be able to leave.
    least = min(instrument.min_qty, size)
    if qty <= 0:
        yield Issue(field="qty", code="qty_not_positive", nearest=least)
    elif qty > size:
        yield Issue(field="qty", code="qty_above_size", nearest=size, details={"size": size})
    elif qty > most:
        yield Issue(field="qty", code="qty_above_max", nearest=to_increment(most, step), details={"max": most})
    elif qty < least:
        yield Issue(field="qty", code="qty_below_min", nearest=least, details={"min": least})
    elif not is_multiple(qty, step) and qty != size:
        nearest = max(to_increment(qty, step), least)
        yield Issue(field="qty", code="qty_off_step", nearest=nearest, details={"step": step})


def _check_price(field: str, price: Decimal | None, instrument: Instrument) -> Iterator[Issue]:
    if price is None or price <= 0:
        yield Issue(field=field, code="price_missing")
    elif not is_multiple(price, instrument.tick):
        nearest = to_increment(price, instrument.tick, ROUND_HALF_EVEN)
        yield Issue(field=field, code="price_off_tick", nearest=nearest, details={"tick": instrument.tick})
    elif not instrument.min_price <= price <= instrument.max_price:
        nearest = max(instrument.min_price, min(price, instrument.max_price))
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
    for field in ("take_profit", "stop_loss"):
        price = getattr(intent, field)
        if price is None or price == 0:
            continue
        wrong = [*_check_price(field, price, instrument)]
        issues += wrong or _check_side(field, price, position, base, instrument)
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


def _check_side(
    field: str, price: Decimal, position: Position, base: Decimal, instrument: Instrument
) -> Iterator[Issue]:
    """For a long: stop loss < base < take profit; for a short the other way. A stop past liquidation never fires."""
    must_be_above = (field == "take_profit") == position.is_long
    tick, details = instrument.tick, {"base": base, "side": position.side}
    if must_be_above and price <= base:
        nearest = to_increment(base, tick, ROUND_FLOOR) + tick
    elif not must_be_above and price >= base:
        nearest = to_increment(base, tick, ROUND_CEILING) - tick
    else:
        if field == "stop_loss":
            yield from _check_liquidation(price, position, instrument)
        return
    code = "tp_wrong_side" if field == "take_profit" else "sl_wrong_side"
    yield Issue(field=field, code=code, nearest=nearest, details=details)


def _check_liquidation(price: Decimal, position: Position, instrument: Instrument) -> Iterator[Issue]:
    liq, tick = position.liq_price, instrument.tick
    if liq is None:
        return
    if position.is_long and price <= liq:
        nearest = to_increment(liq, tick, ROUND_FLOOR) + tick
    elif not position.is_long and price >= liq:
        nearest = to_increment(liq, tick, ROUND_CEILING) - tick
    else:
        return
    yield Issue(field="stop_loss", code="sl_beyond_liq", nearest=nearest, details={"liq": liq})


def _check_trailing(
    intent: SetTradingStop, position: Position, base: Decimal, instrument: Instrument
) -> Iterator[Issue]:
    distance, tick = intent.trailing_stop, instrument.tick
    if distance:
        if distance < tick:
            yield Issue(field="trailing_stop", code="trailing_too_small", nearest=tick)
        elif distance >= base:
            yield Issue(field="trailing_stop", code="trailing_too_large", nearest=to_increment(base, tick) - tick)
        elif not is_multiple(distance, tick):
            nearest = max(tick, to_increment(distance, tick, ROUND_HALF_EVEN))
            yield Issue(field="trailing_stop", code="price_off_tick", nearest=nearest, details={"tick": tick})
    if intent.active_price:
        yield from _check_active(intent.active_price, position, base, instrument)


def _check_active(price: Decimal, position: Position, base: Decimal, instrument: Instrument) -> Iterator[Issue]:
    """A trailing stop is armed when the price moves in the position's favour up to the activation price."""
    wrong = [*_check_price("active_price", price, instrument)]
    yield from wrong
    tick = instrument.tick
    if not wrong and position.is_long and price <= base:
        nearest = to_increment(base, tick, ROUND_FLOOR) + tick
        yield Issue(field="active_price", code="active_price_wrong_side", nearest=nearest, details={"base": base})
    elif not wrong and not position.is_long and price >= base:
        nearest = to_increment(base, tick, ROUND_CEILING) - tick
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
