"""One field for an amount, and the words below it: what typed text means, and buttons that put a value in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from core.intents import Issue
from core.model import Instrument, Position
from core.money import ROUND_FLOOR
from gui import text
from gui.dialogs import words
from gui.dialogs.linked import to_grid
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.hold_button import DialogButton
from gui.widgets.messages import FieldMessage
from gui.widgets.number_entry import AMBIGUOUS, Entry

Choices = list[tuple[str, object]]
ALL: Final = Decimal(1)
_SHARES: Final = (25, 50, 75, 100)


class AmountField(QObject):
    """The field and its message; whoever uses it places both and keeps the amount.

    Signals:
        typed(object): a person typed an amount, or None: nothing, or text that is none.
        taken(object): a button in the message was pressed: the value nearest to what was asked for.
    """

    typed = pyqtSignal(object)
    taken = pyqtSignal(object)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit, self.message = DecimalEdit(name), FieldMessage()
        self._unreadable = Entry()
        self.edit.edited.connect(self._on_edited)
        self.message.taken.connect(self._on_taken)

    @property
    def is_unreadable(self) -> bool:
        """The field holds text that is no amount."""
        return bool(self._unreadable.problem)

    def forget(self) -> None:
        """What was typed no longer counts: another way of asking was used."""
        self._unreadable = Entry()
        self.edit.setModified(False)

    def show_value(self, value: Decimal | None, decimals: int) -> None:
        """Show an amount, but for text that is none."""
        if not self.is_unreadable:
            self.edit.show_value(value, decimals)

    def wrong_words(self, issue: Issue | None, position: Position, instrument: Instrument) -> tuple[str, Choices]:
        """What is wrong with the text, or with the amount; empty when nothing is. And what to put in its place."""
        if self.is_unreadable:
            entry = self._unreadable
            return words.entry_words(entry.problem, entry.text), words.entry_choices(entry)
        if issue is not None:
            return words.issue_words(issue, position, instrument), words.nearest_choice(issue, instrument)
        return "", []

    def say(self, said: str, tone: str, choices: Choices) -> None:
        """Words below the field; ``down`` frames it."""
        self.edit.set_wrong(tone == "down" and bool(said), said)
        self.message.show_text(said, tone, choices)

    def _on_edited(self, entry: Entry) -> None:
        self._unreadable = entry if entry.problem else Entry()
        self.typed.emit(entry.value)

    def _on_taken(self, value: object) -> None:
        """One reading of what was typed, or the nearest valid amount. The button goes; Enter goes on from the field."""
        assert isinstance(value, Decimal)
        self.edit.setFocus()
        if self._unreadable.problem == AMBIGUOUS:
            self.edit.choose(value)
        else:
            self.taken.emit(value)


def share_of(size: Decimal, share: Decimal, step: Decimal) -> Decimal:
    """A share (0–1) of a position, floored to the step; all of it is all of it, whatever the step."""
    return size if share >= ALL else to_grid(size * share, step, ROUND_FLOOR)


def share_chips(name: str, on_share: Callable[[Decimal], None]) -> dict[int, DialogButton]:
    """Buttons for 25, 50, 75 and 100 %; ``name`` is what a screen reader says of one, with ``{share}`` in it."""

    def chip(share: int) -> DialogButton:
        made = DialogButton(text.percent(Decimal(share), 0), kind="chip")
        made.setCheckable(True)
        made.setAccessibleName(name.format(share=made.text()))
        made.clicked.connect(lambda: on_share(Decimal(share) / 100))
        return made

    return {share: chip(share) for share in _SHARES}


def mark_share(chips: Mapping[int, DialogButton], qty: Decimal | None, size: Decimal, step: Decimal) -> None:
    """The chips whose share the amount is."""
    for share, chip in chips.items():
        chip.setChecked(qty == share_of(size, Decimal(share) / 100, step))
