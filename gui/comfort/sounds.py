"""Short sounds. QtMultimedia is loaded at the first one; without it, or without a sound device, the system's beep.

The files are made by tests/gui/make_sounds.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QUrl
from PyQt6.QtWidgets import QApplication

from gui.theme import RESOURCES

if TYPE_CHECKING:
    from PyQt6.QtMultimedia import QSoundEffect

FOLDER: Final = RESOURCES / "sounds"
NAMES: Final = ("note", "pair", "fall", "alarm")


class Sounds:
    """Plays one sound at a time. ``beeps`` counts how often the beep stood in."""

    def __init__(self) -> None:
        self._effects: dict[str, QSoundEffect] | None = None
        self.beeps = 0

    def play(self, name: str) -> None:
        """Start a sound and return."""
        if self._effects is None:
            self._effects = _load()
        effect = self._effects.get(name)
        if effect is None:
            self.beeps += 1
            QApplication.beep()
            return
        effect.play()


def _load() -> dict[str, QSoundEffect]:
    """All sounds, or none where this system cannot play them."""
    try:
        from PyQt6.QtMultimedia import QMediaDevices, QSoundEffect
    except ImportError:
        return {}
    if QMediaDevices.defaultAudioOutput().isNull():
        return {}
    effects = {}
    for name in NAMES:
        effect = effects[name] = QSoundEffect()
        effect.setSource(QUrl.fromLocalFile(str(FOLDER / f"{name}.wav")))
    return effects
