"""Between book and store: what the exchange reported goes to disk in the order it came, and comes back at start.

The journal is awaited before anything is sent; everything else is written behind, by one task. A full disk delays the
writing, never the desk: what waits is bounded, and what had to be let go is fetched from the exchange again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, TypeVar

from core import recall
from core.book import PositionBook
from core.clock import Clock
from core.errors import BadValue, StoreError
from core.events import ExecutionReported
from core.intents import Intent
from core.model import AuditEvent, ClosedTrade, Command, Execution, Order, Position, Seen
from core.store.closed_history import ClosedHistory
from core.store.history import TradeFilter, TradeKey, TradePage
from core.store.store import Store
from core.tapes import TakenBack
from core.tasks import to_the_end

log = logging.getLogger(__name__)


class ExitLabel(NamedTuple):
    """The reason of the exit that an order makes."""

    order_link_id: str
    reason: str


Record = Execution | Order | AuditEvent | Command | ClosedTrade | TakenBack | ExitLabel
R = TypeVar("R", bound=Record)

# Executions of this long are brought back at start; older ones only of lives that were open then.
RECALLED_MS = 30 * 86_400_000
FED_AT_ONCE = 200
RETRY_AFTER_S = 5.0
# A desk that is killed loses so much of what only it saw: extremes of open lives, the day's first equity.
SEEN_EVERY_S = 60.0
MAX_WAITING = 50_000
# Lines of the trail cannot be fetched again: they wait longer.
MAX_WITH_LINES = 100_000


class Recorder:
    """Owns the store of the present ledger.

    Args:
        open_store: opens the store of a ledger (its name, "" for Bybit itself); raises StoreError.
    """

    def __init__(self, open_store: Callable[[str], Awaitable[Store]], clock: Clock) -> None:
        self._open_store = open_store
        self._clock = clock
        self._store: Store | None = None
        self._history: ClosedHistory | None = None
        self._waiting: deque[Record] = deque()
        self._news = asyncio.Event()
        self._book: PositionBook | None = None
        self._kept = Seen()
        self.is_behind = False
        self.let_go = 0

    @property
    def store(self) -> Store:
        """The open store.

        Raises:
            StoreError: ``store_closed``.
        """
        if self._store is None:
            raise StoreError("store_closed")
        return self._store

    async def use(self, ledger: str) -> None:
        """Open the store of a ledger, closing the one before. Raises StoreError, with the old one closed."""
        await self.close()
        self._store, self._kept = await self._open_store(ledger), Seen()

    async def close(self) -> None:
        """Write what waits, then close; safe twice."""
        store, self._store = self._store, None
        if store is None:
            return
        try:
            await self._write(store)
            await self._keep_seen(store)
        except StoreError as error:
            log.warning("not everything was written at the end: %s", error)
        await store.close()

    async def tend(self) -> None:
        """Daily copies and the ballast of whichever store is open, and what only this desk sees, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tend_store(), name="copies")
            tasks.create_task(self._note_seen(), name="seen")

    async def _note_seen(self) -> None:
        while True:
            await asyncio.sleep(SEEN_EVERY_S)
            if self._store is not None:
                with contextlib.suppress(StoreError):  # the next time will do
                    await self._keep_seen(self._store)

    async def _keep_seen(self, store: Store) -> None:
        seen = self._book.seen() if self._book else None
        if seen is not None and seen != self._kept:
            await store.keep_seen(seen)
            self._kept = seen

    async def _tend_store(self) -> None:
        while True:
            if self._store is not None:
                with contextlib.suppress(StoreError):
                    # A store that was closed for another ledger stops its own tending.
                    await self._store.tend()
            await asyncio.sleep(1.0)

    # ---- back from disk -------------------------------------------------------------------------------------------

    async def recall_commands(self, book: PositionBook) -> None:
        """Bring the commands back that had no verdict when the desk ended; before anything may be sent.

        Those that may still turn up come back as well: their ids are the only ones that may be used.
        """
        for journalled in await self.store.open_intents(self._clock.now_ms()):
            book.restore_command(journalled.command, journalled.intent)

    async def recall(self, book: PositionBook, positions: Iterable[Position]) -> None:
        """Bring labels and the last 30 days back, and the whole of the lives that were open then or are open now.

        Contracts must be known; before the first baseline is applied. The loop gets its turns meanwhile.
        """
        since_ms = self._clock.now_ms() - RECALLED_MS
        for order_link_id, reason in (await self.store.labels()).items():
            book.label_exit(order_link_id, reason)
        book.holdings.excursions.recall(await self.store.seen_extremes(since_ms))
        for trade in await self.store.incomplete_lives(since_ms):
            book.priced.take(trade)
        self._book, self._kept = book, await self.store.seen()
        book.recall_seen(self._kept, since_ms)
        found = await recall.executions(self.store, since_ms, positions)
        for start in range(0, len(found), FED_AT_ONCE):
            for execution in found[start : start + FED_AT_ONCE]:
                book.apply(ExecutionReported(execution, "store"))
            await asyncio.sleep(0)

    async def known_until_ms(self, category: str) -> int | None:
        """Up to when a category's executions are on disk in full; None when nothing is."""
        windows = await self.store.windows(category)
        return windows[-1][1] if windows else None

    async def note_window(self, category: str, from_ms: int, until_ms: int, executions: Iterable[Execution]) -> None:
        """Everything of a stretch of history, at once: so that it is never asked for again."""
        await self.store.append_executions(executions, (category, from_ms, until_ms))

    async def closed_trades_page(
        self, before: TradeKey | None, limit: int, filters: TradeFilter | None = None
    ) -> TradePage:
        """A page of closed trades, newest first."""
        return await self.store.closed_trades_page(before, limit, filters or TradeFilter())

    @property
    def closed_history(self) -> ClosedHistory:
        """The closed trades of the open store. Raises StoreError."""
        if self._history is None or self._history.store is not self.store:
            self._history = ClosedHistory(self.store)
        return self._history

    # ---- to disk --------------------------------------------------------------------------------------------------

    async def journal(self, command: Command, intent: Intent) -> None:
        """Enter an intent, or that it goes out again; on the disk on return. Raises StoreError: nothing may be sent."""
        if command.attempts == 1:
            await self.store.journal_intent(command, intent)
        else:
            await self.store.note_intent_state(command)

    def keep(self, record: Record) -> None:
        """Write a record soon; called by the book as things happen.

        When the store has not written for so long that too much waits, what the exchange can tell again is let go, and
        at last the trail; ``let_go`` counts both. Commands always wait: there are never many.
        """
        most = (
            None if isinstance(record, Command) else MAX_WITH_LINES if isinstance(record, AuditEvent) else MAX_WAITING
        )
        if most is not None and len(self._waiting) >= most:
            self.let_go += 1
            return
        self._waiting.append(record)
        self._news.set()

    async def run(self) -> None:
        """Write behind, until cancelled. A store that cannot write is tried again; nothing is lost meanwhile."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._write(self.store)
                self.is_behind = False
            except StoreError as error:
                if not self.is_behind:
                    log.warning("the store cannot write: %s", error)
                self.is_behind = True
                await asyncio.sleep(RETRY_AFTER_S)
                self._news.set()

    async def _write(self, store: Store) -> None:
        """Write all that waits, in runs of one kind so that order is kept. What fails stays in front of the line.

        A run that was begun is brought to its end: given up, it would neither be written nor wait any more.
        """
        while self._waiting:
            run = self._take_run()
            try:
                await to_the_end(_write_run(store, run))
            except StoreError:
                self._waiting.extendleft(reversed(run))
                raise

    def _take_run(self) -> list[Record]:
        first = self._waiting.popleft()
        run = [first]
        while self._waiting and _kind(self._waiting[0]) is _kind(first):
            run.append(self._waiting.popleft())
        return run


async def _write_run(store: Store, run: list[Record]) -> None:
    match run[0]:
        case Execution():
            await store.append_executions(_of(Execution, run))
        case Order():
            await store.append_orders(_of(Order, run))
        case AuditEvent():
            await store.append_audit(_of(AuditEvent, run))
        case ClosedTrade() | TakenBack():
            newest = {one.life_id: one for one in run if isinstance(one, ClosedTrade | TakenBack)}
            gone = [life_id for life_id, one in newest.items() if isinstance(one, TakenBack)]
            await store.save_lives([one for one in newest.values() if isinstance(one, ClosedTrade)], gone)
        case ExitLabel():
            for label in _of(ExitLabel, run):
                await store.set_label(label.order_link_id, label.reason)
        case Command():
            for command in _of(Command, run):
                try:
                    await store.note_intent_state(command)
                except BadValue as error:
                    # Journalled in another ledger's file, or already at its verdict there: nothing to note.
                    log.warning("a command's state was not kept: %s", error)


def _kind(record: Record) -> type[Record]:
    return ClosedTrade if isinstance(record, TakenBack) else type(record)


def _of(kind: type[R], run: list[Record]) -> list[R]:
    return [record for record in run if isinstance(record, kind)]
