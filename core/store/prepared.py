"""Core statements on the store's busiest paths, turned into SQL once.

Building a statement and sending it through SQLAlchemy's execution costs about ten times what SQLite needs to carry it
out. These are built when the module is loaded and run on the driver's cursor, inside the transaction of the connection
that they are given; types convert as they would anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Insert, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from core.store.tables import DecimalText, decimal_text

_DIALECT = sqlite.dialect(paramstyle="qmark")
Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement. Parameters are given by the names of its ``bindparam``s or, for an insert, of its columns."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        # SQLite numbers the rows itself.
        table = getattr(statement, "table", None)
        names = None if table is None else [c.name for c in table.c if c.name != "row_id"]
        compiled = statement.compile(dialect=_DIALECT, column_keys=names if isinstance(statement, Insert) else None)
        self._sql = compiled.string
        self._inputs = [(name, _into(compiled.binds[name].type)) for name in compiled.positiontup or ()]
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        self._outputs: list[tuple[str, Convert]] = [(c.name, c.type.result_processor(_DIALECT, None)) for c in columns]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Carry it out once. Returns how many rows changed."""
        return int(_driver(connection).execute(self._sql, self._row(values)).rowcount)

    def many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Carry it out for each row. Returns how many rows changed."""
        given = [self._row(row) for row in rows]
        return int(_driver(connection).executemany(self._sql, given).rowcount) if given else 0

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a select, by column."""
        return [self._named(row) for row in _driver(connection).execute(self._sql, self._row(values))]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a select as they come from the driver: plain numbers and texts, nothing converted."""
        found: list[tuple[Any, ...]] = _driver(connection).execute(self._sql, self._row(values)).fetchall()
        return found

    def first(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first row of a select, None when there is none."""
        row = _driver(connection).execute(self._sql, self._row(values)).fetchone()
        return None if row is None else self._named(row)

    def _row(self, values: Mapping[str, Any]) -> list[Any]:
        return [convert(values[name]) if convert else values[name] for name, convert in self._inputs]

    def _named(self, row: tuple[Any, ...]) -> dict[str, Any]:
        pairs = zip(self._outputs, row, strict=True)
        return {name: convert(value) if convert else value for (name, convert), value in pairs}


def _into(kind: TypeEngine[Any]) -> Convert:
    """How a value of a type goes into the database; None for as it is. Amounts without the detours of a decorator."""
    return decimal_text if isinstance(kind, DecimalText) else kind.bind_processor(_DIALECT)


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
