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
