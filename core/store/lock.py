"""One instance per account: a lock of the operating system, which vanishes with the process however it ends.

No stale locks: after kill -9 the next start gets it at once, and a process id that another program uses now means
nothing. The file stays; it holds the owner's process id for whoever is refused.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from core.errors import StoreError
from core.files import create_private

# Windows locks bytes against reading as well: lock one that nobody reads.
_LOCKED_BYTE = 1 << 30


class InstanceLock:
    """Held from construction to ``release``.

    Raises:
        StoreError: ``already_running`` with the owner's ``pid`` (0 when it is not known), or ``read_only``.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            create_private(file)
            self._handle = os.open(file, os.O_RDWR)
        except OSError as error:
            raise StoreError("read_only", path=str(file.parent), reason=error.strerror or "") from error
        try:
            _take(self._handle)
        except OSError as error:
            os.close(self._handle)
            raise StoreError("already_running", path=str(file.parent), pid=_owner(file)) from error
        os.ftruncate(self._handle, 0)
        os.write(self._handle, str(os.getpid()).encode())

    def release(self) -> None:
        """Let another instance in; safe twice."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    @property
    def is_held(self) -> bool:
        """Whether this process may write."""
        return self._handle >= 0


def _owner(file: Path) -> int:
    """The process id in a lock file."""
    try:
        text = file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(text) if text.isascii() and text.isdigit() else 0


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _take(handle: int) -> None:
        # flock, not fcntl's record locks: those vanish when any handle of the file is closed.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
