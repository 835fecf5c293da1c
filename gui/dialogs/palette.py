"""The command palette: a few letters find an act by its name, Enter does it. It knows no act itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui import theme
from gui.text import translate

if TYPE_CHECKING:
    from gui.views.comfort import Act

_MOST: Final = 200
_WALKING: Final = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class Palette(QDialog):
    """Acts in a list below a field. Open it with ``open()``; it deletes itself when it is closed."""

    def __init__(self, acts: Sequence[Act], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("Palette", "Commands"))
        self._acts = acts
        self._found: list[Act] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(translate("Palette", "What do you want to do?"))
        self.field.setAccessibleName(translate("Palette", "Command"))
        self.field.setFont(theme.font())
        self.list = QListWidget()
        self.list.setAccessibleName(translate("Palette", "Commands found"))
        self.list.setFont(theme.font())
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PAD, theme.PAD, theme.PAD, theme.PAD)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._find)
        self.list.itemActivated.connect(lambda _item: self._do())
        self._find("")

    def sizeHint(self) -> QSize:
        """A dozen acts."""
        return QSize(460, 380)

    def _find(self, typed: str) -> None:
        self._found = sorted_by_fit(self._acts, typed)[:_MOST]
        self.list.clear()
        for act in self._found:
            # the item is plain text: item delegates know no markup
            self.list.addItem(QListWidgetItem(f"{act.words}    {act.keys}".rstrip()))
        self.list.setCurrentRow(0 if self._found else -1)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The field keeps the keyboard; walking keys move in the list, Enter does what is chosen."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _WALKING:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do()
                return True
        return super().eventFilter(watched, event)

    def _do(self) -> None:
        """Close first: the act may open a dialog of its own."""
        row = self.list.currentRow()
        if 0 <= row < len(self._found):
            act = self._found[row]
            self.accept()
            act.run()


def sorted_by_fit(acts: Sequence[Act], typed: str) -> list[Act]:
    """Acts whose names hold every typed word; those that begin with the first word come first."""
    wanted = typed.casefold().split()
    fitting = [act for act in acts if all(word in act.words.casefold() for word in wanted)]
    if wanted:
        fitting.sort(key=lambda act: not act.words.casefold().startswith(wanted[0]))
    return fitting
