"""Send several intents, each a command of its own: a few at a time, and none stopped by another's refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from core.errors import AppError
from core.intents import Intent
from core.model import Command

# More would only wait for their turn at the exchange's rate limit, and intents that wait too long expire.
AT_ONCE = 4


class Outcome(NamedTuple):
    """What became of one intent of a batch when it was sent: its command, or the error that kept it from being sent."""

    intent: Intent
    command: Command | None
    error: AppError | None


async def submit_all(intents: Iterable[Intent], submit: Callable[[Intent], Awaitable[Command]]) -> tuple[Outcome, ...]:
    """Submit intents in their order, AT_ONCE at a time; each is checked when its turn has come.

    Returns:
        One outcome per intent, in their order.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(intent: Intent) -> Outcome:
        async with turns:
            try:
                return Outcome(intent, await submit(intent), None)
            except AppError as error:
                return Outcome(intent, None, error)

    return tuple(await asyncio.gather(*(one(intent) for intent in intents)))
