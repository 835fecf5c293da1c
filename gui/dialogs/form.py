"""The common part of dialogs that send an intent: fields → intent → check → words beside fields → one button.

A form is bound to the position life that it was opened on. Every keystroke and every new snapshot builds the intent
and checks it again. The button acts once: it is disabled in the same turn of the event loop in which it was pressed,
and nothing is sent that was not valid for what stood on the screen. The forms hold widgets and no rules: those are in
core.intents; what becomes of a command is gui/dialogs/sending.py.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PyQt6.QtWidgets import QWidget

from core.intents import Intent, Issue, check, gate
from core.model import Command, Halt, Instrument, Position, PositionKey, Snapshot
from gui import halt_words, text
from gui.bridge import Bridge
from gui.dialogs import caution, verdict_words, words
from gui.dialogs.life import LifeWatch
from gui.dialogs.sending import EDITING, NO_TRACE, OVER, SENDING, UNKNOWN, Sending
from gui.dialogs.window import FormWindow
from gui.text import translate
from gui.widgets.decimal_edit import DecimalEdit

AMBER_AGE_S: Final = 3.0
STALE_AGE_S: Final = 10.0


class IntentForm(FormWindow):
    """The way from the fields about one position to ``manager.submit``.

    A dialog derives from it, fills ``frame.fields`` in its constructor, calls :meth:`begin` at its end, and answers the
    methods of the section "What a dialog answers".
    """

    def __init__(self, bridge: Bridge, key: PositionKey, title: str, parent: QWidget | None = None) -> None:
        super().__init__(bridge, title, parent)
        self.setWindowTitle(text.literal(f"{title} · {key.symbol}"))
        self.watch = LifeWatch(key, self.snapshot)
        self.sending = Sending(bridge, self)
        self.sending.changed.connect(self.update_form)
        self.sending.accepted.connect(self.accept)
        self._inputs: tuple[object, ...] = ()

    def begin(self) -> None:
        """Show the first figures and follow new snapshots from now on."""
        pending = self.pending()
        if pending is not None:
            self.sending.adopt(pending)
        super().begin()

    # What a dialog answers

    def intent(self) -> Intent | None:
        """What the fields ask for, without fields that cannot be used; None when that leaves nothing."""
        raise NotImplementedError

    def unusable(self) -> int:
        """How many fields hold no amount where one is needed, or text that is none."""
        raise NotImplementedError

    def refresh(self, position: Position, instrument: Instrument, issues: tuple[Issue, ...]) -> None:
        """Bring fields, figures and the words beside fields up to date."""
        raise NotImplementedError

    def action_words(self, position: Position, instrument: Instrument, *, hold: bool) -> str:
        """What the button will do, in a few words."""
        raise NotImplementedError

    def stake(self, position: Position) -> Decimal | None:
        """What the action is worth in dollars, for the question whether a click is enough; None is not known."""
        return caution.stake(position, position.size)

    def pending(self) -> Command | None:
        """A command from before this form was opened that has to be settled before anything else is asked for."""
        return None

    def whole_words(self, issue: Issue, position: Position) -> str:
        """An issue of the intent as a whole, for the status line."""
        return words.issue_words(issue, position, self.instrument)

    def ready_words(self) -> str:
        """What happens after the button, for the status line of a form without problems."""
        return translate("Form", "Sent once, confirmed by Bybit before it leaves the table")

    # What a dialog uses

    @property
    def may_edit(self) -> bool:
        """Nothing that was sent waits for its end: the fields are the operator's."""
        return self.sending.phase in {EDITING, NO_TRACE}

    @property
    def is_over(self) -> bool:
        """Closed, whichever way: an answer that comes now has nobody to show itself to."""
        return self.is_closed or self.sending.is_deaf

    @property
    def key(self) -> PositionKey:
        """The position's key."""
        return self.watch.key

    @property
    def position(self) -> Position | None:
        """The position as last known; it stays when the position is gone."""
        return self.watch.position

    @property
    def instrument(self) -> Instrument | None:
        """The contract's limits in force."""
        return self.snapshot.instrument(self.key)

    def adopt(self, field: DecimalEdit) -> None:
        """Let a field's text take part: each keystroke checks the form, Enter leads to the button."""
        field.edited.connect(self.on_edited)
        field.returnPressed.connect(self.to_button)

    def on_edited(self, *_: object) -> None:
        """A person changed something: what an earlier attempt was told no longer applies."""
        self.sending.forget()
        self.update_form()

    # Following the book

    def on_frame(self, snapshot: Snapshot) -> None:
        """Take a new snapshot; figures, limits and validity follow it at once."""
        self.snapshot = snapshot
        self.sending.take(snapshot)
        if self.watch.update(snapshot):
            self.shield.start()
            self.on_position_changed()
        elif self._is_same(snapshot):
            return
        self.update_form()

    def on_position_changed(self) -> None:
        """Something that an operator decides by has changed; the fields may follow it."""

    def on_second(self) -> None:
        """Ages grow without any news."""
        if self._halt is not None:
            self.update_form()
        else:
            self._show_head()

    @property
    def _halt(self) -> Halt | None:
        """Whether the exchange took no command on this contract just now; the button stays, it may be over."""
        return self.snapshot.links.halts.get((self.key.category, self.key.symbol))

    def _is_same(self, snapshot: Snapshot) -> bool:
        """Whether nothing that this form shows or checks is different; the book keeps unchanged rows as they are."""
        pair = (self.key.category, self.key.symbol)
        inputs = (
            self.watch.position,
            snapshot.prices.get(pair),
            snapshot.instruments.get(pair),
            snapshot.fee_rates.get(pair),
            snapshot.wallet,
            snapshot.orders,
            snapshot.commands,
            snapshot.executions,
            snapshot.stop_changes.get(self.key),
            next((issue.code for issue in gate(snapshot)), ""),
            snapshot.environment,
            snapshot.links.halts,
        )
        is_same = len(inputs) == len(self._inputs) and all(a is b for a, b in zip(inputs, self._inputs, strict=True))
        self._inputs = inputs
        return is_same

    # Showing

    def update_form(self) -> None:
        """Build the intent, check it, and show everything that follows from it."""
        self._show_head()
        position, instrument = self.position, self.instrument
        if position is None or not self.watch.is_open:
            self._show_gone()
            return
        if instrument is None:
            self.frame.body.setEnabled(False)
            self.frame.action.setEnabled(False)
            self.frame.status.set_text(*self._status((Issue(field="", code="no_instrument"),), position))
            return
        self.frame.body.setEnabled(self.may_edit)
        intent = self.intent()
        issues = check(intent, self.snapshot) if intent is not None else ()
        self.refresh(position, instrument, issues)
        self.frame.changes.show_text(*words.change_words(self.watch, instrument))
        self._show_outcome()
        self.frame.status.set_text(*self._status(issues, position))
        self._show_action(position, instrument, is_ready=intent is not None and not issues)

    def _show_head(self) -> None:
        self.show_environment()
        position = self.position
        if position is None:
            self.frame.name.set_text(self.key.symbol, "muted")
            self.frame.summary.set_text("")
            return
        name = f"{position.symbol} {text.side_name(position.side)} {text.leverage(position.leverage)}".rstrip()
        self.frame.name.set_text(name, "up" if position.is_long else "down")
        self.frame.summary.set_text(*self._summary_of(position))

    def _summary_of(self, position: Position) -> tuple[str, str]:
        """Size, entry, mark with its age, liquidation; amber or red when the mark is old."""
        instrument = self.instrument
        tick = instrument.tick if instrument else None
        if not self.watch.is_open:
            shown = translate("Form", "last seen: {size} @ {entry}")
            return shown.format(
                size=words.counted(position.size, instrument), entry=text.price(position.entry_price, tick)
            ), "muted"
        age_s = self._mark_age(position)
        shown = translate("Form", "{size} @ {entry} · mark {mark} ({age}) · liq {liq}").format(
            size=words.counted(position.size, instrument),
            entry=text.price(position.entry_price, tick),
            mark=text.price(position.mark_price, tick),
            age=text.age(age_s),
            liq=text.price(position.liq_price, tick),
        )
        if age_s is None or age_s >= STALE_AGE_S:
            return translate("Form", "STALE") + " · " + shown, "down"
        return shown, "warning" if age_s >= AMBER_AGE_S else "muted"

    def _mark_age(self, position: Position) -> float | None:
        if position.mark_price is None:
            return None
        return self.bridge.clock.monotonic() - position.mark_mono

    def _show_gone(self) -> None:
        self.frame.body.setEnabled(False)
        self.frame.action.cancel()
        self.frame.action.setEnabled(False)
        self.frame.changes.show_text("")
        command = self.sending.command
        was_late = command is not None and command.detail in verdict_words.GONE
        if command is not None and (self.sending.phase in {OVER, NO_TRACE} or was_late):
            self._show_outcome()
        else:
            claim, details = words.gone_words(self.watch, self.instrument)
            self.frame.trouble.show_text(claim, details, tone="down")
        self._name_the_way_out()
        is_unsent = self.sending.phase == EDITING and self.sending.command is None
        self.frame.status.set_text(translate("Form", "Nothing was sent") if is_unsent else "", "muted")

    def _show_outcome(self) -> None:
        """Above the footer: what became of what was sent, or why nothing was."""
        sending, instrument = self.sending, self.instrument
        if sending.trouble is not None:
            claim, details = words.refusal_words(sending.trouble, self.position, instrument)
            self.frame.trouble.show_text(claim, details, tone="down")
        elif sending.command is not None and sending.phase != SENDING:
            said = verdict_words.about(sending.command, instrument)
            self.frame.trouble.show_text(*said)
        elif sending.phase == UNKNOWN:
            self.frame.trouble.show_text(*verdict_words.nobody_knows())
        else:
            self.frame.trouble.show_text("")
        self._name_the_way_out()

    def _name_the_way_out(self) -> None:
        """Once something was sent, the button beside the action takes nothing back."""
        is_free = self.sending.phase == EDITING and self.watch.is_open
        self.frame.cancel.set_words(translate("Form", "Cancel") if is_free else translate("Form", "Close window"))

    def _status(self, issues: tuple[Issue, ...], position: Position) -> tuple[str, str]:
        """One line about the whole form, and its tone: what stops it, how many problems, or what will happen."""
        phase, closed = self.sending.phase, gate(self.snapshot)
        if phase == NO_TRACE and closed:
            return self.whole_words(closed[0], position), "warning"
        whole = next((issue for issue in issues if not issue.field), None)
        if phase != EDITING:
            is_shown = whole is None or whole.code != "nothing_to_change"
            return verdict_words.phase(phase, is_shown=is_shown)
        problems = self.unusable() + sum(1 for issue in issues if issue.field)
        is_willing = not problems and (whole is None or whole.code == "nothing_to_change")
        if self._halt is not None and is_willing and not self.shield.isActive():
            return halt_words.halted(self.snapshot, self.key, self.bridge.clock.monotonic()), "warning"
        if whole is not None and not self.unusable():
            tone = "muted" if whole.code == "nothing_to_change" else "warning"
            return self.whole_words(whole, position), tone
        if problems:
            return words.problem_words(problems), "down"
        if self.shield.isActive():
            return translate("Form", "Figures changed just now: look again"), "warning"
        if self.bridge.manager is None:
            return translate("Form", "Not connected yet"), "warning"
        return self.ready_words(), "muted"

    def _show_action(self, position: Position, instrument: Instrument, *, is_ready: bool) -> None:
        phase = self.sending.phase
        hold = caution.needs_hold(self.snapshot.environment, self.stake(position), self.bridge.hold_above)
        is_retry = phase == NO_TRACE
        is_ready = not gate(self.snapshot) if is_retry else is_ready and not self.unusable() and phase == EDITING
        may_act = is_ready and not self.shield.isActive() and self.bridge.manager is not None
        shown = verdict_words.retry_words(hold=hold) if is_retry else self.action_words(position, instrument, hold=hold)
        self.show_action(shown, self.frame.status.text(), hold=hold, is_enabled=may_act)
        self.frame.action.setVisible(phase != OVER)

    # Sending

    def on_confirmed(self) -> None:
        """Check against the newest snapshot, and send once."""
        self.take_newest()
        if not self.frame.action.isEnabled():
            return
        if self.sending.phase == NO_TRACE:
            self.sending.retry()
        else:
            intent = self.intent()
            if intent is None:
                return
            self.sending.send(intent)
        self.frame.cancel.setFocus()
        self.update_form()

    def on_closed(self) -> None:
        """A command on its way goes on; its row tells the rest."""
        self.sending.deafen()
