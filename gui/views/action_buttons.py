"""Buttons above the tables for what concerns several rows: close all, cancel what is selected or protects nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui import text
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Snapshot


class ActionButtons(QWidget):
    """Shows the buttons that fit the table in front. With a key that may only look there are none.

    Signals:
        close_all_asked(), cancel_selected_asked(), cancel_orphans_asked(): a button was pressed.
    """

    close_all_asked = pyqtSignal()
    cancel_selected_asked = pyqtSignal()
    cancel_orphans_asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self.close_all = QPushButton(translate("Tables", "Close all…"))
        self.close_all.setProperty("kind", "danger-outline")
        self.cancel_selected = QPushButton(translate("Tables", "Cancel selected…"))
        self.cancel_orphans = QPushButton()
        self.cancel_orphans.setProperty("kind", "warn")
        self.close_all.clicked.connect(self.close_all_asked)
        self.cancel_selected.clicked.connect(self.cancel_selected_asked)
        self.cancel_orphans.clicked.connect(self.cancel_orphans_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.cancel_orphans, self.cancel_selected, self.close_all):
            row.addWidget(button)
            button.hide()

    def show_state(self, tab: str, snapshot: Snapshot | None, selected: int) -> None:
        """Bring them up to date.

        Args:
            tab: name of the table in front.
            selected: how many rows of it are selected.
        """
        may_act = snapshot is not None and not snapshot.is_read_only
        orphans = len(snapshot.leftovers) if snapshot is not None else 0
        has_positions = snapshot is not None and bool(snapshot.positions)
        state = (tab, may_act, orphans, has_positions, bool(selected))
        if state == self._shown:  # as with nearly every frame
            return
        self._shown = state
        self.close_all.setVisible(may_act and tab == "positions")
        self.cancel_selected.setVisible(may_act and tab == "orders")
        # A badge until they are gone (P9), whichever table is in front.
        self.cancel_orphans.setVisible(may_act and orphans > 0)
        why = "" if has_positions else translate("Tables", "There is no open position")
        self._enable(self.close_all, why)
        why = "" if selected else translate("Tables", "Select orders in the table first")
        self._enable(self.cancel_selected, why)
        shown = translate("Tables", "Cancel {n} that protect nothing…").format(n=orphans)
        if self.cancel_orphans.text() != shown:
            self.cancel_orphans.setText(shown)

    def _enable(self, button: QPushButton, why_not: str) -> None:
        """A button that is dead says why."""
        button.setEnabled(not why_not)
        if button.accessibleDescription() != why_not:
            button.setAccessibleDescription(why_not)
            button.setToolTip(text.as_tooltip(why_not))
