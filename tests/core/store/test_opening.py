"""Whatever lies in the folder, the store opens with all that can be saved, or refuses and says why."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import stat
import sys
import threading
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

import pytest

from core.clock import ManualClock
from core.errors import StoreError
from core.store import Place, Store, keeper, place_of, sqlite
from core.store.backups import backups
from core.store.files import make_private, network_system
from core.store.sqlite import APPLICATION_ID, connect, quick_check
from tests.core.store import children, samples
from tests.core.store.conftest import OpenStore

DAY_S = 86_400


async def fill(store: Store, count: int = 200, first: int = 0) -> None:
    """Something of everything; enough to spread over many pages."""
    numbers = range(first, first + count)
    for number in numbers[:5]:
        await store.journal_intent(samples.command(number), samples.close_intent())
    await store.append_executions(map(samples.execution, numbers))
    await store.save_lives(map(samples.trade, numbers))
    await store.append_audit(map(samples.audit_event, numbers))


async def back_up(store: Store, place: Place) -> None:
    """Let the store make today's copy."""
    before, task = len(backups(place)), asyncio.create_task(store.tend())
    async with asyncio.timeout(children.PATIENCE_S):
        while len(backups(place)) == before:
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def ruin(file: Path, start: int, length: int = 800) -> None:
    """Overwrite a stretch of a file."""
    with file.open("r+b") as target:
        target.seek(start)
        target.write(b"\xa5" * length)


# ---- places and permissions -----------------------------------------------------------------------------------------


def test_accounts_never_share_a_folder(tmp_path: Path):
    names = [
        "Main",
        "main",
        "MAIN",
        "",
        "../../etc",
        "a/b",
        "a\\b",
        "a b",
        "x" * 300,
        "漢字",
        "con",
        "\ud800",
        *samples.HOSTILE,
    ]
    places = [place_of(tmp_path, environment, name) for name in names for environment in ("paper", "live")]
    folders = {place.folder.name.casefold() for place in places}
    assert len(folders) == len(places)
    for place in places:
        assert place.folder.parent == tmp_path / "accounts"
        assert place.folder.name.isascii()
        assert len(place.folder.name) < 60


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead of modes")
async def test_nobody_else_may_look(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    place.folder.mkdir(parents=True, mode=0o755)
    before = os.umask(0)
    try:
        async with open_store(ballast_bytes=1 << 20) as store:
            await fill(store)
            await back_up(store, place)
            modes = {p: stat.S_IMODE(p.stat().st_mode) for p in [place.folder, *place.folder.rglob("*")]}
    finally:
        os.umask(before)
    names = {path.name for path in modes}
    assert {"desk.db", "desk.db-wal", "desk.db-shm", "desk.lock", "ballast", "backups"} < names
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="read_only"):
        asyncio.run(Store.open(samples.place(tmp_path / "file")))
    # Not below tmp_path, which nobody else may enter.
    folder = Path(mkdtemp())
    try:
        folder.chmod(0o555)
        process, pipe = children.start(children.open_as_nobody, folder)
        process.join(children.PATIENCE_S)
        assert children.all_told(pipe) == ["read_only"]
        assert list(folder.iterdir()) == []
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


MOUNTS = """\
24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 24 0:30 / /home rw - nfs4 server:/home rw
37 36 0:31 / /home/me/local rw - btrfs /dev/vdb rw
38 24 0:32 / /mnt/my\\040share rw - cifs //server/share rw
"""


@pytest.mark.parametrize(
    ("folder", "found"),
    [("/var/data", ""), ("/home/me/x", "nfs4"), ("/home/me/local/x", ""), ("/mnt/my share", "cifs"), ("/homes", "")],
)
def test_network_shares_are_recognised(folder: str, found: str):
    assert network_system(MOUNTS, Path(folder)) == found


# ---- one instance ---------------------------------------------------------------------------------------------------


async def test_a_second_instance_is_refused_with_the_pid_of_the_first(open_store: OpenStore, tmp_path: Path):
    async with open_store() as store:
        assert store.is_writable
        with pytest.raises(StoreError, match="already_running") as caught:
            await Store.open(samples.place(tmp_path))
        assert caught.value.details["pid"] == os.getpid()
        async with open_store(place=samples.place(tmp_path, "Other")):
            pass
    assert not store.is_writable
    async with open_store():
        pass


async def test_a_lock_left_by_a_killed_process_is_free_at_once(open_store: OpenStore, tmp_path: Path):
    process, pipe = children.start(children.hold_lock, tmp_path)
    pid = pipe.recv()
    with pytest.raises(StoreError, match="already_running") as caught:
        await Store.open(samples.place(tmp_path))
    assert caught.value.details["pid"] == pid == process.pid
    process.kill()
    process.join(children.PATIENCE_S)
    assert samples.place(tmp_path).lock.read_text() == str(pid)
    async with open_store():
        pass


@pytest.mark.parametrize("text", ["1", "999999999", "not a number", "", "-5"])
async def test_what_a_lock_file_says_does_not_matter(open_store: OpenStore, tmp_path: Path, text: str):
    """The number of a process that died may be another program's by now."""
    place = samples.place(tmp_path)
    make_private(place.folder)
    place.lock.write_text(text)
    async with open_store() as store:
        assert store.is_writable


# ---- files that are not ours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("PRAGMA application_id = 77", "foreign_file"),
        ("UPDATE meta SET value = 'Other' WHERE name = 'account'", "wrong_account"),
        ("UPDATE meta SET value = 'live' WHERE name = 'environment'", "wrong_account"),
    ],
)
async def test_a_file_of_others_is_refused_and_kept(open_store: OpenStore, tmp_path: Path, statement: str, code: str):
    async with open_store() as store:
        await fill(store, 5)
    place = samples.place(tmp_path)
    with closing(connect(place.database)) as connection:
        connection.execute(statement)
    content = place.database.read_bytes()
    with pytest.raises(StoreError, match=code):
        await Store.open(place)
    assert place.database.read_bytes() == content


async def test_a_database_that_another_program_writes_to_is_waited_for_and_then_reported(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite, "_SETTINGS", ("PRAGMA busy_timeout = 50", *sqlite._SETTINGS[1:]))
    async with open_store() as store:
        with closing(connect(samples.place(tmp_path).database)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(2):
                with pytest.raises(StoreError, match="locked"):
                    await store.journal_intent(samples.command(1), samples.close_intent())
            assert await store.load_executions() == []
            other.execute("ROLLBACK")
        await store.journal_intent(samples.command(1), samples.close_intent())
        assert len(await store.open_intents()) == 1


async def test_an_account_may_have_any_name(open_store: OpenStore, tmp_path: Path):
    for name in ("", "half \ud800 a pair", *samples.HOSTILE):
        async with open_store(place=samples.place(tmp_path, name)) as store:
            await store.append_executions([samples.execution(1)])
        async with open_store(place=samples.place(tmp_path, name)) as store:
            assert len(await store.load_executions()) == 1


async def test_somebody_elses_database_is_refused(tmp_path: Path):
    place = samples.place(tmp_path)
    make_private(place.folder)
    place.database.touch()
    with closing(connect(place.database)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    with pytest.raises(StoreError, match="foreign_file"):
        await Store.open(place)


async def test_another_ledger_begins_a_file_of_its_own(open_store: OpenStore, tmp_path: Path):
    """A paper exchange that starts anew uses the same execution ids for other fills."""
    told = []
    for ledger, known in (("", 0), ("first", 5), ("first", 5), ("", 5), ("second", 0)):
        async with open_store(place=samples.place(tmp_path, ledger=ledger), tell=told.append) as store:
            assert len(await store.load_executions()) == known
            await fill(store, 5, first=1_000 if ledger == "second" else 0) if known == 0 else None
    assert [event.code for event in told] == ["store_new_ledger"]
    (old,) = samples.place(tmp_path).archive.iterdir()
    assert quick_check(old / "desk.db") == ""


# ---- damage ---------------------------------------------------------------------------------------------------------


async def with_backup(open_store: OpenStore, place: Place) -> None:
    """200 of everything in a daily copy, and 20 more after it."""
    async with open_store(place=place) as store:
        await fill(store)
        await back_up(store, place)
        await fill(store, 20, first=200)


@pytest.mark.parametrize(
    ("start", "length"), [(0, 32), (0, 100), (100, 800), (4096, 800), (40 * 4096, 800), (60 * 4096, 4096)]
)
async def test_a_damaged_file_is_moved_aside_and_the_copy_restored(
    open_store: OpenStore, tmp_path: Path, start: int, length: int
):
    place = samples.place(tmp_path)
    await with_backup(open_store, place)
    ruin(place.database, start, length)
    content = place.database.read_bytes()
    told = []
    async with open_store(tell=told.append) as store:
        assert len(await store.load_executions()) == 200
        assert await store.last_execution_ms("linear") == samples.execution(199).ts_ms
        assert (await store.closed_trades_page(limit=1)).trades == [samples.trade(199)]
        assert (await store.verify_audit()).is_whole
        await store.append_executions([samples.execution(1_000)])
    assert [event.code for event in told][:2] == ["store_damaged", "store_restored"]
    (aside,) = place.quarantine.iterdir()
    assert (aside / "desk.db").read_bytes() == content
    assert quick_check(place.database) == ""


async def test_whatever_page_is_destroyed_the_store_opens_with_the_copy_or_unharmed(
    open_store: OpenStore, tmp_path: Path
):
    original = samples.place(tmp_path)
    await with_backup(open_store, original)
    pages = original.database.stat().st_size // 4096
    for page in random.Random(7).sample(range(pages), 12):
        place = samples.place(tmp_path / str(page))
        shutil.copytree(original.folder, place.folder)
        ruin(place.database, page * 4096)
        async with open_store(place=place) as store:
            found = await store.load_executions()
            # A page that is free, or whose rows are only content, may be overwritten without harm to the structure.
            assert len(found) == (220 if not place.quarantine.exists() else 200)
            assert (await store.verify_audit()).broken_at is None or not place.quarantine.exists()
            await store.append_executions([samples.execution(9_999)])
        assert quick_check(place.database) == ""


async def test_the_journal_is_carried_over_from_a_damaged_file(open_store: OpenStore, tmp_path: Path):
    """The exchange can say what executions there were, but not what we were about to do."""
    place = samples.place(tmp_path)
    async with open_store() as store:
        await store.journal_intent(samples.command(1), samples.close_intent())
        await store.journal_intent(samples.command(2), samples.close_intent())
        await back_up(store, place)
        await store.note_intent_state(samples.command(1, "done"))
        await store.journal_intent(samples.command(3), samples.INTENTS[0])
        await store.note_intent_state(samples.command(3, "unknown", detail="timeout"))
        await store.append_audit(samples.audit_event(n, text="x" * 500) for n in range(500))
    with closing(connect(place.database)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit_events'").fetchone()[0]
    ruin(place.database, (root - 1) * 4096)
    told = []
    async with open_store(tell=told.append) as store:
        found = await store.open_intents()
        assert [(f.command, f.intent) for f in found] == [
            (samples.command(2), samples.close_intent()),
            (samples.command(3, "unknown", detail="timeout"), samples.INTENTS[0]),
        ]
    assert [event.code for event in told] == ["store_damaged", "store_restored", "store_journal_saved"]


async def test_writes_wait_for_the_check_and_land_in_the_sound_file(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    await with_backup(open_store, place)
    ruin(place.database, 30 * 4096)
    store = await Store.open(place, ballast_bytes=0)
    await store.journal_intent(samples.command(900), samples.close_intent())
    await store.append_executions([samples.execution(900)])
    await store.close()
    assert len(list(place.quarantine.iterdir())) == 1
    async with open_store() as store:
        assert samples.command(900) in [found.command for found in await store.open_intents()]
        assert samples.execution(900) in await store.load_executions()


async def test_reading_works_during_the_check_and_writing_waits_for_it(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with open_store() as store:
        await fill(store, 10)
    gate = threading.Event()
    check = keeper.quick_check
    monkeypatch.setattr(keeper, "quick_check", lambda *args: gate.wait(children.PATIENCE_S) and check(*args))
    store = await Store.open(samples.place(tmp_path), ballast_bytes=0)
    writes = [
        asyncio.create_task(store.journal_intent(samples.command(50), samples.close_intent())),
        asyncio.create_task(store.append_executions([samples.execution(50)])),
    ]
    for _ in range(20):
        assert len((await store.closed_trades_page()).trades) == 10
        assert len(await store.load_executions()) == 10
    assert not any(write.done() for write in writes)
    gate.set()
    await store.checked()
    await asyncio.gather(*writes)
    assert len(await store.load_executions()) == 11
    await store.close()


async def test_damage_while_running_is_repaired_on_the_way(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    told = []
    async with open_store(tell=told.append) as store:
        await fill(store)
        await back_up(store, place)
        await fill(store, 3_000, first=200)
        with closing(connect(place.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        for page in range(2, pages):
            ruin(place.database, page * 4096)
        assert len(await store.load_executions()) == 200
        await store.append_executions([samples.execution(9_000)])
        assert len(await store.load_executions()) == 201
    assert "store_restored" in [event.code for event in told]


async def test_the_newest_copy_that_is_whole_and_ours_is_taken(open_store: OpenStore, tmp_path: Path):
    clock, place = ManualClock(), samples.place(tmp_path)
    for day in range(4):
        async with open_store(clock=clock) as store:
            await fill(store, 10, first=10 * day)
            await back_up(store, place)
        clock.advance(DAY_S)
    newest, second, third, _ = (backup.file for backup in backups(place))
    ruin(newest, 8 * 4096)
    with closing(connect(second)) as connection:
        connection.execute("UPDATE meta SET value = 'Other' WHERE name = 'account'")
    ruin(place.database, 0)
    told = []
    async with open_store(clock=clock, tell=told.append) as store:
        assert len(await store.load_executions()) == 20
    assert told[1].details["copy"] == third.name


async def test_without_any_copy_an_empty_file_begins_and_says_so(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    async with open_store() as store:
        await fill(store)
    ruin(place.database, 0)
    told = []
    async with open_store(tell=told.append) as store:
        assert await store.load_executions() == []
        await fill(store)
    assert [(event.code, event.severity) for event in told] == [("store_damaged", "critical")]


@pytest.mark.parametrize("content", [b"", b"\0" * 50, b"not a database at all, but long enough" * 10])
async def test_a_file_that_was_cut_off_is_replaced_by_the_copy(open_store: OpenStore, tmp_path: Path, content: bytes):
    place = samples.place(tmp_path)
    await with_backup(open_store, place)
    place.database.write_bytes(content)
    async with open_store() as store:
        assert len(await store.load_executions()) == 200


async def test_a_lost_database_is_restored_and_a_log_without_one_moved_aside(open_store: OpenStore, tmp_path: Path):
    """A log beside another file than its own would be played into it."""
    place = samples.place(tmp_path)
    log = place.database.with_name("desk.db-wal")
    store = await Store.open(place, ballast_bytes=0)
    await store.checked()
    await fill(store)
    await back_up(store, place)
    await fill(store, 50, first=500)
    kept = log.read_bytes()
    await store.close()
    place.database.unlink()
    log.write_bytes(kept)
    told = []
    async with open_store(tell=told.append) as store:
        assert len(await store.load_executions()) == 200
    assert [event.code for event in told] == ["store_restored"]
    (aside,) = place.quarantine.iterdir()
    assert (aside / "desk.db-wal").read_bytes() == kept
    assert quick_check(place.database) == ""


async def test_a_half_made_restore_or_copy_is_no_database(open_store: OpenStore, tmp_path: Path):
    place = samples.place(tmp_path)
    await with_backup(open_store, place)
    shutil.copyfile(place.database, place.folder / "desk.db.part")
    (place.backups / "daily-29991231T000000Z.db.part").write_bytes(b"half")
    (place.backups / "notes.txt").write_text("the owner's")
    ruin(place.database, 0)
    async with open_store() as store:
        assert len(await store.load_executions()) == 200
    assert not list(place.folder.rglob("*.part"))
    assert (place.backups / "notes.txt").exists()


async def test_every_file_says_whose_it_is(open_store: OpenStore, tmp_path: Path):
    async with open_store():
        pass
    with closing(connect(samples.place(tmp_path).database)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        known = dict(connection.execute("SELECT name, value FROM meta"))
        assert (known["environment"], known["account"]) == ("paper", "Main")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
