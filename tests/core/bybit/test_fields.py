"""One field at a time: what is let in, and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bybit import fields
from core.errors import BadValue

HOSTILE_NUMBERS = [
    "NaN", "nan", "sNaN", "Infinity", "-Infinity", "1e400", "1E5", "1e-7", "1_000", "١٢", " 5 ", "5\n", "+1", ".5",
    "5.", "0x10", "01", "--1", "1,5", "1 000", "9" * 400, "0." + "1" * 400, "<b>1</b>", "\x001", "½",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_NUMBERS)
@pytest.mark.parametrize("read", [fields.required, fields.amount, fields.optional, fields.price_or_none])
def test_a_number_that_bybit_would_not_write_is_refused_by_name(read, text):
    with pytest.raises(BadValue) as caught:
        read(text, "size")
    assert caught.value.details["field"] == "size"


@pytest.mark.parametrize("text", ["0", "1", "0.10", "123456789012345678.123456789012345678", "64000.17"])
def test_a_number_keeps_every_digit(text):
    assert str(fields.amount(text, "size")) == text


@pytest.mark.parametrize("text", ["", "0", "0.00", "0.0000"])
def test_no_price_has_many_spellings(text):
    assert fields.price_or_none(text, "takeProfit") is None


def test_absent_and_zero_differ_where_it_matters():
    assert fields.optional("", "curRealisedPnl") is None
    assert fields.optional("0", "curRealisedPnl") == 0
    with pytest.raises(BadValue, match="missing"):
        fields.required("", "execFee")


@pytest.mark.parametrize("read", [fields.amount, fields.optional_amount, fields.price_or_none])
def test_a_size_is_never_negative(read):
    with pytest.raises(BadValue, match="negative"):
        read("-1", "size")
    assert fields.required("-1", "closedPnl") == Decimal(-1)


@pytest.mark.parametrize("text", ["", "A", "btcusdt", "BTC/USDT", "BTCUSDT ", "<B>", "../X", "BTC\n", "B" * 33, "ВТС"])
def test_a_strange_symbol_is_refused(text):
    with pytest.raises(BadValue):
        fields.symbol(text)


@pytest.mark.parametrize("text", ["BTCUSDT", "1000PEPEUSDT", "BTC-24MAR23", "BTCUSDT-21FEB25", "BTCUSDH23", "AI"])
def test_every_documented_symbol_passes(text):
    assert fields.symbol(text) == text


@pytest.mark.parametrize("text", ["a b", "a;b", "../x", "=cmd()", "x" * 65, "é", "a\x00"])
def test_a_strange_id_is_refused(text):
    with pytest.raises(BadValue):
        fields.identifier(text, "orderId")


def test_an_id_may_be_empty_only_where_it_may():
    assert fields.identifier("", "orderLinkId") == ""
    with pytest.raises(BadValue):
        fields.identifier("", "orderId", must=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", 0), ("0", 0), (0, 0), ("1672214887236", 1672214887236), ("1672214887231423699", 1672214887231)],
)
def test_times(value, expected):
    assert fields.milliseconds(value, "createdTime") == expected


@pytest.mark.parametrize("value", ["-1", -5, "1.5", "x", "1" * 20, "١", 1 << 70, " 1"])
def test_a_strange_time_is_refused(value):
    with pytest.raises(BadValue):
        fields.milliseconds(value, "createdTime")


@pytest.mark.parametrize(("value", "expected"), [(-1, -1), ("-1", -1), (5, 5), ("5", 5), ("", 0)])
def test_a_whole_number_may_come_as_text(value, expected):
    assert fields.whole(value, "seq") == expected


@pytest.mark.parametrize("value", [-2, 1 << 63, "1e3", "-2", "5.0"])
def test_a_strange_whole_number_is_refused(value):
    with pytest.raises(BadValue):
        fields.whole(value, "seq")


def test_free_text_cannot_hide_or_turn_around():
    assert fields.clean("EC_PostOnlyWillTakeLiquidity") == "EC_PostOnlyWillTakeLiquidity"
    hidden = fields.clean("a\u202eb\u200bc\x00d\ne\u2066f\ud800g")
    assert hidden == "a�b�c�d�e�f�g"
    assert len(fields.clean("x" * 100_000)) == 500


@given(st.text())
def test_cleaned_text_is_short_and_printable(text):
    cleaned = fields.clean(text)
    assert len(cleaned) <= 500
    assert cleaned.isprintable()


@given(st.text())
def test_a_number_is_a_finite_decimal_or_a_refusal(text):
    try:
        value = fields.optional(text, "size")
    except BadValue:
        return
    assert value is None or (value.is_finite() and format(value, "f") == text)
