"""Taking back the last edit of a position's stops, as an intent like any other. Pure."""

from __future__ import annotations

from decimal import Decimal

from core.intents.records import SetTradingStop
from core.model import Position, PositionKey, Snapshot, StopChange, StopTriggers
from core.money import ZERO


def undo_of(snapshot: Snapshot, key: PositionKey) -> SetTradingStop | None:
    """The intent that brings back the stops from before this desk's last edit of an open position.

    Returns:
        None when there is nothing to take back: no edit of ours in this life, somebody changed the stops since, the
        position is gone, or its legs were compared with different prices, which one edit cannot bring back. Whether the
        old stops are still valid is for ``check`` to say.
    """
    position = snapshot.position(key.symbol, key.position_idx, key.category)
    history = snapshot.stop_changes.get(key, ())
    if position is None or not history:
        return None
    last = history[-1]
    held = (position.take_profit, position.stop_loss, position.trailing_stop)
    if not last.command_id or last.life_id != position.life_id or held != last.after:
        return None
    legs = _legs_back(position, last)
    trigger_by = _trigger_back(_triggers(snapshot, key), last, legs)
    if trigger_by is None:
        return None
    trailing = _back(last.before.trailing_stop, last.after.trailing_stop)
    return SetTradingStop(
        symbol=key.symbol,
        position_idx=key.position_idx,
        category=key.category,
        take_profit=legs["take_profit"],
        stop_loss=legs["stop_loss"],
        trailing_stop=trailing,
        # One that waited must not come back armed; whether the price has been passed since is for the check to say.
        active_price=last.waited_before if trailing else None,
        side=position.side,
        life_id=position.life_id,
        seq_seen=position.seq,
        trigger_by=trigger_by,
        reason="undo",
    )


def _legs_back(position: Position, change: StopChange) -> dict[str, Decimal | None]:
    """The prices to ask for. A trigger goes only with a price: a leg that only changed that is sent once more."""
    legs = {leg: _back(getattr(change.before, leg), getattr(change.after, leg)) for leg in StopTriggers._fields}
    standing = {leg: getattr(position, leg) for leg in change.retriggered if legs[leg] is None}
    return legs | standing


def _trigger_back(present: StopTriggers, change: StopChange, legs: dict[str, Decimal | None]) -> str | None:
    """What all legs of the undo are compared with; None when that is not one price, or changed since."""
    former = {getattr(change.triggers_before, leg) for leg, price in legs.items() if price} - {""}
    is_changed_since = any(getattr(present, leg) != getattr(change.triggers_after, leg) for leg in change.retriggered)
    if len(former) > 1 or is_changed_since:
        return None
    standing = next(filter(None, reversed(present)), "MarkPrice")
    trigger_by: str = next(iter(former), standing)
    others = {getattr(present, leg) for leg, price in legs.items() if price is None} - {"", trigger_by}
    return None if change.retriggered and others else trigger_by


def _back(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """What to ask for so that a value is as before: None when it did not change, 0 when there was none."""
    if before == after:
        return None
    return ZERO if before is None else before


def _triggers(snapshot: Snapshot, key: PositionKey) -> StopTriggers:
    """What the present stops are compared with."""
    found = {o.stop_order_type: o.trigger_by for o in snapshot.orders if o.position_key == key}
    return StopTriggers(found.get("TakeProfit", ""), found.get("StopLoss", ""))
