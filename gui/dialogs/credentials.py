"""The dialog that adds an account: typed, tried at the exchange, understood, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from gui import key_words
from gui.bridge import Bridge
from gui.dialogs.key_window import KeyWindow, text_field
from gui.text import translate
from gui.widgets.check_box import CheckBox
from gui.widgets.secret_edit import SecretEdit, clear_clipboard, is_on_clipboard
from gui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from core.accounts import Accounts, Draft
    from core.key_check import Checked


class CredentialsDialog(KeyWindow):
    """Add an account of one environment.

    Signals:
        added(StoredAccount): it was tried and kept.
    """

    added = pyqtSignal(object)

    def __init__(
        self, bridge: Bridge, accounts: Accounts, environment: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(bridge, translate("Key", "Add account"), environment, parent)
        self._accounts = accounts
        self._environment = environment
        self._checked: Checked | None = None
        self.name = text_field(translate("Key", "Name"), name, 32)
        self.api_key = text_field(translate("Key", "API key"))
        self.secret = SecretEdit(translate("Key", "API secret"))
        self.secret.setPlaceholderText(translate("Key", "secret, or an RSA private key as PEM"))
        self.place = Segmented(translate("Key", "Keep in"), self._places())
        self.passphrase = SecretEdit(translate("Key", "Passphrase"))
        self.understood = CheckBox(translate("Key", "I have read this and use the key all the same"))
        self.clearing = CheckBox(translate("Key", "Empty the clipboard, which holds the secret"))
        self.clearing.setChecked(True)
        self._lay_out()
        self.update_form()

    def _places(self) -> list[tuple[str, str]]:
        known = ["ring"] if self._accounts.has_ring else []
        return [(place, key_words.place(place)) for place in (*known, "file", "session")]

    def _lay_out(self) -> None:
        self.add_row(translate("Key", "Name"), self.name)
        self.add_row(translate("Key", "API key"), self.api_key)
        self.add_row(translate("Key", "API secret"), self.secret)
        self.add_row(translate("Key", "Keep in"), self.place)
        self._passphrase_label = self.add_row(translate("Key", "Passphrase"), self.passphrase)
        self.frame.fields.addWidget(self.understood)
        self.frame.fields.addWidget(self.clearing)
        for field in (self.name, self.api_key, self.secret, self.passphrase):
            field.textEdited.connect(self._on_edited)
        self.place.chosen.connect(self._on_edited)
        self.understood.toggled.connect(self.update_form)

    def _on_edited(self) -> None:
        """Another key than the one that was tried."""
        self._checked = None
        self.understood.setChecked(False)
        self.frame.changes.show_text("")
        self.update_form()

    def update_form(self) -> None:
        """The button tries first, then adds."""
        is_file = self.place.choice == "file"
        self.passphrase.setVisible(is_file)
        self._passphrase_label.setVisible(is_file)
        verdict = self._checked.verdict if self._checked else None
        self.understood.setVisible(bool(verdict and verdict.warnings and verdict.mode != "refused"))
        self.clearing.setVisible(is_on_clipboard(self.secret.secret()))
        action = self.frame.action
        action.set_action(translate("Key", "Test key") if verdict is None else translate("Key", "Add account"))
        is_filled = bool(self.name.text() and self.api_key.text() and self.secret.text())
        is_filled = is_filled and (not is_file or bool(self.passphrase.text()))
        may_add = verdict is None or (
            verdict.mode != "refused" and (not verdict.warnings or self.understood.isChecked())
        )
        action.setEnabled(is_filled and may_add and not self.is_busy)
        for field in (self.name, self.api_key, self.secret, self.passphrase, self.place):
            field.setEnabled(not self.is_busy)

    def on_confirmed(self) -> None:
        """Try, or add what was tried."""
        self.run(self._try() if self._checked is None else self._add())

    def _draft(self) -> Draft:
        from core.accounts import Draft  # brings the core with it: not before the first paint

        return Draft(
            name=self.name.text().strip(),
            environment=self._environment,
            api_key=self.api_key.text().strip(),
            secret=self.secret.secret(),
            place=self.place.choice,  # type: ignore[arg-type]  # the choices are the places
            passphrase=self.passphrase.secret() if self.place.choice == "file" else None,
        )

    async def _try(self) -> None:
        draft = self._draft()
        checked = await self._accounts.try_draft(draft)
        if not self.is_closed and draft == self._draft():
            self._checked = checked
            self.show_checked(checked)

    async def _add(self) -> None:
        account = await self._accounts.add(self._draft())
        if self.is_closed:
            return
        if self.clearing.isVisible() and self.clearing.isChecked():
            clear_clipboard()
        self.added.emit(account)
        self.accept()

    def done(self, result: int) -> None:
        """The fields are emptied, whichever way."""
        self.secret.wipe()
        self.passphrase.wipe()
        super().done(result)
