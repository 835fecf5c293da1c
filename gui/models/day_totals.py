"""Net results per UTC day, from the closed trades of the session: as many days as there is history in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.analytics.period_report import DayTotal
    from core.model import ClosedTrade

_DAY_MS: Final = 86_400_000
_SHOWN: Final = 30
_MOST: Final = 2_000
_USD_COINS: Final = frozenset({"USDT", "USDC"})


def of_trades(newest_first: Iterable[ClosedTrade]) -> list[float]:
    """The last 30 days up to the newest trade, oldest first; a day without trades is 0. For pixels."""
    totals: dict[int, float] = {}
    newest = None
    for trade in newest_first:
        day = trade.closed_ms // _DAY_MS
        newest = day if newest is None else newest
        if day <= newest - _SHOWN:
            break
        if trade.net_pnl is not None and trade.settle_coin in _USD_COINS:
            totals[day] = totals.get(day, 0.0) + float(trade.net_pnl)
    return _filled(totals, newest)


def of_days(days: Iterable[DayTotal]) -> list[float]:
    """The days of a report, oldest first; a day without trades is 0; at most as many as a screen could show."""
    totals = {day.day: float(day.net_pnl) for day in days}
    newest = max(totals, default=None)
    recent = {day: net for day, net in totals.items() if newest is not None and day > newest - _MOST}
    return _filled(recent, newest)


def _filled(totals: dict[int, float], newest: int | None) -> list[float]:
    if newest is None or not totals:
        return []
    return [totals.get(day, 0.0) for day in range(min(totals), newest + 1)]
