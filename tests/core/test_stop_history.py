"""How the stops of a position changed, and by whose hand; and what Undo makes of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from core.intents import SetTradingStop, undo_of, waits_for
from core.model import Order, Position, PositionKey, Snapshot, StopLevels
from core.stop_history import KEPT, Author, StopHistory, levels_of
from tests.strategies import START_MS, a_position, an_order

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)
Authors = Callable[[], tuple[Author, ...]]


def ours(command_id: str = "c1") -> tuple[Author, ...]:
    """This desk's command."""
    return (Author(command_id, "manual"),)


def nobody() -> tuple[Author, ...]:
    """Somebody else."""
    return ()


def a_row(stop_loss: int | None = None, take_profit: int | None = None, **changes: Any) -> Position:
    stops = {"stop_loss": stop_loss, "take_profit": take_profit}
    levels = {name: None if price is None else D(price) for name, price in stops.items()}
    given: dict[str, Any] = {"side": "Buy", "size": D(10), "life_id": "L1", "trailing_stop": None}
    return a_position(**(given | levels | changes))


def test_a_change_is_kept_with_its_author() -> None:
    history = StopHistory()
    change = history.see(a_row(90), a_row(95), "L1", ours, START_MS)
    assert change is not None
    assert (change.before.stop_loss, change.after.stop_loss) == (D(90), D(95))
    assert (change.command_id, change.reason, change.life_id) == ("c1", "manual", "L1")
    elsewhere = history.see(a_row(95), a_row(96), "L1", nobody, START_MS + 1)
    assert elsewhere is not None
    assert elsewhere.command_id == ""
    assert history.changes[KEY] == (change, elsewhere)


def test_what_did_not_change_is_not_kept() -> None:
    history = StopHistory()
    assert history.see(a_row(90), a_row(90, size=D(5)), "L1", ours, START_MS) is None
    assert history.changes == {}


@pytest.mark.parametrize(
    ("held", "new"),
    [
        (None, a_row(90)),
        (a_row(95), a_row(None, size=D(0))),
        (a_row(95), replace(a_row(105), side="Sell")),
    ],
)
def test_a_new_life_begins_without_history(held: Position | None, new: Position) -> None:
    history = StopHistory()
    history.see(a_row(90), a_row(95), "L1", ours, START_MS)
    assert history.see(held, new, "L2", ours, START_MS) is None
    assert KEY not in history.changes


def test_changes_of_an_earlier_life_are_dropped_and_others_are_bounded() -> None:
    """V32."""
    history = StopHistory()
    for number in range(KEPT + 10):
        by = partial(ours, f"c{number}")
        history.see(a_row(90 + number), a_row(91 + number), "L1", by, START_MS + number)
    assert len(history.changes[KEY]) == KEPT
    history.see(a_row(10), a_row(11), "L2", ours, START_MS)
    assert [change.life_id for change in history.changes[KEY]] == ["L2"]


def test_each_change_makes_a_new_frozen_mapping() -> None:
    """Readers keep what they have."""
    history = StopHistory()
    before = history.changes
    history.see(a_row(90), a_row(95), "L1", ours, START_MS)
    assert before == {}
    with pytest.raises(TypeError):
        history.changes[KEY] = ()  # type: ignore[index]


def undoing(before: StopLevels, after: StopLevels, position: Position | None, **changes: Any) -> Any:
    """What Undo would ask for after one edit."""
    history = StopHistory()
    rows = [a_row(**dict(zip(("take_profit", "stop_loss"), levels[:2], strict=True))) for levels in (before, after)]
    history.see(rows[0], rows[1], "L1", changes.pop("authors", ours), START_MS)
    given: dict[str, Any] = {"positions": (position,) if position else (), "stop_changes": history.changes}
    return undo_of(Snapshot(**(given | changes)), KEY)


BEFORE, AFTER = StopLevels(None, D(90), None), StopLevels(D(120), D(95), None)


def test_undo_brings_back_what_was_before() -> None:
    intent = undoing(BEFORE, AFTER, a_row(95, 120))
    assert (intent.stop_loss, intent.take_profit, intent.trailing_stop) == (D(90), D(0), None)
    assert (intent.side, intent.life_id, intent.reason, intent.trigger_by) == ("Buy", "L1", "undo", "MarkPrice")


@pytest.mark.parametrize("former", [D(5), None])
def test_undo_lets_a_trailing_stop_wait_again_for_what_it_waited_for(former: Decimal | None) -> None:
    history = StopHistory()
    rows = [a_row(trailing_stop=distance) for distance in (former, D(6))]
    history.see(*rows, "L1", lambda: (Author("c1", "manual", former and D(130)),), START_MS)
    intent = undo_of(Snapshot(positions=(rows[1],), stop_changes=history.changes), KEY)
    assert intent is not None
    assert (intent.trailing_stop, intent.active_price) == ((D(5), D(130)) if former else (D(0), None))


@pytest.mark.parametrize(
    ("side", "shown", "waited"), [("Buy", 130, True), ("Buy", 95, False), ("Sell", 70, True), ("Sell", 105, False)]
)
def test_a_trailing_stop_waits_for_a_price_that_is_ahead(side: str, shown: int, waited: bool) -> None:
    order = an_order("Untriggered", stop_order_type="TrailingStop", trigger_price=D(shown))
    position = a_position(side, 10, mark_price=D(100), trailing_stop=D(5))
    assert waits_for(position, [order]) == (D(shown) if waited else None)
    assert waits_for(position, [replace(order, status="Deactivated")]) is None
    assert waits_for(replace(position, mark_price=None), [order]) is None


def test_undo_keeps_the_trigger_of_the_stops_that_stand() -> None:
    stop = an_order("Untriggered", stop_order_type="StopLoss", trigger_price=D(95), trigger_by="IndexPrice")
    assert undoing(BEFORE, AFTER, a_row(95, 120), orders=(stop,)).trigger_by == "IndexPrice"


@pytest.mark.parametrize(
    ("position", "authors"),
    [
        (None, ours),
        (a_row(96, 120), ours),  # somebody else has changed them since
        (replace(a_row(95, 120), life_id="L2"), ours),
        (a_row(95, 120), nobody),  # it was not ours
    ],
)
def test_there_is_nothing_to_undo(position: Position | None, authors: Authors) -> None:
    assert undoing(BEFORE, AFTER, position, authors=authors) is None


def test_levels_are_those_of_the_entire_position() -> None:
    assert levels_of(a_row(90, 120)) == StopLevels(D(120), D(90), None)


# ---- what stops are compared with -----------------------------------------------------------------------------------


def a_stop(trigger_by: str, kind: str = "StopLoss", price: int = 90) -> Order:
    return an_order("Untriggered", stop_order_type=kind, trigger_price=D(price), trigger_by=trigger_by)


def seen(*orders: Order, authors: Authors = ours, since: StopHistory | None = None) -> StopHistory:
    """What is remembered of stop orders of a position with a stop loss at 90 and a take profit at 120."""
    history = since or StopHistory()
    for number, order in enumerate(orders):
        history.see_order(order, a_row(90, 120), "L1", authors, START_MS + number)
    return history


def test_another_trigger_alone_is_a_change() -> None:
    history = seen(a_stop("LastPrice"), a_stop("LastPrice"), a_stop("MarkPrice"))
    (change,) = history.changes[KEY]
    assert (change.triggers_before.stop_loss, change.triggers_after.stop_loss) == ("LastPrice", "MarkPrice")
    assert change.before == change.after == StopLevels(D(120), D(90), None)
    assert (change.command_id, change.life_id) == ("c1", "L1")


@pytest.mark.parametrize("authors", [ours, nobody])
def test_both_legs_of_one_edit_are_one_change(authors: Authors) -> None:
    legs = ("StopLoss", "TakeProfit")
    orders = [a_stop(by, kind) for by in ("LastPrice", "MarkPrice") for kind in legs]
    (change,) = seen(*orders, authors=authors).changes[KEY]
    assert (set(change.triggers_before), set(change.triggers_after)) == ({"LastPrice"}, {"MarkPrice"})


@pytest.mark.parametrize("is_order_first", [True, False])
def test_price_and_trigger_of_one_edit_are_one_change(*, is_order_first: bool) -> None:
    history = seen(a_stop("LastPrice"))
    steps = [
        lambda: history.see_order(a_stop("MarkPrice"), a_row(90), "L1", ours, START_MS),
        lambda: history.see(a_row(90), a_row(95), "L1", ours, START_MS),
    ]
    for step in steps if is_order_first else reversed(steps):
        step()
    (change,) = history.changes[KEY]
    assert (change.before.stop_loss, change.triggers_before.stop_loss) == (D(90), "LastPrice")
    assert change.triggers_after.stop_loss == "MarkPrice"


def test_a_leg_that_was_removed_begins_anew() -> None:
    history = seen(a_stop("LastPrice"))
    history.see(a_row(90), a_row(None), "L1", ours, START_MS)
    history.see(a_row(None), a_row(95), "L1", ours, START_MS)
    seen(a_stop("MarkPrice"), since=history)
    assert not any(change.retriggered for change in history.changes[KEY])


@pytest.mark.parametrize(
    "order",
    [a_stop("MarkPrice", "PartialStopLoss"), replace(a_stop("MarkPrice"), status="Cancelled"), a_stop("LastPrice")],
)
def test_other_orders_change_no_trigger(order: Order) -> None:
    assert seen(a_stop("LastPrice"), order).changes == {}


def undoing_trigger(*before: Order, now: tuple[Order, ...], authors: Authors = ours) -> SetTradingStop | None:
    history = seen(*before, *now, authors=authors)
    return undo_of(Snapshot(positions=(a_row(90, 120),), stop_changes=history.changes, orders=now), KEY)


def test_undo_compares_with_the_former_price_again() -> None:
    """Bybit takes a trigger only together with a price: the ones that stand go out again."""
    now = (a_stop("MarkPrice"), a_stop("MarkPrice", "TakeProfit", 120))
    intent = undoing_trigger(a_stop("LastPrice"), a_stop("LastPrice", "TakeProfit", 120), now=now)
    assert intent is not None
    assert (intent.stop_loss, intent.take_profit, intent.trailing_stop) == (D(90), D(120), None)
    assert intent.trigger_by == "LastPrice"


def test_what_one_edit_cannot_bring_back_is_not_offered() -> None:
    """The legs were compared with different prices, or somebody has changed one since."""
    now = (a_stop("MarkPrice"), a_stop("MarkPrice", "TakeProfit", 120))
    assert undoing_trigger(a_stop("LastPrice"), a_stop("IndexPrice", "TakeProfit", 120), now=now) is None
    other_leg = a_stop("MarkPrice", "TakeProfit", 120)
    assert undoing_trigger(a_stop("LastPrice"), other_leg, now=now) is None  # Bybit takes one trigger for both
    history = seen(a_stop("LastPrice"), a_stop("MarkPrice"))
    changed_since = Snapshot(positions=(a_row(90, 120),), stop_changes=history.changes, orders=(a_stop("IndexPrice"),))
    assert undo_of(changed_since, KEY) is None
