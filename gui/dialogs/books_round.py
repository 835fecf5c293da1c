"""The order books of several contracts while a dialog looks at them: asked for in turn, one question at a time."""

from __future__ import annotations

from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.errors import AppError
from core.model import OrderBook, PositionKey
from gui.bridge import Bridge

# Four questions a second leave most of the request budget to everything else.
PERIOD_MS: Final = 250
KEEP_S: Final = 10.0


class BooksRound(QObject):
    """Keeps the newest order book of each contract that was named last, for ``KEEP_S`` seconds.

    Signals:
        changed(): another book has come, or one has gone.
    """

    changed = pyqtSignal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._turn: list[PositionKey] = []
        self._books: dict[tuple[str, str], tuple[OrderBook, float]] = {}
        self._is_asking = self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._ask)

    def book(self, key: PositionKey) -> OrderBook | None:
        """The newest book of a position's contract, unless it is too old."""
        book, received = self._books.get(key[:2], (None, 0.0))
        return book if self._bridge.clock.monotonic() - received <= KEEP_S else None

    def want(self, keys: list[PositionKey]) -> None:
        """Ask for the books of these positions' contracts, those not heard of yet first."""
        wanted = {key[:2]: key for key in keys}
        kept = [key for key in self._turn if key[:2] in wanted]
        new = [key for pair, key in wanted.items() if pair not in {known[:2] for known in kept}]
        self._turn = new + kept
        if new and not self._timer.isActive() and not self._is_stopped:
            self._timer.start()
            self._ask()

    def stop(self) -> None:
        """Ask no more; an answer on its way is dropped."""
        self._is_stopped = True
        self._timer.stop()

    def _ask(self) -> None:
        if self._turn and not self._is_asking and self._bridge.manager is not None:
            key = self._turn.pop(0)
            self._turn.append(key)
            self._is_asking = True
            self._bridge.start(self._fetch(key))

    async def _fetch(self, key: PositionKey) -> None:
        manager = self._bridge.manager
        assert manager is not None  # asked for only with one
        book: OrderBook | None = None
        try:
            book = await manager.fetch_order_book(key)
        except AppError:
            book = None  # the plan calculates at the mark and says so; the link's own state says why
        finally:
            self._is_asking = False
        if self._is_stopped or sip.isdeleted(self):
            return
        if book is not None:
            self._books[key[:2]] = (book, self._bridge.clock.monotonic())
        else:
            self._books.pop(key[:2], None)
        self.changed.emit()
