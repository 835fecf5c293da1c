"""What a closed life was made of, order by order: entries, exits, funding and whatever else happened to it.

Fills of one order are one line. Where no executions are kept (a life from a bot's file), its partial exits have to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from core.executions import FILLS
from gui import text, words
from gui.models.cell import Cell, Facts
from gui.text import translate

if TYPE_CHECKING:
    from core.model import ClosedTrade, Execution

# A life of more orders is told up to here; the panel at the side has all of them.
MOST: Final = 500
ENTRY, EXIT, MORE, UNKNOWN = "entry", "exit", "more", "unknown"


class LifeLine(NamedTuple):
    """One order's part in a life, or one payment. ``kind``: entry, exit, more, unknown, or Bybit's word for a payment.

    ``gross`` is known of exits; ``fee`` paid is positive; of a payment, ``fee`` is its amount with the sign that a
    receiver sees. ``number`` counts from 0; of ``more`` it is how many lines are left out.
    """

    trade: ClosedTrade
    kind: str
    number: int
    ts_ms: int
    qty: Decimal | None = None
    price: Decimal | None = None
    gross: Decimal | None = None
    fee: Decimal | None = None
    reason: str = ""
    order: str = ""


def lines_of(trade: ClosedTrade, executions: Iterable[Execution]) -> tuple[LifeLine, ...]:
    """The lines of a life, oldest first, at most ``MOST``; one that says so where nothing is known."""
    fills: dict[tuple[str, str], list[Execution]] = {}
    made: list[LifeLine] = []
    for one in executions:
        if one.exec_type in FILLS:
            kind = ENTRY if one.side == trade.side else EXIT
            fills.setdefault((kind, one.order_id or one.exec_id), []).append(one)
        else:
            made.append(LifeLine(trade, one.exec_type, 0, one.ts_ms, fee=-one.fee))
    reasons = {part.order_id: part.reason for part in trade.exits}
    made += [_of_order(trade, kind, group, reasons.get(order, "")) for (kind, order), group in fills.items()]
    made.sort(key=lambda line: line.ts_ms)
    return _numbered(trade, _with_last_reason(trade, made) if fills else [*made, *_of_exits(trade)])


def _of_order(trade: ClosedTrade, kind: str, fills: Sequence[Execution], reason: str) -> LifeLine:
    """A fill that turned the position round belongs to this life with one of its parts only."""
    from core.trades import mean_price, value_of  # with the first life that is unfolded

    parts = [(one, _share(one, kind)) for one in fills]
    qty = sum((share for _, share in parts), Decimal(0))
    value = sum((value_of(trade.category, share, one.price) for one, share in parts if one.price), Decimal(0))
    known = [one.exec_pnl for one in fills if one.exec_pnl is not None]
    gross = sum(known, Decimal(0)) if kind == EXIT and len(known) == len(fills) else None
    fee = sum((one.fee * share / one.qty for one, share in parts if one.qty), Decimal(0))
    newest = fills[-1]
    return LifeLine(
        trade, kind, 0, newest.ts_ms, qty, mean_price(trade.category, qty, value), gross, fee, reason,
        newest.order_link_id,
    )  # fmt: skip


def _share(one: Execution, kind: str) -> Decimal:
    closed = one.closed_size
    if closed is None:
        return one.qty
    return one.qty - closed if kind == ENTRY else min(closed, one.qty) or one.qty


def _of_exits(trade: ClosedTrade) -> list[LifeLine]:
    return [
        LifeLine(
            trade, EXIT, 0, one.ts_ms, one.qty, one.price, one.gross_pnl, one.fee, one.reason, one.order_link_id
        )
        for one in trade.exits
    ]  # fmt: skip


def _with_last_reason(trade: ClosedTrade, lines: list[LifeLine]) -> list[LifeLine]:
    """Partial exits carry their reasons; that of the last one is the life's."""
    last = max((at for at, line in enumerate(lines) if line.kind == EXIT), default=None)
    if last is not None and not lines[last].reason:
        lines[last] = lines[last]._replace(reason=trade.closed_by)
    return lines


def _numbered(trade: ClosedTrade, lines: list[LifeLine]) -> tuple[LifeLine, ...]:
    if not lines:
        return (LifeLine(trade, UNKNOWN, 0, trade.opened_ms),)
    shown = lines if len(lines) <= MOST else lines[: MOST - 1]
    numbered = [line._replace(number=number) for number, line in enumerate(shown)]
    if len(shown) < len(lines):
        numbered.append(LifeLine(trade, MORE, len(lines) - len(shown), lines[-1].ts_ms))
    return tuple(numbered)


# What stands in each column of the Closed table


def kind_cell(line: LifeLine, facts: Facts) -> Cell:
    """What it is; below, the own id of its order."""
    said = {
        ENTRY: translate("Closed", "Entry"),
        EXIT: translate("Closed", "Exit"),
        UNKNOWN: translate("Closed", "Its orders are not known"),
        MORE: translate("Closed", "{n} more, see the details").format(n=f"{line.number:,}"),
    }
    return Cell(text=said.get(line.kind) or words.execution_kind(line.kind), below=text.identity(line.order))


def time_cell(line: LifeLine, facts: Facts) -> Cell:
    """When; below, how long after the beginning."""
    if line.kind in {MORE, UNKNOWN}:
        return Cell()
    begun = line.trade.opened_ms
    after = text.duration(max(0, line.ts_ms - begun) if begun else None)
    return Cell(text=text.date_time(line.ts_ms), below=translate("Closed", "after {time}").format(time=after))


def size_cell(line: LifeLine, facts: Facts) -> Cell:
    """How much; below, its part of the largest size."""
    if line.qty is None:
        return Cell()
    share = line.qty / line.trade.peak_size * 100 if line.trade.peak_size else None
    return Cell(text=text.quantity(line.qty, _step(line, facts)), below=text.percent(share, 0))


def price_cell(line: LifeLine, facts: Facts) -> Cell:
    """The average of its fills."""
    return Cell() if line.price is None else Cell(text=text.price(line.price, _tick(line, facts)))


def net_cell(line: LifeLine, facts: Facts) -> Cell:
    """An exit's result after its own fee; below, before it."""
    if line.gross is None or line.fee is None:
        return Cell()
    net, coin = line.gross - line.fee, line.trade.settle_coin
    gross = translate("Closed", "gross {amount}").format(amount=text.money(line.gross, coin, signed=True))
    return Cell(text=text.money(net, coin, signed=True), tone=text.tone_of(net, coin), below=gross)


def cost_cell(line: LifeLine, facts: Facts) -> Cell:
    """The fee of a fill, or a payment."""
    if line.fee is None:
        return Cell()
    coin = line.trade.settle_coin
    if line.qty is None:
        return Cell(text=text.money(line.fee, coin, signed=True), tone=text.tone_of(line.fee, coin))
    return Cell(text=text.money(-line.fee, coin), tone="muted")


def reason_cell(line: LifeLine, facts: Facts) -> Cell:
    """Why an exit happened."""
    return Cell(text=words.reason(line.reason) if line.reason else "", tone="muted")


def _tick(line: LifeLine, facts: Facts) -> Decimal | None:
    from gui.models.closed import key_of  # it shows these lines in its columns

    return facts.tick(key_of(line.trade))


def _step(line: LifeLine, facts: Facts) -> Decimal | None:
    from gui.models.closed import key_of

    return facts.step(key_of(line.trade))
