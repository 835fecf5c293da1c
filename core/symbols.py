"""Names of contracts: what one tells by itself, and the two forms in which people write them. Pure.

Bybit's own form is ``HIGHUSDT``. The other, of ccxt and of bots, is ``HIGH/USDT:USDT``: base, quote and settle coin of
a perpetual. A dated contract of the same coins is another contract: its form ends with its own name,
``BTC/USDT:USDT-BTCUSDT-27MAR26``, and so the forms are one to one. ``HIGH/USDT``, a spot market, names nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from core.model import Instrument

Contract = tuple[str, str]
LINEAR, INVERSE = "linear", "inverse"


@lru_cache(maxsize=4_096)
def settle_coin(category: str, symbol: str) -> str:
    """The settle coin as the symbol's name tells it; ``""`` when it does not.

    Source: V5 enum page, "symbol": ``BTCUSDT`` and ``BTCUSDT-21FEB25`` settle in USDT, ``BTCPERP`` and ``BTC-24MAR23``
    in USDC, ``BTCUSD`` and ``BTCUSDH23`` in BTC.
    """
    if category == INVERSE:
        base, found, _rest = symbol.partition("USD")
        return base if found else ""
    if symbol.partition("-")[0].endswith("USDT"):
        return "USDT"
    return "USDC" if symbol.endswith("PERP") or "-" in symbol else ""


def may_be_hedged(category: str, symbol: str) -> bool:
    """Whether a contract can be in hedge mode at all: only USDT perpetuals can (V5_FACTS 6.14)."""
    return category == LINEAR and "-" not in symbol and settle_coin(category, symbol) == "USDT"


def form_of(instrument: Instrument) -> str:
    """``HIGH/USDT:USDT``; a contract that is no perpetual by its name keeps that name as well."""
    coins = f"{instrument.base_coin}/{instrument.quote_coin}:{instrument.settle_coin}"
    base = instrument.base_coin
    is_perpetual = instrument.symbol in {base + instrument.quote_coin, f"{base}PERP"}
    return coins if is_perpetual else f"{coins}-{instrument.symbol}"


class Forms:
    """Finds the contracts that forms name; from any thread."""

    def __init__(self) -> None:
        self._known: tuple[Mapping[Contract, Instrument], dict[str, Contract]] = ({}, {})

    def contract(self, instruments: Mapping[Contract, Instrument], form: str) -> Contract | None:
        """(category, symbol) of a form; None when no contract has it."""
        of, contracts = self._known
        if of is not instruments:
            contracts = {form_of(instrument): key for key, instrument in instruments.items()}
            self._known = (instruments, contracts)
        return contracts.get(form)
