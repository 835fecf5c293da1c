"""The dialog of the stored accounts of one environment: use, test, rename, forget, add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from core.errors import AppError
from gui import key_words, text, theme
from gui.bridge import Bridge
from gui.dialogs.credentials import CredentialsDialog
from gui.dialogs.key_window import KeyWindow, text_field
from gui.text import translate
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import Label
from gui.widgets.secret_edit import SecretEdit

if TYPE_CHECKING:
    from core.accounts import Accounts
    from core.vault import StoredAccount


class AccountsDialog(KeyWindow):
    """Choose an account. After ``accepted``, ``account`` is what to use; its secret has been opened.

    Args:
        name: the account that the desk was started for; it is selected, or offered as the name of a new one.
    """

    def __init__(
        self, bridge: Bridge, accounts: Accounts, environment: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(bridge, translate("Key", "Accounts"), environment, parent)
        self._accounts = accounts
        self._environment = environment
        self._wanted = name
        self._forgetting = ""
        self.account: StoredAccount | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(translate("Key", "Accounts"))
        self.list.setFont(theme.font())
        self.list.setFixedHeight(110)
        self.facts = Label("", tone="muted", wrap=True)
        self.name = text_field(translate("Key", "Name"), longest=32)
        self.passphrase = SecretEdit(translate("Key", "Passphrase"))
        self.add = DialogButton(translate("Key", "Add…"))
        self.test = DialogButton(translate("Key", "Test"))
        self.rename = DialogButton(translate("Key", "Rename"))
        self.forget = DialogButton(translate("Key", "Forget…"), kind="danger-outline")
        self.frame.cancel.set_words(translate("Key", "Close"))
        self._lay_out()
        self.show_accounts(name)

    def _lay_out(self) -> None:
        self.frame.fields.insertWidget(0, self.list)
        self.frame.fields.insertWidget(1, self.facts)
        self._name_label = self.add_row(translate("Key", "Name"), self.name)
        self._passphrase_label = self.add_row(translate("Key", "Passphrase"), self.passphrase)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.add, self.test, self.rename, self.forget):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.frame.fields.addLayout(buttons)
        self.list.currentItemChanged.connect(self._on_selected)
        self.name.textEdited.connect(self.update_form)
        self.passphrase.textEdited.connect(self.update_form)
        self.add.clicked.connect(self.open_credentials)
        self.test.clicked.connect(lambda: self._run_on_selected(self._test))
        self.rename.clicked.connect(lambda: self._run_on_selected(self._rename))
        self.forget.clicked.connect(self._on_forget)

    def show_accounts(self, select: str) -> None:
        """List what is stored."""
        self.list.blockSignals(True)
        self.list.clear()
        for account in self._accounts.stored(self._environment):
            item = QListWidgetItem(f"{account.name}  ·  {account.api_key[:4]}…  ·  {key_words.place(account.place)}")
            item.setData(Qt.ItemDataRole.UserRole, account)
            self.list.addItem(item)
            if account.name.casefold() == select.casefold():
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self._on_selected()

    @property
    def selected(self) -> StoredAccount | None:
        """The account under the cursor."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def _on_selected(self) -> None:
        account = self.selected
        self._forgetting = ""
        self.name.setText(account.name if account else "")
        self.passphrase.wipe()
        self.frame.changes.show_text("")
        self.frame.trouble.show_text("")
        self.update_form()

    def update_form(self) -> None:
        """What can be done with the selected account."""
        account = self.selected
        needs = account is not None and self._accounts.needs_passphrase(account)
        self.passphrase.setVisible(needs)
        self._passphrase_label.setVisible(needs)
        for widget in (self.name, self._name_label):
            widget.setVisible(account is not None)
        self.facts.set_text(self._facts(account))
        may_ask = account is not None and not self.is_busy and (not needs or bool(self.passphrase.text()))
        self.frame.action.set_action(
            translate("Key", "Use {account}").format(account=account.name) if account else translate("Key", "Use")
        )
        self.frame.action.setEnabled(may_ask)
        self.test.setEnabled(may_ask)
        self.add.setEnabled(not self.is_busy)
        self.rename.setEnabled(account is not None and not self.is_busy and self.name.text() != account.name)
        self.forget.setEnabled(account is not None and not self.is_busy)
        is_asked_again = account is not None and self._forgetting == account.id
        self.forget.set_words(translate("Key", "Really forget it") if is_asked_again else translate("Key", "Forget…"))

    def _facts(self, account: StoredAccount | None) -> str:
        if account is None:
            return translate(
                "Key", "No keys are stored for this environment yet. Add… takes one that you made at Bybit."
            )
        return translate("Key", "Added {date}  ·  {kind} key").format(
            date=text.date_time(account.created_ms), kind=account.kind.upper()
        )

    def _run_on_selected(self, work: Any) -> None:
        if self.selected is not None:
            self.run(work(self.selected))

    def on_confirmed(self) -> None:
        """Use the selected account."""
        self._run_on_selected(self._use)

    def open_credentials(self) -> None:
        """Add another account."""
        is_taken = self._accounts.find(self._environment, self._wanted) is not None
        dialog = CredentialsDialog(
            self.bridge, self._accounts, self._environment, "" if is_taken else self._wanted, self
        )
        dialog.added.connect(lambda account: self.show_accounts(account.name))
        dialog.open()

    async def _use(self, account: StoredAccount) -> None:
        checked = await self._accounts.check(account, self._given())
        if self.is_closed:
            return
        self.show_checked(checked)
        if checked.verdict.mode == "refused":
            raise AppError(checked.verdict.findings[0].code)
        self.account = account
        self.accept()

    async def _test(self, account: StoredAccount) -> None:
        checked = await self._accounts.check(account, self._given())
        if not self.is_closed and self.selected == account:
            self.show_checked(checked)

    async def _rename(self, account: StoredAccount) -> None:
        renamed = await self._accounts.rename(account, self.name.text().strip())
        if not self.is_closed:
            self.show_accounts(renamed.name)

    def _on_forget(self) -> None:
        """The first press asks, the second forgets."""
        account = self.selected
        if account is None:
            return
        if self._forgetting != account.id:
            self._forgetting = account.id
            self.update_form()
            return
        self.run(self._forget(account))

    async def _forget(self, account: StoredAccount) -> None:
        await self._accounts.forget(account, self._given())
        if not self.is_closed:
            self.show_accounts("")

    def _given(self) -> Any:
        return self.passphrase.secret() if self.passphrase.text() else None

    def done(self, result: int) -> None:
        """The passphrase is emptied, whichever way."""
        self.passphrase.wipe()
        super().done(result)
