"""Amounts come in only as plain text, leave as plain text, and are rounded on the instrument's grid."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadValue
from core.money import (
    EXACT,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_UP,
    fixed,
    is_multiple,
    parse,
    require,
    text,
    to_increment,
)
from tests.strategies import amounts, increments

D = Decimal


@pytest.mark.parametrize("given_text", ["0", "0.00", "-0.5", "1", "123456789012345678.123456789012345678", "0.10"])
def test_an_amount_is_read_exactly_as_sent(given_text: str) -> None:
    number = parse(given_text)
    assert number is not None
    assert text(number) == given_text


def test_empty_text_is_an_absent_amount_and_not_zero() -> None:
    assert parse("") is None
    with pytest.raises(BadValue) as caught:
        require("", "size")
    assert caught.value.details == {"field": "size"}


# What Decimal() itself would take, or ccxt guessed from: RELIABILITY 1.1, 1.2 and fault 31.
HOSTILE = [
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "1E5",
    "1_000",
    "١٢",
    "１２",
    " 5 ",
    "5\n",
    "+1",
    ".5",
    "5.",
    "01",
    "--1",
    "0x10",
    "1,000",
    "abc",
    "-",
    "9" * 19,
    "0." + "1" * 19,
    "9" * 400,
    None,
    True,
    1,
    1.5,
    [1],
    {"a": 1},
    b"1",
    D(1),
]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_anything_else_is_refused_with_its_field(value: object) -> None:
    with pytest.raises(BadValue) as caught:
        parse(value, "size")
    assert caught.value.details["field"] == "size"
    assert len(str(caught.value.details["value"])) <= 80


@given(st.text() | st.integers() | st.floats() | st.none() | st.binary())
def test_parse_is_total(value: object) -> None:
    """V36: a value or a typed error, whatever comes."""
    try:
        number = parse(value)
    except BadValue:
        return
    assert number is None or number.is_finite()


@given(amounts())
def test_text_and_parse_are_inverse(value: Decimal) -> None:
    written = text(value)
    again = parse(written)
    assert again == value
    assert again is not None
    assert text(again) == written


def test_text_never_uses_an_exponent() -> None:
    assert text(D("1E+3")) == "1000"
    assert text(D("1E-8")) == "0.00000001"


@given(amounts(positive=True), increments(), st.sampled_from([ROUND_DOWN, ROUND_UP, ROUND_HALF_EVEN]))
def test_rounding_lands_on_the_grid_and_goes_where_it_says(value: Decimal, increment: Decimal, mode: str) -> None:
    rounded = to_increment(value, increment, mode)
    assert is_multiple(rounded, increment)
    assert abs(rounded - value) < increment
    if mode == ROUND_DOWN:
        assert rounded <= value
    elif mode == ROUND_UP:
        assert rounded >= value
    else:
        assert abs(rounded - value) * 2 <= increment
    assert to_increment(rounded, increment, mode) == rounded


def test_rounding_keeps_the_increments_decimals() -> None:
    assert text(to_increment(D("1.2345"), D("0.10"))) == "1.20"
    assert text(to_increment(D("7"), D("0.5"), ROUND_CEILING)) == "7.0"


@pytest.mark.parametrize("increment", [D(0), D("-0.1")])
def test_an_increment_must_be_above_zero(increment: Decimal) -> None:
    with pytest.raises(BadValue):
        to_increment(D(1), increment)
    assert not is_multiple(D(1), increment)


@pytest.mark.parametrize(
    ("value", "increment"),
    [("999999999999999999.5", "0.000000000000000001"), ("123456789012345678.5", "0.00000000001")],
)
def test_long_numbers_neither_fail_nor_round_up(value: str, increment: str) -> None:
    """The default context's 28 digits made ``%`` raise on a keystroke and ROUND_DOWN return more than was given."""
    assert is_multiple(D(value), D(increment))
    just_below = EXACT.subtract(D(value), D("0.000000000000000001"))
    assert to_increment(just_below, D(increment)) <= just_below


def test_a_quotient_gets_eighteen_decimals_and_an_exact_amount_stays() -> None:
    assert text(fixed(EXACT.divide(D(1), D(3)))) == "0.333333333333333333"
    assert text(fixed(D("100.50"))) == "100.50"
    assert text(fixed(D("12345678901234567890.1234567890123456789"))) == "12345678901234567890.123456789012345679"


def test_floats_are_trapped_in_tests() -> None:
    with pytest.raises(decimal.FloatOperation):
        D(0.1)
