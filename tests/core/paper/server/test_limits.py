"""Rate limits and the ban."""

import pytest

from core.paper.limits import BAN_MS, Limits, RollingWindow
from core.paper.messages import Problem

NOW = 1_700_000_000_000


def test_rolling_window_counts_any_second():
    window = RollingWindow(3, 1000)
    assert [window.take(NOW + ms) for ms in (0, 500, 900, 999)] == [True, True, True, False]
    assert window.reset_ms(NOW + 999) == NOW + 1000
    assert window.take(NOW + 1000)
    assert not window.take(NOW + 1499)
    assert window.take(NOW + 1500)


def test_endpoint_limit_and_headers():
    limits = Limits()
    for _ in range(10):
        limits.check_endpoint("POST /v5/order/create", 10, NOW)
    headers = limits.headers("POST /v5/order/create", 10, NOW)
    assert headers == {
        "X-Bapi-Limit": "10",
        "X-Bapi-Limit-Status": "0",
        "X-Bapi-Limit-Reset-Timestamp": str(NOW + 1000),
    }
    with pytest.raises(Problem, match="10006"):
        limits.check_endpoint("POST /v5/order/create", 10, NOW + 999)
    limits.check_endpoint("POST /v5/order/cancel", 10, NOW)  # each endpoint has its own
    limits.check_endpoint("POST /v5/order/create", 10, NOW + 1000)
    assert limits.headers("x", 5, NOW)["X-Bapi-Limit-Reset-Timestamp"] == str(NOW)


def test_the_601st_request_in_five_seconds_is_banned_for_ten_minutes():
    limits = Limits()
    assert all(limits.check_address(NOW + number) is None for number in range(600))
    banned = limits.check_address(NOW + 4999)
    assert banned.status == 403
    assert b"access too frequent" in banned.raw
    assert limits.check_address(NOW + 4999 + BAN_MS - 1).status == 403
    assert limits.check_address(NOW + 4999 + BAN_MS) is None
    assert limits.refused_while_banned == 1


def test_limits_can_be_switched_off():
    limits = Limits()
    limits.enabled = False
    assert all(limits.check_address(NOW) is None for _ in range(1000))
    for _ in range(20):
        limits.check_endpoint("GET /x", 5, NOW)


def test_new_sockets_are_limited():
    limits = Limits()
    assert all(limits.check_socket(NOW) for _ in range(500))
    assert not limits.check_socket(NOW + 299_999)
    assert limits.check_socket(NOW + 300_000)
