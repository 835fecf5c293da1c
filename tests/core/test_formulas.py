"""The arithmetic of positions against Bybit's own worked examples, and its inverses against itself.

Sources: [H1] Bybit help centre, "P&L calculations (USDT Contract)", article 900000630066; [H2] the same for inverse
contracts, article 900000404726; [H3] "Perpetual Contracts Quotes", article 360008915194; [R] V5 documentation samples
and recorded rows, as collected in the project's exchange facts, sections 6.16 and 7.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core import formulas
from core.errors import BadValue
from core.model import BookLevel, OrderBook
from tests.strategies import CATEGORIES, SIDES, prices, quantities

D = Decimal
LINEAR, INVERSE = "linear", "inverse"


def to_places(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def close(left: Decimal, right: Decimal, scale: Decimal) -> bool:
    """Equal but for the rounding of a few divisions at 28 digits."""
    return abs(left - right) <= abs(scale) * D("1e-22")


# ---- worked examples ------------------------------------------------------------------------------------------------


def test_average_entry_linear_h1() -> None:
    """[H1]: long 0.5 at 5,000 and 0.3 at 6,000 → 5,375."""
    assert formulas.average_entry(LINEAR, D("0.5"), D(5000), D("0.3"), D(6000)) == 5375


def test_average_entry_inverse_h2() -> None:
    """[H2]: 1,000 contracts at 5,000 and 2,000 at 6,000 → 5,625 (harmonic)."""
    assert formulas.average_entry(INVERSE, D(1000), D(5000), D(2000), D(6000)) == 5625


def test_average_entry_of_a_first_fill_is_its_price() -> None:
    assert formulas.average_entry(LINEAR, D(0), D(0), D(3), D("7.5")) == D("7.5")


@pytest.mark.parametrize(
    ("side", "size", "entry", "mark", "pnl"),
    [
        ("Buy", "0.2", "7000", "7500", "100"),
        ("Sell", "0.4", "6000", "5000", "400"),
        ("Buy", "0.2", "7500", "7000", "-100"),
    ],
)
def test_unrealised_linear_h1(side: str, size: str, entry: str, mark: str, pnl: str) -> None:
    assert formulas.unrealised_pnl(LINEAR, side, D(size), D(entry), D(mark)) == D(pnl)


@pytest.mark.parametrize(
    ("side", "entry", "mark", "pnl"),
    [("Buy", 5000, 5500, "0.01818182"), ("Sell", 5000, 4500, "0.02222222"), ("Buy", 5500, 5000, "-0.01818182")],
)
def test_unrealised_inverse_h2(side: str, entry: int, mark: int, pnl: str) -> None:
    """[H2]: 1,000 contracts. The article prints the first as 0.01819, from a reciprocal that it rounded."""
    assert to_places(formulas.unrealised_pnl(INVERSE, side, D(1000), D(entry), D(mark)), 8) == D(pnl)


def test_gross_inverse_h3() -> None:
    """[H3]: 10,000 contracts from 8,000 to 12,500: 1.25 − 0.8 = 0.45 BTC."""
    assert formulas.gross_pnl(INVERSE, "Buy", D(10000), D(8000), D(12500)) == D("0.45")


def test_value_inverse_r() -> None:
    """[R]: documentation sample, 300 contracts at 27,464.50441675 are worth 0.01092319 coin."""
    assert to_places(formulas.position_value(INVERSE, D(300), D("27464.50441675")), 8) == D("0.01092319")


def test_roe_names_its_own_denominator_h1() -> None:
    """[H1]: long 0.2 from 7,000 to 7,500 at 10x: margin 140. Bybit's site divides by margin + closing fee: 71.07 %.

    Ours is entry-based and without the fee, so that it does not drift: 71.43 %.
    """
    margin = formulas.initial_margin(LINEAR, D("0.2"), D(7000), D(10))
    assert margin == 140
    assert to_places(formulas.roe_pct(D(100), margin), 2) == D("71.43")
    fee_to_close = formulas.fee(LINEAR, D("0.2"), D(6300), D("0.00055"))
    assert fee_to_close == D("0.693")
    assert to_places(formulas.roe_pct(D(100), margin + fee_to_close), 1) == D("71.1")


def test_closed_pnl_h1() -> None:
    """[H1]: short 0.4 from 6,000 to 5,000, fees 0.055 % = 1.32 and 1.10, funding paid 2.10 → 395.48."""
    opening, closing = (formulas.fee(LINEAR, D("0.4"), D(price), D("0.00055")) for price in (6000, 5000))
    assert (opening, closing) == (D("1.32"), D("1.10"))
    net = formulas.net_pnl(LINEAR, "Sell", D("0.4"), D(6000), D(5000), D("0.00055"))
    assert net - opening - D("2.10") == D("395.48")


def test_closed_pnl_row_r() -> None:
    """[R]: entry value 100, exit value 101, taker 0.00055 on both: 1 − 0.00055 × 201 = 0.88945."""
    net = formulas.net_pnl(LINEAR, "Buy", D(1), D(100), D(101), D("0.00055"))
    assert net - formulas.fee(LINEAR, D(1), D(100), D("0.00055")) == D("0.88945")


def test_break_even_is_the_exchanges_formula_r() -> None:
    """[R]: breakEvenPrice = (entry × qty − realised) / (qty − |qty| × taker), qty below zero for a short."""
    for side, qty in (("Buy", D("0.3")), ("Sell", D("-0.3"))):
        realised, taker, entry = D("-4.25"), D("0.00055"), D("61234.5")
        theirs = (entry * qty - realised) / (qty - abs(qty) * taker)
        ours = formulas.break_even_price(LINEAR, side, abs(qty), entry, realised, taker)
        assert ours is not None
        assert close(ours, theirs, theirs)


def test_funding_is_paid_by_longs_when_the_rate_is_positive() -> None:
    assert formulas.funding_fee(LINEAR, "Buy", D(2), D(100), D("0.0001")) == D("-0.02")
    assert formulas.funding_fee(LINEAR, "Sell", D(2), D(100), D("0.0001")) == D("0.02")
    assert formulas.funding_fee(INVERSE, "Buy", D(200), D(100), D("-0.0001")) == D("0.0002")


def test_distance_is_signed_and_of_the_first_price() -> None:
    assert formulas.distance_pct(D(200), D(150)) == -25
    assert formulas.distance_pct(D(150), D(180)) == 20


# ---- properties -----------------------------------------------------------------------------------------------------


@given(CATEGORIES, SIDES, quantities(), prices(), prices())
def test_pnl_sign_follows_side_and_price(category: str, side: str, qty: Decimal, entry: Decimal, mark: Decimal) -> None:
    """V20; and what one side wins the other loses."""
    pnl = formulas.gross_pnl(category, side, qty, entry, mark)
    direction = (mark > entry) - (mark < entry)
    assert (pnl > 0) - (pnl < 0) == (direction if side == "Buy" else -direction)
    assert pnl == -formulas.gross_pnl(category, "Sell" if side == "Buy" else "Buy", qty, entry, mark)


@given(CATEGORIES, SIDES, quantities(), prices(), prices())
def test_price_for_pnl_is_the_inverse(
    category: str, side: str, qty: Decimal, entry: Decimal, exit_price: Decimal
) -> None:
    pnl = formulas.gross_pnl(category, side, qty, entry, exit_price)
    price = formulas.price_for_pnl(category, side, qty, entry, pnl)
    assert price is not None
    # Far from the entry, digits of an inverse price are lost in the coin value: judge by the larger of both.
    assert close(price, exit_price, max(entry, exit_price) * (exit_price / min(entry, exit_price)))


@given(CATEGORIES, SIDES, quantities(), prices(), prices(), st.integers(1, 100))
def test_price_for_roe_is_the_inverse(
    category: str, side: str, qty: Decimal, entry: Decimal, exit_price: Decimal, leverage: int
) -> None:
    margin = formulas.initial_margin(category, qty, entry, D(leverage))
    roe = formulas.roe_pct(formulas.gross_pnl(category, side, qty, entry, exit_price), margin)
    price = formulas.price_for_roe(category, side, qty, entry, D(leverage), roe)
    assert price is not None
    assert close(price, exit_price, max(entry, exit_price) * (exit_price / min(entry, exit_price)))


@given(CATEGORIES, SIDES, quantities(), prices(), prices(), st.sampled_from([D("-0.00025"), D(0), D("0.00055")]))
def test_price_for_net_pnl_is_the_inverse(
    category: str, side: str, qty: Decimal, entry: Decimal, exit_price: Decimal, rate: Decimal
) -> None:
    net = formulas.net_pnl(category, side, qty, entry, exit_price, rate)
    price = formulas.price_for_net_pnl(category, side, qty, entry, net, rate)
    assert price is not None
    assert close(price, exit_price, max(entry, exit_price) * (exit_price / min(entry, exit_price)))


@given(CATEGORIES, SIDES, quantities(), prices(), st.integers(-(10**6), 10**6), st.sampled_from([D(0), D("0.00055")]))
def test_a_life_closed_at_break_even_ends_at_zero(
    category: str, side: str, size: Decimal, entry: Decimal, part: int, rate: Decimal
) -> None:
    realised = formulas.position_value(category, size, entry) * part / 10**7
    price = formulas.break_even_price(category, side, size, entry, realised, rate)
    assume(price is not None)
    assert price is not None
    rest = formulas.net_pnl(category, side, size, entry, price, rate)
    assert close(rest + realised, D(0), formulas.position_value(category, size, entry))


@given(CATEGORIES, quantities(), prices(), quantities(), prices())
def test_average_entry_lies_between_the_entries(
    category: str, size: Decimal, entry: Decimal, added: Decimal, price: Decimal
) -> None:
    """V20."""
    average = formulas.average_entry(category, size, entry, added, price)
    slack = max(entry, price) * D("1e-25")
    assert min(entry, price) - slack <= average <= max(entry, price) + slack


@given(CATEGORIES, SIDES, quantities(), prices(), st.data())
def test_no_price_gives_what_cannot_be_earned(
    category: str, side: str, qty: Decimal, entry: Decimal, data: st.DataObject
) -> None:
    """A linear short, or an inverse long, earns less than its value at most."""
    pnl = formulas.position_value(category, qty, entry) * data.draw(st.integers(1, 5))
    price = formulas.price_for_pnl(category, side, qty, entry, pnl)
    capped = (category, side) in {(LINEAR, "Sell"), (INVERSE, "Buy")}
    assert (price is None) == capped


# ---- walking the order book -----------------------------------------------------------------------------------------


def book(*levels: tuple[str, str], side: str = "asks", category: str = LINEAR) -> OrderBook:
    rows = tuple(BookLevel(D(price), D(qty)) for price, qty in levels)
    return OrderBook(
        category=category,
        symbol="BTCUSDT",
        bids=rows if side == "bids" else (),
        asks=rows if side == "asks" else (),
        ts_ms=1,
    )


def test_a_market_order_walks_the_levels() -> None:
    fill = formulas.expected_fill(book(("100", "1"), ("101", "2"), ("105", "9")), "Buy", D(4))
    assert fill is not None
    assert (fill.average_price, fill.worst_price, fill.filled_qty) == (D("101.75"), D(105), D(4))
    assert fill.slippage_pct == D("1.75")


def test_a_level_that_is_not_touched_is_not_the_worst_price() -> None:
    fill = formulas.expected_fill(book(("100", "1"), ("101", "2"), ("105", "9")), "Buy", D(3))
    assert fill is not None
    assert fill.worst_price == 101


@pytest.mark.parametrize("side", ["Buy", "Sell"])
def test_nothing_gained_is_zero_and_not_minus_zero(side: str) -> None:
    assert str(formulas.unrealised_pnl("linear", side, D(1), D(100), D(100))) == "0"


def test_a_thin_book_fills_only_what_it_shows() -> None:
    fill = formulas.expected_fill(book(("100", "1"), ("99", "2"), side="bids"), "Sell", D(10))
    assert fill is not None
    assert (fill.filled_qty, fill.worst_price) == (D(3), D(99))
    assert fill.slippage_pct > 0


def test_an_inverse_fill_averages_harmonically() -> None:
    fill = formulas.expected_fill(book(("5000", "1000"), ("6000", "2000"), category=INVERSE), "Buy", D(3000))
    assert fill is not None
    assert fill.average_price == 5625


def test_an_empty_half_of_the_book_says_nothing() -> None:
    assert formulas.expected_fill(book(("100", "1")), "Sell", D(1)) is None
    assert formulas.expected_fill(book(("100", "1")), "Buy", D(0)) is None


@given(CATEGORIES, SIDES, st.lists(st.tuples(prices(), quantities()), min_size=1, max_size=8), quantities())
def test_a_fill_stays_between_best_and_worst(
    category: str, side: str, levels: list[tuple[Decimal, Decimal]], qty: Decimal
) -> None:
    rows = tuple(BookLevel(price, size) for price, size in sorted(levels, reverse=side == "Sell"))
    asks, bids = (rows, ()) if side == "Buy" else ((), rows)
    fill = formulas.expected_fill(OrderBook(category=category, symbol="X", bids=bids, asks=asks, ts_ms=1), side, qty)
    assert fill is not None
    assert fill.filled_qty == min(qty, sum((row.qty for row in rows), D(0)))
    low, high = sorted((rows[0].price, fill.worst_price))
    assert low * (1 - D("1e-25")) <= fill.average_price <= high * (1 + D("1e-25"))
    assert fill.slippage_pct >= 0


# ---- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity"])
def test_a_price_must_be_above_zero(price: str) -> None:
    for call in (
        lambda: formulas.position_value(LINEAR, D(1), D(price)),
        lambda: formulas.position_value(INVERSE, D(1), D(price)),
        lambda: formulas.unrealised_pnl(LINEAR, "Buy", D(1), D(100), D(price)),
        lambda: formulas.distance_pct(D(price), D(1)),
        lambda: formulas.average_entry(LINEAR, D(0), D(0), D(1), D(price)),
    ):
        with pytest.raises(BadValue):
            call()


def test_leverage_margin_and_side_must_make_sense() -> None:
    with pytest.raises(BadValue):
        formulas.initial_margin(LINEAR, D(1), D(100), D(0))
    with pytest.raises(BadValue):
        formulas.roe_pct(D(1), D(0))
    with pytest.raises(BadValue):
        formulas.gross_pnl(LINEAR, "", D(1), D(1), D(1))


def test_nothing_to_close_has_no_price() -> None:
    assert formulas.price_for_pnl(LINEAR, "Buy", D(0), D(100), D(1)) is None
    assert formulas.price_for_net_pnl(LINEAR, "Buy", D(0), D(100), D(1), D(0)) is None


@pytest.mark.parametrize(
    ("mark", "index", "can_be"),
    [(150, 100, True), (151, 100, False), (50, 100, True), (49, 100, False), (None, 100, True), (9, None, True)],
)
def test_a_mark_can_be_within_half_of_its_index(mark: int | None, index: int | None, *, can_be: bool) -> None:
    given = (None if mark is None else D(mark), None if index is None else D(index))
    assert formulas.is_plausible_mark(*given) is can_be
