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
from core.intents import UNTRACED_MS, AmendOrder, CancelOrder, ClosePosition, SetLeverage, SetTradingStop
from core.model import Order, PositionKey
from core.verdicts import stops_match
from tests.strategies import START_MS, a_position, an_execution, an_order

D = Decimal
CLOSE = ClosePosition(symbol="SOLUSDT", qty=D(3), side="Buy")
LIMIT = ClosePosition(symbol="SOLUSDT", qty=D(3), side="Buy", order_type="Limit", price=D(110))
STOPS = SetTradingStop(symbol="SOLUSDT", stop_loss=D(90), take_profit=D(0))
KEY = PositionKey("linear", "SOLUSDT", 0)


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
    assert (log.get("c1").is_resting, log.get("c1").order_id) == (True, "o1")
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
    for _told_twice in range(2):
        assert states(log.on_execution(fills[0])) == []
    assert (log.get("c1").filled_qty, log.get("c1").is_short) == (1, False)
    assert states(log.on_execution(fills[1])) == ["done"]
    assert (log.get("c1").filled_qty, log.get("c1").is_resting) == (D(3), False)


def test_a_late_row_takes_no_fill_back() -> None:
    log = log_with(CLOSE)
    for filled in (2, 1):
        assert states(log.on_order(an_order("PartiallyFilled", order_link_id="c1", filled_qty=D(filled)))) == []
        assert log.get("c1").filled_qty == 2


def test_evidence_takes_a_refused_copy_back_with_its_code() -> None:
    log = log_with(CLOSE, "sending")
    log.move("c1", "refused", 110007, "ab not enough")
    assert states(log.on_order(an_order("Filled", order_link_id="c1", filled_qty=D(3)))) == ["done"]
    assert (log.get("c1").ret_code, log.get("c1").detail) == (None, "Filled")


def cut_short(*, may_split: bool = True) -> CommandLog:
    """A close of 10 of 20 whose order has ended with 4."""
    log, close = CommandLog(), replace(CLOSE, qty=D(10))
    log.start("c1", close, START_MS, "c1", side="Buy", size_before=D(20), may_split=may_split)
    order = an_order("Filled", order_link_id="c1", qty=D(4), filled_qty=D(4))
    assert states(log.on_order(order, a_position("Buy", 20))) == []
    assert log.has_ended_order("c1")
    return log


@pytest.mark.parametrize(
    ("left", "verdict", "filled"), [(11, [], 4), (10, ["done"], 10), (5, ["done"], 10), (0, ["done"], 10)]
)
def test_a_split_close_is_done_when_the_position_shows_all_of_it(left: int, verdict: list[str], filled: int) -> None:
    """F46, V25: however much others have closed as well, it is said to have closed what it asked for."""
    log = cut_short()
    assert states(log.on_position(a_position("Buy", left))) == verdict
    assert log.get("c1").filled_qty == filled


def test_a_close_that_was_cut_is_not_said_to_have_closed_the_rest() -> None:
    """F56."""
    log = cut_short(may_split=False)
    assert states(log.on_position(a_position(size=0))) == ["done"]
    assert (log.get("c1").filled_qty, log.get("c1").is_short) == (4, True)


def test_a_split_close_whose_rest_does_not_come_ends_with_its_order() -> None:
    log = cut_short()
    settled = log.settle_split("c1")
    assert settled is not None
    assert (settled.state, settled.filled_qty, settled.detail) == ("done", 4, "Filled")
    assert log_with(CLOSE).settle_split("c1") is None


def test_foreign_orders_prove_nothing() -> None:
    log = log_with(CLOSE)
    assert states(log.on_order(an_order("Filled", order_link_id="", filled_qty=D(3)))) == []
    assert states(log.on_order(an_order("Filled", order_link_id="c2", filled_qty=D(3)))) == []


def test_a_cancel_ends_with_the_order_it_named() -> None:
    log = log_with(CancelOrder(symbol="SOLUSDT", order_id="o7"))
    log.note_order_id("c1", "")  # its acknowledgement names none
    assert states(log.on_order(an_order("New", order_id="o7"))) == []
    assert states(log.on_order(an_order("Cancelled", order_id="o8"))) == []
    assert states(log.on_order(an_order("Filled", order_id="o7"))) == ["done"]


def test_stops_are_done_when_the_row_shows_them() -> None:
    log = log_with(STOPS)
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=D(120)))) == []
    for other in ({"symbol": "XRPUSDT"}, {"position_idx": 1}):
        assert states(log.on_position(a_position(stop_loss=D(90), take_profit=None, **other))) == []
    assert log.setting(KEY, lambda intent: intent.stop_loss == D(90)) == ["c1"]
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=None))) == ["done"]
    assert log.setting(KEY, lambda intent: True) == []


def test_what_has_no_id_of_its_own_is_refused_for_good() -> None:
    """No other copy of it could be admitted as the same; the row may show what somebody else has asked for."""
    log = log_with(STOPS, "refused")
    assert states(log.on_position(a_position(stop_loss=D(90), take_profit=None))) == []
    assert log.retry("c1", START_MS) is None


def test_an_order_that_was_amended_is_not_one_that_was_placed() -> None:
    log = log_with(AmendOrder(symbol="SOLUSDT", order_id="o7", price=D(3)))
    assert states(log.on_order(an_order("New", order_id="o7", price=D(3)))) == ["done"]
    assert not log.get("c1").is_resting


def test_a_leverage_is_of_both_legs() -> None:
    log = log_with(SetLeverage(symbol="SOLUSDT", leverage=D(5)))
    assert states(log.on_position(a_position(position_idx=2, leverage=D(5)))) == ["done"]


LOSS = SetTradingStop(symbol="SOLUSDT", tpsl_mode="Partial", stop_loss=D(90), sl_size=D(2))


def a_leg(kind: str, trigger: int, created_ms: int = START_MS) -> Order:
    return an_order(
        "Untriggered", order_id=kind, stop_order_type=f"Partial{kind}", trigger_price=D(trigger), qty=D(2),
        created_ms=created_ms,
    )  # fmt: skip


def test_stops_of_a_part_are_done_when_every_leg_is_there() -> None:
    """F61."""
    log = log_with(replace(LOSS, take_profit=D(120), tp_size=D(2)), "unknown")
    for _told_twice in range(2):
        assert states(log.on_order(a_leg("StopLoss", 90))) == []
    assert states(log.on_order(a_leg("TakeProfit", 120))) == ["done"]


@pytest.mark.parametrize(("is_restored", "offset_ms", "least_ms"), [(False, 10_000, 5_000), (True, 0, -10_000)])
def test_a_leg_that_was_there_before_proves_nothing(*, is_restored: bool, offset_ms: int, least_ms: int) -> None:
    """F61: by its id, or by the exchange's clock as well as that is known, which is worse after a restart."""
    log = CommandLog()
    log.start("c1", LOSS, START_MS, None, offset_ms=offset_ms, known_orders=frozenset({"StopLoss"}))
    assert states(log.on_order(a_leg("StopLoss", 90, START_MS + 60_000))) == []
    log.start("c1", LOSS, START_MS, None, offset_ms=offset_ms)
    if is_restored:
        log.restore(log.get("c1"), LOSS)
    assert states(log.on_order(a_leg("StopLoss", 90, START_MS + least_ms - 1))) == []
    assert states(log.on_order(a_leg("StopLoss", 90, START_MS + least_ms))) == ["done"]


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


def test_every_other_trigger_has_to_be_seen() -> None:
    log, row = CommandLog(), a_position(stop_loss=D(90), take_profit=D(120))
    both = replace(STOPS, take_profit=D(120), trigger_by="LastPrice")
    log.start("c1", both, START_MS, None, new_triggers=frozenset({"StopLoss", "TakeProfit"}))
    assert states(log.on_order(a_stop("LastPrice"), row)) == []
    assert states(log.on_order(a_stop("LastPrice", "TakeProfit", 120), row)) == ["done"]


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
    assert log.retry("c1", START_MS) is None  # nothing is left to send


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


def test_what_may_still_turn_up_is_not_forgotten() -> None:
    log = log_with(CLOSE, "unknown")
    log.move("c1", "no_trace")
    for number, age_ms in enumerate([*range(KEPT + 5), UNTRACED_MS], 2):
        assert log.find("c1") is not None
        log.start(f"c{number}", CLOSE, START_MS + age_ms, f"c{number}")
        log.move(f"c{number}", "done")
    assert log.find("c1") is None


def test_a_command_of_an_earlier_run_is_unknown_until_it_has_a_verdict() -> None:
    log = log_with(CLOSE, "sending")
    resumed = CommandLog()
    resumed.restore(log.get("c1"), CLOSE)
    assert resumed.is_resuming
    assert resumed.get("c1").state == "unknown"
    assert states(resumed.on_order(an_order("Filled", order_link_id="c1", filled_qty=D(3)))) == ["done"]
    assert not resumed.is_resuming


@pytest.mark.parametrize(("state", "was_lost"), [("sending", True), ("no_trace", True), ("refused", False)])
def test_of_which_commands_of_an_earlier_run_a_copy_may_be_on_its_way(state: str, *, was_lost: bool) -> None:
    resumed = CommandLog()
    resumed.restore(replace(log_with(CLOSE, "sending").get("c1"), state=state), CLOSE)
    assert resumed.was_lost("c1") == was_lost


@pytest.mark.parametrize("intent", [LIMIT, CancelOrder(symbol="SOLUSDT", order_id="o7")])
def test_what_the_journal_does_not_keep_is_read_off_the_intent(intent: Any) -> None:
    resumed, command = CommandLog(), log_with(intent, "sending").get("c1")
    resumed.restore(replace(command, price=None, order_id=""), intent)
    assert (resumed.get("c1").price, resumed.get("c1").order_id) == (command.price, command.order_id)


def test_a_command_of_an_earlier_run_that_is_sent_again_is_one_of_this_run() -> None:
    """What it asks is locked for nobody else; and whoever waits for a turn finds it."""
    resumed = CommandLog()
    resumed.restore(log_with(CLOSE, "unknown").get("c1"), CLOSE)
    begun = resumed.begun
    resumed.move("c1", "no_trace", detail="gone")
    again = resumed.retry("c1", START_MS + 9, replace(CLOSE, reason="again"))
    assert again is not None
    assert (again.attempts, again.sent_ms, again.detail) == (2, START_MS + 9, "")
    assert not resumed.is_resuming
    assert resumed.begun_since(begun) == [again]
    assert resumed.reason("c1") == "again"
    assert resumed.retry("c1", START_MS + 10) is None  # it is on its way


def test_a_resumed_command_whose_intent_cannot_be_read_still_ends_by_its_ids() -> None:
    log = log_with(CLOSE, "sending")
    resumed = CommandLog()
    resumed.restore(log.get("c1"), None)
    assert resumed.intent("c1") is None
    assert [resumed.is_the_same("c1", replace(CLOSE, qty=D(qty))) for qty in (3, 2)] == [True, False]
    assert states(resumed.on_position(a_position(size=0))) == []
    assert states(resumed.on_order(an_order("Cancelled", order_link_id="c1"))) == ["refused"]


def test_what_was_never_sent_can_be_taken_back() -> None:
    log = log_with(CLOSE, "sending")
    log.forget("c1")
    assert log.all() == ()
    assert not log.is_resuming
