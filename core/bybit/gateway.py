"""REST: reads and writes of one account (skeleton; signatures are final)."""

from __future__ import annotations

from decimal import Decimal

from core.bybit.exchange import RawBybit
from core.bybit.limits import Limiter
from core.clock import Clock
from core.events import Account
from core.model import Candle, ClosedPnl, Execution, Instrument, Order, OrderBook, Position, Price, Wallet


class Gateway:
    """Reads raise AuthFailed, RateLimited, Rejected, Unreachable or BadFrame and never return a partial answer.

    Writes raise Rejected (definitive), RateLimited (nothing was done) or OutcomeUnknown (look before retrying).
    """

    rows_refused: int  # instruments and prices left out because their row did not fit

    def __init__(self, reader: RawBybit, writer: RawBybit, limiter: Limiter, clock: Clock) -> None:
        self.rows_refused = 0

    async def fetch_time_offset_ms(self) -> int:
        """Exchange time − local time, in ms (add it to the local clock)."""
        raise NotImplementedError

    async def fetch_instruments(self, category: str) -> tuple[Instrument, ...]:
        """All contracts of a category."""
        raise NotImplementedError

    async def fetch_prices(self, category: str, symbol: str | None = None) -> tuple[Price, ...]:
        """Tickers of a category or of one symbol."""
        raise NotImplementedError

    async def fetch_account(self) -> Account:
        """Margin mode, and what the key may do."""
        raise NotImplementedError

    async def fetch_wallet(self) -> Wallet:
        """The unified account."""
        raise NotImplementedError

    async def fetch_positions(self, category: str, settle_coin: str | None) -> tuple[Position, ...]:
        """Open positions of a scope: ("linear", "USDT"), ("linear", "USDC"), ("inverse", None)."""
        raise NotImplementedError

    async def fetch_position(self, category: str, symbol: str) -> tuple[Position, ...]:
        """All rows of a symbol, flat ones included (evidence E2)."""
        raise NotImplementedError

    async def fetch_open_orders(self, category: str, settle_coin: str | None) -> tuple[Order, ...]:
        """Open orders of a scope, conditional ones included."""
        raise NotImplementedError

    async def fetch_executions(self, category: str, start_ms: int, end_ms: int) -> tuple[Execution, ...]:
        """Executions of [start, end], oldest first."""
        raise NotImplementedError

    async def fetch_closed_pnl(self, category: str, start_ms: int, end_ms: int) -> tuple[ClosedPnl, ...]:
        """Closed-PnL records of [start, end], oldest first."""
        raise NotImplementedError

    async def fetch_order(self, category: str, symbol: str, order_link_id: str) -> Order | None:
        """The order under our id; None only when realtime and history both answered without it."""
        raise NotImplementedError

    async def fetch_executions_of(self, category: str, order_link_id: str) -> tuple[Execution, ...]:
        """Executions under our id, oldest first."""
        raise NotImplementedError

    async def fetch_fee_rates(self, category: str) -> tuple[tuple[str, Decimal, Decimal], ...]:
        """(symbol, taker, maker) as ratios."""
        raise NotImplementedError

    async def fetch_order_book(self, category: str, symbol: str, depth: int) -> OrderBook:
        """Bids and asks now."""
        raise NotImplementedError

    async def fetch_candles(self, category: str, symbol: str, interval: str, limit: int) -> tuple[Candle, ...]:
        """Bars, oldest first, the running one last."""
        raise NotImplementedError

    async def create_order(
        self,
        *,
        category: str,
        symbol: str,
        side: str,
        qty: Decimal,
        order_type: str,
        price: Decimal | None,
        reduce_only: bool,
        position_idx: int,
        order_link_id: str,
        time_in_force: str = "",
    ) -> str:
        """Send one order once; returns Bybit's order id (accepted, not done)."""
        raise NotImplementedError

    async def set_trading_stop(
        self,
        *,
        category: str,
        symbol: str,
        position_idx: int,
        take_profit: Decimal | None = None,
        stop_loss: Decimal | None = None,
        trailing_stop: Decimal | None = None,
        active_price: Decimal | None = None,
        trigger_by: str = "MarkPrice",
        tpsl_mode: str = "Full",
    ) -> None:
        """Set, move or remove the stops of a position; None leaves as is, 0 removes."""
        raise NotImplementedError

    async def cancel_order(self, *, category: str, symbol: str, order_id: str) -> None:
        """Cancel one order."""
        raise NotImplementedError
