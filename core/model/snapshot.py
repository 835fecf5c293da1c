"""Everything at one version. Frozen; see the package for units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from core.model.account import EquityPoint, SessionSummary, Wallet
from core.model.events import Alert, AuditEvent, Backfill, Command
from core.model.links import Links
from core.model.markets import Instrument, PositionKey, Price
from core.model.orders import Execution, Order
from core.model.positions import BotNote, ClosedTrade, Position, StopChange


class Snapshot(Struct, frozen=True, kw_only=True):
    """All that is known at one version. Immutable and complete: everything on screen is a function of one of these.

    Positions are sorted by symbol and idx; orders newest first; executions and events newest first (the latest 1,000);
    closed trades newest first. Rows that did not change between versions are the same objects. ``equity`` is the
    wallet's last reported equity moved by the change of unrealised PnL since (USD; USDT and USDC taken at 1);
    ``unrealised_pnl`` the sum over positions settled in USDT or USDC, None while one of them has no mark price.
    ``session`` runs since the desk started; ``sessions`` holds the summaries of closed trades by period: start, today
    (UTC), 7d. ``leftovers`` are the ids of open stop orders that protect nothing.
    ``is_resuming``: a command of an earlier run has no verdict yet, so nothing new may be sent.
    ``is_read_only``: the key may not trade; the desk is a monitor. ``key_expires_ms``: None when it never does.
    ``day_start``: the first equity of the present UTC day that this desk saw, in this run or an earlier one.
    ``stop_changes``: by position, how the stops of its present life changed, oldest first.
    """

    version: int = 0
    as_of_ms: int = 0
    environment: str = "paper"
    account: str = "Main"
    is_armed: bool = True
    links: Links = Links()
    wallet: Wallet | None = None
    positions: tuple[Position, ...] = ()
    orders: tuple[Order, ...] = ()
    executions: tuple[Execution, ...] = ()
    closed_trades: tuple[ClosedTrade, ...] = ()
    commands: tuple[Command, ...] = ()
    events: tuple[AuditEvent, ...] = ()
    alerts: tuple[Alert, ...] = ()
    leftovers: frozenset[str] = frozenset()
    backfill: Backfill = Backfill()
    is_resuming: bool = False
    notes: Mapping[PositionKey, BotNote] = MappingProxyType({})
    is_read_only: bool = False
    key_expires_ms: int | None = None
    stop_changes: Mapping[PositionKey, tuple[StopChange, ...]] = MappingProxyType({})
    session: SessionSummary = SessionSummary()
    sessions: Mapping[str, SessionSummary] = MappingProxyType({})
    equity: Decimal | None = None
    unrealised_pnl: Decimal | None = None
    equity_curve: tuple[EquityPoint, ...] = ()
    day_start: EquityPoint | None = None
    prices: Mapping[tuple[str, str], Price] = MappingProxyType({})
    instruments: Mapping[tuple[str, str], Instrument] = MappingProxyType({})
    fee_rates: Mapping[tuple[str, str], tuple[Decimal, Decimal]] = MappingProxyType({})

    def position(self, symbol: str, position_idx: int = 0, category: str = "linear") -> Position | None:
        """The open position under that key, or None."""
        return next((p for p in self.positions if p.key == (category, symbol, position_idx)), None)

    def instrument(self, key: PositionKey) -> Instrument | None:
        """The contract of a position, or None while instruments are not known."""
        return self.instruments.get((key.category, key.symbol))

    def taker_fee(self, key: PositionKey) -> Decimal | None:
        """The account's taker fee as a ratio, or None while it is not known."""
        rates = self.fee_rates.get((key.category, key.symbol))
        return rates[0] if rates else None
