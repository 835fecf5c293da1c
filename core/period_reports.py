"""Where the trades of a period come from: the snapshot, or the disk for the longer ones. Counted off the loop."""

from __future__ import annotations

import asyncio

from core.analytics.period_report import PERIODS, PeriodReport, ReportBuilder, since_ms
from core.errors import BadValue, StoreError
from core.model import Snapshot
from core.recorder import Recorder
from core.store.history import TradeFilter

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
    elif recorder is None:
        raise StoreError("store_closed")
    else:
        async for page in recorder.store.closed_trades(TradeFilter(since_ms=begins_ms)):
            await asyncio.to_thread(builder.add, page)
    return await asyncio.to_thread(builder.report)
