"""The paper exchange's engine in this process, seen and acted on as the desk does: real schemas, bodies and sender.

Only HTTP is left out: a row goes through wire and translate, an intent through core.sending and core.bybit.writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from core.bybit import translate, wire
from core.bybit.writes import Writes
from core.errors import Rejected
from core.intents import Intent
from core.model import Command, Order, Position, Snapshot
from core.paper.engine import Exchange, Refused
from core.paper.messages import Problem
from core.paper.params import read_body
from core.sending import Sender

CATEGORIES = ("linear", "inverse")
SCOPES = (("linear", "USDT"), ("linear", "USDC"), ("inverse", None))


class Engine:
    """One exchange with money, quiet prices and no bot."""

    def __init__(self, seed: int = 7) -> None:
        self.exchange = Exchange("quiet", seed, frozen=True)
        self._links = 0
        for coin, amount in (("USDT", "1000000"), ("USDC", "1000000"), ("BTC", "50")):
            self.exchange.stage("transfer", amount=amount, coin=coin)
        self._sender = Sender(lambda: self._gateway, lambda row, mono: None, lambda: 0.0)
        self._gateway: Any = _Gateway(self)

    def trade(self, symbol: str, side: str, qty: Decimal, idx: int = 0) -> None:
        """Somebody opens a position at market; prices stay where they are."""
        self.exchange.stage("trade", symbol=symbol, side=side, qty=str(qty), idx=idx)
        self.exchange.take_events()

    def snapshot(self, **changes: Any) -> Snapshot:
        """What the desk would show."""
        listed = {(i.category, i.symbol): i for category in CATEGORIES for i in self._instruments(category)}
        prices = {(p.category, p.symbol): p for category in CATEGORIES for p in self._prices(category)}
        positions = tuple(
            replace(p, last_price=prices[p.category, p.symbol].last_price)
            for category, coin in SCOPES
            for p in self._positions(category, settle_coin=coin)
        )
        orders = tuple(order for category in CATEGORIES for order in self.orders(category))
        given: dict[str, Any] = {"positions": positions, "orders": orders, "prices": prices, "instruments": listed}
        return Snapshot(**(given | changes))

    def orders(self, category: str) -> list[Order]:
        """Open orders."""
        return [translate.order(_row(row, wire.OrderRow), category) for row in self.exchange.open_orders(category)]

    def _positions(self, category: str, **filters: Any) -> list[Position]:
        rows = self.exchange.positions(category, **filters)
        return [translate.position(_row(row, wire.PositionRow), category, "rest", 0.0) for row in rows]

    def _instruments(self, category: str) -> list[Any]:
        rows = self.exchange.instruments(category)
        return [translate.instrument(_row(row, wire.InstrumentRow), category) for row in rows]

    def _prices(self, category: str) -> list[Any]:
        rows = self.exchange.tickers(category)
        return [translate.price(_row(row, wire.TickerRow), category, "rest", 0, 0.0) for row in rows]

    def send(self, intent: Intent, side: str) -> None:
        """Send an intent without checking it first.

        Raises:
            Rejected: the engine refuses.
        """
        self._links += 1
        command = Command(
            command_id="c", kind="", key=intent.key, state="sending", created_ms=0, order_link_id=f"qd{self._links}"
        )
        sending = self._sender.send(command, intent, side, 5.0, lambda: None)
        try:
            sending.send(None)
        except StopIteration:
            return
        raise AssertionError("nothing here waits")


class _Gateway(Writes):
    """What the sender uses of the gateway."""

    def __init__(self, engine: Engine) -> None:
        caller: Any = _Caller(engine.exchange)
        super().__init__(caller)
        self._engine = engine

    async def fetch_position(self, category: str, symbol: str, *, is_urgent: bool) -> tuple[Position, ...]:
        """Rows of a symbol, flat or not."""
        return tuple(self._engine._positions(category, symbol=symbol))


class _Caller:
    """The engine behind the paths of its commands."""

    def __init__(self, exchange: Exchange) -> None:
        self._commands: dict[str, Callable[[Any], Any]] = {
            "v5/order/create": exchange.create_order,
            "v5/order/amend": exchange.amend_order,
            "v5/order/cancel": exchange.cancel_order,
            "v5/position/trading-stop": exchange.set_trading_stop,
            "v5/position/set-leverage": exchange.set_leverage,
            "v5/position/switch-mode": exchange.switch_mode,
        }

    async def write(
        self, path: str, body: Mapping[str, Any], *, also_fine: frozenset[int] = frozenset(), **_sending: Any
    ) -> wire.AnyEnvelope:
        """Carry out, or raise what the gateway raises for a refusal."""
        try:
            result = self._commands[path](read_body(body))
        except (Refused, Problem) as refusal:
            if refusal.ret_code in also_fine:
                return wire.AnyEnvelope(refusal.ret_code)
            raise Rejected(refusal.ret_code, refusal.ret_msg) from None
        return wire.AnyEnvelope(0, msgspec.Raw(json.dumps(result).encode()))


def _row(row: Any, kind: type[Any]) -> Any:
    return msgspec.json.decode(json.dumps(row), type=kind)
