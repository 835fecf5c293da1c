"""``python -m core.paper`` without a new interpreter: forked where it is loaded already (see tests.processes).

An interpreter of its own takes most of a second of processor time to load it, a fork a few hundredths. What runs is the
same ``main`` with the same arguments, standard streams and signals.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from core.paper.__main__ import main
from tests import processes

processes.preload(__name__)
# macOS's own libraries are not made for a fork without an exec.
CAN_FORK = processes.FORKS and sys.platform == "linux"
_ROOT = Path(__file__).resolve().parent.parent


class Forked:
    """As much of ``subprocess.Popen`` as a paper exchange needs; ``stderr`` is a file to write to."""

    def __init__(self, arguments: list[str], stderr: IO[str]) -> None:
        their_stdin, our_stdin = processes.pipe(duplex=False)
        our_stdout, their_stdout = processes.pipe(duplex=False)
        errors = Connection(os.dup(stderr.fileno()), readable=False)
        self._process = processes.start(_run, arguments, their_stdin, their_stdout, errors)
        for end in (their_stdin, their_stdout, errors):
            end.close()
        self.pid = self._process.pid
        self.stdin, self.stdout = _file(our_stdin, "w"), _file(our_stdout, "r")

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait for its end; raises TimeoutExpired."""
        self._process.join(timeout_s)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("core.paper", timeout_s or 0)
        return code

    def send_signal(self, number: int) -> None:
        """A signal."""
        if self._process.is_alive():
            assert self.pid is not None
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


def _file(end: Connection, mode: str) -> IO[str]:
    """A pipe's end as text."""
    found = os.fdopen(os.dup(end.fileno()), mode)
    end.close()
    return found


def _run(arguments: list[str], *streams: Connection) -> None:
    """In the process: be ``python -m core.paper``."""
    gc.freeze()  # what was loaded for others is not gone through again and again
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.chdir(_ROOT)
    sys.exit(main(arguments))
