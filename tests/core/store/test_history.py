"""Closed trades: saving replaces, totals follow exactly, pages neither repeat nor skip."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.errors import BadValue
from core.model import ClosedTrade, CoinAmount
from core.money import EXACT
from core.store import DailyTotal, TradeFilter, history
from core.store.positions_records import IMPORTED_PREFIX
from tests.core.store import samples
from tests.core.store.conftest import OpenStore, within
from tests.core.store.samples import amounts, maybe_amounts, trade

_trades = st.builds(
    trade,
    st.integers(0, 12),
    exits=st.integers(0, 2),
    closed_ms=st.integers(0, 4 * samples.DAY_MS),
    settle_coin=st.sampled_from(["USDT", "BTC"]),
    symbol=st.sampled_from(["BTCUSDT", "ETHUSDT"]),
    side=st.sampled_from(["Buy", "Sell"]),
    closed_by=st.sampled_from(["manual", "stop_loss"]),
    gross_pnl=maybe_amounts,
    fees=amounts,
    funding=amounts,
    net_pnl=maybe_amounts | st.just(Decimal(0)),
)


def totals_of(trades: list[ClosedTrade]) -> dict[tuple[int, str], DailyTotal]:
    """The totals of trades, added up from nothing."""
    rows: dict[tuple[int, str], dict] = defaultdict(lambda: defaultdict(Decimal))
    for one in trades:
        row = rows[one.closed_ms // samples.DAY_MS, one.settle_coin]
        row["trades"] += 1
        row[history.result_of(one)] += 1
        for name in ("gross_pnl", "fees", "funding", "net_pnl"):
            row[name] = EXACT.add(row[name], getattr(one, name) or Decimal(0))
    return {key: DailyTotal(day=key[0], settle_coin=key[1], **row) for key, row in rows.items()}


@settings(deadline=None, max_examples=60)
@given(saves=st.lists(st.tuples(st.lists(_trades, max_size=5), st.lists(st.integers(0, 12), max_size=3)), max_size=5))
def test_totals_and_count_equal_the_sum_of_what_is_kept(database, saves):
    def job(connection: Connection) -> None:
        kept: dict[str, ClosedTrade] = {}
        for batch, numbers in saves:
            newest = {one.life_id: one for one in batch}
            gone = {trade(number).life_id for number in numbers} - newest.keys()
            differing = sum(kept.get(life_id) != one for life_id, one in newest.items())
            removed = sum(kept.pop(life_id, None) is not None for life_id in gone)
            assert history.save(connection, batch, gone=[*gone, *newest]) == differing + removed
            kept |= newest
        found = history.totals(connection, 0, 10)
        assert {(total.day, total.settle_coin): total for total in found} == totals_of(list(kept.values()))
        assert history.count(connection) == len(kept)
        assert history.by_ids(connection, sorted(kept)) == [kept[life_id] for life_id in sorted(kept)]

    within(database, job)


def test_what_was_seen_of_a_life_is_kept_by_folds_that_did_not_see_it(database):
    """After a restart the same executions make the same trade, but nobody sees its marks again."""

    def job(connection: Connection) -> None:
        seen = trade(1, best_pnl=Decimal("12.5"), worst_pnl=Decimal("-3"))
        history.save(connection, [seen])
        assert history.save(connection, [trade(1)]) == 0
        assert history.by_ids(connection, [seen.life_id]) == [seen]
        better = trade(1, net_pnl=Decimal(7))
        assert history.save(connection, [better]) == 1
        assert history.by_ids(connection, [seen.life_id]) == [
            trade(1, net_pnl=Decimal(7), best_pnl=Decimal("12.5"), worst_pnl=Decimal("-3"))
        ]
        more = trade(1, best_pnl=Decimal(13), worst_pnl=Decimal("-4"))
        assert history.save(connection, [more]) == 1
        assert history.by_ids(connection, [seen.life_id]) == [more]

    within(database, job)


def test_fees_in_other_coins_come_back(database):
    def job(connection: Connection) -> None:
        one = trade(1, other_fees=(CoinAmount("BIT", Decimal("0.000000000000000001")), CoinAmount("MNT", Decimal(-2))))
        history.save(connection, [one, trade(2)])
        assert history.by_ids(connection, [one.life_id, trade(2).life_id]) == [one, trade(2)]

    within(database, job)


_filters = st.builds(
    TradeFilter,
    symbol=st.none() | st.sampled_from(["BTCUSDT", "ETHUSDT", "NOUSDT"]),
    since_ms=st.none() | st.integers(0, samples.DAY_MS),
    until_ms=st.none() | st.integers(samples.DAY_MS, 4 * samples.DAY_MS),
    side=st.none() | st.sampled_from(["Buy", "Sell"]),
    closed_by=st.none() | st.sampled_from(["manual", "stop_loss"]),
    settle_coin=st.none() | st.sampled_from(["USDT", "BTC"]),
    category=st.none() | st.just("linear"),
    result=st.none() | st.sampled_from(["wins", "losses", "break_even", "pending"]),
)


def fits(one: ClosedTrade, wanted: TradeFilter) -> bool:
    names = ("symbol", "side", "closed_by", "settle_coin", "category")
    return (
        all(getattr(wanted, name) in {None, getattr(one, name)} for name in names)
        and (wanted.since_ms is None or one.closed_ms >= wanted.since_ms)
        and (wanted.until_ms is None or one.closed_ms < wanted.until_ms)
        and wanted.result in {None, history.result_of(one)}
    )


@settings(deadline=None, max_examples=80)
@given(trades=st.lists(_trades, max_size=13), wanted=_filters, limit=st.integers(1, 5), slice_=st.integers(1, 6))
def test_pages_hold_what_fits_once_each_newest_first(database, trades, wanted, limit, slice_):
    kept = {one.life_id: one for one in trades}
    expected = sorted((o for o in kept.values() if fits(o, wanted)), key=lambda o: (o.closed_ms, o.life_id))[::-1]

    def job(connection: Connection) -> None:
        history.save(connection, trades)
        seen: list[ClosedTrade] = []
        before = None
        while True:
            page, edge = history.page_slice(connection, before, limit, wanted)
            assert len(page.trades) <= limit
            seen += page.trades
            before = page.next or edge
            if before is None:
                break
        assert seen == expected

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "SLICE", slice_)
        within(database, job)


@pytest.mark.parametrize("at_once", [1, 7, 20, 256])
async def test_paging_is_steady_while_trades_close(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch, at_once: int
):
    """However many turns of the worker a page takes."""
    monkeypatch.setattr(history, "AT_ONCE", at_once)
    async with open_store() as store:
        await store.save_lives([trade(n) for n in range(0, 100, 2)])
        first = await store.closed_trades_page(limit=20)
        await store.save_lives([trade(n) for n in range(101, 131)])
        seen = list(first.trades)
        key = first.next
        while key:
            page = await store.closed_trades_page(key, 20)
            seen += page.trades
            key = page.next
        assert seen == [trade(n) for n in range(98, -2, -2)]
        assert await store.closed_trades_count() == 80


async def test_a_rare_filter_walks_the_slices_to_a_full_page(open_store: OpenStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(history, "SLICE", 50)
    rare = {3, 4, 700, 701, 999}
    async with open_store() as store:
        await store.save_lives([trade(n, exits=0, side="Sell" if n in rare else "Buy") for n in range(1_000)])
        wanted = TradeFilter(side="Sell")
        page = await store.closed_trades_page(limit=3, filters=wanted)
        assert page.trades == [trade(n, exits=0, side="Sell") for n in (999, 701, 700)]
        page = await store.closed_trades_page(page.next, 3, wanted)
        assert page.trades == [trade(n, exits=0, side="Sell") for n in (4, 3)]
        assert page.next is None
        everything = [one async for part in store.closed_trades(wanted) for one in part]
        assert [one.closed_ms % 10_000 for one in everything] == [999, 701, 700, 4, 3]


async def test_a_trade_that_is_known_better_replaces_the_old_one(open_store: OpenStore):
    pending = trade(1, net_pnl=None, gross_pnl=None, is_complete=False, exits=3)
    async with open_store() as store:
        assert await store.save_lives([pending, trade(2)]) == 2
        (total,) = await store.daily_totals()
        assert (total.trades, total.wins, total.pending, total.net_pnl) == (2, 1, 1, trade(2).net_pnl)
        assert await store.save_lives([trade(1), trade(2)]) == 1
        (total,) = await store.daily_totals()
        assert (total.wins, total.pending, total.net_pnl) == (2, 0, 2 * trade(2).net_pnl)
        assert await store.closed_trades_by_id([trade(1).life_id, "nobody's"]) == [trade(1)]


async def test_a_better_fold_takes_the_place_of_what_it_no_longer_knows(open_store: OpenStore):
    """Older executions may show that a life began earlier: it has another id then."""
    many = [trade(n, exits=1) for n in range(1_200)]
    async with open_store() as store:
        await store.save_lives([trade(5_000, is_complete=False), trade(5_001), many[1_100]])
        gone = [trade(5_000).life_id, "nobody's", trade(1_100).life_id]
        assert await store.save_lives(many, gone=gone) == 1_200
        assert await store.save_lives([], gone=[trade(1_100).life_id]) == 1
        assert await store.closed_trades_count() == 1_200
        assert await store.closed_trades_by_id(gone) == []
        found = {one.life_id async for page in store.closed_trades() for one in page}
        assert found == {one.life_id for one in (*many, trade(5_001))} - {trade(1_100).life_id}


async def test_what_executions_are_missing_of_comes_back_oldest_first_without_a_bots_own(open_store: OpenStore):
    """Whoever keeps a bounded number of them lets the oldest go, not the newest."""
    ours = [trade(n, is_complete=False) for n in (2, 3, 1)]
    imported = trade(4, is_complete=False, life_id=f"{IMPORTED_PREFIX}{4:020d}")
    async with open_store() as store:
        await store.save_lives([*ours, imported, trade(5)])
        found = await store.incomplete_lives(trade(2).closed_ms)
        assert [one.life_id for one in found] == [trade(2).life_id, trade(3).life_id]


@pytest.mark.parametrize("limit", [0, -1, 10_001])
async def test_a_page_has_a_sane_size(open_store: OpenStore, limit: int):
    async with open_store() as store:
        with pytest.raises(BadValue):
            await store.closed_trades_page(limit=limit)


async def test_an_unknown_result_is_refused(open_store: OpenStore):
    async with open_store() as store:
        with pytest.raises(BadValue):
            await store.closed_trades_page(filters=TradeFilter(result="luck"))
