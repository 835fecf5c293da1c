"""Settings that the menu has no room for: guards, the bot's file, what has to be held. Applied at once and kept.

Every field says what is wrong with it, and nothing is applied while one is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.guard_config import NAMES, defaults, guards_of
from gui import theme
from gui.bridge import Bridge
from gui.settings import WindowSettings
from gui.text import translate
from gui.widgets.labels import Label, caption, heading

_BOT_FILE, _HOLD = "bot_file", "hold_above"
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,8})?", re.ASCII)
_WHOLE = frozenset({"guard_unprotected_s", "guard_max_positions"})


class SettingsDialog(QDialog):
    """Open it with ``open()``; it deletes itself when it is closed."""

    def __init__(self, bridge: Bridge, settings: WindowSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("Settings", "Settings"))
        self._bridge, self._settings = bridge, settings
        self.fields: dict[str, QLineEdit] = {}
        self.message = Label("", tone="down", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.apply_button = QPushButton(translate("Settings", "Apply"))
        self.apply_button.setProperty("kind", "primary")
        self.buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.ApplyRole)
        self.buttons.rejected.connect(self.reject)
        self.apply_button.clicked.connect(self._apply)
        self._lay_out()
        self._check()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(heading(translate("Settings", "Settings")))
        column.addWidget(
            caption(translate("Settings", "Guards alert, they never act. An empty field switches one off."))
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        given = defaults() | {_HOLD: "0", _BOT_FILE: ""}
        for row, (name, words) in enumerate(_words().items()):
            field = QLineEdit(self._settings.word(name, given[name]))
            field.setAccessibleName(words)
            field.setFont(theme.font())
            field.setMinimumWidth(220)
            field.textChanged.connect(lambda _text: self._check())
            grid.addWidget(Label(words), row, 0)
            grid.addWidget(field, row, 1)
            self.fields[name] = field
        column.addLayout(grid)
        column.addWidget(self.message)
        column.addWidget(self.buttons)

    def _check(self) -> None:
        """Say what is wrong with the first wrong field; only a form without one can be applied."""
        problems = [(field, self._problem(name, field.text().strip())) for name, field in self.fields.items()]
        for field, problem in problems:
            field.setProperty("wrong", "true" if problem else "false")
            style = field.style()
            if style is not None:
                style.unpolish(field)
                style.polish(field)
        first = next((f"{field.accessibleName()}: {problem}" for field, problem in problems if problem), "")
        self.message.set_text(first)
        self.apply_button.setEnabled(not first)

    def _problem(self, name: str, typed: str) -> str:
        if name == _BOT_FILE:
            is_there = not typed or Path(typed).expanduser().is_file()
            return "" if is_there else translate("Settings", "there is no such file")
        if not typed:
            return translate("Settings", "needs an amount") if name == _HOLD else ""
        if not _AMOUNT.fullmatch(typed):
            return translate("Settings", "is not an amount such as 1000 or 0.5")
        if name in _WHOLE and "." in typed:
            return translate("Settings", "has to be a whole number")
        return ""

    def _apply(self) -> None:
        """Keep everything, then let it count from now on."""
        for name, field in self.fields.items():
            self._settings.keep(name, field.text().strip())
        self._settings.flush()
        self._bridge.hold_above = self._settings.amount(_HOLD, "0")
        manager = self._bridge.manager
        if manager is not None:
            manager.guard_settings = guards_of(self._text_of)
            file = self._text_of(_BOT_FILE)
            manager.bot_files.watch(Path(file).expanduser() if file else None)
        self.accept()

    def _text_of(self, name: str) -> str:
        return self.fields[name].text().strip()


def _words() -> dict[str, str]:
    """What each field is called, in its order."""
    t: Callable[[str, str], str] = translate
    words = {
        "guard_unprotected_s": t("Settings", "Alert: without a stop for so many seconds"),
        "guard_max_positions": t("Settings", "Alert: more open positions than"),
        "guard_near_liquidation_pct": t("Settings", "Alert: liquidation nearer than percent of the mark"),
        "guard_daily_loss": t("Settings", "Alert: realised loss of the UTC day, in dollars"),
    }
    assert tuple(words) == NAMES
    return words | {
        _HOLD: t("Settings", "Live: hold the button when worth dollars or more"),
        _BOT_FILE: t("Settings", "The bot's positions.json, to be watched"),
    }
