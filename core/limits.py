"""A contract's limits applied to what somebody wants to open. Pure; a refusal names the field and the nearest value."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from core.errors import BadValue
from core.formulas import HUNDRED, INVERSE, position_value
from core.intents import Issue, check_leverage
from core.model import Instrument, Snapshot
from core.money import to_increment


class CappedAmount(Struct, frozen=True, kw_only=True):
    """A quantity that the contract takes. ``reason``: "" when unchanged, else floored_to_step or capped_to_max."""

    qty: Decimal
    reason: str = ""


def cap_amount(instrument: Instrument, qty: Decimal, price: Decimal | None = None) -> CappedAmount:
    """Floor a quantity to the step and cap it at the largest market order; never raise it.

    Args:
        price: checks the minimum notional too, where the contract has one (linear).
    Raises:
        BadValue: qty_not_positive, qty_below_min or notional_below_min; the details carry the minimum.
    """
    if qty <= 0:
        raise BadValue("qty_not_positive", field="qty", value=str(qty))
    capped = to_increment(min(qty, instrument.max_market_qty), instrument.step)
    if capped < instrument.min_qty:
        raise BadValue("qty_below_min", field="qty", min=instrument.min_qty)
    least = instrument.min_notional
    if price is not None and least is not None and instrument.category != INVERSE:
        notional = position_value(instrument.category, capped, price)
        if notional < least:
            raise BadValue("notional_below_min", field="qty", min=least, notional=notional)
    reason = "capped_to_max" if qty > instrument.max_market_qty else "floored_to_step" if capped != qty else ""
    return CappedAmount(qty=capped, reason=reason)


def check_new_position(
    snapshot: Snapshot,
    instrument: Instrument,
    *,
    qty: Decimal,
    leverage: Decimal,
    stop_loss_pct: Decimal | None,
    max_positions: int | None,
) -> tuple[Issue, ...]:
    """Every reason against opening a position now.

    Args:
        stop_loss_pct: distance of the stop from the entry in percent; None for none.
        max_positions: how many may be open at once; None for any number.
    """
    return (
        *_check_amount(instrument, qty),
        *check_leverage(instrument, leverage),
        *_check_stop(leverage, stop_loss_pct),
        *_check_room(snapshot, instrument, max_positions),
    )


def _check_amount(instrument: Instrument, qty: Decimal) -> Iterator[Issue]:
    try:
        capped = cap_amount(instrument, qty)
    except BadValue as error:
        yield Issue(field="qty", code=error.code, nearest=instrument.min_qty)
        return
    if capped.reason:
        code = "qty_above_max" if capped.reason == "capped_to_max" else "qty_off_step"
        yield Issue(field="qty", code=code, nearest=capped.qty)


def _check_stop(leverage: Decimal, stop_loss_pct: Decimal | None) -> Iterator[Issue]:
    """A stop further away than the margin lasts would never fire: liquidation comes first (costs left out)."""
    if stop_loss_pct is None or leverage <= 0:
        return
    most = HUNDRED / leverage
    if not 0 < stop_loss_pct < most:
        details = MappingProxyType({"most": most})
        yield Issue(field="stop_loss_pct", code="stop_loss_out_of_range", nearest=most / 2, details=details)


def _check_room(snapshot: Snapshot, instrument: Instrument, max_positions: int | None) -> Iterator[Issue]:
    held = [p for p in snapshot.positions if (p.category, p.symbol) == (instrument.category, instrument.symbol)]
    if held:
        yield Issue(field="symbol", code="position_exists", details=MappingProxyType({"side": held[0].side}))
    else:
        yield from check_count(snapshot, max_positions)


def check_count(snapshot: Snapshot, max_positions: int | None) -> Iterator[Issue]:
    """Whether one more position may be open at once; None allows any number. One that is being opened counts."""
    being_opened = (command.key for command in snapshot.commands if command.kind == "open" and command.is_open)
    count = len({*being_opened, *(position.key for position in snapshot.positions)})
    if max_positions is not None and count >= max_positions:
        details = MappingProxyType({"count": count, "most": max_positions})
        yield Issue(field="", code="too_many_positions", details=details)
