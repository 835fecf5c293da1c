"""The summaries of closed trades by period, kept up to date as trades close. Bit-equal to counting anew.

``start`` runs since the desk started, ``today`` since midnight UTC, ``7d`` over the last seven days, to the hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import is_
from types import MappingProxyType
from typing import Final

from core.analytics.forgotten import HOUR_MS, Forgotten
from core.analytics.metrics import Tally
from core.model import ClosedTrade, SessionSummary

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
# Trades counted in one slice: about a millisecond.
AT_ONCE = 100

Trades = tuple[ClosedTrade, ...]
_NOTHING: Final = Forgotten()


def week_begins_ms(now_ms: int) -> int:
    """When the last seven days begin, at a full hour: what falls out at their end makes them be counted anew."""
    return now_ms - now_ms % HOUR_MS - WEEK_MS


class _Period:
    """One tally from ``start_ms`` on, and when the oldest trade in it closed. ``sums``: see ``Forgotten``."""

    def __init__(self, start_ms: int, trades: Trades, sums: Mapping[int, Tally]) -> None:
        self.start_ms = start_ms
        self._tally = Tally()
        since = [since_ms for since_ms in sorted(sums) if since_ms >= start_ms]
        self._oldest_ms = since[0] if since else None
        for since_ms in since:
            self._tally.join(sums[since_ms])
        self.add(trades)

    def add(self, newest_first: Trades) -> None:
        for trade in reversed(newest_first):
            if trade.closed_ms >= self.start_ms:
                if self._oldest_ms is None or trade.closed_ms < self._oldest_ms:
                    self._oldest_ms = trade.closed_ms
                self._tally.add(trade)

    def fits(self, start_ms: int) -> bool:
        """Whether the same trades belong to a period that starts at ``start_ms``."""
        return start_ms == self.start_ms or (self._oldest_ms is not None and self._oldest_ms >= start_ms)

    def summary(self) -> SessionSummary:
        return self._tally.summary(self.start_ms)


class Periods:
    """Follows a list of closed trades, newest first. The usual change, a newer trade on top, costs that trade only."""

    def __init__(self, started_ms: int) -> None:
        self._started_ms = started_ms
        self._trades: Trades = ()
        self._rewrites: int | None = None
        self._periods: dict[str, _Period] = {}
        self._summaries: Mapping[str, SessionSummary] = MappingProxyType({})

    def _starts(self, now_ms: int) -> dict[str, int]:
        return {"start": self._started_ms, "today": now_ms - now_ms % DAY_MS, "7d": week_begins_ms(now_ms)}

    def prepare(self, trades: Trades, now_ms: int, rewrites: int, forgotten: Forgotten) -> Iterator[None]:
        """Count many trades in slices, so that the next :meth:`update` finds nothing new in them."""
        forgotten.begins_ms = self._started_ms
        counted = _together(trades, forgotten)
        periods = {name: _Period(start, (), forgotten.sums) for name, start in self._starts(now_ms).items()}
        for end in range(len(counted), 0, -AT_ONCE):
            for period in periods.values():
                period.add(counted[max(0, end - AT_ONCE) : end])
            yield
        self._periods, self._trades, self._rewrites = periods, trades, rewrites
        self._summaries = MappingProxyType({name: period.summary() for name, period in periods.items()})

    def update(
        self, trades: Trades, now_ms: int, rewrites: int | None = None, forgotten: Forgotten = _NOTHING
    ) -> Mapping[str, SessionSummary]:
        """The summaries as of now; the same object while nothing moved.

        Args:
            rewrites: a number that stays the same as long as trades have only come on top, and old ones were let go,
                which go on counting; None to find out here what has changed.
            forgotten: trades that were let go: they are counted again where a period is.
        """
        starts = self._starts(now_ms)
        is_grown = rewrites is not None and rewrites == self._rewrites
        self._rewrites = rewrites
        fresh = _above(trades, self._trades) if is_grown else _on_top(trades, self._trades)
        stays = {name: p for name, p in self._periods.items() if fresh is not None and p.fits(starts[name])}
        if fresh == () and len(stays) == len(starts):
            return self._summaries
        for period in stays.values():
            period.add(fresh or ())
        counted = trades if len(stays) == len(starts) else _together(trades, forgotten)
        anew = {n: _Period(starts[n], counted, forgotten.sums) for n in starts if n not in stays}
        self._periods = {name: stays.get(name) or anew[name] for name in starts}
        self._trades = trades
        self._summaries = MappingProxyType({name: period.summary() for name, period in self._periods.items()})
        return self._summaries


def _together(trades: Trades, forgotten: Forgotten) -> Trades:
    """All that are known one by one, newest first."""
    both = (*trades, *forgotten.trades)
    return trades if len(both) == len(trades) else tuple(sorted(both, key=_age, reverse=True))


def _age(trade: ClosedTrade) -> tuple[int, str]:
    return trade.closed_ms, trade.life_id


def _above(now: Trades, before: Trades) -> Trades | None:
    """The trades above what was the newest one; None when that is not there any more."""
    if not before:
        return now
    top = next((i for i, trade in enumerate(now) if trade is before[0]), None)
    return None if top is None else now[:top]


def _on_top(now: Trades, before: Trades) -> Trades | None:
    """The trades on top of those known before; None when more than that has changed."""
    if now is before or not before:
        return () if now is before else now
    top = next((i for i, trade in enumerate(now) if trade is before[0]), None)
    if top is None or len(now) - top != len(before) or not all(map(is_, now[top:], before)):
        return None
    return now[:top]
