"""The account and its contracts (F67–F69, F83–F91): what others, the exchange and its rules change, and the results."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from core import absence, ledger, missing
from core.errors import BadValue
from core.model import PositionKey
from tests.stories.faults.stage import QUICK, Stage

D = Decimal
INTERVALS = replace(QUICK, missing_s=0.2, priced_after_s=0.5)
SOL, XRP = PositionKey("linear", "SOLUSDT", 0), PositionKey("linear", "XRPUSDT", 0)


async def open_one(stage: Stage, symbol: str, qty: str, side: str = "Buy", idx: int = 0) -> None:
    """Somebody opens a position; the desk shows it with its executions."""
    await stage.trade(symbol, side, qty, idx)
    await stage.until(lambda s: s.position(symbol, idx) is not None and s.position(symbol, idx).life_id)


async def close_all_of(stage: Stage, symbol: str, idx: int = 0) -> None:
    """Somebody closes it."""
    position = stage.snapshot.position(symbol, idx)
    side = "Sell" if position.is_long else "Buy"
    await stage.trade(symbol, side, format(position.size, "f"), idx, reduce_only=True)


# ---- results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_late", [True, False], ids=["f67", "f68"])
async def test_the_result_of_a_close_outside_is_pending_and_never_zero(stage: Stage, is_late: bool) -> None:
    """Executions lag in stream and list, records of closed PnL too, or for ever."""
    await open_one(stage, "DOGEUSDT", "500")
    hidden = [await stage.arm("hide_young", path) for path in ("/v5/execution/list", "/v5/position/closed-pnl")]
    hidden.append(await stage.arm("drop", "execution"))
    seen = []
    stop = stage.manager.subscribe("snapshot", lambda s: seen.extend(t for t in s.closed_trades if is_doge(t)))
    await close_all_of(stage, "DOGEUSDT")
    shown = await stage.until(lambda s: s.position("DOGEUSDT") is None)
    await stage.manager.reconcile_positions()
    if is_late:
        await stage.disarm()
    else:
        for number in (hidden[0], hidden[2]):
            await stage.control("disarm", id=number)
    shown = await stage.until(lambda s: any(is_doge(t) and t.net_pnl is not None for t in s.closed_trades))
    stop()
    assert all(trade.net_pnl != 0 for trade in seen)
    trade = next(t for t in shown.closed_trades if is_doge(t))
    assert trade.net_pnl == trade.gross_pnl - trade.fees + trade.funding
    await stage.disarm()
    await stage.equal()


async def test_records_stand_in_for_executions_that_never_come_until_they_do(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F67 the other way round (E4): the list stays empty for one contract, Bybit's records answer."""
    for module in (ledger, missing):
        monkeypatch.setattr(module, "REST_LAG_S", 0.3)
    monkeypatch.setattr(missing, "FIRST_S", 0.1)
    monkeypatch.setattr(missing, "LONGEST_S", 0.2)
    await open_one(stage, "DOGEUSDT", "500")
    await stage.arm("hide_symbol", "/v5/execution/list", args={"symbol": "DOGEUSDT"})
    await stage.arm("drop", "execution")
    late = await stage.arm("hide_symbol", "/v5/position/closed-pnl", args={"symbol": "DOGEUSDT"})
    await stage.trade("DOGEUSDT", "Sell", "200", reduce_only=True)
    await stage.trade("DOGEUSDT", "Sell", "300", reduce_only=True)
    shown = await stage.until(lambda s: is_doge(s.closed_trades[0]) and s.closed_trades[0].gap is not None, 60)
    pending = shown.closed_trades[0]
    assert (pending.net_pnl, pending.gap.qty, pending.pnl_source) == (None, 500, "")
    await stage.control("disarm", id=late)
    shown = await stage.until(lambda s: s.closed_trades[0].pnl_source == "closed_pnl", 60)
    priced = shown.closed_trades[0]
    rows = await asyncio.to_thread(stage.paper.rows, "/v5/position/closed-pnl", category="linear", symbol="DOGEUSDT")
    assert priced.life_id == pending.life_id
    assert [part.qty for part in priced.exits] == [200, 300]
    assert priced.net_pnl == sum(D(row["closedPnl"]) for row in rows[:2]) == priced.gross_pnl - priced.fees
    assert [line.details["evidence"] for line in stage.witness.lines if line.code == "trade_priced"] == ["E4"]
    await stage.disarm()
    shown = await stage.until(lambda s: s.closed_trades[0].is_complete, 60)
    proven = shown.closed_trades[0]
    assert (proven.life_id, proven.pnl_source, proven.gap) == (priced.life_id, "", None)
    assert abs(proven.net_pnl - priced.net_pnl) < D("1e-7")
    await stage.equal()
    assert stage.witness.count("discrepancy_pnl_differs") == 0


async def test_executions_that_contradict_a_record_win_and_the_difference_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ledger, missing):
        monkeypatch.setattr(module, "REST_LAG_S", 0.3)
    monkeypatch.setattr(missing, "FIRST_S", 0.1)
    monkeypatch.setattr(missing, "LONGEST_S", 0.2)
    await open_one(stage, "DOGEUSDT", "100")
    await stage.arm("hide_symbol", "/v5/execution/list", args={"symbol": "DOGEUSDT"})
    await stage.arm("drop", "execution")
    wrong = {"field": "closedPnl", "rows": "all", "symbol": "DOGEUSDT", "value": "1.25"}
    await stage.arm("set_field", "/v5/position/closed-pnl", args=wrong)
    await close_all_of(stage, "DOGEUSDT")
    await stage.until(lambda s: is_doge(s.closed_trades[0]) and s.closed_trades[0].net_pnl == D("1.25"), 60)
    await stage.disarm()
    shown = await stage.until(lambda s: s.closed_trades[0].is_complete and s.closed_trades[0].net_pnl < 1, 60)
    await stage.told("discrepancy_pnl_differs", ours=shown.closed_trades[0].net_pnl, theirs=D("1.25"), done="adopted")
    await stage.equal()


def is_doge(trade: object) -> bool:
    """A closed trade of these tests."""
    return trade.symbol == "DOGEUSDT"


async def test_f69_a_result_of_exactly_nothing_is_zero_and_final(stage: Stage) -> None:
    for fee in ("taker_fee", "maker_fee"):
        await stage.incident("filters", symbol="ADAUSDT", **{fee: "0"})
    before = len([t for t in stage.snapshot.closed_trades if t.symbol == "ADAUSDT"])
    price = "0.4470"
    await stage.incident("price", symbol="ADAUSDT", last=price, mark=price, index=price)
    await open_one(stage, "ADAUSDT", "100")
    entry = stage.snapshot.position("ADAUSDT").entry_price
    stop_at = format(entry, "f")
    await asyncio.to_thread(
        lambda: stage.paper.do(
            "/v5/order/create", category="linear", symbol="ADAUSDT", side="Sell", orderType="Limit", qty="100",
            price=stop_at, reduceOnly=True, positionIdx=0, timeInForce="GTC",
        )
    )  # fmt: skip
    up = format(entry + D("0.001"), "f")
    await stage.incident("price", symbol="ADAUSDT", last=up, mark=up, index=up)
    shown = await stage.until(lambda s: s.position("ADAUSDT") is None)
    shown = await stage.until(lambda s: len([t for t in s.closed_trades if t.symbol == "ADAUSDT"]) == before + 1)
    trade = next(t for t in shown.closed_trades if t.symbol == "ADAUSDT")
    assert trade.net_pnl == 0
    assert shown.session.break_even >= 1
    await stage.equal()


# ---- contracts ------------------------------------------------------------------------------------------------------


async def test_f83_a_contract_that_is_new_is_shown_and_looked_up(stage: Stage) -> None:
    """The desk started before the contract was listed."""
    await stage.close()
    await stage.arm("hide_symbol", "/v5/market/instruments-info", args={"symbol": "BNBUSDT"})
    await stage.open()
    assert ("linear", "BNBUSDT") not in stage.snapshot.instruments
    await stage.disarm()
    await stage.trade("BNBUSDT", "Buy", "0.1")
    await stage.until(lambda s: s.position("BNBUSDT") is not None)
    await stage.until(lambda s: ("linear", "BNBUSDT") in s.instruments)
    await stage.equal()
    await close_all_of(stage, "BNBUSDT")
    await stage.until(lambda s: s.position("BNBUSDT") is None)


async def test_f84_a_switch_to_hedge_mode_and_back_gives_each_side_its_key(stage: Stage) -> None:
    await stage.incident("hedge", symbol="LINKUSDT", on=True)
    await open_one(stage, "LINKUSDT", "5", idx=1)
    await open_one(stage, "LINKUSDT", "3", "Sell", idx=2)
    await stage.equal()
    with pytest.raises(BadValue, match="position_gone"):
        await stage.manager.close_position(PositionKey("linear", "LINKUSDT", 0))
    await close_all_of(stage, "LINKUSDT", 1)
    await close_all_of(stage, "LINKUSDT", 2)
    await stage.until(lambda s: not [p for p in s.positions if p.symbol == "LINKUSDT"])
    await stage.incident("hedge", symbol="LINKUSDT", on=False)
    await open_one(stage, "LINKUSDT", "4")
    await stage.equal()
    await close_all_of(stage, "LINKUSDT")
    shown = await stage.until(lambda s: s.position("LINKUSDT") is None)
    await stage.until(lambda s: sum(t.symbol == "LINKUSDT" for t in s.closed_trades) >= 3)
    assert {t.position_idx for t in shown.closed_trades if t.symbol == "LINKUSDT"} == {0, 1, 2}


async def test_f85_a_liquidation_in_steps_is_called_one(stage: Stage) -> None:
    await open_one(stage, "AVAXUSDT", "20")
    for _step in range(6):
        if stage.snapshot.position("AVAXUSDT") is None:
            break
        await stage.incident("liquidate", symbol="AVAXUSDT")
        await stage.equal()
    shown = await stage.until(lambda s: s.position("AVAXUSDT") is None)
    shown = await stage.until(lambda s: any(t.symbol == "AVAXUSDT" and t.net_pnl is not None for t in s.closed_trades))
    trade = next(t for t in shown.closed_trades if t.symbol == "AVAXUSDT")
    assert trade.closed_by == "liquidation"
    assert {part.reason for part in trade.exits} == {"liquidation"}
    await stage.equal()


async def test_f86_adl_is_a_partial_exit_with_its_reason(stage: Stage) -> None:
    before = len(stage.snapshot.position("SOLUSDT").partial_exits)
    await stage.incident("adl", symbol="SOLUSDT", percent="30")
    shown = await stage.until(lambda s: len(s.position("SOLUSDT").partial_exits) == before + 1)
    assert shown.position("SOLUSDT").partial_exits[-1].reason == "adl"
    await stage.equal()


async def test_f87_funding_is_booked_and_changes_no_size(stage: Stage) -> None:
    held = stage.snapshot.position("SOLUSDT")
    await stage.incident("fund", symbol="SOLUSDT")
    shown = await stage.until(lambda s: s.position("SOLUSDT").funding != held.funding)
    assert shown.position("SOLUSDT").size == held.size
    await stage.equal()


async def test_f88_a_settled_contract_is_closed_by_settlement(stage: Stage) -> None:
    await open_one(stage, "1000PEPEUSDT", "10000")
    await stage.incident("settle", symbol="1000PEPEUSDT")
    shown = await stage.until(lambda s: s.position("1000PEPEUSDT") is None)
    shown = await stage.until(
        lambda s: any(t.symbol == "1000PEPEUSDT" and t.net_pnl is not None for t in s.closed_trades)
    )
    trade = next(t for t in shown.closed_trades if t.symbol == "1000PEPEUSDT")
    assert trade.closed_by == "settlement"
    await stage.equal()


async def test_f89_changed_limits_are_in_force_after_the_first_refusal(stage: Stage) -> None:
    """The desk does not know yet; the exchange refuses; then both agree."""
    await stage.incident("filters", symbol="SOLUSDT", step="0.5", min_qty="0.5")
    command = await stage.manager.close_position(SOL, qty=D("0.7"))
    assert command.state == "refused"
    await stage.until(lambda s: s.instrument(SOL).step == D("0.5"))
    with pytest.raises(BadValue, match="qty_off_step"):
        await stage.manager.close_position(SOL, qty=D("0.7"))
    await stage.incident("filters", symbol="SOLUSDT", step="0.1", min_qty="0.1")
    await stage.manager.reconcile_positions()
    await stage.equal()


async def test_f90_a_contract_that_stopped_trading_keeps_its_row(stage: Stage) -> None:
    await open_one(stage, "XRPUSDT", "50")
    await stage.incident("status", symbol="XRPUSDT", status="Closed")
    stage.manager.engine.sync.rounds.markets.nudge()
    shown = await stage.until(lambda s: s.instrument(XRP).status == "Closed")
    position = shown.position("XRPUSDT")
    assert position.size == 50
    assert position.roe_pct is None or abs(position.roe_pct) < 50
    await stage.incident("status", symbol="XRPUSDT", status="Trading")
    stage.manager.engine.sync.rounds.markets.nudge()
    await stage.until(lambda s: s.instrument(XRP).status == "Trading")
    await stage.equal()
    await close_all_of(stage, "XRPUSDT")
    await stage.until(lambda s: s.position("XRPUSDT") is None)


@pytest.mark.parametrize("evidence", ["E3", "E4"])
async def test_a_position_without_any_row_stays_until_money_says_that_it_ended(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, evidence: str
) -> None:
    """P11: lists lack it, the exchange does not know the contract by name; executions or records must end it."""
    monkeypatch.setattr(absence, "APART_S", 0.1)
    monkeypatch.setattr(ledger, "REST_LAG_S", 0.3)
    monkeypatch.setattr(missing, "REST_LAG_S", 0.3)
    await open_one(stage, "AVAXUSDT", "4")
    lists = await stage.arm("hide_symbol", "/v5/position/list", args={"symbol": "AVAXUSDT"})
    unknown = {"path": "/v5/position/list", "symbol": "AVAXUSDT"}
    named = await stage.arm("ret_code", unknown, args={"code": 10001, "msg": "symbol invalid"})
    await stage.arm("drop", "position")
    await stage.hit(named, 6)
    assert stage.snapshot.position("AVAXUSDT").size == 4, "absent from every list, and still there"
    if evidence == "E4":
        await stage.arm("hide_symbol", "/v5/execution/list", args={"symbol": "AVAXUSDT"})
        await stage.arm("drop", "execution")
    await close_all_of(stage, "AVAXUSDT")
    await stage.until(lambda s: s.position("AVAXUSDT") is None, 60)
    closed = [line for line in stage.witness.lines if line.code == "position_closed" and line.key.symbol == "AVAXUSDT"]
    assert [(line.details["evidence"], line.details["reason"]) for line in closed] == [(evidence, "no_row")]
    shown = await stage.until(lambda s: any(t.symbol == "AVAXUSDT" for t in s.closed_trades[:1]), 60)
    assert shown.closed_trades[0].net_pnl is None or shown.closed_trades[0].net_pnl < 0
    assert await stage.hits(lists) > 3
    await stage.disarm()
    await stage.until(lambda s: s.closed_trades[0].symbol == "AVAXUSDT" and s.closed_trades[0].is_complete, 60)


async def test_f91_another_margin_mode_is_shown_and_what_has_no_figure_is_a_dash(stage: Stage) -> None:
    await stage.incident("margin_mode", mode="ISOLATED_MARGIN")
    await stage.manager.reconcile_positions()
    assert {p.margin_mode for p in stage.snapshot.positions} == {"isolated"}
    await stage.equal()
    for field in ("leverage", "positionIM", "positionMM", "liqPrice"):
        await stage.arm("set_field", "/v5/position/list", args={"field": field, "rows": "all", "value": ""})
    shown = await stage.until(lambda s: s.position("SOLUSDT").leverage is None)
    position = shown.position("SOLUSDT")
    assert (position.roe_pct, position.initial_margin, position.position_im, position.liq_price) == (None,) * 4
    assert position.unrealised_pnl is not None
    await stage.disarm()
    await stage.incident("margin_mode", mode="REGULAR_MARGIN")
    await stage.manager.reconcile_positions()
    await stage.equal()
    assert {p.margin_mode for p in stage.snapshot.positions} == {"cross"}
