"""The market of the paper exchange: quotes, funding rates, tickers, candles and books as functions of virtual time.

It knows nothing of the account. Prices stand still between grid steps (``grid_ms``), and for ever when frozen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from core.paper import depth
from core.paper.candles import Bar, Candles
from core.paper.figures import plain
from core.paper.instruments import Instrument
from core.paper.prices import DAY_MS, Candle, CandleCurve, Curve, Move, NoiseCurve, unit

HOUR_MS = 3_600_000
Row = dict[str, Any]


class Quote(NamedTuple):
    """Prices of one symbol at one moment."""

    last: Decimal
    mark: Decimal
    index_price: Decimal
    bid: Decimal
    ask: Decimal
    key: int  # of the book's sizes

    def by(self, trigger_by: str) -> Decimal:
        """The price that a trigger watches: ``LastPrice``, ``MarkPrice`` or ``IndexPrice``."""
        return self.mark if trigger_by == "MarkPrice" else self.index_price if trigger_by == "IndexPrice" else self.last


class Day(NamedTuple):
    """What a ticker says about the last 24 hours."""

    price_24h: Decimal
    price_1h: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    turnover: Decimal
    open_interest: Decimal


class Market:
    """All symbols. Time moves only through ``move_to``.

    Args:
        grid_ms: prices change once per so many milliseconds.
        agitation: factor on each symbol's volatility (below 1 is calm).
    """

    def __init__(
        self, instruments: Iterable[Instrument], seed: int, start_ms: int, grid_ms: int, agitation: float = 1.0
    ) -> None:
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self.grid_ms = grid_ms
        self.t_ms = start_ms
        self._start_ms = start_ms
        self._seed = seed
        self._curves: dict[str, Curve] = {
            name: NoiseCurve(seed, name, start_ms, float(i.start_price), i.day_volatility * agitation)
            for name, i in self.instruments.items()
        }
        self._moves: dict[str, list[Move]] = {}
        self._pins: dict[str, dict[str, Decimal]] = {}
        self._quotes: dict[str, tuple[int, Quote]] = {}
        self._days: dict[str, tuple[int, Day]] = {}
        self.candles = Candles(self.last_price)

    def use_candles(self, recorded: dict[str, list[Candle]]) -> None:
        """Let recorded candles drive the symbols they name; unknown symbols are ignored."""
        for symbol, candles in recorded.items():
            if symbol in self.instruments:
                self._curves[symbol] = CandleCurve(candles)

    def grid_floor(self, t_ms: int) -> int:
        """The last grid time at or before ``t_ms``."""
        return self._start_ms + (t_ms - self._start_ms) // self.grid_ms * self.grid_ms

    def move_to(self, t_ms: int) -> None:
        """Set the market's time; quotes are made when somebody asks."""
        self.t_ms = t_ms

    def replace(self, instrument: Instrument) -> None:
        """Put changed filters or a changed status into force."""
        self.instruments[instrument.symbol] = instrument

    def add_move(self, symbol: str, move: Move) -> None:
        """Lay a trend, crash or gap over the curve from ``move.from_ms`` on."""
        self._moves.setdefault(symbol, []).append(move)
        self._quotes.pop(symbol, None)

    def pin(self, symbol: str, **prices: Decimal) -> None:
        """Hold ``last``, ``mark`` or ``index`` at a price until ``unpin``."""
        self._pins.setdefault(symbol, {}).update(prices)
        self._quotes.pop(symbol, None)

    def unpin(self, symbol: str) -> None:
        """Let the curve speak again."""
        self._pins.pop(symbol, None)
        self._quotes.pop(symbol, None)

    def last_price(self, symbol: str, t_ms: int) -> Decimal:
        """Last price by the curve at any time, past ones included."""
        slow, fast = self._log_price(symbol, t_ms)
        return self._on_tick(self.instruments[symbol], math.exp(slow + fast))

    def quote(self, symbol: str) -> Quote:
        """Prices at the market's present time."""
        known = self._quotes.get(symbol)
        if known is not None and known[0] == self.t_ms:
            return known[1]
        quote = self._make_quote(symbol)
        self._quotes[symbol] = (self.t_ms, quote)
        return quote

    def _make_quote(self, symbol: str) -> Quote:
        instrument = self.instruments[symbol]
        step = (self.t_ms - self._start_ms) // self.grid_ms
        slow, fast = self._log_price(symbol, self.t_ms)
        basis = 0.0002 * (unit(self._seed + instrument.symbol_id, self.t_ms // 30_000) - 0.5)
        last = self._on_tick(instrument, math.exp(slow + fast))
        mark = self._on_tick(instrument, math.exp(slow + 0.4 * fast + basis))
        index = self._on_tick(instrument, math.exp(slow))
        pins = self._pins.get(symbol)
        if pins:
            last, mark, index = pins.get("last", last), pins.get("mark", mark), pins.get("index", index)
        buyer_hit = step % 3 == 0
        bid = last - instrument.tick if buyer_hit and last > instrument.tick else last
        return Quote(last, mark, index, bid, bid + instrument.tick, step * 64 + instrument.symbol_id)

    def _log_price(self, symbol: str, t_ms: int) -> tuple[float, float]:
        slow, fast = self._curves[symbol].at(t_ms)
        moves = self._moves.get(symbol)
        if moves:
            for move in moves:
                slow += move.at(t_ms)
        return slow, fast

    @staticmethod
    def _on_tick(instrument: Instrument, price: float) -> Decimal:
        ticks = round(price / float(instrument.tick))
        return instrument.tick * max(1, ticks)

    # funding

    def funding_rate(self, symbol: str, at_ms: int) -> Decimal:
        """The rate of the settlement at or after ``at_ms``; longs pay shorts when it is positive."""
        instrument = self.instruments[symbol]
        number = -(-at_ms // (instrument.funding_minutes * 60_000))
        wobble = unit(self._seed * 31 + instrument.symbol_id, number)
        return (Decimal(round((wobble - 0.35) * 300)) * Decimal("0.000001")).quantize(Decimal("0.00000001"))

    def next_funding_ms(self, symbol: str, after_ms: int) -> int:
        """The first settlement time after ``after_ms``."""
        width = self.instruments[symbol].funding_minutes * 60_000
        return (after_ms // width + 1) * width

    # rows

    def day(self, symbol: str) -> Day:
        """Figures of the last 24 hours, renewed once a minute."""
        instrument = self.instruments[symbol]
        minute = (self.t_ms + 977 * instrument.symbol_id) // 60_000
        known = self._days.get(symbol)
        if known is None or known[0] != minute:
            known = (minute, self._make_day(instrument, minute))
            self._days[symbol] = known
        return known[1]

    def _make_day(self, instrument: Instrument, minute: int) -> Day:
        now, name = self.t_ms, instrument.symbol
        prices = [self.last_price(name, now - DAY_MS + n * 1_200_000) for n in range(73)]
        usd = Decimal(instrument.level_usd) * Decimal(round(9_000 + 2_000 * unit(instrument.symbol_id, minute // 5)))
        interest = Decimal(instrument.level_usd) * Decimal(round(4_000 + 90 * unit(instrument.symbol_id + 7, minute)))
        price = prices[-1]
        if instrument.inverse:
            return Day(prices[0], prices[69], max(prices), min(prices), usd, usd / price, interest)
        return Day(prices[0], prices[69], max(prices), min(prices), usd / price, usd, interest / price)

    def ticker(self, symbol: str, now_ms: int) -> Row:
        """The full v5 ticker row of one symbol."""
        i, q, day = self.instruments[symbol], self.quote(symbol), self.day(symbol)
        interest = day.open_interest.quantize(i.step)
        worth = i.value(interest, q.mark).quantize(Decimal("0.0001"))
        return {
            "symbol": symbol,
            "tickDirection": self._direction(q, day),
            **self.moving_fields(symbol),
            "prevPrice24h": i.price_text(day.price_24h),
            "highPrice24h": i.price_text(max(day.high, q.last)),
            "lowPrice24h": i.price_text(min(day.low, q.last)),
            "prevPrice1h": i.price_text(day.price_1h),
            "openInterest": plain(interest),
            "openInterestValue": plain(worth),
            "singleOpenInterest": plain(interest),
            "singleOpenInterestValue": plain(worth),
            "turnover24h": plain(day.turnover.quantize(Decimal("0.0001"))),
            "volume24h": plain(day.volume.quantize(i.step)),
            "fundingRate": plain(self.funding_rate(symbol, now_ms + 1)),
            "nextFundingTime": str(self.next_funding_ms(symbol, now_ms)),
            "predictedDeliveryPrice": "",
            "basisRate": "",
            "basis": "",
            "deliveryFeeRate": "",
            "deliveryTime": str(i.delivery_ms),
            "preOpenPrice": "",
            "preQty": "",
            "curPreListingPhase": "",
            "fundingIntervalHour": str(i.funding_minutes // 60),
            "fundingCap": "0.005",
            "basisRateYear": "",
        }

    def moving_fields(self, symbol: str) -> dict[str, str]:
        """The ticker fields that change from tick to tick."""
        i, q, before = self.instruments[symbol], self.quote(symbol), self.day(symbol).price_24h
        asks = depth.levels(i, "Buy", q.ask, q.key)
        bids = depth.levels(i, "Sell", q.bid, q.key)
        return {
            "price24hPcnt": format((q.last / before - 1).quantize(Decimal("0.000001")), "f"),
            "lastPrice": i.price_text(q.last),
            "markPrice": i.price_text(q.mark),
            "indexPrice": i.price_text(q.index_price),
            "bid1Price": i.price_text(q.bid),
            "bid1Size": i.qty_text(next(bids)[1]),
            "ask1Price": i.price_text(q.ask),
            "ask1Size": i.qty_text(next(asks)[1]),
        }

    @staticmethod
    def _direction(quote: Quote, day: Day) -> str:
        return "PlusTick" if quote.last >= day.price_1h else "MinusTick"

    def book(self, symbol: str, levels: int) -> tuple[list[list[str]], list[list[str]]]:
        """Bids and asks, best first, as ``[price, size]`` texts."""
        i, q = self.instruments[symbol], self.quote(symbol)
        return depth.ladder(i, "Sell", q.bid, q.key, levels), depth.ladder(i, "Buy", q.ask, q.key, levels)

    def bar_volume(self, symbol: str, bar: Bar, until_ms: int) -> tuple[str, str]:
        """Volume and turnover of a candle, in proportion to the time it covers."""
        i = self.instruments[symbol]
        share = Decimal(max(1_000, min(until_ms, bar.end_ms) - bar.start_ms)) / DAY_MS
        usd = Decimal(i.level_usd) * 9_000 * share * round(6_000 + 8_000 * unit(i.symbol_id, bar.start_ms)) / 10_000
        coins = usd / bar.close
        volume, turnover = (usd, coins) if i.inverse else (coins, usd)
        return plain(max(i.step, volume.quantize(i.step))), plain(turnover.quantize(Decimal("0.0001")))
