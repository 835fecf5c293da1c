"""The price of a limit close: a field on the tick, and the best bid and ask to take with one press."""

from __future__ import annotations

from decimal import Decimal

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.intents import Issue
from core.model import Instrument, Position
from gui import text
from gui.dialogs import words
from gui.text import translate
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import caption
from gui.widgets.messages import FieldMessage
from gui.widgets.number_entry import AMBIGUOUS, Entry

_NO_ENTRY = Entry()


class LimitPrice(QWidget):
    """A limit price that a person types or takes from the book.

    Signals:
        changed(): another price was asked for.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.price: Decimal | None = None
        self._unreadable = _NO_ENTRY
        self._bests: dict[DialogButton, Decimal | None] = {}
        self.edit = DecimalEdit(translate("ClosePosition", "Limit price"))
        self.bid, self.ask = DialogButton(), DialogButton()
        self.message = FieldMessage()
        self._build()
        self.edit.edited.connect(self._on_edited)
        self.message.taken.connect(self._on_taken)
        for button in (self.bid, self.ask):
            button.clicked.connect(self._on_best)

    @property
    def is_unreadable(self) -> bool:
        """The field holds text that is no amount."""
        return bool(self._unreadable.problem)

    def take(self, price: Decimal | None) -> None:
        """Ask for a price, as a press on a best price does."""
        self.price, self._unreadable = price, _NO_ENTRY
        self.edit.setModified(False)
        self.changed.emit()

    def refresh(
        self,
        position: Position,
        instrument: Instrument,
        bests: tuple[Decimal | None, Decimal | None],
        issue: Issue | None,
    ) -> None:
        """Follow the book's best bid and ask, and say what is wrong."""
        tick = instrument.tick
        self.edit.set_hint(translate("ClosePosition", "tick {tick}").format(tick=text.number(tick)))
        self.edit.set_increment(tick)
        self._show_best(self.bid, translate("ClosePosition", "Bid {price}"), bests[0], tick)
        self._show_best(self.ask, translate("ClosePosition", "Ask {price}"), bests[1], tick)
        if not self.is_unreadable:
            self.edit.show_value(self.price, words.decimals_for(self.price, tick))
        said, choices = "", list[tuple[str, object]]()
        if self.is_unreadable:
            said = words.entry_words(self._unreadable.problem, self._unreadable.text)
            choices = words.entry_choices(self._unreadable)
        elif issue is not None:
            said = words.issue_words(issue, position, instrument)
            choices = words.nearest_choice(issue, instrument)
        self.edit.set_wrong(bool(said), said)
        self.message.show_text(said, "down", choices)

    def _show_best(self, button: DialogButton, template: str, best: Decimal | None, tick: Decimal) -> None:
        self._bests[button] = best
        button.setEnabled(best is not None)
        shown = template.format(price=text.price(best, tick))
        if button.text() != shown:
            button.setText(shown)

    def _on_edited(self, entry: Entry) -> None:
        self._unreadable = entry if entry.problem else _NO_ENTRY
        self.price = entry.value
        self.changed.emit()

    def _on_taken(self, value: object) -> None:
        assert isinstance(value, Decimal)
        if self._unreadable.problem == AMBIGUOUS:
            self.edit.choose(value)
        else:
            self.take(value)

    def _on_best(self) -> None:
        button = self.sender()
        if isinstance(button, DialogButton):
            self.take(self._bests.get(button))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption(translate("ClosePosition", "Limit price")))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.bid)
        row.addWidget(self.ask)
        column.addLayout(row)
        column.addWidget(self.message)
