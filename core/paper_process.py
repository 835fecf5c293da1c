"""Run the paper exchange as a process of its own: start it, watch it, start it again, stop it.

The desk only ever talks to it over REST and WebSocket; this module shares nothing with it but its ready line. If the
desk dies, the exchange's standard input ends and it stops by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from core.bybit import PAPER, Connection
from core.errors import BadValue, StartupError
from core.logs import redactor
from core.secrets import Secret

log = logging.getLogger(__name__)

READY_WITHIN_S = 20.0
STOP_WITHIN_S = 3.0
_ROOT = Path(__file__).resolve().parent.parent


def connection_from(ready_line: str) -> Connection:
    """The connection that a ready line describes.

    Raises:
        StartupError: it is not a ready line of a paper exchange on this computer.
    """
    try:
        ready = json.loads(ready_line)
        redactor.hide(ready["api_secret"])
        redactor.hide(ready["control_token"])
        return Connection(
            environment=PAPER,
            rest=ready["rest"],
            ws=ready["ws"],
            api_key=ready["api_key"],
            api_secret=Secret(ready["api_secret"]),
        )
    except (ValueError, TypeError, KeyError, BadValue) as error:
        raise StartupError("paper_ready_line", reason=str(error)[:200]) from error


def located_by_file(path: Path) -> Callable[[], Connection]:
    """Read the ready line of a running paper exchange from a file, anew each time: it may have been restarted."""

    def locate() -> Connection:
        try:
            return connection_from(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise StartupError("connect_file_unreadable", path=str(path), reason=error.strerror) from error

    return locate


class PaperProcess:
    """The paper exchange that belongs to this desk. ``port`` 0 lets the system choose."""

    def __init__(self, *, seed: int = 7, scenario: str = "default", port: int = 0, clock: str = "real") -> None:
        self._arguments = ["--port", str(port), "--seed", str(seed), "--scenario", scenario, "--clock", clock]
        # A file and not a pipe: nobody reads it while all is well, and a full pipe would stop the exchange.
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as we do
        self._process: subprocess.Popen[str] | None = None
        self._connection: Connection | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id, None when there is no process."""
        return self._process.pid if self._process else None

    def kill(self) -> None:
        """End the process without asking, as a crash would; the next ``locate`` starts a new one."""
        if self._process:
            self._process.kill()
            self._process.wait()

    async def locate(self) -> Connection:
        """Where the exchange is; starts it when it is not running.

        Raises:
            StartupError: it did not become ready; the details carry its own sentence.
        """
        if self._connection is None or not self.is_running:
            self._connection = await asyncio.to_thread(self._start)
        return self._connection

    def _start(self) -> Connection:
        self.stop()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "core.paper", *self._arguments, "--exit-with-parent"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        self._process = process
        try:
            return connection_from(self._ready_line(process))
        except StartupError:
            self.stop()
            raise

    def _ready_line(self, process: subprocess.Popen[str]) -> str:
        """The first line of output; a process that stays silent is killed, which ends the wait."""
        assert process.stdout is not None
        watchdog = threading.Timer(READY_WITHIN_S, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        if line:
            return line
        process.wait(STOP_WITHIN_S)
        self._complaints.seek(0)
        last = self._complaints.read().strip().splitlines()[-1:] or ["no reason given"]
        raise StartupError("paper_not_started", reason=last[0][:300])

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._complaints.close()

    def stop(self) -> None:
        """End the process: ask, then insist. Safe at any time."""
        process, self._process, self._connection = self._process, None, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                log.warning("the paper exchange did not stop when asked")
                process.kill()
                process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
