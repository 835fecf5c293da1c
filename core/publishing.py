"""Snapshots on their way out: made of the book when something changed, told to subscribers and to who waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.book import PositionBook
from core.model import Snapshot

# Snapshots follow the first event at once and then at most this often: nobody paints faster.
EVERY_S = 0.004

Predicate = Callable[[Snapshot], bool]


class Publisher:
    """Publishes a book's snapshots. ``snapshot`` may be read from any thread; everything else is for the loop.

    Args:
        tell: called with each snapshot, before those who wait for one.
    """

    def __init__(self, book: PositionBook, tell: Callable[[Snapshot], None]) -> None:
        self._book = book
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Predicate, asyncio.Future[Snapshot]]] = []
        self._due: asyncio.TimerHandle | None = None
        self._published_mono = self._due_mono = self._rest_until = 0.0
        self.snapshot = book.snapshot()

    def soon(self, *, may_rest: bool = False) -> None:
        """Publish within a few milliseconds, once for all that happens until then.

        Args:
            may_rest: it is for eyes only, such as a price, and waits until they look (see :meth:`rest`).
        """
        at = self._published_mono + EVERY_S
        if may_rest:
            at = max(at, self._rest_until)
        if self._due is not None and self._due_mono <= at:
            return
        self.stop()
        wait = at - self._loop.time()
        if wait <= 0:
            self.now()
        else:
            self._due, self._due_mono = self._loop.call_later(wait, self.now), at

    def rest(self, seconds: float) -> None:
        """Nobody looks for so long: what may rest from here on is published after it, in one."""
        self._rest_until = self._loop.time() + seconds

    def now(self) -> None:
        """Publish."""
        self.stop()
        self._published_mono = self._loop.time()
        self.snapshot = self._book.snapshot()
        self._tell(self.snapshot)
        for predicate, future in list(self._waiting):
            if not future.done():
                self._answer(predicate, future)

    def _answer(self, predicate: Predicate, future: asyncio.Future[Snapshot]) -> None:
        try:
            fits = predicate(self.snapshot)
        except Exception as error:  # noqa: BLE001 - handed to the waiter
            # The waiter's own mistake must reach the waiter, and stop nobody else.
            future.set_exception(error)
        else:
            if fits:
                future.set_result(self.snapshot)

    def stop(self) -> None:
        """Forget what was to be published soon."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    async def until(self, predicate: Predicate, timeout_s: float | None) -> Snapshot:
        """Wait for a published snapshot that fits; the present one counts. None waits without end.

        Raises:
            TimeoutError: none did in time.
        """
        if predicate(self.snapshot):
            return self.snapshot
        future: asyncio.Future[Snapshot] = self._loop.create_future()
        entry = (predicate, future)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        finally:
            self._waiting.remove(entry)
