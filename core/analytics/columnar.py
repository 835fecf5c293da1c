"""A period of closed trades counted in columns: equal, to the last digit, to counting them one by one, and much faster.

Amounts are whole numbers at a common scale; where they would not fit into 64 bits the columns say so (``Unfit``), and
the trades are counted one by one after all (:class:`core.analytics.period_report.ReportBuilder`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.analytics.forgotten import HOUR_MS
from core.analytics.metrics import USD_COINS, summary_of
from core.analytics.period_report import (
    DAY_MS,
    Curve,
    DayTotal,
    HourTotal,
    PeriodReport,
    SymbolTotal,
)
from core.analytics.spread import spread
from core.model import SessionSummary
from core.money import EXACT

Int = npt.NDArray[np.int64]
Rows = Sequence[tuple[Any, ...]]
# What a row holds. An amount is its digits as a whole number, and how many of them stand behind the point.
FIELDS: Final = (
    "closed_ms", "opened_ms", "is_complete", "symbol", "settle_coin", "is_known",
    "net", "net_scale", "fees", "fees_scale", "funding", "funding_scale",
)  # fmt: skip
MOST_DIGITS: Final = 18
_AMOUNTS: Final = ("net", "fees", "funding")
# Sums of whole numbers below this stay exact, also as the difference of two of them.
_LARGEST: Final = 2.0**61


class Unfit(Exception):
    """These amounts do not fit into whole numbers of 64 bits."""


class Columns:
    """Rows of closed trades, oldest first, as arrays."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Int]] = []
        self._codes: dict[str, int] = {}

    def add(self, rows: Rows) -> None:
        """Take the next rows, each with the values of ``FIELDS`` and whatever else behind them. Raises Unfit."""
        values = dict(zip(FIELDS, zip(*rows, strict=True), strict=False))
        for name in ("symbol", "settle_coin"):
            values[name] = tuple(self._codes.setdefault(text, len(self._codes)) for text in values[name])
        part = {name: np.array(column, dtype=np.int64) for name, column in values.items()}
        if any(int(part[f"{name}_scale"].max()) > MOST_DIGITS for name in _AMOUNTS):
            raise Unfit
        self._parts.append(part)

    def report(self, period: str, since_ms: int) -> PeriodReport:
        """Everything taken so far. Raises Unfit."""
        if not self._parts:
            return PeriodReport(period=period, since_ms=since_ms, summary=summary_of(since_ms))
        columns = {name: np.concatenate([part[name] for part in self._parts]) for name in FIELDS}
        self._parts.clear()
        coins = [code for text, code in self._codes.items() if text in USD_COINS]
        columns["is_money"] = columns["is_known"].astype(np.bool_) & np.isin(columns["settle_coin"], coins)
        scale = _to_one_scale(columns)
        net = np.where(columns["is_money"], columns["net"], 0)
        totals = net[columns["is_money"]].cumsum()
        names = {code: text for text, code in self._codes.items()}
        return PeriodReport(
            period=period,
            since_ms=since_ms,
            summary=_summary(columns, scale, since_ms),
            days=tuple(DayTotal(*total) for total in _grouped(columns, columns["closed_ms"] // DAY_MS, net, scale)),
            hours=_hours(columns, net, scale),
            symbols=_symbols(columns, names, scale, since_ms),
            results=spread((net[columns["is_money"]] / 10.0**scale).tolist()),
            curve=Curve(
                _doubles(columns["closed_ms"][columns["is_money"]]),
                _doubles(totals / 10.0**scale),
            ),
        )


def _to_one_scale(columns: dict[str, Int]) -> int:
    """Bring all amounts to the finest scale among them; returns it. Raises Unfit."""
    scale = max(int(columns[f"{name}_scale"].max()) for name in _AMOUNTS)
    for name in _AMOUNTS:
        more = scale - columns.pop(f"{name}_scale")
        if np.abs(columns[name].astype(np.float64) * 10.0**more).sum() >= _LARGEST:
            raise Unfit
        columns[name] = columns[name] * 10**more
    return scale


def _summary(columns: Mapping[str, Int], scale: int, since_ms: int) -> SessionSummary:
    known = columns["is_known"].astype(np.bool_)
    money = columns["is_money"].astype(np.bool_)
    net, paid = columns["net"][money], columns["net"][known]
    whole = columns["is_complete"].astype(np.bool_)
    held = columns["closed_ms"][whole] - columns["opened_ms"][whole]
    reached = np.concatenate(([0], net.cumsum()))
    fall = (np.maximum.accumulate(reached) - reached).max()

    def amount(value: Any) -> Decimal:
        return EXACT.scaleb(Decimal(int(value)), -scale)

    return summary_of(
        since_ms,
        trades=len(known),
        wins=int((paid > 0).sum()),
        losses=int((paid < 0).sum()),
        known=int(known.sum()),
        holds=len(held),
        hold_ms=int(held.sum()),
        money_wins=int((net > 0).sum()),
        money_losses=int((net < 0).sum()),
        money_trades=len(net),
        profit=amount(net[net > 0].sum()),
        loss=amount(net[net < 0].sum()),
        fees=amount(columns["fees"][money].sum()),
        funding=amount(columns["funding"][money].sum()),
        total=amount(net.sum()),
        fall=amount(fall),
        streaks=_streaks(np.sign(paid)),
    )


def _streaks(signs: Int) -> tuple[int, int, int]:
    """The longest run of wins, that of losses, and the last run of all (losses negative)."""
    if not len(signs):
        return 0, 0, 0
    starts = np.flatnonzero(np.concatenate(([True], signs[1:] != signs[:-1])))
    lengths, kinds = np.diff(np.concatenate((starts, [len(signs)]))), signs[starts]
    wins, losses = lengths[kinds > 0].max(initial=0), lengths[kinds < 0].max(initial=0)
    return int(wins), int(losses), int(lengths[-1] * kinds[-1])


def _grouped(
    columns: Mapping[str, Int], keys: Int, net: Int, scale: int
) -> Iterable[tuple[int, int, int, int, Decimal]]:
    """Key, trades, wins, losses and net result of all rows with the same key, by key."""
    found, at = np.unique(keys, return_inverse=True)
    known = columns["is_known"].astype(np.bool_)
    trades = np.bincount(at, minlength=len(found))
    wins = np.bincount(at[known & (columns["net"] > 0)], minlength=len(found))
    losses = np.bincount(at[known & (columns["net"] < 0)], minlength=len(found))
    sums = np.zeros(len(found), dtype=np.int64)
    np.add.at(sums, at, net)
    for key, *counts, total in zip(found, trades, wins, losses, sums, strict=True):
        yield int(key), int(counts[0]), int(counts[1]), int(counts[2]), EXACT.scaleb(Decimal(int(total)), -scale)


def _hours(columns: Mapping[str, Int], net: Int, scale: int) -> tuple[HourTotal, ...]:
    totals = {
        row[0]: HourTotal(*row) for row in _grouped(columns, columns["closed_ms"] % DAY_MS // HOUR_MS, net, scale)
    }
    return tuple(totals.get(hour, HourTotal(hour, 0, 0, 0, Decimal(0))) for hour in range(24))


def _symbols(
    columns: Mapping[str, Int], names: Mapping[int, str], scale: int, since_ms: int
) -> tuple[SymbolTotal, ...]:
    order = np.argsort(columns["symbol"], kind="stable")
    codes = columns["symbol"][order]
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    made = [
        SymbolTotal(
            names[int(codes[start])],
            _summary({name: column[rows] for name, column in columns.items()}, scale, since_ms),
        )
        for start, rows in zip(starts, np.split(order, starts[1:]), strict=True)
    ]
    return tuple(sorted(made, key=lambda one: (-one.summary.total_realised_pnl, one.symbol)))


def _doubles(values: npt.NDArray[Any]) -> array[float]:
    return array("d", values.astype(np.float64).tobytes())
