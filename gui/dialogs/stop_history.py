"""How a position's stops changed and by whose hand, and taking the desk's own last edit back."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.intents import SetTradingStop
from core.model import Instrument, StopChange, StopTriggers
from gui import text, theme
from gui.dialogs import words
from gui.text import translate
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import Label

_MOST_LINES: Final = 6


class StopHistoryRow(QWidget):
    """One line about the last change, an Undo, and the rest on request. Hidden while nothing has changed.

    Signals:
        undo_pressed(): bring the former stops into the fields.
    """

    undo_pressed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.last = Label("", tone="muted", size=theme.SMALL, wrap=True)
        self.undo = DialogButton(translate("StopHistory", "Undo"), kind="fix")
        self.more = DialogButton(translate("StopHistory", "History"), kind="fix")
        self.more.setCheckable(True)
        self.lines = Label("", tone="muted", size=theme.SMALL)
        self.lines.hide()
        self.undo.clicked.connect(self.undo_pressed)
        self.more.toggled.connect(self._on_more)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.last, 1)
        row.addWidget(self.undo)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.lines)

    def _on_more(self, is_on: bool) -> None:
        self.lines.setVisible(is_on)

    def show_changes(
        self, changes: tuple[StopChange, ...], undo: SetTradingStop | None, instrument: Instrument
    ) -> None:
        """Bring it up to date; ``undo`` is what would take the last edit back, None when nothing can."""
        self.setVisible(bool(changes))
        if not changes:
            return
        told = [change_words(change, instrument) for change in reversed(changes)]
        self.last.set_text(told[0])
        self.lines.set_text("\n".join(told[:_MOST_LINES]))
        self.more.set_words(translate("StopHistory", "History ({n})").format(n=len(changes)))
        self.more.setEnabled(len(changes) > 1 or self.more.isChecked())
        self.undo.setEnabled(undo is not None)
        why = (
            translate("StopHistory", "Puts the former stops into the fields (Ctrl+Z)")
            if undo is not None
            else translate("StopHistory", "Only the desk's own last edit can be taken back, while nobody changed it")
        )
        self.undo.setToolTip(why)
        self.undo.setAccessibleDescription(why)


def change_words(change: StopChange, instrument: Instrument) -> str:
    """``17:58:21 · SL 102.00 → 104.00, SL trigger Last → Mark · by the desk``."""
    names = ("TP", "SL", translate("StopHistory", "trailing"))
    parts = [
        f"{name} {_level(before, instrument)} → {_level(after, instrument)}"
        for name, before, after in zip(names, change.before, change.after, strict=True)
        if before != after
    ]
    for name, leg in zip(names, StopTriggers._fields, strict=False):
        if leg in change.retriggered:
            before, after = (
                words.trigger_name(getattr(by, leg)) for by in (change.triggers_before, change.triggers_after)
            )
            template = translate("StopHistory", "{name} trigger {before} → {after}")
            parts.append(template.format(name=name, before=before, after=after))
    by = translate("StopHistory", "by the desk") if change.command_id else translate("StopHistory", "elsewhere")
    if change.reason == "undo":
        by = translate("StopHistory", "taken back")
    return " · ".join([text.clock_time(change.ts_ms), ", ".join(parts), by])


def _level(value: Decimal | None, instrument: Instrument) -> str:
    return translate("Change", "none") if value is None else words.exact(value, instrument.tick)
