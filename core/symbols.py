"""What a contract's name tells by itself, for contracts that no list has any more. Pure; it knows no instrument."""

from __future__ import annotations

from functools import lru_cache

INVERSE = "inverse"


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
