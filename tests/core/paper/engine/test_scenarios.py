"""The scenarios: what is there at the start, what happens in the first minutes, and that a replay is exact."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from core.paper import scenarios
from core.paper.engine import Exchange
from tests.core.paper.engine.kit import dec, order

MINUTE = 60_000


def signed_sums(exchange: Exchange) -> dict[tuple[str, int], Decimal]:
    sums: Counter[tuple[str, int]] = Counter()
    for execution in exchange.venue.ledger.executions:
        if execution.exec_type != "Funding":
            qty = execution.qty if execution.side == "Buy" else -execution.qty
            sums[execution.order.symbol, execution.position_idx] += qty
    return {key: qty for key, qty in sums.items() if qty}


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_every_scenario_starts_runs_and_balances(name: str):
    exchange = Exchange(name, seed=9)
    exchange.advance(exchange.now_ms + (5_000 if name == "busy" else 200_000))
    held = {
        (position.instrument.symbol, position.idx): position.size * position.sign
        for position in exchange.venue.ledger.open_positions()
    }
    assert held == signed_sums(exchange)
    deposits = sum(Decimal(a) for coin, a in scenarios.plan(name).deposits.items() if coin == "USDT")
    usdt = next(row for row in exchange.wallet()["coin"] if row["coin"] == "USDT")
    assert dec(usdt, "walletBalance") == deposits + dec(usdt, "cumRealisedPnl")


def test_unknown_scenarios_are_named():
    with pytest.raises(ValueError, match="known are: default, quiet, busy, hedge, storm, drill"):
        Exchange("nonsense")


@pytest.mark.parametrize("name", ["default", "storm", "hedge"])
def test_a_replay_is_byte_identical_however_time_is_cut(name: str):
    """Same seed, same commands at the same virtual times: same ledger; the steps of the clock do not matter."""

    def played(pieces: int, listener: bool) -> str:
        exchange = Exchange(name, seed=21)
        if listener:
            exchange.public_snapshot("tickers.ETHUSDT", "linear")
        start = exchange.now_ms
        for piece in range(1, pieces + 1):
            exchange.advance(start + 61_000 * piece // pieces)
        order(exchange, "Buy", "20", "XRPUSDT", price="0.57", orderLinkId="mine")
        exchange.advance(start + 120_000)
        return exchange.ledger_digest()

    assert played(1, False) == played(7, False) == played(333, True)
    assert played(1, False) != Exchange(name, seed=21).ledger_digest()


def test_another_seed_is_another_history():
    assert Exchange("default", seed=1).ledger_digest() != Exchange("default", seed=2).ledger_digest()


def test_the_default_account():
    exchange = Exchange("default")
    rows = {row["symbol"]: row for row in exchange.positions("linear", None, "USDT")}
    assert sorted(rows) == ["1000PEPEUSDT", "AVAXUSDT", "BTCUSDT", "ETHUSDT", "LINKUSDT", "SOLUSDT"]
    assert (rows["BTCUSDT"]["positionIdx"], rows["BTCUSDT"]["side"]) == (2, "Sell")
    assert rows["ETHUSDT"]["stopLoss"] == ""
    assert rows["SOLUSDT"]["trailingStop"] != ""
    exits = [
        row
        for row in exchange.executions("linear", symbol="SOLUSDT")
        if row["orderLinkId"].startswith("desk-SOLUSDT-exit")
    ]
    assert [row["orderLinkId"] for row in exits] == ["desk-SOLUSDT-exit2-roe100", "desk-SOLUSDT-exit1-roe50"]
    assert rows["SOLUSDT"]["size"] == "20.0"
    for row in rows.values():
        assert dec(row, "liqPrice") > 0
        assert row["openTime"] < exchange.now_ms
    assert len(exchange.closed_pnl("linear")) > 40
    assert len(exchange.executions("linear", exec_type="Funding")) > 10
    assert Decimal(11_000) < dec(exchange.wallet(), "totalEquity") < Decimal(15_000)


@pytest.mark.parametrize("seed", range(1, 6))
def test_past_fills_lie_on_the_candles(seed: int):
    exchange = Exchange("default", seed=seed)
    for row in exchange.executions("linear", symbol="SOLUSDT")[:20]:
        t = int(row["execTime"])
        (bar,) = exchange.klines("linear", "SOLUSDT", "5", t // 300_000 * 300_000, t, 1)
        slack = dec(row, "execPrice") * Decimal("0.002")
        assert Decimal(bar[3]) - slack <= dec(row, "execPrice") <= Decimal(bar[2]) + slack


def test_within_a_minute_every_table_has_news():
    exchange = Exchange("default")
    known = {row["execId"] for row in exchange.executions("linear")}
    lives = len(exchange.closed_pnl("linear"))
    exchange.advance(exchange.now_ms + MINUTE)
    new = [row for row in exchange.executions("linear") if row["execId"] not in known]
    steps = {row["orderLinkId"].split("-", 3)[-1] for row in new if row["orderLinkId"]}
    assert {"open", "add1", "exit1-roe50", "close-target"} <= steps
    assert len(exchange.closed_pnl("linear")) > lives
    six = {row["symbol"] for row in exchange.positions("linear", None, "USDT")}
    assert {"SOLUSDT", "BTCUSDT", "ETHUSDT", "1000PEPEUSDT", "AVAXUSDT", "LINKUSDT"} <= six


def test_the_bot_is_never_refused():
    exchange = Exchange("default", seed=4)
    exchange.advance(exchange.now_ms + 30 * MINUTE)
    assert exchange.actors[0].refusals == []


def test_the_bot_writes_the_older_file(tmp_path: Path):
    file = tmp_path / "positions.json"
    exchange = Exchange("default", positions_json=file)
    exchange.advance(exchange.now_ms + 3 * MINUTE)
    document = json.loads(file.read_text())
    assert document.keys() == {"open_positions", "closed_positions", "session_stats", "last_saved"}
    stats = document["session_stats"]
    assert stats.keys() == {"total_trades", "wins", "losses", "total_pnl", "win_rate"}
    assert stats["total_trades"] == len(document["closed_positions"]) > 0
    assert stats["wins"] + stats["losses"] == stats["total_trades"]
    for record in [*document["open_positions"].values(), *document["closed_positions"]]:
        assert record["side"] in {"buy", "sell"}
        assert record.keys() >= {
            "position_id", "symbol", "entry_price", "current_price", "position_size", "leverage", "unrealized_pnl",
            "roe_percentage", "open_time", "close_time", "confidence", "open_reason", "close_reason", "atr", "adx",
            "volatility", "real_initial_margin", "partial_exits",
        }  # fmt: skip
        for part in record["partial_exits"]:
            assert part.keys() == {"timestamp", "size", "price", "realized_pnl", "reason"}
    assert any(record["partial_exits"] for record in document["closed_positions"])
    assert not list(tmp_path.glob("*.tmp"))


def test_the_drill_goes_through_its_incidents():
    exchange = Exchange("drill")
    exchange.advance(exchange.now_ms + 4 * MINUTE)
    kinds = {row["execType"] for row in exchange.executions("linear")}
    assert kinds >= {"Trade", "AdlTrade", "BustTrade", "Funding", "Settle"}
    assert exchange.executions("linear", symbol="LINKUSDT")[0]["createType"] == "CreateByStopLoss"
    assert exchange.actors[0].skipped == []


def test_the_storm_moves_prices_by_jumps():
    exchange = Exchange("storm", seed=3)
    exchange.public_snapshot("tickers.SOLUSDT", "linear")
    lasts = {symbol: exchange.venue.market.quote(symbol).last for symbol in exchange.venue.market.instruments}
    exchange.advance(exchange.now_ms + 10 * MINUTE)
    moved = [abs(exchange.venue.market.quote(s).last / last - 1) for s, last in lasts.items()]
    assert max(moved) > Decimal("0.02")


def test_frozen_means_still_but_open_for_orders():
    exchange = Exchange("default", frozen=True)
    tickers, digest = exchange.tickers("linear"), exchange.ledger_digest()
    exchange.advance(exchange.now_ms + 40 * MINUTE)
    assert exchange.tickers("linear") == tickers
    assert exchange.ledger_digest() == digest
    order(exchange, "Sell", "5", "SOLUSDT", reduceOnly=True)
    assert exchange.positions("linear", "SOLUSDT")[0]["size"] == "15.0"


def test_two_hundred_positions():
    exchange = Exchange("busy")
    rows = exchange.positions("linear", None, "USDT")
    assert len(rows) == 200
    assert len({row["symbol"] for row in rows}) == 200
    for row in rows:
        exchange.public_snapshot(f"tickers.{row['symbol']}", "linear")
    exchange.take_events()
    exchange.advance(exchange.now_ms + 1_000)
    tickers = [event for event in exchange.take_events() if event.topic.startswith("tickers")]
    assert len(tickers) > 4_500


def test_waking_up_after_a_night_is_quick_and_leaves_no_gap():
    exchange = Exchange("default")
    exchange.public_snapshot("tickers.SOLUSDT", "linear")
    exchange.advance(exchange.now_ms + 8 * 60 * MINUTE + 4_321)
    market = exchange.venue.market
    assert market.t_ms == market.grid_floor(exchange.now_ms)
    exchange.advance(exchange.now_ms + 60_000)
    times = [event.ts_ms for event in exchange.take_events()]
    assert times == sorted(times)
    rows = exchange.executions("linear")
    assert [row["execTime"] for row in rows] == sorted((row["execTime"] for row in rows), reverse=True)
    assert [
        row for row in rows if row["execType"] == "Funding" and int(row["execTime"]) > exchange.now_ms - 9 * 3_600_000
    ]


def test_a_clock_that_jumps_back_does_no_harm():
    exchange = Exchange("default")
    exchange.advance(exchange.now_ms + MINUTE)
    now, digest = exchange.now_ms, exchange.ledger_digest()
    exchange.advance(now - 30_000)
    assert (exchange.now_ms, exchange.ledger_digest()) == (now, digest)
