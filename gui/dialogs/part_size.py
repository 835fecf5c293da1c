"""How much of a position a partial stop is for: a field in the contract's quantity and four shares."""

from __future__ import annotations

from decimal import Decimal

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.intents import Issue
from core.model import Instrument, Position
from gui import text
from gui.dialogs import words
from gui.dialogs.amount_field import AmountField, mark_share, share_chips, share_of
from gui.text import translate
from gui.widgets.labels import caption


class PartSize(QWidget):
    """The size of one partial stop, or of the pair.

    Signals:
        changed(): a person asked for another size.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.qty: Decimal | None = None
        self._share: Decimal | None = None
        self._field = AmountField(translate("TradingStop", "Size of this part"), self)
        self.edit, self.message = self._field.edit, self._field.message
        self.chips = share_chips(translate("TradingStop", "{share} of the position"), self._on_share)
        self._build()
        self._field.typed.connect(self._on_typed)
        self._field.taken.connect(self._on_taken)

    @property
    def is_unusable(self) -> bool:
        """The field holds text that is no amount."""
        return self._field.is_unreadable

    def _on_taken(self, size: Decimal) -> None:
        self._field.forget()
        self._on_typed(size)

    def _on_share(self, share: Decimal) -> None:
        self._share = share
        self._field.forget()
        self.changed.emit()

    def _on_typed(self, size: Decimal | None) -> None:
        self.qty, self._share = size, None
        self.changed.emit()

    def follow(self, position: Position, instrument: Instrument) -> None:
        """A share follows the position; a typed size stays what it is."""
        if self._share is not None:
            self.qty = share_of(position.size, self._share, instrument.step)

    def refresh(self, position: Position, instrument: Instrument, issue: Issue | None) -> None:
        """Show the size and say what is wrong with it."""
        self.edit.set_hint(
            translate("TradingStop", "step {step} · of {size}").format(
                step=text.number(instrument.step), size=words.counted(position.size, instrument)
            )
        )
        self.edit.set_increment(instrument.step)
        self.edit.set_unit(words.qty_unit(instrument))
        self._field.show_value(self.qty, words.decimals_for(self.qty, instrument.step))
        mark_share(self.chips, self.qty, position.size, instrument.step)
        said, choices = self._field.wrong_words(issue, position, instrument)
        self._field.say(said, "down", choices)

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
