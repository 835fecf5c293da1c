"""What Python's audit events tell of the network: who is dialled, asked for, sent to, or listened for.

Used by the hook of this process (tests/census.py) and by the ones of desks that stories start (test_census.py); it
imports nothing heavy, so that it changes nothing about them. What a C library does by itself raises no such event.
"""

import ipaddress
from typing import Any

# Where the host is: as the argument itself, or in an address beside the socket.
_LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_ADDRESSED = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}


def host_of(event: str, args: tuple[Any, ...]) -> str | None:
    """The host that an event is about; None when it is about none: another event, or a socket of this computer."""
    if event in _LOOKED_UP:
        host = args[0]
    elif event == "socket.getnameinfo":
        host = args[0][0]
    elif event in _ADDRESSED and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return None
    return host.decode() if isinstance(host, bytes) else str(host or "")


def is_loopback(host: str) -> bool:
    """127.0.0.0/8 or ::1, as a number: no name has to be looked up."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_here(event: str, host: str) -> bool:
    """Whether nobody but this computer can hear of it. Listening at "" is listening to everybody."""
    if is_loopback(host):
        return True
    # A name below .invalid never exists (RFC 6761): asking for it reaches nobody.
    return event != "socket.bind" and (host in {"localhost", ""} or host.endswith(".invalid"))
