"""What keeping a change costs, whatever is kept already, and how soon a million closed trades are at hand (G9, G10).

Three stores of the desk's own kind, with 100, 10,000 and 1,000,000 closed trades of two exits each. A change is one
more closed trade with its exits: committed, counted, summed into its day. The stores take turns; the figure is
the median of the ratios of each turn. Rewriting JSON is what the older bot does, in its safe form: dump, fsync, rename.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections import namedtuple
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from core.model import SessionSummary
from core.store import Place, Store, TradeFilter, history, tables
from core.store.backups import back_up_daily
from core.store.positions_json import BotFile, encode
from core.store.positions_records import bot_file
from core.store.sqlite import Database, connect
from tests.core.store import samples

SIZES = (100, 10_000, 1_000_000)
TURNS = 11
CHANGES = 200
PAGE = 256
OPENS = 7
WRITES = 20
CALM = 100
Row = dict[str, object]


def run() -> list[Row]:
    """All rows."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Row]:
    places = {size: samples.place(folder / str(size)) for size in SIZES}
    for size, place in places.items():
        await _make(place, size)
    return [
        *await _changes(places, folder),
        *await _syncs(samples.place(folder / "syncs")),
        *await _first_page(places[SIZES[-1]]),
        *await _waiting(places[SIZES[-1]]),
    ]


# ---- stores of a size -----------------------------------------------------------------------------------------------

_FILL = """
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size)
    INSERT INTO lives (row_id, life_id, category, symbol, position_idx, side, settle_coin, opened_ms, closed_ms,
        peak_size, entry_price, exit_price, gross_pnl, fees, funding, net_pnl, net_pnl_e8, closed_by, is_complete)
        SELECT i, printf('L%020d', i), 'linear', 'S' || (i % 50) || 'USDT', 0,
        iif(i % 2, 'Buy', 'Sell'), 'USDT', 1600000000000 + i * 50000, 1600000000000 + i * 50000 + 40000, '0.010',
        '65000.10', '65100.55', '1.0045', '0.71555356', '-0.00650001', '0.28244643', 28244643, 'take_profit', 1 FROM n
"""
_FILL_EXITS = """
    INSERT INTO partial_exits SELECT life_id, o.n, 'exit-' || row_id || '-' || o.n, '', closed_ms, '0.005',
        exit_price, '50', '0.50225', '0.17902651', '0.32322349', 'take_profit'
        FROM lives, (SELECT 0 AS n UNION ALL SELECT 1) o
"""
_FILL_DAYS = """
    INSERT INTO daily_totals SELECT closed_ms / 86400000, 'USDT', count(*), count(*), 0, 0, 0, '0', '0', '0', '0'
        FROM lives GROUP BY 1
"""


async def _make(place: Place, size: int) -> None:
    store = await Store.open(place, ballast_bytes=0)
    await store.close()
    with closing(connect(place.database)) as connection:
        connection.execute("BEGIN")
        connection.execute(_FILL, {"size": size})
        connection.execute(_FILL_EXITS)
        connection.execute(_FILL_DAYS)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@asynccontextmanager
async def _opened(place: Place) -> Any:
    store = await Store.open(place, ballast_bytes=0)
    try:
        await store.checked()
        yield store
    finally:
        await store.close()


# ---- the cost of a change -------------------------------------------------------------------------------------------


async def _changes(places: dict[int, Place], folder: Path) -> list[Row]:
    small, middle, large = SIZES
    databases = {size: Database(place.database) for size, place in places.items()}
    document, file = _json_of(middle), folder / "positions.json"
    turns, rewrites = [], []
    for turn in range(TURNS + 1):
        order = [SIZES[(turn + n) % len(SIZES)] for n in range(len(SIZES))]
        turns.append({size: _per_change(databases[size], turn) for size in order})
        rewrites.append(_rewrite(file, document))
    for database in databases.values():
        database.close()
    pairs = list(zip(turns, rewrites, strict=True))[1:]
    times = statistics.median(rewrite / turn[middle] for turn, rewrite in pairs)
    each = statistics.median(turn[large] for turn, _ in pairs)
    async with _opened(places[large]) as store:
        awaited = await _awaited(store)
    return [
        _ratio(f"a change at {middle:,} closed ÷ at 100", 1.2, [turn[middle] / turn[small] for turn, _ in pairs]),
        _ratio(f"a change at {large:,} closed ÷ at 100", 1.2, [turn[large] / turn[small] for turn, _ in pairs]),
        _row("rewriting JSON at 10,000 closed ÷ a change", "≥ 5,000", f"{times:,.0f}", times >= 5_000, "×"),
        _row("a change at 1,000,000 closed", "told", f"{each * 1e6:,.0f}", True, "µs"),
        _row("the same through the front door, awaited", "told", f"{awaited * 1e6:,.0f}", True, "µs"),
    ]


def _per_change(database: Database, turn: int) -> float:
    """What the worker does for a change: a transaction of its own, committed."""
    trades = [samples.trade(10**12 + turn * CHANGES + n, life_id=f"N{turn}-{n}") for n in range(CHANGES)]
    gc.disable()
    start = time.perf_counter()
    for trade in trades:
        with database.write(durable=False) as connection:
            history.save(connection, [trade])
    spent = time.perf_counter() - start
    gc.enable()
    return spent / CHANGES


async def _awaited(store: Store) -> float:
    start = time.perf_counter()
    for number in range(CHANGES):
        await store.save_lives([samples.trade(2 * 10**12 + number, life_id=f"A{number}")])
    return (time.perf_counter() - start) / CHANGES


def _json_of(size: int) -> Any:
    """The document that the older bot would keep for that many closed trades."""
    trades = [samples.trade(n) for n in range(size)]
    return json.loads(encode(bot_file([], trades, SessionSummary(), 0, BotFile())))


def _rewrite(file: Path, document: Any) -> float:
    start = time.perf_counter()
    part = file.with_suffix(".part")
    with part.open("w") as target:
        json.dump(document, target, indent=2)
        target.flush()
        os.fsync(target.fileno())
    part.replace(file)
    return time.perf_counter() - start


# ---- how often a commit waits for the disk --------------------------------------------------------------------------


async def _syncs(place: Place) -> list[Row]:
    """Counted in SQLite's own file system layer."""
    with _counting_syncs() as count:
        async with _opened(place) as store:
            writes: list[tuple[str, int, Callable[[int], Awaitable[object]]]] = [
                ("intent", 1, lambda n: store.journal_intent(samples.command(n), samples.close_intent())),
                ("execution", 1, lambda n: store.append_executions([samples.execution(n)])),
                ("closed trade", 0, lambda n: store.save_lives([samples.trade(n)])),
                ("audit event", 0, lambda n: store.append_audit([samples.audit_event(n)])),
            ]
            rows = []
            for name, wanted, write in writes:
                await write(0)
                before = count()
                for number in range(1, WRITES + 1):
                    await write(number)
                found = (count() - before) / WRITES
                rows.append(_row(f"fsyncs per {name}", str(wanted), f"{found:g}", found == wanted, ""))
    return rows


class _Methods(ctypes.Structure):
    """The start of sqlite3_io_methods."""

    _fields_ = (("version", ctypes.c_int), ("before", ctypes.c_void_p * 4), ("sync", ctypes.c_void_p))


_VFS_METHODS_AT = {"x_open": 40}
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_METHODS_BYTES = 19 * 8


@contextmanager
def _counting_syncs() -> Iterator[Callable[[], int]]:
    """Count the calls by which SQLite asks the system to bring a file to the disk."""
    import _sqlite3

    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.c_void_p
    at = library.sqlite3_vfs_find(None) + _VFS_METHODS_AT["x_open"]
    original = ctypes.c_void_p.from_address(at).value
    open_file, calls, kept = _OPEN(original), [0], []

    def opened(vfs: int, name: bytes, file: int, flags: int, out: int) -> int:
        result: int = open_file(vfs, name, file, flags, out)
        methods = ctypes.c_void_p.from_address(file).value
        if result == 0 and methods:
            copy = ctypes.create_string_buffer(ctypes.string_at(methods, _METHODS_BYTES), _METHODS_BYTES)
            sync = _SYNC(_Methods.from_buffer(copy).sync)

            def counted(handle: int, how: int, sync: Any = sync) -> int:
                calls[0] += 1
                return int(sync(handle, how))

            replacement = _SYNC(counted)
            _Methods.from_buffer(copy).sync = ctypes.cast(replacement, ctypes.c_void_p).value
            kept.extend((copy, replacement))
            ctypes.c_void_p.from_address(file).value = ctypes.addressof(copy)
        return result

    hook = _OPEN(opened)
    ctypes.c_void_p.from_address(at).value = ctypes.cast(hook, ctypes.c_void_p).value
    try:
        yield lambda: calls[0]
    finally:
        ctypes.c_void_p.from_address(at).value = original


# ---- a million closed trades ----------------------------------------------------------------------------------------


# What a program that keeps its history in memory would load: a record with every column.
_Trade: Any = namedtuple("_Trade", [column.name for column in tables.lives.columns])


async def _first_page(place: Place) -> list[Row]:
    opened: list[float] = []
    before = _rss()
    for _ in range(OPENS):
        start = time.perf_counter()
        store = await Store.open(place, ballast_bytes=0)
        page = await store.closed_trades_page(limit=PAGE)
        opened.append(time.perf_counter() - start)
        assert len(page.trades) == PAGE
        await store.closed_trades_count()
        await store.close()
    grown = (_rss() - before) / 1024**2
    loaded, took = _load_all(place), statistics.median(opened)
    times = loaded / took
    return [
        _row("loading 1,000,000 objects ÷ open to first page", "≥ 100", f"{times:,.0f}", times >= 100, "×"),
        _row("open to first page at 1,000,000 closed", "told", f"{took * 1e3:.1f}", True, "ms"),
        _row("memory for it", "≤ 40", f"{grown:.0f}", grown <= 40, "MiB"),
    ]


def _load_all(place: Place) -> float:
    with closing(sqlite3.connect(place.database)) as connection:
        start = time.perf_counter()
        trades = [_Trade._make(row) for row in connection.execute("SELECT * FROM lives")]
        spent = time.perf_counter() - start
    assert len(trades) >= SIZES[-1]
    return spent


def _rss() -> int:
    fields = Path("/proc/self/statm")
    if not fields.exists():
        return 0
    return int(fields.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def _waiting(place: Place) -> list[Row]:
    """How long an intent waits for the journal while the store searches, or copies, the million."""
    async with _opened(place) as store:
        calm = [await _journalled(store, number) for number in range(CALM)]
        search = asyncio.create_task(store.closed_trades_page(filters=TradeFilter(closed_by="nothing of the kind")))
        beside_search = await _journalled_beside(store, search, CALM)
        copy = asyncio.create_task(asyncio.to_thread(back_up_daily, place, 0))
        beside_copy = await _journalled_beside(store, copy, 100_000)
    ratio = statistics.median(beside_search) / statistics.median(calm)
    worst = max(beside_search) * 1e3
    return [
        _row("journal beside a search of 1,000,000 ÷ calm (median)", "≤ 3", f"{ratio:.2f}", ratio <= 3, "×"),
        _row("journal beside a search of 1,000,000 (worst)", "told", f"{worst:.1f}", True, "ms"),
        _row("journal beside a copy of 1,000,000 (worst)", "told", f"{max(beside_copy) * 1e3:.1f}", True, "ms"),
        _row("journal, calm (median)", "told", f"{statistics.median(calm) * 1e3:.2f}", True, "ms"),
    ]


async def _journalled_beside(store: Store, task: asyncio.Task[Any], first: int) -> list[float]:
    """Journal intents for as long as a task takes."""
    spent: list[float] = []
    while not task.done():
        spent.append(await _journalled(store, first + len(spent)))
    await task
    return spent


async def _journalled(store: Store, number: int) -> float:
    start = time.perf_counter()
    await store.journal_intent(samples.command(number), samples.close_intent())
    return time.perf_counter() - start


# ---- rows -----------------------------------------------------------------------------------------------------------


def _ratio(name: str, budget: float, ratios: list[float]) -> Row:
    measured = statistics.median(ratios)
    return _row(name, f"≤ {budget}", f"{measured:.2f}", measured <= budget, "×")


def _row(name: str, budget: str, measured: str, is_ok: bool, unit: str) -> Row:
    return {"name": f"store: {name}", "budget": budget, "measured": measured, "ok": is_ok, "unit": unit}
