"""The tables that steps make are the tables that the program believes in; SQLite refuses what no program may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from core.files import create_private
from core.store.migrations import migrate
from core.store.sqlite import connect
from core.store.tables import metadata

APPEND_ONLY = ("intents", "intent_states", "executions", "orders_seen", "audit_events")


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    file = tmp_path / "migrated.db"
    create_private(file)
    with closing(connect(file)) as connection:
        migrate(connection)
        yield connection


def shape(connection: sqlite3.Connection) -> dict[str, object]:
    """Every table: its columns, kind, keys, indexes and references."""
    found = {}
    listed = connection.execute("PRAGMA table_list").fetchall()
    for _, name, kind, _, without_rowid, strict in listed:
        if kind == "table" and not name.startswith("sqlite_"):
            columns = [row[1:] for row in connection.execute(f"PRAGMA table_xinfo({name})")]
            indexes = sorted(
                (row[2], row[3], tuple(c[2] for c in connection.execute(f"PRAGMA index_info('{row[1]}')")))
                for row in connection.execute(f"PRAGMA index_list({name})")
            )
            references = sorted(row[2:5] for row in connection.execute(f"PRAGMA foreign_key_list({name})"))
            found[name] = (columns, without_rowid, strict, indexes, references)
    return found


def test_migrated_files_have_the_tables_of_today(migrated: sqlite3.Connection, tmp_path: Path):
    engine = create_engine(f"sqlite:///{tmp_path}/created.db")
    metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "created.db")) as created:
        assert shape(migrated) == shape(created)


def test_every_table_is_strict_and_no_column_is_a_float(migrated: sqlite3.Connection):
    tables = shape(migrated)
    assert tables.keys() == metadata.tables.keys()
    for columns, _, strict, _, _ in tables.values():
        assert strict == 1
        assert {column[1] for column in columns} <= {"INTEGER", "TEXT"}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_cannot_be_rewritten(migrated: sqlite3.Connection, table: str):
    columns = [row[1] for row in migrated.execute(f"PRAGMA table_xinfo({table})") if row[3] or row[5]]
    migrated.execute("PRAGMA ignore_check_constraints = ON")
    migrated.execute("PRAGMA foreign_keys = OFF")
    migrated.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('1' for _ in columns)})")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        migrated.execute(f"UPDATE {table} SET row_id = row_id + 1")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        migrated.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("amount", ["", "1e5", "NaN", "1,5", " 1", "1.", "٣", "0x10", 1.5, b"1"])
def test_the_database_itself_refuses_what_is_no_amount(migrated: sqlite3.Connection, amount: object):
    migrated.execute("INSERT INTO lives VALUES (1, 'L', 'linear', 'B', 0, 'Buy', 'USDT', 0, 1, '1', NULL, NULL,"
                     " NULL, NULL, NULL, NULL, NULL, 'manual', 1, NULL, NULL, NULL, NULL)")  # fmt: skip
    row = ("INSERT INTO partial_exits VALUES ('L', 0, '', '', 0, '1', '1.5', NULL, NULL, ?, NULL, 'manual')", (amount,))
    if amount == 1.5:
        # STRICT turns a number into its text, which is an amount: no float is stored.
        migrated.execute(*row)
        assert migrated.execute("SELECT typeof(fee), fee FROM partial_exits").fetchone() == ("text", "1.5")
        return
    with pytest.raises(sqlite3.IntegrityError):
        migrated.execute(*row)


def test_references_are_enforced(migrated: sqlite3.Connection):
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        migrated.execute("INSERT INTO intent_states VALUES (1, 'nobody', 'done', NULL, '', 0, NULL)")


def test_connections_are_opened_with_care(migrated: sqlite3.Connection):
    wanted = {"foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "busy_timeout": 5_000}
    assert {name: migrated.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
    with pytest.raises(sqlite3.OperationalError, match="not authorized"):
        migrated.execute("SELECT load_extension('/nowhere')")


def test_the_tables_make_sense_to_postgresql_too():
    """The seam for another database: its dialect can write every table and index. No server has seen them."""
    for table in metadata.sorted_tables:
        assert "GLOB" not in str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for index in table.indexes:
            str(CreateIndex(index).compile(dialect=postgresql.dialect()))
