"""One period of closed trades in depth: its summary, its days, its symbols, and the running sum of results.

Trades are taken page by page and let go again, so that a period of a million trades needs no more room than one page.
They may come in any order of pages: sums are exact, and the deepest fall of a running sum is the same read backwards.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec import Struct

from core.analytics.metrics import USD_COINS, Tally
from core.model import ClosedTrade, SessionSummary
from core.money import EXACT, ZERO

DAY_MS: Final = 86_400_000
PERIODS: Final = ("start", "today", "7d", "30d", "all")
_MOST_POINTS: Final = 4_000


class DayTotal(NamedTuple):
    """Closed trades of one UTC day; ``day`` counts from 1970-01-01. ``net_pnl`` in USD-like coins."""

    day: int
    trades: int
    wins: int
    losses: int
    net_pnl: Decimal


class SymbolTotal(NamedTuple):
    """Closed trades of one symbol."""

    symbol: str
    summary: SessionSummary


class CurvePoint(NamedTuple):
    """The running sum of net results at one moment. For pixels: it is not used in any sum."""

    ts_ms: float
    total: float


class PeriodReport(Struct, frozen=True, kw_only=True):
    """What closed from ``since_ms`` on: days oldest first, symbols by net result, best first."""

    period: str
    since_ms: int
    summary: SessionSummary
    days: tuple[DayTotal, ...] = ()
    symbols: tuple[SymbolTotal, ...] = ()
    curve: tuple[CurvePoint, ...] = ()


def since_ms(period: str, now_ms: int, started_ms: int) -> int:
    """When a period begins. ``today`` and longer ones begin at midnight UTC; ``start`` when the desk did."""
    today = now_ms - now_ms % DAY_MS
    return {"start": started_ms, "today": today, "7d": now_ms - 7 * DAY_MS, "30d": today - 29 * DAY_MS}.get(period, 0)


class ReportBuilder:
    """Counts trades page by page, newest first; ``report`` says what came out."""

    def __init__(self, period: str, begins_ms: int) -> None:
        self._period, self._since_ms = period, begins_ms
        self._all = Tally()
        self._symbols: dict[str, Tally] = {}
        self._days: dict[int, list[int]] = {}
        self._day_net: dict[int, Decimal] = {}
        self._times, self._nets = array("d"), array("d")

    def add(self, newest_first: Iterable[ClosedTrade]) -> None:
        """Take a page; trades from before the period are left out."""
        for trade in newest_first:
            if trade.closed_ms < self._since_ms:
                continue
            self._all.add(trade)
            self._symbols.setdefault(trade.symbol, Tally()).add(trade)
            self._add_day(trade)

    def _add_day(self, trade: ClosedTrade) -> None:
        day, net = trade.closed_ms // DAY_MS, trade.net_pnl
        counts = self._days.setdefault(day, [0, 0, 0])
        counts[0] += 1
        if net is None:
            return
        counts[1] += net > 0
        counts[2] += net < 0
        if trade.settle_coin in USD_COINS:
            self._day_net[day] = EXACT.add(self._day_net.get(day, ZERO), net)
            self._times.append(trade.closed_ms)
            self._nets.append(float(net))

    def report(self) -> PeriodReport:
        """Everything taken so far."""
        days = (self._day(day) for day in sorted(self._days))
        symbols = [SymbolTotal(name, tally.summary(self._since_ms)) for name, tally in self._symbols.items()]
        symbols.sort(key=lambda one: (-one.summary.total_realised_pnl, one.symbol))
        return PeriodReport(
            period=self._period,
            since_ms=self._since_ms,
            summary=self._all.summary(self._since_ms),
            days=tuple(days),
            symbols=tuple(symbols),
            curve=self._curve(),
        )

    def _day(self, day: int) -> DayTotal:
        trades, wins, losses = self._days[day]
        return DayTotal(day, trades, wins, losses, self._day_net.get(day, ZERO))

    def _curve(self) -> tuple[CurvePoint, ...]:
        """The running sum, oldest first, with the extremes of each stretch where there are too many points."""
        size = max(1, len(self._times) * 2 // _MOST_POINTS)
        points: list[CurvePoint] = []
        stretch: list[CurvePoint] = []
        total = 0.0
        for ts_ms, net in zip(reversed(self._times), reversed(self._nets), strict=True):
            total += net
            stretch.append(CurvePoint(ts_ms, total))
            if len(stretch) == size:
                points += _ends(stretch)
                stretch = []
        return (*points, *_ends(stretch))


def _ends(stretch: list[CurvePoint]) -> list[CurvePoint]:
    if len(stretch) < 2:
        return list(stretch)
    lowest, highest = min(stretch, key=lambda p: p.total), max(stretch, key=lambda p: p.total)
    return sorted({lowest, highest})
