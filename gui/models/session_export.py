"""A period's statistics as CSV: figures, days, hours, symbols, spread. Exact amounts, and text that is no formula."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from core.money import text as exact
from gui.models.tsv import plain

if TYPE_CHECKING:
    from core.analytics.period_report import PeriodReport

_FIGURES = (
    "closed_trades", "wins", "losses", "break_even", "pending", "win_rate_pct", "total_realised_pnl", "gross_profit",
    "gross_loss", "profit_factor", "expectancy", "expectancy_r", "average_win", "average_loss", "average_hold_ms",
    "longest_win_streak", "longest_loss_streak", "current_streak", "max_drawdown", "fees", "funding",
)  # fmt: skip


def as_csv(report: PeriodReport) -> str:
    """One table with a column that says what each row is; what is not known is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(_rows(report))
    return out.getvalue()


def _rows(report: PeriodReport) -> Iterator[tuple[str, ...]]:
    yield ("kind", "name", "trades", "wins", "losses", "net_pnl", "value")
    for name in _FIGURES:
        yield ("figure", name, "", "", "", "", _plain(getattr(report.summary, name)))
    for day in report.days:
        yield ("day", day_name(day.day), str(day.trades), str(day.wins), str(day.losses), exact(day.net_pnl), "")
    for hour in report.hours:
        counts = (str(hour.trades), str(hour.wins), str(hour.losses))
        yield ("hour", f"{hour.hour:02}:00 UTC", *counts, exact(hour.net_pnl), "")
    for one in report.symbols:
        s = one.summary
        counts = (str(s.closed_trades), str(s.wins), str(s.losses))
        yield ("symbol", plain(one.symbol), *counts, exact(s.total_realised_pnl), "")
    for step in report.results:
        low, high = ("" if edge is None else f"{edge:.10g}" for edge in (step.low, step.high))
        yield ("result", f"{low} to {high}".strip(), str(step.trades), "", "", "", "")


def day_name(day: int) -> str:
    """``2026-11-20`` for a UTC day counted from 1970-01-01."""
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()


def _plain(value: object) -> str:
    if value is None:
        return ""
    return exact(value) if isinstance(value, Decimal) else str(value)
