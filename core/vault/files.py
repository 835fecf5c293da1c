"""Small files for their owner alone, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from core.errors import SecretsUnavailable

MAX_BYTES = 1_000_000


def read(file: Path) -> bytes:
    """The content; empty when there is no such file.

    Raises:
        SecretsUnavailable: ``vault_unreadable``.
    """
    try:
        with file.open("rb") as source:
            content = source.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise unreadable(file, error.strerror or "cannot be opened") from error
    if len(content) > MAX_BYTES:
        raise unreadable(file, "larger than 1 MB")
    return content


def write(file: Path, content: bytes) -> None:
    """Replace the file at one stroke; closed to others before anything is in it.

    Raises:
        SecretsUnavailable: ``vault_not_written``; what was there before stays.
    """
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(handle)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SecretsUnavailable("vault_not_written", path=str(file), reason=error.strerror or "") from error


def unreadable(file: Path, reason: str) -> SecretsUnavailable:
    """The file is there and cannot be used; nothing was changed."""
    return SecretsUnavailable("vault_unreadable", path=str(file), reason=reason)
