"""Keep the book equal to the exchange: start, reconnect and wake-up are one path.

Subscribe, wait for the acks, hold what arrives, take a complete baseline, apply it, replay what was held, go live.
The polls never stop, with or without the stream: the stream makes the book fast, the polls make it right.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from core.backoff import LEAST_S, SILENT_S, STREAM_S, Backoff
from core.book import PositionBook
from core.bybit import PAPER, Connection
from core.bybit.client import Client
from core.bybit.gateway import Gateway
from core.bybit.stream import PrivateStream
from core.clock import Clock
from core.errors import AppError, AuthFailed, Unreachable, first_of
from core.events import Event, PositionReported, WalletReported
from core.inbox import Inbox
from core.links import KEY, PRIVATE, REST, LinkBoard
from core.missing import MissingExecutions
from core.order_legs import OrderLegs
from core.reading import CATEGORIES
from core.recorder import Recorder
from core.refresh import Refresh
from core.rounds import Intervals, Rounds
from core.tasks import alone
from core.tickers import TickerFeed
from core.watch import Watch

WALLET_AFTER_S = 0.5
LOOK_EVERY_S = 1.0
# A loop that was not run for this long slept, or was stopped; so has a wall clock that jumped this far.
SLEPT_S = 5.0


class Sync:
    """The tasks that feed one book.

    Args:
        locate: where the exchange is now and with which key; asked again for every connection.
        connect: makes the client of a connection.
        inbox: the book's queue.
    """

    def __init__(
        self,
        book: PositionBook,
        clock: Clock,
        locate: Callable[[], Awaitable[Connection]],
        connect: Callable[[Connection, Clock], Client],
        inbox: Inbox,
        recorder: Recorder | None = None,
        intervals: Intervals | None = None,
    ) -> None:
        self._book = book
        self._clock = clock
        self._locate = locate
        self._connect = connect
        self._post = post = inbox.put
        self._recorder = recorder
        self._intervals = every = intervals or Intervals()
        self._held: list[Event] | None = None
        self._board = LinkBoard(clock, post, book.note)
        self._refresh = Refresh(book, clock, lambda: self.gateway, inbox.apply, self._board, recorder)
        self._feeds = [
            TickerFeed(category, book, Backoff(clock, every.steady_s), self._board, post) for category in CATEGORIES
        ]
        self._watch = Watch(book, clock, self._reconcile_soon, lambda: self.rounds.markets.nudge())
        lives = MissingExecutions(
            book, clock, lambda: self.gateway, inbox.apply, self.legs, self._reconcile_soon, every.priced_after_s
        )
        self.rounds = Rounds(book, self._refresh, lives, self._watch, self._board, self._check_clock, every)
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

    def _reconcile_soon(self) -> None:
        self.rounds.baseline.nudge()

    @property
    def legs(self) -> OrderLegs:
        """Which leg an execution's order was for; asked for once by all that read executions."""
        return self._refresh.legs

    @property
    def is_refused(self) -> bool:
        """Whether the exchange refuses the key: nothing private is asked until the key is tried again."""
        return "refused" in {self._board.state(PRIVATE), self._board.state(REST)}

    async def run(self) -> None:
        """Find the exchange, follow it, find it again, until cancelled."""
        backoff = Backoff(self._clock, self._intervals.steady_s)
        while True:
            backoff.start()
            wait_s = 0.0
            try:
                await alone(self._follow(await self._open_client()))
            except* _Moved:
                wait_s = LEAST_S
            except* AppError as group:
                self._board.reset(first_of(group))
                wait_s = backoff.wait_s(SILENT_S)
            await asyncio.sleep(wait_s)

    async def close(self) -> None:
        """Close the client; run() has been cancelled before."""
        client, self.client = self.client, None
        if client:
            await client.close()

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
            self._refresh.forget()
            if self._recorder:
                await self._recorder.use(ledger_of(connection))
        return self.client

    async def _follow(self, client: Client) -> None:
        """One exchange, one key. Ends when the exchange moved or the computer slept."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_sleep(), name="sleep")
            tasks.create_task(self._show_figures(client), name="figures")
            for feed in self._feeds:
                tasks.create_task(feed.run(client), name="tickers")
            tasks.create_task(self._stay_signed_in(client), name="account")

    async def _watch_sleep(self) -> None:
        """Notice that the computer slept: sockets that look open then lead nowhere, so everything starts again.

        Raises:
            Unreachable: ``woke_up``, or ``clock_jumped`` when only the wall clock was set.
        """
        wall_ms, mono = self._clock.now_ms(), self._clock.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            last_ms, last = wall_ms, mono
            wall_ms, mono = self._clock.now_ms(), self._clock.monotonic()
            ahead_s = (wall_ms - last_ms) / 1000 - (mono - last)
            if mono - last > SLEPT_S or ahead_s > SLEPT_S:
                raise Unreachable("woke_up")
            if ahead_s < -SLEPT_S:
                raise Unreachable("clock_jumped")

    async def _show_figures(self, client: Client) -> None:
        """Keep what holds requests back, their rate and their latency current for the status line."""
        while True:
            self._book.set_links(holds=client.gateway.holds(), requests_per_s=client.limiter.requests_per_s)
            self._board.measured(REST, client.limiter.latency_ms)
            await asyncio.sleep(LOOK_EVERY_S)

    # ---- the account ----------------------------------------------------------------------------------------------

    async def _stay_signed_in(self, client: Client) -> None:
        """Follow the account. A refused key is left alone for a while, or until it is another one."""
        while True:
            try:
                await alone(self._keep_account(client))
            except* AuthFailed as group:
                error = await self._why_refused(client, first_of(group))
                self._board.failed(PRIVATE, "", error)
                self._board.failed(REST, KEY, error)
            await self._until_key_is_tried(client)

    async def _why_refused(self, client: Client, error: AppError) -> AppError:
        """The stream refuses a key without saying why; REST says it (P38: the exact cause)."""
        if "ret_code" in error.details:
            return error
        try:
            await client.gateway.fetch_account()
        except AuthFailed as cause:
            return cause
        except AppError:
            pass
        return error

    async def _until_key_is_tried(self, client: Client) -> None:
        until = self._clock.monotonic() + self._intervals.key_s
        while self._clock.monotonic() < until:
            await self._check_place(client)
            await asyncio.sleep(min(LOOK_EVERY_S, self._intervals.key_s))

    async def _check_place(self, client: Client) -> None:
        """Raises _Moved when the exchange, or the key, is another one by now."""
        if await self._locate() != client.connection:
            raise _Moved("moved")

    async def _keep_account(self, client: Client) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_stream(client), name="private stream")
            for work in self.rounds.works():
                tasks.create_task(work, name="round")

    async def _keep_stream(self, client: Client) -> None:
        """Keep the private stream open. Raises AuthFailed or _Moved."""
        backoff = Backoff(self._clock, self._intervals.steady_s)
        while True:
            backoff.start()
            try:
                await self._check_place(client)
                await self._connect_stream(client)
            except (AuthFailed, _Moved):
                raise
            except AppError as error:
                self._board.failed(PRIVATE, "", error)
                is_silent = self._board.state(REST) != "live"
                await asyncio.sleep(backoff.wait_s(SILENT_S if is_silent else STREAM_S))

    async def _connect_stream(self, client: Client) -> None:
        private = client.private(self._on_private)
        self._held = []
        try:
            await self._set_time(client, is_urgent=True)
            await self._open_stream(private)
            client.gateway.probe_now()
            await self._refresh.markets()
            await self.rounds.take_baseline()
            self._board.live(PRIVATE)
            self._replay()
            await self._watch_stream(private)
        finally:
            self._held = None
            await private.close()

    async def _open_stream(self, private: PrivateStream) -> None:
        """Open the stream; where it cannot be opened the first baseline comes without it."""
        try:
            await private.open()
        except Unreachable:
            if self._book.awaits_baseline:
                await self._refresh.markets()
                await self.rounds.take_baseline()
            raise

    async def _watch_stream(self, private: PrivateStream) -> None:
        """Until the stream dies: keep the link's latency and time of the last frame current. Raises its cause."""
        closed = asyncio.ensure_future(private.closed())
        try:
            while not closed.done():
                self._board.live(PRIVATE, latency_ms=private.latency_ms, last_mono=private.last_mono)
                await asyncio.wait({closed}, timeout=LOOK_EVERY_S)
            closed.result()
        finally:
            closed.cancel()

    def _on_private(self, event: Event) -> None:
        if isinstance(event, WalletReported):
            # It names only the coins that changed; a fill brings several, and one reading serves them all.
            asyncio.get_running_loop().call_later(WALLET_AFTER_S, self.rounds.wallet.nudge)
        elif isinstance(event, PositionReported):
            self._watch.told(event.position)
        if self._held is None:
            self._post(event)
        else:
            self._held.append(event)

    def _replay(self) -> None:
        held, self._held = self._held or [], None
        for event in held:
            self._post(event)

    # ---- time -----------------------------------------------------------------------------------------------------

    async def _set_time(self, client: Client, *, is_urgent: bool = False) -> None:
        offset_ms = await self._refresh.time(is_urgent=is_urgent)
        client.set_time_offset(offset_ms)
        self._book.set_links(clock_offset_ms=offset_ms)

    async def _check_clock(self) -> None:
        if self.client:
            await self._set_time(self.client)


class _Moved(Exception):
    """The exchange is at another address, or the key is another one."""


def ledger_of(connection: Connection) -> str:
    """The name of the exchange's books: each paper exchange has its own, told apart by its key; Bybit has one."""
    if connection.environment != PAPER:
        return ""
    return hashlib.sha256(connection.api_key.encode()).hexdigest()[:16]
