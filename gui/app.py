"""The desk's process: the window is painted first, then the loop and everything heavy are brought in.

``run`` owns QApplication, theme and loop. It builds nothing of the core itself: the manager comes from a factory that
main.py passes in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEventLoop, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from gui import language, theme
from gui.clothes import dress, set_scale
from gui.display import require_display
from gui.seat import Present, Seat
from gui.settings import WindowSettings

if TYPE_CHECKING:
    from gui.desk import Desk, MakeManager, OpenAccounts, Options
    from gui.main_window import MainWindow

FIRST_PAINT_WITHIN_MS = 5_000


def run(options: Options, make_manager: MakeManager, open_accounts: OpenAccounts | None = None) -> int:
    """Show the desk until it is closed.

    Args:
        make_manager: finds the exchange, asks for a key where it must, and loads the core; called once the window is
            painted, and again for another account.
        open_accounts: the stored accounts, asked for when the operator wants to choose another one.
    Returns:
        The process's exit code.
    Raises:
        StartupError: no display, or what ``make_manager`` could not do.
    """
    require_display()
    settings = WindowSettings(options.data_dir)
    set_scale(settings)
    app = make_application()
    language.speak(app, settings.word("language", language.SYSTEM))
    dress(app, settings)
    seat = Seat(options.environment, options.account, settings)
    present = Present(seat)
    before, sys.excepthook = sys.excepthook, present.report
    try:
        seat.window.show()
        wait_for_first_paint(seat.window)
        return _live(app, partial(_desk, present, options, settings, make_manager, open_accounts))
    finally:
        present.seat.window.hide()
        sys.excepthook = before


def make_application() -> QApplication:
    """The application object with the bundled fonts, or the one that exists."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else theme.make_application("quarterdeck")
    app.setApplicationName("quarterdeck")
    app.setApplicationDisplayName("Quarterdeck")
    app.setDesktopFileName("quarterdeck")
    # Otherwise closing a dialog could stop the loop under a coroutine.
    app.setQuitOnLastWindowClosed(False)
    theme.load_fonts()
    return app


def wait_for_first_paint(window: MainWindow) -> None:
    """Let Qt work until the window has painted once; a window that nobody exposes does not hold the start up."""
    waiting = QEventLoop()
    window.painted_once.connect(waiting.quit)
    QTimer.singleShot(FIRST_PAINT_WITHIN_MS, Qt.TimerType.CoarseTimer, waiting.quit)
    waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def _live(app: QApplication, make_desk: Callable[[], Desk]) -> int:
    """Run the loop. asyncio and qasync are only imported here: together they weigh as much as the window."""
    import asyncio

    import qasync

    async def live() -> int:
        return await make_desk().run()

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(live())


def _desk(
    present: Present,
    options: Options,
    settings: WindowSettings,
    make_manager: MakeManager,
    open_accounts: OpenAccounts | None,
) -> Desk:
    """The desk at its first seat; made on the loop, after the first paint."""
    from gui.desk import Desk

    return Desk(present, options, settings, make_manager, open_accounts)
