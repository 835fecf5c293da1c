"""The document of ``--print``: every amount a string, what is absent null, nothing that JSON cannot say."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from core.model import Link, Links, PartialExit, SessionSummary, Snapshot, Wallet
from core.report import document
from tests.strategies import a_position, an_order

D = Decimal
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")

PART = PartialExit(
    order_id="o1",
    order_link_id="",
    ts_ms=5,
    qty=D("1E+1"),
    price=D("100.50"),
    share_pct=D("12.5"),
    gross_pnl=None,
    fee=D("1E-8"),
    net_pnl=None,
    reason="take_profit",
)


def a_document(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "as_of_ms": 7,
        "links": Links(private=Link(name="private", state="live")),
        "wallet": Wallet(equity=D("1000.10"), updated_ms=3, received_mono=9.5),
        "positions": (a_position(size=D("1E+2"), mark_price=D("99.0"), partial_exits=(PART,)),),
        "orders": (an_order(),),
        "session": SessionSummary(wins=1, closed_trades=2, total_realised_pnl=D("-0.5")),
    }
    return document(Snapshot(**(given | changes)))


def test_the_document_has_the_promised_parts() -> None:
    shown = a_document()
    assert list(shown) == ["environment", "as_of_ms", "link", "wallet", "positions", "orders", "session"]
    assert shown["link"] == {"rest": "connecting", "private": "live", "tickers": "connecting"}
    assert list(shown["positions"][0]) == [
        "symbol",
        "side",
        "position_idx",
        "size",
        "entry_price",
        "mark_price",
        "liq_price",
        "leverage",
        "initial_margin",
        "unrealised_pnl",
        "roe_pct",
        "take_profit",
        "stop_loss",
        "trailing_stop",
        "realised_pnl",
        "partial_exits",
    ]


def test_amounts_are_plain_strings_and_absent_ones_null() -> None:
    shown = a_document()
    (position,) = shown["positions"]
    assert (position["size"], position["mark_price"], position["liq_price"]) == ("100", "99.0", None)
    (part,) = position["partial_exits"]
    assert (part["qty"], part["price"], part["fee"], part["gross_pnl"]) == ("10", "100.50", "0.00000001", None)
    assert (shown["wallet"]["equity"], shown["wallet"]["available"]) == ("1000.10", None)
    assert "received_mono" not in shown["wallet"]
    assert (shown["session"]["total_realised_pnl"], shown["session"]["wins"]) == ("-0.5", 1)
    assert shown["session"]["profit_factor"] is None


def test_everything_is_json_without_floats() -> None:
    shown = a_document()

    def refuse(text: str) -> None:
        raise AssertionError(f"a float: {text}")

    assert json.loads(json.dumps(shown), parse_float=refuse) == shown


def test_without_a_wallet_there_is_none() -> None:
    shown = a_document(wallet=None, positions=(), orders=())
    assert (shown["wallet"], shown["positions"], shown["orders"]) == (None, [], [])


def test_orders_carry_what_identifies_and_places_them() -> None:
    (order,) = a_document()["orders"]
    assert (order["order_id"], order["status"], order["qty"], order["trigger_price"]) == ("o1", "New", "1", None)
    assert order["reduce_only"] is True
    assert AMOUNT.fullmatch(order["price"])
