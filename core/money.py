"""Text to Decimal, Decimal to text, rounding to tick and step. The only entrance and exit of amounts.

It knows nothing of positions or prices: only what a number may look like and how it is rounded.
"""

from __future__ import annotations

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
)

from core.errors import BadValue

__all__ = [
    "EXACT",
    "ROUND_CEILING",
    "ROUND_DOWN",
    "ROUND_FLOOR",
    "ROUND_HALF_EVEN",
    "ROUND_UP",
    "ZERO",
    "fixed",
    "is_multiple",
    "parse",
    "require",
    "text",
    "to_increment",
]

ZERO = Decimal(0)

# Wide enough for the product of any two amounts that parse() admits: 2 × 36 digits. The default context has 28, where
# ``%`` fails on a long quotient and sums are rounded without a word.
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation])

_DECIMALS = 18
_QUANTUM = Decimal(1).scaleb(-_DECIMALS)

# Decimal() itself takes 'NaN', '1_000', ' 5 ', Arabic digits and '1e999999': none of them is an amount.
_is_number = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?", re.ASCII).fullmatch


def parse(value: object, field: str = "") -> Decimal | None:
    """Read an amount as Bybit sends it.

    Args:
        value: a JSON string such as ``"0.10"``; ``""`` means absent.
        field: where it stood, for the error.
    Returns:
        The exact number, or None for ``""``.
    Raises:
        BadValue: anything else, also numbers that are not text, NaN, exponents, spaces, foreign digits.
    """
    if isinstance(value, str):
        if _is_number(value):
            return Decimal(value)
        if not value:
            return None
    raise BadValue("not_a_number", field=field, value=repr(value)[:80])


def require(value: object, field: str = "") -> Decimal:
    """Read an amount that must be there; otherwise as :func:`parse`."""
    number = parse(value, field)
    if number is None:
        raise BadValue("missing", field=field)
    return number


def text(value: Decimal) -> str:
    """Write an amount the way Bybit takes it: plain digits, never an exponent, no trailing zeros added or cut."""
    return format(value, "f")


def to_increment(value: Decimal, increment: Decimal, rounding: str = ROUND_DOWN) -> Decimal:
    """Round to a multiple of ``increment`` (a tick or a step), keeping the increment's number of decimals.

    Args:
        value: price or quantity.
        increment: above zero.
        rounding: one of the decimal module's modes; the caller names the safe direction.
    Raises:
        BadValue: the increment is not above zero.
    """
    if increment <= 0:
        raise BadValue("bad_increment", value=str(increment))
    steps = EXACT.divide(value, increment).to_integral_value(rounding)
    return EXACT.multiply(steps, increment)


def is_multiple(value: Decimal, increment: Decimal) -> bool:
    """Whether the value lies exactly on the increment's grid."""
    return increment > 0 and EXACT.remainder(value, increment) == 0


def fixed(value: Decimal) -> Decimal:
    """A quotient as an amount: 18 decimals at most, so that sums of amounts are exact in any order.

    What has no more decimals than that is returned as it is.
    """
    exponent = value.as_tuple().exponent
    is_short = isinstance(exponent, int) and exponent >= -_DECIMALS
    return value if is_short else value.quantize(_QUANTUM, context=EXACT)
