"""Small tools for the engine's tests: a still market with round prices, and orders in one line."""

from decimal import Decimal

import pytest

from core.paper.engine import Exchange, Refused

Row = dict[str, object]


def still(symbol: str = "SOLUSDT", price: str = "100", *, money: str = "1000000", scenario: str = "quiet") -> Exchange:
    """A frozen exchange with one symbol pinned: ask and last at ``price``, bid one tick below."""
    exchange = Exchange(scenario, frozen=True)
    coin = exchange.venue.market.instruments[symbol].settle
    exchange.stage("transfer", amount=money, coin=coin)
    move_to(exchange, symbol, price)
    exchange.take_events()
    return exchange


def move_to(exchange: Exchange, symbol: str, price: str) -> None:
    """Last, mark and index go to one price."""
    exchange.stage("price", symbol=symbol, last=price, mark=price, index=price)


def order(exchange: Exchange, side: str, qty: str, symbol: str = "SOLUSDT", **more: object) -> str:
    """Create a market order, or a limit order when ``price`` is given; gives its id."""
    category = exchange.venue.market.instruments[symbol].category
    body = {"category": category, "symbol": symbol, "side": side, "qty": qty}
    body["orderType"] = "Limit" if "price" in more else "Market"
    return str(exchange.create_order({**body, **more})["orderId"])


def stop(exchange: Exchange, symbol: str = "SOLUSDT", **more: object) -> None:
    """Set a trading stop, Full unless said otherwise."""
    category = exchange.venue.market.instruments[symbol].category
    exchange.set_trading_stop({"category": category, "symbol": symbol, "tpslMode": "Full", "positionIdx": 0, **more})


def position(exchange: Exchange, symbol: str = "SOLUSDT", idx: int = 0) -> Row:
    """The REST row of one position."""
    category = exchange.venue.market.instruments[symbol].category
    return next(row for row in exchange.positions(category, symbol) if row["positionIdx"] == idx)


def find(exchange: Exchange, order_id: str, category: str = "linear") -> Row:
    """An order wherever it is: open or closed."""
    rows = exchange.open_orders(category, order_id=order_id) or exchange.order_history(category, order_id=order_id)
    assert len(rows) == 1, rows
    return rows[0]


def stops(exchange: Exchange, symbol: str = "SOLUSDT") -> dict[str, Row]:
    """Open orders that wait for a trigger, by kind."""
    rows = exchange.open_orders("linear", symbol=symbol, order_filter="StopOrder")
    return {str(row["stopOrderType"]): row for row in rows}


def refusal(code: int, text: str):
    """Expect Bybit's code and exact text."""

    class Expecting:
        def __enter__(self) -> None:
            self.raises = pytest.raises(Refused)
            self.info = self.raises.__enter__()

        def __exit__(self, *exc: object) -> bool:
            caught = bool(self.raises.__exit__(*exc))
            assert (self.info.value.ret_code, self.info.value.ret_msg) == (code, text)
            return caught

    return Expecting()


def dec(row: Row, name: str) -> Decimal:
    """A text amount of a row."""
    value = row[name]
    assert isinstance(value, str)
    return Decimal(value)
