"""What the desk keeps: history over a restart, commands over a crash, and no command that was not journalled first."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import BadValue, StoreError
from core.intents import ClosePosition
from core.manager import PositionManager
from core.model import PositionKey
from tests.paper_fixture import PaperProcess
from tests.recording import recorder_in, recording
from tests.stories.desk import connection_to, managed, until

SOL = PositionKey("linear", "SOLUSDT", 0)
HALF = ClosePosition(symbol="SOLUSDT", qty=Decimal(10))


def told_meanwhile(manager: PositionManager) -> set[tuple[object, ...]]:
    """What the trail says of the time in which no desk ran: symbol, code, what was done, sizes before and after."""
    lines = [line for line in manager.snapshot.events if line.details.get("meanwhile")]
    assert all(line.details["evidence"] for line in lines)
    return {(e.key.symbol, e.code, e.details["done"], e.details["before"], e.details["after"]) for e in lines}


async def test_closed_trades_and_labels_outlive_a_restart(paper: PaperProcess, tmp_path: Path) -> None:
    """And what others did while no desk ran is told at the start, each with its evidence."""
    async with managed(paper, recorder=await recorder_in(tmp_path), history_days=8) as manager:
        assert not told_meanwhile(manager), "a first run has nothing to differ from"
        half = await manager.submit(HALF)
        await manager.until(lambda s: len(s.position("SOLUSDT").partial_exits) == 3)
        await manager.register_partial_exit(half.order_link_id, "first half")
        await manager.close_position(SOL)
        before = await manager.until(lambda s: s.session.closed_trades == 1)
        trade = before.closed_trades[0]
        assert [part.reason for part in trade.exits][-2:] == ["first half", "manual"]
    eth = before.position("ETHUSDT")
    await asyncio.to_thread(paper.incident, "trade", symbol="ETHUSDT", side="Sell", qty=f"{eth.size:f}")
    await asyncio.to_thread(paper.incident, "trade", symbol="DOGEUSDT", side="Buy", qty="500")
    async with managed(paper, recorder=await recorder_in(tmp_path), history_days=8) as manager:
        assert told_meanwhile(manager) == {
            ("ETHUSDT", "discrepancy_phantom", "removed", eth.size, Decimal(0)),
            ("DOGEUSDT", "discrepancy_missing_locally", "adopted", Decimal(0), Decimal(500)),
        }
        after = await manager.until(lambda s: any(t.life_id == trade.life_id for t in s.closed_trades))
        again = next(t for t in after.closed_trades if t.life_id == trade.life_id)
        assert again == trade
        page = await manager.get_closed_page(limit=5)
        assert trade in page.trades


async def test_a_lost_answer_is_unknown_until_the_next_start_finds_out(paper: PaperProcess, tmp_path: Path) -> None:
    async with managed_until_unknown(paper, tmp_path) as (manager, command):
        assert command.state == "unknown"
        assert len(paper.requests("/v5/order/create")) == 1
        del manager
    paper.control("clear")
    async with managed(paper, recorder=await recorder_in(tmp_path), history_days=8) as manager:
        done = await manager.until(lambda s: s.commands and s.commands[0].state == "done")
        assert done.commands[0].order_link_id == command.order_link_id
        assert manager.get_position(SOL).size == Decimal(10)
        assert len(paper.requests("/v5/order/create")) == 1
        assert not manager.snapshot.is_resuming


class managed_until_unknown:  # noqa: N801 - reads as a context manager
    """A manager that sent one close and lost the answer; leaving is the crash: nothing is written any more."""

    def __init__(self, paper: PaperProcess, folder: Path) -> None:
        self._paper, self._folder = paper, folder

    async def __aenter__(self):
        async def locate():
            return connection_to(self._paper)

        self._paper.control("clear")
        self._recorder = await recorder_in(self._folder)
        self._manager = PositionManager(locate, recorder=self._recorder, history_days=8)
        self._running = asyncio.create_task(self._manager.run())
        await self._manager.until(lambda s: s.links.is_live, 30)
        self._paper.arm("deaf")
        self._paper.arm("drop", {"topic": "*"})
        self._paper.arm("reset_after", "/v5/order/create", count=1)
        self._paper.arm("http_status", {"path": "/v5/order/realtime", "link": "qd*"})
        self._paper.arm("http_status", {"path": "/v5/order/history", "link": "qd*"})
        command = await self._manager.submit(HALF)
        return self._manager, command

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)


async def test_nothing_new_is_sent_before_the_old_is_resolved(paper: PaperProcess, tmp_path: Path) -> None:
    paper.hold_fills()  # an execution alone would be evidence enough
    async with managed_until_unknown(paper, tmp_path) as (manager, command):
        assert command.state == "unknown"
        with pytest.raises(BadValue) as trouble:
            await manager.submit(HALF)
        assert trouble.value.code == "command_open"
    paper.control("clear")
    paper.arm("http_status", {"path": "/v5/order/realtime", "link": "qd*"})
    async with managed(paper, recorder=await recorder_in(tmp_path), history_days=8) as manager:
        # the look-ups still fail
        assert manager.snapshot.is_resuming
        with pytest.raises(BadValue) as trouble:
            await manager.close_position(SOL)
        assert trouble.value.code == "resuming"
        assert len(paper.requests("/v5/order/create")) == 1
        paper.control("clear")
        paper.release_fills()
        await manager.until(lambda s: not s.is_resuming)


async def test_what_cannot_be_journalled_is_not_sent(paper: PaperProcess, tmp_path: Path) -> None:
    recorder = await recorder_in(tmp_path)
    async with managed(paper, recorder=recorder, history_days=8) as manager:
        await recorder.close()
        with pytest.raises(StoreError):
            await manager.submit(HALF)
        assert manager.snapshot.commands == ()
        assert not manager.get_position(SOL).is_closing
        await until(lambda: paper.requests("/v5/order/create") == [])


async def test_the_past_is_fetched_once(paper: PaperProcess, tmp_path: Path) -> None:
    async with managed(paper, recorder=await recorder_in(tmp_path), history_days=21) as manager:
        await manager.until(lambda s: s.backfill.total > 0 and s.backfill.done == s.backfill.total, 30)
    asked = len(paper.requests("/v5/execution/list"))
    async with managed(paper, recorder=await recorder_in(tmp_path), history_days=21) as manager:
        await manager.until(lambda s: s.links.is_live)
        while any(task.get_name() == "back-fill" for task in asyncio.all_tasks()):
            await asyncio.sleep(0.01)
        again = paper.requests("/v5/execution/list")[asked:]
        oldest = min(int(r["fields"]["startTime"]) for r in again if "startTime" in r["fields"])
        newest = max(e.ts_ms for e in manager.snapshot.executions)
        assert oldest > newest - 10 * 60_000


async def test_a_second_desk_on_the_same_account_is_refused(tmp_path: Path) -> None:
    async with recording(tmp_path):
        with pytest.raises(StoreError) as trouble:
            await recorder_in(tmp_path)
        assert trouble.value.code == "already_running"
