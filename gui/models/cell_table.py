"""CellTable: what every Qt table of cells has in common, wherever its records come from.

Cells are formatted when they are asked for and kept until their record changes. It knows nothing of pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.models.cell import Cell, Column, Facts, Rank
from gui.text import as_tooltip, translate

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_READ_ALOUD = int(Qt.ItemDataRole.AccessibleTextRole)

NOTHING: Final[tuple[Any, list[Cell | None]]] = (object(), [])


def group_of(name: str) -> Callable[[Any], Any] | None:
    """What puts records together: their own ``symbol`` or ``side``, or that of their key; None for no groups."""
    if not name:
        return None
    return lambda record: str(getattr(record, name, None) or getattr(record.key, name, ""))


class CellTable(QAbstractTableModel):
    """Rows of records shown as cells; what the rows are is for its heirs: ``rowCount``, ``record``, ``row_of``.

    Args:
        columns: what is shown, from the left.
        key_of: what makes a record the same row later on; unique and hashable.
        facts: what cells may look up beyond their record.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        key_of: Callable[[Any], Hashable],
        facts: Facts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.facts = facts
        self._key_of = key_of
        self._cells: dict[Hashable, tuple[Any, list[Cell | None]]] = {}
        self._last: tuple[Any, list[Cell | None]] = NOTHING
        self.sorted_column = -1
        self.is_descending = False
        self._chosen: dict[int, Rank] = {}

    # What heirs answer

    def record(self, row: int) -> Any:
        """The record in a row; None while it is not here yet."""
        raise NotImplementedError

    def row_of(self, key: Hashable) -> int | None:
        """Where a record is shown, None when it is not."""
        raise NotImplementedError

    @property
    def total(self) -> int:
        """Records, whether they pass the filter or not."""
        raise NotImplementedError

    def starts_group(self, row: int) -> bool:
        """The record belongs to another group than the one above it."""
        return False

    def has_rows(self, first: int, last: int) -> bool:
        """All these rows are here."""
        return True

    def group_by(self, name: str) -> None:
        """Keep records of the same ``symbol`` or ``side`` together; "" for no groups."""

    @property
    def unfolds(self) -> bool:
        """Whether rows of this table can be unfolded into what they are made of."""
        return False

    def can_unfold(self, row: int) -> bool:
        """Whether there is something to unfold here."""
        return False

    def is_unfolded(self, row: int) -> bool:
        """What the row is made of stands below it."""
        return False

    def parent_row(self, row: int) -> int:
        """The row that this one was unfolded from; -1 for a row of its own."""
        return -1

    def set_unfolded(self, row: int, is_unfolded: bool) -> None:
        """Show or put away what a row is made of."""

    # What Qt asks

    def columnCount(self, parent: Index = ROOT) -> int:
        """Columns, hidden ones included."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Plain text for the clipboard, screen readers and tests; painting does not come this way."""
        if not index.isValid():
            return None
        if role == _DISPLAY:
            return "\n".join(self.words(index.row(), index.column()))
        if role == _TOOLTIP:
            record = self.record(index.row())
            tooltip = self.columns[index.column()].tooltip if self.parent_row(index.row()) < 0 else None
            return as_tooltip(tooltip(record, self.facts)) if tooltip and record is not None else None
        if role == _ALIGNMENT:
            side = Qt.AlignmentFlag.AlignRight if self.columns[index.column()].is_right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == _READ_ALOUD:
            return self._read_aloud(index.row(), index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Column titles, one line under the other."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return "\n".join(self.columns[section].titles)
        if role == _TOOLTIP:  # where a narrow column cuts them
            return as_tooltip(self._explained_title(section)) or None
        if role == _READ_ALOUD:
            return ", ".join(self._titles_aloud(section))
        return None

    def _explained_title(self, section: int) -> str:
        """The titles, and what the column can be sorted by where that is more than one value."""
        ranks = self.columns[section].ranks()
        lines = list(self.columns[section].titles)
        if len(ranks) > 1:
            choices = ", ".join(rank.title for rank in ranks)
            lines.append(translate("Table", "Sorts by: {choices}").format(choices=choices))
        if len([rank for rank in ranks if rank.line is not None]) > 1:
            lines.append(translate("Table", "A click on a line of the title sorts by it"))
        return "\n".join(lines)

    def _titles_aloud(self, section: int) -> list[str]:
        titles = list(self.columns[section].titles)
        rank = self.rank(section)
        if section == self.sorted_column and rank is not None:
            said = (
                translate("Table", "sorted by {title}, descending")
                if self.is_descending
                else translate("Table", "sorted by {title}, ascending")
            )
            titles.append(said.format(title=rank.title))
        return titles

    # Order

    def rank(self, column: int) -> Rank | None:
        """What the rows are ranked by when they are sorted by a column; None when it cannot be sorted."""
        ranks = self.columns[column].ranks()
        return self._chosen.get(column, ranks[0]) if ranks else None

    def choose_rank(self, column: int, name: str) -> None:
        """Rank by another value of a column from the next :meth:`sort` on; an unknown name leaves the usual one."""
        found = next((rank for rank in self.columns[column].ranks() if rank.name == name), None)
        if found is None:
            self._chosen.pop(column, None)
        else:
            self._chosen[column] = found

    def choices(self) -> str:
        """The columns by name, with what each is ranked by where that is not the usual: to be kept."""
        chosen = {number: f"={rank.name}" for number, rank in self._chosen.items()}
        return " ".join(column.name + chosen.get(number, "") for number, column in enumerate(self.columns))

    def restore_choices(self, kept: str) -> bool:
        """Take back what :meth:`choices` said; False when it was said of other columns."""
        names, ranks = zip(*(part.partition("=")[::2] for part in kept.split()), strict=True) if kept else ((), ())
        if names != tuple(column.name for column in self.columns):
            return False
        for number, rank in enumerate(ranks):
            self.choose_rank(number, rank)
        return True

    def _note_order(self, column: int, order: Qt.SortOrder) -> None:
        """Remember what is asked for: column -1 (or one that cannot be sorted) for the order of things."""
        can_sort = 0 <= column < len(self.columns) and bool(self.columns[column].ranks())
        self.sorted_column = column if can_sort else -1
        self.is_descending = order == Qt.SortOrder.DescendingOrder
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    # What views ask

    def key(self, row: int) -> Hashable:
        """The key of the record in a row."""
        return self._key_of(self.record(row))

    def cell(self, row: int, column: int) -> Cell:
        """A formatted cell; the same object until its record (or, if timed, the second) changes."""
        cells = self.cells(row)
        cell = cells[column]
        if cell is None:
            cell = cells[column] = self._made(column, self.record(row))
        return cell

    def _made(self, column: int, record: Any) -> Cell:
        return self.columns[column].cell(record, self.facts)

    def formatted(self, row: int, columns: Iterable[int]) -> list[Cell | None]:
        """The cells of a row, at least those of ``columns`` formatted; to be read only."""
        cells, record = self.cells(row), self.record(row)
        for number in columns:
            if cells[number] is None:
                cells[number] = self._made(number, record)
        return cells

    def cells(self, row: int) -> list[Cell | None]:
        """The cells of a row that have been formatted so far, by column; to be read only."""
        record = self.record(row)
        if record is self._last[0] and record is not None:  # painting asks for one cell of a row after the other
            return self._last[1]
        key = self.key(row)
        cached = self._cells.get(key)
        if cached is None or cached[0] is not record:
            cached = self._cells[key] = (record, [None] * len(self.columns))
        self._last = cached
        return cached[1]

    def words(self, row: int, column: int) -> tuple[str, ...]:
        """The cell's lines as plain text, as many as its header has."""
        first, below = self.cell(row, column).words()
        return (first, below) if len(self.columns[column].titles) > 1 or below else (first,)

    def forget_cells(self) -> None:
        """Format everything again: what cells look up elsewhere (ticks, theme words) has changed."""
        self._cells.clear()
        self._last = NOTHING
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.columns) - 1))

    def _read_aloud(self, row: int, column: int) -> str:
        """The cell's words with what identifies the row, so that a button does not just say "Close"."""
        words = ", ".join(part for part in self.words(row, column) if part)
        if column == 0 and self.can_unfold(row):
            state = translate("Table", "unfolded") if self.is_unfolded(row) else translate("Table", "folded")
            return f"{words}, {state}"
        cell = self.cell(row, column)
        return f"{words} {self.words(row, 0)[0]}" if cell.button else words
