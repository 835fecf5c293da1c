"""Keys, signatures and permissions of the paper exchange, as Bybit v5 checks them.

Signatures are verified over the bytes received, HMAC-SHA256 or RSA-SHA256. Permission sets are Bybit's own groups
(``permissions`` of ``/v5/user/query-api``). All keys belong to one account. Knows nothing of sockets or orders.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from importlib import import_module
from types import ModuleType

from core.paper.messages import Call, Problem

DEFAULT_RECV_WINDOW_MS = 5_000
AHEAD_MS = 1_000  # a client clock this far ahead fails whatever its recv_window
DAY_MS = 86_400_000
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"


class Access(Enum):
    """What an endpoint asks of a key; the value is the permission's name in ``ContractTrade``, if it has one."""

    PUBLIC = "public"
    ANY = "any"
    READ_ORDERS = "Order"
    READ_POSITIONS = "Position"
    WRITE_ORDERS = "Order (write)"
    WRITE_POSITIONS = "Position (write)"
    WALLET = "Wallet"

    @property
    def writes(self) -> bool:
        """Whether a read-only key is refused."""
        return self in (Access.WRITE_ORDERS, Access.WRITE_POSITIONS)


@dataclass(frozen=True)
class ApiKey:
    """One key. ``secret`` is empty for an RSA key, ``public_key_pem`` for an HMAC key; ``expires_ms`` 0 = 90 days."""

    key: str
    secret: str = field(repr=False)
    public_key_pem: str = ""
    read_only: bool = False
    contract: tuple[str, ...] = ("Order", "Position")
    wallet: tuple[str, ...] = ("SubMemberTransferList",)
    ips: tuple[str, ...] = ("127.0.0.1",)
    expires_ms: int = 0
    revoked: bool = False
    is_master: bool = True
    created_ms: int = 0
    note: str = "paper"

    @property
    def expiry_ms(self) -> int:
        """When the key ends, UTC ms."""
        return self.expires_ms or self.created_ms + 90 * DAY_MS

    def allows(self, access: Access) -> bool:
        """Whether the permissions, not the signature, let this key do ``access``."""
        if access in (Access.PUBLIC, Access.ANY):
            return True
        if access is Access.WALLET:
            return bool(self.wallet)
        if access.writes and self.read_only:
            return False
        return access.value.partition(" ")[0] in self.contract


# Changes to a full key, by the name that the control port uses.
PRESETS: Mapping[str, Mapping[str, object]] = {
    "full": {},
    "read_only": {"read_only": True},
    "no_trade": {"contract": ()},
    "orders_only": {"contract": ("Order",)},
    "positions_only": {"contract": ("Position",)},
    "no_wallet": {"wallet": ()},
    "withdraw": {"wallet": ("AccountTransfer", "SubMemberTransfer", "Withdraw")},
    "transfer": {"wallet": ("AccountTransfer", "SubMemberTransfer")},
    "ip_any": {"ips": ("*",)},
    "ip_elsewhere": {"ips": ("192.0.2.10",)},
    "expired": {"expires_ms": 1_600_000_000_000},
    "revoked": {"revoked": True},
    "sub_account": {"is_master": False},
}


def new_key(preset: str, now_ms: int, public_key_pem: str = "") -> ApiKey:
    """Make a random key with a named permission set; ``expires_tomorrow`` is relative to ``now_ms``.

    Raises:
        KeyError: no such preset.
        ValueError: ``public_key_pem`` is not an RSA public key.
    """
    changes = {"expires_ms": now_ms + DAY_MS} if preset == "expires_tomorrow" else PRESETS[preset]
    if public_key_pem:
        _rsa().read(public_key_pem)
    key = ApiKey(
        key=_random_text(18),
        secret="" if public_key_pem else _random_text(36),
        public_key_pem=public_key_pem,
        created_ms=now_ms,
        note=preset,
    )
    return replace(key, **changes)  # type: ignore[arg-type]  # the presets above name fields of ApiKey only


def _random_text(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def signature_fits(key: ApiKey, text: bytes, signature: str) -> bool:
    """Check a signature over ``text``: lower-case hex HMAC-SHA256, or base64 of RSA-SHA256 (PKCS#1 v1.5)."""
    if key.public_key_pem:
        return bool(_rsa().fits(key.public_key_pem, text, signature))
    wanted = hmac.new(key.secret.encode(), text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))


def _rsa() -> ModuleType:
    """The RSA half, loaded when the first RSA key appears: it would be a sixth of every start."""
    return import_module("core.paper.rsa_keys")


class Doorman:
    """Holds the keys and decides who may come in.

    ``now_ms`` lists the server times that a client may sign with: the exchange's own, and the machine's clock when a
    test has moved the exchange's time (ccxt signs sockets with its local clock and could never log in otherwise).
    """

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> ApiKey:
        """Register a key, replacing one of the same name."""
        self._keys[key.key] = key
        return key

    def find(self, name: str) -> ApiKey | None:
        """The key of this name, also when it is revoked or expired."""
        return self._keys.get(name)

    def first(self) -> ApiKey:
        """The key made first, the one of the ready line."""
        return next(iter(self._keys.values()))

    def admit(self, call: Call, now_ms: tuple[int, ...]) -> ApiKey:
        """Authenticate one REST call.

        Raises:
            Problem: 10001 headers missing, 10003 unknown or revoked, 33004 expired, 10002 time, 10004 signature,
                10010 address.
        """
        name = call.headers.get("x-bapi-api-key", "")
        stamp = call.headers.get("x-bapi-timestamp", "")
        signature = call.headers.get("x-bapi-sign", "")
        if not (name and stamp and signature):
            found = "ok" if signature else ""
            raise Problem(10001, f"empty value: apiTimestamp[{stamp}] apiKey[{name}] apiSignature[{found}]")
        key = self._usable(name, now_ms[0])
        window = call.headers.get("x-bapi-recv-window", "")
        check_time(stamp, window, now_ms)
        payload = call.body if call.method == "POST" else call.raw_query.encode("utf-8", "surrogateescape")
        text = f"{stamp}{name}{window}".encode("utf-8", "surrogateescape") + payload
        if not signature_fits(key, text, signature):
            raise Problem(10004, f"error sign! origin_string[{text[:300].decode('utf-8', 'replace')}]")
        check_address(key, call.ip)
        return key

    def admit_socket(self, args: object, ip: str, now_ms: tuple[int, ...]) -> ApiKey:
        """Authenticate the ``args`` of a socket's auth frame: ``[key, expires, signature]``.

        ``expires`` may be text (ccxt) or a number (pybit).

        Raises:
            Problem: 10001 malformed or already expired, 10003, 33004, 10004, 10010 as for REST.
        """
        name, expires, signature = _auth_args(args)
        # already past on every clock that we accept: also what a laptop sends after waking up
        if int(expires) <= min(now_ms):
            raise Problem(10001, "Params Error")
        key = self._usable(name, now_ms[0])
        if not signature_fits(key, f"GET/realtime{expires}".encode(), signature):
            raise Problem(10004, "Params Error")
        check_address(key, ip)
        return key

    def _usable(self, name: str, now_ms: int) -> ApiKey:
        key = self._keys.get(name)
        if key is None or key.revoked:
            raise Problem(10003, "API key is invalid.")
        if key.expiry_ms <= now_ms:
            raise Problem(33004, "Your api key has expired.")
        return key


def _auth_args(args: object) -> tuple[str, str, str]:
    if not (isinstance(args, list) and len(args) == 3):
        raise Problem(10001, "Params Error")
    name, expires, signature = args
    text = str(expires) if type(expires) in (int, str) else ""
    if not (isinstance(name, str) and isinstance(signature, str) and _is_digits(text, 19)):
        raise Problem(10001, "Params Error")
    return name, text, signature


def check_time(stamp: str, recv_window: str, now_ms: tuple[int, ...]) -> None:
    """Apply Bybit's rule ``server - recv_window <= timestamp < server + 1000``.

    Raises:
        Problem: 10002, also for text that is no number.
    """
    window = recv_window or str(DEFAULT_RECV_WINDOW_MS)
    if _is_digits(stamp, 19) and _is_digits(window, 9):
        sent = int(stamp)
        if any(now - int(window) <= sent < now + AHEAD_MS for now in now_ms):
            return
    raise Problem(
        10002,
        "invalid request, please check your server timestamp or recv_window param. "
        f"req_timestamp[{stamp[:40]}],server_timestamp[{now_ms[0]}],recv_window[{window[:40]}]",
    )


def _is_digits(text: str, longest: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= longest


def check_address(key: ApiKey, ip: str) -> None:
    """Refuse an address that the key is not bound to.

    Raises:
        Problem: 10010.
    """
    if "*" not in key.ips and ip not in key.ips:
        raise Problem(10010, "Unmatched IP, please check your API key's bound IP addresses.")


def check_permission(key: ApiKey, access: Access) -> None:
    """Refuse what the key's permissions do not cover.

    Raises:
        Problem: 10005.
    """
    if not key.allows(access):
        raise Problem(10005, "Permission denied, please check your API key permissions.")


def describe(key: ApiKey, now_ms: int) -> dict[str, object]:
    """The ``result`` of ``/v5/user/query-api`` for this key."""
    days_left = max(0, (key.expiry_ms - now_ms) // DAY_MS)
    derivatives = ["DerivativesTrade"] if key.contract else []
    return {
        "id": "13770661",
        "note": key.note,
        "apiKey": key.key,
        "readOnly": int(key.read_only),
        "secret": "",
        "permissions": {
            "ContractTrade": list(key.contract),
            "Spot": [],
            "Wallet": list(key.wallet),
            "Options": [],
            "Derivatives": derivatives,
            "CopyTrading": [],
            "BlockTrade": [],
            "Exchange": [],
            "NFT": [],
            "Affiliate": [],
            "Earn": [],
            "FiatP2P": [],
        },
        "ips": list(key.ips),
        "type": 2 if key.public_key_pem else 1,
        "deadlineDay": days_left,
        "expiredAt": iso_time(key.expiry_ms),
        "createdAt": iso_time(key.created_ms),
        "unified": 0,
        "uta": 1,
        "userID": 24617703,
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": key.public_key_pem,
        "isMaster": key.is_master,
        "parentUid": "0" if key.is_master else "24617702",
        "kycLevel": "LEVEL_DEFAULT",
        "kycRegion": "",
    }


def iso_time(ms: int) -> str:
    """UTC time as Bybit writes it in key information: ``2026-01-31T12:00:00Z``."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
