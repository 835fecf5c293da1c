"""The account's wallet and its live equity: what the exchange reported, moved by the change of unrealised PnL since."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter

from msgspec.structs import replace

from core.evidence import is_older_wallet
from core.model import EquityPoint, Position, Wallet
from core.rows import unrealised_usd

MAX_POINTS = 4_000
EVERY_MS = 1_000
DAY_MS = 86_400_000
_GROUP = 4


class Equity:
    """The latest wallet, and a curve since the start: a point a second, half as many each time there are too many."""

    def __init__(self) -> None:
        self.wallet: Wallet | None = None
        self.curve: tuple[EquityPoint, ...] = ()
        self.day_start: EquityPoint | None = None
        self._points: list[EquityPoint] = []
        self._every_ms = EVERY_MS

    def take(self, wallet: Wallet) -> None:
        """Take the account's figures, unless newer ones are held.

        A streamed message names only the coins that changed, so in isolated margin it has no margin figures: the last
        ones stay until the wallet is read again, which every such message causes.
        """
        held = self.wallet
        if held is not None and is_older_wallet(wallet, held):
            return
        if held is not None and wallet.available is None:
            wallet = replace(
                wallet,
                available=held.available,
                initial_margin=held.initial_margin,
                maintenance_margin=held.maintenance_margin,
            )
        self.wallet = wallet

    def now(self, positions: tuple[Position, ...], now_ms: int) -> Decimal | None:
        """The equity in USD at the positions' marks, entered into the curve; None while the wallet has none."""
        equity = self._live(positions)
        if equity is not None and not self._knows_day_of(now_ms):
            self.day_start = EquityPoint(now_ms, equity)
        if equity is not None and self._is_due(now_ms):
            if len(self._points) >= MAX_POINTS:
                self._points = thinned(self._points)
                self._every_ms *= 2
            self._points.append(EquityPoint(now_ms, equity))
            self.curve = tuple(self._points)
        return equity

    def recall(self, day_start: EquityPoint) -> None:
        """What an earlier run saw first of its last day; it counts if that is still today."""
        if self.day_start is None or not self._knows_day_of(day_start.ts_ms) or day_start < self.day_start:
            self.day_start = day_start

    def _knows_day_of(self, ts_ms: int) -> bool:
        return self.day_start is not None and self.day_start.ts_ms // DAY_MS == ts_ms // DAY_MS

    def _is_due(self, now_ms: int) -> bool:
        """It is time for the next point, or the first one of a UTC day: what has changed since then is asked for."""
        if not self._points:
            return True
        last_ms = self._points[-1].ts_ms
        return now_ms - last_ms >= self._every_ms or now_ms // DAY_MS != last_ms // DAY_MS

    def _live(self, positions: tuple[Position, ...]) -> Decimal | None:
        wallet = self.wallet
        if wallet is None or wallet.equity is None or wallet.unrealised_pnl is None:
            return wallet.equity if wallet else None
        unrealised = unrealised_usd(positions)
        return wallet.equity if unrealised is None else wallet.equity + unrealised - wallet.unrealised_pnl


def thinned(points: Sequence[EquityPoint]) -> list[EquityPoint]:
    """About half as many: the lowest and the highest of every four, and the first of each UTC day."""
    kept: list[EquityPoint] = []
    day = -1
    for start in range(0, len(points), _GROUP):
        group = points[start : start + _GROUP]
        wanted = {min(group, key=attrgetter("equity")), max(group, key=attrgetter("equity"))}
        for point in group:
            if point in wanted or point.ts_ms // DAY_MS != day:
                kept.append(point)
            day = point.ts_ms // DAY_MS
    return kept
