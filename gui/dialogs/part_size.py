"""How much of a position a partial stop is for: a field in the contract's quantity and four shares."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.intents import Issue
from core.model import Instrument, Position
from gui import text
from gui.dialogs import words
from gui.dialogs.quantity import share_of
from gui.text import translate
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import caption
from gui.widgets.messages import FieldMessage
from gui.widgets.number_entry import AMBIGUOUS, Entry

_SHARES: Final = (25, 50, 75, 100)
_NO_ENTRY: Final = Entry()


class PartSize(QWidget):
    """The size of one partial stop, or of the pair.

    Signals:
        changed(): a person asked for another size.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.qty: Decimal | None = None
        self._unreadable: Entry = _NO_ENTRY
        self._share: int | None = None
        self.edit = DecimalEdit(translate("TradingStop", "Size of this part"))
        self.chips = {share: self._chip(share) for share in _SHARES}
        self.message = FieldMessage()
        self._build()
        self.edit.edited.connect(self._on_edited)
        self.message.taken.connect(self._on_taken)

    @property
    def is_unusable(self) -> bool:
        """The field holds text that is no amount."""
        return bool(self._unreadable.problem)

    def _ask(self, size: Decimal | None) -> None:
        self.qty, self._unreadable, self._share = size, _NO_ENTRY, None
        self.edit.setModified(False)
        self.changed.emit()

    def _on_share(self, share: int) -> None:
        self._share, self._unreadable = share, _NO_ENTRY
        self.edit.setModified(False)
        self.changed.emit()

    def _on_edited(self, entry: Entry) -> None:
        self._unreadable = entry if entry.problem else _NO_ENTRY
        self.qty, self._share = entry.value, None
        self.changed.emit()

    def _on_taken(self, value: object) -> None:
        assert isinstance(value, Decimal)
        if self._unreadable.problem == AMBIGUOUS:
            self.edit.choose(value)
        else:
            self._ask(value)

    def follow(self, position: Position, instrument: Instrument) -> None:
        """A share follows the position; a typed size stays what it is."""
        if self._share is not None:
            self.qty = share_of(position.size, Decimal(self._share) / 100, instrument.step)

    def refresh(self, position: Position, instrument: Instrument, issue: Issue | None) -> None:
        """Show the size and say what is wrong with it."""
        self.edit.set_hint(
            translate("TradingStop", "step {step} · of {size}").format(
                step=text.number(instrument.step), size=words.counted(position.size, instrument)
            )
        )
        self.edit.set_increment(instrument.step)
        self.edit.set_unit(words.qty_unit(instrument))
        if not self.is_unusable:
            self.edit.show_value(self.qty, words.decimals_for(self.qty, instrument.step))
        for share, chip in self.chips.items():
            chip.setChecked(self.qty == share_of(position.size, Decimal(share) / 100, instrument.step))
        said, choices = "", list[tuple[str, object]]()
        if self.is_unusable:
            said = words.entry_words(self._unreadable.problem, self._unreadable.text)
            choices = words.entry_choices(self._unreadable)
        elif issue is not None:
            said = words.issue_words(issue, position, instrument)
            choices = words.nearest_choice(issue, instrument)
        self.edit.set_wrong(bool(said), said)
        self.message.show_text(said, "down", choices)

    def _chip(self, share: int) -> DialogButton:
        chip = DialogButton(text.percent(Decimal(share), 0), kind="chip")
        chip.setCheckable(True)
        chip.setAccessibleName(translate("TradingStop", "{share} of the position").format(share=chip.text()))
        chip.clicked.connect(lambda: self._on_share(share))
        return chip

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption(translate("TradingStop", "Size of this part")))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        for chip in self.chips.values():
            row.addWidget(chip)
        column.addLayout(row)
        column.addWidget(self.message)
