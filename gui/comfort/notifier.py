"""Hands an announcement to the system: through the tray's icon, on Linux without a tray through D-Bus, else not at all.

GNOME has notifications and no tray, so both ways are needed there. The window's entry in the task bar calls in any case
when the window is not in front.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QMetaType
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from gui.comfort.notifications import Words

if TYPE_CHECKING:
    from gui.comfort.tray import Tray

SHOWN_MS: Final = 8_000
_SERVICE, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"


class Notifier:
    """Shows announcements outside the window. ``last`` is what was shown, ``way`` how: tray, bus, "" for not at all."""

    def __init__(self, window: QWidget, tray: Tray) -> None:
        self._window, self._tray = window, tray
        self.last = Words("", "")
        self.way = ""

    def show(self, said: Words, *, is_critical: bool) -> None:
        """Show it once; nothing waits for an answer."""
        self.last, self.way = said, self._show(said, is_critical)
        if not self._window.isActiveWindow():
            QApplication.alert(self._window)

    def _show(self, said: Words, is_critical: bool) -> str:
        if self._tray.is_shown and QSystemTrayIcon.supportsMessages():
            kind = QSystemTrayIcon.MessageIcon
            icon = kind.Warning if is_critical else kind.Information
            self._tray.icon.showMessage(said.title, said.body, icon, SHOWN_MS)
            return "tray"
        if sys.platform == "linux" and _has_bus() and _post(said, is_critical):
            return "bus"
        return ""


def _has_bus() -> bool:
    """A session's bus runs already: asking for one that does not would start it. Without a screen nobody listens."""
    if QGuiApplication.platformName() == "offscreen":
        return False
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "bus"
    return "DBUS_SESSION_BUS_ADDRESS" in os.environ or socket.exists()


def _post(said: Words, is_critical: bool) -> bool:
    """Send it to the session's notification server. Returns whether there is a bus to send it on."""
    try:
        from PyQt6.QtDBus import QDBusArgument, QDBusConnection, QDBusMessage
    except ImportError:
        return False
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    message = QDBusMessage.createMethodCall(_SERVICE, _PATH, _SERVICE, "Notify")
    no_actions = QDBusArgument([], _id_of("QStringList"))
    new = QDBusArgument(0, _id_of("uint"))
    urgency = QDBusArgument(2 if is_critical else 1, _id_of("uchar"))
    hints = {"urgency": urgency, "desktop-entry": "quarterdeck"}
    message.setArguments(["Quarterdeck", new, "quarterdeck", said.title, said.body, no_actions, hints, SHOWN_MS])
    return bus.send(message)


def _id_of(type_name: str) -> int:
    """Qt's number of a type: D-Bus tells a byte, an int and an unsigned int apart, Python does not."""
    return QMetaType.fromName(type_name.encode()).id()
