"""What stories of panels share: a position closed beside them, tabs, and the answer to Qt's question for a file."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog, QLineEdit

from core.errors import Unreachable
from core.model import ClosedTrade, Command, PositionKey
from gui.widgets.tab_strip import TabStrip
from tests.paper_fixture import PaperProcess
from tests.stories.window import LEFT, Desk, click, type_into

TOO_LATE = 10002  # a request that took seconds on a machine with other work; it did nothing


def click_tab(strip: TabStrip, number: int) -> None:
    """Bring a tab to the front with the mouse."""
    QTest.mouseClick(strip, LEFT, pos=strip.tabRect(number).center())


async def closed(desk: Desk, key: PositionKey) -> Command:
    """Close at market, once the quote is fresh: nothing is sent on a stale one."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await desk.manager.close_position(key)
            except Unreachable as trouble:
                if trouble.code != "stale":
                    raise
                await asyncio.sleep(0.05)


async def told(exchange: PaperProcess, path: str, symbol: str, since_ms: int = 0) -> list[dict[str, str]]:
    """The exchange's own rows of a contract, asked for beside the loop."""
    while True:
        answer = await asyncio.to_thread(exchange.get, path, category="linear", symbol=symbol, limit=100)
        assert answer["retCode"] in (0, TOO_LATE), answer
        if answer["retCode"] == 0:
            rows = answer["result"]["list"]
            return [row for row in rows if int(row.get("execTime", row.get("createdTime", "0"))) >= since_ms]


async def closed_life(desk: Desk, exchange: PaperProcess, key: PositionKey) -> ClosedTrade:
    """Close a position; its life in the window, by the exchange's own time of the last fill, with its result.

    The life's id says nothing here: it changes when the history that is read meanwhile reaches its beginning.
    """
    await closed(desk, key)
    await desk.shown(lambda: desk.seen(key) is None)
    fills = await told(exchange, "/v5/execution/list", key.symbol)
    ended_ms = max(int(row["execTime"]) for row in fills if Decimal(row["closedSize"]))
    found: list[ClosedTrade] = []

    def is_known() -> bool:
        found[:] = [trade for trade in desk.snapshot.closed_trades if trade.symbol == key.symbol]
        return bool(found) and found[0].closed_ms == ended_ms and found[0].net_pnl is not None

    await desk.shown(is_known)
    return found[0]


async def saved(desk: Desk, parent: Any, file: Path, kind: str = "") -> bytes:
    """Save as ``file``, in a folder without other files; returns what is written.

    With a kind, it is chosen in the dialog's list, and only the name's stem is typed.
    """
    assert not any(path.is_file() for path in file.parent.iterdir())  # or Qt would ask about overwriting, and wait
    await desk.shown(lambda: parent.findChild(QFileDialog) is not None)
    dialog = parent.findChild(QFileDialog)
    await desk.shown(dialog.isVisible)
    dialog.setDirectory(str(file.parent))  # Qt selects what it finds on the way while a path is typed
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    while kind not in kinds.currentText():
        QTest.keyClick(kinds, Qt.Key.Key_Down)
    typed = file.stem if kind else file.name
    await desk.shown(lambda: _is_answered(dialog, typed))
    await desk.shown(file.exists)  # every file appears whole
    return await asyncio.to_thread(file.read_bytes)


def _is_answered(dialog: QFileDialog, name: str) -> bool:
    """Type the name and click Save; again where Qt, which reads the folder meanwhile, has changed the field."""
    if sip.isdeleted(dialog) or not dialog.isVisible():
        return True
    edit = dialog.findChild(QLineEdit)
    edit.setCompleter(None)  # its proposals come when the disk has answered, and would take the click
    if edit.text() != name:
        type_into(edit, name)
    save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    if edit.text() == name and save.isEnabled() and save.mapTo(dialog, QPoint()).y() > 0:  # it is laid out by and by
        click(save)
    return sip.isdeleted(dialog) or not dialog.isVisible()
