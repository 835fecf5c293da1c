"""The columns of the dialogs about several positions or orders."""

from __future__ import annotations

from collections.abc import Callable

from core.model import Order
from gui import text
from gui.dialogs import batch_words, words
from gui.dialogs.close_preview import BOOK
from gui.dialogs.plan import PlanRow
from gui.models import orders, positions
from gui.models.cell import EMPTY, Cell, Chip, Column, Facts
from gui.text import translate

_NONE = Cell(text=text.DASH, tone="muted")


def _what(row: PlanRow, facts: Facts) -> Cell:
    """The position, or the order that is to be cancelled."""
    if row.position is not None:
        chip = positions.side_chip(row.position.side, row.position.leverage)
        return Cell(text=row.position.symbol, chips=(chip,), below=positions.mode_words(row.position), is_strong=True)
    if row.order is None:
        return Cell(text=row.intent.symbol, is_strong=True)
    chip = Chip(translate("Batch", "cancel order"), "warning", True)
    below = batch_words.order_words(row.order, row.instrument)
    return Cell(text=row.order.symbol, chips=(chip,), below=below, is_strong=True)


def _qty(row: PlanRow, facts: Facts) -> Cell:
    """Quantity; below, its value."""
    if row.position is None or row.instrument is None:
        return _order_size(row, facts)
    coin = row.instrument.settle_coin
    value = row.outcome.value if row.outcome else None
    shown = words.exact(row.position.size, row.instrument.step)
    return Cell(text=f"{shown} {words.qty_unit(row.instrument)}", below=text.number(value, text.coin_decimals(coin)))


def _order_symbol(row: PlanRow, facts: Facts) -> Cell:
    """As in the Orders table, but never hidden: two orders may differ in nothing but their ids."""
    if row.order is None:
        return _NONE
    return orders.symbol_cell(row.order, facts)._replace(below=row.order.order_link_id or row.order.order_id)


def _order_size(row: PlanRow, facts: Facts) -> Cell:
    """As in the Orders table, but never hidden."""
    order = row.order
    if order is None:
        return _NONE
    is_whole = order.qty == 0 and order.stop_order_type
    shown = translate("Orders", "entire position") if is_whole else words.counted(order.qty, row.instrument)
    filled = translate("Orders", "filled {qty}").format(qty=words.counted(order.filled_qty, row.instrument))
    return Cell(text=shown, below=filled)


def _protects(row: PlanRow, facts: Facts) -> Cell:
    """As in the Orders table, but never hidden."""
    if row.order is None:
        return _NONE
    cell, position = orders.protects_cell(row.order, facts), orders.protected(row.order, facts)
    if position is None or cell.chips:
        return cell
    return cell._replace(text=f"{text.side_name(position.side)} {words.counted(position.size, row.instrument)}")


def _fill(row: PlanRow, facts: Facts) -> Cell:
    """Expected price; below, where it comes from."""
    outcome, position = row.outcome, row.position
    if outcome is None or position is None or outcome.fill_price is None:
        return _NONE
    tick = row.instrument.tick if row.instrument else None
    if outcome.is_thin:
        below, tone = translate("Batch", "book is too thin"), "warning"
    elif outcome.source == BOOK and outcome.slippage_pct is not None:
        below = translate("Batch", "slippage {share}").format(share=text.percent(outcome.slippage_pct, 3))
        tone = "muted"
    else:
        age = positions.price_age(position, facts)
        below, tone = translate("Batch", "mark, {age} old").format(age=text.age(age)), _age_tone(age)
    return Cell(text=text.price(outcome.fill_price, tick), below=below, below_tone=tone)


def _age_tone(age: float | None) -> str:
    if age is None or age >= positions.STALE_S:
        return "down"
    return "warning" if age >= positions.AMBER_S else "muted"


def _gross(row: PlanRow, facts: Facts) -> Cell:
    """Profit of the close; below, its fee."""
    outcome, position = row.outcome, row.position
    if outcome is None or position is None:
        return _NONE
    coin = position.settle_coin
    decimals = text.coin_decimals(coin)
    fee = None if outcome.fee is None else -outcome.fee
    return Cell(
        text=text.number(outcome.gross, decimals, signed=True),
        tone=text.tone_of(outcome.gross, coin),
        below=translate("Positions", "fees {amount}").format(amount=text.number(fee, decimals)),
    )


def _net(row: PlanRow, facts: Facts) -> Cell:
    """What is left; below, the coin."""
    outcome, position = row.outcome, row.position
    if outcome is None or position is None:
        return _NONE
    coin = position.settle_coin
    shown = text.number(outcome.net, text.coin_decimals(coin), signed=True)
    return Cell(text=shown, tone=text.tone_of(outcome.net, coin), below=coin, is_strong=True)


def _progress(row: PlanRow, facts: Facts) -> Cell:
    """How far it has come; below, details."""
    progress = row.progress
    return Cell(text=progress.words, tone=progress.tone, below=progress.details, below_tone=progress.tone)


def _progress_tip(row: PlanRow, facts: Facts) -> str:
    """What there may be no room for."""
    return "\n".join(part for part in (row.progress.words, row.progress.details) if part)


def _retry(row: PlanRow, facts: Facts) -> Cell:
    """Only where nothing was found of what was sent."""
    return Cell(button=translate("Batch", "Retry"), tone="warning") if row.progress.may_retry else EMPTY


def _of_order(cell_of: Callable[[Order, Facts], Cell]) -> Callable[[PlanRow, Facts], Cell]:
    """A column of the Orders table, for the order of a row."""

    def cell(row: PlanRow, facts: Facts) -> Cell:
        return _NONE if row.order is None else cell_of(row.order, facts)

    return cell


def close_all() -> tuple[Column, ...]:
    """Plan and cost of each close, in the user's language."""
    t = translate
    return (
        Column("what", (t("Batch", "Position"), t("Batch", "modes")), _what, is_right=False,
               widest="1000PEPEUSDT  Short 10×", stretch=1),
        Column("qty", (t("Batch", "Quantity"), t("Batch", "value")), _qty, widest="210,000 1000PEPE\n8,112.60"),
        Column("fill", (t("Batch", "Expected fill"),), _fill, widest="0.0107140\nslippage 0.012%", is_timed=True),
        Column("gross", (t("Batch", "PnL"), t("Batch", "fee")), _gross, widest="+2,438.00\nfees −14.79"),
        Column("net", (t("Batch", "Net"),), _net, widest="+2,438.00"),
        Column("progress", (t("Batch", "State"),), _progress, None, _progress_tip, is_right=False,
               widest="retrying is safe, waiting", stretch=2),
        Column("retry", ("",), _retry, widest="Retry"),
    )  # fmt: skip


def cancel_orders() -> tuple[Column, ...]:
    """What each order would have done, in the user's language."""
    t = translate
    return (
        Column("symbol", (t("Orders", "Symbol"),), _order_symbol, is_right=False,
               widest="1000PEPEUSDT  Sell  ", stretch=1),
        Column("kind", (t("Orders", "Order"), t("Orders", "conditions")), _of_order(orders.kind_cell), is_right=False,
               widest="Partial take profit"),
        Column("qty", (t("Orders", "Quantity"), t("Orders", "filled")), _order_size,
               widest="entire position"),
        Column("price", (t("Orders", "Price"), t("Orders", "trigger")), _of_order(orders.price_cell),
               widest="mark ≥ 0.0107140"),
        Column("protects", (t("Orders", "Protects"), t("Orders", "distance")), _protects,
               is_right=False, widest="protects nothing"),
        Column("progress", (t("Batch", "State"),), _progress, None, _progress_tip, is_right=False,
               widest="retrying is safe, waiting", stretch=2),
        Column("retry", ("",), _retry, widest="Retry"),
    )  # fmt: skip
