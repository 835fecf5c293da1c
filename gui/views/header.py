"""The header of a table: one or two lines per title, on the side of the figures below, and a mark for the order.

A click on a line of a title sorts by what stands below it. What has no line of its own is chosen in the menu, and the
header then says it in place of the last line.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QActionGroup,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PyQt6.QtWidgets import QHeaderView, QMenu, QWidget

from gui import theme
from gui.models.cell import Rank
from gui.models.cell_table import CellTable
from gui.text import as_tooltip, translate
from gui.views.cell_painter import MARGIN
from gui.widgets.tips import show_tip

_UP, _DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder

LINE_GAP = 3
_SIGN_ROOM = 36


class TableHeader(QHeaderView):
    """Draws the titles of a table; a click sorts, a drag moves, the menu sorts, hides and shows columns.

    Signals:
        reset_asked: the menu's way back to the first layout.
    """

    reset_asked = pyqtSignal()

    def __init__(self, table: CellTable, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table, self._columns = table, table.columns
        self._font = theme.font(theme.SMALL - 1)
        self._metrics = theme.metrics(theme.SMALL - 1)
        self._lines = max(len(column.titles) for column in self._columns)
        self._released = QPoint()
        self.away: tuple[int, ...] = ()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, _UP)
        self.setMinimumSectionSize(40)
        self.setAccessibleName(translate("Table", "Column titles"))
        self.sectionClicked.connect(self._on_click)

    # Columns that there is no room for

    def set_away(self, away: tuple[int, ...]) -> None:
        """These columns are hidden for want of room, not because the operator does not want to see them."""
        if away != self.away:
            self.away = away
            self.setAccessibleDescription(self.away_words())
            self._repaint()

    def away_words(self) -> str:
        """Which columns there is no room for; "" when all are shown."""
        if not self.away:
            return ""
        named = ", ".join(" / ".join(self._columns[number].titles) for number in sorted(self.away))
        return translate("Table", "No room for: {columns}").format(columns=named)

    def is_wanted(self, logical: int) -> bool:
        """The operator wants to see a column, whether there is room for it or not."""
        return not self.isSectionHidden(logical) or logical in self.away

    def want(self, logical: int, is_wanted: bool) -> None:
        """Show a column as far as there is room, or hide it."""
        self.set_away(tuple(number for number in self.away if number != logical))
        self.setSectionHidden(logical, not is_wanted)

    def corner(self) -> QRect:
        """Where the titles of the buttons would be, which have none and never scroll away. Without buttons (a key that
        may only look) only what :meth:`away_words` are shown at; empty where there is neither.
        """
        pinned = [n for n, column in enumerate(self._columns) if column.is_pinned and not self.isSectionHidden(n)]
        room = sum(map(self.sectionSize, pinned)) or (_SIGN_ROOM if self.away else 0)
        edge = self.width() - room
        is_there = all(self.sectionViewportPosition(number) >= edge for number in pinned)
        return QRect(edge, 0, room, self.height()) if room and is_there else QRect()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The titles; above the buttons none, but how many columns there is no room for."""
        super().paintEvent(event)
        corner, viewport = self.corner(), self.viewport()
        if viewport is None or corner.isEmpty():
            return
        painter, colours = QPainter(viewport), theme.current()
        painter.fillRect(corner, colours.ground)
        painter.setPen(colours.line)
        painter.drawLine(corner.bottomLeft(), corner.bottomRight())
        if self.length() - self.offset() > self.width():  # titles go on below it
            painter.fillRect(corner.left() - 1, 0, 1, corner.height(), colours.line)
        if self.away:
            painter.setFont(self._font)
            painter.setPen(colours.muted)
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(corner.adjusted(0, 0, -MARGIN, 0), where, f"+{len(self.away)}")

    def viewportEvent(self, event: QEvent | None) -> bool:
        """Name the columns that there is no room for where their number is pointed at."""
        if not isinstance(event, QHelpEvent) or not self.corner().contains(event.pos()):
            return super().viewportEvent(event)
        show_tip(event.globalPos(), as_tooltip(self.away_words()), self)
        return True

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Where buttons stand below, no title is clicked that may lie under them: the menu of the columns opens."""
        if event is None or not self.corner().contains(event.position().toPoint()):
            super().mousePressEvent(event)
        elif self.away and event.button() == Qt.MouseButton.LeftButton:
            self.column_menu().popup(event.globalPosition().toPoint())

    # Sorting

    def rank_by(self, logical: int, name: str, order: Qt.SortOrder | None = None) -> None:
        """Sort by one of a column's ranks; without an order in the present one, ascending for another column."""
        is_present = self.sortIndicatorSection() == logical
        wanted = order if order is not None else self.sortIndicatorOrder() if is_present else _UP
        self._table.choose_rank(logical, name)
        if is_present and self.sortIndicatorOrder() == wanted:
            self._table.sort(logical, wanted)  # Qt tells nobody: to it nothing has changed
        else:
            self.setSortIndicator(logical, wanted)
        self._repaint()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Qt sorts on a click; the line below the mouse is chosen first where that cannot disturb an order in force."""
        if event is not None:
            self._released = event.position().toPoint()
            logical = -1 if self.corner().contains(self._released) else self.logicalIndexAt(self._released)
            rank = self._rank_at(logical, self._released.y())
            if rank is not None and logical != self.sortIndicatorSection():
                self._table.choose_rank(logical, rank.name)
        super().mouseReleaseEvent(event)
        self._repaint()

    def _on_click(self, logical: int) -> None:
        """Qt has turned the order around; another line of the same title is begun upwards instead."""
        rank, present = self._rank_at(logical, self._released.y()), self._table.rank(logical)
        if rank is not None and present is not None and rank.name != present.name:
            self.rank_by(logical, rank.name, _UP)

    def _rank_at(self, logical: int, y: int) -> Rank | None:
        """What stands at a height of a title of two lines; None where nothing is to be chosen."""
        if not 0 <= logical < len(self._columns) or len(self._columns[logical].titles) < 2:
            return None
        line = 0 if y < self.height() / 2 else 1
        return next((rank for rank in self._columns[logical].ranks() if rank.line == line), None)

    def _repaint(self) -> None:
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def sizeHint(self) -> QSize:
        """Tall enough for the title with the most lines. Qt's own answer would measure every title, every time."""
        height = self._lines * self._metrics.height() + (self._lines - 1) * LINE_GAP + 14
        return QSize(self.length(), height)

    def paintSection(self, painter: QPainter | None, rect: QRect, logical: int) -> None:
        """The lines of one title, the mark of the order beside the line that it is the order of."""
        if painter is None or not rect.isValid():
            return
        colours, column = theme.current(), self._columns[logical]
        titles, ranked = self._titles(logical)
        painter.save()
        painter.fillRect(rect, colours.ground)
        painter.setFont(self._font)
        height = self._metrics.height()
        top = rect.top() + (rect.height() - len(titles) * (height + LINE_GAP) + LINE_GAP) // 2
        room = rect.width() - 2 * MARGIN
        for number, title in enumerate(titles):
            shown = self._metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
            x = rect.right() + 1 - MARGIN - self._metrics.horizontalAdvance(shown) if column.is_right else MARGIN
            left, line_top = x if column.is_right else rect.left() + x, top + number * (height + LINE_GAP)
            painter.setPen(colours.text if number == ranked else colours.muted)
            painter.drawText(left, line_top + self._metrics.ascent(), shown)
            if number == ranked:
                self._paint_mark(painter, rect, line_top + height // 2, column.is_right)
        painter.setPen(colours.line)
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        painter.restore()

    def _titles(self, logical: int) -> tuple[tuple[str, ...], int]:
        """What a section says, and which of its lines the rows are sorted by (-1 for none)."""
        titles, rank = self._columns[logical].titles, self._table.rank(logical)
        if self.sortIndicatorSection() != logical or rank is None:
            return titles, -1
        if rank.line is not None:
            return titles, rank.line
        shown = (*titles[: max(1, self._lines - 1)], rank.title) if self._lines > 1 else (rank.title,)
        return shown, len(shown) - 1

    def _paint_mark(self, painter: QPainter, rect: QRect, middle: int, is_right: bool) -> None:
        """A small triangle in the margin: up for ascending, down for descending."""
        x = rect.right() - MARGIN + 2.5 if is_right else rect.left() + 2.0
        y, half = middle + 0.5, 2.5
        if self.sortIndicatorOrder() == _DOWN:
            half = -half
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().accent)
        painter.drawPolygon(QPolygonF([QPointF(x, y + half), QPointF(x + 5, y + half), QPointF(x + 2.5, y - half)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """What the rows are sorted by, and which columns are shown."""
        if event is not None:
            self.column_menu().popup(event.globalPos())

    def column_menu(self) -> QMenu:
        """A menu with a check per column that has a title; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.can_sort:
            menu.addMenu(self.sort_menu(menu))
            menu.addSeparator()
        self.fill(menu)
        return menu

    @property
    def can_sort(self) -> bool:
        """Whether there is anything to sort by."""
        return any(column.ranks() for column in self._columns)

    def sort_menu(self, parent: QMenu) -> QMenu:
        """Everything that the visible columns can be sorted by, in which direction, and the way back to no order."""
        menu = QMenu(translate("Table", "Sort by"), parent)
        ranks = QActionGroup(menu)
        shown = (self.logicalIndex(visual) for visual in range(self.count()))
        for logical in [number for number in shown if self.is_wanted(number)]:
            for rank in self._columns[logical].ranks():
                is_present = logical == self.sortIndicatorSection() and rank == self._table.rank(logical)
                act = _choice(menu, ranks, rank.title, is_present)
                act.triggered.connect(lambda _on, at=logical, name=rank.name: self.rank_by(at, name))
        is_sorted = self.sortIndicatorSection() >= 0
        act = _choice(menu, ranks, translate("Table", "Nothing"), not is_sorted)
        act.triggered.connect(lambda: self.setSortIndicator(-1, _UP))
        menu.addSeparator()
        orders = QActionGroup(menu)
        for order, words in ((_UP, translate("Table", "Ascending")), (_DOWN, translate("Table", "Descending"))):
            act = _choice(menu, orders, words, is_sorted and self.sortIndicatorOrder() == order)
            act.setEnabled(is_sorted)
            act.triggered.connect(lambda _on, order=order: self.setSortIndicator(self.sortIndicatorSection(), order))
        return menu

    def fill(self, menu: QMenu) -> None:
        """Add a check per column that has a title, and the way back to the first layout."""
        for logical, column in enumerate(self._columns):
            if not any(column.titles):
                continue
            words = " / ".join(column.titles)
            if logical in self.away:
                words = translate("Table", "{column} (no room)").format(column=words)
            action = menu.addAction(words)
            if action is not None:
                action.setCheckable(True)
                action.setChecked(self.is_wanted(logical))
                action.toggled.connect(lambda shown, number=logical: self.want(number, shown))
        menu.addSeparator()
        reset = menu.addAction(translate("Table", "Reset columns"))
        if reset is not None:
            reset.triggered.connect(self.reset_asked)


def _choice(menu: QMenu, group: QActionGroup, words: str, is_checked: bool) -> QAction:
    """One of a group of which one is chosen."""
    action = QAction(words, menu)
    action.setCheckable(True)
    action.setChecked(is_checked)
    group.addAction(action)
    menu.addAction(action)
    return action
