"""The weaker protocols of RELIABILITY 1.4 and a few slips, each the real code with one thing wrong."""

import asyncio
from typing import Any

from msgspec.structs import replace

from core.actions import Actions
from core.errors import BadValue
from core.intents import Intent, Issue
from core.model import Command, Snapshot


class NewIdEachTime(Actions):
    """D: journal, unknown, three absences; then the next click is a new order."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._book.commands.repeated = lambda *_: None  # type: ignore[method-assign]

    async def retry(self, command_id: str) -> Command:
        """There is no such button."""
        raise BadValue("not_retryable")


class NewIdAfterRefusal(Actions):
    """What was refused is refused, also another copy of it that was made on the way."""

    def _repeated(self, intent: Intent, snapshot: Snapshot) -> Command | None:
        repeated = super()._repeated(intent, snapshot)
        return repeated if repeated is not None and repeated.state == "no_trace" else None


class BlindRetry(NewIdEachTime):
    """A: whatever is not accepted has failed; the next click is a new order."""

    def _move(self, command: Command, state: str, ret_code: int | None = None, detail: str = "") -> None:
        super()._move(command, "refused" if state == "unknown" else state, ret_code, detail)


class LibraryVerdict(NewIdAfterRefusal):
    """B: what ccxt files under "the exchange refused" is taken for a refusal."""

    def _move(self, command: Command, state: str, ret_code: int | None = None, detail: str = "") -> None:
        is_exchange_error = detail in {"unclear_code", "exists", "bad_envelope"}
        super()._move(command, "refused" if state == "unknown" and is_exchange_error else state, ret_code, detail)


class FindsNoTraceSoon(Actions):
    """What the first look-up does not find left no trace."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._resolver.count = lambda *_: True  # type: ignore[method-assign]


class OneLook(FindsNoTraceSoon, NewIdEachTime):
    """C: one look-up, then it has failed."""


class AnotherQuantity(Actions):
    """What left no trace is gone: something else may be asked for under its id."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._book.commands.is_the_same = lambda *_: True  # type: ignore[method-assign]

    def _require_sound(self, issues: tuple[Issue, ...]) -> None:
        super()._require_sound(tuple(issue for issue in issues if issue.code != "repeat_differs"))


class ForgetsWhatItSent(Actions):
    """No journal: a crash takes the id with it."""

    async def _to_journal(self, command: Command, intent: Intent) -> None:
        """Nothing is written down."""


class JournalsAfterwards(Actions):
    """The intent reaches the disk when the request has long left."""

    async def _to_journal(self, command: Command, intent: Intent) -> None:
        asyncio.get_running_loop().call_later(1.0, self._begin, command, intent)

    def _begin(self, command: Command, intent: Intent) -> None:
        assert self._journal is not None
        self._late = asyncio.ensure_future(self._journal(command, intent))


class LooksInItsTurnOnly(Actions):
    """A second click waits for the position's row; when that is there, the first click's close is over."""

    def _require_free(self, intent: Intent, snapshot: Snapshot, others: list[Command]) -> None:
        """What was under way when it was asked for is forgotten."""


class TwoAtOnce(Actions):
    """A second click is checked against snapshots without the first one's command, before the journal and after it."""

    def _require_free(self, intent: Intent, snapshot: Snapshot, others: list[Command]) -> None:
        """Nobody looks at what else was asked for."""

    def _enter(self, intent: Intent, snapshot: Snapshot) -> Command:
        return super()._enter(intent, replace(snapshot, commands=()))

    def _issues(self, intent: Intent, command_id: str) -> tuple[Issue, ...]:
        return ()
