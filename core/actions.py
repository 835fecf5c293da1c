"""Carry out commands: check, send once, and find out what became of it. Never resends; an unknown outcome is asked for.

The exchange's answer to a command only means "accepted". The verdict comes from its evidence: an order in a closed
status, a position row that shows the stops as asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.errors import AppError, AuthFailed, BadValue, OutcomeUnknown, RateLimited, Rejected, Unreachable
from core.events import Event, ExecutionReported, OrderReported, PositionReported
from core.intents import CancelOrder, ClosePosition, Intent, SetTradingStop, check
from core.model import LONG, SHORT, Command, Position, PositionKey

# A row older than this is read again before it is acted on; if that fails, a row older than MAX_AGE_S is refused.
FRESH_S = 2.0
MAX_AGE_S = 10.0
# Bybit admits no copy of a request later than recv_window + 1 s; after that, three complete look-ups without a trace.
NO_TRACE_AFTER_MS = 13_000
SWEEPS = 3
# The stream usually answers first; ask only when it did not.
ASK_AFTER_MS = 2_000


class Actions:
    """One account's commands. ``gateway`` is asked for at each use, because a reconnect may replace it."""

    def __init__(
        self,
        book: PositionBook,
        gateway: Callable[[], Gateway],
        clock: Clock,
        new_link_id: Callable[[], str],
        post: Callable[[Event], None],
        publish: Callable[[], None],
        journal: Callable[[Command, Intent], Awaitable[None]] | None = None,
    ) -> None:
        self._book = book
        self._gateway = gateway
        self._clock = clock
        self._new_link_id = new_link_id
        self._post = post
        self._publish = publish
        self._journal = journal
        self._sweeps: dict[str, int] = {}

    async def submit(self, intent: Intent) -> Command:
        """Check once more, send once.

        Returns:
            The command, accepted, refused or unknown; its verdict appears in later snapshots.
        Raises:
            BadValue: the intent does not pass the check now; nothing was sent.
            Unreachable: the position's row is too old to act on and cannot be read; nothing was sent.
            StoreError: the intent could not be brought to the disk; nothing was sent.
            StoreError: the intent could not be journalled; nothing was sent.
        """
        await self._refresh(intent)
        issues = check(intent, self._book.snapshot())
        if issues:
            first = issues[0]
            raise BadValue(first.code, field=first.field, nearest=first.nearest, **first.details)
        link_id = self._new_link_id()
        command_id = link_id
        order_link_id = link_id if isinstance(intent, ClosePosition) else None
        command = self._book.commands.start(command_id, intent, self._clock.now_ms(), order_link_id)
        self._publish()
        await self._enter(command, intent)
        self._book.command_changed(command)
        await self._send(command_id, intent)
        self._publish()
        return self._book.commands.get(command_id)

    async def _enter(self, command: Command, intent: Intent) -> None:
        """Bring the intent to the disk before a byte is sent; what cannot be journalled is not sent."""
        if self._journal is None:
            return
        try:
            await self._journal(command, intent)
        except AppError as error:
            self._book.commands.forget(command.command_id)
            self._book.note("command_not_journalled", "error", command.key, kind=command.kind, reason=error.code)
            self._publish()
            raise

    async def _refresh(self, intent: Intent) -> None:
        if isinstance(intent, CancelOrder):
            return
        held = next((p for p in self._book.open_positions if p.key == intent.key), None)
        age = self._clock.monotonic() - held.received_mono if held else 0.0
        if age <= FRESH_S:
            return
        try:
            await self._ask_position(intent.key)
        except (Unreachable, AuthFailed, RateLimited):
            if age > MAX_AGE_S:
                raise

    async def _ask_position(self, key: PositionKey) -> None:
        """Read the rows of one symbol by name and apply them at once (not through the queue: we decide on them now)."""
        started = self._clock.monotonic()
        for row in await self._gateway().fetch_position(key.category, key.symbol):
            self._book.apply(PositionReported(row, "rest", started))

    async def _send(self, command_id: str, intent: Intent) -> None:
        try:
            await self._call(command_id, intent)
        except Rejected as error:
            self._move(command_id, "refused", error.ret_code, error.ret_msg)
        except (RateLimited, AuthFailed) as error:
            self._move(command_id, "refused", detail=error.code)
        except OutcomeUnknown as error:
            self._move(command_id, "unknown", detail=error.code)
        else:
            self._move(command_id, "accepted")

    async def _call(self, command_id: str, intent: Intent) -> None:
        gateway = self._gateway()
        match intent:
            case ClosePosition():
                await self._close(gateway, command_id, intent)
            case SetTradingStop():
                await gateway.set_trading_stop(
                    category=intent.category,
                    symbol=intent.symbol,
                    position_idx=intent.position_idx,
                    take_profit=intent.take_profit,
                    stop_loss=intent.stop_loss,
                    trailing_stop=intent.trailing_stop,
                    active_price=intent.active_price,
                    trigger_by=intent.trigger_by,
                )
            case CancelOrder():
                self._book.commands.order_ids[command_id] = intent.order_id
                await gateway.cancel_order(category=intent.category, symbol=intent.symbol, order_id=intent.order_id)

    async def _close(self, gateway: Gateway, command_id: str, intent: ClosePosition) -> None:
        position = self._held(intent.key)
        await gateway.create_order(
            category=intent.category,
            symbol=intent.symbol,
            side=SHORT if position.side == LONG else LONG,
            qty=intent.qty,
            order_type=intent.order_type,
            price=intent.price,
            reduce_only=True,
            position_idx=intent.position_idx,
            order_link_id=command_id,
        )

    def _held(self, key: PositionKey) -> Position:
        return next(p for p in self._book.open_positions if p.key == key)

    def _move(self, command_id: str, state: str, ret_code: int | None = None, detail: str = "") -> None:
        moved = self._book.commands.move(command_id, state, ret_code, detail)
        if moved:
            self._book.command_changed(moved)
            if not moved.is_open:
                self._sweeps.pop(command_id, None)

    async def resolve(self) -> None:
        """One sweep over the commands whose verdict is due: ask the exchange for each by its own id."""
        now_ms = self._clock.now_ms()
        for command in self._book.commands.open():
            is_due = command.state == "unknown" or now_ms - command.created_ms >= ASK_AFTER_MS
            if command.state == "sending" or not is_due:
                continue
            try:
                found = await self._look_up(command)
            except AppError:
                # An error is not an absence: this sweep does not count.
                continue
            if not found:
                self._count_sweep(command)
        self._publish()

    async def _look_up(self, command: Command) -> bool:
        """Whether the exchange knows the command; evidence found is posted or applied."""
        if command.kind == "close" and command.order_link_id:
            return await self._look_up_order(command, command.order_link_id)
        if command.kind == "stops":
            await self._ask_position(command.key)
        else:
            await self._look_up_cancel(command)
        return not self._book.commands.get(command.command_id).is_open

    async def _look_up_order(self, command: Command, link_id: str) -> bool:
        gateway, category = self._gateway(), command.key.category
        order = await gateway.fetch_order(category, command.key.symbol, link_id)
        executions = await gateway.fetch_executions_of(category, link_id)
        for execution in executions:
            self._post(ExecutionReported(execution, "rest"))
        if order:
            self._book.apply(OrderReported(order, "rest"))
        if executions or order:
            await self._ask_position(command.key)
        return order is not None or bool(executions)

    async def _look_up_cancel(self, command: Command) -> None:
        """A cancelled order is missing from a complete list of the open ones."""
        order_id = self._book.commands.order_ids[command.command_id]
        held = next((o for o in self._book.snapshot().orders if o.order_id == order_id), None)
        settle = None if command.key.category == "inverse" else self._settle_coin(command.key)
        orders = await self._gateway().fetch_open_orders(command.key.category, settle)
        if held is None or all(o.order_id != order_id for o in orders):
            self._move(command.command_id, "done", detail="not_open")

    def _settle_coin(self, key: PositionKey) -> str:
        instrument = self._book.snapshot().instrument(key)
        return instrument.settle_coin if instrument else "USDT"

    def _count_sweep(self, command: Command) -> None:
        if command.state == "accepted" and command.kind == "close":
            # Accepted but nowhere to be seen yet: lists may lag; the order exists, so keep looking.
            return
        count = self._sweeps[command.command_id] = self._sweeps.get(command.command_id, 0) + 1
        if count >= SWEEPS and self._clock.now_ms() - command.created_ms >= NO_TRACE_AFTER_MS:
            self._move(command.command_id, "no_trace")
