"""Statistics per closed trade at 1,000,000 trades ÷ at 1,000, and counting a million in columns against a loop (G12).

Both are compared with a recount to the last digit. What is read from disk is not in it: only the counting.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from typing import Any

from core.analytics.columnar import Columns
from core.analytics.metrics import Tally, summarise
from core.analytics.period_report import PeriodReport, ReportBuilder
from core.model import ClosedTrade

Row = dict[str, object]
FEW, MANY = 1_000, 1_000_000
PAIRS = 7
SAMPLE = 20_000
LOOPED = 100_000
SLICE = 5_000
BUDGET = 1.2


def trades(first: int, count: int) -> Iterator[ClosedTrade]:
    """Wins and losses by turns."""
    for number in range(first, first + count):
        net = Decimal((number * 7919) % 2_001 - 1_000).scaleb(-2)
        yield ClosedTrade(
            life_id=f"L{number:08d}", category="linear", symbol="SOLUSDT", position_idx=0, side="Buy",
            settle_coin="USDT", opened_ms=number * 1_000, closed_ms=number * 1_000 + 500, peak_size=Decimal(1),
            entry_price=Decimal(100), exit_price=Decimal(101), gross_pnl=net, fees=Decimal("0.05"),
            funding=Decimal(0), net_pnl=net, exits=(), closed_by="manual",
        )  # fmt: skip


def grown(count: int) -> Tally:
    """A tally that has counted so many."""
    tally = Tally()
    for trade in trades(0, count):
        tally.add(trade)
    return tally


def per_trade(tally: Tally, sample: list[ClosedTrade]) -> float:
    """Seconds to count one more, its summary included once in a hundred."""
    started = time.perf_counter()
    for number, trade in enumerate(sample):
        tally.add(trade)
        if number % 100 == 0:
            tally.summary()
    return (time.perf_counter() - started) / len(sample)


def row_of(trade: ClosedTrade) -> tuple[Any, ...]:
    """As the store takes it apart: digits and scale of net, fees and funding."""
    digits = (int((trade.net_pnl or 0) * 100), 2, 5, 2, 0, 0)
    return (trade.closed_ms, trade.opened_ms, 1, trade.symbol, trade.settle_coin, 1, *digits)


def in_columns(rows: list[tuple[Any, ...]]) -> Columns:
    """Trades as they come from the store, slice by slice: what objects are to the loop."""
    columns = Columns()
    for start in range(0, len(rows), SLICE):
        columns.add(rows[start : start + SLICE])
    return columns


def one_by_one(newest_first: list[ClosedTrade]) -> PeriodReport:
    """The same, trade by trade."""
    builder = ReportBuilder("all", 0)
    builder.add(newest_first)
    return builder.report()


def recount() -> tuple[float, bool]:
    """How many times as long the loop takes, and whether both come to the same."""
    sample = list(trades(0, LOOPED))
    rows, newest_first = [row_of(trade) for trade in sample], sample[::-1]
    ratios, is_equal = [], True
    for _ in range(PAIRS):
        columns = in_columns(rows)
        started = time.perf_counter()
        fast = columns.report("all", 0)
        middle = time.perf_counter()
        slow = one_by_one(newest_first)
        ratios.append((time.perf_counter() - middle) / (middle - started))
        is_equal = is_equal and (fast.summary, fast.days, fast.symbols) == (slow.summary, slow.days, slow.symbols)
    return median(ratios), is_equal


def summary_s(count: int) -> float:
    """Seconds of processor time to sum up so many trades that were read from disk, by day and symbol."""
    columns = Columns()
    for start in range(0, count, SLICE):
        columns.add([row_of(trade) for trade in trades(start, min(SLICE, count - start))])
    started = time.thread_time()
    report = columns.report("all", 0)
    spent = time.thread_time() - started
    assert report.summary.closed_trades == count
    return spent


def run() -> list[Row]:
    """Measure in turns; compare with a recount to the last digit."""
    few, many = grown(FEW), grown(MANY)
    ratios = []
    for turn in range(PAIRS):
        sample = list(trades(MANY + turn * SAMPLE, SAMPLE))
        few = grown(FEW)
        cheap = per_trade(few, sample)
        ratios.append(per_trade(many, sample) / cheap)
    measured = median(ratios)
    sample = list(trades(0, SAMPLE))
    is_equal = grown(SAMPLE).summary() == summarise(sample)
    times, is_same = recount()
    return [
        {
            "name": f"a report of {LOOPED:,} one by one ÷ in columns",
            "budget": "≥ 12",
            "measured": round(times, 1),
            "ok": times >= 12,
            "unit": "×",
        },
        {"name": "report in columns = one by one", "budget": "equal", "measured": is_same, "ok": is_same, "unit": ""},
        {
            "name": f"statistics per trade at {MANY:,} ÷ at {FEW:,}",
            "budget": f"≤ {BUDGET}",
            "measured": round(measured, 3),
            "ok": measured <= BUDGET,
            "unit": "×",
        },
        {
            "name": f"summary of {MANY:,} trades, by day and symbol, off the loop",
            "budget": "told",
            "measured": round(summary_s(MANY) * 1_000),
            "ok": True,
            "unit": "ms",
        },
        {"name": "incremental summary = recount", "budget": "equal", "measured": is_equal, "ok": is_equal, "unit": ""},
    ]
