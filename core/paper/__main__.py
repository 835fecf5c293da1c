"""``python -m core.paper``: run the paper exchange on loopback until told to stop.

Prints one JSON line when ready (addresses, key, control token), then serves. Expected trouble (port taken, unreadable
file, unknown scenario) is one sentence on standard error and exit code 1.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from core.paper.auth import new_key
from core.paper.clock import Clock
from core.paper.control import Control, ControlPort
from core.paper.engine import Exchange
from core.paper.fault_catalogue import CATALOGUE
from core.paper.server import LOOPBACK, PaperServer


class Trouble(Exception):
    """Expected trouble at the start; the text is for people."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(prog="python -m core.paper", description="A small Bybit v5 on this machine only.")
    found.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    found.add_argument("--seed", type=int, default=7, help="same seed, same prices and same bot")
    found.add_argument("--scenario", default="default", help="starting account and market")
    found.add_argument("--clock", choices=("real", "frozen"), default="real", help="frozen: prices and bot stand still")
    found.add_argument("--candles", type=Path, help="CSV of recorded candles to replay")
    found.add_argument("--positions-json", type=Path, help="file that the bot writes, in the older bot's format")
    found.add_argument("--exit-with-parent", action="store_true", help="stop when standard input ends")
    found.add_argument("--list-faults", action="store_true", help="name every fault and exit")
    return found


def main(argv: list[str] | None = None) -> int:
    """Run; the exit code."""
    options = parser().parse_args(argv)
    if options.list_faults:
        print_faults()
        return 0
    try:
        asyncio.run(serve(options))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def print_faults() -> None:
    """One line per fault: name, arguments with defaults, what it does."""
    for kind in CATALOGUE:
        args = ", ".join(f"{name}={json.dumps(value)}" for name, value in kind.args.items())
        print(f"{kind.name:<18} {kind.line}" + (f" ({args})" if args else ""))


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM, SIGINT or, if asked for, the end of standard input.

    Raises:
        Trouble: it could not start.
    """
    clock = Clock()
    server = PaperServer(_exchange(options, clock.now_ms()), clock)
    key = server.door.doorman.add(new_key("full", clock.now_ms()))
    control = ControlPort(Control(server))
    try:
        await server.start(options.port)
    except (OSError, OverflowError):
        raise Trouble(
            f"Port {options.port} on {LOOPBACK} is taken or not allowed; choose another with --port."
        ) from None
    await control.start()
    address = f"{LOOPBACK}:{server.port}"
    ready = {
        "rest": f"http://{address}",
        "ws": f"ws://{address}",
        "api_key": key.key,
        "api_secret": key.secret,
        "control": f"http://{LOOPBACK}:{control.port}",
        "control_token": control.token,
        "pid": os.getpid(),
    }
    stop = _listen_for_the_end(options.exit_with_parent)
    print(json.dumps(ready), flush=True)
    try:
        await _run_until(stop, server)
    finally:
        await control.stop()
        await server.stop()


def _exchange(options: argparse.Namespace, now_ms: int) -> Exchange:
    notes = options.positions_json
    if notes is not None and not notes.absolute().parent.is_dir():
        raise Trouble(f"There is no folder for {notes}.")
    try:
        return Exchange(
            options.scenario,
            options.seed,
            now_ms,
            frozen=options.clock == "frozen",
            candles=options.candles,
            positions_json=notes,
        )
    except OSError as exc:
        raise _unusable(exc) from None
    except ValueError as exc:
        raise Trouble(f"Cannot start: {' '.join(str(exc).split())}.") from None


def _unusable(exc: OSError) -> Trouble:
    return Trouble(f"Cannot use {exc.filename}: {exc.strerror}.")


def _listen_for_the_end(with_parent: bool) -> asyncio.Event:
    """An event that is set by SIGTERM, SIGINT or, if asked for, the end of standard input."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    if with_parent:
        threading.Thread(target=_watch_input, args=(loop, stop), daemon=True).start()
    return stop


async def _run_until(stop: asyncio.Event, server: PaperServer) -> None:
    running = asyncio.ensure_future(server.wait())
    stopping = asyncio.ensure_future(stop.wait())
    done, _ = await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    stopping.cancel()
    if running in done:
        try:
            running.result()  # an error of ours: let it be seen
        except OSError as exc:  # the bot's file cannot be written any more
            raise _unusable(exc) from None


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait for the end of standard input: the parent has gone, however it went."""
    # not through sys.stdin: its lock, held here, would end the interpreter with a fatal error
    while os.read(0, 4096):
        continue
    loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    sys.exit(main())
