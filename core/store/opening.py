"""From whatever lies in the folder to a sound database of the present version, or a refusal that says why.

Nothing is written to a file that a newer program, another program or another account made. A damaged one is moved
aside and the newest good copy takes its place. What was done is told as audit events, for the operator to see.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from types import MappingProxyType

from core.errors import StoreError
from core.files import create_private
from core.model import AuditEvent
from core.store.backups import back_up_before, clear_parts
from core.store.files import Place
from core.store.migrations import VERSION, migrate, refuse_newer, version_of
from core.store.recovery import identity, restore, save_journal, set_aside
from core.store.sqlite import APPLICATION_ID, connect, quick_check, read_header, translated


def prepare(place: Place, now_ms: int) -> list[AuditEvent]:
    """Make the place ready for ``sqlite.Database``; the caller holds the instance lock.

    Returns:
        What the operator must know: damage, restored copies, archived ledgers. Mostly nothing.
    Raises:
        StoreError: newer_schema, foreign_file, wrong_account, read_only, disk_full …; nothing was changed.
    """
    with translated(place.folder):
        clear_parts(place)
        try:
            with translated(place.folder):
                version = _version_in(place)
                return _begin(place, now_ms) if version is None else _adopt(place, now_ms, version)
        except StoreError as error:
            if error.code != "damaged":
                raise
            return replace(place, now_ms, str(error.details.get("found") or error.details.get("reason", "")))


def replace(place: Place, now_ms: int, damage: str) -> list[AuditEvent]:
    """Move a damaged database aside and put the newest good copy, or an empty file, in its place.

    No connection to it may be open.
    """
    moved = set_aside(place, now_ms, place.quarantine)
    told = [_event(now_ms, "store_damaged", "critical", damage=damage, moved_to=str(moved))]
    told += _begin(place, now_ms)
    if moved:
        with closing(connect(place.database)) as connection:
            saved = save_journal(moved / place.database.name, connection)
        if saved:
            told.append(_event(now_ms, "store_journal_saved", "warning", intents=saved))
    return told


def _version_in(place: Place) -> int | None:
    """The version of the database that is there; None when there is none, or only an empty file.

    Raises:
        StoreError: damaged, newer_schema, foreign_file, wrong_account.
    """
    if not place.database.exists():
        return None
    header = read_header(place.database)
    if header is None:
        return None
    if header.application_id not in {0, APPLICATION_ID}:
        raise StoreError("foreign_file", path=str(place.database))
    refuse_newer(header.version, str(place.database))
    with closing(connect(place.database)) as connection:
        known, version = identity(connection), version_of(connection)
        is_empty = connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is None
    if version == 0 and not is_empty:
        raise StoreError("foreign_file", path=str(place.database))
    refuse_newer(version, str(place.database))
    _refuse_other(place, known)
    return version


def _refuse_other(place: Place, known: Mapping[str, str]) -> None:
    found = (known.get("environment", place.environment), known.get("account", place.account))
    if found != (place.environment, place.account):
        raise StoreError("wrong_account", path=str(place.database), environment=found[0], account=found[1])


def _begin(place: Place, now_ms: int) -> list[AuditEvent]:
    """There is no database: restore a copy, or make an empty file. A log without a database is moved aside first."""
    set_aside(place, now_ms, place.quarantine)
    copy = restore(place)
    if copy:
        _upgrade(place)
        return [_event(now_ms, "store_restored", "critical", copy=copy.file.name)]
    create_private(place.database)
    _upgrade(place)
    return []


def _adopt(place: Place, now_ms: int, version: int) -> list[AuditEvent]:
    """Use the database that is there, brought to the present version; archive it when the ledger is another one."""
    create_private(place.database)
    if version < VERSION:
        damage = quick_check(place.database)
        if damage:
            return replace(place, now_ms, damage)
        if version:
            back_up_before(place, VERSION, now_ms)
    if _is_other_ledger(place):
        moved = set_aside(place, now_ms, place.archive)
        create_private(place.database)
        _upgrade(place)
        return [_event(now_ms, "store_new_ledger", "info", moved_to=str(moved))]
    _upgrade(place)
    return []


def _is_other_ledger(place: Place) -> bool:
    with closing(connect(place.database)) as connection:
        return bool(place.ledger) and identity(connection).get("ledger", "") not in {"", place.ledger}


def _upgrade(place: Place) -> None:
    """Migrate and write down whose file it is."""
    with closing(connect(place.database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        _sign(connection, place)
        # The version is read from the file's first bytes at the next start: bring it there.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sign(connection: sqlite3.Connection, place: Place) -> None:
    wanted = {"environment": place.environment, "account": place.account, "schema_version": str(VERSION)}
    if place.ledger:
        wanted["ledger"] = place.ledger
    known = identity(connection)
    changed = [(name, value) for name, value in wanted.items() if known.get(name) != value]
    if changed:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", changed
        )
        connection.execute("COMMIT")


def _event(now_ms: int, code: str, severity: str, **details: object) -> AuditEvent:
    return AuditEvent(ts_ms=now_ms, code=code, severity=severity, details=MappingProxyType(details))
