"""Candles of the paper exchange, computed from the price curve when asked and corrected by the ticks that were seen.

A finished candle is sampled from the curve, so history reaches back as far as anyone asks; ticks that were really
shown widen it, so that no candle contradicts the tape.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

MINUTE_MS = 60_000
DAY_MS = 86_400_000
FIXED_MS = {str(m): m * MINUTE_MS for m in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)} | {"D": DAY_MS, "W": 7 * DAY_MS}
INTERVALS = (*FIXED_MS, "M")
SAMPLES = 48
KEPT_MINUTES = 1_500
KEPT_CANDLES = 20_000
_MONDAY_MS = 4 * DAY_MS  # 1970-01-05 was the first Monday


class Bar(NamedTuple):
    """Open, high, low and close of ``start_ms`` … ``end_ms`` (exclusive)."""

    start_ms: int
    end_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


def interval_bounds(interval: str, t_ms: int) -> tuple[int, int]:
    """Start (inclusive) and end (exclusive) of the candle that holds ``t_ms``; days, weeks and months are UTC."""
    if interval == "M":
        day = datetime.fromtimestamp(t_ms / 1000, UTC)
        first = datetime(day.year, day.month, 1, tzinfo=UTC)
        following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)
        return int(first.timestamp()) * 1000, int(following.timestamp()) * 1000
    width = FIXED_MS[interval]
    offset = _MONDAY_MS if interval == "W" else 0
    start = (t_ms - offset) // width * width + offset
    return start, start + width


class Candles:
    """Candles per symbol and interval.

    Args:
        last_price: (symbol, time) → last price by the curve, rounded to the tick.
    """

    def __init__(self, last_price: Callable[[str, int], Decimal]) -> None:
        self._last_price = last_price
        self._finished: dict[tuple[str, str, int], Bar] = {}
        self._seen: dict[str, dict[int, tuple[Decimal, Decimal, Decimal]]] = {}

    def see(self, symbol: str, t_ms: int, last: Decimal) -> None:
        """Remember a price that was shown."""
        minutes = self._seen.setdefault(symbol, {})
        minute = t_ms // MINUTE_MS
        known = minutes.get(minute)
        if known is None:
            if len(minutes) >= KEPT_MINUTES:
                del minutes[next(iter(minutes))]
            minutes[minute] = (last, last, last)
        else:
            minutes[minute] = (max(known[0], last), min(known[1], last), last)

    def bar(self, symbol: str, interval: str, t_ms: int, now_ms: int) -> Bar:
        """The candle that holds ``t_ms``; when it is still running it ends at ``now_ms``."""
        start, end = interval_bounds(interval, t_ms)
        if end > now_ms:
            return self._sample(symbol, start, end, now_ms)
        key = (symbol, interval, start)
        bar = self._finished.get(key)
        if bar is None:
            if len(self._finished) >= KEPT_CANDLES:
                self._finished.clear()
            bar = self._finished[key] = self._sample(symbol, start, end, end)
        return bar

    def bars(
        self, symbol: str, interval: str, window: tuple[int | None, int | None], limit: int, now_ms: int
    ) -> list[Bar]:
        """Candles whose start lies in the window, newest first, at most ``limit``."""
        start_ms, end_ms = window
        t = min(now_ms, end_ms) if end_ms is not None else now_ms
        found: list[Bar] = []
        if start_ms is not None and end_ms is None:
            t = min(now_ms, self._nth_end(interval, start_ms, limit))
        while len(found) < limit and t > 0:
            start, _ = interval_bounds(interval, t)
            if start_ms is not None and start < start_ms:
                break
            found.append(self.bar(symbol, interval, t, now_ms))
            t = start - 1
        return found

    @staticmethod
    def _nth_end(interval: str, start_ms: int, limit: int) -> int:
        """A moment inside the last of ``limit`` candles from ``start_ms`` on."""
        start, end = interval_bounds(interval, start_ms)
        first = start if start >= start_ms else end
        if interval != "M":
            return first + FIXED_MS[interval] * limit - 1
        for _ in range(limit):
            first = interval_bounds(interval, first)[1]
        return first - 1

    def _sample(self, symbol: str, start: int, end: int, until: int) -> Bar:
        step = max(1_000, (end - start) // SAMPLES)
        prices = [self._last_price(symbol, t) for t in range(start, until + 1, step)]
        first = prices[0]
        close = self._last_price(symbol, until)
        high, low = max(*prices, close), min(*prices, close)
        minutes = self._seen.get(symbol)
        if minutes:
            for minute in _minutes(minutes, start, until):
                most, least, latest = minutes[minute]
                high, low = max(high, most), min(low, least)
                if until < end:
                    close = latest
        return Bar(start, end, first, high, low, close)


def _minutes(known: dict[int, tuple[Decimal, Decimal, Decimal]], start: int, until: int) -> list[int]:
    first, last = start // MINUTE_MS, (until - 1) // MINUTE_MS if until % MINUTE_MS == 0 else until // MINUTE_MS
    if last - first < len(known):
        return [minute for minute in range(first, last + 1) if minute in known]
    return [minute for minute in known if first <= minute <= last]
