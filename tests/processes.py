"""Work in a process of its own: to be killed, suspended, or waited for.

All of them are forked from one server that has loaded their modules already, so that a start costs milliseconds. The
server loads once, when the first of them starts, what the modules named until then: every module with such work says
``preload(__name__)`` as it is imported. One that is missing there is loaded anew by each of its processes, for seconds.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
FORKS = _METHOD == "forkserver"
_CONTEXT: Any = multiprocessing.get_context(_METHOD)
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_loaded: list[str] = []


def preload(module: str) -> None:
    """Let the server load a module; what was named before stays, which multiprocessing by itself would forget."""
    if FORKS and module not in _loaded:
        _loaded.append(module)
        _CONTEXT.set_forkserver_preload(list(_loaded))


def start(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that does this; ``kill`` and ``join`` it."""
    process: BaseProcess = _CONTEXT.Process(target=work, args=arguments, daemon=True)
    with _without_main():
        process.start()
    return process


def pipe(*, duplex: bool = True) -> tuple[Connection, Connection]:
    """Two ends, the second one for the process; without ``duplex`` the first one only receives."""
    ends: tuple[Connection, Connection] = _CONTEXT.Pipe(duplex)
    return ends


@contextmanager
def _without_main() -> Iterator[None]:
    """The child would load the test runner's own program anew: there is nothing in it that it needs."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
