"""F122: a key ring that is locked, gone or whose prompt is refused: the desk says so, asks, and writes nothing down."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from PyQt6.QtWidgets import QWidget

from core.accounts import Accounts, Draft, unattended
from core.bybit import Connection
from core.clock import SystemClock
from core.errors import SecretsUnavailable, StartupError
from core.secrets import Secret
from core.vault import StoredAccount, Vault
from core.vault.rings import SystemRing
from gui.bridge import Bridge
from gui.dialogs.accounts import AccountsDialog
from gui.sign_in import sign_in
from tests.paper_fixture import PaperProcess
from tests.stories.test_canary import found_in
from tests.stories.window import click

TROUBLES = [keyring.errors.KeyringLocked, keyring.errors.InitError, keyring.errors.PasswordSetError, OSError]


class Ring(KeyringBackend):
    """A system's key ring that can fail as they do."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.trouble: type[Exception] | None = None

    def _answer(self) -> None:
        if self.trouble is not None:
            raise self.trouble("the prompt was dismissed")

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._answer()
        del self.kept[username]


@pytest.fixture(scope="module")
def paper() -> Iterator[PaperProcess]:
    one = PaperProcess()
    one.control("settings", limits=False)
    yield one
    one.stop()


class Desk:
    """A data folder with one stored account, opened anew as a later start would."""

    def __init__(self, paper: PaperProcess, folder: Path) -> None:
        self.paper, self.folder, self.ring = paper, folder, Ring()
        self.client = paper.new_client()

    def accounts(self, *, has_ring: bool = True) -> Accounts:
        def connection(_environment: str, api_key: str, secret: Secret) -> Connection:
            return Connection(
                environment="paper", rest=self.paper.rest, ws=self.paper.ws, api_key=api_key, api_secret=secret
            )

        ring = SystemRing(self.ring) if has_ring else None
        return Accounts(Vault(self.folder, ring, SystemClock().now_ms, 14), SystemClock(), connection)

    def draft(self, name: str, place: str) -> Draft:
        client = self.client
        return Draft(
            name=name, environment="live", api_key=client.api_key, secret=Secret(client.api_secret), place=place
        )

    async def stored(self) -> StoredAccount:
        accounts, draft = self.accounts(), self.draft("Main", "ring")
        return await accounts.add(draft, await accounts.try_draft(draft))


async def asked(window: QWidget, accounts: Accounts) -> tuple[AccountsDialog, Any]:
    """The dialog that opens at the start, and the start itself."""
    bridge = Bridge()
    bridge.failed.connect(lambda _trouble: None)
    task = bridge.start(sign_in(window, bridge, accounts, "live", "Main"))
    async with asyncio.timeout(60):
        while not window.findChildren(AccountsDialog):
            await asyncio.sleep(0.01)
    return window.findChildren(AccountsDialog)[0], task


@pytest.mark.parametrize("trouble", [*TROUBLES, None], ids=lambda kind: getattr(kind, "__name__", "absent"))
async def test_f122_it_says_which_and_keeps_nothing_in_the_clear(
    qt_loop: object, qtbot: Any, paper: PaperProcess, tmp_path: Path, trouble: type[Exception] | None
) -> None:
    desk = Desk(paper, tmp_path)
    await desk.stored()
    desk.ring.trouble = trouble
    accounts = desk.accounts(has_ring=trouble is not None)
    window = QWidget()
    qtbot.addWidget(window)
    dialog, task = await asked(window, accounts)
    said = dialog.frame.trouble.text
    assert "key ring" in said
    assert desk.client.api_secret not in said
    assert ("locked" in said) is (trouble is keyring.errors.KeyringLocked)
    with pytest.raises(SecretsUnavailable):
        await accounts.add(desk.draft("Second", "ring"))
    dialog.reject()
    with pytest.raises(StartupError, match="no_account"):
        await task
    with pytest.raises(SecretsUnavailable):
        await unattended(accounts, "live", "Main")
    assert [account.name for account in accounts.stored("live")] == ["Main"]
    assert found_in(tmp_path, {"api_secret": desk.client.api_secret}) == []


async def test_f122_unlocked_it_goes_on_and_a_key_for_this_session_needs_no_ring(
    qt_loop: object, qtbot: Any, paper: PaperProcess, tmp_path: Path
) -> None:
    desk = Desk(paper, tmp_path)
    account = await desk.stored()
    desk.ring.trouble = keyring.errors.KeyringLocked
    window = QWidget()
    qtbot.addWidget(window)
    accounts = desk.accounts()
    dialog, task = await asked(window, accounts)
    session = await accounts.add(desk.draft("Now", "session"))
    assert (await accounts.connection(session)).api_key == desk.client.api_key
    desk.ring.trouble = None
    click(dialog.frame.action)
    assert (await task).id == account.id
