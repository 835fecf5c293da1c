"""Tabs as words with a count beside them and a line under the present one."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QTabBar, QWidget

from gui import theme

_HEIGHT = 40
_SIDE = 12
_GAP = 7
_PILL_PAD = 7


class TabStrip(QTabBar):
    """A QTabBar (keyboard and screen readers included) that paints its own tabs. ``set_count`` shows a pill."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._words = theme.metrics(theme.BODY, theme.SEMIBOLD)
        self._figures = theme.metrics(theme.SMALL - 1)
        self._tones: dict[int, str] = {}
        self._counts: dict[int, str] = {}
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)

    def add(self, words: str) -> int:
        """A tab without a count."""
        return self.addTab(words)

    def set_count(self, tab: int, count: str, tone: str = "muted") -> None:
        """The figure in the pill; "" takes the pill away."""
        if (self._counts.get(tab), self._tones.get(tab)) != (count, tone):
            self._counts[tab] = count
            is_wider = len(self.tabData(tab) or "") != len(count)
            self.setTabData(tab, count)
            self._tones[tab] = tone
            self.setAccessibleTabName(tab, f"{self.tabText(tab)} {count}".strip())
            if is_wider:
                self.setTabText(tab, self.tabText(tab))  # makes QTabBar ask for the sizes again
            self.update(self.tabRect(tab))

    def tabSizeHint(self, index: int) -> QSize:
        """Words, pill and room around them."""
        width = self._words.horizontalAdvance(self.tabText(index)) + 2 * _SIDE
        count = self.tabData(index)
        if count:
            width += _GAP + self._pill_width(count)
        return QSize(width, _HEIGHT)

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Words are never cut."""
        return self.tabSizeHint(index)

    def _pill_width(self, count: str) -> int:
        return max(20, self._figures.horizontalAdvance(count) + 2 * _PILL_PAD)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Words, pills, and the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for tab in range(self.count()):
            self._paint_tab(painter, tab)

    def _paint_tab(self, painter: QPainter, tab: int) -> None:
        colours = theme.current()
        area = self.tabRect(tab)
        is_present = tab == self.currentIndex()
        is_hot = area.contains(self.mapFromGlobal(self.cursor().pos())) and self.underMouse()
        painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD if is_present else theme.REGULAR))
        painter.setPen(colours.text if is_present or is_hot else colours.muted)
        words = self.tabText(tab)
        left = area.left() + _SIDE
        width = QFontMetrics(painter.font()).horizontalAdvance(words)
        painter.drawText(QRectF(left, area.top(), width + 2, area.height()), Qt.AlignmentFlag.AlignVCenter, words)
        count = self.tabData(tab)
        if count:
            pill = QRectF(left + width + _GAP, area.center().y() - 8, self._pill_width(count), 18)
            tone = self._tones.get(tab, "muted")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours[f"{tone}_soft"])
            painter.drawRoundedRect(pill, 9, 9)
            painter.setFont(theme.font(theme.SMALL - 1))
            painter.setPen(colours[tone])
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), count)
        if is_present:
            line = (area.left() + _SIDE - 2, area.bottom() - 1, area.width() - 2 * _SIDE + 4, 2)
            painter.fillRect(*line, colours.accent)
            if self.hasFocus():
                painter.setPen(colours.accent)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(area).adjusted(4.5, 7.5, -4.5, -6.5), theme.RADIUS, theme.RADIUS)
