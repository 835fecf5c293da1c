"""The list of exits: nothing of it is lost where it is narrow, and a bar only where lines are shares."""

from __future__ import annotations

from gui import theme
from gui.widgets.exits import _GAP, _LINE_HEIGHT, ExitLine, ExitList

SHORT = ExitLine("17:15:00", "15.0 @ 110.00", "+142.50", "up", "manual", 0.3)
LONG = ExitLine("17:45:00", "15.0 @ 120.00", "+1,292.50", "up", "bot take profit 1", 0.3)


def test_a_reason_gets_the_room_that_quantities_leave_and_is_told_whole(qtbot) -> None:
    made = ExitList("No partial exit")
    qtbot.addWidget(made)
    made.resize(340, 200)
    made.set_lines([SHORT, LONG])
    width_of = theme.metrics(theme.SMALL).horizontalAdvance
    what, net = made._edges()
    assert width_of(LONG.reason) <= 340 - net - _GAP, "not cut short"
    assert what >= width_of(LONG.time) + width_of(LONG.what)
    assert net - what >= width_of(LONG.net)
    assert made.tip_at(made._top + _LINE_HEIGHT + 3) == "17:45:00  15.0 @ 120.00  +1,292.50\nbot take profit 1"
    assert made.tip_at(made._top + 2 * _LINE_HEIGHT) == ""
    assert LONG.reason in made.accessibleName()


def test_lines_without_a_share_have_no_bar(qtbot) -> None:
    made = ExitList("Not known")
    qtbot.addWidget(made)
    made.set_lines([SHORT])
    with_bar = made.sizeHint().height()
    made.set_lines([SHORT._replace(share=0.0)])
    assert made.sizeHint().height() < with_bar
    assert made.tip_at(1).startswith("17:15:00")
