"""The dialog that takes a key, for a new account or in place of an old key: typed, tried, understood, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from gui import key_words, words
from gui.bridge import Bridge
from gui.dialogs.key_window import KeyWindow, text_field
from gui.text import translate
from gui.widgets.check_box import CheckBox
from gui.widgets.secret_edit import SecretEdit, clear_clipboard, is_on_clipboard
from gui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from core.accounts import Accounts, Draft
    from core.key_check import Checked
    from core.vault import StoredAccount

_WITH_KEYS: Final = ("demo", "testnet", "live")


class CredentialsDialog(KeyWindow):
    """Add an account, or give one another key.

    Args:
        environment: where the key belongs.
        may_choose: the operator may choose another environment.
        instead_of: the account whose key is replaced; name, environment and place stay what they are.
    Signals:
        added(StoredAccount): it was tried and kept.
    """

    added = pyqtSignal(object)

    def __init__(
        self,
        bridge: Bridge,
        accounts: Accounts,
        environment: str,
        name: str,
        parent: QWidget | None = None,
        *,
        may_choose: bool = False,
        instead_of: StoredAccount | None = None,
    ) -> None:
        title = translate("Key", "Add account") if instead_of is None else translate("Key", "Replace key")
        super().__init__(bridge, title, environment, parent)
        self._accounts = accounts
        self._instead_of = instead_of
        self._may_choose = may_choose
        self._checked: Checked | None = None
        self.environment = Segmented(
            translate("Key", "Environment"), [(one, words.environment(one)) for one in _WITH_KEYS]
        )
        self.environment.set_choice(environment if environment in _WITH_KEYS else _WITH_KEYS[0])
        self.name = text_field(translate("Key", "Name"), name, 32)
        self.api_key = text_field(translate("Key", "API key"))
        self.secret = SecretEdit(translate("Key", "API secret"))
        self.secret.setPlaceholderText(translate("Key", "secret, or an RSA private key as PEM"))
        self.place = Segmented(translate("Key", "Keep in"), self._places())
        self.passphrase = SecretEdit(translate("Key", "Passphrase"))
        self.again = SecretEdit(translate("Key", "Passphrase again"))
        self.understood = CheckBox(translate("Key", "I have read this and use the key all the same"))
        self.clearing = CheckBox(translate("Key", "Empty the clipboard, which holds the secret"))
        self.clearing.setChecked(True)
        if instead_of is not None:
            self.frame.summary.set_text(instead_of.name)
        self._lay_out()
        self.update_form()

    def _places(self) -> list[tuple[str, str]]:
        known = ["ring"] if self._accounts.has_ring else []
        return [(place, key_words.place(place)) for place in (*known, "file", "session")]

    def _lay_out(self) -> None:
        is_new = self._instead_of is None
        self._add_choice(translate("Key", "Environment"), self.environment, self._may_choose)
        self._add_choice(translate("Key", "Name"), self.name, is_new)
        self.add_row(translate("Key", "API key"), self.api_key)
        self.add_row(translate("Key", "API secret"), self.secret)
        self._add_choice(translate("Key", "Keep in"), self.place, is_new)
        self._passphrase_label = self.add_row(translate("Key", "Passphrase"), self.passphrase)
        self._again_label = self.add_row(translate("Key", "Again"), self.again)
        self.frame.fields.addWidget(self.understood)
        self.frame.fields.addWidget(self.clearing)
        for edit in (self.name, self.api_key, self.secret, self.passphrase):
            edit.textEdited.connect(self._on_edited)
        self.again.textEdited.connect(self.update_form)
        self.place.chosen.connect(self._on_edited)
        self.environment.chosen.connect(self._on_edited)
        self.understood.toggled.connect(self.update_form)

    def _add_choice(self, title: str, field: QWidget, is_asked: bool) -> None:
        """A row that is only there when there is something to choose."""
        self.add_row(title, field).setVisible(is_asked)
        field.setVisible(is_asked)

    def _on_edited(self) -> None:
        """Another key than the one that was tried."""
        self._checked = None
        self.understood.setChecked(False)
        self.frame.changes.show_text("")
        self.update_form()

    def update_form(self) -> None:
        """The button tries first, then adds."""
        self.show_environment(self.environment.choice)
        is_file = self._place == "file"
        is_first = is_file and not self._accounts.has_passphrase
        for widget in (self.passphrase, self._passphrase_label):
            widget.setVisible(is_file)
        for widget in (self.again, self._again_label):
            widget.setVisible(is_first)
        verdict = self._checked.verdict if self._checked else None
        self.understood.setVisible(bool(verdict and verdict.warnings and verdict.mode != "refused"))
        self.clearing.setVisible(is_on_clipboard(self.secret.secret()))
        action = self.frame.action
        action.set_action(translate("Key", "Test key") if verdict is None else self._last_step())
        is_filled = bool(self.name.text() and self.api_key.text() and self.secret.text())
        is_filled = is_filled and (not is_file or bool(self.passphrase.text()))
        is_same = not is_first or self.again.secret() == self.passphrase.secret()
        self._say_whether_same(is_same)
        may_add = verdict is None or (
            verdict.mode != "refused" and (not verdict.warnings or self.understood.isChecked())
        )
        action.setEnabled(is_filled and is_same and may_add and not self.is_busy)
        for field in (
            self.environment, self.name, self.api_key, self.secret, self.passphrase, self.again, self.place,
        ):  # fmt: skip
            field.setEnabled(not self.is_busy)

    @property
    def _place(self) -> str:
        return self.place.choice if self._instead_of is None else self._instead_of.place

    def _last_step(self) -> str:
        return translate("Key", "Add account") if self._instead_of is None else translate("Key", "Replace key")

    def _say_whether_same(self, is_same: bool) -> None:
        """A passphrase is chosen once and mistyped once: then nobody opens the file again."""
        if not self.is_busy:
            differ = translate("Key", "The two passphrases differ") if self.again.text() and not is_same else ""
            self.frame.status.set_text(differ, "warning")

    def on_confirmed(self) -> None:
        """Try, or add what was tried."""
        self.run(self._try() if self._checked is None else self._add())

    def _draft(self) -> Draft:
        from core.accounts import Draft  # brings the core with it: not before the first paint

        return Draft(
            name=self.name.text().strip(),
            environment=self.environment.choice,
            api_key=self.api_key.text().strip(),
            secret=self.secret.secret(),
            place=self._place,  # type: ignore[arg-type]  # the choices are the places
            passphrase=self.passphrase.secret() if self._place == "file" else None,
        )

    async def _try(self) -> None:
        draft = self._draft()
        checked = await self._accounts.try_draft(draft, self._instead_of)
        if not self.is_closed and draft == self._draft():
            self._checked = checked
            self.show_checked(checked)

    async def _add(self) -> None:
        draft, checked = self._draft(), self._checked
        if checked is None:
            return
        if self._instead_of is None:
            account = await self._accounts.add(draft, checked)
        else:
            account = await self._accounts.replace_key(self._instead_of, draft, checked)
        if self.is_closed:
            return
        if self.clearing.isVisible() and self.clearing.isChecked():
            clear_clipboard()
        self.added.emit(account)
        self.accept()

    def done(self, result: int) -> None:
        """The fields are emptied, whichever way."""
        for field in (self.secret, self.passphrase, self.again):
            field.wipe()
        super().done(result)
