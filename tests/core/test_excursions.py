"""Best and worst of a life: only its own marks count, and the next life begins anew."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from core.excursions import Excursions
from tests.gui import samples

D = Decimal


def at(pnl: str | None, **changes: object) -> object:
    """A row with an unrealised PnL."""
    return replace(samples.position(), unrealised_pnl=None if pnl is None else D(pnl), **changes)


def test_the_extremes_of_the_marks_seen() -> None:
    seen = Excursions()
    rows = [seen.follow(at(pnl)) for pnl in ("5", "-3", None, "12", "1")]
    assert [(row.best_pnl, row.worst_pnl) for row in rows] == [(5, 5), (5, -3), (5, -3), (12, -3), (12, -3)]


def test_without_any_mark_nothing_is_claimed() -> None:
    row = Excursions().follow(at(None))
    assert (row.best_pnl, row.worst_pnl) == (None, None)


def test_a_flat_position_is_forgotten_and_a_flip_or_another_life_begins_anew() -> None:
    seen = Excursions()
    seen.follow(at("9", life_id="a"))
    assert seen.follow(at("1", life_id="a")).best_pnl == 9
    assert seen.follow(at("1", life_id="")).best_pnl == 9
    assert seen.follow(at("2", life_id="b")).best_pnl == 2
    assert seen.follow(at("-4", life_id="b", side="Sell")).worst_pnl == -4
    seen.forget(samples.position().key)
    assert seen.follow(at("7", life_id="b")).worst_pnl == 7


def test_a_life_that_is_named_later_goes_on() -> None:
    seen = Excursions()
    seen.follow(at("9", life_id=""))
    assert seen.follow(at("1", life_id="a")).best_pnl == 9
    assert seen.follow(at("1", life_id="c")).best_pnl == 1


def test_the_next_run_goes_on_where_the_last_one_stopped() -> None:
    first = Excursions()
    for pnl in ("9", "-7", "1"):
        first.follow(at(pnl, life_id="a"))
    first.follow(at("5", life_id="", symbol="ETHUSDT"))
    assert first.of_open() == (("a", D(9), D(-7)),), "a life without an id cannot be found again"
    again = Excursions()
    again.resume(first.of_open())
    assert again.follow(at("2", life_id="")).best_pnl == 2, "whose it is shows with the executions"
    row = again.follow(at("3", life_id="a"))
    assert (row.best_pnl, row.worst_pnl) == (9, -7)
    assert again.follow(at("12", life_id="a")).best_pnl == 12
    again.forget(row.key)
    assert again.follow(at("1", life_id="b")).best_pnl == 1
