"""The settings file: typed, readable JSON in the data folder. No secrets, no objects, nothing executable.

A file that cannot be read or does not fit is an error that names the place, never a silent return to defaults: the
operator may have set a guard. Keys of other versions are kept as they are. Light on purpose: it is read before the
first paint.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import StartupError, StoreError
from core.files import replace_file

MAX_BYTES = 1_000_000
VERSION = 1


def one_of(*choices: str) -> Callable[[object], bool]:
    """A test for a word of a list."""
    return lambda value: value in choices


def _is_amount(value: object) -> bool:
    """Text, because JSON's own numbers are not exact."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,8})?", value, re.ASCII) is not None


def _is_amount_or_off(value: object) -> bool:
    return value == "" or _is_amount(value)


def _is_count_or_off(value: object) -> bool:
    return _is_amount_or_off(value) and "." not in str(value)


def whole_number(least: int, most: int) -> Callable[[object], bool]:
    """A test for a whole number within limits. JSON's true is not one."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


# name → (what it must be, in words; the test). A name that ends in "/" stands for all names below it.
KNOWN: dict[str, tuple[str, Callable[[object], bool]]] = {
    "language": ("system, en or it", one_of("system", "en", "it")),
    "theme": ("dark, light or system", one_of("dark", "light", "system")),
    "swapped": ("true or false", _is_flag),
    "colour_blind": ("true or false", _is_flag),
    "compact": ("true or false", _is_flag),
    "private": ("true or false", _is_flag),
    "flash": ("true or false", _is_flag),
    "hold_above": ('an amount of dollars in quotes, such as "1000"', _is_amount),
    "guard_unprotected_s": ('whole seconds in quotes, or "" for off', _is_count_or_off),
    "guard_max_positions": ('a whole number in quotes, or "" for off', _is_count_or_off),
    "guard_near_liquidation_pct": ('a percentage in quotes, or "" for off', _is_amount_or_off),
    "guard_daily_loss": ('an amount of dollars in quotes, or "" for off', _is_amount_or_off),
    "bot_file": ("text", _is_text),
    "font_family": ("text", _is_text),
    "font_size": ("a whole number from 11 to 16", whole_number(11, 16)),
    "scale_pct": ("a whole number from 100 to 200", whole_number(100, 200)),
    "tray": ("true or false", _is_flag),
    "notify/": ("true or false", _is_flag),
    "sound/": ("true or false", _is_flag),
    "announce_amounts": ("true or false", _is_flag),
    "capture_excluded": ("true or false", _is_flag),
    "hint_seen": ("true or false", _is_flag),
    "idle_lock_min": ("whole minutes from 0 to 1440; 0 for never", whole_number(0, 1_440)),
    "idle_hides": ("true or false", _is_flag),
    "idle_asks": ("true or false", _is_flag),
    "default_trigger": ("MarkPrice, LastPrice or IndexPrice", one_of("MarkPrice", "LastPrice", "IndexPrice")),
    "every_positions_s": ("whole seconds from 2 to 60", whole_number(2, 60)),
    "every_wallet_s": ("whole seconds from 5 to 300", whole_number(5, 300)),
    "every_reconcile_s": ("whole seconds from 15 to 600", whole_number(15, 600)),
    "key/": ("text", _is_text),
    "come_back": ("text", _is_text),
    "geometry": ("text", _is_text),
    "docks": ("text", _is_text),
    "columns/": ("text", _is_text),
    "sorts/": ("text", _is_text),
    "spread/": ("true or false", _is_flag),
}


# How often what is read again in seconds, when nobody has set it.
_PACES = {"positions_s": 5, "wallet_s": 15, "reconcile_s": 60}


def paces_of(read: Callable[[str], Any]) -> dict[str, int]:
    """The intervals that a settings file asks for; ``read`` gives a setting's value, None when it is absent."""
    given = {name: read(f"every_{name}") for name in _PACES}
    return {name: default if given[name] is None else int(given[name]) for name, default in _PACES.items()}


class Settings:
    """One settings file. ``put`` changes it in memory, ``save`` writes all of it or nothing.

    Raises:
        StartupError: ``settings_unreadable``, with path and reason, when the file is there and does not fit.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._values: dict[str, Any] = _read(file) if file else {}
        self._is_saved = True

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, checked when the file was read."""
        return self._values.get(name, default)

    @property
    def has_file(self) -> bool:
        """Whether anything is kept at all."""
        return self._file is not None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all values, those of other versions included."""
        return tuple(self._values)

    def put(self, name: str, value: object) -> None:
        """Set a value; one that does not fit its name is our own mistake."""
        trouble = _misfit(name, value)
        assert not trouble, trouble
        if self._values.get(name) != value:
            self._values[name] = value
            self._is_saved = False

    def save(self) -> None:
        """Write the file: a temporary one first, then renamed, so that it is never half.

        Raises:
            StoreError: ``settings_not_saved``.
        """
        if self._file is None or self._is_saved:
            return
        document = json.dumps({"version": VERSION, **self._values}, indent=2, sort_keys=True, ensure_ascii=False)
        try:
            replace_file(self._file, f"{document}\n".encode())
        except StoreError as error:
            raise StoreError("settings_not_saved", path=str(self._file), reason=error.details["reason"]) from error
        self._is_saved = True


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_bytes()[: MAX_BYTES + 1]
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unreadable(file, error.strerror or "cannot be opened") from error
    if len(text) > MAX_BYTES:
        raise _unreadable(file, "larger than 1 MB")
    try:
        values = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, f"not JSON: {error}"[:200]) from error
    if not isinstance(values, dict):
        raise _unreadable(file, "not a JSON object")
    if values.pop("version", VERSION) != VERSION:
        raise _unreadable(file, "made by another version of the desk")
    for name, value in values.items():
        if trouble := _misfit(name, value):
            raise _unreadable(file, trouble)
    return values


def _misfit(name: str, value: object) -> str:
    """What is wrong with a value, in words; empty when it fits or when the name is not ours."""
    known = KNOWN.get(name) or KNOWN.get(name.split("/")[0] + "/")
    return "" if known is None or known[1](value) else f"{name} must be {known[0]}"


def _unreadable(file: Path, reason: str) -> StartupError:
    return StartupError("settings_unreadable", path=str(file), reason=reason)
