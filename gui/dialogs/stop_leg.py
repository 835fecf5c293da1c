"""One leg of the stops, take profit or stop loss: a trigger price said four ways, all linked.

The price is what counts. A number typed as % from mark, ROE or PnL becomes a price on the tick at once and stays that
price while the mark moves; the other fields show what it amounts to now.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QWidget

from gui import text
from gui.dialogs import words
from gui.dialogs.linked import MARK_PCT, NET_PNL, ROE, VIEWS, ExitMath
from gui.text import translate
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.labels import Label, caption
from gui.widgets.messages import FieldMessage
from gui.widgets.number_entry import AMBIGUOUS, Entry

PRICE: Final = "price"
COLUMN_STRETCH: Final = (190, 147, 147, 147)
_NO_ENTRY: Final = Entry()


class StopLeg(QWidget):
    """Four linked fields and a line of words.

    ``price`` is the wish: None for no stop. Until a person touches the leg it follows what the exchange holds.

    Signals:
        changed(): a person asked for another price.
    """

    changed = pyqtSignal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.price: Decimal | None = None
        self.is_touched = False
        self._math: ExitMath | None = None
        self._unusable = _NO_ENTRY
        self._place = ""  # the field whose text is unusable
        self.edits = {
            PRICE: DecimalEdit(translate("TradingStop", "{leg} price").format(leg=name)),
            MARK_PCT: DecimalEdit(translate("TradingStop", "{leg} distance from mark").format(leg=name), signed=True),
            ROE: DecimalEdit(translate("TradingStop", "{leg} as return on equity").format(leg=name), signed=True),
            NET_PNL: DecimalEdit(translate("TradingStop", "{leg} as profit or loss").format(leg=name), signed=True),
        }
        self.edits[MARK_PCT].set_unit("%")
        self.edits[ROE].set_unit("%")
        self.message = FieldMessage()
        self._pnl_caption = caption("")
        self._build(name)
        for view, edit in self.edits.items():
            edit.edited.connect(lambda entry, view=view: self._on_edited(view, entry))
        self.message.taken.connect(self._on_taken)

    @property
    def is_unusable(self) -> bool:
        """One of the fields holds text that leads to no price."""
        return bool(self._unusable.problem)

    def hold(self, price: Decimal | None) -> None:
        """What the exchange holds; taken over until the leg is touched."""
        if not self.is_touched:
            self.price = price

    def ask(self, price: Decimal | None) -> None:
        """Ask for a price, as typing it does."""
        self._take(price, _NO_ENTRY, PRICE)
        for edit in self.edits.values():
            edit.setModified(False)
        self.changed.emit()

    def _take(self, price: Decimal | None, unusable: Entry, place: str) -> None:
        self.price, self._unusable, self._place = price, unusable, place
        self.is_touched = True

    def _on_edited(self, view: str, entry: Entry) -> None:
        if entry.problem:
            self._take(None, entry, view)
        elif entry.value is None:
            self._take(None, _NO_ENTRY, view)
        elif view == PRICE:
            self._take(entry.value, _NO_ENTRY if entry.value else entry._replace(problem=words.ZERO), view)
        else:
            price = self._math.price_of(view, entry.value) if self._math else None
            self._take(price, entry._replace(problem=words.OUT_OF_REACH) if price is None else _NO_ENTRY, view)
        self.changed.emit()

    def _on_taken(self, value: object) -> None:
        """A button in the message: one reading of what was typed, or the nearest valid price.

        The button goes; the keyboard goes on from the field.
        """
        assert isinstance(value, Decimal)
        is_reading = self._unusable.problem == AMBIGUOUS
        field = self.edits[self._place if is_reading else PRICE]
        field.setFocus()
        if is_reading:
            field.choose(value)
        else:
            self.ask(value)

    # Showing

    def refresh(self, math: ExitMath, coin: str) -> None:
        """Bring the views up to the mark of ``math``; a field that somebody types in is left alone."""
        self._math = math
        self.edits[PRICE].set_hint(translate("TradingStop", "tick {tick}").format(tick=text.number(math.tick)))
        self.edits[PRICE].set_increment(math.tick)
        self._pnl_caption.set_text(translate("TradingStop", "PnL net of fee, {coin}").format(coin=coin))
        if not (self.is_unusable and self._place == PRICE):
            self.edits[PRICE].show_value(self.price, words.decimals_for(self.price, math.tick))
        for view in VIEWS:
            edit = self.edits[view]
            shown = math.shown(view, self.price) if self.price else None
            edit.setEnabled(math.view(view, math.entry) is not None)
            edit.setPlaceholderText("" if edit.isEnabled() else text.DASH)
            if not (self.is_unusable and self._place == view):
                edit.show_value(shown)
        net = math.view(NET_PNL, self.price) if self.price else None
        self.edits[NET_PNL].set_tone(text.tone_of(net, coin))

    def say(self, said: str, tone: str, choices: list[tuple[str, object]]) -> None:
        """Show words under the fields; ``down`` frames the field at fault."""
        if self.is_unusable:
            said = words.entry_words(self._unusable.problem, self._unusable.text)
            tone, choices = "down", words.entry_choices(self._unusable)
        place = self._place if self.is_unusable else PRICE
        for view, edit in self.edits.items():
            edit.set_wrong(tone == "down" and view == place, said)
        self.message.show_text(said, tone, choices)

    def _build(self, name: str) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        captions: tuple[Label, ...] = (
            caption(translate("TradingStop", "{leg} · price").format(leg=name)),
            caption(translate("TradingStop", "from mark")),
            caption(translate("TradingStop", "ROE")),
            self._pnl_caption,
        )
        for column, (head, edit) in enumerate(zip(captions, self.edits.values(), strict=True)):
            grid.addWidget(head, 0, column)
            grid.addWidget(edit, 1, column)
            grid.setColumnStretch(column, COLUMN_STRETCH[column])
        grid.addWidget(self.message, 2, 0, 1, len(captions))
