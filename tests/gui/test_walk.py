"""A walk over every scene: nothing is clipped, nameless or out of the keyboard's reach, everything can be read."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPushButton, QRadioButton, QWidget

import gui
from gui import language, theme
from tests.gui import scenes, walk

ROOT = Path(__file__).resolve().parents[2]
# Windows that are Qt's own, and bases of others; all others have a scene.
WITHOUT_SCENE = {"ExportDialog", "BatchForm", "IntentForm", "KeyWindow", "FormWindow"}
# Each language and each theme at every scale; that themes differ in colours alone is tested below.
LOOKS = {"1": "en:dark,it:light", "1.25": "en:light,it:dark", "1.5": "en:dark,it:light", "2": "en:light,it:dark"}


@pytest.mark.parametrize("scale", LOOKS)
def test_nothing_is_clipped_and_everything_has_a_name(scale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.walk", "--looks", LOOKS[scale]],
        cwd=ROOT, env=os.environ | {"QT_SCALE_FACTOR": scale}, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout) == []


def test_themes_differ_in_colours_alone() -> None:
    """So a text that fits in one fits in all of them."""
    sheets = {re.sub(r"#[0-9a-f]{6}", "", theme.style_sheet(theme.Theme(chosen))) for chosen in every_dress()}
    assert len(sheets) == 1


def test_every_dialog_has_a_scene(qapp: QApplication) -> None:
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        importlib.import_module(module.name)
    known = {kind.__name__ for kind in subclasses(QDialog) if kind.__module__.startswith("gui.")}
    source = (ROOT / "tests/gui/scenes.py").read_text("utf-8") + (ROOT / "tests/gui/dialogs/states.py").read_text(
        "utf-8"
    )
    by_comfort = {"CheatSheet", "AboutDialog", "Palette"}  # opened by what opens them in the desk
    assert {name for name in known - WITHOUT_SCENE - by_comfort if name not in source} == set()


def subclasses(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


class Wrong(QWidget):
    """Everything that the walk is to find."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(300, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        one, two = QPushButton("one", self), QPushButton("two", self)
        one.setGeometry(0, 60, 60, 30)
        two.setGeometry(61, 60, 60, 30)
        QLabel("a label that is longer than its place", self).setGeometry(0, 100, 40, 12)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.drawText(280, 20, "over the edge")
        painter.drawText(QRect(0, 30, 20, 14), Qt.AlignmentFlag.AlignLeft, "no room")
        painter.drawText(0, 55, painter.fontMetrics().elidedText("cut short", Qt.TextElideMode.ElideRight, 30))


def test_the_walk_finds_what_is_wrong(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(320, 140)
    wrong = Wrong()
    wrong.setParent(window)
    window.show()
    spy = walk.Spy()
    with spy.watching():
        said = "\n".join(walk.complaints(window, spy))
    for part in ("over its edge: 'over the edge'", "no room for: 'no room'", "cuts without a tooltip: ['cut short']",
                 "label: 'a label that", "touch: 'one' and 'two'", "nameless: Wrong"):  # fmt: skip
        assert part in said, part
    wrong.setToolTip("This is cut short.")
    wrong.setAccessibleName("Wrong")
    with spy.watching():
        said = "\n".join(walk.complaints(window, spy))
    assert "cuts" not in said
    assert "nameless" not in said


# Contrast


def every_dress() -> list[theme.Tokens]:
    return [
        theme.tokens(dark=dark, swapped=swapped, colour_blind=blind)
        for dark, swapped, blind in itertools.product((True, False), repeat=3)
    ]


def ground_under(picture: QImage, area: QRect) -> str:
    """The colour that most of a place has: what its text stands on."""
    inside = area.intersected(picture.rect())
    columns = range(inside.left(), inside.right() + 1, max(1, inside.width() // 24))
    seen = Counter(picture.pixel(x, y) for y in range(inside.top(), inside.bottom() + 1, 2) for x in columns)
    return f"#{seen.most_common(1)[0][0] & 0xFFFFFF:06x}" if seen else ""


def unreadable(window: QWidget, spy: walk.Spy) -> Iterator[str]:
    """Texts with a contrast below 4.5 to what they stand on; what cannot be used, or is on its way out, is exempt."""
    names, picture = theme.current().names, spy.picture
    pale = {names[name] for name in names if name == "disabled" or name.endswith("_faint")}
    written = [(shown.widget, shown.words, shown.area, shown.colour.name()) for shown in spy.painted]
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.isEnabled() and label.text():
            colour = label.palette().color(QPalette.ColorRole.WindowText).name()
            written.append((label, label.text(), QRectF(label.rect()), colour))
    for widget, words, area, colour in written:
        place = QRect(widget.mapTo(window, area.toRect().topLeft()), area.toRect().size())
        ground = ground_under(picture, place)
        if ground and colour not in pale and widget.isEnabled() and theme.contrast(colour, ground) < 4.5:
            yield f"{words!r}: {colour} on {ground}, {theme.contrast(colour, ground):.2f}"


@pytest.mark.parametrize("name", ["positions", "orders", "closed-life", "events", "calendar", "connection-lost"])
async def test_every_text_of_the_window_can_be_read_in_every_dress(
    qt_loop: object, qapp: QApplication, name: str
) -> None:
    spy = walk.Spy()
    with spy.watching():
        async with scenes.main_window() as window:
            await scenes.show_scene(window, name)
            for chosen in every_dress():
                theme.apply(qapp, chosen)
                walk.complaints(window, spy)
                assert len(spy.painted) > 40
                assert list(unreadable(window, spy)) == []


@pytest.mark.parametrize("name", ["close-error", "stops-live-changed", "close-all-progress", "settings-look"])
async def test_every_text_of_a_dialog_can_be_read_in_every_dress(
    qt_loop: object, qapp: QApplication, name: str
) -> None:
    spy = walk.Spy()
    with spy.watching():
        async with scenes.main_window() as window, scenes.dialog(name, window) as shown:
            for chosen in every_dress():
                theme.apply(qapp, chosen)
                walk.complaints(shown, spy)
                assert list(unreadable(shown, spy)) == []


@pytest.mark.parametrize("chosen", every_dress(), ids=str)
def test_every_rule_of_the_style_sheet_can_be_read(chosen: theme.Tokens) -> None:
    """Words on their own ground, or on that of the rule they refine; disabled ones are exempt."""
    sheet = re.sub(r"/\*.*?\*/", "", theme.style_sheet(theme.Theme(chosen)), flags=re.DOTALL)
    rules = [
        (selector.strip(), dict(re.findall(r"(?<![-\w])(color|background)\s*:\s*(#[0-9a-f]{6})", body)))
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
        for selector in selectors.split(",")
    ]
    checked = 0
    for selector, own in rules:
        base: dict[str, str] = {}
        for other, values in rules:
            if selector.startswith(other):
                base |= values
        if "disabled" not in selector and {"color", "background"} <= base.keys() and own:
            checked += 1
            assert theme.contrast(base["color"], base["background"]) >= 4.5, (selector, base)
    assert checked > 10


# Keyboard


def controls(window: QWidget) -> list[QWidget]:
    """What the Tab key has to reach: of radio buttons only the chosen one, because arrow keys go on from there."""
    return [
        widget
        for widget in walk.visible(window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isEnabled()
        and widget.focusProxy() is None
        and not (isinstance(widget, QRadioButton) and not widget.isChecked())
    ]


def reached(window: QWidget) -> set[QWidget | None]:
    """Where the Tab key leads, until it comes to a place again."""
    been: list[QWidget | None] = []
    while QApplication.focusWidget() not in been:
        been.append(QApplication.focusWidget())
        QTest.keyClick(been[-1] or window, Qt.Key.Key_Tab)
    return set(been)


def called(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} {words!r}"


def without_ring(window: QWidget) -> list[str]:
    """Controls that look the same with and without the keyboard."""
    found = []
    for widget in controls(window):
        around = widget.rect().adjusted(-3, -3, 3, 3)
        place = QRect(widget.mapTo(window, around.topLeft()), around.size())
        window.setFocus()
        widget.clearFocus()
        before = window.grab(place).toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if window.grab(place).toImage() == before:
            found.append(called(widget))
    return found


KEYBOARD = [
    "positions", "orders", "closed-life", "executions", "events", "by-symbol", "calendar", "filter", "notice",
    "palette", "about", "crash", "accounts", "credentials", "settings-look", "settings-alerts", "settings-keys",
    "close-limit", "stops-partial", "stops-error", "close-all-live", "cancel-orphans", "leaving",
]  # fmt: skip


@pytest.mark.parametrize("name", KEYBOARD)
async def test_the_keyboard_reaches_every_control_and_shows_where_it_is(qt_loop: object, name: str) -> None:
    async with scenes.main_window() as window:
        if name in scenes.MAIN:
            await scenes.show_scene(window, name)
            window.activateWindow()
            await scenes.settled()
            check_keyboard(window)
        else:
            async with scenes.dialog(name, window) as shown:
                shown.activateWindow()
                await scenes.settled()
                check_keyboard(shown)


def entries(menu: QMenu) -> list[str]:
    """What stands in a menu, without its keys; menus inside of it are looked at as well."""
    words = []
    for action in menu.actions():
        below = action.menu()
        if below is not None:
            assert len(set(entries(below))) == len(entries(below))
        if not action.isSeparator():
            words.append(action.text().partition("\t")[0])
    return words


@pytest.mark.parametrize("spoken", ["en", "it"])
async def test_every_entry_of_a_menu_has_words_of_its_own(qt_loop: object, qapp: QApplication, spoken: str) -> None:
    """Its first letters lead to it, so there is no mnemonic that could clash with another one."""
    language.speak(qapp, spoken)
    try:
        async with scenes.main_window() as window:
            menus = [window.menu]
            for name in window.tabs.names:
                await scenes.show_scene(window, name if name != "closed" else "closed-life")
                panel = window.tabs.present
                panel.view.select_key(panel.table.key(0))
                menus += [window.tabs.menu_of(name, 1), panel.view.header.column_menu()]
            for menu in menus:
                found = entries(menu)
                assert len(found) > 2
                assert all(found)
                assert not any("&" in words for words in found)
                assert len(set(found)) == len(found), found
    finally:
        language.speak(qapp, "en")


def check_keyboard(window: QWidget) -> None:
    wanted = controls(window)
    assert wanted
    wanted[0].setFocus()
    missing = set(wanted) - reached(window)
    assert [called(widget) for widget in missing] == []
    assert without_ring(window) == []
