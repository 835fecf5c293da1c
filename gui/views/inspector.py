"""The Inspector: the selected position in depth, or a hint to select one.

It asks the manager for candles while it is visible. The page itself is made when there is a position to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui.models.cell import Facts
from gui.models.positions import is_stale
from gui.text import translate
from gui.widgets.labels import Label

if TYPE_CHECKING:
    from core.model import PositionKey, Snapshot
    from gui.bridge import Bridge
    from gui.views.candle_feed import CandleFeed
    from gui.views.position_page import PositionPage


class Inspector(QWidget):
    """Shows the position under a key.

    Signals:
        close_requested(PositionKey), stops_requested(PositionKey): a button was pressed.
        share_requested(PositionKey, Decimal): close this share (0–1).
        stop_proposed(PositionKey, name, Decimal): a stop ("stop_loss", "take_profit") at this price.
    """

    close_requested = pyqtSignal(object)
    stops_requested = pyqtSignal(object)
    share_requested = pyqtSignal(object, object)
    stop_proposed = pyqtSignal(object, str, object)

    def __init__(self, bridge: Bridge, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("Inspector", "Selected position"))
        self._bridge, self._facts = bridge, facts
        self._key: PositionKey | None = None
        self._shown: tuple[object, ...] | None = None
        self._page: PositionPage | None = None
        self._feed: CandleFeed | None = None
        self.nothing = Label(tone="muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setMargin(20)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.nothing)
        self.nothing.set_text(_nothing_words(None))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def sizeHint(self) -> QSize:
        """About as wide as in the design."""
        return QSize(420, 640)

    @property
    def page(self) -> PositionPage:
        """The widgets for a position; made, with the arithmetic that they need, at the first one."""
        if self._page is None:
            # msgspec comes with them: not before the first paint
            from gui.views.candle_feed import CandleFeed
            from gui.views.position_page import PositionPage

            self._page = page = PositionPage()
            self._feed = CandleFeed(self._bridge, page.chart, self.isVisible)
            page.intervals.chosen.connect(self._restart_candles)
            page.edit_button.clicked.connect(lambda: self.stops_requested.emit(self._key))
            page.close_button.clicked.connect(lambda: self.close_requested.emit(self._key))
            page.share_asked.connect(lambda share: self.share_requested.emit(self._key, share))
            page.break_even_asked.connect(lambda price: self.stop_proposed.emit(self._key, "stop_loss", price))
            page.chart.stop_dropped.connect(lambda name, price: self.stop_proposed.emit(self._key, name, price))
            self._pages.addWidget(page)
        return self._page

    def show_key(self, key: PositionKey | None) -> None:
        """Show another position, or none."""
        if key != self._key:
            self._key, self._shown = key, None
            if self._page is not None:
                self._page.chart.cancel_drag()
            if key is not None:
                self._restart_candles()
        self.show_snapshot(self._facts.snapshot)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Bring the figures up to date; a position that is gone leaves the page."""
        key = self._key
        position = next((p for p in snapshot.positions if p.key == key), None) if snapshot and key else None
        self._pages.setCurrentIndex(0 if position is None else 1)
        if position is None or snapshot is None:
            self.nothing.set_text(_nothing_words(snapshot))
            return
        halt = snapshot.links.halts.get((position.category, position.symbol))
        halted_s = None if halt is None else round(self._facts.clock.monotonic() - halt.last_mono)
        rest = (is_stale(position, self._facts), snapshot.notes.get(position.key), snapshot.stop_changes, halted_s)
        shown = (position, *rest, snapshot.orders, snapshot.is_read_only)
        if shown != self._shown:
            self._shown = shown
            self.page.show_position(position, snapshot, self._facts)

    def forget(self) -> None:
        """Write everything again with the next snapshot: what may be seen has changed."""
        self._shown = None

    def tick(self) -> None:
        """Once a second: has the price become stale? Ask for candles again now and then."""
        self.show_snapshot(self._facts.snapshot)
        if self._feed is not None:
            self._feed.tick()

    def _restart_candles(self) -> None:
        page = self.page
        if self._key is not None and self._feed is not None:
            self._feed.show(self._key, page.intervals.choice)


def _nothing_words(snapshot: Snapshot | None) -> str:
    """Why there is nothing in depth."""
    if snapshot is None or snapshot.links.reconciled_ms is None:
        return translate("Inspector", "A position in depth: its chart, stops, partial exits and risk")
    if snapshot.positions:
        return translate("Inspector", "Select a position to see it in depth")
    return translate("Inspector", "No position is open; one that is stands here with its chart, stops, exits and risk")
