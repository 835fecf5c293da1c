"""The whole desk: real windows, the real manager and ccxt, and the paper exchange in a process of its own."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from core.bybit import Connection
from core.manager import PositionManager
from core.paper_process import PaperProcess as OwnPaper
from gui import theme
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.form import IntentForm
from gui.dialogs.trading_stop import TradingStopDialog
from tests.paper_fixture import PaperProcess
from tests.stories.window import LEFT, SOL, Desk, desk_on, held, type_into


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme."""
    theme.load_fonts()
    theme.apply(qapp, theme.tokens())
    yield
    theme.undress(qapp)


async def test_a_close_by_mouse_and_keyboard_waits_for_evidence(qt_loop: object, paper: PaperProcess) -> None:
    size = Decimal(held(paper)["size"])
    paper.control("incident", incident="hold_fills")
    async with desk_on(paper) as desk:
        dialog = await desk.press("close")
        assert isinstance(dialog, ClosePositionDialog)
        type_into(dialog.quantity.edit, "5")
        await desk.shown(dialog.frame.action.isEnabled)
        assert dialog.frame.action.text() == "Close 5.0 SOL"
        QTest.keyClick(dialog.quantity.edit, Qt.Key.Key_Return)
        assert dialog.focusWidget() is dialog.frame.action
        assert paper.requests("/v5/order/create") == []
        QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
        await desk.shown(lambda: "closing" in desk.row_text())
        await desk.shown(lambda: len(paper.requests("/v5/order/create")) == 1)
        await desk.shown(lambda: desk.manager.snapshot.commands[0].state == "accepted")
        assert "closing" in desk.row_text()
        assert Decimal(held(paper)["size"]) == size
        assert desk.manager.get_position(SOL).size == size
        paper.control("incident", incident="release_fills")
        await desk.shown(lambda: desk.manager.get_position(SOL).size == size - 5)
        await desk.shown(lambda: "closing" not in desk.row_text())
        assert Decimal(held(paper)["size"]) == size - 5
        assert len(paper.requests("/v5/order/create")) == 1


async def test_closing_all_takes_the_row_away(qt_loop: object, paper: PaperProcess) -> None:
    async with desk_on(paper) as desk:
        dialog = await desk.press("close")
        await desk.shown(dialog.frame.action.isEnabled)
        QTest.mouseClick(dialog.frame.action, LEFT)
        table = desk.window.tabs.positions.view.table
        await desk.shown(lambda: table.row_of(SOL) is None)
        assert held(paper)["size"] == "0"
        await desk.shown(lambda: desk.manager.snapshot.session.closed_trades == 1)


async def test_stops_moved_by_keyboard_are_found_by_another_client(qt_loop: object, paper: PaperProcess) -> None:
    async with desk_on(paper) as desk:
        mark = desk.manager.get_position(SOL).mark_price
        stop = (mark * Decimal("0.96")).quantize(Decimal("0.1"))
        target = (mark * Decimal("1.2")).quantize(Decimal("0.1"))
        dialog = await desk.press("edit_stops")
        assert isinstance(dialog, TradingStopDialog)
        type_into(dialog.stop_loss.edits["price"], str(stop))
        type_into(dialog.take_profit.edits["price"], str(target))
        await desk.shown(dialog.frame.action.isEnabled)
        QTest.keyClick(dialog.take_profit.edits["price"], Qt.Key.Key_Return)
        QTest.keyClick(dialog.frame.action, Qt.Key.Key_Return)
        await desk.shown(lambda: Decimal(held(paper)["stopLoss"]) == stop)
        assert Decimal(held(paper)["takeProfit"]) == target
        await desk.shown(lambda: desk.manager.snapshot.commands[0].state == "done")


async def test_escape_never_trades(qt_loop: object, paper: PaperProcess) -> None:
    async with desk_on(paper) as desk:
        for name in ("close", "edit_stops"):
            dialog = await desk.press(name)
            QTest.keyClick(dialog.frame.action, Qt.Key.Key_Escape)
            await desk.shown(lambda: desk.window.findChild(IntentForm) is None)
        assert paper.requests("/v5/order/create") == []
        assert paper.requests("/v5/position/trading-stop") == []


async def test_a_dead_exchange_is_said_and_the_numbers_stay(qt_loop: object) -> None:
    own = OwnPaper(clock="frozen")

    async def locate() -> Connection:
        return await own.locate()

    manager = PositionManager(locate)
    running = asyncio.create_task(manager.run())
    try:
        await manager.until(lambda s: s.links.is_live, 30)
        desk = Desk(manager)
        view = desk.window.tabs.positions.view
        await desk.shown(lambda: view.table.row_of(SOL) is not None and "Live" in desk.window.top_bar.link.words)
        before = desk.manager.get_position(SOL)
        own.kill()
        await desk.shown(lambda: "Live" not in desk.window.top_bar.link.words)
        assert view.table.row_of(SOL) is not None
        assert desk.manager.get_position(SOL).size == before.size
        await desk.shown(lambda: "Live" in desk.window.top_bar.link.words, 30)
        assert manager.snapshot.links.reconciled_mono > before.received_mono
        desk.close()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        own.close()
