"""Shared fixtures. Tests written as ``async def`` run on an event loop of their own.

A test that asks for ``qt_loop`` runs on the app's kind of loop (qasync over the test's QApplication), any other one on
asyncio's. Windows are painted offscreen unless the caller chose a platform.
"""

import asyncio
import inspect
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A red run has to mean a change: the same examples each time, and no deadline, which measures the machine.
# The soak looks further (--hypothesis-profile explore).
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("steady")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The desk speaks the system's language; the tests read English on every machine.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("LANGUAGE", None)

pytest_plugins = ["tests.paper_fixture", "tests.census"]


# Files that take a minute or more: begun first, so that no process works on one while the other has nothing to do.
LONG = (
    "tests/simulation_close/",
    "tests/simulation/",
    "tests/gui/test_walk",
    "tests/stories/",
    "tests/core/store/test_crash",
    "tests/core/store/test_migrations",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, as far as they are listed; the rest as it was found."""

    def place(item: pytest.Item) -> int:
        return next((n for n, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))

    items.sort(key=place)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests; the ``qt_loop`` fixture is their runner when they ask for it."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    runner = pyfuncitem.funcargs.get("qt_loop")
    if runner is not None:
        runner.run(pyfuncitem.obj(**arguments))
    else:
        with asyncio.Runner() as plain:
            plain.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture
def qt_loop(qapp: Any) -> Iterator[asyncio.Runner]:
    """A runner over qasync's loop, as the app uses it."""
    import qasync

    # As in the app: otherwise closing a window stops the loop under its coroutines.
    qapp.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qapp)) as runner:
        yield runner
