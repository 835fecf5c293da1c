"""What runs on the loop for one account: its book, the tasks that feed it, what is told of it, and how it is ended.

The front door to it is core.manager; nobody else holds an Engine. Writing happens on the loop that made it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from core import guards
from core.actions import Actions
from core.backfill import BackFill
from core.book import PositionBook
from core.bot_files import BotFiles
from core.bybit import Connection
from core.bybit.client import Client
from core.clock import Clock
from core.events import BaselineTaken, Event, InstrumentsReported, PriceReported
from core.guards import GuardSettings
from core.halts import Halts, heard, relisted
from core.ids import order_link_ids
from core.inbox import Inbox
from core.model import Alert, AuditEvent, Backfill, Snapshot
from core.publishing import Publisher
from core.reading import CATEGORIES
from core.recorder import Recorder
from core.rounds import Intervals
from core.subscribers import Subscribers
from core.symbols import Forms
from core.sync import Sync

RESOLVE_EVERY_S = 1.0
GUARDS_EVERY_S = 2.0


class HasEngine(Protocol):
    """Whose methods act on one engine: the manager, whose methods are functions of core.trading and core.views."""

    @property
    def engine(self) -> Engine:
        """That engine."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it runs on."""


class Engine:
    """One account: its book, its connection, its commands. Arguments as core.manager's."""

    def __init__(
        self,
        locate: Callable[[], Awaitable[Connection]],
        connect: Callable[[Connection, Clock], Client],
        environment: str,
        account: str,
        clock: Clock,
        installation: str,
        guard_settings: GuardSettings,
        max_positions: int | None,
        recorder: Recorder | None,
        history_days: int,
        intervals: Intervals | None,
    ) -> None:
        self.clock = clock
        self.loop = asyncio.get_running_loop()
        self.inbox = Inbox()
        self.recorder = recorder
        keep = recorder.keep if recorder else _keep_nothing
        self.subscribers = Subscribers(self._on_failing_subscriber)
        self.book = PositionBook(clock, environment, account, self._on_notice, keep)
        self.publisher = Publisher(self.book, self.subscribers.tell_snapshot)
        self.guard_settings = guard_settings
        self.sync = Sync(self.book, clock, locate, connect, self.inbox, recorder, intervals)
        self.actions = Actions(
            self.book,
            lambda: self.sync.gateway,
            clock,
            order_link_ids(clock, installation),
            self.inbox.put,
            self.publisher.now,
            self.sync.legs,
            recorder.journal if recorder else None,
        )
        self.forms = Forms()
        self.bot_files = BotFiles(self.book, recorder, clock)
        self.max_positions = max_positions
        self._history_days = history_days

    @property
    def snapshot(self) -> Snapshot:
        """The newest frozen state; from any thread, without waiting."""
        return self.publisher.snapshot

    # ---- life -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Feed the book until cancelled. An error that is not the exchange's ends it: the caller shows it."""
        try:
            if self.recorder:
                await self.recorder.recall_commands(self.book)
                self.publisher.now()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._consume(), name="book")
                if self.recorder:
                    tasks.create_task(self.recorder.run(), name="recorder")
                    tasks.create_task(self.recorder.tend(), name="store")
                    tasks.create_task(self._back_fill(self.recorder), name="back-fill")
                tasks.create_task(self.sync.run(), name="sync")
                tasks.create_task(self._resolve(), name="resolver")
                tasks.create_task(self._guard(), name="guards")
                tasks.create_task(self.bot_files.run(), name="bot file")
        finally:
            await self.close()

    async def close(self) -> None:
        """Close connections; safe twice."""
        self.publisher.stop()
        await self.sync.close()
        if self.recorder:
            await self.recorder.close()

    async def _back_fill(self, recorder: Recorder) -> None:
        """Once the first baseline is here, fetch what of the past is missing on disk."""
        await self.publisher.until(lambda s: s.links.reconciled_ms is not None, None)
        work = BackFill(
            self.book, recorder, lambda: self.sync.gateway, self.clock, self._on_backfill, self._history_days
        )
        await work.run(CATEGORIES)

    def _on_backfill(self, progress: Backfill) -> None:
        self.book.set_backfill(progress)
        self.publisher.soon()

    async def _consume(self) -> None:
        """The one consumer: apply everything that waits, then publish once."""
        while True:
            event = await self.inbox.get()
            await self._take(event)
            is_price = isinstance(event, PriceReported)
            while not self.inbox.is_empty:
                event = await self.inbox.get()
                await self._take(event)
                is_price = is_price and isinstance(event, PriceReported)
            self.publisher.soon(may_rest=is_price)

    async def _take(self, event: Event) -> None:
        """Apply one event; a first baseline may be long, and the windows get their turns meanwhile."""
        if isinstance(event, BaselineTaken):
            for _ in self.book.baseline_steps(event):
                await asyncio.sleep(0)
        else:
            self.book.apply(event)
        if isinstance(event, InstrumentsReported) and self.book.links.halts:
            before, after = self.snapshot.instruments, {(i.category, i.symbol): i for i in event.instruments}
            self._set_halts(relisted(self.book.links.halts, before, after))
        self.inbox.done()

    async def _guard(self) -> None:
        while True:
            await asyncio.sleep(GUARDS_EVERY_S)
            if self.book.has_baseline:
                # Between two passes the polls clean up.
                self.check_guards()

    async def _resolve(self) -> None:
        while True:
            await asyncio.sleep(RESOLVE_EVERY_S)
            if self.book.commands.open() and not self.sync.is_refused:
                await self.actions.resolve()

    def check_guards(self) -> tuple[Alert, ...]:
        """One pass of the guards over the newest state. Returns what goes off now."""
        alerts = guards.check(self.book.snapshot(), self.guard_settings, self.clock.now_ms())
        self.book.set_alerts(alerts)
        self.publisher.now()
        return alerts

    # ---- what is told ---------------------------------------------------------------------------------------------

    def _on_notice(self, line: AuditEvent) -> None:
        if self.recorder:
            self.recorder.keep(line)
        self.subscribers.tell_line(line)
        self._set_halts(heard(self.book.links.halts, line, self.clock))
        if line.code == "position_closed" and line.key is not None:
            self.sync.rounds.position_closed(line.key)
        elif line.code == "command_refused":
            self.sync.rounds.command_refused(line.details.get("ret_code"))

    def _set_halts(self, halts: Halts) -> None:
        if halts is not self.book.links.halts:
            self.book.set_links(halts=halts)

    def _on_failing_subscriber(self, kind: str, name: str) -> None:
        # Later: the line that it failed on is still being told to the others.
        self.loop.call_soon(self._note_failing_subscriber, kind, name)

    def _note_failing_subscriber(self, kind: str, name: str) -> None:
        self.book.note("subscriber_failed", "warning", listens_to=kind, name=name)
        self.publisher.soon()


def _keep_nothing(record: object) -> None:
    """A manager without a recorder remembers only what the exchange tells it."""
