"""How much to close: a field in coins or in money, four shares, a slider. All of them move together.

The last thing that a person touched decides. A share (chip or slider) follows the position when its size changes; a
typed amount stays what it is and is checked against the new size.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from core import formulas
from core.intents import Issue
from core.model import Instrument, Position
from gui import text
from gui.dialogs import words
from gui.dialogs.amount_field import ALL, AmountField, mark_share, share_chips, share_of
from gui.dialogs.linked import SizeMath
from gui.text import translate
from gui.widgets.labels import caption
from gui.widgets.segmented import Segmented

QTY, VALUE = "qty", "value"
_SLIDER_STEPS: Final = 1000  # at most


class _CalmSlider(QSlider):
    """A slider that a wheel does not move in passing."""

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Left to the page that scrolls."""
        if event is not None:
            event.ignore()


class QuantityPicker(QWidget):
    """The quantity of a close.

    Signals:
        changed(): a person asked for another quantity.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: Decimal | None = ALL
        self._typed: Decimal | None = None
        self._math: SizeMath | None = None  # None while there is no price
        self._field = AmountField(translate("ClosePosition", "Quantity to close"), self)
        self.edit, self.message = self._field.edit, self._field.message
        self.unit = Segmented(translate("ClosePosition", "Unit of the quantity"), [(QTY, ""), (VALUE, "")])
        self.slider = self._build_slider()
        self.chips = share_chips(translate("ClosePosition", "Close {share}"), self.set_share)
        self._build()
        self._field.typed.connect(self._on_typed)
        self._field.taken.connect(self.ask)
        self.unit.chosen.connect(self._on_unit)
        self.slider.valueChanged.connect(lambda value: self.set_share(Decimal(value) / self.slider.maximum()))

    # What is asked for

    @property
    def is_unreadable(self) -> bool:
        """The field holds text that is no amount."""
        return self._field.is_unreadable

    def qty(self, position: Position, instrument: Instrument) -> Decimal | None:
        """The quantity asked for; None when the field is empty or cannot be read."""
        if self.is_unreadable:
            return None
        if self._share is not None:
            return share_of(position.size, self._share, instrument.step)
        return self._typed

    def hold(self, qty: Decimal) -> None:
        """Stand at a quantity without anybody having asked for it, such as one that was sent."""
        self._share, self._typed = None, qty
        self._field.forget()

    def ask(self, qty: Decimal) -> None:
        """Ask for a quantity, as typing it does."""
        self.hold(qty)
        self.changed.emit()

    def set_share(self, share: Decimal) -> None:
        """Ask for a share from 0 to 1, as a chip or the slider does."""
        self._share, self._typed = share, None
        self._field.forget()
        self.changed.emit()

    def _on_typed(self, amount: Decimal | None) -> None:
        self._share, self._typed = None, self._in_qty(amount)
        self.changed.emit()

    def _on_unit(self) -> None:
        """The amount stays; it is only said in another unit. Text that was no amount goes."""
        if self.is_unreadable:
            self._typed = None
        self._field.forget()
        self.changed.emit()

    def _in_qty(self, amount: Decimal | None) -> Decimal | None:
        """What was typed, in the contract's quantity; money is floored to the step."""
        if amount is None or self.unit.choice == QTY:
            return amount
        return self._math.qty(amount) if self._math is not None else None

    # Showing

    def refresh(
        self,
        position: Position,
        instrument: Instrument,
        price: Decimal | None,
        issue: Issue | None,
        *,
        is_dust: bool,
        note: str = "",
    ) -> None:
        """Follow the position and say what is wrong.

        Args:
            price: what turns quantity into money: the limit price or the mark.
            issue: the check's verdict on the quantity.
            is_dust: what would stay open is below the smallest order.
            note: what to say about the quantity while nothing is wrong with it.
        """
        self._math = _math_at(price, instrument)
        qty = self.qty(position, instrument)
        self._show_units(instrument)
        self._show_field(position, instrument, qty)
        self._show_shares(position, instrument, qty)
        self._show_message(position, instrument, issue, qty, note, is_dust=is_dust)

    def _show_units(self, instrument: Instrument) -> None:
        is_inverse = instrument.category == formulas.INVERSE
        self.unit.set_words(QTY, instrument.quote_coin if is_inverse else instrument.base_coin)
        self.unit.set_words(VALUE, instrument.settle_coin)

    def _show_field(self, position: Position, instrument: Instrument, qty: Decimal | None) -> None:
        size = words.counted(position.size, instrument)
        is_qty = self.unit.choice == QTY
        if is_qty:
            hint = translate("ClosePosition", "step {step} · min {min} · of {size}").format(
                step=text.number(instrument.step), min=text.number(instrument.min_qty), size=size
            )
        else:
            hint = translate("ClosePosition", "= {qty} of {size}").format(qty=words.counted(qty, instrument), size=size)
        self.edit.set_hint(hint)
        self.edit.set_increment(instrument.step if is_qty else None)
        if self.is_unreadable:
            return
        self.edit.set_unit(words.qty_unit(instrument) if is_qty else instrument.settle_coin)
        if is_qty:
            self.edit.show_value(qty, words.decimals_for(qty, instrument.step))
        else:
            self.edit.show_value(self._math.money(qty) if self._math is not None and qty is not None else None)

    def _show_shares(self, position: Position, instrument: Instrument, qty: Decimal | None) -> None:
        mark_share(self.chips, qty, position.size, instrument.step)
        if not self.slider.isSliderDown():
            portion = min(qty or Decimal(0), position.size) / position.size
            with QSignalBlocker(self.slider):
                self._fit_slider(position, instrument)
                self.slider.setValue(round(portion * self.slider.maximum()))

    def _fit_slider(self, position: Position, instrument: Instrument) -> None:
        """A place for each step of a small position: on a finer scale the keys would not get from one to the next."""
        places = max(1, min(_SLIDER_STEPS, int(position.size / instrument.step)))
        if self.slider.maximum() != places:
            self.slider.setRange(0, places)
            self.slider.setSingleStep(max(1, places // 100))
            self.slider.setPageStep(max(1, places // 4))

    def _show_message(
        self,
        position: Position,
        instrument: Instrument,
        issue: Issue | None,
        qty: Decimal | None,
        note: str,
        *,
        is_dust: bool,
    ) -> None:
        wrong, choices = self._field.wrong_words(issue, position, instrument)
        if self.unit.choice == VALUE and not self.is_unreadable:  # what is offered is no money
            choices = [(f"{shown} {words.qty_unit(instrument)}", value) for shown, value in choices]
        if wrong:
            said, tone = wrong, "down"
        elif qty is None:
            said, tone = translate("ClosePosition", "Enter how much to close."), "down"
        elif is_dust:
            said = translate("ClosePosition", "What stays open is below the smallest order, {min}.")
            said, tone = said.format(min=text.number(instrument.min_qty)), "warning"
        else:
            said, tone = note, "muted"
        self._field.say(said, tone, choices)

    # Building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption(translate("ClosePosition", "Quantity to close")))
        column.addWidget(self.edit)
        column.addWidget(self.message)
        row = QHBoxLayout()
        row.setSpacing(8)
        for chip in self.chips.values():
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        column.addSpacing(8)
        column.addWidget(self.slider)

    def _build_slider(self) -> QSlider:
        slider = _CalmSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(translate("ClosePosition", "Share of the position to close"))
        slider.setMinimumHeight(20)
        return slider


def _math_at(price: Decimal | None, instrument: Instrument) -> SizeMath | None:
    """What turns quantity into money and back; None without a price."""
    if not price:
        return None
    decimals = text.coin_decimals(instrument.settle_coin)
    return SizeMath(category=instrument.category, step=instrument.step, price=price, decimals=decimals)
