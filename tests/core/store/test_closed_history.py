"""ClosedHistory: any order and selection of what is on disk, true while trades come, change and go."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.model import ClosedTrade
from core.store import Store, closed_history
from core.store.closed_history import ClosedHistory, ClosedView
from core.store.history import TradeFilter
from tests.core.store import samples
from tests.core.store.conftest import OpenStore

D = Decimal
Opened = Callable[[], AbstractAsyncContextManager[tuple[Store, ClosedHistory]]]
NETS = ("5", None, "-3", "0", "40", "-3.00000001", None, "7")


def trades() -> list[ClosedTrade]:
    """Eight lives, oldest first, of two symbols."""
    return [
        samples.trade(
            number,
            symbol="BTCUSDT" if number % 2 else "ETHUSDT",
            side="Buy" if number < 4 else "Sell",
            closed_by="stop_loss" if number % 3 else "manual",
            net_pnl=None if net is None else D(net),
            peak_size=D(number % 5) + D("0.5"),
        )
        for number, net in enumerate(NETS)
    ]


@pytest.fixture
def opened(open_store: OpenStore) -> Opened:
    """Opens a store with the eight lives, and its history."""

    @asynccontextmanager
    async def make() -> AsyncIterator[tuple[Store, ClosedHistory]]:
        async with open_store() as store:
            await store.save_lives(trades())
            yield store, ClosedHistory(store)

    return make


async def shown(history: ClosedHistory, view: ClosedView) -> list[ClosedTrade | None]:
    """All rows of a view."""
    return await history.rows(view, 0, view.size)


async def test_newest_first_is_what_the_pages_say(opened: Opened) -> None:
    async with opened() as (store, history):
        page = await store.closed_trades_page(limit=100)
        assert await shown(history, await history.open()) == page.trades
        assert page.trades == sorted(trades(), key=lambda trade: -trade.closed_ms)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize(
    ("sort", "field"),
    [("net_pnl_e8", "net_pnl"), ("peak_size", "peak_size"), ("symbol", "symbol"), ("closed_by", "closed_by")],
)
async def test_any_column_sorts_by_value_with_the_unknown_last(
    opened: Opened, sort: str, field: str, descending: bool
) -> None:
    async with opened() as (_, history):
        for wanted in (TradeFilter(), TradeFilter(side="Buy")):
            view = await history.open(wanted, sort=sort, descending=descending)
            values = [getattr(trade, field) for trade in await shown(history, view) if trade]
            known = [value for value in values if value is not None]
            assert known == sorted(known, reverse=descending)
            assert values == known + [None] * (len(values) - len(known))
            assert len(values) == (4 if wanted.side else 8)


async def test_a_warm_history_sorts_without_reading_and_says_the_same(opened: Opened, monkeypatch) -> None:
    async with opened() as (store, history):
        cold = {
            name: await shown(history, await history.open(sort=name)) for name in ("peak_size", "entry_price", "fees")
        }
        warm = ClosedHistory(store)
        await warm.warm()  # before anything was asked for there is nothing to do
        await warm.open()
        await warm.warm()
        with monkeypatch.context() as patch:
            patch.setattr(store, "closed_trades_columns", None)
            for name, trades_by_name in cold.items():
                view = await warm.open(sort=name, is_fresh=False)
                assert [t.peak_size for t in await shown(warm, view)] == [t.peak_size for t in trades_by_name]
        newer = samples.trade(9, peak_size=D("2.25"))
        await store.save_lives([newer])
        view = await warm.open(sort="peak_size", descending=False)
        sizes = [t.peak_size for t in await shown(warm, view) if t]
        assert sizes == sorted(sizes)
        assert (newer.peak_size in sizes, len(sizes)) == (True, 9)


async def test_what_closes_while_it_warms_is_in_it_afterwards(opened: Opened) -> None:
    async with opened() as (store, history):
        await history.open()
        read, number = store.closed_trades_columns, 100

        async def slow(names: Sequence[str], *place: Any, **more: Any) -> Any:
            nonlocal number
            if "fees" in names and number < 102:
                number += 1
                await store.save_lives([samples.trade(number, peak_size=D(number))])
                await history.open()
            return await read(names, *place, **more)

        store.closed_trades_columns = slow  # type: ignore[method-assign]  # this very store, for one test
        await history.warm()
        assert history._index is not None
        assert {"peak_size", "entry_price", "fees"} <= set(history._index.columns)
        view = await history.open(sort="peak_size", is_fresh=False)
        assert [t.peak_size for t in (await shown(history, view))[:2] if t] == [D(102), D(101)]


async def test_selections_are_those_of_the_pages(opened: Opened) -> None:
    async with opened() as (store, history):
        newest = trades()[-1].closed_ms
        for wanted in (
            TradeFilter(symbol="BTCUSDT"),
            TradeFilter(symbol="BTCUSDT", side="Sell", closed_by="stop_loss"),
            TradeFilter(since_ms=newest - 3, until_ms=newest),
            *(TradeFilter(result=result) for result in ("wins", "losses", "break_even", "pending")),
            TradeFilter(symbol="NOSUCHUSDT"),
        ):
            page = await store.closed_trades_page(limit=100, filters=wanted)
            assert await shown(history, await history.open(wanted)) == page.trades


async def test_words_look_at_symbol_side_and_reason_as_the_screen_calls_them(opened: Opened) -> None:
    async with opened() as (_, history):

        def spell(column: str, text: str) -> str:
            return {"Buy": "Long", "Sell": "Short", "stop_loss": "Stop loss"}.get(text, text)

        view = await history.open(words=("btc", "short", "LOSS"), spell=spell)
        found = [trade for trade in await shown(history, view) if trade]
        assert [trade.life_id for trade in found] == [trades()[number].life_id for number in (7, 5)]
        assert (await history.open(words=("buy",), spell=spell)).size == 0


async def test_totals_are_exact_and_leave_pending_out(opened: Opened) -> None:
    async with opened() as (_, history):
        totals = (await history.open()).totals
        assert (totals.trades, totals.wins, totals.losses, totals.pending) == (8, 3, 2, 2)
        assert D(totals.net_e8).scaleb(-8) == sum((D(net) for net in NETS if net), D(0))


async def test_a_coin_is_not_added_to_dollars(opened: Opened) -> None:
    async with opened() as (store, history):
        coins = [samples.trade(n, symbol="BTCUSD", category="inverse", settle_coin="BTC", net_pnl=D(2)) for n in (8, 9)]
        before = (await history.open()).totals
        await store.save_lives(coins)
        after = (await history.open()).totals
        assert (after.trades, after.wins, after.net_e8) == (before.trades + 2, before.wins + 2, before.net_e8)
        for wanted, summed in ((TradeFilter(symbol="BTCUSD"), 0), (TradeFilter(symbol="BTCUSDT"), before.summed - 3)):
            assert (await history.open(wanted)).totals.summed == summed


async def test_a_large_sum_does_not_overflow(opened: Opened) -> None:
    async with opened() as (store, history):
        await store.save_lives([samples.trade(100 + number, net_pnl=D("60000000000")) for number in range(4)])
        totals = (await history.open(TradeFilter(result="wins"))).totals
        assert D(totals.net_e8).scaleb(-8) == D("240000000052")


async def test_additions_corrections_and_removals_are_seen(opened: Opened) -> None:
    async with opened() as (store, history):
        first = await history.open(sort="net_pnl_e8")
        newer = samples.trade(50, net_pnl=D(100))
        corrected = samples.trade(1, symbol="BTCUSDT", net_pnl=D(90))
        await store.save_lives([newer, corrected])
        second = await history.open(sort="net_pnl_e8")
        assert [trade.net_pnl for trade in await shown(history, second) if trade][:3] == [D(100), D(90), D(40)]
        await store.save_lives([], gone=[newer.life_id])
        assert (await shown(history, second))[0] is None
        assert (await history.open()).size == first.size == 8


async def test_what_lies_behind_the_tail_is_made_anew_when_the_count_says_so(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as (store, history):
        monkeypatch.setattr(closed_history, "TAIL", 2)
        monkeypatch.setattr(closed_history, "SLICE", 3)
        assert (await history.open(sort="fees")).size == 8
        await store.save_lives([samples.trade(70)], gone=[trades()[0].life_id])
        assert (await history.open(sort="fees")).size == 8
        await store.save_lives([], gone=[trades()[1].life_id])
        view = await history.open(sort="fees")
        assert None not in await shown(history, view)
        assert view.size == 7


@pytest.mark.parametrize("kind", ["csv", "json"])
async def test_an_export_writes_the_view_in_its_order_with_progress(opened: Opened, tmp_path: Path, kind: str) -> None:
    async with opened() as (_, history):
        view = await history.open(TradeFilter(result="wins"), sort="net_pnl_e8", descending=False)
        file, done = tmp_path / f"closed.{kind}", []
        assert await history.export(view, file, done.append, overwrite=False) == 3
        assert done == [3]
        if kind == "json":
            written = json.loads(file.read_text())
            assert [trade["net_pnl"] for trade in written] == ["5", "7", "40"]
            assert len(written[0]["exits"]) == len(trades()[0].exits)
        else:
            lines = file.read_text().splitlines()
            column = lines[0].split(",").index("net_pnl")
            assert [line.split(",")[column] for line in lines[1:]] == ["5", "7", "40"]
        with pytest.raises(StoreError):
            await history.export(view, file, overwrite=False)


async def test_an_empty_history_is_empty_in_every_order(open_store: OpenStore) -> None:
    async with open_store() as store:
        history = ClosedHistory(store)
        for sort in sorted(closed_history.SORTS):
            assert (await history.open(words=("x",), sort=sort)).size == 0
