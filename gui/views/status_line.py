"""The line along the bottom: each way to the exchange, the request rate, the clock's offset, and the last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import text, theme, words
from gui.models import health
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Snapshot

_HEIGHT = 30
_GAP = 20
_DOT = 8


class Item(NamedTuple):
    """Words with a dot before them, or without one (tone "")."""

    tone: str
    words: str


class StatusLine(QWidget):
    """Painted in one go; the words change at most once per frame and the ages once a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self._last = ""
        self._font = theme.font(theme.SMALL)
        self.setFixedHeight(_HEIGHT)
        self.show_health(None, 0.0)

    @property
    def items(self) -> list[Item]:
        """What stands at the left."""
        return self._items

    @property
    def last_event(self) -> str:
        """What stands at the right."""
        return self._last

    def show_health(self, snapshot: Snapshot | None, now_mono: float) -> None:
        """States and ages of everything, and the newest event."""
        items, last = _items(snapshot, now_mono), _last_event(snapshot)
        if (items, last) != (self._items, self._last):
            self._items, self._last = items, last
            self.setAccessibleName(", ".join(item.words for item in items))
            self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(400, _HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Dots and words from the left; the last event at the right, cut if there is no room."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.panel)
        painter.fillRect(0, 0, self.width(), 1, colours.line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        metrics = theme.metrics(theme.SMALL)
        x = 14
        for item in self._items:
            if item.tone:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours[item.tone])
                painter.drawEllipse(QRectF(x, self.height() / 2 - _DOT / 2 + 0.5, _DOT, _DOT))
                x += _DOT + 6
            painter.setPen(colours[item.tone] if item.tone in {"down", "warning"} else colours.muted)
            width = metrics.horizontalAdvance(item.words)
            painter.drawText(QRect(x, 1, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, item.words)
            x += width + _GAP
        room = QRect(x, 1, self.width() - x - 14, self.height())
        painter.setPen(colours.muted)
        shown = metrics.elidedText(self._last, Qt.TextElideMode.ElideLeft, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), shown)


def _items(snapshot: Snapshot | None, now_mono: float) -> list[Item]:
    if snapshot is None:
        return [Item("muted", translate("StatusLine", "Starting…"))]
    links = snapshot.links
    judged = [health.of_link(link, now_mono) for link in (links.rest, links.private, links.tickers)]
    items = [Item(part.tone, part.words) for part in judged]
    items.append(Item("", translate("StatusLine", "Requests {n} per s").format(n=links.requests_per_s)))
    if links.clock_offset_ms is not None:
        sign = "+" if links.clock_offset_ms >= 0 else text.MINUS
        offset = f"{sign}{abs(links.clock_offset_ms)}"
        items.append(Item("", translate("StatusLine", "Clock {offset} ms").format(offset=offset)))
    if snapshot.backfill.done < snapshot.backfill.total:
        fetched = translate("StatusLine", "History {done}/{total} weeks")
        items.append(Item("", fetched.format(done=snapshot.backfill.done, total=snapshot.backfill.total)))
    if links.frames_refused:
        refused = translate("StatusLine", "{n} unreadable messages").format(n=links.frames_refused)
        items.append(Item("warning", refused))
    return items


def _last_event(snapshot: Snapshot | None) -> str:
    if snapshot is None or not snapshot.events:
        return ""
    line = snapshot.events[0]
    symbol = f"{line.key.symbol} " if line.key else ""
    return f"{text.clock_time(line.ts_ms)} {symbol}{words.event(line)}"
