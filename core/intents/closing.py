"""Closing a position: quantity and price. Pure."""

from __future__ import annotations

from core.intents.issues import Issue, check_price, price_span
from core.intents.quantities import check_closing_qty
from core.intents.records import LIMIT, ClosePosition
from core.model import Instrument, Position
from core.money import ROUND_HALF_EVEN


def check_close(intent: ClosePosition, position: Position, instrument: Instrument) -> tuple[Issue, ...]:
    """What is wrong with the fields of a close."""
    issues = [*check_closing_qty("qty", intent.qty, position.size, instrument)]
    if intent.order_type == LIMIT:
        issues += check_price("price", intent.price, price_span(instrument), ROUND_HALF_EVEN)
    return tuple(issues)
