"""The bars of a candle chart: history that grows at both ends, and the running bar that follows the trades. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from gui.views import chart_scale
from gui.views.chart_scale import Bar

if TYPE_CHECKING:
    from core.model import Candle


class Bars:
    """Bars of one contract and length, oldest first.

    ``version`` changes with everything but the running bar: what was drawn of the others is good for as long.
    """

    def __init__(self) -> None:
        self.all: list[Bar] = []
        self.version = 0
        self._confirmed_ms = 0  # start of the newest bar that the exchange has told, later ones only follow the trades

    def __len__(self) -> int:
        return len(self.all)

    @property
    def first_ms(self) -> int | None:
        """When the oldest bar began."""
        return self.all[0].start_ms if self.all else None

    def set(self, candles: Sequence[Candle]) -> None:
        """Begin again with these."""
        self._confirm(chart_scale.bars_of(candles))

    def unconfirmed(self, now_ms: int) -> int | None:
        """Bars that have begun since the exchange was asked; None while that cannot be known."""
        if len(self.all) < 2:
            return None
        return max(0, now_ms - self._confirmed_ms) // (self.all[1].start_ms - self.all[0].start_ms)

    def add_earlier(self, candles: Sequence[Candle]) -> None:
        """Put older bars before those that are there."""
        self._take(chart_scale.with_earlier(self.all, chart_scale.bars_of(candles)))

    def renew(self, candles: Sequence[Candle]) -> bool:
        """Replace the newest bars; False, and nothing done, when they do not reach back to those that are there."""
        latest = chart_scale.bars_of(candles)
        if not self.all or not latest or latest[0].start_ms > self._confirmed_ms:
            return False
        self._confirm(chart_scale.with_latest(self.all, latest))
        return True

    def follow(self, price: Decimal, now_ms: int) -> None:
        """Let the running bar follow a price that is newer than the candles."""
        count = len(self.all)
        chart_scale.follow(self.all, float(price), now_ms)
        if len(self.all) != count:
            self.version += 1

    def visible(self, room: int, back: int) -> list[Bar]:
        """``room`` bars, of which the last is ``back`` bars older than the newest."""
        end = len(self.all) - back
        return self.all[max(0, end - room) : end]

    def _confirm(self, bars: list[Bar]) -> None:
        self._confirmed_ms = bars[-1].start_ms if bars else 0
        self._take(bars)

    def _take(self, bars: list[Bar]) -> None:
        self.all = bars
        self.version += 1
