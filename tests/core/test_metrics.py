"""Session statistics against hand-made figures, and one by one against all at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.analytics.forgotten
from core.analytics.forgotten import Forgotten
from core.analytics.metrics import Tally, summarise
from core.analytics.periods import DAY_MS, HOUR_MS, WEEK_MS, Periods
from core.model import ClosedTrade
from core.slices import drain
from tests.strategies import START_MS

D = Decimal


def a_trade(number: int, net: str | int | None, *, closed_ms: int | None = None, **changes: Any) -> ClosedTrade:
    result = None if net is None else D(net)
    closed = START_MS + number * 1000 if closed_ms is None else closed_ms
    given: dict[str, Any] = {
        "life_id": f"L{number:04}",
        "category": "linear",
        "symbol": "SOLUSDT",
        "position_idx": 0,
        "side": "Buy",
        "settle_coin": "USDT",
        "opened_ms": closed - 500,
        "closed_ms": closed,
        "peak_size": D(1),
        "entry_price": D(100),
        "exit_price": D(101),
        "gross_pnl": result,
        "fees": None if result is None else D("0.1"),
        "funding": None if result is None else D("-0.01"),
        "net_pnl": result,
        "exits": (),
        "closed_by": "manual",
        "is_complete": result is not None,
    }
    return ClosedTrade(**(given | changes))


@st.composite
def trades(draw: st.DrawFn) -> list[ClosedTrade]:
    """Closed trades oldest first: wins, losses, zeros, unknown results, equal times, another settle coin."""
    rows, closed_ms = [], START_MS
    for number in range(draw(st.integers(0, 20))):
        closed_ms += draw(st.sampled_from([0, 1000, DAY_MS // 3]))
        known = draw(st.integers(0, 5)) > 0
        net = (
            Decimal(draw(st.integers(-(10**12), 10**12)) * draw(st.sampled_from([0, 1]))).scaleb(-8) if known else None
        )
        coin = draw(st.sampled_from(["USDT", "USDC", "USDT", "BTC"]))
        rows.append(a_trade(number, net, closed_ms=closed_ms, settle_coin=coin))
    return rows


def test_figures_by_hand() -> None:
    results = ["10", "-4", "0", "6", None, "-8"]
    summary = summarise([a_trade(n, net) for n, net in enumerate(results)], START_MS)
    assert summary.started_ms == START_MS
    assert (summary.closed_trades, summary.wins, summary.losses, summary.break_even, summary.pending) == (6, 2, 2, 1, 1)
    assert summary.win_rate_pct == 40
    assert (summary.gross_profit, summary.gross_loss, summary.total_realised_pnl) == (D(16), D(-12), D(4))
    assert summary.profit_factor is not None
    assert (summary.profit_factor.quantize(D("0.001")), summary.expectancy) == (D("1.333"), D("0.8"))
    assert (summary.average_win, summary.average_loss, summary.average_hold_ms) == (D(8), D(-6), 500)
    # running sums 10, 6, 6, 12, 4: from 12 down to 4
    assert summary.max_drawdown == 8
    assert (summary.fees, summary.funding) == (D("0.5"), D("-0.05"))


def test_nothing_to_divide_by_is_none_and_not_zero() -> None:
    empty = summarise([])
    assert {empty.win_rate_pct, empty.profit_factor, empty.expectancy, empty.average_win, empty.average_loss} == {None}
    assert empty.average_hold_ms is None
    assert summarise([a_trade(1, 5)]).profit_factor is None
    assert summarise([a_trade(1, None)]).win_rate_pct is None


def test_a_drawdown_counts_from_the_start() -> None:
    assert summarise([a_trade(1, -3), a_trade(2, -4), a_trade(3, 10)]).max_drawdown == 7


def test_other_coins_are_counted_but_not_added_to_dollars() -> None:
    summary = summarise([a_trade(1, 5), a_trade(2, "0.01", settle_coin="BTC")])
    assert (summary.wins, summary.total_realised_pnl, summary.expectancy) == (2, D(5), D(5))
    assert summary.average_win == D(5)


def test_a_hold_counts_where_the_beginning_is_known() -> None:
    assert summarise([a_trade(1, 5), a_trade(2, None, opened_ms=START_MS)]).average_hold_ms == 500


@given(trades())
def test_counts_and_sums_hold(rows: list[ClosedTrade]) -> None:
    """V19: wins + losses + break-even + pending = closed; profit + loss = net."""
    summary = summarise(rows)
    assert summary.wins + summary.losses + summary.break_even + summary.pending == summary.closed_trades == len(rows)
    assert summary.gross_profit + summary.gross_loss == summary.total_realised_pnl
    assert summary.max_drawdown >= 0
    assert summary.max_drawdown >= -summary.total_realised_pnl


def test_streaks_and_expectancy_in_r_by_hand() -> None:
    results = [5, 7, -2, None, -4, -3, 0, 6, None, 1]
    summary = summarise([a_trade(n, net) for n, net in enumerate(results)])
    assert (summary.longest_win_streak, summary.longest_loss_streak, summary.current_streak) == (2, 3, 2)
    assert (summary.expectancy, summary.average_loss, summary.expectancy_r) == (D("1.25"), D(-3), D("1.25") / 3)
    lost = summarise([a_trade(n, net) for n, net in enumerate([4, -1, -1])])
    assert (lost.current_streak, lost.longest_loss_streak) == (-2, 2)
    assert summarise([a_trade(1, -1), a_trade(2, 0)]).current_streak == 0
    assert summarise([a_trade(1, 5)]).expectancy_r is None, "nothing lost, nothing to measure by"


def test_the_present_streak_of_trades_that_come_newest_first_is_their_first_run() -> None:
    for results, present in (([5, 7, -2], 2), ([-1, -1], -2), ([0, 5], 0)):
        tally = Tally(newest_first=True)
        for number, net in enumerate(results):
            tally.add(a_trade(-number, net))
        assert tally.summary().current_streak == present


@given(trades(), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_one_by_one_is_the_same(rows: list[ClosedTrade], shuffler: Any) -> None:
    """V19: incremental = batch, to the last digit."""
    tally = Tally()
    for row in sorted(rows, key=lambda t: (t.closed_ms, t.life_id)):
        tally.add(row)
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert summarise(shuffled) == tally.summary() == summarise(rows)


@given(st.lists(trades(), max_size=5), st.booleans())
def test_what_is_counted_apart_adds_up_to_what_is_counted_at_once(
    parts: list[list[ClosedTrade]], newest_first: bool
) -> None:
    """Streaks and falls go on over the seams, whatever lies between them, nothing included."""
    whole, joined, once_more = (Tally(newest_first=newest_first) for _ in range(3))
    for part in parts:
        apart = Tally()
        for row in part:
            apart.add(row)
            whole.add(row)
        joined.join(apart)
    once_more.join(joined)
    for tally in (whole, joined, once_more):
        tally.add(a_trade(1, 5))
    assert whole.summary() == joined.summary() == once_more.summary()


@given(trades(), st.data())
def test_periods_equal_counting_anew_whatever_changes(rows: list[ClosedTrade], data: st.DataObject) -> None:
    """Trades on top, in between, corrected, taken back, dropped at the end; the clock moves over midnights."""
    periods, known, now_ms = Periods(START_MS + 5000), [], START_MS
    is_told, rewrites = data.draw(st.booleans()), 0
    for row in rows:
        change = data.draw(st.sampled_from(["add", "add", "add", "late", "correct", "drop"]))
        known = changed(known, row, change)
        now_ms = max(now_ms, row.closed_ms) + data.draw(st.sampled_from([0, 60_000, HOUR_MS, DAY_MS, WEEK_MS]))
        newest_first = tuple(sorted(known, key=lambda t: (t.closed_ms, t.life_id), reverse=True))
        if change != "add" or newest_first[:1] != (row,):
            rewrites += 1  # told or found out, it comes to the same
        sessions = periods.update(newest_first, now_ms, rewrites if is_told else None)
        assert set(sessions) == {"start", "today", "7d"}
        for name, start_ms in (("start", START_MS + 5000), ("today", now_ms - now_ms % DAY_MS)):
            assert sessions[name] == summarise([t for t in known if t.closed_ms >= start_ms], start_ms), name
        week = [t for t in known if t.closed_ms >= now_ms - now_ms % HOUR_MS - WEEK_MS]
        assert sessions["7d"] == summarise(week, sessions["7d"].started_ms)
        assert periods.update(newest_first, now_ms, rewrites if is_told else None) is sessions


def test_of_what_was_let_go_of_long_ago_only_that_since_the_start_counts_as_the_sessions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is added up by the hour, and a session begins within one."""
    monkeypatch.setattr(core.analytics.forgotten, "MAX_FORGOTTEN", 0)
    hour_ms = START_MS - START_MS % HOUR_MS
    now_ms = hour_ms + DAY_MS + HOUR_MS + 60_000
    forgotten, periods = Forgotten(), Periods(hour_ms + 60_000)
    before, since = range(0, 60_000, 10_000), (*range(60_000, 120_000, 10_000), HOUR_MS, DAY_MS + HOUR_MS)
    for ends in (before, since):
        forgotten.add(a_trade(number, 1, closed_ms=hour_ms + at) for number, at in enumerate(ends))
        drain(periods.prepare((), now_ms, 0, forgotten))
    counted = periods.update((), now_ms, 0, forgotten)
    assert (counted["start"].closed_trades, counted["7d"].closed_trades) == (len(since), len(before) + len(since))
    assert counted["today"].closed_trades == 1


def changed(known: list[ClosedTrade], row: ClosedTrade, change: str) -> list[ClosedTrade]:
    if change == "late":
        return [*known, a_trade(9000 + len(known), 1, closed_ms=row.closed_ms - 100_000)]
    if change == "correct" and known:
        return [a_trade(1, 77, closed_ms=known[0].closed_ms, life_id=known[0].life_id), *known[1:], row]
    if change == "drop":
        return [*known[1:], row]
    return [*known, row]


def test_today_begins_at_midnight_utc() -> None:
    midnight = START_MS - START_MS % DAY_MS + DAY_MS
    periods = Periods(0)
    before = (a_trade(1, 5, closed_ms=midnight - 1),)
    assert periods.update(before, midnight - 1)["today"].total_realised_pnl == 5
    after = periods.update(before, midnight)["today"]
    assert (after.total_realised_pnl, after.closed_trades, after.started_ms) == (D(0), 0, midnight)


def test_the_last_seven_days_let_go_of_their_trades_one_by_one() -> None:
    hour = START_MS - START_MS % HOUR_MS
    both = (a_trade(2, 7, closed_ms=hour + 2 * HOUR_MS), a_trade(1, 5, closed_ms=hour))
    periods = Periods(0)
    for later_ms, total in ((2 * HOUR_MS, 12), (WEEK_MS, 12), (WEEK_MS + HOUR_MS, 7), (WEEK_MS + 3 * HOUR_MS, 0)):
        assert periods.update(both, hour + later_ms)["7d"].total_realised_pnl == total
        assert Periods(0).update(both, hour + later_ms)["7d"].total_realised_pnl == total
