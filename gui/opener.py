"""Opens the desk's dialogs: one of a kind per thing; a second request brings the first one to the front.

Dialogs and the arithmetic that they need are imported when they are first asked for, not before the first paint.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QWidget

from gui.bridge import Bridge

if TYPE_CHECKING:
    from core.accounts import Accounts
    from core.model import PositionKey
    from gui.dialogs.accounts import AccountsDialog


class Opener:
    """Dialogs of one window. They send nothing by being opened; with a key that may only look none is."""

    def __init__(self, bridge: Bridge, window: QWidget) -> None:
        self._bridge, self._window = bridge, window
        self._open: dict[Hashable, QDialog] = {}

    @property
    def _is_monitor(self) -> bool:
        """With a key that may only look there is nothing to ask."""
        snapshot = self._bridge.snapshot
        return snapshot is not None and snapshot.is_read_only

    def close_position(self, key: PositionKey) -> None:
        """Ask how much of a position to close, and how."""
        from gui.dialogs.close_position import ClosePositionDialog

        self._show(("close", key), partial(ClosePositionDialog, self._bridge, key, self._window))

    def close_share(self, key: PositionKey, share: Decimal) -> None:
        """Ask to close a share (0–1) of a position."""
        from gui.dialogs.close_position import ClosePositionDialog

        dialog = self._show(("close", key), partial(ClosePositionDialog, self._bridge, key, self._window))
        if isinstance(dialog, ClosePositionDialog):
            dialog.quantity.set_share(share)

    def stops(self, key: PositionKey) -> QDialog | None:
        """Ask for a position's stops."""
        from gui.dialogs.trading_stop import TradingStopDialog

        return self._show(("stops", key), partial(TradingStopDialog, self._bridge, key, self._window))

    def propose_stop(self, key: PositionKey, name: str, price: Decimal) -> None:
        """Ask for a stop (``stop_loss`` or ``take_profit``) at a price."""
        from gui.dialogs.trading_stop import TradingStopDialog

        dialog = self.stops(key)
        if isinstance(dialog, TradingStopDialog):
            dialog.propose(**{name: price})

    def undo_stops(self, key: PositionKey) -> None:
        """Ask for the stops from before the desk's last edit."""
        from gui.dialogs.trading_stop import TradingStopDialog

        dialog = self.stops(key)
        if isinstance(dialog, TradingStopDialog):
            dialog.undo()

    def close_all(self) -> None:
        """Ask to close every position."""
        from gui.dialogs.close_all import CloseAllDialog

        self._show("close_all", partial(CloseAllDialog, self._bridge, self._window))

    def cancel_orders(self, order_ids: tuple[str, ...] = ()) -> None:
        """Ask to cancel orders; those that protect nothing when none is named."""
        from gui.dialogs.cancel_orders import CancelOrdersDialog

        self._show(("cancel", order_ids), partial(CancelOrdersDialog, self._bridge, order_ids, self._window))

    def timeline(self, command_id: str) -> None:
        """Tell the story of a command. This one only looks."""
        from gui.dialogs.timeline import TimelineDialog

        self._raise(("timeline", command_id), partial(TimelineDialog, self._bridge, command_id, self._window))

    def accounts(
        self, accounts: Accounts, environment: str, account: str, on_chosen: Callable[[AccountsDialog], object]
    ) -> None:
        """Offer every account. ``on_chosen`` is called with the dialog when the operator has chosen one."""
        from gui.dialogs.accounts import AccountsDialog, Choice

        def make() -> QDialog:
            present = Choice(environment, account)
            dialog = AccountsDialog(self._bridge, accounts, environment, account, self._window, in_use=present)
            dialog.accepted.connect(lambda: on_chosen(dialog))
            return dialog

        self._raise("accounts", make)

    def _show(self, what: Hashable, make: Callable[[], QDialog]) -> QDialog | None:
        """A dialog that acts."""
        return None if self._is_monitor else self._raise(what, make)

    def _raise(self, what: Hashable, make: Callable[[], QDialog]) -> QDialog:
        dialog = self._open.get(what)
        if dialog is None:
            dialog = make()
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(lambda: self._open.pop(what, None))
            self._open[what] = dialog
            dialog.open()
        dialog.raise_()
        dialog.activateWindow()
        return dialog
