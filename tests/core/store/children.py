"""Programs that are killed: they run in processes of their own and say what was committed before they die.

``start`` gives each a pipe to tell on; how it is started is in tests/processes.py.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from core.errors import StoreError
from core.store import Store
from core.store.lock import InstanceLock
from tests import processes
from tests.core.store import samples
from tests.processes import KILL

processes.preload(__name__)
PATIENCE_S = 30

Program = Callable[..., Coroutine[Any, Any, None]]


def start(program: Program, folder: Path, *arguments: object) -> tuple[BaseProcess, Connection]:
    """Run a program with a pipe to tell on. Kill it or join it; then read what it told."""
    told, telling = processes.pipe(duplex=False)
    process = processes.start(_main, program, telling, folder, *arguments)
    telling.close()
    return process, told


def _main(program: Program, telling: Connection, *arguments: object) -> None:
    asyncio.run(program(telling, *arguments))


def all_told(told: Connection) -> list[Any]:
    """Everything that a program told before it ended."""
    received = []
    try:
        while True:
            received.append(told.recv())
    except EOFError:
        return received
    finally:
        told.close()


def die_at_statement(number: int) -> None:
    """From now on, kill this process when SQLite is about to run its ``number``-th statement (0: never)."""
    connect, count = sqlite3.connect, itertools.count(1)

    def watch(_statement: str) -> None:
        if next(count) == number:
            os.kill(os.getpid(), KILL)

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(watch)
        return connection

    sqlite3.connect = watched


async def open_and_close(telling: Connection, folder: Path, die_at: int) -> None:
    """Open the store, which brings an old file to the present version, and close it."""
    die_at_statement(die_at)
    store = await Store.open(samples.place(folder), ballast_bytes=0)
    await store.checked()
    await store.close()
    telling.send("done")


async def short_session(telling: Connection, folder: Path, number: int, die_at: int) -> None:
    """One round: a bit of everything that is written, each told once it is committed."""
    die_at_statement(die_at)
    store = await Store.open(samples.place(folder), ballast_bytes=0)
    await write_round(store, telling, number)
    await store.close()
    telling.send(("done", 0))


async def write_for_ever(telling: Connection, folder: Path) -> None:
    """Rounds without an end, from the last one that an earlier process may not have finished."""
    store = await Store.open(samples.place(folder), ballast_bytes=0)
    for number in itertools.count(max(0, await store.closed_trades_count() - 1)):
        await write_round(store, telling, number)


async def write_round(store: Store, telling: Connection, number: int) -> None:
    """Round ``number``: an intent, two executions, a closed trade, an event, the verdict. Doing it again is fine."""
    if await store.load_intent(samples.command(number).command_id) is None:
        await store.journal_intent(samples.command(number), samples.close_intent())
    telling.send(("intent", number))
    await store.append_executions([samples.execution(2 * number), samples.execution(2 * number + 1)])
    telling.send(("executions", number))
    await store.save_lives([samples.trade(number)])
    telling.send(("trade", number))
    await store.append_audit([samples.audit_event(number)])
    telling.send(("event", number))
    await store.note_intent_state(samples.command(number, "done"))
    telling.send(("verdict", number))


async def hold_lock(telling: Connection, folder: Path) -> None:
    """Hold the account's lock until killed."""
    place = samples.place(folder)
    place.folder.mkdir(parents=True, exist_ok=True)
    lock = InstanceLock(place.lock)
    telling.send(os.getpid())
    await asyncio.sleep(PATIENCE_S)
    lock.release()


async def open_as_nobody(telling: Connection, folder: Path) -> None:
    """Open the store without the superuser's rights; tells the error's code."""
    if os.geteuid() == 0:
        os.setuid(65534)
    try:
        store = await Store.open(samples.place(folder), ballast_bytes=0)
    except StoreError as error:
        telling.send(error.code)
        return
    await store.close()
    telling.send("opened")
