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


def set_scale(settings: WindowSettings) -> None:
    """Tell Qt how large to draw, before it starts: it reads that once. What the environment says counts more."""
    percent = settings.count("scale_pct", 100)
    if percent != 100 and _SCALE not in os.environ:
        os.environ[_SCALE] = str(percent / 100)


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
