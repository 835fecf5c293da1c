"""The line along the bottom: each way to the exchange, what requests wait for, the clock's offset, the last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import event_words, text, theme
from gui.models import health
from gui.text import translate
from gui.widgets.tips import show_tip

if TYPE_CHECKING:
    from core.model import Links, Snapshot

_HEIGHT = 30
_GAP = 20
_DOT = 8
_DOT_GAP = 6
_LEFT = 14
_FEWEST_PIXELS = 40  # for the last event; less of it would say nothing


class Item(NamedTuple):
    """Words with a dot before them, or without one (tone ""); ``tip`` is what they stand for."""

    tone: str
    words: str
    tip: str = ""


class StatusLine(QWidget):
    """Painted in one go; the words change at most once per frame and the ages once a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self._last = ""
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
        if items == self._items and last == self._last:
            return
        is_same_picture = last == self._last and [item[:2] for item in items] == [item[:2] for item in self._items]
        self._items, self._last = items, last
        self.setAccessibleDescription(". ".join(item.tip for item in items if item.tip))
        if not is_same_picture:
            self.setAccessibleName(", ".join(item.words for item in items))
            self.update()

    @property
    def visible_items(self) -> list[Item]:
        """Those that there is room for: figures leave before states and warnings do."""
        kept, room = list(self._items), self.width() - 2 * _LEFT
        figures = [item for item in kept if not item.tone]
        while figures and sum(self._width(item) + _GAP for item in kept) - _GAP > room:
            kept.remove(figures.pop())
        return kept

    def item_at(self, x: int) -> Item | None:
        """The item under a place, dot included."""
        left = _LEFT
        for item in self.visible_items:
            right = left + self._width(item)
            if left <= x < right:
                return item
            left = right + _GAP
        return None

    def _width(self, item: Item) -> int:
        return (_DOT + _DOT_GAP if item.tone else 0) + theme.metrics(theme.SMALL).horizontalAdvance(item.words)

    def event(self, event: QEvent | None) -> bool:
        """Say what the item under the pointer stands for."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        item = self.item_at(event.pos().x())
        shown = item.tip if item else self._last if event.pos().x() > self.width() // 2 else ""
        show_tip(event.globalPos(), text.as_tooltip(shown), self)
        return True

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
        painter.setFont(theme.font(theme.SMALL))
        metrics = theme.metrics(theme.SMALL)
        x = _LEFT
        for item in self.visible_items:
            if item.tone:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours[item.tone])
                painter.drawEllipse(QRectF(x, self.height() / 2 - _DOT / 2 + 0.5, _DOT, _DOT))
                x += _DOT + _DOT_GAP
            painter.setPen(colours[item.tone] if item.tone in {"down", "warning"} else colours.muted)
            width = metrics.horizontalAdvance(item.words)
            painter.drawText(QRect(x, 1, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, item.words)
            x += width + _GAP
        room = QRect(x, 1, self.width() - x - 14, self.height())
        painter.setPen(colours.muted)
        if room.width() < _FEWEST_PIXELS:
            return
        shown = metrics.elidedText(self._last, Qt.TextElideMode.ElideLeft, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), shown)


def _items(snapshot: Snapshot | None, now_mono: float) -> list[Item]:
    if snapshot is None:
        return [Item("muted", translate("StatusLine", "Starting…"))]
    links = snapshot.links
    items = []
    for link in (links.rest, links.private, links.tickers):
        judged = health.of_link(link, now_mono)
        items.append(Item(judged.tone, judged.words, health.details(link, now_mono)))
    items += [Item(*health.of_hold(hold, now_mono)) for hold in links.holds]
    items.append(_requests(links))
    if links.clock_offset_ms is not None:
        sign = "+" if links.clock_offset_ms >= 0 else text.MINUS
        offset = f"{sign}{abs(links.clock_offset_ms)}"
        tip = translate("StatusLine", "How far this computer's clock is from Bybit's")
        items.append(Item("", translate("StatusLine", "Clock {offset} ms").format(offset=offset), tip))
    if snapshot.backfill.done < snapshot.backfill.total:
        fetched = translate("StatusLine", "Reading history {done}/{total} weeks")
        tip = translate("StatusLine", "The account's past is being fetched, week by week")
        items.append(Item("", fetched.format(done=snapshot.backfill.done, total=snapshot.backfill.total), tip))
    if links.frames_refused:
        refused = translate("StatusLine", "{n} unreadable messages").format(n=links.frames_refused)
        tip = translate("StatusLine", "Messages of Bybit's that did not fit its own rules; nothing was taken from them")
        items.append(Item("warning", refused, tip))
    return items


def _requests(links: Links) -> Item:
    """How many requests left in the last second; the desk's own ceiling stands far below Bybit's."""
    words = translate("StatusLine", "Requests {n}/{most} per s")
    tip = translate(
        "StatusLine",
        "Requests sent in the last second, of those that the desk allows itself; a fifth is kept for orders",
    )
    return Item("", words.format(n=links.requests_per_s, most=links.requests_most_per_s), tip)


def _last_event(snapshot: Snapshot | None) -> str:
    if snapshot is None or not snapshot.events:
        return ""
    line = snapshot.events[0]
    symbol = f"{line.key.symbol} " if line.key else ""
    return text.literal(f"{text.clock_time(line.ts_ms)} {symbol}{event_words.event(line)}", 400)
