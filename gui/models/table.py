"""RecordTable: a Qt table over a tuple of frozen records, as narrow in its signals as the records allow.

Rows are compared by identity: the core keeps unchanged records as the same objects. Persistent indexes (and with them
selection and focus) follow a record by its key through insertion, removal and sorting. Sorting uses the records' own
values. The model is never reset, and order is only looked at again when somebody asks (:meth:`RecordTable.rerank`).
It knows nothing of pixels; cells are formatted when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from typing import Any

from PyQt6.QtCore import QModelIndex, QObject, Qt

from gui.models import query
from gui.models.cell import Column, Facts
from gui.models.cell_table import NOTHING, ROOT, CellTable, Index, group_of

# More rows apart from each other than this change in one signal from the first to the last: telling of each costs as
# much as formatting it, and views look at what is in sight only.
MOST_SIGNALS = 12


class RecordTable(CellTable):
    """A table of records.

    Args:
        columns: what is shown, from the left.
        key_of: what makes a record the same row in the next snapshot; unique and hashable.
        facts: what cells may look up beyond their record.
        phase_of: what changes about a record while it stays the same object, such as how fresh its price is.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        key_of: Callable[[Any], Hashable],
        facts: Facts,
        phase_of: Callable[[Any, Facts], Hashable] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, key_of, facts, parent)
        self._phase_of = phase_of
        self._phases: dict[Hashable, Hashable] = {}
        self._given: tuple[Any, ...] = ()
        self._rows: list[Any] = []
        self._keys: list[Hashable] = []
        self._row_of: dict[Hashable, int] = {}
        self._is_unranked = False
        self._needle = ""
        self._tests: list[query.Test] = []
        self._group_of: Callable[[Any], Any] | None = None

    # What Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:
        """Rows that pass the filter."""
        return 0 if parent.isValid() else len(self._rows)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Rank by a column's own values, or in the given order for column -1."""
        self._note_order(column, order)
        self._is_unranked = True
        self.rerank()

    # What views ask

    def record(self, row: int) -> Any:
        """The record in a row."""
        return self._rows[row]

    def key(self, row: int) -> Hashable:
        """The key of the record in a row; made once per row: painting asks for it all the time."""
        return self._keys[row]

    def row_of(self, key: Hashable) -> int | None:
        """Where a record is shown, None when it is not."""
        return self._row_of.get(key)

    @property
    def total(self) -> int:
        """Records given, whether they pass the filter or not."""
        return len(self._given)

    @property
    def records(self) -> Sequence[Any]:
        """What is shown, from the top; to be read only."""
        return self._rows

    @property
    def is_filtered(self) -> bool:
        """Some records may be hidden by the filter."""
        return bool(self._needle)

    # What brings news

    def set_records(self, records: tuple[Any, ...]) -> None:
        """Show these records instead; views hear only of what is different."""
        if records is self._given:
            return
        before, self._given = self._given, records
        if self._needle or not self._replace_in_place(before, records):
            self._show(self._passing(records))

    def set_filter(self, needle: str) -> None:
        """Only show records that pass what is typed, see gui/models/query.py; "" shows all."""
        if needle.casefold().split() != self._needle.split():
            self._needle = needle.casefold()
            self._tests = query.parse(needle, self.columns)
            self._show(self._passing(self._given))

    def group_by(self, name: str) -> None:
        """Keep records of the same ``symbol`` or ``side`` together, in whatever order; "" for no groups."""
        self._group_of = group_of(name)
        self._is_unranked = True
        self.rerank()

    def starts_group(self, row: int) -> bool:
        """The record belongs to another group than the one above it."""
        if self._group_of is None or row == 0:
            return False
        return bool(self._group_of(self._rows[row]) != self._group_of(self._rows[row - 1]))

    def refresh_timed(self) -> None:
        """Format again what depends on the clock, or on a phase that has changed."""
        timed = [number for number, column in enumerate(self.columns) if column.is_timed]
        phased = [number for number, column in enumerate(self.columns) if column.is_phased]
        stale = set()
        for key, (record, cells) in self._cells.items():
            for number in timed + (phased if self._has_new_phase(key, record) else []):
                cells[number] = None
                stale.add(self._row_of[key])
        self._emit_changed(sorted(stale))

    def _has_new_phase(self, key: Hashable, record: Any) -> bool:
        if self._phase_of is None:
            return True  # not known: better once too often than stale
        before, now = self._phases.get(key), self._phase_of(record, self.facts)
        self._phases[key] = now
        return before != now

    def rerank(self) -> None:
        """Put the rows back in the chosen order if values have changed since; selection follows its records."""
        if not self._is_unranked:
            return
        self._is_unranked = False
        is_whole = len(self._given) == len(self._rows)
        shown = self._given if is_whole else [r for r in self._given if self._key_of(r) in self._row_of]
        ranked = self._ranked(shown)
        if all(new is old for new, old in zip(ranked, self._rows, strict=True)):
            return
        hint = self.LayoutChangeHint.VerticalSortHint
        self.layoutAboutToBeChanged.emit([], hint)
        old = self.persistentIndexList()
        keys = [(self.key(index.row()), index.column()) for index in old]
        self._take(ranked)
        self.changePersistentIndexList(old, [self.index(self._row_of[key], column) for key, column in keys])
        self.layoutChanged.emit([], hint)

    # How it is done

    def _passing(self, records: tuple[Any, ...]) -> Sequence[Any]:
        if not self._tests:
            return records
        return [record for record in records if all(test(record, self.facts) for test in self._tests)]

    def _ranked(self, records: Sequence[Any]) -> list[Any]:
        """Records in the chosen order, group by group."""
        ranked = self._by_value(records)
        if self._group_of is not None:
            ranked.sort(key=self._group_of)
        return ranked

    def _by_value(self, records: Sequence[Any]) -> list[Any]:
        """Those without a value stay behind in both directions."""
        rank = self.rank(self.sorted_column) if self.sorted_column >= 0 else None
        if rank is None:
            return list(records)
        value_of = partial(_looked_up, rank.value, self.facts) if rank.looks_up else rank.value
        try:
            return sorted(records, key=value_of, reverse=self.is_descending)
        except TypeError:  # None is not less than anything: some have no value, which is rare
            pass
        known = [record for record in records if value_of(record) is not None]
        known.sort(key=value_of, reverse=self.is_descending)
        return known + [record for record in records if value_of(record) is None]

    def _replace_in_place(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
        """The usual frame, some prices moved: cheap because nothing but identities is looked at. False: not usual."""
        if len(before) != len(after):
            return False
        changed = {}
        for old, new in zip(before, after, strict=True):
            if new is not old:
                row = self._row_of.get(self._key_of(new))
                if row is None or self._rows[row] is not old:
                    return False
                changed[row] = new
        for row, record in changed.items():
            self._rows[row] = record
        self._announce(sorted(changed))
        return True

    def _show(self, records: Sequence[Any]) -> None:
        """Bring the shown rows to these records: replacements in place, then removals, then insertions."""
        fresh = {self._key_of(record): record for record in records}
        self._remove([row for row, record in enumerate(self._rows) if self._key_of(record) not in fresh])
        self._replace(fresh)
        if len(fresh) != len(self._rows):
            self._insert(self._ranked(records))
        elif (
            self.sorted_column < 0
            and self._group_of is None
            and not all(a is b for a, b in zip(records, self._rows, strict=True))
        ):
            self._is_unranked = True
            self.rerank()

    def _replace(self, fresh: dict[Hashable, Any]) -> None:
        changed = []
        for row, record in enumerate(self._rows):
            newer = fresh[self._key_of(record)]
            if newer is not record:
                self._rows[row] = newer
                changed.append(row)
        self._announce(changed)

    def _announce(self, rows: list[int]) -> None:
        self._is_unranked = self._is_unranked or (self.sorted_column >= 0 and bool(rows))
        self._emit_changed(rows)

    def _emit_changed(self, rows: list[int]) -> None:
        runs = list(_runs(rows))
        if len(runs) > MOST_SIGNALS:
            runs = [(rows[0], rows[-1])]
        last_column = len(self.columns) - 1
        for first, last in runs:
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    def _remove(self, rows: list[int]) -> None:
        for first, last in reversed(list(_runs(rows))):
            self.beginRemoveRows(QModelIndex(), first, last)
            for record in self._rows[first : last + 1]:
                self._cells.pop(self._key_of(record), None)
                self._phases.pop(self._key_of(record), None)
            self._take(self._rows[:first] + self._rows[last + 1 :])
            self.endRemoveRows()

    def _insert(self, ranked: list[Any]) -> None:
        """Put new records where their rank among the shown ones is; those already shown keep their order."""
        is_shown = [self._key_of(record) in self._row_of for record in ranked]
        position = 0
        pending: list[Any] = []
        for record, shown in zip(ranked, is_shown, strict=True):
            if not shown:
                pending.append(record)
                continue
            self._insert_run(position, pending)
            pending = []
            position = self._row_of[self._key_of(record)] + 1
        self._insert_run(position, pending)
        self._is_unranked = True
        self.rerank()

    def _insert_run(self, row: int, records: list[Any]) -> None:
        if records:
            self.beginInsertRows(QModelIndex(), row, row + len(records) - 1)
            self._take(self._rows[:row] + records + self._rows[row:])
            self.endInsertRows()

    def _take(self, rows: list[Any]) -> None:
        self._rows, self._last = rows, NOTHING
        self._keys = [self._key_of(record) for record in rows]
        self._row_of = {key: row for row, key in enumerate(self._keys)}


def _looked_up(value: Callable[..., Any], facts: Facts, record: Any) -> Any:
    return value(record, facts)


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring row numbers as (first, last); ``rows`` ascend."""
    start = previous = -2
    for row in rows:
        if row != previous + 1:
            if start >= 0:
                yield start, previous
            start = row
        previous = row
    if start >= 0:
        yield start, previous
