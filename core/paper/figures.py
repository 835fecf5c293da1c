"""Exact numbers of the paper exchange: text to Decimal, Decimal to the text that Bybit would send.

Nothing here knows about instruments or money; the rest of the app has its own copy of this on purpose, so that the two
can disagree.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
MONEY_STEP = Decimal("1E-8")

_PLAIN = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)


def parse(value: object) -> Decimal:
    """Read a request's number; only plain ASCII decimals pass (no exponent, NaN, sign tricks or underscores).

    Raises:
        ValueError: the value is not a plain decimal number.
    """
    shown = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not _PLAIN.fullmatch(shown):
        raise ValueError(f"not a number: {value!r}")
    return Decimal(shown)


def money(amount: Decimal) -> Decimal:
    """Round once to eight decimals, the precision of Bybit's ledgers."""
    return amount.quantize(MONEY_STEP, ROUND_HALF_UP)


def plain(amount: Decimal) -> str:
    """Write without exponent and without trailing zeros; zero is ``"0"``."""
    shown = format(amount, "f")
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return "0" if shown in {"-0", ""} else shown


def floor_to(amount: Decimal, step: Decimal) -> Decimal:
    """Cut down to a whole number of steps."""
    return (amount / step).to_integral_value(ROUND_DOWN) * step


def ceil_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round up to a whole number of steps."""
    return (amount / step).to_integral_value(ROUND_CEILING) * step


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round to the nearest whole number of steps."""
    return (amount / step).to_integral_value(ROUND_HALF_UP) * step


def cut(amount: Decimal, places: int) -> Decimal:
    """Cut (not round) to a number of decimal places, as Bybit does with margin rates."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)
