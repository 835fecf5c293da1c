"""Keep the book equal to the exchange: start, reconnect and wake-up are one path.

Subscribe, wait for the acks, hold what arrives, take a complete baseline, apply it, replay what was held, go live.
While live the polls never stop: the stream makes the book fast, the polls make it right.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from core.book import PositionBook
from core.bybit import PAPER, Connection
from core.bybit.client import Client
from core.bybit.gateway import Gateway
from core.bybit.stream import PrivateStream, TickerStream
from core.clock import Clock
from core.errors import AppError, AuthFailed, Unreachable
from core.events import (
    BaselineTaken,
    Event,
    FeeRatesReported,
    InstrumentsReported,
    LinkChanged,
    PositionReported,
    WalletReported,
)
from core.model import Link, Position, PositionKey
from core.reading import CATEGORIES, SCOPES, Reading
from core.reconcile import Discrepancy, compare, pnl_differs, unprotected
from core.recorder import Recorder
from core.sweep import StopSweep

T = TypeVar("T")

SWEEP_AFTER_S = 1.0
WALLET_AFTER_S = 0.5
# A connection that lived this long was a good one: the next attempt begins with a short wait again.
STEADY_S = 60.0
CLOCK_SAMPLES = 5
CLOCK_AGREES_MS = 100
# A loop that was not run for this long slept, or was stopped.
SLEPT_S = 5.0
BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
# A refused key does not get better by asking again; paper keys change with each start of the paper exchange.
AUTH_BACKOFF_S = 60.0


class Intervals(Struct, frozen=True, kw_only=True):
    """How often what is read again while the streams run, in seconds."""

    positions_s: float = 5.0
    wallet_s: float = 15.0
    reconcile_s: float = 60.0
    instruments_s: float = 1_800.0
    clock_s: float = 600.0


class Sync:
    """The tasks that feed one book.

    Args:
        locate: where the exchange is now and with which key; asked again for every connection.
        connect: makes the client of a connection.
        post: hands an event to the book's queue; ``drained`` waits until all of them are applied.
    """

    def __init__(
        self,
        book: PositionBook,
        clock: Clock,
        locate: Callable[[], Awaitable[Connection]],
        connect: Callable[[Connection, Clock], Client],
        post: Callable[[Event], None],
        drained: Callable[[], Awaitable[None]],
        recorder: Recorder | None = None,
        intervals: Intervals | None = None,
    ) -> None:
        self._book = book
        self._intervals = intervals or Intervals()
        self._recorder = recorder
        self._clock = clock
        self._locate = locate
        self._connect = connect
        self._post = post
        self._drained = drained
        self._held: list[Event] | None = None
        self._links: dict[str, Link] = {name: Link(name=name) for name in ("rest", "private", "tickers")}
        self._baseline_lock = asyncio.Lock()
        self._reading = Reading(lambda: self.gateway, clock, recorder)
        self._wallet_news = asyncio.Event()
        self._closed: asyncio.Queue[PositionKey] = asyncio.Queue()
        self._sweep = StopSweep(book, lambda: self.gateway, post, drained)
        self.client: Client | None = None

    @property
    def gateway(self) -> Gateway:
        """The gateway of the present connection.

        Raises:
            Unreachable: not connected yet.
        """
        if self.client is None:
            raise Unreachable("not_connected")
        return self.client.gateway

    async def run(self) -> None:
        """Connect, stay connected, reconnect, until cancelled."""
        attempt = 0
        while True:
            started, delay = self._clock.monotonic(), BACKOFF_S[0]
            try:
                await self._session()
            except* AppError as group:
                delay = self._lost(_first(group), attempt)
            if self._clock.monotonic() - started > STEADY_S:
                attempt = 0
            attempt += 1
            await asyncio.sleep(delay)

    async def close(self) -> None:
        """Close the client; run() has been cancelled before."""
        client, self.client = self.client, None
        if client:
            await client.close()

    def _lost(self, error: AppError, attempt: int) -> float:
        """Show what broke and say how long to wait: exponential, with full jitter so that restarts do not align."""
        is_auth = isinstance(error, AuthFailed)
        state = "refused" if is_auth else "lost"
        for name in ("private", "tickers") if self._links["rest"].state == "live" else tuple(self._links):
            self._set_link(name, state, error.code)
        self._book.note("link_lost", "warning", reason=error.code, details=str(error)[:300])
        if is_auth and self.client and self.client.connection.environment != "paper":
            return AUTH_BACKOFF_S
        return random.uniform(0.1, BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])  # noqa: S311 - jitter, not a secret

    # ---- one connection -------------------------------------------------------------------------------------------

    async def _session(self) -> None:
        client = await self._open_client()
        private = client.private(self._on_private)
        self._held = []
        try:
            await self._rest_call(self._measure_clock(client))
            await private.open()
            await self._load_markets(client.gateway)
            await self.take_baseline()
            self._set_link("private", "live")
            self._replay()
            await self._live(client, private)
        finally:
            self._held = None
            await private.close()

    async def _open_client(self) -> Client:
        """The client of the exchange as it is now; another address or key means another ledger."""
        connection = await self._locate()
        if self.client and self.client.connection == connection:
            return self.client
        had_one = self.client is not None
        await self.close()
        self.client = self._connect(connection, self._clock)
        if had_one:
            self._book.expect_new_ledger()
            self._reading.forget()
            if self._recorder:
                await self._recorder.use(ledger_of(connection))
        return self.client

    async def _measure_clock(self, client: Client, samples: int = 2) -> None:
        """Take the median of some measurements of the exchange's clock.

        Raises:
            Unreachable: ``clock_unstable``, no two measurements agree within CLOCK_AGREES_MS: signing with a wrong
                time would be refused, and a wrong correction is worse than none.
        """
        offsets = sorted([await client.gateway.fetch_time_offset_ms() for _ in range(samples)])
        if not any(b - a <= CLOCK_AGREES_MS for a, b in itertools.pairwise(offsets)):
            raise Unreachable("clock_unstable", offsets=offsets)
        offset_ms = offsets[len(offsets) // 2]
        self._reading.offset_ms = offset_ms
        client.set_time_offset(offset_ms)
        self._book.set_links(clock_offset_ms=offset_ms)

    async def _check_clock(self) -> None:
        if self.client:
            await self._measure_clock(self.client, CLOCK_SAMPLES)

    def _on_private(self, event: Event) -> None:
        if isinstance(event, WalletReported):
            self._wallet_news.set()
        if self._held is None:
            self._post(event)
        else:
            self._held.append(event)

    def _replay(self) -> None:
        held, self._held = self._held or [], None
        for event in held:
            self._post(event)

    async def _live(self, client: Client, private: PrivateStream) -> None:
        every = self._intervals
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(private.closed(), name="private stream")
            tasks.create_task(self._watch_stream("private", private), name="private link")
            tasks.create_task(self._watch_sleep(), name="sleep")
            tasks.create_task(self._sweep_closed(), name="stop sweep")
            tasks.create_task(self._poll(self._check_clock, every.clock_s), name="clock")
            for category in CATEGORIES:
                tasks.create_task(self._tickers(client, category), name=f"tickers {category}")
            tasks.create_task(self._poll(self.sync_positions, every.positions_s), name="positions poll")
            tasks.create_task(self._poll(self._poll_wallet, every.wallet_s), name="wallet poll")
            tasks.create_task(self._follow_wallet(), name="wallet news")
            tasks.create_task(self._poll(self.take_baseline, every.reconcile_s), name="reconciliation")
            tasks.create_task(self._poll(self._refresh_markets, every.instruments_s), name="instruments")

    async def _watch_stream(self, name: str, stream: PrivateStream) -> None:
        """Keep the link's latency and time of the last frame current for the status line."""
        while True:
            self._set_link(name, "live", latency_ms=stream.latency_ms, last_mono=stream.last_mono)
            await asyncio.sleep(1.0)

    def position_closed(self, key: PositionKey) -> None:
        """A position is proven flat: its stops will be looked for."""
        self._closed.put_nowait(key)

    async def _sweep_closed(self) -> None:
        """Look for stops that outlived their position, after Bybit had a moment to cancel those it cancels itself."""
        while True:
            key = await self._closed.get()
            await asyncio.sleep(SWEEP_AFTER_S)
            try:
                for found in await self._sweep.sweep(key):
                    self._note(found)
            except AppError as error:
                # The next full reconciliation sweeps every key.
                self._book.note("sweep_failed", "warning", key, reason=error.code)

    async def _watch_sleep(self) -> None:
        """Notice that the computer slept: sockets that look open then lead nowhere, so everything starts again.

        Raises:
            Unreachable: ``woke_up``.
        """
        wall_ms, mono = self._clock.now_ms(), self._clock.monotonic()
        while True:
            await asyncio.sleep(1.0)
            last_ms, last = wall_ms, mono
            wall_ms, mono = self._clock.now_ms(), self._clock.monotonic()
            if mono - last > SLEPT_S or (wall_ms - last_ms) / 1000 - (mono - last) > SLEPT_S:
                raise Unreachable("woke_up")

    async def _poll(self, work: Callable[[], Awaitable[None]], every_s: float) -> None:
        """Repeat a read. A failure is shown and tried again at the next turn; a refused key ends the connection."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await work()
            except AuthFailed:
                raise
            except AppError as error:
                self._book.note("poll_failed", "warning", reason=error.code)

    # ---- prices ---------------------------------------------------------------------------------------------------

    async def _tickers(self, client: Client, category: str) -> None:
        """Stream the prices of what is open, and of nothing else; restart on its own."""
        attempt = 0
        while True:
            while not self._symbols(category):
                await self._idle()
            stream = client.tickers(category, self._post)
            try:
                await stream.open()
                await stream.set_symbols(self._symbols(category))
                attempt = 0
                await self._follow_symbols(stream, category)
            except AppError as error:
                self._set_link("tickers", "lost", error.code)
            finally:
                await stream.close()
            await asyncio.sleep(random.uniform(0.1, BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]))  # noqa: S311 - jitter
            attempt += 1

    async def _follow_symbols(self, stream: TickerStream, category: str) -> None:
        closed = asyncio.ensure_future(stream.closed())
        try:
            while not closed.done():
                self._set_link("tickers", "live", latency_ms=stream.latency_ms, last_mono=stream.last_mono)
                await stream.set_symbols(self._symbols(category))
                await asyncio.wait({closed}, timeout=1.0)
            closed.result()
        finally:
            closed.cancel()

    def _symbols(self, category: str) -> list[str]:
        return sorted({p.symbol for p in self._book.open_positions if p.category == category})

    async def _idle(self) -> None:
        """Nothing open in a category: no prices are missing."""
        if self._links["tickers"].state == "connecting" and not self._book.open_positions:
            self._set_link("tickers", "idle")
        await asyncio.sleep(0.2)

    # ---- reads ----------------------------------------------------------------------------------------------------

    async def _rest_call(self, call: Awaitable[T]) -> T:
        """Note on the REST link how a read went."""
        try:
            result = await call
        except AppError as error:
            self._set_link("rest", "refused" if isinstance(error, AuthFailed) else "lost", error.code)
            raise
        client = self.client
        self._set_link(
            "rest",
            "live",
            latency_ms=client.limiter.latency_ms if client else None,
            last_mono=self._clock.monotonic(),
        )
        if client:
            self._book.set_links(requests_per_s=client.limiter.requests_per_s)
        return result

    async def _load_markets(self, gateway: Gateway) -> None:
        for category in CATEGORIES:
            self._post(InstrumentsReported(category, await gateway.fetch_instruments(category)))
            try:
                self._post(FeeRatesReported(category, await gateway.fetch_fee_rates(category)))
            except AppError as error:
                # Demo has no fee rates; previews then show a dash for the fee.
                self._book.note("fees_unknown", reason=error.code, category=category)

    async def _refresh_markets(self) -> None:
        await self._rest_call(self._load_markets(self.gateway))

    async def sync_positions(self) -> None:
        """Read all positions and apply them; ask by name for those that the lists lack.

        Raises:
            ExchangeError: the lists were not complete; nothing was concluded.
        """
        await self._rest_call(self._sync_positions())

    async def _sync_positions(self) -> None:
        started = self._clock.monotonic()
        rows = await self._reading.positions()
        for row in rows:
            self._post(PositionReported(row, "rest", started))
        await self._drained()
        await self._ask_absent(rows, started)

    async def _ask_absent(self, rows: tuple[Position, ...], started: float) -> tuple[Discrepancy, ...]:
        """A position that a complete list lacks is asked for by name: only an explicit flat row removes it."""
        settled = []
        for found in compare(self._book.open_positions, rows, SCOPES):
            if found.kind != "phantom" or self._is_newer(found.key, started):
                continue
            asked = self._clock.monotonic()
            for row in await self.gateway.fetch_position(found.key.category, found.key.symbol):
                self._post(PositionReported(row, "rest", asked))
            await self._drained()
            is_gone = all(p.key != found.key for p in self._book.open_positions)
            settled.append(replace(found, done="removed" if is_gone else "asked", evidence="position/list?symbol"))
        return tuple(settled)

    def _is_newer(self, key: PositionKey, started: float) -> bool:
        """Whether the book heard of a key after a request started: that answer says nothing about it then."""
        return any(p.key == key and p.received_mono > started for p in self._book.open_positions)

    async def _follow_wallet(self) -> None:
        """Read the wallet again after each streamed message: it names only the coins that changed."""
        while True:
            await self._wallet_news.wait()
            # A fill brings several messages at once: one reading serves them all.
            await asyncio.sleep(WALLET_AFTER_S)
            self._wallet_news.clear()
            try:
                await self._poll_wallet()
            except AuthFailed:
                raise
            except AppError as error:
                self._book.note("poll_failed", "warning", reason=error.code)

    async def _poll_wallet(self) -> None:
        await self._rest_call(self._sync_wallet())

    async def _sync_wallet(self) -> None:
        self._post(WalletReported(await self.gateway.fetch_wallet(), "rest"))

    # ---- baseline -------------------------------------------------------------------------------------------------

    async def take_baseline(self) -> None:
        """Read the account's full state and apply it; the book then equals the exchange or says where it does not."""
        await self.reconcile()

    async def reconcile(self) -> tuple[Discrepancy, ...]:
        """Take a baseline and settle every difference found.

        Returns:
            What differed, what was done about it and on what evidence; each is also a line of the audit trail. Empty
            for the very first baseline, which has nothing to differ from.
        Raises:
            ExchangeError: the reading was not complete; nothing was concluded from it.
        """
        async with self._baseline_lock:
            found = await self._rest_call(self._reconcile())
        for one in found:
            self._note(one)
        return found

    def _note(self, found: Discrepancy) -> None:
        severity = "info" if found.kind == "unprotected" else "warning"
        self._book.note(
            f"discrepancy_{found.kind}", severity, found.key, done=found.done, evidence=found.evidence, **found.details
        )

    async def _reconcile(self) -> tuple[Discrepancy, ...]:
        baseline = await self._reading.baseline()
        await self._drained()
        is_first = not self._book.has_baseline
        if is_first and self._recorder:
            await self._recorder.recall(self._book)
            await self._recorder.recall_lives(self._book, baseline.positions)
        differing = compare(self._book.open_positions, baseline.positions, SCOPES)
        self._post(BaselineTaken(baseline))
        await self._drained()
        phantoms = await self._ask_absent(baseline.positions, baseline.started_mono)
        swept = await self._sweep.sweep()
        if is_first:
            return ()
        return (
            *(d for d in differing if d.kind != "phantom"),
            *phantoms,
            *swept,
            *unprotected(self._book.open_positions, self._book.open_orders),
            *pnl_differs(self._book.lives.closed(), baseline.closed_pnl),
        )

    # ---- links ---------------------------------------------------------------------------------------------

    def _set_link(
        self, name: str, state: str, detail: str = "", *, latency_ms: int | None = None, last_mono: float | None = None
    ) -> None:
        old = self._links[name]
        changed = old.state != state
        new = replace(
            old,
            state=state,
            detail=detail,
            since_ms=self._clock.now_ms() if changed else old.since_ms,
            latency_ms=latency_ms if latency_ms is not None else old.latency_ms,
            last_mono=last_mono if last_mono is not None else old.last_mono,
        )
        self._links[name] = new
        self._post(LinkChanged(new))
        if changed and state == "live" and old.state != "connecting":
            self._book.note("link_back", link=name)
        elif changed and state in {"lost", "refused"} and name == "tickers":
            self._book.note("tickers_lost", "warning", reason=detail)


def _first(group: BaseExceptionGroup[AppError]) -> AppError:
    """One representative of what ended a connection."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, AppError)
    return error


def ledger_of(connection: Connection) -> str:
    """The name of the exchange's books: each paper exchange has its own, told apart by its key; Bybit has one."""
    if connection.environment != PAPER:
        return ""
    return hashlib.sha256(connection.api_key.encode()).hexdigest()[:16]
