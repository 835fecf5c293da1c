"""What the window remembers, over the desk's settings file: layout, columns, clothes. Qt's bytes are kept as base64.

It knows no file format and checks nothing: that is core.settings.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QByteArray

from core.errors import StoreError
from core.settings import Settings


class WindowSettings:
    """Typed access to ``settings.json`` in the data folder. Without a folder nothing is kept (tests, benchmarks).

    Raises:
        StartupError: the file is there and does not fit.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._settings = Settings(folder / "settings.json" if folder else None)

    def blob(self, name: str) -> QByteArray | None:
        """Bytes that Qt made, None if there are none. Qt refuses bytes that are not its own."""
        value = self._settings.get(name)
        return QByteArray.fromBase64(value.encode()) if value else None

    def get(self, name: str) -> Any:
        """A value as the file has it, None when nobody set it."""
        return self._settings.get(name)

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        return bool(self._settings.get(name, default))

    def word(self, name: str, default: str) -> str:
        """A word."""
        return str(self._settings.get(name, default))

    def amount(self, name: str, default: str) -> Decimal:
        """An amount that is kept as text."""
        return Decimal(self._settings.get(name, default))

    def count(self, name: str, default: int) -> int:
        """A whole number."""
        return int(self._settings.get(name, default))

    @property
    def is_kept(self) -> bool:
        """Whether there is a file behind it."""
        return self._settings.has_file

    def keep(self, name: str, value: QByteArray | bool | int | str) -> None:
        """Set one value; ``flush`` brings it to the disk."""
        self._settings.put(name, bytes(value.toBase64().data()).decode() if isinstance(value, QByteArray) else value)

    def flush(self) -> None:
        """Bring everything to the disk now; a full disk costs the layout, not the desk."""
        try:
            self._settings.save()
        except StoreError as error:
            import logging  # not before the first paint

            logging.getLogger(__name__).warning("settings were not saved: %s", error)
