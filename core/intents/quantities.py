"""Quantities on a contract's grid: what may be closed, opened, protected, amended. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.intents.issues import Issue, Span
from core.model import Instrument
from core.money import ROUND_CEILING, ROUND_DOWN, is_multiple, to_increment


def check_closing_qty(
    field: str, qty: Decimal, size: Decimal, instrument: Instrument, *, is_whole_fine: bool = True
) -> Iterator[Issue]:
    """Whole steps from the minimum up to ``size``; all of it, too, even off the step, where ``is_whole_fine``.

    More than one order may carry is no fault: Bybit splits a closing quantity. Less than the minimum cannot leave.
    """
    step, least = instrument.step, to_increment(instrument.min_qty, instrument.step, ROUND_CEILING)
    highest = size if is_whole_fine else to_increment(size, step)
    nearest = Span(least, highest, step).nearest(qty, ROUND_DOWN)
    if qty <= 0:
        yield Issue(field=field, code="qty_not_positive", nearest=nearest)
    elif qty > size:
        yield Issue(field=field, code="qty_above_size", nearest=nearest, details={"size": size})
    elif qty < least:
        yield Issue(field=field, code="qty_below_min", nearest=nearest, details={"min": least, "size": size})
    elif not is_multiple(qty, step) and not (is_whole_fine and qty == size):
        yield Issue(field=field, code="qty_off_step", nearest=nearest, details={"step": step})


def check_order_qty(field: str, qty: Decimal, most: Decimal, instrument: Instrument) -> Iterator[Issue]:
    """Whole steps from the minimum to the largest order. Offered values are rounded down."""
    step, least = instrument.step, to_increment(instrument.min_qty, instrument.step, ROUND_CEILING)
    highest = to_increment(most, step)
    nearest = Span(least, highest, step).nearest(qty, ROUND_DOWN)
    if qty <= 0:
        yield Issue(field=field, code="qty_not_positive", nearest=nearest)
    elif qty < least:
        yield Issue(field=field, code="qty_below_min", nearest=nearest, details={"min": least})
    elif qty > highest:
        yield Issue(field=field, code="qty_above_max", nearest=nearest, details={"max": highest})
    elif not is_multiple(qty, step):
        yield Issue(field=field, code="qty_off_step", nearest=nearest, details={"step": step})


def largest_order(order_type: str, instrument: Instrument) -> Decimal:
    """The contract's limit for one order of a type."""
    return instrument.max_market_qty if order_type == "Market" else instrument.max_qty
