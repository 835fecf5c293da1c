"""What may be added up: amounts in coins that are worth a dollar, and only if none of them is unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

DOLLARS: Final = frozenset({"USDT", "USDC"})


def known_sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None as soon as one is not known: a total that leaves something out would be a lie."""
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total
