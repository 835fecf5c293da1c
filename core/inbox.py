"""Facts on their way to the book: put in from any thread, taken out by its one consumer. Order is kept per thread."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from core.events import Event


class Inbox:
    """A queue of the running loop's that other threads may put into without waiting."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._posted: deque[Event] = deque()
        self._is_woken = False

    def put(self, event: Event) -> None:
        """Add one; from any thread."""
        if threading.get_ident() == self._thread:
            self._queue.put_nowait(event)
            return
        self._posted.append(event)
        # One wake-up for all that waits: each costs a system call, and with it the interpreter's turn.
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._take_posted)

    def _take_posted(self) -> None:
        # First: who puts something in from here on has to wake the loop again.
        self._is_woken = False
        while self._posted:
            self._queue.put_nowait(self._posted.popleft())

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self._queue.empty()

    async def get(self) -> Event:
        """The next one; ``done`` is to be called when it has been applied."""
        return await self._queue.get()

    def done(self) -> None:
        """The event that was got last has been applied."""
        self._queue.task_done()

    async def apply(self, *events: Event) -> None:
        """Add these, and wait until everything put in so far has been applied; on the loop."""
        for event in events:
            self._queue.put_nowait(event)
        await self._queue.join()
