"""What a fact of the exchange proves about a command. Pure: it looks at one fact and decides nothing else.

Only evidence ends a command: an order in a closed status, executions that reach the quantity, a position row that shows
what was asked. A row that is missing somewhere proves nothing and never gets here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from core.intents import (
    LIMIT,
    PARTIAL,
    AmendOrder,
    ClosePosition,
    Intent,
    OpenPosition,
    SetLeverage,
    SetTradingStop,
)
from core.intents.stopping import LOSS_LEG, PROFIT_LEG, TRAILING
from core.model import CLOSED_ORDER_STATUSES, Command, Order, Position
from core.money import ZERO

DONE, REFUSED = "done", "refused"
CLOSED_BY_OTHER, POSITION_GONE, POSITION_CHANGED = "closed_by_other", "position_gone", "position_changed"

# So long after it was sent, a leverage in a position's row is the doing of the command that asked for it.
LEVERAGE_SHOWN_MS = 60_000


class Verdict(NamedTuple):
    """How a command ends: ``done`` or ``refused``, why, and what proves it.

    ``by_position``: the position's size says how much was closed, because no one order does.
    """

    state: str
    detail: str
    evidence: str
    by_position: bool = False


def of_placed_order(command: Command, intent: Intent | None, order: Order, position: Position | None) -> Verdict | None:
    """What the order under a close's or an opening's own id says of it.

    Args:
        position: the command's position as held now, for an order that carries less than was asked for.
    """
    evidence = f"order {order.status}"
    is_limit = isinstance(intent, ClosePosition | OpenPosition) and intent.order_type == LIMIT
    if is_limit and order.is_open:
        # A limit order has done its part once it rests in the book.
        return Verdict(DONE, order.status, evidence)
    if order.status not in CLOSED_ORDER_STATUSES:
        return None
    if not order.filled_qty:
        return Verdict(REFUSED, _why_unfilled(order), evidence)
    is_short = command.qty is not None and max(order.qty, order.filled_qty) < command.qty
    if command.kind == "close" and is_short and not is_limit:
        # Cut to what was left of the position, or one of several parts: the position tells.
        verdict = Verdict(DONE, order.status, f"{evidence}, position", by_position=True)
        return verdict if is_reduced(command, position) else None
    return Verdict(DONE, order.status, evidence)


def _why_unfilled(order: Order) -> str:
    if order.cancel_type == "CancelByReduceOnly":
        return CLOSED_BY_OTHER
    return order.reject_reason or order.status


def is_reduced(command: Command, position: Position | None) -> bool:
    """Whether the position is smaller by what the command was to close: flat, or no more than what that leaves."""
    if position is None or not position.size or command.size_before is None or command.qty is None:
        return position is None or not position.size
    return position.size <= command.size_before - command.qty


def of_executions(command: Command, intent: Intent | None, filled: Decimal) -> Verdict | None:
    """Whether the executions under a close's or an opening's own id reach its quantity."""
    if isinstance(intent, ClosePosition | OpenPosition) and command.qty is not None and filled >= command.qty:
        return Verdict(DONE, "Filled", "executions")
    return None


def of_named_order(command: Command, intent: Intent | None, order: Order) -> Verdict | None:
    """What the order that was to be cancelled or amended says of that."""
    has_ended = order.status in CLOSED_ORDER_STATUSES
    evidence = f"order {order.status}"
    if command.kind == "cancel":
        return Verdict(DONE, order.status, evidence) if has_ended else None
    if isinstance(intent, AmendOrder) and _is_amended(intent, order):
        return Verdict(DONE, order.status, evidence)
    return Verdict(REFUSED, "order_gone", evidence) if has_ended else None


def _is_amended(intent: AmendOrder, order: Order) -> bool:
    asked = ((intent.qty, order.qty), (intent.price, order.price), (intent.trigger_price, order.trigger_price))
    return all(value is None or value == held for value, held in asked)


def of_position(command: Command, intent: Intent | None, position: Position) -> Verdict | None:
    """What a row of the position, open or flat, says of a trading stop or of a leverage."""
    if isinstance(intent, SetLeverage):
        return Verdict(DONE, "", "position row") if position.leverage == intent.leverage else None
    if not isinstance(intent, SetTradingStop):
        return None
    if not position.size:
        return Verdict(REFUSED, POSITION_GONE, "flat row")
    if intent.side and position.side != intent.side:
        return Verdict(REFUSED, POSITION_CHANGED, "position row")
    if intent.tpsl_mode != PARTIAL and stops_match(intent, position):
        return Verdict(DONE, "", "position row")
    return None


def explains_leverage(command: Command, intent: Intent | None, position: Position, now_ms: int) -> bool:
    """Whether the leverage that a row shows is what a command of the last minute set; one moves both hedge legs."""
    return (
        isinstance(intent, SetLeverage | OpenPosition)
        and command.key[:2] == position.key[:2]
        and intent.leverage == position.leverage
        and command.state != REFUSED
        and now_ms - command.created_ms < LEVERAGE_SHOWN_MS
    )


def stops_match(intent: SetTradingStop, position: Position) -> bool:
    """Whether the row shows every value that the intent gave; 0 asked means none held."""

    def as_asked(asked: Decimal | None, held: Decimal | None) -> bool:
        return asked is None or asked == (held or ZERO)

    return (
        as_asked(intent.take_profit, position.take_profit)
        and as_asked(intent.stop_loss, position.stop_loss)
        and as_asked(intent.trailing_stop, position.trailing_stop)
    )


def legs_of(intent: SetTradingStop) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """The child orders that a partial stop makes: kind → (trigger price, size)."""
    legs = {PROFIT_LEG: (intent.take_profit, intent.tp_size), LOSS_LEG: (intent.stop_loss, intent.sl_size)}
    return {kind: leg for kind, leg in legs.items() if leg[0]}


def leg_shown(intent: SetTradingStop, order: Order) -> str:
    """The kind of leg that an order is, if it is one that the intent asked for, else ``""``."""
    wanted = legs_of(intent).get(order.stop_order_type)
    is_ours = order.position_key == intent.key and wanted == (order.trigger_price, order.qty)
    return order.stop_order_type if is_ours else ""


def full_legs(intent: SetTradingStop) -> dict[str, Decimal]:
    """The stop orders of the entire position that a full stop sets, moves or arms: kind → trigger price.

    A trailing stop that waits for its activation price shows that one (V5_FACTS 6.15).
    """
    legs = {"TakeProfit": intent.take_profit, "StopLoss": intent.stop_loss, TRAILING: intent.active_price}
    return {kind: price for kind, price in legs.items() if price}


def trigger_shown(intent: SetTradingStop, order: Order) -> bool:
    """Whether an order is a stop of the entire position with the price and the trigger that the intent asked for.

    Trailing stops always follow the last price.
    """
    kind = order.stop_order_type
    asked = full_legs(intent).get(kind)
    is_as_asked = asked == order.trigger_price and (kind == TRAILING or intent.trigger_by == order.trigger_by)
    return asked is not None and order.position_key == intent.key and order.is_open and is_as_asked
