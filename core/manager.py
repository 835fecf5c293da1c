"""PositionManager: the thread-safe front door of core, for the desk's windows and for a bot that embeds it.

Reading never waits: ``snapshot`` is one reference to a frozen object. Writing happens on the loop that runs ``run``;
other threads use ``post`` and the ``…_threadsafe`` twins.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal

from msgspec.structs import replace

from core import batches, guards, period_reports
from core.actions import Actions
from core.analytics.period_report import PeriodReport
from core.backfill import LONGEST_DAYS, BackFill
from core.batches import Outcome
from core.book import PositionBook
from core.bot_files import BotFiles
from core.bybit import Connection, connect
from core.bybit.client import Client
from core.bybit.gateway import Gateway
from core.changes import SyncResult as SyncResult
from core.changes import changes
from core.clock import Clock, SystemClock
from core.errors import BadValue, StoreError
from core.events import BaselineTaken, Event
from core.guards import GuardSettings
from core.ids import installation_id, order_link_ids
from core.inbox import Inbox
from core.intents import (
    AmendOrder,
    Batch,
    CancelOrders,
    CloseAll,
    ClosePosition,
    Intent,
    Issue,
    OpenPosition,
    SetLeverage,
    check,
    close_of,
    expand,
    stops_of,
    undo_of,
)
from core.limits import CappedAmount, cap_amount, check_count, check_new_position
from core.model import (
    Alert,
    AuditEvent,
    Backfill,
    Candle,
    ClosedTrade,
    Command,
    Instrument,
    Order,
    OrderBook,
    Position,
    PositionKey,
    SessionSummary,
    Snapshot,
)
from core.publishing import Publisher
from core.reading import CATEGORIES
from core.reconcile import Discrepancy
from core.recorder import Recorder
from core.store.closed_history import ClosedHistory as ClosedHistory
from core.store.closed_history import ClosedView as ClosedView
from core.store.closed_index import ClosedTerm as ClosedTerm
from core.store.history import TradeFilter as TradeFilter
from core.store.history import TradeKey, TradePage
from core.subscribers import Callback, Subscribers
from core.symbols import Forms
from core.sync import Intervals, Sync
from core.threads import twin, twin_of_call

RESOLVE_EVERY_S = 1.0
GUARDS_EVERY_S = 2.0
# How many positions bots may have open at once, until somebody sets another number.
MAX_CONCURRENT_POSITIONS = 5
# The reason that needs no label of its own on an exit.
MANUAL = "manual"


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
        self._clock = clock or SystemClock()
        self._loop = asyncio.get_running_loop()
        self._inbox = Inbox()
        self._recorder = recorder
        keep = recorder.keep if recorder else _keep_nothing
        self._subscribers = Subscribers(self._on_failing_subscriber)
        self._book = PositionBook(self._clock, environment, account, self._on_notice, keep)
        self._publisher = Publisher(self._book, self._subscribers.tell_snapshot)
        self.guard_settings = guard_settings or GuardSettings()
        self.max_concurrent_positions = max_concurrent_positions
        self._sync = Sync(self._book, self._clock, locate, connect, self.post, self._inbox.drained, recorder, intervals)
        new_link_id = order_link_ids(self._clock, installation or installation_id())
        self._actions = Actions(
            self._book,
            lambda: self._sync.gateway,
            self._clock,
            new_link_id,
            self.post,
            self._publisher.now,
            recorder.journal if recorder else None,
        )
        self._history_days = history_days
        self._forms = Forms()
        self.bot_files = BotFiles(self._book, recorder, self._clock)

    # ---- life -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Feed the book until cancelled. An error that is not the exchange's ends it: the caller shows it."""
        try:
            if self._recorder:
                await self._recorder.recall_commands(self._book)
                self._publisher.now()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._consume(), name="book")
                if self._recorder:
                    tasks.create_task(self._recorder.run(), name="recorder")
                    tasks.create_task(self._recorder.tend(), name="store")
                    tasks.create_task(self._back_fill(self._recorder), name="back-fill")
                tasks.create_task(self._sync.run(), name="sync")
                tasks.create_task(self._resolve(), name="resolver")
                tasks.create_task(self._guard(), name="guards")
                tasks.create_task(self.bot_files.run(), name="bot file")
        finally:
            await self.close()

    async def close(self) -> None:
        """Close connections; safe twice."""
        self._publisher.stop()
        await self._sync.close()
        if self._recorder:
            await self._recorder.close()

    async def _back_fill(self, recorder: Recorder) -> None:
        """Once the first baseline is here, fetch what of the past is missing on disk."""
        await self.until(lambda s: s.links.reconciled_ms is not None, None)
        work = BackFill(
            self._book, recorder, lambda: self._sync.gateway, self._clock, self._on_backfill, self._history_days
        )
        await work.run(CATEGORIES)

    def _on_backfill(self, progress: Backfill) -> None:
        self._book.set_backfill(progress)
        self._publisher.soon()

    async def _consume(self) -> None:
        """The one consumer: apply everything that waits, then publish once."""
        while True:
            await self._take(await self._inbox.get())
            while not self._inbox.is_empty:
                await self._take(await self._inbox.get())
            self._publisher.soon()

    async def _take(self, event: Event) -> None:
        """Apply one event; a first baseline may be long, and the windows get their turns meanwhile."""
        if isinstance(event, BaselineTaken):
            for _ in self._book.baseline_steps(event):
                await asyncio.sleep(0)
        else:
            self._book.apply(event)
        self._inbox.done()

    async def _guard(self) -> None:
        while True:
            await asyncio.sleep(GUARDS_EVERY_S)
            if self._book.has_baseline:
                # Between two passes the polls clean up.
                self._check_guards()

    async def _resolve(self) -> None:
        while True:
            await asyncio.sleep(RESOLVE_EVERY_S)
            if self._book.commands.open() and not self._sync.is_refused:
                await self._actions.resolve()

    # ---- events in, snapshots out ---------------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Queue a fact for the book; from any thread. Order is kept per thread."""
        self._inbox.put(event)

    def tell(self, line: AuditEvent) -> None:
        """Enter a line of somebody else, such as the store, into the trail; on the loop."""
        self._book.enter(line)
        self._publisher.soon()

    def _on_notice(self, line: AuditEvent) -> None:
        if self._recorder:
            self._recorder.keep(line)
        self._subscribers.tell_line(line)
        if line.code == "position_closed" and line.key is not None:
            self._sync.position_closed(line.key)
        elif line.code == "command_refused":
            self._sync.command_refused(line.details.get("ret_code"))

    def _on_failing_subscriber(self, kind: str, name: str) -> None:
        # Later: the line that it failed on is still being told to the others.
        self._loop.call_soon(self._note_failing_subscriber, kind, name)

    def _note_failing_subscriber(self, kind: str, name: str) -> None:
        self._book.note("subscriber_failed", "warning", listens_to=kind, name=name)
        self._publisher.soon()

    @property
    def subscriber_failures(self) -> int:
        """How often a subscriber's callback failed; each one's first failure is a line of the trail."""
        return self._subscribers.failures

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which everything is written."""
        return self._loop

    @property
    def snapshot(self) -> Snapshot:
        """The newest frozen state; from any thread, without waiting."""
        return self._publisher.snapshot

    def subscribe(self, kind: str, callback: Callback) -> Callable[[], None]:
        """Call back on the loop: ``snapshot`` with each Snapshot, all other kinds with each AuditEvent, in order.

        From any thread. A callback that fails is counted, shown in the trail once, and stops nobody.
        Returns:
            A function that ends the subscription.
        Raises:
            BadValue: unknown kind.
        """
        return self._subscribers.add(kind, callback)

    async def until(self, predicate: Callable[[Snapshot], bool], timeout_s: float | None = 10.0) -> Snapshot:
        """Wait for a published snapshot that fits; the present one counts. None waits without end.

        Raises:
            TimeoutError: none did in time.
        """
        return await self._publisher.until(predicate, timeout_s)

    # ---- reading --------------------------------------------------------------------------------------------------

    def get_position(self, key: PositionKey) -> Position | None:
        """The open position under a key."""
        return next((p for p in self.snapshot.positions if p.key == key), None)

    def get_positions_for_symbol(self, symbol: str) -> tuple[Position, ...]:
        """Open positions of a symbol, given as ``HIGHUSDT`` or ``HIGH/USDT:USDT``; both legs in hedge mode."""
        wanted = self._bybit_symbol(symbol)
        return tuple(p for p in self.snapshot.positions if p.symbol == wanted)

    def get_all_positions(self) -> tuple[Position, ...]:
        """Every open position."""
        return self.snapshot.positions

    def get_open_positions_count(self) -> int:
        """How many positions are open."""
        return len(self.snapshot.positions)

    def has_position(self, symbol: str) -> bool:
        """Whether a position is open on the symbol, either form."""
        return bool(self.get_positions_for_symbol(symbol))

    def get_closed_trades(
        self, before_ms: int | None = None, limit: int = 100, symbol: str | None = None
    ) -> tuple[ClosedTrade, ...]:
        """Closed lives known to this session, newest first, closed before a time."""
        wanted = self._bybit_symbol(symbol) if symbol else None
        trades: Iterable[ClosedTrade] = self.snapshot.closed_trades
        found = [t for t in trades if (before_ms is None or t.closed_ms < before_ms) and wanted in {None, t.symbol}]
        return tuple(found[: max(0, limit)])

    async def get_closed_page(
        self, before: TradeKey | None = None, limit: int = 256, filters: TradeFilter | None = None
    ) -> TradePage:
        """A page of all closed lives kept on disk, newest first, and the key of the next page.

        Raises:
            StoreError: this manager keeps no history, or its file cannot be read now.
        """
        if self._recorder is None:
            raise StoreError("store_closed")
        return await self._recorder.closed_trades_page(before, limit, filters)

    async def get_period_report(self, period: str) -> PeriodReport:
        """Statistics of a period by day and symbol; see core.period_reports.read. Raises BadValue, StoreError."""
        return await period_reports.read(period, self.snapshot, self._recorder, self._clock.now_ms())

    @property
    def closed_history(self) -> ClosedHistory:
        """All closed lives on disk, in any order and selection, for tables and exports.

        Raises:
            StoreError: this manager keeps no history, or its file is not open now.
        """
        if self._recorder is None:
            raise StoreError("store_closed")
        return self._recorder.closed_history

    def get_session_summary(self, period: str = "start") -> SessionSummary:
        """Statistics of a period: start (with what is open now), today, 7d.

        Raises:
            BadValue: unknown period.
        """
        if period == "start":
            return self.snapshot.session
        if period not in self.snapshot.sessions:
            raise BadValue("unknown_period", field="period", value=period)
        return self.snapshot.sessions[period]

    def get_market_limits(self, symbol: str, category: str = "linear") -> Instrument:
        """The limits in force of a contract; ``HIGH/USDT:USDT`` tells its category by itself.

        Raises:
            BadValue: the symbol is not known.
        """
        found = self._forms.contract(self.snapshot.instruments, symbol) or (category, symbol)
        instrument = self.snapshot.instruments.get(found)
        if instrument is None:
            raise BadValue("no_instrument", field="symbol", value=symbol)
        return instrument

    def _bybit_symbol(self, symbol: str) -> str:
        """``HIGH/USDT:USDT`` → ``HIGHUSDT``; other texts stay as they are."""
        found = self._forms.contract(self.snapshot.instruments, symbol) if "/" in symbol else None
        return found[1] if found else symbol

    # ---- acting ---------------------------------------------------------------------------------------------------

    async def submit(self, intent: Intent) -> Command:
        """Check again, send once; see core.actions.Actions.submit."""
        command = await self._actions.submit(intent)
        if isinstance(intent, ClosePosition) and intent.reason != MANUAL and command.order_link_id:
            await self.register_partial_exit(command.order_link_id, intent.reason)
        return command

    async def submit_all(self, intents: Iterable[Intent]) -> tuple[Outcome, ...]:
        """Submit several, a few at a time, in order; one that is refused does not stop the others."""
        return await batches.submit_all(intents, self.submit)

    async def retry(self, command_id: str) -> Command:
        """Send a command without a trace again, under the same id; see core.actions.Actions.retry."""
        return await self._actions.retry(command_id)

    def validate_and_cap_amount(self, symbol: str, qty: Decimal, price: Decimal | None = None) -> CappedAmount:
        """Fit a quantity to the contract's limits in force; see core.limits.cap_amount.

        Raises:
            BadValue: the symbol is not known, or nothing valid is left.
        """
        return cap_amount(self.get_market_limits(symbol), qty, price)

    def validate_position_parameters(
        self, symbol: str, qty: Decimal, leverage: Decimal, stop_loss_pct: Decimal | None = None
    ) -> tuple[Issue, ...]:
        """Every reason against opening such a position now; empty when there is none."""
        return check_new_position(
            self.snapshot,
            self.get_market_limits(symbol),
            qty=qty,
            leverage=leverage,
            stop_loss_pct=stop_loss_pct,
            max_positions=self.max_concurrent_positions,
        )

    async def close_position(self, key: PositionKey, qty: Decimal | None = None, reason: str = "manual") -> Command:
        """Close a position at market, all of it when no quantity is given.

        Raises:
            BadValue: no such position, or the check refuses.
        """
        return await self.submit(close_of(self._require(key), reason, qty))

    async def update_targets(
        self,
        key: PositionKey,
        *,
        stop_loss: Decimal | None = None,
        take_profit: Decimal | None = None,
        trailing_stop: Decimal | None = None,
        reason: str = "manual",
    ) -> Command:
        """Move the stops of the entire position; None leaves one as it is, 0 removes it.

        Raises:
            BadValue: no such position, or the check refuses.
        """
        stops = {"stop_loss": stop_loss, "take_profit": take_profit, "trailing_stop": trailing_stop}
        return await self.submit(stops_of(self._require(key), reason, **stops))

    async def undo_stops(self, key: PositionKey) -> Command:
        """Bring the stops from before this desk's last edit back, if nobody changed them since and they still fit.

        Raises:
            BadValue: ``nothing_to_undo``, or the check refuses.
        """
        intent = undo_of(self.snapshot, key)
        if intent is None:
            raise BadValue("nothing_to_undo", field="", symbol=key.symbol)
        return await self.submit(intent)

    async def close_all(self, chosen: CloseAll | None = None) -> tuple[Outcome, ...]:
        """Close every position that the filter selects now, all of them without one; each is a command of its own.

        Returns:
            One outcome per position (and per order, with ``cancel_orders``), in the order of sending.
        Raises:
            BadValue: nothing is selected, or trading is locked.
        """
        return await self._submit_batch(chosen or CloseAll())

    async def cancel_orders(self, chosen: CancelOrders) -> tuple[Outcome, ...]:
        """Cancel every open order that the filter selects now; each is a command of its own. As :meth:`close_all`."""
        return await self._submit_batch(chosen)

    async def _submit_batch(self, batch: Batch) -> tuple[Outcome, ...]:
        for issue in check(batch, self.snapshot):
            raise BadValue(issue.code, field=issue.field)
        return await self.submit_all(expand(batch, self.snapshot))

    async def amend_order(
        self,
        order: Order,
        *,
        qty: Decimal | None = None,
        price: Decimal | None = None,
        trigger_price: Decimal | None = None,
        reason: str = "manual",
    ) -> Command:
        """Change an open order: whole quantity, limit price or trigger price; None leaves a value.

        Raises:
            BadValue: the check refuses.
        """
        intent = AmendOrder(
            symbol=order.symbol,
            position_idx=order.position_idx,
            category=order.category,
            order_id=order.order_id,
            qty=qty,
            price=price,
            trigger_price=trigger_price,
            reason=reason,
        )
        return await self.submit(intent)

    async def set_leverage(
        self, symbol: str, leverage: Decimal, *, category: str = "linear", reason: str = "manual"
    ) -> Command:
        """Set a contract's leverage, the same for both sides. Raises BadValue: the check refuses."""
        symbol = self._bybit_symbol(symbol)
        return await self.submit(SetLeverage(symbol=symbol, leverage=leverage, category=category, reason=reason))

    async def open_position(self, intent: OpenPosition, timeout_s: float = 10.0) -> Command:
        """Open a position, for bots: check, set position mode and leverage, send, and wait for evidence.

        Args:
            intent: its ``position_idx`` says the position mode; ``symbol`` in either form.
            timeout_s: how long to wait for the verdict.
        Returns:
            The command: ``done`` with ``filled_qty`` once the exchange proves it, otherwise as it stands by then. Never
            repeat one that is unknown: ``retry`` it.
        Raises:
            BadValue: the check refuses, or ``too_many_positions`` (``max_concurrent_positions``).
        """
        intent = replace(intent, symbol=self._bybit_symbol(intent.symbol))
        for issue in check_count(self.snapshot, self.max_concurrent_positions):
            raise BadValue(issue.code, field=issue.field, **issue.details)
        command = await self.submit(intent)
        return await self.verdict(command.command_id, timeout_s)

    async def verdict(self, command_id: str, timeout_s: float | None = 10.0) -> Command:
        """The command once it has its verdict, or as it stands when the time is over."""
        with contextlib.suppress(TimeoutError):
            await self.until(lambda s: not any(c.is_open and c.command_id == command_id for c in s.commands), timeout_s)
        return self._book.commands.get(command_id)

    async def prepare_exit(self, timeout_s: float = 10.0) -> tuple[Command, ...]:
        """Take no more commands, and give those under way time for their verdicts; before the program ends.

        Returns:
            What is still without a verdict. The journal holds it as unknown, and the next start finds out.
        """
        self._actions.is_leaving = True
        try:
            await self.until(lambda s: not any(c.is_open for c in s.commands), timeout_s)
        except TimeoutError:
            left = self._actions.leave()
            self._publisher.now()
            return left
        except asyncio.CancelledError:
            # Whoever asked has changed his mind.
            self._actions.is_leaving = False
            raise
        return ()

    async def register_partial_exit(self, order_link_id: str, reason: str) -> None:
        """Name the reason of an exit that executions show, and keep the name. It invents nothing."""
        self._book.label_exit(order_link_id, reason)
        self._publisher.soon()
        if self._recorder:
            await self._recorder.store.set_label(order_link_id, reason)

    def set_armed(self, is_armed: bool) -> None:
        """Allow or withhold actions; on the loop. LIVE starts locked; a key that may only look stays locked."""
        if is_armed and self.snapshot.is_read_only:
            self._book.note("arming_refused", "warning", reason="read_only")
            is_armed = False
        if is_armed != self._book.snapshot().is_armed:
            self._book.note("trading_armed" if is_armed else "trading_locked")
        self._book.set_armed(is_armed)
        self._publisher.now()

    def set_pace(self, *, positions_s: float, wallet_s: float, reconcile_s: float) -> None:
        """Read at other intervals from now on, in seconds; see core.settings.paces_of. On the loop."""
        self._sync.set_pace(positions_s, wallet_s, reconcile_s)

    def _require(self, key: PositionKey) -> Position:
        position = self.get_position(key)
        if position is None:
            raise BadValue("position_gone", field="", symbol=key.symbol)
        return position

    # ---- asking ---------------------------------------------------------------------------------------------------

    @property
    def _gateway(self) -> Gateway:
        return self._sync.gateway

    async def reconcile_positions(self) -> tuple[Discrepancy, ...]:
        """Take a full baseline now and settle every difference.

        Returns:
            Each difference with what was done and on what evidence; each is a line of the audit trail, too.
        Raises:
            ExchangeError: the exchange could not be read in full; nothing was concluded.
        """
        found = await self._sync.reconcile()
        self._check_guards()
        return found

    async def reconcile(self) -> None:
        """As :meth:`reconcile_positions`, for who reads the result in the events (F5)."""
        await self.reconcile_positions()

    async def sync_with_bybit(self) -> SyncResult:
        """Read all positions now: adopt new ones, ask by name for missing ones. Raises ExchangeError."""
        before = self.snapshot.positions
        await self._sync.sync_positions()
        self._publisher.now()
        return changes(before, self.snapshot.positions)

    async def update_positions(self) -> tuple[Alert, ...]:
        """One pass over the account: the clean-up first, then the guards, so that nothing is said about what is gone.

        The clean-up reads positions and orders, asks by name about positions that the lists lack, and removes stop
        orders of this desk that protect nothing. Where it cannot read, the guards judge what is known.
        Returns:
            What goes off now.
        """
        await self._sync.clean_up()
        return self._check_guards()

    def _check_guards(self) -> tuple[Alert, ...]:
        alerts = guards.check(self._book.snapshot(), self.guard_settings, self._clock.now_ms())
        self._book.set_alerts(alerts)
        self._publisher.now()
        return alerts

    async def fetch_order_book(self, key: PositionKey, depth: int = 50) -> OrderBook:
        """The order book of a position's contract, now."""
        return await self._gateway.fetch_order_book(key.category, key.symbol, depth)

    async def fetch_candles(
        self, key: PositionKey, interval: str, limit: int = 200, end_ms: int | None = None
    ) -> tuple[Candle, ...]:
        """Candles of a position's contract, oldest first, until ``end_ms`` or now. ``interval`` as Bybit's kline."""
        return await self._gateway.fetch_candles(key.category, key.symbol, interval, limit, end_ms)

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


def _keep_nothing(record: object) -> None:
    """A manager without a recorder remembers only what the exchange tells it."""
