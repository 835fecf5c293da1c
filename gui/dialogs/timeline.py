"""The dialog that tells the story of one command step by step, and goes on telling while it is open. It only looks."""

from __future__ import annotations

from typing import Final

from PyQt6.QtWidgets import QWidget

from core.model import Snapshot
from gui import command_words, text, theme
from gui.bridge import Bridge
from gui.dialogs import verdict_words
from gui.dialogs.window import FormWindow
from gui.models import commands, timeline
from gui.models.cell import Cell, Column, Facts
from gui.models.table import RecordTable
from gui.models.timeline import Step
from gui.text import translate
from gui.views.table_view import TableView

_MOST_ROWS_SHOWN: Final = 12


class TimelineDialog(FormWindow):
    """Asked, written down, sent, answered, evidence, verdict: when each happened and what it said."""

    def __init__(self, bridge: Bridge, command_id: str, parent: QWidget | None = None) -> None:
        super().__init__(bridge, translate("Timeline", "What became of a command"), parent)
        self.command_id = command_id
        self.table = RecordTable(_columns(), lambda step: step.number, Facts(bridge.clock))
        self.view = TableView(self.table, translate("Timeline", "Steps"), self)
        self.view.set_compact(True)
        self.frame.fields.addWidget(self.view)
        self.frame.action.hide()
        self.begin()

    def on_frame(self, snapshot: Snapshot) -> None:
        """Go on telling."""
        if snapshot.events is not self.snapshot.events or snapshot.commands is not self.snapshot.commands:
            self.snapshot = snapshot
            self.update_form()

    def update_form(self) -> None:
        """Header, steps, and where it stands."""
        self.show_environment()
        command = commands.by_id(self.snapshot, self.command_id)
        steps = timeline.story(self.snapshot.events, self.command_id, command)
        self.table.set_records(steps)
        self.view.set_placeholder(translate("Timeline", "The trail in memory no longer reaches back to this command"))
        header = self.view.header.sizeHint().height()
        rows = min(max(1, len(steps)), _MOST_ROWS_SHOWN)
        self.view.setFixedHeight(header + rows * theme.COMPACT_ROW_HEIGHT + 2)
        width = sum(map(self.view.layout_of_columns.base_width, range(len(self.table.columns))))
        self.view.setMinimumWidth(width)
        self.frame.cancel.set_words(translate("Form", "Close window"))
        if command is None:
            self.frame.name.set_text(text.identity(self.command_id), "muted")
            return
        instrument = self.snapshot.instrument(command.key)
        step = instrument.step if instrument else None
        self.frame.name.set_text(f"{command.key.symbol} · {command_words.title(command, step)}", "muted")
        self.frame.summary.set_text(_attempts(command.attempts))
        state = command_words.state(command)
        self.frame.status.set_text(" · ".join(part for part in (state.claim, state.details) if part), state.tone)
        is_told = command.state in commands.UNSETTLED or command.state == commands.REFUSED
        said = verdict_words.about(command, instrument) if is_told else None
        self.frame.trouble.show_text(*(said or ("",)))

    def on_confirmed(self) -> None:
        """There is nothing to confirm."""

    def on_second(self) -> None:
        """Nothing here grows old."""


def _attempts(count: int) -> str:
    if count < 2:
        return ""
    return translate("Timeline", "sent {n} times, always under the same id").format(n=count)


def _columns() -> tuple[Column, ...]:
    t = translate
    return (
        Column("step", (t("Timeline", "Step"),), lambda step, _: Cell(text=step.name, is_strong=step.ts_ms is not None),
               is_right=False, widest="Written down"),
        Column("time", (t("Timeline", "Time"),), lambda step, _: Cell(text=text.clock_time(step.ts_ms), tone="muted"),
               widest="22:13:20"),
        Column("after", (t("Timeline", "After"),), lambda step, _: Cell(text=_after(step), tone="muted"),
               widest="12,345 ms"),
        Column("what", (t("Timeline", "What happened"),), lambda step, _: Cell(text=step.words, tone=step.tone), None,
               lambda step, _: step.words, is_right=False,
               widest="Close position: accepted by Bybit, waiting for its evidence", stretch=1),
    )  # fmt: skip


def _after(step: Step) -> str:
    if step.after_ms is None:
        return text.DASH
    return translate("Timeline", "{ms} ms").format(ms=f"{step.after_ms:,}")
