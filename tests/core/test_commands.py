"""What became of a command: moved only by answers and evidence, to one verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.command_trail import lines_of
from core.commands import KEPT, CommandLog
from core.intents import CancelOrder, ClosePosition, SetTradingStop
from core.model import Order
from core.verdicts import stops_match
from tests.strategies import START_MS, a_position, an_execution, an_order

D = Decimal
CLOSE = ClosePosition(symbol="SOLUSDT", qty=D(3), side="Buy")
LIMIT = ClosePosition(symbol="SOLUSDT", qty=D(3), side="Buy", order_type="Limit", price=D(110))
STOPS = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), take_profit=D(0))


def log_with(intent: Any, state: str = "accepted") -> CommandLog:
    log = CommandLog()
    log.start("c1", intent, START_MS, "c1" if isinstance(intent, ClosePosition) else None)
    if state != "sending":
        log.move("c1", state)
    return log


def states(moved: Any) -> list[str]:
    return [command.state for command in moved]


def test_a_command_starts_as_sending() -> None:
    log = log_with(CLOSE, "sending")
    (command,) = log.all()
    assert (command.kind, command.state, command.qty, command.order_link_id) == ("close", "sending", D(3), "c1")
    assert log.intent("c1") == CLOSE
    assert log.open() == [command]


@pytest.mark.parametrize(
    ("status", "filled", "verdict"),
    [
        ("Filled", 3, "done"),
        ("Cancelled", 2, "done"),  # F44: a derivative's Cancelled may have fills
        ("Cancelled", 0, "refused"),
        ("Rejected", 0, "refused"),
        ("New", 0, None),
        ("PartiallyFilled", 1, None),
        ("Frozen", 0, None),  # F35: an unknown status is no verdict
    ],
)
def test_a_market_close_ends_with_its_order(status: str, filled: int, verdict: str | None) -> None:
    log = log_with(CLOSE)
    order = an_order(status, order_link_id="c1", filled_qty=D(filled), reject_reason="EC_Test")
    assert states(log.on_order(order)) == ([verdict] if verdict else [])
    if verdict == "refused":
        assert log.get("c1").detail == "EC_Test"


def test_a_limit_close_has_done_its_part_once_it_rests() -> None:
    log = log_with(LIMIT)
    assert states(log.on_order(an_order("New", order_link_id="c1"))) == ["done"]
    assert log.get("c1").is_resting
    assert not log.get("c1").is_short
    assert [line.code for line in lines_of(log.get("c1"))] == ["command_evidence", "command_resting"]
    assert states(log_with(LIMIT).on_order(an_order("Rejected", order_link_id="c1"))) == ["refused"]


@pytest.mark.parametrize(
    ("ends", "filled", "cancel_type", "detail", "said"),
    [
        ("Filled", 3, "", "Filled", "command_done"),
        ("Cancelled", 1, "CancelByUser", "Cancelled", "command_ended"),
        ("Cancelled", 0, "CancelByReduceOnly", "closed_by_other", "command_ended"),
    ],
)
def test_a_resting_close_is_followed_to_its_end(
    ends: str, filled: int, cancel_type: str, detail: str, said: str
) -> None:
    """Its verdict stands (V21): it was placed. What it closed is told when the order has ended."""
    log = log_with(LIMIT)
    list(log.on_order(an_order("New", order_link_id="c1")))
    assert states(log.on_order(an_order("New", order_link_id="c1"))) == []
    assert log.move("c1", "accepted") is None  # an answer that comes after the evidence
    order = an_order(ends, order_link_id="c1", filled_qty=D(filled), cancel_type=cancel_type)
    assert states(log.on_order(order)) == ["done"]
    ended = log.get("c1")
    assert (ended.is_resting, ended.is_short, ended.detail) == (False, filled < 3, detail)
    assert [line.code for line in lines_of(ended)][-1] == said
    assert states(log.on_order(order)) == []


def test_executions_end_a_resting_close_too() -> None:
    log = log_with(LIMIT)
    list(log.on_order(an_order("New", order_link_id="c1")))
    fills = [an_execution(n, "Sell", D(qty), order_link_id="c1", exec_id=f"x{n}") for n, qty in ((1, 1), (2, 2))]
    assert states(log.on_execution(fills[0])) == []
    assert log.get("c1").filled_qty == 1
    assert states(log.on_execution(fills[1])) == ["done"]
    assert (log.get("c1").filled_qty, log.get("c1").is_resting) == (D(3), False)


def test_foreign_orders_prove_nothing() -> None:
    log = log_with(CLOSE)
    assert states(log.on_order(an_order("Filled", order_link_id="", filled_qty=D(3)))) == []
    assert states(log.on_order(an_order("Filled", order_link_id="c2", filled_qty=D(3)))) == []


def test_a_cancel_ends_with_the_order_it_named() -> None:
    log = log_with(CancelOrder(symbol="SOLUSDT", order_id="o7"))
    assert states(log.on_order(an_order("New", order_id="o7"))) == []
    assert states(log.on_order(an_order("Cancelled", order_id="o8"))) == []
    assert states(log.on_order(an_order("Filled", order_id="o7"))) == ["done"]


def test_stops_are_done_when_the_row_shows_them() -> None:
    log = log_with(STOPS)
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=D(120)))) == []
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=None, symbol="XRPUSDT"))) == []
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=None))) == ["done"]


def test_stops_of_a_position_that_is_gone_are_refused() -> None:
    """F59."""
    log = log_with(STOPS, "unknown")
    assert states(log.on_position(a_position(size=0))) == ["refused"]
    assert log.get("c1").detail == "position_gone"


def a_stop(trigger_by: str, kind: str = "StopLoss", trigger: int = 90) -> Order:
    return an_order("Untriggered", stop_order_type=kind, trigger_price=D(trigger), trigger_by=trigger_by)


def test_another_trigger_at_the_same_price_is_proven_by_the_stop_order() -> None:
    """A position row shows prices, not what they are compared with."""
    log, row = CommandLog(), a_position(stop_loss=D(90), take_profit=None)
    by_last = replace(STOPS, trigger_by="LastPrice")
    log.start("c1", by_last, START_MS, None, new_triggers=frozenset({"StopLoss"}))
    log.move("c1", "accepted")
    assert states(log.on_position(row)) == []
    assert log.waits_for_orders("c1")
    assert states(log.on_order(a_stop("MarkPrice"), row)) == []
    assert states(log.on_order(a_stop("LastPrice", trigger=91), row)) == []
    assert states(log.on_order(a_stop("LastPrice"), row)) == ["done"]


def test_the_order_of_row_and_stop_order_does_not_matter() -> None:
    log = CommandLog()
    by_last = replace(STOPS, trigger_by="LastPrice")
    log.start("c1", by_last, START_MS, None, new_triggers=frozenset({"StopLoss"}))
    assert states(log.on_order(a_stop("LastPrice"), a_position(stop_loss=D(80), take_profit=None))) == []
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=None))) == ["done"]


def test_a_position_that_is_gone_needs_no_stop_order_to_refuse() -> None:
    log = CommandLog()
    log.start("c1", STOPS, START_MS, None, new_triggers=frozenset({"StopLoss"}))
    assert states(log.on_position(a_position(size=0))) == ["refused"]


def test_stops_of_an_earlier_run_are_proven_with_their_trigger() -> None:
    """What the trigger was before is not known any more."""
    log = CommandLog()
    log.restore(log_with(STOPS).get("c1"), STOPS)
    row = a_position(stop_loss=D(90), take_profit=None)
    assert states(log.on_position(row)) == []
    assert states(log.on_order(a_stop("MarkPrice"), row)) == ["done"]


def test_only_what_was_given_must_match() -> None:
    held = a_position(stop_loss=D("90.0"), take_profit=D(120), trailing_stop=D(2))
    assert stops_match(SetTradingStop(symbol="SOLUSDT", stop_loss=D(90)), held)
    assert not stops_match(SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), trailing_stop=D(0)), held)
    assert stops_match(SetTradingStop(symbol="SOLUSDT", stop_loss=D(0)), a_position(stop_loss=None))


def test_late_evidence_corrects_no_trace_and_nothing_else() -> None:
    """F43: executed 25 s later. The word was "no trace", never "failed"."""
    log = log_with(CLOSE, "unknown")
    log.move("c1", "no_trace")
    assert log.open() == []
    assert log.move("c1", "accepted") is None
    assert log.move("c1", "unknown") is None
    assert states(log.on_order(an_order("Filled", order_link_id="c1", filled_qty=D(3)))) == ["done"]
    assert states(log.on_order(an_order("Cancelled", order_link_id="c1"))) == []


GRAPH = {
    "sending": {"accepted", "unknown", "done", "refused", "no_trace"},
    "accepted": {"unknown", "done", "refused", "no_trace"},
    "unknown": {"accepted", "done", "refused", "no_trace"},
    "no_trace": {"done", "refused"},
    "done": set(),
    "refused": set(),
}


@given(st.lists(st.sampled_from(["accepted", "unknown", "done", "refused", "no_trace"]), max_size=12))
def test_states_move_along_the_graph_and_verdicts_stay(wanted: list[str]) -> None:
    """V21."""
    log = log_with(CLOSE, "sending")
    for state in wanted:
        before = log.get("c1").state
        moved = log.move("c1", state)
        assert (moved is not None) == (state in GRAPH[before])
        assert log.get("c1").state == (state if moved else before)


def test_moving_an_unknown_command_moves_nothing() -> None:
    assert CommandLog().move("c9", "done") is None


def test_ended_commands_are_forgotten_oldest_first_and_open_ones_never() -> None:
    """V32."""
    log = CommandLog()
    for number in range(KEPT + 50):
        log.start(f"c{number}", CLOSE, START_MS + number, f"c{number}")
        if number > 3:
            log.move(f"c{number}", "done")
    kept = [command.command_id for command in log.all()]
    assert len(kept) <= KEPT + 1
    assert kept[0] == f"c{KEPT + 49}"
    assert {"c0", "c1", "c2", "c3"} <= set(kept)
    assert "c4" not in kept


def test_a_command_of_an_earlier_run_is_unknown_until_it_has_a_verdict() -> None:
    log = log_with(CLOSE, "sending")
    resumed = CommandLog()
    resumed.restore(log.get("c1"), CLOSE)
    assert resumed.is_resuming
    assert resumed.get("c1").state == "unknown"
    assert states(resumed.on_order(an_order("Filled", order_link_id="c1", filled_qty=D(3)))) == ["done"]
    assert not resumed.is_resuming


def test_a_resumed_command_whose_intent_cannot_be_read_still_ends_by_its_ids() -> None:
    log = log_with(CLOSE, "sending")
    resumed = CommandLog()
    resumed.restore(log.get("c1"), None)
    assert resumed.intent("c1") is None
    assert states(resumed.on_position(a_position(size=0))) == []
    assert states(resumed.on_order(an_order("Cancelled", order_link_id="c1"))) == ["refused"]


def test_what_was_never_sent_can_be_taken_back() -> None:
    log = log_with(CLOSE, "sending")
    log.forget("c1")
    assert log.all() == ()
    assert not log.is_resuming
