"""The desk's process: the window is painted first, then the loop and everything heavy are brought in.

``run`` owns QApplication, theme, loop and shutdown. It builds nothing of the core itself: the manager comes from a
factory that main.py passes in.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from PyQt6.QtCore import QEventLoop, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from gui import theme
from gui.bridge import Bridge
from gui.crash import CrashReporter
from gui.display import require_display
from gui.leaving import see_off
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.views.menu import chosen_tokens

if TYPE_CHECKING:
    import asyncio

    from core.manager import PositionManager

    MakeManager = Callable[[MainWindow, Bridge], Awaitable[PositionManager]]

FIRST_PAINT_WITHIN_MS = 5_000


class Options(Protocol):
    """What the desk needs to know from the command line."""

    environment: str
    account: str
    data_dir: Path | None
    screenshot: Path | None
    after: float


def run(options: Options, make_manager: MakeManager) -> int:
    """Show the desk until it is closed.

    Args:
        make_manager: finds the exchange, asks for a key where it must, and loads the core; called once the window is
            painted.
    Returns:
        The process's exit code.
    Raises:
        StartupError: no display, or what ``make_manager`` could not do.
    """
    require_display()
    app = make_application()
    settings = WindowSettings(options.data_dir)
    theme.apply(app, chosen_tokens(settings))
    bridge = Bridge()
    window = MainWindow(bridge, options.environment, options.account, settings)
    reporter = CrashReporter(window)
    bridge.crashed.connect(reporter.report)
    before, sys.excepthook = sys.excepthook, _hook(reporter)
    try:
        window.show()
        wait_for_first_paint(window)
        return _live(app, window, bridge, options, make_manager)
    finally:
        window.hide()
        sys.excepthook = before


def make_application() -> QApplication:
    """The application object with the bundled fonts, or the one that exists."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["quarterdeck"])
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


def _hook(reporter: CrashReporter) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """For exceptions in slots: PyQt would abort the process otherwise."""

    def report(kind: type[BaseException], trouble: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, trouble, where)
        else:
            reporter.report(trouble)

    return report


def _live(
    app: QApplication,
    window: MainWindow,
    bridge: Bridge,
    options: Options,
    make_manager: MakeManager,
) -> int:
    """Run the loop. asyncio and qasync are only imported here: together they weigh as much as the window."""
    import asyncio

    import qasync

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.get_loop().set_exception_handler(_exception_handler(bridge))
        return runner.run(_desk(window, bridge, options, make_manager))


def _exception_handler(bridge: Bridge) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """For callbacks and tasks that nobody waits for."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        trouble = context.get("exception")
        bridge.crashed.emit(trouble if trouble is not None else RuntimeError(context.get("message", "unknown")))

    return handle


async def _desk(window: MainWindow, bridge: Bridge, options: Options, make_manager: MakeManager) -> int:
    """The whole life of the desk on the loop; ends when the operator quits or the screenshot is taken."""
    import asyncio
    import logging

    leaving = asyncio.Event()
    window.quit_asked.connect(leaving.set)
    _leave_on_sigterm(leaving)
    until_left = asyncio.create_task(leaving.wait(), name="leaving")
    logging.getLogger(__name__).info("the desk is up: %s, account %s", options.environment, options.account)
    making = asyncio.ensure_future(make_manager(window, bridge))
    await asyncio.wait({making, until_left}, return_when=asyncio.FIRST_COMPLETED)
    if not making.done():
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
        return 0
    manager = making.result()
    window.show_account(options.account)  # another one may have been chosen
    # What was imported stays for good: later collections need not look at it (a full pass would stop the window).
    gc.collect()
    gc.freeze()
    bridge.attach(manager)
    running = bridge.start(manager.run())
    try:
        if options.screenshot is not None:
            return await _take_picture(window, options.screenshot, options.after, leaving)
        await until_left
        while not await see_off(window, bridge, manager):
            leaving.clear()
            await leaving.wait()
        return 0
    finally:
        window.hide()
        until_left.cancel()
        bridge.detach()
        await bridge.finish(running)
        await manager.close()


def _leave_on_sigterm(leaving: asyncio.Event) -> None:
    """A polite end for ``kill`` too; Windows has no such signal."""
    import asyncio
    import signal

    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leaving.set)


async def _take_picture(window: MainWindow, file: Path, after_s: float, leaving: asyncio.Event) -> int:
    """Wait, save the window as PNG, and say with the exit code whether that worked."""
    import asyncio

    try:
        async with asyncio.timeout(after_s):
            await leaving.wait()
    except TimeoutError:
        pass
    return 0 if window.grab().save(str(file), "PNG") else 1
