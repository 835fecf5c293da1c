"""Stream the prices of what is open, and of nothing else. One category, one socket at a time, on its own feet.

It needs no key: prices go on while a key is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.backoff import Backoff
from core.book import PositionBook
from core.bybit.client import Client
from core.bybit.stream import TickerStream
from core.errors import AppError
from core.events import Event
from core.links import TICKERS, LinkBoard

LOOK_EVERY_S = 1.0
IDLE_S = 0.2


class TickerFeed:
    """The ticker stream of one category: opened while something is open there, dialled again when it breaks."""

    def __init__(
        self, category: str, book: PositionBook, backoff: Backoff, board: LinkBoard, post: Callable[[Event], None]
    ) -> None:
        self._category = category
        self._book = book
        self._backoff = backoff
        self._board = board
        self._post = post

    async def run(self, client: Client) -> None:
        """Stream until cancelled."""
        while True:
            self._board.dialled(TICKERS, self._category)
            await self._until_wanted()
            self._board.dialled(TICKERS, self._category)
            self._backoff.start()
            stream = client.tickers(self._category, self._post)
            try:
                await stream.open()
                await self._follow(stream)
            except AppError as error:
                self._board.failed(TICKERS, self._category, error)
            finally:
                await stream.close()
            await asyncio.sleep(self._backoff.wait_s())

    async def _until_wanted(self) -> None:
        """Nothing open in a category: no prices are missing."""
        while not self._symbols():
            if self._book.has_baseline:
                self._board.idle(TICKERS, self._category)
            await asyncio.sleep(IDLE_S)

    async def _follow(self, stream: TickerStream) -> None:
        closed = asyncio.ensure_future(stream.closed())
        try:
            while not closed.done():
                await stream.set_symbols(self._symbols())
                self._board.live(TICKERS, self._category, latency_ms=stream.latency_ms, last_mono=stream.last_mono)
                await asyncio.wait({closed}, timeout=LOOK_EVERY_S)
            closed.result()
        finally:
            closed.cancel()

    def _symbols(self) -> list[str]:
        return sorted({p.symbol for p in self._book.open_positions if p.category == self._category})
