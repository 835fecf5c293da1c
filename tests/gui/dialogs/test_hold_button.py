"""One press acts once; a hold acts only when it is finished."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets import hold_button
from gui.widgets.hold_button import HoldButton

HOLD_MS = 120
ENTER, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space
LEFT = Qt.MouseButton.LeftButton


class Stage:
    """A button with a neighbour to leave it for, and a count of what it confirmed."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.button = HoldButton("Close 10.0 SOL", self.window)
        self.other = QLineEdit(self.window)
        column = QVBoxLayout(self.window)
        column.addWidget(self.button)
        column.addWidget(self.other)
        self.count = 0
        self.button.confirmed.connect(self._confirmed)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.button.setFocus()

    def _confirmed(self) -> None:
        self.count += 1


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def key(widget: QWidget, kind: QEvent.Type, code: Qt.Key, *, repeat: bool = False) -> None:
    text = "\r" if code == ENTER else " "
    QApplication.sendEvent(widget, QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, text, repeat))


def hold_key(widget: QWidget, code: Qt.Key, repeats: int) -> None:
    """A key held down the way a keyboard reports it: release and press again with the repeat flag."""
    key(widget, QEvent.Type.KeyPress, code)
    for _ in range(repeats):
        key(widget, QEvent.Type.KeyRelease, code, repeat=True)
        key(widget, QEvent.Type.KeyPress, code, repeat=True)
    key(widget, QEvent.Type.KeyRelease, code)


def test_a_click_confirms_once(stage: Stage) -> None:
    QTest.mouseClick(stage.button, LEFT)
    assert stage.count == 1


@pytest.mark.parametrize("code", [ENTER, SPACE, Qt.Key.Key_Enter])
def test_a_held_key_confirms_once(stage: Stage, code: Qt.Key) -> None:
    hold_key(stage.button, code, repeats=50)
    assert stage.count == 1


def test_a_disabling_slot_makes_a_double_click_one(stage: Stage) -> None:
    stage.button.confirmed.connect(lambda: stage.button.setEnabled(False))
    QTest.mouseDClick(stage.button, LEFT)
    QTest.mouseClick(stage.button, LEFT)
    assert stage.count == 1


def test_the_second_press_of_a_double_click_is_not_meant_for_a_button_that_has_just_come(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one opened the window, and the button came to lie under the mouse."""
    monkeypatch.setattr(hold_button, "FRESH_MS", 3_600_000)
    QTest.mouseDClick(stage.button, LEFT)
    assert stage.count == 0
    assert not stage.button.isDown()
    hold_key(stage.button, ENTER, repeats=2)  # a key goes where the focus is, and that begins on Cancel
    assert stage.count == 1
    monkeypatch.setattr(hold_button, "FRESH_MS", 1)
    qtbot.waitUntil(lambda: not stage.button.is_fresh)
    QTest.mouseClick(stage.button, LEFT)
    assert stage.count == 2
    stage.window.hide()
    stage.window.show()
    assert stage.button.is_fresh  # until it has been painted, nobody can have seen it


def test_a_hold_confirms_when_it_is_finished_and_only_once(stage: Stage, qtbot: QtBot) -> None:
    stage.button.set_hold_ms(HOLD_MS)
    QTest.mousePress(stage.button, LEFT)
    assert stage.button.is_holding
    assert stage.count == 0
    qtbot.waitUntil(lambda: stage.count == 1)
    QTest.mouseRelease(stage.button, LEFT)
    assert stage.count == 1


@pytest.mark.parametrize("code", [ENTER, SPACE])
def test_a_key_can_be_held_too(stage: Stage, qtbot: QtBot, code: Qt.Key) -> None:
    stage.button.set_hold_ms(HOLD_MS)
    key(stage.button, QEvent.Type.KeyPress, code)
    for _ in range(5):
        key(stage.button, QEvent.Type.KeyRelease, code, repeat=True)
        key(stage.button, QEvent.Type.KeyPress, code, repeat=True)
    assert stage.button.is_holding
    qtbot.waitUntil(lambda: stage.count == 1)
    key(stage.button, QEvent.Type.KeyRelease, code)
    assert stage.count == 1


def let_go(stage: Stage) -> None:
    QTest.mouseRelease(stage.button, LEFT)


def slide_off(stage: Stage) -> None:
    QTest.mouseMove(stage.button, QPoint(stage.button.width() + 200, 5))
    QTest.mouseRelease(stage.button, LEFT, pos=QPoint(stage.button.width() + 200, 5))


def change_words(stage: Stage) -> None:
    stage.button.set_action("Close 12.5 SOL")


def disable(stage: Stage) -> None:
    stage.button.setEnabled(False)


def cancel(stage: Stage) -> None:
    stage.button.cancel()


@pytest.mark.parametrize("interrupt", [let_go, slide_off, change_words, disable, cancel])
def test_an_interrupted_hold_does_nothing(stage: Stage, qtbot: QtBot, interrupt) -> None:  # type: ignore[no-untyped-def]
    stage.button.set_hold_ms(HOLD_MS)
    QTest.mousePress(stage.button, LEFT)
    interrupt(stage)
    qtbot.wait(2 * HOLD_MS)  # longer than the hold: nothing may come of it
    assert (stage.count, stage.button.is_holding) == (0, False)


def test_losing_the_focus_ends_a_key_hold(stage: Stage, qtbot: QtBot) -> None:
    stage.button.set_hold_ms(HOLD_MS)
    key(stage.button, QEvent.Type.KeyPress, SPACE)
    stage.other.setFocus()
    qtbot.wait(2 * HOLD_MS)
    assert stage.count == 0


def test_a_click_from_a_program_is_no_hold(stage: Stage, qtbot: QtBot) -> None:
    stage.button.set_hold_ms(HOLD_MS)
    stage.button.click()
    QTest.mouseClick(stage.button, LEFT)
    qtbot.wait(2 * HOLD_MS)
    assert stage.count == 0


def test_the_same_words_again_do_not_end_a_hold(stage: Stage, qtbot: QtBot) -> None:
    stage.button.set_hold_ms(HOLD_MS)
    QTest.mousePress(stage.button, LEFT)
    stage.button.set_action("Close 10.0 SOL")
    qtbot.waitUntil(lambda: stage.count == 1)
    QTest.mouseRelease(stage.button, LEFT)


def test_enter_in_another_field_does_not_press_it(stage: Stage) -> None:
    stage.other.setFocus()
    QTest.keyClick(stage.other, ENTER)
    assert stage.count == 0
