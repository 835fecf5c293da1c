"""Bybit's request limits: per address over everything, and per account and endpoint over one second.

Counts and refuses; the texts, codes and headers are Bybit's. Time is the exchange's, in ms, and is passed in.
"""

from collections import deque

from core.paper.messages import Answer, Problem

IP_LIMIT = 600
IP_SPAN_MS = 5_000
BAN_MS = 600_000
SOCKET_LIMIT = 500
SOCKET_SPAN_MS = 300_000
BAN_TEXT = b"access too frequent"


class RollingWindow:
    """At most ``limit`` events in any ``span_ms``."""

    def __init__(self, limit: int, span_ms: int) -> None:
        self.limit = limit
        self._span_ms = span_ms
        self._times: deque[int] = deque()

    def take(self, now_ms: int) -> bool:
        """Count one event if there is room; otherwise change nothing and say no."""
        self._forget(now_ms)
        if len(self._times) >= self.limit:
            return False
        self._times.append(now_ms)
        return True

    def left(self, now_ms: int) -> int:
        """How many more fit right now."""
        self._forget(now_ms)
        return self.limit - len(self._times)

    def reset_ms(self, now_ms: int) -> int:
        """When there is room again; ``now_ms`` if there is some."""
        if self.left(now_ms) > 0:
            return now_ms
        return self._times[0] + self._span_ms

    def _forget(self, now_ms: int) -> None:
        while self._times and self._times[0] <= now_ms - self._span_ms:
            self._times.popleft()


class Limits:
    """All windows of one exchange. ``enabled`` False lets everything pass but still counts and reports."""

    def __init__(self) -> None:
        self.enabled = True
        self.banned_until_ms = 0
        self.refused_while_banned = 0
        self._address = RollingWindow(IP_LIMIT, IP_SPAN_MS)
        self._sockets = RollingWindow(SOCKET_LIMIT, SOCKET_SPAN_MS)
        self._endpoints: dict[str, RollingWindow] = {}

    def ban(self, now_ms: int, for_ms: int = BAN_MS) -> None:
        """Refuse every HTTP request with 403 for a while, as Bybit does with an address that asks too often."""
        self.banned_until_ms = now_ms + for_ms

    def unban(self) -> None:
        """End a ban at once."""
        self.banned_until_ms = 0

    def check_address(self, now_ms: int) -> Answer | None:
        """Count one request of this machine; the 403 answer if it is banned or has just earned a ban."""
        if now_ms < self.banned_until_ms:
            self.refused_while_banned += 1
            return ban_answer()
        if self._address.take(now_ms) or not self.enabled:
            return None
        self.ban(now_ms)
        return ban_answer()

    def check_socket(self, now_ms: int) -> bool:
        """Count one new WebSocket; False beyond 500 in 5 minutes."""
        return self._sockets.take(now_ms) or not self.enabled

    def check_endpoint(self, name: str, per_second: int, now_ms: int) -> None:
        """Count one request of this account.

        Raises:
            Problem: 10006.
        """
        window = self._window(name, per_second)
        if not window.take(now_ms) and self.enabled:
            raise Problem(10006, "Too many visits! Exceeded the API Rate Limit.")

    def headers(self, name: str, per_second: int | None, now_ms: int) -> dict[str, str]:
        """The ``X-Bapi-Limit*`` headers; market data is only limited by address."""
        window = self._address if per_second is None else self._window(name, per_second)
        return {
            "X-Bapi-Limit": str(window.limit),
            "X-Bapi-Limit-Status": str(max(0, window.left(now_ms))),
            "X-Bapi-Limit-Reset-Timestamp": str(window.reset_ms(now_ms)),
        }

    def _window(self, name: str, per_second: int) -> RollingWindow:
        return self._endpoints.setdefault(name, RollingWindow(per_second, 1_000))


def ban_answer() -> Answer:
    """The 403 of a banned address; its exact body is not recorded anywhere, the words are Bybit's documentation's."""
    return Answer(status=403, raw=BAN_TEXT, content_type="text/plain; charset=utf-8")
