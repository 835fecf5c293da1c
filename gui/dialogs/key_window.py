"""The window of the dialogs about keys: the frame of the other forms, and a way to wait for exchange and key ring."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from core.errors import AppError
from core.key_check import Checked
from gui import error_words, key_words, theme, words
from gui.bridge import Bridge
from gui.dialogs.frame import FormFrame
from gui.text import translate
from gui.widgets.labels import Label, caption

WIDTH = 620


class KeyWindow(QDialog):
    """A dialog with header, body and footer; one thing at a time is under way.

    Closed while something is under way, it shows nothing of it any more.
    """

    def __init__(self, bridge: Bridge, title: str, environment: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.bridge = bridge
        self.is_busy = False
        self.is_closed = False
        self.frame = FormFrame(title)
        self.show_environment(environment)
        self.frame.cancel.clicked.connect(self.reject)
        self.frame.action.confirmed.connect(self.on_confirmed)
        self.grid = QGridLayout()
        self.grid.setColumnStretch(1, 1)
        self.grid.setHorizontalSpacing(theme.PAD)
        self.grid.setVerticalSpacing(8)
        self.frame.name.hide()
        self.frame.fields.setSpacing(8)
        self.frame.fields.addLayout(self.grid)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.frame)

    # What a dialog answers

    def update_form(self) -> None:
        """Show everything that follows from the fields."""
        raise NotImplementedError

    def on_confirmed(self) -> None:
        """The button was pressed."""
        raise NotImplementedError

    # What a dialog uses

    def show_environment(self, environment: str) -> None:
        """Where the key belongs, in word and colour."""
        self.frame.environment.set_text(words.environment(environment), theme.environment_colour(environment))

    def add_row(self, title: str, field: QWidget) -> Label:
        """A field with its name at the left; returns the name's label."""
        row = self.grid.rowCount()
        label = caption(title)
        self.grid.addWidget(label, row, 0)
        self.grid.addWidget(field, row, 1)
        return label

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that takes time; trouble is shown in words, and the form stays as it is."""
        if self.is_busy:
            work.close()
            return
        self.is_busy = True
        self.frame.trouble.show_text("")
        self.frame.status.set_text(translate("Key", "Asking…"), "muted")
        self.update_form()
        self.bridge.start(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except AppError as trouble:
            if not self.is_closed:
                self.frame.trouble.show_text(error_words.error(trouble), tone="down")
        finally:
            self.is_busy = False
            if not self.is_closed:
                self.frame.status.set_text("")
                self.update_form()

    def show_checked(self, checked: Checked) -> None:
        """What the exchange said of a key."""
        claim, tone = key_words.mode(checked.verdict)
        said = [_facts(checked), key_words.findings(checked.verdict)]
        self.frame.changes.show_text(claim, "\n".join(line for line in said if line), tone)

    def showEvent(self, event: QShowEvent | None) -> None:
        """As high as the content."""
        size = self.frame.best_size()
        self.setMinimumWidth(WIDTH)
        self.resize(WIDTH, size.height())
        super().showEvent(event)

    def done(self, result: int) -> None:
        """Closed, whichever way."""
        self.is_closed = True
        super().done(result)


def text_field(name: str, value: str = "", longest: int = 64) -> QLineEdit:
    """A field for a short text."""
    field = QLineEdit(value)
    field.setAccessibleName(name)
    field.setMaxLength(longest)
    field.setFont(theme.font())
    field.setMinimumHeight(34)
    return field


def _facts(checked: Checked) -> str:
    """What the key may do, from where and until when; nothing where the exchange does not tell."""
    account = checked.account
    if any(found.code == "key_rights_unknown" for found in checked.verdict.findings):
        return ""
    return translate("Key", "Rights: {rights}  ·  Bound to: {addresses}  ·  Expires: {expiry}").format(
        rights=key_words.rights(account), addresses=key_words.addresses(account), expiry=key_words.expiry(account)
    )
