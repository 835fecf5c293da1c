"""The dialog that sets, moves and removes stops: of the entire position, or of parts of it. And takes an edit back."""

from __future__ import annotations

from decimal import Decimal

from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from core.intents import FULL, PARTIAL, Intent, Issue, undo_of
from core.model import Command, Instrument, Position, PositionKey, Snapshot
from gui.bridge import Bridge
from gui.dialogs import caution, words
from gui.dialogs.cancel_orders import CancelOrdersDialog
from gui.dialogs.form import IntentForm
from gui.dialogs.full_stops import FullStops
from gui.dialogs.partial_stops import PartialStops
from gui.dialogs.stop_facts import INDEX, LAST, MARK, StopFacts, held_trigger
from gui.dialogs.stop_history import StopHistoryRow
from gui.models import commands
from gui.models.cell import Facts
from gui.text import translate
from gui.widgets.labels import Label
from gui.widgets.segmented import Segmented


class TradingStopDialog(IntentForm):
    """Stops, each leg said as price, % from mark, ROE or PnL.

    Open it with ``open()``; it deletes itself when it is closed.

    Args:
        stop_loss: a price to begin with, such as where a line was dropped.
        take_profit: likewise.
    """

    def __init__(
        self,
        bridge: Bridge,
        key: PositionKey,
        parent: QWidget | None = None,
        *,
        stop_loss: Decimal | None = None,
        take_profit: Decimal | None = None,
    ) -> None:
        super().__init__(bridge, key, translate("TradingStop", "Take profit / Stop loss"), parent)
        self.table_facts = Facts(bridge.clock)
        self.table_facts.snapshot = self.snapshot
        self.full, self.partial = FullStops(), PartialStops(self.table_facts)
        self.take_profit, self.stop_loss = self.full.take_profit, self.full.stop_loss
        self.trailing, self.table = self.full.trailing, self.full.table
        self.history = StopHistoryRow()
        self.mode = Segmented(
            translate("TradingStop", "What the stops are for"),
            [(FULL, translate("TradingStop", "Entire position")), (PARTIAL, translate("TradingStop", "Partial"))],
        )
        self.trigger = Segmented(
            translate("TradingStop", "Trigger by"), [(by, words.trigger_name(by)) for by in (LAST, MARK, INDEX)]
        )
        self.trigger.set_choice(bridge.default_trigger)
        self._is_trigger_touched = self._is_undo = False
        self._build()
        self._connect()
        self.propose(stop_loss=stop_loss, take_profit=take_profit)
        self.begin()

    def propose(self, *, stop_loss: Decimal | None = None, take_profit: Decimal | None = None) -> None:
        """Ask for prices, as typing them does; None leaves a leg as it is."""
        if not self.may_edit:
            return
        for leg, price in ((self.take_profit, take_profit), (self.stop_loss, stop_loss)):
            if price is not None:
                self.mode.set_choice(FULL)
                leg.ask(price)

    def undo(self) -> None:
        """Put the stops from before the desk's last edit into the fields; nothing is sent."""
        former, position = undo_of(self.snapshot, self.key), self.position
        if former is None or position is None or not self.may_edit:
            return
        self.mode.set_choice(FULL)
        self.full.take(former)
        self.trigger.set_choice(former.trigger_by)
        self._is_trigger_touched = former.trigger_by != held_trigger(position, self.snapshot)
        self._is_undo = True
        self.update_form()

    # What the form asks

    def intent(self) -> Intent | None:
        """The stops that the page in front asks for."""
        facts = self._facts()
        if facts is None:
            return None
        if self._is_partial:
            return self.partial.intent(facts)
        return self.full.intent(facts, "undo" if self._is_undo else "manual")

    def unusable(self) -> int:
        """Fields whose text leads to no price."""
        return self.partial.unusable if self._is_partial else self.full.unusable

    def refresh(self, position: Position, instrument: Instrument, issues: tuple[Issue, ...]) -> None:
        """The page in front, and what happened before."""
        if not self._is_trigger_touched:
            self.trigger.set_choice(held_trigger(position, self.snapshot) or self.bridge.default_trigger)
        facts = self._facts()
        assert facts is not None  # a form refreshes only with a position and its contract
        self.full.setVisible(not self._is_partial)
        self.partial.setVisible(self._is_partial)
        if self._is_partial:
            self.partial.refresh(facts, issues)
        else:
            self.full.refresh(facts, issues)
        changes = self.snapshot.stop_changes.get(self.key, ())
        self.history.show_changes(changes, undo_of(self.snapshot, self.key), instrument)

    def action_words(self, position: Position, instrument: Instrument, *, hold: bool) -> str:
        """``Apply 3 changes`` or ``Add TP + SL for 5.0``."""
        facts = self._facts()
        assert facts is not None  # as above
        page = self.partial if self._is_partial else self.full
        return page.action_words(facts, hold=hold)

    def stake(self, position: Position) -> Decimal | None:
        """A part is worth less than the whole."""
        size = self.partial.part.qty if self._is_partial else None
        return caution.stake(position, position.size if size is None else size)

    def pending(self) -> Command | None:
        """Stops that nobody knows the end of: they may be sent again, or others asked for."""
        return commands.unsettled(self.snapshot, self.position, commands.STOPS) if self.position else None

    def whole_words(self, issue: Issue, position: Position) -> str:
        """A part begins without anything asked for."""
        if issue.code == "nothing_to_change" and self._is_partial:
            return translate("TradingStop", "Enter a price for the part")
        return super().whole_words(issue, position)

    def ready_words(self) -> str:
        """What happens after the button."""
        return translate("TradingStop", "Sent once; the table shows it when Bybit confirms")

    # Inputs

    @property
    def _is_partial(self) -> bool:
        return self.mode.choice == PARTIAL

    def _facts(self) -> StopFacts | None:
        if self.position is None or self.instrument is None:
            return None
        return StopFacts(
            position=self.position,
            instrument=self.instrument,
            snapshot=self.snapshot,
            trigger_by=self.trigger.choice,
            is_trigger_touched=self._is_trigger_touched,
        )

    def on_frame(self, snapshot: Snapshot) -> None:
        """The list of parts looks things up, too."""
        self.table_facts.snapshot = snapshot
        super().on_frame(snapshot)

    def on_edited(self, *_: object) -> None:
        """Something else than the former stops is asked for now."""
        self._is_undo = False
        super().on_edited()

    def _on_trigger(self) -> None:
        self._is_trigger_touched = True
        self.on_edited()

    def _cancel_part(self, order_id: str) -> None:
        CancelOrdersDialog(self.bridge, (order_id,), self).open()

    # The window

    def _connect(self) -> None:
        for edit in (*self.full.edits, *self.partial.edits):
            self.adopt(edit)
        self.full.changed.connect(self.on_edited)
        self.partial.changed.connect(self.on_edited)
        self.partial.cancel_asked.connect(self._cancel_part)
        self.trigger.chosen.connect(self._on_trigger)
        self.mode.chosen.connect(self.on_edited)
        self.history.undo_pressed.connect(self.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo)

    def _build(self) -> None:
        fields = self.frame.fields
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.mode)
        row.addStretch(1)
        row.addWidget(Label(translate("TradingStop", "Trigger by"), tone="muted"))
        row.addWidget(self.trigger)
        fields.addLayout(row)
        fields.addSpacing(14)
        for part in (self.full, self.partial, self.history):
            fields.addWidget(part)
            fields.addSpacing(8)
        self.partial.hide()
