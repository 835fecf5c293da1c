"""A whole desk in this process: seat, loop, accounts, as main.py puts them together, with a hand to steer it."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from PyQt6.QtTest import QTest

from core.accounts import Accounts
from gui.desk import Desk
from gui.dialogs.accounts import AccountsDialog
from gui.seat import Present, Seat
from gui.settings import WindowSettings
from gui.sign_in import sign_in
from main import Exchange, arguments
from tests.stories.window import LEFT


class Running:
    """A desk at work."""

    def __init__(self, desk: Desk, present: Present, accounts: Accounts, options: argparse.Namespace) -> None:
        self.desk, self.present, self.accounts, self.options = desk, present, accounts, options
        self.task = asyncio.ensure_future(desk.run())

    async def until(self, holds: object, timeout_s: float = 60.0) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(timeout_s):
            while not holds():
                await asyncio.sleep(0.01)

    @property
    def window(self):
        """The present window."""
        return self.present.seat.window

    def symbols(self) -> set[str]:
        """What the table of positions shows."""
        view = self.window.tabs.positions.view
        return {view.table.key(row).symbol for row in range(view.table.rowCount())}

    async def choose(self, row: int) -> None:
        """Open the dialog from the menu and use the account of a row."""
        entry = next(a for a in self.window.menu.actions() if a.text().startswith("Accounts"))
        entry.trigger()
        window = self.window
        await self.until(lambda: window.findChildren(AccountsDialog))
        (dialog,) = window.findChildren(AccountsDialog)
        dialog.list.setCurrentRow(row)
        QTest.mouseClick(dialog.frame.action, LEFT)
        await self.until(lambda: dialog.is_closed or dialog.understood.isVisible())
        if not dialog.is_closed:
            dialog.understood.setChecked(True)
            QTest.mouseClick(dialog.frame.action, LEFT)
            await self.until(lambda: dialog.is_closed)


@asynccontextmanager
async def at_work(accounts: Accounts, folder: Path, *argv: str) -> AsyncIterator[Running]:
    """A desk that was started with these arguments, once it shows positions."""
    options = arguments([*argv, "--data-dir", str(folder)])
    exchange = Exchange(options)
    exchange._accounts = accounts
    settings = WindowSettings(folder)
    present = Present(Seat(options.environment, options.account, settings))
    present.seat.window.show()

    def make(window, bridge):
        return exchange.make_manager(partial(sign_in, window, bridge))

    desk = Desk(present, options, settings, make, exchange.accounts)
    running = Running(desk, present, accounts, options)
    try:
        await running.until(lambda: running.symbols())
        yield running
    finally:
        running.window.quit_asked.emit()
        assert await running.task == 0
        running.present.seat.leave()
