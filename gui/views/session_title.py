"""The row above the Session panel: its tabs, the period, the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from gui import theme
from gui.text import translate
from gui.widgets.picker import Picker

if TYPE_CHECKING:
    from gui.views.session import SessionPanel


class TitleRow(QWidget):
    """What stands above the panel: its tabs at the left, period and export at the right.

    Where there is no room for all periods side by side, a picker stands for them.
    """

    def __init__(self, panel: SessionPanel) -> None:
        super().__init__()
        self._panel = panel
        self.picker = Picker(translate("Session", "Period"), panel.choices)
        self.picker.chosen.connect(self._on_picked)
        panel.periods.chosen.connect(self.picker.set_choice)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.PAD, 0)
        layout.addWidget(panel.strip)
        layout.addStretch(1)
        layout.addWidget(panel.periods)
        layout.addWidget(self.picker)
        layout.addWidget(panel.export_button)
        self.picker.hide()

    def _on_picked(self, period: str) -> None:
        self._panel.periods.set_choice(period)
        self._panel.periods.chosen.emit(period)

    def _needed(self, choice: QWidget) -> int:
        parts = (self._panel.strip, choice, self._panel.export_button)
        return sum(part.sizeHint().width() for part in parts) + 3 * theme.PAD

    def minimumSizeHint(self) -> QSize:
        """As much as it needs with the picker."""
        return QSize(self._needed(self.picker), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """See what there is room for."""
        super().resizeEvent(event)
        has_room = self._needed(self._panel.periods) <= self.width()
        if has_room != self._panel.periods.isVisibleTo(self):
            self._panel.periods.setVisible(has_room)
            self.picker.setVisible(not has_room)
