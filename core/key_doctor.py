"""What to think of an API key, from what the exchange says of it. Pure; it asks nobody and knows no secret.

A key that may withdraw is refused. One that may only read makes the desk a monitor. What is merely unwise is a warning
that the operator acknowledges. Demo trading does not tell a key's rights: such a key is taken to trade.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from core.events import Account

DAY_MS = 86_400_000
EXPIRY_DAYS = (14, 7, 1)  # a warning each time one of these is reached

Mode = Literal["trade", "monitor", "refused"]


class Finding(Struct, frozen=True):
    """Something about a key. About its expiry: ``days`` are full days left, ``threshold`` is one of EXPIRY_DAYS."""

    code: str
    severity: Literal["refuse", "warn", "note"]
    days: int | None = None
    threshold: int | None = None

    @property
    def name(self) -> str:
        """What an acknowledgement is written down under; an expiry is acknowledged anew at each threshold."""
        return self.code if self.threshold is None else f"{self.code}/{self.threshold}"


class Verdict(Struct, frozen=True):
    """What the key is good for, and why; the gravest finding first."""

    mode: Mode
    findings: tuple[Finding, ...] = ()

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the operator has to acknowledge."""
        return tuple(finding for finding in self.findings if finding.severity == "warn")

    def unread(self, acknowledged: Iterable[str]) -> tuple[Finding, ...]:
        """The warnings whose names are not among those that the operator has acknowledged."""
        known = set(acknowledged)
        return tuple(finding for finding in self.warnings if finding.name not in known)


def examine(account: Account, now_ms: int, *, environment: str) -> Verdict:
    """Judge a key.

    Args:
        account: as ``Gateway.fetch_account`` returns it.
        now_ms: the exchange's time, UTC.
        environment: ``demo`` has no key information; nothing is warned of there.
    Returns:
        ``refused``, ``monitor`` or ``trade``. Findings: key_may_withdraw, key_has_expired, key_read_only,
        key_may_transfer, key_any_address, key_expires.
    Source: V5 "Get API Key Information": ``permissions.Wallet``, ``ips`` (``*`` or empty: any address), ``expiredAt``.
    """
    if environment == "demo":
        return Verdict("trade", (Finding("key_rights_unknown", "note"),))
    found = (*_refusals(account, now_ms), *_warnings(account, now_ms), *_notes(account))
    return Verdict(_mode(account, found), found)


def _mode(account: Account, found: tuple[Finding, ...]) -> Mode:
    if any(finding.severity == "refuse" for finding in found):
        return "refused"
    return "monitor" if account.is_read_only or not account.may_trade else "trade"


def _refusals(account: Account, now_ms: int) -> tuple[Finding, ...]:
    found = []
    if account.may_withdraw:
        found.append(Finding("key_may_withdraw", "refuse"))
    if account.expires_ms is not None and account.expires_ms <= now_ms:
        found.append(Finding("key_has_expired", "refuse"))
    return tuple(found)


def _warnings(account: Account, now_ms: int) -> tuple[Finding, ...]:
    found = []
    if account.may_transfer:
        found.append(Finding("key_may_transfer", "warn"))
    if not account.ips or any(ip in {"*", ""} for ip in account.ips):
        found.append(Finding("key_any_address", "warn"))
    expiry = expiry_of(account.expires_ms, now_ms)
    if expiry is not None:
        found.append(expiry)
    return tuple(found)


def _notes(account: Account) -> tuple[Finding, ...]:
    if account.is_read_only:
        return (Finding("key_read_only", "note"),)
    return () if account.may_trade else (Finding("key_may_not_trade", "note"),)


def expiry_of(expires_ms: int | None, now_ms: int) -> Finding | None:
    """The warning that is due, None while there is none: the key lasts longer, for ever, or is expired already."""
    if expires_ms is None or expires_ms <= now_ms:
        return None
    left_ms = expires_ms - now_ms
    reached = [days for days in EXPIRY_DAYS if left_ms <= days * DAY_MS]
    return Finding("key_expires", "warn", left_ms // DAY_MS, min(reached)) if reached else None


def may_send(account: Account) -> bool:
    """Whether orders may be sent with this key. One that was given the right to withdraw meanwhile may not (P40)."""
    return account.may_trade and not account.is_read_only and not account.may_withdraw
