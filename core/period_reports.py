"""Where the trades of a period come from: the snapshot, or the disk for the longer ones. Counted off the loop."""

from __future__ import annotations

import asyncio

from core.analytics.columnar import Columns, Unfit
from core.analytics.period_report import PERIODS, PeriodReport, ReportBuilder, since_ms
from core.errors import BadValue, StoreError
from core.model import Snapshot
from core.recorder import Recorder
from core.store.history import TradeFilter
from core.store.store import Store

# Rows of a slice: a few milliseconds of the store's worker, which journals intents in between.
SLICE = 5_000
_ON_DISK = frozenset({"30d", "all"})


async def read(period: str, snapshot: Snapshot, recorder: Recorder | None, now_ms: int) -> PeriodReport:
    """Count the closed trades of a period by day and symbol.

    Args:
        period: start, today, 7d, and from disk 30d, all.
    Raises:
        BadValue: unknown period. StoreError: no history is kept, or its file cannot be read now.
    """
    if period not in PERIODS:
        raise BadValue("unknown_period", field="period", value=period)
    begins_ms = since_ms(period, now_ms, snapshot.session.started_ms)
    builder = ReportBuilder(period, begins_ms)
    if period not in _ON_DISK:
        await asyncio.to_thread(builder.add, snapshot.closed_trades)
        report = await asyncio.to_thread(builder.report)
        # Of a busy desk the memory does not hold all that it has counted.
        counted = snapshot.sessions.get(period, report.summary)
        if recorder is None or report.summary.closed_trades >= counted.closed_trades:
            return report
        builder = ReportBuilder(period, begins_ms)
    if recorder is None:
        raise StoreError("store_closed")
    try:
        return await _in_columns(recorder.store, period, begins_ms)
    except Unfit:
        return await _one_by_one(recorder.store, builder, begins_ms)


async def _in_columns(store: Store, period: str, begins_ms: int) -> PeriodReport:
    """A million trades take seconds this way, and not a minute. Raises Unfit."""
    columns, after = Columns(), (begins_ms, "")
    while rows := await store.closed_trades_figures(after, SLICE):
        await asyncio.to_thread(columns.add, rows)
        after = (rows[-1][0], rows[-1][-1])
    return await asyncio.to_thread(columns.report, period, begins_ms)


async def _one_by_one(store: Store, builder: ReportBuilder, begins_ms: int) -> PeriodReport:
    """Whatever the amounts are."""
    async for page in store.closed_trades(TradeFilter(since_ms=begins_ms)):
        await asyncio.to_thread(builder.add, page)
    return await asyncio.to_thread(builder.report)
