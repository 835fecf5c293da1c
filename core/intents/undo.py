"""Taking back the last edit of a position's stops, as an intent like any other. Pure."""

from __future__ import annotations

from decimal import Decimal

from core.intents.records import SetTradingStop
from core.model import PositionKey, Snapshot, StopChange
from core.money import ZERO


def undo_of(snapshot: Snapshot, key: PositionKey) -> SetTradingStop | None:
    """The intent that brings back the stops from before this desk's last edit of an open position.

    Returns:
        None when there is nothing to take back: no edit of ours in this life, somebody changed the stops since, or the
        position is gone. Whether the old stops are still valid is for ``check`` to say.
    """
    position = snapshot.position(key.symbol, key.position_idx, key.category)
    history = snapshot.stop_changes.get(key, ())
    if position is None or not history:
        return None
    last = history[-1]
    held = (position.take_profit, position.stop_loss, position.trailing_stop)
    if not last.command_id or last.life_id != position.life_id or held != last.after:
        return None
    take_profit, stop_loss, trailing_stop = map(_back, last.before, last.after)
    return SetTradingStop(
        symbol=key.symbol,
        position_idx=key.position_idx,
        category=key.category,
        take_profit=take_profit,
        stop_loss=stop_loss,
        trailing_stop=trailing_stop,
        side=position.side,
        life_id=position.life_id,
        seq_seen=position.seq,
        trigger_by=_trigger(snapshot, last),
        reason="undo",
    )


def _back(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """What to ask for so that a value is as before: None when it did not change, 0 when there was none."""
    if before == after:
        return None
    return ZERO if before is None else before


def _trigger(snapshot: Snapshot, change: StopChange) -> str:
    """Keep comparing with the price that the present stops are compared with."""
    kinds = {"StopLoss", "TakeProfit"}
    return next(
        (o.trigger_by for o in snapshot.orders if o.position_key == change.key and o.stop_order_type in kinds),
        "MarkPrice",
    )
