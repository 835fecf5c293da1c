"""PositionManager: the thread-safe front door of core, for the desk's windows and for a bot that embeds it.

Reading never waits: ``snapshot`` is one reference to a frozen object. Writing happens on the loop that runs ``run``;
other threads use ``post`` and the ``…_threadsafe`` twins. What it does is written in core.engine (what runs),
core.views (reading) and core.trading (acting); docs/manager.md tells a bot's author how to use it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from core import trading, views
from core.backfill import LONGEST_DAYS
from core.bot_files import BotFiles
from core.bybit import Connection, connect
from core.bybit.client import Client
from core.changes import SyncResult as SyncResult
from core.changes import changes
from core.clock import Clock, SystemClock
from core.engine import Engine
from core.errors import StoreError
from core.events import Event
from core.guards import GuardSettings
from core.ids import installation_id
from core.model import Alert, AuditEvent, Candle, OrderBook, PositionKey, Snapshot
from core.reconcile import Discrepancy
from core.recorder import Recorder
from core.rounds import Intervals
from core.store.closed_history import ClosedHistory as ClosedHistory
from core.store.closed_history import ClosedView as ClosedView
from core.store.closed_index import ClosedTerm as ClosedTerm
from core.store.history import TradeFilter as TradeFilter
from core.subscribers import Callback
from core.threads import twin, twin_of_call

# How many positions bots may have open at once, until somebody sets another number.
MAX_CONCURRENT_POSITIONS = 5


class PositionManager:
    """One account: its book, its connection, its commands.

    Args:
        locate: says where the exchange is, anew for each connection.
        connect: makes the client of a connection; a simulation brings its own.
        clock: tests bring their own.
        installation: 4 characters that mark this installation's orders; made up when not given.
        max_concurrent_positions: how many positions bots may have open at once (``open_position``,
            ``validate_position_parameters``); None for any number. ``guard_settings`` only alert.
    """

    def __init__(
        self,
        locate: Callable[[], Awaitable[Connection]],
        *,
        connect: Callable[[Connection, Clock], Client] = connect,
        environment: str = "paper",
        account: str = "Main",
        clock: Clock | None = None,
        installation: str = "",
        guard_settings: GuardSettings | None = None,
        max_concurrent_positions: int | None = MAX_CONCURRENT_POSITIONS,
        recorder: Recorder | None = None,
        history_days: int = LONGEST_DAYS,
        intervals: Intervals | None = None,
    ) -> None:
        self.engine = Engine(
            locate,
            connect,
            environment,
            account,
            clock or SystemClock(),
            installation or installation_id(),
            guard_settings or GuardSettings(),
            max_concurrent_positions,
            recorder,
            history_days,
            intervals,
        )

    @property
    def guard_settings(self) -> GuardSettings:
        """What the guards watch for; may be set at any time."""
        return self.engine.guard_settings

    @guard_settings.setter
    def guard_settings(self, settings: GuardSettings) -> None:
        self.engine.guard_settings = settings

    @property
    def max_concurrent_positions(self) -> int | None:
        """How many positions bots may have open at once; None for any number. May be set at any time."""
        return self.engine.max_positions

    @max_concurrent_positions.setter
    def max_concurrent_positions(self, most: int | None) -> None:
        self.engine.max_positions = most

    @property
    def bot_files(self) -> BotFiles:
        """The positions file of an older bot: import, export, watch."""
        return self.engine.bot_files

    # ---- life -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Feed the book until cancelled. An error that is not the exchange's ends it: the caller shows it."""
        await self.engine.run()

    async def close(self) -> None:
        """Close connections; safe twice."""
        await self.engine.close()

    # ---- events in, snapshots out ---------------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Queue a fact for the book; from any thread. Order is kept per thread."""
        self.engine.inbox.put(event)

    def tell(self, line: AuditEvent) -> None:
        """Enter a line of somebody else, such as the store, into the trail; on the loop."""
        self.engine.book.enter(line)
        self.engine.publisher.soon()

    @property
    def subscriber_failures(self) -> int:
        """How often a subscriber's callback failed; each one's first failure is a line of the trail."""
        return self.engine.subscribers.failures

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which everything is written."""
        return self.engine.loop

    @property
    def snapshot(self) -> Snapshot:
        """The newest frozen state; from any thread, without waiting."""
        return self.engine.publisher.snapshot

    def subscribe(self, kind: str, callback: Callback) -> Callable[[], None]:
        """Call back on the loop: ``snapshot`` with each Snapshot, all other kinds with each AuditEvent, in order.

        From any thread. A callback that fails is counted, shown in the trail once, and stops nobody.
        Returns:
            A function that ends the subscription.
        Raises:
            BadValue: unknown kind.
        """
        return self.engine.subscribers.add(kind, callback)

    def rest(self, seconds: float) -> None:
        """Make no snapshot of prices meanwhile, but one of them all afterwards. On the loop; the last call counts.

        For who shows snapshots and cannot show another one before: under thousands of ticks making them costs more
        than applying the ticks. Whatever is more than a price does not wait.
        """
        self.engine.publisher.rest(seconds)

    async def until(self, predicate: Callable[[Snapshot], bool], timeout_s: float | None = 10.0) -> Snapshot:
        """Wait for a published snapshot that fits; the present one counts. None waits without end.

        Raises:
            TimeoutError: none did in time.
        """
        return await self.engine.publisher.until(predicate, timeout_s)

    # ---- reading --------------------------------------------------------------------------------------------------

    get_position = views.get_position
    get_positions_for_symbol = views.get_positions_for_symbol
    get_all_positions = views.get_all_positions
    get_open_positions_count = views.get_open_positions_count
    has_position = views.has_position
    get_closed_trades = views.get_closed_trades
    get_closed_page = views.get_closed_page
    get_period_report = views.get_period_report
    get_session_summary = views.get_session_summary
    get_market_limits = views.get_market_limits

    @property
    def closed_history(self) -> ClosedHistory:
        """All closed lives on disk, in any order and selection, for tables and exports.

        Raises:
            StoreError: this manager keeps no history, or its file is not open now.
        """
        if self.engine.recorder is None:
            raise StoreError("store_closed")
        return self.engine.recorder.closed_history

    # ---- acting ---------------------------------------------------------------------------------------------------

    submit = trading.submit
    submit_all = trading.submit_all
    retry = trading.retry
    validate_and_cap_amount = trading.validate_and_cap_amount
    validate_position_parameters = trading.validate_position_parameters
    open_position = trading.open_position
    close_position = trading.close_position
    close_all = trading.close_all
    cancel_orders = trading.cancel_orders
    amend_order = trading.amend_order
    update_targets = trading.update_targets
    undo_stops = trading.undo_stops
    set_leverage = trading.set_leverage
    register_partial_exit = trading.register_partial_exit
    verdict = trading.verdict
    prepare_exit = trading.prepare_exit
    set_armed = trading.set_armed

    # ---- asking ---------------------------------------------------------------------------------------------------

    def set_pace(self, *, positions_s: float, wallet_s: float, reconcile_s: float) -> None:
        """Read at other intervals from now on, in seconds; see core.settings.paces_of. On the loop."""
        self.engine.sync.rounds.set_pace(positions_s, wallet_s, reconcile_s)

    async def reconcile_positions(self) -> tuple[Discrepancy, ...]:
        """Take a full baseline now and settle every difference.

        Returns:
            Each difference with what was done and on what evidence; each is a line of the audit trail, too.
        Raises:
            ExchangeError: the exchange could not be read in full; nothing was concluded.
        """
        found = await self.engine.sync.rounds.reconcile()
        self.engine.check_guards()
        return found

    async def reconcile(self) -> None:
        """As :meth:`reconcile_positions`, for who reads the result in the events (F5)."""
        await self.reconcile_positions()

    async def sync_with_bybit(self) -> SyncResult:
        """Read all positions now: adopt new ones, ask by name for missing ones. Raises ExchangeError."""
        before = self.snapshot.positions
        await self.engine.sync.rounds.sync_positions()
        self.engine.publisher.now()
        return changes(before, self.snapshot.positions)

    async def update_positions(self) -> tuple[Alert, ...]:
        """One pass over the account: the clean-up first, then the guards, so that nothing is said about what is gone.

        The clean-up reads positions and orders, asks by name about positions that the lists lack, and removes stop
        orders of this desk that protect nothing. Where it cannot read, the guards judge what is known.
        Returns:
            What goes off now.
        """
        await self.engine.sync.rounds.clean_up()
        return self.engine.check_guards()

    async def fetch_order_book(self, key: PositionKey, depth: int = 50) -> OrderBook:
        """The order book of a position's contract, now."""
        return await self.engine.sync.gateway.fetch_order_book(key.category, key.symbol, depth)

    async def fetch_candles(
        self, key: PositionKey, interval: str, limit: int = 200, end_ms: int | None = None
    ) -> tuple[Candle, ...]:
        """Candles of a position's contract, oldest first, until ``end_ms`` or now. ``interval`` as Bybit's kline."""
        return await self.engine.sync.gateway.fetch_candles(key.category, key.symbol, interval, limit, end_ms)

    # ---- from other threads: the same, handed to the loop; each returns a concurrent.futures.Future -----------------

    until_threadsafe = twin(until)
    submit_threadsafe = twin(submit)
    submit_all_threadsafe = twin(submit_all)
    retry_threadsafe = twin(retry)
    close_position_threadsafe = twin(close_position)
    close_all_threadsafe = twin(close_all)
    cancel_orders_threadsafe = twin(cancel_orders)
    amend_order_threadsafe = twin(amend_order)
    update_targets_threadsafe = twin(update_targets)
    undo_stops_threadsafe = twin(undo_stops)
    open_position_threadsafe = twin(open_position)
    set_leverage_threadsafe = twin(set_leverage)
    register_partial_exit_threadsafe = twin(register_partial_exit)
    sync_with_bybit_threadsafe = twin(sync_with_bybit)
    reconcile_positions_threadsafe = twin(reconcile_positions)
    get_closed_page_threadsafe = twin(get_closed_page)
    get_period_report_threadsafe = twin(get_period_report)
    verdict_threadsafe = twin(verdict)
    prepare_exit_threadsafe = twin(prepare_exit)
    fetch_order_book_threadsafe = twin(fetch_order_book)
    fetch_candles_threadsafe = twin(fetch_candles)
    update_positions_threadsafe = twin(update_positions)
    set_armed_threadsafe = twin_of_call(set_armed)
