"""Closing a position: quantity and price. Pure."""

from __future__ import annotations

from core.intents.issues import Issue, check_price, price_span
from core.intents.quantities import check_closing_qty
from core.intents.records import LIMIT, ClosePosition
from core.intents.repeating import check_repeat
from core.model import Command, Instrument, Position
from core.money import ROUND_HALF_EVEN


def check_close(
    intent: ClosePosition, position: Position, instrument: Instrument, untraced: Command | None = None
) -> tuple[Issue, ...]:
    """What is wrong with the fields of a close.

    Args:
        untraced: an earlier close that left no trace, if this one is no way out. The same may go out again, also when
            the position is smaller by now: being reduce-only it closes what is left, and nothing else could settle it.
    """
    if untraced is not None:
        return tuple(check_repeat(intent, untraced))
    issues = [*check_closing_qty("qty", intent.qty, position.size, instrument)]
    if intent.order_type == LIMIT:
        issues += check_price("price", intent.price, price_span(instrument), ROUND_HALF_EVEN)
    return tuple(issues)
