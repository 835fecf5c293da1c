"""The ways to the exchange, and what holds requests back. Frozen; see the package for units."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct


class Link(Struct, frozen=True, kw_only=True):
    """One way to the exchange: ``rest``, ``private`` or ``tickers``.

    ``state``: connecting, live, idle (tickers with nothing open), lost, refused (key or permission).
    """

    name: str
    state: str = "connecting"
    since_ms: int = 0
    last_mono: float = 0.0
    latency_ms: int | None = None
    detail: str = ""


class Hold(NamedTuple):
    """REST requests of a kind are held back until a moment of the monotonic clock: what a countdown counts to.

    ``name``: ``all`` (after a ban; ``reason`` ip_banned or region_blocked), or a class whose requests only fail
    (private_read, public_read, write; ``reason`` breaker_open), of which one is then let through as a probe.
    """

    name: str
    reason: str
    until_mono: float


class Halt(NamedTuple):
    """The exchange refused commands on a contract as such, with this code: since when, and when it did so last."""

    ret_code: int
    since_ms: int
    last_mono: float


REQUESTS_MOST_PER_S = 20  # the desk's own ceiling; Bybit allows 120 per address


class Links(Struct, frozen=True, kw_only=True):
    """All ways to the exchange, and when the book last agreed with it in full.

    ``halts``: (category, symbol) of contracts on which the exchange takes no commands now (core.halts).
    """

    rest: Link = Link(name="rest")
    private: Link = Link(name="private")
    tickers: Link = Link(name="tickers")
    reconciled_ms: int | None = None
    reconciled_mono: float | None = None
    clock_offset_ms: int | None = None
    requests_per_s: int = 0
    requests_most_per_s: int = REQUESTS_MOST_PER_S
    frames_refused: int = 0
    holds: tuple[Hold, ...] = ()
    halts: Mapping[tuple[str, str], Halt] = MappingProxyType({})

    @property
    def is_live(self) -> bool:
        """Every way is open and a full baseline has been taken."""
        return all(link.state in {"live", "idle"} for link in (self.rest, self.private, self.tickers)) and (
            self.reconciled_ms is not None
        )

    def exchange_ms(self, now_ms: int) -> int:
        """The exchange's time at a time of this computer's clock; the same time while nobody has measured it."""
        return now_ms + (self.clock_offset_ms or 0)
