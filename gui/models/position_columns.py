"""The columns of the Positions table: what each is called, shows, is sorted by and how wide it is at first."""

from __future__ import annotations

from operator import attrgetter

from gui import text
from gui.models import attribution, position_ranks, position_tips, position_totals, positions, row_state
from gui.models.cell import Column
from gui.text import translate


def columns() -> tuple[Column, ...]:
    """The Positions table, in the user's language."""
    more = position_ranks.more()
    hidden = tuple(column._replace(starts_hidden=True) for column in _hidden_at_first())
    made = (*_shown_at_first(), *hidden, *_buttons())
    return tuple(row_state.with_note(column._replace(more_ranks=more.get(column.name, ()))) for column in made)


def _shown_at_first() -> tuple[Column, ...]:
    """Where it is narrow, what is past gives way first; the stops never do, nor what the position is and makes now."""
    t = translate
    return (
        Column("symbol", (t("Positions", "Symbol"),), positions.symbol_cell, attrgetter("symbol"), is_right=False,
               widest="1000PEPEUSDT  Short 10×", stretch=3, is_timed=True,  # the age of a stale price
               search=lambda p: f"{p.symbol} {text.side_name(p.side)}",
               total=position_totals.count,
               tooltip=position_tips.symbol),
        Column("size", (t("Positions", "Size"), t("Positions", "value")), positions.size_cell,
               attrgetter("position_value"), widest="210,000\n98,112.6", stretch=1, flashes=True,
               flashes_below=False, sort_line=1,
               line_keys=(attrgetter("size"), attrgetter("position_value")), total=position_totals.value,
               tooltip=position_tips.size),
        Column("price", (t("Positions", "Entry"), t("Positions", "mark")), positions.price_cell,
               attrgetter("mark_price"), widest="0.0107140\n67,605.0", stretch=1, is_phased=True, sort_line=1,
               line_keys=(attrgetter("entry_price"), attrgetter("mark_price")),
               tooltip=position_tips.price),
        Column("pnl", (t("Positions", "Unrealised PnL"), t("Positions", "ROE")), positions.pnl_cell,
               attrgetter("unrealised_pnl"), widest="+2,438.00\n+108.96%", stretch=1, is_phased=True,
               line_keys=(attrgetter("unrealised_pnl"), attrgetter("roe_pct")), total=position_totals.pnl,
               tooltip=position_tips.pnl),
        Column("realised", (t("Positions", "Realised"), t("Positions", "net of fees")), positions.realised_cell,
               attrgetter("realised_pnl"), widest="+430.21\nfees −14.79", stretch=1, flashes=True, gives_way=2,
               line_keys=(attrgetter("realised_pnl"), attrgetter("fees")), total=position_totals.realised,
               tooltip=position_tips.realised),
        Column("liquidation", (t("Positions", "Liq. price"), t("Positions", "distance")), positions.liq_cell,
               position_ranks.liquidation_distance, widest="0.0073310\n12.6%", stretch=1, sort_line=1, gives_way=1,
               line_keys=(attrgetter("liq_price"), position_ranks.liquidation_distance),
               tooltip=position_tips.liquidation),
        Column("stops", (t("Positions", "Take profit / Stop loss"),), positions.stops_cell, is_right=False,
               widest="TP 0.0120000  SL 0.0099000", stretch=3, flashes=True, flashes_below=False,
               total=position_totals.risk,
               tooltip=position_tips.stops),
        Column("exits", (t("Positions", "Exits"),), positions.exits_cell, is_right=False,
               widest="60% · 12 exits", stretch=1, flashes=True, gives_way=4,
               tooltip=position_tips.exits),
        Column("time", (t("Positions", "Open for"), t("Positions", "funding")), positions.time_cell,
               lambda p: -p.opened_ms if p.opened_ms is not None else None, widest="22h 40m\n−0.41 in 01:22",
               stretch=1, is_timed=True, gives_way=3,
               line_keys=(attrgetter("opened_ms"), position_ranks.next_funding),
               tooltip=position_tips.time),
    )  # fmt: skip


def _hidden_at_first() -> tuple[Column, ...]:
    t = translate
    return (
        Column("exit_distance", (t("Positions", "Nearest exit"),), positions.exit_distance_cell,
               position_ranks.nearest_exit, widest="12.6%",
               tooltip=position_tips.exit_distance),
        Column("margin", (t("Positions", "Initial margin"), t("Positions", "at Bybit")), positions.margin_cell,
               attrgetter("initial_margin"), widest="12,401.98",
               line_keys=(attrgetter("initial_margin"), attrgetter("position_im")), total=position_totals.margin,
               tooltip=position_tips.margin),
        Column("break_even", (t("Positions", "Break-even"), t("Positions", "at Bybit")), positions.break_even_cell,
               widest="67,210.00",
               tooltip=position_tips.break_even),
        Column("age", (t("Positions", "Price age"), t("Positions", "report")), positions.age_cell,
               lambda p: None if p.mark_price is None else -p.mark_mono,
               widest="12 s", is_timed=True,
               tooltip=position_tips.age),
        Column("opened_by", (t("Positions", "Opened by"), t("Positions", "reduced by")), attribution.opened_cell,
               is_right=False, widest="bot-entry-1700000017\nbot take profit 1",
               tooltip=attribution.opened_tip),
        Column("note", (t("Positions", "Bot note"), t("Positions", "indicators")), attribution.note_cell,
               is_right=False, widest="ML BUY 77% · 15m 72% 30m 78%", stretch=2, is_timed=True,
               tooltip=attribution.note_tip),
    )  # fmt: skip


def _buttons() -> tuple[Column, ...]:
    return (
        Column("edit_stops", ("",), positions.stops_button, widest="TP/SL", is_phased=True,
               tooltip=row_state.button_tip),
        Column("close", ("",), positions.close_button, widest="Cancel", is_phased=True, tooltip=row_state.button_tip),
    )  # fmt: skip
