"""Openings, leverage, orders and stops of parts: every refusal names its field and offers a value that passes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from core.batches import AT_ONCE, submit_all
from core.errors import BadValue
from core.intents import (
    AmendOrder,
    AnyIntent,
    CancelOrder,
    CancelOrders,
    Intent,
    OpenPosition,
    RegisterPartialExit,
    SetLeverage,
    SetTradingStop,
    check,
    expand,
)
from core.intents.checking import LONGEST_REASON
from core.model import Command, Order, Snapshot
from tests.core.test_intents import LONG, SHORT, SOL, a_snapshot, codes
from tests.strategies import a_position, an_instrument, an_order

D = Decimal
Found = tuple[str, str, str | None]


def found(intent: AnyIntent, shown: Snapshot) -> Found | None:
    """The one thing that is wrong with an intent; None when nothing is."""
    issues = codes(check(intent, shown))
    assert len(issues) <= 1, issues
    return next(((field, code, None if value is None else format(value, "f")) for field, code, value in issues), None)


# ---- openings -------------------------------------------------------------------------------------------------------

OPENING = OpenPosition(symbol="SOLUSDT", side="Buy", qty=D(1))
LIMIT = {"order_type": "Limit", "price": D(90)}


@pytest.mark.parametrize(
    ("changes", "filters", "wrong"),
    [
        ({}, {}, None),
        ({"side": "Up"}, {}, ("side", "side_contradicts_idx", None)),
        ({"position_idx": 2}, {}, ("side", "side_contradicts_idx", None)),
        ({"position_idx": 2, "side": "Sell"}, {}, None),
        ({"position_idx": 1}, {"settle_coin": "USDC"}, ("position_idx", "mode_not_supported", None)),
        ({"qty": D(200)}, {}, None),
        ({"qty": D(201)}, {}, ("qty", "qty_above_max", "200.0")),
        ({"qty": D(100)}, {"max_market_qty": D("99.97")}, ("qty", "qty_above_max", "99.9")),
        ({"qty": D(100), **LIMIT}, {"max_market_qty": D("99.97")}, None),
        ({"qty": D("0.1")}, {"min_notional": D("10.1")}, None),  # at the last price, 101
        ({"qty": D("0.1")}, {"min_notional": D("10.11")}, ("qty", "notional_below_min", "0.2")),
        ({"qty": D("0.1"), **LIMIT}, {"min_notional": D("9.01")}, ("qty", "notional_below_min", "0.2")),
        ({"leverage": D("0.5")}, {}, ("leverage", "leverage_out_of_range", "1")),
        ({"leverage": D(100)}, {}, None),
        ({"leverage": D("100.01")}, {}, ("leverage", "leverage_out_of_range", "100")),
        ({"leverage": D("3.333")}, {}, ("leverage", "leverage_off_step", "3.33")),
        ({"stop_loss": D(95)}, {}, None),
        ({"stop_loss": D(95), **LIMIT}, {}, ("stop_loss", "sl_wrong_side", "89.95")),
        ({"take_profit": D(95)}, {}, ("take_profit", "tp_wrong_side", "101.05")),
        ({"time_in_force": "Soon"}, {}, ("time_in_force", "unknown_word", None)),
    ],
)
def test_openings(changes: dict[str, Any], filters: dict[str, Any], wrong: Found | None) -> None:
    intent = replace(OPENING, trigger_by="LastPrice", **changes)
    assert found(intent, a_snapshot(None, replace(SOL, **filters))) == wrong


def test_an_inverse_opening_is_worth_its_dollars() -> None:
    inverse = an_instrument("inverse", step="1")
    opening = OpenPosition(category="inverse", symbol="BTCUSD", side="Buy", qty=D(4))
    assert found(opening, a_snapshot(None, inverse)) == ("qty", "notional_below_min", "5")
    assert found(replace(opening, qty=D(5)), a_snapshot(None, inverse)) is None


def test_an_opening_needs_a_free_leg_of_its_own_mode() -> None:
    hedge_short = replace(SHORT, position_idx=2)
    waiting = a_snapshot(None, SOL, orders=(an_order(position_idx=0),))
    leg = replace(OPENING, position_idx=1)
    assert found(OPENING, a_snapshot(LONG, SOL)) == ("symbol", "position_exists", None)
    assert found(leg, a_snapshot(hedge_short, SOL)) is None
    for shown in (a_snapshot(LONG, SOL), waiting):
        assert found(leg, shown) == ("position_idx", "mode_in_use", None)
    assert found(OPENING, a_snapshot(hedge_short, SOL)) == ("position_idx", "mode_in_use", None)
    assert found(OPENING, waiting) is None


def test_a_leverage_that_every_leg_has_already_is_nothing_to_change() -> None:
    legs = tuple(a_position("Buy", 1, position_idx=leg, leverage=D(lever)) for leg, lever in ((1, 10), (2, 5)))
    ten = SetLeverage(symbol="SOLUSDT", leverage=D(10))
    assert found(ten, a_snapshot(None, SOL, positions=legs)) is None
    assert found(ten, a_snapshot(legs[0], SOL)) == ("", "nothing_to_change", None)
    assert found(ten, a_snapshot(None, SOL)) is None


# ---- orders ---------------------------------------------------------------------------------------------------------

RESTING = an_order(qty=D(3), filled_qty=D(1))
FALLING = an_order(
    "Untriggered", order_type="Market", qty=D(3), price=None, trigger_price=D(90), trigger_by="MarkPrice",
    trigger_direction=2, stop_order_type="Stop",
)  # fmt: skip
RISING = replace(FALLING, trigger_price=D(110), trigger_direction=1)


@pytest.mark.parametrize(
    ("order", "changes", "wrong"),
    [
        (RESTING, {"price": D(111)}, None),
        (RESTING, {"price": D(110), "qty": D(3)}, ("", "nothing_to_change", None)),
        (RESTING, {"price": D("111.01")}, ("price", "price_off_tick", "111.00")),
        (RESTING, {"qty": D(1)}, ("qty", "qty_below_filled", None)),
        (RESTING, {"qty": D("1.1")}, None),
        (RESTING, {"qty": D(11)}, None),  # one is filled, ten are held
        (RESTING, {"qty": D("11.1")}, ("qty", "qty_above_size", "11")),
        (replace(RESTING, reduce_only=False), {"qty": D("11.1")}, None),
        (RESTING, {"trigger_price": D(100)}, ("trigger_price", "trigger_not_used", None)),
        (FALLING, {"price": D(90)}, ("price", "price_not_used", None)),
        (FALLING, {"trigger_price": D("99.95")}, None),
        (FALLING, {"trigger_price": D(100)}, ("trigger_price", "trigger_wrong_side", "99.95")),
        (RISING, {"trigger_price": D("100.05")}, None),
        (RISING, {"trigger_price": D(100)}, ("trigger_price", "trigger_wrong_side", "100.05")),
        (replace(FALLING, stop_order_type="TrailingStop"), {"trigger_price": D(91)}, (
            "trigger_price", "trigger_not_used", None)),
        (replace(FALLING, stop_order_type="StopLoss"), {"qty": D(2)}, ("qty", "qty_follows_position", None)),
        (replace(FALLING, stop_order_type="PartialStopLoss"), {"qty": D(2)}, None),
        (replace(FALLING, stop_order_type="PartialStopLoss"), {"trigger_price": D(80)}, (
            "trigger_price", "sl_beyond_liq", "80.05")),
        (FALLING, {"trigger_price": D(80)}, None),
    ],
)  # fmt: skip
def test_amends(order: Order, changes: dict[str, Decimal], wrong: Found | None) -> None:
    amend = AmendOrder(symbol="SOLUSDT", order_id="o1", **changes)
    assert found(amend, a_snapshot(LONG, SOL, orders=(order,))) == wrong


@pytest.mark.parametrize("intent", [CancelOrder(symbol="SOLUSDT", order_id="o1"),
                                    AmendOrder(symbol="SOLUSDT", order_id="o1", price=D(111))])  # fmt: skip
def test_an_order_is_cancelled_and_amended_once_at_a_time(intent: CancelOrder | AmendOrder) -> None:
    kind = "cancel" if isinstance(intent, CancelOrder) else "amend"
    under_way = Command(command_id="c", kind=kind, key=LONG.key, state="unknown", created_ms=0, order_id="o1")
    for command, wrong in ((under_way, ("", "command_open", None)), (replace(under_way, order_id="o2"), None)):
        assert found(intent, a_snapshot(LONG, SOL, orders=(RESTING,), commands=(command,))) == wrong


# ---- stops of parts -------------------------------------------------------------------------------------------------

PART = SetTradingStop(symbol="SOLUSDT", tpsl_mode="Partial", stop_loss=D(90), sl_size=D(2))


def legs(kind: str, count: int, qty: int) -> tuple[Order, ...]:
    return (an_order("Untriggered", stop_order_type=kind, trigger_price=D(85), qty=D(qty)),) * count


@pytest.mark.parametrize(
    ("changes", "orders", "wrong"),
    [
        ({}, (), None),
        ({"sl_size": None}, (), ("sl_size", "size_missing", "10")),
        ({"stop_loss": None}, (), ("stop_loss", "price_missing", None)),
        ({"stop_loss": None, "sl_size": None}, (), ("", "nothing_to_change", None)),
        ({"trailing_stop": D(3)}, (), ("trailing_stop", "trailing_needs_full", None)),
        ({"take_profit": D(120), "tp_size": D(3)}, (), ("sl_size", "sizes_differ", "3")),
        ({"take_profit": D(120), "tp_size": D(2)}, (), None),
        ({"sl_order_type": "Limit"}, (), ("sl_limit_price", "price_missing", None)),
        ({"sl_order_type": "Limit", "sl_limit_price": D("89.95")}, (), None),
        ({}, legs("PartialStopLoss", 1, 8), None),
        ({"sl_size": D("2.1")}, legs("PartialStopLoss", 1, 8), ("sl_size", "qty_above_size", "2")),
        ({"sl_size": D("2.1")}, legs("PartialTakeProfit", 1, 8), None),
        ({"sl_size": D("2.1")}, (replace(legs("PartialStopLoss", 1, 8)[0], position_idx=1),), None),
        ({"sl_size": D("0.1")}, legs("PartialStopLoss", 19, 0), None),
        ({"sl_size": D("0.1")}, legs("PartialStopLoss", 20, 0), ("", "too_many_stops", None)),
        ({"sl_size": D("0.1")}, legs("PartialTakeProfit", 20, 0), ("", "too_many_stops", None)),
        ({"tpsl_mode": "Full"}, (), ("sl_size", "size_needs_partial", None)),
        ({"tpsl_mode": "Full", "sl_size": None, "sl_order_type": "Limit"}, (), (
            "sl_order_type", "limit_needs_partial", None)),
    ],
)  # fmt: skip
def test_stops_of_parts(changes: dict[str, Any], orders: tuple[Order, ...], wrong: Found | None) -> None:
    assert found(replace(PART, **changes), a_snapshot(LONG, SOL, orders=orders)) == wrong


# ---- batches and names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("any", ["o1", "o2", "o3", "o4"]),
        ("plain", ["o1"]),
        ("conditional", ["o2"]),
        ("stops", ["o3", "o4"]),
        ("orphans", ["o2"]),
        ("some", []),
    ],
)
def test_which_orders_a_batch_means(kind: str, chosen: list[str]) -> None:
    kinds = (FALLING, replace(FALLING, stop_order_type="StopLoss"), *legs("PartialStopLoss", 1, 2))
    orders = (RESTING, *(replace(order, order_id=f"o{number}") for number, order in enumerate(kinds, 2)))
    shown = a_snapshot(LONG, SOL, orders=orders, leftovers=frozenset({"o2"}))
    assert [intent.order_id for intent in expand(CancelOrders(kind=kind), shown)] == chosen


async def test_one_refusal_of_a_batch_stops_no_other() -> None:
    orders = [CancelOrder(symbol="SOLUSDT", order_id=f"o{number}") for number in range(AT_ONCE + 2)]
    command = Command(command_id="c", kind="cancel", key=LONG.key, state="accepted", created_ms=0)

    async def submit(intent: Intent) -> Command:
        if intent == orders[0]:
            raise BadValue("order_gone", field="")
        return command

    first, *others = await submit_all(orders, submit)
    assert first.command is None
    assert first.error is not None
    assert first.error.code == "order_gone"
    assert [(one.intent, one.command, one.error) for one in others] == [(o, command, None) for o in orders[1:]]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, None),
        ({"reason": "x" * LONGEST_REASON}, None),
        ({"reason": "x" * (LONGEST_REASON + 1)}, ("reason", "reason_too_long", None)),
        ({"reason": " "}, ("reason", "reason_missing", None)),
        ({"order_link_id": "x" * 36}, None),
        ({"order_link_id": "x" * 37}, ("order_link_id", "bad_link_id", None)),
        ({"order_link_id": "a b"}, ("order_link_id", "bad_link_id", None)),
    ],
)
def test_names_of_exits(changes: dict[str, str], wrong: Found | None) -> None:
    """Also while nothing may be sent: a name stays inside the desk."""
    name = replace(RegisterPartialExit(symbol="SOLUSDT", order_link_id="bot-7", reason="ladder 1"), **changes)
    assert found(name, a_snapshot(LONG, SOL, is_armed=False)) == wrong
