"""Rows of a table as text for the clipboard and for spreadsheets: tab-separated, or CSV (RFC 4180).

Numbers are plain digits that a spreadsheet understands. A text that it would take for a formula gets a leading
apostrophe: what came over a network must not calculate in somebody's sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gui.models.cell_table import CellTable
from gui.text import DASH, MINUS

_NUMBER: Final = re.compile(r"[+−-]?\d[\d,]*(\.\d+)?%?")
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n\0＝＋－＠−]")
_QUOTED: Final = re.compile(r'[",\r\n]')


def plain(shown: str) -> str:
    """A field as others read it: plain digits for a number, nothing for a dash, guarded text for the rest."""
    if shown == DASH:
        return ""
    if _NUMBER.fullmatch(shown):
        return shown.replace(",", "").replace(MINUS, "-").removeprefix("+")
    return f"'{shown}" if _FORMULA.match(shown) else shown


def as_tsv(table: CellTable, rows: Sequence[int], columns: Sequence[int]) -> str:
    """A line of titles, then a line per row; one field per line of a column's title. Buttons have none."""
    return "\n".join(
        "\t".join(re.sub(r"[\t\r\n]", " ", field) for field in line) for line in _lines(table, rows, columns)
    )


def as_csv(table: CellTable, rows: Sequence[int], columns: Sequence[int], *, with_titles: bool = True) -> str:
    """The same as CSV; without its first line when it goes on."""
    lines = list(_lines(table, rows, columns))[0 if with_titles else 1 :]
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)


def _quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"' if _QUOTED.search(field) else field


def _lines(table: CellTable, rows: Sequence[int], columns: Sequence[int]) -> Iterator[list[str]]:
    titled = [column for column in columns if not table.columns[column].is_pinned]
    yield [plain(title) for column in titled for title in table.columns[column].titles]
    for row in rows:
        fields: list[str] = []
        for column in titled:
            fields += [*table.words(row, column), ""][: len(table.columns[column].titles)]
        yield [plain(field) for field in fields]
