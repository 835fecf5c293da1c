"""HistoryTable: a Qt table of as many rows as there are, of which only those in sight are in memory.

Rows that are not here yet say so, and are asked for (``wanted``) once they have been painted. A newer selection takes
the place of an older one; what was merely added on top is inserted, so that selection and scrolling stay with their
rows. It fetches nothing and sorts nothing: that is gui/views/closed_feed.py and the store.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from PyQt6.QtCore import QModelIndex, QObject, Qt, QTimer, pyqtSignal

from gui.models.cell import Cell, Column, Facts
from gui.models.cell_table import ROOT, CellTable, Index

# So many rows are kept; those furthest from the ones wanted last are let go.
KEPT: Final = 4_096
ABSENT: Final = Cell(text="…", tone="muted")


class HistoryTable(CellTable):
    """A table over rows that somebody else can fetch.

    Signals:
        wanted(first, last): rows between these have been painted without being here.
        order_asked(column name.rank name, descending): sort by a column; "" for the order of things.
        groups_asked(field): put rows with the same value together; "" for no groups.
    """

    wanted = pyqtSignal(int, int)
    order_asked = pyqtSignal(str, bool)
    groups_asked = pyqtSignal(str)

    def __init__(
        self,
        columns: Sequence[Column],
        key_of: Callable[[Any], Hashable],
        facts: Facts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, key_of, facts, parent)
        self._size = 0
        self._records: dict[int, Any] = {}
        self._row_of: dict[Hashable, int] = {}
        self._missing: list[int] = []
        self._group_of: Callable[[Any], Any] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    # What Qt and views ask

    def rowCount(self, parent: Index = ROOT) -> int:
        """Rows of the selection."""
        return 0 if parent.isValid() else self._size

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order; the rows change when it comes."""
        self._note_order(column, order)
        rank = self.rank(column) if self.sorted_column >= 0 else None
        name = "" if rank is None else f"{self.columns[column].name}.{rank.name}"
        self.order_asked.emit(name, self.is_descending)

    def ask_for_groups(self, name: str, group_of: Callable[[Any], Any] | None) -> None:
        """Ask for rows of a group to stand together; the rows change when they come."""
        self._group_of = group_of
        self.groups_asked.emit(name)

    def starts_group(self, row: int) -> bool:
        """The record belongs to another group than the one above it, as far as both are here."""
        above, here = self._records.get(row - 1), self._records.get(row)
        if self._group_of is None or above is None or here is None:
            return False
        return bool(self._group_of(above) != self._group_of(here))

    def record(self, row: int) -> Any:
        """The record in a row, None while it is not here."""
        return self._records.get(row)

    def row_of(self, key: Hashable) -> int | None:
        """Where a record is shown, if it is here."""
        return self._row_of.get(key)

    def key(self, row: int) -> Hashable:
        """The key of a record; of a row that is not here, its number."""
        record = self._records.get(row)
        return row if record is None else self._key_of(record)

    @property
    def total(self) -> int:
        """Rows of the selection."""
        return self._size

    def cell(self, row: int, column: int) -> Cell:
        """A formatted cell, or a sign that it is still to come."""
        if row in self._records:
            return super().cell(row, column)
        self._note_missing(row)
        return ABSENT if column == 0 else Cell()

    def cells(self, row: int) -> list[Cell | None]:
        """As for any table; nothing for a row that is not here."""
        return super().cells(row) if row in self._records else [None] * len(self.columns)

    def formatted(self, row: int, columns: Iterable[int]) -> list[Cell | None]:
        """As for any table; a sign that it is still to come for a row that is not here."""
        if row in self._records:
            return super().formatted(row, columns)
        return [self.cell(row, number) for number in range(len(self.columns))]

    def has_rows(self, first: int, last: int) -> bool:
        """All these rows are here."""
        return all(row in self._records for row in range(first, min(last, self._size - 1) + 1))

    # What brings rows

    def show_selection(self, size: int, head: Sequence[Any]) -> None:
        """Show another selection of ``size`` rows, the first of them given."""
        self.beginResetModel()
        self._forget()
        self._size = size
        self.endResetModel()
        self.put(0, head)

    def follow(self, size: int, head: Sequence[Any], added: Sequence[int] | None = None) -> None:
        """Show a newer version of the selection in place: rows that have come in push those below them down.

        Args:
            added: where they stand, from the top; None when only the head can tell.
        """
        places = self._on_top(size, head) if added is None else added
        if places is None or len(places) != size - self._size:
            self.show_selection(size, head)
            return
        for row in places:
            self._push_down(row)
        self.put(0, head)

    def _on_top(self, size: int, head: Sequence[Any]) -> Sequence[int] | None:
        """Rows that came in above what was the first one; None when the head does not show that they did."""
        added, first_known = size - self._size, self._records.get(0)
        if added == 0:
            return ()
        is_grown = 0 < added < len(head) and first_known is not None and head[added] is not None
        return range(added) if is_grown and self._key_of(head[added]) == self._key_of(first_known) else None

    def put(self, first: int, records: Sequence[Any], keeps: int = KEPT) -> None:
        """Fill rows; None for one that is gone stays absent. More than ``keeps`` rows make the furthest ones go."""
        changed = []
        for row, record in enumerate(records[: max(0, self._size - first)], first):
            if record is not None and self._records.get(row) != record:
                self._records[row] = record
                self._row_of[self._key_of(record)] = row
                changed.append(row)
        self._let_go(first, first + len(records), max(keeps, KEPT))
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1))

    def _push_down(self, at: int) -> None:
        """Make room for one row."""
        self.beginInsertRows(QModelIndex(), at, at)
        self._records = {row + (row >= at): record for row, record in self._records.items()}
        self._row_of = {key: row + (row >= at) for key, row in self._row_of.items()}
        self._size += 1
        self.endInsertRows()

    def _forget(self) -> None:
        self._records.clear()
        self._row_of.clear()
        self._cells.clear()
        self._missing.clear()

    def _let_go(self, first: int, last: int, most: int) -> None:
        """Forget rows far from these once there are too many."""
        if len(self._records) <= most:
            return
        middle = (first + last) // 2
        near = sorted(self._records, key=lambda row: abs(row - middle))[: max(last - first, most // 2)]
        self._records = {row: self._records[row] for row in near}
        self._row_of = {self._key_of(record): row for row, record in self._records.items()}
        self._cells.clear()

    # What is missing

    def _note_missing(self, row: int) -> None:
        self._missing.append(row)
        if not self._soon.isActive():
            self._soon.start()

    def _ask(self) -> None:
        missing = [row for row in self._missing if row < self._size and row not in self._records]
        self._missing.clear()
        if missing:
            self.wanted.emit(min(missing), max(missing))
