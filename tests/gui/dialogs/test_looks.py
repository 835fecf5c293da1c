"""Nothing is clipped on a small screen; every control has a name; foreign text stays text.

That every state fits at every scale, and the manual shows it as it is, is found by the walks over all windows
(tests/gui/test_walk.py, test_walk_pictures.py).
"""

from __future__ import annotations

import http.server
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QRadioButton, QWidget

from gui import theme
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.trading_stop import TradingStopDialog
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, click, sol_snapshot, until
from tests.gui.dialogs.states import STATES

ROOT = Path(__file__).parents[3]
Opened = Callable[[QDialog], None]


def looked_at(scale: str, width: int, height: int, tmp_path: Path, *options: str) -> list[str]:
    """The complaints of tests.gui.dialogs.look on a screen of that many pixels."""
    screen = {"name": "test", "x": 0, "y": 0, "width": width, "height": height}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    config = tmp_path / "screen.json"
    config.write_text(json.dumps({"screens": [screen]}))
    environment = os.environ | {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.dialogs.look", *options],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    complaints: list[str] = json.loads(done.stdout)
    return complaints


def test_nothing_is_clipped_on_a_small_screen_at_twice_the_size(tmp_path: Path) -> None:
    assert looked_at("2", 1920, 1080, tmp_path, "--may-scroll", "--themes", "dark") == []


def test_the_check_itself_finds_a_clipped_text(qapp: object, qtbot: object) -> None:
    from tests.gui.dialogs.look import unfit

    dialog = QDialog()
    label = QLabel("A long position's stop loss must be below the mark price", dialog)
    label.setGeometry(0, 0, 40, 12)
    dialog.show()
    assert list(unfit(dialog)) == [f"label: {label.text()}"]
    dialog.close()


@pytest.mark.parametrize("state", STATES)
async def test_every_control_has_a_name(opened: Opened, state: str) -> None:
    _, dialog = STATES[state]()
    opened(dialog)
    nameless = [
        type(widget).__name__
        for widget in dialog.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisibleTo(dialog)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


@pytest.mark.parametrize("state", ["close-limit", "stops-error", "stops-partial", "close-all-live"])
async def test_the_tab_key_reaches_every_control_from_top_to_bottom(opened: Opened, state: str) -> None:
    _, dialog = STATES[state]()
    opened(dialog)
    await until(dialog.frame.cancel.hasFocus)
    wanted = {
        widget
        for widget in dialog.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(dialog)
        and widget.isEnabled()
        # arrow keys go on from the chosen one
        and not (isinstance(widget, QRadioButton) and not widget.isChecked())
    }
    reached: list[QWidget] = []
    while (focused := QApplication.focusWidget()) is not None and focused not in reached:
        reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert len(wanted) >= 5
    assert set(reached) == wanted
    places = [_place(widget, dialog) for widget in reached if dialog.frame.body.isAncestorOf(widget)]
    assert all(after.bottom() > before.top() for before, after in itertools.pairwise(places))


def _place(widget: QWidget, dialog: QDialog) -> QRect:
    return QRect(widget.mapTo(dialog, QPoint(0, 0)), widget.size())


@pytest.fixture
def pinged() -> Iterator[tuple[int, list[str]]]:
    """A loopback web server that notes whoever asks it for anything."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("kind", [ClosePositionDialog, TradingStopDialog])
async def test_foreign_text_is_shown_as_it_is(
    opened: Opened, kind: type[QDialog], pinged: tuple[int, list[str]]
) -> None:
    port, asked = pinged
    evil = f'<img src="http://127.0.0.1:{port}/x"><b>x</b>'
    desk = Desk(sol_snapshot())
    hostile = samples.instrument(base_coin=evil, settle_coin=evil, quote_coin=evil)
    desk.change(instruments={("linear", "SOLUSDT"): hostile}, environment=evil)
    desk.manager.answer = "refused"
    desk.manager.command = {"ret_code": 1, "detail": evil}
    dialog = kind(desk.bridge, SOL)
    opened(dialog)
    refused = msgspec.structs.replace(samples.closing_command(samples.position()), state="refused", detail=evil)
    dialog.sending.adopt(refused)  # type: ignore[attr-defined]
    if isinstance(dialog, ClosePositionDialog):
        click(dialog.frame.action)
        await until(lambda: evil in dialog.frame.trouble.text)
    labels = dialog.findChildren(QLabel)
    assert any(evil in label.text() for label in labels)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    for widget in dialog.findChildren(QWidget):
        assert "<img" not in widget.toolTip()
    dialog.grab()
    assert asked == []


@pytest.mark.parametrize("dark", [True, False])
async def test_a_change_of_theme_reaches_an_open_dialog(opened: Opened, dark: bool, qapp: object) -> None:
    desk = Desk(sol_snapshot())
    dialog = ClosePositionDialog(desk.bridge, SOL)
    opened(dialog)
    theme.apply(qapp, theme.tokens(dark=dark))  # type: ignore[arg-type]
    ground = dialog.grab().toImage().pixelColor(4, 4)
    assert ground == theme.current().panel
