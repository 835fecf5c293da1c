"""The outline of a curve of up to millions of points: what is worth a pixel of any stretch of it. Numbers, no pixels.

Made once (a moment for a million points: off the loop), asked at every paint. Lowest and highest values are kept of
every 16, 256, 4,096 … points, so that what a question costs depends on the pixels and not on the points. numpy is
imported with the first curve, not before the first paint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_FACTOR: Final = 16
# So many pairs per pixel column are looked at in the end.
_FINE: Final = 4


class Level(NamedTuple):
    """Lowest and highest of every ``size`` points."""

    size: int
    lows: Floats
    highs: Floats


class Outline:
    """A curve of values over ascending times.

    Args:
        times, values: equally many plain numbers; buffers of doubles are taken as they are.
    """

    def __init__(self, times: Sequence[float], values: Sequence[float]) -> None:
        import numpy as np

        self.times: Floats = np.asarray(times, dtype=np.float64)
        self.values: Floats = np.asarray(values, dtype=np.float64)
        self._levels = [Level(1, self.values, self.values)]
        while len(self._levels[-1].lows) > _FACTOR * _FACTOR:
            size, lows, highs = self._levels[-1]
            starts = np.arange(0, len(lows), _FACTOR)
            self._levels.append(
                Level(size * _FACTOR, np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts))
            )

    def __len__(self) -> int:
        return len(self.times)

    @property
    def span(self) -> tuple[float, float]:
        """First and last time; (0, 0) without points."""
        return (float(self.times[0]), float(self.times[-1])) if len(self) else (0.0, 0.0)

    def between(self, since: float, until: float) -> tuple[int, int]:
        """The points of a stretch and one more on either side, so that a line reaches its edges: first, behind last."""
        first, last = self.times.searchsorted(since, side="left"), self.times.searchsorted(until, side="right")
        return max(0, int(first) - 1), min(len(self), int(last) + 1)

    def nearest(self, time: float) -> tuple[float, float]:
        """The point nearest to a time."""
        at = int(self.times.searchsorted(time))
        near = [i for i in (at - 1, at) if 0 <= i < len(self)]
        best = min(near, key=lambda i: abs(float(self.times[i]) - time))
        return float(self.times[best]), float(self.values[best])

    def extremes(self, since: float, until: float) -> tuple[float, float]:
        """Lowest and highest value of a stretch."""
        _, lows = self.points(since, until, 1)
        return float(lows.min()), float(lows.max())

    def points(self, since: float, until: float, columns: int) -> tuple[Floats, Floats]:
        """What to draw of a stretch on so many pixel columns: every point, or lowest and highest of each column."""
        import numpy as np

        first, last = self.between(since, until)
        if last - first <= 2 * columns:
            return self.times[first:last], self.values[first:last]
        level = self._level(last - first, columns)
        begin, end = first // level.size, -(-last // level.size)
        # A block belongs to the column in which it begins.
        times = self.times[begin * level.size : end * level.size : level.size]
        edges = np.linspace(max(since, times[0]), min(until, self.times[last - 1]), columns + 1)[:-1]
        starts = np.unique(np.append(0, times.searchsorted(edges)))
        starts = starts[starts < len(times)]
        lows = np.minimum.reduceat(level.lows[begin:end], starts)
        highs = np.maximum.reduceat(level.highs[begin:end], starts)
        return np.repeat(times[starts], 2), np.column_stack((lows, highs)).ravel()

    def _level(self, points: int, columns: int) -> Level:
        """The coarsest one that is still finer than the columns."""
        fine = [level for level in self._levels if points // level.size >= _FINE * columns]
        return fine[-1] if fine else self._levels[0]
