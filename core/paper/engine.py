"""The paper exchange without a network: commands and time in, rows and events out.

``Exchange`` is the façade of the engine; the server speaks only to it. Deterministic: the same seed and the same calls
at the same virtual times give byte-identical ledgers. No wall clock, no threads, no network, no module-level state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from core.paper import account_rows, queries, rows, scenarios
from core.paper.commands import Commands
from core.paper.endings import Endings
from core.paper.feed import Feed, kline_row
from core.paper.market import Row
from core.paper.matching import Matching
from core.paper.outbox import Event, Outbox
from core.paper.prices import read_candles
from core.paper.queries import Wanted
from core.paper.refusals import Refused, bad
from core.paper.requests import Body, price_limits
from core.paper.risk import Risk
from core.paper.staging import Stage
from core.paper.stops import Stops

__all__ = ["START_MS", "Event", "Exchange", "Refused"]

START_MS = 1_767_277_080_000  # 2026-01-01 14:18 UTC, an arbitrary moment between two fundings
CROSS_CHECK_MS = 1_000
LONG_MS = 600_000  # a longer span in one call (a host that slept) is walked in COARSE_MS steps
COARSE_MS = 5_000


class Exchange:
    """One small Bybit with one account.

    Args:
        scenario: one of ``scenarios.NAMES``.
        seed: of prices, identifiers and the bot.
        start_ms: virtual time of the start, UTC.
        frozen: prices, funding and the bot stand still; commands still execute.
        candles: CSV of recorded candles (``prices.read_candles``) that drive the symbols it names.
        positions_json: file that the bot keeps in the older bot's format.
    Raises:
        ValueError: unknown scenario, or a candle file that cannot be read.
    """

    def __init__(
        self,
        scenario: str = "default",
        seed: int = 7,
        start_ms: int = START_MS,
        *,
        frozen: bool = False,
        candles: Path | None = None,
        positions_json: Path | None = None,
    ) -> None:
        plan = scenarios.plan(scenario)
        self.venue = scenarios.make_venue(plan, seed, start_ms)
        if candles is not None:
            self.venue.market.use_candles(read_candles(candles))
        self.frozen = frozen
        self.feed = Feed(self.venue.market)
        self._outbox = Outbox(self.venue)
        endings = Endings(self.venue, self._outbox)
        self._stops = Stops(self.venue, self._outbox, endings)
        self._matching = Matching(self.venue, self._outbox, endings, self._stops.attach)
        self._commands = Commands(self.venue, self._outbox, endings, self._matching)
        self.risk = Risk(self.venue, self._outbox, endings, self._matching)
        self._stage = Stage(self.venue, self._outbox, self._matching, self.risk, self._commands)
        self._grid_ms = self.venue.market.grid_ms
        self._grid_now = start_ms
        scenarios.furnish(plan, self, seed)
        self.actors = [] if frozen else scenarios.actors(plan, self, seed, positions_json)
        self._outbox.flush()
        self._outbox.take()

    # time

    @property
    def stages(self) -> tuple[str, ...]:
        """The names that ``stage`` knows."""
        return self._stage.names

    @property
    def now_ms(self) -> int:
        """Virtual time, UTC."""
        return self.venue.now_ms

    def advance(self, to_ms: int) -> None:
        """Let virtual time pass; earlier times are ignored, so that a clock that jumps back does no harm.

        The outcome does not depend on how a span is divided into calls, as long as no single call spans more than ten
        minutes: those are walked in steps of five seconds, so that waking up is quick.
        """
        if to_ms <= self.venue.now_ms:
            return
        if not self.frozen:
            self._walk(to_ms)
        self.venue.now_ms = to_ms
        self._bring_late()

    def _walk(self, to_ms: int) -> None:
        """Visit the grid times; while nothing is at stake, only those at which somebody acts."""
        is_long = to_ms - self._grid_now > LONG_MS
        while (t := self._next_grid(to_ms, is_long=is_long)) <= to_ms:
            if not self._symbols():
                t = self._skip_to(t, to_ms)
                if t > to_ms:
                    self._grid_now = t - self._grid_ms
                    self.venue.market.move_to(self._grid_now)
                    return
            self._step(t)

    def _next_grid(self, to_ms: int, *, is_long: bool) -> int:
        coarse = is_long and to_ms - self._grid_now >= COARSE_MS
        return self._grid_now + (COARSE_MS if coarse else self._grid_ms)

    def _skip_to(self, t: int, to_ms: int) -> int:
        """The grid time of the next actor, or the first one after ``to_ms``."""
        due = min([to_ms + 1, *(actor.next_ms for actor in self.actors), *(when for when, _ in self.venue.late)])
        return max(t, self.venue.market.grid_floor(due + self._grid_ms - 1))

    def _symbols(self) -> list[str]:
        """Symbols whose prices matter now: held, ordered or watched."""
        held = (position.instrument.symbol for position in self.venue.ledger.open_positions())
        return list(dict.fromkeys([*held, *self.venue.shelf.open_symbols(), *self.feed.watched()]))

    def _step(self, t: int) -> None:
        before = self._grid_now
        self.venue.now_ms = self._grid_now = t
        market = self.venue.market
        market.move_to(t)
        for symbol in self._symbols():
            market.candles.see(symbol, t, market.quote(symbol).last)
            self._matching.step(symbol)
        if t // 60_000 != before // 60_000:
            self.risk.fund(before, t)
        self._check_margins(t, before)
        self._bring_late()
        for actor in self.actors:
            if actor.next_ms <= t:
                actor.act(t)
        self._outbox.flush()
        for event in self.feed.step(t, before):
            self._outbox.add(event)

    def _check_margins(self, t: int, before: int) -> None:
        if not self.venue.is_cross:
            for position in self.venue.ledger.open_positions():
                self.risk.check(position)
        elif t // CROSS_CHECK_MS != before // CROSS_CHECK_MS:
            self.risk.check_cross()

    def _bring_late(self) -> None:
        if self.venue.late:
            self._commands.bring_late()
            self._outbox.flush()

    def take_events(self) -> list[Event]:
        """Drain what happened since the last call, in order."""
        return self._outbox.take()

    # commands: a v5 body in, the v5 result out, or Refused

    def create_order(self, body: Body) -> Row:
        """POST order/create."""
        return self._done(self._commands.create(body))

    def amend_order(self, body: Body) -> Row:
        """POST order/amend."""
        return self._done(self._commands.amend(body))

    def cancel_order(self, body: Body) -> Row:
        """POST order/cancel."""
        return self._done(self._commands.cancel(body))

    def cancel_all(self, body: Body) -> Row:
        """POST order/cancel-all."""
        return self._done(self._commands.cancel_all(body))

    def set_trading_stop(self, body: Body) -> Row:
        """POST position/trading-stop."""
        self._stops.set_trading_stop(body)
        return self._done({})

    def set_leverage(self, body: Body) -> Row:
        """POST position/set-leverage."""
        return self._done(self._commands.set_leverage(body))

    def switch_mode(self, body: Body) -> Row:
        """POST position/switch-mode."""
        return self._done(self._commands.switch_mode(body))

    def set_margin_mode(self, body: Body) -> Row:
        """POST account/set-margin-mode."""
        return self._done(self._commands.set_margin_mode(body))

    def stage(self, name: str, **kwargs: object) -> Row:
        """Bring about what an exchange does by itself or by another party; see ``staging`` for the names.

        Raises:
            Refused: 10001, unknown name or arguments that do not fit.
        """
        result = self._done(self._stage.run(name, kwargs))
        for event in self.feed.step(self.now_ms, self.now_ms):
            self._outbox.add(event)
        return result

    def _done(self, result: Row) -> Row:
        self._outbox.flush()
        return result

    # queries

    def positions(self, category: str, symbol: str | None = None, settle_coin: str | None = None) -> list[Row]:
        """GET position/list: with a symbol flat rows too, else the open ones of a settle coin."""
        return queries.positions(self.venue, category, symbol, settle_coin)

    def open_orders(self, category: str, **filters: object) -> list[Row]:
        """GET order/realtime, openOnly=0: newest created first."""
        return queries.open_orders(self.venue, Wanted.of(category, filters))

    def closed_orders_recent(self, category: str, **filters: object) -> list[Row]:
        """GET order/realtime, openOnly=1: up to 500 closed ones."""
        return queries.recent_orders(self.venue, Wanted.of(category, filters))

    def order_history(self, category: str, **filters: object) -> list[Row]:
        """GET order/history: closed orders; those without a fill for 24 hours."""
        return queries.order_history(self.venue, Wanted.of(category, filters))

    def executions(self, category: str, **filters: object) -> Sequence[Row]:
        """GET execution/list, newest first."""
        return queries.executions(self.venue, Wanted.of(category, filters))

    def closed_pnl(self, category: str, **filters: object) -> Sequence[Row]:
        """GET position/closed-pnl, latest update first."""
        return queries.closed_pnl(self.venue, Wanted.of(category, filters))

    def transaction_log(self, category: str | None = None, **filters: object) -> list[Row]:
        """GET account/transaction-log, newest first."""
        return queries.transaction_log(self.venue, Wanted.of(category, filters))

    def wallet(self) -> Row:
        """GET account/wallet-balance, list[0]."""
        return account_rows.wallet_row(self.venue)

    def account_info(self) -> Row:
        """GET account/info."""
        return queries.account_info(self.venue)

    def fee_rates(self, category: str, symbol: str | None = None) -> list[Row]:
        """GET account/fee-rate."""
        return queries.fee_rates(self.venue, category, symbol)

    def instruments(self, category: str, symbol: str | None = None, status: str | None = None) -> list[Row]:
        """GET market/instruments-info: ``Trading`` ones unless a status is named."""
        return queries.instruments(self.venue, category, symbol, status)

    def tickers(self, category: str, symbol: str | None = None) -> list[Row]:
        """GET market/tickers."""
        return queries.tickers(self.venue, category, symbol)

    def risk_limits(self, category: str, symbol: str | None = None) -> list[Row]:
        """GET market/risk-limit."""
        chosen = queries.listed(self.venue, category, symbol)
        return [row for instrument in chosen for row in account_rows.risk_limit_rows(instrument)]

    def price_limit(self, category: str, symbol: str) -> Row:
        """GET market/price-limit."""
        instrument = self.venue.instrument(symbol, category)
        high, low = price_limits(self.venue, instrument)
        text = instrument.price_text
        return {"symbol": symbol, "buyLmt": text(high), "sellLmt": text(low), "ts": str(self.now_ms)}

    def order_book(self, category: str, symbol: str, depth: int) -> Row:
        """GET market/orderbook."""
        self.venue.instrument(symbol, category)
        bids, asks = self.venue.market.book(symbol, depth)
        key = self.venue.market.quote(symbol).key
        return {"s": symbol, "b": bids, "a": asks, "ts": self.now_ms, "u": key, "seq": key, "cts": self.now_ms}

    def klines(
        self, category: str, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int
    ) -> list[list[str]]:
        """GET market/kline: newest first, the running candle included.

        Raises:
            Refused: 10001, unknown symbol or interval.
        """
        instrument = self.venue.instrument(symbol, category)
        if interval not in queries.INTERVALS:
            raise bad("Invalid period!")
        market = self.venue.market
        bars = market.candles.bars(symbol, interval, (start_ms, end_ms), limit, market.t_ms)
        scale = instrument.price_scale
        return [kline_row(bar, *market.bar_volume(symbol, bar, market.t_ms), scale) for bar in bars]

    def public_snapshot(self, topic: str, category: str) -> Event | None:
        """What a new subscriber gets first; from now on the topic's events appear. None: no such topic."""
        return self.feed.snapshot(topic, category, self.now_ms)

    def forget_topic(self, topic: str) -> None:
        """The last subscriber of a public topic has gone."""
        self.feed.forget(topic)

    def ledger_digest(self) -> str:
        """SHA-256 over every order, execution, closed-PnL and log row, for replay tests."""
        everything = [
            [rows.order_row(order) for order in self.venue.shelf.everything()],
            [rows.execution_row(execution) for execution in self.venue.ledger.executions],
            [rows.closed_pnl_row(row) for row in self.venue.ledger.closed.values()],
            [rows.log_row(row) for row in self.venue.ledger.log],
            [[coin, str(state.balance)] for coin, state in self.venue.ledger.coins.items()],
        ]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
