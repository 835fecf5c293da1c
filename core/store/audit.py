"""The audit trail: rows that are chained by hashes, so that a changed, removed or inserted one is found.

The chain shows tampering by anybody who cannot recompute it; it has no key and does not stop a determined owner of
the machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select
from sqlalchemy.dialects import sqlite

from core.model import AuditEvent
from core.store.prepared import Prepared
from core.store.records import audit_event, audit_row
from core.store.tables import audit_events, meta

SLICE = 5_000
GENESIS = "0" * 64
_HEAD = "audit_head"
# What a row's hash covers, after the hash of the row before.
CHAINED = ("ts_ms", "code", "severity", "category", "symbol", "position_idx", "details")

_INSERT = Prepared(insert(audit_events))
_GET_META = Prepared(select(meta.c.value).where(meta.c.name == bindparam("name")))
_SET_META = Prepared(sqlite.insert(meta).prefix_with("OR REPLACE"))


class AuditVerdict(NamedTuple):
    """How far the chain holds. ``broken_at`` is the row id of the first row that does not fit, None if all do.

    With all rows fitting, ``is_whole`` is False when rows are missing at the end.
    """

    rows: int
    broken_at: int | None
    is_whole: bool


def add(connection: Connection, events: Iterable[AuditEvent]) -> int:
    """Append events to the chain. Returns how many."""
    row_id, previous = _head(connection)
    rows = []
    for event in events:
        row = audit_row(event)
        row_id += 1
        digest = _digest(previous, row)
        rows.append({**row, "row_id": row_id, "previous": previous, "hash": digest})
        previous = digest
    if rows:
        _INSERT.many(connection, rows)
        _SET_META.run(connection, {"name": _HEAD, "value": f"{row_id} {previous}"})
    return len(rows)


def page(connection: Connection, before: int | None, limit: int) -> tuple[list[AuditEvent], int | None]:
    """A page of events, newest first, and the key of the next page (None at the end)."""
    query = select(audit_events).order_by(audit_events.c.row_id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_events.c.row_id < before)
    rows: list[dict[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return [audit_event(row) for row in rows], rows[-1]["row_id"] if len(rows) == limit else None


class Link(NamedTuple):
    """Where a check of the chain stands: the last row seen and its hash."""

    row_id: int = 0
    hash: str = GENESIS
    rows: int = 0


def check_slice(connection: Connection, link: Link) -> tuple[Link, AuditVerdict | None]:
    """Check the next rows. Returns where it stands, and the verdict once there is one."""
    query = select(audit_events).where(audit_events.c.row_id > link.row_id).order_by(audit_events.c.row_id)
    found = connection.execute(query.limit(SLICE)).all()
    for row in found:
        if not _fits(link, row):
            return link, AuditVerdict(link.rows, row.row_id, is_whole=False)
        link = Link(row.row_id, row.hash, link.rows + 1)
    if len(found) == SLICE:
        return link, None
    return link, AuditVerdict(link.rows, None, is_whole=_head(connection) == (link.row_id, link.hash))


def raw_slice(connection: Connection, after: int) -> list[dict[str, Any]]:
    """The next rows as they are kept, oldest first; at most SLICE."""
    query = select(audit_events).where(audit_events.c.row_id > after).order_by(audit_events.c.row_id).limit(SLICE)
    return [dict(row) for row in connection.execute(query).mappings()]


def _fits(link: Link, row: Row[Any]) -> bool:
    expected = _digest(link.hash, {name: getattr(row, name) for name in CHAINED})
    return (row.row_id, row.previous, row.hash) == (link.row_id + 1, link.hash, expected)


def _digest(previous: str, row: dict[str, Any]) -> str:
    content = json.dumps([previous, *(row[name] for name in CHAINED)], separators=(",", ":"))
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _head(connection: Connection) -> tuple[int, str]:
    """Row id and hash of the last row, as noted beside the chain."""
    found = _GET_META.first(connection, {"name": _HEAD})
    if found is None:
        return 0, GENESIS
    row_id, _, digest = found["value"].partition(" ")
    return int(row_id), digest
