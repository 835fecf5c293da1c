"""What to do with a damaged database: move it aside whole, put the newest good copy in its place, save the journal.

Nothing is ever deleted. A database and its ``-wal`` and ``-shm`` always move together: a log beside another file than
its own would be played into it. What a copy lacks is fetched from the exchange again, except the journal of intents,
which only the damaged file has: as much of it as can still be read is carried over.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from core.files import create_private, publish, sync_folder
from core.store.backups import Backup, newest_good, stamp
from core.store.files import Place, make_private
from core.store.sqlite import connect, read_header
from core.store.steps import VERSION

_SIDE_FILES = ("-wal", "-shm")
_JOURNAL = ("intents", "intent_states")


def set_aside(place: Place, now_ms: int, into: Path) -> Path | None:
    """Move the database and its side files into a folder of their own below ``into``; None when there were none.

    The database goes first: if the program is killed in between, a log without a database is found at the next start
    and moved as well, before anything is put in its place.
    """
    files = [place.database, *(place.database.with_name(place.database.name + end) for end in _SIDE_FILES)]
    present = [file for file in files if file.exists()]
    if not present:
        return None
    target = _free_folder(into, stamp(now_ms))
    for file in present:
        file.replace(target / file.name)
    sync_folder(target)
    sync_folder(place.folder)
    return target


def _free_folder(into: Path, name: str) -> Path:
    make_private(into)
    count = 0
    while True:
        folder = into / (name if count == 0 else f"{name}-{count}")
        if not folder.exists():
            make_private(folder)
            return folder
        count += 1


def restore(place: Place) -> Backup | None:
    """Put the newest good copy where the database belongs, at one stroke; None when there is none.

    The place must be empty: see ``set_aside``.
    """
    found = newest_good(place, lambda file: is_of(place, file))
    if found is None:
        return None
    part = place.database.with_name(f"{place.database.name}.part")
    part.unlink(missing_ok=True)
    create_private(part)
    shutil.copyfile(found.file, part)
    publish(part, place.database)
    return found


def is_of(place: Place, file: Path) -> bool:
    """Whether a sound file is this account's, of this ledger, and not newer than this program."""
    header = read_header(file)
    if header is None or header.version > VERSION:
        return False
    with contextlib.closing(connect(file, read_only=True)) as connection:
        known = identity(connection)
    same_ledger = not place.ledger or known.get("ledger", "") in {"", place.ledger}
    return (known.get("environment"), known.get("account")) == (place.environment, place.account) and same_ledger


def identity(connection: sqlite3.Connection) -> dict[str, str]:
    """What the file says about itself: environment, account, ledger; {} in one that was never finished."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone():
        return {}
    return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def save_journal(damaged: Path, target: sqlite3.Connection) -> int:
    """Carry intents and their states from a damaged file of any version into a sound one, as far as they are legible.

    Only whole rows that pass the target's own checks are taken; those it has already stay as they are.
    Returns:
        How many intents were added.
    """
    try:
        source = connect(damaged, read_only=True)
    except sqlite3.DatabaseError:
        return 0
    before = _count(target)
    target.execute("BEGIN IMMEDIATE")
    try:
        for table in _JOURNAL:
            _carry(source, target, table)
        target.execute("DELETE FROM open_intents")
        target.execute(_OPEN_AGAIN)
    finally:
        target.execute("COMMIT")
        source.close()
    return _count(target) - before


_OPEN_AGAIN = """
    INSERT INTO open_intents SELECT intent_id FROM intents WHERE coalesce(
        (SELECT state FROM intent_states s WHERE s.intent_id = intents.intent_id ORDER BY s.row_id DESC LIMIT 1),
        'unknown') NOT IN ('done', 'refused')
"""


def _carry(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    """Copy the rows that the target has not got, in the columns that both versions know."""
    names = ", ".join(sorted(_columns(source, table) & _columns(target, table)))
    last = target.execute(f"SELECT coalesce(max(row_id), 0) FROM {table}").fetchone()[0]  # noqa: S608 - constants
    query = f"SELECT {names} FROM {table} WHERE row_id > ? ORDER BY row_id"  # noqa: S608 - our own columns' names
    for row in _legible(source, query, last):
        marks = ", ".join("?" * len(row))
        with contextlib.suppress(sqlite3.DatabaseError):
            target.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608 - constants


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """The names of a table's columns; none when the file cannot say."""
    return {row[1] for row in _legible(connection, f"PRAGMA table_xinfo({table})")}


def _legible(source: sqlite3.Connection, query: str, *values: int) -> list[tuple[Any, ...]]:
    """The rows of a query up to the first one that cannot be read."""
    rows: list[tuple[Any, ...]] = []
    with contextlib.suppress(sqlite3.DatabaseError):
        cursor = source.execute(query, values)
        while row := cursor.fetchone():
            rows.append(row)
    return rows


def _count(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM intents").fetchone()[0]
    return count
