"""Which rows are selected, told by Qt's ranges: an index for each cell of a million rows would take seconds."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QItemSelection, QItemSelectionModel


def _ranges(model: QItemSelectionModel | None) -> Iterator[tuple[int, int]]:
    """The first and the last row of each stretch that is selected."""
    selection = QItemSelection() if model is None else model.selection()
    for number in range(selection.count()):
        part = selection[number]
        yield part.top(), part.bottom()


def rows_within(model: QItemSelectionModel | None, first: int, last: int) -> set[int]:
    """The selected rows among these."""
    rows = set[int]()
    for top, bottom in _ranges(model):
        rows.update(range(max(first, top), min(last, bottom) + 1))
    return rows


def first_rows(model: QItemSelectionModel | None, most: int) -> list[int]:
    """Selected rows from the top, so many at most."""
    rows = set[int]()
    for top, bottom in _ranges(model):
        rows.update(range(top, min(bottom, top + most) + 1))
    return sorted(rows)[:most]
