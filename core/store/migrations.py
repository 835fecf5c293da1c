"""Bring a file to the present version: each step in one transaction, so that a kill leaves the old or the new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from core.errors import StoreError
from core.store.sqlite import APPLICATION_ID
from core.store.steps import STEPS, VERSION, Step

__all__ = ["VERSION", "migrate", "refuse_newer", "version_of"]


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of an open file; 0 for an empty one."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def refuse_newer(version: int, path: str) -> None:
    """A newer program's file stays untouched.

    Raises:
        StoreError: ``newer_schema`` with both versions.
    """
    if version > VERSION:
        raise StoreError("newer_schema", path=path, found=version, supported=VERSION)


def migrate(connection: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Run the steps that the file has not had yet.

    A transaction per step holds its statements and the new version number, so nothing of a step is ever half done.
    """
    connection.execute("PRAGMA synchronous = FULL")
    for step in steps:
        if step.version > version_of(connection):
            _run(connection, step)


def _run(connection: sqlite3.Connection, step: Step) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in step.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {step.version:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
