"""Another account while the desk runs: everything of the one before is put away first, and nothing of it comes back."""

import argparse
import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtTest import QTest

from core.accounts import Accounts
from gui.desk import Desk
from gui.dialogs.accounts import AccountsDialog
from gui.dialogs.leaving import LeavingDialog
from gui.seat import Present, Seat
from gui.settings import WindowSettings
from gui.sign_in import sign_in
from main import Exchange, arguments
from tests.paper_fixture import PaperProcess
from tests.stories.stored import accounts_on, store
from tests.stories.window import LEFT, SOL, click

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture(scope="module")
def practice() -> Iterator[PaperProcess]:
    """Where the desk starts."""
    one = PaperProcess()
    one.control("settings", limits=False)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def bybit() -> Iterator[PaperProcess]:
    """What stands in for Bybit: other positions."""
    one = PaperProcess(scenario="hedge", seed=8)
    one.control("settings", limits=False)
    yield one
    one.stop()


class Running:
    """A desk at work."""

    def __init__(self, desk: Desk, present: Present, accounts: Accounts, options: argparse.Namespace) -> None:
        self.desk, self.present, self.accounts, self.options = desk, present, accounts, options

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
async def at_work(practice: PaperProcess, bybit: PaperProcess, folder: Path) -> AsyncIterator[Running]:
    ready = folder / "ready.json"
    ready.write_text(json.dumps(practice.ready))
    options = arguments(["paper", "--connect", str(ready), "--data-dir", str(folder)])

    accounts = accounts_on(bybit, folder)
    exchange = Exchange(options)
    exchange._accounts = accounts
    settings = WindowSettings(folder)
    present = Present(Seat("paper", "Main", settings))
    present.seat.window.show()

    def make(window, bridge):
        return exchange.make_manager(partial(sign_in, window, bridge))

    desk = Desk(present, options, settings, make, exchange.accounts)
    task = asyncio.ensure_future(desk.run())
    running = Running(desk, present, accounts, options)
    try:
        await running.until(lambda: running.symbols())
        yield running
    finally:
        running.window.quit_asked.emit()
        assert await task == 0
        running.present.seat.leave()


def held(paper: PaperProcess) -> set[str]:
    """The contracts of an exchange's open positions."""
    scopes = ({"category": "linear", "settleCoin": "USDT"}, {"category": "linear", "settleCoin": "USDC"})
    lists = [paper.rows("/v5/position/list", **scope) for scope in (*scopes, {"category": "inverse"})]
    return {row["symbol"] for rows in lists for row in rows if row["size"] != "0"}


def databases(folder: Path) -> dict[str, Path]:
    """The histories on the disk, by the account in their folder's name."""
    return {path.parent.name.rpartition("-")[0]: path for path in folder.glob("accounts/*/desk.db")}


def executions_in(database: Path) -> set[str]:
    """The ids of what a history tells of."""
    with closing(sqlite3.connect(database)) as connection:
        return {exec_id for (exec_id,) in connection.execute("SELECT exec_id FROM executions")}


async def test_another_account_is_another_desk(
    qt_loop: object, practice: PaperProcess, bybit: PaperProcess, tmp_path: Path
) -> None:
    """Title, badge, positions, lock, history: all of the new one; and back to practice again."""
    async with at_work(practice, bybit, tmp_path) as desk:
        await store(desk.accounts, bybit)
        first, of_practice = desk.window, desk.symbols()
        await desk.choose(1)
        await desk.until(lambda: desk.window is not first and desk.symbols())
        live = desk.window
        assert live.top_bar.badge.text == "LIVE"
        assert "LIVE · Fund" in live.windowTitle()
        snapshot = live.facts.snapshot
        assert (snapshot.environment, snapshot.account, snapshot.is_armed) == ("live", "Fund", False)
        await desk.until(lambda: desk.symbols() == held(bybit))
        assert desk.symbols() != of_practice
        assert {line.code for line in snapshot.events} >= {"signed_in_warned"}
        await desk.choose(0)
        await desk.until(lambda: desk.window is not live and desk.symbols() == of_practice)
        assert desk.window.top_bar.badge.text == "PAPER"
        assert desk.window.facts.snapshot.is_armed
        await desk.until(lambda: sip.isdeleted(first) and sip.isdeleted(live))
    kept = databases(tmp_path)
    assert set(kept) == {"paper-Main", "live-user_24617703"}
    practised, traded = (executions_in(kept[name]) for name in ("paper-Main", "live-user_24617703"))
    assert practised
    assert traded
    assert not practised & traded


async def test_a_command_under_way_has_its_verdict_or_is_in_the_journal_before_the_account_is_left(
    qt_loop: object, practice: PaperProcess, bybit: PaperProcess, tmp_path: Path
) -> None:
    async with at_work(practice, bybit, tmp_path) as desk:
        await store(desk.accounts, bybit)
        practice.hold_fills()
        try:
            manager = desk.present.seat.bridge.manager
            manager.set_armed(True)
            command = await manager.close_position(SOL)
            assert command.is_open
            first = desk.window
            await desk.choose(1)
            await desk.until(lambda: first.findChildren(LeavingDialog))
            (dialog,) = first.findChildren(LeavingDialog)
            assert dialog.windowTitle() == "Leaving this account"
            click(dialog.frame.cancel)
            await desk.until(lambda: dialog.is_closed)
            assert desk.window is first, "the operator stayed"
            await desk.choose(1)
            await desk.until(lambda: any(not one.is_closed for one in first.findChildren(LeavingDialog)))
            (dialog,) = [one for one in first.findChildren(LeavingDialog) if not one.is_closed]
            click(dialog.frame.action)
            await desk.until(lambda: desk.window is not first and desk.symbols())
            assert desk.window.facts.snapshot.commands == ()
        finally:
            practice.release_fills()
        with closing(sqlite3.connect(databases(tmp_path)["paper-Main"])) as connection:
            (kept,) = connection.execute("SELECT intent_id FROM intents").fetchall()
        assert kept == (command.command_id,)


async def test_an_account_that_cannot_be_opened_leads_back(
    qt_loop: object, practice: PaperProcess, bybit: PaperProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3 holds for a later choice too: beside a key in the environment there is no live desk, and it says why."""
    async with at_work(practice, bybit, tmp_path) as desk:
        await store(desk.accounts, bybit)
        monkeypatch.setenv("BYBIT_API_SECRET", "x" * 36)
        first, of_practice = desk.window, desk.symbols()
        await desk.choose(1)
        await desk.until(lambda: desk.window is not first and desk.symbols() == of_practice)
        await desk.until(lambda: "BYBIT_API_SECRET" in desk.window.tabs.notice.label.text())
        assert (desk.options.environment, desk.window.top_bar.badge.text) == ("paper", "PAPER")
