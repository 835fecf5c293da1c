"""The account's figures and the statistics of a session. Frozen; see the package for units."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from core.model.markets import PositionKey
from core.model.positions import Checkpoint


class Wallet(Struct, frozen=True, kw_only=True):
    """The unified account in USD. None where the margin mode has no such figure. Source: wallet-balance."""

    equity: Decimal | None = None
    wallet_balance: Decimal | None = None
    margin_balance: Decimal | None = None
    available: Decimal | None = None
    unrealised_pnl: Decimal | None = None
    initial_margin: Decimal | None = None
    maintenance_margin: Decimal | None = None
    im_ratio: Decimal | None = None
    mm_ratio: Decimal | None = None
    updated_ms: int = 0
    received_mono: float = 0.0


class SessionSummary(Struct, frozen=True, kw_only=True):
    """Statistics of the closed trades of one period, and of what is open now.

    ``wins + losses + break_even + pending = closed_trades``. Ratios and averages are None when there is nothing to
    divide by. Money in USD-like settle coins; trades settled in another coin are not mixed in. ``total_pnl``: realised
    of the closed lives, realised so far and unrealised of the open ones. ``expectancy_r``: expectancy in units of the
    average loss, because what a trade risked at first is not in the exchange's history. A streak is trades in a row,
    in order of closing, that all won or all lost; break-even ends one, pending trades are passed over;
    ``current_streak`` is positive for wins and negative for losses.
    """

    started_ms: int = 0
    active_positions: int = 0
    used_margin: Decimal | None = None
    unrealised_pnl: Decimal | None = None
    closed_trades: int = 0
    wins: int = 0
    losses: int = 0
    break_even: int = 0
    pending: int = 0
    win_rate_pct: Decimal | None = None
    total_realised_pnl: Decimal = Decimal(0)
    total_pnl: Decimal | None = None
    gross_profit: Decimal = Decimal(0)
    gross_loss: Decimal = Decimal(0)
    profit_factor: Decimal | None = None
    expectancy: Decimal | None = None
    expectancy_r: Decimal | None = None
    average_win: Decimal | None = None
    average_loss: Decimal | None = None
    average_hold_ms: int | None = None
    longest_win_streak: int = 0
    longest_loss_streak: int = 0
    current_streak: int = 0
    max_drawdown: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    funding: Decimal = Decimal(0)
    balance: Decimal | None = None
    available_balance: Decimal | None = None


class EquityPoint(NamedTuple):
    """One point of the session's equity curve."""

    ts_ms: int
    equity: Decimal


class Seen(Struct, frozen=True, kw_only=True):
    """What only a desk that was running saw, and no exchange tells: kept for its next run.

    ``day_start``: the first equity of a UTC day. ``extremes``: of the lives that are open, (life_id, best, worst) of
    the unrealised PnL over the marks. ``reports``: by position, the sizes that executions did not arrive at, oldest
    first, after one that they began with (core.tapes).
    """

    day_start: EquityPoint | None = None
    extremes: tuple[tuple[str, Decimal, Decimal], ...] = ()
    reports: tuple[tuple[PositionKey, tuple[Checkpoint, ...]], ...] = ()
