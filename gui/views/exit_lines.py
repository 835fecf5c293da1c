"""Partial exits as the lines of the list that shows them, of an open position and of one that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.symbols import settle_coin
from gui import text, words
from gui.widgets.exits import ExitLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from core.model import PartialExit, PositionKey
    from gui.models.cell import Facts


def exit_lines(
    exits: Iterable[PartialExit], key: PositionKey, peak_size: Decimal | None, facts: Facts
) -> list[ExitLine]:
    """A line an exit, each with its share of the peak size."""
    tick, step, coin = facts.tick(key), facts.step(key), settle_coin(key.category, key.symbol)
    return [
        ExitLine(
            text.clock_time(part.ts_ms),
            f"{text.quantity(part.qty, step)} @ {text.price(part.price, tick)}",
            text.money(part.net_pnl, coin, signed=True),
            text.tone_of(part.net_pnl, coin),
            words.reason(part.reason, key.symbol),
            float(part.qty / peak_size) if peak_size else 0.0,
        )
        for part in exits
    ]
