"""The lowest rung of the price ladder: the last traded price, named as such."""

from decimal import Decimal

import pytest

from core.model import Position, Price
from core.rows import mark_of

POSITION = Position(
    category="linear", symbol="SOLUSDT", position_idx=0, side="Buy", size=Decimal(1), entry_price=Decimal(100),
    settle_coin="USDT",
)  # fmt: skip


@pytest.mark.parametrize(
    ("price", "found"),
    [
        (None, (None, "", 0.0)),
        (Price(category="linear", symbol="SOLUSDT", received_mono=5.0), (None, "", 0.0)),
        (
            Price(category="linear", symbol="SOLUSDT", last_price=Decimal(99), received_mono=5.0),
            (Decimal(99), "last", 5.0),
        ),
        (
            Price(
                category="linear",
                symbol="SOLUSDT",
                last_price=Decimal(99),
                mark_price=Decimal(98),
                received_mono=5.0,
            ),
            (Decimal(98), "tickers", 5.0),
        ),
    ],
)
def test_the_last_price_stands_in_when_nobody_names_a_mark(price, found) -> None:
    assert mark_of(POSITION, price, 6.0) == found
