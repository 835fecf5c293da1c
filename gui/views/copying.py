"""From a table to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt6.QtGui import QGuiApplication

from gui.models.cell_table import CellTable
from gui.models.tsv import as_tsv, plain

# More rows than this are a matter for a file.
MOST: Final = 10_000


def copy_rows(table: CellTable, rows: Sequence[int], columns: Sequence[int]) -> None:
    """Rows as tab-separated text with a header line; those that are not here are left out."""
    here = [row for row in rows if table.has_rows(row, row)]
    if here:
        _to_clipboard(as_tsv(table, here, columns))


def copy_cell(table: CellTable, row: int, column: int) -> None:
    """What one cell says, a line per line."""
    _to_clipboard("\n".join(word for word in map(plain, table.words(row, column)) if word))


def _to_clipboard(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
