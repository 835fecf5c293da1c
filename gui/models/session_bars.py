"""Closed trades of a period as bars: by day, by hour of the day, and by how large their results are. Pure.

What a bar says is exact; how tall it is, is for pixels.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gui import text
from gui.models import day_totals
from gui.models.day_totals import Day
from gui.text import translate
from gui.widgets.charts import Bar

if TYPE_CHECKING:
    from core.analytics.period_report import HourTotal
    from core.analytics.spread import ResultStep
    from core.model import ClosedTrade

_EPOCH: Final = datetime.date(1970, 1, 1)


def of_days(days: Iterable[Day]) -> list[Bar]:
    """A bar per day; its name is month and day."""
    return [_day(day) for day in days]


def of_trades(newest_first: Iterable[ClosedTrade]) -> list[Bar]:
    """The last 30 days of these."""
    return of_days(day_totals.of_trades(newest_first))


def _day(day: Day) -> Bar:
    date = (_EPOCH + datetime.timedelta(days=day.day)).isoformat()
    words = translate("Session", "{day}: {net}, {trades}").format(
        day=date, net=text.money(day.net_pnl, signed=True), trades=trades_of(day.trades)
    )
    return Bar(float(day.net_pnl), words, date[5:])


def of_hours(hours: Iterable[HourTotal]) -> list[Bar]:
    """A bar per UTC hour."""
    said = translate("Session", "{hour}:00 to {hour}:59 UTC: {net}, {trades}")
    return [
        Bar(
            float(total.net_pnl),
            said.format(
                hour=f"{total.hour:02}", net=text.money(total.net_pnl, signed=True), trades=trades_of(total.trades)
            ),
            f"{total.hour:02}" if total.hour % 3 == 0 else "",
        )
        for total in hours
    ]


def of_results(steps: Iterable[ResultStep]) -> list[Bar]:
    """A bar per step of result, as tall as it has trades; losses first."""
    return [_step(step) for step in steps]


def _step(step: ResultStep) -> Bar:
    is_gain = step.low is not None and step.low >= 0
    low, high = _amount(step.low), _amount(step.high)
    if step.low is None:
        said = translate("Session", "below {high}: {trades}")
    elif step.high is None:
        said = translate("Session", "above {low}: {trades}")
    else:
        said = translate("Session", "{low} to {high}: {trades}")
    edge = low if is_gain else high
    return Bar(
        float(step.trades), said.format(low=low, high=high, trades=trades_of(step.trades)), edge, 1 if is_gain else -1
    )


def _amount(edge: float | None) -> str:
    """An edge without cents where it has none."""
    if edge is None:
        return ""
    if text.is_private():
        return text.HIDDEN
    return text.number(Decimal(repr(round(edge, 8))).normalize(), signed=True)


def trades_of(count: int) -> str:
    """How many trades, in words."""
    if count == 1:
        return translate("Session", "1 trade")
    return translate("Session", "{n} trades").format(n=f"{count:,}")
