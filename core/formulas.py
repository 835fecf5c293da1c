"""Pure arithmetic of perpetual positions, linear and inverse, in Decimal. No rounding but where a name says so.

Linear: quantity in base coin, money in the quote (settle) coin. Inverse: quantity in whole USD contracts, money in the
base (settle) coin. ``side`` is the position's: ``Buy`` long, ``Sell`` short. Fees paid are positive. Prices are quote
per base coin, above zero; anything else raises BadValue.

Sources: Bybit help centre, "P&L calculations" for USDT, USDC and inverse perpetual contracts; recorded rows cited in
tests/core/test_formulas.py.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from core.errors import BadValue
from core.model import LONG, SHORT, BookLevel, OrderBook
from core.money import ZERO

HUNDRED = Decimal(100)
INVERSE = "inverse"


def _price(value: Decimal) -> Decimal:
    if not value.is_finite() or value <= 0:
        raise BadValue("price_not_positive", value=str(value))
    return value


def is_plausible_mark(mark: Decimal | None, index: Decimal | None) -> bool:
    """Whether a mark price can be one: within half of its index price, where both are known.

    Bybit derives the mark from the index and a funding basis, and caps the latter far below that (help centre, "Mark
    Price Calculation"). A mark beyond is an error of the feed: it would show a ruin, or a fortune, that is not there.
    """
    return mark is None or index is None or 2 * abs(mark - index) <= index


def _sign(side: str) -> int:
    if side == LONG:
        return 1
    if side == SHORT:
        return -1
    raise BadValue("side_unknown", side=side)


def position_value(category: str, size: Decimal, price: Decimal) -> Decimal:
    """Notional at a price: size × price (linear, in quote) or size ÷ price (inverse, in coin)."""
    return size / _price(price) if category == INVERSE else size * _price(price)


def gross_pnl(category: str, side: str, qty: Decimal, entry: Decimal, exit_price: Decimal) -> Decimal:
    """Profit of ``qty`` between two prices, before fees and funding; a loss is negative.

    Linear: ± qty × (exit − entry). Inverse: ± (qty ÷ entry − qty ÷ exit), in coin.
    """
    move = position_value(category, qty, exit_price) - position_value(category, qty, entry)
    # Adding zero turns Decimal's "-0" of an unmoved short into 0: nobody wants to read "-0.00".
    return (-_sign(side) * move if category == INVERSE else _sign(side) * move) + ZERO


def unrealised_pnl(category: str, side: str, size: Decimal, entry: Decimal, mark: Decimal) -> Decimal:
    """Value the open position at ``mark``: the same arithmetic as :func:`gross_pnl`, fees and funding excluded."""
    return gross_pnl(category, side, size, entry, mark)


def initial_margin(category: str, size: Decimal, entry: Decimal, leverage: Decimal) -> Decimal:
    """Value at entry ÷ leverage, in the settle coin: the denominator of ROE, which does not drift with the mark.

    Raises:
        BadValue: leverage is not above zero (portfolio margin has none: show a dash).
    """
    if leverage <= 0:
        raise BadValue("leverage_not_positive", value=str(leverage))
    return position_value(category, size, entry) / leverage


def roe_pct(pnl: Decimal, margin: Decimal) -> Decimal:
    """Return on equity in percent: unrealised PnL ÷ initial margin × 100."""
    if margin <= 0:
        raise BadValue("margin_not_positive", value=str(margin))
    return pnl / margin * HUNDRED


def fee(category: str, qty: Decimal, price: Decimal, rate: Decimal) -> Decimal:
    """Fee of a fill: executed value × rate, in the settle coin; positive is paid."""
    return position_value(category, qty, price) * rate


def price_for_pnl(category: str, side: str, size: Decimal, entry: Decimal, pnl: Decimal) -> Decimal | None:
    """The exit price at which ``size`` earns ``pnl`` before fees; None when no price above zero does.

    Inverse of :func:`gross_pnl`.
    """
    if size <= 0:
        return None
    if category == INVERSE:
        value = position_value(category, size, entry) - _sign(side) * pnl
        return size / value if value > 0 else None
    price = _price(entry) + _sign(side) * pnl / size
    return price if price > 0 else None


def price_for_roe(
    category: str, side: str, size: Decimal, entry: Decimal, leverage: Decimal, roe: Decimal
) -> Decimal | None:
    """The price at which the position's ROE is ``roe`` percent; inverse of :func:`roe_pct`, None as price_for_pnl."""
    return price_for_pnl(category, side, size, entry, roe * initial_margin(category, size, entry, leverage) / HUNDRED)


def net_pnl(category: str, side: str, qty: Decimal, entry: Decimal, exit_price: Decimal, fee_rate: Decimal) -> Decimal:
    """Profit of closing ``qty`` at ``exit_price`` after the closing fee; the opening fee is already realised."""
    return gross_pnl(category, side, qty, entry, exit_price) - fee(category, qty, exit_price, fee_rate)


def price_for_net_pnl(
    category: str, side: str, qty: Decimal, entry: Decimal, pnl: Decimal, fee_rate: Decimal
) -> Decimal | None:
    """The exit price at which closing ``qty`` leaves ``pnl`` after the closing fee; inverse of :func:`net_pnl`."""
    if qty <= 0:
        return None
    sign = _sign(side)
    if category == INVERSE:
        # sign·(q/E − q/X) − r·q/X = pnl  →  X = q·(sign + r) / (sign·q/E − pnl)
        numerator, denominator = qty * (sign + fee_rate), sign * qty / _price(entry) - pnl
    else:
        # sign·q·(X − E) − r·q·X = pnl  →  X = (pnl + sign·q·E) / (q·(sign − r))
        numerator, denominator = pnl + sign * qty * _price(entry), qty * (sign - fee_rate)
    if denominator == 0:
        return None
    price = numerator / denominator
    return price if price > 0 else None


def break_even_price(
    category: str, side: str, size: Decimal, entry: Decimal, realised_net: Decimal, taker_rate: Decimal
) -> Decimal | None:
    """The exit price of the whole rest at which the life ends at zero, closing fee included.

    Args:
        realised_net: what this life has realised so far, net of fees and funding (the opening fee is in it).
        taker_rate: a ratio, assumed for the close.
    Returns:
        None when the life cannot end at zero any more.
    """
    return price_for_net_pnl(category, side, size, entry, -realised_net, taker_rate)


def distance_pct(from_price: Decimal, to_price: Decimal) -> Decimal:
    """Signed distance in percent of ``from_price``; positive when ``to_price`` is higher."""
    return (to_price - from_price) / _price(from_price) * HUNDRED


class ExpectedFill(Struct, frozen=True, kw_only=True):
    """What a market order would meet. ``slippage_pct`` of the best price, never negative.

    ``filled_qty`` is less than asked when the visible book is too thin; prices are then of that part.
    """

    average_price: Decimal
    worst_price: Decimal
    filled_qty: Decimal
    slippage_pct: Decimal


def expected_fill(book: OrderBook, side: str, qty: Decimal) -> ExpectedFill | None:
    """Walk the visible book with a market order of ``side`` (the order's). None when that half of the book is empty."""
    levels = book.asks if side == LONG else book.bids
    taken = list(_take(levels, qty))
    filled = sum((part for _, part in taken), Decimal(0))
    if filled == 0:
        return None
    money = _average(book.category, taken, filled)
    best = levels[0].price
    return ExpectedFill(
        average_price=money,
        worst_price=taken[-1][0],
        filled_qty=filled,
        slippage_pct=abs(distance_pct(best, money)),
    )


def _take(levels: tuple[BookLevel, ...], qty: Decimal) -> list[tuple[Decimal, Decimal]]:
    taken, left = [], qty
    for level in levels:
        if left <= 0:
            break
        part = min(left, level.qty)
        taken.append((level.price, part))
        left -= part
    return taken


def _average(category: str, fills: list[tuple[Decimal, Decimal]], total: Decimal) -> Decimal:
    """Quantity-weighted mean price; harmonic for inverse, whose quantity is money."""
    value = sum((position_value(category, qty, price) for price, qty in fills), Decimal(0))
    return total / value if category == INVERSE else value / total


def average_entry(category: str, size: Decimal, entry: Decimal, added: Decimal, price: Decimal) -> Decimal:
    """Average entry after adding ``added`` at ``price``; harmonic for inverse. Reducing does not change it."""
    if size == 0:
        return _price(price)
    return _average(category, [(entry, size), (price, added)], size + added)


def funding_fee(category: str, side: str, size: Decimal, mark: Decimal, rate: Decimal) -> Decimal:
    """The next funding payment at ``mark``: positive is received. A long pays when the rate is positive."""
    return -_sign(side) * position_value(category, size, mark) * rate
