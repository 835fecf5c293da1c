"""The menu of the candle chart: a stop at the price under the pointer, and back to the newest bars. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenu, QWidget

from gui import text
from gui.models import stop_drag
from gui.models.stop_drag import DragFacts
from gui.text import translate

Propose = Callable[[str, Decimal], object]


def chart_menu(
    parent: QWidget, price: Decimal, facts: DragFacts | None, propose: Propose, look_at_newest: Callable[[], object]
) -> QMenu:
    """What can be done at a price; it deletes itself when it is closed.

    Args:
        facts: what stops mean now; None while they must not be changed.
        propose: asks for a stop, named as in Level, at the price.
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    name = stop_drag.fitting(price, facts) if facts is not None else ""
    if facts is not None and name:
        shown = (
            translate("Chart", "Stop loss at {price}…")
            if name == "stop_loss"
            else translate("Chart", "Take profit at {price}…")
        )
        stop = menu.addAction(shown.format(price=text.price(price, facts.tick)))
        if stop is not None:
            stop.triggered.connect(lambda: propose(name, price))
        menu.addSeparator()
    back = menu.addAction(translate("Chart", "Back to the newest bars"))
    if back is not None:
        back.triggered.connect(lambda: look_at_newest())
    return menu
