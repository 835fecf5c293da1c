"""A desk in a process of its own that is killed at a named moment, and what it leaves on the disk.

A moment is a method that is exchanged for one that kills the process before, or after, doing its work: no thread,
timer or file of it outlives that.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from aiohttp.client_reqrep import ClientRequest

from core import actions, sweep, sync
from core.actions import Actions
from core.backfill import BackFill
from core.book import PositionBook
from core.bybit import exchange
from core.bybit.calls import Caller
from core.clock import SystemClock
from core.model import AuditEvent, Command, PositionKey
from core.recorder import Recorder
from core.sending import Sender
from core.store import journal
from core.store.files import Place
from core.store.store import Store
from core.sweep import StopSweep
from tests import processes
from tests.paper_fixture import PaperProcess, SignedClient
from tests.processes import KILL
from tests.stories.desk import managed
from tests.stories.faults.equality import equal_to_exchange

processes.preload(__name__)
CREATE = "/v5/order/create"
PATIENCE_S = 60.0


def _die(*_: object, **__: object) -> Any:
    os.kill(os.getpid(), KILL)


def _before(owner: Any, name: str) -> None:
    async def killed(*_: object, **__: object) -> Any:
        _die()

    setattr(owner, name, killed if asyncio.iscoroutinefunction(getattr(owner, name)) else _die)


def _after(owner: Any, name: str, holds: Callable[..., bool] = lambda *arguments: True) -> None:
    work: Callable[..., Any] = getattr(owner, name)

    def done_and_killed(*arguments: Any, **options: Any) -> Any:
        result = work(*arguments, **options)
        return _die() if holds(*arguments) else result

    async def awaited_and_killed(*arguments: Any, **options: Any) -> Any:
        result = await work(*arguments, **options)
        return _die() if holds(*arguments) else result

    setattr(owner, name, awaited_and_killed if asyncio.iscoroutinefunction(work) else done_and_killed)


def _is_answered(_store: Store, command: Command) -> bool:
    """That it is being sent is written down too, at a time of its own."""
    return command.state != "sending"


def _when_acting(arm: Callable[[], None]) -> Callable[[], None]:
    """Only from the moment on in which the intent is on the disk: the baseline before uses the same methods."""

    def later() -> None:
        journalled: Callable[..., Any] = Actions._to_journal

        async def journalled_and_armed(*arguments: Any) -> None:
            await journalled(*arguments)
            arm()

        Actions._to_journal = journalled_and_armed  # type: ignore[method-assign]

    return later


def _at_statement(begins: str) -> None:
    """As SQLite is about to run a statement."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def watch(statement: str) -> None:
        if statement.startswith(begins):
            _die()

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(watch)
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]


# The moments of RELIABILITY 3.1, in the order of a command's life.
MOMENTS: dict[str, Callable[[], None]] = {
    "before the journal": lambda: _before(Actions, "_to_journal"),
    "inside the commit": lambda: _after(journal, "add"),
    "after the commit": lambda: _after(Actions, "_to_journal"),
    "before the connection": lambda: _before(Sender, "send"),
    "after the headers": _when_acting(lambda: _before(ClientRequest, "write_bytes")),
    "after the body": _when_acting(lambda: _after(ClientRequest, "write_bytes")),
    "before the answer is read": lambda: _before(Caller, "_checked_write"),
    "before the state is written": lambda: _after(Sender, "send"),
    "after the state is written": _when_acting(lambda: _after(Store, "note_intent_state", _is_answered)),
    "between two look-ups": lambda: _after(Actions, "_resolve"),
    "flat, before the stop sweep": _when_acting(lambda: _before(StopSweep, "sweep")),
    "in the stop sweep": _when_acting(lambda: _after(StopSweep, "_cancel")),
}
# Those of a start, when nothing is asked for yet.
AT_START: dict[str, Callable[[], None]] = {
    "in the daily copy": lambda: _at_statement("VACUUM INTO"),
    "in the back-fill": lambda: _after(BackFill, "_fetch"),
    "while history is recalled": lambda: _after(Store, "load_executions"),
    "in the baseline": lambda: _before(PositionBook, "baseline_steps"),
}


def place_of(folder: Path) -> Place:
    """Where the one ledger under a folder is kept."""
    return Place(folder, "paper", "Main", "one ledger")


def kept(folder: Path) -> dict[str, dict[str, str]]:
    """What is committed: order link by intent, quantity by execution, result by life. Nothing may be damaged."""
    file = place_of(folder).database
    if not file.exists():
        return {"links": {}, "executions": {}, "lives": {}}
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        return {
            "links": dict(connection.execute("SELECT intent_id, order_link_id FROM intents")),
            "executions": dict(connection.execute("SELECT exec_id, qty FROM executions")),
            "lives": dict(connection.execute("SELECT life_id, net_pnl FROM lives")),
        }


async def recorder_at(folder: Path) -> Recorder:
    """The recorder of the one ledger under a folder."""

    async def open_store(ledger: str) -> Store:
        return await Store.open(place_of(folder), ballast_bytes=0)

    recorder = Recorder(open_store, SystemClock())
    await recorder.use("one ledger")
    return recorder


class Door(NamedTuple):
    """What a desk must know of a paper exchange, as text that another process can be given."""

    rest: str
    ws: str
    api_key: str
    api_secret: str


def close_through_manager(door: Door, folder: Path, key: PositionKey | None) -> None:
    """A desk without a window, that closes a position when one is given, and waits for its end."""
    asyncio.run(_live(door, folder, key))


async def _live(door: Door, folder: Path, key: PositionKey | None) -> None:
    recorder = await recorder_at(folder)
    await recorder.store.checked()
    paper: Any = door
    async with managed(paper, recorder=recorder, history_days=8) as manager:
        if key is not None:
            await manager.close_position(key)
        await manager.until(lambda s: False, PATIENCE_S)


def _die_at(moment: str, work: Callable[..., None], *arguments: object) -> None:
    """Only the moment decides, and not how busy the machine is: see ``unhurried`` of the stories' conftest."""
    actions.UNSENT_S = actions.REFRESH_WITHIN_S = actions.WHY_WITHIN_S = PATIENCE_S
    exchange.RECV_WINDOW_MS = 60_000
    actions.ASK_AFTER_MS = 200
    sweep.BACKOFF_S = (0.05, 0.1, 0.2)
    (MOMENTS | AT_START)[moment]()
    work(*arguments)


async def killed(
    moment: str, paper: PaperProcess, folder: Path, argument: object, work: Callable[..., None] = close_through_manager
) -> None:
    """A desk dies at the moment: what was committed is there, and no order has left that the journal does not know.

    Args:
        argument: what ``work`` is given after the exchange's door and the folder.
    """
    before = kept(folder)
    await asyncio.to_thread(_run_until_killed, moment, work, door_of(paper), folder, argument)
    now = kept(folder)
    for what in ("links", "executions"):  # lives are made of them, and may be made anew
        assert before[what].items() <= now[what].items(), f"P24: {what} that were committed are lost"
    sent = [one["fields"] for one in paper.requests(CREATE) if not one["fields"].get("triggerPrice")]
    assert {fields["orderLinkId"] for fields in sent} <= set(now["links"].values()), "V24"


def _run_until_killed(moment: str, *work: object) -> None:
    process = processes.start(_die_at, moment, *work)
    process.join(PATIENCE_S)
    died_by = process.exitcode
    process.kill()
    assert died_by in {-KILL, KILL}, (moment, died_by)


def door_of(paper: PaperProcess) -> Door:
    """Its door, for another process."""
    return Door(paper.rest, paper.ws, paper.api_key, paper.api_secret)


def sleeper(door: Door, end: Connection, slept_s: float) -> None:
    """A desk that may be suspended; a stop of ``slept_s`` is a sleep."""
    sync.SLEPT_S, sync.LOOK_EVERY_S = slept_s, min(sync.LOOK_EVERY_S, slept_s / 5)
    asyncio.run(_tell(door, end))


async def _tell(door: Door, end: Connection) -> None:
    """Tell when the desk is live, when it noticed that it slept, and when it equals the exchange again."""
    paper: Any = door
    client: Any = SimpleNamespace(client=SignedClient(door.rest, door.api_key, door.api_secret))
    async with managed(paper) as manager:
        has_woken = asyncio.Event()

        def see(line: AuditEvent) -> None:
            if line.code == "link_lost" and line.details["reason"] == "woke_up":
                has_woken.set()

        manager.subscribe("notice", see)
        end.send("live")
        await has_woken.wait()
        end.send("woke up")
        await equal_to_exchange(manager, client, PATIENCE_S)
        end.send("equal")
