"""The columns of the Closed table: one row per position life, flat to flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text, words
from gui.models import life_lines
from gui.models.cell import Cell, Column, Facts, Rank
from gui.models.positions import side_chip
from gui.text import translate

if TYPE_CHECKING:
    from decimal import Decimal

    from core.model import ClosedTrade, PositionKey


def key_of(trade: ClosedTrade) -> PositionKey:
    """The key of the position that it was."""
    from core.model import PositionKey  # msgspec comes with it: not before the first paint

    return PositionKey(trade.category, trade.symbol, trade.position_idx)


def move_pct(trade: ClosedTrade) -> Decimal | None:
    """How far the exit lay from the entry, in percent, positive in the position's favour; None if one is unknown."""
    if trade.entry_price is None or trade.exit_price is None:
        return None
    change = (trade.exit_price - trade.entry_price) / trade.entry_price * 100
    return change if trade.side == "Buy" else -change


def exit_count(trade: ClosedTrade) -> int:
    """In how many exits it ended: those that are known, and one for whatever they leave open, as a bot's file does."""
    return len(trade.exits) + (sum(part.qty for part in trade.exits) < trade.peak_size)


def symbol_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """Symbol and side; below, what is missing if executions do not tell all of the life."""
    return Cell(
        text=trade.symbol,
        chips=(side_chip(trade.side),),
        below=_what_is_missing(trade),
        below_tone="warning",
        is_strong=True,
    )


def _what_is_missing(trade: ClosedTrade) -> str:
    if trade.is_complete:
        return ""
    if is_priced(trade):
        return translate("Closed", "by Bybit's records")
    if _begins_known(trade):
        return translate("Closed", "executions missing")
    return translate("Closed", "beginning not known")


def is_priced(trade: ClosedTrade) -> bool:
    """Bybit's closed-PnL records stand in for executions that did not come; see core.pricing."""
    return trade.pnl_source == "closed_pnl"


def why_incomplete(trade: ClosedTrade) -> str:
    """What executions do not tell of a life, and what its figures are instead; empty when they tell all."""
    if trade.is_complete:
        return ""
    if is_priced(trade):
        return translate(
            "Closed",
            "Not all executions came: the money is that of Bybit's closed-PnL records, "
            "which leave out funding that no execution told of",
        )
    if _begins_known(trade):
        return translate("Closed", "Not all executions came; Bybit is asked for them, and for its own records")
    return translate(
        "Closed", "It began before the history that was read so far; its result is pending until that reaches back"
    )


def _begins_known(trade: ClosedTrade) -> bool:
    """Whether its beginning was seen, or at least is not before all that is known; a store does not keep the gap."""
    return trade.gap is not None or bool(trade.opened_ms)


def held_ms(trade: ClosedTrade) -> int | None:
    """How long it was open; None when its beginning is not known."""
    return trade.closed_ms - trade.opened_ms if trade.opened_ms else None


def time_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """When it ended; below, how long it was held."""
    held = translate("Closed", "held {time}").format(time=text.duration(held_ms(trade)))
    return Cell(text=text.date_time(trade.closed_ms), below=held)


def size_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """The largest size it had; below, in how many exits it ended."""
    count = exit_count(trade)
    exits = translate("Closed", "1 exit") if count == 1 else translate("Closed", "{n} exits").format(n=count)
    return Cell(text=text.quantity(trade.peak_size, facts.step(key_of(trade))), below=exits)


def price_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """Average entry; below, average exit."""
    tick = facts.tick(key_of(trade))
    return Cell(
        text=text.price(trade.entry_price, tick),
        below=text.price(trade.exit_price, tick),
        below_tone="text",
        is_even=True,
    )


def net_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """Net PnL, pending while it is not known; below, the move in the position's favour."""
    if trade.net_pnl is None:
        return Cell(text=translate("Closed", "pending"), tone="muted")
    tone = text.tone_of(trade.net_pnl, trade.settle_coin)
    return Cell(
        text=text.money(trade.net_pnl, trade.settle_coin, signed=True),
        tone=tone,
        below=text.percent(move_pct(trade), signed=True),
        is_strong=True,
    )


def cost_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """Fees paid; below, funding."""
    coin = trade.settle_coin
    fees = text.money(-trade.fees, coin) if trade.fees is not None else text.DASH
    return Cell(text=fees, below=text.money(trade.funding, coin, signed=True))


def reason_cell(trade: ClosedTrade, facts: Facts) -> Cell:
    """What the last exit was."""
    return Cell(text=words.reason(trade.closed_by) or text.DASH, tone="muted")


def exits_tip(trade: ClosedTrade, facts: Facts) -> str:
    """Every partial exit on its own line."""
    tick = facts.tick(key_of(trade))
    return "\n".join(
        f"{text.clock_time(x.ts_ms)}  {text.quantity(x.qty)} @ {text.price(x.price, tick)}  "
        f"{text.money(x.net_pnl, trade.settle_coin, signed=True)}  {words.reason(x.reason, trade.symbol)}"
        for x in trade.exits
    )


def size_tip(trade: ClosedTrade, facts: Facts) -> str:
    """What the largest size is, and every partial exit on its own line."""
    said = translate("Closed", "The largest size that was held at once; from executions")
    return "\n".join(part for part in (said, exits_tip(trade, facts)) if part)


def best_tip(trade: ClosedTrade, facts: Facts) -> str:
    """What the extremes are of."""
    return translate(
        "Closed",
        "Highest and lowest unrealised PnL (MFE and MAE) over the mark prices that this desk saw, before costs\n"
        "A dash when it was not watching",
    )


def reason_tip(trade: ClosedTrade, facts: Facts) -> str:
    """Where the reason comes from."""
    return translate(
        "Closed",
        "What the last exit was: the kind of its order as Bybit reports it, or a bot's label of it\nBybit: {code}",
    ).format(code=trade.closed_by or text.DASH)


def life_tip(trade: ClosedTrade, facts: Facts) -> str:
    """The life as a whole."""
    lines = [
        translate("Closed", "Opened {time}").format(time=text.date_time(trade.opened_ms or None)),
        translate("Closed", "Closed {time}").format(time=text.date_time(trade.closed_ms)),
        translate("Closed", "One life: from flat to flat, out of {n} exits").format(n=exit_count(trade)),
    ]
    return "\n".join(line for line in (*lines, why_incomplete(trade)) if line)


def price_tip(trade: ClosedTrade, facts: Facts) -> str:
    """Both averages in full."""
    return translate(
        "Closed", "Average entry {entry}\nAverage exit {exit}\nWeighted by quantity, computed from executions"
    ).format(entry=text.number(trade.entry_price), exit=text.number(trade.exit_price))


def net_tip(trade: ClosedTrade, facts: Facts) -> str:
    """The sum that the net result is."""
    formula = translate("Closed", "Net = gross − fees + funding")
    inputs = f"{text.quantity(trade.gross_pnl)} − {text.quantity(trade.fees)} + {text.quantity(trade.funding)}"
    move = translate("Closed", "Move = (exit − entry) ÷ entry, the other way round for a short")
    source = (
        translate("Closed", "In {coin}, from Bybit's closed-PnL records")
        if is_priced(trade)
        else translate("Closed", "In {coin}, computed from executions")
    ).format(coin=trade.settle_coin)
    lines = [formula, inputs, move, source]
    if trade.other_fees:
        apart = ", ".join(f"{text.quantity(fee.amount)} {fee.coin}" for fee in trade.other_fees)
        lines.append(translate("Closed", "Paid in other coins, and not in it: {fees}").format(fees=apart))
    return "\n".join(line for line in (*lines, why_incomplete(trade)) if line)


def cost_tip(trade: ClosedTrade, facts: Facts) -> str:
    """What was paid."""
    return translate("Closed", "Fees of every entry and exit; funding received is positive\nFrom executions")


def columns() -> tuple[Column, ...]:
    """The Closed table, in the user's language."""
    t = translate
    return (
        Column("symbol", (t("Closed", "Symbol"),), symbol_cell, lambda c: c.symbol, is_right=False,
               widest="1000PEPEUSDT  Short     ", stretch=3,
               search=lambda c: f"{c.symbol} {text.side_name(c.side)}",
               more_ranks=(Rank("side", t("Closed", "Side"), lambda c: c.side),), detail=life_lines.kind_cell,
               tooltip=life_tip),
        Column("closed", (t("Closed", "Closed"), t("Closed", "held")), time_cell, lambda c: c.closed_ms,
               is_right=False, widest="2023-11-14 22:13:20", stretch=2,
               line_keys=(lambda c: c.closed_ms, lambda c: c.closed_ms - c.opened_ms), detail=life_lines.time_cell,
               tooltip=life_tip),
        Column("size", (t("Closed", "Peak size"), t("Closed", "exits")), size_cell, lambda c: c.peak_size, size_tip,
               widest="210,000", stretch=1, detail=life_lines.size_cell),
        Column("price", (t("Closed", "Entry"), t("Closed", "exit")), price_cell, lambda c: c.entry_price,
               widest="0.0107140\n67,605.0", stretch=1,
               line_keys=(lambda c: c.entry_price, lambda c: c.exit_price), detail=life_lines.price_cell,
               tooltip=price_tip),
        Column("net", (t("Closed", "Net PnL"), t("Closed", "move")), net_cell, lambda c: c.net_pnl,
               widest="+2,438.00\n+108.96%", stretch=1,
               line_keys=(lambda c: c.net_pnl, move_pct), detail=life_lines.net_cell,
               tooltip=net_tip),
        Column("costs", (t("Closed", "Fees"), t("Closed", "funding")), cost_cell, lambda c: c.fees, widest="−14.79",
               stretch=1,
               line_keys=(lambda c: c.fees, lambda c: c.funding), detail=life_lines.cost_cell,
               tooltip=cost_tip),
        Column("reason", (t("Closed", "Closed by"),), reason_cell, lambda c: c.closed_by, is_right=False,
               widest="bot take profit 1", stretch=2, search=lambda c: words.reason(c.closed_by),
               detail=life_lines.reason_cell,
               tooltip=reason_tip),
    )  # fmt: skip
