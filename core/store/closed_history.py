"""All closed trades of one account for a table of a million rows: open a selection, read the rows in sight, export it.

A page from disk is there at once (``Store.closed_trades_page``); this adds any order, any selection and any place. Its
index is read from the store in slices, in the worker that journals too, so none of them may be long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core.model import ClosedTrade, Execution
from core.store import exports
from core.store.closed_index import CODED, ClosedIndex, ClosedTerm, Filling, Names, Order, Spell, Totals, empty_index
from core.store.history import TradeFilter
from core.store.parking import give_back
from core.store.store import Store

# Rows of a slice: a few milliseconds of the store's worker, which journals intents in between.
SLICE: Final = 5_000
# A correction changes a recent trade: so many rows at the end are read again each time.
TAIL: Final = 1_000
WARM_TRIES: Final = 3
AMOUNTS: Final = ("peak_size", "entry_price", "exit_price", "fees", "funding")
# Worked out from the others; see ``history.columns_slice``.
DERIVED: Final = ("held_ms", "move_pct")
# What a table sorts by, beside what every index has.
WARMED: Final = (*AMOUNTS, *DERIVED)
SORTS: Final = frozenset({"closed_ms", "net_pnl_e8", *CODED, *AMOUNTS, *DERIVED})
_ANY = TradeFilter()


class ClosedView(NamedTuple):
    """A selection in its order, as of when it was opened: places in an index, one per row shown."""

    source: ClosedIndex
    order: Order
    totals: Totals

    @property
    def size(self) -> int:
        """Rows."""
        return len(self.order)

    def added_since(self, older: ClosedView) -> list[int] | None:
        """Where rows stand that an older view of the same selection lacked; None when more than that has changed."""
        known, now = older.source.columns["row_id"], self.source.columns["row_id"]
        if len(now) < len(known) or not np.array_equal(now[: len(known)], known):
            return None
        places: list[int] = np.flatnonzero(self.order >= len(known)).tolist()
        return places if len(places) == self.size - older.size else None

    def row_ids(self, start: int, stop: int) -> list[int]:
        """The store's rows for some rows of the view."""
        wanted: list[int] = self.source.columns["row_id"][self.order[start:stop]].tolist()
        return wanted


class ClosedHistory:
    """The closed trades of one open store. Use it on the loop; every method raises StoreError as the store does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._names = {name: Names() for name in CODED}
        self._index: ClosedIndex | None = None
        self._tail: list[tuple[Any, ...]] = []
        self._lock = asyncio.Lock()

    @property
    def is_read(self) -> bool:
        """Whether a selection can be opened without reading the whole history first."""
        return self._index is not None

    async def open(
        self,
        wanted: TradeFilter = _ANY,
        words: Sequence[str] = (),
        *,
        terms: Sequence[ClosedTerm] = (),
        sort: str = "closed_ms",
        descending: bool = True,
        group: str | None = None,
        spell: Spell | None = None,
        is_fresh: bool = True,
    ) -> ClosedView:
        """Select and order, with all that is on disk by now (without ``is_fresh``: with all that was read before).

        Args:
            wanted: symbol, side, closed_by, period and result; its other fields are not looked at.
            words: as in ``ClosedIndex.mask``; ``terms`` and ``spell`` too.
            sort: one of ``SORTS``.
            group: what comes before that: symbol, side or closed_by, by alphabet.
        """
        async with self._lock:
            known = None if is_fresh else self._index
            compared = (term.columns[0] for term in terms if term.sign)
            index = await self._with_columns(await self._fresh() if known is None else known, (sort, *compared))

        def select() -> ClosedView:
            mask = index.mask(wanted, words, spell, terms)
            order = index.ordered(sort, descending=descending, mask=mask)
            return ClosedView(index, index.grouped(order, group) if group else order, index.totals(mask))

        is_all = wanted == _ANY and not words and not terms and not group
        return select() if is_all and index.is_sorted_by(sort) else await asyncio.to_thread(select)

    async def warm(self) -> None:
        """Read the other columns that a table sorts by, so that the first time is as quick as any; no hurry with it.

        They are read in slices beside whatever else is asked for. When lives close meanwhile it is begun anew, a few
        times; what is missing in the end is read when it is sorted by.
        """
        for _ in range(WARM_TRIES):
            index = self._index
            missing = () if index is None else tuple(name for name in WARMED if name not in index.columns)
            if index is None or not missing:
                return
            values = await self._values(index, missing)
            async with self._lock:
                if self._index is index and values is not None:
                    await self._take(await asyncio.to_thread(index.with_columns, values))

    async def rows(self, view: ClosedView, start: int, stop: int) -> list[ClosedTrade | None]:
        """The trades of some rows of a view as they are now; None for one that a better fold has removed."""
        wanted = view.row_ids(start, stop)
        found = await self.store.closed_trades_by_row(wanted)
        return [found.get(row_id) for row_id in wanted]

    async def count(self) -> int:
        """How many closed trades there are; not counted when asked."""
        return await self.store.closed_trades_count()

    async def executions(self, trade: ClosedTrade) -> list[Execution]:
        """The executions of one life, oldest first: entries, exits and funding."""
        found: list[Execution] = []
        async for part in self.store.executions(trade.opened_ms, category=trade.category, symbol=trade.symbol):
            found += [
                one for one in part if one.ts_ms <= trade.closed_ms and one.position_idx in {None, trade.position_idx}
            ]
            if part and part[-1].ts_ms > trade.closed_ms:
                break
        return found

    def symbols(self) -> list[str]:
        """Every symbol that has been traded, as far as is known by now; by alphabet."""
        return sorted(self._names["symbol"].all())

    async def export(
        self, view: ClosedView, file: Path, progress: Callable[[int], None] = lambda done: None, *, overwrite: bool
    ) -> int:
        """Write a view in its order, as JSON for a name that ends so, else as CSV. Returns how many trades.

        Args:
            progress: called on the loop with how many are written.
        Raises:
            StoreError: ``file_exists`` without ``overwrite``, ``not_written``. What was there before stays.
        """
        write = exports.write_trades_json if file.suffix.lower() == ".json" else exports.write_trades_csv
        return await write(file, self._told(view, progress), overwrite=overwrite)

    async def _told(self, view: ClosedView, progress: Callable[[int], None]) -> AsyncIterator[list[ClosedTrade]]:
        for start in range(0, view.size, 1_000):
            page = await self.rows(view, start, start + 1_000)
            yield [trade for trade in page if trade is not None]
            progress(min(view.size, start + 1_000))

    # ---- the index ------------------------------------------------------------------------------------------------

    async def _fresh(self) -> ClosedIndex:
        """The index with what was saved since; made anew when rows behind its tail have come or gone."""
        count, old = await self.store.closed_trades_count(), self._index
        if old is None:
            return await self._read_all(count)
        kept = old.before(TAIL)
        tail = await self._tail_behind(kept)
        if tail == self._tail and len(old) == count:
            return old
        if len(kept) + len(tail) != count:
            return await self._read_all(count)
        return await self._take(await asyncio.to_thread(_filled, kept, tail, count))

    async def _read_all(self, expected: int) -> ClosedIndex:
        filling, after = Filling(empty_index(self._names), expected), 0
        while rows := await self.store.closed_trades_columns(filling.fields, after, SLICE):
            await asyncio.to_thread(filling.add, rows)
            after = rows[-1][0]
        return await self._take(filling.done())

    async def _take(self, index: ClosedIndex) -> ClosedIndex:
        """Work with this one from now on; it is sorted already as people mostly want it."""
        self._index, self._tail = index, await self._tail_behind(index.before(TAIL))
        await asyncio.to_thread(_prepare, index)
        return index

    async def _tail_behind(self, index: ClosedIndex) -> list[tuple[Any, ...]]:
        return await self.store.closed_trades_columns(tuple(index.columns), index.last_row_id, SLICE)

    async def _with_columns(self, index: ClosedIndex, names: Sequence[str]) -> ClosedIndex:
        missing = tuple(dict.fromkeys(name for name in names if name not in index.columns))
        if not missing:
            return index
        values = await self._values(index, missing)
        if values is None:  # rows have come or gone meanwhile: the next opening reads everything anew
            values = {name: np.full(len(index), np.nan) for name in missing}
        return await self._take(await asyncio.to_thread(index.with_columns, values))

    async def _values(self, index: ClosedIndex, names: Sequence[str]) -> dict[str, npt.NDArray[np.float64]] | None:
        """Columns of the rows of an index; None when those are no longer the rows of the store."""
        values = {name: np.full(len(index), np.nan) for name in names}
        after = at = 0
        fields = ("row_id", *names)
        limit = SLICE * 3 // max(3, len(names))  # more columns take the worker longer: fewer rows at a time
        while rows := await self.store.closed_trades_columns(fields, after, limit, until=index.last_row_id):
            if at + len(rows) > len(index):
                return None
            for name, column in zip(names, list(zip(*rows, strict=True))[1:], strict=True):
                values[name][at : at + len(rows)] = [np.nan if value is None else value for value in column]
            after, at = rows[-1][0], at + len(rows)
        return values if at == len(index) else None


def _prepare(index: ClosedIndex) -> None:
    for name in ("closed_ms", "net_pnl_e8"):
        index.order(name)
    give_back()


def _filled(kept: ClosedIndex, tail: Sequence[Sequence[Any]], expected: int) -> ClosedIndex:
    filling = Filling(kept, expected)
    filling.add(tail)
    return filling.done()
