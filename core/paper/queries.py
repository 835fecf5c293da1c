"""Lists of v5 rows for the questions a client asks; complete lists, because the server does the paging.

What grows for ever is a list only when somebody looks at all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from core.paper import account_rows, rows
from core.paper.candles import INTERVALS
from core.paper.figures import plain
from core.paper.instruments import Instrument
from core.paper.market import Row
from core.paper.orders import Order
from core.paper.refusals import bad
from core.paper.venue import Venue

__all__ = ["INTERVALS", "Wanted", "positions"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a list query. Priority: orderId > orderLinkId > symbol > baseCoin > settleCoin (V5_FACTS 6.23)."""

    category: str | None
    symbol: str | None = None
    base_coin: str | None = None
    settle_coin: str | None = None
    order_id: str | None = None
    order_link_id: str | None = None
    order_filter: str | None = None
    order_status: str | None = None
    exec_type: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    @classmethod
    def of(cls, category: str | None, filters: Mapping[str, object]) -> Wanted:
        """From keyword filters; None and empty text mean "not given".

        Raises:
            TypeError: a filter that does not exist.
        """
        kept = {name: value for name, value in filters.items() if value not in (None, "")}
        return cls(category, **kept)  # type: ignore[arg-type]  # the names are checked by the dataclass

    def takes(self, instrument: Instrument, order: Order | None, t_ms: int) -> bool:
        """A row of this instrument, order and time passes."""
        if self.category and instrument.category != self.category:
            return False
        if self.order_id:
            return order is not None and order.order_id == self.order_id
        if self.order_link_id:
            return order is not None and order.link_id == self.order_link_id
        return self._takes_instrument(instrument) and self._in_window(t_ms)

    def _takes_instrument(self, instrument: Instrument) -> bool:
        if self.symbol:
            return instrument.symbol == self.symbol
        if self.base_coin:
            return instrument.base == self.base_coin
        return not self.settle_coin or instrument.settle == self.settle_coin

    def _in_window(self, t_ms: int) -> bool:
        return (self.start_ms is None or t_ms >= self.start_ms) and (self.end_ms is None or t_ms <= self.end_ms)

    def is_over(self, t_ms: int) -> bool:
        """A list that is newest first has nothing more to offer after a row of this time."""
        return not (self.order_id or self.order_link_id) and self.start_ms is not None and t_ms < self.start_ms

    def takes_order(self, order: Order) -> bool:
        """An order passes, its filter and status included; the window is about its creation."""
        if not self.takes(order.instrument, order, order.created_ms):
            return False
        if self.order_status and order.status not in self.order_status.split(","):
            return False
        if self.order_filter == "Order":
            return not order.stop_order_type
        return self.order_filter not in {"StopOrder", "tpslOrder"} or bool(order.stop_order_type)


def listed(venue: Venue, category: str, symbol: str | None) -> list[Instrument]:
    """Instruments of a category that trade, or the one that was named.

    Raises:
        Refused: 10001, the named symbol does not exist.
    """
    if symbol:
        return [venue.instrument(symbol, category)]
    return [i for i in venue.market.instruments.values() if i.category == category and i.status == "Trading"]


def positions(venue: Venue, category: str, symbol: str | None, settle_coin: str | None) -> list[Row]:
    """With a symbol one row (one-way) or two (hedge), flat or not; else the open ones."""
    headroom = venue.headroom()
    if symbol:
        there = venue.positions_of(venue.instrument(symbol, category).symbol)
        return [account_rows.position_row(venue, position, headroom) for position in there]
    if category == "linear" and not settle_coin:
        raise bad("params error: symbol or settleCoin is required")
    return [
        account_rows.position_row(venue, position, headroom)
        for position in venue.ledger.open_positions()
        if position.instrument.category == category and (not settle_coin or position.instrument.settle == settle_coin)
    ]


def open_orders(venue: Venue, wanted: Wanted) -> list[Row]:
    """Open orders, newest created first."""
    chosen = [order for order in venue.shelf.all_open() if wanted.takes_order(order)]
    chosen.reverse()  # shelves are per symbol: the sort below is stable, so equal times stay newest first
    return [rows.order_row(order) for order in sorted(chosen, key=lambda order: -order.created_ms)]


def recent_orders(venue: Venue, wanted: Wanted) -> list[Row]:
    """Lately closed orders."""
    return [rows.order_row(order) for order in venue.shelf.recent() if wanted.takes_order(order)]


def order_history(venue: Venue, wanted: Wanted) -> list[Row]:
    """Closed orders that Bybit still remembers."""
    return [rows.order_row(order) for order in venue.shelf.history(venue.now_ms) if wanted.takes_order(order)]


class Listing(Sequence[Row]):
    """Rows that are made when they are asked for: of a long history that is mostly the first page."""

    def __init__(self, make: Callable[[], Iterator[Row]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[Row]:
        return self._make()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        return list(self)[at]


def executions(venue: Venue, wanted: Wanted) -> Listing:
    """Executions, newest first."""

    def make() -> Iterator[Row]:
        for execution in reversed(venue.ledger.executions):
            if wanted.is_over(execution.time_ms):
                return
            is_of_type = wanted.exec_type is None or execution.exec_type == wanted.exec_type
            if is_of_type and wanted.takes(execution.order.instrument, execution.order, execution.time_ms):
                yield rows.execution_row(execution)

    return Listing(make)


def closed_pnl(venue: Venue, wanted: Wanted) -> Listing:
    """Closed-PnL rows, latest update first."""

    def make() -> Iterator[Row]:
        for row in reversed(venue.ledger.closed.values()):
            if wanted.is_over(row.updated_ms):
                return
            if wanted.takes(row.order.instrument, row.order, row.updated_ms):
                yield rows.closed_pnl_row(row)

    return Listing(make)


def transaction_log(venue: Venue, wanted: Wanted) -> list[Row]:
    """Every change of the wallet, newest first; transfers have no category."""
    found = []
    for row in reversed(venue.ledger.log):
        if row.execution is not None:
            order = row.execution.order
            if wanted.takes(order.instrument, order, row.time_ms):
                found.append(rows.log_row(row))
        elif wanted.category is None and wanted._in_window(row.time_ms):
            found.append(rows.log_row(row))
    return found


def account_info(venue: Venue) -> Row:
    """A unified 2.0 account."""
    return {
        "unifiedMarginStatus": 6,
        "marginMode": venue.margin_mode,
        "isMasterTrader": False,
        "spotHedgingStatus": "OFF",
        "updatedTime": str(venue.margin_mode_ms),
        "dcpStatus": "OFF",
        "timeWindow": 10,
        "smpGroup": 0,
    }


def fee_rates(venue: Venue, category: str, symbol: str | None) -> list[Row]:
    """Taker and maker rates per symbol."""
    return [
        {"symbol": i.symbol, "takerFeeRate": plain(i.taker_fee), "makerFeeRate": plain(i.maker_fee)}
        for i in listed(venue, category, symbol)
    ]


def instruments(venue: Venue, category: str, symbol: str | None, status: str | None) -> list[Row]:
    """Contracts of a category; an unknown symbol gives an empty list."""
    return [
        account_rows.instrument_row(i)
        for i in venue.market.instruments.values()
        if i.category == category and i.status == (status or "Trading") and (not symbol or i.symbol == symbol)
    ]


def tickers(venue: Venue, category: str, symbol: str | None) -> list[Row]:
    """Tickers of a category or of one symbol."""
    return [venue.market.ticker(i.symbol, venue.now_ms) for i in listed(venue, category, symbol)]
