"""The columns of the Orders table: open orders, and which position each of them protects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text, words
from gui.models import row_totals
from gui.models.cell import EMPTY, Cell, Chip, Column, Facts, Rank
from gui.text import translate

if TYPE_CHECKING:
    from decimal import Decimal

    from core.model import Order, Position


def protected(order: Order, facts: Facts) -> Position | None:
    """The open position that this order would reduce."""
    if facts.snapshot is None or not (order.reduce_only or order.stop_order_type):
        return None
    key = order.position_key
    position = next((p for p in facts.snapshot.positions if p.key == key), None)
    return position if position is not None and position.side != order.side else None


def symbol_cell(order: Order, facts: Facts) -> Cell:
    """Symbol and what the order would do."""
    buys = order.side == "Buy"
    chip = Chip(words.order_side(order.side), "up" if buys else "down", True)
    return Cell(
        text=order.symbol, chips=(chip,), below=text.identity(order.order_link_id or order.order_id), is_strong=True
    )


def kind_cell(order: Order, facts: Facts) -> Cell:
    """Order kind; below, time in force and reduce-only."""
    marks = [order.time_in_force]
    if order.reduce_only:
        marks.append(translate("Orders", "reduce-only"))
    return Cell(text=words.order_kind(order.order_type, order.stop_order_type), below=" · ".join(m for m in marks if m))


def size_cell(order: Order, facts: Facts) -> Cell:
    """Quantity (Bybit's 0 means the entire position); below, what is filled."""
    step = facts.step(order.position_key)
    whole = order.qty == 0 and order.stop_order_type
    shown = translate("Orders", "entire position") if whole else text.quantity(order.qty, step)
    filled = translate("Orders", "filled {qty}").format(qty=text.quantity(order.filled_qty, step))
    return Cell(text=shown, below=filled)


def price_cell(order: Order, facts: Facts) -> Cell:
    """Limit price; below, the trigger and the price that it watches."""
    tick = facts.tick(order.position_key)
    below = text.DASH
    if order.trigger_price is not None:
        sign = "≥" if order.trigger_direction == 1 else "≤" if order.trigger_direction == 2 else ""
        below = f"{words.trigger(order.trigger_by)} {sign} {text.price(order.trigger_price, tick)}"
    limit = translate("Orders", "market") if order.order_type == "Market" else text.price(order.price, tick)
    return Cell(text=limit, below=below)


def protects_cell(order: Order, facts: Facts) -> Cell:
    """The position that it reduces, and how far the mark is from the trigger."""
    position = protected(order, facts)
    if position is None or (facts.snapshot is not None and order.order_id in facts.snapshot.leftovers):
        opens = not order.reduce_only and not order.stop_order_type
        return Cell(
            text=translate("Orders", "opens") if opens else text.DASH,
            tone="muted",
            chips=() if opens else (Chip(translate("Orders", "protects nothing"), "warning", True),),
        )
    size = text.quantity(position.size, facts.step(order.position_key))
    side = text.side_name(position.side)
    return Cell(text=f"{side} {size}", below=_distance(order, position))


def _distance(order: Order, position: Position) -> str:
    share = _share_from_mark(order, position)
    if share is None:
        return text.DASH
    return translate("Orders", "{share} from mark").format(share=text.percent(share, 1))


def _share_from_mark(order: Order, position: Position) -> Decimal | None:
    """In percent of the mark, without sign."""
    target = order.trigger_price if order.trigger_price is not None else order.price
    if target is None or position.mark_price is None:
        return None
    return abs(target - position.mark_price) / position.mark_price * 100


def protected_side(order: Order, facts: Facts) -> str | None:
    """The side of the position that it reduces; None when it protects nothing."""
    position = protected(order, facts)
    return None if position is None else position.side


def distance(order: Order, facts: Facts) -> Decimal | None:
    """How far the mark of the position that it reduces is from its trigger or limit, in percent."""
    position = protected(order, facts)
    return None if position is None else _share_from_mark(order, position)


def time_cell(order: Order, facts: Facts) -> Cell:
    """Age; below, when it was made."""
    return Cell(text=text.duration(facts.clock.now_ms() - order.created_ms), below=text.clock_time(order.created_ms))


def status_cell(order: Order, facts: Facts) -> Cell:
    """How far it is; Bybit's own word for it is in the tooltip."""
    return Cell(text=words.order_status(order.status), tone="muted")


def order_tip(order: Order, facts: Facts) -> str:
    """Its ids, its making and its state, as Bybit reports them."""
    return "\n".join(
        (
            translate("Orders", "Bybit's id {id}").format(id=text.identity(order.order_id)),
            translate("Orders", "Own id {id}").format(id=text.identity(order.order_link_id) or text.DASH),
            translate("Orders", "Made {time} by {kind}").format(
                time=text.date_time(order.created_ms), kind=order.create_type or text.DASH
            ),
            translate("Orders", "Last report {time}: {status}").format(
                time=text.date_time(order.updated_ms), status=order.status
            ),
        )
    )


def size_tip(order: Order, facts: Facts) -> str:
    """What was ordered, what is done, what is left."""
    return translate(
        "Orders", "Ordered {qty}, filled {filled}, left {left}, as Bybit reports it\n0 stands for the entire position"
    ).format(qty=text.quantity(order.qty), filled=text.quantity(order.filled_qty), left=text.quantity(order.leaves_qty))


def price_tip(order: Order, facts: Facts) -> str:
    """Limit, trigger, and what is left."""
    return "\n".join(
        (
            translate("Orders", "Limit price {price}").format(price=text.number(order.price)),
            translate("Orders", "Goes off when the {watched} price reaches {price}").format(
                watched=words.trigger(order.trigger_by), price=text.number(order.trigger_price)
            )
            if order.trigger_price is not None
            else translate("Orders", "Not conditional"),
            translate("Orders", "Average of what is filled {price}").format(price=text.number(order.average_price)),
        )
    )


def protects_tip(order: Order, facts: Facts) -> str:
    """How the protected position is found."""
    return translate(
        "Orders",
        "The open position on the same contract and side that this order can only reduce\n"
        "Distance = |trigger or limit − mark| ÷ mark",
    )


def cancel_button(order: Order, facts: Facts) -> Cell:
    """Cancel, unless the key may only look."""
    is_read_only = facts.snapshot is not None and facts.snapshot.is_read_only
    return EMPTY if is_read_only else Cell(button=translate("Orders", "Cancel"))


def columns() -> tuple[Column, ...]:
    """The Orders table, in the user's language."""
    t = translate
    longest = max(words.order_side("Buy"), words.order_side("Sell"), key=len)
    return (
        Column("symbol", (t("Orders", "Symbol"),), symbol_cell, lambda o: o.symbol, is_right=False,
               widest=f"1000PEPEUSDT  {longest}     ", stretch=3, search=lambda o: f"{o.symbol} {o.order_link_id}",
               total=row_totals.count_orders,
               tooltip=order_tip),
        Column("kind", (t("Orders", "Order"), t("Orders", "conditions")), kind_cell,
               lambda o: (o.stop_order_type, o.order_type), is_right=False, widest="Partial take profit", stretch=2,
               search=lambda o: words.order_kind(o.order_type, o.stop_order_type), total=row_totals.order_kinds,
               tooltip=order_tip),
        Column("qty", (t("Orders", "Quantity"), t("Orders", "filled")), size_cell, lambda o: o.qty,
               widest="entire position", stretch=1, flashes=True,
               line_keys=(lambda o: o.qty, lambda o: o.filled_qty),
               tooltip=size_tip),
        Column("price", (t("Orders", "Price"), t("Orders", "trigger")), price_cell,
               lambda o: o.trigger_price if o.trigger_price is not None else o.price, widest="mark ≥ 0.0107140",
               stretch=1, flashes=True,
               line_keys=(lambda o: o.price, lambda o: o.trigger_price), total=row_totals.order_values,
               tooltip=price_tip),
        Column("protects", (t("Orders", "Protects"), t("Orders", "distance")), protects_cell, is_right=False,
               widest="protects nothing", stretch=2, is_timed=True,
               more_ranks=(Rank("side", t("Orders", "Protects"), protected_side, 0, looks_up=True),
                           Rank("distance", t("Orders", "distance"), distance, 1, looks_up=True)),
               tooltip=protects_tip),
        Column("status", (t("Orders", "Status"),), status_cell, lambda o: o.status, is_right=False,
               widest="Partly filled", stretch=1, gives_way=1,
               tooltip=order_tip),
        Column("time", (t("Orders", "Age"), t("Orders", "made")), time_cell, lambda o: -o.created_ms,
               widest="17:45:00", stretch=1, is_timed=True, gives_way=2,
               tooltip=order_tip),
        Column("cancel", ("",), cancel_button, widest="Cancel"),
    )  # fmt: skip
