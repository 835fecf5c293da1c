"""Keeps one account's database usable: locks it, opens it, checks it, copies it, replaces it when it is damaged.

Other modules say what to read and write; this one says in which thread, in which transaction, and what happens when
the disk is full or the file is broken. It tells the operator by audit events and never deletes anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection

from core.clock import Clock
from core.errors import StoreError
from core.model import AuditEvent
from core.store.backups import back_up_daily, is_daily_due
from core.store.files import Ballast, Place, make_private, refuse_network_share
from core.store.lock import InstanceLock
from core.store.opening import prepare, replace
from core.store.sqlite import Database, quick_check, translated
from core.store.worker import Lane, Worker

log = logging.getLogger(__name__)

TEND_EVERY_S = 10.0
COPY_RETRY_MS = 3_600_000
T = TypeVar("T")
Job = Callable[[Connection], T]


class Keeper:
    """Owns the lock, the worker thread and the database of a place, from ``open`` to ``close``.

    Args:
        tell: is called on the loop with what the operator must know.
    """

    def __init__(self, place: Place, clock: Clock, tell: Callable[[AuditEvent], None], ballast_bytes: int) -> None:
        self._place = place
        self._clock = clock
        self._tell_on_loop = tell
        self._loop = asyncio.get_running_loop()
        self._worker = Worker("store")
        self._ballast = Ballast(place.ballast, ballast_bytes)
        self._lock: InstanceLock | None = None
        self._database: Database | None = None
        self._is_full = False
        self._is_closing = False
        self._generation = 0
        self._checked: Future[None] = Future()
        self._checker = threading.Thread(target=self._check, name="store-check", daemon=True)
        self._copying = threading.Lock()
        self._copy_tried_ms = -COPY_RETRY_MS
        self._side: sqlite3.Connection | None = None

    # ---- life -----------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Lock the place and make its database ready for reading; writes wait until it has been checked.

        Raises:
            StoreError: already_running, newer_schema, foreign_file, wrong_account, network_share, read_only …
        """
        self._worker.hold()
        try:
            await self._worker.do(Lane.CONTROL, self._start)
        except BaseException as error:
            self._is_closing = True
            ended = self._worker.submit(Lane.READ, self._shut)
            self._worker.close()
            if isinstance(error, StoreError):
                await asyncio.wrap_future(ended)
            raise
        self._checker.start()

    def _start(self) -> None:
        refuse_network_share(self._place.folder)
        make_private(self._place.folder)
        self._lock = InstanceLock(self._place.lock)
        self._ready()

    def _ready(self) -> Database:
        """The open database; opened, and if need be repaired, when it is not."""
        if self._database is None:
            for event in prepare(self._place, self._clock.now_ms()):
                self._tell(event)
            with translated(self._place.folder):
                self._database = Database(self._place.database)
        return self._database

    async def close(self) -> None:
        """Carry out what waits, put the log into the file, release the lock; safe twice."""
        if self._is_closing:
            return
        self._is_closing = True
        self._interrupt()
        await asyncio.to_thread(self._checker.join)
        ended = self._worker.submit(Lane.READ, self._shut)
        self._worker.close()
        await asyncio.wrap_future(ended)

    def _shut(self) -> None:
        """The worker's last job: let go of everything."""
        self._close_database()
        with self._copying:
            if self._lock:
                self._lock.release()

    def _close_database(self) -> None:
        database, self._database = self._database, None
        if database:
            # A damaged file may refuse to be closed in good order; what it has is on the disk all the same.
            with contextlib.suppress(StoreError), translated(self._place.folder):
                database.close()

    def _tell(self, event: AuditEvent) -> None:
        log.log(logging.WARNING if event.severity != "info" else logging.INFO, "%s %s", event.code, event.details)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._tell_on_loop, event)

    def _note(self, code: str, severity: str, **details: object) -> None:
        now_ms = self._clock.now_ms()
        self._tell(AuditEvent(ts_ms=now_ms, code=code, severity=severity, details=MappingProxyType(details)))

    # ---- jobs -----------------------------------------------------------------------------------------------------

    async def read(self, job: Job[T]) -> T:
        """Run a job in a reading transaction."""
        return await self._worker.do(Lane.READ, lambda: self._attempt(lambda: self._read(job)))

    async def write(self, job: Job[T], *, durable: bool = False) -> T:
        """Run a job in a writing transaction; returns when it is committed (``durable``: when it is on the disk)."""
        return await self._worker.do(Lane.WRITE, lambda: self._attempt(lambda: self._write(job, durable=durable)))

    async def journal(self, job: Job[T]) -> T:
        """As ``write``, durable and ahead of everything; on a full disk the ballast is given up for it."""
        return await self._worker.do(Lane.JOURNAL, lambda: self._attempt(lambda: self._journal(job)))

    def _read(self, job: Job[T]) -> T:
        database = self._ready()
        with translated(self._place.folder), database.read() as connection:
            return job(connection)

    def _write(self, job: Job[T], *, durable: bool) -> T:
        result = self._commit(job, durable=durable)
        if self._is_full:
            self._is_full = False
            self._note("store_space_back", "info")
        return result

    def _journal(self, job: Job[T]) -> T:
        try:
            return self._commit(job, durable=True)
        except StoreError as error:
            if error.code != "disk_full" or not self._ballast.release():
                raise
        self._note("store_ballast_used", "critical")
        return self._commit(job, durable=True)

    def _commit(self, job: Job[T], *, durable: bool) -> T:
        database = self._ready()
        try:
            with translated(self._place.folder), database.write(durable=durable) as connection:
                return job(connection)
        except StoreError as error:
            if error.code == "disk_full" and not self._is_full:
                self._is_full = True
                self._note("store_disk_full", "critical")
            raise

    def _attempt(self, run: Callable[[], T]) -> T:
        """Run a job; on a damaged file repair it and run the job once more."""
        try:
            return run()
        except StoreError as error:
            if error.code != "damaged":
                raise
            self._replace(str(error.details.get("reason", "")))
        return run()

    # ---- check and repair -----------------------------------------------------------------------------------------

    async def checked(self) -> None:
        """Wait until the file has been checked, and replaced if it was damaged: from then on writes go through."""
        await asyncio.shield(asyncio.wrap_future(self._checked))

    def _check(self) -> None:
        """Look for damage while reads are served already; in a thread of its own."""
        try:
            while not self._is_closing and self._check_once():
                pass
        except (StoreError, sqlite3.Error, OSError) as error:
            if not self._is_closing:
                self._note("store_check_failed", "warning", reason=str(error))
        finally:
            self._worker.release()
            self._checked.set_result(None)

    def _check_once(self) -> bool:
        """Returns whether the file has been replaced meanwhile and must be checked again."""
        generation = self._generation
        try:
            damage = quick_check(self._place.database, self._opened)
        except (sqlite3.Error, OSError):
            if generation == self._generation:
                raise
            return True
        if damage:
            self._worker.submit(Lane.CONTROL, lambda: self._replace_if(generation, damage)).result()
        return generation != self._generation and not damage

    def _replace_if(self, generation: int, damage: str) -> None:
        if generation == self._generation:
            self._replace(damage)

    def _replace(self, damage: str) -> None:
        """Put another file in the place of a damaged one; in the worker."""
        self._interrupt()
        self._close_database()
        self._generation += 1
        for event in replace(self._place, self._clock.now_ms(), damage):
            self._tell(event)
        self._ready()

    def _opened(self, connection: sqlite3.Connection) -> None:
        """Remember a connection of another thread, to interrupt it when we close."""
        self._side = connection
        if self._is_closing:
            raise StoreError("store_closed")

    def _interrupt(self) -> None:
        side = self._side
        if side:
            with contextlib.suppress(sqlite3.ProgrammingError):  # closed already
                side.interrupt()

    # ---- daily care -----------------------------------------------------------------------------------------------

    async def tend(self) -> None:
        """Copy the file once a day and keep the ballast full, until cancelled."""
        await self.checked()
        while not self._is_closing:
            await asyncio.to_thread(self._tend_once)
            await asyncio.sleep(TEND_EVERY_S)

    def _tend_once(self) -> None:
        self._ballast.fill()
        now_ms = self._clock.now_ms()
        if now_ms - self._copy_tried_ms < COPY_RETRY_MS:
            return
        try:
            with self._copying, translated(self._place.folder):
                if is_daily_due(self._place, now_ms):
                    self._copy_tried_ms = now_ms
                    back_up_daily(self._place, now_ms, self._opened)
        except (StoreError, sqlite3.Error) as error:
            if not self._is_closing:
                self._note("store_copy_failed", "warning", reason=str(error))

    @property
    def is_writable(self) -> bool:
        """Whether this process holds the lock: without it nothing may be written anywhere."""
        return self._lock is not None and self._lock.is_held
