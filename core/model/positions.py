"""Positions, open and closed, with their exits and stops. Frozen; see the package for units."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from core.model.markets import LONG, PositionKey


class CoinAmount(NamedTuple):
    """An amount of a coin."""

    coin: str
    amount: Decimal


class Checkpoint(NamedTuple):
    """What the exchange reported: the signed size after all executions up to a cross sequence."""

    seq: int
    size: Decimal
    ts_ms: int


class Gap(NamedTuple):
    """What the executions of a closed life do not show: exits of ``qty`` together; ``funding`` is what they do show."""

    qty: Decimal
    funding: Decimal


class PartialExit(Struct, frozen=True, kw_only=True):
    """The executions of one reducing order inside a life that left size > 0.

    ``share_pct`` is of the peak size so far. ``fee`` paid is positive. ``net_pnl`` = gross − fee of the exit itself.
    Gross and net are None while the life's entries are not known and the exchange does not say (execPnl). ``reason``
    is a code such as take_profit, stop_loss, trailing_stop, liquidation, adl, settlement, manual, or a bot's own label.
    """

    order_id: str
    order_link_id: str
    ts_ms: int
    qty: Decimal
    price: Decimal
    share_pct: Decimal | None
    gross_pnl: Decimal | None
    fee: Decimal
    net_pnl: Decimal | None
    reason: str


class Position(Struct, frozen=True, kw_only=True):
    """One open position: what Bybit says, and the arithmetic that it does not do.

    ``size`` is never negative; ``side`` is ``Buy`` (long) or ``Sell`` (short). Events may carry a flat row: size 0,
    side ``""``; a snapshot never does. From the exchange: everything up to ``updated_ms``. Derived (core.book): from
    ``mark_price`` on. ``initial_margin`` = value at entry / leverage, so that ROE does not drift with the mark;
    ``position_im`` is Bybit's own figure. ``realised_pnl`` is net of fees and funding of this life, None while no
    execution proves it. ``best_pnl`` and ``worst_pnl``: the extremes of ``unrealised_pnl`` in this life over the marks
    that this desk saw (core.excursions). ``other_fees``: paid in other coins (MNT), and so in none of the sums.
    ``mark_source``: ``tickers``, ``rest``/``stream`` when the mark
    came in the row itself, ``last`` when the last traded price stands for it.
    """

    category: str
    symbol: str
    position_idx: int
    side: str
    size: Decimal
    entry_price: Decimal
    settle_coin: str
    position_value: Decimal | None = None
    leverage: Decimal | None = None
    liq_price: Decimal | None = None
    break_even_price: Decimal | None = None
    position_im: Decimal | None = None
    maintenance_margin: Decimal | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    trailing_stop: Decimal | None = None
    cur_realised_pnl: Decimal | None = None
    status: str = ""
    adl_rank: int = 0
    opened_ms: int | None = None
    seq: int = -1
    updated_ms: int = 0

    mark_price: Decimal | None = None
    mark_source: str = ""
    last_price: Decimal | None = None
    funding_rate: Decimal | None = None
    next_funding_ms: int | None = None
    initial_margin: Decimal | None = None
    unrealised_pnl: Decimal | None = None
    roe_pct: Decimal | None = None
    best_pnl: Decimal | None = None
    worst_pnl: Decimal | None = None
    realised_pnl: Decimal | None = None
    fees: Decimal | None = None
    other_fees: tuple[CoinAmount, ...] = ()
    funding: Decimal | None = None
    peak_size: Decimal | None = None
    partial_exits: tuple[PartialExit, ...] = ()
    life_id: str = ""
    margin_mode: str = ""
    is_closing: bool = False
    mark_mono: float = 0.0
    received_mono: float = 0.0

    @property
    def key(self) -> PositionKey:
        """(category, symbol, position_idx)."""
        return PositionKey(self.category, self.symbol, self.position_idx)

    @property
    def is_long(self) -> bool:
        """A Buy position."""
        return self.side == LONG

    @property
    def is_hedge(self) -> bool:
        """One leg of a symbol in hedge mode."""
        return self.position_idx != 0


class ClosedTrade(Struct, frozen=True, kw_only=True):
    """One life of a position, flat to flat. ``side`` is the position's. ``net_pnl`` = gross − fees + funding.

    ``entry_price`` and ``exit_price`` are averages over all entries and all exits. ``closed_by`` is the reason of the
    last exit. ``is_complete`` is False when the life's beginning lies before the executions that we know; money
    figures are then None. ``other_fees``: paid in other coins (MNT), one entry per coin, and so in none of the sums.
    ``best_pnl`` and ``worst_pnl`` (MFE and MAE, in the settle coin, before costs): the extremes of the unrealised PnL
    over the marks that this desk saw; None when it was not watching. ``pnl_source``: "closed_pnl" when the money is
    that of Bybit's closed-PnL records (core.pricing), because executions are missing: ``gap`` says how much, None when
    nothing is missing, or nobody can say. Such a life is not complete.
    """

    life_id: str
    category: str
    symbol: str
    position_idx: int
    side: str
    settle_coin: str
    opened_ms: int
    closed_ms: int
    peak_size: Decimal
    entry_price: Decimal | None
    exit_price: Decimal | None
    gross_pnl: Decimal | None
    fees: Decimal | None
    funding: Decimal | None
    net_pnl: Decimal | None
    exits: tuple[PartialExit, ...]
    closed_by: str
    is_complete: bool = True
    best_pnl: Decimal | None = None
    worst_pnl: Decimal | None = None
    other_fees: tuple[CoinAmount, ...] = ()
    pnl_source: str = ""
    gap: Gap | None = None


class StopLevels(NamedTuple):
    """The stops of an entire position; None where there is none. ``trailing_stop`` is a distance in price units."""

    take_profit: Decimal | None
    stop_loss: Decimal | None
    trailing_stop: Decimal | None


class StopTriggers(NamedTuple):
    """Which price the stops of an entire position are compared with; "" where there is none, or it is not known."""

    take_profit: str = ""
    stop_loss: str = ""


class StopChange(Struct, frozen=True, kw_only=True):
    """The stops of a position became others. ``command_id`` names this desk's command, "" when somebody else did it.

    ``before`` and ``after`` are equal when only triggers changed. ``waited_before`` is the activation price that the
    former trailing stop waited for, as far as this desk changed it; None when that one was armed.
    """

    ts_ms: int
    key: PositionKey
    life_id: str
    before: StopLevels
    after: StopLevels
    triggers_before: StopTriggers = StopTriggers()
    triggers_after: StopTriggers = StopTriggers()
    waited_before: Decimal | None = None
    command_id: str = ""
    reason: str = ""

    @property
    def retriggered(self) -> tuple[str, ...]:
        """The legs that stood and stand, and are compared with another price than before."""
        pairs = zip(StopTriggers._fields, self.triggers_before, self.triggers_after, strict=True)
        return tuple(leg for leg, before, after in pairs if before and after and before != after)


class BotNote(Struct, frozen=True, kw_only=True):
    """Why a bot opened a position, in its own words and indicators. Source: the bot's positions.json."""

    reason: str = ""
    confidence: Decimal | None = None
    atr: Decimal | None = None
    adx: Decimal | None = None
    volatility: Decimal | None = None
