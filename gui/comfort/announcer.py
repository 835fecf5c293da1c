"""When to say what: a rate limit that merges, and patience with closes that are told twice. Pure; time comes in.

The first happening is said at once. What follows within ``GAP_S`` is kept and said together, the most urgent first. A
close whose result is still on its way waits ``PATIENCE_S`` for it, so that it is said once, with its reason.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, NamedTuple

from gui.comfort.kinds import Kind, kind_of

if TYPE_CHECKING:
    from core.model import AuditEvent

GAP_S: Final = 5.0
PATIENCE_S: Final = 3.0
# The result may come first: a proof of the same close within so many seconds is no second one.
SETTLED_S: Final = 10.0
# More than these are only counted.
MOST_KEPT: Final = 200


class Happening(NamedTuple):
    """A line of the audit trail and what kind of announcement it is."""

    kind: Kind
    line: AuditEvent


class Merged(NamedTuple):
    """What is said together: the most urgent happening, others worth a line, and how many more there were."""

    first: Happening
    others: tuple[Happening, ...] = ()
    more: int = 0


class Announcer:
    """Collects happenings; ``take`` gives what is due.

    ``lines`` is how many happenings one announcement names; ``wanted`` the kinds that are announced at all.
    """

    def __init__(self, lines: int = 3) -> None:
        self._lines = lines
        self.wanted: frozenset[str] = frozenset()
        self._waiting: list[Happening] = []
        self._dropped = 0
        self._quiet_until = 0.0
        self._unproven: dict[Hashable, tuple[float, Happening]] = {}
        self._settled: dict[Hashable, float] = {}

    def add(self, line: AuditEvent, now: float) -> None:
        """Take note of a line, if it is of a kind that is announced."""
        kind = kind_of(line)
        if kind is None:
            return
        happening = Happening(kind, line)
        if line.code == "position_closed":
            if self._settled.pop(line.key, -SETTLED_S) <= now - SETTLED_S:
                self._unproven[line.key] = (now + PATIENCE_S, happening)
            return
        if line.code == "trade_closed" and self._unproven.pop(line.key, None) is None:
            self._settled[line.key] = now
        self._keep(happening)

    def _keep(self, happening: Happening) -> None:
        if happening.kind.name not in self.wanted:
            return
        if len(self._waiting) < MOST_KEPT:
            self._waiting.append(happening)
        else:
            self._dropped += 1

    def due_in(self, now: float) -> float | None:
        """Seconds until ``take`` has something to give; None while nothing waits."""
        times = [until for until, _ in self._unproven.values()]
        if self._waiting:
            times.append(now)
        return max(0.0, self._quiet_until - now, min(times) - now) if times else None

    def take(self, now: float) -> Merged | None:
        """What is to be said now, None for nothing. It is given once."""
        if now < self._quiet_until:
            return None
        for key in [key for key, (until, _) in self._unproven.items() if until <= now]:
            self._keep(self._unproven.pop(key)[1])
        if not self._waiting:
            return None
        # sorted() is stable: among equals the oldest comes first.
        ordered = sorted(self._waiting, key=lambda one: -one.kind.urgency)
        named, more = ordered[: self._lines], len(ordered[self._lines :]) + self._dropped
        self._waiting, self._dropped = [], 0
        self._settled = {key: at for key, at in self._settled.items() if at > now - SETTLED_S}
        self._quiet_until = now + GAP_S
        return Merged(named[0], tuple(named[1:]), more)
