"""What one fact of the exchange proves about a command, and what it does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from core.command_trail import lines_of
from core.intents import AmendOrder, CancelOrder, ClosePosition, Intent, OpenPosition, SetLeverage, SetTradingStop
from core.model import Command, Position, PositionKey
from core.verdicts import (
    DONE,
    LEVERAGE_SHOWN_MS,
    REFUSED,
    Verdict,
    explains_leverage,
    full_legs,
    is_reduced,
    leg_shown,
    legs_of,
    of_executions,
    of_named_order,
    of_placed_order,
    of_position,
    trigger_shown,
)
from tests.strategies import START_MS, a_position, an_order

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)
CLOSE = ClosePosition(symbol="SOLUSDT", qty=D(10), side="Buy")
LIMIT = replace(CLOSE, order_type="Limit", price=D(110))
PARTIAL = SetTradingStop(symbol="SOLUSDT", tpsl_mode="Partial", stop_loss=D(90), sl_size=D(2), side="Buy")


def a_command(kind: str = "close", **changes: Any) -> Command:
    given = {"command_id": "c1", "kind": kind, "key": KEY, "state": "accepted", "created_ms": START_MS, "qty": D(10),
             "size_before": D(20)}  # fmt: skip
    return Command(**(given | changes))


# ---- orders under our own id ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "order_qty", "filled", "left", "verdict"),
    [
        ("Filled", 10, 10, None, DONE),
        ("PartiallyFilled", 10, 4, None, None),
        ("Cancelled", 10, 4, None, DONE),  # F44: the rest of an IOC order
        ("Cancelled", 10, 4, 16, DONE),  # the order carried all of it: nobody waits for the position
        ("Cancelled", 10, 0, None, REFUSED),
        ("Rejected", 10, 0, None, REFUSED),
        ("Deactivated", 10, 0, None, REFUSED),
        ("Frozen", 10, 10, None, None),  # F35: an unknown word proves nothing
        ("Filled", 4, 4, 20, None),  # F46: one of several parts; the position must tell
        ("Filled", 4, 4, 10, DONE),
        ("Filled", 4, 4, 0, DONE),  # F56: cut to what was left
    ],
)
def test_the_order_of_a_market_close(
    status: str, order_qty: int, filled: int, left: int | None, verdict: str | None
) -> None:
    order = an_order(status, order_link_id="c1", qty=D(order_qty), filled_qty=D(filled))
    held = None if left is None else a_position("Buy", left)
    found = of_placed_order(a_command(), CLOSE, order, held)
    assert (found.state if found else None) == verdict


def test_a_limit_order_has_its_verdict_when_it_is_in_the_book() -> None:
    for intent in (LIMIT, OpenPosition(symbol="SOLUSDT", side="Buy", qty=D(10), order_type="Limit", price=D(90))):
        assert of_placed_order(a_command(), intent, an_order("New"), None) == Verdict(DONE, "New", "order New")
    assert of_placed_order(a_command(), CLOSE, an_order("New"), None) is None


def test_a_limit_close_that_was_cut_is_done_with_its_order() -> None:
    """Nobody waits for the position: the order itself said how much it would be."""
    order = an_order("Filled", qty=D(4), filled_qty=D(4))
    assert of_placed_order(a_command(), LIMIT, order, a_position("Buy", 20)) == Verdict(DONE, "Filled", "order Filled")


@pytest.mark.parametrize(
    ("cancel_type", "reject_reason", "why"),
    [
        ("CancelByReduceOnly", "EC_NoError", "closed_by_other"),
        ("CancelByUser", "EC_Test", "EC_Test"),
        ("UNKNOWN", "", "Cancelled"),
    ],
)
def test_why_nothing_was_filled(cancel_type: str, reject_reason: str, why: str) -> None:
    """F55: a reduce-only order that finds nothing to reduce was late."""
    order = an_order("Cancelled", cancel_type=cancel_type, reject_reason=reject_reason)
    found = of_placed_order(a_command(), CLOSE, order, None)
    assert found is not None
    assert (found.state, found.detail) == (REFUSED, why)


def test_executions_prove_a_close_when_they_reach_its_quantity() -> None:
    """F39: they may be there before the order is."""
    assert of_executions(a_command(), CLOSE, D("9.9")) is None
    assert of_executions(a_command(), CLOSE, D(10)) == Verdict(DONE, "Filled", "executions")
    assert of_executions(a_command("cancel"), CancelOrder(symbol="SOLUSDT", order_id="o"), D(10)) is None


@pytest.mark.parametrize(
    ("position", "size_before", "reduced"),
    [
        (None, D(20), True),
        (a_position(size=0), D(20), True),
        (a_position("Buy", 10), D(20), True),
        (a_position("Buy", 11), D(20), False),
        (a_position("Buy", 10), None, False),  # of an earlier run: nobody knows what it was before
    ],
)
def test_whether_a_position_became_smaller_by_what_was_asked(
    position: Position | None, size_before: Decimal | None, reduced: bool
) -> None:
    assert is_reduced(a_command(size_before=size_before), position) == reduced


# ---- orders that are named ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "is_amended"),
    [
        ({}, False),
        ({"qty": D(2)}, False),
        ({"qty": D(2), "price": D(3)}, False),
        ({"qty": D(2), "trigger_price": D(4)}, False),
        ({"price": D(3), "trigger_price": D(4)}, False),
        ({"qty": D(2), "price": D(3), "trigger_price": D(4)}, True),
    ],
)
def test_an_order_is_amended_when_it_shows_all_that_was_asked(shown: dict[str, Decimal], *, is_amended: bool) -> None:
    amend = AmendOrder(symbol="SOLUSDT", order_id="o1", qty=D(2), price=D(3), trigger_price=D(4))
    found = of_named_order(a_command("amend"), amend, an_order("New", **shown))
    assert (found is not None) == is_amended


def test_what_a_cancelled_and_an_amended_order_say() -> None:
    cancel, amend = (
        CancelOrder(symbol="SOLUSDT", order_id="o1"),
        AmendOrder(symbol="SOLUSDT", order_id="o1", price=D(3)),
    )
    for status, expected in (("New", None), ("Cancelled", DONE), ("Filled", DONE)):
        found = of_named_order(a_command("cancel"), cancel, an_order(status))
        assert (found.state if found else None) == expected
    for status, price, expected in (
        ("New", 2, None), ("New", 3, DONE), ("Filled", 3, DONE), ("Filled", 2, REFUSED), ("Cancelled", 2, REFUSED)
    ):  # fmt: skip
        found = of_named_order(a_command("amend"), amend, an_order(status, price=D(price)))
        assert (found.state if found else None) == expected


# ---- positions ------------------------------------------------------------------------------------------------------


def test_a_row_proves_stops_and_leverage_only() -> None:
    row = a_position("Buy", 10, stop_loss=D(90), leverage=D(5))
    assert of_position(a_command(), CLOSE, row) is None
    full = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), side="Buy")
    assert of_position(a_command("stops"), full, row) == Verdict(DONE, "", "position row")
    assert of_position(a_command("stops"), replace(full, stop_loss=D(91)), row) is None
    assert of_position(a_command("stops"), PARTIAL, row) is None  # a part is proven by its own order
    assert of_position(a_command("leverage"), SetLeverage(symbol="SOLUSDT", leverage=D(5)), row) is not None
    assert of_position(a_command("leverage"), SetLeverage(symbol="SOLUSDT", leverage=D(6)), row) is None


LEVER = SetLeverage(symbol="SOLUSDT", leverage=D(5))


@pytest.mark.parametrize(
    ("changes", "intent", "row", "after_ms", "is_ours"),
    [
        ({}, LEVER, {}, LEVERAGE_SHOWN_MS - 1, True),
        ({}, LEVER, {"position_idx": 2}, 0, True),
        ({}, OpenPosition(symbol="SOLUSDT", side="Buy", qty=D(1), leverage=D(5)), {}, 0, True),
        ({}, LEVER, {}, LEVERAGE_SHOWN_MS, False),
        ({}, LEVER, {"symbol": "XRPUSDT"}, 0, False),
        ({}, LEVER, {"leverage": D(6)}, 0, False),
        ({"state": "refused"}, LEVER, {}, 0, False),
        ({}, CLOSE, {}, 0, False),
        ({}, None, {}, 0, False),
    ],
)
def test_whose_doing_a_leverage_is(
    changes: dict[str, str], intent: Intent | None, row: dict[str, Any], after_ms: int, *, is_ours: bool
) -> None:
    shown = a_position("Buy", 10, **({"leverage": D(5)} | row))
    assert explains_leverage(a_command("leverage", **changes), intent, shown, START_MS + after_ms) == is_ours


def test_stops_of_a_position_that_is_gone_or_another_one_are_refused() -> None:
    """F59."""
    full = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), side="Buy")
    gone = of_position(a_command("stops"), full, a_position(size=0))
    turned = of_position(a_command("stops"), full, a_position("Sell", 3, stop_loss=D(90)))
    assert [(found.state, found.detail) for found in (gone, turned) if found] == [
        (REFUSED, "position_gone"), (REFUSED, "position_changed"),
    ]  # fmt: skip


# ---- stop orders ----------------------------------------------------------------------------------------------------


def test_a_leg_is_recognised_by_kind_price_size_and_position() -> None:
    """F61."""
    assert legs_of(PARTIAL) == {"PartialStopLoss": (D(90), D(2))}
    leg = an_order("Untriggered", stop_order_type="PartialStopLoss", trigger_price=D(90), qty=D(2))
    assert leg_shown(PARTIAL, leg) == "PartialStopLoss"
    others = (
        {"stop_order_type": "StopLoss"},
        {"stop_order_type": "PartialTakeProfit"},
        {"trigger_price": D(91)},
        {"qty": D(3)},
        {"position_idx": 2},
    )
    for changes in others:
        assert leg_shown(PARTIAL, replace(leg, **changes)) == ""


def test_a_trigger_is_recognised_by_kind_price_basis_and_position() -> None:
    full = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), take_profit=D(0), trigger_by="LastPrice")
    assert full_legs(full) == {"StopLoss": D(90)}
    order = an_order("Untriggered", stop_order_type="StopLoss", trigger_price=D(90), trigger_by="LastPrice")
    assert trigger_shown(full, order)
    others = (
        {"stop_order_type": "TakeProfit"},
        {"trigger_by": "MarkPrice"},
        {"trigger_price": D(91)},
        {"position_idx": 1},
        {"status": "Cancelled"},
    )
    for changes in others:
        assert not trigger_shown(full, replace(order, **changes))


# ---- the trail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"state": "sending"}, []),
        ({"state": "accepted"}, ["command_accepted"]),
        ({"state": "unknown"}, ["command_unknown"]),
        ({"state": "no_trace"}, ["command_no_trace"]),
        ({"state": "refused", "evidence": "order Rejected"}, ["command_evidence", "command_refused"]),
        ({"state": "done", "detail": "Filled", "filled_qty": D(10)}, ["command_done"]),
        ({"state": "done", "detail": "New", "evidence": "x"}, ["command_evidence", "command_resting"]),
        ({"state": "done", "detail": "Cancelled", "filled_qty": D(4)}, ["command_ended"]),
        ({"state": "done", "kind": "cancel", "detail": "Cancelled"}, ["command_done"]),
    ],
)  # fmt: skip
def test_what_is_said_of_a_command(changes: dict[str, Any], codes: list[str]) -> None:
    lines = list(lines_of(a_command(**changes)))
    assert [line.code for line in lines] == codes
    assert all(line.details["command_id"] == "c1" for line in lines)
    graver = {"command_unknown", "command_no_trace", "command_refused", "command_ended"}
    assert {line.code for line in lines if line.severity == "warning"} == graver & set(codes)
