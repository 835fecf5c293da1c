"""The price of a limit close: a field on the tick, and the best bid and ask to take with one press."""

from __future__ import annotations

from decimal import Decimal

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.intents import Issue
from core.model import Instrument, Position
from gui import text
from gui.dialogs import words
from gui.dialogs.amount_field import AmountField
from gui.text import translate
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import caption


class LimitPrice(QWidget):
    """A limit price that a person types or takes from the book.

    Signals:
        changed(): another price was asked for.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.price: Decimal | None = None
        self._bests: dict[DialogButton, Decimal | None] = {}
        self._field = AmountField(translate("ClosePosition", "Limit price"), self)
        self.edit, self.message = self._field.edit, self._field.message
        self.bid, self.ask = DialogButton(), DialogButton()
        self._build()
        self._field.typed.connect(self._on_typed)
        self._field.taken.connect(self.take)
        for button in (self.bid, self.ask):
            button.clicked.connect(self._on_best)

    @property
    def is_unreadable(self) -> bool:
        """The field holds text that is no amount."""
        return self._field.is_unreadable

    def hold(self, price: Decimal | None) -> None:
        """Stand at a price without anybody having asked for it, such as one that was sent."""
        self.price = price
        self._field.forget()

    def take(self, price: Decimal | None) -> None:
        """Ask for a price, as a press on a best price does."""
        self.hold(price)
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
        self._field.show_value(self.price, words.decimals_for(self.price, tick))
        said, choices = self._field.wrong_words(issue, position, instrument)
        self._field.say(said, "down", choices)

    def _show_best(self, button: DialogButton, template: str, best: Decimal | None, tick: Decimal) -> None:
        self._bests[button] = best
        button.setEnabled(best is not None)
        shown = template.format(price=text.price(best, tick))
        if button.text() != shown:
            button.setText(shown)

    def _on_typed(self, price: Decimal | None) -> None:
        self.price = price
        self.changed.emit()

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
