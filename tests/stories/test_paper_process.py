"""The paper exchange as the desk's own process: found, watched, started again, and never left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StartupError
from core.manager import PositionManager
from core.paper_process import PaperProcess, connection_from
from tests.paper_fixture import ROOT
from tests.stories.desk import until


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not). /proc where there is one: small systems have no ps."""
    if not Path("/proc/self/stat").exists():
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
        return bool(state) and not state.startswith("Z")
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def test_the_desk_outlives_its_exchange() -> None:
    own = PaperProcess(clock="frozen")
    manager = PositionManager(own.locate)
    running = asyncio.create_task(manager.run())
    try:
        before = await manager.until(lambda s: s.links.is_live, 30)
        own.kill()
        lost = await manager.until(lambda s: s.links.private.state == "lost")
        assert [p.key for p in lost.positions] == [p.key for p in before.positions]
        assert all(p.received_mono == q.received_mono for p, q in zip(lost.positions, before.positions, strict=True))
        assert any(e.code == "link_lost" for e in lost.events)
        back = await manager.until(lambda s: s.links.is_live and s.links.reconciled_ms > before.as_of_ms, 30)
        assert {p.key for p in back.positions} == {p.key for p in before.positions}
        assert all(p.realised_pnl is not None for p in back.positions)
        assert any(e.code == "new_ledger" for e in back.events)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        own.close()


async def test_a_crash_of_the_desk_stops_its_exchange() -> None:
    script = (
        "import asyncio, os, signal\n"
        "from core.paper_process import PaperProcess\n"
        "own = PaperProcess(clock='frozen'); asyncio.run(own.locate())\n"
        "print(own.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    crashed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert crashed.returncode == -signal.SIGKILL
    pid = int(crashed.stdout)
    await until(lambda: not is_alive(pid))


async def test_a_taken_port_is_one_sentence() -> None:
    own = PaperProcess(clock="frozen")
    connection = await own.locate()
    port = int(connection.rest.rsplit(":", 1)[1])
    second = PaperProcess(clock="frozen", port=port)
    try:
        with pytest.raises(StartupError) as trouble:
            await second.locate()
        assert trouble.value.code == "paper_not_started"
        assert str(port) in str(trouble.value.details["reason"])
        assert not second.is_running
    finally:
        second.close()
        own.close()


@pytest.mark.parametrize(
    "line", ["", "no json", "[]", "{}", json.dumps({"rest": 1}), '{"rest": "http://192.0.2.1:80", "ws": "ws://x"}']
)
def test_a_foreign_ready_line_is_refused(line: str) -> None:
    with pytest.raises(StartupError):
        connection_from(line)


def test_no_process_is_left_by_stop() -> None:
    own = PaperProcess(clock="frozen")
    asyncio.run(own.locate())
    pid = own.pid
    assert pid is not None
    own.close()
    assert not is_alive(pid)
    assert os.getpid() != pid
