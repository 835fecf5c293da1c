"""The Closed tab on the paper exchange: a closed position appears on top, with its exits, and can be exported."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from PyQt6.QtCore import Qt

from core.clock import SystemClock
from core.model import ClosedTrade, PositionKey
from core.recorder import Recorder
from core.store.files import Place
from core.store.store import Store
from gui import theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.views.closed_panel import ClosedPanel
from gui.views.session_pages import SpreadPage
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed, until

SOL = PositionKey("linear", "SOLUSDT", 0)


async def on_top(panel: ClosedPanel, trade: ClosedTrade) -> None:
    """Wait until this is the first row; the window ticks meanwhile, as it does once a second."""
    async with asyncio.timeout(60):
        while panel.table.record(0) != trade:
            await asyncio.sleep(0.02)


async def the_session_tells_of_it(window: MainWindow, qtbot) -> None:
    """What closed is in the distribution and in the sums; the change of equity says since when it counts."""
    session = window.session
    qtbot.mouseClick(session.strip, Qt.MouseButton.LeftButton, pos=session.strip.tabRect(3).center())
    async with asyncio.timeout(60):
        while session.report is None or not session.report.results:
            await asyncio.sleep(0.02)
    page = session._pages[3]
    assert isinstance(page, SpreadPage)
    assert sum(bar.value for bar in page.results.bars) >= 1
    assert len(page.hours.bars) == 24
    said = window.top_bar.equity.accessibleName()
    assert "since" in said or "today" in said
    panel = window.tabs.panel("closed")
    assert panel.totals.cells[0].text.endswith("closed")


async def test_a_closed_position_comes_on_top_with_its_exits(
    qt_loop, qapp, qtbot, paper: PaperProcess, tmp_path: Path
) -> None:
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())

    async def open_store(ledger: str) -> Store:
        return await Store.open(Place(tmp_path / "store", "paper", "Main", ledger), ballast_bytes=0)

    recorder = Recorder(open_store, SystemClock())
    await recorder.use("one ledger")
    async with managed(paper, recorder=recorder, history_days=8) as manager:
        bridge = Bridge()
        window = MainWindow(bridge, "paper", "Main", WindowSettings(None))
        window.show()
        bridge.attach(manager)
        window.tabs.show_tab("closed")
        panel = window.tabs.present
        assert isinstance(panel, ClosedPanel)
        await manager.until(lambda s: s.position("SOLUSDT") is not None)
        await manager.close_position(SOL)
        closed = await manager.until(lambda s: any(t.symbol == "SOLUSDT" for t in s.closed_trades))
        trade = next(t for t in closed.closed_trades if t.symbol == "SOLUSDT")
        await on_top(panel, trade)
        panel.view.select_key(trade.life_id)
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
        assert panel.life.isVisible()
        assert panel.life.trade == trade
        async with asyncio.timeout(60):
            while panel.life.payments.accessibleName() == "Not known":
                await asyncio.sleep(0.02)
        panel.export(tmp_path / "closed.json")
        await until((tmp_path / "closed.json").exists)
        written = json.loads((tmp_path / "closed.json").read_text())
        # The bot may have closed another one since.
        ours = next(life for life in written if life["life_id"] == trade.life_id)
        assert len(ours["exits"]) == len(trade.exits)
        assert [life["closed_ms"] for life in written] == sorted((life["closed_ms"] for life in written), reverse=True)
        await the_session_tells_of_it(window, qtbot)
        bridge.detach()
        window.close()
        await asyncio.gather(*bridge._tasks, return_exceptions=True)
        window.deleteLater()
