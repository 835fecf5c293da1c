"""The common part of dialogs that act on several positions or orders: a plan, one press, and progress row by row.

Until the press the plan follows the book; what an operator decides by and that changes meanwhile is named. With the
press the plan stands still: exactly these intents are sent, each bound to the life or the order that stood on the
screen, and each row tells of its own until its verdict.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from msgspec.structs import replace
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QWidget

from core.intents import Batch, Issue, check
from core.model import OrderBook, PositionKey, Snapshot
from gui import halt_words, theme
from gui.bridge import Bridge
from gui.dialogs import batch_words, words
from gui.dialogs.batch_run import BatchRun, Job
from gui.dialogs.plan import PlanRow, plan, what_is_asked
from gui.dialogs.window import FormWindow
from gui.models.cell import Column, Facts
from gui.models.table import RecordTable
from gui.text import translate
from gui.views.table_view import TableView

# Prices move many times a second; a plan of many rows need not.
REPLAN_MS: Final = 100
_MOST_ROWS_SHOWN: Final = 8
_SCROLL_BAR: Final = 12


class BatchForm(FormWindow):
    """A table of what will be sent, and what became of it.

    A dialog derives from it, adds to ``frame.fields`` in its constructor, calls :meth:`begin` at its end, and answers
    the methods of the section "What a dialog answers".
    """

    def __init__(self, bridge: Bridge, title: str, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(bridge, title, parent)
        self.rows: list[PlanRow] = []
        self.run = BatchRun(bridge, self)
        self.facts = Facts(bridge.clock)
        self.facts.snapshot = self.snapshot
        self.table = RecordTable(columns, lambda row: row.key, self.facts)
        self.view = TableView(self.table, title, self)
        self._blocked: Issue | None = None
        self._asked: dict[Hashable, tuple[object, ...]] | None = None
        self._first: dict[Hashable, tuple[object, ...]] = {}
        self._names: dict[Hashable, str] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REPLAN_MS)
        self._soon.timeout.connect(self.update_form)
        self.run.changed.connect(self.update_form)
        self.view.pressed_button.connect(self._on_button)
        columns_width = sum(map(self.view.layout_of_columns.base_width, range(len(self.table.columns))))
        self.view.setMinimumWidth(columns_width + _SCROLL_BAR)
        self.frame.fields.addWidget(self.view)

    # What a dialog answers

    def batch(self) -> Batch:
        """What is selected."""
        raise NotImplementedError

    def name_of(self, row: PlanRow) -> str:
        """How a row is called in a sentence."""
        raise NotImplementedError

    def show_plan(self) -> None:
        """Bring everything but the table up to date with ``rows``."""
        raise NotImplementedError

    def action_words(self, count: int, *, hold: bool) -> str:
        """What the button will do to ``count`` rows."""
        raise NotImplementedError

    def ready_words(self) -> str:
        """What happens after the button."""
        raise NotImplementedError

    def empty_words(self) -> str:
        """Why there is nothing to do."""
        raise NotImplementedError

    def needs_hold(self) -> bool:
        """Whether a click is not enough."""
        raise NotImplementedError

    def obstacle(self) -> str:
        """What the operator has to do before the button works; empty when nothing."""
        return ""

    def book(self, key: PositionKey) -> OrderBook | None:
        """A recent order book of a position's contract."""
        return None

    def way_back(self) -> str:
        """On the button that does nothing."""
        return translate("Form", "Cancel")

    # Following the book

    def on_frame(self, snapshot: Snapshot) -> None:
        """Follow what was sent at once, and prices at a calmer pace."""
        self.snapshot = self.facts.snapshot = snapshot
        self.run.take(snapshot)
        if not self._soon.isActive():
            self._soon.start()

    def on_second(self) -> None:
        """Ages grow without any news."""
        if not self.run.is_started:
            self.table.refresh_timed()
        self.update_form()

    def choose_anew(self) -> None:
        """The operator selects something else: that is no change from outside."""
        self._asked = None
        self.update_form()

    @property
    def chosen(self) -> list[PlanRow]:
        """The rows that would be sent."""
        return [row for row in self.rows if row.issue is None] if self._blocked is None else []

    def _replan(self) -> None:
        before = {row.key: row for row in self.rows}
        planned = plan(self.batch(), self.snapshot, self.book)
        self._blocked = self._gate()
        if self._blocked is not None:
            planned = [replace(row, issue=None) for row in planned]  # said once, of everything
        fresh = [replace(row, progress=batch_words.before(row, self._halted(row))) for row in planned]
        # Rows that say the same stay the same objects: the table paints only what is new.
        self.rows = [before[row.key] if before.get(row.key) == row else row for row in fresh]
        self._names |= {row.key: self.name_of(row) for row in fresh}
        asked = what_is_asked(self.rows)
        if self._asked is None:
            self._first = asked
        elif asked != self._asked:
            self.shield.start()
        self._asked = asked

    def _halted(self, row: PlanRow) -> str:
        """Why the exchange took no command on a row's contract just now; the row is sent all the same."""
        return halt_words.halted(self.snapshot, row.intent.key, self.bridge.clock.monotonic())

    def _gate(self) -> Issue | None:
        """Why nothing at all may be sent now: locked, a key that may only look, an earlier run."""
        issues = check(self.batch(), self.snapshot) if self.snapshot.positions or self.snapshot.orders else ()
        return issues[0] if issues and issues[0].code != "nothing_selected" else None

    def _follow(self) -> None:
        """The plan stands still; only how far its rows have come changes."""
        told = {job_key(job): job for job in self.run.jobs}
        fresh = [
            replace(row, progress=batch_words.progress(told[row.key], row)) if row.key in told else row
            for row in self.rows
        ]
        self.rows = [old if old == new else new for old, new in zip(self.rows, fresh, strict=True)]

    # Showing

    def update_form(self) -> None:
        """Work the plan out again, or follow what was sent, and show it."""
        if self.is_closed:
            return
        if self.run.is_started:
            self._follow()
        else:
            self._replan()
        self.show_environment()
        self.table.set_records(tuple(self.rows))
        self._fit_table()
        self.view.set_placeholder(self.empty_words())
        self.show_plan()
        if self.run.is_started:
            self.frame.trouble.show_text(*batch_words.troubles(self.run.jobs, self._names))
        self._show_changes()
        self._show_foot()

    def _fit_table(self) -> None:
        """As high as its rows, up to a handful; more of them scroll."""
        header = self.view.header.sizeHint().height()
        shown = min(max(1, len(self.rows)), _MOST_ROWS_SHOWN)
        height = header + shown * theme.ROW_HEIGHT + 2
        if self.view.height() != height:
            self.view.setFixedHeight(height)

    def _show_changes(self) -> None:
        if self.run.is_started or self._asked is None:
            self.frame.changes.show_text("")
            return
        said = batch_words.changes(self._first, self._asked, self._names)
        claim = translate("Batch", "The list changed while this was open") if said else ""
        self.frame.changes.show_text(claim, said + "." if said else "")

    def _show_foot(self) -> None:
        if self.run.is_started:
            self.frame.status.set_text(*batch_words.status(self.run))
            self.frame.action.setVisible(False)
            stop = translate("Batch", "Stop") if self.run.can_stop else translate("Form", "Close window")
            self.frame.cancel.set_words(stop)
            return
        count, why_not = len(self.chosen), self._why_not()
        warned = why_not or self._first_halted()
        self.frame.status.set_text(warned or self.ready_words(), "warning" if warned else "muted")
        hold = self.needs_hold()
        self.show_action(self.action_words(count, hold=hold), why_not, hold=hold, is_enabled=not why_not)
        self.frame.cancel.set_words(self.way_back())

    def _first_halted(self) -> str:
        """The first of the rows' warnings in full; each row has its own."""
        told = ((row.intent.symbol, self._halted(row)) for row in self.chosen)
        return next((f"{symbol}: {halted}" for symbol, halted in told if halted), "")

    def _why_not(self) -> str:
        """Why the button is dead; empty when it is not."""
        if not self.rows:
            return self.empty_words()
        issue = self._blocked or (None if self.chosen else self.rows[0].issue)
        if issue is not None:
            return words.issue_words(issue, self.rows[0].position, self.rows[0].instrument)
        if self.bridge.manager is None:
            return translate("Form", "Not connected yet")
        if self.shield.isActive():
            return translate("Form", "Figures changed just now: look again")
        return self.obstacle()

    # Sending

    def on_confirmed(self) -> None:
        """Plan once more with the newest snapshot; what is other than what stood on the screen is not sent."""
        self.take_newest()
        self.update_form()
        if self.run.is_started or not self.frame.action.isEnabled():
            return
        self.run.start(tuple(row.intent for row in self.chosen))
        self.frame.cancel.setFocus()
        self.update_form()

    def _on_button(self, key: Hashable, name: str) -> None:
        for job in self.run.jobs:
            if job_key(job) == key and name == "retry":
                self.run.retry(job)

    def reject(self) -> None:
        """The first press while something waits its turn stops that; what was sent is followed to its end."""
        if self.run.can_stop:
            self.run.stop()
        else:
            super().reject()

    def on_closed(self) -> None:
        """Nothing more to show."""
        self._soon.stop()


def job_key(job: Job) -> Hashable:
    """The key of the row that a job belongs to."""
    return PlanRow(intent=job.intent).key
