"""What became of a command: moved only by answers and evidence, to one verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.commands import KEPT, CommandLog
from core.intents import CancelOrder, ClosePosition, SetTradingStop
from core.verdicts import stops_match
from tests.strategies import START_MS, a_position, an_order

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
    assert states(log_with(LIMIT).on_order(an_order("New", order_link_id="c1"))) == ["done"]
    assert states(log_with(LIMIT).on_order(an_order("Rejected", order_link_id="c1"))) == ["refused"]


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
