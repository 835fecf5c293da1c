"""What a figure of a position means: formula, inputs, where each comes from, and how old it is."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from gui import text, words
from gui.models.cell import Facts
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Position


def _figures() -> ModuleType:
    from gui.models import figures  # with the first position, not before the first paint

    return figures


def _mark_source(position: Position, facts: Facts) -> str:
    age = None if position.mark_price is None else facts.clock.monotonic() - position.mark_mono
    return translate("Tips", "Mark price from the {source}, {age} old").format(
        source=position.mark_source or text.DASH, age=text.age(age)
    )


def _report(position: Position, facts: Facts) -> str:
    age = facts.clock.monotonic() - position.received_mono if position.received_mono else None
    return translate("Tips", "Position as reported by Bybit, {age} ago").format(age=text.age(age))


def symbol(position: Position, facts: Facts) -> str:
    """The row as a whole: since when, from where, how old."""
    opened = translate("Tips", "Opened {time}").format(time=text.date_time(position.opened_ms))
    mode = translate("Tips", "Position index {idx} · sequence {seq}").format(
        idx=position.position_idx, seq=position.seq
    )
    note = facts.snapshot.notes.get(position.key) if facts.snapshot else None
    lines = [opened, mode, _report(position, facts), _mark_source(position, facts)]
    if note is not None and note.reason:
        lines.append(translate("Tips", "Bot: {reason}").format(reason=note.reason))
    return "\n".join(lines)


def size(position: Position, facts: Facts) -> str:
    """Quantity and value."""
    return "\n".join(
        (
            translate("Tips", "Quantity held and its value, both as Bybit reports them"),
            translate("Tips", "Largest size of this position: {size}").format(size=text.quantity(position.peak_size)),
            _report(position, facts),
        )
    )


def price(position: Position, facts: Facts) -> str:
    """Entry, mark, last."""
    return "\n".join(
        (
            translate("Tips", "Average entry {price}").format(price=text.number(position.entry_price)),
            translate("Tips", "Last price {price}").format(price=text.number(position.last_price)),
            _mark_source(position, facts),
        )
    )


def pnl(position: Position, facts: Facts) -> str:
    """Unrealised PnL and ROE."""
    inverse = position.category == "inverse"
    formula = (
        translate("Tips", "Unrealised PnL = size ÷ entry − size ÷ mark, the other way round for a short")
        if inverse
        else translate("Tips", "Unrealised PnL = size × (mark − entry), the other way round for a short")
    )
    inputs = (
        f"{text.quantity(position.size)} · {text.number(position.entry_price)} → {text.number(position.mark_price)}"
    )
    basis = translate("Tips", "ROE = unrealised PnL ÷ initial margin {margin} (value at entry ÷ leverage)").format(
        margin=text.money(position.initial_margin, position.settle_coin)
    )
    return "\n".join((formula, inputs, basis, _mark_source(position, facts)))


def realised(position: Position, facts: Facts) -> str:
    """Realised in this life."""
    coin = position.settle_coin
    said = translate(
        "Tips", "Gross of the exits of this life − fees {fees} + funding {funding}\nComputed from executions"
    ).format(fees=text.money(position.fees, coin), funding=text.money(position.funding, coin, signed=True))
    if position.realised_pnl is not None:
        return said
    why = translate(
        "Tips", "Not known yet: its beginning or some of its executions are missing; Bybit is asked for them"
    )
    return f"{why}\n{said}"


def liquidation(position: Position, facts: Facts) -> str:
    """Liquidation price and distance."""
    loss = text.money(_figures().pnl_at(position, position.liq_price), position.settle_coin, signed=True)
    return "\n".join(
        (
            translate("Tips", "Liquidation price as Bybit reports it; a dash when it sends none"),
            translate("Tips", "Distance = |mark − liquidation price| ÷ mark"),
            translate("Tips", "Closing there would realise {amount}, before fees").format(amount=loss),
            _report(position, facts),
            _mark_source(position, facts),
        )
    )


def stops(position: Position, facts: Facts) -> str:
    """Each stop with what it would realise."""
    tick, figures = facts.tick(position.key), _figures()
    lines = []
    for level, shown in (
        (position.take_profit, translate("Tips", "Take profit {price}: {amount}")),
        (position.stop_loss, translate("Tips", "Stop loss {price}: {amount}")),
    ):
        if level is not None:
            amount = text.money(figures.pnl_at(position, level), position.settle_coin, signed=True)
            lines.append(shown.format(price=text.price(level, tick), amount=amount))
    if position.trailing_stop is not None:
        distance = text.price(position.trailing_stop, tick)
        lines.append(translate("Tips", "Trailing stop at a distance of {distance}").format(distance=distance))
    if position.stop_loss is None and position.trailing_stop is None:
        lines.append(translate("Tips", "Nothing closes this position at a loss before liquidation does"))
    lines.append(translate("Tips", "Amounts: the whole size at that price, before the closing fee"))
    return "\n".join((*lines, _report(position, facts)))


def exits(position: Position, facts: Facts) -> str:
    """Every partial exit on its own line."""
    tick = facts.tick(position.key)
    lines = [
        f"{text.clock_time(part.ts_ms)}  {text.quantity(part.qty)} @ {text.price(part.price, tick)}  "
        f"{text.money(part.net_pnl, position.settle_coin, signed=True)}  {words.reason(part.reason, position.symbol)}"
        for part in position.partial_exits
    ]
    share = translate("Tips", "Share out = 1 − size ÷ largest size; from executions")
    return "\n".join((*lines, share)) if lines else translate("Tips", "No partial exit in this life")


def time(position: Position, facts: Facts) -> str:
    """Since when, and the next funding."""
    rate = position.funding_rate
    shown = text.number(rate * 100, 4, signed=True, suffix="%") if rate is not None else text.DASH
    return "\n".join(
        (
            translate("Tips", "Opened {time}").format(time=text.date_time(position.opened_ms)),
            translate("Tips", "Next funding = value at mark × rate {rate}; positive is received").format(rate=shown),
            translate("Tips", "Due {time}; the rate may change until then").format(
                time=text.date_time(position.next_funding_ms)
            ),
        )
    )


def exit_distance(position: Position, facts: Facts) -> str:
    """The nearest exit at a loss."""
    words_of = translate("Tips", "The nearer of stop loss and liquidation: |mark − price| ÷ mark")
    return "\n".join((words_of, _mark_source(position, facts)))


def margin(position: Position, facts: Facts) -> str:
    """Initial margin, both ways."""
    return "\n".join(
        (
            translate("Tips", "Above: value at entry ÷ leverage, the basis of ROE; it does not move with the price"),
            translate("Tips", "Below: Bybit's own figure, which follows the mark in cross mode"),
            _report(position, facts),
        )
    )


def break_even(position: Position, facts: Facts) -> str:
    """Both break-evens."""
    return "\n".join(
        (
            translate("Tips", "Above: where closing the rest at the taker's fee ends the whole position at zero"),
            translate("Tips", "Below: Bybit's own figure"),
            translate("Tips", "Realised so far {amount}, net").format(
                amount=text.money(position.realised_pnl, position.settle_coin, signed=True)
            ),
        )
    )


def age(position: Position, facts: Facts) -> str:
    """Both ages."""
    return "\n".join((_mark_source(position, facts), _report(position, facts)))
