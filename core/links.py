"""The state of every way to the exchange, told once per change. Reads nothing and decides nothing.

A way is as good as the worst of its parts: REST has one for each kind of reading, the tickers one for each category.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from core.clock import Clock
from core.errors import AppError, AuthFailed
from core.events import Event, LinkChanged
from core.model import Link

REST, PRIVATE, TICKERS = "rest", "private", "tickers"
NAMES = (REST, PRIVATE, TICKERS)
# The part of REST that is refused with a key, until something that needs the key works.
KEY = "key"
_WORST_FIRST = ("refused", "lost", "connecting", "live", "idle")
# What a refused key was refused for, by Bybit's codes; the operator has to act, so each has words of its own.
_REFUSALS = {
    10003: "key_unknown",
    10004: "bad_signature",
    10005: "no_permission",
    10007: "key_not_accepted",
    10008: "account_banned",
    10009: "address_banned",
    10010: "address_not_bound",
    33004: "key_expired",
}


class _Part(Struct, frozen=True):
    state: str
    detail: str = ""


class LinkBoard:
    """Links by name. ``post`` takes each change, ``note`` a line for the audit trail when a link breaks or is back."""

    def __init__(self, clock: Clock, post: Callable[[Event], None], note: Callable[..., None]) -> None:
        self._clock = clock
        self._post = post
        self._note = note
        self._parts: dict[str, dict[str, _Part]] = {name: {} for name in NAMES}
        self._links = {name: Link(name=name) for name in NAMES}

    def state(self, name: str) -> str:
        """connecting, live, idle, lost or refused."""
        return self._links[name].state

    def live(self, name: str, part: str = "", *, latency_ms: int | None = None, last_mono: float | None = None) -> None:
        """A part works; ``last_mono`` is when it was last heard."""
        self._parts[name][part] = _Part("live")
        self._show(name, latency_ms=latency_ms, last_mono=last_mono)

    def idle(self, name: str, part: str) -> None:
        """A part has nothing to do."""
        idle = _Part("idle")
        if self._parts[name].get(part) != idle:
            self._parts[name][part] = idle
            self._show(name)

    def dialled(self, name: str, part: str) -> None:
        """A part is being opened for the first time, or again; a broken one stays broken until it works."""
        if self._parts[name].get(part, _Part("idle")).state == "idle":
            self._parts[name][part] = _Part("connecting")
            self._show(name)

    def measured(self, name: str, latency_ms: int | None) -> None:
        """How long the last answer took."""
        self._show(name, latency_ms=latency_ms)

    def failed(self, name: str, part: str, error: AppError) -> None:
        """A part broke, or is still broken."""
        state = "refused" if isinstance(error, AuthFailed) else "lost"
        self._parts[name][part] = _Part(state, cause_of(error))
        self._show(name, error=error)

    def reset(self, error: AppError) -> None:
        """Every way is given up and dialled anew."""
        for name in NAMES:
            self._parts[name] = {"": _Part("lost", cause_of(error))}
            self._show(name, error=error)
            self._parts[name] = {}

    def forget(self, name: str, part: str) -> None:
        """A part is not asked any more: it says nothing about the way."""
        if self._parts[name].pop(part, None):
            self._show(name)

    def _show(
        self, name: str, *, error: AppError | None = None, latency_ms: int | None = None, last_mono: float | None = None
    ) -> None:
        old = self._links[name]
        worst = min(self._parts[name].values(), key=lambda part: _WORST_FIRST.index(part.state), default=None)
        state = worst.state if worst else old.state
        has_changed = old.state != state
        new = self._links[name] = replace(
            old,
            state=state,
            detail=worst.detail if worst else old.detail,
            since_ms=self._clock.now_ms() if has_changed else old.since_ms,
            latency_ms=old.latency_ms if latency_ms is None else latency_ms,
            last_mono=old.last_mono if last_mono is None else last_mono,
        )
        self._post(LinkChanged(new))
        if has_changed:
            self._tell(old, new, error)

    def _tell(self, old: Link, new: Link, error: AppError | None) -> None:
        """One line per change of state, not per try."""
        details: dict[str, Any] = {"link": new.name}
        if new.state in {"lost", "refused"}:
            code = "tickers_lost" if new.name == TICKERS else "link_lost"
            self._note(code, "warning", **details, reason=new.detail, details=str(error)[:300])
        elif old.state in {"lost", "refused"}:
            self._note("link_back", **details)


def cause_of(error: AppError) -> str:
    """The code of what broke a way: for a refused key what it was refused for, for what is held back why it is."""
    ret_code, cause = error.details.get("ret_code"), error.details.get("cause")
    if isinstance(ret_code, int):
        return _REFUSALS.get(ret_code, error.code)
    return cause if isinstance(cause, str) else error.code
