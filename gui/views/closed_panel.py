"""The Closed tab: the whole history in a table, what narrows it down, its sums, its export, and one life in depth."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.errors import StoreError
from gui import text, theme
from gui.bridge import Bridge
from gui.models import closed, life_lines, row_totals
from gui.models.cell import Facts
from gui.models.closed_source import Selection
from gui.models.history_table import HistoryTable, PartKey
from gui.text import translate
from gui.views import copying
from gui.views.closed_feed import ClosedFeed
from gui.views.life_panel import LifePanel
from gui.views.panel import FilterEdit
from gui.views.period_picker import PeriodPicker
from gui.views.placeholder import empty_words, no_match_words, waiting_words
from gui.views.table_view import TableView
from gui.views.totals_row import TotalsRow
from gui.widgets.labels import Label
from gui.widgets.picker import Picker

if TYPE_CHECKING:
    import asyncio

    from core.manager import ClosedHistory
    from core.model import ClosedTrade, Snapshot


class ClosedPanel(QWidget):
    """All closed lives; as a panel it answers what the other tabs' panels answer."""

    def __init__(self, facts: Facts, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts, self._bridge = facts, bridge
        self.table = HistoryTable(closed.columns(), lambda trade: trade.life_id, facts)
        self.view = TableView(self.table, translate("Tables", "Closed"), self)
        self.view.groups = ("symbol", "side")
        self.feed = ClosedFeed(self.table, bridge, self)
        self.totals = TotalsRow(self.table, self.view, self)
        self.period = PeriodPicker(bridge.clock)
        self.symbol = Picker(translate("Closed", "Symbol"), [("", translate("Closed", "All symbols"))])
        self.result = Picker(translate("Closed", "Result"), _results())
        self.filter_edit = FilterEdit(self, is_lasting=True)
        self.filter_edit.setPlaceholderText(translate("Closed", "Filter by symbol, side or reason"))
        self.filter_edit.setToolTip(
            translate(
                "Closed",
                "Filter by symbol, side or reason: all words must occur, -word must not. net<-10, size>=5, entry, "
                "exit, fees and funding compare values.",
            )
        )
        self.sums = Label("", tone="muted", size=theme.SMALL)
        self.export_button = QPushButton(translate("Closed", "Export…"))
        self._show_exporting(False)
        self.banner = Label("", self, tone="warning", size=theme.SMALL, wrap=True)
        self.banner.setContentsMargins(theme.PAD, 7, theme.PAD, 7)
        self.banner.hide()
        self.life = LifePanel(self)
        self.life.hide()
        self._current: Any = None
        self._instruments: object = None
        self._exporting: asyncio.Task[None] | None = None
        self._lay_out()
        self._connect()
        self.view.set_placeholder(waiting_words(None))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(theme.PAD - 4, 6, theme.PAD, 6)
        tools.setSpacing(6)
        for picker in (self.period, self.symbol, self.result):
            tools.addWidget(picker)
        tools.addWidget(self.filter_edit, 1)
        tools.addSpacing(6)
        tools.addWidget(self.sums)
        tools.addSpacing(6)
        tools.addWidget(self.export_button)
        self.filter_edit.setMaximumWidth(320)
        tools.insertStretch(4, 1)
        rows = QVBoxLayout()
        rows.setSpacing(0)
        rows.addWidget(self.view, 1)
        rows.addWidget(self.totals)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addLayout(rows, 1)
        below.addWidget(self.life)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addLayout(tools)
        column.addLayout(below, 1)

    def _connect(self) -> None:
        self.filter_edit.textChanged.connect(self._narrow)
        for picker in (self.period, self.symbol, self.result):
            picker.chosen.connect(self._narrow)
        self.feed.shown.connect(self._on_shown)
        self.feed.symbols_known.connect(self._offer_symbols)
        self.view.current_changed.connect(self._on_current)
        self.view.details_asked.connect(self.show_life)
        self.table.modelReset.connect(self.view.scrollToTop)
        self.view.rows_missing.connect(self._fetch_and_copy)
        self.table.dataChanged.connect(self._keep_current)
        self.life.closed.connect(self._hide_life)
        self.table.parts_asked.connect(self._fetch_parts)
        self.export_button.clicked.connect(self._on_export_button)

    # What narrows it down

    def _narrow(self) -> None:
        needles = tuple(self.filter_edit.text().split())
        wish = self.feed.wish._replace(
            period=self.period.choice, symbol=self.symbol.choice, result=self.result.choice, words=needles
        )
        self.feed.show(wish)

    def _offer_symbols(self, symbols: list[str]) -> None:
        self.symbol.set_choices([("", translate("Closed", "All symbols")), *((name, name) for name in symbols)])

    def start_filter(self) -> None:
        """Put the keyboard into the filter field."""
        self.filter_edit.setFocus()
        self.filter_edit.selectAll()

    def set_compact(self, is_compact: bool) -> None:
        """One-line or two-line rows."""
        self.view.set_compact(is_compact)
        self.totals.set_compact(is_compact)

    # What comes in

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow what has been closed."""
        if snapshot.instruments is not self._instruments:
            self._instruments = snapshot.instruments
            self.table.forget_cells()
        self.feed.show_snapshot(snapshot)

    def tick(self) -> None:
        """Once a second."""
        self.feed.tick()

    def show_banner(self, words: str) -> None:
        """Say above the table what cannot wait; "" for nothing."""
        self.banner.set_text(words)
        if self.banner.isVisibleTo(self) != bool(words):
            self.banner.setVisible(bool(words))

    def _on_shown(self, selection: Selection) -> None:
        self._show_sums(selection)
        snapshot = self._facts.snapshot
        if self.feed.wish.is_narrow:
            self.view.set_placeholder(no_match_words())
        elif snapshot is not None and snapshot.links.reconciled_ms is None:
            self.view.set_placeholder(waiting_words(snapshot))
        else:
            self.view.set_placeholder(empty_words("closed"))
        self._keep_current()

    def _show_sums(self, selection: Selection) -> None:
        self.sums.set_text(_sum_words(selection))
        self.totals.show_sums(row_totals.closed(selection.sums), selection.size)

    def write_anew(self) -> None:
        """Sums and the life at the side again: what may be seen has changed."""
        self._show_sums(self.feed.selection)
        if not self.life.isHidden():
            self.show_life(self._current)

    # What a life is made of, below it

    def _fetch_parts(self, key: Any) -> None:
        """Bring the entries, exits and payments of a life that is being unfolded."""
        row = self.table.row_of(key)
        trade = None if row is None else self.table.record(row)
        history = self.feed.history()
        if trade is not None and history is not None:
            self._bridge.start(self._unfold(history, trade))
        elif trade is not None and self._facts.snapshot is not None:
            self._show_parts(trade, _executions_of(trade, self._facts.snapshot))

    async def _unfold(self, history: ClosedHistory, trade: ClosedTrade) -> None:
        self._show_parts(trade, await history.executions(trade))

    def _show_parts(self, trade: ClosedTrade, executions: list[Any]) -> None:
        self.table.unfold(trade.life_id, life_lines.lines_of(trade, executions))

    # One life in depth

    def _on_current(self, key: Any) -> None:
        if isinstance(key, PartKey):
            key = key.parent
        if key is not None:
            self._current = key
            if not self.life.isHidden():
                self.show_life(key)

    def _keep_current(self) -> None:
        """After another selection the same life is the current one again, as soon as it is here."""
        if self.view.current_key() is None and self.table.row_of(self._current) is not None:
            self.view.select_key(self._current)

    def show_life(self, key: Any) -> None:
        """Show a closed life beside the table; of a part, the life that it belongs to."""
        if isinstance(key, PartKey):
            key = key.parent
        row = self.table.row_of(key)
        trade = None if row is None else self.table.record(row)
        if trade is None:
            return
        self._current = key
        self.life.show_trade(trade, self._facts)
        self.life.show()
        history = self.feed.history()
        if history is not None:
            self._bridge.start(self._fetch_executions(history, trade))
        elif self._facts.snapshot is not None:
            self.life.show_executions(trade, _executions_of(trade, self._facts.snapshot), self._facts)

    async def _fetch_executions(self, history: ClosedHistory, trade: ClosedTrade) -> None:
        self.life.show_executions(trade, await history.executions(trade), self._facts)

    def _hide_life(self) -> None:
        self.life.hide()
        self.view.setFocus()

    # Copying and export

    def _fetch_and_copy(self, first: int, last: int) -> None:
        """Rows that were selected without having been seen are fetched, then copied."""
        history, view = self.feed.history(), self.feed.selection.view
        if history is not None and view is not None:
            self._bridge.start(self._copy(history, view, first, last))

    async def _copy(self, history: ClosedHistory, view: Any, first: int, last: int) -> None:
        first, last = self.table.place_of(first)[0], self.table.place_of(last)[0]
        rows = await history.rows(view, first, last + 1)
        if view is self.feed.selection.view:
            self.table.put(first, rows, keeps=last - first + 1)
            copying.copy_rows(self.table, self.view.selected_rows(copying.MOST), self.view.shown_columns())

    def ask_where_to_export(self) -> None:
        """Open the system's question for a file; the answer starts the export."""
        dialog = QFileDialog(self, text.export_title(translate("Closed", "Export closed positions")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["CSV (*.csv)", "JSON (*.json)"])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("json" if "json" in chosen else "csv"))
        dialog.selectFile(translate("Closed", "closed positions") + ".csv")
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.open()

    def _on_export_button(self) -> None:
        """Ask for a file; while one is being written, leave off."""
        if self._exporting is None:
            self.ask_where_to_export()
        else:
            self._exporting.cancel()

    def _show_exporting(self, is_exporting: bool) -> None:
        t = translate
        self.export_button.setText(t("Closed", "Cancel") if is_exporting else t("Closed", "Export…"))
        tip = t("Closed", "Write these rows, in this order, to a CSV or JSON file")
        self.export_button.setToolTip(t("Closed", "Leave off; no file is written") if is_exporting else tip)

    def export(self, file: Path) -> None:
        """Write what is shown, in its order. The question for the file has asked about overwriting already."""
        if self._exporting is None:
            self._show_exporting(True)
            self._exporting = self._bridge.start(self._export(file))

    async def _export(self, file: Path) -> None:
        """Write the selection once it is read; cancelled, it leaves no file.

        Raises:
            StoreError: no history is kept, or the file cannot be written.
        """
        said = translate("Closed", "Cancelled; no file was written")
        try:
            self.sums.set_text(translate("Closed", "Exporting…"))
            history, view = await self.feed.settled()
            count = await history.export(view, file, partial(self._tell, view.size), overwrite=True)
            said = translate("Closed", "Wrote {count} rows to {file}").format(count=f"{count:,}", file=file.name)
        except StoreError:
            said = _sum_words(self.feed.selection)
            raise
        finally:
            self.sums.set_text(said)
            self._exporting = None
            self._show_exporting(False)

    def _tell(self, size: int, done: int) -> None:
        share = done * 100 // max(1, size)
        self.sums.set_text(translate("Closed", "Exporting… {share}%").format(share=share))


def _sum_words(selection: Selection) -> str:
    """1,204 closed · 61.9% won · net +340.00."""
    sums = selection.sums
    parts = [translate("Closed", "{count} closed").format(count=f"{sums.trades:,}")]
    known = sums.wins + sums.losses
    if known:
        share = text.number(text.as_share(sums.wins, known), 1, suffix="%")
        parts.append(translate("Closed", "{share} won").format(share=share))
    parts.append(translate("Closed", "net {amount}").format(amount=text.money(sums.net, signed=True)))
    return " · ".join(parts)


def _executions_of(trade: ClosedTrade, snapshot: Snapshot) -> list[Any]:
    return [
        one
        for one in reversed(snapshot.executions)
        if (one.category, one.symbol) == (trade.category, trade.symbol)
        and trade.opened_ms <= one.ts_ms <= trade.closed_ms
        and one.position_idx in {None, trade.position_idx}
    ]


def _results() -> list[tuple[str, str]]:
    t = translate
    return [
        ("", t("Closed", "All results")),
        ("wins", t("Closed", "Wins")),
        ("losses", t("Closed", "Losses")),
        ("break_even", t("Closed", "Break-even")),
        ("pending", t("Closed", "Pending")),
    ]
