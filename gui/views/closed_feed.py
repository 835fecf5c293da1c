"""Keeps the Closed table filled: opens selections of the history, fetches the rows in sight, follows what is new.

From the disk's history where the manager keeps one, else from what the session has seen. One request of a kind is under
way at a time and the newest wish wins, so that neither typing nor scrolling can pile up work.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from PyQt6.QtCore import QObject, pyqtSignal

from core.errors import StoreError
from gui.bridge import Bridge
from gui.models.closed_source import NEWEST_FIRST, Selection, Wish, open_on_disk, select_in_memory
from gui.models.history_table import HistoryTable

if TYPE_CHECKING:
    import asyncio

    from core.manager import ClosedHistory, ClosedView
    from core.model import ClosedTrade, Snapshot

HEAD: Final = 40
# Rows of the very first look: a screen of them.
FIRST: Final = 24
AROUND: Final = 48
MOST: Final = 256
# A closed life is on disk a moment after it is in the snapshot: so many seconds it is looked for.
LOOKS: Final = 3


class ClosedFeed(QObject):
    """Brings rows to a :class:`HistoryTable`.

    Signals:
        shown(Selection): another selection is in the table; its first rows are there.
        counted(int): how many closed lives there are altogether.
        symbols_known(list): the symbols that have been traded.
    """

    shown = pyqtSignal(object)
    counted = pyqtSignal(int)
    symbols_known = pyqtSignal(object)

    def __init__(self, table: HistoryTable, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table, self._bridge = table, bridge
        self.wish = Wish()
        self.selection = Selection(0, select_in_memory((), Wish(), 0).sums)
        self._trades: tuple[ClosedTrade, ...] = ()
        self._is_opening = self._is_fetching = False
        self._opening: asyncio.Task[None] | None = None
        self._shown_wish: Wish | None = None
        self._warmed: ClosedHistory | None = None
        self._is_due = False
        self._has_news = True
        self._looks = 0
        self._wanted: tuple[int, int] | None = None
        self._in_sight = (0, 0)
        table.wanted.connect(self._on_wanted)
        table.order_asked.connect(self._on_order)
        table.groups_asked.connect(lambda name: self.show(self.wish._replace(group=name)))

    # What is to be shown

    def history(self) -> ClosedHistory | None:
        """The disk's history; None if there is none now."""
        try:
            return self.kept_history()
        except StoreError:
            return None

    def kept_history(self) -> ClosedHistory:
        """The disk's history. Raises StoreError: why there is none now."""
        manager = self._bridge.manager
        if manager is None:
            raise StoreError("store_closed")
        return manager.closed_history

    async def settled(self) -> tuple[ClosedHistory, ClosedView]:
        """What the newest wish selects, once it is there: a long history takes a moment to be read first.

        Raises:
            StoreError: no history is kept, or it could not be read.
        """
        import asyncio  # not before the first paint

        history = self.kept_history()
        if self.selection.view is None:
            self._refresh()
        while self._is_opening and self._opening is not None:
            await asyncio.wait({self._opening})
        if self.selection.view is None:
            raise StoreError("store_closed")
        return history, self.selection.view

    def show(self, wish: Wish) -> None:
        """Show this instead."""
        if wish != self.wish:
            self.wish = wish
            self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow what has been closed since."""
        if snapshot.closed_trades is not self._trades or self._shown_wish is None:
            self._trades, self._looks, self._has_news = snapshot.closed_trades, LOOKS, True
            self._refresh()

    def tick(self) -> None:
        """Once a second: look again for what was not on disk yet."""
        if self._looks > 0 and self.history() is not None:
            self._looks, self._has_news = self._looks - 1, True
            self._refresh()

    def _on_order(self, name: str, descending: bool) -> None:
        self.show(self.wish._replace(order=(name, descending) if name else NEWEST_FIRST))

    def _refresh(self) -> None:
        history = self.history()
        if history is None:
            self._show_memory()
        elif self._is_opening:
            self._is_due = True
        else:
            self._is_opening = True
            self._opening = self._bridge.start(self._open(history))

    def _show_memory(self) -> None:
        selection = select_in_memory(self._trades, self.wish, self._bridge.clock.now_ms())
        self._take(selection, list(selection.records), self.wish)
        self.counted.emit(len(self._trades))
        self.symbols_known.emit(sorted({trade.symbol for trade in self._trades}))

    async def _open(self, history: ClosedHistory) -> None:
        try:
            if self._shown_wish is None and self.wish == Wish():
                await self._show_first_page(history)
            while True:
                wish, is_fresh = self.wish, self._has_news
                self._is_due = self._has_news = False
                now_ms = self._bridge.clock.now_ms()
                selection = await open_on_disk(history, wish, now_ms, is_fresh=is_fresh)
                head = [] if selection.view is None else await history.rows(selection.view, 0, HEAD)
                if wish == self.wish:
                    self._take(selection, head, wish)
                if is_fresh:
                    count = await history.count()  # not inside emit: a signal must not wait half called
                    self.symbols_known.emit(history.symbols())
                    self.counted.emit(count)
                if wish == self.wish and not self._is_due:  # nothing may wait between this and the end
                    break
        finally:
            self._is_opening = False
        if self._warmed is not history:
            self._warmed = history
            self._bridge.start(self._warm(history))

    async def _warm(self, history: ClosedHistory) -> None:
        """Have what else can be sorted by read, while nobody waits for it."""
        with contextlib.suppress(StoreError):  # whoever sorts by it will be told
            await history.warm()

    async def _show_first_page(self, history: ClosedHistory) -> None:
        """Something to look at while the index of a long history is being read, or brought up to date."""
        import asyncio  # not before the first paint

        manager = self._bridge.manager
        if history.is_read:
            selection = await open_on_disk(history, Wish(), self._bridge.clock.now_ms(), is_fresh=False)
            if selection.view is not None:
                self._table.show_selection(selection.size, await history.rows(selection.view, 0, FIRST))
        elif manager is not None:
            page, count = await asyncio.gather(manager.get_closed_page(limit=FIRST), history.count())
            self._table.show_selection(count, page.trades)

    def _take(self, selection: Selection, head: list[Any], wish: Wish) -> None:
        before, older, self.selection = self._shown_wish, self.selection, selection
        self._shown_wish = wish
        if before == wish or (before is None and wish == Wish() and selection.size == self._table.total):
            self._table.follow(selection.size, head, _added(older, selection))
        else:
            self._in_sight = (0, 0)  # another selection is looked at from its top
            self._table.show_selection(selection.size, head)
        if selection.view is not None and self._in_sight[1] > 0:
            self._on_wanted(*self._in_sight)
        self.shown.emit(selection)

    # Rows in sight

    def _on_wanted(self, first: int, last: int) -> None:
        self._in_sight = self._wanted = (first, last)
        history = self.history()
        if history is not None and not self._is_fetching and self.selection.view is not None:
            self._is_fetching = True
            self._bridge.start(self._fetch(history))

    async def _fetch(self, history: ClosedHistory) -> None:
        try:
            while self._wanted is not None and (selection := self.selection).view is not None:
                (first, last), self._wanted = self._wanted, None
                first = max(0, first - AROUND)
                last = min(selection.size, last + AROUND, first + MOST)
                rows = await history.rows(selection.view, first, last)
                if selection is self.selection:
                    self._table.put(first, rows)
        finally:
            self._is_fetching = False


def _added(older: Selection, newer: Selection) -> list[int] | None:
    """Where rows have come in, few enough to be put in one by one; None when that is not known."""
    if older.view is None or newer.view is None or not 0 <= newer.size - older.size <= MOST:
        return None
    return newer.view.added_since(older.view)
