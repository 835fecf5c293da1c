"""A one-line field for an exact amount: reads it, shows it, steps it by its increment. It knows no limits.

What a person typed is never changed under their fingers; when they leave the field, a number that was read is written
out the way the desk writes numbers, so that what was understood can be seen.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtCore import QEvent, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from core.money import ROUND_CEILING, ROUND_FLOOR, to_increment
from gui import text, theme
from gui.widgets.number_entry import Entry, read_entry

HEIGHT: Final = 34
_STEPS: Final = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
}
_INNER_MARGIN = 2  # QLineEdit's own, between its contents and the first letter
_GAP = 8
_LONGEST_UNIT: Final = 20  # letters; a contract may be called anything


class DecimalEdit(QLineEdit):
    """An amount, its unit and a hint at the right end.

    Signals:
        edited(Entry): a person changed the text; programs that set a value are not heard.
    """

    edited = pyqtSignal(object)

    def __init__(self, name: str, parent: QWidget | None = None, *, signed: bool = False) -> None:
        super().__init__(parent)
        self._signed = signed
        self._unit = ""
        self._hint = ""
        self._why = ""
        self._increment: Decimal | None = None
        self.setAccessibleName(name)
        self.setFont(theme.font())
        self.setMaxLength(60)
        self.textEdited.connect(self._on_text_edited)
        self.editingFinished.connect(self.normalise)

    # What it shows

    def set_unit(self, unit: str) -> None:
        """The unit painted behind the number; it may be typed as well."""
        unit = text.literal(unit, _LONGEST_UNIT)
        if unit != self._unit:
            self._unit = unit
            self.update()

    def set_hint(self, hint: str) -> None:
        """Muted words at the right end, such as the tick."""
        if hint != self._hint:
            self._hint = hint
            self.setTextMargins(0, 0, QFontMetrics(self.font()).horizontalAdvance(hint) + _GAP if hint else 0, 0)
            self._describe()
            self.update()

    def set_increment(self, increment: Decimal | None) -> None:
        """The tick or step that the arrow keys move by (page keys: ten); None switches them off."""
        self._increment = increment

    def set_wrong(self, wrong: bool, why: str = "") -> None:
        """Frame the field as the place of a problem; screen readers hear ``why``."""
        self._why = why if wrong else ""
        self._describe()
        self._set_look("wrong", "true" if wrong else "")

    def _describe(self) -> None:
        described = ". ".join(part.rstrip(".") for part in (self._why, self._hint) if part)
        if described != self.accessibleDescription():
            self.setAccessibleDescription(described)

    def set_tone(self, tone: str) -> None:
        """Colour of the number: ``up``, ``down`` or ``text``."""
        self._set_look("tone", tone)

    def _set_look(self, name: str, value: str) -> None:
        if (self.property(name) or "") == value:
            return
        self.setProperty(name, value)
        style = self.style()
        assert style is not None
        style.unpolish(self)
        style.polish(self)

    # Its number

    @property
    def entry(self) -> Entry:
        """What the text says now."""
        return read_entry(self.text(), signed=self._signed, unit=self._unit)

    @property
    def is_being_typed(self) -> bool:
        """A person has changed the text and not left the field yet."""
        return self.isModified()

    def show_value(self, value: Decimal | None, decimals: int | None = None) -> None:
        """Write a number, or nothing for None, unless a person is typing.

        Args:
            decimals: digits after the point; None leaves as many as the number has.
        """
        if not self.is_being_typed:
            self._write(self._plain(value, decimals))

    def normalise(self) -> None:
        """Write what was read in the desk's own form; leave mistakes and questions as they were typed."""
        entry = self.entry
        if entry.value is not None:
            self._write(self._plain(entry.value))
        self.setModified(False)

    def choose(self, value: Decimal) -> None:
        """Take one reading or a nearest valid value for the person, as if it had been typed."""
        self._write(self._plain(value))
        self.edited.emit(self.entry)

    def _plain(self, value: Decimal | None, decimals: int | None = None) -> str:
        """No grouping: a comma in a field would be asked about."""
        if value is None:
            return ""
        return text.number(value, decimals, signed=self._signed).replace(",", "")

    def _write(self, shown: str) -> None:
        if shown != self.text():
            self.setText(shown)
            self.setCursorPosition(len(shown) if self.hasFocus() else 0)

    def _on_text_edited(self) -> None:
        self.edited.emit(self.entry)

    def _nudge(self, steps: int) -> None:
        """Move to the next multiple of the increment; never down to zero, which would mean something else."""
        value, increment = self.entry.value, self._increment
        if value is None or increment is None:
            return
        base = to_increment(value, increment, ROUND_FLOOR if steps > 0 else ROUND_CEILING)
        moved = base + steps * increment
        if moved > 0 or self._signed:
            self._write(self._plain(moved))
            self.setModified(True)
            self.edited.emit(self.entry)

    # Qt

    def event(self, event: QEvent | None) -> bool:
        """Undo belongs to the field only while there is typing to take back; else to the dialog."""
        is_asking = event is not None and event.type() == QEvent.Type.ShortcutOverride
        if is_asking and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo):
            event.setAccepted(self.isUndoAvailable())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and down step by the increment, page keys by ten of them."""
        steps = _STEPS.get(Qt.Key(event.key())) if event is not None and not self.isReadOnly() else None
        if steps is None or self._increment is None:
            super().keyPressEvent(event)
        else:
            self._nudge(steps)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel must never change an amount in passing."""
        if event is not None:
            event.ignore()

    def sizeHint(self) -> QSize:
        """Its layout decides the width."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Room for its hint and a short number."""
        metrics = QFontMetrics(self.font())
        hint = metrics.horizontalAdvance(self._hint) + _GAP if self._hint else 0
        return QSize(metrics.horizontalAdvance("00000.00") + hint + 24, HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The field, then its unit and hint."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self.font())
        area = self._contents()
        if self._hint:
            painter.setPen(theme.current()["muted" if self.isEnabled() else "disabled"])
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._hint)
        if self._unit and self.text() and not self.entry.problem:
            self._paint_unit(painter)

    def _paint_unit(self, painter: QPainter) -> None:
        area = self._contents()
        metrics = QFontMetrics(self.font())
        shown = self._unit if self._unit == "%" else f" {self._unit}"
        area.setLeft(area.left() + _INNER_MARGIN + metrics.horizontalAdvance(self.text()))
        area.setRight(area.right() - self.textMargins().right())
        if metrics.horizontalAdvance(shown) <= area.width():
            painter.setPen(self.palette().text().color())
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _contents(self) -> QRect:
        """Where the text is, inside frame and padding."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        style = self.style()
        assert style is not None
        return style.subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
