"""An asyncio loop and a clock whose time jumps: waiting costs nothing, and the same seed gives the same run."""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any

START_MS = 1_700_000_000_000


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
        if timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled")
        if timeout > 0:
            self.loop.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time moves only when everything that could run has run."""

    def __init__(self) -> None:
        selector = _Selector()
        self.now = 0.0
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.now

    def _make_self_pipe(self) -> None: ...

    def _close_self_pipe(self) -> None: ...

    def _process_events(self, event_list: list[Any]) -> None: ...


class VirtualClock:
    """The loop's time as wall clock and monotonic clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now_ms(self) -> int:
        """UTC, milliseconds."""
        return START_MS + int(self._loop.now * 1000)

    def monotonic(self) -> float:
        """Seconds since the loop's start."""
        return self._loop.now
