"""Figures of a position that only the screen needs: money at its stops, distances, what funding will do.

Pure arithmetic over core.formulas; None wherever something is not known. Fees are not included unless a name says so.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from core import formulas
from core.model import Position

HUNDRED = Decimal(100)

# What a stop would bring does not change with the mark, but is asked for with every frame.
_gross = lru_cache(maxsize=4_096)(formulas.gross_pnl)


def pnl_at(position: Position, price: Decimal | None) -> Decimal | None:
    """What closing the whole size at ``price`` would realise, gross, in the settle coin."""
    if price is None:
        return None
    return _gross(position.category, position.side, position.size, position.entry_price, price)


def in_dollars(position: Position, amount: Decimal | None, price: Decimal | None) -> Decimal | None:
    """What an amount of the position's settle coin is worth when the contract is at ``price``."""
    if amount is None or price is None or position.category != formulas.INVERSE:
        return amount
    return amount * price


def share_of(amount: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """``amount`` in percent of ``whole``, without sign."""
    return abs(amount) / whole * HUNDRED if amount is not None and whole else None


def distance_from_mark(position: Position, price: Decimal | None) -> Decimal | None:
    """How far the mark is from ``price``, in percent of the mark, without sign."""
    if price is None or position.mark_price is None:
        return None
    return abs(formulas.distance_pct(position.mark_price, price))


def nearest_exit(position: Position) -> Decimal | None:
    """Distance in percent of the mark to whatever would close the position at a loss first: stop or liquidation."""
    known = [
        distance
        for price in (position.stop_loss, position.liq_price)
        if (distance := distance_from_mark(position, price)) is not None
    ]
    return min(known, default=None)


def trailing_share(position: Position) -> Decimal | None:
    """The trailing distance in percent of the mark."""
    return share_of(position.trailing_stop, position.mark_price)


def exited_share(position: Position) -> Decimal | None:
    """How much of the peak size is out already, in percent; None without a partial exit."""
    if not position.partial_exits or not position.peak_size:
        return None
    return (1 - position.size / position.peak_size) * HUNDRED


def next_funding(position: Position) -> Decimal | None:
    """The next funding payment at the present mark and rate; positive is received."""
    if position.mark_price is None or position.funding_rate is None:
        return None
    return formulas.funding_fee(
        position.category, position.side, position.size, position.mark_price, position.funding_rate
    )


def reward_to_risk(position: Position) -> Decimal | None:
    """What the take profit adds to the mark's PnL ÷ what the stop takes from it; None without both."""
    if position.take_profit is None or position.stop_loss is None or position.unrealised_pnl is None:
        return None
    gain, floor = pnl_at(position, position.take_profit), pnl_at(position, position.stop_loss)
    if gain is None or floor is None:
        return None
    risk = position.unrealised_pnl - floor
    return (gain - position.unrealised_pnl) / risk if risk > 0 else None


def break_even(position: Position, taker_rate: Decimal | None) -> Decimal | None:
    """The price at which closing what is left ends this life at zero, all fees and funding included."""
    if taker_rate is None or position.realised_pnl is None:
        return None
    return formulas.break_even_price(
        position.category, position.side, position.size, position.entry_price, position.realised_pnl, taker_rate
    )
