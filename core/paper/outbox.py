"""What the streams must say, in the order in which it happened.

Positions and the wallet speak once per command or step, after the orders and executions that moved them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core.paper import account_rows, rows
from core.paper.ledger import Execution, Position
from core.paper.market import Row
from core.paper.orders import Order
from core.paper.venue import Venue

# Child orders whose prices are columns of the position's row.
FULL_STOPS = frozenset({"TakeProfit", "StopLoss", "TrailingStop"})


class Event(NamedTuple):
    """What a stream must say, in order.

    ``kind`` is ``snapshot`` or ``delta`` on public topics and empty on private ones; ``category`` is empty for wallets.
    """

    topic: str
    category: str
    kind: str
    data: Any
    ts_ms: int
    seq: int


class Outbox:
    """Collects events until the server takes them."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self._events: list[Event] = []
        self._changed: dict[tuple[str, int], Position] = {}
        self._touched: dict[tuple[str, int], Position] = {}
        self._money_moved = False

    def take(self) -> list[Event]:
        """Everything since the last call."""
        events, self._events = self._events, []
        return events

    def add(self, event: Event) -> None:
        """Queue a public message."""
        self._events.append(event)

    def say(self, topic: str, category: str, data: list[Row], seq: int) -> None:
        """Queue a private message."""
        self._events.append(Event(topic, category, "", data, self.venue.now_ms, seq))

    def say_order(self, order: Order) -> None:
        """The order topic sends the whole row on every change; different orders of one moment share a message."""
        row, category = rows.order_stream_row(order), order.instrument.category
        position = self.venue.position(order.symbol, order.position_idx)
        if position.size and order.stop_order_type in FULL_STOPS:
            # The position's own row shows these: a change of settings, with the sequence of the last trade.
            position.updated_ms = self.venue.now_ms
        self.touch(position)
        if not self._join_last(category, row):
            self.say("order", category, [row], self.venue.ledger.seq)

    def _join_last(self, category: str, row: Row) -> bool:
        """Add a row to the order message that was just written, if it is of this moment and of other orders."""
        last = self._events[-1] if self._events else None
        if last is None or (last.topic, last.category, last.ts_ms) != ("order", category, self.venue.now_ms):
            return False
        if any(other["orderId"] == row["orderId"] for other in last.data):
            return False
        last.data.append(row)
        return True

    def say_executions(self, executions: list[Execution]) -> None:
        """Several fills of one order travel in one message."""
        category = executions[0].order.instrument.category
        data = [rows.execution_stream_row(execution) for execution in executions]
        self.say("execution", category, data, executions[-1].seq)

    def touch(self, position: Position) -> None:
        """Let the position topic repeat this row (it does on every order message too)."""
        self._touched[position.instrument.symbol, position.idx] = position

    def change(self, position: Position) -> None:
        """The size changed: orders that depend on it must be looked at, and money moved."""
        self._changed[position.instrument.symbol, position.idx] = position
        self.touch(position)
        self._money_moved = True

    def take_changed(self) -> list[Position]:
        """Positions whose size changed since the last call."""
        changed, self._changed = list(self._changed.values()), {}
        return changed

    def move_money(self) -> None:
        """Let the wallet topic speak."""
        self._money_moved = True

    def flush(self) -> None:
        """End of a command or step: position messages, then the wallet."""
        touched, self._touched = self._touched, {}
        headroom = self.venue.headroom() if touched else None
        for position in touched.values():
            row = account_rows.position_stream_row(self.venue, position, headroom)
            self.say("position", position.instrument.category, [row], position.seq)
        if self._money_moved:
            self._money_moved = False
            self.say("wallet", "", [account_rows.wallet_row(self.venue)], self.venue.ledger.seq)
