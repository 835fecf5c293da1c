"""What the desk wears by the settings: theme, pair of colours, typeface, scale."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from gui import theme

if TYPE_CHECKING:
    from gui.settings import WindowSettings

_SCALE: Final = "QT_SCALE_FACTOR"


class _Scale:
    """How large Qt was told to draw, in percent; None while it was not us who told it."""

    told: int | None = None


def set_scale(settings: WindowSettings) -> None:
    """Tell Qt how large to draw, before it starts: it reads that once. What the environment says counts more.

    Everything is measured in its units, so nothing of ours could draw at another scale beside it; see
    :func:`needs_restart`.
    """
    if _SCALE not in os.environ:
        _Scale.told = settings.count("scale_pct", 100)
        if _Scale.told != 100:
            os.environ[_SCALE] = str(_Scale.told / 100)


def needs_restart(settings: WindowSettings) -> bool:
    """Another scale is set than the one that is drawn at."""
    return _Scale.told is not None and settings.count("scale_pct", 100) != _Scale.told


def forget_scale() -> None:
    """What we told Qt is not to be taken for what the environment says, by the process that comes after this one."""
    if _Scale.told is not None:
        os.environ.pop(_SCALE, None)


def dress(app: QApplication, settings: WindowSettings) -> bool:
    """Wear what the settings say, everywhere at once. Returns whether layouts have to be measured again."""
    has_changed = theme.wear_typeface(chosen_typeface(settings))
    theme.apply(app, chosen_tokens(settings))
    return has_changed


def chosen_typeface(settings: WindowSettings) -> theme.Typeface:
    """The family and size that the settings ask for; Qt finds something like a family that is not there."""
    return theme.Typeface(settings.word("font_family", theme.FAMILY), settings.count("font_size", theme.BODY))


def chosen_tokens(settings: WindowSettings) -> theme.Tokens:
    """The tokens that the settings ask for; the system's own scheme counts when they say so."""
    name = settings.word("theme", "dark")
    if name == "system":
        hints = QGuiApplication.styleHints()
        is_dark = hints is None or hints.colorScheme() != Qt.ColorScheme.Light
    else:
        is_dark = name != "light"
    return theme.tokens(
        dark=is_dark, swapped=settings.flag("swapped", False), colour_blind=settings.flag("colour_blind", False)
    )
