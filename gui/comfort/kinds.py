"""What can be announced, in kinds that are switched one by one; which kind a line of the audit trail belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from core.model import AuditEvent


class Kind(NamedTuple):
    """One switchable kind. ``urgency``: the higher comes first; critical kinds are on until switched off."""

    name: str
    words: str
    urgency: int
    sound: str
    is_critical: bool = False


KINDS: Final = (
    Kind("opened", QT_TRANSLATE_NOOP("Announce", "A position was opened"), 1, "note"),
    Kind("partial_exit", QT_TRANSLATE_NOOP("Announce", "A partial exit"), 2, "note"),
    Kind("closed", QT_TRANSLATE_NOOP("Announce", "A position was closed"), 3, "pair"),
    Kind("stopped", QT_TRANSLATE_NOOP("Announce", "Closed by its stop loss, take profit or trailing stop"), 4, "pair"),
    Kind(
        "liquidated", QT_TRANSLATE_NOOP("Announce", "A liquidation or auto-deleveraging"), 9, "alarm", is_critical=True
    ),
    Kind(
        "alert",
        QT_TRANSLATE_NOOP("Announce", "A guard goes off, a key expires, or the disk fails"),
        7,
        "alarm",
        is_critical=True,
    ),
    Kind(
        "link", QT_TRANSLATE_NOOP("Announce", "The connection is lost, or the key refused"), 6, "fall", is_critical=True
    ),
    Kind(
        "command",
        QT_TRANSLATE_NOOP("Announce", "A command is refused, or its outcome unknown"),
        8,
        "alarm",
        is_critical=True,
    ),
    Kind("discrepancy", QT_TRANSLATE_NOOP("Announce", "The desk and Bybit disagreed"), 5, "note"),
)
BY_NAME: Final = {kind.name: kind for kind in KINDS}

_BY_CODE: Final = {
    "position_opened": "opened",
    "position_flipped": "opened",
    "partial_exit": "partial_exit",
    "position_closed": "closed",
    "trade_closed": "closed",
    "link_lost": "link",
    "tickers_lost": "link",
    "command_refused": "command",
    "command_unknown": "command",
    "command_no_trace": "command",
    "command_not_journalled": "command",
    "command_hit_other_life": "command",
    "executions_differ": "discrepancy",
    "key_expires": "alert",
}
_BY_REASON: Final = {
    "stop_loss": "stopped",
    "take_profit": "stopped",
    "trailing_stop": "stopped",
    "liquidation": "liquidated",
    "adl": "liquidated",
}


def kind_of(line: AuditEvent) -> Kind | None:
    """The kind of a line, None for what nobody needs to be called for."""
    reason = str(line.details.get("reason") or "")
    if line.code in {"trade_closed", "partial_exit"} and reason in _BY_REASON:
        name = _BY_REASON[reason]
        # A take profit in parts is a partial exit; a liquidation in parts is a liquidation.
        return BY_NAME[name if line.code == "trade_closed" or name == "liquidated" else "partial_exit"]
    if line.code.startswith("alert_"):
        return BY_NAME["alert"]
    if line.code.startswith("discrepancy_"):
        return BY_NAME["discrepancy"] if line.severity != "info" else None
    if line.code not in _BY_CODE and line.severity in {"error", "critical"}:
        return BY_NAME["alert"]  # a full or damaged disk, and what else cannot wait
    found = _BY_CODE.get(line.code)
    return BY_NAME[found] if found else None
