"""The desk on its loop: one window over one account at a time, until the operator leaves.

Another account gets a window, a bridge and a manager of its own, made when everything of the one before is put away:
nothing that was shown, asked or recorded of one can turn up under the other's name.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from core.errors import AppError, StoreError
from core.files import replace_file
from gui.leaving import see_off
from gui.models.commands import in_flight
from gui.picture import as_png
from gui.seat import Present, Seat
from gui.text import translate

if TYPE_CHECKING:
    from pathlib import Path

    from core.accounts import Accounts, Prover
    from core.manager import PositionManager
    from gui.bridge import Bridge
    from gui.dialogs.accounts import AccountsDialog, Choice
    from gui.main_window import MainWindow
    from gui.settings import WindowSettings

    MakeManager = Callable[[MainWindow, Bridge], Awaitable[PositionManager]]
    OpenAccounts = Callable[[], Awaitable[Accounts]]

log = logging.getLogger(__name__)
_NEW_WORDS: Final = "new words"
# The exit code of a desk that wants to be started again, as sysexits' "try again".
RESTART: Final = 75
_AGAIN_S: Final = 0.5


class Options(Protocol):
    """What the desk needs to know from the command line. Environment and account change with the operator's choice."""

    environment: str
    account: str
    data_dir: Path | None
    screenshot: Path | None
    after: float


class Desk:
    """The whole life of the desk.

    Args:
        present: the first seat; its window is painted already.
        make_manager: finds the exchange that the options name, asks for a key where it must, and loads the core.
        open_accounts: the stored accounts; without them no other account can be chosen.
    """

    def __init__(
        self,
        present: Present,
        options: Options,
        settings: WindowSettings,
        make_manager: MakeManager,
        open_accounts: OpenAccounts | None = None,
    ) -> None:
        self._present = present
        self._options = options
        self._settings = settings
        self._make_manager = make_manager
        self._open_accounts = open_accounts
        self._leaving = asyncio.Event()
        self._left_with = 0
        self._wanted: asyncio.Queue[Choice | str | None] = asyncio.Queue()
        self._sit_down(present.seat)

    @property
    def _seat(self) -> Seat:
        return self._present.seat

    async def run(self) -> int:
        """Until the operator quits or the screenshot is taken. Returns the process's exit code, RESTART to come back.

        Raises:
            AppError: what ``make_manager`` could not do at the start, or on the way back from another account.
        """
        _on_sigterm(self._leave)
        log.info("the desk is up: %s, account %s", self._options.environment, self._options.account)
        manager = await self._make()
        # What was imported stays for good: later collections need not look at it (a full pass would stop the window).
        gc.collect()
        gc.freeze()
        while manager is not None:
            chosen = await self._work(manager)
            if isinstance(chosen, int):
                return chosen
            manager = await self._change(chosen)
        return self._left_with

    def _leave(self) -> None:
        self._leaving.set()
        self._wanted.put_nowait(None)

    def _restart(self) -> None:
        self._left_with = RESTART
        self._leave()

    def _sit_down(self, seat: Seat) -> None:
        seat.window.quit_asked.connect(self._leave)
        seat.window.restart_asked.connect(self._restart)
        seat.window.accounts_asked.connect(self._on_accounts_asked)
        seat.window.language_changed.connect(lambda: self._wanted.put_nowait(_NEW_WORDS))
        asyncio.get_running_loop().set_exception_handler(seat.on_loop_trouble)

    async def _make(self) -> PositionManager | None:
        """The manager of what the options name; None when the operator left meanwhile."""
        making = asyncio.ensure_future(self._make_manager(self._seat.window, self._seat.bridge))
        until_left = asyncio.ensure_future(self._leaving.wait())
        either: set[asyncio.Future[Any]] = {making, until_left}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        until_left.cancel()
        if not making.done():
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)
            return None
        manager = making.result()
        self._seat.window.show_account(self._options.account)  # another one may have been chosen
        self._seat.window.comfort.prover = await self._prover()
        return manager

    async def _prover(self) -> Prover | None:
        """Who unlocks the desk when it was left alone; nobody has to on paper."""
        if self._open_accounts is None or self._options.environment == "paper":
            return None
        accounts = await self._open_accounts()
        account = accounts.find(self._options.environment, self._options.account)
        return None if account is None else accounts.prover(account)

    async def _work(self, manager: PositionManager) -> int | Choice:
        """Follow one account until the operator leaves it. It is put away before this returns."""
        first = self._seat.bridge
        first.attach(manager)
        running = first.start(manager.run())
        try:
            if self._options.screenshot is not None:
                return await self._take_picture(self._options.screenshot)
            return await self._until_left(manager, running)
        finally:
            if self._leaving.is_set() or self._options.screenshot is not None:
                self._seat.window.hide()
            self._seat.bridge.detach()
            for bridge in {first, self._seat.bridge}:
                await bridge.finish(running)
            await manager.close()

    async def _until_left(self, manager: PositionManager, running: asyncio.Task[Any]) -> int | Choice:
        """Commands under way get their verdict, or are in the journal as unknown, before the account is left."""
        while True:
            choice = await self._wanted.get()
            if isinstance(choice, str):
                await self._write_anew(manager, running)
                continue
            title = "" if choice is None else translate("Leaving", "Leaving this account")
            if await see_off(self._seat.window, self._seat.bridge, manager, title=title):
                return self._left_with if choice is None else choice
            self._leaving.clear()
            self._left_with = 0

    async def _take_picture(self, file: Path) -> int:
        """Wait, save the window as PNG, and say with the exit code whether that worked."""
        try:
            async with asyncio.timeout(self._options.after):
                await self._leaving.wait()
        except TimeoutError:
            pass
        try:
            await asyncio.to_thread(replace_file, file, as_png(self._seat.window))
        except StoreError as error:
            log.warning("the picture could not be saved: %s", error)
            return 1
        return 0

    async def _write_anew(self, manager: PositionManager, running: asyncio.Task[Any]) -> None:
        """Sit down at a window in the language that is spoken now, before the same manager, which goes on.

        Later, while a command is under way: its dialog tells what becomes of it.
        """
        if in_flight(manager.snapshot):
            asyncio.get_running_loop().call_later(_AGAIN_S, self._wanted.put_nowait, _NEW_WORDS)
            return
        left = self._seat
        await left.bridge.finish_others(running)
        self._present.seat = left.next(self._options.environment, self._options.account, self._settings)
        self._sit_down(self._seat)
        left.hand_over(self._seat)
        self._seat.window.comfort.prover = left.window.comfort.prover
        self._seat.bridge.attach(manager)
        left.leave()

    # ---- another account ------------------------------------------------------------------------------------------

    def _on_accounts_asked(self) -> None:
        if self._open_accounts is not None and self._seat.bridge.manager is not None:
            ask = partial(self._ask, self._open_accounts)
            self._seat.window.comfort.unlocked(lambda: self._seat.bridge.start(ask()))

    async def _ask(self, open_accounts: OpenAccounts) -> None:
        """Let the operator choose; the desk below goes on meanwhile."""
        accounts = await open_accounts()
        self._seat.window.opener.accounts(accounts, self._options.environment, self._options.account, self._on_chosen)

    def _on_chosen(self, dialog: AccountsDialog) -> None:
        if dialog.choice is not None:
            self._wanted.put_nowait(dialog.choice)

    async def _change(self, choice: Choice) -> PositionManager | None:
        """Sit down at another account; back to the one before when that cannot be, and say why."""
        before = (self._options.environment, self._options.account)
        log.info("another account: %s, %s", choice.environment, choice.account)
        try:
            return await self._move(*choice)
        except AppError as error:
            log.warning("the account could not be opened: %s", error)
            manager = await self._move(*before)
            self._seat.bridge.failed.emit(error)
            return manager

    async def _move(self, environment: str, account: str) -> PositionManager | None:
        self._options.environment, self._options.account = environment, account
        left = self._seat
        self._present.seat = left.next(environment, account, self._settings)
        self._sit_down(self._seat)
        left.leave()
        return await self._make()


def _on_sigterm(leave: Callable[[], None]) -> None:
    """A polite end for ``kill`` too; Windows has no such signal."""
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
