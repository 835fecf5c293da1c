"""Who is told what: callbacks by kind. One that fails is counted and shown, and stops nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from core.errors import BadValue
from core.model import AuditEvent, Snapshot

log = logging.getLogger(__name__)

Callback = Callable[[Any], None]

SNAPSHOT, NOTICE = "snapshot", "notice"
KINDS = frozenset({SNAPSHOT, NOTICE, "opened", "changed", "partial_exit", "closed", "discrepancy", "link"})
_KIND_BY_CODE = {
    "position_opened": "opened",
    "position_changed": "changed",
    "position_flipped": "changed",
    "leverage_changed": "changed",
    "partial_exit": "partial_exit",
    "position_closed": "closed",
    "executions_differ": "discrepancy",
    "link_lost": "link",
    "link_back": "link",
    "tickers_lost": "link",
}


class Subscribers:
    """Callbacks, called on the loop in the order in which things happened. ``add`` may be called from any thread.

    Args:
        on_failure: told (kind, name of the callback) when one fails for the first time.
    """

    def __init__(self, on_failure: Callable[[str, str], None]) -> None:
        self._callbacks: dict[str, list[Callback]] = {kind: [] for kind in KINDS}
        self._on_failure = on_failure
        self._failed: set[tuple[str, str]] = set()
        self.failures = 0

    def add(self, kind: str, callback: Callback) -> Callable[[], None]:
        """Subscribe; returns what ends it, which may be called twice.

        Raises:
            BadValue: unknown kind.
        """
        if kind not in KINDS:
            raise BadValue("unknown_kind", field="kind", value=kind)
        callbacks = self._callbacks[kind]
        callbacks.append(callback)

        has_ended = False

        def end() -> None:
            nonlocal has_ended
            if not has_ended:
                has_ended = True
                callbacks.remove(callback)

        return end

    def tell_snapshot(self, snapshot: Snapshot) -> None:
        """A new snapshot is published."""
        self._tell(SNAPSHOT, snapshot)

    def tell_line(self, line: AuditEvent) -> None:
        """Something happened: tell those who hear everything, then those who asked for its kind."""
        self._tell(NOTICE, line)
        kind = "discrepancy" if line.code.startswith("discrepancy_") else _KIND_BY_CODE.get(line.code)
        if kind:
            self._tell(kind, line)

    def _tell(self, kind: str, value: object) -> None:
        for callback in list(self._callbacks[kind]):
            try:
                callback(value)
            except Exception:
                self.failures += 1
                log.exception("a %s subscriber failed", kind)
                self._report(kind, getattr(callback, "__qualname__", type(callback).__name__))

    def _report(self, kind: str, name: str) -> None:
        """Once for each: a callback that fails at every snapshot would fill the trail."""
        if (kind, name) not in self._failed:
            self._failed.add((kind, name))
            self._on_failure(kind, name)
