"""The dialogs about keys against the paper exchange: tried before kept, refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

from core.accounts import Accounts
from core.bybit import Connection
from core.clock import SystemClock
from core.errors import StartupError
from core.secrets import Secret
from core.vault import Vault
from gui.bridge import Bridge
from gui.dialogs.accounts import AccountsDialog, Choice
from gui.dialogs.credentials import CredentialsDialog
from gui.sign_in import sign_in
from gui.widgets.secret_edit import SecretEdit
from tests.core.vault.test_vault import MemoryRing
from tests.gui.dialogs.desk import click, until
from tests.paper_fixture import PaperProcess, SignedClient


@pytest.fixture(scope="module")
def paper() -> Iterator[PaperProcess]:
    """One exchange for all; the tests only ask what keys may do."""
    one = PaperProcess()
    one.control("settings", limits=False)
    yield one
    one.stop()


@pytest.fixture
def ring() -> MemoryRing:
    return MemoryRing()


@pytest.fixture
def accounts(paper: PaperProcess, tmp_path: Path, ring: MemoryRing) -> Accounts:
    """Stored in a folder of the test; every key is tried at the paper exchange."""

    def connection(environment: str, api_key: str, secret: Secret) -> Connection:
        assert environment in {"demo", "testnet", "live"}
        return Connection(environment="paper", rest=paper.rest, ws=paper.ws, api_key=api_key, api_secret=secret)

    return Accounts(Vault(tmp_path, ring, SystemClock().now_ms, 14), SystemClock(), connection)


def typed(dialog: CredentialsDialog, client: SignedClient, name: str = "Main") -> None:
    """Fill in a key as a person does."""
    for field, value in ((dialog.name, name), (dialog.api_key, client.api_key), (dialog.secret, client.api_secret)):
        field.clear()
        QTest.keyClicks(field, value)


def action(dialog: Any) -> tuple[str, bool]:
    """What the button says, and whether it works."""
    return dialog.frame.action.text(), dialog.frame.action.isEnabled()


def adding(accounts: Accounts) -> CredentialsDialog:
    """The dialog, open."""
    dialog = CredentialsDialog(Bridge(), accounts, "live", "Main")
    dialog.open()
    return dialog


async def test_a_key_is_tried_understood_and_kept(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, ring: MemoryRing
) -> None:
    client = paper.new_client("transfer")
    dialog = adding(accounts)
    assert action(dialog) == ("Test key", False)
    typed(dialog, client)
    click(dialog.frame.action)
    await until(lambda: dialog.frame.action.text() == "Add account")
    assert "transfer money" in dialog.frame.changes.text
    assert action(dialog) == ("Add account", False)
    assert ring.kept == {}
    dialog.understood.click()
    click(dialog.frame.action)
    await until(lambda: dialog.is_closed)
    (account,) = accounts.stored("live")
    assert (account.name, account.api_key, account.place) == ("Main", client.api_key, "ring")
    assert ring.kept == {account.id: Secret(client.api_secret)}


async def test_a_key_that_may_withdraw_cannot_be_added(qt_loop: Any, paper: PaperProcess, accounts: Accounts) -> None:
    """P40: no override."""
    dialog = adding(accounts)
    typed(dialog, paper.new_client("withdraw"))
    click(dialog.frame.action)
    await until(lambda: "withdraw money" in dialog.frame.changes.text)
    await until(lambda: not dialog.is_busy)
    assert action(dialog) == ("Add account", False)
    assert not dialog.understood.isVisible()
    dialog.reject()
    assert accounts.stored("live") == ()


@pytest.mark.parametrize(
    ("preset", "said"),
    [("revoked", "does not know this key (10003)"), ("ip_elsewhere", "(10010)"), ("expired", "(33004)")],
)
async def test_a_refused_key_says_why(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, preset: str, said: str
) -> None:
    dialog = adding(accounts)
    typed(dialog, paper.new_client(preset))
    click(dialog.frame.action)
    await until(lambda: said in dialog.frame.trouble.text)
    await until(lambda: action(dialog) == ("Test key", True))
    dialog.reject()


async def test_another_secret_has_to_be_tried_again(qt_loop: Any, paper: PaperProcess, accounts: Accounts) -> None:
    dialog = adding(accounts)
    typed(dialog, paper.new_client("read_only"))
    click(dialog.frame.action)
    await until(lambda: dialog.frame.action.text() == "Add account")
    assert "Monitor only" in dialog.frame.changes.text
    QTest.keyClicks(dialog.secret, "x")
    assert action(dialog) == ("Test key", True)
    assert dialog.frame.changes.text == ""
    dialog.reject()


async def added(paper: PaperProcess, accounts: Accounts, name: str, place: str = "ring") -> None:
    """An account as the dialog keeps it, without the dialog."""
    client = paper.new_client("full")
    dialog = adding(accounts)
    typed(dialog, client, name)
    if place == "file":
        dialog.place.set_choice("file")
        dialog._on_edited()
        QTest.keyClicks(dialog.passphrase, "correct horse")
        if dialog.again.isVisible():
            QTest.keyClicks(dialog.again, "correct horse")
    click(dialog.frame.action)
    await until(lambda: dialog.frame.action.text() == "Add account" or dialog.frame.trouble.text)
    assert dialog.frame.trouble.text == ""
    dialog.understood.setChecked(True)
    click(dialog.frame.action)
    await until(lambda: dialog.is_closed)


async def test_rename_and_forget(qt_loop: Any, paper: PaperProcess, accounts: Accounts, ring: MemoryRing) -> None:
    await added(paper, accounts, "First")
    await added(paper, accounts, "Second")
    dialog = AccountsDialog(Bridge(), accounts, "live", "second")
    dialog.open()
    assert dialog.selected is not None
    assert dialog.selected.name == "Second"
    dialog.name.clear()
    QTest.keyClicks(dialog.name, "first")
    click(dialog.rename)
    await until(lambda: "already" in dialog.frame.trouble.text and not dialog.is_busy)
    dialog.name.clear()
    QTest.keyClicks(dialog.name, "Third")
    click(dialog.rename)
    await until(lambda: [a.name for a in accounts.stored("live")] == ["First", "Third"] and not dialog.is_busy)
    click(dialog.forget)
    assert len(ring.kept) == 2
    click(dialog.forget)
    await until(lambda: [a.name for a in accounts.stored("live")] == ["First"] and not dialog.is_busy)
    assert len(ring.kept) == 1
    dialog.reject()


async def test_a_new_passphrase_is_typed_twice(qt_loop: Any, paper: PaperProcess, accounts: Accounts) -> None:
    """Nobody can recover it: a slip of the finger would lock the key away for good."""
    dialog = adding(accounts)
    typed(dialog, paper.new_client("full"))
    dialog.place.set_choice("file")
    dialog._on_edited()
    QTest.keyClicks(dialog.passphrase, "correct horse")
    assert action(dialog) == ("Test key", False)
    QTest.keyClicks(dialog.again, "correct hoarse")
    assert (dialog.frame.status.text(), action(dialog)) == ("The two passphrases differ", ("Test key", False))
    dialog.again.clear()
    QTest.keyClicks(dialog.again, "correct horse")
    assert (dialog.frame.status.text(), action(dialog)) == ("", ("Test key", True))
    dialog.reject()
    await added(paper, accounts, "Main", "file")
    second = adding(accounts)
    second.place.set_choice("file")
    second._on_edited()
    assert (second.passphrase.isVisible(), second.again.isVisible()) == (True, False)
    second.reject()


async def test_a_key_is_replaced_at_its_place(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, ring: MemoryRing
) -> None:
    """S4: name, place and history stay; the old secret is overwritten; warnings are asked about anew."""
    await added(paper, accounts, "Main")
    (before,) = accounts.stored("live")
    client = paper.new_client("transfer")
    dialog = AccountsDialog(Bridge(), accounts, "live", "Main")
    dialog.open()
    click(dialog.replace)
    (asking,) = dialog.findChildren(CredentialsDialog)
    assert not any(field.isVisible() for field in (asking.name, asking.place, asking.environment))
    QTest.keyClicks(asking.api_key, client.api_key)
    QTest.keyClicks(asking.secret, client.api_secret)
    click(asking.frame.action)
    await until(lambda: action(asking) == ("Replace key", False))
    asking.understood.click()
    click(asking.frame.action)
    await until(lambda: asking.is_closed)
    (after,) = accounts.stored("live")
    assert (after.id, after.name, after.place, after.history_name, after.api_key) == (
        before.id, before.name, before.place, before.history_name, client.api_key,
    )  # fmt: skip
    assert ring.kept == {after.id: Secret(client.api_secret)}
    assert "key_may_transfer" in {one.warning for one in after.acknowledged}
    assert not dialog.is_closed
    dialog.reject()


async def test_a_warning_that_is_new_is_read_before_the_key_is_used(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, qtbot: Any
) -> None:
    """P40: at the next start too; what was read is recorded and not asked about again."""
    await added(paper, accounts, "Main")
    (account,) = accounts.stored("live")
    paper.control("change_key", preset="expires_tomorrow", api_key=account.api_key)
    window = QLineEdit()
    qtbot.addWidget(window)
    bridge = Bridge()
    task = bridge.start(sign_in(window, bridge, accounts, "live", "Main"))
    await until(lambda: bool(window.findChildren(AccountsDialog)))
    (dialog,) = window.findChildren(AccountsDialog)
    assert "It expires" in dialog.frame.changes.text
    assert (dialog.understood.isVisible(), action(dialog)) == (True, ("Use Main", False))
    dialog.understood.click()
    click(dialog.frame.action)
    used = await task
    assert "key_expires/1" in {one.warning for one in used.acknowledged}
    assert await sign_in(window, bridge, accounts, "live", "Main") == used


async def test_from_the_running_desk_every_environment_can_be_chosen(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts
) -> None:
    await added(paper, accounts, "Main")
    dialog = AccountsDialog(Bridge(), accounts, "paper", "Main", in_use=Choice("paper", "Main"))
    dialog.open()
    shown = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert shown[0].startswith("PAPER")
    assert shown[0].endswith("in use")
    assert shown[1].startswith("LIVE  ·  Main")
    assert action(dialog) == ("In use", False)
    assert not dialog.forget.isEnabled()
    dialog.list.setCurrentRow(1)
    assert dialog.frame.environment.text == "LIVE"
    click(dialog.frame.action)
    await until(lambda: dialog.is_closed)
    assert dialog.choice == Choice("live", "Main")


async def test_an_account_in_use_is_not_forgotten_and_goes_on_under_its_new_name(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts
) -> None:
    await added(paper, accounts, "Main")
    dialog = AccountsDialog(Bridge(), accounts, "live", "Main", in_use=Choice("live", "Main"))
    dialog.open()
    assert (action(dialog), dialog.forget.isEnabled()) == (("In use", False), False)
    QTest.keyClicks(dialog.name, "2")
    click(dialog.rename)
    await until(lambda: dialog.is_closed)
    assert dialog.choice == Choice("live", "Main2")
    other = AccountsDialog(Bridge(), accounts, "live", "Main2", in_use=Choice("live", "Main2"))
    other.open()
    other.list.setCurrentRow(0)
    click(other.frame.action)
    await until(lambda: other.is_closed)
    assert other.choice == Choice("paper", "Main")


async def test_a_stored_key_needs_no_dialog(qt_loop: Any, paper: PaperProcess, accounts: Accounts, qtbot: Any) -> None:
    await added(paper, accounts, "Main")
    window = QLineEdit()
    qtbot.addWidget(window)
    assert (await sign_in(window, Bridge(), accounts, "live", "Main")).name == "Main"


async def test_without_a_key_the_dialog_opens(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, qtbot: Any, tmp_path: Path
) -> None:
    window = QLineEdit()
    qtbot.addWidget(window)
    bridge = Bridge()
    task = bridge.start(sign_in(window, bridge, accounts, "live", "Main"))
    bridge.failed.connect(lambda _trouble: None)
    await until(lambda: bool(window.findChildren(AccountsDialog)))
    (dialog,) = window.findChildren(AccountsDialog)
    assert "No keys are stored" in dialog.facts.text()
    assert action(dialog) == ("Use", False)
    dialog.reject()
    with pytest.raises(StartupError, match="no_account"):
        await task


async def test_a_sealed_account_asks_for_its_passphrase(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, tmp_path: Path, qtbot: Any
) -> None:
    await added(paper, accounts, "Main", "file")
    later = Accounts(Vault(tmp_path, None, SystemClock().now_ms), SystemClock(), accounts._connection_of)
    window = QLineEdit()
    qtbot.addWidget(window)
    bridge = Bridge()
    task = bridge.start(sign_in(window, bridge, later, "live", "Main"))
    await until(lambda: bool(window.findChildren(AccountsDialog)))
    (dialog,) = window.findChildren(AccountsDialog)
    assert action(dialog) == ("Use Main", False)
    QTest.keyClicks(dialog.passphrase, "wrong horse!")
    click(dialog.frame.action)
    await until(lambda: "passphrase is wrong" in dialog.frame.trouble.text and not dialog.is_busy)
    dialog.passphrase.clear()
    QTest.keyClicks(dialog.passphrase, "correct horse")
    click(dialog.frame.action)
    assert (await task).name == "Main"


def test_a_secret_field_shows_and_keeps_nothing(qtbot: Any) -> None:
    """S14, S15."""
    field = SecretEdit("Secret")
    qtbot.addWidget(field)
    field.show()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("untouched")
    QTest.keyClicks(field, "secret")
    assert field.echoMode() == QLineEdit.EchoMode.Password
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhNoPredictiveText
    field.selectAll()
    field.copy()
    field.cut()
    assert clipboard.text() == "untouched"
    field.wipe()
    assert not field.isUndoAvailable()
    field.undo()
    field.redo()
    assert field.text() == ""


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_after_a_paste_the_clipboard_is_emptied_unless_it_is_not_wanted(
    qt_loop: Any, paper: PaperProcess, accounts: Accounts, *, is_wanted: bool
) -> None:
    """S14: offered, and ticked from the start, while the clipboard still holds the secret."""
    client = paper.new_client()
    dialog = adding(accounts)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(client.api_secret)
    typed(dialog, client)
    assert dialog.clearing.isVisible()
    dialog.clearing.setChecked(dialog.clearing.isChecked() and is_wanted)
    for said in ("Test key", "Add account"):
        await until(lambda said=said: action(dialog)[0] == said and not dialog.is_busy)
        dialog.understood.setChecked(True)
        click(dialog.frame.action)
    await until(lambda: dialog.is_closed)
    assert clipboard.text() == ("" if is_wanted else client.api_secret)


def test_a_pasted_rsa_key_keeps_its_lines(qtbot: Any) -> None:
    field = SecretEdit("Secret")
    qtbot.addWidget(field)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n")
    field.paste()
    assert field.secret().reveal().splitlines() == ["-----BEGIN PRIVATE KEY-----", "abc", "-----END PRIVATE KEY-----"]
