"""Every key of the desk on one sheet (F1)."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from gui import theme
from gui.shortcuts import KEYS, Shortcuts, native
from gui.text import translate
from gui.widgets.labels import Label, heading


class CheatSheet(QDialog):
    """Keys at the left, what they do at the right. Open it with ``open()``."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("Keys", "Keys"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(heading(translate("Keys", "Keys")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(5)
        for row, (keys, words) in enumerate(lines(shortcuts)):
            grid.addWidget(Label(keys, weight=theme.SEMIBOLD), row, 0)
            grid.addWidget(Label(words), row, 1)
        column.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def lines(shortcuts: Shortcuts) -> tuple[tuple[str, str], ...]:
    """(keys, what they do), in the user's language: first those of the window, as they are set, then all others."""
    t = translate
    own = [(shortcuts.shown(key.name), t("Keys", key.words)) for key in KEYS]
    return (
        *((keys, said) for keys, said in own if keys),
        (native("Ctrl+C"), t("Keys", "copy the selected rows")),
        (native("Enter"), t("Keys", "the position in the Inspector")),
        (native("Del"), t("Keys", "open the close dialog of the row")),
        (f"← →  {native('Space')}", t("Keys", "reach the buttons of a row, press one")),
        ("← →  − +", t("Keys", "fold a closed position, unfold it")),
        ("S  T", t("Keys", "in the chart: take hold of the stop loss, the take profit")),
        (
            "↑ ↓",
            t("Keys", "in the chart: move it by a tick, with Shift by ten; Enter opens the dialog, Esc puts it back"),
        ),
        (f"← →  + −  {native('Home')}", t("Keys", "in the chart: walk through time, zoom, back to the newest bars")),
        (native("Esc"), t("Keys", "leave a dialog; it never trades")),
    )
