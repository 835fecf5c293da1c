"""Files of every version ever written open in this one, and a kill during the change leaves the old or the new."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import StoreError
from core.store import Place
from core.store.backups import backups
from core.store.files import make_private
from core.store.migrations import VERSION, version_of
from core.store.sqlite import connect, quick_check, read_header
from tests.core.store import children, samples
from tests.core.store.conftest import OpenStore
from tests.frames.databases.make import FOLDER, contents

VERSIONS = range(1, VERSION + 1)


def put(place: Place, version: int) -> dict[str, list[list[object]]]:
    """Lay a file of a version into the place, as that program would have left it. Returns what is in it."""
    make_private(place.folder)
    shutil.copyfile(FOLDER / f"v{version}.db", place.database)
    return json.loads((FOLDER / f"v{version}.json").read_text())


def assert_kept(before: dict[str, list[list[object]]], after: dict[str, list[list[object]]]) -> None:
    """Every row is there with every value it had; columns that later versions added are empty."""
    for table in before.keys() - {"meta"}:
        assert len(before[table]) == len(after[table])
        for old, new in zip(before[table], after[table], strict=True):
            assert new == old + [None] * (len(new) - len(old))


def test_every_version_has_its_fixture():
    assert {f"v{version}.db" for version in VERSIONS} == {file.name for file in FOLDER.glob("*.db")}
    for version in VERSIONS:
        assert read_header(FOLDER / f"v{version}.db").version == version


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_old_file_is_upgraded_with_all_that_is_in_it(open_store: OpenStore, tmp_path: Path, version: int):
    place = samples.place(tmp_path)
    before = put(place, version)
    async with open_store() as store:
        assert [found.intent for found in await store.open_intents()] == list(samples.INTENTS[1:])
        assert await store.closed_trades_count() == 7
        assert len((await store.closed_trades_page()).trades) == 7
        assert sum(total.trades for total in await store.daily_totals()) == 7
        assert len(await store.load_executions()) == 10
        assert (await store.verify_audit()).is_whole
        await store.set_label("link-2", "later")
    after = contents(place.database)
    assert_kept({table: rows for table, rows in before.items() if table != "exit_labels"}, after)
    assert read_header(place.database).version == VERSION
    made = [backup.why for backup in backups(place)]
    assert made == ([f"before-v{VERSION}"] if version < VERSION else [])


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_no_version_before_4_knew_is_absent_and_never_zero(
    open_store: OpenStore, tmp_path: Path, version: int
):
    put(samples.place(tmp_path), version)
    async with open_store() as store:
        trades = (await store.closed_trades_page()).trades
    seen = [(t.best_pnl, t.worst_pnl, t.other_fees) for t in trades if t.best_pnl is not None or t.other_fees]
    assert seen == ([(Decimal("2.50"), Decimal("-0.75"), (("MNT", Decimal("0.1")),))] if version >= 4 else [])


async def test_the_copy_before_a_migration_is_the_old_file(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    before = put(place, 1)
    async with open_store():
        pass
    (copy,) = backups(place)
    assert contents(copy.file) == before


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_a_kill_at_any_statement_leaves_the_old_version_or_the_new(tmp_path: Path, step: int):
    for number in range(1, 500, step):
        folder = tmp_path / str(number)
        place = samples.place(folder)
        before = put(place, 1)
        process, told = children.start(children.open_and_close, folder, number)
        process.join(children.PATIENCE_S)
        is_done = children.all_told(told) == ["done"]
        assert process.exitcode == (0 if is_done else -children.KILL)
        assert quick_check(place.database) == ""
        with closing(connect(place.database)) as connection:
            assert version_of(connection) in VERSIONS
        after = contents(place.database)
        assert_kept(before, after)
        assert ("exit_labels" in after) == ("fetched_windows" in after)
        if is_done:
            break
    assert number > 20
    assert is_done


async def test_after_a_kill_the_next_start_finishes_the_upgrade(open_store: OpenStore, tmp_path: Path):
    for number in (5, 15, 20, 25, 30):
        folder = tmp_path / str(number)
        place = samples.place(folder)
        put(place, 1)
        process, told = children.start(children.open_and_close, folder, number)
        process.join(children.PATIENCE_S)
        assert children.all_told(told) == []
        async with open_store(place=place) as store:
            assert await store.closed_trades_count() == 7
            await store.set_label("link", "reason")


async def test_a_damaged_old_file_is_not_migrated(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    put(place, 1)
    content = bytearray(place.database.read_bytes())
    for page in range(5, len(content) // 4096):
        content[page * 4096 : page * 4096 + 800] = b"\xa5" * 800
    place.database.write_bytes(content)
    told = []
    async with open_store(tell=told.append) as store:
        assert await store.closed_trades_count() == 0
    assert [event.code for event in told] == ["store_damaged"]
    (aside,) = place.quarantine.iterdir()
    assert (aside / "desk.db").read_bytes() == content


async def test_damage_that_a_copy_would_not_notice_is_found_before_migrating(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    put(place, 1)
    with place.database.open("r+b") as target:
        target.seek(36)  # how many pages are free
        target.write((7).to_bytes(4, "big"))
    told = []
    async with open_store(tell=told.append) as store:
        assert await store.closed_trades_count() == 0
    assert "store_damaged" in [event.code for event in told]


async def test_the_journal_of_a_damaged_old_file_is_carried_over(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    put(place, 1)
    with closing(connect(place.database)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'executions'").fetchone()[0]
    with place.database.open("r+b") as target:
        target.seek((root - 1) * 4096)
        target.write(b"\xa5" * 800)
    told = []
    async with open_store(tell=told.append) as store:
        assert [found.intent for found in await store.open_intents()] == list(samples.INTENTS[1:])
        assert await store.load_executions() == []
    assert [event.code for event in told] == ["store_damaged", "store_journal_saved"]


async def test_a_newer_file_is_refused_and_not_touched(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    put(place, VERSION)
    with closing(connect(place.database)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    content = place.database.read_bytes()
    with pytest.raises(StoreError, match="newer_schema") as caught:
        async with open_store():
            pass
    assert (caught.value.details["found"], caught.value.details["supported"]) == (VERSION + 1, VERSION)
    assert place.database.read_bytes() == content
    assert {file.name for file in place.folder.iterdir()} == {"desk.db", "desk.lock"}
