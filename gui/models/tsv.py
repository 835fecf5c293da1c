"""Rows of a table as tab-separated text, for the clipboard and for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence

from gui.models.cell_table import CellTable


def as_tsv(table: CellTable, rows: Sequence[int], columns: Sequence[int]) -> str:
    """A line of titles, then a line per row; one field per line of a column's title. Buttons have none."""
    titled = [column for column in columns if not table.columns[column].is_pinned]
    lines = [[title for column in titled for title in table.columns[column].titles]]
    for row in rows:
        fields: list[str] = []
        for column in titled:
            fields += [*table.words(row, column), ""][: len(table.columns[column].titles)]
        lines.append(fields)
    return "\n".join("\t".join(field.replace("\t", " ") for field in line) for line in lines)
