"""What has happened, as sentences: lines of the audit trail and watches that go off.

Text that came over the network is appended after a colon or in brackets, as a quotation. A code that nobody has worded
yet is shown as it is rather than hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import words
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Alert, AuditEvent

_EVENTS: Final = {
    "position_opened": QT_TRANSLATE_NOOP("Event", "Opened {side} {size} at {entry_price}"),
    "position_changed": QT_TRANSLATE_NOOP("Event", "Size {before} → {after}"),
    "position_flipped": QT_TRANSLATE_NOOP("Event", "Turned around: now {side} {size}"),
    "position_closed": QT_TRANSLATE_NOOP("Event", "Closed ({evidence})"),
    "partial_exit": QT_TRANSLATE_NOOP("Event", "Partial exit {qty} at {price}, net {net} ({reason})"),
    "trade_closed": QT_TRANSLATE_NOOP("Event", "Trade closed, net {net} ({reason})"),
    "stop_loss_moved": QT_TRANSLATE_NOOP("Event", "Stop loss moved {old} → {new}"),
    "reconciled": QT_TRANSLATE_NOOP("Event", "Reconciled with Bybit, {differences} differences"),
    "discrepancy": QT_TRANSLATE_NOOP("Event", "Differs from Bybit: {kind}"),
    "discrepancy_orphan_stop/cancelled": QT_TRANSLATE_NOOP("Event", "A stop order without a position: cancelled"),
    "discrepancy_orphan_stop/cancel_failed": QT_TRANSLATE_NOOP(
        "Event", "A stop order without a position: it could not be cancelled, see Orders"
    ),
    "discrepancy_orphan_stop/shown": QT_TRANSLATE_NOOP(
        "Event", "A stop order without a position, not of this desk: see Orders"
    ),
    "found": QT_TRANSLATE_NOOP("Event", "Found at Bybit: {kind}"),
    "executions_differ": QT_TRANSLATE_NOOP("Event", "Executions do not add up to the size that Bybit reports"),
    "execution_unknown": QT_TRANSLATE_NOOP(
        "Event", "Execution of a kind that is not known ({exec_type}, {qty}): no size was changed by it"
    ),
    "history_not_rebuilt": QT_TRANSLATE_NOOP(
        "Event",
        "Older trades could not be told from the executions: what is known of them stays, the next start tries again",
    ),
    "sequence_reset": QT_TRANSLATE_NOOP("Event", "Bybit's sequence started anew: {before} → {after}"),
    "mark_implausible": QT_TRANSLATE_NOOP("Event", "Mark price {mark} beside an index of {index} cannot be: not used"),
    "new_ledger": QT_TRANSLATE_NOOP("Event", "Another exchange: everything was read anew"),
    "frame_refused": QT_TRANSLATE_NOOP("Event", "Unreadable message on {topic} ({reason}); nothing was changed by it"),
    "poll_failed": QT_TRANSLATE_NOOP("Event", "A poll did not come through ({reason}); what is shown stays"),
    "bot_file_unreadable": QT_TRANSLATE_NOOP("Event", "The bot's positions file cannot be read ({reason})"),
    "store_damaged": QT_TRANSLATE_NOOP("Event", "The history was damaged; the bad file is kept aside ({reason})"),
    "store_restored": QT_TRANSLATE_NOOP("Event", "The history was restored from a copy"),
    "store_journal_saved": QT_TRANSLATE_NOOP("Event", "The journal of commands was carried over from the damaged file"),
    "store_new_ledger": QT_TRANSLATE_NOOP("Event", "A new paper exchange: the history begins anew"),
    "store_disk_full": QT_TRANSLATE_NOOP("Event", "The disk is full: watching goes on, history waits"),
    "store_ballast_used": QT_TRANSLATE_NOOP("Event", "The disk is full: reserved space was given up for the journal"),
    "store_space_back": QT_TRANSLATE_NOOP("Event", "The disk has space again"),
    "store_check_failed": QT_TRANSLATE_NOOP("Event", "The history could not be checked ({reason})"),
    "store_copy_failed": QT_TRANSLATE_NOOP("Event", "The daily copy of the history failed ({reason})"),
    "fees_unknown": QT_TRANSLATE_NOOP("Event", "Fee rates could not be read ({reason})"),
    "link_lost": QT_TRANSLATE_NOOP("Event", "Connection lost ({reason})"),
    "link_back": QT_TRANSLATE_NOOP("Event", "Connection back: {link}"),
    "tickers_lost": QT_TRANSLATE_NOOP("Event", "Price stream lost ({reason})"),
    "sweep_failed": QT_TRANSLATE_NOOP("Event", "Orphan stops could not be looked for ({reason})"),
    "alert_unprotected": QT_TRANSLATE_NOOP("Event", "Open without a stop loss for longer than {after_s} s"),
    "alert_too_many_positions": QT_TRANSLATE_NOOP("Event", "{count} positions are open; the limit is {most}"),
    "alert_near_liquidation": QT_TRANSLATE_NOOP("Event", "Only {distance_pct} % away from liquidation"),
    "alert_daily_loss": QT_TRANSLATE_NOOP("Event", "Today's loss of {loss} has reached the limit of {most}"),
    "command_not_journalled": QT_TRANSLATE_NOOP("Event", "{kind}: it could not be written down ({reason})"),
    "command_resumed": QT_TRANSLATE_NOOP("Event", "{kind}: left over from an earlier run, asking Bybit"),
    "command_sending": QT_TRANSLATE_NOOP("Event", "{kind}: sending"),
    "command_accepted": QT_TRANSLATE_NOOP("Event", "{kind}: accepted by Bybit, waiting for its evidence"),
    "command_done": QT_TRANSLATE_NOOP("Event", "{kind}: done"),
    "command_resting": QT_TRANSLATE_NOOP("Event", "{kind}: waits in the order book, see Orders"),
    "command_ended": QT_TRANSLATE_NOOP("Event", "{kind}: the order has ended, {filled} of {qty} filled"),
    "command_ended/closed_by_other": QT_TRANSLATE_NOOP(
        "Event", "{kind}: the order has ended, {filled} of {qty} filled; the position was closed by another party"
    ),
    "command_refused": QT_TRANSLATE_NOOP("Event", "{kind}: refused by Bybit (code {ret_code})"),
    "command_refused/closed_by_other": QT_TRANSLATE_NOOP(
        "Event", "{kind}: not carried out, the position was closed by another party"
    ),
    "command_refused/position_gone": QT_TRANSLATE_NOOP(
        "Event", "{kind}: nothing left to protect, the position is closed"
    ),
    "command_refused/rejected": QT_TRANSLATE_NOOP("Event", "{kind}: accepted, then refused by Bybit ({detail})"),
    "command_refused/unsent": QT_TRANSLATE_NOOP("Event", "{kind}: not carried out, nothing was changed"),
    "command_unknown": QT_TRANSLATE_NOOP("Event", "{kind}: outcome unknown, asking Bybit"),
    "command_no_trace": QT_TRANSLATE_NOOP("Event", "{kind}: no trace of it at Bybit after 3 checks"),
    "command_asked": QT_TRANSLATE_NOOP("Event", "{kind}: asked for ({reason})"),
    "command_journalled": QT_TRANSLATE_NOOP("Event", "{kind}: written down"),
    "command_sent": QT_TRANSLATE_NOOP("Event", "{kind}: sent, attempt {attempt}"),
    "command_answered": QT_TRANSLATE_NOOP("Event", "{kind}: answered after {ms} ms"),
    "command_evidence": QT_TRANSLATE_NOOP("Event", "{kind}: evidence ({evidence})"),
    "command_retried": QT_TRANSLATE_NOOP("Event", "{kind}: sent again under the same id, attempt {attempt}"),
    "command_hit_other_life": QT_TRANSLATE_NOOP(
        "Event", "{kind}: carried out late, on a position opened since ({filled})"
    ),
    "stops_changed": QT_TRANSLATE_NOOP("Event", "Stops changed ({reason})"),
    "leverage_changed": QT_TRANSLATE_NOOP("Event", "Leverage changed elsewhere, {before} → {after}"),
    "trade_priced": QT_TRANSLATE_NOOP("Event", "Result from Bybit's closed-PnL records, net {net}"),
    "trading_armed": QT_TRANSLATE_NOOP("Event", "Trading armed"),
    "signed_in": QT_TRANSLATE_NOOP("Event", "Signed in with the key {key}"),
    "signed_in_warned": QT_TRANSLATE_NOOP("Event", "Signed in with the key {key}; warnings acknowledged: {warnings}"),
    "trading_locked": QT_TRANSLATE_NOOP("Event", "Trading locked"),
    "key_expires": QT_TRANSLATE_NOOP("Event", "The API key expires in {days} days or less: make a new one at Bybit"),
    "subscriber_failed": QT_TRANSLATE_NOOP(
        "Event", "A listener of this desk fails ({name}, {listens_to}); everybody else is served"
    ),
    "arming_refused": QT_TRANSLATE_NOOP("Event", "Not armed: this key may only look"),
}

# Core's own words for a position that was closed by somebody else while a command was under way.
_GONE: Final = frozenset({"closed_by_other", "position_gone"})
# What is so at Bybit as well, and no difference from it.
_FOUND: Final = frozenset({"orphan_stop", "unprotected"})


def event(line: AuditEvent) -> str:
    """What an audit event says, without its symbol and time."""
    kind, variant = line.code.removeprefix("discrepancy_"), _variant(line)
    if variant in _EVENTS:
        return filled(_sentence(variant), line)
    if words.is_discrepancy(kind):
        return words.filled(_sentence("found" if kind in _FOUND else "discrepancy"), {"kind": kind})
    return filled(_sentence(line.code), line)


def filled(sentence: str, line: AuditEvent) -> str:
    """A sentence about an audit event, filled with its details."""
    return words.filled(sentence, line.details, _coin(line))


def _coin(line: AuditEvent) -> str:
    """The settle coin of the contract that a line is about."""
    from core.symbols import settle_coin  # with the first line, not before the first paint

    return settle_coin(line.key.category, line.key.symbol) if line.key else ""


def _sentence(code: str) -> str:
    return translate("Event", _EVENTS[code]) if code in _EVENTS else code


def _variant(line: AuditEvent) -> str:
    """The code with what came of it: some of these have words of their own."""
    details = line.details
    came = details.get("detail") or details.get("done") or ""
    if line.code == "command_refused" and details.get("ret_code") is None and came not in _GONE:
        came = "rejected" if details.get("evidence") else "unsent"
    return f"{line.code}/{came}"


def alert(watch: Alert) -> str:
    """A watch that is going off, with its symbol."""
    symbol = f"{watch.key.symbol}: " if watch.key else ""
    return symbol + words.filled(_sentence(f"alert_{watch.kind}"), watch.details)
