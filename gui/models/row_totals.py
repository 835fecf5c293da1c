"""The rows below Orders, Executions and Closed: what the rows shown add up to.

Only amounts in coins that are worth a dollar are added up, and only if none of them is unknown; otherwise a dash.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gui import text
from gui.models.cell import Cell
from gui.models.sums import DOLLARS, known_sum
from gui.text import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.model import Execution, Order
    from gui.models.closed_source import Sums

_FUNDING: Final = "Funding"


def _sides(rows: Sequence[Order] | Sequence[Execution]) -> str:
    buys = sum(row.side == "Buy" for row in rows)
    return translate("Totals", "{buy} buy · {sell} sell").format(buy=buys, sell=len(rows) - buys)


# Orders


def count_orders(rows: Sequence[Order]) -> Cell:
    """How many, and on which side."""
    shown = translate("Totals", "{n} orders").format(n=f"{len(rows):,}")
    return Cell(text=shown, below=_sides(rows), is_strong=True)


def order_kinds(rows: Sequence[Order]) -> Cell:
    """How many wait for a trigger, and how many can only reduce."""
    waiting = sum(row.trigger_price is not None for row in rows)
    reducing = sum(row.reduce_only or bool(row.stop_order_type) for row in rows)
    return Cell(
        text=translate("Totals", "{n} conditional").format(n=waiting),
        below=translate("Totals", "{n} reduce-only").format(n=reducing),
    )


def order_values(rows: Sequence[Order]) -> Cell:
    """What the orders that would open something are worth, at their limit or trigger, as far as not filled yet."""
    opening = [row for row in rows if not row.reduce_only and not row.stop_order_type]
    amount = known_sum(map(_open_value, opening))
    return Cell(text=text.money(amount), below=translate("Totals", "would open"))


def _open_value(order: Order) -> Decimal | None:
    from core.symbols import settle_coin  # with the first order, not before the first paint

    left = order.leaves_qty if order.leaves_qty is not None else order.qty - order.filled_qty
    if order.category == "inverse":
        return left  # contracts of one dollar
    price = order.price or order.trigger_price
    return left * price if price and settle_coin(order.category, order.symbol) in DOLLARS else None


# Executions


def count_executions(rows: Sequence[Execution]) -> Cell:
    """How many, on which side; funding has none."""
    shown = translate("Totals", "{n} executions").format(n=f"{len(rows):,}")
    return Cell(text=shown, below=_sides([row for row in rows if row.exec_type != _FUNDING]), is_strong=True)


def turnover(rows: Sequence[Execution]) -> Cell:
    """What was traded."""
    traded = [row for row in rows if row.exec_type != _FUNDING]
    amount = known_sum(row.value for row in traded) if _in_dollars(traded) else None
    return Cell(text="", below=text.money(amount), below_tone="text")


def gross(rows: Sequence[Execution]) -> Cell:
    """Gross results of what was closed; below, funding."""
    is_money = _in_dollars(rows)
    closed = (row.exec_pnl for row in rows if row.closed_size and row.exec_type != _FUNDING)
    amount = known_sum(closed) if is_money else None
    funding = known_sum(-row.fee for row in rows if row.exec_type == _FUNDING) if is_money else None
    said = translate("Totals", "funding {amount}").format(amount=text.money(funding, signed=True))
    return Cell(text=text.money(amount, signed=True), tone=text.tone_of(amount), below=said, is_strong=True)


def fees(rows: Sequence[Execution]) -> Cell:
    """What all fills cost; funding is no fee."""
    paid = [row for row in rows if row.exec_type != _FUNDING]
    amount = known_sum(-row.fee for row in paid) if _in_dollars(paid) else None
    return Cell(text=text.money(amount, signed=True))


def _in_dollars(rows: Iterable[Execution]) -> bool:
    from core.symbols import settle_coin  # with the first execution

    return {row.fee_currency or settle_coin(row.category, row.symbol) for row in rows} <= DOLLARS


# Closed: what the selection adds up to is known to whoever made it


def closed(sums: Sums) -> dict[str, Cell]:
    """By column name."""
    known = sums.wins + sums.losses
    won = translate("Totals", "{wins} won · {losses} lost").format(wins=f"{sums.wins:,}", losses=f"{sums.losses:,}")
    share = text.number(text.as_share(sums.wins, known), 1, suffix="%") if known else text.DASH
    return {
        "symbol": Cell(text=translate("Totals", "{n} closed").format(n=f"{sums.trades:,}"), below=won, is_strong=True),
        "closed": Cell(text=translate("Totals", "{share} won").format(share=share)),
        "net": Cell(text=text.money(sums.net, signed=True), tone=text.tone_of(sums.net), is_strong=True),
    }
