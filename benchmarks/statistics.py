"""Statistics per closed trade at 1,000,000 trades ÷ at 1,000 (G12), and the incremental summary against a recount."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from core.analytics.metrics import Tally, summarise
from core.model import ClosedTrade

Row = dict[str, object]
FEW, MANY = 1_000, 1_000_000
PAIRS = 7
SAMPLE = 20_000
BUDGET = 1.2


def trades(first: int, count: int) -> Iterator[ClosedTrade]:
    """Wins and losses by turns."""
    for number in range(first, first + count):
        net = Decimal((number * 7919) % 2_001 - 1_000).scaleb(-2)
        yield ClosedTrade(
            life_id=f"L{number:08d}", category="linear", symbol="SOLUSDT", position_idx=0, side="Buy",
            settle_coin="USDT", opened_ms=number * 1_000, closed_ms=number * 1_000 + 500, peak_size=Decimal(1),
            entry_price=Decimal(100), exit_price=Decimal(101), gross_pnl=net, fees=Decimal("0.05"),
            funding=Decimal(0), net_pnl=net, exits=(), closed_by="manual",
        )  # fmt: skip


def grown(count: int) -> Tally:
    """A tally that has counted so many."""
    tally = Tally()
    for trade in trades(0, count):
        tally.add(trade)
    return tally


def per_trade(tally: Tally, sample: list[ClosedTrade]) -> float:
    """Seconds to count one more, its summary included once in a hundred."""
    started = time.perf_counter()
    for number, trade in enumerate(sample):
        tally.add(trade)
        if number % 100 == 0:
            tally.summary()
    return (time.perf_counter() - started) / len(sample)


def run() -> list[Row]:
    """Measure in turns; compare with a recount to the last digit."""
    few, many = grown(FEW), grown(MANY)
    ratios = []
    for turn in range(PAIRS):
        sample = list(trades(MANY + turn * SAMPLE, SAMPLE))
        few = grown(FEW)
        cheap = per_trade(few, sample)
        ratios.append(per_trade(many, sample) / cheap)
    measured = median(ratios)
    sample = list(trades(0, SAMPLE))
    is_equal = grown(SAMPLE).summary() == summarise(sample)
    return [
        {
            "name": f"statistics per trade at {MANY:,} ÷ at {FEW:,}",
            "budget": f"≤ {BUDGET}",
            "measured": round(measured, 3),
            "ok": measured <= BUDGET,
            "unit": "×",
        },
        {"name": "incremental summary = recount", "budget": "equal", "measured": is_equal, "ok": is_equal, "unit": ""},
    ]
