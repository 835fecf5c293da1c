"""What a person typed → an exact Decimal, or a typed problem. Pure: no widget, no limits, no words.

A point is always the decimal point, because the desk writes its own numbers so. A comma is taken as the decimal comma
(``122,40``) or as grouping (``1,000,000``) only where one reading is possible; ``1,000`` has two and is asked about.
Digits are ASCII; nothing is guessed, dropped or rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from core.errors import BadValue
from core.money import parse

NOT_A_NUMBER, NEGATIVE, AMBIGUOUS, TOO_LONG = "not_a_number", "negative", "ambiguous", "too_long"

_SIGNS = {"-": "-", "−": "-", "+": ""}
_BODY = re.compile(r"[0-9.,]+", re.ASCII)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+", re.ASCII)
_MOST_DIGITS = 18


class Entry(NamedTuple):
    """A reading of typed text. ``value`` is None when it is empty or ``problem`` says why there is none.

    ``choices``: the readings to ask about when ``problem`` is ``ambiguous``.
    """

    text: str = ""
    value: Decimal | None = None
    problem: str = ""
    choices: tuple[Decimal, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was typed: neither a number nor a mistake."""
        return self.value is None and not self.problem


def read_entry(text: str, *, signed: bool = False, unit: str = "") -> Entry:
    """Read an amount as a person types or pastes it.

    Args:
        text: anything; white space around it, as copied cells bring it along, and ``unit`` after it are allowed.
        signed: whether a sign may stand first (``-``, ``−`` or ``+``); otherwise a minus is the problem ``negative``.
        unit: such as ``%`` or ``SOL``; the field shows it itself.
    """
    body = text.strip()
    if unit and body.endswith(unit):
        body = body.removesuffix(unit).rstrip()
    if not body:
        return Entry(text)
    has_sign = body[0] in _SIGNS
    sign = _SIGNS.get(body[0], "")
    if sign and not signed:
        return Entry(text, problem=NEGATIVE)
    return _settle(text, sign, list(_readings(body[1:] if has_sign else body)))


def _settle(text: str, sign: str, readings: list[str]) -> Entry:
    """One reading is a number, two are a question, none is a mistake."""
    if not readings:
        return Entry(text, problem=NOT_A_NUMBER)
    if any(len(part) > _MOST_DIGITS for reading in readings for part in reading.split(".")):
        return Entry(text, problem=TOO_LONG)
    try:
        values = tuple(_number(sign + reading) for reading in readings)
    except BadValue:
        return Entry(text, problem=NOT_A_NUMBER)
    if len(values) > 1:
        return Entry(text, problem=AMBIGUOUS, choices=values)
    return Entry(text, values[0])


def _number(canonical: str) -> Decimal:
    value = parse(canonical)
    assert value is not None  # a reading is never ""
    return abs(value) if value == 0 else value  # "-0" is 0


def _readings(body: str) -> Iterator[str]:
    """Every way to read unsigned text, in plain digits with a point."""
    if not _BODY.fullmatch(body):
        return
    marks = [char for char in body if char in ".,"]
    if len(set(marks)) == 2:
        yield from _mixed(body, marks)
    elif len(marks) > 1:
        if _GROUPED.fullmatch(body):
            yield body.replace(marks[0], "")
    else:
        if marks == [","] and _GROUPED.fullmatch(body):
            yield body.replace(",", "")
        yield from _decimal(body.replace(",", "."))


def _mixed(body: str, marks: list[str]) -> Iterator[str]:
    """Both separators: the last one must be the decimal one and the others groups of three."""
    point, group = marks[-1], marks[0]
    whole, _, fraction = body.rpartition(point)
    if point != group and set(marks[:-1]) == {group} and _GROUPED.fullmatch(whole):
        yield from _decimal(f"{whole.replace(group, '')}.{fraction}")


def _decimal(body: str) -> Iterator[str]:
    """Complete ``.5`` and ``1.``; a lone point is no number."""
    whole, _, fraction = body.partition(".")
    if whole or fraction:
        yield f"{whole or '0'}.{fraction}" if fraction else whole
