"""Plays one WAV file and ends: ``python gui/comfort/player.py FILE``. A process of its own, started by sounds.py.

Loading QtMultimedia and finding the sound device takes up to 0.2 s, and brings decoders in; neither belongs into the
desk's process, which must not stop and holds keys. Exit code 3: this system cannot play it.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from PyQt6.QtCore import QCoreApplication, QTimer, QUrl

CANNOT: Final = 3
_LONGEST_MS: Final = 5_000


def play(file: str) -> int:
    """Play to the end. Returns the exit code."""
    app = QCoreApplication(["quarterdeck-sound"])
    try:
        from PyQt6.QtMultimedia import QMediaDevices, QSoundEffect
    except ImportError:  # a library of the system's sound is missing
        return CANNOT
    if QMediaDevices.defaultAudioOutput().isNull():
        return CANNOT
    effect = QSoundEffect()
    effect.playingChanged.connect(lambda: None if effect.isPlaying() else app.quit())
    effect.statusChanged.connect(lambda: app.exit(CANNOT) if effect.status() == QSoundEffect.Status.Error else None)
    effect.setSource(QUrl.fromLocalFile(file))
    effect.play()
    QTimer.singleShot(_LONGEST_MS, app.quit)
    return app.exec()


if __name__ == "__main__":
    os.environ["QT_LOGGING_RULES"] = "qt.multimedia.*=false"
    sys.exit(play(sys.argv[1]))
