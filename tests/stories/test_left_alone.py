"""S48: a desk that was left locks itself; who comes back proves that the account is theirs before it obeys again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.accounts import Accounts
from core.errors import SecretsUnavailable
from gui import text
from gui.dialogs.accounts import AccountsDialog
from gui.dialogs.settings import SettingsDialog
from gui.dialogs.unlock import UnlockDialog
from tests.paper_fixture import PaperProcess
from tests.stories.running import Running, at_work
from tests.stories.stored import accounts_on, store
from tests.stories.window import click, type_into

pytestmark = pytest.mark.usefixtures("dressed")
PASSPHRASE = "a fine passphrase"


@pytest.fixture(autouse=True)
def shown_again() -> Iterator[None]:
    """What a story hides is shown to the next."""
    yield
    text.set_private(False)


@pytest.fixture(scope="module")
def bybit() -> Iterator[PaperProcess]:
    """What stands in for Bybit; nothing is traded."""
    one = PaperProcess(scenario="hedge")
    one.control("settings", limits=False)
    yield one
    one.stop()


async def leave_alone(desk: Running) -> None:
    """A quarter of an hour passes without anybody."""
    await desk.until(lambda: desk.window.comfort.presence)
    idle: Any = desk.window.comfort.presence.idle
    idle._touched -= 15 * 60
    idle.look()
    await desk.until(lambda: not desk.window.facts.snapshot.is_armed)


async def asked(desk: Running) -> UnlockDialog:
    """The question for the passphrase."""
    await desk.until(lambda: desk.window.findChildren(UnlockDialog))
    (dialog,) = desk.window.findChildren(UnlockDialog)
    await desk.until(dialog.isVisible)
    return dialog


async def refuse(desk: Running) -> None:
    """Close the question without an answer."""
    (await asked(desk)).reject()
    await desk.until(lambda: not desk.window.findChildren(UnlockDialog))


async def press_f8(desk: Running) -> None:
    """The key that hides money, and shows it again."""
    desk.window.activateWindow()
    await desk.until(desk.window.isActiveWindow)
    QTest.keyClick(desk.window, Qt.Key.Key_F8)


async def answer(desk: Running, passphrase: str) -> None:
    """Type it and press the button."""
    dialog = await asked(desk)
    type_into(dialog.passphrase, passphrase)
    click(dialog.frame.action)
    await desk.until(lambda: dialog.is_closed or dialog.frame.trouble.text)
    await desk.until(lambda: dialog.is_closed or not dialog.is_busy)


async def arm(desk: Running) -> None:
    """Press the button in the top bar, once it is there to be pressed."""
    await desk.until(lambda: desk.window.top_bar.armed.isEnabled())
    click(desk.window.top_bar.armed)


async def test_the_passphrase_brings_back_what_the_lock_took(
    qt_loop: object, bybit: PaperProcess, tmp_path: Path
) -> None:
    (tmp_path / "settings.json").write_text('{"idle_hides": true}')
    accounts = accounts_on(bybit, tmp_path)
    await store(accounts, bybit, place="file", passphrase=PASSPHRASE)
    async with at_work(accounts, tmp_path, "live", "--account", "Fund") as desk:
        window = desk.window
        await arm(desk)
        await desk.until(lambda: window.facts.snapshot.is_armed)
        window.comfort.show_settings()
        assert window.findChildren(SettingsDialog)
        await leave_alone(desk)
        await desk.until(lambda: not window.findChildren(SettingsDialog))
        assert text.is_private()
        await press_f8(desk)
        await refuse(desk)
        for ask in (window.accounts_asked, window.comfort.presence.tray.privacy_asked):
            ask.emit()
            await refuse(desk)
        window.comfort.show_settings()
        await refuse(desk)
        assert text.is_private()
        assert not window.findChildren(AccountsDialog) + window.findChildren(SettingsDialog)
        await arm(desk)
        await answer(desk, "not the passphrase")
        assert text.is_private()
        assert not window.facts.snapshot.is_armed
        await answer(desk, PASSPHRASE)
        await desk.until(lambda: window.facts.snapshot.is_armed)
        assert not text.is_private()
        for is_hidden in (True, False):  # open for good, until the desk is left again
            await press_f8(desk)
            assert text.is_private() is is_hidden


class Refusing:
    """A key ring that the system has locked."""

    def get(self, _name: str) -> None:
        raise SecretsUnavailable("ring_locked", reason="KeyringLocked")


async def test_the_key_ring_is_asked_where_it_keeps_the_key(
    qt_loop: object, bybit: PaperProcess, tmp_path: Path
) -> None:
    accounts: Accounts = accounts_on(bybit, tmp_path)
    await store(accounts, bybit)
    async with at_work(accounts, tmp_path, "live", "--account", "Fund") as desk:
        await arm(desk)
        await desk.until(lambda: desk.window.facts.snapshot.is_armed)
        await leave_alone(desk)
        ring, accounts._vault._ring = accounts._vault._ring, Refusing()
        await arm(desk)
        await desk.until(lambda: "key ring" in desk.window.tabs.notice.label.text())
        assert not desk.window.facts.snapshot.is_armed
        accounts._vault._ring = ring
        await arm(desk)
        await desk.until(lambda: desk.window.facts.snapshot.is_armed)
