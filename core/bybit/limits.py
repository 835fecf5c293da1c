"""Our own rate limiter (skeleton)."""

from __future__ import annotations

from core.clock import Clock


class Limiter:
    """Shared by all REST calls of one account."""

    silent_until_mono: float  # 0.0 when HTTP may speak; after a 403 the moment when it may again
    silent_reason: str  # "", "ip_banned" or "region_blocked"
    requests_per_s: int
    latency_ms: int | None

    def __init__(self, clock: Clock) -> None:
        self.silent_until_mono = 0.0
        self.silent_reason = ""
        self.requests_per_s = 0
        self.latency_ms = None
