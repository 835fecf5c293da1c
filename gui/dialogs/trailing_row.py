"""The trailing stop: a distance in price or in percent of the mark, and the price that arms it. And break-even."""

from __future__ import annotations

from decimal import Decimal

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from gui import text
from gui.dialogs import words
from gui.dialogs.linked import TrailingMath
from gui.dialogs.stop_leg import COLUMN_STRETCH
from gui.text import translate
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import caption
from gui.widgets.messages import FieldMessage
from gui.widgets.number_entry import AMBIGUOUS, Entry

DISTANCE, PCT, ACTIVE = "distance", "pct", "active"


class TrailingRow(QWidget):
    """Wishes for the trailing stop: ``distance`` (None: no trailing stop) and ``active_price`` (None: as it is).

    Until a person touches it, the distance follows what the exchange holds.

    Signals:
        changed(): a person asked for something else.
        break_even_pressed(): the button beside the fields.
    """

    changed = pyqtSignal()
    break_even_pressed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.distance: Decimal | None = None
        self.active_price: Decimal | None = None
        self.is_touched = False
        self._math: TrailingMath | None = None
        self._unusable: dict[str, Entry] = {}
        self.edits = {
            DISTANCE: DecimalEdit(translate("TradingStop", "Trailing stop distance")),
            PCT: DecimalEdit(translate("TradingStop", "Trailing stop distance in percent of mark")),
            ACTIVE: DecimalEdit(translate("TradingStop", "Trailing stop active from price")),
        }
        self.edits[PCT].set_unit("%")
        self.break_even = DialogButton()
        self.message = FieldMessage()
        self._build()
        self.edits[DISTANCE].edited.connect(self._on_distance)
        self.edits[PCT].edited.connect(self._on_pct)
        self.edits[ACTIVE].edited.connect(self._on_active)
        self.message.taken.connect(self._on_taken)
        self.break_even.clicked.connect(self.break_even_pressed)
        self._wrong_field = DISTANCE

    @property
    def unusable(self) -> int:
        """How many fields hold text that cannot be used."""
        return len(self._unusable)

    def hold(self, distance: Decimal | None) -> None:
        """What the exchange holds; taken over until the row is touched."""
        if not self.is_touched:
            self.distance = distance

    def ask(self, distance: Decimal | None, active_price: Decimal | None = None) -> None:
        """Ask for a distance, as typing it does; None asks for no trailing stop, or leaves what arms it as it is."""
        fields = (DISTANCE, PCT) if active_price is None else (DISTANCE, PCT, ACTIVE)
        self._unusable = {name: entry for name, entry in self._unusable.items() if name not in fields}
        for name in fields:
            self.edits[name].setModified(False)
        if active_price is not None:
            self.active_price = active_price
        self._ask_distance(distance)

    def _on_distance(self, entry: Entry) -> None:
        self._unusable.pop(PCT, None)
        self._note(DISTANCE, _without_zero(entry))
        self._ask_distance(None if DISTANCE in self._unusable else entry.value)

    def _on_pct(self, entry: Entry) -> None:
        self._unusable.pop(DISTANCE, None)
        distance = self._math.distance(entry.value) if self._math and entry.value else None
        if distance is not None and distance <= 0:
            entry = entry._replace(problem=words.UNDER_A_TICK)
        self._note(PCT, _without_zero(entry))
        self._ask_distance(None if PCT in self._unusable else distance)

    def _on_active(self, entry: Entry) -> None:
        self._note(ACTIVE, _without_zero(entry))
        self.active_price = None if ACTIVE in self._unusable else entry.value
        self.changed.emit()

    def _note(self, field: str, entry: Entry) -> None:
        if entry.problem:
            self._unusable[field] = entry
        else:
            self._unusable.pop(field, None)

    def _ask_distance(self, distance: Decimal | None) -> None:
        self.distance, self.is_touched = distance, True
        self.changed.emit()

    def _on_taken(self, value: object) -> None:
        """A button in the message, which goes; the keyboard goes on from the field."""
        assert isinstance(value, Decimal)
        asked = (name for name, entry in self._unusable.items() if entry.problem == AMBIGUOUS)
        field = self.edits[next(asked, self._wrong_field)]
        field.setFocus()
        field.setModified(False)
        field.choose(value)

    # Showing

    def refresh(self, math: TrailingMath, held: Decimal | None) -> None:
        """Bring the percent up to the mark; a field that somebody types in is left alone."""
        self._math = math
        self.edits[DISTANCE].set_increment(math.tick)
        self.edits[ACTIVE].set_increment(math.tick)
        self.edits[PCT].setEnabled(math.mark is not None)
        if not {DISTANCE, PCT} & self._unusable.keys():
            self.edits[DISTANCE].show_value(self.distance, words.decimals_for(self.distance, math.tick))
            self.edits[PCT].show_value(math.pct(self.distance) if self.distance else None)
        if ACTIVE not in self._unusable:
            self.edits[ACTIVE].show_value(self.active_price, words.decimals_for(self.active_price, math.tick))
        unchanged = translate("TradingStop", "unchanged") if held else translate("TradingStop", "now")
        self.edits[ACTIVE].setPlaceholderText(unchanged if self.distance else text.DASH)
        self.edits[DISTANCE].setPlaceholderText(translate("TradingStop", "none"))

    def say(self, said: str, wrong_field: str, choices: list[tuple[str, object]]) -> None:
        """Show what is wrong with ``wrong_field``, or nothing when ``said`` is empty."""
        if self._unusable:
            wrong_field, entry = next(iter(self._unusable.items()))
            said, choices = words.entry_words(entry.problem, entry.text), words.entry_choices(entry)
        self._wrong_field = wrong_field
        for name, edit in self.edits.items():
            edit.set_wrong(bool(said) and name == wrong_field, said)
        self.message.show_text(said, "down", choices)

    def show_break_even(self, price: str, why_not: str) -> None:
        """Name the price on the button; ``why_not`` disables it and is its tooltip."""
        words_now = translate("TradingStop", "Break-even\n{price}").format(price=price)
        if self.break_even.text() != words_now:
            self.break_even.setText(words_now)
            self.break_even.setAccessibleName(
                translate("TradingStop", "Stop loss to break-even, {price}").format(price=price)
            )
        self.break_even.setEnabled(not why_not)
        explained = translate("TradingStop", "Entry and the fees of opening and closing what is open, both as taker")
        self.break_even.setToolTip(text.as_tooltip(why_not or explained))

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        captions = (
            caption(translate("TradingStop", "Trailing stop · distance")),
            caption(translate("TradingStop", "percent of mark")),
            caption(translate("TradingStop", "Active from")),
        )
        for column, (head, edit) in enumerate(zip(captions, self.edits.values(), strict=True)):
            grid.addWidget(head, 0, column)
            grid.addWidget(edit, 1, column)
        self.break_even.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        grid.addWidget(self.break_even, 0, 3, 2, 1)
        grid.addWidget(self.message, 2, 0, 1, 4)
        for column, stretch in enumerate(COLUMN_STRETCH):
            grid.setColumnStretch(column, stretch)


def _without_zero(entry: Entry) -> Entry:
    """0 would mean "remove"; clearing the field says that more plainly."""
    return entry._replace(problem=words.ZERO) if entry.value == 0 else entry
