"""What a batch would do, row by row, and how far each row has come. Pure; the arithmetic is close_preview's."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal

from msgspec import Struct

from core.intents import Batch, CancelOrder, ClosePosition, Intent, Issue, check, expand
from core.model import Instrument, Order, OrderBook, Position, PositionKey, Snapshot
from core.money import ZERO
from gui.dialogs.close_preview import ClosePreview, preview


class Progress(Struct, frozen=True):
    """How far a row has come, in words: a short one, its tone, and details; whether it may be sent again."""

    words: str = ""
    tone: str = "muted"
    details: str = ""
    may_retry: bool = False


class PlanRow(Struct, frozen=True, kw_only=True):
    """One intent of a batch and what it is about.

    ``position`` for a close; ``order`` for a cancel. ``outcome``: what a close would bring. ``issue``: why it is left
    out.
    """

    intent: Intent
    instrument: Instrument | None = None
    position: Position | None = None
    order: Order | None = None
    outcome: ClosePreview | None = None
    issue: Issue | None = None
    progress: Progress = Progress()

    @property
    def key(self) -> Hashable:
        """What makes it the same row in the next snapshot."""
        if isinstance(self.intent, CancelOrder):
            return (*self.intent.key, self.intent.order_id)
        return self.intent.key


Book = Callable[[PositionKey], OrderBook | None]


def plan(batch: Batch, snapshot: Snapshot, book: Book) -> list[PlanRow]:
    """A row for each intent that the batch selects now, closes before cancels."""
    rows = []
    for intent in expand(batch, snapshot):
        issues = check(intent, snapshot)
        issue = issues[0] if issues else None
        instrument = snapshot.instrument(intent.key)
        if isinstance(intent, ClosePosition):
            position = snapshot.position(intent.symbol, intent.position_idx, intent.category)
            outcome = _outcome(intent, position, instrument, snapshot, book)
            row = PlanRow(intent=intent, instrument=instrument, position=position, outcome=outcome, issue=issue)
        elif isinstance(intent, CancelOrder):
            row = PlanRow(intent=intent, instrument=instrument, order=_order(intent, snapshot), issue=issue)
        else:
            continue
        rows.append(row)
    return rows


def _order(intent: CancelOrder, snapshot: Snapshot) -> Order | None:
    wanted = (intent.category, intent.symbol, intent.order_id)
    return next((o for o in snapshot.orders if (o.category, o.symbol, o.order_id) == wanted), None)


def _outcome(
    intent: ClosePosition, position: Position | None, instrument: Instrument | None, snapshot: Snapshot, book: Book
) -> ClosePreview | None:
    if position is None or instrument is None:
        return None
    pair = (intent.category, intent.symbol)
    rates, price = snapshot.fee_rates.get(pair), snapshot.prices.get(pair)
    return preview(position, instrument, rates, intent.qty, None, book(intent.key), price)


def what_is_asked(rows: Iterable[PlanRow]) -> dict[Hashable, tuple[object, ...]]:
    """What an operator decides by, row by row; prices move all the time and are no part of it."""
    asked: dict[Hashable, tuple[object, ...]] = {}
    for row in rows:
        if isinstance(row.intent, ClosePosition):
            asked[row.key] = (row.intent.side, row.intent.qty, row.intent.life_id)
        elif row.order is not None:
            asked[row.key] = (row.order.side, row.order.qty, row.order.price, row.order.trigger_price)
    return asked


class Sums(Struct, frozen=True, kw_only=True):
    """Money of all closes that would be sent, in one settle coin; None when one of them is not known."""

    value: Decimal | None = ZERO
    gross: Decimal | None = ZERO
    fee: Decimal | None = ZERO
    net: Decimal | None = ZERO


def sums(rows: Iterable[PlanRow]) -> dict[str, Sums]:
    """By settle coin: amounts in different coins are never added up."""
    found: dict[str, Sums] = {}
    for row in rows:
        if row.position is None or row.issue is not None:
            continue
        coin, before = row.position.settle_coin, found.get(row.position.settle_coin, Sums())
        outcome = row.outcome or ClosePreview.nothing()
        found[coin] = Sums(
            value=_plus(before.value, outcome.value),
            gross=_plus(before.gross, outcome.gross),
            fee=_plus(before.fee, outcome.fee),
            net=_plus(before.net, outcome.net),
        )
    return found


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
