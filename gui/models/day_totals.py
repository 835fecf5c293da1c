"""Net results per UTC day, from the closed trades of the session: as many days as there is history in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from gui.models.sums import DOLLARS

if TYPE_CHECKING:
    from core.analytics.period_report import DayTotal
    from core.model import ClosedTrade

_DAY_MS: Final = 86_400_000
_SHOWN: Final = 30
_MOST: Final = 2_000


class Day(NamedTuple):
    """A UTC day, counted from 1970-01-01: trades closed in it, and what they brought in USD-like coins."""

    day: int
    trades: int = 0
    net_pnl: Decimal = Decimal(0)


def of_trades(newest_first: Iterable[ClosedTrade]) -> list[Day]:
    """The last 30 days up to the newest trade, oldest first; a day without trades is there with nothing."""
    totals: dict[int, Day] = {}
    newest = None
    for trade in newest_first:
        day = trade.closed_ms // _DAY_MS
        newest = day if newest is None else newest
        if day <= newest - _SHOWN:
            break
        is_money = trade.net_pnl is not None and trade.settle_coin in DOLLARS
        before = totals.get(day, Day(day))
        totals[day] = Day(day, before.trades + 1, before.net_pnl + (trade.net_pnl or 0 if is_money else 0))
    return _filled(totals, newest)


def of_days(days: Iterable[DayTotal]) -> list[Day]:
    """The days of a report, oldest first; a day without trades is there; at most as many as a screen could show."""
    totals = {day.day: Day(day.day, day.trades, day.net_pnl) for day in days}
    newest = max(totals, default=None)
    recent = {day: total for day, total in totals.items() if newest is not None and day > newest - _MOST}
    return _filled(recent, newest)


def _filled(totals: dict[int, Day], newest: int | None) -> list[Day]:
    if newest is None or not totals:
        return []
    return [totals.get(day, Day(day)) for day in range(min(totals), newest + 1)]
