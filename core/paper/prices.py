"""Where prices come from: a seeded curve that can be read at any moment, or a recorded file of candles.

Both are pure functions of time. That is what makes candles of last month, the fills of the scripted history and the
next tick agree with each other, and a replay byte-identical however the clock is advanced.
Regimes (trend, crash, gap) are ``Move``s laid over a curve.
"""

from __future__ import annotations

import csv
import hashlib
import math
from bisect import bisect_right
from pathlib import Path
from typing import NamedTuple, Protocol

DAY_MS = 86_400_000
# periods of the layered noise; neighbours differ by about four so that no single wave is seen
PERIODS_MS = (4 * DAY_MS, DAY_MS, 21_600_000, 5_400_000, 1_200_000, 300_000, 75_000, 19_000, 4_700, 1_100)
FAST_LAYERS = 2  # the layers that only the last price has: mark and index are calmer
_MASK = (1 << 64) - 1


class Move(NamedTuple):
    """A shift of the logarithm of the price that grows from 0 to ``log_change`` and then stays."""

    from_ms: int
    lasts_ms: int
    log_change: float

    def at(self, t_ms: int) -> float:
        """The part of the shift that has happened at ``t_ms``."""
        if t_ms < self.from_ms:
            return 0.0
        if t_ms >= self.from_ms + self.lasts_ms:
            return self.log_change
        return self.log_change * (t_ms - self.from_ms) / self.lasts_ms


class Curve(Protocol):
    """Natural logarithm of a price as a function of time: (slow part, fast part)."""

    def at(self, t_ms: int) -> tuple[float, float]:
        """Both parts at a time in milliseconds."""


class NoiseCurve:
    """Layered value noise: looks like a random walk, can be read anywhere, and never runs away over weeks."""

    def __init__(self, seed: int, symbol: str, start_ms: int, start_price: float, day_volatility: float) -> None:
        self._key = int.from_bytes(hashlib.sha256(f"{seed}:{symbol}".encode()).digest()[:8], "big")
        self._start_ms = start_ms
        self._layers = [
            _Layer(self._key + 7919 * n, period, day_volatility * math.sqrt(period / DAY_MS))
            for n, period in enumerate(PERIODS_MS)
        ]
        self._base = math.log(start_price)
        slow, fast = self._raw(0)
        self._base -= slow + fast

    def at(self, t_ms: int) -> tuple[float, float]:
        """Slow and fast part of the log price."""
        slow, fast = self._raw(t_ms - self._start_ms)
        return self._base + slow, fast

    def _raw(self, t: int) -> tuple[float, float]:
        layers = self._layers
        slow = 0.0
        for layer in layers[:-FAST_LAYERS]:
            slow += layer.at(t)
        fast = 0.0
        for layer in layers[-FAST_LAYERS:]:
            fast += layer.at(t)
        return slow, fast


class _Layer:
    """One wave length: random values on a lattice, joined smoothly; the present cell is remembered."""

    __slots__ = ("_amplitude", "_cell", "_from", "_key", "_period", "_rise")

    def __init__(self, key: int, period: int, amplitude: float) -> None:
        self._key, self._period, self._amplitude = key, period, amplitude
        self._cell, self._from, self._rise = -(1 << 62), 0.0, 0.0

    def at(self, t: int) -> float:
        cell, inside = divmod(t, self._period)
        if cell != self._cell:
            self._cell = cell
            self._from = self._lattice(cell)
            self._rise = self._lattice(cell + 1) - self._from
        x = inside / self._period
        return self._from + self._rise * x * x * (3.0 - 2.0 * x)

    def _lattice(self, cell: int) -> float:
        return (2.0 * unit(self._key, cell) - 1.0) * self._amplitude


def unit(key: int, number: int) -> float:
    """A reproducible number in [0, 1) for a key and an index (splitmix64's finaliser)."""
    x = (key + number * 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((x ^ (x >> 31)) >> 11) / 9007199254740992.0


class Candle(NamedTuple):
    """One recorded candle."""

    start_ms: int
    open: float
    high: float
    low: float
    close: float


class CandleCurve:
    """Walks recorded candles open → low → high → close (falling ones high first); stands still outside the record."""

    def __init__(self, candles: list[Candle]) -> None:
        self._candles = sorted(candles)
        self._starts = [candle.start_ms for candle in self._candles]
        gaps = [b - a for a, b in zip(self._starts, self._starts[1:], strict=False)]
        self._width = min(gaps) if gaps else 60_000

    def at(self, t_ms: int) -> tuple[float, float]:
        """Log price inside the candle of ``t_ms``; a recording has no separate fast part."""
        n = bisect_right(self._starts, t_ms) - 1
        if n < 0:
            return math.log(self._candles[0].open), 0.0
        candle = self._candles[n]
        x = min(1.0, (t_ms - candle.start_ms) / self._width)
        return math.log(_inside(candle, x)), 0.0


def _inside(candle: Candle, x: float) -> float:
    first, second = (candle.low, candle.high) if candle.close >= candle.open else (candle.high, candle.low)
    points = (candle.open, first, second, candle.close)
    leg = min(2, int(x * 3))
    return points[leg] + (points[leg + 1] - points[leg]) * (x * 3 - leg)


def read_candles(path: Path) -> dict[str, list[Candle]]:
    """Read a CSV with the columns ``symbol,start_ms,open,high,low,close``; further columns are ignored.

    Raises:
        ValueError: a column is missing or a price is not above zero; the text names the line.
    """
    found: dict[str, list[Candle]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                prices = [float(row[name]) for name in ("open", "high", "low", "close")]
                start_ms = int(row["start_ms"])
            except (KeyError, TypeError, ValueError) as exc:
                raise ValueError(f"{path.name}, line {number}: {exc}") from exc
            if not all(math.isfinite(price) and price > 0 for price in prices):
                raise ValueError(f"{path.name}, line {number}: a price is not above zero")
            found.setdefault(row["symbol"], []).append(Candle(start_ms, *prices))
    return found
