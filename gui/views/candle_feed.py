"""Brings candles into the Inspector's chart: the newest first, older ones as the view walks back, the running one anew.

Between two answers the chart follows the trades of the ticker stream; what the exchange says of a bar then replaces it.
One request at a time; what comes for another contract or length than is now shown is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.errors import AppError
from gui import error_words
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Candle, PositionKey
    from gui.bridge import Bridge
    from gui.views.candle_chart import CandleChart

PAGE: Final = 1_000  # the most that Bybit gives at once
MOST: Final = 5_000
_RENEW_S: Final = 10
_AHEAD: Final = 200  # older bars are asked for when so few of them are left beyond the edge
_FEWEST: Final = 3


class CandleFeed:
    """Keeps one chart filled.

    Args:
        is_wanted: whether anybody looks at the chart; otherwise nothing is asked for.
    """

    def __init__(self, bridge: Bridge, chart: CandleChart, is_wanted: Callable[[], bool]) -> None:
        self._bridge, self._chart, self._is_wanted = bridge, chart, is_wanted
        self._what: tuple[PositionKey, str] | None = None
        self._is_asked = self._is_loading = self._is_complete = False
        self._seconds = 0
        chart.moved.connect(self._on_moved)

    def show(self, key: PositionKey, interval: str) -> None:
        """Show the candles of a position's contract."""
        self._what, self._seconds = (key, interval), 0
        self._is_asked = self._is_complete = False
        self._chart.set_candles((), translate("Inspector", "Loading candles…"))
        self._load()

    def tick(self) -> None:
        """Once a second: ask for the newest bars again now and then, and for all that are still missing."""
        self._seconds += 1
        if not self._is_asked or self._seconds % _RENEW_S == 0:
            self._load()
        elif self._lacks_earlier:
            self._load(is_earlier=True)

    def _on_moved(self) -> None:
        if self._lacks_earlier:
            self._load(is_earlier=True)

    @property
    def _lacks_earlier(self) -> bool:
        chart = self._chart
        return chart.has_candles and not self._is_complete and chart.bars_before < _AHEAD and len(chart.bars) < MOST

    def _load(self, *, is_earlier: bool = False) -> None:
        if self._what is not None and self._bridge.manager is not None and self._is_wanted() and not self._is_loading:
            self._is_asked = self._is_loading = True
            self._bridge.start(self._fetch(*self._what, is_earlier=is_earlier))

    async def _fetch(self, key: PositionKey, interval: str, *, is_earlier: bool) -> None:
        manager, chart = self._bridge.manager, self._chart
        assert manager is not None
        first_ms = chart.bars.first_ms
        end_ms = first_ms - 1 if is_earlier and first_ms is not None else None
        limit = min(PAGE, MOST - len(chart.bars)) if is_earlier else self._newest()
        try:
            candles = await manager.fetch_candles(key, interval, limit, end_ms)
        except AppError as trouble:
            if not chart.has_candles:
                chart.set_candles((), error_words.error(trouble))
            return
        finally:
            self._is_loading = False
        if (key, interval) != self._what:
            self._load()
        elif is_earlier:
            self._is_complete = len(candles) < limit
            chart.add_earlier(candles)
        else:
            self._take_newest(candles)

    def _newest(self) -> int:
        """How many bars to ask for: the first page, or what may have changed since the last answer."""
        missing = self._chart.bars.unconfirmed(self._bridge.clock.now_ms())
        return PAGE if missing is None else min(PAGE, missing + _FEWEST)

    def _take_newest(self, candles: tuple[Candle, ...]) -> None:
        if not self._chart.renew(candles):
            self._chart.set_candles(candles)
