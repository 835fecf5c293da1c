"""Carries out a list of intents and follows each one to its verdict. It holds no widgets and no words.

Few are on their way at a time, so that none waits long between the press and its sending. What has not been sent yet
can be stopped; what was sent cannot be taken back.
"""

from __future__ import annotations

from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QObject, pyqtSignal

from core.errors import AppError
from core.intents import Intent
from core.model import Command, Snapshot
from gui.bridge import Bridge
from gui.models import commands

AT_ONCE: Final = 4
QUEUED, SENDING, SENT, NOT_SENT, STOPPED = "queued", "sending", "sent", "not_sent", "stopped"


class Job:
    """One intent: ``phase`` of the desk's own part, then the ``command``; ``trouble`` says why nothing was sent."""

    def __init__(self, intent: Intent) -> None:
        self.intent = intent
        self.phase = QUEUED
        self.command: Command | None = None
        self.trouble: AppError | None = None

    @property
    def state(self) -> str:
        """Where it stands: a phase of ours, or the command's state once there is one."""
        return self.command.state if self.command is not None and self.phase == SENT else self.phase

    @property
    def is_over(self) -> bool:
        """At its end: carried out, refused, or never sent."""
        return self.state in {commands.DONE, commands.REFUSED, NOT_SENT, STOPPED}

    @property
    def may_retry(self) -> bool:
        """No trace of it was found; it may be sent again under its own id."""
        return self.state == commands.NO_TRACE


class BatchRun(QObject):
    """The jobs of one press.

    Signals:
        changed(): a job has come further.
    """

    changed = pyqtSignal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.jobs: tuple[Job, ...] = ()

    @property
    def is_started(self) -> bool:
        """The operator has pressed the button."""
        return bool(self.jobs)

    @property
    def is_over(self) -> bool:
        """Every job is at its end."""
        return self.is_started and all(job.is_over for job in self.jobs)

    @property
    def can_stop(self) -> bool:
        """Some jobs have not been sent yet."""
        return any(job.phase == QUEUED for job in self.jobs)

    def count(self, *states: str) -> int:
        """How many jobs are in one of these states."""
        return sum(1 for job in self.jobs if job.state in states)

    def start(self, intents: tuple[Intent, ...]) -> None:
        """Begin; once."""
        if not self.is_started and self._bridge.manager is not None:
            self.jobs = tuple(Job(intent) for intent in intents)
            self._send_more()

    def stop(self) -> None:
        """Send nothing more."""
        for job in self.jobs:
            if job.phase == QUEUED:
                job.phase = STOPPED
        self.changed.emit()

    def retry(self, job: Job) -> None:
        """Send a job that left no trace once more, under its own id."""
        if job.may_retry and self._bridge.manager is not None:
            job.phase = SENDING
            self._bridge.start(self._carry(job))
            self.changed.emit()

    def take(self, snapshot: Snapshot) -> None:
        """Has the book found out what became of them?"""
        has_news = False
        for job in self.jobs:
            if job.command is None or job.phase != SENT:
                continue
            found = commands.by_id(snapshot, job.command.command_id)
            if found is not None and found != job.command:
                job.command, has_news = found, True
        if has_news:
            self.changed.emit()

    def _send_more(self) -> None:
        """Keep a few on their way."""
        free = AT_ONCE - self.count(SENDING)
        for job in [job for job in self.jobs if job.phase == QUEUED][: max(0, free)]:
            job.phase = SENDING
            self._bridge.start(self._carry(job))

    async def _carry(self, job: Job) -> None:
        manager = self._bridge.manager
        assert manager is not None  # start() and retry() ask for one
        try:
            if job.command is None:
                job.command = await manager.submit(job.intent)
            else:
                job.command = await manager.retry(job.command.command_id)
            job.phase = SENT
        except AppError as error:
            if sip.isdeleted(self):
                raise  # nobody is looking any more: the bridge tells
            job.trouble = error
            job.phase = NOT_SENT if job.command is None else SENT
        if not sip.isdeleted(self):
            self._send_more()
            self.changed.emit()
