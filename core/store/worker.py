"""One thread that owns the database. Jobs go in, futures come out; the journal overtakes everything that waits."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any, TypeVar

from core.errors import StoreError

# A disk that hangs must not fill the memory.
MAX_WAITING = 10_000
T = TypeVar("T")


class Lane(IntEnum):
    """Whose turn it is: the lowest lane with a job. CONTROL is never held and always has room."""

    CONTROL = 0
    JOURNAL = 1
    WRITE = 2
    READ = 3


_HELD = (Lane.JOURNAL, Lane.WRITE)


class Worker:
    """A thread with four lanes, first in first out within each. Ends when closed and empty, or with the process."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._lanes: dict[Lane, deque[tuple[Callable[[], Any], Future[Any]]]] = {lane: deque() for lane in Lane}
        self._is_holding = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, lane: Lane, job: Callable[[], T]) -> Future[T]:
        """Queue a job; from any thread.

        Raises:
            StoreError: ``store_closed``, or ``store_overloaded`` when too much waits already.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._is_closed:
                raise StoreError("store_closed")
            if lane is not Lane.CONTROL and sum(map(len, self._lanes.values())) >= MAX_WAITING:
                raise StoreError("store_overloaded", waiting=MAX_WAITING)
            self._lanes[lane].append((job, future))
            self._changed.notify()
        return future

    async def do(self, lane: Lane, job: Callable[[], T]) -> T:
        """Queue a job and wait for its result without blocking the loop."""
        return await asyncio.wrap_future(self.submit(lane, job))

    def hold(self) -> None:
        """Let writes wait until ``release``; reads go on."""
        with self._changed:
            self._is_holding = True

    def release(self) -> None:
        """Let writes go on."""
        with self._changed:
            self._is_holding = False
            self._changed.notify()

    def close(self) -> None:
        """Take no more jobs; the thread ends after those that wait, held ones included."""
        with self._changed:
            self._is_closed = True
            self._is_holding = False
            self._changed.notify()

    def join(self, timeout_s: float | None = None) -> None:
        """Wait for the thread to end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (entry := self._next()) is not None:
            job, future = entry
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is the caller's, who gets it from the future
                future.set_exception(error)

    def _next(self) -> tuple[Callable[[], Any], Future[Any]] | None:
        """The next job, or None when there will be no more."""
        with self._changed:
            while True:
                for lane, jobs in self._lanes.items():
                    if jobs and not (self._is_holding and lane in _HELD):
                        return jobs.popleft()
                if self._is_closed:
                    return None
                self._changed.wait()
