"""A file of secrets that only a passphrase opens: scrypt and AES-256-GCM, both from ``cryptography``.

The key comes from the passphrase alone, never from names of the machine or its user; the file opens on any machine and
for nobody without the passphrase. Everything in it, its own parameters included, is authenticated.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Struct

from core.errors import BadValue, SecretsUnavailable
from core.secrets import Secret
from core.vault import files

LEAST_PASSPHRASE = 8
LOG_N = 17  # 128 MB and about half a second for each guess
_R, _P = 8, 1


class _Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    kdf: Literal["scrypt"]
    cipher: Literal["AES-256-GCM"]
    log_n: int
    salt: str
    nonce: str
    sealed: str


class SealedFile:
    """Secrets by name. Each call asks for the passphrase and takes half a second: not on the loop.

    Args:
        log_n: work factor of new files as a power of two; an existing file says its own, between 14 and 20.
    """

    def __init__(self, file: Path, log_n: int = LOG_N) -> None:
        self._file = file
        self._log_n = log_n

    @property
    def exists(self) -> bool:
        """There is one: its passphrase has been chosen already."""
        return self._file.exists()

    def get(self, name: str, passphrase: Secret) -> Secret | None:
        """A secret, None when the file has none of this name.

        Raises:
            SecretsUnavailable: ``wrong_passphrase`` (also for a file that was changed), ``vault_unreadable``.
        """
        kept = self._open(passphrase).get(name)
        return Secret(kept) if kept else None

    def put(self, name: str, secret: Secret, passphrase: Secret) -> None:
        """Keep a secret under the file's passphrase; the first one sets it.

        Raises:
            BadValue: ``short_passphrase`` for a new file.
            SecretsUnavailable: as ``get``, or ``vault_not_written``.
        """
        if not self.exists and len(passphrase.reveal()) < LEAST_PASSPHRASE:
            raise BadValue("short_passphrase", field="passphrase", least=LEAST_PASSPHRASE)
        self._seal({**self._open(passphrase), name: secret.reveal()}, passphrase)

    def delete(self, name: str, passphrase: Secret) -> None:
        """Forget a secret. Without any left the file goes. Raises as ``put``."""
        kept = self._open(passphrase)
        kept.pop(name, None)
        if kept:
            self._seal(kept, passphrase)
        else:
            self._file.unlink(missing_ok=True)

    def _open(self, passphrase: Secret) -> dict[str, str]:
        content = files.read(self._file)
        if not content:
            return {}
        try:
            envelope = msgspec.json.decode(content, type=_Envelope)
            salt, nonce, sealed = (
                b64decode(x, validate=True) for x in (envelope.salt, envelope.nonce, envelope.sealed)
            )
        except (msgspec.MsgspecError, ValueError) as error:
            raise files.unreadable(self._file, "not a sealed file of the desk") from error
        if not 14 <= envelope.log_n <= 20 or len(salt) != 16 or len(nonce) != 12:
            raise files.unreadable(self._file, "its parameters are out of bounds")
        try:
            key = _key(passphrase, salt, envelope.log_n)
            plain = AESGCM(key).decrypt(nonce, sealed, _bound(envelope.log_n, salt))
        except InvalidTag:
            raise SecretsUnavailable("wrong_passphrase", path=str(self._file)) from None
        return msgspec.json.decode(plain, type=dict[str, str])

    def _seal(self, kept: dict[str, str], passphrase: Secret) -> None:
        salt, nonce = os.urandom(16), os.urandom(12)
        key = _key(passphrase, salt, self._log_n)
        sealed = AESGCM(key).encrypt(nonce, msgspec.json.encode(kept), _bound(self._log_n, salt))
        shown = [b64encode(part).decode() for part in (salt, nonce, sealed)]
        envelope = _Envelope(1, "scrypt", "AES-256-GCM", self._log_n, *shown)
        files.write(self._file, msgspec.json.encode(envelope))


def _key(passphrase: Secret, salt: bytes, log_n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**log_n, r=_R, p=_P).derive(passphrase.reveal().encode())


def _bound(log_n: int, salt: bytes) -> bytes:
    """What the seal vouches for beside the secrets."""
    return f"quarterdeck secrets 1 scrypt {log_n} {_R} {_P} ".encode() + salt
