"""S25 over the whole suite: no test, and so no story of the desk, reaches or listens for anything but this computer.

An audit hook of Python's sees every connect, look-up, datagram and bind of the test process, by whichever library.
"""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.network_events import host_of, is_here

_foreign: list[str] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    host = host_of(event, args)
    if host is not None and not is_here(event, host):
        _foreign.append(f"{event} {host}")


sys.addaudithook(_watch)


def take_foreign() -> list[str]:
    """What was found since it was last asked; the running test is not blamed for it any more."""
    found, _foreign[:] = list(_foreign), []
    return found


@pytest.fixture(autouse=True)
def nobody_dials_out() -> Iterator[None]:
    """Fail the test during which it happened."""
    yield
    assert take_foreign() == []
