"""What is known of an API key, in words: its verdict, its findings, where its secret is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import text
from gui.text import translate

if TYPE_CHECKING:
    from core.events import Account
    from core.key_doctor import Finding, Verdict

_MODES: Final = {
    "trade": QT_TRANSLATE_NOOP("Key", "May trade"),
    "monitor": QT_TRANSLATE_NOOP("Key", "Monitor only: the desk shows everything and sends nothing"),
    "refused": QT_TRANSLATE_NOOP("Key", "Refused"),
}

_FINDINGS: Final = {
    "key_may_withdraw": QT_TRANSLATE_NOOP(
        "Key", "It may withdraw money. A desk needs no such right, and whoever steals the key would have it."
    ),
    "key_has_expired": QT_TRANSLATE_NOOP("Key", "It has expired. Make a new one at Bybit."),
    "key_may_transfer": QT_TRANSLATE_NOOP(
        "Key", "It may transfer money between accounts. The desk never does; take the right away at Bybit."
    ),
    "key_any_address": QT_TRANSLATE_NOOP(
        "Key",
        "It works from any internet address. Bind it to yours: a stolen key can lose your money by trading alone.",
    ),
    "key_read_only": QT_TRANSLATE_NOOP("Key", "It may only read."),
    "key_may_not_trade": QT_TRANSLATE_NOOP("Key", "It lacks the right to orders or to positions of derivatives."),
    "key_rights_unknown": QT_TRANSLATE_NOOP("Key", "Demo trading does not tell what a key may do."),
}

_PLACES: Final = {
    "ring": QT_TRANSLATE_NOOP("Key", "System key ring"),
    "file": QT_TRANSLATE_NOOP("Key", "Encrypted file"),
    "session": QT_TRANSLATE_NOOP("Key", "This session only"),
}

_TONES: Final = {"trade": "up", "monitor": "warning", "refused": "down"}


def mode(verdict: Verdict) -> tuple[str, str]:
    """What the key is good for, and the tone to say it in."""
    tone = "warning" if verdict.mode == "trade" and verdict.warnings else _TONES[verdict.mode]
    return translate("Key", _MODES[verdict.mode]), tone


def finding(found: Finding) -> str:
    """One finding as a sentence."""
    if found.code == "key_expires":
        if found.days == 0:
            return translate("Key", "It expires within a day.")
        return translate("Key", "It expires in {n} days.").format(n=found.days)
    return translate("Key", _FINDINGS[found.code]) if found.code in _FINDINGS else found.code


def findings(verdict: Verdict) -> str:
    """All findings, one per line."""
    return "\n".join(finding(found) for found in verdict.findings)


def rights(account: Account) -> str:
    """What the key may do: ``read, trade, transfer``."""
    known = (
        (True, translate("Key", "read")),
        (account.may_trade and not account.is_read_only, translate("Key", "trade")),
        (account.may_transfer, translate("Key", "transfer")),
        (account.may_withdraw, translate("Key", "withdraw")),
    )
    return ", ".join(words for holds, words in known if holds)


def addresses(account: Account) -> str:
    """The internet addresses that the key is bound to."""
    bound = [ip for ip in account.ips if ip not in {"", "*"}]
    if not bound or "*" in account.ips:
        return translate("Key", "any address")
    shown = ", ".join(bound[:3])
    return shown if len(bound) <= 3 else translate("Key", "{shown} and {n} more").format(shown=shown, n=len(bound) - 3)


def expiry(account: Account) -> str:
    """When the key expires, local time; a dash where that is not known."""
    return text.DASH if account.expires_ms is None else text.date_time(account.expires_ms)


def place(name: str) -> str:
    """Where a secret is kept."""
    return translate("Key", _PLACES[name])
