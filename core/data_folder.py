"""The folder that all of the desk lies in: made, or closed to others, before anything in it is read or written (S33).

It looks at owners and modes only. Windows keeps a user's data where nobody else gets in; nothing is done there.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from core.errors import StartupError
from core.files import OTHERS

# What the desk puts there. Anything else in the folder is somebody else's business and stays as it is.
_OWN = frozenset({"settings.json", "accounts.json", "secrets.sealed"})
# Names that other programs use as well: the desk's when everything in them is.
_OWN_WITHIN = {
    "logs": re.compile(r"quarterdeck\.log.*"),
    "accounts": re.compile(r"(paper|demo|testnet|live)-.+"),
}
_MAY_CHANGE = 0o022


def prepare(folder: Path) -> tuple[Path, ...]:
    """Make the folder for its owner alone; in one that exists, close what is the desk's to everybody else.

    Returns:
        What others could get at until now.
    Raises:
        StartupError: ``data_folder`` when it cannot be made or written, ``data_folder_foreign`` when something in it
            belongs to another user, ``data_folder_shared`` when others may write to it and it is not the desk's alone.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = () if sys.platform == "win32" else _close(folder)
    except OSError as error:
        raise StartupError("data_folder", path=str(folder), reason=error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartupError("data_folder", path=str(folder), reason="no permission to write")
    return opened


def _close(folder: Path) -> tuple[Path, ...]:
    """Whose it is comes first: a folder of somebody else is not changed at all."""
    mode = _mode_of(folder.resolve())
    entries = list(folder.iterdir())
    own = [entry for entry in entries if _is_own(entry)]
    is_alone = len(own) == len(entries)
    if mode & _MAY_CHANGE and not is_alone:
        raise StartupError("data_folder_shared", path=str(folder))
    closed = [path for entry in own for path in _close_entry(entry)]
    if not mode & OTHERS:
        return ()  # nobody could come near
    if is_alone:
        folder.chmod(stat.S_IMODE(mode) & ~OTHERS)
        closed.insert(0, folder)
    return tuple(closed)


def _is_own(entry: Path) -> bool:
    within = _OWN_WITHIN.get(entry.name)
    if within is None:
        return entry.name in _OWN or _is_left_over(entry.name)
    return entry.is_dir() and all(within.fullmatch(inner.name) for inner in entry.iterdir() if not inner.is_symlink())


def _close_entry(entry: Path) -> Iterator[Path]:
    """A link is not followed: what it leads to may be anybody's. What a running desk has just removed needs nothing."""
    if entry.is_symlink():
        return
    try:
        mode = _mode_of(entry)
        if mode & OTHERS:
            entry.chmod(stat.S_IMODE(mode) & ~OTHERS)
            yield entry
        inside = list(entry.iterdir()) if stat.S_ISDIR(mode) else []
    except FileNotFoundError:
        return
    for inner in inside:
        yield from _close_entry(inner)


def _mode_of(path: Path) -> int:
    found = path.lstat()
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        raise StartupError("data_folder_foreign", path=str(path))
    return found.st_mode


def _is_left_over(name: str) -> bool:
    """A file that was on its way when the desk was killed (core.files)."""
    return name.startswith(".") and name.endswith(".part")
