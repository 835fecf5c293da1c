"""Pure: what the Inspector says of one position beyond the tables: lines, entries, break-even, why it was opened.

Money is gross unless a name says so; None wherever something is not known.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from core import formulas
from core.money import ROUND_CEILING, ROUND_FLOOR, to_increment
from gui import text
from gui.models import figures, stop_drag
from gui.models.attribution import is_entry
from gui.models.cell import Facts
from gui.models.positions import is_stale
from gui.models.stop_drag import DragFacts
from gui.text import translate
from gui.views.chart_scale import Level, Mark

if TYPE_CHECKING:
    from core.model import BotNote, Execution, Position, Snapshot

# Bybit's stopOrderType.
_PROFIT_PART, _LOSS_PART, _TRAILING = "PartialTakeProfit", "PartialStopLoss", "TrailingStop"


def rest_break_even(position: Position, taker_rate: Decimal | None, tick: Decimal | None) -> Decimal | None:
    """Where closing what is open gives back its entry and both fees, on the tick that is not worse.

    The meaning of the stop dialog's button: what earlier exits earned is not counted.
    """
    if taker_rate is None or tick is None:
        return None
    paid = formulas.fee(position.category, position.size, position.entry_price, taker_rate)
    exact = formulas.break_even_price(
        position.category, position.side, position.size, position.entry_price, -paid, taker_rate
    )
    if exact is None:
        return None
    return to_increment(exact, tick, ROUND_CEILING if position.is_long else ROUND_FLOOR)


def can_lock(position: Position, price: Decimal | None) -> bool:
    """Whether a stop loss at a price is on the right side of the mark now."""
    if price is None or position.mark_price is None:
        return False
    return price < position.mark_price if position.is_long else price > position.mark_price


def levels(position: Position, facts: Facts) -> tuple[Level, ...]:
    """The chart's lines of a position: its prices, its stops, and those of its parts."""
    return (*_own_levels(position, facts), *_order_levels(position, facts))


def _own_levels(position: Position, facts: Facts) -> list[Level]:
    tick, stale = facts.tick(position.key), is_stale(position, facts)
    rate = facts.snapshot.taker_fee(position.key) if facts.snapshot else None
    mark = translate("Chart", "Mark {price} STALE") if stale else translate("Chart", "Mark {price}")
    candidates = (
        (position.take_profit, translate("Chart", "TP {price} {pnl}"), "up", "solid", "take_profit"),
        (position.mark_price, mark, "muted" if stale else "accent", "dot", ""),
        (position.stop_loss, translate("Chart", "SL {price} {pnl}"), "warning", "solid", "stop_loss"),
        (position.entry_price, translate("Chart", "Entry {price}"), "muted", "dash", ""),
        (rest_break_even(position, rate, tick), translate("Chart", "Break-even {price}"), "text", "dot", ""),
        (position.liq_price, translate("Chart", "Liq {price}"), "down", "dot", ""),
    )
    made = []
    for price, shown, tone, style, name in candidates:
        if price is not None:
            pnl = text.money(figures.pnl_at(position, price), position.settle_coin, signed=True)
            shown = shown.format(price=text.price(price, tick), pnl=pnl)
            made.append(Level(float(price), shown, tone, style, name))
    return made


def _order_levels(position: Position, facts: Facts) -> list[Level]:
    """Stops that are orders of their own: those of parts, with what they would realise, and the trailing one."""
    made = []
    tick, step = facts.tick(position.key), facts.step(position.key)
    shapes = {
        _PROFIT_PART: (translate("Chart", "TP {qty} @ {price} {pnl}"), "up"),
        _LOSS_PART: (translate("Chart", "SL {qty} @ {price} {pnl}"), "warning"),
        _TRAILING: (translate("Chart", "Trailing {price} {pnl}"), "warning"),
    }
    for order in facts.snapshot.orders if facts.snapshot else ():
        shape = shapes.get(order.stop_order_type)
        if shape is None or order.trigger_price is None or order.position_key != position.key:
            continue
        qty = min(order.qty, position.size) or position.size
        gross = figures.pnl_at(position, order.trigger_price)
        pnl = None if gross is None or not position.size else gross * qty / position.size
        said = shape[0].format(
            qty=text.quantity(qty, step),
            price=text.price(order.trigger_price, tick),
            pnl=text.money(pnl, position.settle_coin, signed=True),
        )
        made.append(Level(float(order.trigger_price), said, shape[1], "dash"))
    return made


def marks(position: Position, executions: tuple[Execution, ...]) -> tuple[Mark, ...]:
    """Where this life was entered (executions on its own side since it was opened) and partly left."""
    since = position.opened_ms
    entries = [
        Mark(fill.ts_ms, float(fill.price), is_entry=True)
        for fill in executions
        if since is not None and fill.ts_ms >= since and is_entry(fill, position)
    ]
    return (*entries, *(Mark(part.ts_ms, float(part.price)) for part in position.partial_exits))


def drag_facts(position: Position, snapshot: Snapshot, facts: Facts) -> DragFacts | None:
    """What dragging a stop needs; None while nothing may be changed."""
    tick = facts.tick(position.key)
    if tick is None or position.is_closing or snapshot.is_read_only:
        return None
    changes = snapshot.stop_changes.get(position.key, ())
    return DragFacts(
        position=position,
        tick=tick,
        even=rest_break_even(position, snapshot.taker_fee(position.key), tick),
        initial_stop=stop_drag.initial_stop(position, changes),
    )


def note_words(note: BotNote) -> tuple[str, str]:
    """Why a bot opened the position, and its indicators; literal text, cut to what a panel can hold."""
    head = []
    if note.reason:
        head.append(" ".join(note.reason.split())[:400])
    if note.confidence is not None:
        confidence = text.number(note.confidence.normalize())
        head.append(translate("Inspector", "confidence {value}").format(value=confidence))
    indicators = (
        (translate("Inspector", "ATR {value}"), note.atr),
        (translate("Inspector", "ADX {value}"), note.adx),
        (translate("Inspector", "volatility {value}"), note.volatility),
    )
    below = [words.format(value=text.number(_short(value))) for words, value in indicators if value is not None]
    return " · ".join(head), " · ".join(below)


def _short(value: Decimal) -> Decimal:
    """Six significant digits: an indicator is not money."""
    return value if len(value.as_tuple().digits) <= 6 else Decimal(f"{value:.6g}")
