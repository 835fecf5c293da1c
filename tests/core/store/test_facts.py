"""What the exchange reported is there once, in order, and we know which stretches of it we have in full."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.store import facts
from tests.core.store import samples
from tests.core.store.conftest import OpenStore, within


async def test_appending_twice_changes_nothing(open_store: OpenStore):
    rows = [samples.execution(n) for n in range(1_200)]
    async with open_store() as store:
        assert await store.append_executions(rows) == 1_200
        assert await store.append_executions(rows[::-1]) == 0
        assert await store.append_executions([*rows[:3], samples.execution(5_000)]) == 1
        assert await store.append_executions([]) == 0
    async with open_store() as store:
        assert await store.load_executions() == [*rows, samples.execution(5_000)]


async def test_an_execution_is_known_by_category_symbol_and_id(open_store: OpenStore):
    one = samples.execution(1)
    others = [samples.execution(1, symbol="ETHUSDT"), samples.execution(1, category="inverse")]
    changed = samples.execution(1, fee=one.fee + 1)
    async with open_store() as store:
        assert await store.append_executions([one, *others, changed]) == 3
        assert set(await store.load_executions()) == {one, *others}
        assert await store.load_executions(category="inverse") == [others[1]]
        assert await store.load_executions(symbol="ETHUSDT") == [others[0]]


async def test_executions_since_a_time_come_in_order_over_many_slices(open_store: OpenStore):
    count = facts.SLICE * 2 + 7
    rows = [samples.execution(n, ts_ms=n // 3) for n in range(count)]
    async with open_store() as store:
        await store.append_executions(reversed(rows))
        found = await store.load_executions(since_ms=10)
    assert [e.ts_ms for e in found] == sorted(e.ts_ms for e in rows if e.ts_ms >= 10)
    assert set(found) == {e for e in rows if e.ts_ms >= 10}


async def test_the_last_execution_of_each_category(open_store: OpenStore):
    async with open_store() as store:
        assert await store.last_execution_ms("linear") is None
        rows = [samples.execution(n, ts_ms=ts) for n, ts in enumerate((30, 50, 40))]
        await store.append_executions([*rows, samples.execution(9, category="inverse", ts_ms=70)])
        assert await store.last_execution_ms("linear") == 50
        assert await store.last_execution_ms("inverse") == 70


async def test_pages_of_executions_newest_first(open_store: OpenStore):
    rows = [samples.execution(n, ts_ms=n // 4, symbol="AUSDT" if n % 3 else "BUSDT") for n in range(50)]
    async with open_store() as store:
        await store.append_executions(rows)
        for symbol in (None, "BUSDT"):
            seen, key = [], None
            while True:
                page, key = await store.executions_page(key, 7, symbol)
                seen += page
                if key is None:
                    break
            assert seen == [e for e in reversed(rows) if symbol in {None, e.symbol}]


async def test_orders_are_kept_as_reported(open_store: OpenStore):
    reports = [samples.order(1), samples.order(1, status="Filled", updated_ms=9), samples.order(2)]
    async with open_store() as store:
        assert await store.append_orders([*reports, *reports]) == 3
        assert await store.append_orders(reports) == 0


async def test_the_last_label_of_an_exit_counts(open_store: OpenStore):
    async with open_store() as store:
        await store.set_label("link-1", "ladder 1")
        await store.set_label("link-2", samples.HOSTILE[0])
        await store.set_label("link-1", "ladder 2")
        assert await store.labels() == {"link-1": "ladder 2", "link-2": samples.HOSTILE[0]}


async def test_a_window_is_noted_with_its_last_execution(open_store: OpenStore):
    async with open_store() as store:
        rows = [samples.execution(n) for n in range(1_100)]
        assert await store.append_executions(rows, window=("linear", 100, 200)) == 1_100
        assert await store.append_executions([], window=("linear", 200, 300)) == 0
        await store.note_window("inverse", 5, 6)
        assert await store.windows("linear") == [(100, 300)]
        assert await store.windows("inverse") == [(5, 6)]


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=12))
def test_windows_cover_exactly_what_was_fetched(database, stretches):
    def job(connection: Connection) -> None:
        for start, length in stretches:
            facts.add_window(connection, "linear", start, start + length)
        found = facts.windows(connection, "linear")
        covered = {t for start, length in stretches for t in range(start, start + length)}
        assert {t for start, end in found for t in range(start, end)} == covered
        assert all(left[1] < right[0] for left, right in pairwise(found))

    within(database, job)
