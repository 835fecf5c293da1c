"""What every core test runs under: a float that meets an amount is an error."""

from __future__ import annotations

import decimal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_floats_among_amounts() -> Iterator[None]:
    """Trap FloatOperation: Decimal(0.1) and comparisons of a Decimal with a float raise."""
    with decimal.localcontext() as context:
        context.traps[decimal.FloatOperation] = True
        yield
