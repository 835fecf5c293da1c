"""The window of every dialog that acts: its frame, its size, its focus, the shield against late presses.

It follows the bridge's snapshots from :meth:`FormWindow.begin` until it is closed. What is asked and what is shown is
the business of the two kinds of forms: gui/dialogs/form.py (one position) and gui/dialogs/batch.py (several things).
"""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QVBoxLayout, QWidget

from core.model import Snapshot
from gui import theme
from gui import words as gui_words
from gui.bridge import Bridge
from gui.dialogs import caution
from gui.dialogs.frame import FormFrame
from gui.shortcuts import lend
from gui.text import translate

# A press that was on its way when the figures changed must not land on the new ones.
SHIELD_MS: Final = 800
HOLD_MS: Final = caution.HOLD_MS


class FormWindow(QDialog):
    """A dialog with header, body and footer. Closed by its user or its parent it hears no more snapshots."""

    def __init__(self, bridge: Bridge, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        if parent is not None:
            lend(parent.window() or parent, self)
        self.bridge = bridge
        self.snapshot: Snapshot = bridge.snapshot or Snapshot()
        self.is_closed = False
        self.shield = QTimer(self)
        self.shield.setSingleShot(True)
        self.shield.setInterval(SHIELD_MS)
        self.shield.timeout.connect(self.update_form)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.on_second)
        self.frame = FormFrame(title)
        self.frame.action.set_action(title)  # until there is something to act on
        self.frame.cancel.clicked.connect(self.reject)
        self.frame.action.confirmed.connect(self.on_confirmed)
        self.frame.crowded.connect(self._on_crowded)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.frame)

    def begin(self) -> None:
        """Show the first figures and follow new snapshots from now on."""
        self.bridge.frame.connect(self.on_frame)
        self._second.start()
        self.update_form()

    # What a form answers

    def on_frame(self, snapshot: Snapshot) -> None:
        """Take a new snapshot."""
        raise NotImplementedError

    def update_form(self) -> None:
        """Show everything that follows from the snapshot and the fields."""
        raise NotImplementedError

    def on_confirmed(self) -> None:
        """The operator means it."""
        raise NotImplementedError

    def on_second(self) -> None:
        """Ages grow without any news."""
        raise NotImplementedError

    def on_closed(self) -> None:
        """Closed, whichever way: let go of whatever else the form follows."""

    # What a form uses

    def show_environment(self) -> None:
        """The badge at the right of the header."""
        environment = self.snapshot.environment
        self.frame.environment.set_text(gui_words.environment(environment), theme.environment_colour(environment))

    def show_action(self, shown: str, why_not: str, *, hold: bool, is_enabled: bool) -> None:
        """Name the button and say, when it is dead, why."""
        action = self.frame.action
        action.set_hold_ms(HOLD_MS if hold else 0)
        how = translate("Form", "Keep it pressed until it is filled") if hold else ""
        action.set_action(shown, how if is_enabled else why_not)
        action.setEnabled(is_enabled)

    def take_newest(self) -> None:
        """The newest snapshot may be ahead of the screen."""
        newest = self.bridge.snapshot
        if newest is not None and newest is not self.snapshot:
            self.on_frame(newest)

    def to_button(self) -> None:
        """Enter in a field never sends; it leads to the button, where a second press does."""
        if self.frame.action.isEnabled():
            self.frame.action.setFocus(Qt.FocusReason.TabFocusReason)

    # The window

    def _on_crowded(self, missing: int) -> None:
        """Grow rather than scroll, as far as the screen allows."""
        self.resize(self.width(), min(self.height() + missing, max(self.frame.room, self.height())))

    def showEvent(self, event: QShowEvent | None) -> None:
        """The focus begins on Cancel: a stray Enter must not trade."""
        size = self.frame.best_size()
        self.setMinimumWidth(size.width())
        self.resize(size)
        super().showEvent(event)
        self.frame.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        """Closed, whichever way: stop following. A command on its way goes on."""
        if not self.is_closed:
            self.is_closed = True
            self.on_closed()
            self.frame.action.cancel()
            self._second.stop()
            self.shield.stop()
            self.bridge.frame.disconnect(self.on_frame)
        super().done(result)
