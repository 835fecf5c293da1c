"""A read that repeats for as long as the account is followed, and sooner when something calls for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from core.errors import AppError, AuthFailed, RateLimited

# Never shorter than this, whatever an error asks for.
LEAST_WAIT_S = 0.05


class Poll:
    """One repeated read.

    Args:
        work: the read; what it raises is its own to show, except AuthFailed, which ends the poll.
        every_s: seconds between two reads.
        retry_s: seconds after one that failed, unless the error says when to come again.
    """

    def __init__(self, work: Callable[[], Awaitable[object]], every_s: float, retry_s: float) -> None:
        self._work = work
        self._every_s = every_s
        self._retry_s = min(every_s, retry_s)
        self._wanted = asyncio.Event()

    def set_pace(self, every_s: float, retry_s: float) -> None:
        """Repeat at another pace, beginning with a read now; the same pace changes nothing."""
        if every_s != self._every_s:
            self._every_s = every_s
            self.nudge()
        self._retry_s = min(every_s, retry_s)

    def nudge(self) -> None:
        """Read as soon as possible."""
        self._wanted.set()

    async def run(self) -> None:
        """Repeat until cancelled.

        Raises:
            AuthFailed: the key is refused; asking again changes nothing.
        """
        wait_s = self._every_s
        while True:
            await self._wait(wait_s)
            try:
                await self._work()
                wait_s = self._every_s
            except AuthFailed:
                raise
            except AppError as error:
                wait_s = self._wait_after(error)

    def _wait_after(self, error: AppError) -> float:
        """Soon, and where the error names a time, then."""
        if isinstance(error, RateLimited):
            return max(LEAST_WAIT_S, min(self._every_s, error.retry_ms / 1000))
        return self._retry_s

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass
        self._wanted.clear()
