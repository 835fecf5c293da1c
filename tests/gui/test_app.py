"""The process: a screen or one sentence, nothing heavy before the first paint, one way to quit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from core.errors import StartupError
from gui.display import require_display

ROOT = Path(__file__).resolve().parent.parent.parent

FIRST_PAINT = """
import json, sys
from PyQt6.QtCore import QTimer
from gui import app, theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.settings import WindowSettings
application = app.make_application()
theme.apply(application, theme.tokens())
window = MainWindow(Bridge(), "paper", "Main", WindowSettings(None))
window.show()
app.wait_for_first_paint(window)
print(json.dumps({"painted": window._is_painted, "modules": sorted(sys.modules)}))
"""
HEAVY = {"ccxt", "aiohttp", "sqlalchemy", "polars", "pyqtgraph", "numpy", "asyncio", "qasync", "msgspec", "core.model"}


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in the repository."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    done = run_python(FIRST_PAINT, QT_QPA_PLATFORM="offscreen")
    said = json.loads(done.stdout)
    assert said["painted"], done.stderr
    assert HEAVY & set(said["modules"]) == set()


def test_the_style_is_fusion_although_nobody_asks_for_it() -> None:
    """Asking would make PyQt load every enum of QStyle before the first paint."""
    code = "from gui import app\nmade = app.make_application()\nprint(made.style().metaObject().className())"
    done = run_python(code, QT_QPA_PLATFORM="offscreen")
    assert done.stdout.strip() == "QFusionStyle", done.stderr


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StartupError) as trouble:
        require_display()
    assert trouble.value.code == "no_display"


def test_a_display_that_does_not_answer_is_told_from_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("DISPLAY", ":9973")
    with pytest.raises(StartupError) as trouble:
        require_display()
    assert trouble.value.code in {"display_silent", "missing_library"}


def test_offscreen_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    require_display()


def desk(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    """The real desk on its own paper exchange, without a screen."""
    return subprocess.Popen(
        [sys.executable, "main.py", "--data-dir", str(tmp_path), *arguments],
        cwd=ROOT, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def test_it_takes_its_own_picture_and_leaves(tmp_path: Path) -> None:
    picture = tmp_path / "desk.png"
    process = desk(tmp_path, "--screenshot", str(picture), "--after", "2")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert QImage(str(picture)).width() == 1600


def test_a_polite_signal_ends_it_like_the_operator_would(tmp_path: Path) -> None:
    process = desk(tmp_path, "--screenshot", str(tmp_path / "desk.png"), "--after", "50")
    log = tmp_path / "logs" / "quarterdeck.log"
    try:
        while not (log.exists() and "the desk is up" in log.read_text(encoding="utf-8")):
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_picture_that_cannot_be_written_is_an_exit_code(tmp_path: Path) -> None:
    process = desk(tmp_path, "--screenshot", str(tmp_path / "no" / "such" / "folder.png"), "--after", "0.1")
    process.communicate(timeout=60)
    assert process.returncode == 1
