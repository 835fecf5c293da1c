"""The lowest rung of the price ladder: the last traded price, named as such."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.model import Position, Price, SessionSummary, Wallet
from core.rows import mark_of, with_open

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


OWN = replace(POSITION, mark_price=Decimal(100), mark_source="rest", received_mono=50.0)
TICKER = Price(category="linear", symbol="SOLUSDT", last_price=Decimal(31), received_mono=45.0)


@pytest.mark.parametrize(
    ("changes", "now", "found"),
    [
        ({"mark_price": Decimal(98)}, 55.0, (Decimal(98), "tickers", 45.0)),
        ({"mark_price": Decimal(98)}, 55.1, (Decimal(100), "rest", 50.0)),
        ({"index_price": Decimal(99)}, 55.0, (Decimal(100), "rest", 50.0)),
        ({"index_price": Decimal(30)}, 55.0, (Decimal(31), "last", 45.0)),
        ({"index_price": Decimal(30)}, 105.0, (Decimal(31), "last", 45.0)),
        ({"index_price": Decimal(30)}, 105.1, (Decimal(100), "rest", 50.0)),
    ],
)
def test_the_rows_own_mark_is_believed_beside_a_stale_ticker_and_near_the_index(changes, now, found) -> None:
    """F81, F82; an index of a minute ago tells nothing about a mark of now."""
    assert mark_of(OWN, replace(TICKER, **changes), now) == found


def test_a_summary_takes_both_balances_from_the_wallet() -> None:
    wallet = Wallet(wallet_balance=Decimal(10), available=Decimal(7))
    told = with_open(SessionSummary(), (), Decimal(0), wallet)
    assert (told.balance, told.available_balance) == (Decimal(10), Decimal(7))
    assert with_open(SessionSummary(), (), Decimal(0), None).available_balance is None
