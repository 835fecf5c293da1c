"""What was asked for before and may still be carried out: only the same may be sent again, and under its id. Pure.

Bybit takes an order id once. So two copies of one order take effect once, whichever arrives, while a second id beside
the first could take effect as well; and because the same id must mean the same, nothing else may be sent under it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from core.intents.issues import Issue
from core.intents.records import LIMIT, ClosePosition, Intent, OpenPosition, kind_of
from core.model import Command, Snapshot

# So long an order without a trace may still turn up.
UNTRACED_MS = 3_600_000
# A request that was refused is refused; another copy of it, made on the way, is judged anew. None is admitted later
# than 8 s after it was sent (RELIABILITY 3.1, step 3), none that was admitted has been seen to wait for half a minute.
REFUSED_MS = 60_000


def may_turn_up(command: Command, now_ms: int) -> bool:
    """Whether an order that seems not to be there may yet be carried out."""
    age_ms = now_ms - command.created_ms
    if command.state == "no_trace":
        return age_ms < UNTRACED_MS
    return command.state == "refused" and not command.is_final and age_ms < REFUSED_MS


def is_repeated(command: Command, intent: Intent, life_id: str) -> bool:
    """Whether an intent is about the same thing as a command that makes an order: kind, key, position life."""
    is_same_life = command.life_id == life_id or not command.life_id or not life_id
    return bool(command.order_link_id) and (command.kind, command.key) == (kind_of(intent), intent.key) and is_same_life


def untraced_of(intent: ClosePosition | OpenPosition, snapshot: Snapshot) -> Command | None:
    """The command without a trace that must be settled before anything else of the kind is asked for."""
    position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
    life_id = position.life_id if position else ""
    for command in snapshot.commands:
        if command.state == "no_trace" and is_repeated(command, intent, life_id):
            return command if may_turn_up(command, snapshot.as_of_ms) else None
    return None


def asks_the_same(one: Intent, other: Intent) -> bool:
    """Whether two intents make the same request; why, and by which row, plays no part."""
    return _request_of(one) == _request_of(other)


def _request_of(intent: Intent) -> Intent:
    request = replace(intent, reason="")
    if isinstance(request, ClosePosition):
        # Its side is the position's, which is the same within a life.
        price = request.price if request.order_type == LIMIT else None
        return replace(request, side="", life_id="", seq_seen=-1, price=price)
    return request


def check_repeat(intent: ClosePosition | OpenPosition, untraced: Command) -> Iterator[Issue]:
    """Whether an intent asks for what the command without a trace asked for."""
    price = intent.price if intent.order_type == LIMIT else None
    if (price is None) != (untraced.price is None):
        yield Issue(field="", code="repeat_is_another")
    elif price != untraced.price:
        yield Issue(field="price", code="repeat_differs", nearest=untraced.price)
    if intent.qty != untraced.qty:
        yield Issue(field="qty", code="repeat_differs", nearest=untraced.qty)
