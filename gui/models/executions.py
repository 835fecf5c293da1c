"""The columns of the Executions table: every fill, funding payment, liquidation … as Bybit reported it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text, words
from gui.models import row_totals
from gui.models.cell import Cell, Chip, Column, Facts
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Execution


def time_cell(row: Execution, facts: Facts) -> Cell:
    """Local date and time."""
    return Cell(text=text.date_time(row.ts_ms))


def symbol_cell(row: Execution, facts: Facts) -> Cell:
    """Symbol and the side of the order."""
    if row.exec_type == "Funding":
        return Cell(text=row.symbol, is_strong=True)
    buys = row.side == "Buy"
    chip = Chip(words.order_side(row.side), "up" if buys else "down", True)
    return Cell(text=row.symbol, chips=(chip,), is_strong=True)


def kind_cell(row: Execution, facts: Facts) -> Cell:
    """What it was; below, maker or taker, and whether it opened or closed."""
    if row.exec_type == "Funding":
        return Cell(text=words.execution_kind(row.exec_type))
    role = translate("Executions", "maker") if row.is_maker else translate("Executions", "taker")
    does = translate("Executions", "closes") if row.closed_size else translate("Executions", "opens")
    kind = words.order_kind("", row.stop_order_type) if row.stop_order_type else words.execution_kind(row.exec_type)
    return Cell(text=kind, below=f"{role} · {does}")


def _coin(row: Execution) -> str:
    """What its value and its result are counted in."""
    from core.symbols import settle_coin  # with the first execution, not before the first paint

    return settle_coin(row.category, row.symbol)


def qty_cell(row: Execution, facts: Facts) -> Cell:
    """Quantity; below, its value."""
    return Cell(text=text.quantity(row.qty), below=text.money(row.value, _coin(row)))


def price_cell(row: Execution, facts: Facts) -> Cell:
    """The price of the fill."""
    instrument = facts.snapshot.instruments.get((row.category, row.symbol)) if facts.snapshot else None
    return Cell(text=text.price(row.price, instrument.tick if instrument else None))


def pnl_cell(row: Execution, facts: Facts) -> Cell:
    """Gross result of the closed part; a dash when nothing was closed. Funding shows what was received."""
    amount = -row.fee if row.exec_type == "Funding" else row.exec_pnl if row.closed_size else None
    coin = _coin(row)
    return Cell(text=text.money(amount, coin, signed=True), tone=text.tone_of(amount, coin))


def fee_cell(row: Execution, facts: Facts) -> Cell:
    """The fee as a cost; a rebate is positive. Funding has none."""
    if row.exec_type == "Funding":
        return Cell(text=text.DASH, tone="muted")
    decimals = text.coin_decimals(_coin(row)) + 2
    return Cell(text=text.HIDDEN if text.is_private() else text.number(-row.fee, decimals, signed=True), tone="muted")


def order_cell(row: Execution, facts: Facts) -> Cell:
    """The order's own id if it has one; below, Bybit's."""
    return Cell(text=text.identity(row.order_link_id) or text.DASH, tone="muted", below=text.identity(row.order_id))


def id_tip(row: Execution, facts: Facts) -> str:
    """Its ids."""
    return translate("Executions", "Execution {id}\nOrder {order}\nSequence {seq}, as Bybit reported it").format(
        id=text.identity(row.exec_id), order=text.identity(row.order_id), seq=row.seq
    )


def kind_tip(row: Execution, facts: Facts) -> str:
    """Bybit's own words for it."""
    return translate(
        "Executions", "Execution type {kind}, order type {order}, made by {maker}; as Bybit reports it"
    ).format(kind=row.exec_type or text.DASH, order=row.order_type or text.DASH, maker=row.create_type or text.DASH)


def qty_tip(row: Execution, facts: Facts) -> str:
    """Quantity, price and value in full."""
    return translate(
        "Executions", "{qty} at {price}, worth {value}, of which {closed} closed; as Bybit reports it"
    ).format(
        qty=text.quantity(row.qty),
        price=text.number(row.price),
        value=text.quantity(row.value),
        closed=text.quantity(row.closed_size),
    )


def pnl_tip(row: Execution, facts: Facts) -> str:
    """What the result is of."""
    if row.exec_type == "Funding":
        return translate("Executions", "Funding: positive was received. Bybit reports it as a fee of the other sign")
    return translate("Executions", "Gross result of the closed part, {qty}, before fees; as Bybit reports it").format(
        qty=text.quantity(row.closed_size)
    )


def fee_tip(row: Execution, facts: Facts) -> str:
    """The fee's rate."""
    rate = row.fee / row.value * 100 if row.value else None
    return translate("Executions", "Fee {fee} {coin}, {rate} of the value; a rebate is positive").format(
        fee=text.quantity(-row.fee), coin=row.fee_currency, rate=text.number(rate, 4, suffix="%")
    )


def columns() -> tuple[Column, ...]:
    """The Executions table, in the user's language."""
    t = translate
    longest = max(words.order_side("Buy"), words.order_side("Sell"), key=len)
    return (
        Column("time", (t("Executions", "Time"),), time_cell, lambda e: (e.ts_ms, e.seq), is_right=False,
               widest="2023-11-14 22:13:20", stretch=1,
               tooltip=id_tip),
        Column("symbol", (t("Executions", "Symbol"),), symbol_cell, lambda e: e.symbol, is_right=False,
               widest=f"1000PEPEUSDT  {longest}  ", stretch=2, search=lambda e: e.symbol,
               total=row_totals.count_executions,
               tooltip=id_tip),
        Column("kind", (t("Executions", "Kind"),), kind_cell, lambda e: e.exec_type, is_right=False,
               widest="Auto-deleveraging", stretch=1, search=lambda e: words.execution_kind(e.exec_type),
               tooltip=kind_tip),
        Column("qty", (t("Executions", "Quantity"), t("Executions", "value")), qty_cell, lambda e: e.qty,
               widest="210,000", stretch=1,
               line_keys=(lambda e: e.qty, lambda e: e.value), total=row_totals.turnover,
               tooltip=qty_tip),
        Column("price", (t("Executions", "Price"),), price_cell, lambda e: e.price, widest="0.0107140", stretch=1,
               tooltip=qty_tip),
        Column("pnl", (t("Executions", "Gross PnL"),), pnl_cell,
               lambda e: e.exec_pnl if e.closed_size else None, widest="funding +2,438.00", stretch=1,
               total=row_totals.gross,
               tooltip=pnl_tip),
        Column("fee", (t("Executions", "Fee"),), fee_cell, lambda e: e.fee, widest="−14.7900", stretch=1,
               total=row_totals.fees,
               tooltip=fee_tip),
        Column("order", (t("Executions", "Order"),), order_cell, lambda e: e.order_link_id, is_right=False,
               widest="0f9a7a2e-9d5c-4a4b-8a52", stretch=2, search=lambda e: e.order_link_id,
               tooltip=id_tip),
    )  # fmt: skip
