"""The preview repeats worked figures, walks the real book, and leaves unknown what is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.model import BookLevel, OrderBook
from gui.dialogs.close_preview import BOOK, LIMIT, MARK, preview
from tests.gui import samples
from tests.gui.dialogs.desk import deep_book

D = Decimal
RATES = (D("0.00055"), D("0.0002"))
SOL = samples.instrument()


def book(*bids: tuple[str, str]) -> OrderBook:
    levels = tuple(BookLevel(D(price), D(qty)) for price, qty in bids)
    return OrderBook(category="linear", symbol="SOLUSDT", bids=levels, asks=(), ts_ms=0)


def test_the_design_pictures_close() -> None:
    shown = preview(samples.position(), SOL, RATES, D("10.0"), None, book(("122.38", "1200")), None)
    assert (shown.source, shown.fill_price, shown.depth) == (BOOK, D("122.38"), D("1200"))
    assert shown.gross == D("218.80")
    assert shown.fee == D("0.67309")
    assert shown.net == D("218.12691")
    assert shown.margin_released == D("201.00")  # half of 402.00
    assert (shown.left, shown.is_dust) == (D("10.0"), False)


def test_several_levels_are_averaged_and_slip() -> None:
    shown = preview(samples.position(), SOL, RATES, D("10.0"), None, deep_book(), None)
    assert shown.fill_price == (4 * D("122.39") + 5 * D("122.38") + D("122.37")) / 10
    assert shown.slippage_pct == pytest.approx(D("0.00572"), abs=D("0.00001"))


def test_a_thin_book_is_named_as_such() -> None:
    shown = preview(samples.position(), SOL, RATES, D("10.0"), None, book(("122.38", "3")), None)
    assert (shown.qty, shown.book_qty) == (D("10.0"), D("3"))


def test_without_a_book_the_mark_stands_in_and_says_so() -> None:
    shown = preview(samples.position(), SOL, RATES, D("10.0"), None, None, None)
    assert (shown.source, shown.fill_price, shown.slippage_pct, shown.depth) == (MARK, D("122.40"), None, None)


def test_an_empty_side_of_the_book_is_no_price() -> None:
    shown = preview(samples.position(), SOL, RATES, D(1), None, book(), None)
    assert (shown.source, shown.book_qty, shown.is_thin) == (MARK, D(0), True)
    assert not preview(samples.position(), SOL, RATES, D(1), None, None, None).is_thin


@pytest.mark.parametrize(
    ("side", "limit", "rests", "fee_rate"),
    [("Buy", "122.40", True, RATES[1]), ("Buy", "122.39", False, RATES[0]),
     ("Sell", "122.40", True, RATES[1]), ("Sell", "122.41", False, RATES[0])],
)  # fmt: skip
def test_a_limit_pays_the_fee_of_what_it_will_be(side: str, limit: str, rests: bool, fee_rate: Decimal) -> None:
    shown = preview(samples.position(side=side), SOL, RATES, D(10), D(limit), deep_book(), None)
    assert (shown.source, shown.fill_price, shown.rests, shown.fee_rate) == (LIMIT, D(limit), rests, fee_rate)


@pytest.mark.parametrize(("side", "limit"), [("Buy", "100"), ("Buy", "122.37"), ("Sell", "150"), ("Sell", "122.43")])
def test_a_limit_beyond_the_book_fills_at_the_books_prices(side: str, limit: str) -> None:
    """It promises no worse than the limit; what it will bring is what the book pays."""
    row = samples.position(side=side)
    at_market = preview(row, SOL, RATES, D(10), None, deep_book(), None)
    assert at_market.source == BOOK
    assert preview(row, SOL, RATES, D(10), D(limit), deep_book(), None) == at_market


@pytest.mark.parametrize(("side", "limit"), [("Buy", "122.38"), ("Sell", "122.42")])
def test_a_limit_that_the_book_cannot_fill_is_worth_its_price(side: str, limit: str) -> None:
    shown = preview(samples.position(side=side), SOL, RATES, D(10), D(limit), deep_book(), None)
    assert (shown.source, shown.fill_price, shown.slippage_pct) == (LIMIT, D(limit), None)


def test_unknown_stays_unknown() -> None:
    row = samples.position(leverage=None, mark_price=None)
    shown = preview(row, SOL, None, D(1), None, None, None)
    assert (shown.fill_price, shown.value, shown.gross, shown.fee, shown.net) == (None,) * 5
    assert shown.margin_released is None
    assert preview(samples.position(), SOL, None, D(1), None, None, None).net is None


@pytest.mark.parametrize(
    ("qty", "left", "is_dust"), [("19.95", "0.05", True), ("19.9", "0.1", False), ("20.0", "0.0", False)]
)
def test_dust_is_what_could_not_be_closed_in_part_any_more(qty: str, left: str, is_dust: bool) -> None:
    shown = preview(samples.position(), SOL, RATES, D(qty), None, None, None)
    assert (shown.left, shown.is_dust) == (D(left), is_dust)


def test_more_than_the_position_leaves_nothing_negative() -> None:
    shown = preview(samples.position(), SOL, RATES, D("25.0"), None, None, None)
    assert (shown.left, shown.margin_released) == (D(0), D("402.00"))


def test_inverse_money_is_in_coin() -> None:
    row = samples.position(category="inverse", size=D(300), entry_price=D("27000"), mark_price=D("30000"))
    shown = preview(row, samples.instrument(category="inverse"), RATES, D(150), None, None, None)
    assert shown.value == D("0.005")
    assert shown.gross == D(150) / 27000 - D(150) / 30000
    assert shown.fee == D("0.005") * RATES[0]
