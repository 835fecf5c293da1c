"""The header of a table: one or two lines per title, on the side of the figures below, and a mark for the order."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QPainter, QPolygonF
from PyQt6.QtWidgets import QHeaderView, QMenu, QWidget

from gui import theme
from gui.models.cell import Column
from gui.text import translate
from gui.views.cell_painter import MARGIN

LINE_GAP = 3


class TableHeader(QHeaderView):
    """Draws the titles of ``columns``; a click sorts, a drag moves, the menu hides and shows columns.

    Signals:
        reset_asked: the menu's way back to the first layout.
    """

    reset_asked = pyqtSignal()

    def __init__(self, columns: tuple[Column, ...], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self._font = theme.font(theme.SMALL - 1)
        self._metrics = theme.metrics(theme.SMALL - 1)
        self._lines = max(len(column.titles) for column in columns)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setMinimumSectionSize(40)
        self.setAccessibleName(translate("Table", "Column titles"))

    def sizeHint(self) -> QSize:
        """Tall enough for the title with the most lines. Qt's own answer would measure every title, every time."""
        height = self._lines * self._metrics.height() + (self._lines - 1) * LINE_GAP + 14
        return QSize(self.length(), height)

    def paintSection(self, painter: QPainter | None, rect: QRect, logical: int) -> None:
        """The lines of one title, the mark of the order beside the last line."""
        if painter is None or not rect.isValid():
            return
        colours, column = theme.current(), self._columns[logical]
        painter.save()
        painter.fillRect(rect, colours.ground)
        painter.setFont(self._font)
        is_sorted = self.sortIndicatorSection() == logical
        painter.setPen(colours.text if is_sorted else colours.muted)
        height = self._metrics.height()
        top = rect.top() + (rect.height() - len(column.titles) * (height + LINE_GAP) + LINE_GAP) // 2
        room = rect.width() - 2 * MARGIN
        for number, title in enumerate(column.titles):
            shown = self._metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
            x = rect.right() + 1 - MARGIN - self._metrics.horizontalAdvance(shown) if column.is_right else MARGIN
            left = x if column.is_right else rect.left() + x
            painter.drawText(left, top + number * (height + LINE_GAP) + self._metrics.ascent(), shown)
        if is_sorted:
            self._paint_mark(painter, rect, column.is_right)
        painter.setPen(colours.line)
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        painter.restore()

    def _paint_mark(self, painter: QPainter, rect: QRect, is_right: bool) -> None:
        """A small triangle in the margin: up for ascending, down for descending."""
        x = rect.right() - MARGIN + 2.5 if is_right else rect.left() + 2.0
        y, half = rect.center().y() + 0.5, 2.5
        if self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder:
            half = -half
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().accent)
        painter.drawPolygon(QPolygonF([QPointF(x, y + half), QPointF(x + 5, y + half), QPointF(x + 2.5, y - half)]))

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Which columns are shown."""
        if event is not None:
            self.column_menu().popup(event.globalPos())

    def column_menu(self) -> QMenu:
        """A menu with a check per column that has a title; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu)
        return menu

    def fill(self, menu: QMenu) -> None:
        """Add a check per column that has a title, and the way back to the first layout."""
        for logical, column in enumerate(self._columns):
            if not any(column.titles):
                continue
            action = menu.addAction(" / ".join(column.titles))
            if action is not None:
                action.setCheckable(True)
                action.setChecked(not self.isSectionHidden(logical))
                action.toggled.connect(lambda shown, number=logical: self.setSectionHidden(number, not shown))
        menu.addSeparator()
        reset = menu.addAction(translate("Table", "Reset columns"))
        if reset is not None:
            reset.triggered.connect(self.reset_asked)
