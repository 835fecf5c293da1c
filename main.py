"""Quarterdeck's command line: reads arguments, then runs the desk, or prints one reading and leaves.

Nothing heavy is imported here: the window is painted before ccxt is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.ambient import forget
from core.data_folder import prepare
from core.errors import AppError, StartupError

if TYPE_CHECKING:
    from core.accounts import Accounts
    from core.bybit import Connection
    from core.manager import PositionManager
    from core.model import AuditEvent, Snapshot
    from core.paper_process import PaperProcess
    from core.store.store import Store
    from core.vault import StoredAccount

    # The stored accounts, environment and name → the account to use, its secret opened.
    SignIn = Callable[[Accounts, str, str], Awaitable[StoredAccount]]

ENVIRONMENTS = ("paper", "demo", "testnet", "live")
EXIT_TROUBLE = 2
BASELINE_WITHIN_S = 30.0
HICCUP_MS = 10_000
PR_SET_DUMPABLE = 4  # <linux/prctl.h>


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="quarterdeck", description="A desktop position desk for Bybit perpetuals.")
    parser.add_argument("environment", nargs="?", choices=ENVIRONMENTS, default="paper")
    parser.add_argument("--account", default="Main", help="name of the stored account (default: Main)")
    parser.add_argument("--data-dir", type=Path, help="where settings and logs are kept")
    parser.add_argument("--log-level", choices=("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
    parser.add_argument("--print", action="store_true", dest="print_once", help="no window: print one reading as JSON")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save the window as PNG, then exit")
    parser.add_argument("--after", type=float, default=5.0, metavar="SECONDS", help="when to take the screenshot")
    audit = parser.add_argument_group("audit trail")
    audit.add_argument("--verify-audit", action="store_true", help="no window: check the account's audit trail")
    audit.add_argument("--export-audit", type=Path, metavar="FILE", help="no window: write it as JSON lines")
    paper = parser.add_argument_group("paper exchange")
    paper.add_argument("--seed", type=int, default=7, help="the same seed gives the same market")
    paper.add_argument("--scenario", default="default")
    paper.add_argument("--connect", type=Path, metavar="FILE", help="use the running one whose ready line is in FILE")
    paper.add_argument("--port", type=int, default=0, help="port for the paper exchange (default: a free one)")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run; returns the exit code. Expected trouble is one sentence on stderr and exit code 2."""
    os.umask(0o077)
    forgotten = forget(os.environ)
    forbid_core_dumps()
    try:
        refuse_stray_arguments(sys.argv[1:] if argv is None else argv)
        options = arguments(argv)
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,32}", options.account):
            raise StartupError("bad_account_name", account=options.account[:40])
        options.data_dir = data_folder(options.data_dir)
        opened = prepare(options.data_dir)
        set_up_logging(options, forgotten, opened)
        if options.environment == "live":
            refuse_stray_secrets(options.data_dir)
        if options.verify_audit or options.export_audit:
            return audit_trail(options)
        return print_once(options) if options.print_once else run_desk(options)
    except AppError as error:
        print(sentence(error), file=sys.stderr)
        return EXIT_TROUBLE
    except KeyboardInterrupt:
        return 130


def sentence(error: AppError) -> str:
    """The error in the user's words; in plain ones when even Qt's smallest part cannot be loaded."""
    try:
        from gui.error_words import error as words
    except ImportError:
        return f"Quarterdeck cannot start: {error}. make run installs what is missing."
    return words(error)


def forbid_core_dumps() -> None:
    """A crash must not leave the process's memory, secrets included, in a file. Windows makes none by itself."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_tracing() -> None:
    """Before there is any secret: on Linux other programs of the same user can neither trace nor read the process.

    A program that the system pipes dumps into, which the limit does not bind, is given none either.
    """
    if sys.platform == "linux":
        import ctypes  # not before the first paint

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def refuse_stray_arguments(argv: list[str]) -> None:
    """Before they are parsed: a parser's complaint would repeat a key.

    Raises:
        StartupError: ``secret_in_arguments``.
    """
    from core.stray_secrets import check_arguments

    check_arguments(argv)


def refuse_stray_secrets(folder: Path) -> None:
    """Live keys come from the vault alone.

    Raises:
        StartupError: one lies in the environment or in the settings file.
    """
    from core.settings import Settings
    from core.stray_secrets import check_environment, check_settings

    check_environment(os.environ)
    check_settings(Settings(folder / "settings.json").names)


def data_folder(chosen: Path | None) -> Path:
    """Where everything of the desk is kept: as chosen, or where the platform keeps a user's data."""
    if chosen is None:
        import platformdirs

        chosen = platformdirs.user_data_path("quarterdeck", appauthor=False)
    return chosen.expanduser().absolute()


def set_up_logging(options: argparse.Namespace, forgotten: tuple[str, ...], opened: tuple[Path, ...]) -> None:
    """Log into the data folder.

    Args:
        forgotten: variables of the environment that do not count.
        opened: what others could get at until a moment ago.
    Raises:
        StartupError: the log file cannot be written.
    """
    from core.logs import set_up

    try:
        set_up(options.data_dir / "logs", options.log_level)
    except OSError as error:
        raise StartupError("data_folder", path=str(options.data_dir), reason=error.strerror) from error
    import logging

    if forgotten:
        logging.getLogger(__name__).info("not taken from the environment: %s", ", ".join(forgotten))
    if opened:
        said = "others could get at %s and %d more of the desk's files until now: closed to them"
        logging.getLogger(__name__).warning(said, opened[0], len(opened) - 1)


def run_desk(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""
    import gc

    gc.disable()  # until everything is imported: its passes would take a tenth of the time to the first paint
    try:
        from gui.app import run
    except ImportError as error:
        raise StartupError("missing_library", library=str(error)) from error

    from gui.sign_in import sign_in

    with Exchange(options) as exchange:
        code = run(
            options,
            lambda window, bridge: exchange.make_manager(partial(sign_in, window, bridge)),
            exchange.accounts,
        )
    from gui.desk import RESTART

    return start_again(options) if code == RESTART else code


def start_again(options: argparse.Namespace) -> int:
    """Become the same desk anew, on the account that was looked at last; everything of this one is put away."""
    import logging
    import subprocess

    from gui.clothes import forget_scale

    forget_scale()
    given: dict[str, object] = {
        "account": options.account, "data-dir": options.data_dir, "log-level": options.log_level, "seed": options.seed,
        "scenario": options.scenario, "connect": options.connect, "port": options.port,
    }  # fmt: skip
    parts = [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]
    command = [sys.executable, str(Path(__file__).resolve()), options.environment, *parts]
    logging.getLogger(__name__).info("starting again")
    logging.shutdown()
    if sys.platform != "win32":
        become: Callable[[str, list[str]], object] = os.execv
        become(sys.executable, command)
    else:  # it has no way to become another program
        subprocess.Popen(command)  # noqa: S603 - ourselves
    return 0


def audit_trail(options: argparse.Namespace) -> int:
    """Check the audit trail of an account, and write it out when asked; 1 when it was tampered with.

    Raises:
        StoreError: there is no history, or its file cannot be used; the target exists already.
        SecretsUnavailable: ``vault_unreadable``.
    """
    from core.store import trail
    from core.store.files import place_of
    from gui.audit_words import verdict as words

    place = place_of(options.data_dir, options.environment, history_name(options))
    if options.export_audit is None:
        found = trail.verify(place.database)
    else:
        found = trail.export(place.database, options.export_audit.expanduser().absolute())
    print(words(found.rows, found.broken_at, found.is_whole))
    return 0 if found.is_whole and found.broken_at is None else 1


def history_name(options: argparse.Namespace) -> str:
    """Under which name the history of an account is kept; no secret is needed to know it."""
    if options.environment == "paper":
        return str(options.account)
    from core.clock import SystemClock
    from core.vault import Vault

    account = Vault(options.data_dir, None, SystemClock().now_ms).find(options.environment, options.account)
    return str(options.account) if account is None else account.history_name


def print_once(options: argparse.Namespace) -> int:
    """Connect, take one complete baseline, print it."""
    import asyncio

    with Exchange(options) as exchange:
        document = asyncio.run(exchange.read_once())
    json.dump(document, sys.stdout, indent=2)
    print()
    return 0


class Exchange:
    """Where the desk's exchange is: a paper process of its own, the one that ``--connect`` names, or Bybit itself.

    The options say which, and may say something else when the operator has chosen another account.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._own: PaperProcess | None = None
        self._manager: PositionManager | None = None
        self._untold: list[AuditEvent] = []
        self._accounts: Accounts | None = None
        self._account: StoredAccount | None = None

    def __enter__(self) -> Exchange:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._own.close()

    async def make_manager(self, sign_in: SignIn) -> PositionManager:
        """A manager that keeps a history on disk, ready to run.

        Raises:
            StartupError: there is no exchange to talk to, or no key.
            StoreError: another desk runs on this account, or its file cannot be used.
        """
        self._manager, self._untold = None, []
        import asyncio

        locate = await self._load(sign_in)
        from core.clock import SystemClock
        from core.guard_config import guards_of
        from core.manager import PositionManager
        from core.recorder import Recorder
        from core.settings import Settings, paces_of
        from core.sync import ledger_of

        # Settings first: once the history is open and locked, nothing may fail any more.
        options = self._options
        settings = Settings(options.data_dir / "settings.json")
        recorder = Recorder(self._open_store, SystemClock())
        await recorder.use(ledger_of(await locate()))
        manager = PositionManager(
            locate,
            environment=options.environment,
            account=options.account,
            recorder=recorder,
            guard_settings=guards_of(settings.get),
        )
        manager.set_pace(**paces_of(settings.get))
        watch_bot_file(manager, settings.get("bot_file", ""))
        self._manager = manager
        for line in self._untold:
            manager.tell(line)
        if self._account is not None:
            manager.tell(signed_in(self._account))
        if options.environment != "paper" and self._own is not None:
            own, self._own = self._own, None
            await asyncio.to_thread(own.close)
        return manager

    async def accounts(self) -> Accounts:
        """The stored accounts; opened secrets and accounts of this session stay known while the desk runs.

        Raises:
            SecretsUnavailable: ``vault_unreadable``.
        """
        if self._accounts is None:
            import asyncio
            import importlib

            await asyncio.to_thread(importlib.import_module, "core.accounts")
            from core.accounts import open_accounts
            from core.clock import SystemClock

            self._accounts = await open_accounts(self._options.data_dir, SystemClock())
        return self._accounts

    async def _open_store(self, ledger: str) -> Store:
        from core.store.files import place_of
        from core.store.store import Store

        options = self._options
        name = options.account if self._account is None else self._account.history_name
        place = place_of(options.data_dir, options.environment, name, ledger)
        return await Store.open(place, tell=self._tell)

    def _tell(self, line: AuditEvent) -> None:
        """Damage, restored copies and a full disk: to the operator, as soon as there is a manager to tell."""
        if self._manager is None:
            self._untold.append(line)
        else:
            self._manager.tell(line)

    async def _load(self, sign_in: SignIn) -> Callable[[], Awaitable[Connection]]:
        """Find the exchange, and load ccxt and the rest on a thread; returns how to find it again.

        Raises:
            StartupError: a key for live lies where others can read it; see refuse_stray_secrets.
        """
        import asyncio

        self._account = None
        forbid_tracing()
        if self._options.environment == "live":
            refuse_stray_secrets(self._options.data_dir)
        if self._options.environment != "paper":
            await asyncio.to_thread(load_core)
            return await self._sign_in(sign_in)
        locate = self._locate()
        if self._own is None:
            await locate()
            await asyncio.to_thread(load_core)
        else:
            # The exchange gets ready while we load; neither waits for the other.
            await asyncio.gather(locate(), asyncio.to_thread(load_core))
        return locate

    async def _sign_in(self, sign_in: SignIn) -> Callable[[], Awaitable[Connection]]:
        """Bybit, with a key from the vault; the account that was chosen counts from now on."""
        options = self._options
        accounts = await self.accounts()
        account = await sign_in(accounts, options.environment, options.account)
        options.account, self._account = account.name, account
        connection = await accounts.connection(account)

        async def locate() -> Connection:
            return connection

        return locate

    def _locate(self) -> Callable[[], Awaitable[Connection]]:
        from core.paper_process import PaperProcess, located_by_file

        options = self._options
        if options.connect is None:
            if self._own is None:
                self._own = PaperProcess(seed=options.seed, scenario=options.scenario, port=options.port)
            return self._own.locate
        read = located_by_file(options.connect)

        async def locate() -> Connection:
            return read()

        return locate

    async def read_once(self) -> dict[str, object]:
        """One complete reading of the account as a JSON document.

        Raises:
            StartupError: the exchange did not answer in time; names the last cause.
        """
        import asyncio

        from core.accounts import unattended

        locate = await self._load(unattended)
        from core.manager import PositionManager
        from core.report import document

        manager = PositionManager(locate, environment=self._options.environment, account=self._options.account)
        running = asyncio.create_task(manager.run())
        try:
            snapshot = await manager.until(lambda s: s.links.is_live or has_given_up(s), BASELINE_WITHIN_S)
        except TimeoutError:
            snapshot = manager.snapshot
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        links = snapshot.links
        if not links.is_live:
            cause = next((x.detail for x in (links.rest, links.private, links.tickers) if x.detail), "no answer")
            raise StartupError("exchange_unreachable", reason=cause)
        return document(snapshot)


def signed_in(account: StoredAccount) -> AuditEvent:
    """A line for the audit trail: with which key, and which warnings about it the operator has acknowledged (P40)."""
    from core.clock import SystemClock
    from core.model import AuditEvent

    read = ", ".join(one.warning for one in account.acknowledged)
    details = {"key": f"{account.api_key[:4]}…", "warnings": read} if read else {"key": f"{account.api_key[:4]}…"}
    code = "signed_in_warned" if read else "signed_in"
    return AuditEvent(ts_ms=SystemClock().now_ms(), code=code, details=details)


def watch_bot_file(manager: PositionManager, file: str) -> None:
    """Follow the bot's positions.json that the settings name; "" for none."""
    from core.files import from_home

    manager.bot_files.watch(from_home(file) if file else None)


def has_given_up(snapshot: Snapshot) -> bool:
    """Whether the exchange refuses us or has been out of reach since the start for longer than a hiccup."""
    rest = snapshot.links.rest
    return rest.state == "refused" or (rest.state == "lost" and snapshot.as_of_ms - rest.since_ms > HICCUP_MS)


def load_core() -> None:
    """Import what the manager needs. The collector is off meanwhile: its passes would stop the window for 70 ms."""
    import gc
    import importlib

    gc.disable()
    try:
        importlib.import_module("core.manager")
    finally:
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
