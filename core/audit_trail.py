"""The audit trail as it is shown: the newest lines, and everybody told of each. All of them are in the store."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

from core.clock import Clock
from core.command_trail import Line
from core.model import AuditEvent, PositionKey

SHOWN = 1_000


class AuditTrail:
    """``lines``: newest first. ``revision`` moves with each.

    Args:
        on_line: is told of every line as it is entered.
    """

    def __init__(self, clock: Clock, on_line: Callable[[AuditEvent], None]) -> None:
        self._clock = clock
        self._on_line = on_line
        self.lines: deque[AuditEvent] = deque(maxlen=SHOWN)
        self.revision = 0

    def note(self, code: str, severity: str = "info", key: PositionKey | None = None, **details: Any) -> None:
        """Enter a line, now."""
        shown = MappingProxyType(details)
        self.enter(AuditEvent(ts_ms=self._clock.now_ms(), code=code, severity=severity, key=key, details=shown))

    def note_all(self, lines: Iterable[Line], key: PositionKey) -> None:
        """Enter what is said about a position."""
        for line in lines:
            self.note(line.code, line.severity, key, **line.details)

    def enter(self, line: AuditEvent) -> None:
        """Enter a line that somebody else wrote."""
        self.lines.appendleft(line)
        self.revision += 1
        self._on_line(line)
