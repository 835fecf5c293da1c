"""The dialog that cancels open orders: one, those selected, or those that protect nothing. Each is named first."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtWidgets import QWidget

from core.formulas import INVERSE
from core.intents import Batch, CancelOrders
from core.model import Order, Position
from core.money import ZERO
from gui.bridge import Bridge
from gui.dialogs import batch_columns, batch_words, caution
from gui.dialogs.batch import BatchForm
from gui.dialogs.plan import PlanRow
from gui.models.commands import position_of
from gui.text import translate

ORPHANS: Final = "orphans"
_LOSS_STOPS: Final = frozenset({"StopLoss", "PartialStopLoss", "TrailingStop"})


class CancelOrdersDialog(BatchForm):
    """Cancel orders.

    Open it with ``open()``; it deletes itself when it is closed.

    Args:
        order_ids: which orders; () for all that protect nothing.
    """

    def __init__(self, bridge: Bridge, order_ids: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        title = translate("CancelOrders", "Cancel order") if len(order_ids) == 1 else _many(order_ids)
        super().__init__(bridge, title, batch_columns.cancel_orders(), parent)
        self._order_ids = order_ids
        self.frame.action.set_kind("danger")
        self.begin()

    def batch(self) -> Batch:
        """Those named, or the orphans of the moment."""
        if self._order_ids:
            return CancelOrders(order_ids=self._order_ids)
        return CancelOrders(kind=ORPHANS)

    def name_of(self, row: PlanRow) -> str:
        """Symbol, kind and price."""
        return batch_words.order_name(row.order, row.instrument) if row.order else row.intent.symbol

    def show_plan(self) -> None:
        """Header, and a warning where protection would go."""
        shown = translate("CancelOrders", "{n} open").format(n=len(self.rows))
        self.frame.name.set_text(shown, "muted")
        if not self.run.is_started:
            self.frame.trouble.show_text(*batch_words.unprotected(self._unprotected()))

    def action_words(self, count: int, *, hold: bool) -> str:
        """``Cancel 3 orders``; what the dialog is called when none of them can be."""
        if not count:
            return self.windowTitle()
        if count == 1:
            return (
                translate("CancelOrders", "Hold to cancel the order")
                if hold
                else translate("CancelOrders", "Cancel the order")
            )
        shown = (
            translate("CancelOrders", "Hold to cancel {n} orders")
            if hold
            else translate("CancelOrders", "Cancel {n} orders")
        )
        return shown.format(n=count)

    def way_back(self) -> str:
        """ "Cancel" would say the opposite of what it does here."""
        return translate("CancelOrders", "Keep it") if len(self.rows) == 1 else translate("CancelOrders", "Keep them")

    def ready_words(self) -> str:
        """What happens after the button."""
        return translate("CancelOrders", "Each is sent once; each row tells when Bybit has confirmed it")

    def empty_words(self) -> str:
        """Nothing to cancel."""
        if self._order_ids:
            return translate("CancelOrders", "This is no longer open: filled, triggered or cancelled")
        return translate("CancelOrders", "Every stop order protects a position")

    def needs_hold(self) -> bool:
        """Real money: by what the orders stand for, the position that a stop protects, or the order's own value."""
        return caution.needs_hold(self.snapshot.environment, self._stake(), self.bridge.hold_above)

    def _stake(self) -> Decimal | None:
        stakes = [self._stake_of(row.order) for row in self.chosen if row.order is not None]
        known = [stake for stake in stakes if stake is not None]
        return sum(known, ZERO) if len(known) == len(stakes) else None

    def _stake_of(self, order: Order) -> Decimal | None:
        position = self._protected(order)
        if position is not None:
            return caution.stake(position, order.qty or position.size)
        if order.category == INVERSE:
            return order.qty  # contracts of a dollar
        price = order.price if order.price is not None else order.trigger_price
        return None if price is None else price * order.qty

    def _protected(self, order: Order) -> Position | None:
        return position_of(self.snapshot, order.position_key) if order.reduce_only else None

    def _unprotected(self) -> list[str]:
        """Positions whose last stop loss is among the chosen orders."""
        going = {row.order.order_id for row in self.chosen if row.order is not None}
        stops = [order for order in self.snapshot.orders if order.stop_order_type in _LOSS_STOPS]
        staying = {order.position_key for order in stops if order.order_id not in going}
        losing = {order.position_key for order in stops if order.order_id in going} - staying
        return [batch_words.position_name(p) for p in self.snapshot.positions if p.key in losing]


def _many(order_ids: tuple[str, ...]) -> str:
    if order_ids:
        return translate("CancelOrders", "Cancel orders")
    return translate("CancelOrders", "Cancel orders that protect nothing")
