"""The public streams of the paper exchange: first messages for new subscribers, and what follows while time moves.

Only topics that somebody has asked for are produced.
"""

from __future__ import annotations

from core.paper.candles import INTERVALS, Bar, interval_bounds
from core.paper.market import Market, Row
from core.paper.outbox import Event

DEPTHS = ("1", "50", "200", "1000")
KLINE_EVERY_MS = 1_000
SLOW_TICKER_MS = 60_000
FIRST_SEQ = 91_000_000_000


class Feed:
    """Produces public messages for the topics that were asked for."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._tickers: dict[str, Row] = {}  # symbol → fields last sent
        self._klines: dict[tuple[str, str], int] = {}  # (interval, symbol) → start of the candle last sent
        self._books: dict[tuple[str, str], tuple[dict[str, str], dict[str, str]]] = {}
        self._trades: dict[str, str] = {}  # symbol → last price told
        self._updates: dict[tuple[str, str], int] = {}
        self._seq = FIRST_SEQ

    def watched(self) -> list[str]:
        """Symbols of which some topic was asked for, each once, in a stable order."""
        books = [symbol for _, symbol in self._books]
        klines = [symbol for _, symbol in self._klines]
        return list(dict.fromkeys([*self._tickers, *klines, *books, *self._trades]))

    def snapshot(self, topic: str, category: str, now_ms: int) -> Event | None:
        """First message of a topic, which is watched from now on; None when there is no such topic."""
        name, _, rest = topic.partition(".")
        setting, _, symbol = rest.rpartition(".")
        instrument = self._market.instruments.get(symbol)
        if instrument is None or instrument.category != category:
            return None
        if name == "tickers" and not setting:
            data: object = self._first_ticker(symbol, now_ms)
        elif name == "kline" and setting in INTERVALS:
            data = self._first_kline(setting, symbol, now_ms)
        elif name == "orderbook" and setting in DEPTHS:
            data = self._first_book(setting, symbol)
        elif name == "publicTrade" and not setting:
            self._trades.setdefault(symbol, str(self._market.quote(symbol).last))
            data = [self._trade(symbol, now_ms)]
        else:
            return None
        return Event(topic, category, "snapshot", data, now_ms, self._seq)

    def forget(self, topic: str) -> None:
        """Nobody listens to this topic any more."""
        name, _, rest = topic.partition(".")
        setting, _, symbol = rest.rpartition(".")
        if name == "tickers":
            self._tickers.pop(symbol, None)
        elif name == "kline":
            self._klines.pop((setting, symbol), None)
        elif name == "orderbook":
            self._books.pop((setting, symbol), None)
        elif name == "publicTrade":
            self._trades.pop(symbol, None)

    def step(self, now_ms: int, before_ms: int) -> list[Event]:
        """Messages of one step of the market's time."""
        self._seq += 11
        events = []
        slow = now_ms // SLOW_TICKER_MS != before_ms // SLOW_TICKER_MS
        for symbol, sent in self._tickers.items():
            event = self._ticker_delta(symbol, sent, now_ms, whole=slow)
            if event is not None:
                events.append(event)
        if self._klines and now_ms // KLINE_EVERY_MS != before_ms // KLINE_EVERY_MS:
            for interval, symbol in list(self._klines):
                events.extend(self._kline_events(interval, symbol, now_ms))
        for depth, symbol in self._books:
            event = self._book_delta(depth, symbol, now_ms)
            if event is not None:
                events.append(event)
        for symbol, told in self._trades.items():
            last = str(self._market.quote(symbol).last)
            if last != told:
                self._trades[symbol] = last
                data = [self._trade(symbol, now_ms)]
                events.append(self._event(f"publicTrade.{symbol}", symbol, "snapshot", data, now_ms))
        return events

    def _event(self, topic: str, symbol: str, kind: str, data: object, now_ms: int) -> Event:
        return Event(topic, self._market.instruments[symbol].category, kind, data, now_ms, self._seq)

    # tickers

    def _first_ticker(self, symbol: str, now_ms: int) -> Row:
        row = self._market.ticker(symbol, now_ms)
        self._tickers.setdefault(symbol, dict(row))  # earlier listeners go on from what they were sent
        return row

    def _ticker_delta(self, symbol: str, sent: Row, now_ms: int, *, whole: bool) -> Event | None:
        """Only the fields that changed; the slow ones are looked at once a minute."""
        fresh = self._market.ticker(symbol, now_ms) if whole else self._market.moving_fields(symbol)
        changed = {name: value for name, value in fresh.items() if sent.get(name) != value}
        if not changed:
            return None
        sent.update(changed)
        changed["symbol"] = symbol
        return self._event(f"tickers.{symbol}", symbol, "delta", changed, now_ms)

    # klines

    def _first_kline(self, interval: str, symbol: str, now_ms: int) -> list[Row]:
        t = self._market.t_ms
        self._klines.setdefault((interval, symbol), interval_bounds(interval, t)[0])
        return [self._kline(interval, symbol, t, now_ms, confirm=False)]

    def _kline_events(self, interval: str, symbol: str, now_ms: int) -> list[Event]:
        """The running candle; before it, once, the one that has just closed."""
        start = interval_bounds(interval, self._market.t_ms)[0]
        before = self._klines[interval, symbol]
        self._klines[interval, symbol] = start
        rows = [self._kline(interval, symbol, start - 1, now_ms, confirm=True)] if start > before else []
        rows.append(self._kline(interval, symbol, self._market.t_ms, now_ms, confirm=False))
        topic = f"kline.{interval}.{symbol}"
        return [self._event(topic, symbol, "snapshot", [row], now_ms) for row in rows]

    def _kline(self, interval: str, symbol: str, t_ms: int, now_ms: int, *, confirm: bool) -> Row:
        bar = self._market.candles.bar(symbol, interval, t_ms, self._market.t_ms)
        volume, turnover = self._market.bar_volume(symbol, bar, self._market.t_ms)
        text = self._market.instruments[symbol].price_text
        return {
            "start": bar.start_ms,
            "end": bar.end_ms - 1,
            "interval": interval,
            "open": text(bar.open),
            "close": text(bar.close),
            "high": text(bar.high),
            "low": text(bar.low),
            "volume": volume,
            "turnover": turnover,
            "confirm": confirm,
            "timestamp": now_ms,
        }

    # order books and trades

    def _first_book(self, depth: str, symbol: str) -> Row:
        bids, asks = self._market.book(symbol, int(depth))
        self._books.setdefault((depth, symbol), (_as_levels(bids), _as_levels(asks)))
        update = self._updates.setdefault((depth, symbol), 1)
        return {"s": symbol, "b": bids, "a": asks, "u": update, "seq": self._seq}

    def _book_delta(self, depth: str, symbol: str, now_ms: int) -> Event | None:
        topic = f"orderbook.{depth}.{symbol}"
        old_bids, old_asks = self._books[depth, symbol]
        bids, asks = (_as_levels(side) for side in self._market.book(symbol, int(depth)))
        changed_bids, changed_asks = _changes(old_bids, bids), _changes(old_asks, asks)
        if not changed_bids and not changed_asks:
            return None
        self._books[depth, symbol] = bids, asks
        self._updates[depth, symbol] += 1
        if depth == "1":  # this depth has only snapshots
            return self._event(topic, symbol, "snapshot", self._first_book(depth, symbol), now_ms)
        data = {"s": symbol, "b": changed_bids, "a": changed_asks, "u": self._updates[depth, symbol], "seq": self._seq}
        return self._event(topic, symbol, "delta", data, now_ms)

    def _trade(self, symbol: str, now_ms: int) -> Row:
        instrument, quote = self._market.instruments[symbol], self._market.quote(symbol)
        return {
            "T": now_ms,
            "s": symbol,
            "S": "Buy" if quote.last == quote.ask else "Sell",
            "v": instrument.qty_text(instrument.min_qty * (1 + quote.key % 17)),
            "p": instrument.price_text(quote.last),
            "L": "ZeroPlusTick",
            "i": f"{instrument.symbol_id:08d}-{quote.key:012d}",
            "BT": False,
            "RPI": False,
            "seq": self._seq,
        }


def kline_row(bar: Bar, volume: str, turnover: str, price_scale: int) -> list[str]:
    """A candle as ``market/kline`` sends it: start, open, high, low, close, volume, turnover."""
    prices = [format(price, f".{price_scale}f") for price in (bar.open, bar.high, bar.low, bar.close)]
    return [str(bar.start_ms), *prices, volume, turnover]


def _as_levels(rows: list[list[str]]) -> dict[str, str]:
    return {row[0]: row[1] for row in rows}


def _changes(old: dict[str, str], new: dict[str, str]) -> list[list[str]]:
    """Levels that appeared or changed, and with size ``"0"`` those that are gone."""
    gone = [[price, "0"] for price in old if price not in new]
    return [*gone, *([price, size] for price, size in new.items() if old.get(price) != size)]
