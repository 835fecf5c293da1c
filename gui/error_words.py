"""Expected trouble as one sentence, by its code or, without words for that, by its kind.

Text that came over the network is never part of a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import words
from gui.text import translate

if TYPE_CHECKING:
    from core.errors import AppError

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


def error(trouble: AppError) -> str:
    """One sentence for expected trouble."""
    code = trouble.code
    if code in _ERRORS:
        return words.filled(translate("Error", _ERRORS[code]), trouble.details)
    for kind in type(trouble).__mro__:
        if kind.__name__ in _BY_CLASS:
            return translate("Error", _BY_CLASS[kind.__name__]).format(code=code)
    return translate("Error", "That did not work ({code})").format(code=code)
