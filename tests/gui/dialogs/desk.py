"""A desk around one dialog: the real bridge, sample snapshots, and a hand-written manager that only counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import msgspec
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from core.errors import AppError, Unreachable
from core.intents import Intent, kind_of
from core.model import Command, OrderBook, Position, PositionKey, Snapshot
from gui.bridge import Bridge
from gui.widgets.decimal_edit import DecimalEdit
from tests.gui import samples

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)


class CountingManager:
    """Takes intents and says what the test told it to say; it knows no exchange.

    ``answer``: the state of the returned command, or the error to raise. ``gate``: answers wait until it is set.
    """

    def __init__(self, book: OrderBook | None = None) -> None:
        self.submitted: list[Intent] = []
        self.retried: list[str] = []
        self.answer: str | AppError = "accepted"
        self.command: dict[str, Any] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.book = book
        self.books: dict[str, OrderBook] = {}  # by symbol, for whoever asks for several
        self.books_asked = 0

    async def submit(self, intent: Intent) -> Command:
        """Count, wait for the gate, answer."""
        self.submitted.append(intent)
        return await self._answered(intent.key, kind_of(intent), f"c-{len(self.submitted)}")

    async def retry(self, command_id: str) -> Command:
        """Count, wait for the gate, answer as for a new command."""
        self.retried.append(command_id)
        return await self._answered(SOL, "close", command_id)

    async def _answered(self, key: PositionKey, kind: str, command_id: str) -> Command:
        await self.gate.wait()
        if isinstance(self.answer, AppError):
            raise self.answer
        fields = {"command_id": command_id, "kind": kind, "key": key, "state": self.answer, "created_ms": 0}
        return Command(**(fields | self.command))

    async def fetch_order_book(self, key: PositionKey, depth: int = 50) -> OrderBook:
        """The book that the test provided, or no answer."""
        self.books_asked += 1
        if key.symbol in self.books:
            return self.books[key.symbol]
        if self.book is None:
            raise Unreachable("unreachable")
        return self.book


class Desk:
    """The bridge of one dialog, and what happens to its position."""

    def __init__(self, snapshot: Snapshot | None = None, book: OrderBook | None = None) -> None:
        self.clock = samples.clock()
        self.bridge = Bridge(clock=self.clock)
        self.manager = CountingManager(book)
        self.bridge.manager = self.manager  # type: ignore[assignment]  # the double has what dialogs use
        self.failures: list[object] = []
        self.bridge.failed.connect(self.failures.append)
        self.bridge.crashed.connect(self.failures.append)
        self.snapshot = snapshot or samples.snapshot()
        self.show(self.snapshot)

    def show(self, snapshot: Snapshot) -> None:
        """The bridge's newest snapshot, painted at once."""
        self.snapshot = snapshot
        self.bridge._newest = snapshot
        self.bridge.frame.emit(snapshot)

    def change(self, **fields: Any) -> None:
        """Replace fields of the snapshot."""
        self.show(msgspec.structs.replace(self.snapshot, version=self.snapshot.version + 1, **fields))

    def move(self, key: PositionKey = SOL, **fields: Any) -> None:
        """Replace fields of one position; derived figures follow, and the ticker shows the same mark."""
        old = self.snapshot.position(key.symbol, key.position_idx, key.category)
        assert old is not None
        new = samples.derive(msgspec.structs.replace(old, **fields))
        self.change(positions=_with(self.snapshot.positions, new), prices=self._prices(new))

    def remove(self, key: PositionKey = SOL) -> None:
        """The position is gone from the book."""
        self.change(positions=tuple(row for row in self.snapshot.positions if row.key != key))

    def _prices(self, row: Position) -> dict[tuple[str, str], Any]:
        return {**self.snapshot.prices, (row.category, row.symbol): samples.price_of(row)}


def _with(rows: Iterable[Position], new: Position) -> tuple[Position, ...]:
    return tuple(new if row.key == new.key else row for row in rows)


def sol_snapshot(**position: Any) -> Snapshot:
    """The sample desk with other fields of its SOL position, and quotes of the design picture."""
    row = samples.position(**position)
    quotes = msgspec.structs.replace(
        samples.price_of(row), bid_price=D("122.39"), ask_price=D("122.41"), index_price=D("122.35")
    )
    base = samples.snapshot()
    return msgspec.structs.replace(
        base, positions=_with(base.positions, row), prices={**base.prices, (row.category, row.symbol): quotes}
    )


def deep_book() -> OrderBook:
    """1,200 SOL on either side; ten fill within a few ticks of the best price."""
    book = samples.order_book()
    step = D("0.01")
    quantities = [D(4), D(5), D(8), D(20), D(63), D(100), D(200), D(300), D(250), D(250)]
    bids = tuple(type(book.bids[0])(D("122.39") - step * n, qty) for n, qty in enumerate(quantities))
    asks = tuple(type(book.asks[0])(D("122.41") + step * n, qty) for n, qty in enumerate(quantities))
    return msgspec.structs.replace(book, bids=bids, asks=asks)


async def until(claim: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Let the loop run until the claim holds; it must within ``timeout_s``."""
    async with asyncio.timeout(timeout_s):
        while not claim():
            await asyncio.sleep(0.002)


def type_into(edit: DecimalEdit, typed: str) -> None:
    """Replace a field's text by keystrokes."""
    edit.setFocus()
    edit.selectAll()
    for char in typed:  # QTest.keyClicks aborts on anything beyond ASCII
        press = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, char)
        QApplication.sendEvent(edit, press)


def clear(edit: DecimalEdit) -> None:
    """Empty a field with the keyboard."""
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)


def click(button: QWidget) -> None:
    """Press and release the left button in the middle."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
