"""An asyncio loop and a clock whose time jumps: an hour of timers runs in the time its callbacks take.

Nothing is ever read from a descriptor, and no thread is waited for while timers are set.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Mapping
from typing import Any

START_MS = 1_700_000_000_000
# How long the loop waits for a thread when it has nothing else to do, in real seconds, before that is a deadlock.
PATIENCE_S = 1.0


class Deadlock(RuntimeError):
    """Nothing is scheduled: the program would wait for ever."""


class _Selector(selectors.BaseSelector):
    """Never ready: to wait is to move the clock."""

    def __init__(self) -> None:
        self.loop: VirtualLoop | None = None

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        raise NotImplementedError("nothing real may be waited for in a simulation")

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        raise NotImplementedError("nothing was registered")

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}

    def select(self, timeout: float | None = None) -> list[Any]:
        assert self.loop is not None
        self.loop.pass_time(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """See the module. ``now``: virtual seconds since the start; moves only when everything that could run has run."""

    def __init__(self) -> None:
        self.now = 0.0
        self._woken = threading.Event()
        selector = _Selector()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.now

    def jump(self, seconds: float) -> None:
        """Let time pass without running anything: what a suspended process lives through."""
        self.now += seconds

    def pass_time(self, timeout: float | None) -> None:
        """What the loop does when nothing is ready: jump to the next timer, or wait for a thread."""
        if timeout is not None and timeout <= 0:
            return
        if timeout is not None:
            self.now += timeout
            return
        if not self._woken.wait(PATIENCE_S):
            raise Deadlock("nothing is scheduled")
        self._woken.clear()

    def _write_to_self(self) -> None:
        self._woken.set()

    def _make_self_pipe(self) -> None:
        """No pipe: threads set a flag."""

    def _close_self_pipe(self) -> None:
        """There is none."""


class VirtualClock:
    """The loop's time as wall clock and monotonic clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._start_ms = START_MS

    def set_back(self, seconds: int) -> None:
        """Somebody sets the wall clock."""
        self._start_ms -= seconds * 1000

    def now_ms(self) -> int:
        """UTC, milliseconds."""
        return self._start_ms + int(self._loop.now * 1000)

    def monotonic(self) -> float:
        """Seconds since the loop's start."""
        return self._loop.now
