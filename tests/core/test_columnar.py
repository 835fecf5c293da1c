"""Counting in columns: equal to counting one by one, whatever the trades, from arrays and from a store's file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import period_reports
from core.analytics.columnar import Columns, Unfit
from core.analytics.period_report import DAY_MS, PeriodReport, ReportBuilder
from core.model import ClosedTrade
from tests.gui import samples
from tests.recording import recording

D = Decimal
AMOUNTS = st.integers(-(10**9), 10**9).flatmap(lambda n: st.integers(0, 8).map(lambda scale: D(n).scaleb(-scale)))


@st.composite
def lives(draw: Any) -> list[ClosedTrade]:
    """Any trades, oldest first; several may close in the same millisecond."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        closed_ms = draw(st.integers(0, 3 * DAY_MS))
        made.append(
            samples.closed_trade(
                1,
                life_id=f"{number:03}",
                symbol=draw(st.sampled_from(["BTCUSDT", "ETHUSDT", "BTCUSD", "XRPPERP"])),
                settle_coin=draw(st.sampled_from(["USDT", "USDC", "BTC"])),
                closed_ms=closed_ms,
                opened_ms=max(0, closed_ms - draw(st.integers(0, DAY_MS))),
                is_complete=draw(st.booleans()),
                net_pnl=draw(st.none() | AMOUNTS),
                fees=draw(st.none() | AMOUNTS),
                funding=draw(st.none() | AMOUNTS),
            )
        )
    return sorted(made, key=lambda t: (t.closed_ms, t.life_id))


def row(trade: ClosedTrade) -> tuple[Any, ...]:
    """As the store takes it apart."""
    parts: list[Any] = []
    for amount in (trade.net_pnl, trade.fees, trade.funding):
        _, _, exponent = (amount or D(0)).as_tuple()
        scale = max(0, -int(exponent))
        parts += [int((amount or D(0)).scaleb(scale)), scale]
    known = int(trade.net_pnl is not None)
    return (trade.closed_ms, trade.opened_ms, int(trade.is_complete), trade.symbol, trade.settle_coin, known, *parts)


def one_by_one(trades: list[ClosedTrade], since_ms: int = 0) -> PeriodReport:
    """What the columns have to come to."""
    builder = ReportBuilder("all", since_ms)
    builder.add(reversed(trades))
    return builder.report()


def assert_same(one: PeriodReport, other: PeriodReport) -> None:
    """All but the curve and the spread to the last digit; these are for pixels."""
    assert one.summary == other.summary
    assert (one.days, one.hours, one.symbols) == (other.days, other.hours, other.symbols)
    assert one.curve.times == other.curve.times
    assert list(one.curve.totals) == pytest.approx(list(other.curve.totals), abs=1e-6, rel=1e-9)
    assert sum(step.trades for step in one.results) == sum(step.trades for step in other.results)


@given(lives(), st.integers(1, 30))
@settings(max_examples=40)
def test_columns_come_to_the_same(trades: list[ClosedTrade], slice_size: int) -> None:
    columns = Columns()
    for start in range(0, len(trades), slice_size):
        columns.add([row(trade) for trade in trades[start : start + slice_size]])
    assert_same(columns.report("all", 0), one_by_one(trades))


@pytest.mark.parametrize("amounts", [(D("0.0000000000000000001"),), (D(10) ** 18, D("0.00000001"))])
def test_what_does_not_fit_says_so(amounts: tuple[Decimal, ...]) -> None:
    def count() -> PeriodReport:
        columns = Columns()
        for amount in amounts:
            columns.add([row(samples.closed_trade(1, net_pnl=amount))])
        return columns.report("all", 0)

    with pytest.raises(Unfit):
        count()


@pytest.mark.parametrize("odd", ["", "1234567890123.00000001", "9999999999999999999", "0.0000000000000000000000001"])
async def test_a_file_gives_the_same_whatever_its_amounts_are(tmp_path: Path, monkeypatch, odd: str) -> None:
    trades = [
        samples.closed_trade(
            number,
            life_id=f"{number:03}",
            closed_ms=samples.NOW_MS - 3_600_000 * (60 - number),
            net_pnl=None if number % 9 == 0 else D(number * 37 % 101 - 50).scaleb(-(number % 4)),
        )
        for number in range(60)
    ]
    if odd:
        trades.append(samples.closed_trade(1, life_id="odd", closed_ms=samples.NOW_MS, net_pnl=D(odd)))
    monkeypatch.setattr(period_reports, "SLICE", 7)
    async with recording(tmp_path) as recorder:
        await recorder.store.save_lives(trades)
        for period in ("all", "30d"):
            found = await period_reports.read(period, samples.snapshot(), recorder, samples.NOW_MS)
            assert_same(found, one_by_one(trades, found.since_ms))
