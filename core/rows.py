"""Pure: the rows and totals of a snapshot, derived from what the exchange reported, its prices and the position's life.

It keeps nothing and knows no order of events: core.book holds the facts and says when a row is derived anew.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from core.analytics.metrics import USD_COINS
from core.formulas import initial_margin, is_plausible_mark, roe_pct, unrealised_pnl
from core.model import Position, Price, SessionSummary, Wallet
from core.money import ZERO
from core.trades import Life

# A streamed mark older than this gives way to the one in the newest REST row.
MARK_FRESH_S = 10.0
# An index price this old still tells a mark that cannot be.
INDEX_FRESH_S = 60.0
TICKERS = "tickers"
LAST = "last"


def derive(
    position: Position,
    price: Price | None,
    life: Life | None,
    *,
    margin_mode: str,
    is_closing: bool,
    now_mono: float,
) -> Position:
    """Add to the exchange's row what it does not say: PnL at the newest mark, ROE, the life's realised figures.

    Args:
        position: as reported, its mark the one in that row.
        life: of this key; one of the other side is not this position's and is left out.
    """
    mark, source, mark_mono = mark_of(position, price, now_mono)
    pnl = unrealised_pnl(position.category, position.side, position.size, position.entry_price, mark) if mark else None
    margin = (
        initial_margin(position.category, position.size, position.entry_price, position.leverage)
        if position.leverage
        else None
    )
    if life is not None and life.side != position.side:
        life = None
    return replace(
        position,
        mark_price=mark,
        mark_source=source,
        mark_mono=mark_mono,
        last_price=price.last_price if price else None,
        funding_rate=price.funding_rate if price else None,
        next_funding_ms=price.next_funding_ms if price else None,
        unrealised_pnl=pnl,
        initial_margin=margin,
        roe_pct=roe_pct(pnl, margin) if pnl is not None and margin else None,
        realised_pnl=life.realised_pnl if life else None,
        fees=life.fees if life and life.cost is not None else None,
        other_fees=life.other_fees if life else (),
        funding=life.funding if life and life.cost is not None else None,
        peak_size=life.peak_size if life else None,
        partial_exits=life.exits if life else (),
        life_id=life.life_id if life else "",
        opened_ms=position.opened_ms or (life.opened_ms if life and life.cost is not None else None),
        margin_mode=margin_mode,
        is_closing=is_closing,
    )


def mark_of(position: Position, price: Price | None, now_mono: float) -> tuple[Decimal | None, str, float]:
    """The price ladder: a fresh ticker's mark, else the newer one of the ticker's and of the row's own, else the last.

    Returns:
        The mark, its source (``tickers``, ``rest``/``stream`` for the row that the exchange sent it in, ``last`` when
        nobody names a mark and the last traded price must stand for it) and when it was received.
    """
    own = (position.mark_price, position.mark_source, position.received_mono)
    if price is not None and now_mono - price.received_mono <= INDEX_FRESH_S:
        own = own if is_plausible_mark(position.mark_price, price.index_price) else (None, "", 0.0)
    if price is None or price.mark_price is None:
        last = (price.last_price, LAST, price.received_mono) if price and price.last_price else (None, "", 0.0)
        return own if own[0] is not None else last
    is_fresh = now_mono - price.received_mono <= MARK_FRESH_S
    if is_fresh or own[0] is None or own[2] < price.received_mono:
        return price.mark_price, TICKERS, price.received_mono
    return own


def total_unrealised(positions: tuple[Position, ...]) -> Decimal | None:
    """Sum over the positions settled in USD-like coins; None while one of them has no mark price."""
    figures = [p.unrealised_pnl for p in positions if p.settle_coin in USD_COINS]
    return None if any(f is None for f in figures) else sum((f for f in figures if f is not None), ZERO)


def total_realised(positions: tuple[Position, ...]) -> Decimal | None:
    """What the open lives settled in USD-like coins have realised so far; None while one of them is not known."""
    figures = [p.realised_pnl for p in positions if p.settle_coin in USD_COINS]
    return None if any(f is None for f in figures) else sum((f for f in figures if f is not None), ZERO)


def unrealised_usd(positions: tuple[Position, ...]) -> Decimal | None:
    """Sum over all positions in USD, coins at their contract's mark; None while one of them has no mark price."""
    total = ZERO
    for position in positions:
        pnl, mark = position.unrealised_pnl, position.mark_price
        if pnl is None or mark is None:
            return None
        total += pnl if position.settle_coin in USD_COINS else pnl * mark
    return total


def with_open(
    summary: SessionSummary, positions: tuple[Position, ...], unrealised: Decimal | None, wallet: Wallet | None
) -> SessionSummary:
    """Add what is open now and the account's balances to a summary of closed trades.

    ``total_pnl`` = realised of the closed lives + realised and unrealised of the open ones: what partial exits, fees
    and funding have brought already does not wait for an end. None while one of them is not known.
    """
    realised = total_realised(positions)
    margins = [p.initial_margin for p in positions if p.settle_coin in USD_COINS]
    known = [m for m in margins if m is not None]
    return replace(
        summary,
        active_positions=len(positions),
        used_margin=sum(known, ZERO) if len(known) == len(margins) else None,
        unrealised_pnl=unrealised,
        total_pnl=None
        if unrealised is None or realised is None
        else summary.total_realised_pnl + realised + unrealised,
        balance=wallet.wallet_balance if wallet else None,
        available_balance=wallet.available if wallet else None,
    )
