"""Pure: what a candle chart shows of its bars and lines, and where. No Qt, no painting.

Prices are floats here: these are pixels. Whatever leaves the chart as a price goes through a tick first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from core.model import Candle

# Lines are taken into the picture while the candles keep at least this part of its height.
_FLATTEST: Final = 3.5
_PAD: Final = 0.06


class Bar(NamedTuple):
    """One candle: start in ms, four prices."""

    start_ms: int
    open: float
    high: float
    low: float
    close: float


class Level(NamedTuple):
    """A horizontal line at a price, with words in a tag.

    ``style``: solid, dash or dot. ``name``: what a line that can be dragged moves (``take_profit``, ``stop_loss``).
    """

    price: float
    words: str
    tone: str
    style: str
    name: str = ""


class Mark(NamedTuple):
    """A sign where the position was entered (``is_entry``: an arrow) or left (a ring)."""

    ts_ms: int
    price: float
    is_entry: bool = False


class Scale(NamedTuple):
    """Prices to pixels and back: ``low`` is at the bottom, ``high`` at the top of ``height`` pixels."""

    low: float
    high: float
    height: float

    def y(self, price: float) -> float:
        """Pixels from the top."""
        return self.height - (price - self.low) * self.height / (self.high - self.low)

    def price(self, y: float) -> float:
        """The price at a height."""
        return self.low + (self.height - y) * (self.high - self.low) / self.height

    def holds(self, price: float) -> bool:
        """Whether a price is in the picture."""
        return self.low <= price <= self.high


def bars_of(candles: Iterable[Candle]) -> list[Bar]:
    """Candles as numbers for pixels, in their order."""
    return [Bar(c.start_ms, float(c.open), float(c.high), float(c.low), float(c.close)) for c in candles]


def follow(bars: list[Bar], price: float, now_ms: int) -> None:
    """Let the running bar follow a price; once its time is over a new one begins there. In place, at the end."""
    if len(bars) < 2:
        return
    last, length_ms = bars[-1], bars[-1].start_ms - bars[-2].start_ms
    passed = (now_ms - last.start_ms) // length_ms if length_ms > 0 else 0
    if passed > 0:
        bars.append(Bar(last.start_ms + passed * length_ms, price, price, price, price))
    elif passed == 0:
        bars[-1] = last._replace(high=max(last.high, price), low=min(last.low, price), close=price)


def with_earlier(bars: Sequence[Bar], earlier: Iterable[Bar]) -> list[Bar]:
    """Bars with older ones before them; what overlaps is kept as it is."""
    first_ms = bars[0].start_ms if bars else None
    return [bar for bar in earlier if first_ms is None or bar.start_ms < first_ms] + list(bars)


def with_latest(bars: Sequence[Bar], latest: Sequence[Bar]) -> list[Bar]:
    """Bars whose newest ones are replaced by what the exchange says of them now."""
    if not latest:
        return list(bars)
    return [bar for bar in bars if bar.start_ms < latest[0].start_ms] + list(latest)


def extremes(bars: Sequence[Bar]) -> tuple[float, float]:
    """Lowest low and highest high."""
    return min(bar.low for bar in bars), max(bar.high for bar in bars)


def price_range(candles: tuple[float, float] | None, levels: Sequence[Level]) -> tuple[float, float]:
    """Lowest and highest price in the picture.

    Args:
        candles: the extremes of the visible bars. Lines near them are taken in, the nearest first; lines that would
            flatten the candles stay outside. Without candles all lines are in.
    """
    prices = [level.price for level in levels]
    if candles is None:
        low, high = (min(prices), max(prices)) if prices else (0.0, 1.0)
    else:
        low, high = candles
        most = max(high - low, abs(high) * 0.002) * _FLATTEST
        for price in sorted(prices, key=lambda p: max(candles[0] - p, p - candles[1])):
            wider = min(low, price), max(high, price)
            if wider[1] - wider[0] <= most:
                low, high = wider
    pad = (high - low) * _PAD or abs(high) * 0.01 or 1.0
    return low - pad, high + pad


def reduced(bars: Sequence[Bar], pitch: float) -> tuple[Sequence[Bar], float]:
    """At most one bar per pixel, those that share one made one with their extremes; and their pitch."""
    if pitch >= 1 or not bars:
        return bars, pitch
    size = int(1 / pitch + 0.999)
    merged = []
    for start in range(0, len(bars), size):
        part = bars[start : start + size]
        low, high = extremes(part)
        merged.append(Bar(part[0].start_ms, part[0].open, high, low, part[-1].close))
    return merged, pitch * size


def spread(centres: Sequence[float], height: float, tall: float) -> list[float]:
    """Tops of tags that want to be centred at these heights (ascending) but may not overlap nor leave the chart."""
    tops: list[float] = []
    for centre in centres:
        top = centre - tall / 2
        tops.append(max(top, tops[-1] + tall if tops else 0.0))
    limit = height
    for number in range(len(tops) - 1, -1, -1):
        tops[number] = min(tops[number], limit - tall)
        limit = tops[number]
    return tops
