"""Look at every state of the dialogs: ``python -m tests.gui.dialogs.look --help``.

Prints one JSON list of texts that do not fit where they stand (empty is good), at the scale of ``QT_SCALE_FACTOR``.
With ``--pictures`` each state is saved as ``dialogs-THEME-STATE.png``; the pictures of the manual come from
tests/gui/pictures.py.
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QSlider, QWidget

from gui import theme
from gui.dialogs import books_round, window
from gui.dialogs.close_all import CloseAllDialog
from gui.dialogs.close_preview import BOOK
from gui.widgets.decimal_edit import DecimalEdit
from tests.gui.dialogs.desk import Desk
from tests.gui.dialogs.states import DOCUMENTED, STATES


def unfit(dialog: QDialog) -> Iterator[str]:
    """Texts of visible widgets that are wider or higher than their place."""
    for widget in dialog.findChildren(QWidget):
        if not widget.isVisibleTo(dialog):
            continue
        if isinstance(widget, QLabel) and not _label_fits(widget):
            yield f"label: {widget.text()}"
        elif isinstance(widget, QAbstractButton) and not _covers(widget, widget.sizeHint()):
            yield f"button: {widget.text()}"
        elif isinstance(widget, DecimalEdit) and not _field_fits(widget):
            yield f"field: {widget.text()} | {widget.accessibleDescription()}"
        elif isinstance(widget, QSlider) and widget.height() < 16:
            yield "slider"


def scrolls(dialog: QDialog) -> bool:
    """Whether part of the body is out of sight."""
    frame = dialog.frame  # type: ignore[attr-defined]
    return bool(frame._inner.height() > frame._scroll.viewport().height())


def _label_fits(label: QLabel) -> bool:
    room = label.contentsRect()
    flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag.TextSingleLine
    needed = QFontMetrics(label.font()).boundingRect(room, flags.value, label.text())
    return needed.width() <= room.width() + 1 and needed.height() <= room.height() + 1


def _covers(widget: QWidget, hint: object) -> bool:
    return widget.width() >= hint.width() and widget.height() >= hint.height()  # type: ignore[attr-defined]


def _field_fits(edit: DecimalEdit) -> bool:
    metrics = QFontMetrics(edit.font())
    room = edit._contents().width() - edit.textMargins().right() - 4
    shown = edit.text() or edit.placeholderText()
    unit = f" {edit._unit}" if edit.text() and edit._unit and not edit.entry.problem else ""
    return metrics.horizontalAdvance(shown + unit) <= room


async def look(themes: list[str], states: list[str], pictures: Path | None, *, may_scroll: bool) -> list[str]:
    """Each state in each theme."""
    found: list[str] = []
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for name in themes:
        theme.apply(app, theme.tokens(dark=name == "dark"))
        for state in states:
            desk, dialog = STATES[state]()
            dialog.open()
            await _settled(desk, dialog)
            found += [f"{name} {state}: {text}" for text in unfit(dialog)]
            if scrolls(dialog) and not may_scroll:
                found.append(f"{name} {state}: the body scrolls")
            if pictures is not None:
                dialog.grab().save(str(pictures / f"dialogs-{name}-{state}.png"))
            dialog.reject()
    return found


async def _settled(desk: Desk, dialog: QDialog) -> None:
    """Shown, laid out, with the order book's answer, and past the moment after a change."""
    frame = dialog.frame  # type: ignore[attr-defined]
    async with asyncio.timeout(60):
        while not dialog.isActiveWindow() or dialog.shield.isActive():  # type: ignore[attr-defined]
            await asyncio.sleep(0.005)
        while desk.manager.book is not None and frame.body.isEnabled() and not desk.manager.books_asked:
            await asyncio.sleep(0.005)
        if isinstance(dialog, CloseAllDialog) and not dialog.run.is_started:
            while any(row.outcome.source != BOOK for row in dialog.rows if row.outcome):
                await asyncio.sleep(0.005)
    for _ in range(20):
        await asyncio.sleep(0.002)


def _roomy_screen() -> None:
    """Qt's offscreen screen is 800 pixels high unless told otherwise: too low for a picture of a whole dialog."""
    if os.environ["QT_QPA_PLATFORM"] == "offscreen":
        screen = {"name": "roomy", "x": 0, "y": 0, "width": 1920, "height": 2000}
        screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as config:
            json.dump({"screens": [screen]}, config)
        atexit.register(Path(config.name).unlink)
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={config.name}"


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--themes", default="dark,light")
    parser.add_argument("--states", default=",".join(STATES))
    parser.add_argument("--documented", action="store_true", help="only the states that the manual shows")
    parser.add_argument("--may-scroll", action="store_true", help="the screen is too low for all of the body")
    options = parser.parse_args()
    states = list(DOCUMENTED) if options.documented else options.states.split(",")
    window.SHIELD_MS = books_round.PERIOD_MS = 1
    _roomy_screen()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    theme.load_fonts()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        found = runner.run(look(options.themes.split(","), states, options.pictures, may_scroll=options.may_scroll))
    print(json.dumps(found, indent=1, ensure_ascii=False))  # noqa: T201  # it is its output


if __name__ == "__main__":
    main()
