"""The account's open orders, and what is remembered of those that ended. Mutable bookkeeping beside core.book.

An order that ended never opens again, whatever arrives late; a status that we do not know is kept, not guessed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from msgspec import Struct

from core.evidence import REST_LAG_S
from core.model import CLOSED_ORDER_STATUSES, Order

REMEMBERED = 10_000


class _Past(Struct):
    """What stays of an order: the leg that it belonged to, and whether it ended."""

    position_idx: int
    has_ended: bool


class Orders:
    """Orders by (category, order_id). ``apply`` takes rows in any order of arrival."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], tuple[Order, float]] = {}
        self._past: OrderedDict[str, _Past] = OrderedDict()

    def apply(self, order: Order, received_mono: float) -> bool:
        """Take a row; False when it says less than what is known already."""
        key = (order.category, order.order_id)
        held = self._open.get(key)
        past = self._past.get(order.order_id)
        has_ended = order.status in CLOSED_ORDER_STATUSES
        if held and (order.updated_ms, order.filled_qty) < (held[0].updated_ms, held[0].filled_qty):
            return False
        if past and past.has_ended and not has_ended:
            return False
        self._remember(order.order_id, _Past(order.position_idx, has_ended))
        if has_ended:
            self._open.pop(key, None)
        else:
            same = held is not None and held[0] == order
            self._open[key] = (held[0] if held and same else order, max(received_mono, held[1] if held else 0.0))
        return True

    def _remember(self, order_id: str, past: _Past) -> None:
        self._past[order_id] = past
        self._past.move_to_end(order_id)
        if len(self._past) > REMEMBERED:
            self._past.popitem(last=False)

    def drop_unlisted(self, listed: Iterable[Order], started_mono: float) -> None:
        """Forget the orders that a complete list of the open ones, asked for at ``started_mono``, does not have.

        Not those heard of since, or so shortly before that the list may not have known them yet. No proof that they
        ended: a list that has them again brings them back.
        """
        names = {(order.category, order.order_id) for order in listed}
        for key, (_, received_mono) in list(self._open.items()):
            if key not in names and received_mono + REST_LAG_S < started_mono:
                del self._open[key]

    def forget(self, order: Order) -> None:
        """Take an order off the list, for the same reason."""
        self._open.pop((order.category, order.order_id), None)

    def leg(self, order_id: str) -> int | None:
        """The position_idx of an order seen lately, or None."""
        past = self._past.get(order_id)
        return past.position_idx if past else None

    def newest_first(self) -> tuple[Order, ...]:
        """Every open order."""
        orders = (order for order, _ in self._open.values())
        return tuple(sorted(orders, key=lambda o: (o.created_ms, o.order_id), reverse=True))
