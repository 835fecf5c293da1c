"""The top bar: the change of equity says since when it is, figures say what they are made of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.model import EquityPoint
from gui import text
from gui.models import account_tips, day_change
from gui.views.top_bar import _SPACING, TopBar
from tests.gui import samples

D = Decimal
DAY = 86_400_000
MIDNIGHT = samples.NOW_MS // DAY * DAY


def points(*ages_and_equities: tuple[int, str]) -> tuple[EquityPoint, ...]:
    """Points at so many milliseconds after midnight."""
    return tuple(EquityPoint(MIDNIGHT + after, D(equity)) for after, equity in ages_and_equities)


@pytest.mark.parametrize(
    ("curve", "pct", "note"),
    [
        (points((-60_000, "9000"), (4_000, "10000"), (80_000_000, "10100")), "2.5", "+2.50% today"),
        (points((-DAY, "9000"), (3_600_000, "10000")), "2.5", "+2.50% since {time}"),
        (points((3_600_000, "10000"), (7_200_000, "1")), "2.5", "+2.50% since {time}"),
        (points((4_000, "20500")), "-50", "−50.00% today"),
    ],
)
def test_the_change_says_since_when_it_is(curve: tuple[EquityPoint, ...], pct: str, note: str) -> None:
    snapshot = samples.snapshot(equity_curve=curve, equity=D(10_250))
    change = day_change.of(snapshot)
    assert change is not None
    assert change.pct == D(pct)
    assert account_tips.change_note(snapshot) == note.format(time=text.clock_time(MIDNIGHT + 3_600_000)[:5])


@pytest.mark.parametrize("curve", [(), points((-60_000, "9000")), points((4_000, "0"))])
def test_a_change_that_is_not_known_is_not_shown(qtbot, curve: tuple[EquityPoint, ...]) -> None:
    snapshot = samples.snapshot(equity_curve=curve, equity=D(10_250))
    bar = TopBar("paper", "Main")
    qtbot.addWidget(bar)
    bar.show_snapshot(snapshot)
    bar.show_health(snapshot, samples.NOW_MONO)
    assert bar.equity.accessibleName() == "Equity 10,250.00"
    assert "not known yet" in bar.equity.toolTip()


def test_every_figure_says_what_it_is_made_of(qtbot) -> None:
    bar = TopBar("paper", "Main")
    qtbot.addWidget(bar)
    snapshot = samples.snapshot()
    bar.show_snapshot(snapshot)
    bar.show_health(snapshot, samples.NOW_MONO + 7)
    for part in (bar.equity, bar.available, bar.unrealised, bar.realised, bar.margin):
        assert len(part.toolTip()) > 60
    assert "8.0 s ago" in bar.available.toolTip()
    assert "n = 25 with a known result" in bar.realised.toolTip()


def test_on_a_narrow_screen_the_name_of_the_program_leaves_before_any_figure(qtbot) -> None:
    bar = TopBar("paper", "Main")
    qtbot.addWidget(bar)
    bar.show_snapshot(samples.snapshot())
    bar.show()
    room = bar._fixed_width + sum(part.sizeHint().width() + _SPACING for part in bar._leaving)
    bar.resize(room, 56)
    assert bar._brand.isVisible()
    bar.resize(room - 1, 56)
    assert not bar._brand.isVisible()
    assert bar.margin.isVisible()
    bar.hide()  # it is collected some time after this; a painter must not be at work on it then


def test_figures_that_follow_prices_are_written_a_few_times_a_second_and_never_stay_behind(qtbot) -> None:
    bar = TopBar("paper", "Main")
    qtbot.addWidget(bar)
    bar._pause.setInterval(600_000)
    first = samples.snapshot(unrealised_pnl=D(1))
    bar.show_snapshot(first)
    for profit in (2, 3):
        bar.show_snapshot(replace(first, unrealised_pnl=D(profit)))
    assert bar.unrealised.value == "+1.00"
    bar._pause.timeout.emit()  # its time has come
    assert bar.unrealised.value == "+3.00"
    bar.show_snapshot(replace(first, unrealised_pnl=D(4), is_armed=not first.is_armed))  # more than a price
    assert bar.unrealised.value == "+4.00"
