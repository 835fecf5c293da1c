"""Checked facts from the exchange on their way to the book: frozen, typed, Decimal; applying one twice is safe.

``source`` says where a fact came from: ``stream`` or ``rest``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from core.model import ClosedPnl, Execution, Instrument, Link, Order, Position, Price, Wallet


class PositionReported(Struct, frozen=True):
    """A position row, flat (size 0) included. ``requested_mono``: when the REST request that brought it started."""

    position: Position
    source: str
    requested_mono: float | None = None


class OrderReported(Struct, frozen=True):
    """An order row."""

    order: Order
    source: str


class OrdersListed(Struct, frozen=True):
    """All open orders, by REST: a complete list. ``requested_mono``: when its first request started."""

    orders: tuple[Order, ...]
    requested_mono: float


class ExecutionReported(Struct, frozen=True):
    """A fill, funding payment or other execution row."""

    execution: Execution
    source: str


class WalletReported(Struct, frozen=True):
    """The account's figures, as a whole."""

    wallet: Wallet
    source: str


class PriceReported(Struct, frozen=True):
    """All prices of a contract known after the newest ticker message (deltas already merged)."""

    price: Price


class LinkChanged(Struct, frozen=True):
    """A way to the exchange opened, broke, or was heard from."""

    link: Link


class FrameRefused(Struct, frozen=True):
    """A frame or row that does not fit Bybit's format; nothing was changed by it. ``excerpt`` is at most 500 chars."""

    topic: str
    code: str
    excerpt: str


class Account(Struct, frozen=True, kw_only=True):
    """What the account and the key are allowed. ``margin_mode``: cross, isolated, portfolio or ``""``."""

    margin_mode: str = ""
    unified_status: int = 0
    is_read_only: bool = False
    may_trade: bool = True
    may_withdraw: bool = False
    may_transfer: bool = False
    ips: tuple[str, ...] = ()
    expires_ms: int | None = None
    user_id: str = ""


class AccountReported(Struct, frozen=True):
    """The rights of account and key, read by themselves."""

    account: Account


class Baseline(Struct, frozen=True, kw_only=True):
    """The account's full state by REST: every page arrived and every row was valid, or it would not exist.

    ``started_ms`` (exchange time) and ``started_mono`` are when its first request started: nothing here can contradict
    an event received later.
    ``scopes`` lists the (category, settle coin) pairs asked for; a position of another scope is not covered.
    """

    started_ms: int
    started_mono: float
    positions: tuple[Position, ...]
    orders: tuple[Order, ...]
    executions: tuple[Execution, ...]
    closed_pnl: tuple[ClosedPnl, ...]
    wallet: Wallet
    account: Account
    prices: tuple[Price, ...] = ()
    scopes: tuple[tuple[str, str], ...] = ()


class BaselineTaken(Struct, frozen=True):
    """A complete baseline is here: reconcile the book with it."""

    baseline: Baseline


class InstrumentsReported(Struct, frozen=True):
    """The contracts in force of one category; ``is_whole`` unless a row had to be left out."""

    category: str
    instruments: tuple[Instrument, ...]
    is_whole: bool = False


class FeeRatesReported(Struct, frozen=True):
    """(symbol, taker, maker) fee rates as ratios, of one category."""

    category: str
    rates: tuple[tuple[str, Decimal, Decimal], ...]


Event = (
    PositionReported
    | OrderReported
    | OrdersListed
    | ExecutionReported
    | WalletReported
    | PriceReported
    | LinkChanged
    | FrameRefused
    | BaselineTaken
    | AccountReported
    | InstrumentsReported
    | FeeRatesReported
)


class Apply(Protocol):
    """Hands facts to the book, in order; returns when these, and all that was handed in before, have been applied."""

    async def __call__(self, *events: Event) -> None:
        """No events: wait for those before."""
