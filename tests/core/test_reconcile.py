"""The book against a complete reading: differences, suspicions, and what is neither."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.model import ClosedPnl, Position, PositionKey, StopLevels
from core.reconcile import compare, in_scope, moved_meanwhile, orphan_stops, pnl_differs, unprotected
from core.trades import fold
from tests.strategies import START_MS, a_position, an_execution, an_order, tapes

D = Decimal
ALL = (("linear", "USDT"), ("linear", "USDC"), ("inverse", ""))


def kinds(held: list[Position], listed: list[Position]) -> list[tuple[str, str]]:
    return [(d.kind, d.done) for d in compare(held, listed, ALL)]


def test_equal_books_have_no_difference() -> None:
    rows = [a_position(size=3), a_position("Sell", 2, symbol="XRPUSDT", position_idx=2)]
    assert kinds(rows, rows) == []
    assert kinds([], []) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"side": "Sell"}, ["side_differs"]),
        ({"size": D(2)}, ["size_differs"]),
        ({"entry_price": D(101)}, ["entry_differs"]),
        ({"leverage": D(3)}, ["leverage_differs"]),
        ({"stop_loss": D(90)}, ["stops_differ"]),
        ({"take_profit": D(120), "trailing_stop": D(2)}, ["stops_differ"]),
        (
            {"leverage": D(3), "size": D(2), "entry_price": D(101)},
            ["size_differs", "entry_differs", "leverage_differs"],
        ),
        (
            {"size": D(2), "side": "Sell", "entry_price": D(99), "leverage": D(3), "stop_loss": D(110)},
            ["side_differs", "size_differs", "entry_differs", "leverage_differs", "stops_differ"],
        ),
    ],
)
def test_every_difference_of_a_key_is_told_the_gravest_first(changes: dict[str, object], expected: list[str]) -> None:
    held, listed = a_position(size=3), a_position(**{"size": D(3), **changes, "seq": 2})
    assert kinds([held], [listed]) == [(kind, "adopted") for kind in expected]


def test_a_difference_says_what_was_and_what_is() -> None:
    held = a_position(size=3, stop_loss=D(90))
    size, stops = compare([held], [replace(held, size=D(2), stop_loss=None, take_profit=D(130), seq=2)], ALL)
    assert (size.details["before"], size.details["after"], size.evidence) == (D(3), D(2), "position/list")
    assert (stops.details["before"].stop_loss, stops.details["after"]) == (D(90), StopLevels(D(130), None, None))


def test_what_only_the_exchange_has_is_adopted() -> None:
    assert kinds([], [a_position(size=3)]) == [("missing_locally", "adopted")]


def test_what_only_we_have_is_a_question() -> None:
    """Absence is never evidence."""
    assert kinds([a_position(size=3)], []) == [("phantom", "asked")]


def test_a_list_that_is_older_than_our_word_is_no_difference() -> None:
    """The stream told of a fill, a flip or a close while the list was on its way."""
    listed = [a_position(size=3, seq=7, updated_ms=START_MS)]
    assert kinds([a_position("Sell", 1, seq=8)], listed) == []
    assert kinds([a_position(size=0, seq=8)], listed) == []
    assert kinds([a_position(size=5, seq=7, updated_ms=START_MS + 1)], listed) == []
    assert kinds([a_position(size=0, seq=6)], listed) == [("missing_locally", "adopted")]


def test_flat_on_both_sides_is_no_difference() -> None:
    assert kinds([a_position(size=0)], []) == []
    assert kinds([a_position(size=0)], [a_position(size=0)]) == []
    assert kinds([], [a_position(size=0)]) == []


def test_positions_of_other_scopes_are_not_judged() -> None:
    held = [
        a_position(size=1),
        a_position(size=1, settle_coin="USDC", symbol="SOLPERP"),
        a_position(category="inverse"),
    ]
    assert [d.key.symbol for d in compare(held, [], [("linear", "USDT")])] == ["SOLUSDT"]
    assert len(compare(held, [], ALL)) == 3
    assert in_scope(a_position(category="inverse"), {("inverse", "")})
    assert not in_scope(a_position(), {("inverse", "")})


@given(
    st.lists(st.builds(a_position, st.sampled_from(["Buy", "Sell"]), st.integers(1, 3), symbol=st.sampled_from("ABC")))
)
def test_a_reading_taken_over_has_no_difference_left(rows: list[Position]) -> None:
    """V8: one pass converges."""
    listed = list({row.key: row for row in rows}.values())
    assert kinds(listed, listed) == []


# ---- what happened while no desk ran --------------------------------------------------------------------------------


def test_an_account_is_held_against_what_was_on_disk() -> None:
    """A restart: what came, went, grew and turned round; what stayed is nothing to tell of."""
    left = {"AUSDT": D(3), "BUSDT": D(-2), "CUSDT": D(1), "DUSDT": D(5), "EUSDT": D(4), "FUSDT": D(0)}
    remembered = {PositionKey("linear", symbol, 0): size for symbol, size in left.items()}
    flat = replace(a_position(symbol="CUSDT"), side="", size=D(0))
    rows = [
        a_position("Buy", 3, symbol="AUSDT"),
        a_position("Buy", 2, symbol="BUSDT"),
        flat,
        a_position("Buy", 7, symbol="EUSDT"),
        a_position("Sell", 1, symbol="GUSDT", opened_ms=START_MS + 1),
        a_position("Sell", 1, symbol="HUSDT", opened_ms=START_MS - 1),  # older than what the disk knows
        a_position("Sell", 1, symbol="IUSDT"),  # nobody knows since when
        a_position("Sell", 1, symbol="JUSDT", opened_ms=START_MS),  # in the last moment that it knows
    ]
    found = list(moved_meanwhile(remembered, rows, {"linear": START_MS}))
    assert [(d.key.symbol, d.kind, d.done, d.evidence) for d in found] == [
        ("BUSDT", "side_differs", "adopted", "position/list"),
        ("CUSDT", "phantom", "removed", "position/list?symbol"),
        ("DUSDT", "phantom", "removed", "position/list"),
        ("EUSDT", "size_differs", "adopted", "position/list"),
        ("GUSDT", "missing_locally", "adopted", "position/list"),
    ]
    assert [(d.details["before"], d.details["after"]) for d in found][:2] == [(D(-2), D(2)), (D(1), D(0))]
    assert list(moved_meanwhile({}, rows, {})) == [], "nothing on disk is nothing to differ from"


# ---- stops ----------------------------------------------------------------------------------------------------------


def test_stops_that_protect_nothing_are_orphans() -> None:
    """F62, F64, F65."""
    stop = {"status": "Untriggered", "trigger_price": D(90), "stop_order_type": "StopLoss"}
    protects = an_order(order_id="a", side="Sell", **stop)
    wrong_side = an_order(order_id="b", side="Buy", **stop)
    flat = an_order(order_id="c", side="Sell", symbol="XRPUSDT", **stop)
    other_leg = an_order(order_id="d", side="Buy", symbol="ADAUSDT", position_idx=2, **stop)
    plain = an_order(order_id="e", side="Buy")
    opening = an_order(order_id="f", side="Buy", reduce_only=False, **stop)
    positions = [
        a_position("Buy", 1),
        a_position("Buy", 1, symbol="ADAUSDT", position_idx=1),
        a_position("Sell", 1, symbol="ADAUSDT", position_idx=2),
    ]
    found = orphan_stops([protects, wrong_side, flat, other_leg, plain, opening], positions)
    assert [order.order_id for order in found] == ["b", "c"]


def test_positions_without_any_stop_are_told() -> None:
    stop = an_order("Untriggered", symbol="XRPUSDT", trigger_price=D(90), stop_order_type="Stop", trigger_direction=2)
    rows = [a_position(), a_position(symbol="ADAUSDT", stop_loss=D(90)), a_position(symbol="XRPUSDT")]
    assert [d.key.symbol for d in unprotected(rows, (stop,))] == ["SOLUSDT"]


# ---- results --------------------------------------------------------------------------------------------------------


def a_record(order_id: str, size: str, pnl: str) -> ClosedPnl:
    return ClosedPnl(
        category="linear",
        symbol="SOLUSDT",
        order_id=order_id,
        side="Sell",
        closed_size=D(size),
        entry_price=D(100),
        exit_price=D(101),
        closed_pnl=D(pnl),
        open_fee=None,
        close_fee=None,
        exec_type="Trade",
        created_ms=START_MS,
        updated_ms=START_MS,
    )


def test_results_are_held_against_the_exchanges_records() -> None:
    """[R]: entry value 100, exit value 101, fees 0.00055 of both: 0.88945. Records may come late: then no judgement."""
    rows = [
        an_execution(1, "Buy", 1, 100, fee=D("0.055")),
        an_execution(2, "Sell", 1, 101, fee=D("0.05555")),
    ]
    (trade,) = fold(a_position().key, "USDT", rows).closed
    assert trade.net_pnl == D("0.88945")
    assert list(pnl_differs([trade], [])) == []
    assert list(pnl_differs([trade], [a_record("o2", "1", "0.88945")])) == []
    assert list(pnl_differs([trade], [a_record("o2", "0.4", "0.2")])) == []
    assert list(pnl_differs([trade], [a_record("o2", "1", "0.8894497")])) == [], "a sum of rounded fills"
    (found,) = pnl_differs([trade], [a_record("o2", "1", "0.88")])
    assert (found.kind, found.details["ours"], found.details["theirs"]) == ("pnl_differs", D("0.88945"), D("0.88"))


@given(tapes())
def test_records_rounded_to_eight_decimals_never_differ(tape: object) -> None:
    """V13: the exchange closes each order's share with fees, rounded; funding is not in its figure."""
    result = fold(tape.key, tape.settle_coin, tape.executions)
    for trade in result.closed:
        assert trade.gross_pnl is not None
        assert trade.fees is not None
        entry_fees = trade.fees - sum((e.fee for e in trade.exits), D(0))
        total = sum((e.qty for e in trade.exits), D(0))
        records = [
            a_record(e.order_id, str(e.qty), f"{(e.gross_pnl or D(0)) - e.fee - entry_fees * e.qty / total:.8f}")
            for e in trade.exits
        ]
        assert list(pnl_differs([trade], records)) == []
