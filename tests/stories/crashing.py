"""A desk that is killed at a named point: ``python -m tests.stories.crashing`` forks one for each line it reads.

Everything is imported once; a desk then costs a fork. It is the real manager with the real store on a paper exchange
elsewhere; only the patience of the resolver is shorter. A line is a Plan as JSON; each desk says what it reached, and
the program says how it ended: ``{"said": [...], "signal": 9}``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

import core.engine
import core.resolver
from core.actions import Actions
from core.backfill import BackFill
from core.book import PositionBook
from core.bybit import Connection
from core.bybit.exchange import RawBybit
from core.bybit.writes import Writes
from core.clock import SystemClock
from core.manager import PositionManager
from core.model import PositionKey
from core.recorder import Recorder
from core.resolver import Resolver
from core.secrets import Secret
from core.store.files import Place
from core.store.store import Store
from core.sweep import StopSweep

PATIENCE_S = 40.0
CREATE = "/v5/order/create"


class Plan(msgspec.Struct):
    """One run: where it lives, where it dies (``""``: not at all), and what it closes before (``""``: nothing)."""

    folder: str
    rest: str
    ws: str
    api_key: str
    api_secret: str
    point: str = ""
    symbol: str = ""
    qty: str | None = None


def place_of(folder: str | Path) -> Place:
    """Where the desks of one test keep their store."""
    return Place(Path(folder), "paper", "Main", "one ledger")


# ---- the points -----------------------------------------------------------------------------------------------------


def die() -> None:
    """As a kill -9 from outside: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: type, name: str, holds: Callable[..., bool] = lambda *a, **k: True) -> Callable[[], None]:
    """Die as the method is called."""

    def arm() -> None:
        method = getattr(owner, name)

        @wraps(method)
        def dying(*arguments: Any, **named: Any) -> Any:
            if holds(*arguments, **named):
                die()
            return method(*arguments, **named)

        setattr(owner, name, dying)

    return arm


def after(owner: type, name: str, holds: Callable[..., bool] = lambda *a, **k: True) -> Callable[[], None]:
    """Die as the method has done its work."""

    def arm() -> None:
        method: Callable[..., Awaitable[Any]] = getattr(owner, name)

        @wraps(method)
        async def dying(*arguments: Any, **named: Any) -> Any:
            result = await method(*arguments, **named)
            if holds(*arguments, **named):
                die()
            return result

        setattr(owner, name, dying)

    return arm


def at_statement(begins: str, follows: str = "") -> Callable[[], None]:
    """Die as SQLite is about to run a statement; with ``follows``, only behind one of those."""

    def arm() -> None:
        connect, armed = sqlite3.connect, [not follows]

        def watch(statement: str) -> None:
            if armed[0] and statement.startswith(begins):
                die()
            armed[0] = armed[0] or (bool(follows) and statement.startswith(follows))

        def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **options)
            connection.set_trace_callback(watch)
            return connection

        sqlite3.connect = watched  # type: ignore[assignment]

    return arm


def on_the_wire(signal_name: str, *, is_late: bool) -> Callable[[], None]:
    """Die while the request of a new order is being written; late: once the loop has had its turn with it."""

    def arm() -> None:
        trace_of = aiohttp.TraceConfig

        def traced(*arguments: Any, **options: Any) -> aiohttp.TraceConfig:
            trace = trace_of(*arguments, **options)
            getattr(trace, signal_name).append(end)
            return trace

        async def end(_session: object, _context: object, params: Any) -> None:
            if params.url.path == CREATE:
                asyncio.get_running_loop().call_soon(die) if is_late else die()

        aiohttp.TraceConfig = traced  # type: ignore[assignment, misc]

    return arm


def _is_create(_self: object, url: str, method: str = "GET", *_rest: object) -> bool:
    return method == "POST" and url.endswith(CREATE)


def _has_key(_self: object, key: PositionKey | None = None) -> bool:
    return key is not None


# The twelve of RELIABILITY 3.1, in their order, and then those of the desk's own house.
POINTS: dict[str, Callable[[], None]] = {
    "before journal": before(Actions, "_to_journal"),
    "inside commit": at_statement("COMMIT", follows="INSERT INTO intents"),
    "after commit": after(Recorder, "journal"),
    "before connect": before(RawBybit, "fetch", _is_create),
    "after headers": on_the_wire("on_request_headers_sent", is_late=False),
    "after body": on_the_wire("on_request_chunk_sent", is_late=True),
    "before answer parse": after(RawBybit, "fetch", _is_create),
    "after parse before state commit": after(Writes, "create_order"),
    "after state commit before event": after(Store, "note_intent_state"),
    "in the resolver between two sweeps": after(Resolver, "look_up"),
    "after flat before stop sweep": before(StopSweep, "sweep", _has_key),
    "in the stop sweep": before(Writes, "cancel_order"),
    "in the daily copy": at_statement("VACUUM INTO"),
    "while history is recalled": after(Store, "load_executions"),
    "in the baseline": before(PositionBook, "baseline_steps"),
    "in the back-fill": after(BackFill, "_fetch"),
}


# ---- a desk ---------------------------------------------------------------------------------------------------------


async def live(plan: Plan, say: Callable[[str], None]) -> None:
    """Start, see what was left behind to its verdict, close something, and go on until death or the end."""
    core.resolver.NO_TRACE_AFTER_S, core.resolver.SWEEPS_OVER_S = 0.6, 0.2
    core.engine.RESOLVE_EVERY_S = 0.1

    async def open_store(ledger: str) -> Store:
        return await Store.open(place_of(plan.folder), ballast_bytes=0)

    async def locate() -> Connection:
        return Connection(
            environment="paper", rest=plan.rest, ws=plan.ws, api_key=plan.api_key, api_secret=Secret(plan.api_secret)
        )

    recorder = Recorder(open_store, SystemClock())
    await recorder.use("one ledger")
    manager = PositionManager(locate, recorder=recorder, history_days=8, installation="CRSH")
    running = asyncio.create_task(manager.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await manager.until(lambda s: s.links.is_live and not s.is_resuming, PATIENCE_S)
            say("settled")
            if plan.symbol:
                qty = Decimal(plan.qty) if plan.qty else None
                command = await manager.close_position(PositionKey("linear", plan.symbol, 0), qty)
                say((await manager.verdict(command.command_id, PATIENCE_S)).state)
            if plan.point:
                await asyncio.Event().wait()
            await manager.until(lambda s: s.backfill.done == s.backfill.total > 0, PATIENCE_S)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    say("ended")


def run(plan: Plan, pipe: int) -> None:
    """One desk, in this process, which ends with it."""
    if plan.point:
        POINTS[plan.point]()
    asyncio.run(live(plan, lambda word: os.write(pipe, f"{word}\n".encode()) and None))


def fork(plan: Plan) -> dict[str, object]:
    """Run a desk in a process of its own; what it said, and the signal that ended it (0: none)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            run(plan, writing)
            code = 0
        except BaseException as error:  # noqa: BLE001 - the forked copy must end here, and say why
            sys.stderr.write(f"{plan.point}: {error!r}\n")
            sys.stderr.flush()
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as said:
        words = said.read().split("\n")[:-1]
    status = os.waitpid(child, 0)[1]
    return {"said": words, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(msgspec.json.encode(fork(msgspec.json.decode(line, type=Plan))).decode() + "\n")
        sys.stdout.flush()
