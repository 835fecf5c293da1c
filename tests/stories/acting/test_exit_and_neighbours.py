"""F103-F106 and P7: the program ends or dies with commands under way; another client trades at the same moment."""

import asyncio
import json
import threading
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


async def test_pybit_and_the_operator_close_at_the_same_time(qt_loop: object, paper: PaperProcess) -> None:
    """P7: never a position of the other side, never a second order of ours, and words that explain it.

    Whoever is first is chance here; each case by itself is in test_closing.py.
    """
    async with desk_on(paper) as desk:
        session = bybit.HTTP(api_key=paper.api_key, api_secret=paper.api_secret)
        session.endpoint = paper.rest
        order = {"category": "linear", "symbol": "SOLUSDT", "side": "Sell", "orderType": "Market", "qty": "20.0"}
        refusals: list[int] = []

        def close_elsewhere() -> None:
            try:
                session.place_order(**order, positionIdx=0, reduceOnly=True)
            except InvalidRequestError as refusal:
                refusals.append(refusal.status_code)

        dialog = await fill_in_close(desk)
        other = threading.Thread(target=close_elsewhere)
        other.start()
        click(dialog.frame.action)
        await asyncio.to_thread(other.join)
        assert set(refusals) <= {110017}
        await desk.shown(lambda: desk.row_text() == "")
        await desk.shown(lambda: not any(command.is_open for command in desk.snapshot.commands))
        if not dialog.is_closed:  # it was late
            said = dialog.frame.trouble.text
            assert "closed by another party" in said or "no longer open" in said, said
            dialog.reject()
        await desk.gone()
        assert size_of(paper) == 0
        assert len([request for request in paper.requests(CREATE) if "orderLinkId" in request["fields"]]) <= 1
