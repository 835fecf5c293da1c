"""The order book of one contract while a dialog looks at it: asked for once a second, forgotten when it is old."""

from __future__ import annotations

from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.errors import AppError
from core.model import OrderBook, PositionKey
from gui.bridge import Bridge

PERIOD_MS = 1000
KEEP_S = 5.0


class BookFeed(QObject):
    """Keeps the newest order book of ``key``. A failed question leaves none, so that nothing is promised from it.

    Signals:
        changed(): another book, or none any more.
    """

    changed = pyqtSignal()

    def __init__(self, bridge: Bridge, key: PositionKey, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._key = key
        self._book: OrderBook | None = None
        self._received_mono = 0.0
        self._is_asking = False
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._ask)

    @property
    def book(self) -> OrderBook | None:
        """The newest book, unless it is older than ``KEEP_S`` seconds."""
        if self._bridge.clock.monotonic() - self._received_mono > KEEP_S:
            return None
        return self._book

    def start(self) -> None:
        """Ask now, and then once a second."""
        self._timer.start()
        self._ask()

    def stop(self) -> None:
        """Ask no more; an answer on its way is dropped."""
        self._is_stopped = True
        self._timer.stop()

    def _ask(self) -> None:
        if not self._is_asking and self._bridge.manager is not None:
            self._is_asking = True
            self._bridge.start(self._fetch())

    async def _fetch(self) -> None:
        manager = self._bridge.manager
        assert manager is not None  # asked for only with one
        book: OrderBook | None = None
        try:
            book = await manager.fetch_order_book(self._key)
        except AppError:
            book = None  # the preview says that there is no book; the link's own state says why
        finally:
            self._is_asking = False
        if not self._is_stopped and not sip.isdeleted(self):
            self._book, self._received_mono = book, self._bridge.clock.monotonic()
            self.changed.emit()
