"""Accounts and their secrets: nothing in the clear, nothing opened by a wrong passphrase: S2, S4."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.errors import BadValue, SecretsUnavailable
from core.logs import redactor
from core.secrets import Secret
from core.vault import Acknowledged, StoredAccount, Vault

SECRET = "cANARYsecretCANARYsecretCANARYsecret"
KEY = "CanaryPublicKey001"
PASSPHRASE = Secret("correct horse battery")
LOG_N = 14  # quick; what matters here does not hang on the work factor


class MemoryRing:
    """A key ring that shows what was asked of it."""

    def __init__(self) -> None:
        self.kept: dict[str, Secret] = {}
        self.deleted: list[str] = []
        self.is_locked = False

    def put(self, name: str, secret: Secret) -> None:
        self._check()
        self.kept[name] = secret

    def get(self, name: str) -> Secret | None:
        self._check()
        return self.kept.get(name)

    def delete(self, name: str) -> None:
        self._check()
        self.deleted.append(name)
        self.kept.pop(name, None)

    def _check(self) -> None:
        if self.is_locked:
            raise SecretsUnavailable("ring_locked", reason="KeyringLocked")


@pytest.fixture
def ring() -> MemoryRing:
    return MemoryRing()


def vault_in(folder: Path, ring: MemoryRing | None = None) -> Vault:
    return Vault(folder, ring, lambda: 1_700_000_000_000, LOG_N)


def add(vault: Vault, place: str = "ring", name: str = "Main", environment: str = "live") -> StoredAccount:
    return vault.add(
        name=name,
        environment=environment,
        api_key=KEY,
        secret=Secret(SECRET),
        place=place,
        passphrase=PASSPHRASE if place == "file" else None,
    )


def in_the_clear(folder: Path) -> list[str]:
    """Files that hold the secret as it is, backwards or as hex."""
    forms = [SECRET.encode(), SECRET[::-1].encode(), SECRET.encode().hex().encode()]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in forms)]


@pytest.mark.parametrize("place", ["ring", "file"])
def test_an_account_survives_a_restart(tmp_path: Path, ring: MemoryRing, place: str) -> None:
    added = add(vault_in(tmp_path, ring), place)
    again = vault_in(tmp_path, ring)
    assert again.find("live", "main") == added
    assert again.secret(added, PASSPHRASE) == Secret(SECRET)
    assert again.find("demo", "Main") is None
    assert in_the_clear(tmp_path) == []


def test_a_session_account_leaves_nothing_behind(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    account = add(vault, "session")
    assert vault.secret(account) == Secret(SECRET)
    assert vault.accounts("live") == (account,)
    assert list(tmp_path.iterdir()) == []
    vault.forget(account)
    assert vault.accounts() == ()


def test_files_are_for_their_owner_alone(tmp_path: Path, ring: MemoryRing) -> None:
    """S33, whatever the umask is."""
    vault = vault_in(tmp_path / "new", ring)
    add(vault, "file")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes == {"accounts.json": 0o600, "secrets.sealed": 0o600}


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    account = add(vault, "file")
    with pytest.raises(SecretsUnavailable, match="wrong_passphrase"):
        vault.secret(account, Secret("correct horse batterz"))
    with pytest.raises(SecretsUnavailable, match="passphrase_needed"):
        vault.secret(account)
    with pytest.raises(SecretsUnavailable, match="wrong_passphrase"):
        vault.add(
            name="Two", environment="live", api_key=KEY, secret=Secret(SECRET), place="file", passphrase=Secret("x" * 9)
        )
    assert vault.accounts() == (account,)


def test_a_moved_file_opens_with_its_passphrase(tmp_path: Path) -> None:
    """S2: nothing of the machine or the user goes into the key."""
    account = add(vault_in(tmp_path / "here"), "file")
    (tmp_path / "here").rename(tmp_path / "there")
    assert vault_in(tmp_path / "there").secret(account, PASSPHRASE) == Secret(SECRET)


@pytest.mark.parametrize("field", ["salt", "nonce", "sealed", "log_n"])
def test_a_changed_file_is_refused(tmp_path: Path, field: str) -> None:
    """S2: a flipped bit, or a cheaper work factor, is noticed."""
    vault = vault_in(tmp_path)
    account = add(vault, "file")
    file = tmp_path / "secrets.sealed"
    document = json.loads(file.read_text())
    value = document[field]
    document[field] = 15 if field == "log_n" else ("B" if value[0] == "A" else "A") + value[1:]
    file.write_text(json.dumps(document))
    with pytest.raises(SecretsUnavailable, match="wrong_passphrase"):
        vault.secret(account, PASSPHRASE)


@pytest.mark.parametrize("log_n", [1, 13, 21, 40, -1])
def test_a_work_factor_out_of_bounds_is_refused_before_it_is_worked(tmp_path: Path, log_n: int) -> None:
    vault = vault_in(tmp_path)
    account = add(vault, "file")
    file = tmp_path / "secrets.sealed"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"log_n": log_n}))
    with pytest.raises(SecretsUnavailable, match="vault_unreadable"):
        vault.secret(account, PASSPHRASE)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    with pytest.raises(BadValue, match="short_passphrase"):
        vault.add(
            name="Main",
            environment="live",
            api_key=KEY,
            secret=Secret(SECRET),
            place="file",
            passphrase=Secret("1234567"),
        )
    assert list(tmp_path.iterdir()) == []


def test_a_new_key_overwrites_the_old_one(tmp_path: Path, ring: MemoryRing) -> None:
    """S4."""
    vault = vault_in(tmp_path, ring)
    account = add(vault)
    new = vault.replace_key(account, "AnotherPublicKey02", Secret("z" * 36))
    assert (new.id, new.api_key) == (account.id, "AnotherPublicKey02")
    assert list(ring.kept.values()) == [Secret("z" * 36)]
    assert vault_in(tmp_path, ring).accounts() == (new,)


def test_what_was_read_of_a_key_is_written_down_once_and_goes_with_it(tmp_path: Path, ring: MemoryRing) -> None:
    """P40: recorded with its time; a new key's warnings have not been read."""
    vault = vault_in(tmp_path, ring)
    noted = vault.note(add(vault), owner="4711", read=["key_any_address", "key_expires/14", "key_any_address"])
    assert noted.acknowledged == (
        Acknowledged("key_any_address", 1_700_000_000_000),
        Acknowledged("key_expires/14", 1_700_000_000_000),
    )
    assert vault.note(noted, owner="4712", read=["key_any_address"]) is noted
    again = vault_in(tmp_path, ring)
    assert again.accounts() == (noted,)
    assert again.replace_key(noted, "AnotherPublicKey02", Secret("z" * 36)).acknowledged == ()


def test_a_history_belongs_to_the_account_at_bybit_and_not_to_a_name(tmp_path: Path, ring: MemoryRing) -> None:
    """Renamed, it is the same; another account under the old name gets another; two keys of one account share it."""
    vault = vault_in(tmp_path, ring)

    def added(name: str, owner: str, environment: str = "live") -> StoredAccount:
        return vault.add(
            name=name, environment=environment, api_key=KEY, secret=Secret(SECRET), place="ring", owner=owner
        )

    first = added("Main", "4711")
    renamed = vault.rename(first, "Old")
    assert renamed.history_name == first.history_name == "user-4711"
    assert added("Main", "4712").history_name != renamed.history_name
    assert added("Third", "4711").history_name == renamed.history_name
    demo, again = added("Demo", "", "demo"), added("Again", "../x", "demo")
    assert len({demo.history_name, again.history_name}) == 2
    assert vault_in(tmp_path, ring).find("demo", "Again") == again


def test_accounts_of_the_first_version_are_read(tmp_path: Path, ring: MemoryRing) -> None:
    (tmp_path / "accounts.json").write_text(
        '{"version":1,"accounts":[{"id":"1","name":"A","environment":"live","api_key":"abcdefgh","kind":"hmac",'
        '"place":"ring","created_ms":1}]}'
    )
    (account,) = vault_in(tmp_path, ring).accounts()
    assert (account.history_name, account.acknowledged) == ("A", ())


def test_forgetting_deletes_the_secret(tmp_path: Path, ring: MemoryRing) -> None:
    """S4."""
    vault = vault_in(tmp_path, ring)
    account = add(vault)
    vault.forget(account)
    assert (ring.deleted, ring.kept) == ([account.id], {})
    assert vault_in(tmp_path, ring).accounts() == ()
    sealed = add(vault, "file")
    vault.forget(sealed, PASSPHRASE)
    assert not (tmp_path / "secrets.sealed").exists()


def test_a_locked_ring_keeps_and_forgets_nothing(tmp_path: Path, ring: MemoryRing) -> None:
    vault = vault_in(tmp_path, ring)
    account = add(vault)
    ring.is_locked = True
    for act in (lambda: add(vault, name="Two"), lambda: vault.secret(account), lambda: vault.forget(account)):
        with pytest.raises(SecretsUnavailable, match="ring_locked"):
            act()
    assert vault.accounts() == (account,)


def test_without_a_ring_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnavailable, match="no_ring"):
        add(vault_in(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_names(tmp_path: Path, ring: MemoryRing) -> None:
    vault = vault_in(tmp_path, ring)
    account = add(vault)
    with pytest.raises(BadValue, match="account_exists"):
        add(vault, name="MAIN")
    add(vault, environment="testnet")
    renamed = vault.rename(account, "main")
    assert vault.rename(renamed, "Second").name == "Second"
    for bad in ("", "a" * 33, "../x", "Größe", "a b", "a\n"):
        with pytest.raises(BadValue, match="bad_account_name"):
            vault.rename(account, bad)
    assert [kept.name for kept in vault_in(tmp_path, ring).accounts()] == ["Second", "Main"]


@pytest.mark.parametrize(
    "secret", ["", "short", "with space inside it, long enough", "ü" * 36, "x" * 129, "a" * 35 + "\n"]
)
def test_what_is_no_secret_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    with pytest.raises(BadValue, match="bad_secret") as trouble:
        vault_in(tmp_path).add(name="A", environment="live", api_key=KEY, secret=Secret(secret), place="session")
    assert not secret or secret not in str(trouble.value)


def pem(bits: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def test_an_rsa_key_is_known_and_hidden_line_by_line(tmp_path: Path) -> None:
    """S5; its lines are struck from logs one by one, because a traceback quotes them so."""
    text = pem(2048)
    account = vault_in(tmp_path).add(name="A", environment="live", api_key=KEY, secret=Secret(text), place="session")
    assert account.kind == "rsa"
    assert text.splitlines()[3] not in redactor.clean(f"quoted {text.splitlines()[3]}")


@pytest.mark.parametrize("text", ["-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----", pem(1024)])
def test_a_bad_rsa_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadValue, match="bad_rsa_key") as trouble:
        vault_in(tmp_path).add(name="A", environment="live", api_key=KEY, secret=Secret(text), place="session")
    assert trouble.value.__cause__ is None


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[]",
        '{"version": 2, "accounts": []}',
        '{"version": 1, "accounts": [], "more": 1}',
        '{"version": 1, "accounts": [{"id": "1"}]}',
        '{"version":1,"accounts":[{"id":"1","name":"../x","environment":"live","api_key":"abcdefgh","kind":"hmac",'
        '"place":"ring","created_ms":1}]}',
        '{"version":1,"accounts":[{"id":"1","name":"A","environment":"paper","api_key":"abcdefgh","kind":"hmac",'
        '"place":"ring","created_ms":1}]}',
    ],
)
def test_an_unreadable_file_is_never_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "accounts.json").write_text(content)
    with pytest.raises(SecretsUnavailable, match="vault_unreadable"):
        vault_in(tmp_path)
    assert (tmp_path / "accounts.json").read_text() == content
