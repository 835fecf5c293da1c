"""What the crosshair of the candle chart says."""

from __future__ import annotations

from decimal import Decimal

from gui import text
from gui.models import stop_drag
from gui.text import translate
from gui.views.chart_scale import Bar


def price(value: float, tick: Decimal | None) -> str:
    """The price at a height, on the tick once that is known."""
    return text.price(stop_drag.to_tick(value, tick), tick) if tick else f"{value:.6g}"


def bar(shown: Bar, tick: Decimal | None) -> str:
    """When a bar began, and its four prices."""
    opened, high, low, closed = (price(value, tick) for value in shown[1:])
    words = translate("Chart", "{time}  O {open}  H {high}  L {low}  C {close}")
    return words.format(time=text.date_time(shown.start_ms)[:-3], open=opened, high=high, low=low, close=closed)
