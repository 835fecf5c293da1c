"""A desk that was left: what nobody may do at it before proving that the account is theirs (S48).

Arming, showing hidden money, accounts and settings wait for the proof; watching goes on. What the proof is depends
on where the secret lies: the passphrase, the system's key ring, or nothing for a secret that this session alone holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from gui import text

if TYPE_CHECKING:
    from core.accounts import Prover
    from gui.bridge import Bridge
    from gui.main_window import MainWindow

Act = Callable[[], object]


class DeskLock(QObject):
    """The lock of one window."""

    def __init__(self, window: MainWindow, bridge: Bridge) -> None:
        super().__init__(window)
        self._window, self._bridge = window, bridge
        self._hid_money = False
        self._wish: Act = lambda: None
        self.is_on = False

    def close(self, *, asks: bool, hides: bool) -> None:
        """Nobody is there. With ``asks`` a proof is wanted later; with ``hides`` money disappears, until then or F8."""
        self.is_on = asks
        if hides and not text.is_private():
            self._hid_money = asks
            self._window.comfort.set_private(True)
        if asks:
            self._put_away_dialogs()

    def before(self, act: Act) -> None:
        """Do something now, or as soon as whoever asks for it has proved who they are."""
        if not self.is_on:
            act()
            return
        prover = self._window.comfort.prover
        self._wish = act  # the newest counts
        if prover is None:
            self._open()
        elif prover.asks_passphrase:
            self._ask(prover)
        else:
            self._bridge.start(self._prove(prover))

    async def _prove(self, prover: Prover) -> None:
        """The system asks for the key ring where it is locked; a refusal is told like any other trouble."""
        await prover.prove(None)
        self._open()

    def _ask(self, prover: Prover) -> None:
        from gui.dialogs.unlock import UnlockDialog  # when it is asked for

        dialog: UnlockDialog | None = self._window.findChild(UnlockDialog)
        if dialog is None:
            dialog = UnlockDialog(self._bridge, prover, self._window)
            dialog.accepted.connect(self._open)
        dialog.open()
        dialog.raise_()

    def _open(self) -> None:
        """Proved: everything as it was, and what was wished for."""
        self.is_on = False
        if self._hid_money:
            self._hid_money = False
            self._window.comfort.set_private(False)
        wish, self._wish = self._wish, lambda: None
        wish()

    def _put_away_dialogs(self) -> None:
        """Accounts and settings that were left open: somebody else could go on with them."""
        from gui.dialogs.key_window import KeyWindow
        from gui.dialogs.settings import SettingsDialog

        for kind in (KeyWindow, SettingsDialog):
            for dialog in self._window.findChildren(kind):
                dialog.reject()
