"""How the stops of a position changed, and by whose hand; and what Undo makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from core.intents import undo_of
from core.model import Position, PositionKey, Snapshot, StopLevels
from core.stop_history import KEPT, StopHistory, levels_of
from tests.strategies import START_MS, a_position, an_order

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)
OURS = (("c1", "manual"),)


def a_row(stop_loss: int | None = None, take_profit: int | None = None, **changes: Any) -> Position:
    stops = {"stop_loss": stop_loss, "take_profit": take_profit}
    levels = {name: None if price is None else D(price) for name, price in stops.items()}
    given: dict[str, Any] = {"side": "Buy", "size": D(10), "life_id": "L1", "trailing_stop": None}
    return a_position(**(given | levels | changes))


def test_a_change_is_kept_with_its_author() -> None:
    history = StopHistory()
    change = history.see(a_row(90), a_row(95), "L1", OURS, START_MS)
    assert change is not None
    assert (change.before.stop_loss, change.after.stop_loss) == (D(90), D(95))
    assert (change.command_id, change.reason, change.life_id) == ("c1", "manual", "L1")
    elsewhere = history.see(a_row(95), a_row(96), "L1", (), START_MS + 1)
    assert elsewhere is not None
    assert elsewhere.command_id == ""
    assert history.changes[KEY] == (change, elsewhere)


def test_what_did_not_change_is_not_kept() -> None:
    history = StopHistory()
    assert history.see(a_row(90), a_row(90, size=D(5)), "L1", OURS, START_MS) is None
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
    history.see(a_row(90), a_row(95), "L1", OURS, START_MS)
    assert history.see(held, new, "L2", OURS, START_MS) is None
    assert KEY not in history.changes


def test_changes_of_an_earlier_life_are_dropped_and_others_are_bounded() -> None:
    """V32."""
    history = StopHistory()
    for number in range(KEPT + 10):
        history.see(a_row(90 + number), a_row(91 + number), "L1", OURS, START_MS + number)
    assert len(history.changes[KEY]) == KEPT
    history.see(a_row(10), a_row(11), "L2", OURS, START_MS)
    assert [change.life_id for change in history.changes[KEY]] == ["L2"]


def test_each_change_makes_a_new_frozen_mapping() -> None:
    """Readers keep what they have."""
    history = StopHistory()
    before = history.changes
    history.see(a_row(90), a_row(95), "L1", OURS, START_MS)
    assert before == {}
    with pytest.raises(TypeError):
        history.changes[KEY] = ()  # type: ignore[index]


def undoing(before: StopLevels, after: StopLevels, position: Position | None, **changes: Any) -> Any:
    """What Undo would ask for after one edit."""
    history = StopHistory()
    rows = [a_row(**dict(zip(("take_profit", "stop_loss"), levels[:2], strict=True))) for levels in (before, after)]
    history.see(rows[0], rows[1], "L1", changes.pop("ours", OURS), START_MS)
    given: dict[str, Any] = {"positions": (position,) if position else (), "stop_changes": history.changes}
    return undo_of(Snapshot(**(given | changes)), KEY)


BEFORE, AFTER = StopLevels(None, D(90), None), StopLevels(D(120), D(95), None)


def test_undo_brings_back_what_was_before() -> None:
    intent = undoing(BEFORE, AFTER, a_row(95, 120))
    assert (intent.stop_loss, intent.take_profit, intent.trailing_stop) == (D(90), D(0), None)
    assert (intent.side, intent.life_id, intent.reason, intent.trigger_by) == ("Buy", "L1", "undo", "MarkPrice")


def test_undo_keeps_the_trigger_of_the_stops_that_stand() -> None:
    stop = an_order("Untriggered", stop_order_type="StopLoss", trigger_price=D(95), trigger_by="IndexPrice")
    assert undoing(BEFORE, AFTER, a_row(95, 120), orders=(stop,)).trigger_by == "IndexPrice"


@pytest.mark.parametrize(
    ("position", "ours"),
    [
        (None, OURS),
        (a_row(96, 120), OURS),  # somebody else has changed them since
        (replace(a_row(95, 120), life_id="L2"), OURS),
        (a_row(95, 120), ()),  # it was not ours
    ],
)
def test_there_is_nothing_to_undo(position: Position | None, ours: tuple[tuple[str, str], ...]) -> None:
    assert undoing(BEFORE, AFTER, position, ours=ours) is None


def test_levels_are_those_of_the_entire_position() -> None:
    assert levels_of(a_row(90, 120)) == StopLevels(D(120), D(90), None)
