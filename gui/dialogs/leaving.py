"""What the operator sees while the desk waits for Bybit's word before it closes: which commands, and for how long."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from core.model import Snapshot
from gui import command_words
from gui.bridge import Bridge
from gui.dialogs.window import FormWindow
from gui.models import commands
from gui.text import translate
from gui.widgets.figures import Figure, FigureTable
from gui.widgets.labels import Label


class LeavingDialog(FormWindow):
    """Accepted: leave at once. Rejected: stay. Whoever opened it closes it when nothing is in flight any more."""

    def __init__(self, bridge: Bridge, within_s: float, parent: QWidget | None = None, *, title: str = "") -> None:
        super().__init__(bridge, title or translate("Leaving", "Closing the desk"), parent)
        self._deadline = bridge.clock.monotonic() + within_s
        self._waited_for = {command.command_id: command for command in commands.in_flight(self.snapshot)}
        self.words = Label("", wrap=True)
        self.table = FigureTable(translate("Leaving", "Commands on their way"), words_tone="text")
        self.frame.fields.addWidget(self.words)
        self.frame.fields.addSpacing(12)
        self.frame.fields.addWidget(self.table)
        self.frame.name.hide()
        self.frame.cancel.set_words(translate("Leaving", "Stay"))
        self.frame.action.set_action(translate("Leaving", "Leave now"))
        self.begin()

    def on_frame(self, snapshot: Snapshot) -> None:
        """Verdicts come in."""
        self.snapshot = snapshot
        self.update_form()

    def on_second(self) -> None:
        """Count down."""
        self.update_form()

    def on_confirmed(self) -> None:
        """The operator does not want to wait."""
        self.accept()

    def update_form(self) -> None:
        """What is waited for, where each stands, how long still."""
        self.show_environment()
        left_s = max(0, round(self._deadline - self.bridge.clock.monotonic()))
        self.words.set_text(
            translate(
                "Leaving",
                "The desk waits for Bybit's word on what was sent, at most {s} s more. What has none by then stays in "
                "the journal as unknown; the next start finds out before anything else can be sent.",
            ).format(s=left_s)
        )
        for number, (command_id, asked) in enumerate(self._waited_for.items()):
            command = commands.by_id(self.snapshot, command_id) or asked
            instrument = self.snapshot.instrument(command.key)
            name = f"{command.key.symbol} · {command_words.title(command, instrument.step if instrument else None)}"
            state = command_words.state(command)
            self.table.set_row(number, name, [Figure(state.claim, state.tone)])
        waiting = sum(1 for command in commands.in_flight(self.snapshot))
        shown = translate("Leaving", "{n} without a verdict").format(n=waiting)
        self.frame.status.set_text(shown, "warning" if waiting else "muted")
