"""The dialog of the stored accounts: use, test, rename, replace the key, forget, add.

Before the desk is up it offers the accounts of one environment; from the running desk all of them, and the paper
exchange. What is done about the choice is not its business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from core.errors import AppError
from gui import key_words, text, theme, words
from gui.bridge import Bridge
from gui.dialogs.credentials import CredentialsDialog
from gui.dialogs.key_window import KeyWindow, text_field
from gui.text import translate
from gui.widgets.check_box import CheckBox
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import Label
from gui.widgets.secret_edit import SecretEdit

if TYPE_CHECKING:
    from core.accounts import Accounts
    from core.key_check import Checked
    from core.vault import StoredAccount

PAPER: Final = "paper"


class Choice(NamedTuple):
    """Where the desk is to work, and under which name."""

    environment: str
    account: str


class AccountsDialog(KeyWindow):
    """Choose an account. After ``accepted``, ``choice`` says where to work, its secret opened and tried.

    Args:
        environment, name: what the desk was started for; it is selected, or offered as the name of a new account.
        in_use: where the running desk works now: then every environment is offered. None while it is not up.
    """

    def __init__(
        self,
        bridge: Bridge,
        accounts: Accounts,
        environment: str,
        name: str,
        parent: QWidget | None = None,
        *,
        in_use: Choice | None = None,
    ) -> None:
        super().__init__(bridge, translate("Key", "Accounts"), environment, parent)
        self._accounts = accounts
        self._environment = environment
        self._wanted = name
        self._in_use = in_use
        self._forgetting = ""
        self._read: frozenset[str] = frozenset()
        self.account: StoredAccount | None = None
        self.choice: Choice | None = None
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
        self.replace = DialogButton(translate("Key", "Replace key…"))
        self.understood = CheckBox(translate("Key", "I have read this and use the key all the same"))
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
        for button in (self.add, self.test, self.rename, self.replace, self.forget):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.frame.fields.addLayout(buttons)
        self.frame.fields.addWidget(self.understood)
        self.list.currentItemChanged.connect(self._on_selected)
        self.name.textEdited.connect(self.update_form)
        self.passphrase.textEdited.connect(self.update_form)
        self.add.clicked.connect(self.open_credentials)
        self.test.clicked.connect(lambda: self._run_on_selected(self._test))
        self.rename.clicked.connect(lambda: self._run_on_selected(self._rename))
        self.replace.clicked.connect(self.open_replacement)
        self.understood.toggled.connect(self.update_form)
        self.forget.clicked.connect(self._on_forget)

    def show_accounts(self, select: str, environment: str = "") -> None:
        """List what can be chosen, and select an account by name."""
        wanted = (environment or self._environment, select.casefold())
        self.list.blockSignals(True)
        self.list.clear()
        if self._in_use is not None:
            self._list(self._paper_words(), None, wanted == (PAPER, self._paper.account.casefold()))
        for account in self._accounts.stored("" if self._in_use is not None else self._environment):
            is_wanted = wanted == (account.environment, account.name.casefold())
            self._list(self._account_words(account), account, is_wanted)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self._on_selected()

    def _list(self, shown: str, account: StoredAccount | None, is_selected: bool) -> None:
        item = QListWidgetItem(shown)
        item.setData(Qt.ItemDataRole.UserRole, account)
        self.list.addItem(item)
        if is_selected:
            self.list.setCurrentItem(item)

    def _account_words(self, account: StoredAccount) -> str:
        parts = [account.name, f"{account.api_key[:4]}…", key_words.place(account.place)]
        if self._in_use is not None:
            parts.insert(0, words.environment(account.environment))
        if self._in_use == (account.environment, account.name):
            parts.append(translate("Key", "in use"))
        return "  ·  ".join(parts)

    def _paper_words(self) -> str:
        parts = [words.environment(PAPER), translate("Key", "practice without a key")]
        if self._in_use == self._paper:
            parts.append(translate("Key", "in use"))
        return "  ·  ".join(parts)

    @property
    def _paper(self) -> Choice:
        is_here = self._in_use is not None and self._in_use.environment == PAPER
        return self._in_use if is_here and self._in_use else Choice(PAPER, "Main")

    @property
    def selected(self) -> StoredAccount | None:
        """The account under the cursor; None on the paper exchange's line."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    @property
    def _aim(self) -> Choice | None:
        """What "Use" would choose."""
        account = self.selected
        if account is not None:
            return Choice(account.environment, account.name)
        return self._paper if self._in_use is not None and self.list.currentItem() is not None else None

    def _on_selected(self) -> None:
        account = self.selected
        self._forgetting = ""
        self._read = frozenset()
        self.understood.setChecked(False)
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
        is_free = not self.is_busy and (not needs or bool(self.passphrase.text()))
        may_ask = account is not None and is_free
        self._show_action(is_free)
        self.understood.setVisible(bool(self._read))
        self.test.setEnabled(may_ask)
        self.add.setEnabled(not self.is_busy)
        is_idle = account is not None and not self.is_busy
        self.replace.setEnabled(is_idle)
        self.rename.setEnabled(account is not None and is_idle and self.name.text() != account.name)
        self.forget.setEnabled(is_idle and self._aim != self._in_use)
        is_asked_again = account is not None and self._forgetting == account.id
        self.forget.set_words(translate("Key", "Really forget it") if is_asked_again else translate("Key", "Forget…"))

    def _show_action(self, is_free: bool) -> None:
        aim = self._aim
        if aim is not None and aim == self._in_use:
            shown = translate("Key", "In use")
        elif aim is not None:
            shown = translate("Key", "Use {account}").format(account=self._name_of(aim))
        else:
            shown = translate("Key", "Use")
        is_read = not self._read or self.understood.isChecked()
        self.frame.action.set_action(shown)
        self.frame.action.setEnabled(aim is not None and aim != self._in_use and is_free and is_read)
        self.show_environment(aim.environment if aim is not None else self._environment)

    def _name_of(self, aim: Choice) -> str:
        return words.environment(PAPER) if aim.environment == PAPER else aim.account

    def _facts(self, account: StoredAccount | None) -> str:
        if account is None and self._aim is not None:
            return translate("Key", "The paper exchange runs on this computer. Nothing there is real but the practice.")
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
        if self.selected is None and self._aim is not None:
            self._choose(self._aim)
        else:
            self._run_on_selected(self._use)

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self.accept()

    def open_credentials(self) -> None:
        """Add another account."""
        aim = self._aim
        environment = aim.environment if aim is not None else self._environment
        is_taken = self._accounts.find(environment, self._wanted) is not None
        dialog = CredentialsDialog(
            self.bridge,
            self._accounts,
            environment,
            "" if is_taken or environment == PAPER else self._wanted,
            self,
            may_choose=self._in_use is not None,
        )
        dialog.added.connect(lambda account: self.show_accounts(account.name, account.environment))
        dialog.open()

    def open_replacement(self) -> None:
        """Give the selected account another key."""
        account = self.selected
        if account is not None:
            dialog = CredentialsDialog(
                self.bridge, self._accounts, account.environment, account.name, self, instead_of=account
            )
            dialog.added.connect(lambda new: self._on_changed(account, new))
            dialog.open()

    def _on_changed(self, old: StoredAccount, new: StoredAccount) -> None:
        """The desk goes on with what it uses under its new name or key; everything else is only shown."""
        if self._in_use == (old.environment, old.name):
            self.account = new
            self._choose(Choice(new.environment, new.name))
        else:
            self.show_accounts(new.name, new.environment)

    async def _use(self, account: StoredAccount) -> None:
        checked = await self._accounts.check(account, self._given())
        if self.is_closed:
            return
        before, self._read = self._read, self._show(account, checked)
        if checked.verdict.mode == "refused":
            raise AppError(checked.verdict.findings[0].code)
        if self._read and not (self._read <= before and self.understood.isChecked()):
            self.understood.setChecked(False)
            return
        self.account = await self._accounts.acknowledge(account, checked.verdict)
        if not self.is_closed:
            self._choose(Choice(account.environment, account.name))

    async def _test(self, account: StoredAccount) -> None:
        checked = await self._accounts.check(account, self._given())
        if not self.is_closed and self.selected == account:
            self._show(account, checked)

    def ask_about(self, checked: Checked) -> None:
        """Warnings about the selected account's key are new: they want to be read before it is used."""
        if self.selected is not None:
            self._read = self._show(self.selected, checked)
            self.update_form()

    def _show(self, account: StoredAccount, checked: Checked) -> frozenset[str]:
        """What Bybit says of a key; returns the names of the warnings that were not acknowledged yet."""
        self.show_checked(checked)
        unread = checked.verdict.unread(one.warning for one in account.acknowledged)
        return frozenset(finding.name for finding in unread)

    async def _rename(self, account: StoredAccount) -> None:
        renamed = await self._accounts.rename(account, self.name.text().strip())
        if not self.is_closed:
            self._on_changed(account, renamed)

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
