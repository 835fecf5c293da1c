"""Pictures of the dialogs about keys: ``python -m tests.gui.dialogs.look_keys FOLDER``; lists texts that do not fit.

The keys are the paper exchange's, under the environments' names; the secrets are its own and mean nothing elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication

from core.accounts import Accounts, Draft
from core.bybit import Connection
from core.clock import SystemClock
from core.events import Account
from core.key_check import Checked
from core.key_doctor import examine
from core.secrets import Secret
from core.vault import Vault
from gui import theme
from gui.app import make_application
from gui.bridge import Bridge
from gui.dialogs.accounts import AccountsDialog, Choice
from gui.dialogs.credentials import CredentialsDialog
from gui.dialogs.key_window import KeyWindow
from tests.core.vault.test_vault import MemoryRing
from tests.gui.dialogs.desk import until
from tests.gui.dialogs.look import unfit
from tests.paper_fixture import PaperProcess


class Pictures:
    """One paper exchange and one vault for all pictures."""

    def __init__(self, paper: PaperProcess, vault: Path, folder: Path) -> None:
        self.paper = paper
        self.folder = folder
        self.bridge = Bridge()
        self.complaints: list[str] = []
        clock = SystemClock()
        self.accounts = Accounts(Vault(vault, MemoryRing(), clock.now_ms, 14), clock, self.connection)

    def connection(self, _environment: str, api_key: str, secret: Secret) -> Connection:
        """Always the paper exchange."""
        return Connection(
            environment="paper", rest=self.paper.rest, ws=self.paper.ws, api_key=api_key, api_secret=secret
        )

    async def save(self, dialog: KeyWindow, name: str) -> None:
        """Wait until it is calm, then take its picture."""
        await until(lambda: not dialog.is_busy)
        dialog.resize(dialog.width(), dialog.frame.best_size().height())
        for _ in range(3):
            await asyncio.sleep(0)
            QApplication.processEvents()
        self.complaints += [f"{name}: {text}" for text in unfit(dialog)]
        if not dialog.grab().save(str(self.folder / f"{name}.png"), "PNG"):
            raise SystemExit(f"{self.folder} cannot be written")
        dialog.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    async def credentials(self, environment: str, preset: str, name: str) -> None:
        """A key that was typed and tried."""
        client = self.paper.new_client(preset)
        dialog = CredentialsDialog(self.bridge, self.accounts, environment, "Main")
        dialog.show()
        dialog.api_key.setText(client.api_key)
        dialog.secret.setText(client.api_secret)
        dialog.on_confirmed()
        await self.save(dialog, name)

    async def demo(self, name: str) -> None:
        """A key of demo trading, which tells nothing of its rights; the paper exchange has no such dialect."""
        client = self.paper.new_client("full")
        dialog = CredentialsDialog(self.bridge, self.accounts, "demo", "Main")
        dialog.show()
        dialog.api_key.setText(client.api_key)
        dialog.secret.setText(client.api_secret)
        dialog._checked = Checked(Account(), examine(Account(), 0, environment="demo"))
        dialog.show_checked(dialog._checked)
        dialog.update_form()
        await self.save(dialog, name)

    async def passphrase(self, name: str) -> None:
        """A new passphrase, mistyped the second time."""
        dialog = CredentialsDialog(self.bridge, self.accounts, "live", "Main")
        dialog.show()
        client = self.paper.new_client("full")
        dialog.api_key.setText(client.api_key)
        dialog.secret.setText(client.api_secret)
        dialog.place.set_choice("file")
        dialog.passphrase.setText("only for pictures")
        dialog.again.setText("only for picture")
        dialog.update_form()
        await self.save(dialog, name)

    async def replacement(self, environment: str, account: str, name: str) -> None:
        """Another key for a stored account, tried."""
        found = self.accounts.find(environment, account)
        if found is None:
            raise SystemExit(f"{account} is not stored")
        client = self.paper.new_client("expires_tomorrow")
        dialog = CredentialsDialog(self.bridge, self.accounts, environment, account, instead_of=found)
        dialog.show()
        dialog.api_key.setText(client.api_key)
        dialog.secret.setText(client.api_secret)
        dialog.on_confirmed()
        await self.save(dialog, name)

    async def stored(self, environment: str, name: str, place: str) -> None:
        """Keep an account, as the dialog would."""
        client = self.paper.new_client("full")
        passphrase = Secret("only for pictures") if place == "file" else None
        await self.accounts.add(
            Draft(
                name=name,
                environment=environment,
                api_key=client.api_key,
                secret=Secret(client.api_secret),
                place=place,  # type: ignore[arg-type]
                passphrase=passphrase,
            )
        )


async def take(pictures: Pictures) -> None:
    """All of them."""
    empty = AccountsDialog(pictures.bridge, pictures.accounts, "testnet", "Main")
    empty.show()
    await pictures.save(empty, "accounts-empty")
    await pictures.credentials("testnet", "ip_any", "accounts-add-testnet")
    await pictures.demo("accounts-add-demo")
    await pictures.credentials("live", "full", "accounts-add-live")
    await pictures.credentials("live", "withdraw", "accounts-add-refused")
    await pictures.credentials("live", "revoked", "accounts-add-unknown")
    await pictures.passphrase("accounts-passphrase")
    await pictures.stored("live", "Main", "ring")
    await pictures.stored("live", "Second", "ring")
    await pictures.stored("testnet", "Main", "session")
    tested = AccountsDialog(pictures.bridge, pictures.accounts, "live", "Main")
    tested.show()
    tested.test.click()
    await pictures.save(tested, "accounts-stored")
    switching = AccountsDialog(pictures.bridge, pictures.accounts, "live", "Second", in_use=Choice("paper", "Main"))
    switching.show()
    switching.on_confirmed()
    await pictures.save(switching, "accounts-switch")
    await pictures.replacement("live", "Main", "accounts-replace")


def main() -> None:
    """Everything, into the folder named on the command line."""
    app = make_application()
    theme.apply(app, theme.tokens())
    paper = PaperProcess()
    paper.control("settings", limits=False)
    try:
        with (
            tempfile.TemporaryDirectory() as vault,
            asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner,
        ):
            pictures = Pictures(paper, Path(vault), Path(sys.argv[1]))
            runner.run(take(pictures))
    finally:
        paper.stop()
    sys.stdout.write(json.dumps(pictures.complaints) + "\n")


if __name__ == "__main__":
    main()
