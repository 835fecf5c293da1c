"""What closing would bring: expected fill, PnL, fee, margin released, what stays. Pure; the arithmetic is formulas'."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from core import formulas
from core.model import Instrument, OrderBook, Position, Price
from core.money import ZERO

BOOK, MARK, LIMIT = "book", "mark", "limit"


class ClosePreview(Struct, frozen=True, kw_only=True):
    """Figures of a close of ``qty``. Money in the settle coin; None is not known.

    ``source`` of ``fill_price``: ``book`` (walked), ``mark`` (no order book yet), ``limit`` (the price asked for, where
    the book does not fill all of it at once).
    ``book_qty``: how much of ``qty`` the visible book takes; 0 when nobody stands on that side. ``rests``: the limit
    price does not meet the book, the order waits and pays the maker's fee. ``fee`` paid is positive. ``is_dust``: what
    is left is below the minimum.
    """

    qty: Decimal
    source: str
    fill_price: Decimal | None
    slippage_pct: Decimal | None
    book_qty: Decimal | None
    best_price: Decimal | None
    depth: Decimal | None
    rests: bool
    value: Decimal | None
    gross: Decimal | None
    fee_rate: Decimal | None
    fee: Decimal | None
    net: Decimal | None
    margin_released: Decimal | None
    left: Decimal
    is_dust: bool

    @property
    def is_thin(self) -> bool:
        """The visible book takes only a part of it; what the rest would fetch is not known."""
        return self.book_qty is not None and self.book_qty < self.qty

    @classmethod
    def nothing(cls) -> ClosePreview:
        """No figures: nothing can be worked out yet."""
        unknown: dict[str, Any] = dict.fromkeys(cls.__struct_fields__)
        return cls(**unknown | {"qty": ZERO, "source": MARK, "rests": False, "left": ZERO, "is_dust": False})


def preview(
    position: Position,
    instrument: Instrument,
    fee_rates: tuple[Decimal, Decimal] | None,
    qty: Decimal,
    limit_price: Decimal | None,
    book: OrderBook | None,
    price: Price | None,
) -> ClosePreview:
    """Work out a close of ``qty`` (above zero).

    Args:
        fee_rates: (taker, maker) as ratios, or None while unknown.
        limit_price: None for a market order.
        book: a recent order book, or None.
        price: best bid and ask when there is no book.
    """
    best, depth = _best(position, book, price)
    rests = limit_price is not None and best is not None and _waits(position, limit_price, best)
    source, fill, walked = _expected(position, qty, limit_price, book)
    rate = None if fee_rates is None else fee_rates[1 if rests else 0]
    gross, fee, net = _money(position, qty, fill, rate)
    left = max(position.size - qty, ZERO)
    return ClosePreview(
        qty=qty,
        source=source,
        fill_price=fill,
        slippage_pct=walked.slippage_pct if walked else None,
        book_qty=walked.filled_qty if walked else ZERO if source == MARK and book is not None else None,
        best_price=best,
        depth=depth,
        rests=rests,
        value=formulas.position_value(position.category, qty, fill) if fill else None,
        gross=gross,
        fee_rate=rate,
        fee=fee,
        net=net,
        margin_released=_released(position, qty),
        left=left,
        is_dust=0 < left < instrument.min_qty,
    )


def _expected(
    position: Position, qty: Decimal, limit_price: Decimal | None, book: OrderBook | None
) -> tuple[str, Decimal | None, formulas.ExpectedFill | None]:
    """The price of the fill, where it comes from, and what walking the book found.

    A limit that the book fills at once gets the book's prices, which are no worse; any other one its own.
    """
    reached = book if book is None or limit_price is None else _within(book, limit_price)
    side = "Sell" if position.is_long else "Buy"
    walked = formulas.expected_fill(reached, side, qty) if reached is not None else None
    if limit_price is not None and (walked is None or walked.filled_qty < qty):
        return LIMIT, limit_price, None
    return (BOOK, walked.average_price, walked) if walked is not None else (MARK, position.mark_price, None)


def _within(book: OrderBook, limit_price: Decimal) -> OrderBook:
    """The levels that an order with a limit meets, on whichever side it meets them."""
    bids = tuple(level for level in book.bids if level.price >= limit_price)
    return structs.replace(book, bids=bids, asks=tuple(level for level in book.asks if level.price <= limit_price))


def _best(position: Position, book: OrderBook | None, price: Price | None) -> tuple[Decimal | None, Decimal | None]:
    """The best price that a close meets, and how much the visible book holds on that side."""
    levels = () if book is None else book.bids if position.is_long else book.asks
    if levels:
        return levels[0].price, sum((level.qty for level in levels), ZERO)
    if price is None:
        return None, None
    return (price.bid_price if position.is_long else price.ask_price), None


def _waits(position: Position, limit_price: Decimal, best: Decimal) -> bool:
    return limit_price > best if position.is_long else limit_price < best


def _money(
    position: Position, qty: Decimal, fill: Decimal | None, rate: Decimal | None
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    if fill is None or fill <= 0:
        return None, None, None
    gross = formulas.gross_pnl(position.category, position.side, qty, position.entry_price, fill)
    if rate is None:
        return gross, None, None
    fee = formulas.fee(position.category, qty, fill, rate)
    return gross, fee, gross - fee


def _released(position: Position, qty: Decimal) -> Decimal | None:
    """The share of the position's initial margin that the closed part stands for."""
    if position.initial_margin is None:
        return None
    return position.initial_margin * min(qty, position.size) / position.size
