"""A full disk stops writing and nothing else; the journal has space set aside; space that comes back is used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StoreError
from core.store import Store
from core.store.files import Ballast
from core.store.worker import Lane
from tests.core.store import samples
from tests.core.store.conftest import OpenStore
from tests.core.store.small_disk import until_full

ROOT = Path(__file__).parents[3]
SMALL = "mount -t tmpfs -o size=8m none {folder} && {python} -m tests.core.store.small_disk {folder}"


async def limit(store: Store, pages: int) -> None:
    """Let the database have so many pages and no more: the error is the one of a full disk."""
    keeper = store._keeper
    await keeper._worker.do(
        Lane.CONTROL, lambda: keeper._database.driver.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    )


async def test_a_full_disk_stops_writing_and_nothing_else(open_store: OpenStore, tmp_path: Path):
    told = []
    async with open_store(tell=lambda event: told.append(event.code), ballast_bytes=65_536) as store:
        place = samples.place(tmp_path)
        Ballast(place.ballast, 65_536).fill()
        await store.append_executions([samples.execution(n) for n in range(100)])
        await limit(store, 1)
        for _ in range(2):
            with pytest.raises(StoreError, match="disk_full"):
                await store.append_executions([samples.execution(n) for n in range(100, 400)])
        assert told == ["store_disk_full"]
        assert place.ballast.exists()
        assert len(await store.load_executions()) == 100
        journalled = await until_full(lambda n: store.journal_intent(samples.command(n), samples.close_intent()))
        assert len(await store.open_intents()) == journalled
        assert told == ["store_disk_full", "store_ballast_used"]
        assert not place.ballast.exists()

        await limit(store, 1_000_000)
        await store.append_executions([samples.execution(n) for n in range(100, 400)])
        await store.journal_intent(samples.command(1_000), samples.close_intent())
        assert told[-1] == "store_space_back"
    async with open_store() as store:
        assert len(await store.load_executions()) == 400
        assert len(await store.open_intents()) == journalled + 1


def _may_mount() -> bool:
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    return subprocess.run([unshare, "-rm", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not _may_mount(), reason="needs a small disk of its own: Linux with user namespaces")
def test_on_a_disk_that_is_really_full_the_journal_is_written_from_the_ballast(tmp_path: Path):
    command = SMALL.format(folder=tmp_path, python=sys.executable)
    done = subprocess.run(["unshare", "-rm", "sh", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_ballast_holds_real_space_and_leaves_as_much_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ballast = Ballast(tmp_path / "ballast", 1 << 20)
    assert not ballast.release()
    assert ballast.fill()
    assert ballast.is_whole
    assert (tmp_path / "ballast").stat().st_blocks * 512 >= 1 << 20
    assert ballast.fill()
    assert ballast.release()
    assert not ballast.is_whole
    huge = Ballast(tmp_path / "ballast", shutil.disk_usage(tmp_path).free)
    assert not huge.fill()
    assert not (tmp_path / "ballast").exists()


def test_ballast_that_was_cut_off_is_filled_again(tmp_path: Path):
    (tmp_path / "ballast").write_bytes(b"x" * 100)
    ballast = Ballast(tmp_path / "ballast", 4096)
    assert not ballast.is_whole
    assert ballast.fill()
    assert (tmp_path / "ballast").stat().st_size == 4096
