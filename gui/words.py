"""Codes of the core as names (kinds of commands, orders and executions, reasons, links, what differs), and the places
of such details in a sentence. The sentences are in error_words.py, event_words.py, halt_words.py and with the dialogs.

A code that nobody has worded yet is shown as it is rather than hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from gui import text
from gui.text import translate

_KINDS: Final = {
    "close": QT_TRANSLATE_NOOP("Command", "Close position"),
    "stops": QT_TRANSLATE_NOOP("Command", "Set stops"),
    "cancel": QT_TRANSLATE_NOOP("Command", "Cancel order"),
    "amend": QT_TRANSLATE_NOOP("Command", "Amend order"),
    "open": QT_TRANSLATE_NOOP("Command", "Open position"),
    "leverage": QT_TRANSLATE_NOOP("Command", "Set leverage"),
}

_DISCREPANCIES: Final = {
    "missing_locally": QT_TRANSLATE_NOOP("Discrepancy", "a position that the desk did not know"),
    "phantom": QT_TRANSLATE_NOOP("Discrepancy", "a position that Bybit no longer lists"),
    "side_differs": QT_TRANSLATE_NOOP("Discrepancy", "the side"),
    "size_differs": QT_TRANSLATE_NOOP("Discrepancy", "the size"),
    "entry_differs": QT_TRANSLATE_NOOP("Discrepancy", "the entry price"),
    "leverage_differs": QT_TRANSLATE_NOOP("Discrepancy", "the leverage"),
    "stops_differ": QT_TRANSLATE_NOOP("Discrepancy", "the stops"),
    "margin_mode_differs": QT_TRANSLATE_NOOP("Discrepancy", "the margin mode"),
    "orphan_stop": QT_TRANSLATE_NOOP("Discrepancy", "a stop order without a position"),
    "pnl_differs": QT_TRANSLATE_NOOP("Discrepancy", "the realised PnL"),
    "unprotected": QT_TRANSLATE_NOOP("Discrepancy", "a position without a stop loss"),
    "executions_missing": QT_TRANSLATE_NOOP("Discrepancy", "executions that did not arrive; they were asked for"),
}

_STOP_ORDERS: Final = {
    "TakeProfit": QT_TRANSLATE_NOOP("Order", "Take profit"),
    "StopLoss": QT_TRANSLATE_NOOP("Order", "Stop loss"),
    "TrailingStop": QT_TRANSLATE_NOOP("Order", "Trailing stop"),
    "Stop": QT_TRANSLATE_NOOP("Order", "Conditional"),
    "PartialTakeProfit": QT_TRANSLATE_NOOP("Order", "Partial take profit"),
    "PartialStopLoss": QT_TRANSLATE_NOOP("Order", "Partial stop loss"),
    "tpslOrder": QT_TRANSLATE_NOOP("Order", "TP/SL order"),
}

_ORDER_STATUSES: Final = {
    "New": QT_TRANSLATE_NOOP("Order", "Open"),
    "PartiallyFilled": QT_TRANSLATE_NOOP("Order", "Partly filled"),
    "Untriggered": QT_TRANSLATE_NOOP("Order", "Waiting"),
    "Triggered": QT_TRANSLATE_NOOP("Order", "Triggered"),
}

_EXECUTIONS: Final = {
    "Trade": QT_TRANSLATE_NOOP("Execution", "Fill"),
    "Funding": QT_TRANSLATE_NOOP("Execution", "Funding"),
    "AdlTrade": QT_TRANSLATE_NOOP("Execution", "Auto-deleveraging"),
    "BustTrade": QT_TRANSLATE_NOOP("Execution", "Liquidation"),
    "Delivery": QT_TRANSLATE_NOOP("Execution", "Delivery"),
    "Settle": QT_TRANSLATE_NOOP("Execution", "Settlement"),
}

# What proves that a position is closed; the strongest first.
_EVIDENCE: Final = {
    "E1": QT_TRANSLATE_NOOP("Event", "as Bybit's stream reports"),
    "E2": QT_TRANSLATE_NOOP("Event", "as Bybit answers"),
    "E3": QT_TRANSLATE_NOOP("Event", "by its executions"),
    "E4": QT_TRANSLATE_NOOP("Event", "by Bybit's closed-PnL records"),
}

_BY_ID: Final = "id:"  # what core.executions.exit_reason puts before a foreign order's own id

_REASONS: Final = {
    "manual": QT_TRANSLATE_NOOP("Reason", "manual"),
    "elsewhere": QT_TRANSLATE_NOOP("Reason", "not by this desk"),
    "take_profit": QT_TRANSLATE_NOOP("Reason", "take profit"),
    "stop_loss": QT_TRANSLATE_NOOP("Reason", "stop loss"),
    "trailing_stop": QT_TRANSLATE_NOOP("Reason", "trailing stop"),
    "liquidation": QT_TRANSLATE_NOOP("Reason", "liquidation"),
    "adl": QT_TRANSLATE_NOOP("Reason", "auto-deleveraging"),
    "settlement": QT_TRANSLATE_NOOP("Reason", "settlement"),
}

_TRIGGERS: Final = {
    "MarkPrice": QT_TRANSLATE_NOOP("Order", "mark"),
    "LastPrice": QT_TRANSLATE_NOOP("Order", "last"),
    "IndexPrice": QT_TRANSLATE_NOOP("Order", "index"),
}

_ENVIRONMENTS: Final = {
    "paper": QT_TRANSLATE_NOOP("Environment", "PAPER"),
    "demo": QT_TRANSLATE_NOOP("Environment", "DEMO"),
    "testnet": QT_TRANSLATE_NOOP("Environment", "TESTNET"),
    "live": QT_TRANSLATE_NOOP("Environment", "LIVE"),
}

_LINKS: Final = {
    "rest": QT_TRANSLATE_NOOP("Link", "REST"),
    "private": QT_TRANSLATE_NOOP("Link", "Private stream"),
    "tickers": QT_TRANSLATE_NOOP("Link", "Tickers"),
}

# Details of events that are sizes: hidden together with money.
_SIZES: Final = frozenset({"qty", "size", "before", "after", "filled", "most", "loss"})


def _worded(context: str, table: dict[str, str], code: str) -> str:
    """The words of a code, the code itself where there are none."""
    return translate(context, table[code]) if code in table else code


class _Shown(dict[str, str]):
    """Details for ``str.format_map``; one that is missing is a dash."""

    def __missing__(self, key: str) -> str:
        return text.DASH


def filled(sentence: str, details: Mapping[str, Any], coin: str = "") -> str:
    """A sentence with its details in their places. ``coin``: what a net result is counted in."""
    return sentence.format_map(_Shown({name: _detail(name, value, coin) for name, value in details.items()}))


def _detail(name: str, value: Any, coin: str) -> str:
    if value is None:
        return text.DASH
    if name == "detail" and text.is_private():
        return text.HIDDEN  # Bybit's own words may name amounts
    if isinstance(value, Decimal):
        if name.endswith("_pct"):
            return text.number(value, 1)
        if name == "net":
            return text.money(value, coin, signed=True)
        return text.quantity(value) if name in _SIZES else text.number(value)
    if name == "side":
        return text.side_name(str(value))
    if name == "kind":
        kind = str(value)
        return translate("Discrepancy", _DISCREPANCIES[kind]) if is_discrepancy(kind) else command_kind(kind)
    if name == "reason":
        return text.literal(reason(str(value)), 80)
    if name == "link":
        return link_name(str(value))
    if name == "evidence" and value in _EVIDENCE:
        return translate("Event", _EVIDENCE[value])
    return text.literal(str(value), 80)


def is_discrepancy(kind: str) -> bool:
    """Whether this is the code of something that may differ from Bybit."""
    return kind in _DISCREPANCIES


def command_kind(kind: str) -> str:
    """What a command was about."""
    return _worded("Command", _KINDS, kind)


def order_side(side: str) -> str:
    """Buy or Sell."""
    return translate("Order", "Buy") if side == "Buy" else translate("Order", "Sell")


def order_kind(order_type: str, stop_order_type: str) -> str:
    """Market, Limit, or what a conditional order protects."""
    if stop_order_type:
        return _worded("Order", _STOP_ORDERS, stop_order_type)
    return {"Market": translate("Order", "Market"), "Limit": translate("Order", "Limit")}.get(order_type, order_type)


def order_status(status: str) -> str:
    """How far an open order is."""
    return _worded("Order", _ORDER_STATUSES, status)


def execution_kind(exec_type: str) -> str:
    """Fill, funding, liquidation …"""
    return _worded("Execution", _EXECUTIONS, exec_type)


def reason(code: str, symbol: str = "") -> str:
    """Why an exit happened; a bot's own label stays as it is.

    Of a foreign order's own id the contract's name is left out where ``symbol`` stands beside it.
    """
    if code.startswith(_BY_ID):
        parts = code.removeprefix(_BY_ID).split("-")
        return "-".join(part for part in parts if part != symbol)
    return _worded("Reason", _REASONS, code)


def is_known_reason(code: str) -> bool:
    """Whether a reason has words of ours; another one is a bot's own label."""
    return code in _REASONS


def trigger(trigger_by: str) -> str:
    """Which price a conditional order watches."""
    return _worded("Order", _TRIGGERS, trigger_by)


def environment(name: str) -> str:
    """The word on the badge."""
    return _worded("Environment", _ENVIRONMENTS, name)


def link_name(name: str) -> str:
    """One of the ways to the exchange."""
    return _worded("Link", _LINKS, name)
