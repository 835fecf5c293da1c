"""Killed at any moment, or the power cut, the store loses nothing that it called committed and is never half done."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from core.store import Store, facts, history, journal
from core.store.opening import prepare
from core.store.sqlite import Database, connect, quick_check
from tests.core.store import children, samples
from tests.core.store.conftest import OpenStore
from tests.core.store.test_history import totals_of

OPEN = {"sending", "accepted", "unknown"}


async def assert_sound(store: Store, told: Iterable[tuple[str, int]]) -> None:
    """All that was told is there, and what is there is whole."""
    verdict = await store.verify_audit()
    executions = {e.exec_id: e for e in await store.load_executions()}
    trades = [one async for page in store.closed_trades() for one in page]
    rounds = sorted(one.life_id for one in trades)
    for what, number in told:
        match what:
            case "intent":
                found = await store.load_intent(samples.command(number).command_id)
                assert found.intent == samples.close_intent()
            case "executions":
                assert {f"exec-{2 * number}", f"exec-{2 * number + 1}"} <= executions.keys()
            case "trade":
                assert samples.trade(number).life_id in rounds
            case "event":
                assert verdict.rows > number
            case "verdict":
                found = await store.load_intent(samples.command(number).command_id)
                assert found.command.state == "done"
    assert verdict.is_whole
    assert trades == [samples.trade(n) for n in reversed(range(len(trades)))]
    assert {(t.day, t.settle_coin): t for t in await store.daily_totals()} == totals_of(trades)
    assert executions == {e.exec_id: e for e in map(samples.execution, range(len(executions)))}
    for found in await store.open_intents():
        assert found.command.state in OPEN
        assert found.intent == samples.close_intent()


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.soak)])
async def test_a_kill_at_any_statement_loses_nothing_committed(open_store: OpenStore, tmp_path: Path, step: int):
    used = tmp_path / "used"
    process, _ = children.start(children.short_session, used, 0, 0)
    process.join(children.PATIENCE_S)
    for number in range(1, 1_000, step):
        folder = tmp_path / str(number)
        shutil.copytree(used, folder)
        process, pipe = children.start(children.short_session, folder, 1, number)
        process.join(children.PATIENCE_S)
        told = children.all_told(pipe)
        is_done = ("done", 0) in told
        assert process.exitcode == (0 if is_done else -children.KILL)
        warned = []
        async with open_store(place=samples.place(folder), tell=warned.append) as store:
            await assert_sound(store, told)
        assert warned == []
        shutil.rmtree(folder)
        if is_done:
            break
    assert number > 60
    assert is_done


@pytest.mark.soak
async def test_a_kill_at_a_random_moment_loses_nothing_committed(
    open_store: OpenStore, tmp_path: Path, request: pytest.FixtureRequest
):
    kills = 1_000 if "soak" in request.config.getoption("markexpr") else 25
    rng, told = random.Random(7), []
    for kill in range(kills):
        folder = tmp_path / str(kill // 50)
        if kill % 50 == 0:
            told = []
        process, pipe = children.start(children.write_for_ever, folder)
        # Rounds go on where the last process was killed: the same records again change nothing.
        for _ in range(rng.randrange(1, 40)):
            told.append(pipe.recv())
        process.kill()
        process.join(children.PATIENCE_S)
        told += children.all_told(pipe)
        async with open_store(place=samples.place(folder)) as store:
            await assert_sound(store, told[-100:])


# ---- power cuts -----------------------------------------------------------------------------------------------------


class _Cut:
    """A database whose log holds ``count`` commits that the file itself does not have yet."""

    def __init__(self, folder: Path, count: int) -> None:
        place = samples.place(folder)
        place.folder.mkdir(parents=True)
        prepare(place, 0)
        self.file, self.count = place.database, count
        database = Database(self.file)
        for number in range(count):
            with database.write(durable=True) as connection:
                journal.add(connection, samples.command(number), samples.close_intent())
                facts.add_executions(connection, [samples.execution(number)])
                history.save(connection, [samples.trade(number)])
        self.main = self.file.read_bytes()
        self.log = self.file.with_name("desk.db-wal").read_bytes()
        database.close()

    def with_log(self, folder: Path, log: bytes) -> Path:
        """The database as a power cut would leave it, with that much of its log."""
        file = folder / "cut.db"
        for end in ("-shm", "-wal"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        file.write_bytes(self.main)
        file.with_name("cut.db-wal").write_bytes(log)
        return file


def prefix_in(file: Path) -> int:
    """How many of the commits are there; fails unless they are the first ones, each of them whole."""
    file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
    with closing(connect(file, read_only=True)) as connection:
        tables = ("intents", "intent_states", "open_intents", "executions", "lives")
        counts = {connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
        exits = connection.execute("SELECT count(*) FROM partial_exits").fetchone()[0]
        last = connection.execute("SELECT coalesce(max(created_ms), -1) FROM intents").fetchone()[0]
        total = connection.execute("SELECT coalesce(sum(trades), 0) FROM daily_totals").fetchone()[0]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    (count,) = counts
    assert (exits, total) == (2 * count, count)
    assert last == (samples.command(count - 1).created_ms if count else -1)
    return count


def test_a_log_cut_anywhere_leaves_an_exact_prefix(tmp_path: Path):
    """V31, F107."""
    cut = _Cut(tmp_path / "made", 4)
    file = cut.with_log(tmp_path, cut.log)
    found = []
    for end in range(len(cut.log), -1, -97):
        os.truncate(file.with_name("cut.db-wal"), end)
        found.append(prefix_in(file))
    assert found == sorted(found, reverse=True)
    assert set(found) == set(range(cut.count + 1))


def test_a_flipped_byte_in_the_log_leaves_an_exact_prefix(tmp_path: Path):
    """V31, F108."""
    cut, rng = _Cut(tmp_path / "made", 8), random.Random(7)
    found = set()
    for _ in range(150):
        log = bytearray(cut.log)
        log[rng.randrange(len(log))] ^= 1 << rng.randrange(8)
        found.add(prefix_in(cut.with_log(tmp_path, bytes(log))))
    assert len(found) > 5


async def test_the_store_starts_after_a_power_cut(open_store: OpenStore, tmp_path: Path):
    cut = _Cut(tmp_path / "made", 8)
    place = samples.place(tmp_path)
    for end in range(0, len(cut.log), len(cut.log) // 12):
        place.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(cut.with_log(tmp_path, cut.log[:end]), place.database)
        place.database.with_name("desk.db-wal").write_bytes(cut.log[:end])
        async with open_store() as store:
            count = await store.closed_trades_count()
            await store.journal_intent(samples.command(100), samples.close_intent())
            assert len(await store.open_intents()) == count + 1
        assert quick_check(place.database) == ""
        shutil.rmtree(place.folder)


def test_intents_and_executions_are_synced_and_the_rest_is_not(tmp_path: Path):
    """FULL syncs the log at each commit, NORMAL only when the log is put into the file."""
    cut = _Cut(tmp_path / "made", 1)
    database = Database(cut.file)
    statements: list[str] = []
    database.driver.set_trace_callback(statements.append)
    for durable in (True, True, False, True):
        with database.write(durable=durable) as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == (2 if durable else 1)
    database.close()
    settings = [statement for statement in statements if "synchronous =" in statement]
    assert settings == ["PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL"]


async def test_what_must_survive_a_power_cut_is_synced_before_it_is_acknowledged(open_store: OpenStore):
    async with open_store() as store:
        levels: list[str] = []

        def watch(statement: str) -> None:
            if statement.startswith("PRAGMA synchronous ="):
                levels[:] = [statement.split()[-1]]
            elif statement == "COMMIT":
                levels.append("committed")

        await store.append_orders([samples.order(1)])
        await store._keeper.read(lambda c: c.connection.dbapi_connection.set_trace_callback(watch))
        for write, level in (
            (store.journal_intent(samples.command(1), samples.close_intent()), "FULL"),
            (store.save_lives([samples.trade(1)]), "NORMAL"),
            (store.append_executions([samples.execution(1)]), "FULL"),
            (store.append_audit([samples.audit_event(1)]), "NORMAL"),
            (store.note_intent_state(samples.command(1, "done")), "FULL"),
            (store.append_orders([samples.order(2)]), "NORMAL"),
        ):
            await write
            assert levels == [level, "committed"]
