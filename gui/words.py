"""Codes of the core as words: errors, audit events, order and execution kinds.

Text that came over the network is never part of a sentence; it is appended after a colon, as a quotation, in details
only. A code that nobody has worded yet is shown as it is rather than hidden.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import text
from gui.text import translate

if TYPE_CHECKING:
    from core.errors import AppError
    from core.model import Alert, AuditEvent, Halt, PositionKey, Snapshot

_ERRORS: Final = {
    "rejected": QT_TRANSLATE_NOOP("Error", "Bybit refused (code {ret_code})"),
    "rate_limited": QT_TRANSLATE_NOOP("Error", "Bybit asks us to slow down; nothing was sent"),
    "unreachable": QT_TRANSLATE_NOOP("Error", "Bybit does not answer; what is shown stays"),
    "timeout": QT_TRANSLATE_NOOP("Error", "Bybit did not answer in time"),
    "outcome_unknown": QT_TRANSLATE_NOOP("Error", "It is not known whether Bybit carried it out; the desk is asking"),
    "not_connected": QT_TRANSLATE_NOOP("Error", "Not connected yet"),
    "bad_signature": QT_TRANSLATE_NOOP(
        "Error",
        "Bybit does not accept the key's signature (10004): the secret does not belong to this key. "
        "Replace the key in Accounts",
    ),
    "no_display": QT_TRANSLATE_NOOP(
        "Error", "There is no display to show the desk on (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    ),
    "display_silent": QT_TRANSLATE_NOOP("Error", "The display {display} does not answer"),
    "missing_library": QT_TRANSLATE_NOOP("Error", "The system library {library} is missing; make run installs it"),
    "settings_unreadable": QT_TRANSLATE_NOOP(
        "Error", "The settings file {path} cannot be used: {reason}. Mend it, or move it away for the defaults"
    ),
    "already_running": QT_TRANSLATE_NOOP("Error", "Another desk is running on this account (process {pid})"),
    "newer_schema": QT_TRANSLATE_NOOP(
        "Error", "The history in {path} was made by a newer version of the desk; nothing was changed"
    ),
    "no_history": QT_TRANSLATE_NOOP("Error", "There is no history of this account in {path}"),
    "foreign_file": QT_TRANSLATE_NOOP("Error", "The file {path} is not a history of this desk; nothing was changed"),
    "wrong_account": QT_TRANSLATE_NOOP(
        "Error", "The history in {path} belongs to another account; nothing was changed"
    ),
    "network_share": QT_TRANSLATE_NOOP(
        "Error", "The data folder {path} is on a network share, where a history cannot be kept safely"
    ),
    "read_only": QT_TRANSLATE_NOOP("Error", "The data folder {path} cannot be written"),
    "disk_full": QT_TRANSLATE_NOOP("Error", "The disk is full; nothing of this was kept"),
    "disk_error": QT_TRANSLATE_NOOP("Error", "The disk reports an error: {reason}"),
    "damaged": QT_TRANSLATE_NOOP("Error", "The history is damaged and could not be mended: {reason}"),
    "locked": QT_TRANSLATE_NOOP("Error", "The history is in use by another program"),
    "store_closed": QT_TRANSLATE_NOOP("Error", "No history is kept now"),
    "store_overloaded": QT_TRANSLATE_NOOP("Error", "The disk is too slow at the moment; nothing of this was kept"),
    "file_exists": QT_TRANSLATE_NOOP("Error", "The file {path} exists already"),
    "not_written": QT_TRANSLATE_NOOP("Error", "The file {path} could not be written: {reason}"),
    "settings_not_saved": QT_TRANSLATE_NOOP("Error", "The settings file {path} could not be written: {reason}"),
    "data_folder": QT_TRANSLATE_NOOP("Error", "The data folder {path} cannot be used: {reason}"),
    "data_folder_foreign": QT_TRANSLATE_NOOP(
        "Error", "{path} belongs to another user: choose a data folder of your own with --data-dir"
    ),
    "data_folder_shared": QT_TRANSLATE_NOOP(
        "Error", "Others may write to {path}, which is not the desk's alone: choose another data folder with --data-dir"
    ),
    "no_account": QT_TRANSLATE_NOOP("Error", "No keys are stored for the account {account} ({environment}) yet"),
    "key_unknown": QT_TRANSLATE_NOOP(
        "Error",
        "Bybit does not know this key (10003): it was deleted, or it belongs to another environment. "
        "Make a new one, or choose the environment that it was made in",
    ),
    "no_permission": QT_TRANSLATE_NOOP(
        "Error", "The key lacks a right (10005): allow Unified Trading orders and positions for it at Bybit"
    ),
    "key_not_accepted": QT_TRANSLATE_NOOP("Error", "Bybit does not let this account in (10007): look at Bybit's site"),
    "account_banned": QT_TRANSLATE_NOOP("Error", "Bybit has blocked this account (10008): ask Bybit's support"),
    "stream_auth_failed": QT_TRANSLATE_NOOP(
        "Error", "Bybit's stream does not accept the key, and nothing else refuses it: look at this computer's clock"
    ),
    "address_banned": QT_TRANSLATE_NOOP(
        "Error", "Bybit has blocked this internet address (10009): wait, or ask Bybit's support"
    ),
    "address_not_bound": QT_TRANSLATE_NOOP(
        "Error", "The key is bound to other internet addresses (10010): add this one to the key at Bybit"
    ),
    "key_expired": QT_TRANSLATE_NOOP("Error", "The key has expired (33004): make a new one at Bybit"),
    "key_may_withdraw": QT_TRANSLATE_NOOP(
        "Error", "This key may withdraw money. The desk refuses it: make one without the right to withdraw"
    ),
    "key_has_expired": QT_TRANSLATE_NOOP("Error", "This key has expired: make a new one at Bybit"),
    "key_of_another_account": QT_TRANSLATE_NOOP(
        "Error", "This key belongs to another account at Bybit: add it as an account of its own, under another name"
    ),
    "bad_account_name": QT_TRANSLATE_NOOP("Error", "A name is 1 to 32 letters, digits, _ or -, without spaces"),
    "account_exists": QT_TRANSLATE_NOOP("Error", "There is an account {account} already"),
    "bad_api_key": QT_TRANSLATE_NOOP("Error", "This does not look like an API key: letters and digits, no spaces"),
    "bad_secret": QT_TRANSLATE_NOOP(
        "Error", "This does not look like an API secret: letters and digits without spaces, or an RSA key as PEM"
    ),
    "bad_rsa_key": QT_TRANSLATE_NOOP(
        "Error", "This is not an RSA private key of 2048 bits or more, as PEM and without a password"
    ),
    "short_passphrase": QT_TRANSLATE_NOOP("Error", "A passphrase needs at least {least} characters"),
    "wrong_passphrase": QT_TRANSLATE_NOOP("Error", "The passphrase is wrong, or the file of secrets was changed"),
    "passphrase_needed": QT_TRANSLATE_NOOP("Error", "The passphrase is missing"),
    "passphrase_unattended": QT_TRANSLATE_NOOP(
        "Error",
        "The account {account} ({environment}) opens with a passphrase only, and nobody can be asked for it here",
    ),
    "secret_missing": QT_TRANSLATE_NOOP(
        "Error",
        "The secret of {account} ({environment}) is no longer where it was kept: forget the account, add it anew",
    ),
    "no_ring": QT_TRANSLATE_NOOP("Error", "This system has no key ring that the desk can use"),
    "ring_locked": QT_TRANSLATE_NOOP("Error", "The key ring is locked: unlock it and try again"),
    "ring_failed": QT_TRANSLATE_NOOP("Error", "The key ring did not do what it should: {reason}"),
    "vault_unreadable": QT_TRANSLATE_NOOP(
        "Error", "The accounts file {path} cannot be used: {reason}. Mend it, or move it away and add the accounts anew"
    ),
    "vault_not_written": QT_TRANSLATE_NOOP("Error", "The accounts file {path} could not be written: {reason}"),
    "secret_in_arguments": QT_TRANSLATE_NOOP(
        "Error", "Keys are not taken from the command line ({name}): everybody on this computer can read it"
    ),
    "secret_in_environment": QT_TRANSLATE_NOOP(
        "Error",
        "The variable {name} holds a key; the live desk does not start beside it. Unset it, and add the account",
    ),
    "secret_in_settings": QT_TRANSLATE_NOOP(
        "Error", "The settings file holds a key ({name}); remove it there, and add the account instead"
    ),
    "paper_ready_line": QT_TRANSLATE_NOOP("Error", "The paper exchange says something unreadable: {reason}"),
    "paper_not_started": QT_TRANSLATE_NOOP("Error", "The paper exchange did not start: {reason}"),
    "connect_file_unreadable": QT_TRANSLATE_NOOP("Error", "The file {path} cannot be read: {reason}"),
    "exchange_unreachable": QT_TRANSLATE_NOOP("Error", "The exchange cannot be reached: {reason}"),
    "not_armed": QT_TRANSLATE_NOOP("Error", "Trading is locked"),
    "position_gone": QT_TRANSLATE_NOOP("Error", "This position is no longer open"),
    "order_gone": QT_TRANSLATE_NOOP("Error", "This order is no longer open"),
}

# For codes without words of their own: what the kind of error means for the operator.
_BY_CLASS: Final = {
    "AuthFailed": QT_TRANSLATE_NOOP("Error", "Bybit does not accept this key ({code})"),
    "RateLimited": QT_TRANSLATE_NOOP("Error", "Bybit asks us to slow down; nothing was sent ({code})"),
    "Unreachable": QT_TRANSLATE_NOOP("Error", "Bybit does not answer as it should; what is shown stays ({code})"),
    "OutcomeUnknown": QT_TRANSLATE_NOOP(
        "Error", "It is not known whether Bybit carried it out; the desk is asking ({code})"
    ),
    "BadFrame": QT_TRANSLATE_NOOP("Error", "Bybit sent something unreadable; it changed nothing ({code})"),
    "StoreError": QT_TRANSLATE_NOOP("Error", "The desk's own files could not be used ({code})"),
    "SecretsUnavailable": QT_TRANSLATE_NOOP("Error", "The key ring could not be used ({code})"),
    "BadValue": QT_TRANSLATE_NOOP("Error", "This was refused before it was sent ({code})"),
}

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
        "Event", "{kind}: not carried out, the position was closed by another party"
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

_KINDS: Final = {
    "close": QT_TRANSLATE_NOOP("Command", "Close position"),
    "stops": QT_TRANSLATE_NOOP("Command", "Set stops"),
    "cancel": QT_TRANSLATE_NOOP("Command", "Cancel order"),
    "amend": QT_TRANSLATE_NOOP("Command", "Amend order"),
    "open": QT_TRANSLATE_NOOP("Command", "Open position"),
    "leverage": QT_TRANSLATE_NOOP("Command", "Set leverage"),
}

_DISCREPANCIES: Final = {
    "missing_locally": QT_TRANSLATE_NOOP("Discrepancy", "a position that the desk did not know"),
    "phantom": QT_TRANSLATE_NOOP("Discrepancy", "a position that Bybit no longer lists"),
    "side_differs": QT_TRANSLATE_NOOP("Discrepancy", "the side"),
    "size_differs": QT_TRANSLATE_NOOP("Discrepancy", "the size"),
    "entry_differs": QT_TRANSLATE_NOOP("Discrepancy", "the entry price"),
    "leverage_differs": QT_TRANSLATE_NOOP("Discrepancy", "the leverage"),
    "stops_differ": QT_TRANSLATE_NOOP("Discrepancy", "the stops"),
    "margin_mode_differs": QT_TRANSLATE_NOOP("Discrepancy", "the margin mode"),
    "orphan_stop": QT_TRANSLATE_NOOP("Discrepancy", "a stop order without a position"),
    "pnl_differs": QT_TRANSLATE_NOOP("Discrepancy", "the realised PnL"),
    "unprotected": QT_TRANSLATE_NOOP("Discrepancy", "a position without a stop loss"),
    "executions_missing": QT_TRANSLATE_NOOP("Discrepancy", "executions that did not arrive; they were asked for"),
}

# What is so at Bybit as well, and no difference from it.
# Core's own words for a position that was closed by somebody else while a command was under way.
_GONE: Final = frozenset({"closed_by_other", "position_gone"})
_FOUND: Final = frozenset({"orphan_stop", "unprotected"})

_STOP_ORDERS: Final = {
    "TakeProfit": QT_TRANSLATE_NOOP("Order", "Take profit"),
    "StopLoss": QT_TRANSLATE_NOOP("Order", "Stop loss"),
    "TrailingStop": QT_TRANSLATE_NOOP("Order", "Trailing stop"),
    "Stop": QT_TRANSLATE_NOOP("Order", "Conditional"),
    "PartialTakeProfit": QT_TRANSLATE_NOOP("Order", "Partial take profit"),
    "PartialStopLoss": QT_TRANSLATE_NOOP("Order", "Partial stop loss"),
    "tpslOrder": QT_TRANSLATE_NOOP("Order", "TP/SL order"),
}

# Why the exchange takes no commands on a contract, by its code; see core.halts.
_HALTS: Final = {
    10024: QT_TRANSLATE_NOOP("Halt", "this account may not trade it"),
    10027: QT_TRANSLATE_NOOP("Halt", "trading is barred for this account"),
    10029: QT_TRANSLATE_NOOP("Halt", "the key may not trade it"),
    110021: QT_TRANSLATE_NOOP("Halt", "its open interest is at the cap"),
    110022: QT_TRANSLATE_NOOP("Halt", "quantities may not grow now"),
    110023: QT_TRANSLATE_NOOP("Halt", "positions may only be reduced now"),
    110042: QT_TRANSLATE_NOOP("Halt", "its delivery is near"),
    110063: QT_TRANSLATE_NOOP("Halt", "it is being settled"),
    110066: QT_TRANSLATE_NOOP("Halt", "trading is switched off for now"),
    110074: QT_TRANSLATE_NOOP("Halt", "it is not live"),
    30228: QT_TRANSLATE_NOOP("Halt", "it is being delisted"),
}

# Details of events that are sizes: hidden together with money.
_SIZES: Final = frozenset({"qty", "size", "before", "after", "filled", "most", "loss"})

_ORDER_STATUSES: Final = {
    "New": QT_TRANSLATE_NOOP("Order", "Open"),
    "PartiallyFilled": QT_TRANSLATE_NOOP("Order", "Partly filled"),
    "Untriggered": QT_TRANSLATE_NOOP("Order", "Waiting"),
    "Triggered": QT_TRANSLATE_NOOP("Order", "Triggered"),
}

_EXECUTIONS: Final = {
    "Trade": QT_TRANSLATE_NOOP("Execution", "Fill"),
    "Funding": QT_TRANSLATE_NOOP("Execution", "Funding"),
    "AdlTrade": QT_TRANSLATE_NOOP("Execution", "Auto-deleveraging"),
    "BustTrade": QT_TRANSLATE_NOOP("Execution", "Liquidation"),
    "Delivery": QT_TRANSLATE_NOOP("Execution", "Delivery"),
    "Settle": QT_TRANSLATE_NOOP("Execution", "Settlement"),
}

# What proves that a position is closed; the strongest first.
_EVIDENCE: Final = {
    "E1": QT_TRANSLATE_NOOP("Event", "as Bybit's stream reports"),
    "E2": QT_TRANSLATE_NOOP("Event", "as Bybit answers"),
    "E3": QT_TRANSLATE_NOOP("Event", "by its executions"),
    "E4": QT_TRANSLATE_NOOP("Event", "by Bybit's closed-PnL records"),
}

_BY_ID: Final = "id:"  # what core.executions.exit_reason puts before a foreign order's own id

_REASONS: Final = {
    "manual": QT_TRANSLATE_NOOP("Reason", "manual"),
    "elsewhere": QT_TRANSLATE_NOOP("Reason", "not by this desk"),
    "take_profit": QT_TRANSLATE_NOOP("Reason", "take profit"),
    "stop_loss": QT_TRANSLATE_NOOP("Reason", "stop loss"),
    "trailing_stop": QT_TRANSLATE_NOOP("Reason", "trailing stop"),
    "liquidation": QT_TRANSLATE_NOOP("Reason", "liquidation"),
    "adl": QT_TRANSLATE_NOOP("Reason", "auto-deleveraging"),
    "settlement": QT_TRANSLATE_NOOP("Reason", "settlement"),
}

_TRIGGERS: Final = {
    "MarkPrice": QT_TRANSLATE_NOOP("Order", "mark"),
    "LastPrice": QT_TRANSLATE_NOOP("Order", "last"),
    "IndexPrice": QT_TRANSLATE_NOOP("Order", "index"),
}

_ENVIRONMENTS: Final = {
    "paper": QT_TRANSLATE_NOOP("Environment", "PAPER"),
    "demo": QT_TRANSLATE_NOOP("Environment", "DEMO"),
    "testnet": QT_TRANSLATE_NOOP("Environment", "TESTNET"),
    "live": QT_TRANSLATE_NOOP("Environment", "LIVE"),
}

_LINKS: Final = {
    "rest": QT_TRANSLATE_NOOP("Link", "REST"),
    "private": QT_TRANSLATE_NOOP("Link", "Private stream"),
    "tickers": QT_TRANSLATE_NOOP("Link", "Tickers"),
}


def _worded(context: str, table: dict[str, str], code: str) -> str:
    """The words of a code, the code itself where there are none."""
    return translate(context, table[code]) if code in table else code


class _Shown(dict[str, str]):
    """Details for ``str.format_map``; one that is missing is a dash."""

    def __missing__(self, key: str) -> str:
        return text.DASH


def _filled(words: str, details: dict[str, Any], coin: str = "") -> str:
    """``coin``: what a net result is counted in."""
    return words.format_map(_Shown({name: _detail(name, value, coin) for name, value in details.items()}))


def _detail(name: str, value: Any, coin: str) -> str:
    if value is None:
        return text.DASH
    if name == "detail" and text.is_private():
        return text.HIDDEN  # Bybit's own words may name amounts
    if isinstance(value, Decimal):
        if name.endswith("_pct"):
            return text.number(value, 1)
        if name == "net":
            return text.money(value, coin, signed=True)
        return text.quantity(value) if name in _SIZES else text.number(value)
    if name == "side":
        return text.side_name(str(value))
    if name == "kind":
        kind = str(value)
        return _worded("Discrepancy", _DISCREPANCIES, kind) if kind in _DISCREPANCIES else command_kind(kind)
    if name == "reason":
        return text.literal(reason(str(value)), 80)
    if name == "link":
        return link_name(str(value))
    if name == "evidence" and value in _EVIDENCE:
        return translate("Event", _EVIDENCE[value])
    return text.literal(str(value), 80)


def error(trouble: AppError) -> str:
    """One sentence for expected trouble."""
    code = trouble.code
    if code in _ERRORS:
        return _filled(translate("Error", _ERRORS[code]), dict(trouble.details))
    for kind in type(trouble).__mro__:
        if kind.__name__ in _BY_CLASS:
            return translate("Error", _BY_CLASS[kind.__name__]).format(code=code)
    return translate("Error", "That did not work ({code})").format(code=code)


def filled(sentence: str, line: AuditEvent) -> str:
    """Another sentence about an audit event, filled with its details."""
    return _filled(sentence, dict(line.details), _coin(line))


def _coin(line: AuditEvent) -> str:
    """The settle coin of the contract that a line is about."""
    from core.symbols import settle_coin  # with the first line, not before the first paint

    return settle_coin(line.key.category, line.key.symbol) if line.key else ""


def event(line: AuditEvent) -> str:
    """What an audit event says, without its symbol and time."""
    kind, variant = line.code.removeprefix("discrepancy_"), _variant(line)
    if variant in _EVENTS:
        return _filled(_worded("Event", _EVENTS, variant), dict(line.details), _coin(line))
    if kind in _DISCREPANCIES:
        return _filled(_worded("Event", _EVENTS, "found" if kind in _FOUND else "discrepancy"), {"kind": kind})
    return _filled(_worded("Event", _EVENTS, line.code), dict(line.details), _coin(line))


def _variant(line: AuditEvent) -> str:
    """The code with what came of it: some of these have words of their own."""
    details = line.details
    came = details.get("detail") or details.get("done") or ""
    if line.code == "command_refused" and details.get("ret_code") is None and came not in _GONE:
        came = "rejected" if details.get("evidence") else "unsent"
    return f"{line.code}/{came}"


def halt(told: Halt, age_s: float) -> str:
    """Why the exchange took no command on a contract, how long ago it said so, and that one may try."""
    sentence = translate("Halt", "Bybit refused here {age} ago: {reason} ({code}). You may try again.")
    reason = translate("Halt", _HALTS[told.ret_code])
    return sentence.format(age=text.age(age_s), reason=reason, code=told.ret_code)


def halted(snapshot: Snapshot, key: PositionKey, now_mono: float) -> str:
    """The same for the contract of a position or an order; empty when nothing says that it is halted."""
    told = snapshot.links.halts.get((key.category, key.symbol))
    return "" if told is None else halt(told, now_mono - told.last_mono)


def alert(watch: Alert) -> str:
    """A watch that is going off, with its symbol."""
    symbol = f"{watch.key.symbol}: " if watch.key else ""
    return symbol + _filled(_worded("Event", _EVENTS, f"alert_{watch.kind}"), dict(watch.details))


def command_kind(kind: str) -> str:
    """What a command was about."""
    return _worded("Command", _KINDS, kind)


def order_kind(order_type: str, stop_order_type: str) -> str:
    """Market, Limit, or what a conditional order protects."""
    if stop_order_type:
        return _worded("Order", _STOP_ORDERS, stop_order_type)
    return {"Market": translate("Order", "Market"), "Limit": translate("Order", "Limit")}.get(order_type, order_type)


def order_status(status: str) -> str:
    """How far an open order is."""
    return _worded("Order", _ORDER_STATUSES, status)


def execution_kind(exec_type: str) -> str:
    """Fill, funding, liquidation …"""
    return _worded("Execution", _EXECUTIONS, exec_type)


def reason(code: str, symbol: str = "") -> str:
    """Why an exit happened; a bot's own label stays as it is.

    Of a foreign order's own id the contract's name is left out where ``symbol`` stands beside it.
    """
    if code.startswith(_BY_ID):
        parts = code.removeprefix(_BY_ID).split("-")
        return "-".join(part for part in parts if part != symbol)
    return _worded("Reason", _REASONS, code)


def is_known_reason(code: str) -> bool:
    """Whether a reason has words of ours; another one is a bot's own label."""
    return code in _REASONS


def trigger(trigger_by: str) -> str:
    """Which price a conditional order watches."""
    return _worded("Order", _TRIGGERS, trigger_by)


def environment(name: str) -> str:
    """The word on the badge."""
    return _worded("Environment", _ENVIRONMENTS, name)


def link_name(name: str) -> str:
    """One of the ways to the exchange."""
    return _worded("Link", _LINKS, name)
