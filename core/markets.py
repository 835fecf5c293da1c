"""Contracts, fee rates and prices by (category, symbol): the part of the book that every account would see alike.

A mark price that no market explains is refused: it would show a ruin, or a fortune, that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from msgspec.structs import replace

from core.events import FeeRatesReported, InstrumentsReported
from core.formulas import is_plausible_mark
from core.model import Instrument, Price

Contract = tuple[str, str]
Rates = tuple[Decimal, Decimal]
TRADING = "Trading"


class Markets:
    """Mutable bookkeeping beside core.book, which is its one writer."""

    def __init__(self) -> None:
        self._prices: dict[Contract, Price] = {}
        self._instruments: dict[Contract, Instrument] = {}
        self._fee_rates: dict[Contract, Rates] = {}
        self._odd: set[Contract] = set()

    def instrument(self, contract: Contract) -> Instrument | None:
        """The contract's limits, or None while they are not known."""
        return self._instruments.get(contract)

    def price(self, contract: Contract) -> Price | None:
        """The newest prices, or None."""
        return self._prices.get(contract)

    def unknown(self, contracts: set[Contract]) -> set[Contract]:
        """Those without known limits."""
        return contracts - self._instruments.keys()

    def take_price(self, price: Price) -> tuple[bool, bool]:
        """Take prices; returns (something changed, the mark has just become one that cannot be)."""
        contract = (price.category, price.symbol)
        held = self._prices.get(contract)
        if held and held.source == "stream" and price.source != "stream" and price.ts_ms <= held.ts_ms:
            return False, False
        if is_plausible_mark(price.mark_price, price.index_price):
            self._odd.discard(contract)
            self._prices[contract] = price
            return True, False
        is_news = contract not in self._odd
        self._odd.add(contract)
        if held is None:
            self._prices[contract] = replace(price, mark_price=None)
        return held is None, is_news

    def take_instruments(self, event: InstrumentsReported) -> None:
        """Take the contracts in force. One that a whole list lacks does not trade any more; its limits stay known.

        A list that lacks most of them is a lie, however good its form: what does not trade could not be closed.
        """
        listed = {(i.category, i.symbol): i for i in event.instruments}
        known = {contract for contract in self._instruments if contract[0] == event.category}
        trading = sum(self._instruments[contract].status == TRADING for contract in known)
        if event.is_whole and 2 * len(listed) >= trading:
            gone = known - listed.keys()
            listed |= {contract: replace(self._instruments[contract], status="Closed") for contract in gone}
        self._instruments |= listed

    def take_fee_rates(self, event: FeeRatesReported) -> None:
        """Take the account's fee rates of a category."""
        self._fee_rates |= {(event.category, symbol): (taker, maker) for symbol, taker, maker in event.rates}

    def forget_prices(self) -> None:
        """Another exchange: its prices are others."""
        self._prices.clear()

    def prices(self) -> Mapping[Contract, Price]:
        """A copy that no later event touches; prices change all the time."""
        return MappingProxyType(dict(self._prices))

    def instruments(self) -> Mapping[Contract, Instrument]:
        """A copy that no later event touches."""
        return MappingProxyType(dict(self._instruments))

    def fee_rates(self) -> Mapping[Contract, Rates]:
        """A copy that no later event touches."""
        return MappingProxyType(dict(self._fee_rates))
