"""Widths, order and visibility of a table's columns: set once from the widest plausible text, then the operator's.

``ResizeToContents`` on live data costs 200 times as much as everything else, so nothing here looks at the data.
"""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtCore import QByteArray, QObject, QTimer, pyqtSignal

from gui.models.cell import Column
from gui.views.cell_painter import MARGIN, REGULAR, SMALL, STRONG, Faces
from gui.views.header import TableHeader

BUTTON_PAD = 8
# How much of its widest plausible text a column of words may give up, in percent, before the table scrolls sideways.
# Figures give up nothing: a number that is cut short is a wrong number.
SQUEEZE_PCT = 8


class Span(NamedTuple):
    """A visible column: its number in the model, left edge in the viewport, and width."""

    column: int
    x: int
    width: int


class ColumnLayout(QObject):
    """Spreads spare room by ``Column.stretch``, and leaves columns out where there is none, until somebody sets a width
    by hand: from then on nothing is left out, and the table scrolls sideways.

    Signals:
        changed: spans must be asked for again.
    """

    changed = pyqtSignal()

    def __init__(self, columns: tuple[Column, ...], header: TableHeader, faces: Faces) -> None:
        super().__init__(header)
        self._columns = columns
        self._header = header
        self._faces = faces
        self._room = 0
        self._is_spread = True
        self._is_spreading = False
        self._has_buttons = True
        self.is_overlapping = False
        self.pinned_edge = 0
        self._spans: list[Span] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(lambda: self.fit(self._room))
        header.sectionResized.connect(self._resized_by_hand)
        header.sectionMoved.connect(self.forget)
        header.reset_asked.connect(self.reset)
        header.geometriesChanged.connect(self.forget)

    def use(self, faces: Faces) -> None:
        """Measure with other fonts."""
        self._faces = faces
        self.fit(self._room)

    def spans(self) -> list[Span]:
        """The visible columns in the order of painting: from the left, those with buttons last.

        Where there is no room for everything, buttons stay at the right edge, above the other columns: what closes a
        position must never have to be scrolled to.
        """
        if self._spans is None:
            header = self._header
            order = (header.logicalIndex(visual) for visual in range(header.count()))
            shown = [
                Span(number, header.sectionViewportPosition(number), header.sectionSize(number))
                for number in order
                if not header.isSectionHidden(number)
            ]
            self._spans = self._pinned(shown)
        return self._spans

    def _pinned(self, shown: list[Span]) -> list[Span]:
        """Move the columns without a title to the right edge if they would lie beyond it."""
        plain = [span for span in shown if any(self._columns[span.column].titles)]
        edge, pinned = self._room, []
        for span in reversed([span for span in shown if span not in plain]):
            edge = min(span.x, edge - span.width)
            pinned.append(span._replace(x=edge))
        self.is_overlapping = bool(pinned and plain) and edge < max(span.x + span.width for span in plain)
        self.pinned_edge = edge
        return plain + pinned[::-1]

    def forget(self) -> None:
        """Something moved."""
        self._spans = None
        self.changed.emit()

    def reset(self) -> None:
        """Every column where and as wide as it was at first."""
        self._is_spreading = True
        for number, column in enumerate(self._columns):
            self._header.moveSection(self._header.visualIndex(number), number)
            self._header.setSectionHidden(number, column.starts_hidden)
        self._header.set_away(())
        self._hide_buttons()
        self._is_spread = True
        self.fit(self._room)

    def show_buttons(self, is_on: bool) -> None:
        """Give the columns without a title room, or none: a key that may only look has no use for empty ones, and they
        would lie above others.
        """
        if is_on != self._has_buttons:
            self._has_buttons = is_on
            self._hide_buttons()

    def _hide_buttons(self) -> None:
        for number, column in enumerate(self._columns):
            if not any(column.titles):
                self._header.setSectionHidden(number, not self._has_buttons)

    def base_width(self, number: int) -> int:
        """A column's width for its widest plausible text or title, whichever is longer."""
        column, faces = self._columns[number], self._faces
        lines = column.widest.split("\n")
        fonts = (STRONG, REGULAR) if len(lines) > 1 else (STRONG,)
        needed = [faces.width(line, font) for line, font in zip(lines, fonts, strict=False)]
        needed += [faces.width(title, SMALL) + 2 for title in column.titles]
        return max(needed) + 2 * MARGIN + (0 if any(column.titles) else BUTTON_PAD)

    def fit(self, room: int) -> None:
        """Spread ``room`` pixels over the columns, as long as nobody has set a width by hand."""
        self._room = room
        if not self._is_spread:
            self._leave_out(())
            return
        widths = {number: self.base_width(number) for number in self.wanted()}
        away = self._without_room(widths)
        self._leave_out(away)
        widths = {number: width for number, width in widths.items() if number not in away}
        spare = room - sum(widths.values())
        parts = {number: self._columns[number].stretch for number in widths}
        if spare < 0:
            parts = self._yielding(widths)
            spare = spare if self._lacks(widths) <= 0 else 0
        shares = _shared(spare, parts)
        self._is_spreading = True
        for number, width in widths.items():
            self._header.resizeSection(number, width + shares[number])
        self._is_spreading = False
        self.forget()

    def wanted(self) -> list[int]:
        """The columns that the operator wants to see, from the left, whether there is room for them or not."""
        order = (self._header.logicalIndex(visual) for visual in range(self._header.count()))
        return [number for number in order if self._header.is_wanted(number)]

    def _without_room(self, widths: dict[int, int]) -> tuple[int, ...]:
        """The columns that give way so that the others need not be scrolled to; none before there is a window."""
        left, away = dict(widths), list[int]()
        for number in sorted(widths, key=lambda number: -self._columns[number].gives_way):
            if self._room and self._columns[number].gives_way and self._lacks(left) > 0:
                del left[number]
                away.append(number)
        return tuple(away)

    def _lacks(self, widths: dict[int, int]) -> int:
        """Pixels that are missing even where words give up a little."""
        return sum(widths.values()) - sum(self._yielding(widths).values()) * SQUEEZE_PCT // 100 - self._room

    def _yielding(self, widths: dict[int, int]) -> dict[int, int]:
        """What each column's part is of what they give up."""
        return {number: 0 if self._is_stiff(number) else width for number, width in widths.items()}

    def _leave_out(self, away: tuple[int, ...]) -> None:
        """Hide these columns, and show all others that are wanted."""
        changed = [number for number in self.wanted() if self._header.isSectionHidden(number) != (number in away)]
        self._is_spreading = True
        for number in changed:
            self._header.setSectionHidden(number, number in away)
        self._is_spreading = False
        self._header.set_away(away)
        if changed:
            self.forget()

    def _is_stiff(self, number: int) -> bool:
        """Figures and buttons keep their width."""
        return self._columns[number].is_right or self._columns[number].stretch == 0

    def _resized_by_hand(self, number: int, before: int, after: int) -> None:
        if self._is_spreading:
            return
        if before and after:
            self._is_spread = False
        self._soon.start()  # Qt is still in the middle of it
        self.forget()

    def state(self) -> QByteArray:
        """Order, widths, visibility and sorting, to be kept; what there is no room for now counts as visible."""
        away = self._header.away
        self._leave_out(())
        kept = self._header.saveState()
        self._leave_out(away)
        return kept

    def restore(self, state: QByteArray, is_spread: bool) -> None:
        """Put a kept state back."""
        if self._header.restoreState(state):
            self._header.set_away(())
            self._is_spread = is_spread
            self._hide_buttons()
            self.fit(self._room)
            self.forget()

    @property
    def is_spread(self) -> bool:
        """No width was set by hand."""
        return self._is_spread


def _shared(amount: int, parts: dict[int, int]) -> dict[int, int]:
    """``amount`` pixels, of either sign, in proportion to ``parts``, to the last pixel; nothing if there are none."""
    total, given, shares, reached = sum(parts.values()), 0, {}, 0
    for number, part in parts.items():
        reached += part
        upto = amount * reached // total if total else 0
        shares[number], given = upto - given, upto
    return shares
