"""A synthetic order book: prices step away from the best quote, sizes wobble and grow with distance.

The book has no memory: every order meets the full book of its moment. It never contains the account's own orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from core.paper.figures import floor_to
from core.paper.instruments import Instrument
from core.paper.prices import unit

GROWTH = 0.15  # each level further away holds so much more of the first one's size
SPACING = Decimal("0.00002")  # distance of two levels as a share of the price, at least one tick

Level = tuple[Decimal, Decimal]


def levels(instrument: Instrument, side: str, best: Decimal, key: int) -> Iterator[Level]:
    """Price and size of one side from the best price outwards, without end (bids end above zero).

    Args:
        side: ``Buy`` gives the asks a buyer would meet, ``Sell`` the bids.
        key: changes the sizes; the same key gives the same book.
    """
    gap = max(instrument.tick, floor_to(best * SPACING, instrument.tick))
    direction = gap if side == "Buy" else -gap
    per_level = _first_size(instrument, best)
    salt = key * 2 + (side == "Buy")
    price, distance = best, 0
    while price > 0:
        thousandths = round((400 + 1200 * unit(salt, distance)) * (1 + GROWTH * distance))
        size = per_level * thousandths / 1000
        yield price, max(instrument.step, floor_to(size, instrument.step))
        price += direction
        distance += 1


def ladder(instrument: Instrument, side: str, best: Decimal, key: int, depth: int) -> list[list[str]]:
    """The nearest ``depth`` levels as Bybit's ``[price, size]`` texts, best first."""
    return [
        [instrument.price_text(price), instrument.qty_text(size)]
        for price, size in islice(levels(instrument, side, best, key), depth)
    ]


def _first_size(instrument: Instrument, price: Decimal) -> Decimal:
    return Decimal(instrument.level_usd) if instrument.inverse else Decimal(instrument.level_usd) / price
