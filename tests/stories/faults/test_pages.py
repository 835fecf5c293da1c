"""Lists of several pages (F36, F92): 200 positions and more on two pages; a part of a list is no list."""

import pytest

from core.bybit.pages import fetch_rows
from tests.stories.faults.stage import Stage

SCENARIO = "busy"
LISTS = "/v5/position/list"


HEDGED = ("DOGEUSDT", "ADAUSDT", "BNBUSDT")


async def two_pages(stage: Stage) -> None:
    """All 200 USDT contracts are open, which is one full page: open both sides of some, and one in USDC."""
    if stage.snapshot.position("ETHPERP"):
        return
    for coin in ("USDT", "USDC"):
        await stage.incident("transfer", amount="100000", coin=coin)
    await stage.trade("ETHPERP", "Buy", "0.1")
    for symbol in HEDGED:
        held = stage.snapshot.position(symbol)
        size = format(held.size, "f")
        await stage.trade(symbol, "Sell" if held.is_long else "Buy", size, reduce_only=True)
        stage.may_go.add(held.key)
        await stage.incident("hedge", symbol=symbol, on=True)
        await stage.trade(symbol, "Buy", size, 1)
        await stage.trade(symbol, "Sell", size, 2)
    await stage.until(lambda s: s.position("ETHPERP") and all(s.position(symbol, 2) for symbol in HEDGED))
    assert sum(p.settle_coin == "USDT" for p in stage.snapshot.positions) > 200


async def test_f92_all_positions_of_two_pages_are_shown(stage: Stage) -> None:
    await two_pages(stage)
    await stage.manager.reconcile_positions()
    await stage.equal()


@pytest.mark.parametrize("fault", ["cursor_repeats", "cursor_endless", "page_fails", "row_on_two_pages"])
async def test_f36_a_part_of_a_list_is_no_list(stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """An endless list is given up after 50 pages, here after 5: 10,000 rows a poll prove nothing more."""
    monkeypatch.setitem(fetch_rows.__kwdefaults__, "max_pages", 5)
    await two_pages(stage)
    number = await stage.arm(fault, LISTS)
    if fault != "row_on_two_pages":  # lists asked for side by side may get each other's row, which is harmless
        await stage.lost("rest")
    await stage.hit(number, 6)
    await stage.somebody_acts()
    stage.kept()
    await stage.disarm()
    await stage.equal()
    stage.kept(told_once=False)  # a list of many pages may have begun before the fault's end
