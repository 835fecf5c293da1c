"""The one meeting point of asyncio and Qt: newest snapshots out to the widgets, coroutines in from their slots.

Frames are coalesced: the first change goes out at once, later ones at most every ``max(4 ms, 4 × a frame's cost)``, but
always within 40 ms; of the last two frames the cheaper one counts, because one dear frame among cheap ones, as there is
one each second, is no load. An idle desk costs nothing. Notices are never merged. asyncio is only imported once a
coroutine is started, so that the window can be painted before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from core.clock import Clock, SystemClock
from core.errors import AppError

if TYPE_CHECKING:
    import asyncio

    from core.manager import PositionManager
    from core.model import Snapshot

SHORTEST_GAP_S = 0.004
LONGEST_GAP_S = 0.040
COST_FACTOR = 4


class Bridge(QObject):
    """Carries snapshots to the widgets and coroutines to the loop.

    Signals:
        frame(Snapshot): the newest snapshot, at a human pace.
        notice(AuditEvent): something that happened, one by one.
        failed(AppError): expected trouble of a started coroutine, to be shown in words.
        crashed(BaseException): a bug, for the crash dialog.
    """

    frame = pyqtSignal(object)
    notice = pyqtSignal(object)
    failed = pyqtSignal(object)
    crashed = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, clock: Clock | None = None) -> None:
        super().__init__(parent)
        self.clock: Clock = clock or SystemClock()
        self.manager: PositionManager | None = None
        self.hold_above = Decimal(0)  # dollars; a live action worth as much is held, not clicked
        self.default_trigger = "MarkPrice"  # what new stops are compared with
        self._newest: Snapshot | None = None
        self._shown: Snapshot | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._unsubscribe: list[Callable[[], None]] = []
        self._rest: Callable[[float], None] = _tell_nobody
        self._cost_s = self._former_cost_s = 0.0
        self._quiet_until = 0.0
        self._is_due = False  # asking the timer costs more than all else that a snapshot in between does
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._emit)

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot, perhaps not painted yet; None before the first."""
        return self._newest

    def attach(self, manager: PositionManager) -> None:
        """Follow a manager; what it already knows is shown at once."""
        self.detach()
        self.manager = manager
        self._unsubscribe = [
            manager.subscribe("snapshot", self.publish),
            manager.subscribe("notice", self.notice.emit),
        ]
        self._rest = manager.rest
        self.publish(manager.snapshot)

    def detach(self) -> None:
        """Stop following; the last snapshot stays."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        self._rest = _tell_nobody

    def publish(self, snapshot: Snapshot) -> None:
        """Take a newer snapshot; it is shown as soon as the pace allows."""
        self._newest = snapshot
        if not self._is_due:
            self._is_due = True
            wait_s = self._quiet_until - time.perf_counter()
            self._timer.start(max(0, round(wait_s * 1000)))

    def painted(self, seconds: float) -> None:
        """A repaint took this long (the main window reports each): the pace follows the machine."""
        self._cost_s += seconds
        cost_s = min(self._cost_s, self._former_cost_s)
        gap_s = min(LONGEST_GAP_S, max(SHORTEST_GAP_S, COST_FACTOR * cost_s))
        self._quiet_until = time.perf_counter() + gap_s
        self._rest(gap_s)

    def _emit(self) -> None:
        self._is_due, newest = False, self._newest
        if newest is None or newest is self._shown:
            return
        self._shown = newest
        self._former_cost_s, self._cost_s = self._cost_s, 0.0
        started = time.perf_counter()
        self.frame.emit(newest)
        self.painted(time.perf_counter() - started)

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine from a slot. The task is kept alive; AppError goes to ``failed``, a bug to ``crashed``."""
        import asyncio  # after the first paint: it takes as long as the window itself

        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def finish(self, task: asyncio.Task[Any]) -> None:
        """End a task of ours and everything else that was started; their troubles no longer interest anybody."""
        import asyncio  # as above

        for running in {task, *self._tasks}:
            running.cancel()
        await asyncio.gather(task, *self._tasks, return_exceptions=True)

    async def finish_others(self, task: asyncio.Task[Any]) -> None:
        """End everything that was started but for one task, which goes on."""
        import asyncio  # as above

        others = [running for running in self._tasks if running is not task]
        for running in others:
            running.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        trouble = task.exception()
        if isinstance(trouble, AppError):
            self.failed.emit(trouble)
        elif trouble is not None:
            self.crashed.emit(trouble)


def _tell_nobody(seconds: float) -> None:
    """Without a manager nobody makes snapshots."""
