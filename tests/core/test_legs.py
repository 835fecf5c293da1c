"""Where executions belong, over histories of a contract that changes its mode whenever it is flat."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.legs import REMEMBERED, Legs
from core.model import Execution, PositionKey
from tests.strategies import an_execution

D = Decimal


class History(NamedTuple):
    """What happened, with the true leg in each row; what is open at its end; which orders nobody tells of at first."""

    rows: list[Execution]
    open_now: frozenset[PositionKey]
    silent: frozenset[str]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Lives one after the other, each on a leg of its own choice, the first one perhaps begun before."""
    rows: list[Execution] = []
    lives = draw(st.integers(1, 4))
    is_open = draw(st.booleans())
    for number in range(lives):
        idx = draw(st.sampled_from([0, 1, 2]))
        side = {1: "Buy", 2: "Sell"}.get(idx) or draw(st.sampled_from(["Buy", "Sell"]))
        other = "Sell" if side == "Buy" else "Buy"
        kinds = ["Trade"] if number or draw(st.booleans()) else []
        kinds += ["Funding"] * draw(st.integers(0, 2))
        if number < lives - 1 or not is_open:
            kinds.append(draw(st.sampled_from(["Trade-out", "Settle", "AdlTrade"])))
        for kind in kinds:
            is_out = kind not in {"Trade", "Funding"}
            rows.append(
                an_execution(
                    len(rows),
                    other if is_out else side,
                    1,
                    exec_type="Trade" if kind == "Trade-out" else kind,
                    closed_size=D(1 if is_out else 0),
                    position_idx=idx,
                )
            )
    open_now = frozenset({PositionKey("linear", "SOLUSDT", idx)}) if is_open else frozenset()
    silent = draw(st.sets(st.sampled_from([row.order_id for row in rows]))) if rows else set()
    return History(rows, open_now, frozenset(silent))


def untold(row: Execution) -> Execution:
    return replace(row, position_idx=None)


class Desk:
    """Legs that know the orders of some fills."""

    def __init__(self, history: History) -> None:
        self.truth = {row.exec_id: row for row in history.rows}
        self.orders = {
            row.order_id: row.position_idx
            for row in history.rows
            if row.exec_type == "Trade" and row.order_id not in history.silent
        }
        self.legs = Legs(lambda row: self.orders.get(row.order_id), history.open_now.__contains__)
        self.placed: dict[str, int] = {}

    def take(self, rows: list[Execution], **listed: bool) -> None:
        for row in rows:
            key = self.legs.place(untold(row), **listed)
            if key is not None:
                self.placed[row.exec_id] = key.position_idx
                assert key.position_idx == self.truth[row.exec_id].position_idx, "it is never put wrong"

    def take_list(self, rows: list[Execution]) -> None:
        self.take(rows, is_listed=True)
        self.take(list(self.legs.waiting), is_listed=True, is_all_listed=True)


@given(histories())
def test_a_list_puts_nothing_wrong_and_all_right_once_the_orders_are_known(history: History) -> None:
    desk = Desk(history)
    desk.take_list(history.rows)
    assert desk.placed.keys() | {row.exec_id for row in desk.legs.waiting} == desk.truth.keys()
    desk.orders |= {row.order_id: row.position_idx for row in history.rows if row.exec_type == "Trade"}
    desk.take_list(history.rows)
    begin = next((row.seq for row in history.rows if row.exec_type == "Trade"), len(history.rows))
    assert {row.exec_id for row in history.rows[begin:]} <= desk.placed.keys()


def test_a_fill_that_is_known_and_waits_again_is_known() -> None:
    """Its order was forgotten, and a list told it once more: what was paid after it still belongs to its mode."""
    orders = {"o1": 1}
    legs = Legs(lambda row: orders.get(row.order_id), lambda _: True)
    fill, paid = untold(an_execution(1, "Buy", 1)), untold(an_execution(2, "Buy", 1, exec_type="Funding"))
    assert legs.place(fill, is_listed=True) == PositionKey("linear", "SOLUSDT", 1)
    orders.clear()
    assert legs.place(fill, is_listed=True) is None
    assert legs.place(paid, is_listed=True) == PositionKey("linear", "SOLUSDT", 1)


def test_what_is_listed_again_and_again_pushes_nothing_out() -> None:
    legs = Legs(lambda _: None, lambda _: False)
    fills = [an_execution(number, "Buy", 1) for number in range(10, 20)]
    for fill in fills * REMEMBERED:
        legs.place(fill, is_listed=True)
    paid = an_execution(11, "Buy", 1, exec_id="paid", exec_type="Funding", position_idx=None)
    assert legs.place(paid, is_listed=True) == PositionKey("linear", "SOLUSDT", 0)
