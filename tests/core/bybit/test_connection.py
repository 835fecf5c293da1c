"""Which addresses may be talked to, in which environment."""

import pytest

from core.bybit import Connection, bybit
from core.bybit.connection import check_address
from core.errors import BadValue
from core.secrets import Secret

ALLOWED = [
    ("paper", "rest", "http://127.0.0.1:8123"),
    ("paper", "rest", "http://[::1]:8123"),
    ("paper", "ws", "ws://127.0.0.1:8123"),
    ("live", "rest", "https://api.bybit.com"),
    ("live", "rest", "https://api.bytick.com:443"),
    ("live", "rest", "https://api.bybit.eu"),
    ("live", "ws", "wss://stream.bybit.com"),
    ("testnet", "rest", "https://api-testnet.bybit.com"),
    ("testnet", "ws", "wss://stream-testnet.bybit.com"),
    ("demo", "rest", "https://api-demo.bybit.com"),
    ("demo", "ws", "wss://stream-demo.bybit.com"),
]

REFUSED = [
    ("paper", "rest", "https://api.bybit.com"),
    ("paper", "rest", "http://localhost:8123"),
    ("paper", "rest", "http://127.0.0.1"),
    ("paper", "rest", "http://192.168.0.2:8123"),
    ("paper", "rest", "http://127.0.0.1.evil.example:80"),
    ("paper", "ws", "http://127.0.0.1:8123"),
    ("live", "rest", "http://api.bybit.com"),
    ("live", "rest", "https://api-testnet.bybit.com"),
    ("live", "rest", "https://api-demo.bybit.com"),
    ("live", "rest", "http://127.0.0.1:8123"),
    ("live", "rest", "https://127.0.0.1:8123"),
    ("live", "rest", "https://api.bybit.com.evil.example"),
    ("live", "rest", "https://api.bybit.com@evil.example"),
    ("live", "rest", "https://user@api.bybit.com"),
    ("live", "rest", "https://user:password@api.bybit.com"),
    ("live", "rest", "https://api.bybit.com:8443"),
    ("live", "rest", "https://api.bybit.com/proxy"),
    ("live", "rest", "https://api.bybit.com?x=1"),
    ("live", "rest", "https://api.bybit.com:port"),
    ("live", "rest", ""),
    ("live", "ws", "ws://stream.bybit.com"),
    ("live", "ws", "wss://stream-demo.bybit.com"),
    ("demo", "rest", "https://api.bybit.com"),
    ("demo", "ws", "wss://stream.bybit.com"),
    ("testnet", "ws", "wss://stream.bybit.com"),
]


@pytest.mark.parametrize(("environment", "field", "address"), ALLOWED)
def test_an_allowed_address(environment, field, address):
    check_address(environment, field, address)


@pytest.mark.parametrize(("environment", "field", "address"), REFUSED)
def test_a_foreign_address_is_refused(environment, field, address):
    with pytest.raises(BadValue) as caught:
        check_address(environment, field, address)
    assert caught.value.code == "host_not_allowed"


def test_a_connection_checks_both_addresses():
    with pytest.raises(BadValue):
        Connection(environment="paper", rest="http://127.0.0.1:1", ws="ws://10.0.0.1:1")


def test_an_unknown_environment_is_refused():
    with pytest.raises(BadValue, match="unknown_environment"):
        bybit("demo-testnet", "key", Secret("secret"))
    with pytest.raises(BadValue, match="unknown_environment"):
        check_address("production", "rest", "https://api.bybit.com")


def test_demo_has_the_real_public_streams_and_its_own_private_ones():
    demo = bybit("demo", "key", Secret("secret"))
    assert demo.ws == "wss://stream-demo.bybit.com"
    assert demo.public_ws == "wss://stream.bybit.com"
    assert bybit("testnet", "key", Secret("secret")).public_ws == "wss://stream-testnet.bybit.com"
