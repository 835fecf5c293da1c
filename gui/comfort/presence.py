"""Tray, notifications, sounds and idle lock of one window, switched by the settings. It locks; it never trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtGui import QGuiApplication, QWindow

from gui import words
from gui.comfort import capture
from gui.comfort.announcer import Announcer, Merged
from gui.comfort.desk_lock import DeskLock
from gui.comfort.idle_lock import DEFAULT_MIN, IdleLock
from gui.comfort.kinds import KINDS
from gui.comfort.notifications import Words, words_of
from gui.comfort.notifier import Notifier
from gui.comfort.sounds import Sounds
from gui.comfort.tray import Tray, state_of
from gui.models.commands import in_flight
from gui.text import translate

if TYPE_CHECKING:
    from core.model import AuditEvent
    from gui.bridge import Bridge
    from gui.main_window import MainWindow
    from gui.settings import WindowSettings

# How often to look for a tray that was not there, in seconds.
_LOOK_FOR_TRAY_S: Final = 30


class Presence(QObject):
    """What the desk is to somebody who looks elsewhere. ``apply`` follows the settings at once."""

    def __init__(self, window: MainWindow, bridge: Bridge, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window, self._bridge, self._settings = window, bridge, settings
        self.tray = Tray(window.environment, self)
        self.notifier = Notifier(window, self.tray)
        self.sounds = Sounds(self, is_silent=QGuiApplication.platformName() == "offscreen")
        self.idle = IdleLock(bridge.clock, self._lock_idle, parent=self)
        self.idle.watch(window.windowHandle())
        self.desk_lock = DeskLock(window, bridge)
        self._popups, self._rings = Announcer(), Announcer(lines=1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._announce)
        self._seconds = 0
        self._is_tray_wanted = True
        self._is_put_away = False
        self._connect()
        self.apply()

    def _connect(self) -> None:
        self._bridge.notice.connect(self._on_notice)
        self._window.ticked.connect(self._look)
        self._window.quit_asked.connect(self.sounds.close)
        self.tray.show_asked.connect(self.show_window)
        self.tray.lock_asked.connect(self.lock)
        self.tray.privacy_asked.connect(self._toggle_private)
        self.tray.quit_asked.connect(self._quit)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._keep_private)

    def apply(self) -> None:
        """Let the settings count from now on."""
        settings = self._settings
        self._popups.wanted = frozenset(k.name for k in KINDS if settings.flag(f"notify/{k.name}", k.is_critical))
        self._rings.wanted = frozenset(k.name for k in KINDS if settings.flag(f"sound/{k.name}", k.is_critical))
        self.idle.minutes = settings.count("idle_lock_min", DEFAULT_MIN)
        self._is_tray_wanted = settings.flag("tray", True)
        self._show_state()  # an icon has to be drawn before it is shown
        self.tray.set_shown(self._is_tray_wanted)
        if capture.is_possible():
            for window in QGuiApplication.topLevelWindows():
                self._keep_private(window)

    # Once a second

    def _look(self) -> None:
        self.idle.look()
        self._seconds += 1
        if self._is_tray_wanted and not self.tray.is_shown and self._seconds % _LOOK_FOR_TRAY_S == 0:
            self.tray.set_shown(True)
        if self._is_put_away and not self.tray.is_there():
            self.show_window(True)  # there is no other way back
        self._show_state()

    def _show_state(self) -> None:
        state = state_of(self._bridge.snapshot, self._bridge.clock.monotonic())
        self.tray.show_state(state, self._window.isVisible() and not self._window.isMinimized())

    # The window

    def show_window(self, is_wanted: bool) -> None:
        """Bring the window to the front, or leave only the tray's icon."""
        window = self._window
        if is_wanted:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()
            self._is_put_away = False
        elif self.tray.is_shown:
            window.hide()
            self._is_put_away = True
        self._show_state()

    def _toggle_private(self) -> None:
        if self.desk_lock.is_on:
            self.show_window(True)  # the passphrase is asked for in it
        self._window.comfort.toggle_private()
        self._show_state()

    def _quit(self) -> None:
        if self._bridge.snapshot is not None and in_flight(self._bridge.snapshot):
            self.show_window(True)  # the question whether to wait is asked in it
        self._window.close()

    def _keep_private(self, window: QWindow | None) -> None:
        if window is not None and capture.is_possible():
            capture.exclude(window, self._settings.flag("capture_excluded", False))

    # Locking

    def lock(self) -> bool:
        """Lock trading. Returns whether it was armed."""
        manager, snapshot = self._bridge.manager, self._bridge.snapshot
        if manager is None or snapshot is None or not snapshot.is_armed:
            return False
        manager.set_armed(False)
        return True

    def _lock_idle(self) -> None:
        if self._bridge.manager is None:
            return  # the desk is not up: there is nothing to lock, and the question for a key must stay
        flag = self._settings.flag
        self.desk_lock.close(asks=flag("idle_asks", True), hides=flag("idle_hides", False))
        if self.lock():
            said = translate("Tray", "Nobody has touched the desk for {n} minutes: trading is locked")
            self._window.tabs.notice.say(said.format(n=self.idle.minutes))

    # Announcements

    def _on_notice(self, line: AuditEvent) -> None:
        now = self._bridge.clock.monotonic()
        self._popups.add(line, now)
        self._rings.add(line, now)
        self._announce()

    def _announce(self) -> None:
        """Say what is due, and come again when more will be. Nothing runs while nothing waits."""
        now = self._bridge.clock.monotonic()
        if (ringing := self._rings.take(now)) is not None:
            self.sounds.play(ringing.first.kind.sound)
        if (merged := self._popups.take(now)) is not None:
            self._pop_up(merged)
        waits = [wait for wait in (self._popups.due_in(now), self._rings.due_in(now)) if wait is not None]
        if waits:
            self._timer.start(round(min(waits) * 1000) + 1)
        else:
            self._timer.stop()

    def try_out(self) -> str:
        """Show a notification and play a sound now. Returns why it cannot be seen, "" when the system took it."""
        self.sounds.play("pair")
        title = f"Quarterdeck · {words.environment(self._window.environment)}"
        self.notifier.show(Words(title, translate("Announce", "This is how the desk calls you.")), is_critical=False)
        if self.notifier.way:
            return ""
        return translate("Announce", "This system takes no notifications; the entry in the task bar calls instead")

    def _pop_up(self, merged: Merged) -> None:
        with_amounts = self._settings.flag("announce_amounts", False)
        said = words_of(merged, self._window.environment, with_amounts=with_amounts)
        self.notifier.show(said, is_critical=merged.first.kind.is_critical)
