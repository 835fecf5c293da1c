"""What the Accounts dialog and the start of the desk ask for: stored accounts, tried at the exchange before they count.

It joins the vault and the key check and keeps the loop free of both. A key that the exchange has not confirmed, or that
the doctor refuses, is not stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from core.bybit import Connection, bybit
from core.clock import Clock
from core.errors import AuthFailed, SecretsUnavailable
from core.key_check import Checked, check_key
from core.key_doctor import Finding, Verdict
from core.secrets import Secret
from core.vault import FILE, StoredAccount, Vault, system_ring
from core.vault.records import check_api_key, check_environment, check_name, kind_of
from core.vault.vault import Place, hide

ConnectionOf = Callable[[str, str, Secret], Connection]


class Draft(Struct, frozen=True, kw_only=True):
    """An account as it was typed. Nothing of it is kept yet; the secret prints as •••."""

    name: str
    environment: str
    api_key: str
    secret: Secret
    place: Place
    passphrase: Secret | None = None


class Prover(Struct, frozen=True):
    """How whoever sits down at a locked desk proves that the account is theirs (S48)."""

    account: str
    environment: str
    asks_passphrase: bool
    prove: Callable[[Secret | None], Awaitable[object]]
    """Opens the secret anew where it lies, with the passphrase that it wants. Raises SecretsUnavailable."""


class Accounts:
    """The stored accounts of a data folder.

    Args:
        vault: where they are kept.
        clock: for expiry and signatures.
        connection_of: environment, key and secret → the connection to try; tests lead it to the paper exchange.
    """

    def __init__(self, vault: Vault, clock: Clock, connection_of: ConnectionOf = bybit) -> None:
        self._vault = vault
        self._clock = clock
        self._connection_of = connection_of
        self._connections: dict[str, Connection] = {}

    @property
    def has_ring(self) -> bool:
        """The system's key ring can be used."""
        return self._vault.has_ring

    @property
    def has_passphrase(self) -> bool:
        """A passphrase was chosen for the sealed file."""
        return self._vault.has_passphrase

    def stored(self, environment: str = "") -> tuple[StoredAccount, ...]:
        """Accounts of an environment, or of all, by environment and name; those of this session included."""
        return self._vault.accounts(environment)

    def find(self, environment: str, name: str) -> StoredAccount | None:
        """The account of this name."""
        return self._vault.find(environment, name)

    async def try_draft(self, draft: Draft, instead_of: StoredAccount | None = None) -> Checked:
        """Ask the exchange about a key that is not stored.

        Args:
            instead_of: the account whose key it is to replace; it has to be a key of the same account at Bybit.
        Raises:
            BadValue: something does not fit; nothing was sent.
            AuthFailed: ``key_of_another_account``, besides the causes of ``check_key``.
            ExchangeError: see ``check_key``.
        """
        check_name(draft.name)
        check_environment(draft.environment)
        check_api_key(draft.api_key)
        kind_of(draft.secret)
        hide(draft.secret)
        checked = await check_key(self._connection_of(draft.environment, draft.api_key, draft.secret), self._clock)
        if instead_of is not None:
            _check_owner(instead_of, checked)
        return checked

    async def add(self, draft: Draft, checked: Checked | None = None) -> StoredAccount:
        """Keep an account. Whoever calls has tried it, and the operator has read the warnings in ``checked``.

        Raises:
            BadValue, SecretsUnavailable: see ``Vault.add``; nothing was kept.
        """
        given: dict[str, Any] = {name: getattr(draft, name) for name in Draft.__struct_fields__}
        if checked is not None:
            given["owner"] = checked.account.user_id
        account = await asyncio.to_thread(lambda: self._vault.add(**given))
        self._connections[account.id] = self._connection_of(draft.environment, draft.api_key, draft.secret)
        return account if checked is None else await self.acknowledge(account, checked.verdict)

    async def replace_key(self, account: StoredAccount, draft: Draft, checked: Checked) -> StoredAccount:
        """Overwrite an account's key and secret where they are; name, place and history stay.

        Args:
            draft: the new key, tried ``instead_of`` the account; its name, environment and place do not count.
        Raises:
            BadValue, SecretsUnavailable: see ``Vault.replace_key``; the old key stays.
        """
        new = await asyncio.to_thread(self._vault.replace_key, account, draft.api_key, draft.secret, draft.passphrase)
        self._connections[account.id] = self._connection_of(account.environment, draft.api_key, draft.secret)
        return await self.acknowledge(new, checked.verdict)

    async def acknowledge(self, account: StoredAccount, verdict: Verdict) -> StoredAccount:
        """Write down that the operator has read a verdict's warnings (P40). Raises SecretsUnavailable."""
        names = [finding.name for finding in verdict.warnings]
        return await asyncio.to_thread(lambda: self._vault.note(account, read=names))

    async def connection(self, account: StoredAccount, passphrase: Secret | None = None) -> Connection:
        """The connection of an account. The secret is asked for once per run.

        Raises:
            SecretsUnavailable: see ``Vault.secret``.
        """
        if account.id not in self._connections:
            secret = await asyncio.to_thread(self._vault.secret, account, passphrase)
            self._connections[account.id] = self._connection_of(account.environment, account.api_key, secret)
        return self._connections[account.id]

    def needs_passphrase(self, account: StoredAccount) -> bool:
        """Its secret lies in the sealed file and has not been opened in this run."""
        return account.place == FILE and account.id not in self._connections

    def prover(self, account: StoredAccount) -> Prover:
        """For a desk that works on this account. A secret of this session lies nowhere: there is nothing to ask."""

        async def prove(passphrase: Secret | None) -> None:
            await asyncio.to_thread(self._vault.secret, account, passphrase)

        return Prover(account.name, account.environment, account.place == FILE, prove)

    async def check(self, account: StoredAccount, passphrase: Secret | None = None) -> Checked:
        """Ask the exchange about a stored key.

        Raises:
            AuthFailed: ``key_of_another_account``, besides the causes of ``check_key``.
            SecretsUnavailable, ExchangeError: as ``connection`` and ``check_key``.
        """
        checked = await check_key(await self.connection(account, passphrase), self._clock)
        _check_owner(account, checked)
        return checked

    async def rename(self, account: StoredAccount, name: str) -> StoredAccount:
        """Another name. Raises BadValue."""
        return await asyncio.to_thread(self._vault.rename, account, name)

    async def forget(self, account: StoredAccount, passphrase: Secret | None = None) -> None:
        """Delete secret and record. Raises SecretsUnavailable; then it is still there."""
        await asyncio.to_thread(self._vault.forget, account, passphrase)
        self._connections.pop(account.id, None)


def unread(account: StoredAccount, verdict: Verdict) -> tuple[Finding, ...]:
    """The warnings about an account's key that the operator has not acknowledged yet."""
    return verdict.unread(one.warning for one in account.acknowledged)


def _check_owner(account: StoredAccount, checked: Checked) -> None:
    """Two accounts of Bybit must not end up in one history."""
    if account.owner and checked.account.user_id and account.owner != checked.account.user_id:
        raise AuthFailed("key_of_another_account", account=account.name)


async def open_accounts(folder: Path, clock: Clock) -> Accounts:
    """The accounts of a data folder, with this system's key ring if it has one.

    Raises:
        SecretsUnavailable: ``vault_unreadable``.
    """

    def opened() -> Vault:
        return Vault(folder, system_ring(), clock.now_ms)

    return Accounts(await asyncio.to_thread(opened), clock)


async def unattended(accounts: Accounts, environment: str, name: str) -> StoredAccount:
    """A stored account whose secret can be opened where nobody can be asked, and which the doctor does not refuse.

    Raises:
        SecretsUnavailable: ``no_account``, or ``passphrase_unattended`` for one that only a passphrase opens.
        AuthFailed: the exchange or the doctor refuses the key.
        ExchangeError: the exchange does not answer.
    """
    account = accounts.find(environment, name)
    if account is None:
        raise SecretsUnavailable("no_account", environment=environment, account=name)
    if accounts.needs_passphrase(account):
        raise SecretsUnavailable("passphrase_unattended", environment=environment, account=name)
    verdict = (await accounts.check(account)).verdict
    if verdict.mode == "refused":
        raise AuthFailed(verdict.findings[0].code)
    return account
