"""A past for the account: closed lives of the last days and the open positions of a scenario.

Everything is traded through the ordinary commands at past virtual times and at the prices of those times, so that
orders, executions, funding, closed PnL and candles agree with each other.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from core.paper.figures import floor_to, round_to
from core.paper.prices import Move

if TYPE_CHECKING:
    from core.paper.engine import Exchange

MINUTE_MS = 60_000
DAY_MS = 86_400_000
FUNDING_MS = 14_400_000  # the shortest interval in the list; others divide into it
SPREAD_MS = 20 * MINUTE_MS  # between two lives on one symbol
SIDE_TAG = {0: "", 1: "-long", 2: "-short"}


class Trade(NamedTuple):
    """One market order of the past."""

    at_ms: int
    symbol: str
    side: str
    qty: Decimal
    idx: int
    link: str
    closes: bool


@dataclass(frozen=True)
class Open:
    """One position that is open when the scenario starts; times in minutes before the start."""

    symbol: str
    side: str
    qty: str
    leverage: str
    age_min: int
    drift_pct: float  # how the price has moved since the opening
    idx: int = 0
    exits: tuple[tuple[int, str, str], ...] = ()  # minutes before the start, quantity, label
    take_profit_pct: float | None = None  # from the price at the start
    stop_loss_pct: float | None = None
    trailing_pct: float | None = None
    tag: str = "desk"


def lay_drifts(exchange: Exchange, opens: tuple[Open, ...]) -> None:
    """Bend the price curves so that each open position has come from where its drift says."""
    market, now = exchange.venue.market, exchange.now_ms
    for position in opens:
        log_change = math.log1p(position.drift_pct / 100)
        lasts = position.age_min * MINUTE_MS
        market.add_move(position.symbol, Move(-(1 << 60), 1, -log_change))
        market.add_move(position.symbol, Move(now - lasts, lasts, log_change))


def trades_of(opens: tuple[Open, ...], now_ms: int) -> Iterator[Trade]:
    """The orders that made the open positions."""
    for p in opens:
        reverse = "Sell" if p.side == "Buy" else "Buy"
        link = f"{p.tag}-{p.symbol}{SIDE_TAG[p.idx]}"
        yield Trade(now_ms - p.age_min * MINUTE_MS, p.symbol, p.side, Decimal(p.qty), p.idx, f"{link}-open", False)
        for number, (minutes, qty, label) in enumerate(p.exits, start=1):
            at_ms = now_ms - minutes * MINUTE_MS
            yield Trade(at_ms, p.symbol, reverse, Decimal(qty), p.idx, f"{link}-exit{number}-{label}", True)


def closed_lives(
    exchange: Exchange, rng: random.Random, count: int, days: int, opens: tuple[Open, ...]
) -> Iterator[Trade]:
    """Past lives from flat to flat, two thirds of them winners before costs; none overlaps an open position."""
    now = exchange.now_ms
    symbols = [i.symbol for i in exchange.venue.market.instruments.values() if i.settle == "USDT"][:10]
    busy_from = {p.symbol: now - p.age_min * MINUTE_MS - SPREAD_MS for p in opens}
    free_from = dict.fromkeys(symbols, now - days * DAY_MS)
    for number in range(1, count + 1):
        symbol = symbols[number % len(symbols)]
        room = (busy_from.get(symbol, now - SPREAD_MS) - free_from[symbol]) // max(1, (count - number) // 10 + 1)
        if room < 90 * MINUTE_MS:
            continue
        start = free_from[symbol] + rng.randrange(SPREAD_MS, room // 3)
        end = start + rng.randrange(15 * MINUTE_MS, room // 2)
        free_from[symbol] = end + SPREAD_MS
        yield from _life(exchange, rng, f"bot-{symbol}-h{number:03d}", symbol, start, end)


def _life(
    exchange: Exchange, rng: random.Random, link: str, symbol: str, start: int, end: int
) -> Iterator[Trade]:  # fmt: skip
    market = exchange.venue.market
    instrument = market.instruments[symbol]
    rises = market.last_price(symbol, end) > market.last_price(symbol, start)
    side = "Buy" if rises is (rng.random() < 0.66) else "Sell"
    reverse = "Sell" if side == "Buy" else "Buy"
    idx = (1 if side == "Buy" else 2) if exchange.venue.hedged.get(symbol) else 0
    notional = Decimal(rng.randrange(900, 2_600))
    qty = floor_to(notional / market.last_price(symbol, start), instrument.step)
    yield Trade(start, symbol, side, qty, idx, f"{link}-open", False)
    left = qty
    for number in range(1, rng.randrange(0, 3) + 1):
        part = floor_to(qty * Decimal(rng.choice(("0.25", "0.3", "0.4"))), instrument.step)
        if instrument.min_qty <= part < left:
            at_ms = start + (end - start) * number // 3
            yield Trade(at_ms, symbol, reverse, part, idx, f"{link}-exit{number}-roe{50 * number}", True)
            left -= part
    yield Trade(end, symbol, reverse, left, idx, f"{link}-close", True)


def replay(exchange: Exchange, trades: list[Trade]) -> None:
    """Trade the past in order of time, with the fundings in between, and come back to the present."""
    venue, now = exchange.venue, exchange.now_ms
    before = 0
    for trade in sorted(trades):
        at_ms = venue.market.grid_floor(trade.at_ms)
        _fund_until(exchange, before, at_ms)
        _go_to(exchange, at_ms)
        exchange.create_order(
            {
                "category": venue.market.instruments[trade.symbol].category,
                "symbol": trade.symbol,
                "side": trade.side,
                "orderType": "Market",
                "qty": format(trade.qty, "f"),
                "positionIdx": trade.idx,
                "reduceOnly": trade.closes,
                "orderLinkId": trade.link,
            }
        )
        before = at_ms
    _fund_until(exchange, before, now)
    _go_to(exchange, now)


def _fund_until(exchange: Exchange, before: int, until: int) -> None:
    if not before:
        return
    due = (before // FUNDING_MS + 1) * FUNDING_MS
    while due <= until:
        _go_to(exchange, due)
        exchange.risk.fund(due - 1, due)
        due += FUNDING_MS


def _go_to(exchange: Exchange, t_ms: int) -> None:
    exchange.venue.now_ms = t_ms
    exchange.venue.market.move_to(exchange.venue.market.grid_floor(t_ms))


@dataclass(frozen=True)
class Waiting:
    """An order that rests or waits for its trigger at the start; ``away_pct`` from the price of that moment."""

    symbol: str
    side: str
    qty: str
    away_pct: float
    link: str
    reduce_only: bool = False
    conditional: bool = False


def place_waiting(exchange: Exchange, orders: tuple[Waiting, ...]) -> None:
    """Place the orders of a scenario that do not fill yet."""
    for wanted in orders:
        instrument = exchange.venue.market.instruments[wanted.symbol]
        last = exchange.venue.market.quote(wanted.symbol).last
        price = _price(last * (1 + Decimal(str(wanted.away_pct)) / 100), instrument.tick)
        body: dict[str, object] = {
            "category": instrument.category,
            "symbol": wanted.symbol,
            "side": wanted.side,
            "qty": wanted.qty,
            "reduceOnly": wanted.reduce_only,
            "orderLinkId": wanted.link,
        }
        if wanted.conditional:
            body |= {"orderType": "Market", "triggerPrice": price, "triggerDirection": 1 if wanted.away_pct > 0 else 2}
        else:
            body |= {"orderType": "Limit", "price": price}
        exchange.create_order(body)


def set_stops(exchange: Exchange, opens: tuple[Open, ...]) -> None:
    """TP, SL and trailing stops of the open positions, as distances from the present price."""
    for p in opens:
        instrument = exchange.venue.market.instruments[p.symbol]
        last = exchange.venue.market.quote(p.symbol).last
        body: dict[str, object] = {"category": instrument.category, "symbol": p.symbol, "positionIdx": p.idx}
        for key, percent in (("takeProfit", p.take_profit_pct), ("stopLoss", p.stop_loss_pct)):
            if percent is not None:
                body[key] = _price(last * (1 + Decimal(str(percent)) / 100), instrument.tick)
        if p.trailing_pct is not None:
            body["trailingStop"] = _price(last * Decimal(str(p.trailing_pct)) / 100, instrument.tick)
        if len(body) > 3:
            exchange.set_trading_stop({**body, "tpslMode": "Full"})


def _price(price: Decimal, tick: Decimal) -> str:
    return format(round_to(price, tick), "f")
