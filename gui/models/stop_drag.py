"""A stop line that is being dragged: the price on its tick, what it snaps to, and what it would mean. Pure.

R is what the first stop of this life risked from the entry: a plan is measured by itself, not by where its stop is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from core import formulas
from core.money import ROUND_HALF_EVEN, to_increment
from gui import text
from gui.models import figures
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Position, StopChange


class DragFacts(NamedTuple):
    """What a drag needs to know. ``even``: break-even of what is left, fees included. ``initial_stop``: see R."""

    position: Position
    tick: Decimal
    even: Decimal | None
    initial_stop: Decimal | None


def to_tick(price: float, tick: Decimal) -> Decimal:
    """The price on the tick that is nearest to a pixel; never below one tick."""
    return max(tick, to_increment(Decimal(repr(price)), tick, ROUND_HALF_EVEN))


def snapped(price: float, reach: float, facts: DragFacts) -> Decimal:
    """The price meant by a pixel: break-even when it is within ``reach`` of it, else the nearest tick."""
    if facts.even is not None and abs(float(facts.even) - price) <= reach:
        return facts.even
    return to_tick(price, facts.tick)


def fitting(price: Decimal, facts: DragFacts) -> str:
    """Which stop a price could be now, named as in Level: losses end behind the mark, profits ahead of it."""
    mark = facts.position.mark_price
    if mark is None or price == mark:
        return ""
    return "stop_loss" if (price < mark) == facts.position.is_long else "take_profit"


def initial_stop(position: Position, changes: Sequence[StopChange]) -> Decimal | None:
    """The first stop loss of this life that lay on the losing side of the entry; None when none is known."""
    seen = [level for change in changes for level in (change.before.stop_loss, change.after.stop_loss)]
    for stop in (*seen, position.stop_loss):
        if stop is not None and (figures.pnl_at(position, stop) or 0) < 0:
            return stop
    return None


def r_multiple(price: Decimal, facts: DragFacts) -> Decimal | None:
    """Profit at a price ÷ what the first stop risked; None when that is not known."""
    risk = figures.pnl_at(facts.position, facts.initial_stop)
    gain = figures.pnl_at(facts.position, price)
    return gain / -risk if risk is not None and risk < 0 and gain is not None else None


def words(name: str, price: Decimal, facts: DragFacts) -> str:
    """``SL 104.00 · +70.00 · −15.0% · +1.2R``: money gross, percent from the mark."""
    position = facts.position
    leg = translate("Chart", "SL") if name == "stop_loss" else translate("Chart", "TP")
    if facts.even is not None and price == facts.even:
        leg = translate("Chart", "{leg} = break-even").format(leg=leg)
    amount = text.money(figures.pnl_at(position, price), position.settle_coin, signed=True)
    parts = [f"{leg} {text.price(price, facts.tick)}", amount]
    if position.mark_price is not None:
        parts.append(text.percent(formulas.distance_pct(position.mark_price, price), 1, signed=True))
    multiple = r_multiple(price, facts)
    if multiple is not None:
        parts.append(text.number(multiple, 1, signed=True, suffix="R"))
    return " · ".join(parts)
