"""Hypothesis strategies for what the exchange may tell: instruments, executions, positions, orders.

Amounts are made from integers on an instrument's grid, never from floats. Executions come as a *tape*: one key's rows
in the order in which they happened, with the size that the exchange would report after each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from hypothesis import strategies as st
from msgspec.structs import replace

from core.events import Account, Baseline, BaselineTaken
from core.model import Execution, Instrument, Order, Position, PositionKey, Wallet

CATEGORIES = st.sampled_from(["linear", "inverse"])
SIDES = st.sampled_from(["Buy", "Sell"])
SYMBOLS = {"linear": "SOLUSDT", "inverse": "BTCUSD"}
COINS = {"linear": "USDT", "inverse": "BTC"}
START_MS = 1_700_000_000_000


def _scaled(digits: int, places: int) -> Decimal:
    return Decimal(f"{digits}E-{places}")


def amounts(*, positive: bool = False) -> st.SearchStrategy[Decimal]:
    """Any amount that parse() admits: up to 18 digits before and 18 after the point."""
    least = 1 if positive else -(10**36) + 1
    whole = st.builds(_scaled, st.integers(least, 10**36 - 1), st.just(18))
    handy = st.builds(_scaled, st.integers(max(least, -(10**9)), 10**9), st.integers(0, 8))
    return handy | whole


def increments() -> st.SearchStrategy[Decimal]:
    """Ticks and steps as exchanges have them, and the smallest possible one."""
    usual = ["100", "1", "0.5", "0.1", "0.10", "0.05", "0.02", "0.01", "0.001", "0.00005", "0.0000001"]
    return st.sampled_from([Decimal(name) for name in [*usual, "0." + "0" * 17 + "1"]])


def prices() -> st.SearchStrategy[Decimal]:
    """Prices from 0.00001 to 1,000,000, on a tick."""
    return st.builds(_scaled, st.integers(1, 10**6), st.integers(0, 5))


def quantities() -> st.SearchStrategy[Decimal]:
    """Quantities from 0.001 to 1,000,000, on a step."""
    return st.builds(_scaled, st.integers(1, 10**6), st.integers(0, 3))


# ---- contracts ------------------------------------------------------------------------------------------------------


def an_instrument(
    category: str = "linear",
    *,
    tick: str = "0.01",
    step: str = "0.1",
    least: int = 1,
    most: int = 10_000,
    **changes: object,
) -> Instrument:
    """A contract; ``least`` and ``most`` are the smallest and largest order in steps."""
    given: dict[str, object] = {
        "category": category,
        "symbol": SYMBOLS[category],
        "base_coin": SYMBOLS[category][:3],
        "quote_coin": "USDT" if category == "linear" else "USD",
        "settle_coin": COINS[category],
        "status": "Trading",
        "tick": Decimal(tick),
        "step": Decimal(step),
        "min_qty": Decimal(step) * least,
        "max_qty": Decimal(step) * most,
        "max_market_qty": Decimal(step) * most,
        "min_notional": Decimal(5),
        "min_price": Decimal(tick),
        "max_price": Decimal(tick) * 10**8,
        "min_leverage": Decimal(1),
        "max_leverage": Decimal(100),
        "leverage_step": Decimal("0.01"),
        "funding_interval_min": 480,
    }
    return Instrument(**(given | changes))


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Contracts with all kinds of grids; limits need not lie on them."""
    tick = draw(st.sampled_from(["0.0001", "0.01", "0.05", "0.5", "10"]))
    step = draw(st.sampled_from(["0.001", "0.1", "0.25", "1", "100"]))
    least = draw(st.integers(1, 20))
    most = draw(st.integers(least, 400))
    low = Decimal(tick) * draw(st.sampled_from(["1", "3", "7.5", "100"]).map(Decimal))
    return an_instrument(
        draw(CATEGORIES),
        tick=tick,
        step=step,
        least=least,
        most=most,
        max_market_qty=Decimal(step) * draw(st.integers(least, most)),
        min_price=low,
        max_price=low + Decimal(tick) * draw(st.sampled_from(["10", "2000.5", "90000"]).map(Decimal)),
    )


# ---- executions -----------------------------------------------------------------------------------------------------


class Tape(NamedTuple):
    """One key's executions in order; ``sizes[i]`` is the signed size after ``executions[i]``."""

    key: PositionKey
    settle_coin: str
    executions: list[Execution]
    sizes: list[Decimal]


def an_execution(number: int, side: str, qty: str | int, price: str | int = 100, **changes: object) -> Execution:
    """A fill with handy defaults: ``number`` gives its id, order, second and sequence; no fee, one-way mode."""
    category = str(changes.get("category", "linear"))
    amount, at = Decimal(qty), Decimal(price)
    given: dict[str, object] = {
        "category": category,
        "symbol": SYMBOLS[category],
        "exec_id": f"e{number}",
        "order_id": f"o{number}",
        "order_link_id": "",
        "side": side,
        "exec_type": "Trade",
        "qty": amount,
        "price": at,
        "value": amount / at if category == "inverse" else amount * at,
        "fee": Decimal(0),
        "closed_size": None,
        "is_maker": False,
        "create_type": "CreateByUser",
        "stop_order_type": "",
        "order_type": "Market",
        "ts_ms": START_MS + number * 1000,
        "seq": number,
        "position_idx": 0,
    }
    return Execution(**(given | changes))


@st.composite
def tapes(draw: st.DrawFn, *, least: int = 1, most: int = 14) -> Tape:
    """A key's executions: opens, adds, reductions, flips, funding, rebates, orders in parts, equal times."""
    category = draw(CATEGORIES)
    step, tick = (Decimal("0.1"), Decimal("0.01")) if category == "linear" else (Decimal(1), Decimal("0.5"))
    rows, ts_ms, seq = [], START_MS, 100
    for number in range(draw(st.integers(least, most))):
        ts_ms += draw(st.sampled_from([0, 1, 1000]))
        seq += draw(st.sampled_from([1, 1, 5]))
        side = draw(SIDES)
        is_funding = draw(st.integers(0, 5)) == 0
        rows.append(
            an_execution(
                number,
                side,
                str(step * draw(st.integers(1, 60))),
                str(tick * draw(st.integers(100, 90_000))),
                category=category,
                exec_id=f"x{draw(st.integers(0, 999)):03}-{number}",
                order_id="" if is_funding else f"{side}{draw(st.integers(0, 3))}",
                exec_type="Funding" if is_funding else "Trade",
                fee=Decimal(draw(st.integers(-500, 5_000))).scaleb(-5),
                ts_ms=ts_ms,
                seq=seq,
            )
        )
    key = PositionKey(category, SYMBOLS[category], 0)
    changes = [Decimal(0) if e.exec_type == "Funding" else e.qty if e.side == "Buy" else -e.qty for e in rows]
    return Tape(key, COINS[category], rows, list(accumulate(changes)))


# ---- positions and orders -------------------------------------------------------------------------------------------


def a_position(side: str = "Buy", size: str | int | Decimal = 1, **changes: object) -> Position:
    """A position row with handy defaults; size 0 makes a flat one."""
    category = str(changes.get("category", "linear"))
    amount = Decimal(size)
    given: dict[str, object] = {
        "category": category,
        "symbol": SYMBOLS[category],
        "position_idx": 0,
        "side": side if amount else "",
        "size": amount,
        "entry_price": Decimal(100) if amount else Decimal(0),
        "settle_coin": COINS[category],
        "leverage": Decimal(10),
        "seq": 1,
        "updated_ms": START_MS,
    }
    return Position(**(given | changes))


def a_baseline(
    now_ms: int,
    mono: float,
    positions: Iterable[Position] = (),
    executions: Iterable[Execution] = (),
    **changes: Any,
) -> BaselineTaken:
    """A full reading of that moment, with its rows as fresh as it is."""
    given: dict[str, Any] = {
        "started_ms": now_ms,
        "started_mono": mono,
        "positions": tuple(replace(row, received_mono=mono) for row in positions),
        "orders": (),
        "executions": tuple(executions),
        "closed_pnl": (),
        "wallet": Wallet(),
        "account": Account(),
    }
    return BaselineTaken(Baseline(**(given | changes)))


def an_order(status: str = "New", **changes: object) -> Order:
    """An order row with handy defaults."""
    given: dict[str, object] = {
        "category": "linear",
        "symbol": "SOLUSDT",
        "position_idx": 0,
        "order_id": "o1",
        "order_link_id": "",
        "side": "Sell",
        "order_type": "Limit",
        "status": status,
        "qty": Decimal(1),
        "leaves_qty": None,
        "filled_qty": Decimal(0),
        "price": Decimal(110),
        "average_price": None,
        "trigger_price": None,
        "trigger_by": "",
        "trigger_direction": 0,
        "take_profit": None,
        "stop_loss": None,
        "stop_order_type": "",
        "time_in_force": "GTC",
        "reduce_only": True,
        "create_type": "CreateByUser",
        "cancel_type": "",
        "reject_reason": "",
        "created_ms": START_MS,
        "updated_ms": START_MS,
    }
    return Order(**(given | changes))
