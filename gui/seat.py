"""Where the operator sits: one window, its bridge and its crash reports, for one environment and account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from gui.bridge import Bridge
from gui.crash import CrashReporter
from gui.main_window import MainWindow

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType

    from gui.settings import WindowSettings


class Seat:
    """Nothing of it is used again for another account."""

    def __init__(self, environment: str, account: str, settings: WindowSettings) -> None:
        self.bridge = Bridge()
        self.window = MainWindow(self.bridge, environment, account, settings)
        self.reporter = CrashReporter(self.window)
        self.bridge.crashed.connect(self.reporter.report)

    def next(self, environment: str, account: str, settings: WindowSettings) -> Seat:
        """Another seat at the same place of the screen, shown; this one is still there."""
        self.window.keep_layout()
        seat = Seat(environment, account, settings)
        seat.window.show()
        return seat

    def hand_over(self, to: Seat) -> None:
        """What was started from here goes on; its troubles are told there."""
        self.bridge.crashed.disconnect(self.reporter.report)
        self.bridge.crashed.connect(to.bridge.crashed)
        self.bridge.failed.connect(to.bridge.failed)

    def leave(self) -> None:
        """Put the window away with everything that it shows."""
        self.bridge.detach()
        self.window.hide()
        self.window.deleteLater()

    def on_loop_trouble(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """For callbacks and tasks that nobody waits for."""
        trouble = context.get("exception")
        self.bridge.crashed.emit(trouble if trouble is not None else RuntimeError(context.get("message", "unknown")))


class Present:
    """The seat that is used now."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat

    def report(self, kind: type[BaseException], trouble: BaseException, where: TracebackType | None) -> None:
        """As ``sys.excepthook``, for exceptions in slots: PyQt would abort the process otherwise."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, trouble, where)
        else:
            self.seat.reporter.report(trouble)
