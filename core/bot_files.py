"""The older bot's ``positions.json``: watched for why positions were opened, imported as history, exported.

The file only adds words and indicators to what the exchange says; it never opens, closes or sizes a position here.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.book import PositionBook
from core.clock import Clock
from core.errors import BadValue, StoreError
from core.model import BotNote, PositionKey
from core.reading import CATEGORIES
from core.recorder import Recorder
from core.store.positions_json import BotFile, BotPosition, WatchedFile, read, write
from core.store.positions_records import bot_file, closed_trades, note_for, outside

EVERY_S = 2.0


class BotFiles:
    """Reading, watching and writing the bot's file for one account."""

    def __init__(self, book: PositionBook, recorder: Recorder | None, clock: Clock) -> None:
        self._book = book
        self._recorder = recorder
        self._clock = clock
        self._watched: WatchedFile | None = None
        self._content: BotFile | None = None

    def watch(self, file: Path | None) -> None:
        """Follow a file from now on; None stops. Notes of the file before are dropped."""
        self._watched = WatchedFile(file) if file else None
        self._content = None
        self._show()

    async def run(self) -> None:
        """Look at the watched file every two seconds, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            watched = self._watched
            if watched is None:
                continue
            try:
                content = await asyncio.to_thread(watched.poll)
            except BadValue as error:
                self._book.note("bot_file_unreadable", "warning", reason=error.code, where=error.details.get("field"))
                continue
            if watched is self._watched:
                self._content = content or self._content
                self._show()

    def _show(self) -> None:
        notes: dict[PositionKey, BotNote] = {}
        for position in self._book.open_positions if self._content else ():
            known = note_for(self._content, position) if self._content else None
            if known:
                notes[position.key] = _note(known)
        self._book.set_notes(notes)

    async def import_history(self, file: Path) -> int:
        """Add the bot's closed positions to the history, where the exchange's own has not been read in full.

        Returns:
            How many closed trades were new or differed from what was kept.
        Raises:
            BadValue: the file cannot be read or does not fit; nothing was imported. StoreError: it could not be kept.
        """
        if self._recorder is None:
            raise StoreError("store_closed")
        store = self._recorder.store
        trades = closed_trades(await asyncio.to_thread(read, file))
        for category in CATEGORIES:
            windows = await store.windows(category)
            ours = [t for t in trades if t.category == category]
            known_better = {t.life_id for t in ours} - {t.life_id for t in outside(ours, windows)}
            trades = [t for t in trades if t.life_id not in known_better]
        return await store.save_lives(trades)

    async def export(self, file: Path, *, overwrite: bool = False) -> None:
        """Write open positions, closed trades and statistics in the bot's format, whole or not at all.

        Raises:
            StoreError: the file exists and may not be overwritten, or cannot be written.
        """
        snapshot = self._book.snapshot()
        content = bot_file(
            snapshot.positions, snapshot.closed_trades, snapshot.session, self._clock.now_ms(), self._content
        )
        await asyncio.to_thread(write, file, content, overwrite=overwrite)


def _note(known: BotPosition) -> BotNote:
    return BotNote(
        reason=known.open_reason,
        confidence=known.confidence,
        atr=known.atr,
        adx=known.adx,
        volatility=known.volatility,
    )
