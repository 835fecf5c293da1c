"""Files that are there as a whole or not at all, and for their owner alone before anything is in them.

A process that is killed at any moment leaves the file of before or the new one under the final name, and at most a
hidden ``.name.….part`` beside it. What is written is the caller's business.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from core.errors import StoreError

OTHERS = 0o077  # the bits of a mode that let anybody else in


def from_home(name: str) -> Path:
    """The path of a name with its ``~`` filled in; as it stands where nobody's home is meant by that."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def create_private(file: Path) -> None:
    """Make an empty file for its owner alone, or close an existing one to others, before anything is written to it."""
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    if sys.platform != "win32" and file.stat().st_mode & OTHERS:
        file.chmod(0o600)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut. Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(file: Path) -> None:
    """Make a file's content survive a power cut."""
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(part: Path, file: Path) -> None:
    """Turn a finished part into the file that others see, at one stroke."""
    sync_file(part)
    part.replace(file)
    sync_folder(file.parent)


class WholeFile:
    """One file on its way: ``write``, then ``publish``, or ``discard``.

    Raises:
        StoreError: ``file_exists`` without ``overwrite``; ``not_written``. What was there before stays.
    """

    def __init__(self, file: Path, *, overwrite: bool = False) -> None:
        self._file = file
        self._part = file.with_name(f".{file.name}.{os.urandom(4).hex()}.part")
        if not overwrite and file.exists():
            raise StoreError("file_exists", path=str(file))
        with self._translated():
            handle = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
            self._target = os.fdopen(handle, "wb")

    def write(self, content: bytes) -> None:
        """Append to what nobody sees yet."""
        with self._translated():
            self._target.write(content)

    def publish(self) -> None:
        """Make it the file that others see."""
        with self._translated():
            self._target.close()
            publish(self._part, self._file)

    def discard(self) -> None:
        """Leave nothing behind, unless it has been published; safe twice."""
        with contextlib.suppress(OSError):
            self._target.close()
            self._part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError("not_written", path=str(self._file), reason=error.strerror or "") from error


def replace_file(file: Path, content: bytes) -> None:
    """Put a small file in the place of another, or of none. Raises StoreError ``not_written``."""
    target = WholeFile(file, overwrite=True)
    try:
        target.write(content)
        target.publish()
    finally:
        target.discard()
