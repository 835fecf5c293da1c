"""``python -m core.paper`` as a process: ready line, ways to end, expected trouble, loopback only."""

import json
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from core.paper.fault_catalogue import CATALOGUE, ELSEWHERE
from core.paper.fault_rest import ANSWER, DELIVERY, INSTEAD
from core.paper.fault_rows import SPOILERS
from core.paper.fault_stream import CHANGES
from core.paper.faults import Stage
from tests.paper_fixture import ROOT


@pytest.fixture
def paper_factory(paper_factory):
    """Each in an interpreter of its own, as a user starts it."""
    return partial(paper_factory, is_fresh=True)


def run(*arguments, timeout=60):
    """Run to the end."""
    command = [sys.executable, "-m", "core.paper", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)


def test_ready_line(paper):
    assert {"rest", "ws", "api_key", "api_secret", "control", "control_token", "pid"} == set(paper.ready)
    assert paper.rest.startswith("http://127.0.0.1:")
    assert paper.ws == paper.rest.replace("http", "ws")
    assert paper.ready["pid"] == paper.process.pid


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_quietly(paper_factory, how):
    paper = paper_factory()
    paper.process.send_signal(how)
    assert paper.process.wait(5) == 0
    assert paper.process.stdout.read() == ""
    paper.stop()
    assert paper.complaints == ""


def test_it_ends_with_its_parent(paper_factory):
    paper = paper_factory()
    paper.process.stdin.close()
    assert paper.process.wait(5) == 0


def test_it_ends_when_its_parent_is_killed(tmp_path):
    """The parent starts it with a pipe as standard input and dies without a word."""
    ready = tmp_path / "ready"
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'core.paper', '--exit-with-parent'],\n"
        f"    stdin=subprocess.PIPE, stdout=open({str(ready)!r}, 'w'))\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    try:
        deadline = time.monotonic() + 15
        while not (ready.exists() and ready.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        parent.kill()
        parent.wait()
    port = int(json.loads(ready.read_text())["rest"].rpartition(":")[2])
    while is_open(port):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_open(port, host="127.0.0.1"):
    """Whether something listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def test_it_ends_with_open_sockets_and_hanging_requests(paper_factory):
    paper = paper_factory()
    paper.arm("hang", "/v5/account/info")
    port = int(paper.rest.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as hanging:
        hanging.sendall(b"GET /v5/account/info HTTP/1.1\r\nHost: x\r\n\r\n")
        started = time.monotonic()
        paper.process.terminate()
        paper.process.wait(5)
        assert time.monotonic() - started < 3


def test_port_taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        ended = run("--port", str(holder.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "--port" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--scenario", "nonsense"),
        ("--candles", "no-such-file.csv"),
        ("--candles", "pyproject.toml"),
        ("--candles", "tests"),
        ("--positions-json", "no/such/folder/positions.json"),
        ("--port", "70000"),
    ],
)
def test_expected_trouble_is_one_sentence(arguments):
    ended = run(*arguments)
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1, ended.stderr


def test_a_given_port_is_used(paper_factory):
    first = paper_factory()
    port = first.rest.rpartition(":")[2]
    first.stop()
    assert paper_factory(extra=("--port", port)).rest == first.rest


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's table of listening sockets")
def test_it_listens_on_loopback_only(paper):
    ports = {int(paper.ready[name].rpartition(":")[2]) for name in ("rest", "control")}
    tables = "\n".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    listening = [line.split()[1] for line in tables.splitlines() if len(line.split()) > 3 and line.split()[3] == "0A"]
    ours = [one.split(":")[0] for one in listening if int(one.split(":")[1], 16) in ports]
    assert ours == ["0100007F", "0100007F"]
    inodes = {str(entry.readlink()) for entry in Path(f"/proc/{paper.process.pid}/fd").iterdir() if entry.is_symlink()}
    sockets = [line for line in tables.splitlines() if f"socket:[{(line.split() + [''] * 10)[9]}]" in inodes]
    assert all(line.split()[1].split(":")[0] == "0100007F" for line in sockets)


def test_list_faults():
    ended = run("--list-faults")
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0
    assert [line.split()[0] for line in lines] == [kind.name for kind in CATALOGUE]
    documented = (ROOT / "docs" / "paper-exchange.md").read_text()
    assert [kind.name for kind in CATALOGUE if f"`{kind.name}`" not in documented] == []


def test_every_fault_of_the_list_is_staged_or_explained():
    covered = {number for kind in CATALOGUE for number in kind.covers}
    assert covered.isdisjoint({7, 8, 17})
    assert covered | set(ELSEWHERE) == set(range(1, 101))


def test_every_fault_is_implemented():
    """A name in the catalogue without code behind it would be found here."""
    known = {
        Stage.INSTEAD: INSTEAD,
        Stage.ANSWER: ANSWER | SPOILERS,
        Stage.DELIVERY: DELIVERY,
        Stage.MESSAGE: {**CHANGES, "reorder": None},
        Stage.ARRIVAL: {"reset_on_headers": None},
    }
    for kind in CATALOGUE:
        for stage in kind.stages:
            assert stage not in known or kind.name in known[stage], kind.name


def test_same_seed_same_account(paper_factory):
    def told(paper):
        rows = paper.rows("/v5/position/list", category="linear", settleCoin="USDT")
        return [(row["symbol"], row["positionIdx"], row["size"]) for row in rows]

    one, two, other = paper_factory(seed=7), paper_factory(seed=7), paper_factory(seed=8)
    assert told(one) == told(two)
    assert [row["orderId"] for row in one.rows("/v5/order/history", category="linear")] == [
        row["orderId"] for row in two.rows("/v5/order/history", category="linear")
    ]
    assert one.rows("/v5/order/history", category="linear") != other.rows("/v5/order/history", category="linear")
    # what opens the door is new every time
    for name in ("api_key", "api_secret", "control_token"):
        assert one.ready[name] != two.ready[name]
