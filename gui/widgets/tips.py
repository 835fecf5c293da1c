"""The words that appear beside the mouse. The one place that hands words to Qt's tooltip, which may read markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QToolTip, QWidget

if TYPE_CHECKING:
    from PyQt6.QtCore import QPoint

    from gui.text import Tip


def show_tip(at: QPoint, tip: Tip, over: QWidget) -> None:
    """Show it at a place of the screen for as long as the mouse stays over a widget; an empty one hides what was."""
    QToolTip.showText(at, tip, over)
