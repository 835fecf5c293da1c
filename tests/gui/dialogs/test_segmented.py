"""The segmented choice is a group of radio buttons in looks of its own."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from gui.widgets.segmented import Segmented


@pytest.fixture
def trigger(qtbot: QtBot) -> Segmented:
    made = Segmented("Trigger by", [("LastPrice", "Last"), ("MarkPrice", "Mark"), ("IndexPrice", "Index")])
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_a_click_anywhere_on_a_choice_takes_it_and_tells_once(trigger: Segmented) -> None:
    told: list[str] = []
    trigger.chosen.connect(told.append)
    segments = trigger.findChildren(QRadioButton)
    QTest.mouseClick(segments[2], Qt.MouseButton.LeftButton, pos=segments[2].rect().bottomRight())
    QTest.mouseClick(segments[2], Qt.MouseButton.LeftButton)
    assert (trigger.choice, told) == ("IndexPrice", ["IndexPrice"])


def test_arrow_keys_move_the_choice(trigger: Segmented) -> None:
    told: list[str] = []
    trigger.chosen.connect(told.append)
    first = trigger.findChildren(QRadioButton)[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert (trigger.choice, told) == ("MarkPrice", ["MarkPrice"])


def test_a_program_takes_a_choice_silently(trigger: Segmented) -> None:
    told: list[str] = []
    trigger.chosen.connect(told.append)
    trigger.set_choice("IndexPrice")
    assert (trigger.choice, told) == ("IndexPrice", [])


def test_every_choice_has_a_name(trigger: Segmented) -> None:
    assert trigger.accessibleName() == "Trigger by"
    trigger.set_words("LastPrice", "Letzter")
    assert [s.accessibleName() for s in trigger.findChildren(QRadioButton)] == ["Letzter", "Mark", "Index"]
