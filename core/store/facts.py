"""What the exchange reported, kept once each and never changed: executions, orders seen, and how far back we asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, tuple_
from sqlalchemy.dialects import sqlite

from core.model import Execution, Order, Seen
from core.store.prepared import Prepared
from core.store.records import columns_of, fields_of, legal_text
from core.store.tables import executions, exit_labels, fetched_windows, meta, orders_seen

# A job of the worker makes records of this many rows at most, 7 ms, so that the journal never waits long.
SLICE = 1_000

Window = tuple[int, int]
_EXECUTION = columns_of(Execution, executions)
_ADD_EXECUTION = Prepared(sqlite.insert(executions).on_conflict_do_nothing())
_ADD_ORDER = Prepared(sqlite.insert(orders_seen).on_conflict_do_nothing())


def add_executions(
    connection: Connection, records: Iterable[Execution], window: tuple[str, int, int] | None = None
) -> int:
    """Append executions; those known by (category, symbol, exec_id) change nothing. Returns how many were new.

    Args:
        window: see ``add_window``; noted in the same transaction, so that it never claims what is not there.
    """
    if window:
        add_window(connection, *window)
    return _ADD_EXECUTION.many(connection, map(fields_of, records))


def add_orders(connection: Connection, records: Iterable[Order]) -> int:
    """Append orders as reported; the same report twice is one row. Returns how many were new."""
    return _ADD_ORDER.many(connection, map(fields_of, records))


def last_execution_ms(connection: Connection, category: str) -> int | None:
    """The time of the newest execution of a category, None without any."""
    query = select(func.max(executions.c.ts_ms)).where(executions.c.category == category)
    return connection.execute(query).scalar()


def executions_slice(
    connection: Connection,
    since_ms: int,
    after: Window | None,
    category: str | None,
    symbol: str | None,
    until_ms: int | None = None,
) -> tuple[list[Execution], Window | None]:
    """The next executions in order of time, at most ``SLICE``, and where to go on (None at the end)."""
    by_time = (executions.c.ts_ms, executions.c.row_id)
    query = select(*_EXECUTION, executions.c.row_id).where(executions.c.ts_ms >= since_ms)
    if until_ms is not None:
        query = query.where(executions.c.ts_ms < until_ms)
    if after:
        query = query.where(tuple_(*by_time) > tuple_(*after))
    if category:
        query = query.where(executions.c.category == category)
    if symbol:
        query = query.where(executions.c.symbol == symbol)
    rows = connection.execute(query.order_by(*by_time).limit(SLICE)).all()
    found = [Execution(**dict(zip(Execution.__struct_fields__, row, strict=False))) for row in rows]
    return found, _next_key(rows, found)


def _next_key(rows: Sequence[Any], found: Sequence[Execution]) -> Window | None:
    return (found[-1].ts_ms, rows[-1].row_id) if len(rows) == SLICE else None


def executions_page(
    connection: Connection, before: Window | None, limit: int, symbol: str | None
) -> tuple[list[Execution], Window | None]:
    """A page of executions, newest first, and the key of the next page (None at the end)."""
    by_time = (executions.c.ts_ms, executions.c.row_id)
    query = select(*_EXECUTION, executions.c.row_id)
    if before:
        query = query.where(tuple_(*by_time) < tuple_(*before))
    if symbol:
        query = query.where(executions.c.symbol == symbol)
    rows = connection.execute(query.order_by(*(c.desc() for c in by_time)).limit(limit)).all()
    found = [Execution(**dict(zip(Execution.__struct_fields__, row, strict=False))) for row in rows]
    return found, (found[-1].ts_ms, rows[-1].row_id) if rows and len(rows) == limit else None


# ---- stretches of history fetched in full ---------------------------------------------------------------------------


def add_window(connection: Connection, scope: str, from_ms: int, until_ms: int) -> None:
    """Note that a scope's history from one time up to, not including, another has been fetched in full.

    Windows that touch become one.
    """
    table = fetched_windows
    touching = (table.c.scope == scope) & (table.c.from_ms <= until_ms) & (table.c.until_ms >= from_ms)
    found = connection.execute(select(table.c.from_ms, table.c.until_ms).where(touching)).all()
    merged = {
        "scope": scope,
        "from_ms": min([from_ms, *(row.from_ms for row in found)]),
        "until_ms": max([until_ms, *(row.until_ms for row in found)]),
    }
    connection.execute(delete(table).where(touching))
    connection.execute(insert(table), merged)


def windows(connection: Connection, scope: str) -> list[Window]:
    """What of a scope's history has been fetched in full: (from, until), oldest first, no two touching."""
    table = fetched_windows
    query = select(table.c.from_ms, table.c.until_ms).where(table.c.scope == scope).order_by(table.c.from_ms)
    return [(row.from_ms, row.until_ms) for row in connection.execute(query)]


# ---- what only the desk itself saw ----------------------------------------------------------------------------------

_SEEN = "seen"


def keep_seen(connection: Connection, seen: Seen) -> None:
    """Keep what the next run cannot know otherwise; the newest takes the place of all before."""
    row = {"name": _SEEN, "value": msgspec.json.encode(seen).decode()}
    connection.execute(sqlite.insert(meta).prefix_with("OR REPLACE"), row)


def seen(connection: Connection) -> Seen:
    """What the last run kept; nothing when that cannot be read: it is no part of any decision."""
    kept = connection.execute(select(meta.c.value).where(meta.c.name == _SEEN)).scalar()
    try:
        return Seen() if kept is None else msgspec.json.decode(kept, type=Seen)
    except msgspec.MsgspecError:
        return Seen()


# ---- reasons that bots register -------------------------------------------------------------------------------------


def set_label(connection: Connection, order_link_id: str, reason: str, at_ms: int) -> None:
    """Keep the reason of an exit by its order; the last one given counts."""
    statement = sqlite.insert(exit_labels)
    newest = {"reason": statement.excluded.reason, "at_ms": statement.excluded.at_ms}
    row = {"order_link_id": order_link_id, "reason": legal_text(reason), "at_ms": at_ms}
    connection.execute(statement.on_conflict_do_update(index_elements=["order_link_id"], set_=newest), row)


def labels(connection: Connection) -> dict[str, str]:
    """Every reason registered, by order_link_id."""
    query = select(exit_labels.c.order_link_id, exit_labels.c.reason)
    return {row.order_link_id: row.reason for row in connection.execute(query)}
