"""A framed list of figures: words at the left, one or more columns of values at the right. Updated in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from gui import theme
from gui.widgets.labels import Label


class Figure(NamedTuple):
    """One value: its text, its tone (a colour name of the theme) and whether it is set in bold."""

    text: str
    tone: str = "text"
    bold: bool = False


class FigureTable(QWidget):
    """Rows of words and figures in a frame. Each row keeps its labels, so that an update repaints only what changed."""

    def __init__(
        self, name: str, columns: int = 1, parent: QWidget | None = None, *, words_tone: str = "muted"
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._columns = columns
        self._words_tone = words_tone
        self._rows: list[tuple[Label, list[Label]]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 9, 12, 9)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)

    def set_head(self, words: Sequence[str]) -> None:
        """Muted words above the columns."""
        for column, word in enumerate(words):
            label = Label(word, self, tone="muted")
            label.setAlignment(_alignment(column))
            self._grid.addWidget(label, 0, column)

    def set_row(self, row: int, words: str, figures: Sequence[Figure]) -> None:
        """Show a row; the first use of the next number makes it."""
        if row == len(self._rows):
            self._add_row()
        name, cells = self._rows[row]
        name.set_text(words)
        for cell, figure in zip(cells, figures, strict=True):
            cell.set_text(figure.text, figure.tone)
            cell.setAccessibleName(f"{words}: {figure.text}")
            if figure.bold != (cell.font().weight() >= theme.SEMIBOLD):
                cell.setFont(theme.font(theme.BODY, theme.SEMIBOLD if figure.bold else theme.REGULAR))

    def texts(self) -> list[tuple[str, ...]]:
        """What is shown, row by row: for the clipboard and for tests."""
        return [(name.text(), *(cell.text() for cell in cells)) for name, cells in self._rows]

    def _add_row(self) -> None:
        line = len(self._rows) + 1  # line 0 is the head's
        name = Label("", self, tone=self._words_tone)
        cells = [Label("", self) for _ in range(self._columns)]
        self._grid.addWidget(name, line, 0)
        for column, cell in enumerate(cells, start=1):
            cell.setAlignment(_alignment(column))
            self._grid.addWidget(cell, line, column)
        self._rows.append((name, cells))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current().line)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
