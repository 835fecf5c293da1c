"""Ids that we make before sending: unique over restarts and machines, sortable by time, legal for Bybit.

An order_link_id has at most 36 characters of ``[0-9A-Za-z-_]``; ours are 32: ``qd``, 4 of the installation, a ULID.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from core.clock import Clock
from core.executions import OUR_ORDER_PREFIX

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(now_ms: int, entropy: int) -> str:
    """26 characters: 48 bits of UTC milliseconds, 80 bits of entropy, in Crockford's base 32."""
    number = (now_ms & (1 << 48) - 1) << 80 | entropy & (1 << 80) - 1
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def installation_id(entropy: int | None = None) -> str:
    """4 characters that tell this installation's orders from those of another machine with the same key."""
    number = secrets.randbits(20) if entropy is None else entropy
    return "".join(_CROCKFORD[number >> shift & 31] for shift in (15, 10, 5, 0))


def order_link_ids(clock: Clock, installation: str) -> Callable[[], str]:
    """A source of fresh order_link_ids."""
    return lambda: f"{OUR_ORDER_PREFIX}{installation}{ulid(clock.now_ms(), secrets.randbits(80))}"
