"""Stores and databases in folders of their own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection

from core.store import Store
from core.store.files import make_private
from core.store.opening import prepare
from core.store.sqlite import Database
from tests.core.store import samples

OpenStore = Callable[..., AbstractAsyncContextManager[Store]]


@pytest.fixture
def open_store(tmp_path: Path) -> OpenStore:
    """Opens the store of the test's folder, waits for its check, and closes it at the end."""

    @asynccontextmanager
    async def opened(**options: object) -> AsyncIterator[Store]:
        options.setdefault("ballast_bytes", 4096)
        place = options.pop("place", None) or samples.place(tmp_path)
        store = await Store.open(place, **options)
        try:
            await store.checked()
            yield store
        finally:
            await store.close()

    return opened


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """An empty database of the present version, for tests that undo what they write: see ``within``."""
    with TemporaryDirectory() as folder:
        place = samples.place(Path(folder))
        make_private(place.folder)
        prepare(place, 0)
        database = Database(place.database)
        yield database
        database.close()


class _Undo(Exception):
    pass


def within(database: Database, job: Callable[[Connection], None]) -> None:
    """Run a job in a transaction of which nothing stays."""
    with contextlib.suppress(_Undo), database.write(durable=False) as connection:
        job(connection)
        raise _Undo
