"""One field at a time: Bybit's text to our value, or a refusal that names the field. Knows no row and no endpoint."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from core import money
from core.errors import BadValue

CATEGORIES = frozenset({"linear", "inverse"})
FREE_TEXT_LIMIT = 500

_SYMBOL = re.compile(r"[A-Z0-9-]{2,32}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z_-]{0,64}", re.ASCII)
_COIN = re.compile(r"[A-Z0-9]{0,32}", re.ASCII)
_WHOLE = re.compile(r"-1|[0-9]{1,19}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,16}", re.ASCII)
_INT64 = 1 << 63
_NANOSECONDS = 10**17

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Most texts of a poll are those of the poll before: looking one up costs a fifth of reading it again. Refusals are not
# remembered, and what is accepted is short, so the memory stays small whatever is sent.
_remembered = lru_cache(maxsize=8_192)


@_remembered
def optional(text: str, field: str) -> Decimal | None:
    """A number of any sign; ``""`` is None.

    Raises:
        BadValue: not a number as Bybit writes them; names the field, as every refusal here.
    """
    return money.parse(text, field)


def required(text: str, field: str) -> Decimal:
    """A number that must be there, of any sign."""
    return money.require(text, field)


@_remembered
def amount(text: str, field: str) -> Decimal:
    """A number that must be there and not below zero."""
    return _not_negative(money.require(text, field), field)


@_remembered
def optional_amount(text: str, field: str) -> Decimal | None:
    """A number not below zero; ``""`` is None."""
    value = money.parse(text, field)
    return None if value is None else _not_negative(value, field)


@_remembered
def price_or_none(text: str, field: str) -> Decimal | None:
    """A price, or a distance, above zero. ``""``, ``"0"`` and ``"0.00"`` are Bybit's ways to say "none"."""
    return fresh_price(text, field)


def fresh_price(text: str, field: str) -> Decimal | None:
    """As ``price_or_none``, for prices that change too often to be worth remembering."""
    value = money.parse(text, field)
    return _not_negative(value, field) if value else None


@_remembered
def positive(text: str, field: str) -> Decimal:
    """A price or an increment that must be there and above zero."""
    return fresh_positive(text, field)


def fresh_positive(text: str, field: str) -> Decimal:
    """As ``positive``, for prices that change too often to be worth remembering."""
    value = money.parse(text, field)
    if not value or value.is_signed():
        raise BadValue("not_positive", field=field, value=text)
    return value


def _not_negative(value: Decimal, field: str) -> Decimal:
    # is_signed() costs a third of a comparison with 0; minus zero is let pass.
    if value.is_signed() and value:
        raise BadValue("negative", field=field, value=money.text(value))
    return value


@_remembered
def symbol(text: str) -> str:
    """A contract's name."""
    if _SYMBOL.fullmatch(text) is None:
        raise BadValue("bad_symbol", field="symbol", value=repr(text)[:80])
    return text


def identifier(text: str, field: str, *, must: bool = False) -> str:
    """An id made of ``[0-9A-Za-z_-]``, at most 64 long; empty only where it may be."""
    if _ID.fullmatch(text) is None or (must and not text):
        raise BadValue("bad_id", field=field, value=repr(text)[:80])
    return text


def coin(text: str, field: str) -> str:
    """A coin's name, or ``""``."""
    if _COIN.fullmatch(text) is None:
        raise BadValue("bad_coin", field=field, value=repr(text)[:80])
    return text


def category(text: str) -> str:
    """``linear`` or ``inverse``."""
    if text not in CATEGORIES:
        raise BadValue("bad_category", field="category", value=repr(text)[:80])
    return text


def side(text: str) -> str:
    """``Buy``, ``Sell`` or ``""``; old recordings say ``None`` for the last."""
    if text in {"Buy", "Sell"}:
        return text
    if text in {"", "None"}:
        return ""
    raise BadValue("bad_side", field="side", value=repr(text)[:80])


def order_side(text: str) -> str:
    """``Buy`` or ``Sell``."""
    if text not in {"Buy", "Sell"}:
        raise BadValue("bad_side", field="side", value=repr(text)[:80])
    return text


def position_idx(value: int) -> int:
    """0 one-way, 1 hedge long, 2 hedge short."""
    if value not in {0, 1, 2}:
        raise BadValue("bad_position_idx", field="positionIdx", value=str(value)[:20])
    return value


def whole(value: int | str, field: str) -> int:
    """A whole number of 64 bits, −1 included (Bybit's "never"); ``""`` is 0."""
    if isinstance(value, str):
        if not value:
            return 0
        if _WHOLE.fullmatch(value) is None:
            raise BadValue("not_a_number", field=field, value=repr(value)[:80])
        value = int(value)
    if not -1 <= value < _INT64:
        raise BadValue("out_of_range", field=field, value=str(value)[:40])
    return value


def header_number(text: str) -> int | None:
    """A header of at most 16 plain digits; None for anything else: headers are hints."""
    return int(text) if _DIGITS.fullmatch(text) else None


def milliseconds(value: str | int, field: str) -> int:
    """A moment in UTC milliseconds; ``""`` is 0. Some documented times come in nanoseconds: 19 digits."""
    moment = whole(value, field)
    if moment < 0:
        raise BadValue("bad_time", field=field, value=str(value))
    return moment // 1_000_000 if moment >= _NANOSECONDS else moment


def enum(text: str) -> str:
    """One of Bybit's words, kept as it is, known to us or not; its word for none is ``""``."""
    return "" if text == "UNKNOWN" else clean(text)


def clean(text: str) -> str:
    """Free text from outside, fit to be shown: at most 500 characters, no control, bidi or invisible ones."""
    if len(text) > FREE_TEXT_LIMIT:
        text = text[:FREE_TEXT_LIMIT]
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _REPLACEMENT for char in text)
