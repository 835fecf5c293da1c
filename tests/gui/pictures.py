"""Takes the pictures of the manual: every panel and dialog, in both themes, at 125 %.

``python -m tests.gui.pictures FOLDER`` paints the scenes on the sample desk, whose clock stands still, in UTC, with the
bundled fonts and no other: two machines make the same pictures, but for what their font engines do to edges.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import qasync
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from gui import theme
from gui.main_window import MainWindow
from tests.gui import scenes, walk
from tests.gui.dialogs.states import DOCUMENTED

ROOT = Path(__file__).resolve().parents[2]
_INSIDE = "QUARTERDECK_PICTURES"
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def standing_alone(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """This program again, where nothing of the machine shows: its fonts, screen, language and place on earth."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-pictures-") as name:
        fonts = Path(name, "fonts.conf")
        fonts.write_text(_FONTS.format(fonts=ROOT / "resources" / "fonts", cache=name), "utf-8")
        environment = os.environ | {
            _INSIDE: "1", "FONTCONFIG_FILE": str(fonts), "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANGUAGE": "",
            "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1.25",
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "tests.gui.pictures", *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=110,
        )  # fmt: skip


# name → scene, and the part of the window that is shown
PANELS: dict[str, tuple[str, Callable[[MainWindow], QWidget]]] = {
    "window": ("positions", lambda window: window),
    "positions": ("positions", lambda window: window.tabs),
    "inspector": ("positions", lambda window: window.inspector_dock),
    "session": ("positions", lambda window: window.session_dock),
    "by-symbol": ("by-symbol", lambda window: window.session_dock),
    "calendar": ("calendar", lambda window: window.session_dock),
    "distribution": ("distribution", lambda window: window.session_dock),
    "orders": ("orders", lambda window: window.tabs),
    "closed": ("closed-life", lambda window: window.tabs),
    "executions": ("executions", lambda window: window.tabs),
    "events": ("events", lambda window: window.tabs),
    "compact": ("compact", lambda window: window.tabs),
    "connection-lost": ("connection-lost", lambda window: window.tabs),
    "empty": ("empty", lambda window: window.tabs),
}
WINDOWS = ("keys", "palette", "about", "settings-look", "settings-alerts", "settings-guards", "settings-keys")


def pixels(picture: QImage) -> np.ndarray:
    """Rows of pixels, each one number of 0xAARRGGBB."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    bits = plain.constBits()
    assert bits is not None
    shape = (plain.height(), plain.bytesPerLine() // 4)
    return np.frombuffer(bits.asstring(plain.sizeInBytes()), np.uint32).reshape(shape)[:, : plain.width()].copy()


def _save(widget: QWidget, file: Path) -> None:
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(1)
    # The most frequent colours are plenty for flat areas and the edges of letters, and a third of the size.
    colours, counts = np.unique(pixels(picture)[::2, ::2], return_counts=True)
    table = [int(colour) for colour in colours[np.argsort(-counts, kind="stable")][:256]]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    picture = picture.convertToFormat(QImage.Format.Format_Indexed8, table, flags)
    if not picture.save(str(file), "PNG", 0):
        raise SystemExit(f"{file} cannot be written")


async def take(folder: Path, *, is_dark: bool) -> None:
    """All pictures in one theme, into a folder of its name."""
    into = folder / ("dark" if is_dark else "light")
    into.mkdir(parents=True, exist_ok=True)
    async with scenes.main_window() as window:
        for name, (scene, part) in PANELS.items():
            await scenes.show_scene(window, scene)
            _save(part(window), into / f"{name}.png")
            await scenes.calm(window)
        for name in WINDOWS:
            async with scenes.dialog(name, window) as shown:
                _save(shown, into / f"{name}.png")
    for name in DOCUMENTED:
        async with scenes.dialog(name) as shown:
            _save(shown, into / f"dialog-{name}.png")


def main() -> int:
    """See the module."""
    if _INSIDE not in os.environ:
        done = standing_alone(sys.argv[1:])
        sys.stderr.write(done.stderr if done.returncode else "")
        return done.returncode
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--themes", default="dark,light")
    options = parser.parse_args()
    app = walk.prepare()

    async def everything() -> None:
        for name in options.themes.split(","):
            theme.apply(app, theme.tokens(dark=name == "dark"))
            await take(options.folder, is_dark=name == "dark")

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(everything())
    return 0


if __name__ == "__main__":
    sys.exit(main())
