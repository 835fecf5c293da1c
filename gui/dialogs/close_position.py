"""The dialog that closes all or part of one position. It shows what the close would bring and sends it once."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from core.intents import Intent, Issue, close_of
from core.model import Command, Instrument, Position, PositionKey, Price
from gui.bridge import Bridge
from gui.dialogs import caution, close_words, words
from gui.dialogs.book_feed import BookFeed
from gui.dialogs.close_preview import ClosePreview, preview
from gui.dialogs.form import IntentForm
from gui.dialogs.limit_price import LimitPrice
from gui.dialogs.quantity import QuantityPicker
from gui.models import commands, row_state
from gui.text import translate
from gui.widgets.figures import FigureTable
from gui.widgets.labels import Label
from gui.widgets.segmented import Segmented

MARKET_ORDER, LIMIT_ORDER = "Market", "Limit"


class ClosePositionDialog(IntentForm):
    """Close a position: how much, at market or at a price, and what that brings. Always reduce-only.

    Open it with ``open()``; it deletes itself when it is closed.
    """

    def __init__(self, bridge: Bridge, key: PositionKey, parent: QWidget | None = None) -> None:
        super().__init__(bridge, key, translate("ClosePosition", "Close position"), parent)
        self.quantity = QuantityPicker()
        self.order_type = Segmented(
            translate("ClosePosition", "Kind of order"),
            [
                (MARKET_ORDER, translate("ClosePosition", "Market")),
                (LIMIT_ORDER, translate("ClosePosition", "Limit")),
            ],
        )
        self.limit = LimitPrice()
        self.figures = FigureTable(translate("ClosePosition", "What closing would bring"))
        self._feed = BookFeed(bridge, key, self)
        self._build()
        self.adopt(self.quantity.edit)
        self.adopt(self.limit.edit)
        self.quantity.changed.connect(self.on_edited)
        self.limit.changed.connect(self.on_edited)
        self.order_type.chosen.connect(self._on_order_type)
        self._feed.changed.connect(self.update_form)
        self.frame.action.set_kind("danger")
        self._left_open = commands.remainder(self.snapshot, self.position) if self.position else None
        if self._left_open is not None:
            self.quantity.ask(self._left_open)
        self.begin()
        if self.watch.is_open:
            self._feed.start()

    # What the form asks

    def intent(self) -> Intent | None:
        """The close that the fields ask for."""
        position, instrument = self.position, self.instrument
        if position is None or instrument is None or self.unusable():
            return None
        qty = self.quantity.qty(position, instrument)
        assert qty is not None  # unusable() counts it
        return replace(close_of(position, "manual", qty), order_type=self.order_type.choice, price=self._limit_price())

    def unusable(self) -> int:
        """A quantity must be there and readable, and so must the price of a limit order be readable."""
        position, instrument = self.position, self.instrument
        if position is None or instrument is None:
            return 0
        is_missing = self.quantity.qty(position, instrument) is None
        return int(is_missing) + int(self._is_limit and self.limit.is_unreadable)

    def refresh(self, position: Position, instrument: Instrument, issues: tuple[Issue, ...]) -> None:
        """Fields, messages and figures."""
        by_field = {issue.field: issue for issue in issues}
        qty = self.quantity.qty(position, instrument)
        outcome = self._preview(position, instrument, qty)
        price = self._limit_price() or position.mark_price
        note = translate("ClosePosition", "That is what the last close left open.") if qty == self._left_open else ""
        self.quantity.refresh(
            position, instrument, price, by_field.get("qty"), is_dust=outcome is not None and outcome.is_dust, note=note
        )
        self.limit.refresh(position, instrument, self._bests(), by_field.get("price"))
        for row, (label, figure) in enumerate(close_words.rows(outcome, position, instrument)):
            self.figures.set_row(row, label, [figure])

    def pending(self) -> Command | None:
        """A close that nobody knows the end of: only it may be sent again, under its own id."""
        return commands.unsettled(self.snapshot, self.position, commands.CLOSE) if self.position else None

    def update_form(self) -> None:
        """Show what follows from the fields; while the end of what was sent is not known, they say just that."""
        sent = self.sending.command
        if sent is not None and sent.state in commands.UNSETTLED:
            self._show_sent(sent)
        super().update_form()

    def _show_sent(self, sent: Command) -> None:
        """That, and nothing else, is what a retry sends."""
        if sent.qty is not None:
            self.quantity.hold(sent.qty)
        if sent.price is not None:
            self.limit.hold(sent.price)
            self.order_type.set_choice(LIMIT_ORDER)
            self.limit.setVisible(True)

    def stake(self, position: Position) -> Decimal | None:
        """Only what is to be closed."""
        qty = self.quantity.qty(position, self.instrument) if self.instrument else None
        return caution.stake(position, qty if qty is not None else position.size)

    def action_words(self, position: Position, instrument: Instrument, *, hold: bool) -> str:
        """``Close 10.0 SOL``."""
        qty = self.quantity.qty(position, instrument)
        if qty is None:
            return translate("ClosePosition", "Close")
        template = (
            translate("ClosePosition", "Hold to close {qty} {unit}")
            if hold
            else translate("ClosePosition", "Close {qty} {unit}")
        )
        return template.format(qty=words.exact(qty, instrument.step), unit=words.qty_unit(instrument))

    def ready_words(self) -> str:
        """That another close waits already, or what happens after the button."""
        position = self.position
        waiting = row_state.resting_qty(position, self.snapshot) if position else None
        if not waiting or position is None:
            return super().ready_words()
        shown = translate("ClosePosition", "A close of {qty} waits in the book; together never more than {size}")
        instrument = self.instrument
        return shown.format(qty=words.counted(waiting, instrument), size=words.counted(position.size, instrument))

    # Inputs

    @property
    def _is_limit(self) -> bool:
        return self.order_type.choice == LIMIT_ORDER

    def _limit_price(self) -> Decimal | None:
        return self.limit.price if self._is_limit and not self.limit.is_unreadable else None

    def _price(self) -> Price | None:
        return self.snapshot.prices.get((self.key.category, self.key.symbol))

    def _bests(self) -> tuple[Decimal | None, Decimal | None]:
        """Best bid and ask: of the order book when there is one, else of the ticker."""
        book, price = self._feed.book, self._price()
        if book is not None:
            return (book.bids[0].price if book.bids else None), (book.asks[0].price if book.asks else None)
        return (price.bid_price, price.ask_price) if price is not None else (None, None)

    def _on_order_type(self) -> None:
        """A limit begins at the price where the order waits as a maker; the other one is one press away."""
        position = self.position
        self.limit.setVisible(self._is_limit)
        if self._is_limit and self.limit.price is None and position is not None:
            bid, ask = self._bests()
            self.limit.take(ask if position.is_long else bid)
        self.on_edited()

    def _preview(self, position: Position, instrument: Instrument, qty: Decimal | None) -> ClosePreview | None:
        limit_price = self._limit_price()
        if qty is None or qty <= 0 or (self._is_limit and not limit_price):
            return None
        return preview(
            position,
            instrument,
            self.snapshot.fee_rates.get((self.key.category, self.key.symbol)),
            qty,
            limit_price,
            self._feed.book,
            self._price(),
        )

    # The window

    def _build(self) -> None:
        fields = self.frame.fields
        fields.addWidget(self.quantity)
        fields.addSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.order_type)
        row.addWidget(Label(translate("ClosePosition", "reduce-only, always"), tone="muted"))
        row.addStretch(1)
        fields.addLayout(row)
        fields.addSpacing(10)
        fields.addWidget(self.limit)
        fields.addSpacing(8)
        fields.addWidget(self.figures)
        self.limit.hide()
        self.figures.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def done(self, result: int) -> None:
        """Stop asking for the order book."""
        self._feed.stop()
        super().done(result)
