"""A stage for faults: one paper exchange and one desk for many tests, at a pace, and a witness of what is shown.

The desk is the real one. In ``make test`` its polls, pings and probes only come sooner than an operator's, so that a
fault and its end take a second each; ``make soak`` runs the same stories once more at the real pace, where the desk has
to equal the exchange within 10 s of the fault's end. A module that means one pace only says so (``PACES``).
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from core.bybit import Connection
from core.bybit.client import Client, Patience
from core.bybit.limits import Bucket
from core.clock import Clock
from core.manager import PositionManager
from core.model import AuditEvent, PositionKey, Snapshot
from core.rounds import Intervals
from tests.paper_fixture import PaperProcess
from tests.stories.desk import connection_to
from tests.stories.faults.equality import equal_to_exchange

QUICK = Intervals(positions_s=0.2, orders_s=0.3, wallet_s=0.5, reconcile_s=2.5, key_s=0.5, steady_s=0.0)
HURRIED = Patience(answer_s=1.0, ping_s=0.3, pong_s=0.8, ack_s=0.8, probes_s=(0.3, 0.5))


class Pace(NamedTuple):
    """How quick a desk is, and how long a story waits for it.

    ``least_s``: every wait may take so long, whatever the story says. ``equal_s``: from a fault's end to agreement;
    ``beside_s`` more for the wallet, which is read every 15 s, and for streams, dialled again within 30 s.
    """

    patience: Patience
    intervals: Intervals
    least_s: float
    equal_s: float
    beside_s: float


# Hurried desks are watched on busy machines: what they do in a second is not what is promised, and may take longer.
PACES = {"hurried": Pace(HURRIED, QUICK, 60.0, 30.0, 0.0), "real": Pace(Patience(), Intervals(), 90.0, 10.0, 25.0)}
# What somebody who is not the desk opens during one fault and closes during the next.
TOGGLED = PositionKey("linear", "XRPUSDT", 0)


def hurried(patience: Patience) -> Callable[[Connection, Clock], Client]:
    """The desk's client with short deadlines, and without its ceiling, which quick polls would hit."""

    def connect(connection: Connection, clock: Clock) -> Client:
        client = Client(connection, clock, patience)
        client.limiter._bucket = Bucket(1e6, clock.monotonic())
        return client

    return connect


class Witness:
    """Sees every snapshot and every line of the audit trail of one test."""

    def __init__(self, manager: PositionManager) -> None:
        self.lines: list[AuditEvent] = []
        self.removed: set[PositionKey] = set()
        self.states: list[tuple[str, str, str]] = []
        self._keys = {p.key for p in manager.snapshot.positions}
        self._versions = [manager.snapshot.version]
        self._ends = [manager.subscribe("snapshot", self._see), manager.subscribe("notice", self.lines.append)]

    def _see(self, snapshot: Snapshot) -> None:
        assert snapshot.version > self._versions[-1]
        self._versions.append(snapshot.version)
        keys = {p.key for p in snapshot.positions}
        self.removed |= self._keys - keys
        self._keys |= keys
        links = snapshot.links
        states = (links.rest.state, links.private.state, links.tickers.state)
        if not self.states or self.states[-1] != states:
            self.states.append(states)

    def codes(self) -> list[str]:
        """The codes of the lines, oldest first."""
        return [line.code for line in self.lines]

    def count(self, code: str, **details: object) -> int:
        """How many lines have a code that begins so, and these details."""
        return sum(
            line.code.startswith(code) and all(line.details.get(name) == value for name, value in details.items())
            for line in self.lines
        )

    def leave(self) -> None:
        """Stop watching."""
        for end in self._ends:
            end()


class Lag:
    """The most that the loop's thread worked between two turns; processor time, so that a busy machine is no lag."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._last = time.thread_time()
        self._longest = 0.0
        self._handle = self._loop.call_later(0.01, self._tick)

    def _tick(self) -> None:
        now = time.thread_time()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        self._handle = self._loop.call_later(0.01, self._tick)

    def stop(self) -> float:
        """Seconds."""
        self._handle.cancel()
        return self._longest


class Stage:
    """See the module. ``witness`` is the present test's."""

    def __init__(
        self,
        paper: PaperProcess,
        runner: asyncio.Runner,
        pace: Pace,
        **options: Any,
    ) -> None:
        self.paper = paper
        self.runner = runner
        self.pace = pace
        self._options: dict[str, Any] = {"intervals": pace.intervals, **options}
        if pace.intervals.positions_s < Intervals().positions_s:
            self._options["connect"] = hurried(pace.patience)
        self.troubles: list[dict[str, Any]] = []
        self._open: set[PositionKey] = set()
        self.key: Callable[[], Connection] = lambda: connection_to(paper)

    async def open(self) -> None:
        """Start the desk and wait for its first picture."""
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: self.troubles.append(context))
        self.manager = PositionManager(self._locate, **self._options)
        self._running = asyncio.create_task(self.manager.run())
        await self.manager.until(lambda s: s.links.is_live, 30)

    async def _locate(self) -> Connection:
        return self.key()

    async def close(self) -> None:
        """Stop the desk."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def begin(self) -> None:
        """A test begins."""
        self.witness = Witness(self.manager)
        self.may_go: set[PositionKey] = set()

    async def end(self) -> None:
        """A test ends: the desk must be well again, and nothing may have died in it."""
        await asyncio.to_thread(self.paper.disarm)
        await self.equal()
        self.witness.leave()
        assert not self._running.done(), "the desk died"
        assert self.troubles == []
        assert self.manager.subscriber_failures == 0

    # ---- what a story does ----------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """What the desk shows now."""
        return self.manager.snapshot

    async def control(self, operation: str, **body: Any) -> Any:
        """An operation of the control port."""
        return await asyncio.to_thread(self.paper.control, operation, **body)

    async def ask(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Rows that an independent client reads; one page."""
        return await asyncio.to_thread(lambda: self.paper.rows(path, **query))

    async def arm(self, fault: str, match: Any = None, **more: Any) -> int:
        """Arm a fault; returns its number."""
        armed = await asyncio.to_thread(lambda: self.paper.arm(fault, match, **more))
        return armed["id"]

    async def hit(self, number: int, times: int = 1) -> None:
        """Wait until a fault struck so often."""
        async with asyncio.timeout(self.pace.least_s):
            while await self.hits(number) < times:
                await asyncio.sleep(0.02)

    async def hits(self, number: int) -> int:
        """How often a fault struck."""
        armed = await self.control("armed")
        return next(one["hits"] for one in armed if one["id"] == number)

    async def disarm(self) -> None:
        """The fault's end."""
        await asyncio.to_thread(self.paper.disarm)

    async def redial(self) -> None:
        """Break the private stream, and wait until the desk has noticed that and is live again."""
        earlier = self.witness.count("link_lost", link="private")
        await self.control("drop_sockets", socket="private")
        async with asyncio.timeout(self.pace.least_s):
            while self.witness.count("link_lost", link="private") == earlier:
                await asyncio.sleep(0.02)
        await self.until(lambda s: s.links.is_live)

    async def incident(self, name: str, **arguments: Any) -> Any:
        """Something happens to the account or the market."""
        return await asyncio.to_thread(lambda: self.paper.incident(name, **arguments))

    async def trade(self, symbol: str, side: str, qty: str, idx: int = 0, *, reduce_only: bool = False) -> None:
        """Somebody else trades at market; works whatever is broken between the desk and the exchange."""
        await self.incident("trade", symbol=symbol, side=side, qty=qty, idx=idx, reduce_only=reduce_only)

    async def somebody_acts(self) -> None:
        """An open position grows; another one is opened, or closed when it is open."""
        await self.trade("SOLUSDT", "Buy", "1")
        if TOGGLED in self._open:
            self.may_go.add(TOGGLED)
            self._open.discard(TOGGLED)
            await self.trade(TOGGLED.symbol, "Sell", "10", reduce_only=True)
        else:
            self._open.add(TOGGLED)
            await self.trade(TOGGLED.symbol, "Buy", "10")

    async def until(self, holds: Callable[[Snapshot], bool], within_s: float = 0.0) -> Snapshot:
        """Wait for a snapshot."""
        return await self.manager.until(holds, max(within_s, self.pace.least_s))

    async def lost(self, *links: str, state: str = "lost") -> Snapshot:
        """Wait until these ways to the exchange are shown as lost."""
        return await self.until(lambda s: all(getattr(s.links, name).state == state for name in links))

    async def told(self, code: str, **details: object) -> None:
        """Wait for a line of the audit trail that begins so and has these details; it may have come already."""
        async with asyncio.timeout(self.pace.least_s):
            while not self.witness.count(code, **details):
                await asyncio.sleep(0.02)

    async def equal(self, grace_s: float = 0.0) -> None:
        """The desk shows what the exchange says, in time; ``grace_s``: what the fault may take longer than others."""
        await equal_to_exchange(self.manager, self.paper, self.pace.equal_s + grace_s, self.pace.beside_s)

    def kept(self, *, told_once: bool = True) -> None:
        """The book was kept: no row went but what somebody closed, no breakage was told twice."""
        assert self.witness.removed <= self.may_go
        if not told_once:
            return
        for name in ("rest", "private"):
            assert self.witness.count("link_lost", link=name) <= 1, self.witness.lines
        assert self.witness.count("tickers_lost") <= 1
