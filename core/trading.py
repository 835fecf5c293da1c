"""Acting on an account: the manager's methods that check an intent, send it and wait for its evidence.

Each is a method of core.manager's PositionManager and is written as a function of it, to be called on its loop. What is
sent, and how it is proven, is core.actions'.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from msgspec.structs import replace

from core import batches
from core.batches import Outcome
from core.engine import HasEngine
from core.errors import BadValue, Unreachable
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
from core.model import Command, Order, Position, PositionKey
from core.recorder import ExitLabel
from core.views import bybit_symbol, get_market_limits, get_position

# The reason that needs no label of its own on an exit.
MANUAL = "manual"


async def submit(desk: HasEngine, intent: Intent) -> Command:
    """Check again, send once; see core.actions.Actions.submit.

    What it raises means that nothing was sent; so the reason of an exit is written behind, whatever the disk does.
    """
    command = await desk.engine.actions.submit(intent)
    if isinstance(intent, ClosePosition) and intent.reason != MANUAL and command.order_link_id:
        desk.engine.book.label_exit(command.order_link_id, intent.reason)
        desk.engine.publisher.soon()
        if desk.engine.recorder:
            desk.engine.recorder.keep(ExitLabel(command.order_link_id, intent.reason))
    return command


async def submit_all(desk: HasEngine, intents: Iterable[Intent]) -> tuple[Outcome, ...]:
    """Submit several, a few at a time, in order; one that is refused does not stop the others."""
    return await batches.submit_all(intents, partial(submit, desk))


async def retry(desk: HasEngine, command_id: str) -> Command:
    """Send a command without a trace again, under the same id; see core.actions.Actions.retry."""
    return await desk.engine.actions.retry(command_id)


def validate_and_cap_amount(desk: HasEngine, symbol: str, qty: Decimal, price: Decimal | None = None) -> CappedAmount:
    """Fit a quantity to the contract's limits in force; see core.limits.cap_amount.

    Raises:
        BadValue: the symbol is not known, or nothing valid is left.
    """
    return cap_amount(get_market_limits(desk, symbol), qty, price)


def validate_position_parameters(
    desk: HasEngine, symbol: str, qty: Decimal, leverage: Decimal, stop_loss_pct: Decimal | None = None
) -> tuple[Issue, ...]:
    """Every reason against opening such a position now; empty when there is none."""
    return check_new_position(
        desk.engine.snapshot,
        get_market_limits(desk, symbol),
        qty=qty,
        leverage=leverage,
        stop_loss_pct=stop_loss_pct,
        max_positions=desk.engine.max_positions,
    )


async def close_position(
    desk: HasEngine, key: PositionKey, qty: Decimal | None = None, reason: str = "manual"
) -> Command:
    """Close a position at market, all of it when no quantity is given.

    Raises:
        BadValue: no such position, or the check refuses.
    """
    return await submit(desk, close_of(_require(desk, key), reason, qty))


async def update_targets(
    desk: HasEngine,
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
    return await submit(desk, stops_of(_require(desk, key), reason, **stops))


async def undo_stops(desk: HasEngine, key: PositionKey) -> Command:
    """Bring the stops from before this desk's last edit back, if nobody changed them since and they still fit.

    Raises:
        BadValue: ``nothing_to_undo``, or the check refuses.
    """
    intent = undo_of(desk.engine.snapshot, key)
    if intent is None:
        raise BadValue("nothing_to_undo", field="", symbol=key.symbol)
    return await submit(desk, intent)


async def close_all(desk: HasEngine, chosen: CloseAll | None = None) -> tuple[Outcome, ...]:
    """Close every position that the filter selects now, all of them without one; each is a command of its own.

    Returns:
        One outcome per position (and per order, with ``cancel_orders``), in the order of sending.
    Raises:
        BadValue: nothing is selected, or trading is locked.
    """
    return await _submit_batch(desk, chosen or CloseAll())


async def cancel_orders(desk: HasEngine, chosen: CancelOrders) -> tuple[Outcome, ...]:
    """Cancel every open order that the filter selects now; each is a command of its own. As :meth:`close_all`."""
    return await _submit_batch(desk, chosen)


async def _submit_batch(desk: HasEngine, batch: Batch) -> tuple[Outcome, ...]:
    for issue in check(batch, desk.engine.snapshot):
        raise BadValue(issue.code, field=issue.field)
    return await submit_all(desk, expand(batch, desk.engine.snapshot))


async def amend_order(
    desk: HasEngine,
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
    return await submit(desk, intent)


async def set_leverage(
    desk: HasEngine, symbol: str, leverage: Decimal, *, category: str = "linear", reason: str = "manual"
) -> Command:
    """Set a contract's leverage, the same for both sides. Raises BadValue: the check refuses."""
    symbol = bybit_symbol(desk, symbol)
    return await submit(desk, SetLeverage(symbol=symbol, leverage=leverage, category=category, reason=reason))


async def open_position(desk: HasEngine, intent: OpenPosition, timeout_s: float = 10.0) -> Command:
    """Open a position, for bots: check, set position mode and leverage, send, and wait for evidence.

    Args:
        intent: its ``position_idx`` says the position mode; ``symbol`` in either form.
        timeout_s: how long to wait for the verdict.
    Returns:
        The command: ``done`` with ``filled_qty`` once the exchange proves it, otherwise as it stands by then. Never
        repeat one that is unknown: ``retry`` it.
    Raises:
        BadValue: the check refuses, or ``too_many_positions`` (``max_concurrent_positions``).
        Unreachable: ``not_connected``: it is not known yet what is open, nor what the key may do.
    """
    if desk.engine.book.awaits_baseline:
        raise Unreachable("not_connected")
    intent = replace(intent, symbol=bybit_symbol(desk, intent.symbol))
    for issue in check_count(desk.engine.snapshot, desk.engine.max_positions):
        raise BadValue(issue.code, field=issue.field, **issue.details)
    command = await submit(desk, intent)
    return await verdict(desk, command.command_id, timeout_s)


async def verdict(desk: HasEngine, command_id: str, timeout_s: float | None = 10.0) -> Command:
    """The command once it has its verdict, or as it stands when the time is over."""
    with contextlib.suppress(TimeoutError):
        await desk.engine.publisher.until(
            lambda s: not any(c.is_open and c.command_id == command_id for c in s.commands), timeout_s
        )
    return desk.engine.book.commands.get(command_id)


async def prepare_exit(desk: HasEngine, timeout_s: float = 10.0) -> tuple[Command, ...]:
    """Take no more commands, and give those under way time for their verdicts; before the program ends.

    Returns:
        What is still without a verdict. The journal holds it as unknown, and the next start finds out.
    """
    desk.engine.actions.is_leaving = True
    try:
        await desk.engine.publisher.until(lambda s: not any(c.is_open for c in s.commands), timeout_s)
    except TimeoutError:
        left = desk.engine.actions.leave()
        desk.engine.publisher.now()
        return left
    except asyncio.CancelledError:
        # Whoever asked has changed his mind.
        desk.engine.actions.is_leaving = False
        raise
    return ()


async def register_partial_exit(desk: HasEngine, order_link_id: str, reason: str) -> None:
    """Name the reason of an exit that executions show, and keep the name. It invents nothing.

    Raises:
        StoreError: it could not be kept; this run knows it.
    """
    desk.engine.book.label_exit(order_link_id, reason)
    desk.engine.publisher.soon()
    if desk.engine.recorder:
        await desk.engine.recorder.store.set_label(order_link_id, reason)


def set_armed(desk: HasEngine, is_armed: bool) -> None:
    """Allow or withhold actions; on the loop. LIVE starts locked; a key that may only look stays locked."""
    if is_armed and desk.engine.snapshot.is_read_only:
        desk.engine.book.note("arming_refused", "warning", reason="read_only")
        is_armed = False
    if is_armed != desk.engine.book.snapshot().is_armed:
        desk.engine.book.note("trading_armed" if is_armed else "trading_locked")
    desk.engine.book.set_armed(is_armed)
    desk.engine.publisher.now()


def _require(desk: HasEngine, key: PositionKey) -> Position:
    position = get_position(desk, key)
    if position is None:
        raise BadValue("position_gone", field="", symbol=key.symbol)
    return position
