"""Short sounds, played by a process of their own; where the system cannot play them its beep stands in.

The files are made by tests/gui/make_sounds.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QObject, QProcess
from PyQt6.QtWidgets import QApplication

from gui.theme import RESOURCES

FOLDER: Final = RESOURCES / "sounds"
NAMES: Final = ("note", "pair", "fall", "alarm")
_PLAYER: Final = Path(__file__).with_name("player.py")


class Sounds(QObject):
    """Plays one sound at a time: one that comes while another is heard is left out.

    ``last`` is what was asked for last, ``played`` how often a sound was heard, ``beeps`` how often the beep stood in.

    Args:
        is_silent: nobody is there to hear.
    """

    def __init__(self, parent: QObject | None = None, *, is_silent: bool = False) -> None:
        super().__init__(parent)
        self._is_silent, self._is_leaving = is_silent, False
        self.last = ""
        self.beeps = self.played = 0
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    @property
    def is_playing(self) -> bool:
        """A sound is being heard, or about to be."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def play(self, name: str) -> None:
        """Start a sound and return."""
        self.last = name
        if not self.is_playing and not self._is_silent:
            # -I: nothing of the environment or of the present folder gets into it.
            self._process.start(sys.executable, ["-I", str(_PLAYER), str(FOLDER / f"{name}.wav")])

    def close(self) -> None:
        """Be silent at once."""
        if self.is_playing:
            self._is_leaving = True
            self._process.kill()
            self._process.waitForFinished(1_000)
            self._is_leaving = False

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if code == 0 and status == QProcess.ExitStatus.NormalExit:
            self.played += 1
        elif not self._is_leaving:
            self._beep()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._beep()

    def _beep(self) -> None:
        self.beeps += 1
        QApplication.beep()
