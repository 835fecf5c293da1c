"""What stories with windows share: the real main window over a real manager, and fingers to use it with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from core.manager import PositionManager
from core.model import Position, PositionKey, Snapshot
from gui.bridge import Bridge
from gui.dialogs.window import FormWindow
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed

SOL = PositionKey("linear", "SOLUSDT", 0)
LEFT = Qt.MouseButton.LeftButton


class Hands:
    """Fingers and eyes for a main window that is at work."""

    def __init__(self, window: MainWindow, bridge: Bridge, manager: PositionManager) -> None:
        self.window, self.bridge, self.manager = window, bridge, manager

    @property
    def snapshot(self) -> Snapshot:
        """The newest one that the window has."""
        return self.window.facts.snapshot or Snapshot()

    def seen(self, key: PositionKey = SOL) -> Position | None:
        """The position as the window has it."""
        return self.snapshot.position(key.symbol, key.position_idx, key.category)

    async def shown(self, holds: Callable[[], object], timeout_s: float = 60.0) -> None:
        """Wait until the window shows it."""
        async with asyncio.timeout(timeout_s):
            while not holds():
                await asyncio.sleep(0.01)

    def dialog(self) -> FormWindow | None:
        """The dialog in front."""
        found = [dialog for dialog in self.window.findChildren(FormWindow) if not dialog.is_closed]
        return found[-1] if found else None

    async def opened(self) -> Any:
        """The dialog that opens now, ready for fingers: the focus is on Cancel."""
        await self.shown(lambda: self.dialog() is not None)
        dialog = self.dialog()
        assert dialog is not None
        await self.shown(lambda: dialog.isVisible() and dialog.focusWidget() is dialog.frame.cancel)
        return dialog

    async def press(self, name: str, key: PositionKey = SOL) -> Any:
        """Click an inline button of a position's row, scrolled to; returns the dialog that opens."""
        view = self.window.tabs.positions.view
        await self.shown(lambda: not view.button_rect(key, name).isEmpty())
        view.scrollTo(view.table.index(view.table.row_of(key), 0))
        QTest.mouseClick(view.viewport(), LEFT, pos=view.button_rect(key, name).center())
        return await self.opened()

    async def gone(self) -> None:
        """No dialog is open any more."""
        try:
            await self.shown(lambda: self.dialog() is None)
        except TimeoutError:
            front = self.dialog()
            assert front is None, (front.windowTitle(), front.frame.status.text(), front.frame.trouble.text)
            raise

    def held(self, key: PositionKey = SOL) -> Position | None:
        """The position as the desk knows it."""
        return self.manager.get_position(key)

    def row_text(self, key: PositionKey = SOL) -> str:
        """What a position's row says, all cells; empty when there is none."""
        table = self.window.tabs.positions.view.table
        row = table.row_of(key)
        if row is None:
            return ""
        return " ".join(str(table.index(row, column).data()) for column in range(table.columnCount()))


class Desk(Hands):
    """A main window that is opened for a manager, and what drives it."""

    def __init__(self, manager: PositionManager, settings: WindowSettings | None = None) -> None:
        bridge = Bridge()
        self.crashes: list[BaseException] = []
        bridge.crashed.connect(self.crashes.append)
        super().__init__(MainWindow(bridge, "paper", "Main", settings or WindowSettings(None)), bridge, manager)
        self.window.show()
        bridge.attach(manager)

    def close(self) -> None:
        """As the process does on its way out."""
        self.bridge.detach()
        self.window.close()
        self.window.deleteLater()
        assert self.crashes == []


@asynccontextmanager
async def desk_on(paper: PaperProcess, **options: Any) -> AsyncIterator[Desk]:
    """A desk that shows its positions."""
    async with managed(paper, **options) as manager:
        desk = Desk(manager)
        try:
            table = desk.window.tabs.positions.view.table
            await desk.shown(lambda: table.rowCount() == len(manager.snapshot.positions) > 0)
            yield desk
        finally:
            desk.close()


@asynccontextmanager
async def acting(paper: PaperProcess, **options: Any) -> AsyncIterator[Desk]:
    """A desk on an exchange without faults whose log begins now."""
    paper.disarm()
    paper.control("forget_requests")
    async with desk_on(paper, **options) as desk:
        yield desk


async def fill_in_close(desk: Desk, qty: str = "", key: PositionKey = SOL) -> Any:
    """The close dialog of a row, with a quantity when one is given, ready to be confirmed."""
    dialog = await desk.press("close", key)
    if qty:
        type_into(dialog.quantity.edit, qty)
    await desk.shown(dialog.frame.action.isEnabled)
    return dialog


def held(paper: PaperProcess, symbol: str = "SOLUSDT", idx: int = 0) -> dict[str, str]:
    """The exchange's own row, through a client that shares nothing with the desk."""
    rows = paper.rows("/v5/position/list", category="linear", symbol=symbol)
    return next(row for row in rows if row["positionIdx"] == idx)


def size_of(paper: PaperProcess, symbol: str = "SOLUSDT", idx: int = 0) -> Decimal:
    """The size that an independent client sees."""
    return Decimal(held(paper, symbol, idx)["size"])


def click(button: QWidget) -> None:
    """Press and release the left button in the middle."""
    QTest.mouseClick(button, LEFT)


def type_into(field: QWidget, text: str) -> None:
    """Replace a field's text by keystrokes."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
