"""The accounts and their secrets: add, find, rename, replace, forget. One instance per data folder.

Methods touch the disk and perhaps wait for the system's key ring: call them on a thread, not on the loop.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from core.errors import BadValue, SecretsUnavailable
from core.logs import redactor
from core.secrets import Secret
from core.vault import files, records
from core.vault.records import FILE, RING, SESSION, Acknowledged, StoredAccount
from core.vault.rings import Ring
from core.vault.sealed import LOG_N, SealedFile

Place = Literal["ring", "file", "session"]


class Vault:
    """Stored accounts of a data folder.

    Args:
        folder: the data folder; ``accounts.json`` and, where a passphrase is used, ``secrets.sealed`` lie in it.
        ring: the system's key ring, None where there is none.
        now_ms: the clock, UTC.
        log_n: work factor of a new sealed file.
    Raises:
        SecretsUnavailable: ``vault_unreadable``: a file is there and cannot be used. Nothing is overwritten then.
    """

    def __init__(self, folder: Path, ring: Ring | None, now_ms: Callable[[], int], log_n: int = LOG_N) -> None:
        self._file = folder / "accounts.json"
        self._ring = ring
        self._now_ms = now_ms
        self._sealed = SealedFile(folder / "secrets.sealed", log_n)
        self._session: dict[str, tuple[StoredAccount, Secret]] = {}
        try:
            self._kept = records.decode(files.read(self._file))
        except ValueError as error:
            raise files.unreadable(self._file, str(error)[:200]) from error

    @property
    def has_ring(self) -> bool:
        """The system has a key ring that can be used."""
        return self._ring is not None

    @property
    def has_passphrase(self) -> bool:
        """A passphrase was chosen: the sealed file exists."""
        return self._sealed.exists

    def accounts(self, environment: str = "") -> tuple[StoredAccount, ...]:
        """Accounts, of one environment or all, by environment and name; those of this session included."""
        known = [*self._kept, *(account for account, _secret in self._session.values())]
        chosen = [account for account in known if environment in {"", account.environment}]
        return tuple(sorted(chosen, key=lambda account: (account.environment, account.name.casefold())))

    def find(self, environment: str, name: str) -> StoredAccount | None:
        """The account of this name, None when there is none. Capitals do not tell two accounts apart."""
        same = (account for account in self.accounts(environment) if account.name.casefold() == name.casefold())
        return next(same, None)

    def add(
        self,
        *,
        name: str,
        environment: str,
        api_key: str,
        secret: Secret,
        place: Place,
        passphrase: Secret | None = None,
        owner: str = "",
    ) -> StoredAccount:
        """Keep a new account; its secret is stored before its record.

        Args:
            owner: the account's number at Bybit. All keys of it share a history; without it this key has its own.
        Raises:
            BadValue: name, environment, key, secret or passphrase do not fit, or the name is taken.
            SecretsUnavailable: the place cannot keep it; then nothing was kept.
        """
        number = random.token_hex(8)
        account = StoredAccount(
            id=number,
            name=records.check_name(name),
            environment=records.check_environment(environment),
            api_key=records.check_api_key(api_key),
            kind=records.kind_of(secret),
            place=place,
            created_ms=self._now_ms(),
            owner=owner,
            history=f"user-{owner}" if owner.isascii() and owner.isalnum() and len(owner) <= 20 else number,
        )
        self._check_free(environment, name)
        hide(secret)
        self._put(account, secret, passphrase)
        if place != SESSION:
            self._keep((*self._kept, account))
        return account

    def secret(self, account: StoredAccount, passphrase: Secret | None = None) -> Secret:
        """The secret of an account; from now on it is struck from everything that is logged.

        Raises:
            SecretsUnavailable: ``passphrase_needed``, ``wrong_passphrase``, ``secret_missing``, or the ring's trouble.
        """
        found = self._get(account, passphrase)
        if found is None:
            raise SecretsUnavailable("secret_missing", account=account.name, environment=account.environment)
        hide(found)
        return found

    def rename(self, account: StoredAccount, name: str) -> StoredAccount:
        """Give an account another name; key and secret stay.

        Raises:
            BadValue: ``bad_account_name`` or ``account_exists``.
        """
        records.check_name(name)
        if name.casefold() != account.name.casefold():
            self._check_free(account.environment, name)
        return self._swap(account, replace(account, name=name))

    def replace_key(
        self, account: StoredAccount, api_key: str, secret: Secret, passphrase: Secret | None = None
    ) -> StoredAccount:
        """Another key for an account: the old secret is overwritten at its place. Raises as ``add``.

        What was acknowledged of the old key says nothing about the new one.
        """
        kind = records.kind_of(secret)
        new = replace(account, api_key=records.check_api_key(api_key), kind=kind, acknowledged=())
        hide(secret)
        self._put(new, secret, passphrase)
        return self._swap(account, new)

    def note(self, account: StoredAccount, *, owner: str = "", read: Iterable[str] = ()) -> StoredAccount:
        """Write down whose account it is, and which warnings about its key the operator has read."""
        known = {one.warning for one in account.acknowledged}
        new = tuple(Acknowledged(name, self._now_ms()) for name in dict.fromkeys(read) if name not in known)
        noted = replace(account, owner=account.owner or owner, acknowledged=(*account.acknowledged, *new))
        return account if noted == account else self._swap(account, noted)

    def forget(self, account: StoredAccount, passphrase: Secret | None = None) -> None:
        """Delete an account's secret, then its record. What the desk recorded of its trades stays.

        A sealed file that nobody can open any more keeps the unreadable secret: its record goes all the same when no
        passphrase is given.
        """
        if account.place == RING:
            self._need_ring().delete(account.id)
        elif account.place == FILE and passphrase is not None:
            self._sealed.delete(account.id, passphrase)
        self._session.pop(account.id, None)
        if account.place != SESSION:
            self._keep(tuple(kept for kept in self._kept if kept.id != account.id))

    def _check_free(self, environment: str, name: str) -> None:
        if self.find(environment, name) is not None:
            raise BadValue("account_exists", field="name", account=name, environment=environment)

    def _swap(self, old: StoredAccount, new: StoredAccount) -> StoredAccount:
        if old.place == SESSION:
            self._session[old.id] = (new, self._session[old.id][1])
        else:
            self._keep(tuple(new if kept.id == old.id else kept for kept in self._kept))
        return new

    def _keep(self, accounts: tuple[StoredAccount, ...]) -> None:
        files.write(self._file, records.encode(accounts))
        self._kept = accounts

    def _put(self, account: StoredAccount, secret: Secret, passphrase: Secret | None) -> None:
        if account.place == RING:
            self._need_ring().put(account.id, secret)
        elif account.place == FILE:
            self._sealed.put(account.id, secret, _given(passphrase))
        else:
            self._session[account.id] = (account, secret)

    def _get(self, account: StoredAccount, passphrase: Secret | None) -> Secret | None:
        if account.place == RING:
            return self._need_ring().get(account.id)
        if account.place == FILE:
            return self._sealed.get(account.id, _given(passphrase))
        return self._session[account.id][1] if account.id in self._session else None

    def _need_ring(self) -> Ring:
        if self._ring is None:
            raise SecretsUnavailable("no_ring")
        return self._ring


def _given(passphrase: Secret | None) -> Secret:
    if not passphrase:
        raise SecretsUnavailable("passphrase_needed")
    return passphrase


def hide(secret: Secret) -> None:
    """Strike a secret from all logs; of a key of several lines each line, because logs are cleaned by line."""
    redactor.hide(secret.reveal())
    for line in secret.reveal().splitlines():
        if len(line) >= 16 and not line.startswith("-----"):
            redactor.hide(line)
