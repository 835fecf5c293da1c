"""The dialog that closes every open position: the plan and its cost row by row, one press, progress to each verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.intents import Batch, CloseAll, ClosePosition
from core.model import OrderBook, PositionKey
from gui import text
from gui.bridge import Bridge
from gui.dialogs import batch_columns, batch_words, caution
from gui.dialogs.batch import BatchForm
from gui.dialogs.books_round import BooksRound
from gui.dialogs.plan import PlanRow, Sums, sums
from gui.models import positions
from gui.text import translate
from gui.widgets.check_box import CheckBox
from gui.widgets.figures import Figure, FigureTable
from gui.widgets.labels import Label, caption
from gui.widgets.segmented import Segmented
from gui.widgets.word_edit import WordEdit

ALL, LONG, SHORT = "", "Buy", "Sell"
# Typed as it is, in every language: it is shown beside the field.
WORD: Final = "CLOSE ALL"


class CloseAllDialog(BatchForm):
    """Close all positions, or all of one side, at market; always reduce-only. Real money asks for a typed word.

    Open it with ``open()``; it deletes itself when it is closed.
    """

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, translate("CloseAll", "Close all positions"), batch_columns.close_all(), parent)
        self.side = Segmented(
            translate("CloseAll", "Which positions"),
            [(ALL, translate("CloseAll", "All")), (LONG, text.side_name(LONG)), (SHORT, text.side_name(SHORT))],
        )
        self.cancel_orders = CheckBox(translate("CloseAll", "Cancel open orders of these contracts too"))
        self.figures = FigureTable(translate("CloseAll", "What closing all would bring"))
        self.word = WordEdit(WORD, translate("CloseAll", "Type {word} to confirm").format(word=WORD))
        self._word_row = QWidget()
        self._books = BooksRound(bridge, self)
        self._build()
        self.side.chosen.connect(self.choose_anew)
        self.cancel_orders.toggled.connect(self.choose_anew)
        self.word.textEdited.connect(self.update_form)
        self.word.returnPressed.connect(self.to_button)
        self._books.changed.connect(self.update_form)
        self.frame.action.set_kind("danger")
        self.begin()

    # What the form answers

    def batch(self) -> Batch:
        """All positions that the choice selects."""
        return CloseAll(side=self.side.choice, cancel_orders=self.cancel_orders.isChecked())

    def book(self, key: PositionKey) -> OrderBook | None:
        """The newest of the books that are asked for in turn."""
        return self._books.book(key)

    def name_of(self, row: PlanRow) -> str:
        """Symbol and side, or the order."""
        if row.position is not None:
            return batch_words.position_name(row.position)
        return batch_words.order_name(row.order, row.instrument) if row.order else row.intent.symbol

    def show_plan(self) -> None:
        """Sums, header, and what can still be chosen."""
        if not self.run.is_started:
            self._books.want([row.position.key for row in self.rows if row.position is not None])
        self._show_head()
        self._show_sums()
        is_open = not self.run.is_started
        for part in (self.side, self.cancel_orders, self.word):
            part.setEnabled(is_open)
        self._word_row.setVisible(self._needs_word and is_open)

    def action_words(self, count: int, *, hold: bool) -> str:
        """``Close 6 positions``."""
        closes = [row for row in self.rows if row.position is not None and row.issue is None]
        cancels = sum(1 for row in self.rows if row.position is None and row.issue is None)
        if not closes:
            return self.windowTitle()
        if cancels:
            shown = translate("CloseAll", "Close {n} positions, cancel orders: {orders}")
            return shown.format(n=len(closes), orders=cancels)
        if len(closes) == 1:
            return translate("CloseAll", "Close 1 position")
        return translate("CloseAll", "Close {n} positions").format(n=len(closes))

    def ready_words(self) -> str:
        """What happens after the button."""
        return translate("CloseAll", "Each is sent once; each row tells when Bybit has confirmed it")

    def empty_words(self) -> str:
        """Nothing is open, or nothing of what is chosen."""
        if self.side.choice != ALL:
            return translate("CloseAll", "There is no open position on this side")
        return translate("CloseAll", "There is no open position")

    def needs_hold(self) -> bool:
        """With real money the typed word takes the place of the hold."""
        return False

    def obstacle(self) -> str:
        """The word is missing."""
        if self._needs_word and not self.word.is_given:
            return translate("CloseAll", "Type {word} to confirm").format(word=WORD)
        return ""

    # How it works

    @property
    def _needs_word(self) -> bool:
        return self.snapshot.environment == caution.LIVE

    def _show_head(self) -> None:
        count = sum(isinstance(row.intent, ClosePosition) for row in self.rows)
        self.frame.name.set_text(translate("CloseAll", "{n} open").format(n=count), "muted")
        ages = [positions.price_age(row.position, self.facts) for row in self.rows if row.position is not None]
        known = [age for age in ages if age is not None]
        if self.run.is_started:
            self.frame.summary.set_text("")
        elif len(known) < len(ages):
            self.frame.summary.set_text(translate("CloseAll", "a price is missing"), "down")
        elif known:
            oldest = max(known)
            tone = "down" if oldest >= positions.STALE_S else "warning" if oldest >= positions.AMBER_S else "muted"
            shown = translate("CloseAll", "oldest price {age}").format(age=text.age(oldest))
            self.frame.summary.set_text(shown, tone)
        else:
            self.frame.summary.set_text("")

    def _show_sums(self) -> None:
        found = sums(self.rows)
        for number, (name, field, signed) in enumerate(
            (
                (translate("CloseAll", "Value to close"), "value", False),
                (translate("CloseAll", "Realised PnL"), "gross", True),
                (translate("CloseAll", "Taker fees"), "fee", True),
                (translate("CloseAll", "Net"), "net", True),
            )
        ):
            self.figures.set_row(number, name, [_sum_figure(found, field, signed=signed)])

    def _build(self) -> None:
        fields = self.frame.fields
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(self.side)
        top.addWidget(Label(translate("CloseAll", "at market, reduce-only, always"), tone="muted"))
        top.addStretch(1)
        top.addWidget(self.cancel_orders)
        fields.insertLayout(0, top)
        fields.insertSpacing(1, 12)
        self.setTabOrder(self.cancel_orders, self.view)  # as they stand: the table was there first
        fields.addSpacing(12)
        fields.addWidget(self.figures)
        column = QVBoxLayout(self._word_row)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption(self.word.accessibleName()))
        column.addWidget(self.word)
        fields.addWidget(self._word_row)

    def on_closed(self) -> None:
        """Stop asking for order books."""
        self._books.stop()
        super().on_closed()


def _sum_figure(found: dict[str, Sums], field: str, *, signed: bool) -> Figure:
    """One sum per settle coin, side by side; fees paid are shown as what they take."""
    shown, tone = [], "text"
    for coin, amounts in found.items():
        value: Decimal | None = getattr(amounts, field)
        if field == "fee" and value is not None:
            value = -value
        shown.append(f"{text.number(value, text.coin_decimals(coin), signed=signed)} {coin}")
        tone = text.tone_of(value, coin) if signed and len(found) == 1 else tone
    return Figure(" · ".join(shown) or text.DASH, tone, bold=field == "net")
