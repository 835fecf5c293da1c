"""Account records: which key belongs to which environment, and where its secret is. They hold no secret themselves."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from core.errors import BadValue
from core.secrets import Secret

Environment = Literal["demo", "testnet", "live"]
ENVIRONMENTS: tuple[Environment, ...] = ("demo", "testnet", "live")
RING, FILE, SESSION = "ring", "file", "session"
LEAST_RSA_BITS = 2048

_NAME = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)
_API_KEY = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)
_HMAC_SECRET = re.compile(r"[0-9A-Za-z_-]{16,128}", re.ASCII)


class Acknowledged(Struct, frozen=True):
    """A warning about the key that the operator has read (``Finding.name`` of the key doctor), and when, UTC."""

    warning: str
    at_ms: int


class StoredAccount(Struct, frozen=True, kw_only=True):
    """A stored account. ``place`` says where its secret is; ``created_ms`` is when it was added, UTC.

    ``owner`` is the account's number at Bybit, "" where it is not told (demo). ``history`` names the folder of what the
    desk recorded of it: it stays when the account is renamed, and no other account is given it.
    """

    id: str
    name: str
    environment: Environment
    api_key: str
    kind: Literal["hmac", "rsa"]
    place: Literal["ring", "file", "session"]
    created_ms: int
    owner: str = ""
    history: str = ""
    acknowledged: tuple[Acknowledged, ...] = ()

    @property
    def history_name(self) -> str:
        """Under which name its history is kept; accounts of the first version kept it under their own."""
        return self.history or self.name


def check_name(name: str) -> str:
    """The name itself: letters, digits, ``_`` and ``-``; it is part of folder names.

    Raises:
        BadValue: ``bad_account_name``.
    """
    if not _NAME.fullmatch(name):
        raise BadValue("bad_account_name", field="name", account=name[:40])
    return name


def check_environment(environment: str) -> Environment:
    """One of the environments that have keys. Raises BadValue ``unknown_environment``."""
    for known in ENVIRONMENTS:
        if environment == known:
            return known
    raise BadValue("unknown_environment", field="environment", value=environment[:40])


def check_api_key(api_key: str) -> str:
    """The public half as Bybit shows it. Raises BadValue ``bad_api_key``; the value is not repeated."""
    if not _API_KEY.fullmatch(api_key):
        raise BadValue("bad_api_key", field="api_key")
    return api_key


def kind_of(secret: Secret) -> Literal["hmac", "rsa"]:
    """What kind of secret this is, checked.

    Raises:
        BadValue: ``bad_secret`` or ``bad_rsa_key``; the value is not repeated.
    """
    text = secret.reveal()
    if "-----BEGIN" in text:
        _check_rsa(text)
        return "rsa"
    if not _HMAC_SECRET.fullmatch(text):
        raise BadValue("bad_secret", field="secret")
    return "hmac"


def _check_rsa(text: str) -> None:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # without the cause: it may quote the key
        raise BadValue("bad_rsa_key", field="secret") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_RSA_BITS:
        raise BadValue("bad_rsa_key", field="secret")


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """``accounts.json``."""

    version: Literal[1]
    accounts: list[StoredAccount]


def decode(content: bytes) -> tuple[StoredAccount, ...]:
    """The records of a file; each is checked as if it had been typed.

    Raises:
        ValueError: it does not fit; the message quotes no value.
    """
    if not content:
        return ()
    try:
        document = msgspec.json.decode(content, type=Document)
        for account in document.accounts:
            check_name(account.name)
            check_api_key(account.api_key)
            check_name(account.history_name)
    except (msgspec.MsgspecError, BadValue, RecursionError) as error:
        raise ValueError(str(error)) from error
    names = {(account.environment, account.name.casefold()) for account in document.accounts}
    ids = {account.id for account in document.accounts}
    if not len(names) == len(ids) == len(document.accounts):
        raise ValueError("the same account twice")
    return tuple(document.accounts)


def encode(accounts: tuple[StoredAccount, ...]) -> bytes:
    """The content of ``accounts.json``."""
    return msgspec.json.format(msgspec.json.encode(Document(version=1, accounts=list(accounts))), indent=2)
