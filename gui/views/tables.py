"""The tabs of the main window: Positions, Orders, Closed, Executions and Events, one panel each.

Only the tab in front is brought up to date; the others are imported, made, and catch up, when they come to the front.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QByteArray, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.bridge import Bridge
from gui.models import positions, row_state
from gui.models.cell import Facts
from gui.settings import WindowSettings
from gui.shortcuts import native
from gui.text import translate
from gui.views.action_buttons import ActionButtons
from gui.views.notice_bar import NoticeBar
from gui.views.panel import TablePanel
from gui.views.table_list import Warnings, tables_of_desk
from gui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from core.model import PositionKey, Snapshot
    from gui.views.closed_panel import ClosedPanel
    from gui.views.row_menu import Entry


class TableTabs(QWidget):
    """Five tables behind one strip of tabs.

    Signals:
        close_requested(PositionKey), stops_requested(PositionKey): a button or key on a position.
        cancel_requested(tuple of order ids): cancel open orders; () for those that protect nothing.
        close_all_requested(): close every position.
        current_changed(PositionKey or None): another position has become the current one.
        details_asked(PositionKey): Enter or double click on a position.
        story_asked(command id): the same on an event that is a step of a command.
    """

    close_requested = pyqtSignal(object)
    stops_requested = pyqtSignal(object)
    cancel_requested = pyqtSignal(object)
    close_all_requested = pyqtSignal()
    current_changed = pyqtSignal(object)
    details_asked = pyqtSignal(object)
    story_asked = pyqtSignal(str)

    def __init__(self, facts: Facts, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts, self._bridge = facts, bridge
        self._closed_count = 0
        self.strip = TabStrip(translate("Tables", "Tables"))
        self.filter_button = QPushButton(translate("Tables", "Filter"))
        self.filter_button.setToolTip(translate("Tables", "Filter the rows (Ctrl+F)"))
        self.buttons = ActionButtons()
        self.notice = NoticeBar()
        self._tables = tables_of_desk()
        self._warnings = Warnings()
        self._order = list(self._tables)
        self._panels: dict[str, TablePanel | ClosedPanel] = {}
        self._settings: WindowSettings | None = None
        self._is_compact, self._is_flashing = False, True
        self._banner = ""
        self._is_live = True
        self._stack = QStackedWidget()
        for name in self._order:
            self.strip.add(self._tables[name].title)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, theme.PAD, 0)
        top.setSpacing(8)
        top.addWidget(self.strip, 0, Qt.AlignmentFlag.AlignBottom)
        top.addStretch(1)
        top.addWidget(self.filter_button, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.buttons, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addSpacing(1)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.strip.currentChanged.connect(self._bring_to_front)
        self.filter_button.clicked.connect(self.start_filter)
        self.buttons.close_all_asked.connect(self.close_all_requested)
        self.buttons.cancel_selected_asked.connect(lambda: self.cancel_requested.emit(self._selected_orders()))
        self.buttons.cancel_orphans_asked.connect(lambda: self.cancel_requested.emit(()))
        view = self.positions.view
        view.pressed_button.connect(self._on_position_button)
        view.delete_asked.connect(self._ask_to_close)
        view.details_asked.connect(self.details_asked)
        view.current_changed.connect(self.current_changed)

    def panel(self, name: str) -> TablePanel | ClosedPanel:
        """One of the five; it is made when it is first asked for."""
        if name not in self._panels:
            made = self._panels[name] = self._make(name)
            self._stack.addWidget(made)
        return self._panels[name]

    def _make(self, name: str) -> TablePanel | ClosedPanel:
        made = self._closed() if name == "closed" else TablePanel(self._tables[name], self._facts)
        made.view.flashes.is_on = self._is_flashing
        if self._is_compact:
            made.set_compact(True)
        if self._settings is not None:
            _restore(made, name, self._settings)
        made.show_banner(self._banner)
        if isinstance(made, TablePanel):
            made.totals.set_pale(not self._is_live)
        made.view.menu_asked.connect(lambda column, place: self.menu_of(name, column).popup(place))
        if name == "orders":
            made.view.pressed_button.connect(self._on_order_button)
            made.view.delete_asked.connect(lambda key: self._on_order_button(key, "cancel"))
            selection = made.view.selectionModel()
            if selection is not None:
                selection.selectionChanged.connect(self._show_actions)
        if name == "events":
            made.view.details_asked.connect(self._ask_for_story)
        return made

    def _ask_for_story(self, key: object) -> None:
        from gui.models.timeline import command_of

        table = self.panel("events").table
        command_id = "" if (row := table.row_of(key)) is None else command_of(table.record(row))
        if command_id:
            self.story_asked.emit(command_id)

    def _closed(self) -> ClosedPanel:
        from gui.views.closed_panel import ClosedPanel

        made = ClosedPanel(self._facts, self._bridge)
        made.feed.counted.connect(self._count_closed)
        return made

    def _count_closed(self, count: int) -> None:
        """The whole history is longer than what a snapshot carries."""
        self._closed_count = count
        if self._facts.snapshot is not None:
            self._show_counts(self._facts.snapshot)

    @property
    def names(self) -> tuple[str, ...]:
        """The five tables from the left."""
        return tuple(self._order)

    @property
    def name(self) -> str:
        """The one in front."""
        return self._order[self.strip.currentIndex()]

    @property
    def positions(self) -> TablePanel | ClosedPanel:
        """The first table."""
        return self.panel("positions")

    @property
    def present(self) -> TablePanel | ClosedPanel:
        """The panel in front."""
        return self.panel(self.name)

    def show_tab(self, name: str) -> None:
        """Bring a table to the front."""
        self.strip.setCurrentIndex(self._order.index(name))

    def step(self, step: int) -> None:
        """The next or previous tab."""
        self.strip.setCurrentIndex((self.strip.currentIndex() + step) % self.strip.count())

    def _bring_to_front(self, number: int) -> None:
        self._stack.setCurrentWidget(self.present)
        if self._facts.snapshot is not None:
            self.present.show_snapshot(self._facts.snapshot)
            self.present.tick()
        self._show_actions()

    def start_filter(self) -> None:
        """Filter the table in front."""
        self.present.start_filter()

    # Snapshots in

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Counts of all tabs, rows of the one in front."""
        self._show_counts(snapshot)
        self.present.show_snapshot(snapshot)
        self._select_first()
        self._show_actions()

    def _show_actions(self) -> None:
        self.buttons.show_state(self.name, self._facts.snapshot, len(self._selected_orders()))

    def _show_counts(self, snapshot: Snapshot) -> None:
        for number, name in enumerate(self._order):
            count = (
                self._warnings.count(snapshot.events)
                if name == "events"
                else len(self._tables[name].records_of(snapshot))
            )
            if name == "closed":
                count = max(count, self._closed_count)
            is_alarm = name == "events" and count > 0
            shown = f"{count:,}" if count or name == "positions" else ""
            self.strip.set_count(number, shown, "warning" if is_alarm else "muted")

    def _select_first(self) -> None:
        """A desk that has just opened shows its first position in depth."""
        panel = self.positions
        if panel.view.current_key() is None and panel.table.rowCount():
            panel.view.select_key(panel.table.key(0))

    def write_anew(self) -> None:
        """Write everything again: what may be seen has changed."""
        for panel in self._panels.values():
            panel.view.table.forget_cells()
            panel.write_anew()

    def show_banner(self, words: str) -> None:
        """Say what cannot wait, above every table."""
        self._banner = words
        for panel in self._panels.values():
            panel.show_banner(words)

    def set_live(self, is_live: bool) -> None:
        """Sums of numbers that are not live are pale."""
        self._is_live = is_live
        for panel in self._panels.values():
            if isinstance(panel, TablePanel):
                panel.totals.set_pale(not is_live)

    def tick(self) -> None:
        """Once a second."""
        self.present.tick()

    # Actions out

    def _position(self, key: PositionKey) -> Any:
        row = self.positions.table.row_of(key)
        return None if row is None else self.positions.table.record(row)

    def _on_position_button(self, key: PositionKey, name: str) -> None:
        position = self._position(key)
        if name == "edit_stops":
            self.stops_requested.emit(key)
        elif position is not None and positions.cancels_close(position, self._facts):
            self._cancel_close(position)
        else:
            self._ask_to_close(key)

    def _cancel_close(self, position: Any) -> None:
        """Take back what waits in the book to close a position."""
        if self._may_act:
            self.cancel_requested.emit(row_state.waiting_ids(position, self._facts))

    def _ask_to_close(self, key: PositionKey) -> None:
        """Open the close dialog; on a row that waits for its close order, cancel that order instead."""
        position = self._position(key)
        if position is None or not self._may_act:
            return
        if not position.is_closing:
            self.close_requested.emit(key)
            return
        order_id = positions.closing_order_id(position, self._facts)
        if order_id is not None:
            self.cancel_requested.emit((order_id,))

    @property
    def _may_act(self) -> bool:
        """The key may trade; whether it may do so now is for the dialogs to say."""
        return self._facts.snapshot is not None and not self._facts.snapshot.is_read_only

    def _selected_orders(self) -> tuple[str, ...]:
        if "orders" not in self._panels:
            return ()
        view = self.panel("orders").view
        selection = view.selectionModel()
        rows = {index.row() for index in selection.selectedRows()} if selection is not None else set()
        return tuple(view.table.record(row).order_id for row in sorted(rows))

    def _on_order_button(self, key: tuple[str, str], name: str) -> None:
        table = self.panel("orders").table
        row = table.row_of(key)
        if row is not None and name == "cancel" and self._may_act:
            self.cancel_requested.emit((table.record(row).order_id,))

    def menu_of(self, name: str, column: int = -1) -> QMenu:
        """The menu of the current row of a table."""
        from gui.views.row_menu import row_menu
        from gui.views.table_export import ask_where_to_export

        panel = self.panel(name)
        if isinstance(panel, TablePanel):
            export: Callable[[], object] = partial(ask_where_to_export, panel.view, panel.title, self._bridge)
        else:
            export = panel.ask_where_to_export
        return row_menu(panel.view, self._entries(name), export, column)

    def _entries(self, name: str) -> list[Entry]:
        """What the current row of a table can do."""
        from gui.views.row_menu import Entry

        view = self.panel(name).view
        key: Any = view.current_key()
        if key is None:
            return []
        details = Entry(translate("Tables", "Details"), lambda: view.details_asked.emit(key), native("Enter"))
        if name == "closed":
            row = view.currentIndex().row()
            is_open = view.table.is_unfolded(row)
            fold = translate("Tables", "Fold") if is_open else translate("Tables", "Unfold")
            return [
                details,
                Entry(fold, lambda: view.toggle_fold(row), "←" if is_open else "→", view.table.can_unfold(row)),
            ]
        if name == "orders":
            cancel = translate("Tables", "Cancel order")
            return [Entry(cancel, lambda: self._on_order_button(key, "cancel"), native("Del"), self._may_act)]
        position = self._position(key) if name == "positions" else None
        if position is None:
            return []
        close = translate("Tables", "Cancel the close order") if position.is_closing else translate("Tables", "Close…")
        entries = [
            details,
            Entry(translate("Tables", "TP/SL…"), lambda: self.stops_requested.emit(key), "", not position.is_closing),
            Entry(close, lambda: self._ask_to_close(key), native("Del"), self._may_act or not position.is_closing),
        ]
        if not position.is_closing and row_state.waiting_ids(position, self._facts):
            waiting = translate("Tables", "Cancel the close that waits")
            entries.append(Entry(waiting, lambda: self._cancel_close(position), "", self._may_act))
        return entries

    # Settings

    def restore(self, settings: WindowSettings) -> None:
        """Columns and order of every table as they were left; of those still to be made, when they are made."""
        self._settings = settings
        for name, panel in self._panels.items():
            _restore(panel, name, settings)

    def keep(self, settings: WindowSettings) -> None:
        """Write down columns and order of every table that has been looked at."""
        for name, panel in self._panels.items():
            layout = panel.view.layout_of_columns
            settings.keep(f"columns/{name}", layout.state())
            settings.keep(f"spread/{name}", layout.is_spread)
            settings.keep(f"sorts/{name}", panel.view.table.choices())
        for name in self._order:
            if self._settings is None and name not in self._panels:  # all were reset
                settings.keep(f"columns/{name}", QByteArray())

    def reset_columns(self) -> None:
        """Every table's columns as on the first day."""
        self._settings = None
        for panel in self._panels.values():
            panel.view.layout_of_columns.reset()

    def set_compact(self, is_compact: bool) -> None:
        """One-line or two-line rows, everywhere."""
        self._is_compact = is_compact
        for panel in self._panels.values():
            panel.set_compact(is_compact)

    def set_flashing(self, is_on: bool) -> None:
        """Whether a changed cell is tinted for a moment."""
        self._is_flashing = is_on
        for panel in self._panels.values():
            panel.view.flashes.is_on = is_on

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The line below the tabs."""
        painter = QPainter(self)
        painter.fillRect(0, self.strip.geometry().bottom() + 1, self.width(), 1, theme.current().line)


def _restore(panel: TablePanel | ClosedPanel, name: str, settings: WindowSettings) -> None:
    state = settings.blob(f"columns/{name}")
    # Bytes that were made for other columns would show and hide the wrong ones.
    if state is not None and panel.view.table.restore_choices(settings.word(f"sorts/{name}", "")):
        panel.view.layout_of_columns.restore(state, settings.flag(f"spread/{name}", True))
