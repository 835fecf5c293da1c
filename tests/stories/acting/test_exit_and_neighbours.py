"""F103-F106 and P7: the program ends or dies with commands under way; another client trades at the same moment."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pybit.unified_trading as bybit
import pytest
from pybit.exceptions import InvalidRequestError

from gui.dialogs.leaving import LeavingDialog
from tests.paper_fixture import PaperProcess
from tests.stories.acting.hands import (
    CREATE,
    ETH,
    close,
    ended,
    panel_says,
    steps_of,
)
from tests.stories.running import Running, at_work
from tests.stories.stored import accounts_on
from tests.stories.window import (
    Hands,
    click,
    desk_on,
    fill_in_close,
    size_of,
)

pytestmark = pytest.mark.usefixtures("dressed")


@asynccontextmanager
async def program(paper: PaperProcess, folder: Path) -> AsyncIterator[tuple[Running, Hands]]:
    """The whole program on this exchange, and fingers for its window."""
    ready = folder / "ready.json"
    ready.write_text(json.dumps(paper.ready))
    async with at_work(accounts_on(paper, folder), folder, "paper", "--connect", str(ready)) as running:
        bridge = running.present.seat.bridge
        yield running, Hands(running.window, bridge, bridge.manager)


async def closed_while_busy(desk: Hands) -> Any:
    """Close the window with a command under way; returns the question that opens in it."""
    assert not desk.window.close()
    question = await desk.opened()
    assert isinstance(question, LeavingDialog)
    return question


async def test_what_has_no_verdict_at_the_exit_is_found_at_the_next_start(
    qt_loop: object, paper: PaperProcess, tmp_path: Path
) -> None:
    """F104, F106, P10: leaving asks, and may be stayed; the next start says what it looks for, and what came of it."""
    async with program(paper, tmp_path) as (running, desk):
        paper.hold_fills()
        command = await close(desk, "10")
        question = await closed_while_busy(desk)
        assert question.table.texts() == [("SOLUSDT · Close position 10.0", "accepted")]
        click(question.frame.cancel)
        await desk.gone()
        click((await closed_while_busy(desk)).frame.action)
        assert await running.task == 0
    async with program(paper, tmp_path) as (_, desk):
        await desk.shown(lambda: desk.snapshot.is_resuming and "closing" in desk.row_text())
        dialog = await desk.press("edit_stops", ETH)
        await desk.shown(lambda: "no verdict yet" in dialog.frame.status.text())
        dialog.reject()
        await desk.gone()
        paper.release_fills()
        done = await ended(desk, command)
        assert (done.state, done.filled_qty, done.order_link_id) == ("done", 10, command.order_link_id)
        await desk.shown(lambda: not desk.snapshot.is_resuming and "closing" not in desk.row_text())
        steps = await steps_of(desk, done)
        assert (steps[0], steps[-1]) == ("Asked", "Verdict")
        assert len(paper.requests(CREATE)) == 1
        assert size_of(paper) == 10


ORDER = {"category": "linear", "symbol": "SOLUSDT", "side": "Sell", "orderType": "Market", "qty": "20.0"}
CLOSED_BY_OTHER = "Close position: not carried out, the position was closed by another party"


def close_with_pybit(paper: PaperProcess) -> int:
    """Close all of it as another program of the same account would; returns the refusal's code, 0 without one."""
    session = bybit.HTTP(api_key=paper.api_key, api_secret=paper.api_secret)
    session.endpoint = paper.rest
    try:
        session.place_order(**ORDER, positionIdx=0, reduceOnly=True)
    except InvalidRequestError as refusal:
        return int(refusal.status_code)
    return 0


def is_carried_out(paper: PaperProcess, ids: set[str]) -> bool:
    """Whether the exchange has executed an order with one of these ids."""
    rows = paper.rows("/v5/execution/list", category="linear", symbol="SOLUSDT", limit=50)
    return any(row["orderLinkId"] in ids for row in rows)


async def test_pybit_and_the_operator_close_at_the_same_time(qt_loop: object, paper: PaperProcess) -> None:
    """P7: never a position of the other side, never a second order of ours, and words that explain it.

    Whoever is first is chance here, and the exchange's executions tell; the words have to agree with them.
    """
    async with desk_on(paper) as desk:
        dialog = await fill_in_close(desk)
        other = asyncio.create_task(asyncio.to_thread(close_with_pybit, paper))
        click(dialog.frame.action)
        assert await other in {0, 110017}
        await desk.shown(lambda: dialog.is_closed or dialog.sending.phase not in {"sending", "unknown"})
        await desk.manager.until(lambda s: not any(command.is_open for command in s.commands), 60)
        await desk.shown(lambda: desk.row_text() == "")
        ours = {one["fields"]["orderLinkId"] for one in paper.requests(CREATE) if "orderLinkId" in one["fields"]}
        assert len(ours) <= 1
        if is_carried_out(paper, ours):
            assert await panel_says(desk, "Close position: done") == 1
        elif desk.manager.snapshot.commands:
            assert await panel_says(desk, CLOSED_BY_OTHER) == 1
        else:
            await desk.shown(lambda: "no longer open" in dialog.frame.trouble.text)
        if not dialog.is_closed:
            dialog.reject()
        await desk.gone()
        assert size_of(paper) == 0


async def test_pybit_closes_while_our_order_is_on_its_way(qt_loop: object, paper_factory) -> None:
    """P7, F55: ours was accepted, and finds nothing to close. An exchange of its own, because its clock is moved."""
    paper = paper_factory()
    async with desk_on(paper) as desk:
        paper.incident("execute_late", after_ms=4_000, count=1)
        command = await close(desk, "10")
        assert await asyncio.to_thread(close_with_pybit, paper) == 0
        await desk.shown(lambda: desk.row_text() == "")
        paper.advance(4_000)
        refused = await ended(desk, command)
        assert (refused.state, refused.detail, refused.filled_qty or 0) == ("refused", "closed_by_other", 0)
        assert await panel_says(desk, CLOSED_BY_OTHER) == 1
        assert (await steps_of(desk, refused))[-2:] == ["Evidence", "Verdict"]
        assert size_of(paper) == 0
