"""The audit trail of a history, read from outside: checked, and written out for others to check.

It opens the file for reading only and needs no lock, so a desk may be running on it; what that desk adds meanwhile does
not count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from core.errors import StoreError
from core.files import WholeFile
from core.store import audit
from core.store.audit import AuditVerdict, Link
from core.store.sqlite import APPLICATION_ID, connect, read_header, translated

FORMAT = 1


def verify(database: Path) -> AuditVerdict:
    """Check the whole chain.

    Raises:
        StoreError: ``no_history``, ``foreign_file``, ``damaged`` …
    """
    with _reading(database) as connection:
        return _walk(connection, lambda _row: None)


def export(database: Path, target: Path) -> AuditVerdict:
    """Write the trail as JSON lines, oldest first, each with its own hash and the one before; whole or not at all.

    The first line names the format, the last one says what ``verify`` says. Rows behind a broken one are written as
    well: they are what somebody has to look at.

    Raises:
        StoreError: as ``verify``; ``file_exists``, ``not_written``.
    """
    with _reading(database) as connection:
        file = WholeFile(target)
        try:
            file.write(_line({"quarterdeck_audit": FORMAT, "hash": "sha256", "fields": list(audit.CHAINED)}))
            verdict = _walk(connection, lambda row: file.write(_line(row)))
            file.write(_line(verdict._asdict()))
            file.publish()
        finally:
            file.discard()
    return verdict


def _walk(connection: Connection, on_row: Callable[[dict[str, Any]], None]) -> AuditVerdict:
    link, after, verdict = Link(), 0, None
    while True:
        rows = audit.raw_slice(connection, after)
        for row in rows:
            on_row(row)
        if verdict is None:
            link, verdict = audit.check_slice(connection, link)
        if len(rows) < audit.SLICE:
            assert verdict is not None
            return verdict
        after = rows[-1]["row_id"]


@contextmanager
def _reading(database: Path) -> Iterator[Connection]:
    """One transaction for all that is read: rows and the note of their end belong together."""
    if not database.exists():
        raise StoreError("no_history", path=str(database.parent))
    with translated(database):
        header = read_header(database)
        if header is None or header.application_id != APPLICATION_ID:
            raise StoreError("foreign_file", path=str(database))
        engine = create_engine("sqlite://", creator=lambda: connect(database, read_only=True), poolclass=StaticPool)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                yield connection
        finally:
            engine.dispose()


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
