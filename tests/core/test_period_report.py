"""Reports of a period: the same as counting at once, whatever the pages, each result counted once."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core import period_reports
from core.analytics.metrics import summarise
from core.analytics.period_report import DAY_MS, ReportBuilder, since_ms
from core.analytics.periods import Periods
from core.analytics.spread import STEPS, spread
from core.errors import BadValue, StoreError
from tests.gui import samples
from tests.recording import recording

D = Decimal
TRADES = samples.closed_trades(42)


def built(trades=TRADES, begins_ms: int = 0, page: int = 5):
    builder = ReportBuilder("all", begins_ms)
    for start in range(0, len(trades), page):
        builder.add(trades[start : start + page])
    return builder.report()


def test_pages_newest_first_give_what_counting_at_once_gives() -> None:
    report = built()
    assert report.summary == summarise(TRADES)
    assert report.summary.max_drawdown > 0
    assert built(page=1) == built(page=100)


def test_days_and_symbols_sum_to_the_whole() -> None:
    report = built()
    assert sum(day.trades for day in report.days) == len(TRADES)
    assert sum(day.net_pnl for day in report.days) == report.summary.total_realised_pnl
    assert sum(one.summary.total_realised_pnl for one in report.symbols) == report.summary.total_realised_pnl
    assert [day.day for day in report.days] == sorted(day.day for day in report.days)
    assert abs(report.curve.totals[-1] - float(report.summary.total_realised_pnl)) < 1e-6


def test_what_closed_before_the_period_is_left_out() -> None:
    edge = TRADES[10].closed_ms
    wanted = [trade for trade in TRADES if trade.closed_ms >= edge]
    assert built(begins_ms=edge).summary == summarise(wanted, edge)


def test_a_result_that_is_not_known_counts_as_pending_and_has_no_money() -> None:
    report = built([samples.closed_trade(1, net_pnl=None, is_complete=False)])
    assert (report.summary.pending, report.days[0].trades, report.days[0].net_pnl) == (1, 1, 0)
    assert len(report.curve) == 0


def test_the_curve_has_every_trade_oldest_first() -> None:
    curve = built().curve
    oldest_first = [t for t in reversed(TRADES) if t.net_pnl is not None]
    assert list(curve.times) == [t.closed_ms for t in oldest_first]
    running = D(0)
    for trade, total in zip(oldest_first, curve.totals, strict=True):
        running += trade.net_pnl
        assert total == pytest.approx(float(running))


def test_hours_sum_to_the_whole_and_are_all_there() -> None:
    report = built()
    assert [total.hour for total in report.hours] == list(range(24))
    assert sum(total.trades for total in report.hours) == len(TRADES)
    assert sum((total.net_pnl for total in report.hours), D(0)) == report.summary.total_realised_pnl
    late = samples.closed_trade(1, closed_ms=5 * DAY_MS + 23 * 3_600_000 + 3_599_999, opened_ms=1)
    assert [total.trades for total in built([late]).hours] == [0] * 23 + [1]
    assert ReportBuilder("all", 0).report().hours == ()


@given(st.lists(st.integers(-10_000, 10_000).map(lambda cents: cents / 100), max_size=80))
def test_the_spread_counts_every_result_but_zero_once(results: list[float]) -> None:
    steps = spread(results)
    assert sum(step.trades for step in steps) == sum(1 for result in results if result)
    assert sum(step.trades for step in steps if (step.high or 0) > 0 or step.high is None) == sum(
        1 for result in results if result > 0
    )
    assert len(steps) <= 2 * STEPS
    edges = [edge for step in steps for edge in (step.low, step.high) if edge is not None]
    assert edges == sorted(edges)
    for step in steps:
        low, high = step.low if step.low is not None else -math.inf, step.high if step.high is not None else math.inf
        inside = [r for r in results if (low < r <= high if high > 0 else low <= r < high)]
        assert len(inside) == step.trades


def test_steps_are_round_and_the_outermost_takes_the_rare_ones() -> None:
    steps = spread([*(n / 10 for n in range(1, 1000)), 5_000.0])
    assert steps[0] == (0, 10.0, 100)
    assert steps[-3:] == ((90, 100, 99), (100, 110, 0), (110, None, 1))
    assert spread([0.0, 0.0]) == () == spread([])


def test_periods_begin_at_midnight_utc() -> None:
    now = 100 * DAY_MS + 5
    assert since_ms("today", now, 7) == 100 * DAY_MS
    assert since_ms("30d", now, 7) == 71 * DAY_MS
    assert (since_ms("start", now, 7), since_ms("all", now, 7)) == (7, 0)


async def test_long_periods_come_from_disk_and_short_ones_from_the_session(tmp_path) -> None:
    async with recording(tmp_path) as recorder:
        await recorder.store.save_lives(TRADES)
        session = samples.snapshot(closed_trades=TRADES[:3])
        report = await period_reports.read("all", session, recorder, samples.NOW_MS)
        assert report.summary == summarise(TRADES)
        assert (await period_reports.read("7d", session, recorder, samples.NOW_MS)).summary.closed_trades == 3
        week = summarise([t for t in TRADES if t.closed_ms >= since_ms("7d", samples.NOW_MS, 0)])
        busy = replace(session, sessions={"7d": week})  # more was counted than the memory holds
        report = await period_reports.read("7d", busy, recorder, samples.NOW_MS)
        assert report.summary.total_realised_pnl == week.total_realised_pnl
        assert report.summary.closed_trades == week.closed_trades > 3
    with pytest.raises(StoreError):
        await period_reports.read("30d", session, recorder, samples.NOW_MS)
    with pytest.raises(BadValue):
        await period_reports.read("year", session, None, samples.NOW_MS)


def test_the_last_seven_days_begin_at_the_same_full_hour_for_summary_and_report():
    """What falls out at their end is counted anew: once an hour, not each minute."""
    hour = samples.NOW_MS - samples.NOW_MS % samples.HOUR_MS
    begins = {Periods(0).update((), hour + minute * samples.MINUTE_MS)["7d"].started_ms for minute in range(60)}
    assert begins == {since_ms("7d", hour + 59 * samples.MINUTE_MS, 0)} == {hour - 7 * 24 * samples.HOUR_MS}
