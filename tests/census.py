"""S25 over the whole suite: no test, and so no story of the desk, dials or looks up anything but this computer.

An audit hook of Python's sees every connect and look-up of the test process, by whichever library.
"""

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest

_foreign: list[str] = []


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        # A name below .invalid never exists (RFC 6761): asking for it reaches nobody.
        return host in {"localhost", ""} or host.endswith(".invalid")


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = args[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not _is_here(name):
        _foreign.append(f"{event} {name}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def nobody_dials_out() -> Iterator[None]:
    """Fail the test during which it happened."""
    yield
    found, _foreign[:] = list(_foreign), []
    assert found == []
