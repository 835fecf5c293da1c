"""Keys, signatures and permissions: pure checks, no sockets."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.paper.auth import PRESETS, Access, ApiKey, Doorman, check_permission, describe, new_key, signature_fits
from core.paper.messages import Call, Problem

NOW = 1_700_000_000_000
KEY = ApiKey("paperkey", "papersecret", created_ms=NOW)


def call(key=KEY, *, method="GET", query="", body=b"", stamp=NOW, window="5000", sign=None, drop=(), ip="127.0.0.1"):
    """A signed call; any part may be falsified."""
    payload = body if method == "POST" else query.encode()
    text = f"{stamp}{key.key}{window}".encode() + payload
    headers = {
        "x-bapi-api-key": key.key,
        "x-bapi-timestamp": str(stamp),
        "x-bapi-recv-window": window,
        "x-bapi-sign": sign or hmac.new(key.secret.encode(), text, hashlib.sha256).hexdigest(),
    }
    headers = {name: value for name, value in headers.items() if name not in drop}
    return Call(method, "/v5/position/list", query, body, headers, ip)


@pytest.fixture
def doorman():
    made = Doorman()
    made.add(KEY)
    return made


def refused(doorman, one, now=(NOW,)):
    with pytest.raises(Problem) as caught:
        doorman.admit(one, now)
    return caught.value.ret_code


def test_worked_example_of_the_documentation_facts():
    key = ApiKey("XXXXXXXXXX", "secret")
    text = b"1658384314791XXXXXXXXXX5000category=linear&symbol=BTCUSDT"
    assert signature_fits(key, text, "17855f76e1c9a5cf9283f9c2e341f86c947d2ee29bf89b1a300637f76c372539")
    assert not signature_fits(key, text, "17855f76e1c9a5cf9283f9c2e341f86c947d2ee29bf89b1a300637f76c372538")


def test_bytes_received_are_what_is_signed(doorman):
    for body in (b'{"a":"b"}', b'{"a": "b"}', b'{"a":  "b"}\n'):
        assert doorman.admit(call(method="POST", body=body), (NOW,)) == KEY
    for query in ("", "cursor=BTCUSDT%2C1%2C0", "cursor=BTCUSDT,1,0", "a=%zz&&b"):
        assert doorman.admit(call(query=query), (NOW,)) == KEY


@pytest.mark.parametrize(
    ("stamp", "window", "fits"),
    [
        (NOW, "5000", True),
        (NOW - 5000, "5000", True),
        (NOW - 5001, "5000", False),
        (NOW - 5001, "7500", True),
        (NOW + 999, "5000", True),
        (NOW + 1000, "5000", False),
        (NOW + 1000, "60000", False),
        ("soon", "5000", False),
        ("١٧٠٠", "5000", False),
        (NOW, "-1", False),
        ("9" * 5000, "5000", False),
    ],
)
def test_time_window(doorman, stamp, window, fits):
    if fits:
        assert doorman.admit(call(stamp=stamp, window=window), (NOW,)) == KEY
    else:
        assert refused(doorman, call(stamp=stamp, window=window)) == 10002


def test_a_missing_window_is_five_seconds(doorman):
    one = call(window="", drop=("x-bapi-recv-window",), stamp=NOW - 5000)
    assert doorman.admit(one, (NOW,)) == KEY
    assert refused(doorman, call(window="", drop=("x-bapi-recv-window",), stamp=NOW - 5001)) == 10002


def test_refusals_by_code(doorman):
    assert refused(doorman, call(drop=("x-bapi-sign",))) == 10001
    assert refused(doorman, call(drop=("x-bapi-api-key",))) == 10001
    assert refused(doorman, call(ApiKey("other", "x"))) == 10003
    assert refused(doorman, call(sign="0" * 64)) == 10004
    assert refused(doorman, call(sign="é\udcff")) == 10004
    assert refused(doorman, call(ip="10.1.2.3")) == 10010
    doorman.add(replace(KEY, revoked=True))
    assert refused(doorman, call()) == 10003
    doorman.add(replace(KEY, expires_ms=NOW))
    assert refused(doorman, call()) == 33004


def test_either_clock_is_accepted_after_a_jump(doorman):
    ahead = NOW + 3_600_000
    assert doorman.admit(call(), (ahead, NOW)) == KEY
    assert refused(doorman, call(), (ahead,)) == 10002


def test_rsa_keys():
    private = generate_private_key(65537, 2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    doorman = Doorman()
    key = doorman.add(new_key("full", NOW, pem))
    assert key.secret == ""
    text = f"{NOW}{key.key}5000".encode()
    signature = base64.b64encode(private.sign(text, PKCS1v15(), SHA256())).decode()
    assert doorman.admit(call(key, sign=signature), (NOW,)) == key
    assert refused(doorman, call(key, query="a=1", sign=signature)) == 10004
    assert refused(doorman, call(key, sign="no base64!")) == 10004
    with pytest.raises(ValueError, match=r"PEM|key|parse"):
        new_key("full", NOW, "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----")


def socket_args(expires, key=KEY):
    return [key.key, expires, hmac.new(key.secret.encode(), f"GET/realtime{expires}".encode(), "sha256").hexdigest()]


def test_socket_auth_takes_text_and_numbers(doorman):
    assert doorman.admit_socket(socket_args(NOW + 1000), "127.0.0.1", (NOW,)) == KEY
    assert doorman.admit_socket(socket_args(str(NOW + 1000)), "127.0.0.1", (NOW,)) == KEY


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (None, 10001),
        ([], 10001),
        (["paperkey", True, "x"], 10001),
        (["paperkey", float(NOW), "x"], 10001),
        ([1, NOW + 9000, "x"], 10001),
        (socket_args(NOW), 10001),
        (socket_args(NOW - 1), 10001),
        (["paperkey", NOW + 9000, "0" * 64], 10004),
        (["nobody", NOW + 9000, "0" * 64], 10003),
    ],
)
def test_socket_auth_refusals(doorman, args, code):
    with pytest.raises(Problem) as caught:
        doorman.admit_socket(args, "127.0.0.1", (NOW,))
    assert caught.value.ret_code == code


@pytest.mark.parametrize(
    ("preset", "denied"),
    [
        ("full", set()),
        ("read_only", {Access.WRITE_ORDERS, Access.WRITE_POSITIONS}),
        (
            "no_trade",
            {Access.READ_ORDERS, Access.READ_POSITIONS, Access.WRITE_ORDERS, Access.WRITE_POSITIONS},
        ),
        ("orders_only", {Access.READ_POSITIONS, Access.WRITE_POSITIONS}),
        ("positions_only", {Access.READ_ORDERS, Access.WRITE_ORDERS}),
        ("no_wallet", {Access.WALLET}),
        ("withdraw", set()),
    ],
)
def test_permission_sets(preset, denied):
    key = new_key(preset, NOW)
    for access in Access:
        if access in denied:
            with pytest.raises(Problem, match="10005"):
                check_permission(key, access)
        else:
            check_permission(key, access)


def test_key_information():
    told = {preset: describe(new_key(preset, NOW), NOW) for preset in (*PRESETS, "expires_tomorrow")}
    assert told["full"]["readOnly"] == 0
    assert told["full"]["permissions"]["ContractTrade"] == ["Order", "Position"]
    assert told["full"]["deadlineDay"] == 90
    assert told["full"]["expiredAt"] == "2024-02-12T22:13:20Z"
    assert told["read_only"]["readOnly"] == 1
    assert "Withdraw" in told["withdraw"]["permissions"]["Wallet"]
    assert "Withdraw" not in told["full"]["permissions"]["Wallet"]
    assert told["expires_tomorrow"]["deadlineDay"] == 1
    assert told["ip_any"]["ips"] == ["*"]
    assert told["sub_account"]["isMaster"] is False
    assert all(one["secret"] == "" for one in told.values())
