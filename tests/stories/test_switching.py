"""Another account while the desk runs: everything of the one before is put away first, and nothing of it comes back."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest
from PyQt6 import sip

from gui.dialogs.leaving import LeavingDialog
from tests.paper_fixture import PaperProcess
from tests.stories import running
from tests.stories.running import Running
from tests.stories.stored import accounts_on, store
from tests.stories.window import SOL, click

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


def at_work(practice: PaperProcess, bybit: PaperProcess, folder: Path) -> AbstractAsyncContextManager[Running]:
    """A desk that practises; every account of its own stands on the other exchange."""
    ready = folder / "ready.json"
    ready.write_text(json.dumps(practice.ready))
    return running.at_work(accounts_on(bybit, folder), folder, "paper", "--connect", str(ready))


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
