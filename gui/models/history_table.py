"""HistoryTable: a Qt table of as many rows as there are, of which only those in sight are in memory.

Rows that are not here yet say so, and are asked for (``wanted``) once they have been painted. A newer selection takes
the place of an older one; what was merely added on top is inserted, so that selection and scrolling stay with their
rows. A row can be unfolded into parts, which then have rows of their own below it; only these are counted, so that it
costs the same among a million. ``row`` is what Qt sees, ``place`` counts the rows of the selection alone.
It fetches nothing and sorts nothing: that is gui/views/closed_feed.py and the store.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from PyQt6.QtCore import QModelIndex, QObject, Qt, QTimer, pyqtSignal

from gui.models.cell import Cell, Column, Facts
from gui.models.cell_table import NOTHING, ROOT, CellTable, Index, group_of

# So many rows are kept; those furthest from the ones wanted last are let go.
KEPT: Final = 4_096
ABSENT: Final = Cell(text="…", tone="muted")


class PartKey(NamedTuple):
    """The ``number``-th of the parts that the record with that key was unfolded into."""

    parent: Hashable
    number: int


class Part(NamedTuple):
    """Something that a row was unfolded into."""

    key: PartKey
    record: Any


class HistoryTable(CellTable):
    """A table over rows that somebody else can fetch.

    Signals:
        wanted(first, last): places between these have been painted without being here.
        parts_asked(key): what this record is made of is wanted; see ``unfold``.
        order_asked(column name.rank name, descending): sort by a column; "" for the order of things.
        groups_asked(field): put rows with the same value together; "" for no groups.
    """

    wanted = pyqtSignal(int, int)
    parts_asked = pyqtSignal(object)
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
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._missing: list[int] = []
        self._group_of: Callable[[Any], Any] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    # What Qt and views ask

    def rowCount(self, parent: Index = ROOT) -> int:
        """Rows of the selection and the parts that some are unfolded into."""
        return 0 if parent.isValid() else self._size + sum(map(len, self._parts.values()))

    def place_of(self, row: int) -> tuple[int, int]:
        """The place that a row stands for, and which of its parts (-1 for the record itself)."""
        if not self._parts:  # nearly always
            return row, -1
        above = 0
        for place, parts in sorted(self._parts.items()):
            if row <= place + above:
                break
            if row <= place + above + len(parts):
                return place, row - place - above - 1
            above += len(parts)
        return row - above, -1

    def _row(self, place: int) -> int:
        return place + sum(len(parts) for at, parts in self._parts.items() if at < place)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order; the rows change when it comes."""
        self._note_order(column, order)
        rank = self.rank(column) if self.sorted_column >= 0 else None
        name = "" if rank is None else f"{self.columns[column].name}.{rank.name}"
        self.order_asked.emit(name, self.is_descending)

    def group_by(self, name: str) -> None:
        """Ask for rows of the same ``symbol`` or ``side`` to stand together; the rows change when they come."""
        self._group_of = group_of(name)
        self.groups_asked.emit(name)

    def starts_group(self, row: int) -> bool:
        """The record belongs to another group than the one above it, as far as both are here."""
        place, part = self.place_of(row)
        above, here = self._records.get(place - 1), self._records.get(place)
        if self._group_of is None or above is None or here is None or part >= 0:
            return False
        return bool(self._group_of(above) != self._group_of(here))

    def record(self, row: int) -> Any:
        """The record in a row, or the part of one; None while it is not here."""
        place, part = self.place_of(row)
        return self._records.get(place) if part < 0 else self._parts[place][part]

    def row_of(self, key: Hashable) -> int | None:
        """Where a record or a part is shown, if it is here."""
        if isinstance(key, PartKey):
            place = self._row_of.get(key.parent)
            if place not in self._parts or key.number >= len(self._parts[place]):
                return None
            return self._row(place) + 1 + key.number
        place = self._row_of.get(key)
        return None if place is None else self._row(place)

    def key(self, row: int) -> Hashable:
        """The key of a record; of a part, itself; of a row that is not here, its place."""
        place, part = self.place_of(row)
        if part >= 0:
            return self._parts[place][part].key
        record = self._records.get(place)
        return place if record is None else self._key_of(record)

    @property
    def total(self) -> int:
        """Rows of the selection."""
        return self._size

    def cell(self, row: int, column: int) -> Cell:
        """A formatted cell, or a sign that it is still to come."""
        if self._is_here(row):
            return super().cell(row, column)
        self._note_missing(self.place_of(row)[0])
        return ABSENT if column == 0 else Cell()

    def cells(self, row: int) -> list[Cell | None]:
        """As for any table; nothing for a row that is not here."""
        return super().cells(row) if self._is_here(row) else [None] * len(self.columns)

    def formatted(self, row: int, columns: Iterable[int]) -> list[Cell | None]:
        """As for any table; a sign that it is still to come for a row that is not here."""
        if self._is_here(row):
            return super().formatted(row, columns)
        return [self.cell(row, number) for number in range(len(self.columns))]

    def has_rows(self, first: int, last: int) -> bool:
        """All these rows are here."""
        return all(self._is_here(row) for row in range(first, min(last, self.rowCount() - 1) + 1))

    def _is_here(self, row: int) -> bool:
        place, part = self.place_of(row)
        return part >= 0 or place in self._records

    def _made(self, column: int, record: Any) -> Cell:
        if not isinstance(record, Part):
            return super()._made(column, record)
        detail = self.columns[column].detail
        return Cell() if detail is None else detail(record.record, self.facts)

    # Unfolding

    @property
    def unfolds(self) -> bool:
        """Where a column says what parts look like."""
        return any(column.detail is not None for column in self.columns)

    def can_unfold(self, row: int) -> bool:
        """Every record that is here."""
        place, part = self.place_of(row)
        return self.unfolds and part < 0 and place in self._records

    def is_unfolded(self, row: int) -> bool:
        """Its parts stand below it."""
        place, part = self.place_of(row)
        return part < 0 and place in self._parts

    def parent_row(self, row: int) -> int:
        """The row that a part was unfolded from; -1 for a record."""
        place, part = self.place_of(row)
        return -1 if part < 0 else self._row(place)

    def set_unfolded(self, row: int, is_unfolded: bool) -> None:
        """Ask for the parts of a row, or put them away."""
        place, part = self.place_of(row)
        if is_unfolded and self.can_unfold(row) and place not in self._parts:
            self.parts_asked.emit(self.key(row))
        elif not is_unfolded and part < 0 and place in self._parts:
            self._fold(place)

    def unfold(self, key: Hashable, records: Sequence[Any]) -> None:
        """Show what a record is made of, if it is still here."""
        place = self._row_of.get(key)
        if place is None or place in self._parts or not records:
            return
        row = self._row(place)
        self.beginInsertRows(QModelIndex(), row + 1, row + len(records))
        self._parts[place] = tuple(Part(PartKey(key, number), record) for number, record in enumerate(records))
        self.endInsertRows()
        self._show_state(row)

    def _fold(self, place: int) -> None:
        row = self._row(place)
        self.beginRemoveRows(QModelIndex(), row + 1, row + len(self._parts[place]))
        for part in self._parts.pop(place):
            self._cells.pop(part.key, None)
        self._last = NOTHING
        self.endRemoveRows()
        self._show_state(row)

    def _show_state(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

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
                if row in self._parts and self._parts[row][0].key.parent != self._key_of(record):
                    self._fold(row)  # another one stands here now
                self._records[row] = record
                self._row_of[self._key_of(record)] = row
                changed.append(row)
        self._let_go(first, first + len(records), max(keeps, KEPT))
        if changed:
            first, last = self._row(changed[0]), self._row(changed[-1])
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _push_down(self, at: int) -> None:
        """Make room for one row."""
        row = self._row(at)
        self.beginInsertRows(QModelIndex(), row, row)
        self._parts = {place + (place >= at): parts for place, parts in self._parts.items()}
        self._records = {row + (row >= at): record for row, record in self._records.items()}
        self._row_of = {key: row + (row >= at) for key, row in self._row_of.items()}
        self._size += 1
        self.endInsertRows()

    def _forget(self) -> None:
        self._records.clear()
        self._row_of.clear()
        self._parts.clear()
        self._cells.clear()
        self._last = NOTHING
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
