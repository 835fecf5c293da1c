"""Prices, candles, books and the public topics."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.paper.candles import INTERVALS, interval_bounds
from core.paper.engine import Exchange
from core.paper.instruments import Instrument, listed
from core.paper.market import Market
from core.paper.prices import read_candles

START = 1_767_277_080_000
MINUTE = 60_000


def market(seed: int = 7, grid_ms: int = 250) -> Market:
    return Market(listed(), seed, START, grid_ms)


def quotes(source: Market, symbol: str, steps: int) -> Iterator[object]:
    for _ in range(steps):
        source.move_to(source.t_ms + source.grid_ms)
        yield source.quote(symbol)


def test_prices_move_visibly_and_last_mark_and_index_differ():
    seen = list(quotes(market(), "SOLUSDT", 400))
    assert len({quote.last for quote in seen}) > 20
    assert any(quote.last != quote.mark != quote.index_price != quote.last for quote in seen)
    assert all(quote.bid < quote.ask and quote.bid <= quote.last <= quote.ask for quote in seen)
    tick = Decimal("0.01")
    assert all(price % tick == 0 for quote in seen for price in quote[:5])


def test_the_same_seed_gives_the_same_prices_and_another_seed_others():
    assert list(quotes(market(3), "BTCUSDT", 50)) == list(quotes(market(3), "BTCUSDT", 50))
    assert list(quotes(market(3), "BTCUSDT", 50)) != list(quotes(market(4), "BTCUSDT", 50))


def test_prices_stay_near_their_start_for_weeks():
    source = market()
    for symbol, instrument in source.instruments.items():
        for week in range(1, 9):
            ratio = source.last_price(symbol, START + week * 7 * 86_400_000) / instrument.start_price
            assert Decimal("0.5") < ratio < 2


def test_a_day_moves_as_much_as_the_volatility_says():
    source = market()
    days = [
        float(
            source.last_price("BTCUSDT", START + (n + 1) * 86_400_000)
            / source.last_price("BTCUSDT", START + n * 86_400_000)
        )
        for n in range(60)
    ]
    mean = sum(abs(day - 1) for day in days) / len(days)
    assert 0.005 < mean < 0.06


def test_a_gap_a_trend_and_a_crash():
    exchange = Exchange("quiet", seed=7)
    last = exchange.venue.market.quote("SOLUSDT").last
    exchange.stage("move", symbol="SOLUSDT", percent="10")
    exchange.public_snapshot("tickers.SOLUSDT", "linear")
    exchange.advance(exchange.now_ms + 1_000)
    gap = exchange.venue.market.quote("SOLUSDT").last / last
    assert Decimal("1.09") < gap < Decimal("1.11")
    exchange.stage("move", symbol="SOLUSDT", percent="-20", over_ms=60_000)
    exchange.advance(exchange.now_ms + 30_000)
    assert Decimal("0.95") < exchange.venue.market.quote("SOLUSDT").last / last < Decimal("1.03")
    exchange.advance(exchange.now_ms + 30_000)
    assert Decimal("0.86") < exchange.venue.market.quote("SOLUSDT").last / last < Decimal("0.90")


@pytest.mark.parametrize("interval", INTERVALS)
def test_intervals_tile_the_time(interval: str):
    start, end = interval_bounds(interval, START)
    assert start <= START < end
    assert interval_bounds(interval, end)[0] == end
    assert interval_bounds(interval, start - 1)[1] == start


def test_calendar_intervals():
    week, month = interval_bounds("W", START), interval_bounds("M", START)
    assert week[0] == 1_766_966_400_000  # Monday 2025-12-29
    assert month == (1_767_225_600_000, 1_769_904_000_000)  # January 2026


@pytest.mark.parametrize("interval", ["1", "15", "240", "D", "M"])
def test_candles_are_consistent_and_newest_first(interval: str):
    exchange = Exchange("quiet", seed=7)
    rows = exchange.klines("linear", "SOLUSDT", interval, None, None, 30)
    starts = [int(row[0]) for row in rows]
    assert starts == sorted(starts, reverse=True)
    assert len(set(starts)) == 30
    for _, opened, high, low, close, volume, turnover in rows:
        assert Decimal(low) <= min(Decimal(opened), Decimal(close))
        assert Decimal(high) >= max(Decimal(opened), Decimal(close))
        assert Decimal(volume) > 0 < Decimal(turnover)
    assert rows[0][4] == exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"]


def test_candle_windows():
    exchange = Exchange("quiet")
    now = exchange.now_ms // MINUTE * MINUTE
    both = exchange.klines("linear", "SOLUSDT", "1", now - 9 * MINUTE, now - 5 * MINUTE, 200)
    assert [int(row[0]) for row in both] == [now - n * MINUTE for n in range(5, 10)]
    from_start = exchange.klines("linear", "SOLUSDT", "1", now - 9 * MINUTE, None, 3)
    assert [int(row[0]) for row in from_start] == [now - n * MINUTE for n in (7, 8, 9)]
    until = exchange.klines("linear", "SOLUSDT", "1", None, now - 5 * MINUTE, 2)
    assert [int(row[0]) for row in until] == [now - 5 * MINUTE, now - 6 * MINUTE]
    assert exchange.klines("linear", "SOLUSDT", "1", now + 9 * MINUTE, None, 3) == []


def test_no_candle_contradicts_the_tape():
    exchange = Exchange("quiet", seed=11)
    exchange.public_snapshot("tickers.BTCUSDT", "linear")
    seen: dict[int, list[Decimal]] = {}
    for _ in range(1_200):
        exchange.advance(exchange.now_ms + 250)
        last = exchange.venue.market.quote("BTCUSDT").last
        seen.setdefault(exchange.now_ms // MINUTE * MINUTE, []).append(last)
    rows = {int(row[0]): row for row in exchange.klines("linear", "BTCUSDT", "1", None, None, 6)}
    for start, prices in seen.items():
        assert Decimal(rows[start][3]) <= min(prices) <= max(prices) <= Decimal(rows[start][2])


def test_a_recorded_file_drives_the_prices(tmp_path: Path):
    now = START // MINUTE * MINUTE
    file = tmp_path / "candles.csv"
    lines = ["symbol,start_ms,open,high,low,close,volume"]
    lines += [f"SOLUSDT,{now + n * MINUTE},{100 + n},{103 + n},{99 + n},{101 + n},5" for n in range(3)]
    file.write_text("\n".join(lines) + "\n")
    exchange = Exchange("quiet", start_ms=now, candles=file)
    exchange.public_snapshot("tickers.SOLUSDT", "linear")
    assert exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"] == "100.000"
    seen = set()
    for _ in range(4 * 59):
        exchange.advance(exchange.now_ms + 250)
        seen.add(exchange.venue.market.quote("SOLUSDT").last)
    assert (min(seen), max(seen)) == (99, 103)
    exchange.advance(now + 10 * MINUTE)
    assert exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"] == "103.000"  # stands still after the record


@pytest.mark.parametrize(
    ("line", "text"),
    [("SOLUSDT,1,a,2,3,4", "line 2"), ("SOLUSDT,1,0,2,3,4", "not above zero"), ("SOLUSDT,1,nan,2,3,4", "line 2")],
)
def test_a_broken_file_is_refused(tmp_path: Path, line: str, text: str):
    file = tmp_path / "candles.csv"
    file.write_text(f"symbol,start_ms,open,high,low,close\n{line}\n")
    with pytest.raises(ValueError, match=text):
        read_candles(file)
    with pytest.raises(ValueError, match="line 2"):
        Exchange("quiet", candles=file)


def test_the_book_has_depth_and_order():
    exchange = Exchange("quiet")
    for depth in (1, 50, 200):
        book = exchange.order_book("linear", "BTCUSDT", depth)
        bids = [Decimal(price) for price, _ in book["b"]]
        asks = [Decimal(price) for price, _ in book["a"]]
        assert len(bids) == len(asks) == depth
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] < asks[0]
    sizes = [Decimal(size) for _, size in book["a"]]
    assert sum(sizes[100:]) > 2 * sum(sizes[:100])


def test_the_ticker_carries_what_clients_look_for():
    exchange = Exchange("quiet")
    for category, volume_in in (("linear", "base"), ("inverse", "usd")):
        for row in exchange.tickers(category):
            assert all(isinstance(value, str) for value in row.values())
            assert row["openInterestValue"] not in {"", "0"}
            volume, turnover, last = (Decimal(row[name]) for name in ("volume24h", "turnover24h", "lastPrice"))
            ratio = turnover * last / volume if volume_in == "usd" else turnover / volume / last
            assert Decimal("0.8") < ratio < Decimal("1.2")
            assert Decimal(row["lowPrice24h"]) <= Decimal(row["lastPrice"]) <= Decimal(row["highPrice24h"])


def test_unknown_topics_have_no_first_message():
    exchange = Exchange("quiet")
    for topic in ("tickers.NOSUCH", "tickers", "kline.7.SOLUSDT", "orderbook.33.SOLUSDT", "liquidation.SOLUSDT", "xyz"):
        assert exchange.public_snapshot(topic, "linear") is None
    assert exchange.public_snapshot("tickers.BTCUSD", "linear") is None
    assert exchange.public_snapshot("tickers.BTCUSD", "inverse") is not None


def test_merging_ticker_deltas_gives_the_full_row():
    exchange = Exchange("quiet")
    first = exchange.public_snapshot("tickers.SOLUSDT", "linear")
    state = dict(first.data)
    count = 0
    for _ in range(300):
        exchange.advance(exchange.now_ms + 250)
        for event in exchange.take_events():
            assert (event.topic, event.kind) == ("tickers.SOLUSDT", "delta")
            assert any(state.get(name) != value for name, value in event.data.items())
            state.update(event.data)
            count += 1
    exchange.advance(exchange.now_ms // MINUTE * MINUTE + 2 * MINUTE)  # the slow fields are sent once a minute
    for event in exchange.take_events():
        state.update(event.data)
    assert state == exchange.tickers("linear", "SOLUSDT")[0]
    assert count > 100


def test_merging_book_deltas_gives_the_book():
    exchange = Exchange("quiet")
    first = exchange.public_snapshot("orderbook.50.SOLUSDT", "linear")
    book = {"b": dict(first.data["b"]), "a": dict(first.data["a"])}
    update = first.data["u"]
    for _ in range(40):
        exchange.advance(exchange.now_ms + 250)
        for event in exchange.take_events():
            assert event.kind == "delta"
            assert event.data["u"] == update + 1
            update = event.data["u"]
            for side in ("b", "a"):
                for price, size in event.data[side]:
                    if size == "0":
                        del book[side][price]
                    else:
                        book[side][price] = size
    now = exchange.order_book("linear", "SOLUSDT", 50)
    assert book == {"b": dict(now["b"]), "a": dict(now["a"])}


def test_a_candle_is_confirmed_once_when_it_closes():
    exchange = Exchange("quiet")
    exchange.public_snapshot("kline.1.SOLUSDT", "linear")
    exchange.advance(exchange.now_ms + 3 * MINUTE + 500)
    rows = [event.data[0] for event in exchange.take_events()]
    confirmed = [row["start"] for row in rows if row["confirm"]]
    assert len(confirmed) == len(set(confirmed)) == 3
    closed = {int(row[0]): row for row in exchange.klines("linear", "SOLUSDT", "1", None, None, 5)}
    for row in rows:
        if row["confirm"]:
            assert [row["open"], row["high"], row["low"], row["close"]] == closed[row["start"]][1:5]
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)


def test_trades_follow_the_last_price():
    exchange = Exchange("quiet")
    exchange.public_snapshot("publicTrade.SOLUSDT", "linear")
    exchange.advance(exchange.now_ms + 10_000)
    trades = [event.data[0] for event in exchange.take_events()]
    assert len(trades) > 3
    assert trades[-1]["p"] == exchange.tickers("linear", "SOLUSDT")[0]["lastPrice"]
    assert len({trade["i"] for trade in trades}) == len(trades)


def test_a_forgotten_topic_falls_silent():
    exchange = Exchange("quiet")
    for topic in ("tickers.SOLUSDT", "kline.1.SOLUSDT", "orderbook.1.SOLUSDT", "publicTrade.SOLUSDT"):
        exchange.public_snapshot(topic, "linear")
        exchange.advance(exchange.now_ms + 30_000)
        assert {event.topic for event in exchange.take_events()} == {topic}
        exchange.forget_topic(topic)
        exchange.advance(exchange.now_ms + 2_000)
        assert exchange.take_events() == []


def test_a_staged_price_is_told_while_time_stands_still():
    exchange = Exchange("quiet", frozen=True)
    exchange.public_snapshot("tickers.SOLUSDT", "linear")
    exchange.advance(exchange.now_ms + 60_000)
    assert exchange.take_events() == []
    exchange.stage("price", symbol="SOLUSDT", last="111")
    (event,) = exchange.take_events()
    assert (event.topic, event.data["lastPrice"]) == ("tickers.SOLUSDT", "111.000")


def every_tier() -> list[Instrument]:
    return list(listed())


@pytest.mark.parametrize("instrument", every_tier(), ids=lambda i: i.symbol)
def test_risk_tiers_join_without_a_step(instrument: Instrument):
    """The deduction makes the maintenance margin continuous at the edge of two tiers."""
    for lower, upper in zip(instrument.tiers, instrument.tiers[1:], strict=False):
        edge = lower.limit
        below = edge * lower.maintenance_rate - lower.deduction
        assert below == edge * upper.maintenance_rate - upper.deduction
        assert abs(lower.initial_rate - 1 / lower.max_leverage) <= Decimal("0.0001")
