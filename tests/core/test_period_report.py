"""Reports of a period: the same as counting at once, whatever the pages, and never more points than a screen has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core import period_reports
from core.analytics.metrics import summarise
from core.analytics.period_report import DAY_MS, ReportBuilder, since_ms
from core.clock import SystemClock
from core.errors import BadValue, StoreError
from core.recorder import Recorder
from core.store.files import Place
from core.store.store import Store
from tests.gui import samples

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
    assert abs(report.curve[-1].total - float(report.summary.total_realised_pnl)) < 1e-6


def test_what_closed_before_the_period_is_left_out() -> None:
    edge = TRADES[10].closed_ms
    wanted = [trade for trade in TRADES if trade.closed_ms >= edge]
    assert built(begins_ms=edge).summary == summarise(wanted, edge)


def test_a_result_that_is_not_known_counts_as_pending_and_has_no_money() -> None:
    report = built([samples.closed_trade(1, net_pnl=None, is_complete=False)])
    assert (report.summary.pending, report.days[0].trades, report.days[0].net_pnl) == (1, 1, 0)
    assert report.curve == ()


def test_a_long_curve_keeps_its_extremes_in_few_points() -> None:
    one = samples.closed_trade(1)
    trades = [
        samples.closed_trade(
            1, life_id=str(n), closed_ms=one.closed_ms - n * 1000, net_pnl=D(-500 if n == 4_321 else 1)
        )
        for n in range(10_000)
    ]
    curve = built(trades, page=1_000).curve
    assert len(curve) <= 4_100
    assert list(curve) == sorted(curve)
    assert 10_000 - 4_322 - 500 in {point.total for point in curve}


def test_periods_begin_at_midnight_utc() -> None:
    now = 100 * DAY_MS + 5
    assert since_ms("today", now, 7) == 100 * DAY_MS
    assert since_ms("30d", now, 7) == 71 * DAY_MS
    assert (since_ms("start", now, 7), since_ms("all", now, 7)) == (7, 0)


async def test_long_periods_come_from_disk_and_short_ones_from_the_session(tmp_path) -> None:
    async def open_store(ledger: str) -> Store:
        return await Store.open(Place(tmp_path / "store", "paper", "Main", ledger), ballast_bytes=0)

    recorder = Recorder(open_store, SystemClock())
    await recorder.use("one")
    try:
        await recorder.store.save_lives(TRADES)
        session = samples.snapshot(closed_trades=TRADES[:3])
        report = await period_reports.read("all", session, recorder, samples.NOW_MS)
        assert report.summary == summarise(TRADES)
        assert (await period_reports.read("7d", session, recorder, samples.NOW_MS)).summary.closed_trades == 3
    finally:
        await recorder.close()
    with pytest.raises(StoreError):
        await period_reports.read("30d", session, recorder, samples.NOW_MS)
    with pytest.raises(BadValue):
        await period_reports.read("year", session, None, samples.NOW_MS)
