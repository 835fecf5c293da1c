"""F101-F105: the desk is killed while somebody closes by keyboard; what the window of the next start shows and allows.

Every moment of a close, without windows, is in test_kills.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core import resolver
from tests.paper_fixture import PaperProcess
from tests.stories.acting.hands import CANCEL, CREATE, ETH, close, ended, panel_says, steps_of
from tests.stories.acting.leftovers import a_stop_of_its_own, badge, is_gone
from tests.stories.kills.by_hand import close_by_hand
from tests.stories.kills.desks import kept, killed, recorder_at
from tests.stories.window import Desk, desk_on, size_of

pytestmark = pytest.mark.usefixtures("dressed")
LOCKED = "A command of an earlier run has no verdict yet; nothing new can be sent."
NO_TRACE = "No trace of the order after 3 checks. Retrying is safe (same order id)"
RESUMED = "Close position: left over from an earlier run, asking Bybit"


@asynccontextmanager
async def next_start(paper: PaperProcess, folder: Path) -> AsyncIterator[Desk]:
    """A second desk over what the first one left behind."""
    async with desk_on(paper, recorder=await recorder_at(folder), history_days=8) as desk:
        yield desk


def banner(desk: Desk) -> str:
    """What stands above the table of positions."""
    return desk.window.tabs.positions.banner.text()


async def is_locked(desk: Desk) -> None:
    """The window says that something is being looked for, and takes no command for any position."""
    await desk.shown(lambda: LOCKED in banner(desk) and "closing" in desk.row_text())
    await panel_says(desk, RESUMED)
    dialog = await desk.press("close", ETH)
    assert "no verdict yet" in dialog.frame.status.text()
    assert not dialog.frame.action.isEnabled()
    QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
    assert dialog.sending.phase == "editing"
    dialog.reject()
    await desk.gone()


async def is_free(desk: Desk, size: int) -> None:
    """The row shows the position and nothing under way; the window has nothing to say about it."""
    await desk.shown(lambda: f"{size}.0" in desk.row_text() and "closing" not in desk.row_text())
    await desk.shown(lambda: LOCKED not in banner(desk))


@pytest.mark.parametrize("moment", ["before the journal", "inside the commit"])
async def test_a_press_that_was_not_written_down_never_was(
    qt_loop: object, paper: PaperProcess, tmp_path: Path, moment: str
) -> None:
    """F101, F102: nothing was sent, nothing is remembered, and nothing is in the way of asking again."""
    await killed(moment, paper, tmp_path, "10", close_by_hand)
    assert paper.requests(CREATE) == []
    async with next_start(paper, tmp_path) as desk:
        await is_free(desk, 20)
        assert desk.snapshot.commands == ()
        assert (await ended(desk, await close(desk, "10"))).state == "done"
        assert await panel_says(desk, "Close position: done") == 1
        await is_free(desk, 10)
    assert len(paper.requests(CREATE)) == 1


async def test_a_press_that_never_arrived_leaves_no_trace_and_may_be_repeated(
    qt_loop: object, paper: PaperProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F103: unknown and locked, then without a trace, then sent under the id that it had."""
    await killed("after the commit", paper, tmp_path, "10", close_by_hand)
    assert size_of(paper) == 20
    monkeypatch.setattr(resolver, "NO_TRACE_AFTER_S", 3_600.0)  # until the window has shown it
    async with next_start(paper, tmp_path) as desk:
        await is_locked(desk)
        monkeypatch.setattr(resolver, "NO_TRACE_AFTER_S", 0.0)
        await desk.shown(lambda: NO_TRACE in desk.row_text())
        await is_free(desk, 20)
        await panel_says(desk, "Close position: no trace of it at Bybit after 3 checks")
        again = await desk.press("close")
        await desk.shown(lambda: again.frame.action.isEnabled() and again.frame.action.text() == "Retry")
        again.frame.action.setFocus()
        QTest.keyClick(again.frame.action, Qt.Key.Key_Return)
        await desk.gone()
        await is_free(desk, 10)
        assert await panel_says(desk, "Close position: done") == 1
    assert [one["fields"]["orderLinkId"] for one in paper.requests(CREATE)] == list(kept(tmp_path)["links"].values())


@pytest.mark.parametrize("moment", ["before the answer is read", "between two look-ups"])
async def test_a_press_that_arrived_is_found_and_not_repeated(
    qt_loop: object, paper: PaperProcess, tmp_path: Path, moment: str
) -> None:
    """F104, F105: locked while the exchange has not filled it, then done, as the timeline tells."""
    if moment == "between two look-ups":
        paper.arm("reset_after", CREATE, count=1)
    paper.hold_fills()
    await killed(moment, paper, tmp_path, "10", close_by_hand)
    paper.disarm()
    async with next_start(paper, tmp_path) as desk:
        await is_locked(desk)
        (command,) = desk.snapshot.commands
        paper.release_fills()
        done = await ended(desk, command)
        assert (done.state, done.filled_qty) == ("done", 10)
        await is_free(desk, 10)
        assert await panel_says(desk, "Close position: done") == 1
        steps = await steps_of(desk, done)
        assert (steps[0], steps[-2:]) == ("Asked", ["Evidence", "Verdict"])
    assert len(paper.requests(CREATE)) == 1


async def test_a_stop_that_was_being_cancelled_is_cancelled_by_the_next_start(
    qt_loop: object, paper: PaperProcess, tmp_path: Path
) -> None:
    """F105: the next start tries again by itself; what still will not go stays in sight, and goes when asked (F5)."""
    order_id = a_stop_of_its_own(paper, "SOLUSDT")
    paper.arm("ret_code", CANCEL, args={"code": 10016, "executed": False})
    await killed("in the stop sweep", paper, tmp_path, "20", close_by_hand)
    assert size_of(paper) == 0
    paper.control("forget_requests")
    async with next_start(paper, tmp_path) as desk:
        await desk.shown(lambda: badge(desk) == "Cancel 1 that protect nothing…")
        assert {one["fields"]["orderId"] for one in paper.requests(CANCEL)} == {order_id}
        paper.disarm()
        desk.window.activateWindow()
        await desk.shown(desk.window.isActiveWindow)
        QTest.keyClick(desk.window, Qt.Key.Key_F5)
        await is_gone(desk, paper, order_id)
