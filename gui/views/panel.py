"""One tab of the main window: a table, a field to filter it, and a banner for when its numbers are not live."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui import theme
from gui.models.cell import Column, Facts
from gui.models.table import RecordTable
from gui.text import translate
from gui.views.placeholder import no_match_words, waiting_words
from gui.views.table_view import TableView
from gui.views.totals_row import TotalsRow
from gui.widgets.labels import Label

if TYPE_CHECKING:
    from core.model import Snapshot


class FilterEdit(QLineEdit):
    """Narrows a table down; Esc empties and hides it (``is_lasting``: it stays in sight)."""

    def __init__(self, parent: QWidget | None = None, *, is_lasting: bool = False) -> None:
        super().__init__(parent)
        self._is_lasting = is_lasting
        self.setPlaceholderText(translate("Panel", "Filter by symbol, label or kind"))
        self.setToolTip(
            translate(
                "Panel",
                "All words must occur, -word must not. kind:stop looks in one column; pnl<-10, roe>=5 compare values.",
            )
        )
        self.setAccessibleName(translate("Panel", "Filter"))
        self.setClearButtonEnabled(True)
        self.setFont(theme.font())
        self.setVisible(is_lasting)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc ends the filter and gives the keyboard back to the table."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.setVisible(self._is_lasting)
            next_widget = self.nextInFocusChain()
            if next_widget is not None:
                next_widget.setFocus()
            return
        super().keyPressEvent(event)


class Table(NamedTuple):
    """What a panel shows.

    ``title``: its name. ``columns``: makes them. ``key_of``: what makes a record the same row. ``records_of``: takes
    the records from a snapshot. ``empty``: what an empty table says. ``phase_of``: as in RecordTable.
    ``groups``: what rows can be put together by. ``is_one_line``: its cells never have a second line.
    """

    title: str
    columns: Callable[[], Sequence[Column]]
    key_of: Callable[[Any], Hashable]
    records_of: Callable[[Snapshot], tuple[Any, ...]]
    empty: str
    phase_of: Callable[[Any, Facts], Hashable] | None = None
    groups: tuple[str, ...] = ()
    is_one_line: bool = False


class TablePanel(QWidget):
    """A table of one kind of record, with filter and banner."""

    def __init__(self, shown: Table, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RecordTable(shown.columns(), shown.key_of, facts, shown.phase_of)
        self.view = TableView(self.table, shown.title, self)
        self.view.groups = shown.groups
        self.totals = TotalsRow(self.table, self.view, self)
        self.filter_edit = FilterEdit(self)
        self.banner = Label("", self, tone="warning", size=theme.SMALL, wrap=True)
        self.banner.setContentsMargins(theme.PAD, 7, theme.PAD, 7)
        self.banner.hide()
        self.title = shown.title
        self._records_of = shown.records_of
        self._is_one_line = shown.is_one_line
        self._empty = shown.empty
        self._instruments: object = None
        self.filter_edit.textChanged.connect(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.banner, self.filter_edit, self.view, self.totals):
            column.addWidget(part)
        self.view.set_placeholder(waiting_words(None))
        if self._is_one_line:
            self.set_compact(True)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring the table up to date."""
        if snapshot.instruments is not self._instruments:
            self._instruments = snapshot.instruments
            self.table.forget_cells()
        self.view.layout_of_columns.show_buttons(not snapshot.is_read_only)
        self.table.set_records(self._records_of(snapshot))
        self.totals.refresh()
        self._show_placeholder(snapshot)

    def _show_placeholder(self, snapshot: Snapshot) -> None:
        if self.table.rowCount():
            return
        if self.table.total:
            self.view.set_placeholder(no_match_words())
        elif snapshot.links.reconciled_ms is None:
            self.view.set_placeholder(waiting_words(snapshot))
        else:
            self.view.set_placeholder(self._empty)

    def write_anew(self) -> None:
        """Add up again: what may be seen has changed."""
        self.totals.forget()

    def show_banner(self, words: str) -> None:
        """Say above the table what cannot wait; "" for nothing."""
        self.banner.set_text(words)
        if self.banner.isVisibleTo(self) != bool(words):
            self.banner.setVisible(bool(words))

    def tick(self) -> None:
        """Once a second: what depends on the clock, and the order of a live column."""
        self.table.refresh_timed()
        if not self.view.is_aimed():
            self.table.rerank()

    def set_compact(self, is_compact: bool) -> None:
        """One-line or two-line rows; two lines only where there is something for the second."""
        self.view.set_compact(is_compact or self._is_one_line)
        self.totals.set_compact(is_compact or self._is_one_line)

    def start_filter(self) -> None:
        """Show the filter field and put the keyboard into it."""
        self.filter_edit.show()
        self.filter_edit.setFocus()
        self.filter_edit.selectAll()

    def _filter(self, needle: str) -> None:
        self.table.set_filter(needle)
        self.totals.refresh()
        if self.table.facts.snapshot is not None:
            self._show_placeholder(self.table.facts.snapshot)
