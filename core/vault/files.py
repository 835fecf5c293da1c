"""The vault's small files: read with a limit, written whole or not at all, with the vault's own words for trouble."""

from __future__ import annotations

from pathlib import Path

from core.errors import SecretsUnavailable, StoreError
from core.files import replace_file

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
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(file, content)
    except OSError as error:
        raise _not_written(file, error.strerror) from error
    except StoreError as error:
        raise _not_written(file, error.details["reason"]) from error


def _not_written(file: Path, reason: object) -> SecretsUnavailable:
    return SecretsUnavailable("vault_not_written", path=str(file), reason=reason or "")


def unreadable(file: Path, reason: str) -> SecretsUnavailable:
    """The file is there and cannot be used; nothing was changed."""
    return SecretsUnavailable("vault_unreadable", path=str(file), reason=reason)
