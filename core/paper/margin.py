"""The margin model of the paper exchange. A model: Bybit's mark-based formulas since 2025 are not published in full.

Isolated figures stand on the entry value, as recorded up to 2024; cross figures follow the mark. Amounts are in the
settle coin of the position.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from core.paper.figures import ONE, ZERO, money
from core.paper.instruments import Instrument
from core.paper.ledger import Position


def bust_price(instrument: Instrument, side: str, entry: Decimal, leverage: Decimal) -> Decimal:
    """Price at which the margin is used up: E·(1 ∓ 1/leverage); inverse: E·L/(L ± 1). Source: V5_FACTS section 7."""
    if instrument.inverse:
        below = leverage + ONE if side == "Buy" else leverage - ONE
        return entry * leverage / below if below else instrument.max_price
    return entry * (ONE - ONE / leverage if side == "Buy" else ONE + ONE / leverage)


def closing_fee(position: Position) -> Decimal:
    """The taker fee reserved for closing at the bust price."""
    instrument = position.instrument
    bust = bust_price(instrument, position.side, position.entry_price, position.leverage)
    if bust <= 0:
        return ZERO
    return money(instrument.value(position.size, bust) * instrument.taker_fee)


def base_value(position: Position, mark: Decimal, *, cross: bool) -> Decimal:
    """What margin is charged on: the value at mark (cross) or at entry (isolated)."""
    return position.instrument.value(position.size, mark) if cross else position.entry_value


def initial_margin(position: Position, mark: Decimal, *, cross: bool) -> Decimal:
    """Value ÷ leverage + closing fee."""
    if not position.size:
        return ZERO
    margin = base_value(position, mark, cross=cross) / position.leverage
    return money(margin + closing_fee(position))


def maintenance_margin(position: Position, mark: Decimal, *, cross: bool) -> Decimal:
    """Value × rate of the risk tier − deduction + closing fee."""
    if not position.size:
        return ZERO
    return money(_maintenance(position, mark, cross=cross) + closing_fee(position))


def _maintenance(position: Position, mark: Decimal, *, cross: bool) -> Decimal:
    value = base_value(position, mark, cross=cross)
    tier = position.instrument.tier_for(tier_value(position.instrument, position.size, mark))
    deduction = tier.deduction / mark if position.instrument.inverse else tier.deduction
    return value * tier.maintenance_rate - deduction


def tier_value(instrument: Instrument, size: Decimal, price: Decimal) -> Decimal:
    """The value that picks a risk tier: settle coin (linear) or USD (inverse)."""
    return size if instrument.inverse else size * price


def liquidation_price(position: Position, mark: Decimal, headroom: Decimal | None) -> Decimal | None:
    """Where the position is taken over; None outside (minPrice, maxPrice).

    Args:
        headroom: cross: money between the account and its maintenance margin, in the settle coin. None: isolated,
            ``liq = E − s·(IM − MM)/q`` without fees (the model of V5_FACTS section 7).
    """
    if not position.size:
        return None
    instrument, sign = position.instrument, position.sign
    if headroom is None:
        maintenance = _maintenance(position, mark, cross=False)
        headroom = position.entry_value / position.leverage - maintenance
        value = position.entry_value
    else:
        value = instrument.value(position.size, mark)
    if instrument.inverse:
        at_liquidation = value + sign * headroom
        price = position.size / at_liquidation if at_liquidation > 0 else ZERO
    else:
        price = (value - sign * headroom) / position.size
    # rounded towards the entry: shown a little early rather than a little late
    rounding = ROUND_CEILING if sign > 0 else ROUND_FLOOR
    price = (price / instrument.tick).to_integral_value(rounding) * instrument.tick
    return price if instrument.min_price < price < instrument.max_price else None


def break_even(position: Position) -> Decimal | None:
    """Price that pays for closing and for what the life has cost: linear (s·E·q − realised)/(q·(s − fee)).

    Source: V5_FACTS 6.11 (fee at least 0.00055); the inverse form solves the same equation in coin values.
    """
    if not position.size:
        return None
    instrument, sign = position.instrument, position.sign
    fee = max(instrument.taker_fee, Decimal("0.00055"))
    if instrument.inverse:
        below = position.entry_value * sign + position.realised
        return position.size * (sign + fee) / below if below * sign > 0 else None
    price = (position.entry_value * sign - position.realised) / (position.size * (sign - fee))
    return price if price > 0 else None
