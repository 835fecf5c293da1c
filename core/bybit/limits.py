"""When a request may leave: our ceiling, Bybit's headers, and silence after a ban. Sends nothing itself.

20 requests/s in all (Bybit allows 120 per address), of which a fifth is kept for writes; half of each endpoint's own
limit once a header told it. An idle limiter lets a lone call pass at once.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict, deque

from core.bybit.fields import header_number
from core.clock import Clock
from core.errors import RateLimited
from core.model import REQUESTS_MOST_PER_S, Hold

PER_SECOND: float = REQUESTS_MOST_PER_S
RESERVED_FOR_WRITES = 4.0
BAN_S = 600.0
_WINDOW_S = 1.0
_MAX_RESET_S = 10.0  # a reset further away than this is not believed, but taken for the end of a window
_MIN_SLEEP_S = 0.002  # qasync turns shorter sleeps into a busy loop


class Bucket:
    """Tokens that refill at ``rate`` per second up to ``rate``; may not be drawn below ``floor``."""

    def __init__(self, rate: float, now: float) -> None:
        self.rate = rate
        self._tokens = rate
        self._at = now

    def wait_s(self, now: float, floor: float = 0.0) -> float:
        """Seconds until one token may be taken."""
        self._tokens = min(self.rate, self._tokens + (now - self._at) * self.rate)
        self._at = now
        return max(0.0, (1.0 + floor - self._tokens) / self.rate)

    def take(self) -> None:
        """Take one token; only after ``wait_s`` said 0."""
        self._tokens -= 1.0


class _Endpoint:
    """What the headers of one endpoint taught us."""

    def __init__(self) -> None:
        self.bucket: Bucket | None = None
        self.blocked_until = 0.0


class Limiter:
    """Shared by all REST calls of one account. Must be used on one loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bucket = Bucket(PER_SECOND, clock.monotonic())
        self._endpoints: dict[str, _Endpoint] = {}
        self._turns: defaultdict[tuple[str, bool], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sent: deque[float] = deque(maxlen=1_000)
        self.silent_until_mono = 0.0
        self.silent_reason = ""
        self.latency_ms: int | None = None

    @property
    def requests_per_s(self) -> int:
        """Requests that left in the last second."""
        horizon = self._clock.monotonic() - _WINDOW_S
        while self._sent and self._sent[0] <= horizon:
            self._sent.popleft()
        return len(self._sent)

    async def acquire(self, path: str, *, is_write: bool) -> None:
        """Wait for the right to send one request; writes never queue behind reads.

        Args:
            is_write: a write, or a read that an operator's action waits for.
        Raises:
            RateLimited: HTTP has to be silent (code ``ip_banned`` or ``region_blocked``); nothing was sent.
        """
        # One queue per endpoint and lane: where one has to wait for its reset, the others go on.
        async with self._turns[path, is_write]:
            while True:
                wait = self._wait_s(path, is_write)
                if wait <= 0:
                    break
                await asyncio.sleep(max(_MIN_SLEEP_S, wait))
            self._take(path)

    def _wait_s(self, path: str, is_write: bool) -> float:
        now = self._clock.monotonic()
        if now < self.silent_until_mono:
            raise RateLimited(self.silent_reason, int((self.silent_until_mono - now) * 1000))
        wait = self._bucket.wait_s(now, 0.0 if is_write else RESERVED_FOR_WRITES)
        endpoint = self._endpoints.get(path)
        if endpoint is None:
            return wait
        own = endpoint.bucket.wait_s(now) if endpoint.bucket else 0.0
        return max(wait, own, endpoint.blocked_until - now)

    def _take(self, path: str) -> None:
        self._bucket.take()
        endpoint = self._endpoints.get(path)
        if endpoint is not None and endpoint.bucket is not None:
            endpoint.bucket.take()
        self._sent.append(self._clock.monotonic())

    def learn(self, path: str, limit: str, left: str, reset_in_s: float) -> None:
        """Take note of an answer's rate headers.

        Args:
            path: the endpoint.
            limit: X-Bapi-Limit, requests per second; anything but a number is ignored.
            left: X-Bapi-Limit-Status; ``"0"`` makes the next call wait for the reset.
            reset_in_s: seconds until X-Bapi-Limit-Reset-Timestamp; may be negative.
        """
        allowed = header_number(limit)
        if allowed is None:
            return
        endpoint = self._endpoints.setdefault(path, _Endpoint())
        rate = max(1.0, allowed / 2)
        if endpoint.bucket is None or endpoint.bucket.rate != rate:
            endpoint.bucket = Bucket(rate, self._clock.monotonic())
        if left == "0":
            self._block(endpoint, reset_in_s)

    def back_off(self, path: str, reset_in_s: float) -> int:
        """Bybit said 10006: hold this endpoint until the reset, plus jitter. Returns the wait in ms."""
        endpoint = self._endpoints.setdefault(path, _Endpoint())
        return int(self._block(endpoint, max(0.1, reset_in_s)) * 1000)

    def _block(self, endpoint: _Endpoint, reset_in_s: float) -> float:
        if reset_in_s <= 0:
            return 0.0
        jitter = random.uniform(0.0, 0.25)  # noqa: S311  # spreads instances apart, protects nothing
        wait = (reset_in_s if reset_in_s <= _MAX_RESET_S else _WINDOW_S) + jitter
        endpoint.blocked_until = max(endpoint.blocked_until, self._clock.monotonic() + wait)
        return wait

    def silence(self, reason: str) -> int:
        """Stop all HTTP for ten minutes (Bybit's rule after a 403). Returns the wait in ms."""
        self.silent_reason = reason
        self.silent_until_mono = self._clock.monotonic() + BAN_S
        return int(BAN_S * 1000)

    def holds(self) -> tuple[Hold, ...]:
        """The silence, while it lasts."""
        if self._clock.monotonic() >= self.silent_until_mono:
            return ()
        return (Hold("all", self.silent_reason, self.silent_until_mono),)

    def measured(self, latency_s: float) -> None:
        """Note how long an answer took; ``latency_ms`` is the newest."""
        self.latency_ms = round(latency_s * 1000)
