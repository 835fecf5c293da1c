"""S25: every address that a run of the desk asks for or dials is on a list. S10, S40: and what that run leaves behind.

The desk runs as a user runs it, with an audit hook of Python's in front: it sees every connect, look-up, datagram and
bind, by whichever library, and every program that is started. Qt's own network is out of its sight: nothing of ours
imports it (``tests/core/test_security_ast.py``).
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.bybit.connection import _REST_HOSTS, _STREAM_HOSTS
from core.model import PositionKey
from tests.census import take_foreign
from tests.network_events import is_loopback
from tests.paper_fixture import ROOT, PaperFactory, PaperProcess
from tests.stories.desk import managed

HOOK = """
import json, socket, sys
sys.path.insert(0, {root!r})
from tests.network_events import host_of, is_loopback
seen = open({file!r}, "a", buffering=1)
def hook(event, args):
    program = event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")
    host = f"program {{args[0]}}" if program else host_of(event, args)
    if host is None:
        return
    print(json.dumps([event, host]), file=seen)
    if {blocks} and not is_loopback(host):
        raise socket.gaierror(socket.EAI_AGAIN, "not in a test")
sys.addaudithook(hook)
"""
DESK = HOOK + "import main; sys.exit(main.main(sys.argv[1:]))"
# Each environment's client tries everything that it has: the clock, the private stream, both price streams.
DIAL = (
    HOOK
    + """
import asyncio
from core.bybit import bybit, connect
from core.clock import SystemClock
from core.errors import AppError
from core.secrets import Secret
async def dial(environment):
    print(json.dumps(["environment", environment]), file=seen)
    client = connect(bybit(environment, "k" * 18, Secret("s" * 36)), SystemClock())
    streams = [client.private(print), client.tickers("linear", print), client.tickers("inverse", print)]
    for asked in (client.gateway.fetch_time_offset_ms(), *(stream.open() for stream in streams)):
        try:
            await asked
        except AppError as error:
            print(error.code)
    await client.close()
for one in sys.argv[1:]:
    asyncio.run(dial(one))
"""
)


def run(script: str, file: Path, *arguments: str, blocks: bool = False, **environment: str) -> tuple[list[Any], str]:
    """Run a script behind the hook: what was asked for or dialled, as (event, host), and what it said on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", script.format(file=str(file), root=str(ROOT), blocks=blocks), *arguments],
        cwd=file.parent, env=os.environ | {"QT_QPA_PLATFORM": "offscreen", **environment},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in file.read_text().splitlines()], done.stderr


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One whole run of the desk at its default log level, in a hostile environment, on an account with odd sizes."""
    paper = PaperProcess(clock="real")
    try:
        paper.incident("trade", symbol="XRPUSDT", side="Buy", qty="12345.6", idx=0, reduce_only=False)
        folder = tmp_path_factory.mktemp("census")
        ready, data, planted = folder / "ready.json", folder / "data", folder / "planted"
        ready.write_text(json.dumps(paper.ready))
        planted.mkdir()
        seen, stderr = run(
            DESK, folder / "seen", "--connect", str(ready), "--data-dir", str(data),
            "--screenshot", str(folder / "desk.png"), "--after", "3",
            QT_PLUGIN_PATH=str(planted), QT_DEBUG_PLUGINS="1", SSLKEYLOGFILE=str(planted / "keys"),
            HTTPS_PROXY="http://192.0.2.1:9", ALL_PROXY="http://192.0.2.1:9",
        )  # fmt: skip
        yield {
            "paper": paper,
            "hosts": {host for _event, host in seen},
            "stderr": stderr,
            "data": data,
            "planted": planted,
        }
    finally:
        paper.stop()


def test_a_run_on_paper_talks_to_this_computer_only(canary: Any) -> None:
    assert canary["hosts"]
    assert {host for host in canary["hosts"] if not is_loopback(host)} == set()


NOWHERE = "203.0.113.9"  # kept for documentation (RFC 5737): nobody is there


@pytest.mark.parametrize(
    ("event", "act"),
    [
        ("socket.connect", lambda one: one.connect((NOWHERE, 9))),
        ("socket.sendto", lambda one: one.sendto(b"", (NOWHERE, 9))),
        ("socket.sendmsg", lambda one: one.sendmsg([b""], [], 0, (NOWHERE, 9))),
        ("socket.bind", lambda one: one.bind(("", 0))),
        ("socket.getnameinfo", lambda _: sys.audit("socket.getnameinfo", (NOWHERE, 9))),
        ("socket.gethostbyaddr", lambda _: sys.audit("socket.gethostbyaddr", NOWHERE)),
        ("socket.getaddrinfo", lambda _: sys.audit("socket.getaddrinfo", "example.org", 443, 0, 0, 0)),
    ],
)
def test_the_census_of_the_suite_sees(event: str, act: Callable[[socket.socket], object]) -> None:
    """It can fail: each way out is noticed. The socket is closed, so that nothing leaves this computer."""
    closed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    closed.close()
    with contextlib.suppress(OSError):
        act(closed)
    (found,) = take_foreign()
    assert found.startswith(f"{event} ")


def test_nothing_of_the_environment_led_it_elsewhere(canary: Any) -> None:
    """S40: plug-ins; S19: session keys; S20: proxies (see the hosts above)."""
    assert str(canary["planted"]) not in canary["stderr"]
    assert list(canary["planted"].iterdir()) == []


def figures(paper: PaperProcess) -> set[str]:
    """Sizes, balances and ids of the account, as its exchange tells them."""
    positions = paper.rows("/v5/position/list", category="linear", settleCoin="USDT")
    orders = paper.rows("/v5/order/realtime", category="linear", settleCoin="USDT")
    fills = paper.rows("/v5/execution/list", category="linear", limit=100)
    (wallet,) = paper.rows("/v5/account/wallet-balance", accountType="UNIFIED")
    found = {row[name] for row in positions for name in ("size", "positionValue", "avgPrice")}
    found |= {row[name] for row in orders for name in ("orderId", "orderLinkId", "qty")}
    found |= {row[name] for row in fills for name in ("execId", "orderId", "execQty")}
    found |= {wallet[name] for name in ("totalEquity", "totalWalletBalance")} | {"24617703"}
    return {text for text in found if len(text) >= 5}


def test_the_log_tells_no_sizes_no_balances_and_no_ids(canary: Any) -> None:
    """S10, at the default level."""
    log = (canary["data"] / "logs" / "quarterdeck.log").read_text()
    assert "the desk is up" in log
    told = figures(canary["paper"])
    assert "12345.6" in told
    assert [text for text in told if text in log] == []


async def test_acting_logs_none_either(paper_factory: PaperFactory, caplog: pytest.LogCaptureFixture) -> None:
    """S10: the audit trail and the database tell of commands; the log only that something is wrong."""
    caplog.set_level("INFO")
    paper = paper_factory()
    async with managed(paper) as manager:
        key = PositionKey("linear", "SOLUSDT", 0)
        held = manager.get_position(key)
        command = await manager.close_position(key, qty=manager.get_market_limits("SOLUSDT").min_qty * 37)
        await manager.verdict(command.command_id)
        told = figures(paper) | {format(command.qty, "f"), command.order_link_id, format(held.size, "f")}
    assert [
        text for text in told if len(text) > 2 and re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.])", caplog.text)
    ] == []


def test_an_environment_is_dialled_at_its_own_hosts_only(tmp_path: Path) -> None:
    """No look-up leaves this test: the hook refuses each one after it has been written down."""
    seen, _ = run(DIAL, tmp_path / "seen", "demo", "testnet", "live", blocks=True)
    hosts: dict[str, set[str]] = {}
    for event, host in seen:
        if event == "environment":
            present = hosts.setdefault(host, set())
        elif event != "socket.bind":  # a library tries out whether there is IPv6
            present.add(host)
    assert set(hosts) == {"demo", "testnet", "live"}
    for environment, asked in hosts.items():
        # demo has Bybit's public prices and no others
        streams = _STREAM_HOSTS[environment] | ({"stream.bybit.com"} if environment == "demo" else set())
        assert asked <= _REST_HOSTS[environment] | streams
        assert asked & _REST_HOSTS[environment]
        assert asked & _STREAM_HOSTS[environment]
