"""How the account's equity has changed today (UTC): since midnight where that was seen, else since the first look.

Bybit tells no equity of the past, so what it was at midnight is only known to a desk that was running then, in this run
or in one before. Transfers are in it: they change the equity too.
"""

from __future__ import annotations

from bisect import bisect_left
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model import EquityPoint, Snapshot

_DAY_MS: Final = 86_400_000
# A figure so soon after midnight stands for the one at midnight.
_CLOSE_MS: Final = 15 * 60_000


class DayChange(NamedTuple):
    """The change, and since when. ``is_whole_day``: since midnight, as near as the desk looked."""

    amount: Decimal
    pct: Decimal
    since_ms: int
    equity_then: Decimal
    is_whole_day: bool


def of(snapshot: Snapshot) -> DayChange | None:
    """Today's change; None while there is no equity, nothing to compare it with, or that was nothing."""
    base = _base(snapshot.day_start, snapshot.equity_curve, snapshot.as_of_ms)
    if snapshot.equity is None or base is None or not base.equity:
        return None
    amount = snapshot.equity - base.equity
    midnight = snapshot.as_of_ms // _DAY_MS * _DAY_MS
    is_whole_day = base.ts_ms - midnight <= _CLOSE_MS
    return DayChange(amount, amount / abs(base.equity) * 100, base.ts_ms, base.equity, is_whole_day)


def _base(known: EquityPoint | None, curve: Sequence[EquityPoint], now_ms: int) -> EquityPoint | None:
    """The first figure of the day: the one that is known as such, else the first of this run."""
    midnight = now_ms // _DAY_MS * _DAY_MS
    if known is not None and known.ts_ms >= midnight:
        return known
    at = bisect_left(curve, midnight, key=lambda point: point.ts_ms)
    return curve[at] if at < len(curve) else None
