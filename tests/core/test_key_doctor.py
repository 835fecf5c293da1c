"""What a key is good for (S7, P38–P40, F97–F100): a table for the verdict, and the paper exchange's own keys."""

from __future__ import annotations

from typing import Any

import pytest

from core.bybit import Connection
from core.clock import SystemClock
from core.errors import AuthFailed
from core.events import Account
from core.key_check import check_key
from core.key_doctor import DAY_MS, examine, expiry_of
from core.secrets import Secret
from tests.paper_fixture import PaperProcess

NOW = 1_700_000_000_000
UNWISE: dict[str, Any] = {"may_transfer": True, "ips": (), "expires_ms": NOW + 1}
READ_ONLY: dict[str, Any] = {"is_read_only": True, "may_trade": False}
BOUND: dict[str, Any] = {"ips": ("192.0.2.1",), "expires_ms": NOW + 80 * DAY_MS}


@pytest.mark.parametrize(
    ("changes", "mode", "codes"),
    [
        ({}, "trade", []),
        ({"may_withdraw": True}, "refused", ["key_may_withdraw"]),
        ({"may_withdraw": True} | READ_ONLY, "refused", ["key_may_withdraw", "key_read_only"]),
        ({"expires_ms": NOW}, "refused", ["key_has_expired"]),
        ({"expires_ms": None}, "trade", []),
        ({"may_transfer": True}, "trade", ["key_may_transfer"]),
        ({"ips": ()}, "trade", ["key_any_address"]),
        ({"ips": ("*",)}, "trade", ["key_any_address"]),
        ({"ips": ("192.0.2.1", "*")}, "trade", ["key_any_address"]),
        ({"expires_ms": NOW + 3 * DAY_MS}, "trade", ["key_expires"]),
        (READ_ONLY, "monitor", ["key_read_only"]),
        ({"may_trade": False}, "monitor", ["key_may_not_trade"]),
        (UNWISE, "trade", ["key_may_transfer", "key_any_address", "key_expires"]),
    ],
)
def test_verdicts(changes: dict[str, Any], mode: str, codes: list[str]) -> None:
    verdict = examine(Account(**(BOUND | changes)), NOW, environment="live")
    assert (verdict.mode, [finding.code for finding in verdict.findings]) == (mode, codes)


def test_demo_tells_no_rights_and_is_not_warned_about() -> None:
    verdict = examine(Account(), NOW, environment="demo")
    assert (verdict.mode, verdict.warnings) == ("trade", ())


@pytest.mark.parametrize(
    ("left_ms", "due"),
    [
        (14 * DAY_MS + 1, None),
        (14 * DAY_MS, (14, 14)),
        (7 * DAY_MS + 1, (7, 14)),
        (7 * DAY_MS, (7, 7)),
        (2 * DAY_MS, (2, 7)),
        (DAY_MS, (1, 1)),
        (1, (0, 1)),
        (0, None),
        (-1, None),
    ],
)
def test_expiry_is_warned_of_at_14_7_and_1_days(left_ms: int, due: tuple[int, int] | None) -> None:
    """P38."""
    finding = expiry_of(NOW + left_ms, NOW)
    assert (finding and (finding.days, finding.threshold)) == due


def connection(paper: PaperProcess, preset: str) -> Connection:
    client = paper.new_client(preset)
    return Connection(
        environment="paper",
        rest=paper.rest,
        ws=paper.ws,
        api_key=client.api_key,
        api_secret=Secret(client.api_secret),
    )


async def test_the_paper_exchanges_keys(paper: PaperProcess) -> None:
    modes = {
        preset: (await check_key(connection(paper, preset), SystemClock())).verdict
        for preset in ("read_only", "withdraw", "transfer", "ip_any", "expires_tomorrow", "orders_only")
    }
    assert [verdict.mode for verdict in modes.values()] == ["monitor", "refused", "trade", "trade", "trade", "monitor"]
    assert "key_may_transfer" in {finding.code for finding in modes["transfer"].warnings}
    assert "key_any_address" in {finding.code for finding in modes["ip_any"].warnings}
    (expiry,) = [finding for finding in modes["expires_tomorrow"].warnings if finding.code == "key_expires"]
    assert expiry.threshold == 1
    for preset, code in {
        "revoked": "key_unknown",
        "expired": "key_expired",
        "ip_elsewhere": "address_not_bound",
    }.items():
        with pytest.raises(AuthFailed) as refused:
            await check_key(connection(paper, preset), SystemClock())
        assert refused.value.code == code, preset


async def test_a_wrong_secret_is_a_bad_signature(paper: PaperProcess) -> None:
    wrong = Connection(
        environment="paper", rest=paper.rest, ws=paper.ws, api_key=paper.api_key, api_secret=Secret("z" * 36)
    )
    with pytest.raises(AuthFailed) as refused:
        await check_key(wrong, SystemClock())
    assert refused.value.code == "bad_signature"
