"""Standing watches over the account: pure checks of one snapshot. They alert; they never act.

Each can be switched off (None). They run after the clean-up, so that nothing is said about what is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from core.analytics.metrics import USD_COINS
from core.formulas import distance_pct
from core.model import Alert, Order, Position, Snapshot
from core.money import ZERO

DAY_MS = 86_400_000

_PROTECTING = frozenset({"StopLoss", "PartialStopLoss", "TrailingStop", "Stop"})
# Bybit's triggerDirection.
_RISES, _FALLS = 1, 2


class GuardSettings(Struct, frozen=True, kw_only=True):
    """What to watch for. None switches a watch off.

    ``unprotected_after_s``: seconds that a position may stand without any stop. ``max_positions``: how many
    open positions are wanted at once. ``near_liquidation_pct``: of the mark price. ``daily_loss``: realised net loss
    of the UTC day, in USD, above zero: the lives that ended today, as a whole, and what those still open have realised
    today (of a life that began earlier its exits, of a younger one its fees and funding as well). What is unrealised
    does not count, nor what is settled in another coin.
    """

    unprotected_after_s: int | None = 60
    max_positions: int | None = None
    near_liquidation_pct: Decimal | None = Decimal(5)
    daily_loss: Decimal | None = None


def check(snapshot: Snapshot, settings: GuardSettings, now_ms: int) -> tuple[Alert, ...]:
    """Every watch that goes off now; the same snapshot gives the same alerts."""
    return (
        *_unprotected(snapshot, settings, now_ms),
        *_too_many(snapshot, settings),
        *_near_liquidation(snapshot, settings),
        *_daily_loss(snapshot, settings, now_ms),
    )


def is_protected(position: Position, orders: tuple[Order, ...]) -> bool:
    """Whether a stop would close at least part of the position: its own, or a reduce-only stop order."""
    if position.stop_loss is not None or position.trailing_stop is not None:
        return True
    return any(
        order.position_key == position.key
        and order.is_open
        and order.stop_order_type in _PROTECTING
        and order.reduce_only
        and order.side != position.side
        and _is_on_losing_side(order, position)
        for order in orders
    )


def _is_on_losing_side(order: Order, position: Position) -> bool:
    """A conditional order may as well take a profit: a stop waits for a long to fall, for a short to rise."""
    if order.stop_order_type != "Stop":
        return True
    return order.trigger_direction == (_FALLS if position.is_long else _RISES)


def _unprotected(snapshot: Snapshot, settings: GuardSettings, now_ms: int) -> Iterator[Alert]:
    after_s = settings.unprotected_after_s
    if after_s is None:
        return
    for position in snapshot.positions:
        stands_ms = now_ms - position.opened_ms if position.opened_ms is not None else None
        is_due = stands_ms is None or stands_ms >= after_s * 1000
        if is_due and not is_protected(position, snapshot.orders):
            yield Alert(kind="unprotected", key=position.key, details=MappingProxyType({"after_s": after_s}))


def _too_many(snapshot: Snapshot, settings: GuardSettings) -> Iterator[Alert]:
    most, count = settings.max_positions, len(snapshot.positions)
    if most is not None and count > most:
        yield Alert(kind="too_many_positions", details=MappingProxyType({"count": count, "most": most}))


def _near_liquidation(snapshot: Snapshot, settings: GuardSettings) -> Iterator[Alert]:
    nearest = settings.near_liquidation_pct
    if nearest is None:
        return
    for position in snapshot.positions:
        if position.mark_price is None or position.liq_price is None:
            continue
        distance = abs(distance_pct(position.mark_price, position.liq_price))
        if distance < nearest:
            yield Alert(kind="near_liquidation", key=position.key, details=MappingProxyType({"distance_pct": distance}))


def _daily_loss(snapshot: Snapshot, settings: GuardSettings, now_ms: int) -> Iterator[Alert]:
    most, today = settings.daily_loss, snapshot.sessions.get("today")
    if most is None or today is None:
        return
    midnight_ms = now_ms - now_ms % DAY_MS
    loss = -today.total_realised_pnl - sum((_realised_since(p, midnight_ms) for p in snapshot.positions), ZERO)
    if loss >= most:
        yield Alert(kind="daily_loss", details=MappingProxyType({"loss": loss, "most": most}))


def _realised_since(position: Position, since_ms: int) -> Decimal:
    """What an open life has brought since a time: all of one that began since, else its exits; 0 where not known."""
    if position.settle_coin not in USD_COINS:
        return ZERO
    if position.opened_ms is not None and position.opened_ms >= since_ms and position.realised_pnl is not None:
        return position.realised_pnl
    exits = (part.net_pnl for part in position.partial_exits if part.ts_ms >= since_ms)
    return sum((net for net in exits if net is not None), ZERO)
