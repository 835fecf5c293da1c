"""One period of closed trades in depth: its summary, days, hours, symbols, how results spread, and their running sum.

Trades are taken page by page and let go again: of a million trades only two numbers each are kept, for the curve.
Newest first will do: sums are exact, and the deepest fall of a running sum is the same read backwards.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Final, NamedTuple

from msgspec import Struct

from core.analytics.forgotten import HOUR_MS
from core.analytics.metrics import USD_COINS, Tally
from core.analytics.periods import week_begins_ms
from core.analytics.spread import ResultStep, spread
from core.model import ClosedTrade, SessionSummary
from core.money import EXACT, ZERO

DAY_MS: Final = 86_400_000
PERIODS: Final = ("start", "today", "7d", "30d", "all")


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


class HourTotal(NamedTuple):
    """Closed trades by the UTC hour (0-23) in which they closed. ``net_pnl`` in USD-like coins."""

    hour: int
    trades: int
    wins: int
    losses: int
    net_pnl: Decimal


class Curve(Struct, frozen=True):
    """The running sum of net results at each of ``times`` (UTC milliseconds), oldest first. For pixels, not sums."""

    times: array[float] = array("d")
    totals: array[float] = array("d")

    def __len__(self) -> int:
        return len(self.times)


class PeriodReport(Struct, frozen=True, kw_only=True):
    """What closed from ``since_ms`` on: days oldest first, all hours, symbols by net result, results from the worst."""

    period: str
    since_ms: int
    summary: SessionSummary
    days: tuple[DayTotal, ...] = ()
    symbols: tuple[SymbolTotal, ...] = ()
    hours: tuple[HourTotal, ...] = ()
    results: tuple[ResultStep, ...] = ()
    curve: Curve = Curve()


def since_ms(period: str, now_ms: int, started_ms: int) -> int:
    """When a period begins: ``start`` when the desk did, ``7d`` at a full hour, the others at midnight UTC."""
    today = now_ms - now_ms % DAY_MS
    begins = {"start": started_ms, "today": today, "7d": week_begins_ms(now_ms), "30d": today - 29 * DAY_MS}
    return begins.get(period, 0)


class ReportBuilder:
    """Counts trades page by page, newest first; ``report`` says what came out."""

    def __init__(self, period: str, begins_ms: int) -> None:
        self._period, self._since_ms = period, begins_ms
        self._all = Tally(newest_first=True)
        self._symbols: dict[str, Tally] = {}
        self._days: dict[int, _Count] = {}
        self._hours = [_Count() for _ in range(24)]
        self._times, self._nets = array("d"), array("d")

    def add(self, newest_first: Iterable[ClosedTrade]) -> None:
        """Take a page; trades from before the period are left out."""
        for trade in newest_first:
            if trade.closed_ms < self._since_ms:
                continue
            self._all.add(trade)
            self._symbols.setdefault(trade.symbol, Tally(newest_first=True)).add(trade)
            for count in (self._days.setdefault(trade.closed_ms // DAY_MS, _Count()), self._hours[hour_of(trade)]):
                count.add(trade)
            if trade.net_pnl is not None and trade.settle_coin in USD_COINS:
                self._times.append(trade.closed_ms)
                self._nets.append(float(trade.net_pnl))

    def report(self) -> PeriodReport:
        """Everything taken so far."""
        symbols = [SymbolTotal(name, tally.summary(self._since_ms)) for name, tally in self._symbols.items()]
        symbols.sort(key=lambda one: (-one.summary.total_realised_pnl, one.symbol))
        hours = (HourTotal(hour, *count.figures()) for hour, count in enumerate(self._hours))
        return PeriodReport(
            period=self._period,
            since_ms=self._since_ms,
            summary=self._all.summary(self._since_ms),
            days=tuple(DayTotal(day, *self._days[day].figures()) for day in sorted(self._days)),
            symbols=tuple(symbols),
            hours=tuple(hours) if self._days else (),
            results=spread(self._nets),
            curve=Curve(array("d", reversed(self._times)), array("d", accumulate(reversed(self._nets)))),
        )


class _Count:
    """Trades, wins, losses, and the net result in USD-like coins."""

    def __init__(self) -> None:
        self.trades = self.wins = self.losses = 0
        self.net = ZERO

    def add(self, trade: ClosedTrade) -> None:
        self.trades += 1
        net = trade.net_pnl
        if net is None:
            return
        self.wins += net > 0
        self.losses += net < 0
        if trade.settle_coin in USD_COINS:
            self.net = EXACT.add(self.net, net)

    def figures(self) -> tuple[int, int, int, Decimal]:
        return self.trades, self.wins, self.losses, self.net


def hour_of(trade: ClosedTrade) -> int:
    """The UTC hour in which a trade closed."""
    return trade.closed_ms % DAY_MS // HOUR_MS
