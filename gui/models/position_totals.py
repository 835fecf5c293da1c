"""The row below the Positions table: what the positions shown add up to.

Only amounts in coins that are worth a dollar are added up, and only if none of them is unknown; otherwise a dash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text
from gui.models.cell import Cell
from gui.models.sums import DOLLARS, known_sum
from gui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model import Position


def _in_dollars(rows: Sequence[Position]) -> bool:
    """Only amounts of coins that are worth a dollar may be added up."""
    return {row.settle_coin for row in rows} <= DOLLARS


def count(rows: Sequence[Position]) -> Cell:
    """How many, and on which side."""
    number = len(rows)
    shown = translate("Positions", "{n} positions").format(n=number)
    longs = sum(row.side == "Buy" for row in rows)
    below = translate("Positions", "{long} long · {short} short").format(long=longs, short=number - longs)
    return Cell(text=translate("Positions", "1 position") if number == 1 else shown, below=below, is_strong=True)


def value(rows: Sequence[Position]) -> Cell:
    """Value at mark."""
    amount = known_sum(row.position_value for row in rows) if _in_dollars(rows) else None
    return Cell(below=text.money(amount), below_tone="text")


def pnl(rows: Sequence[Position]) -> Cell:
    """Unrealised PnL, and ROE on all initial margins together."""
    amount = known_sum(row.unrealised_pnl for row in rows) if _in_dollars(rows) else None
    basis = known_sum(row.initial_margin for row in rows)
    roe = amount / basis * 100 if amount is not None and basis else None
    tone = text.tone_of(amount)
    below = text.percent(roe, signed=True)
    return Cell(text=text.money(amount, signed=True), tone=tone, below=below, below_tone=tone, is_strong=True)


def realised(rows: Sequence[Position]) -> Cell:
    """Realised in these lives, net."""
    amount = known_sum(row.realised_pnl for row in rows) if _in_dollars(rows) else None
    return Cell(text=text.money(amount, signed=True), tone=text.tone_of(amount))


def margin(rows: Sequence[Position]) -> Cell:
    """Initial margin."""
    return Cell(text=text.money(known_sum(row.initial_margin for row in rows) if _in_dollars(rows) else None))


def risk(rows: Sequence[Position]) -> Cell:
    """What all stop losses together would realise; how many positions have none."""
    from gui.models import figures  # with the first position, not before the first paint

    protected = [row for row in rows if row.stop_loss is not None]
    amount = known_sum(figures.pnl_at(row, row.stop_loss) for row in protected) if _in_dollars(rows) else None
    shown = translate("Positions", "at stops {amount}").format(amount=text.money(amount, signed=True))
    naked = sum(row.stop_loss is None and row.trailing_stop is None for row in rows)
    below = translate("Positions", "{n} without a stop").format(n=naked) if naked else ""
    return Cell(text=shown, tone="muted", below=below, below_tone="warning")
