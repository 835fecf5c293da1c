"""Calling the manager from other threads: the twin of a method does its work on the loop and hands back a future.

A twin never blocks. Who waits for its future on the loop's own thread waits for ever: there, await the method itself.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from core.errors import Unreachable


class HasLoop(Protocol):
    """Whose methods run on one loop."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """That loop."""


S = TypeVar("S", bound=HasLoop)
P = ParamSpec("P")
R = TypeVar("R")
Twin = Callable[Concatenate[S, P], concurrent.futures.Future[R]]


def twin(method: Callable[Concatenate[S, P], Coroutine[Any, Any, R]]) -> Twin[S, P, R]:
    """The twin of a coroutine method. Its future raises what the method raises.

    Raises:
        Unreachable: ``desk_closed``, there is no loop any more to do it; nothing was done.
    """

    @wraps(method)
    def from_elsewhere(self: S, /, *args: P.args, **kwargs: P.kwargs) -> concurrent.futures.Future[R]:
        return _on_loop(self.loop, method(self, *args, **kwargs))

    return from_elsewhere


def twin_of_call(method: Callable[Concatenate[S, P], R]) -> Twin[S, P, R]:
    """The twin of a method that only the loop may call."""

    @wraps(method)
    def from_elsewhere(self: S, /, *args: P.args, **kwargs: P.kwargs) -> concurrent.futures.Future[R]:
        async def call() -> R:
            return method(self, *args, **kwargs)

        return _on_loop(self.loop, call())

    return from_elsewhere


def _on_loop(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, R]) -> concurrent.futures.Future[R]:
    try:
        return asyncio.run_coroutine_threadsafe(work, loop)
    except RuntimeError as error:
        work.close()
        raise Unreachable("desk_closed") from error
