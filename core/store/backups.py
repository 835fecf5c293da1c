"""Copies of the database: one a day, seven kept, and one before each migration, kept for good.

A copy is made with ``VACUUM INTO`` through a connection of its own: it is consistent, compact, and no writer waits
for it. Its name says when it was made and why.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from core.files import create_private, publish
from core.store.files import Place, make_private
from core.store.sqlite import connect, quick_check

DAILY_KEPT = 7
_NAME = re.compile(r"(daily|before-v\d+)-(\d{8}T\d{6}Z)\.db", re.ASCII)


class Backup(NamedTuple):
    """One copy: ``stamp`` is its time (UTC, sortable as text), ``why`` is daily or before-v and a version."""

    stamp: str
    why: str
    file: Path


def stamp(now_ms: int) -> str:
    """A time as part of a file's name: 20260501T093000Z."""
    return datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def backups(place: Place) -> list[Backup]:
    """All copies, newest first. Parts of copies that were never finished do not count."""
    if not place.backups.is_dir():
        return []
    named = ((_NAME.fullmatch(file.name), file) for file in place.backups.iterdir())
    return sorted((Backup(name[2], name[1], file) for name, file in named if name), reverse=True)


def is_daily_due(place: Place, now_ms: int) -> bool:
    """Whether today (UTC) has no copy yet."""
    today = stamp(now_ms)[:8]
    return not any(backup.why == "daily" and backup.stamp.startswith(today) for backup in backups(place))


def back_up_daily(place: Place, now_ms: int, opened: Callable[[sqlite3.Connection], None] | None = None) -> Path:
    """Make today's copy and let go of the oldest beyond seven.

    Args:
        opened: is given the copying connection, so that another thread can interrupt it.
    """
    made = _copy(place, f"daily-{stamp(now_ms)}.db", opened)
    daily = [backup.file for backup in backups(place) if backup.why == "daily"]
    for file in daily[DAILY_KEPT:]:
        file.unlink()
    return made


def back_up_before(place: Place, version: int, now_ms: int) -> Path:
    """The copy before a migration to ``version``; these are never deleted."""
    return _copy(place, f"before-v{version}-{stamp(now_ms)}.db", None)


def newest_good(place: Place, is_ours: Callable[[Path], bool]) -> Backup | None:
    """The newest copy that is whole and of this account."""
    return next((b for b in backups(place) if _is_whole(b.file) and is_ours(b.file)), None)


def _is_whole(file: Path) -> bool:
    try:
        return not quick_check(file)
    except sqlite3.Error:
        return False


def clear_parts(place: Place) -> None:
    """Remove what a killed copy or restore left behind."""
    for folder in (place.folder, place.backups):
        for part in folder.glob("*.db.part"):
            part.unlink()


def _copy(place: Place, name: str, opened: Callable[[sqlite3.Connection], None] | None) -> Path:
    make_private(place.backups)
    target = place.backups / name
    part = target.with_name(f"{name}.part")
    part.unlink(missing_ok=True)
    create_private(part)
    try:
        with closing(connect(place.database, read_only=True)) as source:
            if opened:
                opened(source)
            source.execute("VACUUM INTO ?", (str(part),))
        publish(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target
