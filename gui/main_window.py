"""The main window: top bar, tables, session, inspector and status line around one snapshot.

It hands every frame to what is visible and nothing to what is not, opens the dialogs, and remembers its layout.
It decides nothing about positions.
"""

from __future__ import annotations

import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QGuiApplication
from PyQt6.QtWidgets import QDockWidget, QMainWindow, QStatusBar, QWidget

from gui import error_words, event_words, text, words
from gui.bridge import Bridge
from gui.models import health
from gui.models.cell import Facts
from gui.models.commands import in_flight
from gui.opener import Opener
from gui.settings import WindowSettings
from gui.text import translate
from gui.views.comfort import Comfort
from gui.views.inspector import Inspector
from gui.views.menu import DeskMenu
from gui.views.session import SessionPanel, title_row
from gui.views.status_line import StatusLine
from gui.views.tables import TableTabs
from gui.views.top_bar import TopBar

if TYPE_CHECKING:
    from core.errors import AppError
    from core.model import AuditEvent, PositionKey, Snapshot

_LAYOUT_VERSION = 1
_SIZE = QSize(1600, 960)


class MainWindow(QMainWindow):
    """The desk's one window.

    Signals:
        painted_once: the first paint is on the screen; heavy imports may begin.
        quit_asked: the operator wants to leave; whoever runs the loop ends it.
        restart_asked: the same, and come back.
        language_changed: what is written from now on is in another language; a new window is needed for the rest.
        accounts_asked: the operator wants to look after the stored accounts, or use another one.
        ticked: a second has passed.
    """

    painted_once = pyqtSignal()
    quit_asked = pyqtSignal()
    restart_asked = pyqtSignal()
    accounts_asked = pyqtSignal()
    language_changed = pyqtSignal()
    ticked = pyqtSignal()

    def __init__(
        self, bridge: Bridge, environment: str, account: str, settings: WindowSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._settings = bridge, settings
        self.facts = Facts(bridge.clock)
        self._watched: tuple[object, ...] = (None, None, None, None)
        self._is_painted = False
        self.opener = Opener(bridge, self)
        self.environment = environment
        self.top_bar = TopBar(environment, account)
        self.show_account(account)
        self.tabs = TableTabs(self.facts, bridge)
        self.session = SessionPanel(bridge, self.facts)
        self.inspector = Inspector(bridge, self.facts)
        self.status = StatusLine()
        self._lay_out()
        self._menu: DeskMenu | None = None
        self.comfort = Comfort(self, bridge, settings)
        self.tabs.set_compact(settings.flag("compact", False))
        self.tabs.set_flashing(settings.flag("flash", True))
        self._connect()
        self._first_layout = self.saveState(_LAYOUT_VERSION)
        self._restore()
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self.tick)
        self._seconds.start()
        self.tabs.positions.view.setFocus()  # the keyboard begins where the rows are

    # Building

    def _lay_out(self) -> None:
        self.resize(self._first_size())
        self.setMenuWidget(self.top_bar)
        self.setCentralWidget(self.tabs)
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.status, 1)
        self.setStatusBar(bar)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowNestedDocks)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.session_dock = self._dock(
            "session", translate("Main", "Session"), self.session, Qt.DockWidgetArea.BottomDockWidgetArea
        )
        self.session_dock.setTitleBarWidget(title_row(self.session))
        self.inspector_dock = self._dock(
            "inspector", translate("Main", "Inspector"), self.inspector, Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.inspector_dock.setTitleBarWidget(QWidget())
        self._size_docks()

    def _first_size(self) -> QSize:
        """The design's size, or what the screen has; pictures taken without a screen get the design's."""
        screen = self.screen()
        if screen is None or QGuiApplication.platformName() == "offscreen":
            return _SIZE
        return _SIZE.boundedTo(screen.availableSize())

    def _size_docks(self) -> None:
        """A quarter of the width for the inspector, a third of the height for the session."""
        width, height = min(420, self.width() * 27 // 100), min(330, self.height() * 34 // 100)
        self.resizeDocks([self.inspector_dock], [width], Qt.Orientation.Horizontal)
        self.resizeDocks([self.session_dock], [height], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        self._bridge.frame.connect(self.show_snapshot)
        self._bridge.notice.connect(self._on_notice)
        self._bridge.failed.connect(self._on_failed)
        self.top_bar.menu_button.clicked.connect(self.open_menu)
        self.top_bar.arming_asked.connect(self._on_arming)
        self.tabs.close_requested.connect(self.open_close_dialog)
        self.tabs.stops_requested.connect(self.open_stops_dialog)
        self.tabs.cancel_requested.connect(self.opener.cancel_orders)
        self.tabs.close_all_requested.connect(self.opener.close_all)
        self.tabs.current_changed.connect(self.inspector.show_key)
        self.tabs.details_asked.connect(self._show_details)
        self.tabs.story_asked.connect(self.opener.timeline)
        self.inspector.close_requested.connect(self.open_close_dialog)
        self.inspector.stops_requested.connect(self.open_stops_dialog)
        self.inspector.share_requested.connect(self.opener.close_share)
        self.inspector.stop_proposed.connect(self.opener.propose_stop)
        for dock in (self.session_dock, self.inspector_dock):
            dock.visibilityChanged.connect(self._catch_up)
        keys = self.comfort.shortcuts
        keys.add("reconcile", self.reconcile)
        keys.add("filter", self.tabs.start_filter)
        keys.add("next_tab", lambda: self.tabs.step(1))
        keys.add("previous_tab", lambda: self.tabs.step(-1))
        keys.add("undo", self.undo_stops)
        keys.add("quit", self.close)

    def show_account(self, account: str) -> None:
        """Name the account that is in use, in the title and in the top bar."""
        self.setWindowTitle(text.literal(f"Quarterdeck · {words.environment(self.environment)} · {account}"))
        self.top_bar.account.set_text(account)

    # Layout

    def _restore(self) -> None:
        geometry, state = self._settings.blob("geometry"), self._settings.blob("docks")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if state is not None:
            self.restoreState(state, _LAYOUT_VERSION)
        self.tabs.restore(self._settings)
        self._come_back()

    def _come_back(self) -> None:
        """To the tab and the period that were looked at before a restart; an ordinary start begins with Positions."""
        tab, _, period = self._settings.word("come_back", "").partition(" ")
        if tab in self.tabs.names and period:
            self.tabs.show_tab(tab)
            self.session.periods.set_choice(period)
            self._settings.keep("come_back", "")

    def restart(self) -> None:
        """Leave, and come back to the same place."""
        self._settings.keep("come_back", f"{self.tabs.name} {self.session.periods.choice}")
        self.keep_layout()
        self.restart_asked.emit()

    def keep_layout(self) -> None:
        """Write down where everything stands."""
        self._settings.keep("geometry", self.saveGeometry())
        self._settings.keep("docks", self.saveState(_LAYOUT_VERSION))
        self.tabs.keep(self._settings)
        self._settings.flush()

    @property
    def menu(self) -> DeskMenu:
        """The desk's menu, made when it is first asked for."""
        if self._menu is None:
            self._menu = DeskMenu(self, self._settings)
        return self._menu

    def forget_menu(self) -> None:
        """Make it anew when it is asked for: something that it shows has changed."""
        if self._menu is not None:
            self._menu.deleteLater()
            self._menu = None

    def open_menu(self) -> None:
        """Show the menu below its button."""
        button = self.top_bar.menu_button
        corner = button.mapToGlobal(button.rect().bottomRight())
        self.menu.popup(corner - QPoint(self.menu.sizeHint().width(), 0))

    def reset_layout(self) -> None:
        """Everything where it was on the first day."""
        self.restoreState(self._first_layout, _LAYOUT_VERSION)
        self.resize(self._first_size())
        self._size_docks()
        self.tabs.reset_columns()

    # Snapshots in

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring what is visible up to date."""
        self.facts.snapshot = snapshot
        self.top_bar.show_snapshot(snapshot)
        self.tabs.show_snapshot(snapshot)
        if self.session.isVisible():
            self.session.show_snapshot(snapshot)
        if self.inspector.isVisible():
            self.inspector.show_snapshot(snapshot)
        watched = (snapshot.links, snapshot.events, snapshot.alerts, snapshot.is_resuming)
        if any(new is not old for new, old in zip(watched, self._watched, strict=True)):
            self._watched = watched
            self._show_health()

    def tick(self) -> None:
        """Once a second: ages, countdowns, the order of a live column."""
        self._show_health()
        self.tabs.tick()
        if self.inspector.isVisible():
            self.inspector.tick()
        self.ticked.emit()

    def _show_health(self) -> None:
        snapshot, now = self.facts.snapshot, self._bridge.clock.monotonic()
        self.top_bar.show_health(snapshot, now)
        self.status.show_health(snapshot, now)
        self.tabs.show_banner(health.banner(snapshot, now))
        self.tabs.set_live(health.of_snapshot(snapshot, now).tone == "up")

    def _catch_up(self, is_visible: bool) -> None:
        if is_visible and self.facts.snapshot is not None:
            self.session.show_snapshot(self.facts.snapshot)
            self.inspector.show_snapshot(self.facts.snapshot)

    def event(self, event: QEvent | None) -> bool:
        """Measure every repaint: the bridge paces its frames by what they cost on this machine."""
        if event is None or event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        started = time.perf_counter()
        handled = super().event(event)
        self._bridge.painted(time.perf_counter() - started)
        if not self._is_painted:
            self._is_painted = True
            self.painted_once.emit()
        return handled

    # Actions out

    def open_close_dialog(self, key: PositionKey) -> None:
        """Ask how much of a position to close, and how."""
        self.opener.close_position(key)

    def open_stops_dialog(self, key: PositionKey) -> None:
        """Ask for a position's stops."""
        self.opener.stops(key)

    def undo_stops(self) -> None:
        """Ask for the former stops of the position that is looked at; nothing is sent by that."""
        current, snapshot = self.tabs.positions.view.current_key(), self.facts.snapshot
        if snapshot is None or snapshot.is_read_only:
            return
        edited = next((key for key in snapshot.stop_changes if key == current), None)
        if edited is not None:
            self.opener.undo_stops(edited)
        else:
            self.tabs.notice.say(translate("Main", "There is no edit of this position's stops to take back"))

    def reconcile(self) -> None:
        """Compare everything with the exchange now."""
        if self._bridge.manager is not None:
            self._start(self._bridge.manager.reconcile())

    def _start(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._bridge.start(coroutine)

    def _on_arming(self, is_armed: bool) -> None:
        manager = self._bridge.manager
        if manager is not None and is_armed:
            self.comfort.unlocked(lambda: manager.set_armed(True))
        elif manager is not None:
            manager.set_armed(False)

    def _show_details(self, key: PositionKey) -> None:
        self.inspector_dock.show()
        self.inspector.show_key(key)
        self.inspector.page.edit_button.setFocus()

    def _on_notice(self, line: AuditEvent) -> None:
        # An alert stands in its own line for as long as it lasts.
        if line.severity != "info" and not line.code.startswith("alert_"):
            symbol = f"{line.key.symbol}: " if line.key else ""
            self.tabs.notice.say(symbol + event_words.event(line))

    def _on_failed(self, trouble: AppError) -> None:
        self.tabs.notice.say(error_words.error(trouble), "down")

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Keep the layout and ask to quit; the loop ends only when everything is put away.

        With commands in flight the window stays, because that is said in it.
        """
        self.keep_layout()
        self.quit_asked.emit()
        if event is not None:
            newest = self._bridge.snapshot
            event.setAccepted(newest is None or not in_flight(newest))
