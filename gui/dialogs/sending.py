"""The way of one intent out of a form: sent once, then followed until somebody knows what became of it.

It holds no widgets and no words. ``refused`` brings the form back to editing with a new command later; ``unknown`` is
followed through the snapshots, and so is a refusal, which another copy of the request may contradict; without a trace
the *same* command may be sent again. What a person asks for instead goes through ``submit``, where core takes nothing
but the same, under the id of the one without a trace: never a second beside it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QObject, pyqtSignal

from core.errors import AppError, OutcomeUnknown
from core.intents import Intent
from core.model import Command, Snapshot
from gui.bridge import Bridge
from gui.models import commands

EDITING, SENDING, UNKNOWN, NO_TRACE, OVER = "editing", "sending", "unknown", "no_trace", "over"
_PHASES: Final = {
    "sending": UNKNOWN,
    "accepted": UNKNOWN,
    commands.UNKNOWN: UNKNOWN,
    commands.NO_TRACE: NO_TRACE,
    commands.DONE: OVER,
    commands.REFUSED: EDITING,
}


class Sending(QObject):
    """Sends through the bridge and keeps what came of it.

    ``command``: as last known, None before the first answer. ``trouble``: why nothing was sent.

    Signals:
        changed(): another phase, command or trouble.
        accepted(): Bybit took it; its row tells the rest.
    """

    changed = pyqtSignal()
    accepted = pyqtSignal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._is_deaf = False
        self.phase = EDITING
        self.command: Command | None = None
        self.trouble: AppError | None = None

    @property
    def is_deaf(self) -> bool:
        """Nobody looks at the form any more."""
        return self._is_deaf or sip.isdeleted(self)

    def deafen(self) -> None:
        """The form is closed: what comes now is told by the row, and trouble by the bridge."""
        self._is_deaf = True

    def forget(self) -> None:
        """A person goes on editing: what an earlier attempt was told no longer applies."""
        if self.phase in {EDITING, NO_TRACE}:
            self.phase = EDITING
            self.command = self.trouble = None

    def send(self, intent: Intent) -> None:
        """Send an intent. Does nothing unless the form is being edited."""
        manager = self._bridge.manager
        if self.phase == EDITING and manager is not None:
            self.command = self.trouble = None
            self._start(manager.submit(intent))

    def retry(self) -> None:
        """Send the command that left no trace once more, under its own id."""
        manager = self._bridge.manager
        if self.phase == NO_TRACE and self.command is not None and manager is not None:
            self._start(manager.retry(self.command.command_id))

    def _start(self, work: Awaitable[Command]) -> None:
        self.phase = SENDING
        self._bridge.start(self._carry(work))

    async def _carry(self, work: Awaitable[Command]) -> None:
        try:
            command = await work
        except OutcomeUnknown:
            if not self.is_deaf:
                self._enter(UNKNOWN)
        except AppError as error:
            if self.is_deaf:
                raise  # nobody is looking at this form any more: the bridge tells
            self.trouble = error
            self._enter(EDITING if self.command is None else NO_TRACE)
        else:
            if not self.is_deaf:
                self._on_answer(command)

    def _on_answer(self, command: Command) -> None:
        if command.state in {"accepted", commands.DONE}:
            self.accepted.emit()
        else:
            self.adopt(command)

    def adopt(self, command: Command) -> None:
        """Follow a command from now on, such as one that was sent before the form was opened."""
        self.command, self.trouble = command, None
        self._enter(_PHASES.get(command.state, UNKNOWN))

    def take(self, snapshot: Snapshot) -> None:
        """Has the book found out what became of it?"""
        if self.phase == SENDING or self.command is None:
            return
        found = commands.by_id(snapshot, self.command.command_id)
        if found is not None and found is not self.command and found != self.command:
            self.adopt(found)

    def _enter(self, phase: str) -> None:
        self.phase = phase
        self.changed.emit()
