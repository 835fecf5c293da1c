"""The Closed tab on the paper exchange: a closed position appears on top, with its exits, and can be exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.model import ClosedTrade
from gui.views.closed_panel import ClosedPanel
from gui.views.session_pages import SpreadPage
from tests.paper_fixture import PaperProcess
from tests.recording import recorder_in
from tests.stories.panels import click_tab, closed_life, saved
from tests.stories.window import LEFT, SOL, Desk, click, desk_on

pytestmark = pytest.mark.usefixtures("dressed")


async def in_depth(desk: Desk, panel: ClosedPanel, trade: ClosedTrade) -> ClosedTrade:
    """A click on the first row, which this life comes to, then Enter."""
    await desk.shown(lambda: (row := panel.table.record(0)) is not None and row.closed_ms == trade.closed_ms)
    place = panel.view.visualRect(panel.view.table.index(0, 1)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=place)
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert panel.life.isVisible()
    assert panel.life.trade.closed_ms == trade.closed_ms
    assert panel.life.trade.symbol == trade.symbol
    await desk.shown(lambda: panel.life.payments.accessibleName() != "Not known")
    return panel.life.trade


async def the_session_tells_of_it(desk: Desk, panel: ClosedPanel) -> None:
    """What closed is in the distribution and in the sums; the change of equity says since when it counts."""
    session = desk.window.session
    click_tab(session.strip, 3)
    await desk.shown(lambda: session.report is not None and session.report.results)
    page = session._pages[3]
    assert isinstance(page, SpreadPage)
    assert sum(bar.value for bar in page.results.bars) >= 1
    assert len(page.hours.bars) == 24
    said = desk.window.top_bar.equity.accessibleName()
    assert "since" in said or "today" in said
    assert panel.totals.cells[0].text.endswith("closed")


async def test_a_closed_position_comes_on_top_with_its_exits(
    exchange: PaperProcess, qt_loop: object, tmp_path: Path
) -> None:
    recorder = await recorder_in(tmp_path)
    async with desk_on(exchange, recorder=recorder, history_days=8) as desk:
        closed = await closed_life(desk, exchange, SOL)
        click_tab(desk.window.tabs.strip, 2)
        panel = desk.window.tabs.present
        assert isinstance(panel, ClosedPanel)
        trade = await in_depth(desk, panel, closed)
        (tmp_path / "out").mkdir()
        click(panel.export_button)
        written = json.loads(await saved(desk, panel, tmp_path / "out" / "closed.json", "json"))
        ours = next(one for one in written if one["life_id"] == trade.life_id)
        assert len(ours["exits"]) == len(trade.exits)
        assert [one["closed_ms"] for one in written] == sorted((one["closed_ms"] for one in written), reverse=True)
        await the_session_tells_of_it(desk, panel)
