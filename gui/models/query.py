"""What is typed into a table's filter: plain words, words in one column, and comparisons of a column's value.

``sol long`` · ``kind:stop`` · ``pnl<-10`` · ``roe>=5`` · ``-btc``. A word with a minus in front must not occur. A
column is called by its name or by the beginning of one of its titles, case and spaces aside; a title means the line of
the cell below it. What a column can also be ranked by is called by its own title, to be compared. What is not
understood is a plain word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from gui.models.cell import Column, Facts, Rank

Test = Callable[[Any, Facts], bool]
_TERM: Final = re.compile(r"(?P<name>[^\W\d][^:<>=]*?)(?P<sign>:|<=|>=|<|>|=)(?P<value>.+)", re.DOTALL)
COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "=": lambda a, b: bool(a == b),
}


def parse(typed: str, columns: Sequence[Column]) -> list[Test]:
    """What a record must pass to be shown: all of these."""
    return [_test(term.casefold(), columns) for term in typed.split()]


def _test(term: str, columns: Sequence[Column]) -> Test:
    if term.startswith("-") and len(term) > 1:
        inner = _test(term[1:], columns)
        return lambda record, facts: not inner(record, facts)
    match = _TERM.fullmatch(term)
    found = _column(match["name"], columns) if match else None
    if match is None or found is None:
        return _occurs(term, columns)
    column, line = found
    if match["sign"] == ":":
        return _says(column, line, match["value"])
    number, value_of = _number(match["value"]), _value_of(column, line)
    if number is None or value_of is None:
        return _occurs(term, columns)
    return _compares(value_of, COMPARE[match["sign"]], number)


# Which part of a column: a line of its titles, something else that it ranks by, or None for all of it.
Line = int | Rank | None


class Asked(NamedTuple):
    """One term taken apart: a word, or what is asked of a part of a column."""

    word: str
    column: Column | None = None
    line: Line = None
    sign: str = ""
    number: Decimal | None = None
    is_not: bool = False


def taken_apart(typed: str, columns: Sequence[Column]) -> list[Asked]:
    """The same language for whoever looks the rows up himself; ``sign`` is ``:`` for a word in that column alone."""
    return [_asked(term.casefold(), columns) for term in typed.split()]


def _asked(term: str, columns: Sequence[Column]) -> Asked:
    if term.startswith("-") and len(term) > 1:
        return _asked(term[1:], columns)._replace(is_not=True)
    match = _TERM.fullmatch(term)
    found = _column(match["name"], columns) if match else None
    if match is None or found is None:
        return Asked(term)
    number = None if match["sign"] == ":" else _number(match["value"])
    if match["sign"] != ":" and number is None:
        return Asked(term)
    return Asked(match["value"], *found, match["sign"], number)


def _column(name: str, columns: Sequence[Column]) -> tuple[Column, Line] | None:
    """The column that is called so, and which part of it.

    By its own name first, then by a whole title, then by the beginning of one, from the left.
    """
    wanted = name.replace(" ", "")
    for column in columns:
        if column.name == wanted:
            return column, None
    titles: list[tuple[str, Column, Line]] = [
        (title, column, line) for column in columns for line, title in enumerate(column.titles)
    ]
    titles += [(rank.title, column, rank) for column in columns for rank in column.more_ranks]
    for fits in (str.__eq__, str.startswith):
        for title, column, line in titles:
            if wanted and fits(title.casefold().replace(" ", ""), wanted):
                return column, line
    return None


def _value_of(column: Column, line: Line) -> Callable[[Any, Facts], Any] | None:
    """What a comparison looks at: the value of that part; of a column as a whole, its first line's."""
    if isinstance(line, Rank):
        rank = line
        return rank.value if rank.looks_up else lambda record, facts: rank.value(record)
    plain = column.sort_key if line is None or len(column.titles) == 1 else None
    if column.line_keys:
        plain = column.line_keys[line or 0]
    return None if plain is None else lambda record, facts: plain(record)


def _occurs(word: str, columns: Sequence[Column]) -> Test:
    searches = [column.search for column in columns if column.search is not None]
    return lambda record, facts: any(word in search(record).casefold() for search in searches)


def _says(column: Column, line: Line, word: str) -> Test:
    def passes(record: Any, facts: Facts) -> bool:
        words = column.cell(record, facts).words()
        return word in (words[line] if isinstance(line, int) else " ".join(words)).casefold()

    return passes


def _compares(value_of: Callable[[Any, Facts], Any], compare: Callable[[Any, Any], bool], number: Decimal) -> Test:
    def passes(record: Any, facts: Facts) -> bool:
        value = value_of(record, facts)
        return isinstance(value, Decimal | int) and compare(value, number)

    return passes


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("−", "-").rstrip("%"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
