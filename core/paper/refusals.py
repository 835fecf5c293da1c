"""How the paper exchange says no: Bybit's return codes with the texts seen live (V5_FACTS 6.15, 6.17 and 8)."""

from __future__ import annotations

from decimal import Decimal

from core.paper.instruments import Instrument


class Refused(Exception):
    """A request that the exchange refuses; the account is unchanged."""

    def __init__(self, ret_code: int, ret_msg: str) -> None:
        super().__init__(f"{ret_code} {ret_msg}")
        self.ret_code = ret_code
        self.ret_msg = ret_msg


def bad(text: str) -> Refused:
    """10001, Bybit's parameter error with one of its many texts."""
    return Refused(10001, text)


def gone() -> Refused:
    """110001, an order that is not open."""
    return Refused(110001, "order not exists or too late to cancel")


def no_money() -> Refused:
    """110007, the margin does not suffice."""
    return Refused(110007, "ab not enough for new order")


def flat() -> Refused:
    """110017, reduce-only with nothing to reduce."""
    return Refused(110017, "current position is zero, cannot fix reduce-only order qty")


def wrong_idx() -> Refused:
    """10001, a positionIdx of the other position mode."""
    return bad("position idx not match position mode")


def not_modified() -> Refused:
    """34040, stops that are so already."""
    return Refused(34040, "not modified")


def wrong_side_stop(
    name: str, price: Decimal, base: Decimal, side: str, trigger_by: str, instrument: Instrument
) -> Refused:
    """TP or SL on the wrong side of its base price; ``side`` is the position's."""
    relation = "lower" if (name == "StopLoss") == (side == "Buy") else "higher"
    return bad(
        f"{name}:{_scaled(price, instrument)} set for {side} position should {relation} than "
        f"base_price:{_scaled(base, instrument)}??{trigger_by}"
    )


def wrong_side_trigger(direction: int, price: Decimal, current: Decimal, instrument: Instrument) -> Refused:
    """A conditional order whose trigger has already been passed."""
    prices = _scaled(price, instrument), _scaled(current, instrument)
    if direction == 1:
        return Refused(110092, "expect Rising, but trigger_price[{}] <= current[{}]??laste".format(*prices))
    return Refused(110093, "expect Falling, but trigger_price[{}] >= current[{}]??last".format(*prices))


def _scaled(price: Decimal, instrument: Instrument) -> int:
    """Bybit prints prices in these texts as integers, times 10^4 (or 10^8 for small ticks)."""
    return int(price.scaleb(4 if instrument.price_scale <= 4 else 8))
