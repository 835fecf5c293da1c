"""An issue, and the grids of valid values from which the nearest one is offered. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct

from core.model import Instrument, Position, Price, Snapshot
from core.money import ROUND_CEILING, ROUND_FLOOR, is_multiple, to_increment


class Issue(Struct, frozen=True, kw_only=True):
    """Why an intent cannot be sent. ``code`` is known to gui/text.py; ``nearest`` is the nearest valid value.

    ``field`` is the intent's field at fault, or ``""`` when the intent as a whole is (position gone, locked …).
    """

    field: str
    code: str
    nearest: Decimal | None = None
    details: Mapping[str, Any] = MappingProxyType({})


class Span(NamedTuple):
    """The valid values of a field: the multiples of ``increment`` from ``low`` to ``high``; none when low > high."""

    low: Decimal
    high: Decimal
    increment: Decimal

    def nearest(self, value: Decimal, rounding: str) -> Decimal | None:
        """The valid value nearest to another one; ``rounding`` names the safe direction inside the span."""
        if self.low > self.high:
            return None
        return min(max(to_increment(value, self.increment, rounding), self.low), self.high)

    def has(self, value: Decimal) -> bool:
        """Whether a value lies within the limits, on the grid or not."""
        return self.low <= value <= self.high

    def above(self, price: Decimal) -> Span:
        """What of the span lies above a price, without it."""
        return self._replace(low=max(self.low, to_increment(price, self.increment, ROUND_FLOOR) + self.increment))

    def below(self, price: Decimal) -> Span:
        """What of the span lies below a price, without it."""
        return self._replace(high=min(self.high, to_increment(price, self.increment, ROUND_CEILING) - self.increment))


def price_span(instrument: Instrument) -> Span:
    """The prices that a contract takes."""
    tick = instrument.tick
    low = max(to_increment(instrument.min_price, tick, ROUND_CEILING), tick)
    return Span(low, to_increment(instrument.max_price, tick, ROUND_FLOOR), tick)


def check_price(
    field: str, price: Decimal | None, span: Span, rounding: str, wanted: Span | None = None
) -> Iterator[Issue]:
    """On the grid and within the contract's limits; ``wanted`` is the part of them from which to offer a price."""
    if price is None or price <= 0:
        yield Issue(field=field, code="price_missing")
        return
    nearest = (wanted or span).nearest(price, rounding)
    if not is_multiple(price, span.increment):
        yield Issue(field=field, code="price_off_tick", nearest=nearest, details={"tick": span.increment})
    elif not span.has(price):
        yield Issue(field=field, code="price_out_of_range", nearest=nearest)


def trigger_base(trigger_by: str, position: Position | None, price: Price | None) -> Decimal | None:
    """The price that Bybit compares a trigger with; None while it is not known."""
    if trigger_by == "LastPrice":
        own, ticker = position.last_price if position else None, price.last_price if price else None
        return ticker or own
    if trigger_by == "IndexPrice":
        return price.index_price if price else None
    own, ticker = position.mark_price if position else None, price.mark_price if price else None
    return own or ticker


def gate(snapshot: Snapshot) -> tuple[Issue, ...]:
    """Whether anything may be sent at all: a key that may trade, an armed desk, no open command of an earlier run.

    Nor while the exchange's clock cannot be told: what is signed with a wrong time is refused, or worse, is late.
    """
    if snapshot.is_read_only:
        return (Issue(field="", code="read_only"),)
    if not snapshot.is_armed:
        return (Issue(field="", code="not_armed"),)
    if snapshot.is_resuming:
        return (Issue(field="", code="resuming"),)
    if snapshot.links.rest.state == "lost" and snapshot.links.rest.detail in {"clock_unstable", "clock_unsteady"}:
        return (Issue(field="", code="clock_unstable"),)
    return ()
