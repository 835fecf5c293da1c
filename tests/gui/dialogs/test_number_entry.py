"""Typed text is read exactly, refused, or asked about; it is never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.number_entry import AMBIGUOUS, NEGATIVE, NOT_A_NUMBER, TOO_LONG, read_entry

READ = [
    ("0", "0"),
    ("7", "7"),
    ("122.40", "122.40"),
    ("122,40", "122.40"),
    ("0.0107140", "0.0107140"),
    ("0,0107140", "0.0107140"),
    ("0,123", "0.123"),  # nobody groups after a zero
    ("1.000", "1.000"),  # the desk's own decimal point
    ("34.920", "34.920"),
    ("1,5", "1.5"),
    ("1,00", "1.00"),
    ("1,0000", "1.0000"),
    ("1234,567", "1234.567"),
    ("1,000,000", "1000000"),
    ("1.000.000", "1000000"),
    ("12,345,678", "12345678"),
    ("1,000.5", "1000.5"),
    ("1.000,5", "1000.5"),
    ("1,234,567.89", "1234567.89"),
    ("1.234.567,89", "1234567.89"),
    ("1.000,000", "1000.000"),
    ("1,000.000", "1000.000"),
    (" 5 ", "5"),
    ("5\n", "5"),  # a cell of a spreadsheet ends so when it is copied
    ("\r\n5\t", "5"),
    ("\u00a05\u202f", "5"),
    (".5", "0.5"),
    (",5", "0.5"),
    ("5.", "5"),
    ("999999999999999999", "999999999999999999"),
]

ASKED = [("1,000", ("1000", "1.000")), ("210,000", ("210000", "210.000")), ("12,345", ("12345", "12.345"))]

REFUSED = [
    ("１２", NOT_A_NUMBER),  # full-width digits
    ("١٢", NOT_A_NUMBER),
    ("१२", NOT_A_NUMBER),
    ("1 000", NOT_A_NUMBER),
    ("1\u00a0000", NOT_A_NUMBER),
    ("1\u202f000", NOT_A_NUMBER),
    ("1_000", NOT_A_NUMBER),
    ("1'000", NOT_A_NUMBER),
    ("1e5", NOT_A_NUMBER),
    ("1E5", NOT_A_NUMBER),
    ("0x10", NOT_A_NUMBER),
    ("NaN", NOT_A_NUMBER),
    ("Infinity", NOT_A_NUMBER),
    ("abc", NOT_A_NUMBER),
    ("<b>1</b>", NOT_A_NUMBER),
    ("1\n2", NOT_A_NUMBER),
    ("5\n6", NOT_A_NUMBER),
    ("5\t6", NOT_A_NUMBER),
    ("5\u200b", NOT_A_NUMBER),
    ("\u202e12", NOT_A_NUMBER),
    ("1\u200b2", NOT_A_NUMBER),
    ("007", NOT_A_NUMBER),
    (".", NOT_A_NUMBER),
    (",", NOT_A_NUMBER),
    ("1..2", NOT_A_NUMBER),
    ("1,,2", NOT_A_NUMBER),
    ("1.2.3", NOT_A_NUMBER),
    ("1,2,3", NOT_A_NUMBER),
    ("1,00.5", NOT_A_NUMBER),
    ("1.00,5", NOT_A_NUMBER),
    ("1,000.5,0", NOT_A_NUMBER),
    ("1.000,000,5", NOT_A_NUMBER),
    ("0,123.5", NOT_A_NUMBER),
    ("1%", NOT_A_NUMBER),  # a unit that the field does not have
    ("$5", NOT_A_NUMBER),
    ("+", NOT_A_NUMBER),
    ("-5", NEGATIVE),
    ("−5", NEGATIVE),
    ("9999999999999999999", TOO_LONG),
    ("0.1234567890123456789", TOO_LONG),
    ("9" * 10_000, TOO_LONG),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_one_reading_is_the_exact_number(text: str, value: str) -> None:
    entry = read_entry(text)
    assert entry.problem == ""
    assert str(entry.value) == value  # same digits, not merely equal


@pytest.mark.parametrize(("text", "choices"), ASKED)
def test_two_readings_are_asked_about(text: str, choices: tuple[str, ...]) -> None:
    entry = read_entry(text)
    assert (entry.problem, entry.value) == (AMBIGUOUS, None)
    assert tuple(map(str, entry.choices)) == choices


@pytest.mark.parametrize(("text", "problem"), REFUSED)
def test_no_reading_is_a_problem(text: str, problem: str) -> None:
    entry = read_entry(text)
    assert (entry.problem, entry.value, entry.choices) == (problem, None, ())


@pytest.mark.parametrize("text", ["", " ", "   ", "%", " % ", "\n"])
def test_nothing_typed_is_neither_a_number_nor_a_mistake(text: str) -> None:
    assert read_entry(text, unit="%").is_empty


@pytest.mark.parametrize(
    ("text", "value"),
    [("+6.21%", "6.21"), ("−5", "-5"), ("-5,5 %", "-5.5"), ("-0", "0"), ("+1,000.5", "1000.5"), ("- 5", None)],
)
def test_a_signed_field_takes_signs_and_its_own_unit(text: str, value: str | None) -> None:
    entry = read_entry(text, signed=True, unit="%")
    assert entry.value == (None if value is None else Decimal(value))
    assert bool(entry.problem) is (value is None)


def test_a_sign_does_not_settle_an_ambiguity() -> None:
    assert read_entry("-1,000", signed=True).choices == (Decimal("-1000"), Decimal("-1.000"))


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_a_value_or_a_problem_or_empty(text: str, signed: bool) -> None:
    entry = read_entry(text, signed=signed)
    assert entry.text == text
    assert (entry.value is not None) + bool(entry.problem) + entry.is_empty == 1
    assert bool(entry.choices) is (entry.problem == AMBIGUOUS)


@given(st.decimals(min_value=0, max_value=10**15, places=8))
def test_what_the_desk_writes_is_read_back_exactly(value: Decimal) -> None:
    assert read_entry(format(value, "f")).value == value


@given(st.decimals(min_value=1_000_000, max_value=10**15, places=2))
def test_grouped_numbers_are_read_whichever_way_they_are_grouped(value: Decimal) -> None:
    english = f"{value:,}"
    italian = english.translate(str.maketrans(",.", ".,"))
    assert read_entry(english).value == read_entry(italian).value == value
