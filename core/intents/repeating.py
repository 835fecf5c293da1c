"""What was asked for before and may still be carried out: only the same may be sent again, and under its id. Pure.

Bybit takes an order id once. So two copies of one order take effect once, whichever arrives, while a second id beside
the first could take effect as well; and because the same id must mean the same, nothing else may be sent under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from core.intents.issues import Issue
from core.intents.records import LIMIT, MARKET, ClosePosition, Intent, OpenPosition, kind_of
from core.model import Command, Position, Snapshot

# So long an order without a trace may still turn up.
UNTRACED_MS = 3_600_000
# A request that was refused is refused; another copy of it, made on the way, is judged anew. None is admitted later
# than 8 s after it was sent (RELIABILITY 3.1, step 3), none that was admitted has been seen to wait for half a minute.
REFUSED_MS = 60_000
# An order waits for 5 s at most before it is sent; no copy of it is newly admitted later than 8 s after that.
ADMITTED_MS = 13_000


def may_turn_up(command: Command, now_ms: int) -> bool:
    """Whether an order that seems not to be there may yet be carried out; its last copy is what counts."""
    age_ms = _age_ms(command, now_ms)
    if command.state == "no_trace":
        return age_ms < UNTRACED_MS
    return command.state == "refused" and not command.is_final and age_ms < REFUSED_MS


def _age_ms(command: Command, now_ms: int) -> int:
    return now_ms - max(command.created_ms, command.sent_ms)


def is_repeated(command: Command, intent: Intent, position: Position | None) -> bool:
    """Whether an intent is about the same thing as a command that makes an order: kind, key, position."""
    is_alike = bool(command.order_link_id) and (command.kind, command.key) == (kind_of(intent), intent.key)
    return is_alike and not is_of_another(command, position)


def is_of_another(command: Command, position: Position | None) -> bool:
    """Whether a command was meant for another position than the one that is there now, as far as both are known."""
    if position is None:
        return False
    is_turned = bool(command.side) and command.side != position.side
    return is_turned or bool(command.life_id and position.life_id and command.life_id != position.life_id)


def may_leave(intent: Intent, position: Position | None, untraced: Iterable[Command], now_ms: int) -> bool:
    """Whether an intent may go out under a new id beside others without a trace: a way out must always be left.

    Only closing at market the whole of the position as it is, bound to its life, once no copy of those is newly
    admitted any more. Both are reduce-only, so the worst that can happen when one of those turns up as well is that
    the position is flat, as is asked for here; to wait for an hour could cost more. Those keep their ids, and evidence
    still settles them. Nothing else may: two closes of a part, or one at a limit, could close more than was asked for.
    """
    is_whole = (
        isinstance(intent, ClosePosition)
        and intent.order_type == MARKET
        and position is not None
        and bool(intent.life_id)
        and (intent.life_id, intent.qty) == (position.life_id, position.size)
    )
    # One of later than now: the clock was set back. That it has no trace took as long already, by the other clock.
    return is_whole and not any(0 <= _age_ms(command, now_ms) < ADMITTED_MS for command in untraced)


def untraced_of(intent: ClosePosition | OpenPosition, snapshot: Snapshot) -> Command | None:
    """The command without a trace that must be settled before anything else of the kind is asked for.

    Of several the one of which the intent is a repetition; none if the intent is a way out.
    """
    position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
    found = [
        command
        for command in snapshot.commands
        if command.state == "no_trace"
        and is_repeated(command, intent, position)
        and may_turn_up(command, snapshot.as_of_ms)
    ]
    same = next((command for command in found if not any(check_repeat(intent, command))), None)
    if same is not None or not found:
        return same
    return None if may_leave(intent, position, found, snapshot.as_of_ms) else found[0]


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
