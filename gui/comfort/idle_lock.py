"""Trading is locked when nobody has touched the desk for a while. It only locks; a person unlocks in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QGuiApplication, QWindow

if TYPE_CHECKING:
    from core.clock import Clock

DEFAULT_MIN: Final = 15
_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleLock(QObject):
    """Watches the windows' input. A filter on windows sees little; one on the application would see every event.

    Args:
        lock: called once, when ``minutes`` have passed without input; again only after somebody came back.
        minutes: 0 for never.
    """

    def __init__(
        self, clock: Clock, lock: Callable[[], None], minutes: int = DEFAULT_MIN, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock, self._lock = clock, lock
        self.minutes = minutes
        self._touched = clock.monotonic()
        self._is_done = False
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self.watch)

    def watch(self, window: QWindow | None) -> None:
        """Take this window's input for a sign of life, too. A window that comes to the front is one."""
        if window is not None:
            window.removeEventFilter(self)  # once is enough
            window.installEventFilter(self)
            self.touch()

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._clock.monotonic()
        self._is_done = False

    def look(self) -> None:
        """Once a second: has it been long enough?"""
        idle_s = self._clock.monotonic() - self._touched
        if self.minutes and not self._is_done and idle_s >= self.minutes * 60:
            self._is_done = True
            self._lock()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Note input; keep nothing from anybody."""
        if event is not None and event.type() in _TOUCHES:
            self.touch()
        return False
