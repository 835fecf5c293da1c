"""The store's place on disk: one private folder per environment and account, and space held back for the journal.

It knows nothing of SQL; how a file is written whole is core.files.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from msgspec import Struct

from core.errors import StoreError
from core.files import OTHERS, create_private

BALLAST_BYTES = 16 * 1024 * 1024

# A write-ahead log needs shared memory and locks that these do not give.
_NETWORK_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "davfs", "fuse.sshfs", "fuse.rclone"}
)
_DRIVE_REMOTE = 4


class Place(Struct, frozen=True):
    """Where one account's store lives. ``ledger`` names the exchange's own books ("" when not known).

    Two ledgers never share a file: a paper exchange that starts anew uses the same execution ids for other fills.
    """

    folder: Path
    environment: str
    account: str
    ledger: str = ""

    @property
    def database(self) -> Path:
        """The database; SQLite keeps ``-wal`` and ``-shm`` beside it."""
        return self.folder / "desk.db"

    @property
    def lock(self) -> Path:
        """The lock of the one instance that may write."""
        return self.folder / "desk.lock"

    @property
    def ballast(self) -> Path:
        """Space that is given up when the disk is full."""
        return self.folder / "ballast"

    @property
    def backups(self) -> Path:
        """Daily copies and the ones made before migrations."""
        return self.folder / "backups"

    @property
    def quarantine(self) -> Path:
        """Damaged files, moved aside and never deleted."""
        return self.folder / "quarantine"

    @property
    def archive(self) -> Path:
        """Whole files of earlier ledgers."""
        return self.folder / "archive"


def place_of(data_folder: Path, environment: str, account: str, ledger: str = "") -> Place:
    """The place of an account. Any account name is fine: the folder's is made of safe characters and a digest.

    The digest keeps ``Main`` and ``main`` apart where the file system does not.
    """
    # Half a surrogate pair is no character: no file can hold it.
    account = account.encode("utf-8", "backslashreplace").decode()
    digest = hashlib.sha256(f"{environment}\0{account}".encode()).hexdigest()[:8]
    name = re.sub(r"[^0-9A-Za-z]+", "_", account)[:24].strip("_")
    return Place(data_folder / "accounts" / f"{environment}-{name}-{digest}", environment, account, ledger)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; an existing one is closed to others.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sys.platform != "win32" and folder.stat().st_mode & OTHERS:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError("read_only", path=str(folder), reason=error.strerror or "") from error


def refuse_network_share(folder: Path) -> None:
    """A database on a network share is torn sooner or later: say so before writing anything.

    Raises:
        StoreError: the folder lies on a share.
    """
    system = _network_system(folder)
    if system:
        raise StoreError("network_share", path=str(folder), filesystem=system)


def _network_system(folder: Path) -> str:
    """The name of the network file system below a folder, or "" (also where nobody can tell)."""
    if sys.platform == "win32":
        import ctypes

        drive = folder.absolute().drive
        is_share = drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE
        return "network drive" if is_share else ""
    mounts = Path("/proc/self/mountinfo")
    if not mounts.exists():
        return ""
    return network_system(mounts.read_text(encoding="utf-8", errors="replace"), folder)


def network_system(mountinfo: str, folder: Path) -> str:
    """The network file system that a folder lies on, from the text of Linux' mountinfo; "" for a local one."""
    best, found = -1, ""
    resolved = folder.resolve()
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        if not after:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m.group(1), 8)), before.split()[4]))
        if resolved.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), after.split()[0]
    return found if found in _NETWORK_SYSTEMS else ""


class Ballast:
    """A file that holds space back, so that on a full disk the journal can still be written."""

    def __init__(self, file: Path, size: int = BALLAST_BYTES) -> None:
        self._file = file
        self._size = size

    @property
    def is_whole(self) -> bool:
        """Whether the space is held."""
        return self._file.exists() and self._file.stat().st_size >= self._size

    def fill(self) -> bool:
        """Hold the space, unless that would leave less free than it holds. Returns whether it is held now.

        The bytes are random: a file system that compresses or skips zeros would hold nothing.
        """
        if self.is_whole:
            return True
        try:
            if free_bytes(self._file.parent) < 2 * self._size:
                return False
            create_private(self._file)
            self._file.write_bytes(os.urandom(self._size))
        except OSError:
            self.release()
            return False
        return True

    def release(self) -> bool:
        """Give the space up. Returns whether there was any."""
        try:
            had_some = self._file.exists() and self._file.stat().st_size > 0
            self._file.unlink(missing_ok=True)
        except OSError:
            return False
        return had_some


def free_bytes(folder: Path) -> int:
    """Space that this user may still fill."""
    return shutil.disk_usage(folder).free
