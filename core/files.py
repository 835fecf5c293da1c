"""Writing a small file as a whole or not at all. Large ones are streamed by core.store.files."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(file: Path, content: bytes) -> None:
    """Write beside the file, bring it to the disk, then take its place; private from the start.

    Raises:
        OSError: it could not be written; what was there before stays.
    """
    import tempfile  # not before the first paint

    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
