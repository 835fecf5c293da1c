"""SQLite as the store uses it: how a file is opened, when a commit reaches the disk, what its errors mean.

Everything that another database would do differently is here, in ``migrations`` and in ``backups``; statements
elsewhere are SQLAlchemy Core.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from core.errors import StoreError
from core.store.files import free_bytes

# "QDSK" in the header: a database that is somebody else's is never written to.
APPLICATION_ID = 0x5144534B
BUSY_MS = 5_000
# 16 MB of log: a page that many commits change is written into the file once, not once per commit.
CHECKPOINT_PAGES = 4_000
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
# Below this, a failed write is taken for a full disk, whatever name the failure has.
_NO_SPACE = 1024 * 1024

_SETTINGS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",
    # macOS: fsync alone leaves the data in the drive's cache.
    "PRAGMA fullfsync = ON",
)


class Header(NamedTuple):
    """What the first bytes of a database file say; read without opening it as a database."""

    application_id: int
    version: int


def read_header(file: Path) -> Header | None:
    """The header of a database file; None for an empty file.

    Raises:
        StoreError: ``damaged``: these are not the first bytes of a database.
    """
    with file.open("rb") as source:
        first = source.read(_HEADER_BYTES)
    if not first:
        return None
    if len(first) < _HEADER_BYTES or not first.startswith(_MAGIC):
        raise StoreError("damaged", path=str(file), found="header")
    return Header(int.from_bytes(first[68:72], "big"), int.from_bytes(first[60:64], "big"))


def connect(file: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a file with the store's settings, for use in one thread. Transactions are begun by hand."""
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def quick_check(file: Path, opened: Callable[[sqlite3.Connection], None] | None = None) -> str:
    """The first damage found in a file, "" for none. Reads all of it: about a second per 800 MB.

    Args:
        opened: is given the connection, so that another thread can interrupt the check.
    Raises:
        sqlite3.Error: there is no verdict: interrupted, locked, unreadable disk.
    """
    try:
        with closing(connect(file, read_only=True)) as connection:
            if opened:
                opened(connection)
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)
        raise
    return "" if found == "ok" else found


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is broken."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Database:
    """The one writing connection. To be made, used and closed in the store's worker thread."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=StaticPool)
        event.listen(self._engine, "begin", self._begin)
        self._driver: sqlite3.Connection
        self._begin_with = "BEGIN"
        self._synchronous = ""
        self._connection = self._engine.connect()

    def _connect(self) -> sqlite3.Connection:
        self._driver = connect(self.file)
        self._driver.execute("PRAGMA journal_mode = WAL")
        self._driver.execute("PRAGMA journal_size_limit = 67108864")
        self._driver.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return self._driver

    def _begin(self, connection: Connection) -> None:
        self._driver.execute(self._begin_with)

    @property
    def driver(self) -> sqlite3.Connection:
        """The driver's own connection."""
        return self._driver

    @contextmanager
    def write(self, *, durable: bool) -> Iterator[Connection]:
        """A transaction that commits at the end, or leaves nothing behind.

        Args:
            durable: reach the disk before returning (synchronous FULL: one fsync). Otherwise a power cut may undo
                the last of these, never out of order; a crash of the program undoes nothing.
        """
        wanted = "FULL" if durable else "NORMAL"
        if wanted != self._synchronous:
            self._driver.execute(f"PRAGMA synchronous = {wanted}")
            self._synchronous = wanted
        self._begin_with = "BEGIN IMMEDIATE"
        with self._connection.begin():
            yield self._connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for several queries."""
        self._begin_with = "BEGIN"
        with self._connection.begin():
            yield self._connection

    def close(self) -> None:
        """Put the log into the file and close; safe on a damaged file."""
        self._connection.close()
        self._engine.dispose()


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn the database's and the system's trouble into StoreError; mistakes of ours pass through unchanged."""
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        code = _code_of(error.orig, folder)
        if not code:
            raise
        raise StoreError(code, path=str(folder), reason=str(error.orig)) from error
    except sqlite3.Error as error:
        code = _code_of(error, folder)
        if not code:
            raise
        raise StoreError(code, path=str(folder), reason=str(error)) from error
    except OSError as error:
        raise StoreError("disk_error", path=str(folder), reason=error.strerror or "") from error


_CODES = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_IOERR: "disk_error",
}


def _code_of(error: sqlite3.Error, folder: Path) -> str:
    """Our code for one of SQLite's; "" when it is not the environment's fault."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary == sqlite3.SQLITE_IOERR and free_bytes(folder) < _NO_SPACE:
        return "disk_full"
    return _CODES.get(primary, "")
