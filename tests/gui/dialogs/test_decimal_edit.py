"""The number field: what is typed stays as typed, what was understood is shown, mistakes are named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.number_entry import AMBIGUOUS, NOT_A_NUMBER, Entry

D = Decimal


class Pair:
    """A field and another widget to leave it for."""

    def __init__(self, **options: bool) -> None:
        self.window = QWidget()
        self.edit = DecimalEdit("Stop loss price", self.window, **options)
        self.other = DecimalEdit("Other", self.window)
        column = QVBoxLayout(self.window)
        column.addWidget(self.edit)
        column.addWidget(self.other)
        self.heard: list[Entry] = []
        self.edit.edited.connect(self.heard.append)

    def type(self, text: str) -> None:
        self.edit.setFocus()
        self.edit.selectAll()
        QTest.keyClicks(self.edit, text)


@pytest.fixture
def pair(qtbot: QtBot) -> Pair:
    made = Pair()
    qtbot.addWidget(made.window)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    return made


def test_each_keystroke_is_told_exactly(pair: Pair) -> None:
    pair.type("122,4")
    assert [entry.value for entry in pair.heard] == [D(1), D(12), D(122), D(122), D("122.4")]


def test_what_was_understood_is_written_out_when_the_field_is_left(pair: Pair) -> None:
    pair.type("1.234,50")
    assert pair.edit.text() == "1.234,50"  # not under the fingers
    QTest.keyClick(pair.edit, Qt.Key.Key_Tab)
    assert pair.edit.text() == "1234.50"
    assert pair.edit.entry.value == D("1234.50")


def test_enter_writes_it_out_as_well(pair: Pair) -> None:
    pair.type(",5")
    QTest.keyClick(pair.edit, Qt.Key.Key_Return)
    assert pair.edit.text() == "0.5"


@pytest.mark.parametrize(
    ("typed", "problem"), [("1,000", AMBIGUOUS), ("12x", NOT_A_NUMBER), ("<b>5</b>", NOT_A_NUMBER)]
)
def test_questions_and_mistakes_stay_as_typed(pair: Pair, typed: str, problem: str) -> None:
    pair.type(typed)
    QTest.keyClick(pair.edit, Qt.Key.Key_Tab)
    assert pair.edit.text() == typed
    assert pair.heard[-1].problem == problem


def test_a_choice_is_taken_like_typing(pair: Pair) -> None:
    pair.type("1,000")
    pair.edit.choose(pair.heard[-1].choices[1])
    assert (pair.edit.text(), pair.heard[-1].value) == ("1.000", D("1.000"))


def test_news_do_not_overwrite_what_is_being_typed(pair: Pair) -> None:
    pair.edit.show_value(D("104.00"), 2)
    pair.type("10")
    pair.edit.show_value(D("105.00"), 2)
    assert pair.edit.text() == "10"
    QTest.keyClick(pair.edit, Qt.Key.Key_Tab)
    pair.edit.show_value(D("105.00"), 2)
    assert pair.edit.text() == "105.00"


def test_a_program_is_not_heard(pair: Pair) -> None:
    pair.edit.show_value(D("104.00"), 2)
    pair.edit.show_value(None)
    assert pair.heard == []
    assert pair.edit.text() == ""
    assert pair.edit.entry.is_empty


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        (Qt.Key.Key_Up, "122.40", "122.41"),
        (Qt.Key.Key_Down, "122.40", "122.39"),
        (Qt.Key.Key_Up, "122.405", "122.41"),  # back onto the grid, never past it
        (Qt.Key.Key_Down, "122.405", "122.40"),
        (Qt.Key.Key_PageUp, "122.40", "122.50"),
        (Qt.Key.Key_PageDown, "122.40", "122.30"),
        (Qt.Key.Key_Down, "0.01", "0.01"),  # zero would mean "remove"
    ],
)
def test_arrow_keys_step_by_the_tick(pair: Pair, key: Qt.Key, start: str, end: str) -> None:
    pair.edit.set_increment(D("0.01"))
    pair.type(start)
    QTest.keyClick(pair.edit, key)
    assert pair.edit.text() == end


def test_arrow_keys_do_nothing_without_a_number_or_an_increment(pair: Pair) -> None:
    pair.type("abc")
    pair.edit.set_increment(D(1))
    QTest.keyClick(pair.edit, Qt.Key.Key_Up)
    assert pair.edit.text() == "abc"
    pair.edit.set_increment(None)
    pair.type("5")
    QTest.keyClick(pair.edit, Qt.Key.Key_Up)
    assert pair.edit.text() == "5"


def test_the_wheel_never_changes_an_amount(pair: Pair) -> None:
    pair.edit.set_increment(D(1))
    pair.type("5")
    middle = QPointF(pair.edit.rect().center())
    event = QWheelEvent(
        middle, middle, QPoint(0, 120), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(pair.edit, event)
    assert pair.edit.text() == "5"


def test_pasted_text_is_read_like_typed_text(pair: Pair) -> None:
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(" 67,210.5 ")
    pair.edit.setFocus()
    pair.edit.paste()
    assert pair.heard[-1].value == D("67210.5")


def test_signed_fields_show_their_sign_and_unit(qtbot: QtBot) -> None:
    pair = Pair(signed=True)
    qtbot.addWidget(pair.window)
    pair.edit.set_unit("%")
    pair.edit.show_value(D("-15.033"), 3)
    assert pair.edit.text() == "−15.033"
    assert pair.edit.entry.value == D("-15.033")
    pair.edit.show_value(D("6.209"), 3)
    assert pair.edit.text() == "+6.209"


def test_it_has_a_name_and_says_its_tick_to_screen_readers(pair: Pair) -> None:
    pair.edit.set_hint("tick 0.01")
    assert pair.edit.accessibleName() == "Stop loss price"
    assert pair.edit.accessibleDescription() == "tick 0.01"
