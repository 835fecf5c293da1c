"""Frozen records: what the desk knows, as of one moment. No behaviour beyond naming; arithmetic lives in formulas.

Amounts are Decimal; None means that it is not known or does not apply, never 0. Times are UTC milliseconds unless
the name says ``_mono`` (seconds of the monotonic clock, for ages). ``category`` is Bybit's: ``linear`` or ``inverse``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct

LONG, SHORT = "Buy", "Sell"


class PositionKey(NamedTuple):
    """What makes a position one: Bybit's (category, symbol, positionIdx). 0 one-way, 1 hedge long, 2 hedge short."""

    category: str
    symbol: str
    position_idx: int


class Instrument(Struct, frozen=True, kw_only=True):
    """A contract and its limits in force. ``tick`` and ``step`` are the smallest price and quantity increments.

    Quantities are in base coin (linear) or whole USD contracts (inverse). Source: instruments-info.
    """

    category: str
    symbol: str
    base_coin: str
    quote_coin: str
    settle_coin: str
    status: str
    tick: Decimal
    step: Decimal
    min_qty: Decimal
    max_qty: Decimal
    max_market_qty: Decimal
    min_notional: Decimal | None
    min_price: Decimal
    max_price: Decimal
    min_leverage: Decimal
    max_leverage: Decimal
    leverage_step: Decimal
    funding_interval_min: int


class Price(Struct, frozen=True, kw_only=True):
    """The latest prices of one contract, from the ticker stream or, before it speaks, from REST.

    ``source`` is ``stream`` or ``rest``. ``funding_rate`` is a ratio for the interval that ends at ``next_funding_ms``.
    """

    category: str
    symbol: str
    mark_price: Decimal | None = None
    last_price: Decimal | None = None
    index_price: Decimal | None = None
    bid_price: Decimal | None = None
    ask_price: Decimal | None = None
    funding_rate: Decimal | None = None
    next_funding_ms: int | None = None
    source: str = ""
    ts_ms: int = 0
    received_mono: float = 0.0


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


class CoinAmount(NamedTuple):
    """An amount of a coin."""

    coin: str
    amount: Decimal


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


class Order(Struct, frozen=True, kw_only=True):
    """An order as Bybit last reported it. ``stop_order_type`` is ``""`` for a plain order.

    ``status`` keeps Bybit's text; an unknown one is never guessed. Source: order/realtime, order topic.
    """

    category: str
    symbol: str
    position_idx: int
    order_id: str
    order_link_id: str
    side: str
    order_type: str
    status: str
    qty: Decimal
    leaves_qty: Decimal | None
    filled_qty: Decimal
    price: Decimal | None
    average_price: Decimal | None
    trigger_price: Decimal | None
    trigger_by: str
    trigger_direction: int
    take_profit: Decimal | None
    stop_loss: Decimal | None
    stop_order_type: str
    time_in_force: str
    reduce_only: bool
    create_type: str
    cancel_type: str
    reject_reason: str
    created_ms: int
    updated_ms: int

    @property
    def position_key(self) -> PositionKey:
        """The position that the order would change."""
        return PositionKey(self.category, self.symbol, self.position_idx)

    @property
    def is_open(self) -> bool:
        """Still able to fill or to trigger."""
        return self.status in OPEN_ORDER_STATUSES


OPEN_ORDER_STATUSES = frozenset({"New", "PartiallyFilled", "Untriggered", "Triggered"})
CLOSED_ORDER_STATUSES = frozenset({"Filled", "Cancelled", "Rejected", "Deactivated", "PartiallyFilledCanceled"})


class Execution(Struct, frozen=True, kw_only=True):
    """One fill, funding payment, ADL, settlement …; unique by (category, symbol, exec_id).

    ``fee`` paid is positive, a rebate negative. For ``exec_type`` Funding: ``qty`` is the position's size, nothing
    traded, and ``fee`` paid is positive (Bybit's sign; our ``funding`` figures have the opposite one).
    ``position_idx`` is None when the source does not say (REST executions do not).
    """

    category: str
    symbol: str
    exec_id: str
    order_id: str
    order_link_id: str
    side: str
    exec_type: str
    qty: Decimal
    price: Decimal
    value: Decimal
    fee: Decimal
    closed_size: Decimal | None
    is_maker: bool
    create_type: str
    stop_order_type: str
    order_type: str
    ts_ms: int
    seq: int
    fee_currency: str = ""
    exec_pnl: Decimal | None = None
    position_idx: int | None = None


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


class ClosedPnl(Struct, frozen=True, kw_only=True):
    """Bybit's own record of one closing order; it grows while the order fills. ``side`` is the closing order's."""

    category: str
    symbol: str
    order_id: str
    side: str
    closed_size: Decimal
    entry_price: Decimal
    exit_price: Decimal
    closed_pnl: Decimal
    open_fee: Decimal | None
    close_fee: Decimal | None
    exec_type: str
    created_ms: int
    updated_ms: int


class ClosedTrade(Struct, frozen=True, kw_only=True):
    """One life of a position, flat to flat. ``side`` is the position's. ``net_pnl`` = gross − fees + funding.

    ``entry_price`` and ``exit_price`` are averages over all entries and all exits. ``closed_by`` is the reason of the
    last exit. ``is_complete`` is False when the life's beginning lies before the executions that we know; money
    figures are then None. ``other_fees``: paid in other coins (MNT), one entry per coin, and so in none of the sums.
    ``best_pnl`` and ``worst_pnl`` (MFE and MAE, in the settle coin, before costs): the extremes of the unrealised PnL
    over the marks that this desk saw; None when it was not watching.
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


class Link(Struct, frozen=True, kw_only=True):
    """One way to the exchange: ``rest``, ``private`` or ``tickers``.

    ``state``: connecting, live, idle (tickers with nothing open), lost, refused (key or permission).
    """

    name: str
    state: str = "connecting"
    since_ms: int = 0
    last_mono: float = 0.0
    latency_ms: int | None = None
    detail: str = ""


class Hold(NamedTuple):
    """REST requests of a kind are held back until a moment of the monotonic clock: what a countdown counts to.

    ``name``: ``all`` (after a ban; ``reason`` ip_banned or region_blocked), or a class whose requests only fail
    (private_read, public_read, write; ``reason`` breaker_open), of which one is then let through as a probe.
    """

    name: str
    reason: str
    until_mono: float


REQUESTS_MOST_PER_S = 20  # the desk's own ceiling; Bybit allows 120 per address


class Links(Struct, frozen=True, kw_only=True):
    """All ways to the exchange, and when the book last agreed with it in full."""

    rest: Link = Link(name="rest")
    private: Link = Link(name="private")
    tickers: Link = Link(name="tickers")
    reconciled_ms: int | None = None
    reconciled_mono: float | None = None
    clock_offset_ms: int | None = None
    requests_per_s: int = 0
    requests_most_per_s: int = REQUESTS_MOST_PER_S
    frames_refused: int = 0
    holds: tuple[Hold, ...] = ()

    @property
    def is_live(self) -> bool:
        """Every way is open and a full baseline has been taken."""
        return all(link.state in {"live", "idle"} for link in (self.rest, self.private, self.tickers)) and (
            self.reconciled_ms is not None
        )


class Command(Struct, frozen=True, kw_only=True):
    """What an operator asked for and what became of it.

    ``state``: ``sending``, ``accepted`` (acknowledged, not yet done), ``unknown`` (being looked up), and the verdicts
    ``done`` (the exchange's evidence arrived), ``refused`` (definitively), ``no_trace`` (looked for and not found;
    retrying with the same id is safe, and late evidence still turns it into done or refused). A limit order is done
    once it is in the order book; ``detail`` is its status, and it and ``filled_qty`` follow the order to its end.
    ``order_link_id`` is None
    for what makes no order. ``kind``: close, stops, cancel, amend, open, leverage. ``order_id``: the order that is
    cancelled or amended, or that was made. ``size_before``: the position's size when it was sent. ``filled_qty``: what
    its executions prove so far, None before any evidence; ``qty`` − ``filled_qty`` of a done close is what it left
    open. ``evidence`` names what the verdict stands on. ``attempts``: how often it was sent, always under the same id.
    """

    command_id: str
    kind: str
    key: PositionKey
    state: str
    created_ms: int
    order_link_id: str | None = None
    qty: Decimal | None = None
    ret_code: int | None = None
    detail: str = ""
    life_id: str = ""
    order_id: str = ""
    size_before: Decimal | None = None
    filled_qty: Decimal | None = None
    evidence: str = ""
    attempts: int = 1

    @property
    def is_open(self) -> bool:
        """Not yet at its verdict."""
        return self.state in {"sending", "accepted", "unknown"}

    @property
    def is_resting(self) -> bool:
        """A limit order that waits in the order book: placed, with fills still to come."""
        return self.kind in {"close", "open"} and self.state == "done" and self.detail in OPEN_ORDER_STATUSES

    @property
    def is_short(self) -> bool:
        """An order that has ended and filled less than it asked for, or nothing."""
        has_ended = self.kind in {"close", "open"} and self.state == "done" and not self.is_resting
        return has_ended and self.qty is not None and self.filled_qty is not None and self.filled_qty < self.qty


class StopLevels(NamedTuple):
    """The stops of an entire position; None where there is none. ``trailing_stop`` is a distance in price units."""

    take_profit: Decimal | None
    stop_loss: Decimal | None
    trailing_stop: Decimal | None


class StopChange(Struct, frozen=True, kw_only=True):
    """The stops of a position became others. ``command_id`` names this desk's command, "" when somebody else did it."""

    ts_ms: int
    key: PositionKey
    life_id: str
    before: StopLevels
    after: StopLevels
    command_id: str = ""
    reason: str = ""


class AuditEvent(Struct, frozen=True, kw_only=True):
    """One line of the audit trail. ``code`` is known to gui/text.py; ``details`` fills its words."""

    ts_ms: int
    code: str
    severity: str = "info"
    key: PositionKey | None = None
    details: Mapping[str, Any] = MappingProxyType({})


class Alert(Struct, frozen=True, kw_only=True):
    """One watch that is going off. ``kind``: unprotected, too_many_positions, near_liquidation, daily_loss."""

    kind: str
    key: PositionKey | None = None
    details: Mapping[str, Any] = MappingProxyType({})


class BotNote(Struct, frozen=True, kw_only=True):
    """Why a bot opened a position, in its own words and indicators. Source: the bot's positions.json."""

    reason: str = ""
    confidence: Decimal | None = None
    atr: Decimal | None = None
    adx: Decimal | None = None
    volatility: Decimal | None = None


class Backfill(Struct, frozen=True, kw_only=True):
    """How far the account's past has been fetched: ``done`` of ``total`` weeks; both 0 while nothing is missing."""

    done: int = 0
    total: int = 0


class SessionSummary(Struct, frozen=True, kw_only=True):
    """Statistics of the closed trades of one period, and of what is open now.

    ``wins + losses + break_even + pending = closed_trades``. Ratios and averages are None when there is nothing to
    divide by. Money in USD-like settle coins; trades settled in another coin are not mixed in. ``total_pnl``: realised
    of the closed lives, realised so far and unrealised of the open ones.
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
    average_win: Decimal | None = None
    average_loss: Decimal | None = None
    average_hold_ms: int | None = None
    max_drawdown: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    funding: Decimal = Decimal(0)
    balance: Decimal | None = None
    available_balance: Decimal | None = None


class EquityPoint(NamedTuple):
    """One point of the session's equity curve."""

    ts_ms: int
    equity: Decimal


class BookLevel(NamedTuple):
    """One price level of the order book."""

    price: Decimal
    qty: Decimal


class OrderBook(Struct, frozen=True, kw_only=True):
    """A moment of the order book; bids from the highest, asks from the lowest."""

    category: str
    symbol: str
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    ts_ms: int
    received_mono: float = 0.0


class Candle(NamedTuple):
    """One bar: start in ms, prices, volume."""

    start_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


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
