"""How much care an action asks for: real money above a set value is held, not clicked. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core import formulas
from core.model import Position

LIVE: Final = "live"
HOLD_MS: Final = 900


def stake(position: Position, qty: Decimal) -> Decimal | None:
    """What ``qty`` of a position is worth in dollars at the mark; None while there is no mark.

    Contracts of an inverse position are dollars themselves.
    """
    if position.category == formulas.INVERSE:
        return qty
    if position.mark_price is None:
        return None
    return formulas.position_value(position.category, qty, position.mark_price)


def needs_hold(environment: str, at_stake: Decimal | None, hold_above: Decimal) -> bool:
    """Whether a click is not enough: real money, and as much as the operator has set, or nobody knows how much."""
    return environment == LIVE and (at_stake is None or at_stake >= hold_above)
