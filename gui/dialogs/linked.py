"""One trigger price said four ways: the price, % from mark, ROE and PnL net of the closing fee. Pure arithmetic.

Likewise a trailing distance, in price and in percent, and a quantity, in the contract's own unit and in money.

The price on its tick is the truth; the other three are views of it. A view is shown with as many decimals, and rounded
to that side, that typing the shown text again leads back to the same tick. A price that comes from a view is rounded
so that the position never gets less than what was asked for: up for a long, down for a short, stop loss and take
profit alike. So a stop's loss is never widened by rounding.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from core import formulas
from core.money import EXACT, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, to_increment

MARK_PCT, ROE, NET_PNL = "mark_pct", "roe", "net_pnl"
VIEWS = (MARK_PCT, ROE, NET_PNL)

# Division leaves dust in the 28th digit; a billionth of a tick is no difference.
_DUST = Decimal("1e-9")
_LEAST_DECIMALS, _MOST_DECIMALS = 2, 10


class ExitMath(Struct, frozen=True, kw_only=True):
    """What the views of an exit of ``qty`` depend on. A view whose inputs are None is None.

    ``qty`` and money as in core.formulas; ``margin`` is the initial margin of all of ``qty``; ``fee_rate`` a ratio.
    """

    category: str
    side: str
    qty: Decimal
    entry: Decimal
    tick: Decimal
    mark: Decimal | None
    margin: Decimal | None
    fee_rate: Decimal | None

    @property
    def is_long(self) -> bool:
        """A Buy position."""
        return self.side == "Buy"

    def view(self, name: str, price: Decimal) -> Decimal | None:
        """The exact view of a price above zero: percent, percent, or settle coin."""
        if name == MARK_PCT:
            return formulas.distance_pct(self.mark, price) if self.mark else None
        if name == ROE:
            if not self.margin:
                return None
            gross = formulas.gross_pnl(self.category, self.side, self.qty, self.entry, price)
            return formulas.roe_pct(gross, self.margin)
        if self.fee_rate is None:
            return None
        return formulas.net_pnl(self.category, self.side, self.qty, self.entry, price, self.fee_rate)

    def price_of(self, name: str, value: Decimal) -> Decimal | None:
        """The price on the tick at which the view is ``value`` or just better; None when no price above zero is."""
        exact = self._exact_price(name, value)
        if exact is None:
            return None
        price = self.to_tick(exact)
        return price if price > 0 else None

    def _exact_price(self, name: str, value: Decimal) -> Decimal | None:
        category, side, qty, entry = self.category, self.side, self.qty, self.entry
        if name == MARK_PCT:
            price = self.mark * (1 + value / formulas.HUNDRED) if self.mark else None
        elif name == ROE:
            gross = value * self.margin / formulas.HUNDRED if self.margin else None
            price = None if gross is None else formulas.price_for_pnl(category, side, qty, entry, gross)
        elif self.fee_rate is None:
            price = None
        else:
            price = formulas.price_for_net_pnl(category, side, qty, entry, value, self.fee_rate)
        return price if price is not None and price > 0 else None

    def to_tick(self, price: Decimal) -> Decimal:
        """Round a price to the tick so that the exit is never worse: up for a long, down for a short."""
        return to_grid(price, self.tick, ROUND_CEILING if self.is_long else ROUND_FLOOR)

    def shown(self, name: str, price: Decimal) -> Decimal | None:
        """The view as displayed: the fewest decimals (at least 2) that still lead back to ``price``."""
        exact = self.view(name, price)
        neighbour = price - self.tick if self.is_long else price + self.tick
        beyond = self.view(name, neighbour if neighbour > 0 else price + self.tick)
        if exact is None or beyond is None:
            return None
        # Towards the neighbour that to_tick() comes back from.
        rounding = ROUND_CEILING if name == MARK_PCT and not self.is_long else ROUND_FLOOR
        return _readable(exact, abs(exact - beyond), rounding)


class TrailingMath(Struct, frozen=True, kw_only=True):
    """A trailing distance said two ways: price units, and percent of the mark. Rounded down: tighter, never wider."""

    tick: Decimal
    mark: Decimal | None

    def pct(self, distance: Decimal) -> Decimal | None:
        """The distance in percent of the mark, as displayed; leads back to the same tick."""
        if not self.mark:
            return None
        share = formulas.HUNDRED / self.mark
        return _readable(distance * share, self.tick * share, ROUND_CEILING)

    def distance(self, pct: Decimal) -> Decimal | None:
        """The distance on the tick; 0 when less than a tick was asked for."""
        if not self.mark:
            return None
        return to_grid(self.mark * pct / formulas.HUNDRED, self.tick, ROUND_FLOOR)


class SizeMath(Struct, frozen=True, kw_only=True):
    """A quantity said two ways: in the contract's unit, and in money at a price above zero. Money buys whole steps.

    ``decimals``: what amounts of the settle coin have at least.
    """

    category: str
    step: Decimal
    price: Decimal
    decimals: int

    def money(self, qty: Decimal) -> Decimal:
        """What a quantity is worth, as displayed: rounded up, so that it buys the same quantity again."""
        value, of_a_step = (formulas.position_value(self.category, size, self.price) for size in (qty, self.step))
        return _readable(value, of_a_step, ROUND_CEILING, self.decimals)

    def qty(self, money: Decimal) -> Decimal:
        """The whole steps that an amount is worth."""
        exact = money * self.price if self.category == formulas.INVERSE else money / self.price
        return to_grid(exact, self.step, ROUND_FLOOR)


def to_grid(value: Decimal, increment: Decimal, rounding: str) -> Decimal:
    """Round to a multiple of ``increment``, but take the dust of a division for what it is."""
    steps = value / increment
    nearest = steps.to_integral_value(ROUND_HALF_EVEN)
    if abs(steps - nearest) < _DUST:
        return nearest * increment
    return to_increment(value, increment, rounding)


def _readable(value: Decimal, resolution: Decimal, rounding: str, least: int = _LEAST_DECIMALS) -> Decimal:
    """Round with the fewest decimals whose unit is below ``resolution``, what one tick or step makes of the view."""
    for decimals in range(least, _MOST_DECIMALS):
        unit = Decimal(1).scaleb(-decimals)
        if unit < resolution:
            return to_grid(value, unit, rounding).quantize(unit, context=EXACT)
    return value
