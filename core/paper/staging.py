"""What a test, a drill or the control port may bring about: the deeds of the exchange and of other parties.

Each deed is a method named after its stage name; its keyword arguments are its parameters. Numbers come as text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from core.paper.commands import Commands
from core.paper.figures import floor_to, parse
from core.paper.instruments import Instrument
from core.paper.ledger import Position
from core.paper.market import Row
from core.paper.matching import Matching
from core.paper.outbox import Outbox
from core.paper.prices import Move
from core.paper.refusals import bad
from core.paper.risk import Risk
from core.paper.venue import CROSS, ISOLATED, Venue

FILTERS = (
    "tick",
    "step",
    "min_qty",
    "max_qty",
    "max_market_qty",
    "min_notional",
    "max_leverage",
    "taker_fee",
    "maker_fee",
)


class Stage:
    """Carries out deeds by name."""

    def __init__(
        self, venue: Venue, outbox: Outbox, matching: Matching, risk: Risk, commands: Commands
    ) -> None:  # fmt: skip
        self._commands = commands
        self._venue = venue
        self._outbox = outbox
        self._matching = matching
        self._risk = risk
        self._deeds: dict[str, Callable[..., Row | None]] = {
            "price": self.price,
            "unpin": self.unpin,
            "move": self.move,
            "fund": self.fund,
            "liquidate": self.liquidate,
            "adl": self.adl,
            "settle": self.settle,
            "filters": self.filters,
            "status": self.status,
            "transfer": self.transfer,
            "trade": self.trade,
            "hold_fills": self.hold_fills,
            "release_fills": self.release_fills,
            "execute_late": self.execute_late,
            "reject_next": self.reject_next,
            "forget_recent": self.forget_recent,
            "margin_mode": self.margin_mode,
            "hedge": self.hedge,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Every deed."""
        return tuple(self._deeds)

    def run(self, name: str, arguments: Mapping[str, object]) -> Row:
        """Carry out one deed.

        Raises:
            Refused: 10001, there is no such deed, or its arguments do not fit.
        """
        deed = self._deeds.get(name)
        if deed is None:
            raise bad(f"unknown stage {name!r}, known are: {', '.join(self._deeds)}")
        try:
            result = deed(**arguments)
        except (TypeError, ValueError) as exc:
            raise bad(f"stage {name}: {exc}") from exc
        self._matching.settle_down()
        return result or {}

    # prices

    def price(self, symbol: str, last: object = None, mark: object = None, index: object = None) -> None:
        """Hold prices where they are put until ``unpin``; orders and liquidations react at once."""
        instrument = self._venue.instrument(symbol)
        given = {"last": last, "mark": mark, "index": index}
        prices = {name: _on_tick(parse(value), instrument) for name, value in given.items() if value is not None}
        self._venue.market.pin(symbol, **prices)
        self._react(symbol)

    def unpin(self, symbol: str) -> None:
        """Let the price curve speak again."""
        self._venue.market.unpin(self._venue.instrument(symbol).symbol)
        self._react(symbol)

    def move(self, symbol: str, percent: object, over_ms: int = 0) -> None:
        """A gap (``over_ms`` 0), crash or trend from now on; it stays."""
        log_change = math.log1p(float(parse(percent)) / 100)
        symbol = self._venue.instrument(symbol).symbol
        self._venue.market.add_move(symbol, Move(self._venue.now_ms, max(1, int(over_ms)), log_change))

    def _react(self, symbol: str) -> None:
        self._matching.step(symbol)
        for position in self._venue.positions_of(symbol):
            if position.size and not self._venue.is_cross:
                self._risk.check(position)
        if self._venue.is_cross:
            self._risk.check_cross()

    # the exchange's own hand

    def _held(self, symbol: str, idx: int) -> Position:
        position = self._venue.position(self._venue.instrument(symbol).symbol, idx)
        if not position.size:
            raise ValueError(f"no position on {symbol} idx {idx}")
        return position

    def fund(self, symbol: str, idx: int = 0) -> None:
        """Settle funding of one position now."""
        self._risk.fund_position(self._held(symbol, idx), self._venue.now_ms)

    def liquidate(self, symbol: str, idx: int = 0) -> None:
        """Take the next step of a liquidation, whatever the price."""
        self._risk.liquidate(self._held(symbol, idx))

    def adl(self, symbol: str, idx: int = 0, percent: object = "30") -> None:
        """Deleverage a part of the position, at least one step."""
        position = self._held(symbol, idx)
        qty = floor_to(position.size * parse(percent) / 100, position.instrument.step)
        self._risk.deleverage(position, max(position.instrument.step, qty))

    def settle(self, symbol: str, price: object = None) -> None:
        """Delist a symbol at a price (the index by default)."""
        instrument = self._venue.instrument(symbol)
        index = self._venue.market.quote(symbol).index_price
        self._risk.settle(instrument, index if price is None else _on_tick(parse(price), instrument))

    def filters(self, symbol: str, **values: object) -> None:
        """Change filters or fees: tick, step, min_qty, max_qty, max_market_qty, min_notional, max_leverage, …_fee."""
        unknown = [name for name in values if name not in FILTERS]
        if unknown:
            raise ValueError(f"no filter {unknown[0]!r}, known are: {', '.join(FILTERS)}")
        changes: dict[str, Decimal] = {name: parse(value) for name, value in values.items()}
        instrument = self._venue.instrument(symbol)
        self._venue.replace(replace(instrument, **changes))  # type: ignore[arg-type]  # FILTERS are Decimal fields

    def status(self, symbol: str, status: str) -> None:
        """``Trading``, ``Closed``, ``Delivering``, ``PreLaunch``: other than Trading refuses orders."""
        self._venue.replace(replace(self._venue.instrument(symbol), status=status))

    def transfer(self, amount: object, coin: str = "USDT") -> None:
        """Bring money in, or with a negative amount take it out."""
        self._venue.ledger.transfer(coin, parse(amount), self._venue.now_ms)
        self._outbox.move_money()

    # orders

    def trade(
        self, symbol: str, side: str, qty: object, idx: int = 0, reduce_only: bool = False, link: str = ""
    ) -> Row:  # fmt: skip
        """Another program of the same account trades at market."""
        instrument = self._venue.instrument(symbol)
        body = {"category": instrument.category, "symbol": symbol, "side": side, "orderType": "Market", "qty": qty}
        return self._commands.create({**body, "positionIdx": idx, "reduceOnly": reduce_only, "orderLinkId": link})

    def hold_fills(self) -> None:
        """Accept orders, but let none fill or trigger until ``release_fills``."""
        self._venue.holding = True

    def release_fills(self) -> None:
        """Fill what was held."""
        self._matching.release()

    def execute_late(self, after_ms: int, count: int = 1) -> None:
        """The next accepted orders are nowhere to be seen until they reach the market so much later."""
        self._venue.delays_ms.extend([int(after_ms)] * int(count))

    def reject_next(self, reason: str = "EC_NoEnoughQtyToFill", count: int = 1) -> None:
        """The next accepted orders are rejected after their acknowledgement."""
        self._venue.rejections.extend([reason] * int(count))

    def forget_recent(self) -> None:
        """Empty the closed part of order/realtime, as a restart of Bybit does."""
        self._venue.shelf.forget_recent()

    # the account

    def margin_mode(self, mode: str) -> None:
        """``REGULAR_MARGIN`` (cross) or ``ISOLATED_MARGIN``, without asking whether the margin suffices."""
        if mode not in {CROSS, ISOLATED}:
            raise ValueError(f"no margin mode {mode!r}")
        self._venue.margin_mode, self._venue.margin_mode_ms = mode, self._venue.now_ms
        self._outbox.move_money()

    def hedge(self, symbol: str, on: bool = True) -> None:
        """Switch the position mode of a flat symbol from outside."""
        symbol = self._venue.instrument(symbol).symbol
        if any(position.size for position in self._venue.positions_of(symbol)):
            raise ValueError(f"{symbol} has a position")
        self._venue.hedged[symbol] = on


def _on_tick(price: Decimal, instrument: Instrument) -> Decimal:
    return max(instrument.tick, floor_to(price, instrument.tick))
