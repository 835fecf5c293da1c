"""Reads and checks what clients send: query parameters and JSON bodies, by Bybit's types and texts.

Turns away what has the wrong shape (10001); whether the values make sense is the engine's business.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.paper.messages import Problem
from core.paper.paging import WEEK_MS, page_size, time_window

CONTRACTS = ("linear", "inverse")
CATEGORIES = ("linear", "inverse", "spot", "option")
_SYMBOL = re.compile(r"[A-Z0-9-]{2,32}", re.ASCII)
_COIN = re.compile(r"[A-Z0-9]{1,16}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_WORD = re.compile(r"[0-9A-Za-z_.,:-]{1,64}", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)

AMOUNTS = (
    "qty",
    "price",
    "triggerPrice",
    "takeProfit",
    "stopLoss",
    "trailingStop",
    "activePrice",
    "tpSize",
    "slSize",
    "tpLimitPrice",
    "slLimitPrice",
    "buyLeverage",
    "sellLeverage",
    "slippageTolerance",
)
INTEGERS = ("positionIdx", "triggerDirection", "mode", "tradeMode", "isLeverage")
FLAGS = ("reduceOnly", "closeOnTrigger", "rpiTakerAccess")
WORDS = (
    "category",
    "symbol",
    "side",
    "orderType",
    "timeInForce",
    "orderId",
    "orderLinkId",
    "triggerBy",
    "tpTriggerBy",
    "slTriggerBy",
    "tpslMode",
    "tpOrderType",
    "slOrderType",
    "orderFilter",
    "stopOrderType",
    "baseCoin",
    "settleCoin",
    "coin",
    "setMarginMode",
    "smpType",
    "slippageToleranceType",
    "bboSideType",
    "bboLevel",
)


class Query:
    """Query parameters of one GET, read by name; ``largest_page`` caps every page if given."""

    def __init__(self, fields: Mapping[str, str], now_ms: int, largest_page: int | None = None) -> None:
        self._fields = fields
        self._largest_page = largest_page
        self.now_ms = now_ms

    def text(self, name: str) -> str:
        """The parameter as sent, ``""`` when absent."""
        return self._fields.get(name, "")

    def category(self, allowed: tuple[str, ...] = CONTRACTS, default: str = "") -> str:
        """The market; 10001 when absent without a default, or none of ``allowed``."""
        value = self.text("category") or default
        if value not in allowed:
            raise Problem(10001, "Illegal category")
        return value

    def symbol(self) -> str | None:
        """The symbol if given; 10001 when it cannot be one."""
        return self._matching("symbol", _SYMBOL)

    def required_symbol(self) -> str:
        """The symbol; 10001 when absent."""
        value = self.symbol()
        if value is None:
            raise Problem(10001, "params error: symbol is required")
        return value

    def coin(self, name: str) -> str | None:
        """A coin name if given."""
        return self._matching(name, _COIN)

    def coins(self, name: str) -> tuple[str, ...]:
        """A comma list of coin names, empty when absent."""
        names = tuple(part for part in self.text(name).split(",") if part)
        if any(not _COIN.fullmatch(part) for part in names):
            raise Problem(10001, f"params error: {name} invalid")
        return names

    def identity(self, name: str) -> str | None:
        """An order id or order-link id if given."""
        return self._matching(name, _ID)

    def word(self, name: str) -> str | None:
        """Any short keyword if given."""
        return self._matching(name, _WORD)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number ≥ 0 of at most 15 digits; the default when absent."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdecimal() and len(value) <= 15):
            raise Problem(10001, f"params error: {name} invalid")
        return int(value)

    def limit(self, default: int, largest: int) -> int:
        """The page size."""
        size = page_size(self.text("limit"), default, largest)
        return min(size, self._largest_page or size)

    @property
    def cursor(self) -> str:
        """The paging cursor as sent."""
        return self.text("cursor")

    def window(self, span_ms: int = WEEK_MS) -> tuple[int, int]:
        """``startTime`` and ``endTime`` by Bybit's window rule, UTC ms."""
        return time_window(self.text("startTime"), self.text("endTime"), self.now_ms, span_ms=span_ms)

    def _matching(self, name: str, shape: re.Pattern[str]) -> str | None:
        value = self.text(name)
        if not value:
            return None
        if not shape.fullmatch(value):
            raise Problem(10001, f"params error: {name} invalid")
        return value


def read_body(body: Mapping[str, Any]) -> dict[str, str | int | bool]:
    """Keep the known fields of a command, typed as Bybit documents them.

    Absent, ``null`` and ``""`` mean the same (the documentation's samples send null); unknown fields are ignored.

    Raises:
        Problem: 10001 naming the field.
    """
    found: dict[str, str | int | bool] = {}
    for name, value in body.items():
        if value is None or value == "":
            continue
        if name in AMOUNTS:
            found[name] = _amount(name, value)
        elif name in INTEGERS:
            found[name] = _integer(name, value)
        elif name in FLAGS:
            found[name] = _flag(name, value)
        elif name in WORDS:
            found[name] = _word(name, value)
    return found


def _amount(name: str, value: object) -> str:
    # Bybit wants text here; a JSON number would already have lost digits
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return value
    raise Problem(10001, f"params error: {name} invalid")


def _integer(name: str, value: object) -> int:
    if type(value) is int and abs(value) < 10**9:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 9:
        return int(value)
    raise Problem(10001, f"params error: {name} invalid")


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Problem(10001, f"params error: {name} invalid")


def _word(name: str, value: object) -> str:
    if isinstance(value, str) and _WORD.fullmatch(value):
        return value
    raise Problem(10001, f"params error: {name} invalid")


def contract_category(body: Mapping[str, Any]) -> str:
    """The category of a command; 10001 when it is not a contract market."""
    value = body.get("category")
    if value not in CONTRACTS:
        raise Problem(10001, "Illegal category")
    return str(value)
