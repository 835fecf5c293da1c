"""A position's story as lines of the audit trail: what is said when its row, its stops or its life changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.command_trail import Line
from core.model import ClosedTrade, Position, StopChange
from core.trades import Life


def lines_of_row(
    held: Position | None, new: Position, asked_for_leverage: Callable[[Position], bool]
) -> Iterator[Line]:
    """What a new row of an open position says beside the one that was held.

    Args:
        asked_for_leverage: whether the leverage of a row is what this desk asked for.
    """
    if held is None:
        yield Line("position_opened", "info", {"side": new.side, "size": new.size, "entry_price": new.entry_price})
    elif held.side != new.side:
        yield Line("position_flipped", "warning", {"side": new.side, "size": new.size})
    elif held.size != new.size:
        yield Line("position_changed", "info", {"before": held.size, "after": new.size})
    if held is None or None in {held.leverage, new.leverage} or held.leverage == new.leverage:
        return
    if not asked_for_leverage(new):
        yield Line("leverage_changed", "warning", {"before": held.leverage, "after": new.leverage})


def lines_of_stops(change: StopChange | None) -> Iterator[Line]:
    """How stops changed, and by whom."""
    if change is None:
        return
    triggers: dict[str, Any] = {"trigger_before": change.triggers_before, "trigger_after": change.triggers_after}
    details = {
        "command_id": change.command_id,
        "before": change.before,
        "after": change.after,
        **(triggers if change.retriggered else {}),
        "reason": change.reason or "elsewhere",
    }
    yield Line("stops_changed", "info", details)


def _has_ended(before: Life | None, after: Life | None) -> bool:
    """Whether the life before an execution is not the one after it."""
    return before is not None and (after is None or after.life_id != before.life_id)


def lines_of_life(before: Life | None, after: Life | None, trade: ClosedTrade | None) -> Iterator[Line]:
    """A partial exit, or a life that ended; ``trade``: what became of the life before."""
    if before is None:
        return
    if _has_ended(before, after):
        if trade:
            yield Line("trade_closed", "info", {"net": trade.net_pnl, "reason": trade.closed_by})
    elif after and len(after.exits) > len(before.exits):
        last = after.exits[-1]
        details = {"qty": last.qty, "price": last.price, "net": last.net_pnl, "reason": last.reason}
        yield Line("partial_exit", "info", details)
