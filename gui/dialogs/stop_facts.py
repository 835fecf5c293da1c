"""What the two pages of the TP/SL dialog work from: the position, its stops' trigger, prices, equity. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import Struct

from core.model import Instrument, Order, Position, Snapshot
from gui.dialogs.linked import ExitMath
from gui.dialogs.stop_words import Trigger

LAST, MARK, INDEX = "LastPrice", "MarkPrice", "IndexPrice"
PROFIT_PART, LOSS_PART = "PartialTakeProfit", "PartialStopLoss"
_STOP_ORDERS: Final = ("StopLoss", "TakeProfit")


class StopFacts(Struct, frozen=True, kw_only=True):
    """``trigger_by`` is what the dialog's switch says; ``is_trigger_touched`` once a person has used it."""

    position: Position
    instrument: Instrument
    snapshot: Snapshot
    trigger_by: str
    is_trigger_touched: bool = False

    @property
    def held_triggers(self) -> dict[str, str]:
        """What each stop of the position is compared with now, by its kind of order, as these orders say."""
        found = {order.stop_order_type: order.trigger_by for order in _stop_orders(self.position, self.snapshot)}
        return dict(sorted(found.items(), reverse=True))  # the take profit first, as everywhere in the dialog

    @property
    def is_trigger_changed(self) -> bool:
        """The operator wants the stops that are there to be compared with another price."""
        return self.is_trigger_touched and any(
            order.trigger_by != self.trigger_by for order in _stop_orders(self.position, self.snapshot)
        )

    @property
    def trigger(self) -> Trigger:
        """The price that the switch names, and where it is now."""
        price = self.snapshot.prices.get((self.position.category, self.position.symbol))
        now = {
            LAST: (price and price.last_price) or self.position.last_price,
            MARK: self.position.mark_price,
            INDEX: price.index_price if price else None,
        }
        return Trigger(self.trigger_by, now[self.trigger_by])

    @property
    def equity(self) -> Decimal | None:
        """The account's equity in dollars."""
        return self.snapshot.wallet.equity if self.snapshot.wallet else None

    @property
    def parts(self) -> tuple[Order, ...]:
        """Stops of parts of the position that stand already, nearest trigger first."""
        found = [
            order
            for order in self.snapshot.orders
            if order.position_key == self.position.key and order.stop_order_type in {PROFIT_PART, LOSS_PART}
        ]
        mark = self.position.mark_price or self.position.entry_price
        return tuple(sorted(found, key=lambda order: abs((order.trigger_price or mark) - mark)))

    def math(self, qty: Decimal | None = None) -> ExitMath:
        """The linked views of an exit of ``qty``; of all of the position when None."""
        position = self.position
        part = position.size if qty is None else qty
        margin = position.initial_margin
        return ExitMath(
            category=position.category,
            side=position.side,
            qty=part,
            entry=position.entry_price,
            tick=self.instrument.tick,
            mark=position.mark_price,
            margin=None if margin is None else margin * part / position.size,
            fee_rate=self.snapshot.taker_fee(position.key),
        )


def held_trigger(position: Position, snapshot: Snapshot) -> str | None:
    """What a position's stops are compared with now, the stop loss first; None without such an order."""
    found = _stop_orders(position, snapshot)
    return min(found, key=lambda order: _STOP_ORDERS.index(order.stop_order_type)).trigger_by if found else None


def _stop_orders(position: Position, snapshot: Snapshot) -> list[Order]:
    return [o for o in snapshot.orders if o.stop_order_type in _STOP_ORDERS and o.position_key == position.key]
