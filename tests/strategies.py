"""Hypothesis strategies for what the exchange may tell: instruments, executions, positions, orders, prices.

Amounts are made from integers on an instrument's grid, never from floats.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st


def amounts(*, positive: bool = False) -> st.SearchStrategy[Decimal]:
    """Any amount that parse() admits: up to 18 digits before and 18 after the point."""
    least = 1 if positive else -(10**36) + 1
    whole = st.builds(_scaled, st.integers(least, 10**36 - 1), st.just(18))
    handy = st.builds(_scaled, st.integers(max(least, -(10**9)), 10**9), st.integers(0, 8))
    return handy | whole


def increments() -> st.SearchStrategy[Decimal]:
    """Ticks and steps as exchanges have them, and the smallest possible one."""
    names = [
        "100",
        "1",
        "0.5",
        "0.1",
        "0.10",
        "0.05",
        "0.02",
        "0.01",
        "0.001",
        "0.00005",
        "0.0000001",
        "0." + "0" * 17 + "1",
    ]
    return st.sampled_from([Decimal(name) for name in names])


def _scaled(digits: int, places: int) -> Decimal:
    return Decimal(f"{digits}E-{places}")


CATEGORIES = st.sampled_from(["linear", "inverse"])
SIDES = st.sampled_from(["Buy", "Sell"])


def prices() -> st.SearchStrategy[Decimal]:
    """Prices from 0.00001 to 1,000,000, on a tick."""
    return st.builds(_scaled, st.integers(1, 10**6), st.integers(0, 5))


def quantities() -> st.SearchStrategy[Decimal]:
    """Quantities from 0.001 to 1,000,000, on a step."""
    return st.builds(_scaled, st.integers(1, 10**6), st.integers(0, 3))
