"""Circuit breakers: stop asking what only fails, and find out soon that it is back. Sends nothing itself.

One breaker per class of endpoints: private reads, public reads, writes. It opens after five failures in a row and then
lets one probe through at a time. A write never waits for the time of a probe, because it is the probe: nothing stands
between the operator and a close. Not to be confused with silence after a ban (core.bybit.limits), which nothing passes.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from core.clock import Clock
from core.errors import AppError, OutcomeUnknown, RateLimited, Unreachable
from core.model import Hold

PRIVATE_READ, PUBLIC_READ, WRITE = "private_read", "public_read", "write"
TRIPS_AFTER = 5
# Seconds from opening to the first probe, from that to the second, and so on; the last one repeats.
PROBES_S = (5.0, 10.0, 20.0, 40.0, 60.0)
# The book lives on these reads, and has to equal the exchange within 10 s of the end of an outage.
PRIVATE_PROBES_S = (5.0, 8.0)
# As long as this an operator's click may wait for the probe before it; an older intent is not sent any more.
TURN_S = 5.0
# Whoever comes while a probe is under way asks again after this.
AGAIN_S = 0.5
# Answers that say nothing about the health of the endpoint: it works, and asks for something else.
_HEALTHY = frozenset({"clock_skew", "exists"})


def is_outage(error: AppError) -> bool:
    """Whether an error says that the endpoint does not work: no answer, an error page, not Bybit's format, busy."""
    return isinstance(error, Unreachable | OutcomeUnknown) and error.code not in _HEALTHY


class Breaker:
    """The breaker of one class. ``probes_s`` are the waits between probes."""

    def __init__(self, name: str, clock: Clock, probes_s: tuple[float, ...] = PROBES_S) -> None:
        self.name = name
        self._clock = clock
        self._probes_s = probes_s
        self._failures = 0
        self._probes_failed = 0
        self._cause = ""
        self._due_mono: float | None = None
        self._is_probing = False
        self._turn = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether requests are held back, but for probes."""
        return self._due_mono is not None

    @property
    def due_mono(self) -> float | None:
        """When the next probe may leave; None while closed."""
        return self._due_mono

    def check(self, path: str, *, is_urgent: bool = False) -> None:
        """Let a request pass, or a probe of an open breaker.

        Args:
            is_urgent: somebody waits for it: it may probe before the time, and beside another probe.
        Raises:
            RateLimited: ``breaker_open``, with the ``cause`` that opened it; nothing may be sent.
        """
        if self._due_mono is None:
            return
        wait_s = 0.0 if is_urgent else self._due_mono - self._clock.monotonic()
        if self._is_probing and not is_urgent:
            wait_s = max(wait_s, AGAIN_S)
        if wait_s > 0:
            raise RateLimited("breaker_open", math.ceil(wait_s * 1000), path=path, cause=self._cause)

    @contextmanager
    def attempt(self, path: str, *, is_urgent: bool = False) -> Iterator[None]:
        """Around one request: learns from how it ends.

        Raises:
            RateLimited: ``breaker_open``, as ``check``.
        """
        self.check(path, is_urgent=is_urgent)
        is_probe = self._is_probing = self.is_open
        try:
            yield
        except AppError as error:
            if is_outage(error):
                self._failed(error, is_probe=is_probe)
            else:
                self._worked()
            raise
        else:
            self._worked()
        finally:
            if is_probe:
                self._is_probing = False

    @asynccontextmanager
    async def turn(self, path: str) -> AsyncIterator[None]:
        """Around a write: while the breaker is open they go one by one, each a probe, none refused for the time.

        Raises:
            RateLimited: ``breaker_open``, the write before it takes too long; nothing was sent.
        """
        if not self.is_open:
            yield
            return
        try:
            async with asyncio.timeout(TURN_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise RateLimited("breaker_open", int(TURN_S * 1000), path=path) from error
        try:
            yield
        finally:
            self._turn.release()

    def probe_now(self) -> None:
        """Something else says that the exchange is back: do not wait any longer."""
        if self._due_mono is not None:
            self._due_mono = min(self._due_mono, self._clock.monotonic())

    def _worked(self) -> None:
        self._failures = self._probes_failed = 0
        self._due_mono = None

    def _failed(self, error: AppError, *, is_probe: bool) -> None:
        """One that left before the breaker opened and fails after it says nothing new."""
        self._cause = error.code
        if self.is_open and not is_probe:
            return
        self._failures += 1
        if self._failures < TRIPS_AFTER:
            return
        wait_s = self._probes_s[min(self._probes_failed, len(self._probes_s) - 1)]
        self._probes_failed += 1
        self._due_mono = self._clock.monotonic() + wait_s


class Breakers:
    """The breakers of one account. When one closes again, the others probe at once: the outage is over."""

    def __init__(self, clock: Clock, probes_s: tuple[float, ...] | None = None) -> None:
        self._private = Breaker(PRIVATE_READ, clock, probes_s or PRIVATE_PROBES_S)
        self._public = Breaker(PUBLIC_READ, clock, probes_s or PROBES_S)
        self.write = Breaker(WRITE, clock, probes_s or PROBES_S)
        self._all = (self._private, self._public, self.write)

    def reads(self, *, is_private: bool) -> Breaker:
        """The breaker of a class of reads."""
        return self._private if is_private else self._public

    @contextmanager
    def attempt(self, breaker: Breaker, path: str, *, is_urgent: bool = False) -> Iterator[None]:
        """As ``Breaker.attempt``, telling the others when the breaker closes."""
        was_open = breaker.is_open
        try:
            with breaker.attempt(path, is_urgent=is_urgent):
                yield
        finally:
            if was_open and not breaker.is_open:
                self.probe_now()

    def probe_now(self) -> None:
        """The exchange was heard of by another way."""
        for breaker in self._all:
            breaker.probe_now()

    def holds(self) -> tuple[Hold, ...]:
        """The classes held back now, for who shows it."""
        return tuple(Hold(b.name, "breaker_open", b.due_mono) for b in self._all if b.due_mono is not None)
