"""Find out what became of a command: ask the exchange by the command's own ids, in every place that could know.

One look-up is complete or raises; only complete ones without a trace are counted, and never is absence a refusal.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct

from core.book import PositionBook
from core.bybit.gateway import Gateway
from core.clock import Clock
from core.errors import Rejected
from core.events import Event, ExecutionReported, OrderReported, PositionReported
from core.intents import PARTIAL, AmendOrder, CancelOrder, Intent, SetLeverage, SetTradingStop
from core.model import Command, Order, PositionKey

# Bybit admits no copy of a request later than the send's time-out of 8 s (recv_window 5 s + 1 s + 2 s); its lists may
# lag by 5 s. RELIABILITY 3.1, step 5.
NO_TRACE_AFTER_S = 13.0
# A partial stop has no id of its own that a second one would collide with: nothing but time tells that it is dead.
UNNAMED_AFTER_S = 30.0
SWEEPS, SWEEPS_OVER_S = 3, 10.0
# What Bybit answers to a question about a contract that it does not know, among other things.
UNKNOWN_CONTRACT = 10001


class _Search(Struct):
    """The look-ups of one command since it was sent last."""

    sent_mono: float
    sweeps: int = 0
    first_mono: float = 0.0


class Resolver:
    """Looks commands up and counts the look-ups that found nothing.

    Args:
        gateway: asked for at each use, because a reconnect may replace it.
        post: hands executions to the book's queue.
    """

    def __init__(
        self, book: PositionBook, gateway: Callable[[], Gateway], clock: Clock, post: Callable[[Event], None]
    ) -> None:
        self._book = book
        self._gateway = gateway
        self._clock = clock
        self._post = post
        self._searches: dict[str, _Search] = {}

    def began(self, command_id: str) -> None:
        """A command is being sent now: what was searched for before says nothing about this copy."""
        open_ones = {command.command_id for command in self._book.commands.open()}
        self._searches = {name: search for name, search in self._searches.items() if name in open_ones}
        self._searches[command_id] = _Search(self._clock.monotonic())

    def waited_ms(self, command_id: str) -> float:
        """How long ago a command was sent last in this run, whatever the wall clock says."""
        search = self._searches.get(command_id)
        return math.inf if search is None else (self._clock.monotonic() - search.sent_mono) * 1000

    def count(self, command: Command, intent: Intent | None) -> bool:
        """Note a complete look-up without a trace; whether that makes enough of them, long enough after sending."""
        now = self._clock.monotonic()
        search = self._searches.setdefault(command.command_id, _Search(now))
        search.sweeps += 1
        if search.sweeps == 1:
            search.first_mono = now
        is_unnamed = isinstance(intent, SetTradingStop) and intent.tpsl_mode == PARTIAL
        after_s = UNNAMED_AFTER_S if is_unnamed else NO_TRACE_AFTER_S
        is_spread = search.sweeps >= SWEEPS and now - search.first_mono >= SWEEPS_OVER_S
        return is_spread and now - search.sent_mono >= after_s

    async def look_up(self, command: Command) -> bool:
        """One complete look-up.

        Returns:
            Whether the exchange knows the command; evidence was applied or posted.
        Raises:
            ExchangeError, BadFrame: a place could not be read: an error is not an absence.
        """
        try:
            return await self._look_up(command)
        except Rejected as error:
            if error.ret_code != UNKNOWN_CONTRACT or not self._is_delisted(command.key):
                raise
        # No list can be asked for by its name any more, and nothing can happen there: what executions said is all.
        command = self._book.commands.get(command.command_id)
        return not command.is_open or bool(command.filled_qty)

    def _is_delisted(self, key: PositionKey) -> bool:
        return self._book.has_baseline and self._book.snapshot().instrument(key) is None

    async def _look_up(self, command: Command) -> bool:
        intent = self._book.commands.intent(command.command_id)
        if command.kind in {"close", "open"} and command.order_link_id:
            return await self._look_up_placed(command, command.order_link_id)
        if isinstance(intent, CancelOrder | AmendOrder):
            await self._look_up_named(intent)
        elif isinstance(intent, SetTradingStop | SetLeverage):
            is_partial = isinstance(intent, SetTradingStop) and intent.tpsl_mode == PARTIAL
            if is_partial or self._book.commands.waits_for_orders(command.command_id):
                await self._look_up_legs(command)
            await self.ask_position(command.key)
        # An intent of an earlier run that cannot be read leaves nothing to look for but its ids.
        return not self._book.commands.get(command.command_id).is_open

    async def ask_position(self, key: PositionKey, *, is_urgent: bool = False) -> None:
        """Read the rows of one symbol by name and apply them at once (not through the queue: they decide now)."""
        started = self._clock.monotonic()
        for row in await self._gateway().fetch_position(key.category, key.symbol, is_urgent=is_urgent):
            self._book.apply(PositionReported(row, "rest", started))

    async def _look_up_placed(self, command: Command, link_id: str) -> bool:
        gateway, category = self._gateway(), command.key.category
        executions = await gateway.fetch_executions_of(category, link_id)
        for execution in executions:
            self._post(ExecutionReported(execution, "rest"))
        order = await gateway.fetch_order(category, command.key.symbol, link_id)
        if order:
            self._take(order)
        if executions or order:
            await self.ask_position(command.key)
        return order is not None or bool(executions)

    async def _look_up_named(self, intent: CancelOrder | AmendOrder) -> None:
        """Nowhere is no answer: an order that filled at once may be in no list yet, amended or not."""
        order = await self._gateway().fetch_order(intent.category, intent.symbol, order_id=intent.order_id)
        if order is not None:
            self._take(order)

    async def _look_up_legs(self, command: Command) -> None:
        for order in await self._gateway().fetch_orders_of(command.key.category, command.key.symbol):
            self._take(order)

    def _take(self, order: Order) -> None:
        """Lists lag: a row that says less than what is known proves nothing, such as a price of before an amend."""
        self._book.apply(OrderReported(order, "rest"))
