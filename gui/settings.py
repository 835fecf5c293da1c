"""What the window remembers: layout, columns, clothes. One file in the data folder, nothing in a registry.

A missing, unreadable or outdated file means defaults; it never stops the desk.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PyQt6.QtCore import QByteArray, QSettings

_VERSION: Final = 1


class WindowSettings:
    """Typed access to ``window.ini``. Without a folder nothing is kept (tests, benchmarks)."""

    def __init__(self, folder: Path | None) -> None:
        self._store = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat) if folder else None
        if self._store is not None and self._int("version", _VERSION) != _VERSION:
            self._store.clear()

    def _int(self, name: str, default: int) -> int:
        value = self._store.value(name, default) if self._store is not None else default
        return int(value) if str(value).isdigit() else default

    def blob(self, name: str) -> QByteArray | None:
        """Bytes that Qt made, None if there are none."""
        value = self._store.value(name) if self._store is not None else None
        return value if isinstance(value, QByteArray) else None

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        value = self._store.value(name) if self._store is not None else None
        return default if value is None else str(value).lower() == "true"

    def word(self, name: str, default: str) -> str:
        """A word."""
        value = self._store.value(name) if self._store is not None else None
        return value if isinstance(value, str) else default

    def keep(self, name: str, value: QByteArray | bool | str) -> None:
        """Write one value; Qt brings it to the disk when it is quiet or at the end."""
        if self._store is not None:
            self._store.setValue("version", _VERSION)
            self._store.setValue(name, "true" if value is True else "false" if value is False else value)

    def flush(self) -> None:
        """Bring everything to the disk now."""
        if self._store is not None:
            self._store.sync()
