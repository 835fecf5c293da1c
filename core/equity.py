"""The account's wallet and its live equity: what the exchange reported, moved by the change of unrealised PnL since."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

from msgspec.structs import replace

from core.evidence import is_older_wallet
from core.model import EquityPoint, Position, Wallet
from core.rows import unrealised_usd

MAX_POINTS = 4_000
EVERY_MS = 1_000


class Equity:
    """The latest wallet, and a curve with a point a second at most."""

    def __init__(self) -> None:
        self.wallet: Wallet | None = None
        self.curve: tuple[EquityPoint, ...] = ()
        self._points: deque[EquityPoint] = deque(maxlen=MAX_POINTS)

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
        if equity is not None and (not self._points or now_ms - self._points[-1].ts_ms >= EVERY_MS):
            self._points.append(EquityPoint(now_ms, equity))
            self.curve = tuple(self._points)
        return equity

    def _live(self, positions: tuple[Position, ...]) -> Decimal | None:
        wallet = self.wallet
        if wallet is None or wallet.equity is None or wallet.unrealised_pnl is None:
            return wallet.equity if wallet else None
        unrealised = unrealised_usd(positions)
        return wallet.equity if unrealised is None else wallet.equity + unrealised - wallet.unrealised_pnl
