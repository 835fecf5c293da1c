"""What the cells of an open position say; which columns they stand in is in position_columns.py.

Figures come from the record; what the screen adds is computed in gui/models/figures.py, which is only imported once
there is a position to show (its imports weigh as much as the first paint).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

from gui import text
from gui.models import row_state
from gui.models.cell import EMPTY, Cell, Chip, Facts
from gui.text import translate

if TYPE_CHECKING:
    from types import ModuleType

    from core.model import Command, Position

AMBER_S: Final = 3.0
STALE_S: Final = 10.0
STALE_STEP_S: Final = 5.0


@cache
def _figures() -> ModuleType:
    from gui.models import figures  # lazily: see the module's docstring

    return figures


def price_age(position: Position, facts: Facts) -> float | None:
    """Seconds since the mark price was last heard, None while there is none."""
    return None if position.mark_price is None else facts.clock.monotonic() - position.mark_mono


def is_stale(position: Position, facts: Facts) -> bool:
    """The price is too old to be taken for live."""
    age = price_age(position, facts)
    return age is not None and age >= STALE_S


def _live_tone(position: Position, facts: Facts, tone: str) -> str:
    """The tone of a figure that follows the mark: amber when it gets old, muted when it is stale."""
    age = price_age(position, facts)
    if age is None or age < AMBER_S:
        return tone
    return "warning" if age < STALE_S and tone == "text" else "muted" if age >= STALE_S else tone


def phase(position: Position, facts: Facts) -> tuple[int, str, bool]:
    """What changes about a row while its record stays the same: freshness, its command's state or note, Cancel."""
    age = price_age(position, facts)
    freshness = 0 if age is None or age < AMBER_S else 1 if age < STALE_S else 2
    if not position.is_closing:
        said = row_state.note(position, facts) or row_state.resting_words(position, facts)
        return freshness, said, False
    command = open_command(position, facts)
    return freshness, command.state if command else "", closing_order_id(position, facts) is not None


def open_command(position: Position, facts: Facts) -> Command | None:
    """The close command that the row is waiting for, if any."""
    if facts.snapshot is None:
        return None
    key = position.key
    return next((c for c in facts.snapshot.commands if c.is_open and c.key == key and c.kind == "close"), None)


def side_chip(side: str, leverage: Decimal | None = None) -> Chip:
    """Long 5× on green, Short 10× on red."""
    words = " ".join(part for part in (text.side_name(side), text.leverage(leverage)) if part)
    return Chip(words, "up" if side == "Buy" else "down", is_filled=True)


def mode_words(position: Position) -> str:
    """Margin mode and position mode."""
    margin = {
        "isolated": translate("Positions", "Isolated"),
        "cross": translate("Positions", "Cross"),
        "portfolio": translate("Positions", "Portfolio"),
    }.get(position.margin_mode, position.margin_mode or text.DASH)
    mode = translate("Positions", "hedge") if position.is_hedge else translate("Positions", "one-way")
    return f"{margin} · {mode}"


def _closing_words(position: Position, facts: Facts) -> str:
    command = open_command(position, facts)
    state = command.state if command else ""
    return {
        "sending": translate("Positions", "closing… sending"),
        "unknown": translate("Positions", "closing… asking Bybit what happened"),
    }.get(state, translate("Positions", "closing… waiting for fill"))


def symbol_cell(position: Position, facts: Facts) -> Cell:
    """Symbol, side and leverage; below, the modes, or why this row is special."""
    below, tone = row_state.resting_words(position, facts), "accent"
    if not below:
        below, tone = mode_words(position), "muted"
    age = price_age(position, facts)
    if position.is_closing:
        below = _closing_words(position, facts)
    elif age is not None and age >= STALE_S:
        below, tone = _stale_words(age), "warning"
    return Cell(
        text=position.symbol,
        chips=(side_chip(position.side, position.leverage),),
        below=below,
        below_tone=tone,
        is_strong=True,
        is_faint=position.is_closing,
        keeps_below=position.is_closing or tone == "warning",
    )


def _stale_words(age: float) -> str:
    """In steps: a row that counts seconds is painted every second and says no more. The tooltip tells the exact age."""
    return translate("Positions", "STALE · price over {age} old").format(age=text.age(age - age % STALE_STEP_S))


def size_cell(position: Position, facts: Facts) -> Cell:
    """Quantity held; below, its value at mark."""
    return Cell(
        text=text.quantity(position.size, facts.step(position.key)),
        below=text.money(position.position_value, position.settle_coin),
        is_faint=position.is_closing,
    )


def price_cell(position: Position, facts: Facts) -> Cell:
    """Average entry; below, the mark price."""
    tick = facts.tick(position.key)
    return Cell(
        text=_entry(position, tick),
        below=text.price(position.mark_price, tick),
        below_tone=_live_tone(position, facts, "text"),
        is_even=True,
        is_faint=position.is_closing,
    )


def _entry(position: Position, tick: Decimal | None) -> str:
    """An average lies between ticks: as many decimals as the tick has, the exact figure is in the tooltip."""
    return text.price(position.entry_price, tick)


def pnl_cell(position: Position, facts: Facts) -> Cell:
    """Unrealised PnL; below, ROE."""
    tone = _live_tone(position, facts, text.tone_of(position.unrealised_pnl, position.settle_coin))
    return Cell(
        text=text.money(position.unrealised_pnl, position.settle_coin, signed=True),
        tone=tone,
        below=text.percent(position.roe_pct, signed=True),
        below_tone=tone,
        is_strong=True,
        is_even=True,
        is_faint=position.is_closing,
    )


def realised_cell(position: Position, facts: Facts) -> Cell:
    """Realised in this life, net of fees and funding; below, the fees."""
    fees = text.money(-position.fees, position.settle_coin) if position.fees is not None else text.DASH
    return Cell(
        text=text.money(position.realised_pnl, position.settle_coin, signed=True),
        tone=text.tone_of(position.realised_pnl, position.settle_coin),
        below=translate("Positions", "fees {amount}").format(amount=fees),
        is_faint=position.is_closing,
    )


def liq_cell(position: Position, facts: Facts) -> Cell:
    """Liquidation price; below, how far the mark is from it."""
    distance = _figures().distance_from_mark(position, position.liq_price)
    return Cell(
        text=text.price(position.liq_price, facts.tick(position.key)),
        below=text.percent(distance, 1),
        below_tone="warning" if distance is not None and distance < 5 else "muted",
        is_faint=position.is_closing,
    )


def stops_cell(position: Position, facts: Facts) -> Cell:
    """Take profit and stop loss as chips; below, what the stop means in money."""
    tick = facts.tick(position.key)
    chips = []
    if position.take_profit is not None:
        words = translate("Positions", "TP {price}").format(price=text.price(position.take_profit, tick))
        chips.append(Chip(words, "up"))
    if position.stop_loss is not None:
        words = translate("Positions", "SL {price}").format(price=text.price(position.stop_loss, tick))
        chips.append(Chip(words, "up" if _locks_profit(position) else "down"))
    elif position.trailing_stop is None:
        chips.append(Chip(translate("Positions", "No stop loss"), "warning", is_filled=True))
    return Cell(chips=tuple(chips), below=_risk_words(position, facts), is_faint=position.is_closing)


def _locks_profit(position: Position) -> bool:
    locked = _figures().pnl_at(position, position.stop_loss)
    return locked is not None and locked > 0


def _risk_words(position: Position, facts: Facts) -> str:
    """Trailing distance, and what the stop (or, without one, liquidation) would realise."""
    figures, coin = _figures(), position.settle_coin
    parts = []
    if position.trailing_stop is not None:
        share = text.percent(figures.trailing_share(position), 1)
        parts.append(translate("Positions", "trailing {share}").format(share=share))
    at_stop = figures.pnl_at(position, position.stop_loss)
    if at_stop is not None and at_stop > 0:
        parts.append(translate("Positions", "locks {amount}").format(amount=text.money(at_stop, coin, signed=True)))
    elif at_stop is not None:
        equity = facts.snapshot.wallet.equity if facts.snapshot and facts.snapshot.wallet else None
        share = text.percent(figures.share_of(figures.in_dollars(position, at_stop, position.stop_loss), equity))
        parts.append(translate("Positions", "risk {amount}").format(amount=text.money(at_stop, coin)))
        parts.append(translate("Positions", "{share} of equity").format(share=share))
    elif position.trailing_stop is None:
        worst = figures.pnl_at(position, position.liq_price)
        if worst is not None:
            parts.append(
                translate("Positions", "max loss {amount} to liquidation").format(amount=text.money(worst, coin))
            )
    return " · ".join(parts)


def exits_cell(position: Position, facts: Facts) -> Cell:
    """How much is out already, as a bar; below, in how many exits."""
    share = _figures().exited_share(position)
    if share is None:
        return Cell(text=text.DASH, tone="muted", is_faint=position.is_closing)
    count = len(position.partial_exits)
    words = translate("Positions", "1 exit") if count == 1 else translate("Positions", "{n} exits").format(n=count)
    below = f"{text.percent(share, 0)} · {words}"
    return Cell(bar=float(share) / 100, tone="up", below=below, is_faint=position.is_closing)


def time_cell(position: Position, facts: Facts) -> Cell:
    """Open for; below, the next funding payment and when."""
    now_ms = facts.clock.now_ms()
    opened = now_ms - position.opened_ms if position.opened_ms is not None else None
    amount = _figures().next_funding(position)
    below = text.DASH
    if amount is not None and position.next_funding_ms is not None:
        due = text.countdown(position.next_funding_ms - now_ms)
        shown = text.money(amount, position.settle_coin, signed=True)
        below = translate("Positions", "{amount} in {due}").format(amount=shown, due=due)
    return Cell(text=text.duration(opened), below=below, is_faint=position.is_closing)


def exit_distance_cell(position: Position, facts: Facts) -> Cell:
    """How far the mark is from the nearest of stop and liquidation."""
    return Cell(text=text.percent(_figures().nearest_exit(position), 1), is_faint=position.is_closing)


def margin_cell(position: Position, facts: Facts) -> Cell:
    """Initial margin (the basis of ROE); below, Bybit's own figure."""
    return Cell(
        text=text.money(position.initial_margin, position.settle_coin),
        below=text.money(position.position_im, position.settle_coin),
        is_faint=position.is_closing,
    )


def break_even_cell(position: Position, facts: Facts) -> Cell:
    """Where the rest of this life ends at zero, fees included; below, Bybit's own figure."""
    taker = facts.snapshot.taker_fee(position.key) if facts.snapshot else None
    tick = facts.tick(position.key)
    return Cell(
        text=text.price(_figures().break_even(position, taker), tick),
        below=text.price(position.break_even_price, tick),
        is_faint=position.is_closing,
    )


def age_cell(position: Position, facts: Facts) -> Cell:
    """Age of the price; below, of the position's own report."""
    now = facts.clock.monotonic()
    return Cell(
        text=text.age(price_age(position, facts)),
        tone=_live_tone(position, facts, "text"),
        below=text.age(now - position.received_mono if position.received_mono else None),
        is_faint=position.is_closing,
    )


def stops_button(position: Position, facts: Facts) -> Cell:
    """TP/SL, unless the position is being closed or the key may only look."""
    return EMPTY if position.is_closing or _is_read_only(facts) else Cell(button=translate("Positions", "TP/SL"))


def _is_read_only(facts: Facts) -> bool:
    return facts.snapshot is not None and facts.snapshot.is_read_only


def close_button(position: Position, facts: Facts) -> Cell:
    """Close; Cancel while an order in the book is to close all of it; Retry where nothing was found of the last one."""
    if _is_read_only(facts):
        return EMPTY
    if not position.is_closing:
        if cancels_close(position, facts):
            return Cell(button=translate("Positions", "Cancel"), tone="muted")
        return row_state.retry_button(position, facts) or Cell(button=translate("Positions", "Close"), tone="danger")
    if closing_order_id(position, facts) is None:
        return EMPTY
    return Cell(button=translate("Positions", "Cancel"), tone="muted")


def cancels_close(position: Position, facts: Facts) -> bool:
    """The row's last button takes back what waits in the book instead of closing."""
    return (
        not position.is_closing
        and row_state.retry_button(position, facts) is None
        and row_state.waits_whole(position, facts)
    )


def closing_order_id(position: Position, facts: Facts) -> str | None:
    """Bybit's id of the resting order that is closing this position, if one can still be cancelled."""
    command = open_command(position, facts)
    if command is None or command.order_link_id is None or facts.snapshot is None:
        return None
    return next((o.order_id for o in facts.snapshot.orders if o.order_link_id == command.order_link_id), None)
