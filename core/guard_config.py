"""Guards as the settings file names them: text amounts, "" for off, absent for the default. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from core.guards import GuardSettings

# setting → field of GuardSettings, and how its text becomes a value
_FIELDS: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "guard_unprotected_s": ("unprotected_after_s", lambda text: int(Decimal(text))),
    "guard_max_positions": ("max_positions", lambda text: int(Decimal(text))),
    "guard_near_liquidation_pct": ("near_liquidation_pct", Decimal),
    "guard_daily_loss": ("daily_loss", Decimal),
}
NAMES: Final = tuple(_FIELDS)


def guards_of(read: Callable[[str], str | None]) -> GuardSettings:
    """The guards that a settings file asks for; ``read`` gives a setting's text, None when it is absent."""
    changes = {field: make(text) if text else None for field, make, text in _given(read)}
    return GuardSettings(**changes)


def _given(read: Callable[[str], str | None]) -> list[tuple[str, Callable[[str], Any], str]]:
    found = ((field, make, read(name)) for name, (field, make) in _FIELDS.items())
    return [(field, make, text) for field, make, text in found if text is not None]


def defaults() -> dict[str, str]:
    """The text of each setting when nobody has set it; "" for a guard that is off."""
    guards = GuardSettings()
    values = {name: getattr(guards, field) for name, (field, _) in _FIELDS.items()}
    return {name: "" if value is None else str(value) for name, value in values.items()}
