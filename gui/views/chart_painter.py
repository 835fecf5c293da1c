"""How the candle chart is painted: candles in two batches, lines, signs, tags, crosshair. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from gui import theme
from gui.views.chart_scale import Bar, Level, Mark, Scale, spread

TAG_HEIGHT: Final = 20
TAG_ROOM: Final = 118
LEFT: Final = 8.0
_STYLES: Final = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


class Tag(QRectF):
    """Where the words of a level stand; a rectangle that knows its level."""

    def __init__(self, box: QRectF, level: Level) -> None:
        super().__init__(box)
        self.level = level


def candles(painter: QPainter, bars: Sequence[Bar], scale: Scale, left: float, pitch: float) -> None:
    """Wicks and bodies, one batch per direction; a body is hollow by colour only, so rising ones also stand thinner."""
    half = max(0.5, min(2.0, pitch * 0.34))
    batches: dict[bool, tuple[list[QLineF], list[QRectF]]] = {True: ([], []), False: ([], [])}
    for number, bar in enumerate(bars):
        x = left + number * pitch
        start, end = scale.y(bar.open), scale.y(bar.close)
        wicks, bodies = batches[bar.close >= bar.open]
        wicks.append(QLineF(x, scale.y(bar.high), x, scale.y(bar.low)))
        bodies.append(QRectF(x - half + 0.5, min(start, end), 2 * half, max(1.0, abs(end - start))))
    for is_up, (wicks, bodies) in batches.items():
        if not wicks:
            continue
        colour = theme.current().up if is_up else theme.current().down
        painter.setPen(colour)
        painter.drawLines(*wicks)
        if pitch >= 2:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRects(*bodies)


def lines(painter: QPainter, levels: Sequence[Level], scale: Scale, width: float) -> None:
    """A line across for each level in the picture."""
    for level in levels:
        if scale.holds(level.price):
            y = round(scale.y(level.price)) + 0.5
            painter.setPen(QPen(theme.current()[level.tone], 1, _STYLES[level.style]))
            painter.drawLine(QLineF(0, y, width, y))


def marks(painter: QPainter, shown: Sequence[Mark], bars: Sequence[Bar], scale: Scale, pitch: float) -> None:
    """An arrow where it was entered, a ring where it was left, on the bars that are visible."""
    if len(bars) < 2:
        return
    length_ms = bars[1].start_ms - bars[0].start_ms or 1
    colours = theme.current()
    for mark in shown:
        number = (mark.ts_ms - bars[0].start_ms) / length_ms
        if not 0 <= number <= len(bars) or not scale.holds(mark.price):
            continue
        at = QPointF(LEFT + min(number, len(bars) - 1) * pitch, scale.y(mark.price))
        painter.setPen(colours.text)
        if mark.is_entry:
            painter.setBrush(colours.accent)
            painter.drawPolygon(QPolygonF([at, at + QPointF(-7, -4.5), at + QPointF(-7, 4.5)]))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 4.5, 4.5)


def tags_of(levels: Sequence[Level], scale: Scale, width: float) -> list[Tag]:
    """Where the words of the levels stand: at the right edge, pushed apart where they would cover each other.

    A level outside the picture stands at the edge that it lies behind, with an arrow.
    """
    metrics = theme.metrics(theme.SMALL - 1)
    ordered = sorted(levels, key=lambda level: -level.price)
    centres = [min(max(scale.y(level.price), 0.0), scale.height) for level in ordered]
    placed = []
    for top, level in zip(spread(centres, scale.height, TAG_HEIGHT), ordered, strict=True):
        words = metrics.horizontalAdvance(tag_words(level, scale)) + (24 if level.name else 16)
        wide = max(TAG_ROOM - 12, words)
        placed.append(Tag(QRectF(width - wide - 5.5, top + 0.5, wide, TAG_HEIGHT - 2), level))
    return placed


def tag_words(level: Level, scale: Scale) -> str:
    """Its words, with an arrow towards a price outside the picture."""
    if scale.holds(level.price):
        return level.words
    return ("▲ " if level.price > scale.high else "▼ ") + level.words


def tags(painter: QPainter, placed: Sequence[Tag], scale: Scale, hot: str) -> None:
    """The words of the levels; the one called ``hot`` is tinted, those that can be dragged wear a grip."""
    colours = theme.current()
    for tag in placed:
        level = tag.level
        painter.setPen(colours[level.tone])
        painter.setBrush(colours[f"{level.tone}_soft"] if level.name and level.name == hot else colours.ground)
        painter.drawRoundedRect(tag, 3, 3)
        inset = 8
        if level.name:
            _grip(painter, tag)
            inset = 16
        painter.setPen(colours[level.tone])
        painter.drawText(tag.adjusted(inset, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), tag_words(level, scale))


def _grip(painter: QPainter, tag: Tag) -> None:
    """Two columns of dots: it can be taken hold of."""
    painter.setBrush(theme.current()[tag.level.tone])
    painter.setPen(Qt.PenStyle.NoPen)
    for column in (6.0, 9.5):
        for row in (-3.5, 0.0, 3.5):
            painter.drawEllipse(QPointF(tag.left() + column, tag.center().y() + row), 0.9, 0.9)


def crosshair(painter: QPainter, at: QPointF, size: tuple[float, float], price: str, below: str) -> None:
    """Two fine lines, the price at the left edge, and what the bar under it says at the top."""
    colours, metrics = theme.current(), theme.metrics(theme.SMALL - 1)
    width, height = size
    painter.setPen(QPen(colours["line_strong"], 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(0, at.y(), width, at.y()))
    painter.drawLine(QLineF(at.x(), 0, at.x(), height))
    painter.setPen(colours.text)
    for words, top in ((price, min(max(at.y() - 9, 0.0), height - 18)), (below, 0.0)):
        wide = metrics.horizontalAdvance(words) + 10
        box = QRectF(0, top, wide, 18)
        painter.fillRect(box, colours.raised)
        painter.drawText(box.adjusted(5, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)
