"""The question for the passphrase at a desk that was left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.dialogs.key_window import KeyWindow
from gui.text import translate
from gui.widgets.labels import Label
from gui.widgets.secret_edit import SecretEdit

if TYPE_CHECKING:
    from core.accounts import Prover


class UnlockDialog(KeyWindow):
    """Accepted when the passphrase opened the account's secret again; a wrong one is said, and may be typed anew."""

    def __init__(self, bridge: Bridge, prover: Prover, parent: QWidget | None = None) -> None:
        super().__init__(bridge, translate("Key", "Unlock the desk"), prover.environment, parent)
        self._prover = prover
        said = translate("Key", "Nobody has touched the desk for a while. The passphrase of {account} opens it again.")
        self.frame.fields.insertWidget(0, Label(said.format(account=prover.account), tone="muted", wrap=True))
        self.passphrase = SecretEdit(translate("Key", "Passphrase"))
        self.add_row(translate("Key", "Passphrase"), self.passphrase)
        self.passphrase.textEdited.connect(self.update_form)
        self.passphrase.returnPressed.connect(self.on_confirmed)
        self.frame.action.set_action(translate("Key", "Unlock"))
        self.update_form()

    def showEvent(self, event: QShowEvent | None) -> None:
        """The keyboard begins where the passphrase is typed."""
        super().showEvent(event)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def update_form(self) -> None:
        """The button works when there is something to try."""
        self.frame.action.setEnabled(bool(self.passphrase.text()) and not self.is_busy)
        self.passphrase.setEnabled(not self.is_busy)

    def on_confirmed(self) -> None:
        """Try it."""
        if self.frame.action.isEnabled():
            self.run(self._prove())

    async def _prove(self) -> None:
        try:
            await self._prover.prove(self.passphrase.secret())
        finally:
            self.passphrase.wipe()
        if not self.is_closed:
            self.accept()

    def done(self, result: int) -> None:
        """The field is emptied, whichever way."""
        self.passphrase.wipe()
        super().done(result)
