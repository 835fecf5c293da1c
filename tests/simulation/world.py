"""A desk and an exchange in one process and in virtual time: the real PositionManager on the paper exchange's door.

``World`` moves the exchange, its network and the desk, and says in what they differ. Judgement is made in ``laws``.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import random
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from core.bybit import Connection
from core.clock import Clock
from core.guards import GuardSettings
from core.manager import PositionManager
from core.model import Snapshot
from core.paper.auth import new_key
from core.paper.clock import Clock as PaperClock
from core.paper.door import Door
from core.paper.engine import START_MS, Exchange
from core.paper.messages import Answer, Problem
from core.paper.refusals import Refused
from core.recorder import Recorder
from core.rounds import Intervals
from core.secrets import Secret
from core.store.files import Place
from core.store.store import Store
from core.sync import ledger_of
from tests.simulation.client import SimClient
from tests.simulation.network import Network
from tests.simulation.truth import Truth
from tests.virtual import VirtualLoop

T = TypeVar("T")
HISTORY_DAYS = 8
QUIT_WITHIN_S = 12.0
# How long a store may take for an answer, in real seconds, before that counts as a deadlock.
PATIENCE_S = 60.0


class SimClock:
    """The desk's clocks over virtual time; the wall clock may be wrong by ``error_ms``."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.error_ms = 0

    def now_ms(self) -> int:
        """Wall clock, UTC, milliseconds."""
        return exchange_ms(self._loop) + self.error_ms

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return 1_000.0 + self._loop.time()


def exchange_ms(loop: VirtualLoop) -> int:
    """The exchange's time."""
    return START_MS + int(loop.time() * 1000 + 1e-6)


class LoudDoor(Door):
    """The paper exchange's door, where a bug of the exchange ends the run instead of looking like Bybit's."""

    def guarded(self, run: Callable[[], Answer]) -> Answer:
        """Turn a refusal into an answer."""
        try:
            return run()
        except (Problem, Refused) as problem:
            return self._refusal(problem)

    def _approach(self) -> None:
        """Virtual time has no clients to serve meanwhile: the exchange is always at the present."""
        self.exchange.advance(self.clock.now_ms())


class StoreLoop:
    """A loop of its own for a store and its threads. Who asks it stands still until it has answered.

    So what a store does takes no virtual time, and whose thread is the quicker decides nothing.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated store", daemon=True)
        self._thread.start()

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine of the store."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def end(self) -> None:
        """End the thread; the store is closed."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class PatientStore:
    """A store as the desk sees it, at work on its own loop."""

    def __init__(self, store: Store, loop: StoreLoop) -> None:
        self._store = store
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if inspect.isasyncgenfunction(found):
            return partial(self._parts, found)
        return partial(self._whole, found) if inspect.iscoroutinefunction(found) else found

    async def _whole(self, method: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **kwargs: Any) -> Any:
        return self._loop.wait_for(method(*args, **kwargs))

    async def _parts(self, method: Callable[..., AsyncIterator[Any]], *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        parts, end = method(*args, **kwargs), object()

        async def following() -> Any:
            return await anext(parts, end)

        while (part := self._loop.wait_for(following())) is not end:
            yield part

    async def tend(self) -> None:
        """Daily copies are the store's own tests' business."""
        await asyncio.Event().wait()


class World:
    """Everything of one run. ``close`` it.

    Args:
        seed: of the exchange's prices and ids and of the network's dice.
        is_live: prices, funding and the scenario's bot move by themselves; otherwise only what ``act`` brings about.
        folder: for stores; without one the desk never remembers anything over a restart.
    """

    def __init__(
        self,
        seed: int = 7,
        scenario: str = "quiet",
        *,
        is_live: bool = False,
        folder: Path | None = None,
        intervals: Intervals | None = None,
        watch: Callable[[Snapshot], None] | None = None,
    ) -> None:
        # The desk's jitter; its ids need no seed, nothing is decided by them.
        random.seed(seed)
        self.loop = VirtualLoop()
        self.clock: Clock = SimClock(self.loop)
        self.exchange = Exchange(scenario, seed, START_MS, frozen=not is_live)
        self.door = LoudDoor(self.exchange, PaperClock(lambda: exchange_ms(self.loop)))
        self._key = self.door.doorman.add(new_key("full", START_MS))
        self.network = Network(self.door, seed)
        self.truth = Truth(self.exchange, self.loop.time)
        self.door.publish = self._publish
        self._folder = folder
        self._intervals = intervals
        self._watch = watch
        self._store_loop: StoreLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self._manager: PositionManager | None = None
        self._driver = self.loop.create_task(self._drive()) if is_live else None
        self.notices: list[Any] = []

    # ---- time -------------------------------------------------------------------------------------------------------

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine; raises what ended the desk, if something did."""
        asyncio.set_event_loop(self.loop)
        result = self.loop.run_until_complete(work)
        if self._running and self._running.done() and not self._running.cancelled():
            self._running.result()
            raise AssertionError("the desk ended by itself")
        return result

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.do(asyncio.sleep(seconds))

    def run_until(self, holds: Callable[[], bool], timeout_s: float, step_s: float = 0.25) -> float:
        """Let time pass until it holds; returns how long that took.

        Raises:
            TimeoutError: it did not hold in time.
        """
        waited = 0.0
        while not holds():
            if waited >= timeout_s:
                raise TimeoutError(f"not within {timeout_s} s")
            self.run(step_s)
            waited += step_s
        return waited

    async def _drive(self) -> None:
        """Move a live exchange, as its server does."""
        while True:
            self.door.catch_up()
            await asyncio.sleep(0.05)

    # ---- the exchange -----------------------------------------------------------------------------------------------

    def _publish(self, events: list[Any]) -> None:
        self.truth.see(events)
        self.network.hub.publish(events)

    def act(self, deed: str, **arguments: Any) -> dict[str, Any] | None:
        """Bring about a deed of the exchange or of another party; None when the exchange refuses it."""
        return self._move(lambda: self.exchange.stage(deed, **arguments))

    def order(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Another program of this account sends an order; None when it is refused."""
        return self._move(lambda: self.exchange.create_order(body))

    def command(self, name: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Another program of this account calls a command of the exchange; None when it is refused."""
        return self._move(lambda: getattr(self.exchange, name)(body))

    def _move(self, run: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        async def now() -> dict[str, Any] | None:
            self.door.catch_up()
            try:
                result = run()
            except Refused:
                result = None
            self.network.past.keep()
            self.door.flush()
            return result

        return self.do(now())

    def revoke_key(self) -> None:
        """The desk's key stops working, for requests and for new sockets."""
        self.door.doorman.add(replace(self._key, revoked=True))

    # ---- the desk ---------------------------------------------------------------------------------------------------

    @property
    def manager(self) -> PositionManager:
        """The running desk."""
        assert self._manager is not None
        return self._manager

    @property
    def is_running(self) -> bool:
        """Whether a desk runs."""
        return self._manager is not None

    @property
    def snapshot(self) -> Snapshot:
        """What the desk shows."""
        return self.manager.snapshot

    def start(self, *, remembers: bool = False) -> None:
        """Start the desk, with its store or without."""
        self.do(self._start(remembers=remembers))

    async def _start(self, *, remembers: bool) -> None:
        recorder = Recorder(self._open_store, self.clock) if remembers and self._folder else None
        if recorder:
            await recorder.use(ledger_of(self._connection()))
        manager = PositionManager(
            self._locate,
            connect=lambda connection, clock: SimClient(connection, clock, self.network),  # type: ignore[arg-type,return-value]
            clock=self.clock,
            installation="SIM0",
            recorder=recorder,
            history_days=HISTORY_DAYS,
            intervals=self._intervals,
            guard_settings=GuardSettings(max_positions=None),
            max_concurrent_positions=None,
        )
        manager.subscribe("notice", self.notices.append)
        if self._watch:
            manager.subscribe("snapshot", self._watch)
        self._manager = manager
        self._running = asyncio.create_task(manager.run())

    async def _open_store(self, ledger: str) -> Any:
        assert self._folder is not None
        place = Place(self._folder / "store", "paper", "Main", ledger)
        if self._store_loop is None:
            self._store_loop = StoreLoop()
        store = self._store_loop.wait_for(Store.open(place, clock=self.clock, ballast_bytes=0))
        return PatientStore(store, self._store_loop)

    def _connection(self) -> Connection:
        return Connection(
            environment="paper",
            rest="http://127.0.0.1:1",
            ws="ws://127.0.0.1:1",
            api_key=self._key.key,
            api_secret=Secret(self._key.secret),
        )

    async def _locate(self) -> Connection:
        return self._connection()

    def stop(self) -> None:
        """End the desk, as on quitting it."""
        running, self._running, self._manager = self._running, None, None
        if running is not None:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self.do(_end(running))

    def restart(self, *, remembers: bool = False) -> None:
        """End the desk and start another one."""
        self.stop()
        self.start(remembers=remembers)

    def close(self) -> None:
        """End everything."""
        try:
            self.stop()
        finally:
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            self.loop.run_until_complete(asyncio.wait(left, timeout=QUIT_WITHIN_S) if left else asyncio.sleep(0))
            asyncio.set_event_loop(None)
            self.loop.close()
            if self._store_loop:
                self._store_loop.end()

    # ---- agreement --------------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """In what the desk's view differs from the exchange now."""
        return self.truth.differences(self.snapshot)

    def heal(self) -> None:
        """Everything works again."""
        self.network.heal()

    def _has_arrived(self) -> bool:
        return self.network.is_quiet and self.snapshot.links.is_live and not self.differences()

    def converge(self, timeout_s: float = 30.0) -> float:
        """Let time pass until the desk equals the exchange; returns how long that took.

        Raises:
            AssertionError: it did not in time; says in what they differ.
        """
        try:
            return self.run_until(self._has_arrived, timeout_s)
        except TimeoutError:
            raise AssertionError(f"after {timeout_s} s: {self.snapshot.links} {self.differences()}") from None


async def _end(running: asyncio.Task[None]) -> None:
    """Wait for the desk's end; quitting may take as long as a request, not longer."""
    done, _ = await asyncio.wait({running}, timeout=QUIT_WITHIN_S)
    assert done, f"the desk does not end: {running}"
    if not running.cancelled() and running.exception():
        raise running.exception()  # type: ignore[misc]  # it is there
