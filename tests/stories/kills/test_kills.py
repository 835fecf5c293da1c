"""F101-F105, P1, P24, V24, V30: killed at every moment of a close and of a start, a desk loses and doubles nothing.
F79: suspended, it notices.

Half of the moments are met in windows, in test_kills_by_hand.py; without windows these are of the soak. The power cuts
and the broken disks are the store's: tests/core/store/test_crash.py and its neighbours.
"""

import asyncio
import os
import signal
import sys
import time
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from core import sync
from core.errors import BadValue
from core.model import PositionKey, Snapshot
from tests import processes
from tests.paper_fixture import PaperProcess
from tests.stories.acting.account import restore
from tests.stories.acting.leftovers import a_stop_of_its_own, is_listed
from tests.stories.desk import managed, until
from tests.stories.kills.desks import (
    AT_START,
    CREATE,
    MOMENTS,
    PATIENCE_S,
    door_of,
    kept,
    killed,
    recorder_at,
    sleeper,
)
from tests.stories.window import SOL, size_of

D = Decimal
REALTIME = "/v5/order/realtime"

NEVER_SENT = ("before the journal", "inside the commit")
WITHOUT_TRACE = ("after the commit", "before the connection", "after the headers")
CARRIED_OUT = (
    "after the body", "before the answer is read", "before the state is written", "after the state is written",
    "between two look-ups",
)  # fmt: skip
IN_THE_SWEEP = ("flat, before the stop sweep", "in the stop sweep")
IN_WINDOWS = {
    "before the journal", "inside the commit", "after the commit", "before the answer is read", "between two look-ups",
    "in the stop sweep",
}  # fmt: skip


def each(moments: tuple[str, ...]) -> list[Any]:
    """The parameters of a story: those that windows meet, for the soak."""
    return [pytest.param(one, marks=pytest.mark.soak) if one in IN_WINDOWS else one for one in moments]


def test_every_moment_has_its_story() -> None:
    assert list(MOMENTS) == [*NEVER_SENT, *WITHOUT_TRACE, *CARRIED_OUT, *IN_THE_SWEEP]


def all_settled(snapshot: Snapshot) -> bool:
    """Every command of the earlier run is back and has its verdict."""
    return bool(snapshot.commands) and not any(command.is_open for command in snapshot.commands)


@pytest.mark.parametrize("moment", each(NEVER_SENT))
async def test_what_was_not_written_down_was_not_sent(paper: PaperProcess, tmp_path: Path, moment: str) -> None:
    """F101, F102: nothing, or all of it."""
    await killed(moment, paper, tmp_path, SOL)
    assert paper.requests(CREATE) == []
    async with managed(paper, recorder=await recorder_at(tmp_path), history_days=8) as manager:
        assert manager.snapshot.commands == ()
        assert (await manager.verdict((await manager.close_position(SOL)).command_id)).state == "done"
    assert len(paper.requests(CREATE)) == 1


@pytest.mark.parametrize("moment", each(WITHOUT_TRACE))
async def test_what_was_written_down_and_never_arrived_may_be_retried(
    paper: PaperProcess, tmp_path: Path, moment: str
) -> None:
    """F103: unknown at the start, and locked; then no trace; then the same id again."""
    await killed(moment, paper, tmp_path, SOL)
    assert size_of(paper) == 20
    async with managed(paper, recorder=await recorder_at(tmp_path), history_days=8) as manager:
        (command,) = manager.snapshot.commands
        assert (command.state, manager.snapshot.is_resuming) == ("unknown", True)
        with pytest.raises(BadValue, match="resuming"):
            await manager.close_position(PositionKey("linear", "ETHUSDT", 0))
        lost = await manager.verdict(command.command_id, 20)
        assert (lost.state, manager.snapshot.is_resuming) == ("no_trace", False)
        done = await manager.verdict((await manager.retry(lost.command_id)).command_id)
        assert (done.state, done.order_link_id, done.filled_qty) == ("done", command.order_link_id, D(20))
    assert size_of(paper) == 0


@pytest.mark.parametrize("moment", each(CARRIED_OUT))
async def test_what_was_carried_out_is_found_and_not_sent_again(
    paper: PaperProcess, tmp_path: Path, moment: str
) -> None:
    """F104, F105."""
    if moment == "between two look-ups":
        paper.arm("reset_after", CREATE, count=1)
        paper.arm("drop", {"topic": "*"})
        for path in (REALTIME, "/v5/order/history", "/v5/execution/list"):
            paper.arm("hide_young", path, args={"ms": 3_600_000})
    await killed(moment, paper, tmp_path, SOL)
    paper.disarm()
    await until(lambda: size_of(paper) == 0)
    async with managed(paper, recorder=await recorder_at(tmp_path), history_days=8) as manager:
        (command,) = (await manager.until(all_settled)).commands
        assert (command.state, command.filled_qty) == ("done", 20)
        assert not manager.snapshot.is_resuming
    assert len(paper.requests(CREATE)) == 1


@pytest.mark.parametrize("moment", each(IN_THE_SWEEP))
async def test_the_next_start_goes_on_sweeping(paper: PaperProcess, tmp_path: Path, moment: str) -> None:
    """F105: a stop of ours that outlived its position is cancelled by whoever comes next."""
    stop = a_stop_of_its_own(paper, "SOLUSDT")
    if moment == "in the stop sweep":
        paper.arm("ret_code", "/v5/order/cancel", args={"code": 10016, "executed": False})
    await killed(moment, paper, tmp_path, SOL)
    paper.disarm()
    assert size_of(paper) == 0
    assert is_listed(paper, stop)
    async with managed(paper, recorder=await recorder_at(tmp_path), history_days=8) as manager:
        await until(lambda: not is_listed(paper, stop))
        await manager.until(lambda s: not s.leftovers and not any(command.is_open for command in s.commands))


@pytest.mark.parametrize("moment", AT_START)
async def test_a_kill_at_a_start_costs_nothing_but_the_start(paper: PaperProcess, tmp_path: Path, moment: str) -> None:
    """V10, V30: what an earlier desk did is there, and one more start gives its lives the same names and results."""
    if moment not in {"in the daily copy", "in the back-fill"}:  # which a first start does, and the next one finds done
        await killed("after the state is written", paper, tmp_path, SOL)
        await until(lambda: size_of(paper) == 0)
    sent = len(paper.requests(CREATE))
    await killed(moment, paper, tmp_path, None)
    for _start in range(2):
        earlier = kept(tmp_path)
        async with managed(paper, recorder=await recorder_at(tmp_path), history_days=8) as manager:
            await manager.until(lambda s: s.backfill.done == s.backfill.total > 0, 60)
            await manager.until(lambda s: not any(command.is_open for command in s.commands))
        now = kept(tmp_path)
        assert earlier["executions"].items() <= now["executions"].items()
    assert now == earlier
    assert now["lives"]
    assert len(paper.requests(CREATE)) == sent


def heard(end: Connection) -> str:
    """The next word; fails when there is none, also because the desk has died."""
    assert end.poll(PATIENCE_S), "the desk says nothing"
    return str(end.recv())


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped there")
@pytest.mark.parametrize(
    ("slept_s", "stopped_s"), [(1.0, 1.6), pytest.param(sync.SLEPT_S, 12.0, marks=pytest.mark.soak)]
)
def test_f79_a_suspended_desk_reads_everything_anew(paper: PaperProcess, slept_s: float, stopped_s: float) -> None:
    mine, its = processes.pipe()
    process = processes.start(sleeper, door_of(paper), its, slept_s)
    its.close()
    try:
        assert heard(mine) == "live"
        os.kill(process.pid, signal.SIGSTOP)
        paper.incident("trade", symbol="SOLUSDT", side="Sell", qty="5")
        time.sleep(stopped_s)  # the suspension itself
        os.kill(process.pid, signal.SIGCONT)
        assert heard(mine) == "woke up"
        assert heard(mine) == "equal"
    finally:
        process.kill()
        process.join(PATIENCE_S)


STORIES = {
    NEVER_SENT: test_what_was_not_written_down_was_not_sent,
    WITHOUT_TRACE: test_what_was_written_down_and_never_arrived_may_be_retried,
    CARRIED_OUT: test_what_was_carried_out_is_found_and_not_sent_again,
    IN_THE_SWEEP: test_the_next_start_goes_on_sweeping,
}


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_thousand_kills(paper: PaperProcess, tmp_path: Path, moment: str) -> None:
    """P1: whatever the kill meets by chance."""
    story = next(story for moments, story in STORIES.items() if moment in moments)
    for number in range(84):
        await asyncio.to_thread(restore, paper)
        await story(paper, tmp_path / str(number), moment)
