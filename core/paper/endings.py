"""How orders end: with a final status, a cause, and a word on the order topic."""

from __future__ import annotations

from core.paper.orders import Order
from core.paper.outbox import Outbox
from core.paper.venue import Venue


class Endings:
    """Ends orders of one venue."""

    def __init__(self, venue: Venue, outbox: Outbox) -> None:
        self._venue = venue
        self._outbox = outbox

    def end(self, order: Order, status: str, *, cancel_type: str = "UNKNOWN", reason: str = "EC_NoError") -> None:
        """Give an open order its final status; causes that are not given stay as they are."""
        if cancel_type != "UNKNOWN":
            order.cancel_type = cancel_type
        if reason != "EC_NoError":
            order.reject_reason = reason
        self._venue.shelf.close(order, status, self._venue.now_ms)
        self._outbox.say_order(order)

    def drop(self, order: Order, cancel_type: str) -> None:
        """Cancel an order if it is still open, and unbind it from its pair; the other leg stays."""
        if order.pair is not None:
            order.pair.pair = None
            order.pair = None
        if order.is_open:
            self.end(order, "Deactivated" if order.is_conditional else "Cancelled", cancel_type=cancel_type)
